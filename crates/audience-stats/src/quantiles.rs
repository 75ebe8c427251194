//! Exact quantiles of whole numbers.

mod interval;
mod rule;

pub use interval::QuantileInterval;
pub use rule::QuantileRule;

use crate::error::Error;
use crate::{Accumulator, Merge};

/// Exact quantiles: a multiset of whole numbers (milliseconds, counts).
///
/// Memory grows with the number of *different* values, at 16 bytes each, so a day of start-up times in milliseconds
/// costs less than a megabyte however many sessions there are.
///
/// # Examples
///
/// ```
/// use audience_stats::{Accumulator, Quantiles};
///
/// let mut startup = Quantiles::new();
/// startup.observe_all(&[400, 100, 300, 200]);
/// assert_eq!(startup.summary().quantile(0.5)?, Some(250.0));
/// # Ok::<(), audience_stats::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(from = "Distribution", into = "Distribution"))]
pub struct Quantiles {
    /// Different values in ascending order, each with its count.
    counted: Vec<(u64, u64)>,
    /// Values not yet counted in, each with its count.
    recent: Vec<(u64, u64)>,
}

/// The values seen by [`Quantiles`], in order.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Distribution {
    /// Different values in ascending order, each with how often it was seen (at least once).
    pub counted: Vec<(u64, u64)>,
}

impl Quantiles {
    /// Nothing seen yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Bytes held, for reports of memory.
    pub fn size_bytes(&self) -> usize {
        (self.counted.capacity() + self.recent.capacity()) * size_of::<(u64, u64)>()
    }

    /// Takes `value` in `times` times.
    pub fn observe_times(&mut self, value: u64, times: u64) {
        if times == 0 {
            return;
        }
        // The same again is frequent: sessions that did not wait.
        if let Some((_, count)) = self.recent.last_mut().filter(|(last, _)| *last == value) {
            *count = count.saturating_add(times);
            return;
        }
        self.recent.push((value, times));
        // Counting in as often as the multiset doubles keeps the cost per value at O(log n).
        if self.recent.len() >= 4096 && self.recent.len() > self.counted.len() {
            self.count_in();
        }
    }

    fn count_in(&mut self) {
        if !self.recent.is_empty() {
            self.counted = merge_counted(&self.counted, &counted(&mut self.recent));
            self.recent.clear();
        }
    }
}

impl Merge for Quantiles {
    fn merge(&mut self, other: Self) {
        if !other.counted.is_empty() {
            self.counted = merge_counted(&self.counted, &other.counted);
        }
        self.recent.extend(other.recent);
        if self.recent.len() > self.counted.len().max(64) {
            self.count_in();
        }
    }
}

impl Accumulator for Quantiles {
    type Item = u64;
    type Summary = Distribution;

    fn observe(&mut self, value: &u64) {
        self.observe_times(*value, 1);
    }

    fn summary(&self) -> Distribution {
        Distribution { counted: merge_counted(&self.counted, &counted(&mut self.recent.clone())) }
    }
}

impl From<Quantiles> for Distribution {
    fn from(mut quantiles: Quantiles) -> Self {
        quantiles.count_in();
        Self { counted: quantiles.counted }
    }
}

/// Takes the values in any order, and the same value several times.
impl From<Distribution> for Quantiles {
    fn from(mut distribution: Distribution) -> Self {
        distribution.counted.retain(|&(_, count)| count > 0);
        Self { counted: counted(&mut distribution.counted), recent: Vec::new() }
    }
}

#[cfg(feature = "serde")]
impl crate::Portable for Quantiles {
    fn fingerprint(&self) -> u64 {
        crate::fingerprint_of("audience.quantiles/1", &())
    }

    fn size_bytes(&self) -> usize {
        self.size_bytes()
    }
}

impl Distribution {
    /// How many values were seen.
    pub fn count(&self) -> u64 {
        self.counted.iter().fold(0, |sum, &(_, count)| sum.saturating_add(count))
    }

    /// The values from the smallest on, each with how often it was seen.
    pub fn counts(&self) -> impl ExactSizeIterator<Item = (u64, u64)> + '_ {
        self.counted.iter().copied()
    }

    /// The sum of all values.
    pub fn sum(&self) -> u128 {
        let products = self.counted.iter().map(|&(value, count)| u128::from(value) * u128::from(count));
        products.fold(0, u128::saturating_add)
    }

    /// The mean; `None` when nothing was seen.
    pub fn mean(&self) -> Option<f64> {
        let count = self.count();
        (count > 0).then(|| self.sum() as f64 / count as f64)
    }

    /// The smallest value.
    pub fn min(&self) -> Option<u64> {
        self.counted.first().map(|&(value, _)| value)
    }

    /// The largest value.
    pub fn max(&self) -> Option<u64> {
        self.counted.last().map(|&(value, _)| value)
    }

    /// The quantile `q`, linear between order statistics: with h = (n − 1) q, the value at ⌊h⌋ plus the fraction of h
    /// towards the next. This is definition 7 of Hyndman and Fan (1996), what `quantile_cont` of DuckDB and
    /// `numpy.quantile` compute. `None` when nothing was seen.
    ///
    /// # Errors
    ///
    /// [`Error::QuantileOutOfRange`] when `q` is not in 0–1 (or NaN).
    pub fn quantile(&self, q: f64) -> Result<Option<f64>, Error> {
        if !(0.0..=1.0).contains(&q) {
            return Err(Error::QuantileOutOfRange { q });
        }
        let count = self.count();
        if count == 0 {
            return Ok(None);
        }
        let h = (count - 1) as f64 * q;
        let below = h.floor();
        let (low, high) = self.order_statistics(below as u64);
        Ok(Some(low as f64 + (h - below) * (high - low) as f64))
    }

    /// The median; `None` when nothing was seen.
    pub fn median(&self) -> Option<f64> {
        self.quantile(0.5).ok().flatten()
    }

    /// The values of rank `rank` (from 0) and of the rank after it (the same at the end).
    fn order_statistics(&self, rank: u64) -> (u64, u64) {
        let mut passed: u64 = 0;
        let mut values = self.counted.iter();
        for &(value, count) in values.by_ref() {
            passed = passed.saturating_add(count);
            if passed > rank.saturating_add(1) {
                return (value, value);
            }
            if passed == rank.saturating_add(1) {
                return (value, values.next().map_or(value, |&(next, _)| next));
            }
        }
        let last = self.max().unwrap_or(0);
        (last, last)
    }
}

/// The multiset of values in any order, each with a count.
fn counted(values: &mut [(u64, u64)]) -> Vec<(u64, u64)> {
    values.sort_unstable();
    let mut out: Vec<(u64, u64)> = Vec::with_capacity(values.len());
    for &(value, count) in values.iter() {
        count_one(&mut out, value, count);
    }
    out
}

/// Adds a value that is no smaller than those before it.
fn count_one(out: &mut Vec<(u64, u64)>, value: u64, count: u64) {
    match out.last_mut() {
        Some(last) if last.0 == value => last.1 = last.1.saturating_add(count),
        _ => out.push((value, count)),
    }
}

fn merge_counted(a: &[(u64, u64)], b: &[(u64, u64)]) -> Vec<(u64, u64)> {
    let mut out: Vec<(u64, u64)> = Vec::with_capacity(a.len() + b.len());
    let (mut a, mut b) = (a.iter().copied().peekable(), b.iter().copied().peekable());
    loop {
        let next = match (a.peek(), b.peek()) {
            (Some(x), Some(y)) if x.0 <= y.0 => a.next(),
            (_, Some(_)) => b.next(),
            (_, None) => a.next(),
        };
        let Some((value, count)) = next else { return out };
        count_one(&mut out, value, count);
    }
}
