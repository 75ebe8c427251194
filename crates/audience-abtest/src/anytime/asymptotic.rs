//! The confidence sequence of any effect, by the central limit theorem.

use audience_stats::{Alternative, Confidence, Interval, PValue};

use crate::effect::Effect;
use crate::error::Error;

/// The asymptotic confidence sequence of an effect: intervals that, with the stated confidence, hold the truth at *all* numbers of
/// units at once, so that one may look as often as one likes and stop when one likes. They are wider than those for one look, and
/// narrowest near the number of units they are tuned for.
///
/// I. Waudby-Smith, D. Arbour, R. Sinha, E. H. Kennedy, A. Ramdas, "Time-uniform central limit theory and asymptotic confidence
/// sequences", arXiv 2103.06476. It takes the normal distribution to hold from the first look on. Agrees with GrowthBook's gbstats.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(try_from = "Written"))]
pub struct ConfidenceSequence {
    confidence: Confidence,
    alternative: Alternative,
    tuned_for: f64,
}

/// As it comes from elsewhere.
#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
struct Written {
    confidence: Confidence,
    alternative: Alternative,
    #[serde(deserialize_with = "super::positive_from")]
    tuned_for: f64,
}

#[cfg(feature = "serde")]
impl TryFrom<Written> for ConfidenceSequence {
    type Error = Error;

    fn try_from(Written { confidence, alternative, tuned_for }: Written) -> Result<Self, Error> {
        Ok(Self::new(confidence, alternative)?.tuned_for(tuned_for))
    }
}

impl ConfidenceSequence {
    /// Against one side or both. It is narrowest at 5000 units of both arms, unless [`tuned`](Self::tuned_for) otherwise.
    ///
    /// # Errors
    ///
    /// [`Error::OneSidedBelowHalf`] when an interval with one end should hold the truth in less than half of all cases.
    pub fn new(confidence: Confidence, alternative: Alternative) -> Result<Self, Error> {
        let sequence = Self { confidence, alternative, tuned_for: 5000.0 };
        if sequence.level() < 1.0 { Ok(sequence) } else { Err(Error::OneSidedBelowHalf { confidence }) }
    }

    /// The same, narrowest at another number of units of both arms together, of at least 1.
    #[must_use]
    pub fn tuned_for(self, units: f64) -> Self {
        Self { tuned_for: units.max(1.0), ..self }
    }

    /// ρ, the parameter of the mixture: ρ² = (−2 ln α + ln(1 − 2 ln α)) / N*, with 2 α for one side.
    pub fn rho(&self) -> f64 {
        let ln = self.level().ln();
        ((-2.0 * ln + (1.0 - 2.0 * ln).ln()) / self.tuned_for).sqrt()
    }

    /// The interval of an effect on so many units of both arms.
    pub fn interval(&self, effect: &Effect, units: u64) -> Interval {
        let (n, rho) = (units as f64, self.rho());
        let scale = n * rho * rho;
        let bound = (scale + 1.0).sqrt() / self.level();
        let ln = if self.alternative == Alternative::TwoSided { bound.ln() } else { bound.ln_1p() };
        let reach = effect.standard_error * (2.0 * (scale + 1.0) / scale * ln).sqrt();
        let (low, high) = (effect.estimate - reach, effect.estimate + reach);
        match self.alternative {
            Alternative::TwoSided => Interval { low, high },
            Alternative::Greater => Interval { low, high: f64::INFINITY },
            Alternative::Less => Interval { low: f64::NEG_INFINITY, high },
        }
    }

    /// The p value that goes with it: at most α where the interval of that α does not hold `null`, for the same ρ. Right at any
    /// number of looks, as is the least of all so far.
    pub fn p_value(&self, effect: &Effect, units: u64, null: f64) -> PValue {
        let scale = units as f64 * self.rho() * self.rho();
        let distance = (effect.estimate - null) / effect.standard_error;
        let exponent = scale * distance * distance / (2.0 * (scale + 1.0));
        let half_ln = (scale + 1.0).ln() / 2.0;
        let towards = match self.alternative {
            Alternative::TwoSided => return PValue::from_ln(half_ln - exponent),
            Alternative::Greater => distance,
            Alternative::Less => -distance,
        };
        if towards <= 0.0 {
            return PValue::ONE;
        }
        // ln(e^x − 1) is x where it is large.
        let ln_exp_m1 = if exponent > 40.0 { exponent } else { exponent.exp_m1().ln() };
        PValue::from_ln(half_ln - std::f64::consts::LN_2 - ln_exp_m1)
    }

    /// α, or 2 α against one side.
    fn level(&self) -> f64 {
        let alpha = 1.0 - self.confidence.as_f64();
        if self.alternative == Alternative::TwoSided { alpha } else { 2.0 * alpha }
    }
}
