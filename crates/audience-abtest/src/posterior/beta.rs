//! What to believe of a rate: a beta distribution.

use audience_stats::{Beta, Confidence, Interval, Proportion, ln_integral};

use super::best::ArmBelief;
use crate::error::Error;
use audience_stats::BetaPrior;

/// A beta distribution of a rate, such as of conversions of one arm, after data.
///
/// Every probability and loss is computed and not drawn: integrals over ln(x / (1 − x)), where everything is log-concave, to a
/// relative 10⁻¹⁰ for parameters up to 10⁹, however improbable it is. They agree with the closed sum that there is where a parameter
/// is a whole number (E. Miller, "Formulas for Bayesian A/B testing", 2015) in 34 digits (mpmath).
///
/// It takes trials to be independent of each other; with several trials per viewer it is too sure.
///
/// # Examples
///
/// ```
/// use audience_abtest::{BetaPosterior, BetaPrior};
/// use audience_stats::Proportion;
///
/// let control = BetaPosterior::after(&Proportion::new(40, 100)?, BetaPrior::UNIFORM)?;
/// let treatment = BetaPosterior::after(&Proportion::new(60, 100)?, BetaPrior::UNIFORM)?;
/// assert!((treatment.chance_to_beat(&control) - 0.997_617).abs() < 1e-6);
/// // Were the treatment chosen, 5 in 100,000 would be lost on average.
/// assert!((treatment.expected_loss(&control) - 0.000_049).abs() < 1e-6);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(try_from = "BetaPrior", into = "BetaPrior")
)]
pub struct BetaPosterior {
    alpha: f64,
    beta: f64,
    distribution: Beta,
}

/// What is believed after one look is what was believed before the next.
impl From<BetaPosterior> for BetaPrior {
    fn from(posterior: BetaPosterior) -> Self {
        Self { alpha: posterior.alpha, beta: posterior.beta }
    }
}

impl TryFrom<BetaPrior> for BetaPosterior {
    type Error = Error;

    fn try_from(prior: BetaPrior) -> Result<Self, Error> {
        Self::new(prior.alpha, prior.beta)
    }
}

impl BetaPosterior {
    /// With these parameters: what is believed of successes and failures, those of the prior among them.
    ///
    /// # Errors
    ///
    /// [`Error::Statistics`] when one of them is not finite and above 0.
    pub fn new(alpha: f64, beta: f64) -> Result<Self, Error> {
        Ok(Self { alpha, beta, distribution: Beta::new(alpha, beta)? })
    }

    /// What to believe after successes and failures were seen, which add to those that the prior is worth.
    ///
    /// # Errors
    ///
    /// [`Error::Statistics`] when the prior is of parameters that are not finite and above 0.
    pub fn after(seen: &Proportion, before: BetaPrior) -> Result<Self, Error> {
        let failures = seen.trials() - seen.successes();
        for parameter in [before.alpha, before.beta] {
            // One that is 0 would be no distribution before, even where it is one after.
            Beta::new(parameter, 1.0)?;
        }
        Self::new(before.alpha + seen.successes() as f64, before.beta + failures as f64)
    }

    /// α, what is believed of successes.
    pub const fn alpha(&self) -> f64 {
        self.alpha
    }

    /// β, what is believed of failures.
    pub const fn beta(&self) -> f64 {
        self.beta
    }

    /// The mean, α / (α + β): 0–1.
    pub fn mean(&self) -> f64 {
        self.alpha / (self.alpha + self.beta)
    }

    /// The standard deviation: √(α β / (α + β + 1)) / (α + β).
    pub fn sd(&self) -> f64 {
        let sum = self.alpha + self.beta;
        (self.alpha / sum * (self.beta / sum) / (sum + 1.0)).sqrt()
    }

    /// The interval that holds the rate with this probability, as much on both sides. Agrees with `scipy.stats.beta.ppf`.
    pub fn interval(&self, probability: Confidence) -> Interval {
        let at = |q: f64| self.distribution.quantile(q).unwrap_or(f64::NAN);
        Interval { low: at(probability.tail()), high: at(1.0 - probability.tail()) }
    }

    /// The probability that the rate is above that of `other`, 0–1.
    pub fn chance_to_beat(&self, other: &Self) -> f64 {
        self.ln_chance_to_beat(other).exp()
    }

    /// The natural logarithm of [`chance_to_beat`](Self::chance_to_beat), at most 0: of ∫ f(x) F(x) dx with the density of one and
    /// the distribution function of the other, and that density which is the narrower.
    pub fn ln_chance_to_beat(&self, other: &Self) -> f64 {
        let ln = self.ln_integral_above(other);
        // What is all but certain has the digits of its opposite.
        if ln > -1e-3 { (-other.ln_integral_above(self).exp()).ln_1p() } else { ln }
    }

    fn ln_integral_above(&self, other: &Self) -> f64 {
        let ln = if self.sd() <= other.sd() {
            self.ln_mean_of(|logit| other.distribution.ln_lower_tail_at_logit(logit))
        } else {
            other.ln_mean_of(|logit| self.distribution.ln_upper_tail_at_logit(logit))
        };
        ln.min(0.0)
    }

    /// How much is lost on average by choosing this where there is `other`: E max(x of other − x, 0), 0–1.
    ///
    /// ∫ F(x) (1 − F of other(x)) dx where the other has the lower mean; else what it is the other way round, and how far the means
    /// are apart: neither cancels.
    pub fn expected_loss(&self, other: &Self) -> f64 {
        let gain = other.mean() - self.mean();
        if gain > 0.0 { gain + other.expected_loss_of_better(self) } else { self.expected_loss_of_better(other) }
    }

    fn expected_loss_of_better(&self, other: &Self) -> f64 {
        let ln_f = |logit: f64| {
            // x (1 − x), from the integral being one over ln(x / (1 − x)).
            let ln_slope = -logit.abs() - 2.0 * (-logit.abs()).exp().ln_1p();
            ln_slope
                + self.distribution.ln_lower_tail_at_logit(logit)
                + other.distribution.ln_upper_tail_at_logit(logit)
        };
        ln_integral(ln_f, self.centre(), self.width().min(other.width())).exp()
    }

    /// ln of the mean of a function, given as its logarithm, over the distribution.
    fn ln_mean_of(&self, ln_f: impl Fn(f64) -> f64) -> f64 {
        ln_integral(|logit| self.distribution.ln_density_at_logit(logit) + ln_f(logit), self.centre(), self.width())
    }
}

/// In ln(x / (1 − x)) of the rate, which is in the same order.
impl ArmBelief for BetaPosterior {
    fn ln_density(&self, at: f64) -> f64 {
        self.distribution.ln_density_at_logit(at)
    }

    fn ln_below(&self, at: f64) -> f64 {
        self.distribution.ln_lower_tail_at_logit(at)
    }

    fn ln_above(&self, at: f64) -> f64 {
        self.distribution.ln_upper_tail_at_logit(at)
    }

    fn centre(&self) -> f64 {
        (self.alpha / self.beta).ln()
    }

    fn width(&self) -> f64 {
        // The variance of ln(x / (1 − x)) is ψ′(α) + ψ′(β), and ψ′(x) is near 1 / x + 1 / (2 x²).
        let part = |parameter: f64| (1.0 + 0.5 / parameter) / parameter;
        (part(self.alpha) + part(self.beta)).sqrt().min(1e3)
    }
}
