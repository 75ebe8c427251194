//! A straight line through points by least squares.

use crate::error::Error;
use crate::float_sum::FloatSum;
use crate::interval::{Confidence, Interval};
use crate::p_value::PValue;
use crate::student::StudentT;

use super::check_points;
use super::trend::TrendDirection;

/// The line y = a + b x with the least sum of squared residuals, and how sure it is when residuals are independent,
/// normal and of one variance.
///
/// b = Σ (x − x̄)(y − ȳ) / Σ (x − x̄)², a = ȳ − b x̄, residual variance s² = Σ (y − a − b x)² / (n − 2); standard
/// errors are s / √Σ (x − x̄)² of the slope, s √(1 / n + x̄² / Σ (x − x̄)²) of the intercept and s / √n of the height
/// at x̄. (N. R. Draper, H. Smith, Applied Regression Analysis, 3rd ed., 1998, chapter 1.)
///
/// All is computed of distances from the means, in two passes with sums that keep what rounding drops: x can be
/// milliseconds since 1970. Units are those of `y`, and of `y` per `x`. Agrees with exact fractions to a relative
/// 10⁻¹¹, with `scipy.stats.linregress`, and with statsmodels' `OLS` of centred x; that of x far from 0 loses its
/// digits.
///
/// What is not defined is `None`: of two points, all that needs residuals; when all y are equal, t, p and R²; t, when
/// all points lie on the line.
///
/// Days and hours that follow each other are alike: their residuals are not independent, and errors are then larger
/// than those said here. [`MannKendall::first_order`](super::MannKendall::first_order) allows for that.
///
/// # Examples
///
/// ```
/// use audience_stats::{Confidence, LinearRegression};
///
/// let line = LinearRegression::new(&[0.0, 1.0, 2.0], &[1.0, 2.0, 4.0])?;
/// assert_eq!(line.slope(), 1.5);
/// assert!((line.p().unwrap().value() - 0.121_037_718_323_677).abs() < 1e-12);
/// assert!(line.slope_interval(Confidence::P95).unwrap().contains(0.0));
/// # Ok::<(), audience_stats::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct LinearRegression {
    points: u64,
    mean_x: f64,
    mean_y: f64,
    slope: f64,
    /// Sums of squares: of distances of x, of distances of y, of residuals.
    squares_x: f64,
    squares_y: f64,
    residual_squares: f64,
}

impl LinearRegression {
    /// Of these points.
    ///
    /// # Errors
    ///
    /// [`Error::LengthsDiffer`]; [`Error::TooFewValues`] of less than two points; [`Error::NotFinite`] and
    /// [`Error::OutOfRange`] for a value that is not finite or beyond ±10¹⁵⁰; [`Error::AllAtOnePlace`] when all x are
    /// equal, or so near that the square of their distance is 0.
    pub fn new(x: &[f64], y: &[f64]) -> Result<Self, Error> {
        check_points(x, y)?;
        let (mean_x, from_x) = centred(x);
        let (mean_y, from_y) = centred(y);
        let products = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).collect::<FloatSum>().value();
        let squares_x = products(&from_x, &from_x);
        if squares_x < f64::MIN_POSITIVE {
            return Err(Error::AllAtOnePlace { x: mean_x });
        }
        let slope = products(&from_x, &from_y) / squares_x;
        let residuals: Vec<f64> = from_x.iter().zip(&from_y).map(|(x, y)| (-slope).mul_add(*x, *y)).collect();
        Ok(Self {
            points: x.len() as u64,
            mean_x,
            mean_y,
            slope,
            squares_x,
            squares_y: products(&from_y, &from_y),
            // Two points lie on their line, whatever rounding makes of it.
            residual_squares: if x.len() == 2 { 0.0 } else { products(&residuals, &residuals) },
        })
    }

    /// The number of points, n.
    pub const fn points(&self) -> u64 {
        self.points
    }

    /// How much y rises per unit of x.
    pub const fn slope(&self) -> f64 {
        self.slope
    }

    /// The height at x = 0, which is far from the points when x are times.
    pub fn intercept(&self) -> f64 {
        self.at(0.0)
    }

    /// The mean of x.
    pub const fn mean_x(&self) -> f64 {
        self.mean_x
    }

    /// The height at the mean of x, which is the mean of y.
    pub const fn value_at_mean_x(&self) -> f64 {
        self.mean_y
    }

    /// The height at `x`.
    pub fn at(&self, x: f64) -> f64 {
        self.slope.mul_add(x - self.mean_x, self.mean_y)
    }

    /// The number of points less the two that a line takes.
    pub const fn degrees_of_freedom(&self) -> u64 {
        self.points.saturating_sub(2)
    }

    /// The mean square of residuals, over degrees of freedom. `None` of two points.
    pub fn residual_variance(&self) -> Option<f64> {
        let degrees = self.degrees_of_freedom();
        (degrees > 0).then(|| self.residual_squares / degrees as f64)
    }

    /// The standard error of the slope. `None` of two points.
    pub fn slope_standard_error(&self) -> Option<f64> {
        Some((self.residual_variance()? / self.squares_x).sqrt())
    }

    /// The standard error of the intercept. `None` of two points, and when x = 0 is too far from them for a number.
    pub fn intercept_standard_error(&self) -> Option<f64> {
        let leverage = 1.0 / self.points as f64 + self.mean_x * self.mean_x / self.squares_x;
        Some((self.residual_variance()? * leverage).sqrt()).filter(|error| error.is_finite())
    }

    /// The standard error of the height at the mean of x. `None` of two points.
    pub fn mean_standard_error(&self) -> Option<f64> {
        Some((self.residual_variance()? / self.points as f64).sqrt())
    }

    /// The slope in standard errors. `None` where these are not defined or 0.
    pub fn t(&self) -> Option<f64> {
        self.slope_standard_error().filter(|error| *error > 0.0).map(|error| self.slope / error)
    }

    /// The probability of a slope at least as steep, either way, if there is none: Student's t with n − 2 degrees of
    /// freedom. Of points that lie on a line that is not flat it is 0. `None` of two points, and of a flat line that
    /// all points lie on.
    pub fn p(&self) -> Option<PValue> {
        let Some(t) = self.t() else {
            return (self.degrees_of_freedom() > 0 && self.slope != 0.0).then_some(PValue::ZERO);
        };
        Some(PValue::from_ln(self.student()?.ln_two_sided(t)))
    }

    /// Which way the line goes, when its slope is not 0 at the level `alpha`, such as 0.05.
    ///
    /// # Errors
    ///
    /// [`Error::NotAProbability`] when `alpha` is not between 0 and 1.
    pub fn direction(&self, alpha: f64) -> Result<TrendDirection, Error> {
        TrendDirection::of(self.slope, self.p(), alpha)
    }

    /// Where the slope is, by Student's t. `None` of two points.
    pub fn slope_interval(&self, confidence: Confidence) -> Option<Interval> {
        let half = self.student()?.tail_quantile(confidence.tail()) * self.slope_standard_error()?;
        Some(Interval { low: self.slope - half, high: self.slope + half })
    }

    /// The part of the variance of y that the line accounts for, 0–1. `None` when all y are equal.
    pub fn r_squared(&self) -> Option<f64> {
        (self.squares_y > 0.0).then(|| (1.0 - self.residual_squares / self.squares_y).clamp(0.0, 1.0))
    }

    fn student(&self) -> Option<StudentT> {
        StudentT::new(self.degrees_of_freedom() as f64).ok()
    }
}

/// The mean of values, and how far each is from it. Those of values that are all equal are all 0.
fn centred(values: &[f64]) -> (f64, Vec<f64>) {
    let first = values[0];
    if values.iter().all(|value| *value == first) {
        return (first, vec![0.0; values.len()]);
    }
    let mean = |values: &[f64]| values.iter().copied().collect::<FloatSum>().value() / values.len() as f64;
    let near = mean(values);
    let mut distances: Vec<f64> = values.iter().map(|value| value - near).collect();
    // What the mean has lost to rounding, which is much where values are far from 0 and near each other.
    let rest = mean(&distances);
    for distance in &mut distances {
        *distance -= rest;
    }
    (near + rest, distances)
}
