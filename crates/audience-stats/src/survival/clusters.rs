//! The survival of units that come in clusters.

use super::{KaplanMeier, RiskTable};
use crate::error::Error;
use crate::float_sum::FloatSum;

/// What happened to the units of one cluster at one time.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ClusterRow {
    /// The weight of those that were there just before.
    pub at_risk: f64,
    /// The weight of those that left.
    pub events: f64,
}

impl RiskTable {
    /// The share of units that stay, with variances robust to units of a cluster being alike, such as the sessions of one
    /// viewer: only clusters must be independent of each other.
    ///
    /// Each cluster has a row for each of [`rows`](Self::rows), and together they are the table. With d of n leaving, the
    /// part h = d / n, and dᵍ of nᵍ in cluster g of G, the variance of ln S(t) is
    /// G / (G − 1) Σᵍ (Σ (dᵍ − nᵍ h) / (n − d))² over the clusters and the times up to t: the infinitesimal jackknife, the
    /// sum of squares of what a little more weight of each cluster would change. `None` with less than two clusters.
    ///
    /// Agrees with R's `survfit(robust = TRUE, cluster = …)`, which leaves out G / (G − 1). Bands want many clusters, some
    /// tens at least.
    ///
    /// # Errors
    ///
    /// [`Error::LengthsDiffer`] when a cluster has another number of rows than the table; [`Error::NotAWeight`] when a
    /// number is not finite or below 0.
    pub fn cluster_robust<'a>(
        &self,
        clusters: impl IntoIterator<Item = &'a [ClusterRow]>,
    ) -> Result<Option<KaplanMeier>, Error> {
        let mut squares = vec![FloatSum::default(); self.rows().len()];
        let mut number = 0.0;
        for cluster in clusters {
            let (expected, found) = (self.rows().len(), cluster.len());
            if expected != found {
                return Err(Error::LengthsDiffer { expected, found });
            }
            number += 1.0;
            let mut influence = FloatSum::default();
            for (at, (((row, staying), own), sum)) in self.with_staying().zip(cluster).zip(&mut squares).enumerate() {
                super::check_weight(at, own.at_risk)?;
                super::check_weight(at, own.events)?;
                // Where nobody stays the survival is 0, whatever the weights.
                if row.events > 0.0 && staying > 0.0 {
                    influence.add((own.events - own.at_risk * (row.events / row.at_risk)) / staying);
                }
                sum.add(influence.value() * influence.value());
            }
        }
        if number < 2.0 {
            return Ok(None);
        }
        let mut variances = squares.iter().map(|sum| sum.value() * number / (number - 1.0));
        Ok(Some(KaplanMeier::of(self, |_, _| variances.next().unwrap_or_default())))
    }
}
