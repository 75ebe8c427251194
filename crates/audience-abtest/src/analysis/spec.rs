//! What to analyse, and how.

use std::collections::BTreeMap;
use std::sync::Arc;

use audience_core::Timestamp;
use audience_stats::{Confidence, Correction};

use crate::error::Error;
use crate::exposure::ExposureSpec;
use crate::metric::Metric;

/// How the number of comparisons is taken into account: with twenty of them, one in twenty differs by chance.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Multiplicity {
    /// Not at all: right for one comparison that was decided on before.
    Each,
    /// All metrics in all arms alike.
    Corrected(Correction),
    /// The primary metric gets this share of the level, the others share the rest: see
    /// [`preferential_levels`](crate::preferential_levels).
    Preferential(f64),
}

/// Holm's method.
impl Default for Multiplicity {
    fn default() -> Self {
        Self::Corrected(Correction::Holm)
    }
}

/// What to analyse of an experiment, and how.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct AnalysisSpec {
    /// Who is in the experiment. The custom events it counts are those of the metrics.
    pub exposures: ExposureSpec,
    /// The metrics; the first is what the experiment is about.
    pub metrics: Vec<Metric>,
    /// Metrics that must not become worse than this part of the control: guardrails.
    pub margins: BTreeMap<Metric, f64>,
    /// How many units arms should have, beside each other, by name; all alike if there are none.
    pub weights: BTreeMap<String, f64>,
    /// How often intervals must have the true value in them.
    pub confidence: Confidence,
    /// How the number of comparisons is taken into account.
    pub multiplicity: Multiplicity,
    /// The dimension (its place among those of the exposures) that units are compared within.
    pub stratify: Option<usize>,
    /// The share of figures that are not 0 which stay as they are, where tails are long. `None` for no cap.
    pub cap: Option<f64>,
    /// How many units each arm was planned to have.
    pub minimum_units: u64,
    /// How much effects vary before anything is seen, as a part of the control: the standard deviation of a normal prior around no
    /// effect. `None` for a flat one.
    pub prior: Option<f64>,
    /// Up to when there are data, to tell whether the experiment has ended.
    pub data_until: Option<Timestamp>,
}

impl AnalysisSpec {
    /// An attribute with more values than this is hardly one of arms.
    pub const MOST_ARMS: usize = 100;

    /// What is capped unless told otherwise: what is above 99.9 % of the figures that are not 0.
    pub const CAP: f64 = 0.999;

    /// These metrics, at 95 %, corrected by Holm's method, capped above 99.9 %.
    pub fn new(mut exposures: ExposureSpec, metrics: Vec<Metric>) -> Self {
        for mark in metrics.iter().flat_map(Metric::marks) {
            if !exposures.marks.iter().any(|known| known == mark) {
                exposures.marks.push(mark.to_owned());
            }
        }
        Self {
            exposures,
            metrics,
            margins: BTreeMap::new(),
            weights: BTreeMap::new(),
            confidence: Confidence::P95,
            multiplicity: Multiplicity::default(),
            stratify: None,
            cap: Some(Self::CAP),
            minimum_units: 0,
            prior: None,
            data_until: None,
        }
    }

    /// The weight of each arm.
    pub(super) fn weights_of(&self, arms: &[Arc<str>]) -> Result<Vec<f64>, Error> {
        if self.weights.is_empty() {
            return Ok(vec![1.0; arms.len()]);
        }
        if let Some(name) = self.weights.keys().find(|name| arms.iter().all(|arm| arm.as_ref() != name.as_str())) {
            return Err(Error::unknown_arm(name, arms));
        }
        let weight = |arm: &Arc<str>| {
            let weight = self.weights.get(arm.as_ref()).copied();
            weight.ok_or_else(|| Error::NoWeight { arm: arm.to_string() })
        };
        arms.iter().map(weight).collect()
    }
}
