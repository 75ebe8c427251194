//! Means, variances and covariances.

use crate::error::Error;

/// What variances and covariances are divided by.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Divisor {
    /// The number of units less one: what makes the variance of a sample right on average.
    #[default]
    UnitsLessOne,
    /// The number of units: then a quantity that is 0 or 1 has the variance p (1 − p).
    Units,
}

/// Means and covariances of some quantities of the same units.
///
/// They are kept centred: of a quantity near 10⁹ that varies by 1, the variance is right.
///
/// # Examples
///
/// ```
/// use audience_stats::Moments;
///
/// let moments = Moments::of(&[&[1.0, 2.0, 3.0], &[2.0, 4.0, 9.0]])?;
/// assert_eq!((moments.mean(1), moments.variance(0), moments.covariance(0, 1)), (5.0, Some(1.0), Some(3.5)));
/// # Ok::<(), audience_stats::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Moments {
    units: u64,
    divisor: Divisor,
    means: Vec<f64>,
    /// Sums of products of distances from the means, row by row.
    scatter: Vec<f64>,
}

impl Moments {
    /// Of these values of each quantity, unit by unit.
    ///
    /// # Errors
    ///
    /// [`Error::LengthsDiffer`] when quantities have not the same number of values; [`Error::NotFinite`] when one is not
    /// finite; [`Error::NoValues`] without any.
    pub fn of(quantities: &[&[f64]]) -> Result<Self, Error> {
        let units = quantities.first().map_or(0, |values| values.len());
        if units == 0 {
            return Err(Error::NoValues);
        }
        for values in quantities {
            if values.len() != units {
                return Err(Error::LengthsDiffer { expected: units, found: values.len() });
            }
            if let Some((at, value)) = values.iter().enumerate().find(|(_, value)| !value.is_finite()) {
                return Err(Error::NotFinite { at, value: *value });
            }
        }
        let mean = |values: &&[f64]| {
            let first = values.iter().sum::<f64>() / units as f64;
            // What rounding left of the sum.
            first + values.iter().map(|value| value - first).sum::<f64>() / units as f64
        };
        let means: Vec<f64> = quantities.iter().map(mean).collect();
        let mut scatter = Vec::with_capacity(means.len() * means.len());
        for (x, x_mean) in quantities.iter().zip(&means) {
            for (y, y_mean) in quantities.iter().zip(&means) {
                scatter.push(x.iter().zip(*y).map(|(x, y)| (x - x_mean) * (y - y_mean)).sum());
            }
        }
        Ok(Self { units: units as u64, divisor: Divisor::UnitsLessOne, means, scatter })
    }

    /// From sums of the quantities, and of their products: for each quantity, those with itself and with those after it, one
    /// quantity after the other.
    ///
    /// Where values vary little around a large mean, sums of squares have lost what variances need: these are then negative or
    /// nothing. [`CrossSums`](crate::CrossSums) of whole numbers and [`Moments::of`] have lost nothing.
    ///
    /// # Errors
    ///
    /// [`Error::NoValues`] of no units; [`Error::LengthsDiffer`] when there are not k (k + 1) / 2 products for k sums;
    /// [`Error::NotFinite`] when one is not finite.
    pub fn from_sums(units: u64, sums: &[f64], products: &[f64]) -> Result<Self, Error> {
        if units == 0 || sums.is_empty() {
            return Err(Error::NoValues);
        }
        let expected = sums.len() * (sums.len() + 1) / 2;
        if products.len() != expected {
            return Err(Error::LengthsDiffer { expected, found: products.len() });
        }
        let all = sums.iter().chain(products);
        if let Some((at, value)) = all.enumerate().find(|(_, value)| !value.is_finite()) {
            return Err(Error::NotFinite { at, value: *value });
        }
        let n = units as f64;
        let means = sums.iter().map(|sum| sum / n).collect();
        Ok(Self::from_triangle(units, means, products.iter().copied(), |x, y, product| product - sums[x] * sums[y] / n))
    }

    /// From means and what `scatter` makes of each value of a triangle of pairs.
    pub(crate) fn from_triangle<T>(
        units: u64,
        means: Vec<f64>,
        triangle: impl Iterator<Item = T>,
        scatter: impl Fn(usize, usize, T) -> f64,
    ) -> Self {
        let k = means.len();
        let mut moments = Self { units, divisor: Divisor::UnitsLessOne, means, scatter: vec![0.0; k * k] };
        let pairs = (0..k).flat_map(|x| (x..k).map(move |y| (x, y)));
        for ((x, y), value) in pairs.zip(triangle) {
            let scatter = scatter(x, y, value);
            moments.scatter[x * k + y] = scatter;
            moments.scatter[y * k + x] = scatter;
        }
        moments
    }

    /// The same with variances divided otherwise.
    #[must_use]
    pub fn divided_by(self, divisor: Divisor) -> Self {
        Self { divisor, ..self }
    }

    /// The number of units.
    pub const fn units(&self) -> u64 {
        self.units
    }

    /// The number of quantities.
    pub fn quantities(&self) -> usize {
        self.means.len()
    }

    /// The mean of a quantity.
    ///
    /// # Panics
    ///
    /// When there is no such quantity, which is a bug in the program, here as below.
    pub fn mean(&self, quantity: usize) -> f64 {
        self.means[quantity]
    }

    /// The variance of a quantity over units; `None` of one unit, unless [`divided by units`](Divisor::Units). From sums that
    /// have lost it, it may come out below 0.
    pub fn variance(&self, quantity: usize) -> Option<f64> {
        self.covariance(quantity, quantity)
    }

    /// The covariance of two quantities over units; `None` like the variance.
    pub fn covariance(&self, one: usize, other: usize) -> Option<f64> {
        self.divide(self.scatter(one, other))
    }

    /// The sum over units of products of how far two quantities are from their means.
    ///
    /// # Panics
    ///
    /// When there is no such quantity.
    pub fn scatter(&self, one: usize, other: usize) -> f64 {
        assert!(
            one < self.means.len() && other < self.means.len(),
            "quantities {one} and {other} of {}",
            self.means.len()
        );
        self.scatter[one * self.means.len() + other]
    }

    /// The variance of a weighted sum of the quantities, one weight each: wᵀ Σ w.
    pub fn variance_of(&self, weights: &[f64]) -> Option<f64> {
        self.covariance_of(weights, weights)
    }

    /// The covariance of two weighted sums of the quantities.
    ///
    /// # Panics
    ///
    /// When there is not one weight for each quantity.
    pub fn covariance_of(&self, one: &[f64], other: &[f64]) -> Option<f64> {
        let k = self.means.len();
        assert!(one.len() == k && other.len() == k, "{} and {} weights of {k} quantities", one.len(), other.len());
        let mut sum = 0.0;
        for (row, x) in self.scatter.chunks_exact(k).zip(one) {
            sum += x * row.iter().zip(other).map(|(scatter, y)| scatter * y).sum::<f64>();
        }
        self.divide(sum)
    }

    /// Of the units of both.
    ///
    /// # Panics
    ///
    /// When they are not of the same quantities, divided alike, which is a bug in the program.
    #[must_use]
    pub fn pooled(&self, other: &Self) -> Self {
        let k = self.means.len();
        assert_eq!((k, self.divisor), (other.means.len(), other.divisor), "moments of other quantities");
        let (n, own, others) = ((self.units + other.units) as f64, self.units as f64, other.units as f64);
        let apart: Vec<f64> = self.means.iter().zip(&other.means).map(|(own, other)| other - own).collect();
        let means = self.means.iter().zip(&apart).map(|(mean, apart)| mean + apart * (others / n)).collect();
        let between = |x: usize, y: usize| apart[x] * apart[y] * (own / n * others);
        let sum = |at: usize| self.scatter[at] + other.scatter[at] + between(at / k, at % k);
        Self { units: self.units + other.units, divisor: self.divisor, means, scatter: (0..k * k).map(sum).collect() }
    }

    fn divide(&self, scatter: f64) -> Option<f64> {
        let divisor = match self.divisor {
            Divisor::UnitsLessOne => self.units.checked_sub(1)?,
            Divisor::Units => self.units,
        };
        (divisor > 0).then(|| scatter / divisor as f64)
    }
}
