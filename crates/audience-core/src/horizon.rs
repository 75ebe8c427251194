//! Up to when the data reaches.

use std::collections::BTreeMap;

use audience_stats::{Accumulator, Merge};

use crate::time::Timestamp;

const DAY: i64 = 86_400_000;

/// Days without any time that set what comes after them apart.
const GAP: i64 = 7;

/// Of so many times, one may be set apart.
const FEW: u64 = 100;

/// Up to when data reaches: the latest time in it, a few wrong clocks aside. An accumulator over times.
///
/// What lies more than a week after everything else, and is no more than one in a hundred, is set apart: a clock that is a year ahead must
/// not make a year of data in which nobody came.
///
/// # Examples
///
/// ```
/// use audience_core::{Accumulator, Horizon, Timestamp};
///
/// let day = |day: i64| Timestamp::from_millis(day * 86_400_000);
/// let mut horizon = Horizon::new();
/// (0..200).for_each(|n| horizon.observe(&day(n % 20)));
/// horizon.observe(&day(400));
/// assert_eq!(horizon.summary().latest, Some(day(19)));
/// assert_eq!(horizon.summary().ahead, 1);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Horizon {
    /// How many times there are on each day (UTC), and the last of them.
    days: BTreeMap<i64, Day>,
    /// The day of the latest time seen, not yet among the others: telemetry mostly stays on a day.
    current: Option<(i64, Day)>,
}

#[derive(Clone, Copy, Debug)]
struct Day {
    count: u64,
    last: Timestamp,
}

/// Up to when data reaches.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct HorizonSummary {
    /// The latest time; `None` without any.
    pub latest: Option<Timestamp>,
    /// How many times are later, of clocks that are wrong.
    pub ahead: u64,
}

impl Horizon {
    /// Nothing seen yet.
    pub fn new() -> Self {
        Self::default()
    }

    fn add(&mut self, number: i64, day: Day) {
        let sum = self.days.entry(number).or_insert(Day { count: 0, last: day.last });
        sum.count += day.count;
        sum.last = sum.last.max(day.last);
    }
}

impl Merge for Horizon {
    fn merge(&mut self, other: Self) {
        for (number, day) in other.days.into_iter().chain(other.current) {
            self.add(number, day);
        }
    }
}

impl Accumulator for Horizon {
    type Item = Timestamp;
    type Summary = HorizonSummary;

    #[inline]
    fn observe(&mut self, at: &Timestamp) {
        let number = at.as_millis().div_euclid(DAY);
        match &mut self.current {
            Some((current, day)) if *current == number => {
                day.count += 1;
                day.last = day.last.max(*at);
            }
            _ => {
                if let Some((number, day)) = self.current.replace((number, Day { count: 1, last: *at })) {
                    self.add(number, day);
                }
            }
        }
    }

    fn summary(&self) -> HorizonSummary {
        let mut settled = Self { days: self.days.clone(), current: None };
        if let Some((number, day)) = self.current {
            settled.add(number, day);
        }
        let all: u64 = settled.days.values().map(|day| day.count).sum();
        let mut summary = HorizonSummary::default();
        let (mut later, mut passed) = (None, 0);
        for (number, day) in settled.days.iter().rev() {
            let apart = later.is_none_or(|later| later - number > GAP);
            if apart && passed * FEW <= all {
                summary = HorizonSummary { latest: Some(day.last), ahead: passed };
            }
            later = Some(*number);
            passed += day.count;
        }
        summary
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Events at these times, in days.
    fn latest(times: impl IntoIterator<Item = f64>) -> (Option<f64>, u64) {
        let (mut left, mut right) = (Horizon::default(), Horizon::default());
        for (index, days) in times.into_iter().enumerate() {
            let half = if index % 2 == 0 { &mut left } else { &mut right };
            half.observe(&Timestamp::from_millis((days * DAY as f64) as i64));
        }
        right.merge(left);
        let HorizonSummary { latest, ahead } = right.summary();
        (latest.map(|at| at.as_millis() as f64 / DAY as f64), ahead)
    }

    #[test]
    fn it_is_the_latest_time() {
        assert_eq!(latest([]), (None, 0));
        assert_eq!(latest([2.5]), (Some(2.5), 0));
        assert_eq!(latest([2.5, 9.0, 3.0, -4.0]), (Some(9.0), 0));
    }

    #[test]
    fn a_few_wrong_clocks_do_not_decide() {
        let month = (0..1000).map(|n| f64::from(n) / 33.0);
        let last = 999.0 / 33.0;
        let (horizon, ahead) = latest(month.clone().chain([2_900_000.0, 400.0, 400.5]));
        assert!((horizon.unwrap() - last).abs() < 1e-6, "{horizon:?}");
        assert_eq!(ahead, 3);
        // A week is no gap.
        assert_eq!(latest(month.clone().chain([37.0])), (Some(37.0), 0));
        // More than one in a hundred are data.
        assert_eq!(latest(month.chain((0..11).map(|_| 400.0))), (Some(400.0), 0));
    }

    #[test]
    fn it_obeys_the_laws() {
        let times = [2.5, 9.0, 3.0, -4.0, 3.5, 400.0].map(|days| Timestamp::from_millis((days * DAY as f64) as i64));
        audience_stats::test_util::check_merge_laws(&Horizon::new(), &times);
    }

    #[test]
    fn old_clocks_do_not_matter() {
        assert_eq!(latest([1000.0, 1000.1, -20_000.0]).0.unwrap().floor(), 1000.0);
    }
}
