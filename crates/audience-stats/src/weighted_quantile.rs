//! Quantiles of values that do not count alike.

use crate::error::Error;
use crate::exact_sum::ExactSum;

/// The quantile `q` of values with weights: the least value whose weight, and that of all smaller ones, is at least a part
/// `q` of the weight of all. See [`WeightedValues`], which has several of the same values.
///
/// # Errors
///
/// As [`WeightedValues::new`] and [`WeightedValues::quantile`].
///
/// # Examples
///
/// ```
/// use audience_stats::weighted_quantile;
///
/// let bitrates = [1.0, 1000.0];
/// let seconds = [99.0, 1.0];
/// assert_eq!(weighted_quantile(&bitrates, &seconds, 0.5)?, 1.0);
/// assert_eq!(weighted_quantile(&bitrates, &seconds, 1.0)?, 1000.0);
/// # Ok::<(), audience_stats::Error>(())
/// ```
pub fn weighted_quantile(values: &[f64], weights: &[f64], q: f64) -> Result<f64, Error> {
    WeightedValues::new(values, weights)?.quantile(q)
}

/// Values in order, with the weight up to each: the inverse of their weighted distribution function.
///
/// A weight is by how much a value counts: seconds at a bitrate, the inverse of the probability to be sampled. Only ratios of
/// weights matter, and those of 0 are as if absent. The quantile is one of the values: that by
/// [`QuantileRule::InvertedCdf`](crate::QuantileRule) if each was there as often as its weight says. Nothing between values
/// has a meaning that holds for weights of any kind; for weights that are counts, see
/// [`QuantileRule::of_counted`](crate::QuantileRule::of_counted).
///
/// Exact: sums of weights and the part `q` of all of them are not rounded, so that where a quantile is at a step it is on the
/// side where the doubles given have it. (The double 0.1 is a little more than a tenth, so of ten weights of 1 it is the
/// second value.) Agrees with the same in fractions of the inputs, and with `numpy.quantile(…, weights=…,
/// method="inverted_cdf")` where that does not round.
#[derive(Clone, Debug)]
pub struct WeightedValues {
    /// In ascending order, with the sum of weights up to it.
    sorted: Vec<(f64, ExactSum)>,
    total: ExactSum,
}

impl WeightedValues {
    /// Of values, each with its weight, in any order.
    ///
    /// # Errors
    ///
    /// [`Error::LengthsDiffer`]; [`Error::NoValues`]; [`Error::NotFinite`] of a value, [`Error::NotAWeight`] of a weight that
    /// is not finite or below 0; [`Error::NoWeight`] when all of them are 0.
    pub fn new(values: &[f64], weights: &[f64]) -> Result<Self, Error> {
        if values.len() != weights.len() {
            return Err(Error::LengthsDiffer { expected: values.len(), found: weights.len() });
        }
        if values.is_empty() {
            return Err(Error::NoValues);
        }
        if let Some(at) = values.iter().position(|value| !value.is_finite()) {
            return Err(Error::NotFinite { at, value: values[at] });
        }
        if let Some(at) = weights.iter().position(|weight| !(weight.is_finite() && *weight >= 0.0)) {
            return Err(Error::NotAWeight { at, weight: weights[at] });
        }
        let mut pairs: Vec<(f64, f64)> = values.iter().copied().zip(weights.iter().copied()).collect();
        pairs.retain(|(_, weight)| *weight > 0.0);
        pairs.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        let mut total = ExactSum::default();
        let mut sorted: Vec<(f64, ExactSum)> = Vec::with_capacity(pairs.len());
        for (value, weight) in pairs {
            total.add(weight, 1);
            match sorted.last_mut() {
                Some(last) if last.0 == value => last.1.clone_from(&total),
                _ => sorted.push((value, total.clone())),
            }
        }
        if sorted.is_empty() { Err(Error::NoWeight) } else { Ok(Self { sorted, total }) }
    }

    /// The least value whose weight with that of all smaller ones is at least `q` of the weight of all; of `q` = 0 the least
    /// that has a weight.
    ///
    /// # Errors
    ///
    /// [`Error::QuantileOutOfRange`] when `q` is not in 0–1 (or NaN).
    pub fn quantile(&self, q: f64) -> Result<f64, Error> {
        if !(0.0..=1.0).contains(&q) {
            return Err(Error::QuantileOutOfRange { q });
        }
        let at = self.sorted.partition_point(|(_, up_to)| !up_to.is_at_least(q, &self.total));
        Ok(self.sorted[at.min(self.sorted.len() - 1)].0)
    }
}
