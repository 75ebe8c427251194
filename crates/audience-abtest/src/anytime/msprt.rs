//! The mixture sequential probability ratio test.

use audience_stats::{Confidence, Interval, PValue};

use super::{ln_inverse_alpha, positive};
use crate::effect::Effect;
use crate::error::Error;

/// The mixture sequential probability ratio test: how much better the effects so far are explained by effects spread as N(0, τ²)
/// than by none, Λ = √(SE² / (SE² + τ²)) exp(τ² d² / (2 SE² (SE² + τ²))) of an effect d with the standard error SE. The
/// probability that 1 / Λ *ever* falls below α, if there is no effect, is at most α.
///
/// It takes the effect to be normal with a known standard error: look from some hundred units of each arm on, more where they are
/// skewed. [`ConfidenceSequence`](crate::ConfidenceSequence) is the same family, tuned by a number of units instead of τ.
///
/// R. Johari, P. Koomen, L. Pekelis, D. Walsh, "Peeking at A/B tests", KDD 2017. Agrees with the formula for two equal arms in 50
/// digits (mpmath).
///
/// # Examples
///
/// ```
/// use audience_abtest::anytime::Msprt;
/// use audience_abtest::{Effect, Scale};
///
/// let effect = Effect { scale: Scale::Absolute, estimate: 0.3, standard_error: 0.1, degrees: None };
/// let test = Msprt::new(0.04)?;
/// assert!((test.p_value(&effect, 0.0).value() - 0.061_1).abs() < 1e-4);
/// assert!((effect.p_value(0.0, Default::default()).value() - 0.002_7).abs() < 1e-4); // for one look
/// # Ok::<(), audience_abtest::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Msprt {
    #[cfg_attr(feature = "serde", serde(deserialize_with = "super::positive_from"))]
    tau_squared: f64,
}

impl Msprt {
    /// For effects of about √`tau_squared`, in the unit of the effect.
    ///
    /// # Errors
    ///
    /// [`Error::NotATuning`] when it is not finite and above 0.
    pub fn new(tau_squared: f64) -> Result<Self, Error> {
        Ok(Self { tau_squared: positive("variance of effects", tau_squared)? })
    }

    /// ln Λ: how much the effect speaks against `null`; below 0 it speaks for it.
    pub fn ln_likelihood_ratio(&self, effect: &Effect, null: f64) -> f64 {
        let variance = effect.standard_error * effect.standard_error;
        let z = (effect.estimate - null) / effect.standard_error;
        let share = self.tau_squared / (variance + self.tau_squared);
        z * z * share / 2.0 - (self.tau_squared / variance).ln_1p() / 2.0
    }

    /// 1 / Λ, at most 1: right at any number of looks, as is the least of all so far.
    pub fn p_value(&self, effect: &Effect, null: f64) -> PValue {
        PValue::from_ln(-self.ln_likelihood_ratio(effect, null))
    }

    /// How far the interval reaches to each side: the effects d that have Λ = 1 / α.
    pub fn half_width(&self, standard_error: f64, confidence: Confidence) -> f64 {
        let variance = standard_error * standard_error;
        let ln = ln_inverse_alpha(confidence) + (self.tau_squared / variance).ln_1p() / 2.0;
        standard_error * (2.0 * (1.0 + variance / self.tau_squared) * ln).sqrt()
    }

    /// The effects that are not rejected: with this confidence, intervals at all looks hold the truth.
    pub fn interval(&self, effect: &Effect, confidence: Confidence) -> Interval {
        let reach = self.half_width(effect.standard_error, confidence);
        Interval { low: effect.estimate - reach, high: effect.estimate + reach }
    }
}
