//! Whether a quantile differs between two arms, looked at again and again.

use audience_stats::{Confidence, PValue};

use super::mixture::{Mixture, Sides, Tuning};
use crate::error::Error;

/// Whether a quantile of values, such as the median start-up time, differs between two arms: exact at *all* numbers of values at once,
/// from the first on, whatever their distribution, heavy tails and ties included. Values must be independent: one of each unit.
/// A look sorts all values so far.
///
/// For every value x that both quantiles might be, each arm has evidence against it, of how many of its values are below; the
/// evidence against *any* common quantile is the least over x of the sum.
///
/// S. R. Howard, A. Ramdas, "Sequential estimation of quantiles with applications to A/B testing and best-arm identification",
/// Bernoulli 28 (2022). Agrees with `confseq.quantiles.quantile_ab_p_value`.
///
/// # Examples
///
/// ```
/// use audience_abtest::anytime::QuantileTest;
/// use audience_stats::Confidence;
///
/// let test = QuantileTest::new(0.5, 100, Confidence::P95)?;
/// let control: Vec<f64> = (0..60).map(f64::from).collect();
/// let slower: Vec<f64> = (0..60).map(|at| 30.0 + f64::from(at)).collect();
/// assert!(test.p_value(&control, &slower)?.value() < 0.01);
/// assert_eq!(test.p_value(&control, &control)?.value(), 1.0);
/// # Ok::<(), audience_abtest::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct QuantileTest {
    quantile: f64,
    mixture: Mixture,
}

impl QuantileTest {
    /// Of this quantile, between 0 and 1; strongest at so many values of each arm, for that confidence.
    ///
    /// # Errors
    ///
    /// [`Error::Statistics`] when the quantile is not between 0 and 1; [`Error::NotATuning`] when `values` is 0.
    pub fn new(quantile: f64, values: u64, confidence: Confidence) -> Result<Self, Error> {
        let q = quantile;
        if !(q > 0.0 && q < 1.0) {
            return Err(audience_stats::Error::QuantileOutOfRange { q }.into());
        }
        let tuning = Tuning::new(values as f64 * q * (1.0 - q), confidence)?;
        Ok(Self { quantile, mixture: Mixture::beta_binomial(tuning, q, 1.0 - q, Sides::Two)? })
    }

    /// The logarithm of the evidence that the quantiles are not the same, of the values of both arms so far in any order; below 0
    /// where it is for them being.
    ///
    /// # Errors
    ///
    /// [`Error::Statistics`] when an arm has no value, or a value is not a number.
    pub fn ln_evidence(&self, control: &[f64], treatment: &[f64]) -> Result<f64, Error> {
        let arms = [sorted(control)?, sorted(treatment)?];
        let sides = arms.each_ref().map(|values| self.least(values.len() as f64));
        let mut least = f64::INFINITY;
        let (mut at, mut done) = ([0_usize; 2], [0_usize; 2]);
        // In the order of values, of both arms together.
        while let Some(x) = arms.iter().zip(at).filter_map(|(values, at)| values.get(at)).copied().reduce(f64::min) {
            let mut sum = 0.0;
            for arm in 0..2 {
                while arms[arm].get(at[arm]).is_some_and(|value| *value <= x) {
                    at[arm] += 1;
                }
                let values = arms[arm].len() as f64;
                // With x as the quantile, any share from that below x to that up to x may be what is below it.
                let share = sides[arm].max(done[arm] as f64 / values).min(at[arm] as f64 / values);
                sum += self.ln_evidence_of(share, values);
                done[arm] = at[arm];
            }
            least = least.min(sum);
        }
        Ok(least)
    }

    /// The p value of it: right at any number of looks, as is the least of all so far.
    ///
    /// # Errors
    ///
    /// As [`ln_evidence`](Self::ln_evidence).
    pub fn p_value(&self, control: &[f64], treatment: &[f64]) -> Result<PValue, Error> {
        Ok(PValue::from_ln(-self.ln_evidence(control, treatment)?))
    }

    fn ln_evidence_of(&self, share: f64, values: f64) -> f64 {
        let q = self.quantile;
        self.mixture.ln_mixture((share - q) * values, q * (1.0 - q) * values)
    }

    /// The share of so many values at which evidence is least, by the golden section.
    fn least(&self, values: f64) -> f64 {
        const GOLDEN: f64 = 0.618_033_988_749_894_9;
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..50 {
            let (left, right) = (high - GOLDEN * (high - low), low + GOLDEN * (high - low));
            if self.ln_evidence_of(left, values) < self.ln_evidence_of(right, values) {
                high = right;
            } else {
                low = left;
            }
        }
        f64::midpoint(low, high)
    }
}

fn sorted(values: &[f64]) -> Result<Vec<f64>, Error> {
    if values.is_empty() {
        return Err(audience_stats::Error::NoValues.into());
    }
    if let Some(at) = values.iter().position(|value| value.is_nan()) {
        return Err(audience_stats::Error::NotANumber { at }.into());
    }
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    Ok(sorted)
}
