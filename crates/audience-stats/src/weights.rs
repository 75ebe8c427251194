//! What weights cost.

use crate::error::Error;
use crate::float_sum::FloatSum;
use crate::survival::check_weight;

/// How many units of equal weight are worth as much as units of these weights: (Σ w)² / Σ w², from 1 to their number.
///
/// The squares may be too large or too small for numbers; the answer is not.
///
/// L. Kish, "Survey Sampling" (1965), 11.2. Agrees with the formula in exact fractions.
///
/// # Errors
///
/// [`Error::NotAWeight`] when a weight is not finite or below 0; [`Error::NoWeight`] without weights, or when all are 0.
///
/// # Examples
///
/// ```
/// assert_eq!(audience_stats::effective_sample_size(&[1.0, 1.0, 2.0])?, 16.0 / 6.0);
/// assert_eq!(audience_stats::effective_sample_size(&[1e300, 1e300, 0.0])?, 2.0);
/// # Ok::<(), audience_stats::Error>(())
/// ```
pub fn effective_sample_size(weights: &[f64]) -> Result<f64, Error> {
    let mut largest = 0.0_f64;
    for (at, weight) in weights.iter().enumerate() {
        check_weight(at, *weight)?;
        largest = largest.max(*weight);
    }
    if largest == 0.0 {
        return Err(Error::NoWeight);
    }
    let parts = || weights.iter().map(|weight| weight / largest);
    let sum = parts().collect::<FloatSum>().value();
    let squares = parts().map(|part| part * part).collect::<FloatSum>().value();
    Ok(sum * (sum / squares))
}
