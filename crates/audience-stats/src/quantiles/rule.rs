//! Rules for what lies between order statistics.

use crate::error::Error;

use super::Distribution;

/// Where the quantile q of n values lies between them in order.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum QuantileRule {
    /// At (n − 1) q from the first on, linear between neighbours: definition 7 of Hyndman and Fan (1996), what
    /// [`Distribution::quantile`] has.
    #[default]
    Linear,
    /// The least value that a part q of all is no larger than: definition 1. Always one of the values.
    InvertedCdf,
    /// At n q − 1 + (1 + q) / 3, linear between neighbours: definition 8, about unbiased for the median of the quantile
    /// whatever the distribution, and therefore farther out than the others with few values.
    MedianUnbiased,
    /// At n q − 1/2, linear between neighbours: definition 5, A. Hazen's of 1914. Each value is the middle of its share.
    Hazen,
    /// At (n + 1) q − 1, linear between neighbours: definition 6, W. Weibull's of 1939. A next value is below the quantile with
    /// probability q, whatever the distribution.
    Weibull,
}

impl QuantileRule {
    /// The quantile `q` of values in ascending order. `None` of nothing. Agrees with `numpy.quantile` of the methods `linear`,
    /// `inverted_cdf`, `median_unbiased`, `hazen` and `weibull`.
    ///
    /// # Errors
    ///
    /// [`Error::QuantileOutOfRange`] when `q` is not in 0–1 (or NaN).
    ///
    /// # Examples
    ///
    /// ```
    /// use audience_stats::QuantileRule;
    ///
    /// let sorted = [1.0, 2.0, 4.0, 8.0];
    /// assert_eq!(QuantileRule::Linear.of_sorted(&sorted, 0.75)?, Some(5.0));
    /// assert_eq!(QuantileRule::InvertedCdf.of_sorted(&sorted, 0.75)?, Some(4.0));
    /// # Ok::<(), audience_stats::Error>(())
    /// ```
    pub fn of_sorted(self, sorted: &[f64], q: f64) -> Result<Option<f64>, Error> {
        let Some((below, part)) = self.place(sorted.len() as u64, q)? else { return Ok(None) };
        let low = sorted[below as usize];
        let high = sorted[(below as usize + 1).min(sorted.len() - 1)];
        Ok(Some(between(low, high, part)))
    }

    /// The quantile `q` of values in ascending order, of which each is there as often as its count says, without writing them out. Counts
    /// of 0 are as if absent. `None` of nothing.
    ///
    /// # Errors
    ///
    /// [`Error::QuantileOutOfRange`] when `q` is not in 0–1 (or NaN).
    ///
    /// # Examples
    ///
    /// ```
    /// use audience_stats::QuantileRule;
    ///
    /// // 1, 1, 1, 9.
    /// assert_eq!(QuantileRule::Linear.of_counted(&[(1.0, 3), (9.0, 1)], 0.75)?, Some(3.0));
    /// # Ok::<(), audience_stats::Error>(())
    /// ```
    pub fn of_counted(self, counted: &[(f64, u64)], q: f64) -> Result<Option<f64>, Error> {
        let count = counted.iter().fold(0, |sum: u64, (_, count)| sum.saturating_add(*count));
        let Some((below, part)) = self.place(count, q)? else { return Ok(None) };
        let at = |rank: u64| {
            let mut passed: u64 = 0;
            let found = counted.iter().find(|(_, count)| {
                passed = passed.saturating_add(*count);
                passed > rank
            });
            found.map(|(value, _)| *value)
        };
        Ok(at(below).map(|low| between(low, at(below + 1).unwrap_or(low), part)))
    }

    /// Between which order statistic, from 0, and the next the quantile of so many values is, and which part of the way.
    fn place(self, count: u64, q: f64) -> Result<Option<(u64, f64)>, Error> {
        if !(0.0..=1.0).contains(&q) {
            return Err(Error::QuantileOutOfRange { q });
        }
        let Some(last) = count.checked_sub(1) else { return Ok(None) };
        let n = count as f64;
        let at = match self {
            Self::Linear => (n - 1.0) * q,
            Self::InvertedCdf => (n * q).ceil() - 1.0,
            Self::MedianUnbiased => n * q + (1.0 / 3.0 + q / 3.0) - 1.0,
            Self::Hazen => n * q - 0.5,
            Self::Weibull => n * q + q - 1.0,
        };
        let at = at.clamp(0.0, last as f64);
        Ok(Some((at.floor() as u64, at - at.floor())))
    }
}

/// This part of the way from one to the other, which is no smaller.
fn between(low: f64, high: f64, part: f64) -> f64 {
    if part == 0.0 { low } else { low + part * (high - low) }
}

impl Distribution {
    /// The quantile `q` by this rule; `None` when nothing was seen. By [`QuantileRule::Linear`] it is
    /// [`quantile`](Self::quantile).
    ///
    /// # Errors
    ///
    /// [`Error::QuantileOutOfRange`] when `q` is not in 0–1 (or NaN).
    pub fn quantile_by(&self, rule: QuantileRule, q: f64) -> Result<Option<f64>, Error> {
        let Some((below, part)) = rule.place(self.count(), q)? else { return Ok(None) };
        let (low, high) = self.order_statistics(below);
        Ok(Some(low as f64 + part * (high - low) as f64))
    }

    /// The least value that at least a part `q` of all is no larger than, which is the quantile by [`QuantileRule::InvertedCdf`] as
    /// the whole number it is. `None` when nothing was seen, or `q` is not in 0–1.
    pub fn order_statistic(&self, q: f64) -> Option<u64> {
        let (rank, _) = QuantileRule::InvertedCdf.place(self.count(), q).ok()??;
        Some(self.order_statistics(rank).0)
    }
}
