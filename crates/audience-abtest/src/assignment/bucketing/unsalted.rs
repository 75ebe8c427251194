//! As `oximedia-analytics` 0.2.1 does, for units that it has assigned, and for nothing else.
//!
//! Only the id is hashed, so all experiments have the same units in their arms: what one does, the others see. And the upper
//! bits of this hash are not uniform for ids that count: a check of the sample ratio rejects its arms.

use super::fnv::{START, fnv1a};

/// The arm of a unit: FNV-1a of its id as a part of 2³² − 1, times the sum of the weights, is before the end of the first
/// such arm, or else it is in the last. `None` without arms, or when weights do not add up to more than 0.
pub fn arm(unit: &str, weights: &[f32]) -> Option<usize> {
    let sum: f32 = weights.iter().sum();
    if weights.is_empty() || sum.is_nan() || sum <= 0.0 {
        return None;
    }
    let hash = fnv1a(START, unit.bytes().map(u16::from));
    let place = f64::from(hash) / f64::from(u32::MAX) * f64::from(sum);
    let mut end = 0.0;
    let found = weights.iter().position(|weight| {
        end += f64::from(*weight);
        place < end
    });
    Some(found.unwrap_or(weights.len() - 1))
}
