//! When sessions begin.

use crate::random::{Purpose, Stream, Weighted};
use crate::scenario::Scenario;

const HOUR_MS: f64 = 3_600_000.0;

/// The times at which sessions begin, in order, each by itself.
///
/// With F the share of sessions that have begun by a time, session i of n begins at F⁻¹((i + u) / n), u uniform: as many
/// in each hour as its weight says, give or take one. The weight of an hour is that of the [`Rhythm`](crate::Rhythm), times
/// a factor of the day and one of the hour, both log-normal.
#[derive(Clone, Debug)]
pub(crate) struct Schedule {
    hours: Weighted,
    sessions: u64,
}

impl Schedule {
    pub(crate) fn new(scenario: &Scenario, seed: u64) -> Self {
        let rhythm = &scenario.viewers.rhythm;
        let first = scenario.start.as_millis().div_euclid(3_600_000);
        // Numbers that no viewer has.
        let factor = |kind: u64, number: i64| {
            let number = kind << 62 | number.unsigned_abs();
            Stream::new(seed, Purpose::Activity, number).lognormal(1.0, rhythm.spread)
        };
        let weight = |hour: i64| {
            // 1970-01-01 was a Thursday.
            let weekday = (hour.div_euclid(24) + 3).rem_euclid(7);
            let usual = rhythm.hours[hour.rem_euclid(24) as usize] * rhythm.weekdays[weekday as usize];
            usual * factor(1, hour.div_euclid(24)) * factor(2, hour)
        };
        let hours = (first..first + i64::from(scenario.days) * 24).map(weight);
        let mut hours = Weighted::new(hours);
        if !hours.has_weight() {
            // The only days have no weight: all their hours are equal.
            hours = Weighted::new((0..scenario.days * 24).map(|_| 1.0));
        }
        Self { hours, sessions: scenario.sessions }
    }

    /// When a session begins, in milliseconds after the start; `stream` is the session's own.
    pub(crate) fn begin(&self, session: u64, stream: &mut Stream) -> u64 {
        let share = (session as f64 + stream.uniform()) / self.sessions.max(1) as f64;
        let (hour, inside) = self.hours.locate(share.min(1.0));
        (hour as f64 * HOUR_MS + (inside * HOUR_MS).min(HOUR_MS - 1.0)) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_begin_in_order_and_follow_the_weights() {
        let mut scenario = Scenario { sessions: 2_000, days: 7, ..Scenario::default() };
        scenario.viewers.rhythm.hours = [0.0; 24];
        scenario.viewers.rhythm.hours[6] = 1.0;
        scenario.viewers.rhythm.hours[20] = 3.0;
        scenario.viewers.rhythm.spread = 0.0;
        let schedule = Schedule::new(&scenario, 1);
        let begins: Vec<u64> =
            (0..2_000).map(|session| schedule.begin(session, &mut Stream::new(1, Purpose::Session, session))).collect();
        assert!(begins.is_sorted());
        let at = |hour: u64| begins.iter().filter(|begin| **begin / 3_600_000 % 24 == hour).count();
        assert!(at(6).abs_diff(500) <= 8 && at(6) + at(20) == 2_000, "{} {}", at(6), at(20));
        // The default start is a Monday: days 5 and 6 are the weekend.
        let on = |day: u64| begins.iter().filter(|begin| **begin / 86_400_000 == day).count() as f64;
        assert!((on(5) / on(0) - 1.3).abs() < 0.05, "{} {}", on(5), on(0));
    }

    #[test]
    fn no_two_weeks_are_alike() {
        let scenario = Scenario { sessions: 20_000, days: 14, ..Scenario::default() };
        let schedule = Schedule::new(&scenario, 1);
        let mut days = [0_i32; 14];
        for session in 0..20_000 {
            days[schedule.begin(session, &mut Stream::new(1, Purpose::Session, session)) as usize / 86_400_000] += 1;
        }
        let different = (0..7).filter(|day| (days[*day] - days[day + 7]).abs() > 20).count();
        assert!(different >= 4, "{days:?}");
    }
}
