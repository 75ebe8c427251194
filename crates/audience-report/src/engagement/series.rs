//! Day by day: whether figures rise or fall, on which days they were odd, and where they shifted.

use std::num::NonZeroUsize;

use audience_engagement::SocialChannel;
use audience_stats::{
    Confidence, FloatSum, Interval, LinearRegression, MannKendall, PValue, Pelt, Segment, TheilSen, TrendDirection,
    esd_of_fit,
};
use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::state::{EngagementSpec, EngagementState};
use crate::error::Error;
use audience_cohort::Value;

/// Figures of days, and what they show.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct DailyFigures {
    /// Days from the first to the last, without gaps.
    pub days: Vec<DayFigures>,
    /// Views on days that are set apart, since they lie more than a month from the others and are few: clocks that are wrong.
    pub views_elsewhere: u64,
    /// What each figure shows, over the days that are whole.
    pub trends: Vec<DailyTrend>,
}

/// The figures of one day.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DayFigures {
    /// The day, of the time zone asked for.
    pub day: Date,
    /// Whether the data cover it: the first and the last day may begin or end with the data, and are then in no trend.
    pub whole: bool,
    /// Views that began on it.
    pub views: u64,
    /// Content played in these, in milliseconds.
    pub watched_ms: u64,
    /// The score of these; `None` without views.
    pub score: Option<f64>,
}

/// A figure of days.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DailyFigure {
    /// Views.
    Views,
    /// Content played, in milliseconds.
    WatchTime,
    /// The score.
    Score,
}

/// What a figure of days shows.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DailyTrend {
    /// Which figure.
    pub figure: DailyFigure,
    /// Whole days that have it.
    pub days: usize,
    /// Its mean.
    pub mean: f64,
    /// Whether it rises or falls, by the test of Mann and Kendall at 5 %, of values less their week, with the variance of values that each
    /// keep a part of the one before.
    pub direction: TrendDirection,
    /// The p value of that test.
    pub p: PValue,
    /// By how much it changes a day, by least squares.
    pub slope: f64,
    /// The 95 % interval of that, if days do not depend on those before.
    pub slope_interval: Option<Interval>,
    /// The share of its variance that a line explains, 0–1.
    pub r_squared: Option<f64>,
    /// By how much it changes a day, by the median of slopes between two days.
    pub theil_sen: f64,
    /// Whether the week was taken off before the test, and days were looked at one by one: from three weeks on, without gaps.
    pub by_week: bool,
    /// Days that are unlike the others, in order.
    pub anomalies: Vec<DailyAnomaly>,
    /// Where its mean shifted, where steps explain it better than a line.
    pub shifts: Vec<Shift>,
}

/// A day that is unlike the others.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DailyAnomaly {
    /// The day.
    pub day: Date,
    /// The figure.
    pub value: f64,
    /// What it would be by the week, and the line or step around it.
    pub expected: f64,
    /// How many standard deviations of the other days it is from that.
    pub deviations: f64,
}

/// A shift of the mean.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Shift {
    /// The first day after it.
    pub day: Date,
    /// The mean before, back to the shift before.
    pub before: f64,
    /// The mean from there on, to the next one.
    pub after: f64,
}

/// The fewest days that a trend is looked for in.
const LEAST_DAYS: usize = 5;
/// Days of a week, and the fewest days of which the week can be told from the rest.
const WEEK: usize = 7;
const LEAST_DAYS_BY_WEEK: usize = 3 * WEEK;
/// What a shift must save: 12 σ² ln n. Of days that each keep 0.4 of the one before, simulation finds a shift in less than 5 % of series
/// without one.
const PENALTY: f64 = 12.0;
/// The level of tests.
const ALPHA: f64 = 0.05;
/// Days farther apart are not of one series, if they are few.
const FAR_APART: i64 = 31;
/// The most days that are listed: ten years.
const MOST_DAYS: i64 = 3653;
/// The most odd days that are looked for.
const MOST_ANOMALIES: usize = 100;
/// How long a day may be without data at its beginning or end and still be whole.
const SLACK_MS: i64 = 3_600_000;

impl DailyFigure {
    /// Its name.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Views => "views",
            Self::WatchTime => "watch time",
            Self::Score => "score",
        }
    }

    fn of(self, day: &DayFigures) -> Option<f64> {
        match self {
            Self::Views => Some(day.views as f64),
            Self::WatchTime => Some(day.watched_ms as f64),
            Self::Score => day.score,
        }
    }
}

impl DailyFigures {
    pub(super) fn new(state: &EngagementState, spec: &EngagementSpec, social: SocialChannel) -> Result<Self, Error> {
        let mut seen: Vec<DayFigures> = Vec::new();
        for (key, engagement) in state.days.iter() {
            let [Value::Day(day)] = key[..] else { continue };
            let summary = audience_stats::Accumulator::summary(engagement);
            let (views, watched_ms) = (summary.counts.views, summary.counts.watched_ms);
            let score = summary.score(&spec.weights, social)?.score;
            seen.push(DayFigures { day, whole: true, views, watched_ms, score });
        }
        seen.sort_unstable_by_key(|day| day.day);
        let kept = without_strays(&seen);
        let views = |days: &[DayFigures]| days.iter().map(|day| day.views).sum::<u64>();
        let views_elsewhere = views(&seen) - views(kept);
        let mut days = without_gaps(kept);
        if let Some((from, to)) = state.bounds.0 {
            let is_whole = |day: Date| -> Option<bool> {
                let (start, end) = (start_of(day, &spec.zone)?, start_of(day.tomorrow().ok()?, &spec.zone)?);
                Some(from.as_millis() <= start + SLACK_MS && to.as_millis() >= end - SLACK_MS)
            };
            for day in &mut days {
                day.whole = is_whole(day.day).unwrap_or_default();
            }
        }
        let mut trends = Vec::new();
        for figure in [DailyFigure::Views, DailyFigure::WatchTime, DailyFigure::Score] {
            trends.extend(DailyTrend::new(figure, &days)?);
        }
        Ok(Self { days, views_elsewhere, trends })
    }
}

/// When a day begins, in milliseconds.
fn start_of(day: Date, zone: &TimeZone) -> Option<i64> {
    Some(day.to_zoned(zone.clone()).ok()?.timestamp().as_millisecond())
}

fn days_between(from: Date, to: Date) -> i64 {
    (to - from).get_days().into()
}

/// The longest stretch of days less than a month apart, if no more than one in a hundred views is elsewhere; else all.
fn without_strays(days: &[DayFigures]) -> &[DayFigures] {
    let views = |days: &[DayFigures]| days.iter().map(|day| day.views).sum::<u64>();
    let near = |a: &DayFigures, b: &DayFigures| days_between(a.day, b.day) <= FAR_APART;
    let most = days.chunk_by(near).max_by_key(|stretch| views(stretch)).unwrap_or_default();
    if (views(days) - views(most)).saturating_mul(100) <= views(days) { most } else { days }
}

/// Days without sessions among the others; none at all where that would be too many.
fn without_gaps(days: &[DayFigures]) -> Vec<DayFigures> {
    let (Some(first), Some(last)) = (days.first(), days.last()) else { return Vec::new() };
    if days_between(first.day, last.day) >= MOST_DAYS {
        return days.to_vec();
    }
    let mut all = Vec::new();
    let mut next = first.day;
    for day in days {
        while next < day.day {
            all.push(DayFigures { day: next, whole: true, views: 0, watched_ms: 0, score: None });
            next = next.saturating_add(1.day());
        }
        all.push(day.clone());
        next = day.day.saturating_add(1.day());
    }
    all
}

impl DailyTrend {
    fn new(figure: DailyFigure, days: &[DayFigures]) -> Result<Option<Self>, Error> {
        let whole: Vec<(Date, f64)> =
            days.iter().filter(|day| day.whole).filter_map(|day| Some((day.day, figure.of(day)?))).collect();
        let Some((first, _)) = whole.first().filter(|_| whole.len() >= LEAST_DAYS) else { return Ok(None) };
        // Days are counted from the first: nothing cancels.
        let x: Vec<f64> = whole.iter().map(|(day, _)| days_between(*first, *day) as f64).collect();
        let y: Vec<f64> = whole.iter().map(|(_, value)| *value).collect();
        let consecutive = x.last().is_some_and(|last| *last == (x.len() - 1) as f64);
        let by_week = consecutive && x.len() >= LEAST_DAYS_BY_WEEK;
        let line = LinearRegression::new(&x, &y)?;
        let level: Vec<f64> = x.iter().map(|x| line.at(*x)).collect();
        let all: Vec<usize> = (0..y.len()).collect();
        let week = if by_week { week_around(&y, &level, &all) } else { [0.0; WEEK] };
        let rest: Vec<f64> = y.iter().enumerate().map(|(at, value)| value - week[at % WEEK]).collect();
        let test = MannKendall::first_order(&rest)?;
        let mut trend = Self {
            figure,
            days: y.len(),
            mean: y.iter().copied().collect::<FloatSum>().value() / y.len() as f64,
            direction: test.direction(ALPHA)?,
            p: test.p(),
            slope: line.slope(),
            slope_interval: line.slope_interval(Confidence::P95),
            r_squared: line.r_squared(),
            theil_sen: TheilSen::new(&x, &y)?.slope(),
            by_week,
            anomalies: Vec::new(),
            shifts: Vec::new(),
        };
        if by_week {
            trend.look_at_days(&whole, &y, &rest)?;
        }
        Ok(Some(trend))
    }

    /// Where the mean shifts, and which days are odd.
    fn look_at_days(&mut self, days: &[(Date, f64)], values: &[f64], rest: &[f64]) -> Result<(), Error> {
        let least = NonZeroUsize::new(WEEK).unwrap_or(NonZeroUsize::MIN);
        let steps = Pelt::default().with_penalty(PENALTY)?.with_least_length(least).find(rest)?.segments;
        let all: Vec<usize> = (0..values.len()).collect();
        // By the criterion of Schwarz: a line has two numbers, steps have a mean each and a place for all but the first.
        let criterion = |level: &[f64], numbers: f64| {
            let squares: FloatSum =
                rest.iter().zip(level).map(|(value, level)| (value - level) * (value - level)).collect();
            let n = rest.len() as f64;
            n * (squares.value().max(f64::MIN_POSITIVE) / n).ln() + numbers * n.ln()
        };
        let stepped = steps.len() > 1
            && criterion(&levels(&steps, rest, &all), 2.0 * steps.len() as f64 - 1.0)
                < criterion(&line_through(rest, &all), 2.0);
        if stepped {
            let pairs = steps.windows(2);
            self.shifts = pairs
                .map(|pair| Shift { day: days[pair[1].start].0, before: pair[0].mean, after: pair[1].mean })
                .collect();
        }
        // What the days that are left say of all: a level and the week around it.
        let expected = |left: &[usize]| -> Vec<f64> {
            let level = if stepped { levels(&steps, values, left) } else { line_through(values, left) };
            let week = week_around(values, &level, left);
            level.iter().enumerate().map(|(at, level)| level + week[at % WEEK]).collect()
        };
        // A level for each weekday, and one number more for each step or for the slope.
        let numbers = WEEK + steps.len().saturating_sub(1).max(1);
        let most = (values.len() / 10).clamp(1, MOST_ANOMALIES).min(values.len().saturating_sub(numbers + 1));
        let found = esd_of_fit(values, most, ALPHA, numbers, expected)?;
        let odd: Vec<usize> = found.outliers().iter().map(|removal| removal.at).collect();
        let left: Vec<usize> = all.into_iter().filter(|at| !odd.contains(at)).collect();
        let expected = expected(&left);
        let squares: FloatSum =
            left.iter().map(|at| (values[*at] - expected[*at]) * (values[*at] - expected[*at])).collect();
        let deviation = (squares.value() / left.len().saturating_sub(numbers).max(1) as f64).sqrt();
        let anomaly = |at: usize| DailyAnomaly {
            day: days[at].0,
            value: values[at],
            expected: expected[at],
            deviations: (values[at] - expected[at]) / deviation,
        };
        self.anomalies = odd.into_iter().map(anomaly).filter(|odd| odd.deviations.is_finite()).collect();
        self.anomalies.sort_unstable_by_key(|anomaly| anomaly.day);
        Ok(())
    }
}

/// The line through the values at these places, at all places.
fn line_through(values: &[f64], left: &[usize]) -> Vec<f64> {
    let x: Vec<f64> = left.iter().map(|at| *at as f64).collect();
    let y: Vec<f64> = left.iter().map(|at| values[*at]).collect();
    let line = LinearRegression::new(&x, &y).ok();
    (0..values.len()).map(|at| line.as_ref().map_or(0.0, |line| line.at(at as f64))).collect()
}

/// The mean of each step over the values at these places, at all places.
fn levels(steps: &[Segment], values: &[f64], left: &[usize]) -> Vec<f64> {
    let mut level = Vec::with_capacity(values.len());
    for step in steps {
        let of: Vec<f64> =
            left.iter().filter(|at| (step.start..step.end).contains(*at)).map(|at| values[*at]).collect();
        let mean = of.iter().sum::<f64>() / of.len().max(1) as f64;
        level.extend(std::iter::repeat_n(if of.is_empty() { step.mean } else { mean }, step.end - step.start));
    }
    level
}

/// The mean distance of each day of the week from the level, over the values at these places.
fn week_around(values: &[f64], level: &[f64], left: &[usize]) -> [f64; WEEK] {
    let mut sums = [(0.0, 0.0); WEEK];
    for at in left {
        let (sum, count) = &mut sums[at % WEEK];
        (*sum, *count) = (*sum + values[*at] - level[*at], *count + 1.0);
    }
    sums.map(|(sum, count)| if count > 0.0 { sum / count } else { 0.0 })
}
