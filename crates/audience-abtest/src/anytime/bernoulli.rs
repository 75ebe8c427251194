//! A proportion, looked at again and again.

use audience_stats::{Beta, Confidence, Interval, PValue};

use super::{halving, ln_inverse_alpha, positive};
use crate::error::Error;

/// A confidence sequence of a proportion: intervals that, with the stated confidence, hold it at *all* numbers of trials at once, from
/// the first on, without any approximation. They are the proportions p whose two-sided beta-binomial
/// [`Mixture`](super::Mixture) stays below 1 / α.
///
/// S. R. Howard, A. Ramdas, J. McAuliffe, J. Sekhon, Annals of Statistics 49 (2021). Agrees with
/// `confseq.boundaries.bernoulli_confidence_interval`.
///
/// # Examples
///
/// ```
/// use audience_abtest::anytime::BernoulliSequence;
/// use audience_stats::Confidence;
///
/// let sequence = BernoulliSequence::new(Confidence::P95, 1000.0)?;
/// let interval = sequence.interval(180, 1000)?;
/// assert!(interval.low > 0.14 && interval.high < 0.23);
/// assert!(sequence.p_value(180, 1000, 0.25)?.value() < 0.001);
/// # Ok::<(), audience_abtest::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct BernoulliSequence {
    confidence: Confidence,
    /// How many trials the prior is worth.
    #[cfg_attr(feature = "serde", serde(deserialize_with = "super::positive_from"))]
    concentration: f64,
}

impl BernoulliSequence {
    /// Narrowest at so many trials.
    ///
    /// # Errors
    ///
    /// [`Error::NotATuning`] when `trials` is not finite and above 0.
    pub fn new(confidence: Confidence, trials: f64) -> Result<Self, Error> {
        Self::tuned_for(confidence, trials, confidence)
    }

    /// The same, tuned as if for another confidence.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub fn tuned_for(confidence: Confidence, trials: f64, tuning: Confidence) -> Result<Self, Error> {
        let twice = 2.0 * ln_inverse_alpha(tuning);
        let concentration = (positive("number of trials", trials)? / (twice + twice.ln_1p()) - 1.0).max(1e-3);
        Ok(Self { confidence, concentration })
    }

    /// How much so many successes speak against the proportion `p`: the logarithm of the mixture.
    fn ln_mixture(&self, successes: f64, failures: f64, p: f64) -> f64 {
        let of = |successes: f64, failures: f64| {
            let prior = self.concentration;
            Beta::new(prior * (1.0 - p) + failures, prior * p + successes).map(|beta| beta.ln_density(1.0 - p))
        };
        match (of(0.0, 0.0), of(successes, failures)) {
            (Ok(before), Ok(after)) if (before - after).is_finite() => before - after,
            // At 0 and 1 what happened is impossible, or sure.
            _ if p <= 0.5 => {
                if successes > 0.0 {
                    f64::INFINITY
                } else {
                    0.0
                }
            }
            _ => {
                if failures > 0.0 {
                    f64::INFINITY
                } else {
                    0.0
                }
            }
        }
    }

    /// The proportions that are not rejected; all of them before the first trial.
    ///
    /// # Errors
    ///
    /// [`Error::Statistics`] when there are more successes than trials.
    pub fn interval(&self, successes: u64, trials: u64) -> Result<Interval, Error> {
        let (successes, failures) = counts(successes, trials)?;
        let (ln, estimate) = (ln_inverse_alpha(self.confidence), successes / (successes + failures).max(1.0));
        let is_rejected = |p: f64| self.ln_mixture(successes, failures, p) > ln;
        Ok(Interval {
            low: if successes > 0.0 { halving(0.0, estimate, is_rejected) } else { 0.0 },
            high: if failures > 0.0 { halving(1.0, estimate, is_rejected) } else { 1.0 },
        })
    }

    /// How much successes speak against the proportion `null`: right at any number of looks, as is the least of all so far.
    ///
    /// # Errors
    ///
    /// [`Error::Statistics`] when there are more successes than trials, or `null` is not from 0 to 1.
    pub fn p_value(&self, successes: u64, trials: u64, null: f64) -> Result<PValue, Error> {
        let (successes, failures) = counts(successes, trials)?;
        PValue::new(null)?;
        Ok(PValue::from_ln(-self.ln_mixture(successes, failures, null)))
    }
}

fn counts(successes: u64, trials: u64) -> Result<(f64, f64), Error> {
    match trials.checked_sub(successes) {
        Some(failures) => Ok((successes as f64, failures as f64)),
        None => Err(audience_stats::Error::MoreSuccessesThanTrials { successes, trials }.into()),
    }
}
