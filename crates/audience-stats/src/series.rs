//! Values in an order: lines through them, trends, seasons, outliers, changes.
//!
//! What is here depends on the order of values and is computed from all of them at once. These are functions of slices,
//! not accumulators. All refuse values that are not finite, and those beyond ±10¹⁵⁰, whose squares do not add up to a
//! number.

mod change_points;
mod decompose;
mod detector;
mod ema;
mod esd;
mod mann_kendall;
mod regression;
mod robust;
mod stl;
mod theil_sen;
mod trend;

pub use change_points::{ChangePoints, Pelt, Segment};
pub use decompose::{Decomposition, SeasonalModel, decompose};
pub use detector::{Judgement, RobustDetector, Verdict};
pub use ema::{EmaStart, Smoothing, ema, ema_over_time};
pub use esd::{Esd, EsdCentre, EsdRemoval, SeasonalEsd, esd_of_fit, generalized_esd, seasonal_esd};
pub use mann_kendall::MannKendall;
pub use regression::LinearRegression;
pub use robust::{RobustScale, robust_z, trailing_robust_z};
pub use stl::{Stl, StlDecomposition};
pub use theil_sen::TheilSen;
pub use trend::TrendDirection;

use crate::error::Error;

/// How far from 0 a value can be, so that squares of differences, and sums of those, are numbers.
const LARGEST: f64 = 1e150;

/// Refuses what a series cannot have.
fn check(values: &[f64]) -> Result<(), Error> {
    values.iter().enumerate().try_for_each(|(at, value)| check_one(at, *value))
}

fn check_one(at: usize, value: f64) -> Result<(), Error> {
    if !value.is_finite() {
        return Err(Error::NotFinite { at, value });
    }
    if value.abs() > LARGEST {
        return Err(Error::OutOfRange { at, value, low: -LARGEST, high: LARGEST });
    }
    Ok(())
}

/// Refuses coordinates that do not belong together or are too few for a line.
fn check_points(x: &[f64], y: &[f64]) -> Result<(), Error> {
    if x.len() != y.len() {
        return Err(Error::LengthsDiffer { expected: x.len(), found: y.len() });
    }
    if x.len() < 2 {
        return Err(Error::TooFewValues { needed: 2, found: x.len() });
    }
    check(x)?;
    check(y)
}

/// Refuses what is no level of a test.
fn check_level(alpha: f64) -> Result<(), Error> {
    if alpha > 0.0 && alpha < 1.0 { Ok(()) } else { Err(Error::NotAProbability { value: alpha }) }
}

/// The median, the mean of both in the middle where they are two. `None` of nothing. Puts the values into another
/// order.
fn median(values: &mut [f64]) -> Option<f64> {
    if values.is_empty() {
        return None;
    }
    let count = values.len();
    let (below, middle, _) = values.select_nth_unstable_by(count / 2, f64::total_cmp);
    let upper = *middle;
    if count.is_multiple_of(2) {
        let lower = below.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        return Some(f64::midpoint(lower, upper));
    }
    Some(upper)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_of_even_and_odd_numbers() {
        let check = |values: &[f64], expected| assert_eq!(median(&mut values.to_vec()), expected, "{values:?}");
        check(&[], None);
        check(&[3.0], Some(3.0));
        check(&[3.0, 1.0], Some(2.0));
        check(&[3.0, 1.0, 2.0], Some(2.0));
        check(&[4.0, 4.0, 1.0, 9.0], Some(4.0));
        check(&[5.0, 1.0, 4.0, 2.0], Some(3.0));
    }
}
