//! Experiments: who is in which arm, what differs between arms, and whether to believe it.
//!
//! # Features
#![doc = document_features::document_features!()]

mod adjust;
mod analysis;
mod anytime;
mod assignment;
mod correction;
mod effect;
mod error;
mod exposure;
mod metric;
mod posterior;
mod quantile;
mod refusal;
pub mod samples;
mod solve;
mod strata;
mod sums;
pub mod trust;

pub use adjust::{Adjusted, cuped};
pub use analysis::{
    AnalysedArm, AnalysedMetric, Analysis, AnalysisSpec, ArmValue, Comparison, Finding, Method, Multiplicity, Severity,
    Verdict, Warning,
};
pub use anytime::ConfidenceSequence;
#[cfg(feature = "bucketing")]
pub use assignment::bucketing;
pub use assignment::{
    ArmCounters, ArmCounts, Assignment, Balance, BetaPrior, Enrolled, Exclusion, Experiment, HoldOut, Layer, Origin,
    Outcome, Ranked, SavedAssignment, Slot, Switch, Switchback, Variant, rank_by_shrinkage, rank_by_wilson,
};
pub use audience_stats::Alternative;
pub use correction::{PreferentialLevels, interval_of_adjusted, preferential_levels};
pub use effect::{ArmEstimate, Effect, Functional, RelativeInterval, Scale, fieller, log_ratio, welch};
pub use error::Error;
pub use exposure::{ExperimentUnit, ExperimentUnits, ExposureSpec, Exposures, Mixed, Totals};
pub use metric::{CLICK, IMPRESSION, Metric, MetricKind};
pub use posterior::NormalEffects;
pub use quantile::{QuantileSample, clustered_quantile};
pub use refusal::Refusal;
pub use strata::post_stratified;
pub use sums::{LimitFinder, Limits, MetricPlan, MetricSums};
