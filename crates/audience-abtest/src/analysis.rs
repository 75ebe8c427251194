//! What an experiment says, and whether to believe it.

mod compare;
#[cfg(feature = "serde")]
mod form;
mod looks;
mod sentence;
mod spec;
mod trustworthy;
mod warning;

use std::collections::BTreeMap;
use std::sync::Arc;

use audience_stats::{Confidence, Interval, PValue};

use crate::effect::RelativeInterval;
use crate::error::Error;
use crate::exposure::ExperimentUnits;
use crate::metric::{Metric, MetricKind};
use crate::refusal::Refusal;
use crate::sums::{MetricPlan, MetricSums};
use crate::trust::{SampleRatio, SlicedRatios};

pub(crate) use compare::estimates;
#[cfg(feature = "serde")]
pub(crate) use form::open as open_interval;
pub use looks::{Look, LookAt};
pub use spec::{AnalysisSpec, Multiplicity};
pub use warning::{Severity, Warning};

/// The analysis of an experiment: what to beware of, then what differs, by how much, and how sure that is.
///
/// Everything is for two-sided tests of every metric in every arm but the control, and for one look at the data that was planned.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Analysis {
    /// What to beware of, the worst first. In files each has its severity and its text too.
    #[cfg_attr(feature = "serde", serde(serialize_with = "form::described"))]
    pub warnings: Vec<Warning>,
    /// In one sentence.
    pub conclusion: String,
    /// The arms, the control first.
    pub arms: Vec<AnalysedArm>,
    /// Units that were exposed to an arm, with those that were in more than one.
    pub exposed: u64,
    /// Units that were in more than one arm.
    pub mixed: u64,
    /// Whether units are divided among arms as planned; `None` with too few to say.
    pub sample_ratio: Option<SampleRatio>,
    /// The same for each value of each dimension.
    pub sample_ratio_by: BTreeMap<String, SlicedRatios<Option<Arc<str>>>>,
    /// How often intervals must have the true value in them.
    pub confidence: Confidence,
    /// How the number of comparisons is taken into account.
    pub multiplicity: Multiplicity,
    /// The metrics, in the order asked for.
    pub metrics: Vec<AnalysedMetric>,
}

/// An arm of the experiment.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct AnalysedArm {
    /// Its name.
    pub name: Arc<str>,
    /// Its units.
    pub units: u64,
    /// The share of units it should have.
    pub planned_share: f64,
}

/// A metric in all arms.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct AnalysedMetric {
    /// Which.
    pub metric: Metric,
    /// What kind of figure it is.
    pub kind: MetricKind,
    /// Whether it is what the experiment is about.
    pub primary: bool,
    /// How much worse than the control it may be, as a part of it, in a guardrail.
    pub margin: Option<f64>,
    /// What figures of a unit are capped at; of a ratio, its numerator.
    pub cap: Option<u64>,
    /// Its value in each arm.
    pub arms: Vec<ArmValue>,
    /// Each arm but the control, compared with the control.
    pub comparisons: Vec<Comparison>,
}

/// A metric in one arm, as it is, without adjustment.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ArmValue {
    /// Units.
    pub units: u64,
    /// The metric; `None` when there is nothing to tell it by.
    pub value: Option<f64>,
    /// Its own interval: of a proportion Wilson's, else the normal one.
    pub interval: Option<Interval>,
}

/// An arm compared with the control.
///
/// In files it has a `finding`, or says why it was `refused`; the other one is null.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(try_from = "form::ComparisonForm", into = "form::ComparisonForm")
)]
pub struct Comparison {
    /// The arm: its place among the arms.
    pub arm: usize,
    /// What was found, or why nothing can be.
    pub finding: Result<Finding, Refusal>,
    /// In one sentence.
    pub sentence: String,
}

/// A difference between an arm and the control.
///
/// In files an end that an interval does not have is null.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Finding {
    /// How it was found.
    pub method: Method,
    /// Arm − control, in the metric's unit.
    pub difference: f64,
    /// Its interval, for this comparison alone. With a margin it has one end: how much worse the arm may be.
    #[cfg_attr(feature = "serde", serde(with = "form::open"))]
    pub interval: Interval,
    /// Its interval at the level that is left for each of all comparisons.
    #[cfg_attr(feature = "serde", serde(with = "form::open"))]
    pub simultaneous: Interval,
    /// (arm − control) / |control|; `None` when the control is 0.
    pub relative: Option<f64>,
    /// Its interval. With a margin it has one end, and what is beyond that is rejected.
    pub relative_interval: Option<RelativeInterval>,
    /// The same at the level that is left for each of all comparisons.
    pub relative_simultaneous: Option<RelativeInterval>,
    /// The probability of a difference at least this large, if there were none; with a margin, of one at least this far on the
    /// good side of it, if the arm were worse by the margin.
    pub p: PValue,
    /// The same, adjusted for the number of comparisons. Guardrails are not adjusted.
    pub adjusted: PValue,
    /// What holds however often one looks; `None` with fewer than [`BURN_IN`] units in an arm, or when units do not vary.
    pub sequence: Option<Sequence>,
    /// What to believe; `None` when units do not vary.
    pub belief: Option<Belief>,
    /// How much narrower the interval is for the adjustment: 1 − its variance by that without; `None` without adjustment.
    pub variance_reduction: Option<f64>,
    /// What it comes to.
    pub verdict: Verdict,
}

/// An arm has at least so many units before a confidence sequence is relied on, which is right in the limit only: the normal
/// distribution has to hold from the first look on.
pub const BURN_IN: u64 = 100;

/// A difference by a [`ConfidenceSequence`](crate::ConfidenceSequence): it may be looked at as often as one likes, and the
/// experiment stopped by it. For this comparison alone.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Sequence {
    /// The interval of the difference, in the metric's unit; with a margin it has one end.
    #[cfg_attr(feature = "serde", serde(with = "form::open"))]
    pub interval: Interval,
    /// The probability that goes with it.
    pub p: PValue,
}

/// What to believe of a difference: the normal posterior of the effect, under the prior of the analysis.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Belief {
    /// The probability that the arm is better than the control.
    pub chance_to_be_better: f64,
    /// How much is lost on average by choosing the arm, in the metric's unit.
    pub loss_of_arm: f64,
    /// How much is lost on average by staying with the control.
    pub loss_of_control: f64,
    /// The interval that holds the difference with the probability that intervals have.
    pub interval: Interval,
}

/// What a comparison comes to, at the level that was asked for and with all comparisons taken into account.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Verdict {
    /// The arm is better than the control.
    Better,
    /// The arm is worse than the control.
    Worse,
    /// Neither is shown, which is not to say that there is no difference.
    NotShown,
    /// The arm is not worse by the margin.
    NotWorse,
    /// It is not shown that the arm is not worse by the margin.
    MayBeWorse,
}

/// How a difference was found.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Method {
    /// Two proportions: Newcombe's interval and the pooled z test.
    Proportions,
    /// Two proportions of few units: Newcombe's interval and Fisher's exact test.
    ProportionsExact,
    /// Means, by Welch's test.
    Means,
    /// Ratios of sums, by the delta method over units.
    Ratios,
    /// Quantiles, by those at both sides of them, with the variance over units.
    Quantiles,
    /// Adjusted for what units did before (CUPED).
    Adjusted,
    /// Compared within strata.
    Stratified,
    /// Compared within strata, and adjusted for what units did before.
    StratifiedAdjusted,
}

impl Analysis {
    /// Of units that are all there: finds the limits, sums up, and compares.
    ///
    /// # Errors
    ///
    /// [`Error::TooFewArms`] when there are not two; [`Error::TooManyArms`] when there are more than a hundred, so that the attribute
    /// is hardly one of arms; [`Error::NoWeight`] and [`Error::UnknownArmName`] when there is not one weight for each arm;
    /// [`Error::NoMetric`].
    pub fn of(units: &ExperimentUnits, spec: &AnalysisSpec) -> Result<Self, Error> {
        let sums = MetricSums::of(Arc::new(spec.plan(units)?), &units.units);
        Self::of_sums(units, &sums, spec)
    }

    /// Of sums that were made elsewhere, as [`AnalysisSpec::plan`] says. Of `units` only what was left out is looked at, and the
    /// names of the arms.
    ///
    /// # Errors
    ///
    /// As [`of`](Self::of).
    pub fn of_sums(units: &ExperimentUnits, sums: &MetricSums, spec: &AnalysisSpec) -> Result<Self, Error> {
        let weights = spec.weights_of(&units.arms)?;
        let counts = sums.units();
        let planned: f64 = weights.iter().sum();
        let arms = units.arms.iter().zip(&counts).zip(&weights);
        let arms = arms.map(|((name, units), weight)| AnalysedArm {
            name: name.clone(),
            units: *units,
            planned_share: weight / planned,
        });
        let mut analysis = Self {
            warnings: Vec::new(),
            conclusion: String::new(),
            arms: arms.collect(),
            exposed: units.exposed,
            mixed: units.mixed,
            sample_ratio: None,
            sample_ratio_by: BTreeMap::new(),
            confidence: spec.confidence,
            multiplicity: spec.multiplicity,
            metrics: compare::metrics(sums, spec)?,
        };
        analysis.check(units, sums, &weights, spec)?;
        analysis.put_into_words();
        Ok(analysis)
    }

    /// Whether a warning says that the figures must not be acted upon.
    pub fn is_to_be_believed(&self) -> bool {
        self.warnings.iter().all(|warning| warning.severity() < Severity::Stop)
    }
}

impl AnalysisSpec {
    /// What has to be summed up of units, with what they have.
    ///
    /// # Errors
    ///
    /// [`Error::TooFewArms`] and [`Error::TooManyArms`] as [`Analysis::of`]; [`Error::NoMetric`].
    pub fn plan(&self, units: &ExperimentUnits) -> Result<MetricPlan, Error> {
        let found = units.arms.len();
        if found < 2 {
            return Err(Error::TooFewArms { needed: 2, found });
        }
        if found > Self::MOST_ARMS {
            return Err(Error::TooManyArms { found, most: Self::MOST_ARMS });
        }
        self.plan_of(found)
    }

    /// The same of any number of arms.
    pub(crate) fn plan_of(&self, arms: usize) -> Result<MetricPlan, Error> {
        if self.metrics.is_empty() {
            return Err(Error::NoMetric);
        }
        Ok(MetricPlan {
            metrics: self.metrics.clone(),
            arms,
            marks: self.exposures.marks.clone(),
            dimensions: self.exposures.dimensions.clone(),
            stratify: self.stratify,
            pre_period: self.exposures.pre_period.is_some(),
            cap: self.cap,
        })
    }
}
