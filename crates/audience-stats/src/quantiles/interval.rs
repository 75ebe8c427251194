//! How sure a quantile is.

use crate::error::Error;
use crate::interval::Confidence;

use super::Distribution;

/// An interval of confidence between two of the values seen. Few values say nothing about the outer quantiles: an end is
/// `None` where even the smallest or the largest of them is not far enough out.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct QuantileInterval {
    /// Its lower end.
    pub low: Option<u64>,
    /// Its upper end.
    pub high: Option<u64>,
}

impl Distribution {
    /// The interval of the quantile `q` between order statistics: how many of n values lie below it is binomial, whatever
    /// their distribution, so that the values of two ranks have it between them often enough. The ranks are those which leave
    /// no more than [`Confidence::tail`] on either side; where values repeat, it is surer than asked.
    ///
    /// It takes values to be independent of each other; with several per viewer it is too narrow. Time and memory grow with the
    /// square root of the number of values.
    ///
    /// W. J. Conover, "Practical Nonparametric Statistics" (1999), section 3.2. Agrees with
    /// `scipy.stats.quantile_test(…).confidence_interval()`.
    ///
    /// # Errors
    ///
    /// [`Error::QuantileOutOfRange`] when `q` is not in 0–1 (or NaN).
    pub fn quantile_interval(&self, q: f64, confidence: Confidence) -> Result<QuantileInterval, Error> {
        if !(0.0..=1.0).contains(&q) {
            return Err(Error::QuantileOutOfRange { q });
        }
        let count = self.count();
        if count == 0 || q == 0.0 || q == 1.0 {
            return Ok(QuantileInterval::default());
        }
        let binomial = Binomial::new(count, q);
        // Of the ranks from 1 on: the value of rank r is above the quantile when fewer than r values are below it.
        let low = binomial.highest_below(confidence.tail());
        let high = binomial.lowest_above(confidence.tail());
        let value = |rank: u64| self.order_statistics(rank).0;
        Ok(QuantileInterval { low: low.map(value), high: high.filter(|rank| *rank < count).map(value) })
    }
}

/// The binomial distribution, as far as it differs from 0.
struct Binomial {
    /// The least number of successes in it.
    first: u64,
    /// The probability of each number from there on.
    probabilities: Vec<f64>,
}

impl Binomial {
    /// Of `n` trials that succeed with probability `p`, neither 0 nor 1. Begins at the most probable number and goes on to
    /// both sides by the ratio of neighbours, so that nothing overflows.
    fn new(n: u64, p: f64) -> Self {
        const NOTHING: f64 = 1e-20;
        let odds = p / (1.0 - p);
        let mode = (((n as f64 + 1.0) * p) as u64).min(n);
        let mut below = Vec::new();
        let (mut k, mut weight) = (mode, 1.0);
        while k > 0 && weight > NOTHING {
            weight *= k as f64 / ((n - k + 1) as f64 * odds);
            k -= 1;
            below.push(weight);
        }
        let first = k;
        let mut weights: Vec<f64> = below.into_iter().rev().chain([1.0]).collect();
        (k, weight) = (mode, 1.0);
        while k < n && weight > NOTHING {
            weight *= (n - k) as f64 * odds / (k + 1) as f64;
            k += 1;
            weights.push(weight);
        }
        let total: f64 = weights.iter().sum();
        Self { first, probabilities: weights.into_iter().map(|weight| weight / total).collect() }
    }

    /// The largest k for which k or fewer successes have at most this probability.
    fn highest_below(&self, tail: f64) -> Option<u64> {
        let mut sum = 0.0;
        let fits = self.probabilities.iter().take_while(|probability| {
            sum += **probability;
            sum <= tail
        });
        (self.first + fits.count() as u64).checked_sub(1)
    }

    /// The smallest k for which more than k successes have at most this probability.
    fn lowest_above(&self, tail: f64) -> Option<u64> {
        let mut sum = 0.0;
        let fits = self.probabilities.iter().rev().take_while(|probability| {
            sum += **probability;
            sum <= tail
        });
        let fits = fits.count() as u64;
        (self.first + self.probabilities.len() as u64 - fits).checked_sub(1)
    }
}
