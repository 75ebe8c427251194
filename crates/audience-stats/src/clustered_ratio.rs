//! How sure a ratio of sums is.

use std::collections::BTreeMap;

use crate::hash::hash128;
use crate::interval::{Confidence, Interval};
use crate::{Accumulator, Merge, merge_fields};

/// A ratio of two sums, with what it takes to say how sure it is where items come in clusters: sessions of one viewer are more
/// alike than those of several.
///
/// Memory grows with the number of different clusters, at about 50 bytes each. Items without a cluster are clusters of their own
/// and take none.
///
/// # Examples
///
/// ```
/// use audience_stats::{Accumulator, ClusteredRatio};
///
/// let mut stalled = ClusteredRatio::default();
/// stalled.observe_pair(Some("ann"), 10, 100);
/// stalled.observe_pair(Some("ann"), 0, 60);
/// stalled.observe_pair(None, 2, 40);
/// assert_eq!(stalled.summary().ratio(), Some(0.06));
/// assert_eq!(stalled.summary().clusters, 2);
/// ```
#[derive(Clone, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ClusteredRatio {
    clusters: BTreeMap<u128, Pair>,
    alone: ClusterSums,
}

/// What one cluster has added up.
#[derive(Clone, Copy, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
struct Pair {
    part: u64,
    whole: u64,
}

merge_fields!(Pair { part, whole });

/// What a [`ClusteredRatio`] has seen: sums over clusters, of their parts and wholes, and of the squares and products of these.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ClusterSums {
    /// Clusters that are not nothing of nothing.
    pub clusters: u64,
    /// Of parts.
    pub part: u128,
    /// Of wholes.
    pub whole: u128,
    /// Of squares of parts.
    pub part_squares: u128,
    /// Of parts times wholes.
    pub products: u128,
    /// Of squares of wholes.
    pub whole_squares: u128,
}

merge_fields!(ClusterSums { clusters, part, whole, part_squares, products, whole_squares });

impl ClusteredRatio {
    /// Takes in `part` of `whole`, of a cluster with this name. Nothing of nothing says nothing, and is passed over.
    pub fn observe_pair(&mut self, cluster: Option<&str>, part: u64, whole: u64) {
        if part == 0 && whole == 0 {
            return;
        }
        let pair = Pair { part, whole };
        match cluster {
            Some(name) => self.clusters.entry(hash128(name.as_bytes(), 0)).or_default().merge(pair),
            None => self.alone.merge(ClusterSums::from(pair)),
        }
    }
}

merge_fields!(ClusteredRatio { clusters, alone });

impl Accumulator for ClusteredRatio {
    /// The cluster's name, part and whole.
    type Item = (Option<String>, u64, u64);
    type Summary = ClusterSums;

    fn observe(&mut self, (cluster, part, whole): &Self::Item) {
        self.observe_pair(cluster.as_deref(), *part, *whole);
    }

    fn summary(&self) -> ClusterSums {
        let mut sums = self.alone;
        for pair in self.clusters.values() {
            sums.merge(ClusterSums::from(*pair));
        }
        sums
    }
}

#[cfg(feature = "serde")]
impl crate::Portable for ClusteredRatio {
    fn fingerprint(&self) -> u64 {
        crate::fingerprint_of("audience.clustered_ratio/1", &())
    }

    fn size_bytes(&self) -> usize {
        self.clusters.len() * (size_of::<u128>() + size_of::<Pair>())
    }
}

impl From<Pair> for ClusterSums {
    fn from(Pair { part, whole }: Pair) -> Self {
        let (part, whole) = (u128::from(part), u128::from(whole));
        Self {
            clusters: 1,
            part,
            whole,
            part_squares: part * part,
            products: part * whole,
            whole_squares: whole * whole,
        }
    }
}

impl ClusterSums {
    /// The fewest clusters of which an [`interval`](Self::interval) is given: with fewer, the normal distribution is too far
    /// from that of the ratio.
    pub const FEWEST: u64 = 30;

    /// The sum of parts over the sum of wholes; `None` when there is no whole.
    pub fn ratio(&self) -> Option<f64> {
        (self.whole > 0).then(|| self.part as f64 / self.whole as f64)
    }

    /// The ratio's standard error by linearisation, also called Taylor's: with the ratio R of m clusters and their residuals
    /// e = part − R · whole, √(m / (m − 1) · Σ e²) / Σ whole. `None` with fewer than two clusters, or when there is no whole.
    ///
    /// W. G. Cochran, "Sampling Techniques" (1977), sections 6.4 and 11.12. Agrees with statsmodels' `WLS` of parts on wholes
    /// with weights 1 / whole and `cov_type="cluster"`.
    pub fn standard_error(&self) -> Option<f64> {
        let ratio = self.ratio().filter(|_| self.clusters > 1)?;
        let squares =
            self.part_squares as f64 - 2.0 * ratio * self.products as f64 + ratio * ratio * self.whole_squares as f64;
        let clusters = self.clusters as f64;
        // What should be 0 may be less by rounding.
        Some((clusters / (clusters - 1.0) * squares.max(0.0)).sqrt() / self.whole as f64)
    }

    /// The ratio and [`Confidence::z`] standard errors to both sides, no lower than 0. An approximation that is good with many
    /// clusters, none of which is most of the whole; `None` with fewer than [`FEWEST`](Self::FEWEST).
    pub fn interval(&self, confidence: Confidence) -> Option<Interval> {
        let (ratio, error) = (self.ratio()?, self.standard_error()?);
        let reach = confidence.z() * error;
        (self.clusters >= Self::FEWEST).then(|| Interval { low: (ratio - reach).max(0.0), high: ratio + reach })
    }
}
