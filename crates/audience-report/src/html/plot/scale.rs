//! Where the marks of an axis go.

use audience_core::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::format;

/// A mark.
pub(super) struct Tick {
    /// Where, as a share of the width.
    pub(super) at: f64,
    /// What stands there.
    pub(super) label: String,
}

/// Most marks of an axis.
const MOST: usize = 8;

/// Marks in content of this length, at whole numbers of what people count in.
pub(super) fn of_content(length_ms: u64) -> Vec<Tick> {
    const SECOND: u64 = 1000;
    const HOUR: u64 = 3600 * SECOND;
    let small = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800].map(|secs| secs * SECOND);
    let large = (0..).map(|doublings| HOUR << doublings).take(40);
    let step = small.into_iter().chain(large).find(|step| length_ms / step < MOST as u64);
    let Some(step) = step.filter(|_| length_ms > 0) else { return Vec::new() };
    let positions = (0..=length_ms / step).map(|number| number * step);
    positions.map(|at| Tick { at: at as f64 / length_ms as f64, label: format::clock(Some(at as f64)) }).collect()
}

/// Marks at every fifth of content whose length differs.
pub(super) fn of_shares() -> Vec<Tick> {
    (0..=5).map(|fifth| Tick { at: f64::from(fifth) / 5.0, label: format!("{} %", fifth * 20) }).collect()
}

/// Levels from 0 up to a round number that is no less than `most`: that number, and the levels as shares of it.
pub(super) fn of_values(most: f64) -> (f64, Vec<(f64, String)>) {
    if most.is_nan() || most <= 0.0 {
        return (1.0, vec![(0.0, "0".to_owned()), (1.0, "1".to_owned())]);
    }
    let power = 10_f64.powf(most.log10().floor());
    let steps = [1.0, 1.2, 1.6, 2.0, 2.4, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0];
    let top = steps.into_iter().map(|step| step * power).find(|top| *top >= most).unwrap_or(most);
    let label = |value: f64| {
        if value >= 1e6 {
            format!("{} M", value / 1e6)
        } else if value >= 10_000.0 {
            format!("{} k", value / 1e3)
        } else {
            format!("{}", (value * 1e6).round() / 1e6)
        }
    };
    (top, [0.0, 0.5, 1.0].into_iter().map(|share| (share, label(top * share))).collect())
}

/// The same for counts, of which there are no halves.
pub(super) fn of_counts(most: u64) -> (f64, Vec<(f64, String)>) {
    of_values(if most <= 10 { most.next_multiple_of(2).max(2) } else { most } as f64)
}

/// What the marks of a time axis stand for.
#[derive(Clone, Copy)]
enum Unit {
    Hours(i64),
    Days(i64),
    Months(i64),
    Years(i64),
}

impl Unit {
    /// The number of the unit that this is in.
    fn number(self, at: DateTime) -> i64 {
        let date = at.date();
        let days = || i64::from((date - jiff::civil::Date::constant(1970, 1, 5)).get_days());
        match self {
            Self::Hours(count) => (days() * 24 + i64::from(at.hour())).div_euclid(count),
            Self::Days(count) => days().div_euclid(count),
            Self::Months(count) => (i64::from(date.year()) * 12 + i64::from(date.month()) - 1).div_euclid(count),
            Self::Years(count) => i64::from(date.year()).div_euclid(count),
        }
    }

    fn label(self, at: DateTime) -> String {
        let midnight = at.hour() == 0 && at.minute() == 0;
        match self {
            Self::Hours(_) if !midnight => at.strftime("%H:%M").to_string(),
            Self::Hours(_) | Self::Days(_) => at.strftime("%-d %b").to_string(),
            Self::Months(_) => at.strftime("%b %Y").to_string(),
            Self::Years(_) => at.strftime("%Y").to_string(),
        }
    }
}

/// Marks where a new hour, day, month or year begins among these buckets of the wall clock.
pub(super) fn of_times(starts: &[Timestamp], zone: &TimeZone) -> Vec<Tick> {
    use Unit::{Days, Hours, Months, Years};
    let civil = |at: &Timestamp| {
        let at = jiff::Timestamp::from_millisecond(at.as_millis()).ok()?;
        Some(zone.to_datetime(at))
    };
    let times: Vec<Option<DateTime>> = starts.iter().map(civil).collect();
    let begins = |unit: Unit| -> Vec<Tick> {
        let pairs = times.windows(2).enumerate();
        let new = pairs.filter_map(|(at, pair)| {
            let (before, now) = (pair[0]?, pair[1]?);
            let begins = unit.number(before) != unit.number(now);
            begins.then(|| Tick { at: (at + 1) as f64 / times.len() as f64, label: unit.label(now) })
        });
        new.collect()
    };
    let units = [
        Hours(1),
        Hours(3),
        Hours(6),
        Hours(12),
        Days(1),
        Days(2),
        Days(7),
        Days(14),
        Months(1),
        Months(3),
        Years(1),
        Years(5),
        Years(20),
        Years(100),
        Years(1000),
    ];
    let few = |unit: &Unit| begins(*unit).len() <= MOST;
    let Some(unit) = units.into_iter().find(few) else { return Vec::new() };
    let mut ticks = begins(unit);
    let day =
        |at: f64| Some(times.get((at * times.len() as f64).round() as usize)?.as_ref()?.strftime("%-d %b, %H:%M"));
    match ticks.first_mut() {
        // Somewhere it should say which day it is.
        Some(first) if matches!(unit, Unit::Hours(_)) && !first.label.contains(' ') => {
            first.label = day(first.at).map_or_else(String::new, |day| day.to_string());
        }
        Some(_) => {}
        None => ticks.extend(day(0.0).map(|day| Tick { at: 0.0, label: day.to_string() })),
    }
    ticks
}
