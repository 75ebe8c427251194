//! How sure the difference and the ratio of two rates are, by several methods.

use libm::{exp, log};

use crate::interval::{Confidence, Interval};

use super::Proportion;
use super::score::miettinen_nurminen;

/// How the interval of a difference of rates is made.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum DifferenceInterval {
    /// Newcombe's hybrid of Wilson's intervals: see [`Proportion::difference`]. Within −1 to 1. Near the confidence asked for
    /// with any number of trials; a little surer where both rates are near 0 or 1. statsmodels' `newcomb`.
    #[default]
    Newcombe,
    /// δ ± z √(p₁ (1 − p₁) / n₁ + p₂ (1 − p₂) / n₂), not cut off. *Too narrow* where there are few successes or few failures:
    /// its width is 0 when all trials or none succeeded in both groups, and of 95 % intervals with 10 and 30 trials and rates
    /// of 0.1 only 87 % hold the difference. statsmodels' `wald`.
    Wald,
    /// Wald's with one success and one failure added to each group, not cut off, so that with few trials it may reach past ±1.
    /// A. Agresti, B. Caffo, The American Statistician 54 (2000). Surer than asked where both rates are near 0 or 1.
    /// statsmodels' `agresti-caffo`.
    AgrestiCaffo,
    /// The differences that a score test does not reject, its variance times N / (N − 1). Within −1 to 1. O. Miettinen,
    /// M. Nurminen, Statistics in Medicine 4 (1985). Nearest to what is asked over all rates, at the price of root finding:
    /// some ten thousand steps. Near rates of 0 and 1 with very unequal groups it may be a little too narrow.
    ///
    /// Agrees with the definition in 40 digits (mpmath) to 10⁻¹². statsmodels' `score` does not: in its cubic equation for the
    /// rates under the hypothesis, one coefficient has the successes where the paper has the trials, and intervals of equal
    /// groups are not symmetric.
    MiettinenNurminen,
}

impl Proportion {
    /// The interval of the rate of `self` minus that of `baseline`, by this method. `None` when one of them has no trials.
    ///
    /// All methods take trials to be independent within and between the two.
    ///
    /// # Examples
    ///
    /// ```
    /// use audience_stats::{Confidence, DifferenceInterval, Proportion};
    ///
    /// let (new, old) = (Proportion::new(56, 70)?, Proportion::new(48, 80)?);
    /// let score = new.difference_interval(&old, DifferenceInterval::MiettinenNurminen, Confidence::P95).unwrap();
    /// assert!((score.low - 0.0528).abs() < 5e-5 && (score.high - 0.3382).abs() < 5e-5);
    /// # Ok::<(), audience_stats::Error>(())
    /// ```
    pub fn difference_interval(
        &self,
        baseline: &Self,
        method: DifferenceInterval,
        confidence: Confidence,
    ) -> Option<Interval> {
        let difference = self.rate()? - baseline.rate()?;
        let z = confidence.z();
        Some(match method {
            DifferenceInterval::Newcombe => return self.difference(baseline, z),
            DifferenceInterval::Wald => wald(self.floats(), baseline.floats(), difference, z),
            DifferenceInterval::AgrestiCaffo => {
                let more = |(x, n): (f64, f64)| (x + 1.0, n + 2.0);
                let (own, other) = (more(self.floats()), more(baseline.floats()));
                wald(own, other, rates_apart(own, other), z)
            }
            DifferenceInterval::MiettinenNurminen => miettinen_nurminen(self.floats(), baseline.floats(), z),
        })
    }

    /// The interval of the rate of `self` divided by that of `baseline`, normal on the logarithm:
    /// exp(ln(p₂ / p₁) ± z √(1 / x₂ − 1 / n₂ + 1 / x₁ − 1 / n₁)). `None` when one of them has no successes: the ratio is 0 or
    /// infinite then, and this says nothing of how sure that is. With few successes it is too wide on the upper side.
    ///
    /// D. Katz et al., Biometrics 34 (1978). Agrees with statsmodels' `confint_proportions_2indep(compare="ratio",
    /// method="log")`.
    pub fn ratio_interval(&self, baseline: &Self, confidence: Confidence) -> Option<Interval> {
        let ((x2, n2), (x1, n1)) = (self.floats(), baseline.floats());
        if x1 == 0.0 || x2 == 0.0 {
            return None;
        }
        // 1 / x − 1 / n, which cancels where nearly all succeed.
        let part = |x: f64, n: f64| (n - x) / n / x;
        let reach = confidence.z() * (part(x2, n2) + part(x1, n1)).sqrt();
        let ln_ratio = log((x2 / n2) / (x1 / n1));
        Some(Interval { low: exp(ln_ratio - reach), high: exp(ln_ratio + reach) })
    }

    pub(super) fn floats(&self) -> (f64, f64) {
        (self.successes as f64, self.trials as f64)
    }
}

/// How far the rates of `x` in `n` are from each other.
pub(super) fn rates_apart((x2, n2): (f64, f64), (x1, n1): (f64, f64)) -> f64 {
    x2 / n2 - x1 / n1
}

/// The sum of the variances of two rates.
pub(super) fn wald_variance((x2, n2): (f64, f64), (x1, n1): (f64, f64)) -> f64 {
    let of = |x: f64, n: f64| x / n * ((n - x) / n) / n;
    of(x2, n2) + of(x1, n1)
}

fn wald(own: (f64, f64), other: (f64, f64), difference: f64, z: f64) -> Interval {
    let reach = z * wald_variance(own, other).sqrt();
    Interval { low: difference - reach, high: difference + reach }
}
