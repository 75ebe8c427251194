//! What units did before an experiment, to plan it by.

use audience_abtest::planning::{self, Arrivals};
use audience_abtest::{ExperimentUnits, Metric, MetricKind, Refusal};
use audience_core::{Elapsed, Timestamp};
use audience_stats::Accumulator;
use serde::Serialize;

use super::state::{ExperimentSpec, ExperimentState};
use super::words;
use crate::error::Error;
use crate::format;

const DAY: i64 = 86_400_000;

/// What telemetry from before an experiment says of its units: its metrics over all of them, taken for one arm, and how they come in.
///
/// With a pre-period, the experiment is taken to begin when that is over: what units do from then on is the metric, and what each did
/// in the period before its first session of these is what it is adjusted for, exactly as an analysis would. The pre-period is the
/// first part of the data, so that the figures are of the rest.
///
/// # Examples
///
/// ```
/// use audience_core::{Accumulator, Event, EventKind, MediaTime, Rules, Session, Timestamp};
/// use audience_report::experiment::{Baseline, ExperimentSpec, ExperimentState};
///
/// let spec = ExperimentSpec::everyone();
/// let mut state = ExperimentState::new(&spec);
/// for (viewer, secs) in [("ann", 10), ("bob", 20), ("cid", 30)] {
///     let at = |secs: i64| Timestamp::from_millis(1000 * secs);
///     let session = Session::new(viewer, "film", [
///         Event::new(at(0), EventKind::Play).at(MediaTime::from_secs(0)),
///         Event::new(at(secs), EventKind::Pause).at(MediaTime::from_secs(secs as u64)),
///     ]);
///     state.observe(&session.with_viewer(viewer).facts(&Rules::default(), None));
/// }
/// let baseline = Baseline::new(&state, &spec)?;
/// let watch_time = baseline.metrics[0].as_ref().unwrap();
/// assert_eq!((watch_time.units, watch_time.value, watch_time.variance), (3, 20_000.0, 1e8));
/// assert!(baseline.arrivals.is_err()); // in less than two days
/// # Ok::<(), audience_report::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Baseline {
    /// Sessions in the data.
    pub sessions_read: u64,
    /// Of these, sessions that passed the filter.
    pub sessions: u64,
    /// What a unit is: `viewer_id`, or the attribute that has it.
    pub unit: String,
    /// Units with a session since `starts_at`.
    pub units: u64,
    /// Sessions that do not say whose they are, each of which is a unit for itself.
    pub without_unit: u64,
    /// When the period begins that is looked at: with the data, or after the pre-period.
    #[serde(serialize_with = "crate::json::one_time")]
    pub starts_at: Timestamp,
    /// When it ends: with the latest event, or when the filter says.
    #[serde(serialize_with = "crate::json::one_time")]
    pub ends_at: Timestamp,
    /// From one to the other, in days.
    pub days_of_data: f64,
    /// How long before its first session since `starts_at` a unit is looked at, in milliseconds, if it is.
    pub pre_period_ms: Option<u64>,
    /// New units by day since `starts_at`, or why that is not known.
    #[serde(rename = "new_units_by_day", serialize_with = "by_day")]
    pub arrivals: Result<Arrivals, Refusal>,
    /// The metrics, in the order asked for, or why one cannot be planned for.
    #[serde(skip)]
    pub metrics: Vec<Result<planning::Baseline, Refusal>>,
}

fn by_day<S: serde::Serializer>(arrivals: &Result<Arrivals, Refusal>, serializer: S) -> Result<S::Ok, S::Error> {
    arrivals.as_ref().ok().map(Arrivals::new_units).serialize(serializer)
}

impl Baseline {
    /// Of what was accumulated by a spec [of everyone](ExperimentSpec::everyone).
    ///
    /// # Errors
    ///
    /// [`Error::NoUnits`] when no session has the attribute that units are of; [`Error::NothingAfter`] when there is no session at
    /// all, or none after the pre-period; [`Error::Experiment`] without a metric.
    pub fn new(state: &ExperimentState, spec: &ExperimentSpec) -> Result<Self, Error> {
        let exposures = &spec.analysis.exposures;
        let pre_period_ms = exposures.pre_period.map(Elapsed::as_millis);
        let asked = pre_period_ms.unwrap_or(0);
        let Some((first, last)) = state.exposures.began() else {
            return Err(Error::NothingAfter { pre_period_ms: asked, data_ms: 0 });
        };
        // Data that are cut out of more begin where they are cut.
        let begin = spec.filter.from.filter(|from| between(*from, first) < DAY).unwrap_or(first);
        let starts_at = Timestamp::from_millis(begin.as_millis().saturating_add_unsigned(asked));
        let until = state.data_until.unwrap_or(last).max(last);
        let until = spec.filter.to.map_or(until, |to| until.min(to));
        let units = state.exposures.since(starts_at);
        if units.units.is_empty() {
            let data_ms = between(begin, until).unsigned_abs();
            return Err(Error::NothingAfter { pre_period_ms: asked, data_ms });
        }
        if let Some(attribute) = &exposures.unit
            && units.without_unit == state.sessions
            && !state.attributes.contains(attribute)
        {
            let known = state.attributes.summary();
            return Err(Error::NoUnits { attribute: attribute.clone(), known });
        }
        Ok(Self {
            sessions_read: state.sessions_read,
            sessions: state.sessions,
            unit: exposures.unit.clone().unwrap_or_else(|| "viewer_id".to_owned()),
            units: units.units.len() as u64,
            without_unit: units.without_unit,
            starts_at,
            ends_at: until,
            days_of_data: between(starts_at, until) as f64 / DAY as f64,
            pre_period_ms,
            arrivals: arrivals(&units, starts_at, last, until),
            metrics: planning::Baseline::all(&units, &spec.analysis)?,
        })
    }

    /// In a few words, for the first line of a plan: `4,717 viewers in 7.1 days from 2026-01-05 00:00 UTC on, 20,000 sessions`.
    pub fn in_words(&self) -> String {
        let units = match self.unit.as_str() {
            "viewer_id" => format::things(self.units, "viewer", "viewers"),
            unit => format!("{} of {}", format::things(self.units, "value", "values"), format::printable(unit)),
        };
        let sessions = format::things(self.sessions, "session", "sessions");
        let sessions = match self.sessions_read {
            read if read > self.sessions => format!("{sessions} of {}", format::count(read)),
            _ => sessions,
        };
        let (days, from) = (words::trimmed((10.0 * self.days_of_data).round() / 10.0), format::time(self.starts_at));
        format!("{units} in {days} days from {from} on; {sessions} read")
    }

    /// What a metric was, in words, with its unit: `mean over units 52:01, standard deviation 1:10:00`.
    pub fn figure(&self, of: &planning::Baseline) -> String {
        let mut text = format!("{} {}", words::kind(of.kind), words::value(&of.metric, Some(of.value)));
        if of.kind == MetricKind::Mean {
            let plain = of.variance / (1.0 - of.variance_reduction.unwrap_or(0.0));
            text.push_str(", standard deviation ");
            text.push_str(&words::value(&of.metric, Some(plain.sqrt())));
        }
        if let Some(cap) = words::cap(&of.metric, of.cap) {
            text.push_str("; ");
            text.push_str(&cap);
        }
        text
    }

    /// What adjusting a metric for the pre-period comes to, in words, where there is one: `adjusted for the 14 days before:
    /// variance −31.0 %`.
    pub fn adjustment(&self, of: &planning::Baseline) -> Option<String> {
        let days = words::trimmed(self.pre_period_ms? as f64 / DAY as f64);
        Some(match of.variance_reduction {
            Some(reduction) => format!("adjusted for the {days} days before: variance {}", words::relative(-reduction)),
            None => format!("not adjusted for the {days} days before, which quantiles cannot be"),
        })
    }

    /// A difference in a metric's unit, with its sign; of shares, in percentage points.
    pub fn difference(metric: &Metric, by: f64) -> String {
        words::fine_difference(metric, by)
    }
}

/// Milliseconds from one time to another.
fn between(from: Timestamp, to: Timestamp) -> i64 {
    to.as_millis().saturating_sub(from.as_millis())
}

/// How units come in; what goes on after the day of the last session are not days without new units.
fn arrivals(
    units: &ExperimentUnits,
    starts_at: Timestamp,
    last: Timestamp,
    until: Timestamp,
) -> Result<Arrivals, Refusal> {
    let days = between(starts_at, last).div_euclid(DAY).saturating_add(1);
    let end = starts_at.as_millis().saturating_add(days.saturating_mul(DAY));
    Arrivals::of(&units.units, starts_at, until.min(Timestamp::from_millis(end)))
}
