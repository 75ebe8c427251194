//! How long to wait before sending again.

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use rand::RngExt;
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::config::{Jitter, Retry};

impl Retry {
    /// The delay after so many failures in a row, from 1; never less than the collector asks for.
    pub(crate) fn delay(&self, failures: u32, asked: Option<Duration>, rng: &mut Xoshiro256PlusPlus) -> Duration {
        let grown = self.first.as_secs_f64() * self.factor.powi(failures.saturating_sub(1).min(1000) as i32);
        let ceiling = grown.min(self.max.as_secs_f64());
        match asked {
            // Spread, too: all clients were told the same.
            Some(asked) => {
                let spread = self.spread(self.first.as_secs_f64().min(ceiling), rng);
                asked.min(self.max_retry_after).saturating_add(spread)
            }
            None => self.spread(ceiling, rng),
        }
    }

    /// The longest delay, at least half of it.
    pub(crate) fn long_delay(&self, rng: &mut Xoshiro256PlusPlus) -> Duration {
        match self.jitter {
            Jitter::Full => (self.max / 2).saturating_add(self.spread(self.max.as_secs_f64() / 2.0, rng)),
            Jitter::None => self.max,
        }
    }

    fn spread(&self, seconds: f64, rng: &mut Xoshiro256PlusPlus) -> Duration {
        let share = match self.jitter {
            Jitter::Full => rng.random::<f64>(),
            Jitter::None => 1.0,
        };
        Duration::try_from_secs_f64(seconds * share).unwrap_or(self.max)
    }
}

/// The time a `Retry-After` asks for: seconds, or a date of HTTP. A date that is past asks for none.
pub(crate) fn retry_after(value: &str, now: Timestamp) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let date = rfc2822::DateTimeParser::new().parse_timestamp(value).ok()?;
    Some(Duration::try_from(date.duration_since(now)).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use rand_xoshiro::rand_core::SeedableRng;

    use super::*;

    fn rng() -> Xoshiro256PlusPlus {
        Xoshiro256PlusPlus::seed_from_u64(1)
    }

    #[test]
    fn delays_double_up_to_the_longest() {
        let retry = Retry { jitter: Jitter::None, ..Retry::default() };
        let seconds = |failures| retry.delay(failures, None, &mut rng()).as_secs();
        assert_eq!([1, 2, 3, 4, 5, 6, 7, 8, u32::MAX].map(seconds), [1, 2, 4, 8, 16, 32, 60, 60, 60]);
    }

    #[test]
    fn full_jitter_is_uniform_from_nothing_to_the_delay() {
        let retry = Retry::default();
        let mut rng = rng();
        let drawn: Vec<f64> = (0..10_000).map(|_| retry.delay(3, None, &mut rng).as_secs_f64()).collect();
        let mean = drawn.iter().sum::<f64>() / 10_000.0;
        // Four standard errors of a uniform mean: 4 · 4/√12 / √10,000.
        assert!((mean - 2.0).abs() < 0.047, "{mean}");
        assert!(drawn.iter().all(|delay| (0.0..=4.0).contains(delay)));
    }

    #[test]
    fn no_delay_is_shorter_than_asked_for_and_none_is_endless() {
        let retry = Retry::default();
        let mut rng = rng();
        for _ in 0..1000 {
            let delay = retry.delay(1, Some(Duration::from_secs(7)), &mut rng).as_secs_f64();
            assert!((7.0..=8.0).contains(&delay), "{delay}");
        }
        assert!(retry.delay(1, Some(Duration::from_secs(1 << 40)), &mut rng) <= Duration::from_secs(601));
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        // The date is the example of RFC 9110, section 5.6.7.
        let now: Timestamp = "1994-11-06T08:49:00Z".parse().unwrap();
        let seconds = |value| retry_after(value, now).map(|delay| delay.as_secs());
        assert_eq!(seconds("120"), Some(120));
        assert_eq!(seconds("Sun, 06 Nov 1994 08:49:37 GMT"), Some(37));
        assert_eq!(seconds("Sun, 06 Nov 1994 08:00:00 GMT"), Some(0));
        assert_eq!(seconds("-1"), None);
        assert_eq!(seconds("soon"), None);
    }
}
