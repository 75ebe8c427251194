//! What one arm says of a metric.

use audience_stats::Moments;

use crate::refusal::Refusal;

/// What the units of one arm say of a metric, whatever the metric is: a number, and how it would vary if it were of one unit.
///
/// Everything that compares arms starts from two of these, so that a new kind of metric is a new way to make one.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ArmEstimate {
    /// Units in the arm.
    pub units: u64,
    /// The metric.
    pub value: f64,
    /// The variance of one unit: the squared standard error of the value is this by the number of units.
    pub variance: f64,
    /// What the metric is without adjustment, in which relative differences are measured.
    pub level: f64,
    /// The variance of one unit of it.
    pub level_variance: f64,
    /// The covariance of one unit of the value and the level.
    pub level_covariance: f64,
}

impl ArmEstimate {
    /// Of a metric without adjustment.
    pub const fn new(units: u64, value: f64, variance: f64) -> Self {
        Self { units, value, variance, level: value, level_variance: variance, level_covariance: variance }
    }

    /// The mean of a quantity, such as watch time for each viewer.
    ///
    /// # Errors
    ///
    /// [`Refusal::TooFewUnits`] when there is no variance of one.
    ///
    /// # Panics
    ///
    /// When there is no such quantity, which is a bug in the program.
    pub fn mean(moments: &Moments, quantity: usize) -> Result<Self, Refusal> {
        let variance = moments.variance(quantity).ok_or(Refusal::TooFewUnits { units: moments.units(), needed: 2 })?;
        Ok(Self::new(moments.units(), moments.mean(quantity), variance))
    }

    /// The ratio of the sums of two quantities, such as stalled time by viewing time, with its variance over units by the delta
    /// method: v₁ / d² + v₂ m² / d⁴ − 2 c m / d³ for means m, d, variances v and covariance c.
    ///
    /// A. Deng, U. Knoblich, J. Lu, "Applying the delta method in metric analytics", KDD 2018.
    ///
    /// # Errors
    ///
    /// [`Refusal::ZeroDenominator`] when the second is 0 on average; [`Refusal::TooFewUnits`] of one unit.
    ///
    /// # Panics
    ///
    /// When there is no such quantity, which is a bug in the program.
    pub fn ratio(moments: &Moments, numerator: usize, denominator: usize) -> Result<Self, Refusal> {
        let (value, gradient) = Functional::Ratio(numerator, denominator).of(moments)?;
        let variance =
            moments.variance_of(&gradient).ok_or(Refusal::TooFewUnits { units: moments.units(), needed: 2 })?;
        Ok(Self::new(moments.units(), value, variance))
    }

    /// The metric times a number, such as in another unit.
    #[must_use]
    pub fn scaled(&self, by: f64) -> Self {
        let square = by * by;
        Self {
            units: self.units,
            value: by * self.value,
            variance: square * self.variance,
            level: by * self.level,
            level_variance: square * self.level_variance,
            level_covariance: square * self.level_covariance,
        }
    }

    /// The squared standard error of the value.
    pub fn squared_error(&self) -> f64 {
        self.variance / self.units as f64
    }

    /// How many standard errors the level is from 0; infinite when units do not vary.
    pub fn distance_from_zero(&self) -> f64 {
        if self.level == 0.0 { 0.0 } else { self.level.abs() / (self.level_variance / self.units as f64).sqrt() }
    }

    /// What the control adds to the squared standard error of a relative difference, where the treatment has `other`.
    pub(super) fn relative_squared_error(&self, other: f64) -> f64 {
        let level = self.level.abs();
        let difference = (other - self.level) / self.level;
        let variance =
            self.variance + 2.0 * self.level_covariance * difference + self.level_variance * difference * difference;
        variance / (level * level * self.units as f64)
    }
}

/// A number made of the means of quantities.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Functional {
    /// The mean of this quantity.
    Mean(usize),
    /// The mean of the first by that of the second: the ratio of their sums.
    Ratio(usize, usize),
}

impl Functional {
    /// What it is, and its derivatives by the mean of each quantity.
    pub(crate) fn of(self, moments: &Moments) -> Result<(f64, Vec<f64>), Refusal> {
        let mut gradient = vec![0.0; moments.quantities()];
        match self {
            Self::Mean(quantity) => {
                gradient[quantity] = 1.0;
                Ok((moments.mean(quantity), gradient))
            }
            Self::Ratio(numerator, denominator) => {
                let (m, d) = (moments.mean(numerator), moments.mean(denominator));
                if d == 0.0 {
                    return Err(Refusal::ZeroDenominator);
                }
                gradient[numerator] += 1.0 / d;
                gradient[denominator] -= m / d / d;
                Ok((m / d, gradient))
            }
        }
    }
}
