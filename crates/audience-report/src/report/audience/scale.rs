//! Where buckets of the wall clock begin.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use super::AudienceOverTime;
use crate::state::QUARTER;

/// Buckets over a stretch of time.
pub(super) struct Scale {
    /// How long one is, as an ISO 8601 duration.
    pub(super) name: String,
    /// Where they begin, and where the last one ends; in quarters, ascending, at least two.
    pub(super) edges: Vec<i64>,
}

/// Quarters of an hour in an hour and in a day.
const HOUR: i64 = 4;
const DAY: i64 = 24 * HOUR;

impl Scale {
    /// The finest buckets of which few enough cover the quarters from `first` to before `end`.
    pub(super) fn new(first: i64, end: i64, zone: &TimeZone) -> Self {
        let span = end - first;
        // Buckets begin before the first quarter and end after the last one.
        let fits = |width: i64| span.div_euclid(width) + 2 <= AudienceOverTime::MAX_BUCKETS as i64;
        let days = |count: i64| Self::of_days(first, end, count, zone);
        let calendar = if fits(1) {
            Some(Self { name: "PT15M".to_owned(), edges: steps(first, end, 1) })
        } else if fits(HOUR) {
            on_the_hour(first, zone).map(|start| Self { name: "PT1H".to_owned(), edges: steps(start, end, HOUR) })
        } else if fits(DAY / 4) {
            Self::of_quarter_days(first, end, zone)
        } else if fits(DAY) {
            days(1)
        } else {
            let weeks = (0..50).map(|doublings| 7 << doublings).find(|count| fits(count * DAY));
            weeks.and_then(days)
        };
        calendar.unwrap_or_else(|| {
            // Before the year −9999 or after 9999 there is no calendar.
            let width = span.div_euclid(AudienceOverTime::MAX_BUCKETS as i64 - 2) + 1;
            Self { name: format!("PT{}M", width.saturating_mul(15)), edges: steps(first, end, width) }
        })
    }

    fn of_quarter_days(first: i64, end: i64, zone: &TimeZone) -> Option<Self> {
        let mut date = date_of(first, zone)?;
        let mut edges = Vec::new();
        while edges.last().is_none_or(|last| *last < end) {
            for hour in [0, 6, 12, 18] {
                push(&mut edges, quarter_of(date, hour, zone)?);
            }
            date = date.tomorrow().ok()?;
        }
        let start = edges.partition_point(|edge| *edge <= first) - 1;
        let stop = edges.partition_point(|edge| *edge < end) + 1;
        Some(Self { name: "PT6H".to_owned(), edges: edges[start..stop].to_vec() })
    }

    fn of_days(first: i64, end: i64, count: i64, zone: &TimeZone) -> Option<Self> {
        let mut date = date_of(first, zone)?;
        if count > 1 {
            // Weeks begin on Monday; the fifth of January 1970 was one.
            let since = (date - Date::constant(1970, 1, 5)).get_days();
            let back = i64::from(since).rem_euclid(count);
            date = date.checked_sub(Span::new().try_days(back).ok()?).ok()?;
        }
        let mut edges = vec![quarter_of(date, 0, zone)?];
        while edges.last().is_none_or(|last| *last < end) {
            date = date.checked_add(Span::new().try_days(count).ok()?).ok()?;
            push(&mut edges, quarter_of(date, 0, zone)?);
        }
        Some(Self { name: format!("P{count}D"), edges })
    }
}

/// Edges from `start` until `end` is reached.
fn steps(start: i64, end: i64, width: i64) -> Vec<i64> {
    let buckets = (end - start + width - 1).div_euclid(width).max(1);
    (0..=buckets).map(|bucket| start + bucket * width).collect()
}

/// Edges ascend, also where the clock was set back or a day was left out.
fn push(edges: &mut Vec<i64>, edge: i64) {
    if edges.last().is_none_or(|last| *last < edge) {
        edges.push(edge);
    }
}

fn instant(quarter: i64) -> Option<Timestamp> {
    Timestamp::from_millisecond(quarter.checked_mul(QUARTER)?).ok()
}

fn date_of(quarter: i64, zone: &TimeZone) -> Option<Date> {
    Some(zone.to_datetime(instant(quarter)?).date())
}

/// The quarter in which the hour of a day begins.
fn quarter_of(date: Date, hour: i8, zone: &TimeZone) -> Option<i64> {
    let at = zone.to_timestamp(date.at(hour, 0, 0, 0)).ok()?;
    Some(at.as_millisecond().div_euclid(QUARTER))
}

/// The quarter in which the hour around a quarter begins.
fn on_the_hour(quarter: i64, zone: &TimeZone) -> Option<i64> {
    let into = i64::from(zone.to_datetime(instant(quarter)?).minute()) / 15;
    Some(quarter - into)
}
