//! How units come in, day by day.

use audience_core::Timestamp;

use crate::exposure::ExperimentUnit;
use crate::refusal::Refusal;

const DAY: i64 = 86_400_000;
/// The last day is a whole one if no more than this is missing: at night a while may pass without an event.
const LEEWAY: i64 = 3_600_000;
/// How many days it takes to see that later ones bring fewer units than the first.
const FEWEST_DAYS: u64 = 2;

/// How many units come for the first time on each day since a beginning. Viewers come back, so that later days bring fewer new ones
/// than the first: a number a day, as [`PlannedUnits::days`](super::PlannedUnits::days) takes it, is right of the days it was
/// measured on only.
///
/// Days are of 24 hours from the beginning on, whole ones only: one at the end that lacks more than an hour is not there.
///
/// # Examples
///
/// ```
/// use audience_abtest::planning::{Arrivals, DaysToCome};
///
/// let arrivals = Arrivals::new(vec![100, 50, 25])?;
/// assert_eq!(arrivals.days(125.0), Ok(DaysToCome { days: 1.5, extrapolated: false }));
/// assert_eq!(arrivals.days(200.0), Ok(DaysToCome { days: 4.0, extrapolated: true })); // 25 more, 25 a day
/// # Ok::<(), audience_abtest::Refusal>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Arrivals {
    new_units: Vec<u64>,
}

/// How long it takes until so many units have come.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct DaysToCome {
    /// Days, in parts of days too.
    pub days: f64,
    /// Whether that is longer than there are data.
    pub extrapolated: bool,
}

impl Arrivals {
    /// The most days that are looked at: some ten years.
    pub const MOST_DAYS: u64 = 3653;

    /// Of the number of new units on each day.
    ///
    /// # Errors
    ///
    /// [`Refusal::TooFewDays`] of fewer than two; [`Refusal::TooManyDays`] of more than [`MOST_DAYS`](Self::MOST_DAYS).
    pub fn new(new_units: Vec<u64>) -> Result<Self, Refusal> {
        Self::check(new_units.len() as u64)?;
        Ok(Self { new_units })
    }

    /// Of units by their first exposure, in data from `starts_at` to `ends_at`.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub fn of(units: &[ExperimentUnit], starts_at: Timestamp, ends_at: Timestamp) -> Result<Self, Refusal> {
        let since = |time: Timestamp| time.as_millis().saturating_sub(starts_at.as_millis());
        let days = (since(ends_at).saturating_add(LEEWAY) / DAY).max(0).unsigned_abs();
        Self::check(days)?;
        let mut new_units = vec![0_u64; days as usize];
        for unit in units {
            let day = usize::try_from(since(unit.exposed_at).div_euclid(DAY)).ok();
            if let Some(count) = day.and_then(|day| new_units.get_mut(day)) {
                *count += 1;
            }
        }
        Self::new(new_units)
    }

    const fn check(days: u64) -> Result<(), Refusal> {
        if days < FEWEST_DAYS {
            return Err(Refusal::TooFewDays { days, needed: FEWEST_DAYS });
        }
        if days > Self::MOST_DAYS {
            return Err(Refusal::TooManyDays { days, most: Self::MOST_DAYS });
        }
        Ok(())
    }

    /// The number of new units on each day.
    pub fn new_units(&self) -> &[u64] {
        &self.new_units
    }

    /// New units a day over the last third of the days, rounded up to whole ones: what is taken to go on.
    pub fn per_day(&self) -> f64 {
        let last = self.new_units.len().div_ceil(3);
        let units: u64 = self.new_units.iter().rev().take(last).sum();
        units as f64 / last as f64
    }

    /// How many days it takes from the beginning until so many units have come, in proportion within a day. Beyond the data it goes on
    /// with [`per_day`](Self::per_day), which is too fast where the number of new units still falls.
    ///
    /// # Errors
    ///
    /// [`Refusal::NobodyNew`] when they have not come, and no more come in the last third of the days.
    pub fn days(&self, units: f64) -> Result<DaysToCome, Refusal> {
        let mut missing = units.max(0.0);
        for (day, new) in self.new_units.iter().enumerate() {
            let new = *new as f64;
            if missing <= new {
                let part = if new > 0.0 { missing / new } else { 0.0 };
                return Ok(DaysToCome { days: day as f64 + part, extrapolated: false });
            }
            missing -= new;
        }
        match self.per_day() {
            per_day if per_day > 0.0 => {
                Ok(DaysToCome { days: self.new_units.len() as f64 + missing / per_day, extrapolated: true })
            }
            _ => Err(Refusal::NobodyNew),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exposure::Totals;

    fn of(came: &[i64], starts_at: i64, ends_at: i64) -> Result<Arrivals, Refusal> {
        let unit = |(at, time): (usize, &i64)| ExperimentUnit {
            id: at.to_string().into(),
            arm: 0,
            exposed_at: Timestamp::from_millis(*time),
            dimensions: Vec::new(),
            totals: Totals::none(0),
            before: None,
        };
        let units: Vec<_> = came.iter().enumerate().map(unit).collect();
        Arrivals::of(&units, Timestamp::from_millis(starts_at), Timestamp::from_millis(ends_at))
    }

    #[test]
    fn days_are_whole_and_counted_from_the_beginning() {
        let came = [7, 7 + DAY - 1, 7 + DAY, 7 + 2 * DAY + 5, 7 + 3 * DAY];
        let new_units = |ends_at: i64| of(&came, 7, ends_at).map(|arrivals| arrivals.new_units);
        assert_eq!(new_units(7 + 3 * DAY), Ok(vec![2, 1, 1]));
        assert_eq!(new_units(7 + 4 * DAY - LEEWAY - 1), Ok(vec![2, 1, 1]));
        assert_eq!(new_units(7 + 4 * DAY - LEEWAY), Ok(vec![2, 1, 1, 1]));
        assert_eq!(new_units(7 + DAY), Err(Refusal::TooFewDays { days: 1, needed: 2 }));
        assert_eq!(new_units(0), Err(Refusal::TooFewDays { days: 0, needed: 2 }));
        assert!(matches!(new_units(i64::MAX), Err(Refusal::TooManyDays { .. })));
        assert!(matches!(of(&came, i64::MIN, i64::MAX), Err(Refusal::TooManyDays { .. })));
    }

    #[test]
    fn what_is_beyond_the_data_goes_on_as_their_last_third() {
        let arrivals = Arrivals::new(vec![90, 60, 40, 30, 20]).unwrap();
        assert_eq!(arrivals.per_day(), 25.0);
        let days = |units: f64| arrivals.days(units).map(|come| (come.days, come.extrapolated));
        assert_eq!(days(0.0), Ok((0.0, false)));
        assert_eq!(days(90.0), Ok((1.0, false)));
        assert_eq!(days(120.0), Ok((1.5, false)));
        assert_eq!(days(240.0), Ok((5.0, false)));
        assert_eq!(days(290.0), Ok((7.0, true)));
        let over = Arrivals::new(vec![5, 0, 0]).unwrap();
        assert_eq!((over.days(5.0).map(|come| come.days), over.days(6.0)), (Ok(1.0), Err(Refusal::NobodyNew)));
    }
}
