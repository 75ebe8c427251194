//! Ratios of sums over items that come in clusters.

use crate::error::Error;
use crate::float_sum::FloatSum;
use crate::interval::{Confidence, Interval};
use crate::student::StudentT;
use crate::survival::check_weight;
use std::collections::BTreeMap;

/// A ratio of two sums over items that come in clusters, such as sessions of viewers, and how sure it is when only clusters
/// are independent of each other.
///
/// A proportion has denominators of 1; a weighted one has the weight for a denominator, and for a numerator the weight or 0.
/// The variance is by linearisation: with the residuals e = numerator − R denominator, Σ (Σ e)² / (Σ denominator)², over the
/// clusters and the items of each, times G / (G − 1) for G clusters.
///
/// It holds every cluster. Of more than fit in memory use [`GroupedSums`](crate::GroupedSums).
///
/// W. G. Cochran, "Sampling Techniques" (1977), 9A. Agrees with statsmodels' `WLS(…).fit(cov_type="cluster")` and with R's
/// `sandwich::vcovCL`.
///
/// # Examples
///
/// Two viewers with two sessions each, who always do the same: as sure as two sessions.
///
/// ```
/// use audience_stats::ClusteredRatio;
///
/// let share = ClusteredRatio::new(&[1.0, 1.0, 0.0, 0.0], &[1.0; 4], &[7, 7, 9, 9])?;
/// assert_eq!((share.estimate(), share.clusters()), (0.5, 2));
/// assert_eq!(share.design_effect(), Some(2.0));
/// assert_eq!(share.variance(), Some(0.25));
/// # Ok::<(), audience_stats::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ClusteredRatio {
    estimate: f64,
    clusters: usize,
    variance_uncorrected: f64,
    variance_independent: f64,
}

impl ClusteredRatio {
    /// The ratio over these items, each with the cluster it belongs to.
    ///
    /// # Errors
    ///
    /// [`Error::LengthsDiffer`] unless each item has all three; [`Error::NoValues`] without items; [`Error::NotFinite`] for a
    /// numerator; [`Error::NotAWeight`] when a denominator is not finite or below 0; [`Error::NotADenominator`] when they
    /// sum up to 0.
    pub fn new(numerators: &[f64], denominators: &[f64], clusters: &[u64]) -> Result<Self, Error> {
        let expected = numerators.len();
        for found in [denominators.len(), clusters.len()] {
            if found != expected {
                return Err(Error::LengthsDiffer { expected, found });
            }
        }
        if numerators.is_empty() {
            return Err(Error::NoValues);
        }
        for (at, (numerator, denominator)) in numerators.iter().zip(denominators).enumerate() {
            if !numerator.is_finite() {
                return Err(Error::NotFinite { at, value: *numerator });
            }
            check_weight(at, *denominator)?;
        }
        let sum = |values: &[f64]| values.iter().copied().collect::<FloatSum>().parts();
        let ((numerator, numerator_rest), (denominator, denominator_rest)) = (sum(numerators), sum(denominators));
        if !(denominator.is_finite() && denominator > 0.0) {
            return Err(Error::NotADenominator { denominator });
        }
        let estimate = numerator / denominator;
        // What rounding drops of it: residuals may be much smaller than what they are the difference of.
        let rest = numerator_rest - estimate * denominator_rest;
        let dropped = ((-estimate).mul_add(denominator, numerator) + rest) / denominator;

        let mut by_cluster: BTreeMap<u64, FloatSum> = BTreeMap::new();
        let mut independent = FloatSum::default();
        for ((numerator, item), cluster) in numerators.iter().zip(denominators).zip(clusters) {
            let residual = (-estimate).mul_add(*item, *numerator) - dropped * item;
            by_cluster.entry(*cluster).or_default().add(residual);
            independent.add((residual / denominator) * (residual / denominator));
        }
        let square = |sum: &FloatSum| (sum.value() / denominator) * (sum.value() / denominator);
        let uncorrected = by_cluster.values().map(square).collect::<FloatSum>().value();
        let clusters = by_cluster.len();
        Ok(Self {
            estimate,
            clusters,
            // The residuals of all sum up to 0, but for rounding.
            variance_uncorrected: if clusters > 1 { uncorrected } else { 0.0 },
            variance_independent: independent.value(),
        })
    }

    /// The ratio.
    pub const fn estimate(&self) -> f64 {
        self.estimate
    }

    /// How many different clusters there are.
    pub const fn clusters(&self) -> usize {
        self.clusters
    }

    /// The variance of the ratio without G / (G − 1): too small where clusters are few, and 0 for one.
    pub const fn variance_uncorrected(&self) -> f64 {
        self.variance_uncorrected
    }

    /// The variance of the ratio. `None` with one cluster, which does not say how clusters vary.
    pub fn variance(&self) -> Option<f64> {
        let clusters = self.clusters as f64;
        (self.clusters > 1).then(|| self.variance_uncorrected * (clusters / (clusters - 1.0)))
    }

    /// What the uncorrected variance would be if each item were a cluster of its own.
    pub const fn variance_independent(&self) -> f64 {
        self.variance_independent
    }

    /// By how much clusters make the variance larger than independent items would; the number of items divided by it is the
    /// effective one. `None` with one cluster, or when items do not vary.
    pub fn design_effect(&self) -> Option<f64> {
        (self.clusters > 1 && self.variance_independent > 0.0)
            .then(|| self.variance_uncorrected / self.variance_independent)
    }

    /// The normal interval of the ratio, which is not cut off anywhere. `None` with one cluster. With fewer than some fifty
    /// use [`interval_t`](Self::interval_t).
    pub fn interval(&self, confidence: Confidence) -> Option<Interval> {
        self.reach(confidence.z())
    }

    /// The interval of the ratio by Student's t with G − 1 degrees of freedom. `None` with one cluster.
    pub fn interval_t(&self, confidence: Confidence) -> Option<Interval> {
        let student = StudentT::new(self.clusters as f64 - 1.0).ok()?;
        self.reach(student.tail_quantile(confidence.tail()))
    }

    fn reach(&self, quantile: f64) -> Option<Interval> {
        let reach = quantile * self.variance()?.sqrt();
        Some(Interval { low: self.estimate - reach, high: self.estimate + reach })
    }
}
