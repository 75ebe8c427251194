//! Quantiles of events, whose units have several each.

use audience_stats::{Distribution, Moments, Z_95};

use crate::effect::ArmEstimate;
use crate::refusal::Refusal;

/// A quantile of the values of one arm, with the values on both sides of it that say how sure it is.
///
/// The values are those at the levels ν ± 1.96 √(ν (1 − ν) / n*), where n* is the number of values, or another one if another
/// system took them so.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct QuantileSample {
    /// The number of values.
    pub values: u64,
    /// The number of values that `lower` and `upper` were taken for.
    pub taken_for: u64,
    /// The level of the quantile, between 0 and 1.
    pub level: f64,
    /// The quantile.
    pub quantile: f64,
    /// The value at the lower level.
    pub lower: f64,
    /// The value at the upper level.
    pub upper: f64,
}

impl ArmEstimate {
    /// A quantile of values, with a variance from the distance between two others: (n* / n) (n − 1) ((upper − lower) / (2 · 1.96))².
    /// It is of one value, so that values are the units here: see [`in_units`](Self::in_units).
    ///
    /// Values are taken to be independent of each other, unless `clusters` says how they hang together: the moments, over units, of
    /// how many of a unit's values are at most the quantile, and of how many it has. Then the variance is larger by as much as that
    /// of the ratio of the two is larger than ν (1 − ν) / n.
    ///
    /// A. Deng, U. Knoblich, J. Lu, "Applying the delta method in metric analytics", KDD 2018. Agrees with GrowthBook's gbstats,
    /// which takes the variance of 100 values or more to be at least 10⁻⁵.
    ///
    /// # Errors
    ///
    /// [`Refusal::TooFewValues`] when one of the levels on both sides is beyond 0 or 1; [`Refusal::NoVariance`] when less than a
    /// thousand values do not differ; [`Refusal::TooFewUnits`] with one cluster; [`Refusal::ZeroDenominator`] when clusters have
    /// no values.
    pub fn quantile(sample: &QuantileSample, clusters: Option<&Moments>) -> Result<Self, Refusal> {
        let QuantileSample { values, taken_for, level, quantile, lower, upper } = *sample;
        let n = values as f64;
        let odds = level / (1.0 - level);
        if n <= Z_95 * Z_95 * odds.max(1.0 / odds) {
            return Err(Refusal::TooFewValues { level, values });
        }
        let error = (upper - lower) / (2.0 * Z_95);
        let mut variance = taken_for as f64 / n * (n - 1.0) * error * error;
        if let Some(clusters) = clusters {
            let ratio = Self::ratio(clusters, 0, 1)?;
            variance *= ratio.squared_error() / (level * (1.0 - level) / n);
        }
        if variance <= 0.0 && values < 1000 {
            return Err(Refusal::NoVariance);
        }
        Ok(Self::new(values, quantile, if values < 100 { variance } else { variance.max(1e-5) }))
    }

    /// The same with the same standard error, of another number of units: that of clusters, where clusters are what varies.
    #[must_use]
    pub fn in_units(self, units: u64) -> Self {
        let by = |variance: f64| variance * units as f64 / self.units as f64;
        Self {
            units,
            variance: by(self.variance),
            level_variance: by(self.level_variance),
            level_covariance: by(self.level_covariance),
            ..self
        }
    }
}

/// A quantile of values that hang together by unit, whatever they do within one: by the values at the levels ν ± 1.96 σ, where
/// σ² is the variance over units of the share of values that are at most the quantile. Its units are those of `clusters`, the
/// moments, over units, of how many of a unit's values are at most the quantile, and of how many it has.
///
/// A. Deng, U. Knoblich, J. Lu, "Applying the delta method in metric analytics", KDD 2018, section 4.2, the "outer" interval.
///
/// # Errors
///
/// [`Refusal::TooFewValues`] when one of the levels on both sides is not between 0 and 1; [`Refusal::TooFewUnits`] and
/// [`Refusal::ZeroDenominator`] as [`ArmEstimate::ratio`].
pub fn clustered_quantile(values: &Distribution, clusters: &Moments, level: f64) -> Result<ArmEstimate, Refusal> {
    let reach = Z_95 * ArmEstimate::ratio(clusters, 0, 1)?.squared_error().sqrt();
    let refused = Refusal::TooFewValues { level, values: values.count() };
    let (low, high) = (level - reach, level + reach);
    if low <= 0.0 || high >= 1.0 {
        return Err(refused);
    }
    let at = |level: f64| values.order_statistic(level).map(|value| value as f64).ok_or(refused);
    let error = (at(high)? - at(low)?) / (2.0 * Z_95);
    Ok(ArmEstimate::new(clusters.units(), at(level)?, error * error * clusters.units() as f64))
}
