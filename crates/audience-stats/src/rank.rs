//! Correlation of ranks.

use std::cmp::Ordering;

use crate::error::Error;

/// Spearman's rank correlation: how much the order of one list of numbers is that of another, −1 to 1. Pearson's correlation
/// of ranks, where equal numbers share the mean of theirs (C. Spearman, American Journal of Psychology 15, 1904). Agrees with
/// `scipy.stats.spearmanr`.
///
/// `None` for fewer than two pairs, and when all numbers of one list are equal: there is no order then. Infinities are
/// below or above all others.
///
/// # Errors
///
/// [`Error::UnpairedValues`] when one list is longer, [`Error::NotANumber`] for NaN, which has no rank.
///
/// # Examples
///
/// ```
/// use audience_stats::spearman;
///
/// assert_eq!(spearman(&[1.0, 2.0, 3.0], &[10.0, 100.0, 1000.0])?, Some(1.0));
/// assert_eq!(spearman(&[1.0, 2.0, 3.0, 4.0], &[2.0, 1.0, 3.0, 4.0])?, Some(0.8));
/// assert_eq!(spearman(&[1.0, 2.0], &[5.0, 5.0])?, None);
/// # Ok::<(), audience_stats::Error>(())
/// ```
pub fn spearman(x: &[f64], y: &[f64]) -> Result<Option<f64>, Error> {
    if x.len() != y.len() {
        return Err(Error::UnpairedValues { x: x.len(), y: y.len() });
    }
    let (x, y) = (doubled_ranks(x)?, doubled_ranks(y)?);
    let pairs = || x.iter().zip(&y).map(|(x, y)| (i128::from(*x), i128::from(*y)));
    // Of n values, doubled ranks add up to n (n + 1), ties or not: their mean is n + 1, and all sums are whole numbers.
    let mean = x.len() as i128 + 1;
    let (mut xx, mut yy, mut xy) = (0_i128, 0_i128, 0_i128);
    for (x, y) in pairs() {
        xx += (x - mean) * (x - mean);
        yy += (y - mean) * (y - mean);
        xy += (x - mean) * (y - mean);
    }
    // Rounding must not make more than all.
    Ok((xx > 0 && yy > 0).then(|| (xy as f64 / (xx as f64 * yy as f64).sqrt()).clamp(-1.0, 1.0)))
}

/// Twice the rank of each value, from 1 on; equal values share the mean of their ranks, so that the double is whole.
pub(crate) fn doubled_ranks(values: &[f64]) -> Result<Vec<u64>, Error> {
    if let Some(at) = values.iter().position(|value| value.is_nan()) {
        return Err(Error::NotANumber { at });
    }
    let mut order: Vec<usize> = (0..values.len()).collect();
    // By value and not by bits: −0 and 0 are one number.
    order.sort_unstable_by(|a, b| values[*a].partial_cmp(&values[*b]).unwrap_or(Ordering::Equal));
    let mut ranks = vec![0; values.len()];
    let mut below = 0;
    for tied in order.chunk_by(|a, b| values[*a] == values[*b]) {
        // Ranks below + 1 to below + n: their mean, doubled.
        let rank = 2 * below + tied.len() as u64 + 1;
        for at in tied {
            ranks[*at] = rank;
        }
        below += tied.len() as u64;
    }
    Ok(ranks)
}
