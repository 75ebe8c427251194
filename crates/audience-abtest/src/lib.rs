//! Experiments: who is in which arm, what differs between arms, and whether to believe it.
//!
//! # Examples
//!
//! Arms of viewers, which are the same on every machine and for ever:
//!
//! ```
//! use audience_abtest::Experiment;
//! use audience_core::Timestamp;
//!
//! let experiment = Experiment::new("start-up", [("control", 1.0), ("preload", 1.0)])?;
//! let arm = experiment.assign("viewer-1", Timestamp::from_millis(0)).variant().map(|variant| variant.name().to_owned());
//! assert_eq!(arm.as_deref(), Some("control"));
//! # Ok::<(), audience_abtest::Error>(())
//! ```
//!
//! An analysis of sessions whose attribute `arm` says in which arm their viewer was:
//!
//! ```
//! use audience_abtest::{Analysis, AnalysisSpec, ExposureSpec, Exposures, Metric, Verdict};
//! use audience_core::{Accumulator, Event, EventKind, MediaTime, Rules, Session, Timestamp};
//!
//! let spec = AnalysisSpec::new(ExposureSpec::new("arm"), vec![Metric::WatchTime, Metric::Started]);
//! let mut exposures = Exposures::new(spec.exposures.clone());
//! for viewer in 0..200_u64 {
//!     // Viewers of b watch ten seconds more.
//!     let (arm, seconds) = if viewer % 2 == 0 { ("a", 30) } else { ("b", 40) };
//!     let at = |secs: u64| Timestamp::from_millis(1000 * secs as i64);
//!     let watched = seconds + viewer * 7 % 30;
//!     let session = Session::new(format!("s{viewer}"), "film", [
//!         Event::new(at(0), EventKind::Play).at(MediaTime::from_secs(0)),
//!         Event::new(at(watched), EventKind::Pause).at(MediaTime::from_secs(watched)),
//!     ]);
//!     let session = session.with_viewer(format!("v{viewer}")).with_attribute("arm", arm);
//!     exposures.observe(&session.facts(&Rules::default(), None));
//! }
//! let analysis = Analysis::of(&exposures.summary(), &spec)?;
//! let watch_time = analysis.metrics[0].comparisons[0].finding.as_ref().unwrap();
//! assert_eq!(watch_time.verdict, Verdict::Better);
//! assert!((watch_time.difference - 10_000.0).abs() < 1000.0); // milliseconds
//! # Ok::<(), audience_abtest::Error>(())
//! ```
//!
//! # What is here
//!
//! | for | use |
//! |---|---|
//! | who is in which arm | [`Experiment`], [`Layer`], [`HoldOut`], [`SavedAssignment`], [`Switchback`] |
//! | the buckets of other systems | `bucketing`, behind the feature of that name |
//! | units from sessions | [`Exposures`], [`ExperimentUnits`] |
//! | what units sum up to, exactly and mergeably | [`Metric`], [`LimitFinder`], [`MetricSums`] |
//! | all of it at once | [`AnalysisSpec`], [`Analysis`] |
//! | a difference, from any two estimates | [`ArmEstimate`], [`welch`], [`Effect`], [`fieller`], [`log_ratio`] |
//! | less noise | [`cuped`], [`post_stratified`] |
//! | quantiles of units with several values | [`clustered_quantile`] |
//! | tests and intervals of samples | [`samples`], and [`Proportion`](audience_stats::Proportion) |
//! | looking again and again | [`ConfidenceSequence`], [`anytime`] |
//! | believing: effects, rates, which arm is the best | [`NormalEffects`], [`BetaPosterior`], [`chances_to_be_best`] |
//! | how many units it takes, and what they find | [`planning`] |
//! | losing little while it is found out | [`bandits`] |
//! | several things changed at once | [`Factorial`] |
//! | whether units are divided as planned, and alike before | [`trust`] |
//! | many comparisons | [`Multiplicity`], [`Correction`](audience_stats::Correction), [`preferential_levels`] |
//! | counts fed by hand, click-through rankings | [`ArmCounters`], [`rank_by_wilson`], [`rank_by_shrinkage`] |
//!
//! Formulas, defaults and assumptions: `docs/methods/experiments.md`.
//!
//! # What is not here
//!
//! No clock, no random numbers but seeded ones, no storage of assignments: who is saved in which arm is the caller's to keep.
//!
//! # Features
#![doc = document_features::document_features!()]

mod adjust;
mod analysis;
pub mod anytime;
mod assignment;
pub mod bandits;
mod correction;
mod effect;
mod error;
mod exposure;
mod factorial;
mod metric;
pub mod planning;
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
    AnalysedArm, AnalysedMetric, Analysis, AnalysisSpec, ArmValue, BURN_IN, Belief, Comparison, Finding, Look, LookAt,
    Method, Multiplicity, Sequence, Severity, Verdict, Warning,
};
pub use anytime::asymptotic::ConfidenceSequence;
#[cfg(feature = "bucketing")]
pub use assignment::bucketing;
pub use assignment::{
    ArmCounters, ArmCounts, Assignment, Balance, Enrolled, Exclusion, Experiment, HoldOut, Layer, Origin, Outcome,
    SavedAssignment, Slot, Switch, Switchback, Variant,
};
pub use audience_stats::{Alternative, BetaPrior, Ranked, rank_by_shrinkage, rank_by_wilson};
pub use correction::{PreferentialLevels, interval_of_adjusted, preferential_levels};
pub use effect::{ArmEstimate, Effect, Functional, RelativeInterval, Scale, fieller, log_ratio, welch};
pub use error::Error;
pub use exposure::{ExperimentUnit, ExperimentUnits, ExposureSpec, Exposures, Mixed, Totals};
pub use factorial::{Change, Factorial};
pub use metric::{CLICK, IMPRESSION, Metric, MetricKind};
pub use posterior::{ArmBelief, BetaPosterior, NormalEffects, chances_to_be_best, chances_to_be_second};
pub use quantile::{QuantileSample, clustered_quantile};
pub use refusal::Refusal;
pub use strata::post_stratified;
pub use sums::{LimitFinder, Limits, MetricPlan, MetricSums};
