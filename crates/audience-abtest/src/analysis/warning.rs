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
    /// No unit did anything in the period before its first exposure, so that there is nothing to adjust for.
    NothingBefore,
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
            Self::NoPlan | Self::NothingBefore | Self::BaselineNearZero { .. } => Severity::Note,
        }
    }
}

impl fmt::Display for Warning {
    /// In a few sentences.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MixedArms { mixed, exposed, excluded } => {
                let share = 100.0 * *mixed as f64 / (*exposed).max(1) as f64;
                let (mixed, exposed) = (Count(*mixed), Count(*exposed));
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
                "Units are not divided among arms as planned ({}): some are lost, or are counted in one arm only. Differences between arms may come from that alone.",
                Probability("p", *p)
            ),
            Self::SampleRatioBy { dimension, value, p } => write!(
                f,
                "Units of {dimension} {} are not divided among arms as planned ({}). Look for what loses units there.",
                value.as_deref().unwrap_or("(none)"),
                Probability("p", *p)
            ),
            Self::PreExposureBias { metric, arm, p } => write!(
                f,
                "{arm} differed from the control before it was exposed, in: {} ({}). Units were not assigned at random, or carry something over from an earlier experiment.",
                metric.label(),
                Probability("p", *p)
            ),
            Self::TooFewUnits { arm, units, minimum } => write!(
                f,
                "{arm} has {} units, and {} were planned: what is not shown yet may be shown then.",
                Count(*units),
                Count(*minimum)
            ),
            Self::NotEnded { data_until, ends_at } => write!(
                f,
                "The experiment has not ended: there are data up to {data_until}, and it ends at {ends_at}. Who stops as soon as something is found finds what is not there.",
                data_until = Time(*data_until),
                ends_at = Time(*ends_at)
            ),
            Self::NothingBefore => f.write_str(
                "No unit did anything in the period before its first exposure: there is nothing to adjust for, nor to compare arms by.",
            ),
            Self::NoPlan => f.write_str(
                "Nothing says how many units were planned or when the experiment ends. These figures are for one look at the end, not for stopping as soon as something is found.",
            ),
            Self::WithoutUnit { sessions } => write!(
                f,
                "{} sessions do not say whose they are: each counts as a unit of its own, and one viewer may be in several arms.",
                Count(*sessions)
            ),
            Self::UnknownArm { arm, sessions } => write!(
                f,
                "{} sessions are of arm {arm:?}, which is none of the experiment's: they are left out.",
                Count(*sessions)
            ),
            Self::EmptyArm { arm } => write!(f, "{arm} has no units."),
            Self::BaselineNearZero { metric } => write!(
                f,
                "{} is so near 0 in the control that a relative difference may be of nearly any size: read the absolute one.",
                metric.label()
            ),
        }
    }
}

/// A probability as it is printed, with what it is: `p = 0.034`, `p < 0.001`.
pub(super) struct Probability<'a>(pub(super) &'a str, pub(super) PValue);

impl fmt::Display for Probability<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(of, p) = self;
        match p.value() {
            p if p < 0.001 => write!(f, "{of} < 0.001"),
            p => write!(f, "{of} = {p:.3}"),
        }
    }
}

/// With thousands apart.
struct Count(u64);

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.0.to_string();
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                f.write_str(",")?;
            }
            write!(f, "{digit}")?;
        }
        Ok(())
    }
}

/// To the minute, in UTC.
struct Time(Timestamp);

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MINUTES: i64 = 24 * 60;
        let minutes = self.0.as_millis().div_euclid(60_000);
        // The Gregorian calendar in eras of 400 years, whose years begin in March, so that the leap day is the last.
        let days = minutes.div_euclid(MINUTES) + 719_468;
        let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
        let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
        let day = day - (365 * year + year / 4 - year / 100);
        let month = (5 * day + 2) / 153;
        let day = day - (153 * month + 2) / 5 + 1;
        let month = if month < 10 { month + 3 } else { month - 9 };
        let year = 400 * era + year + i64::from(month <= 2);
        let minute = minutes.rem_euclid(MINUTES);
        write!(f, "{year:04}-{month:02}-{day:02} {:02}:{:02} UTC", minute / 60, minute % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_of_the_calendar() {
        let time = |millis: i64| Time(Timestamp::from_millis(millis)).to_string();
        assert_eq!(time(0), "1970-01-01 00:00 UTC");
        assert_eq!(time(-60_000), "1969-12-31 23:59 UTC");
        assert_eq!(time(951_827_696_789), "2000-02-29 12:34 UTC");
        assert_eq!(time(4_107_542_340_000), "2100-02-28 23:59 UTC");
        assert_eq!(time(4_107_542_400_000), "2100-03-01 00:00 UTC");
    }

    #[test]
    fn warnings_in_words() {
        let p = PValue::from_ln(-900.0);
        let texts: Vec<String> = [
            Warning::MixedArms { mixed: 4512, exposed: 12_000, excluded: true },
            Warning::SampleRatioBy { dimension: "device".to_owned(), value: None, p },
            Warning::NotEnded { data_until: Timestamp::from_millis(0), ends_at: Timestamp::from_millis(86_400_000) },
            Warning::UnknownArm { arm: "C".into(), sessions: 1234 },
        ]
        .iter()
        .map(ToString::to_string)
        .collect();
        insta::assert_snapshot!(texts.join("\n"), @r#"
4,512 of 12,000 units (37.6 %) were in more than one arm. They are left out, and those that are left are no random sample: units with many sessions are more likely to be missing. Assign units, not sessions.
Units of device (none) are not divided among arms as planned (p < 0.001). Look for what loses units there.
The experiment has not ended: there are data up to 1970-01-01 00:00 UTC, and it ends at 1970-01-02 00:00 UTC. Who stops as soon as something is found finds what is not there.
1,234 sessions are of arm "C", which is none of the experiment's: they are left out.
"#);
    }
}
