//! A straight line through points by medians.

use crate::error::Error;
use crate::interval::{Confidence, Interval};

use super::{check_points, median};

/// The line of Theil and Sen: its slope is the median of the slopes of all pairs of points, pairs with equal x left
/// out. Up to 29 % of the points can be anything without moving it far.
///
/// H. Theil, Indagationes Mathematicae 12, 1950; P. K. Sen, Journal of the American Statistical Association 63, 1968.
/// Units are those of `y`, and of `y` per `x`. Agrees with `scipy.stats.theilslopes`, with x in milliseconds since 1970
/// too.
///
/// It keeps the slopes of all pairs, 8 bytes each, in order: time grows with n² log n.
///
/// # Examples
///
/// ```
/// use audience_stats::TheilSen;
///
/// let line = TheilSen::new(&[0.0, 1.0, 2.0, 3.0, 4.0], &[1.0, 2.0, 3.0, 900.0, 5.0])?;
/// assert_eq!((line.slope(), line.intercept()), (1.0, 1.0));
/// # Ok::<(), audience_stats::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct TheilSen {
    /// In ascending order.
    slopes: Vec<f64>,
    slope: f64,
    median_x: f64,
    median_y: f64,
    /// The median of y − slope (x − median of x).
    height: f64,
    /// The variance of S, of which Sen's interval is made.
    variance: f64,
}

impl TheilSen {
    /// The most points it takes: their pairs are 64 MiB.
    pub const MOST_POINTS: usize = 4096;

    /// Of these points.
    ///
    /// # Errors
    ///
    /// [`Error::LengthsDiffer`]; [`Error::TooFewValues`] of less than two points; [`Error::TooManyValues`] of more than
    /// [`MOST_POINTS`](Self::MOST_POINTS); [`Error::NotFinite`] and [`Error::OutOfRange`] for a value that is not
    /// finite or beyond ±10¹⁵⁰; [`Error::AllAtOnePlace`] when all x are equal, or so near that slopes are not finite.
    pub fn new(x: &[f64], y: &[f64]) -> Result<Self, Error> {
        check_points(x, y)?;
        if x.len() > Self::MOST_POINTS {
            return Err(Error::TooManyValues { most: Self::MOST_POINTS, found: x.len() });
        }
        let mut slopes = Vec::with_capacity(x.len() * (x.len() - 1) / 2);
        for (at, (x_one, y_one)) in x.iter().zip(y).enumerate() {
            let others = x[at + 1..].iter().zip(&y[at + 1..]).filter(|(x_other, _)| *x_other != x_one);
            slopes.extend(others.map(|(x_other, y_other)| (y_other - y_one) / (x_other - x_one)));
        }
        slopes.sort_unstable_by(f64::total_cmp);
        let slope =
            median_of_sorted(&slopes).filter(|slope| slope.is_finite()).ok_or(Error::AllAtOnePlace { x: x[0] })?;
        let (median_x, median_y) = (of(x), of(y));
        let heights: Vec<f64> = x.iter().zip(y).map(|(x, y)| (-slope).mul_add(x - median_x, *y)).collect();
        let of_all = ties_term(x.len() as u64);
        let variance = (of_all - sum_over_ties(x) - sum_over_ties(y)) / 18.0;
        Ok(Self { slopes, slope, median_x, median_y, height: of(&heights), variance })
    }

    /// Of values at 0, 1, 2 and so on: the slope is how much they rise from one to the next.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub fn of_series(values: &[f64]) -> Result<Self, Error> {
        let places: Vec<f64> = (0..values.len()).map(|at| at as f64).collect();
        Self::new(&places, values)
    }

    /// The median of the slopes of all pairs.
    pub const fn slope(&self) -> f64 {
        self.slope
    }

    /// How many pairs have different x.
    pub fn pairs(&self) -> usize {
        self.slopes.len()
    }

    /// The height at x = 0 of the line through the median of x and the median of y (Conover): half of the points need
    /// not lie above it. Agrees with `theilslopes` by the method `separate`, its default.
    pub fn intercept(&self) -> f64 {
        (-self.slope).mul_add(self.median_x, self.median_y)
    }

    /// The height at x = 0 of the line that half of the points lie above: the median of y − slope · x. Agrees with
    /// `theilslopes` by the method `joint`.
    pub fn intercept_of_residuals(&self) -> f64 {
        (-self.slope).mul_add(self.median_x, self.height)
    }

    /// Where the slope is, after Sen: the slopes that are z σ / 2 pairs before and after the middle, where σ² is the
    /// variance of Kendall's S with ties. For points that are independent. `None` when ties leave no variance.
    ///
    /// Of few points, it goes as far as there are slopes, and is then less sure than it says. Agrees with
    /// `scipy.stats.theilslopes`.
    pub fn slope_interval(&self, confidence: Confidence) -> Option<Interval> {
        if self.variance < 0.0 {
            return None;
        }
        let (middle, away) = (self.slopes.len() as f64 / 2.0, confidence.z() * self.variance.sqrt() / 2.0);
        let last = self.slopes.len() - 1;
        let low = (middle - away).round_ties_even() - 1.0;
        let high = (middle + away).round_ties_even();
        // Below 0 it becomes 0.
        Some(Interval { low: self.slopes[(low as usize).min(last)], high: self.slopes[(high as usize).min(last)] })
    }
}

fn of(values: &[f64]) -> f64 {
    median(&mut values.to_vec()).unwrap_or_default()
}

fn median_of_sorted(values: &[f64]) -> Option<f64> {
    let middle = values.len() / 2;
    let upper = *values.get(middle)?;
    Some(if values.len() % 2 == 1 { upper } else { f64::midpoint(values[middle - 1], upper) })
}

/// The sum over groups of equal values of what they take from the variance of S, times 18.
pub(super) fn sum_over_ties(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    // By value: −0 is before 0 and the same.
    sorted.chunk_by(|a, b| a == b).map(|tied| ties_term(tied.len() as u64)).sum()
}

/// t (t − 1) (2 t + 5)
pub(super) fn ties_term(t: u64) -> f64 {
    (u128::from(t) * u128::from(t.saturating_sub(1)) * (2 * u128::from(t) + 5)) as f64
}
