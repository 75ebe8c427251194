//! Proportions: how sure they are, and comparing two.

use crate::error::Error;
use crate::interval::Interval;

/// Successes in a number of trials.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Proportion {
    successes: u64,
    trials: u64,
}

impl Proportion {
    /// `successes` in `trials`.
    ///
    /// # Errors
    ///
    /// [`Error::MoreSuccessesThanTrials`] when they cannot be a proportion.
    pub fn new(successes: u64, trials: u64) -> Result<Self, Error> {
        if successes > trials {
            return Err(Error::MoreSuccessesThanTrials { successes, trials });
        }
        Ok(Self { successes, trials })
    }

    /// Successes per trial, 0–1; `None` without trials.
    pub fn rate(&self) -> Option<f64> {
        (self.trials > 0).then(|| self.successes as f64 / self.trials as f64)
    }

    /// The z statistic of `self` against `baseline` with pooled variance: (p₂ − p₁) / √(p (1 − p) (1/n₁ + 1/n₂)) with
    /// p = (x₁ + x₂) / (n₁ + n₂). Positive when `self` is the larger.
    ///
    /// It says how far apart the two are if each trial is independent of the others; with several trials per viewer
    /// it overstates. `None` when a group has no trials, or when all trials or none succeeded.
    pub fn pooled_z(&self, baseline: &Self) -> Option<f64> {
        let (n1, n2) = (baseline.trials as f64, self.trials as f64);
        let p = (baseline.successes as f64 + self.successes as f64) / (n1 + n2);
        let variance = p * (1.0 - p) * (1.0 / n1 + 1.0 / n2);
        (self.trials > 0 && baseline.trials > 0 && variance > 0.0)
            .then(|| (self.successes as f64 / n2 - baseline.successes as f64 / n1) / variance.sqrt())
    }

    /// How many succeeded.
    pub const fn successes(&self) -> u64 {
        self.successes
    }

    /// Of how many.
    pub const fn trials(&self) -> u64 {
        self.trials
    }

    /// Wilson's score interval of the rate, without continuity correction: the rates p that a score test at `z` (1.96 for
    /// 95 %: [`Z_95`](crate::Z_95)) does not reject. Within 0–1, of positive width, also when all trials or none
    /// succeeded. `None` without trials.
    ///
    /// It takes trials to be independent of each other; with several trials per viewer it is too narrow.
    ///
    /// E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927). Agrees with
    /// statsmodels' `proportion_confint(method="wilson")`.
    pub fn wilson(&self, z: f64) -> Option<Interval> {
        let p = self.rate()?;
        let n = self.trials as f64;
        let z2 = z * z;
        let centre = p + z2 / (2.0 * n);
        let spread = z * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
        let scale = 1.0 + z2 / n;
        // The ends that are exactly 0 and 1 would else be off by rounding.
        let low = if self.successes == 0 { 0.0 } else { ((centre - spread) / scale).max(0.0) };
        let high = if self.successes == self.trials { 1.0 } else { ((centre + spread) / scale).min(1.0) };
        Some(Interval { low, high })
    }

    /// The interval of the rate of `self` minus that of `baseline`, by Newcombe's hybrid score method: the square root of
    /// the sum of squares of how far each one's [`wilson`](Self::wilson) interval reaches towards the other. Within −1 to 1.
    /// `None` when one of them has no trials.
    ///
    /// It takes trials to be independent within and between the two; groups that share members are none.
    ///
    /// R. G. Newcombe, "Interval estimation for the difference between independent proportions: comparison of eleven
    /// methods", Statistics in Medicine 17 (1998), method 10. Agrees with its table II, and with statsmodels'
    /// `confint_proportions_2indep(method="newcomb")`.
    pub fn difference(&self, baseline: &Self, z: f64) -> Option<Interval> {
        let (p1, p2) = (self.rate()?, baseline.rate()?);
        let (a, b) = (self.wilson(z)?, baseline.wilson(z)?);
        let difference = p1 - p2;
        Some(Interval {
            low: (difference - (p1 - a.low).hypot(b.high - p2)).max(-1.0),
            high: (difference + (a.high - p1).hypot(p2 - b.low)).min(1.0),
        })
    }
}
