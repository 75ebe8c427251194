//! Sample ratio mismatch, watched while units come.

use audience_stats::{PValue, ln_bayes_factor_of_shares};

use super::sample_ratio::{MISMATCH, Open};
use crate::error::Error;

/// How many units the prior on the true ratio is worth by default: small deviations from the plan are what it looks for.
pub const CONCENTRATION: f64 = 10_000.0;

/// Whether units are divided among arms as planned, looked at as often as one likes.
///
/// The probability that p *ever* falls below a level, however many looks there are, is at most that level if units are divided
/// as planned; so that one may look after every unit and stop at any time, where the χ² test of [`sample_ratio`](super::sample_ratio)
/// finds a mismatch sooner or later in every experiment. The price is power: for a plan looked at once, that is stronger.
///
/// It is a state of counts and of the strongest evidence so far. Two of them do not merge: the evidence of a part alone is not
/// evidence of the whole. Add up the counts of shards, then look.
///
/// M. Lindon, A. Malek, "Anytime-valid inference for multinomial count data", NeurIPS 2022. Agrees with `ssrm_test`'s
/// `sequential_posteriors`.
///
/// # Examples
///
/// ```
/// use audience_abtest::trust::SequentialRatio;
///
/// let mut ratio = SequentialRatio::new(&[0.5, 0.5])?;
/// for _ in 0..20 {
///     ratio.observe(&[520, 480])?; // one day
/// }
/// assert!(ratio.is_mismatch());
/// # Ok::<(), audience_abtest::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Form", into = "Form"))]
pub struct SequentialRatio {
    weights: Vec<f64>,
    concentration: f64,
    counts: Vec<u64>,
    /// ln of the Bayes factor at the last look.
    ln_bayes_factor: f64,
    /// The probability at the look where it was least.
    p: PValue,
}

impl SequentialRatio {
    /// No unit yet, with a prior of [`CONCENTRATION`].
    ///
    /// # Errors
    ///
    /// As [`with_concentration`](Self::with_concentration).
    pub fn new(weights: &[f64]) -> Result<Self, Error> {
        Self::with_concentration(weights, CONCENTRATION)
    }

    /// No unit yet. The prior on the true ratio is Dirichlet around `weights`, worth `concentration` units: the larger, the
    /// smaller the deviations it is best at finding, about 1 / √concentration.
    ///
    /// # Errors
    ///
    /// [`Error::TooFewArms`] with fewer than two arms of weight above 0; [`Error::Statistics`] when a weight is not finite or
    /// below 0, or the concentration not finite and above 0.
    pub fn with_concentration(weights: &[f64], concentration: f64) -> Result<Self, Error> {
        let counts = vec![0; weights.len()];
        let mut ratio = Self { weights: weights.to_vec(), concentration, counts, ln_bayes_factor: 0.0, p: PValue::ONE };
        ratio.look()?;
        Ok(ratio)
    }

    /// Takes in the units that came to each arm since the last look, and looks.
    ///
    /// # Errors
    ///
    /// [`Error::Statistics`] unless there is a count for each arm.
    pub fn observe(&mut self, units: &[u64]) -> Result<(), Error> {
        let (expected, found) = (self.counts.len(), units.len());
        if expected != found {
            return Err(audience_stats::Error::LengthsDiffer { expected, found }.into());
        }
        for (count, more) in self.counts.iter_mut().zip(units) {
            *count = count.saturating_add(*more);
        }
        self.look()
    }

    fn look(&mut self) -> Result<(), Error> {
        let Open { counts, weights, strays } = Open::new(&self.counts, &self.weights)?;
        let ln = ln_bayes_factor_of_shares(&counts, &weights, self.concentration)?;
        // No division by the plan has units in an arm of weight 0.
        self.ln_bayes_factor = if strays > 0 { f64::INFINITY } else { ln };
        let p = PValue::from_ln(-self.ln_bayes_factor);
        self.p = if p < self.p { p } else { self.p };
        Ok(())
    }

    /// How many units each arm has.
    pub fn counts(&self) -> &[u64] {
        &self.counts
    }

    /// The natural logarithm of how much better the units so far are explained by some other ratio than by the planned one;
    /// below 0 when they speak for the plan, infinite with a unit in an arm of weight 0.
    pub const fn ln_bayes_factor(&self) -> f64 {
        self.ln_bayes_factor
    }

    /// The sequential p value: the least 1 / Bayes factor of all looks so far, at most 1.
    pub const fn p(&self) -> PValue {
        self.p
    }

    /// Whether the division is not the planned one: p below [`MISMATCH`].
    pub fn is_mismatch(&self) -> bool {
        self.p.value() < MISMATCH
    }
}

/// How it is written: the Bayes factor follows from the rest, and may be infinite, which not every format has.
#[cfg(feature = "serde")]
#[derive(serde::Serialize, serde::Deserialize)]
struct Form {
    weights: Vec<f64>,
    concentration: f64,
    counts: Vec<u64>,
    p: PValue,
}

#[cfg(feature = "serde")]
impl From<SequentialRatio> for Form {
    fn from(SequentialRatio { weights, concentration, counts, p, .. }: SequentialRatio) -> Self {
        Self { weights, concentration, counts, p }
    }
}

#[cfg(feature = "serde")]
impl TryFrom<Form> for SequentialRatio {
    type Error = Error;

    fn try_from(Form { weights, concentration, counts, p }: Form) -> Result<Self, Error> {
        let mut ratio = Self { p, ..Self::with_concentration(&weights, concentration)? };
        ratio.observe(&counts)?;
        Ok(ratio)
    }
}
