//! Whether counts come in the shares they should.

use std::num::NonZeroU32;

use libm::log;

use crate::chi_squared::ChiSquared;
use crate::error::Error;
use crate::float_sum::FloatSum;
use crate::gamma::{deviance, stirling_error};
use crate::p_value::PValue;

/// How far counts are from the shares they should come in.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct GoodnessOfFit {
    /// Pearson's χ²: Σ (observed − expected)² / expected, from 0.
    pub statistic: f64,
    /// Its degrees of freedom: categories less one.
    pub degrees: NonZeroU32,
    /// The probability of counts at least this far from their shares.
    pub p: PValue,
    /// How many units each category should have, in the order given.
    pub expected: Vec<f64>,
}

impl GoodnessOfFit {
    /// The statistic from which on counts are not in their shares at the level `alpha`: the χ² quantile of 1 − α, exact for any
    /// degrees of freedom and any level.
    ///
    /// # Errors
    ///
    /// [`Error::QuantileOutOfRange`] when `alpha` is not between 0 and 1.
    pub fn critical_value(&self, alpha: f64) -> Result<f64, Error> {
        ChiSquared::new(self.degrees).upper_quantile(alpha)
    }

    /// Whether counts this far from their shares have a probability of at most `alpha`.
    ///
    /// # Errors
    ///
    /// [`Error::NotAProbability`] when `alpha` is not from 0 to 1.
    pub fn is_rejected(&self, alpha: f64) -> Result<bool, Error> {
        Ok(self.p <= PValue::new(alpha)?)
    }

    /// The least that is expected in any category. Below some five the probability is not to be relied on: χ² is a limit.
    pub fn least_expected(&self) -> f64 {
        self.expected.iter().copied().fold(f64::INFINITY, f64::min)
    }
}

/// Pearson's χ² test that units come in these shares: each category's weight of the sum of all, which need not be 1. Equal
/// weights ask whether counts are uniform.
///
/// It takes units to be independent. K. Pearson, Philosophical Magazine 50 (1900). Agrees with `scipy.stats.chisquare`, and
/// where that cancels or is 0, with the same in 40 digits (mpmath).
///
/// # Errors
///
/// [`Error::LengthsDiffer`] unless each count has a weight; [`Error::TooFewGroups`] with less than two;
/// [`Error::NotPositive`] for a weight that is not finite and above 0; [`Error::NoValues`] when all counts are 0.
///
/// # Examples
///
/// ```
/// use audience_stats::goodness_of_fit;
///
/// let fit = goodness_of_fit(&[23, 0], &[1.0, 1.0])?;
/// assert_eq!((fit.statistic, fit.degrees.get()), (23.0, 1));
/// assert!((fit.p.value() - 1.620_013_982_466_47e-6).abs() < 1e-18);
/// # Ok::<(), audience_stats::Error>(())
/// ```
pub fn goodness_of_fit(observed: &[u64], weights: &[f64]) -> Result<GoodnessOfFit, Error> {
    let degrees = check(observed, weights)?;
    let total = observed.iter().fold(0.0, |sum, count| sum + *count as f64);
    if total == 0.0 {
        return Err(Error::NoValues);
    }
    let (whole, rest) = weights.iter().copied().collect::<FloatSum>().parts();
    let mut statistic = FloatSum::default();
    for (count, weight) in observed.iter().zip(weights) {
        // Where counts are large, what is left of observed − expected is in the digits that products drop.
        let count = *count as f64;
        let (scaled, share) = (count * whole, total * weight);
        let dropped = count.mul_add(whole, -scaled) + count * rest - total.mul_add(*weight, -share);
        let residual = (scaled - share) + dropped;
        statistic.add(residual / share * (residual / whole));
    }
    let statistic = statistic.value();
    let p = PValue::from_ln(ChiSquared::new(degrees).ln_upper_tail(statistic));
    let expected = weights.iter().map(|weight| total * (weight / whole)).collect();
    Ok(GoodnessOfFit { statistic, degrees, p, expected })
}

/// The logarithm of how much better counts are explained by some shares, whichever, than by these: the Bayes factor of shares
/// with a Dirichlet prior around `weights`, of `concentration` units, against exactly `weights` (of their sum).
///
/// Its inverse, and its least so far while counts grow, is a p value at any time: under the hypothesis the factor is a
/// martingale of mean 1. Below 0 when the counts speak for the weights.
///
/// With N the sum of counts n and α = concentration · θ, it is ln of Γ(Σα) / Γ(Σα + N) · Π Γ(α + n) / Γ(α) / θⁿ, in parts that
/// do not cancel: off by about 10⁻¹² of the larger of it and 1, for 10⁸ units too.
///
/// M. Lindon, A. Malek, "Anytime-valid inference for multinomial count data", NeurIPS 2022. Agrees with `ssrm_test`'s
/// `sequential_posteriors`.
///
/// # Errors
///
/// As [`goodness_of_fit`], and [`Error::NotPositive`] for a concentration that is not finite and above 0. No units at all are
/// none of the errors: they say nothing, 0.
///
/// # Examples
///
/// ```
/// use audience_stats::ln_bayes_factor_of_shares;
///
/// let ln = ln_bayes_factor_of_shares(&[168, 332], &[0.398, 0.602], 10_000.0)?;
/// assert!((ln - 0.168_037_955).abs() < 1e-9);
/// # Ok::<(), audience_stats::Error>(())
/// ```
pub fn ln_bayes_factor_of_shares(observed: &[u64], weights: &[f64], concentration: f64) -> Result<f64, Error> {
    check(observed, weights)?;
    if !(concentration.is_finite() && concentration > 0.0) {
        return Err(Error::NotPositive { at: 0, value: concentration });
    }
    let whole = weights.iter().copied().collect::<FloatSum>().value();
    let total = observed.iter().fold(0.0, |sum, count| sum + *count as f64);
    let after = concentration + total;
    // ln Γ(x) is x ln x − x − ln(x) / 2, a constant, and what Stirling's formula is off by: the first parts of all make up
    // deviances, the rest are small.
    let mut sum = FloatSum::default();
    for (count, weight) in observed.iter().zip(weights) {
        let share = weight / whole;
        let (prior, count) = (concentration * share, *count as f64);
        let posterior = prior + count;
        sum.add(deviance(posterior, after * share));
        sum.add(-log(posterior / prior) / 2.0);
        sum.add(stirling_error(posterior) - stirling_error(prior));
    }
    sum.add(log(after / concentration) / 2.0);
    sum.add(stirling_error(concentration) - stirling_error(after));
    Ok(sum.value())
}

/// How many values are in each of so many stretches of equal length from `low` to `high`; `high` itself is in the last. With
/// [`goodness_of_fit`] and equal weights: whether values are uniform there.
///
/// # Errors
///
/// [`Error::NotARange`] unless `low` is below `high`, both finite; [`Error::OutOfRange`] for a value outside.
///
/// # Examples
///
/// ```
/// use std::num::NonZeroU32;
/// use audience_stats::{bucket_counts, goodness_of_fit};
///
/// let four = NonZeroU32::new(4).unwrap();
/// let counts = bucket_counts(&[0.0, 0.1, 0.3, 0.5, 0.5, 0.9, 1.0], (0.0, 1.0), four)?;
/// assert_eq!(counts, [2, 1, 2, 2]);
/// assert!(!goodness_of_fit(&counts, &[1.0; 4])?.is_rejected(0.05)?);
/// # Ok::<(), audience_stats::Error>(())
/// ```
pub fn bucket_counts(values: &[f64], (low, high): (f64, f64), buckets: NonZeroU32) -> Result<Vec<u64>, Error> {
    if !(low.is_finite() && high.is_finite() && low < high) {
        return Err(Error::NotARange { low, high });
    }
    let last = buckets.get() as usize - 1;
    let mut counts = vec![0; last + 1];
    for (at, value) in values.iter().enumerate() {
        if !(low..=high).contains(value) {
            return Err(Error::OutOfRange { at, value: *value, low, high });
        }
        // Halves, so that the width of the widest range is a number.
        let place = (value / 2.0 - low / 2.0) / (high / 2.0 - low / 2.0) * f64::from(buckets.get());
        counts[(place as usize).min(last)] += 1;
    }
    Ok(counts)
}

/// The degrees of freedom of so many categories.
fn check(observed: &[u64], weights: &[f64]) -> Result<NonZeroU32, Error> {
    let (expected, found) = (observed.len(), weights.len());
    if expected != found {
        return Err(Error::LengthsDiffer { expected, found });
    }
    let degrees = u32::try_from(expected).unwrap_or(u32::MAX).saturating_sub(1);
    let degrees = NonZeroU32::new(degrees).ok_or(Error::TooFewGroups { groups: expected })?;
    for (at, weight) in weights.iter().enumerate() {
        if !(weight.is_finite() && *weight > 0.0) {
            return Err(Error::NotPositive { at, value: *weight });
        }
    }
    Ok(degrees)
}
