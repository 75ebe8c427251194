//! Up to when the data reaches.

use std::collections::BTreeMap;

use audience_core::Timestamp;

const DAY: i64 = 86_400_000;

/// Days without any event that set what comes after them apart.
const GAP: i64 = 7;

/// Of so many events, one may be set apart.
const FEW: u64 = 100;

/// How many events there are on each day (UTC), and when the last of them is.
#[derive(Debug, Default)]
pub(crate) struct Horizon {
    days: BTreeMap<i64, Day>,
    /// The day of the latest events seen, not yet among the others: telemetry mostly stays on a day.
    current: Option<(i64, Day)>,
}

#[derive(Clone, Copy, Debug)]
struct Day {
    events: u64,
    last: Timestamp,
}

impl Horizon {
    /// Takes in the time of an event.
    #[inline]
    pub(crate) fn observe(&mut self, at: Timestamp) {
        let number = at.as_millis().div_euclid(DAY);
        match &mut self.current {
            Some((current, day)) if *current == number => {
                day.events += 1;
                day.last = day.last.max(at);
            }
            _ => {
                self.settle();
                self.current = Some((number, Day { events: 1, last: at }));
            }
        }
    }

    pub(crate) fn merge(&mut self, other: Self) {
        for (number, day) in other.days.into_iter().chain(other.current) {
            self.add(number, day);
        }
    }

    /// The latest time in the data, and how many events are later than that.
    ///
    /// A few wrong clocks must not decide how far the data reaches: what lies more than a week after everything else, and
    /// is no more than one event in a hundred, is set apart.
    pub(crate) fn latest(&mut self) -> (Option<Timestamp>, u64) {
        self.settle();
        let all: u64 = self.days.values().map(|day| day.events).sum();
        let (mut latest, mut ahead) = (None, 0);
        let (mut later, mut passed) = (None, 0);
        for (number, day) in self.days.iter().rev() {
            let apart = later.is_none_or(|later| later - number > GAP);
            if apart && passed * FEW <= all {
                (latest, ahead) = (Some(day.last), passed);
            }
            later = Some(*number);
            passed += day.events;
        }
        (latest, ahead)
    }

    fn settle(&mut self) {
        if let Some((number, day)) = self.current.take() {
            self.add(number, day);
        }
    }

    fn add(&mut self, number: i64, day: Day) {
        let sum = self.days.entry(number).or_insert(Day { events: 0, last: day.last });
        sum.events += day.events;
        sum.last = sum.last.max(day.last);
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
            half.observe(Timestamp::from_millis((days * DAY as f64) as i64));
        }
        right.merge(left);
        let (latest, ahead) = right.latest();
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
    fn old_clocks_do_not_matter() {
        assert_eq!(latest([1000.0, 1000.1, -20_000.0]).0.unwrap().floor(), 1000.0);
    }
}
