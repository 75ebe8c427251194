//! What to beware of.

use std::fmt;
use std::sync::Arc;

use audience_core::Timestamp;
use audience_stats::PValue;

use crate::metric::Metric;

/// How bad it is.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Severity {
    /// Good to know.
    Note,
    /// Read the figures with care.
    Caution,
    /// The figures must not be acted upon.
    Stop,
}

/// Something about an experiment that its figures do not show.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(tag = "warning", rename_all = "snake_case")
)]
#[non_exhaustive]
pub enum Warning {
    /// Units were in more than one arm.
    MixedArms {
        /// How many.
        mixed: u64,
        /// Of how many that were exposed.
        exposed: u64,
        /// Whether they are left out, or count for the first arm.
        excluded: bool,
    },
    /// Units are not divided among arms as planned.
    SampleRatio {
        /// How probable that is by chance.
        p: PValue,
    },
    /// The same among units of one value of a dimension.
    SampleRatioBy {
        /// The dimension.
        dimension: String,
        /// The value; `None` for those without.
        value: Option<Arc<str>>,
        /// How probable that is by chance, for the number of values.
        p: PValue,
    },
    /// An arm differed from the control before the experiment.
    PreExposureBias {
        /// In what.
        metric: Metric,
        /// The arm.
        arm: Arc<str>,
        /// How probable that is by chance, for the number of comparisons.
        p: PValue,
    },
    /// An arm has fewer units than planned.
    TooFewUnits {
        /// The arm.
        arm: Arc<str>,
        /// How many it has.
        units: u64,
        /// How many it should have.
        minimum: u64,
    },
    /// The experiment has not ended.
    NotEnded {
        /// Up to when there are data.
        data_until: Timestamp,
        /// When it ends.
        ends_at: Timestamp,
    },
    /// Nothing says how many units there should be at least: looking until something is found finds it.
    NoPlan,
    /// Sessions do not say whose they are.
    WithoutUnit {
        /// How many, each of which is a unit for itself.
        sessions: u64,
    },
    /// Sessions of an arm that is none of the experiment's.
    UnknownArm {
        /// Its name.
        arm: Arc<str>,
        /// How many sessions.
        sessions: u64,
    },
    /// An arm has no units.
    EmptyArm {
        /// The arm.
        arm: Arc<str>,
    },
    /// The control is so near 0 that what is relative to it may be anything.
    BaselineNearZero {
        /// The metric.
        metric: Metric,
    },
}

impl Warning {
    /// How bad it is. Mixed arms are tolerable up to 1 in 100 units.
    pub fn severity(&self) -> Severity {
        match self {
            Self::MixedArms { mixed, exposed, .. } if *mixed as f64 > 0.01 * *exposed as f64 => Severity::Stop,
            Self::SampleRatio { .. }
            | Self::SampleRatioBy { .. }
            | Self::PreExposureBias { .. }
            | Self::EmptyArm { .. } => Severity::Stop,
            Self::MixedArms { .. }
            | Self::TooFewUnits { .. }
            | Self::NotEnded { .. }
            | Self::WithoutUnit { .. }
            | Self::UnknownArm { .. } => Severity::Caution,
            Self::NoPlan | Self::BaselineNearZero { .. } => Severity::Note,
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MixedArms { mixed, exposed, excluded } => {
                let share = 100.0 * *mixed as f64 / (*exposed).max(1) as f64;
                write!(f, "{mixed} of {exposed} units ({share:.1} %) were in more than one arm. ")?;
                f.write_str(if *excluded {
                    "They are left out, and those that are left are no random sample: units with many sessions are more likely to be missing. "
                } else {
                    "They count for the arm they saw first, which makes arms more alike than they are. "
                })?;
                f.write_str("Assign units, not sessions.")
            }
            Self::SampleRatio { p } => write!(
                f,
                "units are not divided among arms as planned (p = {}): some are lost or counted in one arm only, and differences between arms may come from that",
                Probability(*p)
            ),
            Self::SampleRatioBy { dimension, value, p } => write!(
                f,
                "units of {dimension} {} are not divided among arms as planned (p = {}): look for what loses units there",
                value.as_deref().unwrap_or("unknown"),
                Probability(*p)
            ),
            Self::PreExposureBias { metric, arm, p } => write!(
                f,
                "{arm} differed from the control in {metric} before it was exposed (p = {}): units were not assigned at random, or carry something over from an earlier experiment",
                Probability(*p)
            ),
            Self::TooFewUnits { arm, units, minimum } => {
                write!(f, "{arm} has {units} units, and {minimum} were planned: what is not shown yet may be shown then")
            }
            Self::NotEnded { data_until, ends_at } => write!(
                f,
                "there are data up to {data_until} ms, and the experiment ends at {ends_at} ms: stopping as soon as something is found finds what is not there",
                data_until = data_until.as_millis(),
                ends_at = ends_at.as_millis()
            ),
            Self::NoPlan => f.write_str(
                "nothing says how many units were planned or when the experiment ends: these figures are for one look, not for stopping as soon as something is found",
            ),
            Self::WithoutUnit { sessions } => write!(
                f,
                "{sessions} sessions do not say whose they are: each counts as a unit of its own, and one viewer may be in both arms"
            ),
            Self::UnknownArm { arm, sessions } => {
                write!(f, "{sessions} sessions are of arm {arm:?}, which is none of the experiment's: they are left out")
            }
            Self::EmptyArm { arm } => write!(f, "{arm} has no units"),
            Self::BaselineNearZero { metric } => write!(
                f,
                "{metric} is so near 0 in the control that a relative difference may be of nearly any size; read the absolute one"
            ),
        }
    }
}

/// A probability as it is printed.
pub(super) struct Probability(pub(super) PValue);

impl fmt::Display for Probability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let p = self.0.value();
        if p >= 0.001 {
            return write!(f, "{p:.3}");
        }
        // Where it is too small for a number, its logarithm is not.
        let exponent = (self.0.ln() / std::f64::consts::LN_10).floor();
        let mantissa = (self.0.ln() - exponent * std::f64::consts::LN_10).exp();
        if exponent.is_finite() { write!(f, "{mantissa:.1}e{exponent}") } else { f.write_str("0") }
    }
}
