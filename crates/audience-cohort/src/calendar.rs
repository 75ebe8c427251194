//! Days, weeks and months as people in one time zone count them.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use audience_core::Timestamp;
use foldhash::fast::RandomState;
use jiff::civil::{Date, Weekday, date};
use jiff::tz::TimeZone;

/// What a day has outside changes of the clock.
pub(crate) const DAY_MS: i64 = 86_400_000;

/// The calendar of one time zone: which civil day an instant lies in, and when days, weeks and months begin.
///
/// A day has 23 or 25 hours when clocks change, and offsets between days count dates, not hours.
///
/// # Examples
///
/// Berlin's last hour of a January day is still the day before in UTC:
///
/// ```
/// use audience_cohort::Calendar;
/// use audience_core::Timestamp;
/// use jiff::tz::TimeZone;
///
/// let at = Timestamp::from_millis(1_767_222_000_000); // 2025-12-31T23:00:00Z
/// let berlin = Calendar::new(TimeZone::get("Europe/Berlin")?);
/// assert_eq!(berlin.day(at).unwrap().to_string(), "2026-01-01");
/// assert_eq!(Calendar::utc().day(at).unwrap().to_string(), "2025-12-31");
/// # Ok::<(), jiff::Error>(())
/// ```
#[derive(Clone)]
pub struct Calendar {
    zone: TimeZone,
    /// How far local time is ahead of UTC, from which instant on, in order; of the years that telemetry is of.
    offsets: Arc<[OffsetFrom]>,
}

#[derive(Clone, Copy)]
struct OffsetFrom {
    from_ms: i64,
    offset_ms: i64,
}

/// Instants outside are looked up one by one.
const KNOWN_MS: std::ops::Range<i64> = 0..4_102_444_800_000; // 1970 to 2100

/// What time is divided into.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Period {
    /// Civil days.
    Day,
    /// Seven civil days from this day of the week on.
    Week(Weekday),
    /// Civil months.
    Month,
}

impl Period {
    /// Weeks as ISO 8601 has them.
    pub const WEEK: Self = Self::Week(Weekday::Monday);

    /// Its name: `day`, `week` or `month`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week(_) => "week",
            Self::Month => "month",
        }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// One day, week or month.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct PeriodBounds {
    /// Its first date.
    pub start: Date,
    /// The first instant of that date. A date that a change of the clock leaves out takes no time.
    pub starts_at: Timestamp,
    /// The first instant of the next.
    pub ends_at: Timestamp,
}

impl Calendar {
    /// The calendar of this time zone.
    pub fn new(zone: TimeZone) -> Self {
        let mut offsets = Vec::new();
        let mut at = jiff::Timestamp::from_millisecond(KNOWN_MS.start).ok();
        while let Some(from) = at.filter(|at| at.as_millisecond() < KNOWN_MS.end) {
            let offset_ms = i64::from(zone.to_offset(from).seconds()) * 1000;
            offsets.push(OffsetFrom { from_ms: from.as_millisecond(), offset_ms });
            at = zone.following(from).next().map(|next| next.timestamp());
        }
        Self { zone, offsets: offsets.into() }
    }

    /// Universal time.
    pub fn utc() -> Self {
        Self::new(TimeZone::UTC)
    }

    /// Its time zone.
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// The date that clocks show at this instant; `None` outside the years −9999 to 9999.
    pub fn day(&self, at: Timestamp) -> Option<Date> {
        date_of(self.day_number(at)?)
    }

    /// The day, week or month with that date.
    ///
    /// `None` where it is not between the years −9999 and 9999.
    pub fn period_of(&self, at: Timestamp, period: Period) -> Option<PeriodBounds> {
        self.bounds(period, period.index(self.day_number(at)?)?)
    }

    /// The date as a number of days since 1970-01-01.
    pub(crate) fn day_number(&self, at: Timestamp) -> Option<i32> {
        let ms = at.as_millis();
        if KNOWN_MS.contains(&ms) {
            let after = self.offsets.partition_point(|offset| offset.from_ms <= ms);
            let offset_ms = self.offsets[after.checked_sub(1)?].offset_ms;
            return i32::try_from((ms + offset_ms).div_euclid(DAY_MS)).ok();
        }
        let at = jiff::Timestamp::from_millisecond(ms).ok()?;
        Some(number_of(self.zone.to_datetime(at).date()))
    }

    /// The period with this number.
    pub(crate) fn bounds(&self, period: Period, index: i32) -> Option<PeriodBounds> {
        let start = period.first_day(index)?;
        let (starts_at, ends_at) = (self.begins(start)?, self.begins(period.first_day(index.checked_add(1)?)?)?);
        Some(PeriodBounds { start: date_of(start)?, starts_at, ends_at })
    }

    /// The first instant of a date.
    ///
    /// Where midnight is left out, local time goes on with what comes after the gap, and of two midnights the first counts.
    pub(crate) fn begins(&self, day: i32) -> Option<Timestamp> {
        let begins = date_of(day)?.to_zoned(self.zone.clone()).ok()?;
        Some(Timestamp::from_millis(begins.timestamp().as_millisecond()))
    }
}

impl PartialEq for Calendar {
    fn eq(&self, other: &Self) -> bool {
        self.zone == other.zone
    }
}

impl fmt::Debug for Calendar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Calendar").field(&self.zone).finish()
    }
}

impl Period {
    /// The number of the period with this day; neighbours have neighbouring numbers.
    pub(crate) fn index(self, day: i32) -> Option<i32> {
        match self {
            Self::Day => Some(day),
            Self::Week(first) => Some(day.checked_add(THURSDAY - shift(first))?.div_euclid(7)),
            Self::Month => {
                let date = date_of(day)?;
                Some(i32::from(date.year()) * 12 + i32::from(date.month()) - 1)
            }
        }
    }

    fn first_day(self, index: i32) -> Option<i32> {
        match self {
            Self::Day => Some(index),
            Self::Week(first) => index.checked_mul(7)?.checked_add(shift(first) - THURSDAY),
            Self::Month => {
                let year = i16::try_from(index.div_euclid(12)).ok()?;
                Some(number_of(Date::new(year, (index.rem_euclid(12) + 1) as i8, 1).ok()?))
            }
        }
    }
}

/// Whether this instant has a date in every time zone.
pub(crate) fn has_a_date(at: Timestamp) -> bool {
    KNOWN_MS.contains(&at.as_millis()) || jiff::Timestamp::from_millisecond(at.as_millis()).is_ok()
}

/// The day of the week of 1970-01-01, with Monday as 0.
const THURSDAY: i32 = 3;

fn shift(first: Weekday) -> i32 {
    i32::from(first.to_monday_zero_offset())
}

const EPOCH: Date = date(1970, 1, 1);

pub(crate) fn number_of(date: Date) -> i32 {
    EPOCH.duration_until(date).as_hours().div_euclid(24) as i32
}

pub(crate) fn date_of(day: i32) -> Option<Date> {
    EPOCH.checked_add(jiff::SignedDuration::from_hours(i64::from(day) * 24)).ok()
}

/// Numbers of periods of days, each looked up once.
#[derive(Debug)]
pub(crate) struct PeriodIndex {
    period: Period,
    known: HashMap<i32, Option<i32>, RandomState>,
}

impl PeriodIndex {
    pub(crate) fn new(period: Period) -> Self {
        Self { period, known: HashMap::default() }
    }

    pub(crate) fn of(&mut self, day: i32) -> Option<i32> {
        match self.period {
            Period::Month => *self.known.entry(day).or_insert_with(|| self.period.index(day)),
            Period::Day | Period::Week(_) => self.period.index(day),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone(name: &str) -> Calendar {
        Calendar::new(TimeZone::get(name).unwrap())
    }

    /// The figures that an earlier system gave were 93 days late: 2024-01-15 was in a month that began on 2024-04-03.
    #[test]
    fn months_begin_on_their_first_day() {
        for (text, first) in [("2024-01-15", "2024-01-01"), ("2024-12-31", "2024-12-01"), ("1969-12-31", "1969-12-01")]
        {
            let at: jiff::Timestamp = format!("{text}T12:00:00Z").parse().unwrap();
            let month = Calendar::utc().period_of(Timestamp::from_millis(at.as_millisecond()), Period::Month).unwrap();
            assert_eq!(month.start.to_string(), first);
        }
    }

    #[test]
    fn each_day_of_years_is_in_the_period_it_should_be() {
        let mut expected = date(1999, 1, 1);
        let first = number_of(expected);
        for day in first..first + 4000 {
            assert_eq!(date_of(day), Some(expected));
            for week in [Weekday::Monday, Weekday::Saturday, Weekday::Sunday] {
                let period = Period::Week(week);
                let start = date_of(period.first_day(period.index(day).unwrap()).unwrap()).unwrap();
                assert_eq!(start.weekday(), week);
                assert!((0..7).contains(&(day - number_of(start))), "{expected}");
            }
            let month = Period::Month.first_day(Period::Month.index(day).unwrap()).unwrap();
            assert_eq!(date_of(month), Some(expected.first_of_month()));
            expected = expected.tomorrow().unwrap();
        }
    }

    #[test]
    fn known_offsets_are_those_of_the_time_zone() {
        for name in ["Europe/Berlin", "America/Sao_Paulo", "Pacific/Apia", "Australia/Lord_Howe", "Africa/Casablanca"] {
            let calendar = zone(name);
            // Not a divisor of anything: all hours of all seasons come.
            for at in (-DAY_MS..KNOWN_MS.end + DAY_MS).step_by(7_777_777_777) {
                let instant = jiff::Timestamp::from_millisecond(at).unwrap();
                let expected = calendar.zone().to_datetime(instant).date();
                assert_eq!(calendar.day(Timestamp::from_millis(at)), Some(expected), "{name} {at}");
            }
        }
    }

    #[test]
    fn there_is_an_end_to_time() {
        let last = Timestamp::from_millis(i64::MAX);
        assert_eq!(Calendar::utc().day(last), None);
        assert_eq!(Calendar::utc().period_of(last, Period::Month), None);
        let day = Calendar::utc().period_of(Timestamp::from_millis(253_402_207_200_000), Period::Day);
        assert_eq!(day, None, "the day after the last has no date");
    }
}
