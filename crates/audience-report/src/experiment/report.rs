//! A report on an experiment, as data.

use audience_abtest::{Analysis, ExposureSpec, Look};
use audience_core::Timestamp;
use audience_stats::Accumulator;
use serde::Serialize;

use super::state::{ExperimentSpec, ExperimentState};
use crate::error::Error;

/// A report on an experiment: plain data. Its JSON form is in `docs/experiments.md` in the repository.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ExperimentReport {
    /// [`ExperimentReport::SCHEMA`].
    pub schema: &'static str,
    /// The attribute of sessions that has the arm.
    pub attribute: String,
    /// What was assigned to arms: `viewer_id`, or the attribute that has it.
    pub unit: String,
    /// The experiment's beginning, if it has one.
    #[serde(serialize_with = "crate::json::time")]
    pub starts_at: Option<Timestamp>,
    /// Its end, if it has one.
    #[serde(serialize_with = "crate::json::time")]
    pub ends_at: Option<Timestamp>,
    /// The latest event.
    #[serde(serialize_with = "crate::json::time")]
    pub data_until: Option<Timestamp>,
    /// How long before its first exposure units are looked at, in milliseconds, if they are.
    pub pre_period_ms: Option<u64>,
    /// The attribute whose values units are compared within, if they are.
    pub stratified_by: Option<String>,
    /// Sessions in the data.
    pub sessions_read: u64,
    /// Of these, sessions that passed the filter.
    pub sessions: u64,
    /// The primary metric as it would have been seen at the end of each day or of so many days, and at the end of the data.
    pub over_time: Vec<Look>,
    /// What it says, and whether to believe it.
    #[serde(flatten)]
    pub analysis: Analysis,
}

impl ExperimentReport {
    /// The version of the JSON form.
    pub const SCHEMA: &'static str = "audience.experiment/1";

    /// The report of what was accumulated.
    ///
    /// # Errors
    ///
    /// [`Error::NoArms`] when no session has the attribute; [`Error::Experiment`] when there is no such control or arm, there are not
    /// two arms, or so many that the attribute is hardly one of arms.
    pub fn new(state: &ExperimentState, spec: &ExperimentSpec) -> Result<Self, Error> {
        let exposures: &ExposureSpec = &spec.analysis.exposures;
        let mut units = state.exposures.summary();
        let attribute = exposures.attribute.clone().unwrap_or_default();
        let of_an_arm = units.exposed > 0 || !units.unknown_arms.is_empty();
        if !of_an_arm && !state.attributes.contains(&attribute) {
            let known = state.attributes.summary();
            return Err(Error::NoArms { attribute, known });
        }
        if let Some(control) = &spec.control {
            units = units.with_control(control)?;
        }
        let mut analysis = spec.analysis.clone();
        analysis.data_until = state.data_until;
        let times = looks(units.units.iter().map(|unit| unit.exposed_at).min(), state.data_until);
        let dimension = |at: usize| exposures.dimensions.get(at).cloned();
        Ok(Self {
            schema: Self::SCHEMA,
            attribute,
            unit: exposures.unit.clone().unwrap_or_else(|| "viewer_id".to_owned()),
            starts_at: exposures.starts_at,
            ends_at: exposures.ends_at,
            data_until: state.data_until,
            pre_period_ms: exposures.pre_period.map(audience_core::Elapsed::as_millis),
            stratified_by: analysis.stratify.and_then(dimension),
            sessions_read: state.sessions_read,
            sessions: state.sessions,
            over_time: Look::all(&state.exposures, &units.arms, &analysis, &times)?,
            analysis: Analysis::of(&units, &analysis)?,
        })
    }

    /// The name of an arm.
    pub(crate) fn arm(&self, at: usize) -> &str {
        self.analysis.arms.get(at).map_or("", |arm| &arm.name)
    }

    /// The arm that the others are compared with.
    pub(crate) fn control(&self) -> &str {
        self.arm(0)
    }

    /// How many comparisons share the level.
    pub(crate) fn comparisons(&self) -> usize {
        let metrics = self.analysis.metrics.iter().filter(|metric| metric.margin.is_none());
        metrics.flat_map(|metric| &metric.comparisons).filter(|comparison| comparison.finding.is_ok()).count()
    }
}

/// The most looks back.
const MOST_LOOKS: i64 = 30;

/// When to look: at the end of each day (of UTC) from the first exposure on, of every second day and so on if there are many, and at
/// the end of the data.
fn looks(first: Option<Timestamp>, last: Option<Timestamp>) -> Vec<Timestamp> {
    const DAY: i64 = 86_400_000;
    let Some((first, last)) = first.zip(last) else { return Vec::new() };
    let days = |time: Timestamp| time.as_millis().div_euclid(DAY);
    let (from, to) = (days(first), days(last));
    let step = ((to - from) / MOST_LOOKS + 1).max(1);
    let ends = (1..).map(|number| from.saturating_add(step.saturating_mul(number))).take_while(|day| *day <= to);
    let ends = ends.take(MOST_LOOKS as usize).map(|day| Timestamp::from_millis(day.saturating_mul(DAY)));
    // What began at the last moment is in it.
    ends.chain([Timestamp::from_millis(last.as_millis().saturating_add(1))]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_looked_at_and_many_days_in_steps() {
        let at = |hours: i64| Timestamp::from_millis(hours * 3_600_000);
        assert_eq!(looks(None, Some(at(3))), []);
        let last = |hours: i64| Timestamp::from_millis(hours * 3_600_000 + 1);
        assert_eq!(looks(Some(at(3)), Some(at(5))), [last(5)]);
        assert_eq!(looks(Some(at(3)), Some(at(50))), [at(24), at(48), last(50)]);
        let many = looks(Some(at(3)), Some(at(24 * 400)));
        assert!(many.len() <= 31 && many.is_sorted(), "{many:?}");
        assert!(looks(Some(Timestamp::from_millis(i64::MIN)), Some(Timestamp::from_millis(i64::MAX))).len() <= 31);
    }
}
