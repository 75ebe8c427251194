//! Areas under curves.

use crate::error::Error;
use crate::float_sum::FloatSum;

/// The area between 0 and straight lines through points, by the trapezoid rule: Σ (x₊ − x) (y + y₊) / 2. Below 0 where y
/// is, and infinite past the largest number. A single point has none, and two points at the same x, a vertical line, add nothing.
///
/// Agrees with `scipy.integrate.trapezoid(y, x)`, and with the rule in exact fractions also where x is large or areas
/// cancel.
///
/// # Errors
///
/// [`Error::NoValues`] without points; [`Error::LengthsDiffer`] unless there is a y for each x; [`Error::NotFinite`];
/// [`Error::GoesBack`] when an x is before the one before it.
///
/// # Examples
///
/// ```
/// assert_eq!(audience_stats::trapezoid(&[0.0, 1.0, 3.0], &[1.0, 0.5, 0.5])?, 1.75);
/// # Ok::<(), audience_stats::Error>(())
/// ```
pub fn trapezoid(x: &[f64], y: &[f64]) -> Result<f64, Error> {
    let (expected, found) = (x.len(), y.len());
    if expected != found {
        return Err(Error::LengthsDiffer { expected, found });
    }
    if x.is_empty() {
        return Err(Error::NoValues);
    }
    for (at, value) in x.iter().enumerate().chain(y.iter().enumerate()) {
        if !value.is_finite() {
            return Err(Error::NotFinite { at, value: *value });
        }
    }
    if let Some(at) = x.windows(2).position(|pair| pair[1] < pair[0]) {
        return Err(Error::GoesBack { at: at + 1 });
    }
    // Half of the area, of halves that cannot be past the largest number.
    let mut area = FloatSum::default();
    for (x, y) in x.windows(2).zip(y.windows(2)) {
        let (width, width_rest) = exact_sum(x[1] / 2.0, -x[0] / 2.0);
        let (height, height_rest) = exact_sum(y[0] / 2.0, y[1] / 2.0);
        let product = width * height;
        area.add(product);
        if product.is_finite() {
            area.add(width.mul_add(height, -product) + width * height_rest + width_rest * height);
        }
    }
    Ok(2.0 * area.value())
}

/// The sum of two numbers, and what rounding drops of it.
fn exact_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let of_b = sum - a;
    (sum, (a - (sum - of_b)) + (b - of_b))
}
