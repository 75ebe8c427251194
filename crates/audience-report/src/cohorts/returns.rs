//! How long viewers stay away, and who is still there.

use audience_cohort::{
    BgNbd, Calendar, Gaps, Loyalty, LoyaltySpec, RepeatHistory, ReturnCurve, ViewerVisits, VisitDays, VisitHistory,
};
use audience_core::{Elapsed, Timestamp};
use audience_stats::{BandScale, Confidence};
use serde::Serialize;

use super::state::CohortsSpec;
use crate::error::Error;

const DAY_MS: u64 = 86_400_000;

/// How long viewers stay away.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ReturnFindings {
    /// Viewers.
    pub viewers: u64,
    /// Of these, who came a second time.
    pub returned: u64,
    /// The time after which half of them had come a second time, in milliseconds, as far as that is seen: a Kaplan-Meier estimate, in
    /// which who has only just come counts as long as that is known.
    pub median_ms: Option<u64>,
    /// The part that had not come a second time, day by day after the first visit.
    pub not_yet_back: Vec<ReturnPoint>,
    /// Viewers by how long they have been away, and how likely they are to come back within a week.
    pub silence: Vec<SilenceBand>,
}

/// A point of the curve of those not yet back.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ReturnPoint {
    /// Days since the first visit: times 24 hours.
    pub days: u64,
    /// The part that had not come again by then, 0–1.
    pub share: f64,
    /// The lower end of its 95 % interval.
    pub low: Option<f64>,
    /// The upper end.
    pub high: Option<f64>,
}

/// Viewers who have been away for about as long.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct SilenceBand {
    /// For how many days at least.
    pub from_days: u64,
    /// For less than how many; `None` where there is no end.
    pub to_days: Option<u64>,
    /// How many viewers that is, at the end of what was observed.
    pub viewers: u64,
    /// The part of those who had been away for `from_days`, at any time, that came back within a week, 0–1; `None` where the data are
    /// not long enough to say.
    pub back_in_a_week: Option<f64>,
}

/// Days of silence at which bands begin.
const SILENCE: [u64; 6] = [0, 1, 3, 7, 14, 30];

impl ReturnFindings {
    pub(super) fn new(history: &VisitHistory) -> Option<Self> {
        let first = history.returns(Gaps::First).ok()?;
        let all = history.returns(Gaps::All).ok()?;
        let until = history.until()?;
        let silence = |viewer: ViewerVisits<'_>| until.since(viewer.last()).as_millis() / DAY_MS;
        let mut viewers = [0; SILENCE.len()];
        for viewer in history.viewers() {
            viewers[SILENCE.partition_point(|from| *from <= silence(viewer)) - 1] += 1;
        }
        let days = |days: u64| Elapsed::from_millis(days * DAY_MS);
        let bands = SILENCE.iter().enumerate().map(|(at, from)| SilenceBand {
            from_days: *from,
            to_days: SILENCE.get(at + 1).copied(),
            viewers: viewers[at],
            back_in_a_week: all.chance_to_return(days(*from), days(7)),
        });
        Some(Self {
            viewers: history.viewers().len() as u64,
            returned: history.viewers().filter(|viewer| viewer.count() > 1).count() as u64,
            median_ms: first.median().map(Elapsed::as_millis),
            not_yet_back: points(&first),
            silence: bands.collect(),
        })
    }
}

/// Day by day, as long as the curve reaches, in at most so many points.
const POINTS: u64 = 60;

fn points(curve: &ReturnCurve) -> Vec<ReturnPoint> {
    let curve = curve.not_yet_back();
    let last = curve.steps().last().map_or(0.0, |step| step.time) as u64 / DAY_MS;
    let step = (last / POINTS).max(1);
    (0..=last / step)
        .map(|at| {
            let days = at * step;
            let time = (days * DAY_MS) as f64;
            let interval =
                curve.step_at(time).and_then(|step| curve.interval(step, BandScale::LogLog, Confidence::P95));
            ReturnPoint {
                days,
                share: curve.at(time),
                low: interval.map(|interval| interval.low),
                high: interval.map(|interval| interval.high),
            }
        })
        .collect()
}

/// Who is still there, by the BG/NBD model: viewers come at rates that differ, and after any visit may never come again, with
/// probabilities that differ.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ChurnModel {
    /// The parameters of greatest likelihood: `r`, `alpha`, `a`, `b`; time is in days.
    #[serde(flatten)]
    pub parameters: BgNbd,
    /// Viewers it was fitted to.
    pub viewers: u64,
    /// Whether the likelihood was at its greatest in the end.
    pub converged: bool,
    /// For how many days visits are expected.
    pub expect_days: u32,
    /// Days with a visit expected of all viewers known, from the end of what was observed on.
    pub expected_visit_days: f64,
    /// Days with a visit expected of a new viewer after the first.
    pub expected_of_new: f64,
    /// Viewers who came again, by how likely they are still there. Of who came on one day only, this model takes all to be.
    pub alive: Vec<AliveBand>,
    /// Viewers who came on one day only.
    pub once: u64,
}

/// Viewers who are about as likely still there.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct AliveBand {
    /// How likely at least, 0–1.
    pub from: f64,
    /// Less than how likely; the last up to and with 1.
    pub to: f64,
    /// How many viewers.
    pub viewers: u64,
    /// Days with a visit expected of them.
    pub expected_visit_days: f64,
}

/// Where bands of probabilities begin.
const ALIVE: [f64; 4] = [0.0, 0.2, 0.5, 0.8];

impl ChurnModel {
    pub(super) fn new(history: &VisitHistory, calendar: &Calendar, spec: &CohortsSpec) -> Result<Self, Error> {
        let days: Vec<VisitDays> = history.visit_days(calendar).map(|(_, days)| days).collect();
        let histories = days.iter().map(|days| repeats(*days)).collect::<Result<Vec<_>, _>>()?;
        let fit = BgNbd::fit(&histories)?;
        let model = fit.model;
        let horizon = f64::from(spec.expect_days);
        let band = |(at, from): (usize, &f64)| AliveBand {
            from: *from,
            to: ALIVE.get(at + 1).copied().unwrap_or(1.0),
            viewers: 0,
            expected_visit_days: 0.0,
        };
        let mut alive: Vec<AliveBand> = ALIVE.iter().enumerate().map(band).collect();
        let (mut expected_of_all, mut once) = (0.0, 0);
        for (days, history) in counted(&days, &histories) {
            let expected = model.expected_visits(history, horizon)? * days.1 as f64;
            expected_of_all += expected;
            if days.0.frequency == 0 {
                once += days.1;
                continue;
            }
            let band = &mut alive[ALIVE.partition_point(|from| *from <= model.probability_alive(history)) - 1];
            band.viewers += days.1;
            band.expected_visit_days += expected;
        }
        Ok(Self {
            parameters: model,
            viewers: fit.viewers,
            converged: fit.converged,
            expect_days: spec.expect_days,
            expected_visit_days: expected_of_all,
            expected_of_new: model.expected_visits_of_new(horizon)?,
            alive,
            once,
        })
    }
}

fn repeats(days: VisitDays) -> Result<RepeatHistory, Error> {
    Ok(RepeatHistory::new(days.frequency.into(), days.recency.into(), days.age.into())?)
}

/// Each different history once, with how many have it.
fn counted<'h>(days: &[VisitDays], histories: &'h [RepeatHistory]) -> Vec<((VisitDays, u64), &'h RepeatHistory)> {
    let mut pairs: Vec<(VisitDays, &RepeatHistory)> = days.iter().copied().zip(histories).collect();
    pairs.sort_unstable_by_key(|(days, _)| *days);
    pairs.chunk_by(|a, b| a.0 == b.0).map(|alike| ((alike[0].0, alike.len() as u64), alike[0].1)).collect()
}

/// One viewer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ViewerRow {
    /// Who it is, as the telemetry or its pseudonyms say.
    pub viewer_id: String,
    /// When it came first.
    #[serde(serialize_with = "crate::json::one_time")]
    pub first_at: Timestamp,
    /// When it came last.
    #[serde(serialize_with = "crate::json::one_time")]
    pub last_at: Timestamp,
    /// Visits.
    pub visits: u64,
    /// Days with a visit.
    pub days: u32,
    /// Content played, in milliseconds.
    pub watched_ms: u64,
    /// How attached it is.
    #[serde(flatten)]
    pub loyalty: Loyalty,
    /// How likely it is still there, 0–1, by the model.
    pub alive: Option<f64>,
    /// Days with a visit expected of it.
    pub expected_visit_days: Option<f64>,
}

/// All viewers: who came often and is likely gone first.
pub(super) fn viewer_rows(
    history: &VisitHistory,
    calendar: &Calendar,
    spec: &CohortsSpec,
    model: Option<&ChurnModel>,
) -> Result<Vec<ViewerRow>, Error> {
    let loyalty: &LoyaltySpec = &spec.loyalty;
    let model = model.map(|model| model.parameters);
    let mut rows = Vec::new();
    for ((viewer, loyalty), (_, days)) in history.loyalty(loyalty, calendar)?.zip(history.visit_days(calendar)) {
        let repeats = repeats(days)?;
        let expected = model.map(|model| model.expected_visits(&repeats, spec.expect_days.into())).transpose()?;
        rows.push(ViewerRow {
            viewer_id: viewer.id().to_owned(),
            first_at: viewer.first(),
            last_at: viewer.last(),
            visits: viewer.count(),
            days: days.frequency + 1,
            watched_ms: viewer.watched().as_millis(),
            loyalty,
            alive: model.map(|model| model.probability_alive(&repeats)),
            expected_visit_days: expected,
        });
    }
    // What is at stake: visits of those who may be gone.
    let at_stake = |row: &ViewerRow| f64::from(row.days) * (1.0 - row.alive.unwrap_or(1.0));
    rows.sort_by(|a, b| at_stake(b).total_cmp(&at_stake(a)).then_with(|| a.viewer_id.cmp(&b.viewer_id)));
    Ok(rows)
}
