//! What follows from what was accumulated.

use audience_cohort::{
    Calendar, CohortMatrix, CohortSpec, DayCount, DayRetention, FrequencyBand, LoyaltySpec, Period, VisitCounts,
    VisitHistory,
};
use audience_core::{Elapsed, Timestamp};
use audience_stats::{Proportion, Z_95};
use jiff::civil::Date;
use serde::Serialize;

use super::returns::{self, ChurnModel, ReturnFindings, ViewerRow};
use super::state::{CohortsSpec, CohortsState};
use crate::error::Error;

/// Who comes back.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CohortsFindings {
    /// The first instant observed: what was asked for, else the first visit.
    #[serde(serialize_with = "crate::json::time")]
    pub since: Option<Timestamp>,
    /// The last instant observed.
    #[serde(serialize_with = "crate::json::time")]
    pub until: Option<Timestamp>,
    /// Different viewers.
    pub viewers: u64,
    /// Sessions, and why some are no visits.
    pub counts: VisitCounts,
    /// Cohorts of fewer viewers are not shown.
    pub min_viewers: u64,
    /// `day`, `week` or `month`.
    pub period: &'static str,
    /// Viewers by the period of their first visit, the earliest first.
    pub cohorts: Vec<CohortRow>,
    /// Viewers who came first before these periods.
    pub viewers_before: u64,
    /// The part of viewers that came some periods after their first, over all cohorts for which that period is over.
    pub averages: Vec<OffsetRow>,
    /// The part of viewers that came some days after their first visit.
    pub days: Vec<DayRow>,
    /// The same averages by an attribute, where one was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<AttributeCohorts>,
    /// How long viewers stay away; `None` without viewers.
    pub returns: Option<ReturnFindings>,
    /// Viewers by on how many days they came.
    pub frequency: Vec<FrequencyBand>,
    /// How loyalty is scored.
    pub loyalty: LoyaltySpec,
    /// Quantiles of loyalty scores, 0–1: the tenth, quarter, half, three quarters, nine tenths.
    pub loyalty_quantiles: Option<[f64; 5]>,
    /// Who is still there, by a model of repeat visits.
    pub model: Option<ChurnModel>,
    /// Why there is no model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_model: Option<String>,
    /// Every viewer, where that was asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub viewer_rows: Vec<ViewerRow>,
}

/// The viewers who came first in one period.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CohortRow {
    /// The first date of the period.
    pub start: Date,
    /// Whether all of the period was observed.
    pub complete: bool,
    /// How many viewers; `None` when they are too few to be shown.
    pub size: Option<u64>,
    /// How many of them came in that period, in the next, and so on. What is not known yet is not there, nor is what is not shown.
    pub active: Vec<u64>,
    /// Of how many of these periods all was observed: of the others more may come.
    pub over: usize,
}

/// Some of several.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Rate {
    /// How many.
    pub count: u64,
    /// Of how many.
    pub of: u64,
    /// The one by the other, 0–1.
    pub rate: Option<f64>,
    /// The lower end of its 95 % interval, by Wilson.
    pub low: Option<f64>,
    /// The upper end.
    pub high: Option<f64>,
}

impl From<Proportion> for Rate {
    fn from(part: Proportion) -> Self {
        let interval = part.wilson(Z_95);
        Self {
            count: part.successes(),
            of: part.trials(),
            rate: part.rate(),
            low: interval.map(|interval| interval.low),
            high: interval.map(|interval| interval.high),
        }
    }
}

/// Viewers some periods after their first.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct OffsetRow {
    /// How many periods.
    pub offset: usize,
    /// Who came.
    #[serde(flatten)]
    pub came: Rate,
}

/// Viewers some days after their first visit, of those for whom that day is over.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct DayRow {
    /// How many days.
    pub day: u32,
    /// Who came on that day.
    pub on_day: Rate,
    /// Who came again up to it.
    pub within: Rate,
    /// Who came on it or later.
    pub on_or_after: Rate,
}

impl From<DayRetention> for DayRow {
    fn from(row: DayRetention) -> Self {
        Self {
            day: row.day,
            on_day: row.on_day_rate().into(),
            within: row.within_rate().into(),
            on_or_after: row.on_or_after_rate().into(),
        }
    }
}

/// Viewers by what an attribute was at their first visit.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AttributeCohorts {
    /// The attribute.
    pub attribute: String,
    /// Its values, those with most viewers first.
    pub values: Vec<ValueCohorts>,
    /// Values with too few viewers to be shown, and those past the number asked for.
    pub omitted: usize,
}

/// Viewers with one value.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ValueCohorts {
    /// The value; `None` of those without.
    pub value: Option<String>,
    /// How many viewers.
    pub viewers: u64,
    /// The part that came some periods after their first.
    pub averages: Vec<OffsetRow>,
}

/// How long data are at most that are divided into days, and into weeks.
const IN_DAYS: Elapsed = Elapsed::from_secs(21 * 86_400);
const IN_WEEKS: Elapsed = Elapsed::from_secs(183 * 86_400);

/// On how many days viewers come, in bands from these on.
const BANDS: [u32; 6] = [1, 2, 3, 5, 9, 17];

impl CohortsFindings {
    /// What follows from what was accumulated.
    ///
    /// # Errors
    ///
    /// [`Error::Cohort`] when too many periods are asked for, or loyalty cannot be scored as asked for.
    pub(crate) fn new(state: CohortsState, spec: &CohortsSpec) -> Result<Self, Error> {
        let history = state.into_history();
        let calendar = Calendar::new(spec.zone.clone());
        let since = history.since().or_else(|| history.viewers().map(|viewer| viewer.first()).min());
        let until = history.until();
        let period = spec.period.unwrap_or_else(|| fitting(since, until));
        let cohorts = CohortSpec { periods: spec.periods, ..CohortSpec::new(calendar.clone(), period) };
        let matrix = history.cohorts(&cohorts)?;
        let days = history.day_retention(&spec.days, DayCount::Calendar(&calendar));
        let by = spec.by.as_deref().map(|name| AttributeCohorts::new(name, &history, &cohorts, spec)).transpose()?;
        let loyalty = history.loyalty_distribution(&spec.loyalty, &calendar)?;
        let quantile = |q: f64| Some(loyalty.quantile(q).ok()?? / 1000.0);
        let quantiles = [0.1, 0.25, 0.5, 0.75, 0.9].map(quantile);
        let (model, no_model) = match ChurnModel::new(&history, &calendar, spec) {
            Ok(model) => (Some(model), None),
            Err(error) => (None, Some(error.to_string())),
        };
        let viewer_rows = if spec.list_viewers {
            returns::viewer_rows(&history, &calendar, spec, model.as_ref())?
        } else {
            Vec::new()
        };
        Ok(Self {
            since,
            until,
            viewers: history.viewers().len() as u64,
            counts: history.counts(),
            min_viewers: spec.min_viewers,
            period: period.name(),
            averages: offsets(&matrix),
            viewers_before: matrix.viewers_before,
            cohorts: rows(&matrix, spec.min_viewers),
            days: days.into_iter().filter(|row| row.eligible > 0).map(DayRow::from).collect(),
            by,
            returns: ReturnFindings::new(&history),
            frequency: if history.viewers().len() > 0 {
                history.frequency_bands(&calendar, &BANDS)
            } else {
                Vec::new()
            },
            loyalty: spec.loyalty,
            loyalty_quantiles: quantiles.iter().all(Option::is_some).then(|| quantiles.map(Option::unwrap_or_default)),
            model,
            no_model,
            viewer_rows,
        })
    }
}

/// What time is divided into, by how much of it there is.
fn fitting(since: Option<Timestamp>, until: Option<Timestamp>) -> Period {
    match since.zip(until).map(|(since, until)| until.since(since)) {
        Some(length) if length > IN_WEEKS => Period::Month,
        Some(length) if length > IN_DAYS => Period::WEEK,
        _ => Period::Day,
    }
}

fn offsets(matrix: &CohortMatrix) -> Vec<OffsetRow> {
    let averages = matrix.averages().into_iter().enumerate();
    averages.map(|(offset, came)| OffsetRow { offset, came: came.into() }).collect()
}

fn rows(matrix: &CohortMatrix, min_viewers: u64) -> Vec<CohortRow> {
    let floor = if min_viewers > 1 { min_viewers } else { 0 };
    let rows = matrix.periods.iter().zip(&matrix.cohorts).enumerate();
    rows.map(|(at, (period, cohort))| {
        // Nobody is no one to protect.
        let shown = cohort.size == 0 || cohort.size >= floor;
        let active = if shown { cohort.active.clone() } else { Vec::new() };
        CohortRow {
            start: period.bounds.start,
            complete: period.complete,
            size: shown.then_some(cohort.size),
            over: (0..active.len()).take_while(|offset| *offset == 0 || matrix.complete(at, *offset)).count(),
            active,
        }
    })
    .collect()
}

impl CohortRow {
    /// The part that came some periods after the first; `None` where that is not known.
    pub fn rate(&self, offset: usize) -> Option<Rate> {
        let (came, size) = (*self.active.get(offset)?, self.size.filter(|size| *size > 0)?);
        Proportion::new(came, size).ok().map(Rate::from)
    }
}

impl AttributeCohorts {
    fn new(name: &str, history: &VisitHistory, cohorts: &CohortSpec, spec: &CohortsSpec) -> Result<Self, Error> {
        let floor = if spec.min_viewers > 1 { spec.min_viewers } else { 0 };
        let mut found = history.values();
        let all = found.len();
        found.retain(|(_, viewers)| *viewers >= floor);
        found.sort_by_key(|(_, viewers)| std::cmp::Reverse(*viewers));
        found.truncate(spec.top);
        let mut values = Vec::new();
        for (value, viewers) in found {
            let averages = offsets(&history.cohorts_with(cohorts, value)?);
            values.push(ValueCohorts { value: value.map(str::to_owned), viewers, averages });
        }
        Ok(Self { attribute: name.to_owned(), omitted: all - values.len(), values })
    }
}
