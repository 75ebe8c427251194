//! What to believe of an effect.

use audience_stats::{Confidence, Interval, Normal};

use crate::effect::Effect;

/// A normal distribution of effects, before or after data.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct NormalEffects {
    /// Its mean.
    pub mean: f64,
    /// Its standard deviation, above 0.
    pub sd: f64,
}

impl NormalEffects {
    /// What to believe after an effect was seen, with what was believed before; of nothing before, the effect and its standard
    /// error alone. Precisions add up: 1 / sd² is that of before plus 1 / SE².
    ///
    /// Where no effect is anything like certain before, a prior around 0 is what keeps a lucky draw from being believed. Agrees
    /// with GrowthBook's gbstats.
    pub fn after(effect: &Effect, before: Option<Self>) -> Self {
        let precision = (effect.standard_error * effect.standard_error).recip();
        let Some(before) = before else { return Self { mean: effect.estimate, sd: effect.standard_error } };
        let prior = (before.sd * before.sd).recip();
        let variance = (precision + prior).recip();
        Self { mean: variance * (precision * effect.estimate + prior * before.mean), sd: variance.sqrt() }
    }

    /// The natural logarithm of the probability that the treatment has more.
    pub fn ln_chance_to_win(&self) -> f64 {
        Normal::ln_upper_tail(-self.mean / self.sd)
    }

    /// The natural logarithm of the probability that the treatment has less.
    pub fn ln_chance_to_lose(&self) -> f64 {
        Normal::ln_upper_tail(self.mean / self.sd)
    }

    /// The probability that the treatment has more, where less is not better.
    pub fn chance_to_win(&self) -> f64 {
        self.ln_chance_to_win().exp()
    }

    /// How much is lost on average by staying with the control: E max(effect, 0).
    pub fn loss_of_control(&self) -> f64 {
        self.sd * lost(self.mean / self.sd)
    }

    /// How much is lost on average by choosing the treatment: E max(−effect, 0).
    pub fn loss_of_treatment(&self) -> f64 {
        self.sd * lost(-self.mean / self.sd)
    }

    /// The interval that holds the effect with this probability, as much on both sides.
    pub fn interval(&self, probability: Confidence) -> Interval {
        let reach = probability.z() * self.sd;
        Interval { low: self.mean - reach, high: self.mean + reach }
    }
}

/// E max(z + Z, 0) of a standard normal Z: φ(z) + z Φ(z). Far below 0 the two cancel, and the asymptotic series is taken.
fn lost(z: f64) -> f64 {
    if z > -8.0 {
        return Normal::density(z) + z * Normal::upper_tail(-z);
    }
    let square = z * z;
    let (mut term, mut sum) = (1.0, 1.0);
    for k in 1..12_u32 {
        term *= -f64::from(2 * k + 1) / square;
        if term.abs() < f64::EPSILON {
            break;
        }
        sum += term;
    }
    Normal::density(z) / square * sum
}
