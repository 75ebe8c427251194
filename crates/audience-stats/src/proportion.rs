//! Proportions: how sure they are, and comparing two.

mod difference;
mod fisher;
mod rate;
mod score;
mod tests_of_two;

pub use difference::DifferenceInterval;
pub use rate::RateInterval;
pub use tests_of_two::ZTest;

use crate::error::Error;
use crate::interval::{Confidence, Interval};

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
    /// p = (x₁ + x₂) / (n₁ + n₂). Positive when `self` is the larger. [`pooled_test`](Self::pooled_test) has its p value.
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
    /// It takes trials to be independent of each other; with several trials per viewer it is too narrow: see [`wilson()`] for
    /// an effective number of trials.
    ///
    /// E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927). Agrees with
    /// statsmodels' `proportion_confint(method="wilson")`.
    pub fn wilson(&self, z: f64) -> Option<Interval> {
        (self.trials > 0).then(|| score_interval(self.successes as f64, self.trials as f64, z))
    }

    /// The interval of the rate of `self` minus that of `baseline`, by Newcombe's hybrid score method: the square root of
    /// the sum of squares of how far each one's [`wilson`](Self::wilson) interval reaches towards the other. Within −1 to 1.
    /// `None` when one of them has no trials.
    ///
    /// It takes trials to be independent within and between the two; groups that share members are none.
    ///
    /// R. G. Newcombe, "Interval estimation for the difference between independent proportions: comparison of eleven
    /// methods", Statistics in Medicine 17 (1998), method 10. Agrees with its table II, and with statsmodels'
    /// `confint_proportions_2indep(method="newcomb")`. For other methods see
    /// [`difference_interval`](Self::difference_interval).
    pub fn difference(&self, baseline: &Self, z: f64) -> Option<Interval> {
        Some(newcombe((self.rate()?, self.wilson(z)?), (baseline.rate()?, baseline.wilson(z)?)))
    }
}

/// The interval of the difference of two rates, each given with its own [`wilson()`] interval: see
/// [`Proportion::difference`], which is the same for counts. Within −1 to 1.
pub fn newcombe((rate, own): (f64, Interval), (baseline, other): (f64, Interval)) -> Interval {
    let difference = rate - baseline;
    Interval {
        low: (difference - (rate - own.low).hypot(other.high - baseline)).max(-1.0),
        high: (difference + (own.high - rate).hypot(baseline - other.low)).min(1.0),
    }
}

/// Wilson's score interval of a rate of `successes` in `n`, which need not be whole: sums of weights, or an effective size
/// that weights or clusters leave (see [`effective_sample_size`](crate::effective_sample_size)). Of counts,
/// [`Proportion::wilson`] is the same.
///
/// Agrees with statsmodels' `proportion_confint(method="wilson")`, and where that cancels with its formula in more digits.
///
/// # Errors
///
/// [`Error::NotADenominator`] when `n` is not finite and above 0; [`Error::NotAPart`] when `successes` is not from 0 to
/// `n`.
///
/// # Examples
///
/// ```
/// use audience_stats::{Confidence, Interval, wilson};
///
/// let Interval { low, high } = wilson(4.2, 10.5, Confidence::new(0.95)?)?;
/// assert!((low - 0.1718).abs() < 1e-4 && (high - 0.6817).abs() < 1e-4);
/// # Ok::<(), audience_stats::Error>(())
/// ```
pub fn wilson(successes: f64, n: f64, confidence: Confidence) -> Result<Interval, Error> {
    if !(n.is_finite() && n > 0.0) {
        return Err(Error::NotADenominator { denominator: n });
    }
    if !(0.0..=n).contains(&successes) {
        return Err(Error::NotAPart { successes, n });
    }
    Ok(score_interval(successes, n, confidence.z()))
}

/// Of `successes` in `n`, which is not 0, the rates that a score test at `z` does not reject: what lies between the roots of
/// (n + z²) P² − (2x + z²) P + x² / n.
fn score_interval(successes: f64, n: f64, z: f64) -> Interval {
    let (x, failures) = (successes, n - successes);
    // Twice the roots' larger numerator, of successes or of failures. The smaller would cancel; it is had from the product
    // of the roots.
    let root = z * (x * (failures / n) + z * z / 4.0).sqrt();
    let larger = |part: f64| part + z * z / 2.0 + root;
    let smaller_root = |part: f64| if part == 0.0 { 0.0 } else { part / n * (part / larger(part)) };
    let low = smaller_root(x);
    // The end that is exactly 1 would else be off by rounding.
    let high = if failures == 0.0 { 1.0 } else { (larger(x) / (n + z * z)).min(1.0) };
    Interval { low, high }
}
