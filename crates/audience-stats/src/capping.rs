//! Values that are too large to be taken at their word: capped, pulled in or left out.

use crate::error::Error;
use crate::float_sum::FloatSum;
use crate::quantiles::{Distribution, QuantileRule};

/// Whether values of 0 count for where a cap lies.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Zeros {
    /// As all others.
    #[default]
    Counted,
    /// The cap is a quantile of the values that are not 0: where most units do nothing, a quantile of all of them says little
    /// about those who do. Units of 0 still count in the mean.
    Ignored,
}

/// Where values are capped: at a quantile of their own.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Cap {
    /// The quantile, 0–1, such as 0.999.
    pub level: f64,
    /// What lies between values.
    pub rule: QuantileRule,
    /// Whether values of 0 count for it.
    pub zeros: Zeros,
}

/// What became of values that were capped.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Capped {
    /// What larger values count for.
    pub cap: f64,
    /// How many are larger.
    pub above: u64,
    /// The mean of all values, each at most the cap.
    pub mean: f64,
}

impl Cap {
    /// The cap of values and their mean under it. `None` when there is no value that counts for it.
    ///
    /// Arms of an experiment must have *one* cap, taken over both together: caps of their own hide a difference in the tail.
    /// A mean under a cap is no estimate of the mean: it is lower where the tail is on the upper side, the more the lower the
    /// cap.
    ///
    /// Agrees with `numpy.minimum(values, numpy.quantile(values, level, method=…)).mean()`.
    ///
    /// # Errors
    ///
    /// [`Error::NotFinite`] for a value; [`Error::QuantileOutOfRange`] when the level is not from 0 to 1.
    ///
    /// # Examples
    ///
    /// ```
    /// use audience_stats::{Cap, QuantileRule, Zeros};
    ///
    /// let cap = Cap { level: 0.5, rule: QuantileRule::Linear, zeros: Zeros::Ignored };
    /// let capped = cap.of(&[0.0, 0.0, 1.0, 2.0, 30.0])?.unwrap();
    /// assert_eq!((capped.cap, capped.above, capped.mean), (2.0, 1, 1.0));
    /// # Ok::<(), audience_stats::Error>(())
    /// ```
    pub fn of(&self, values: &[f64]) -> Result<Option<Capped>, Error> {
        let mut sorted = sorted(values)?;
        if self.zeros == Zeros::Ignored {
            sorted.retain(|value| *value != 0.0);
        }
        let Some(cap) = self.rule.of_sorted(&sorted, self.level)? else { return Ok(None) };
        let sum: FloatSum = values.iter().map(|value| value.min(cap)).collect();
        let above = values.iter().filter(|value| **value > cap).count() as u64;
        Ok(Some(Capped { cap, above, mean: sum.value() / values.len() as f64 }))
    }

    /// The same of a multiset of whole numbers, whose sums are exact: of merged parts as of the whole.
    ///
    /// # Errors
    ///
    /// [`Error::QuantileOutOfRange`] when the level is not from 0 to 1.
    pub fn of_distribution(&self, values: &Distribution) -> Result<Option<Capped>, Error> {
        let counting = match self.zeros {
            Zeros::Counted => values.quantile_by(self.rule, self.level)?,
            Zeros::Ignored => {
                let counted = values.counts().filter(|(value, _)| *value != 0).collect();
                Distribution { counted }.quantile_by(self.rule, self.level)?
            }
        };
        let Some(cap) = counting else { return Ok(None) };
        let below = |(value, _): &(u64, u64)| *value as f64 <= cap;
        let sum = values.counts().filter(below).map(|(value, count)| u128::from(value) * u128::from(count));
        let sum = sum.fold(0, u128::saturating_add);
        let above: u64 = values.counts().filter(|item| !below(item)).map(|(_, count)| count).sum();
        let mean = (sum as f64 + above as f64 * cap) / values.count() as f64;
        Ok(Some(Capped { cap, above, mean }))
    }
}

/// Values in the order given, where the lowest part `low` of them is pulled up to the next that is not in it, and the highest
/// part `high` down: by whole order statistics, ⌊low n⌋ and ⌊high n⌋ of n.
///
/// Agrees with `scipy.stats.mstats.winsorize`.
///
/// # Errors
///
/// [`Error::NotFinite`] for a value; [`Error::NothingLeft`] unless both parts are at least 0 and together less than 1.
///
/// # Examples
///
/// ```
/// assert_eq!(audience_stats::winsorize(&[7.0, 1.0, 3.0, 90.0], 0.25, 0.25)?, [7.0, 3.0, 3.0, 7.0]);
/// # Ok::<(), audience_stats::Error>(())
/// ```
pub fn winsorize(values: &[f64], low: f64, high: f64) -> Result<Vec<f64>, Error> {
    let sorted = sorted(values)?;
    let (first, end) = kept(sorted.len(), low, high)?;
    Ok(match sorted.get(first..end) {
        Some([least, .., most]) => values.iter().map(|value| value.clamp(*least, *most)).collect(),
        Some([only]) => vec![*only; values.len()],
        _ => values.to_vec(),
    })
}

/// The mean of values without the lowest and the highest part `each` of them: ⌊each · n⌋ of n on either side. `None` of
/// nothing. Agrees with `scipy.stats.trim_mean`.
///
/// It estimates the mean of the middle, which is the mean of all only where both sides are alike.
///
/// # Errors
///
/// [`Error::NotFinite`] for a value; [`Error::NothingLeft`] unless `each` is at least 0 and less than a half.
pub fn trimmed_mean(values: &[f64], each: f64) -> Result<Option<f64>, Error> {
    let sorted = sorted(values)?;
    let (first, end) = kept(sorted.len(), each, each)?;
    let kept = &sorted[first..end];
    let sum: FloatSum = kept.iter().copied().collect();
    Ok((!kept.is_empty()).then(|| sum.value() / kept.len() as f64))
}

/// From which to before which of so many values in order are left when these parts are cut off.
pub(crate) fn kept(count: usize, low: f64, high: f64) -> Result<(usize, usize), Error> {
    if !(low >= 0.0 && high >= 0.0 && low + high < 1.0) {
        return Err(Error::NothingLeft { low, high });
    }
    let part = |share: f64| (share * count as f64) as usize;
    Ok((part(low), count - part(high)))
}

/// Values in ascending order.
pub(crate) fn sorted(values: &[f64]) -> Result<Vec<f64>, Error> {
    if let Some(at) = values.iter().position(|value| !value.is_finite()) {
        return Err(Error::NotFinite { at, value: values[at] });
    }
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    Ok(sorted)
}
