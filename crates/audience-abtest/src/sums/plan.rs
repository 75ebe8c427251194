//! What is summed up, and under which limits.

use crate::metric::{Metric, MetricKind};

/// What is summed up of the units of an experiment.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct MetricPlan {
    /// The metrics.
    pub metrics: Vec<Metric>,
    /// The number of arms.
    pub arms: usize,
    /// Names of the custom events that units count, in their order.
    pub marks: Vec<String>,
    /// Names of the dimensions that units have, in their order.
    pub dimensions: Vec<String>,
    /// The dimension that units are compared within.
    pub stratify: Option<usize>,
    /// Whether what units did before is summed up, too.
    pub pre_period: bool,
    /// The share of figures that are not 0 which stay as they are; larger ones are capped. `None` for no cap.
    pub cap: Option<f64>,
}

impl MetricPlan {
    /// How many figures of a unit are summed up for a metric.
    pub fn figures_of(&self, metric: usize) -> usize {
        let now = match self.metrics[metric].kind() {
            MetricKind::Quantile => return 2,
            MetricKind::Ratio => 2,
            MetricKind::Proportion | MetricKind::Mean => 1,
        };
        if self.pre_period { 2 * now } else { now }
    }
}

/// Where figures are capped, and where quantiles are: of all units, before any is summed up.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Limits {
    /// Of each metric, the caps of its figures, since exposure and before; of all arms pooled, each figure its own. `None` for no
    /// cap.
    pub caps: Vec<[Option<u64>; 4]>,
    /// Of each metric that is a quantile, that of each arm: the least value that at least the level's share of values does not
    /// exceed. `None` without values.
    pub quantiles: Vec<Vec<Option<u64>>>,
}
