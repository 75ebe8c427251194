//! How sure one rate is, by several methods.

use crate::beta::Beta;
use crate::interval::{Confidence, Interval};

use super::Proportion;

/// How the interval of a rate is made.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum RateInterval {
    /// The rates that a score test does not reject: see [`Proportion::wilson`]. Near the confidence asked for on average over
    /// rates, below it at some; statsmodels' `wilson`.
    #[default]
    Wilson,
    /// Wald's with z² / 2 added to successes and to failures, cut off at 0 and 1. Never narrower than Wilson's; a little surer
    /// than asked where rates are near 0 or 1. A. Agresti, B. A. Coull, The American Statistician 52 (1998); statsmodels'
    /// `agresti_coull`.
    AgrestiCoull,
    /// The rates at which neither as many successes or more, nor as many or fewer, have a probability below half of what the
    /// confidence leaves: quantiles of Beta(x, n − x + 1) and Beta(x + 1, n − x). Never less sure than asked, mostly surer, and
    /// therefore wide. C. J. Clopper, E. S. Pearson, Biometrika 26 (1934); statsmodels' `beta`.
    ClopperPearson,
    /// Quantiles of Beta(x + 1/2, n − x + 1/2), of which the middle has the probability asked for after the data if no rate was
    /// preferred before. Its ends are never 0 or 1: without successes it leaves out a rate of 0. L. D. Brown et al., Statistical
    /// Science 16 (2001); statsmodels' `jeffreys`.
    Jeffreys,
    /// p ± z √(p (1 − p) / n), cut off at 0 and 1. *Far too narrow* where there are few successes or few failures: its width is
    /// 0 without any, and of 95 % intervals of a rate of 0.02 in 50 trials only 64 % hold it. statsmodels' `normal`.
    Wald,
}

impl Proportion {
    /// The interval of the rate by this method. `None` without trials.
    ///
    /// All methods take trials to be independent; with several trials per viewer they are too narrow. Agrees with statsmodels'
    /// `proportion_confint`.
    ///
    /// # Examples
    ///
    /// ```
    /// use audience_stats::{Confidence, Proportion, RateInterval};
    ///
    /// let rate = Proportion::new(0, 25)?;
    /// let high = |method| rate.interval(method, Confidence::P95).map(|interval| interval.high);
    /// assert_eq!(high(RateInterval::Wald), Some(0.0)); // not to be believed
    /// assert!((high(RateInterval::Wilson).unwrap() - 0.1332).abs() < 1e-4);
    /// # Ok::<(), audience_stats::Error>(())
    /// ```
    pub fn interval(&self, method: RateInterval, confidence: Confidence) -> Option<Interval> {
        let rate = self.rate()?;
        let z = confidence.z();
        let (x, n) = (self.successes as f64, self.trials as f64);
        Some(match method {
            RateInterval::Wilson => return self.wilson(z),
            RateInterval::AgrestiCoull => {
                let trials = n + z * z;
                let middle = (x + z * z / 2.0) / trials;
                around(middle, z * ((middle / trials) * ((n - x + z * z / 2.0) / trials)).sqrt())
            }
            RateInterval::ClopperPearson => Interval {
                low: if x == 0.0 { 0.0 } else { beta_quantile(x, n - x + 1.0, confidence.tail())? },
                high: if x == n { 1.0 } else { beta_quantile(x + 1.0, n - x, 1.0 - confidence.tail())? },
            },
            RateInterval::Jeffreys => {
                let of = |q| beta_quantile(x + 0.5, n - x + 0.5, q);
                Interval { low: of(confidence.tail())?, high: of(1.0 - confidence.tail())? }
            }
            RateInterval::Wald => around(rate, z * (rate * ((n - x) / n) / n).sqrt()),
        })
    }
}

/// Of parameters above 0, and a part between 0 and 1: there is one.
fn beta_quantile(a: f64, b: f64, q: f64) -> Option<f64> {
    Beta::new(a, b).and_then(|beta| beta.quantile(q)).ok()
}

/// As far to both sides, between 0 and 1.
fn around(middle: f64, reach: f64) -> Interval {
    Interval { low: (middle - reach).max(0.0), high: (middle + reach).min(1.0) }
}
