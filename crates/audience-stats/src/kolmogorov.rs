//! Whether values are uniform, by the largest gap.

use std::f64::consts::{LN_2, PI};

use libm::{exp, log, log1p};

use crate::capping::sorted;
use crate::error::Error;
use crate::p_value::PValue;

/// How far the distribution of values is from uniform.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct KolmogorovSmirnov {
    /// The most by which the part of values up to anywhere differs from that of a uniform distribution, 0–1.
    pub statistic: f64,
    /// The probability of one at least as large.
    pub p: PValue,
}

/// The test by Kolmogorov and Smirnov that values are uniform from `low` to `high`, which needs no buckets: hashes, positions in
/// time, p values of experiments in which nothing happened.
///
/// p is that of many values, 2 Σ (−1)ᵏ⁻¹ exp(−2 k² n D²); of few it is too large: of 20 it says 0.05 where 0.039 is right.
/// Values on a grid, such as whole seconds, are never uniform to it: use [`bucket_counts`](crate::bucket_counts).
///
/// A. N. Kolmogorov, Giornale dell'Istituto Italiano degli Attuari 4 (1933). Agrees with
/// `scipy.stats.kstest(values, "uniform", method="asymp")`.
///
/// # Errors
///
/// [`Error::NoValues`] without values; [`Error::NotFinite`] and [`Error::OutOfRange`] for one; [`Error::NotARange`] unless
/// `low` is below `high`, both finite.
///
/// # Examples
///
/// ```
/// use audience_stats::kolmogorov_smirnov;
///
/// let test = kolmogorov_smirnov(&[0.1, 0.35, 0.4, 0.7, 0.95], (0.0, 1.0))?;
/// assert!((test.statistic - 0.2).abs() < 1e-15 && test.p.value() > 0.98);
/// # Ok::<(), audience_stats::Error>(())
/// ```
pub fn kolmogorov_smirnov(values: &[f64], (low, high): (f64, f64)) -> Result<KolmogorovSmirnov, Error> {
    if !(low.is_finite() && high.is_finite() && low < high) {
        return Err(Error::NotARange { low, high });
    }
    if values.is_empty() {
        return Err(Error::NoValues);
    }
    if let Some((at, value)) = values.iter().enumerate().find(|(_, value)| **value < low || **value > high) {
        return Err(Error::OutOfRange { at, value: *value, low, high });
    }
    let n = values.len() as f64;
    let gap = |(at, value): (usize, f64)| {
        // Halves, so that the width of the widest range is a number.
        let uniform = (value / 2.0 - low / 2.0) / (high / 2.0 - low / 2.0);
        ((at + 1) as f64 / n - uniform).max(uniform - at as f64 / n)
    };
    let statistic = sorted(values)?.into_iter().enumerate().map(gap).fold(0.0, f64::max);
    Ok(KolmogorovSmirnov { statistic, p: PValue::from_ln(ln_tail(n.sqrt() * statistic)) })
}

/// The logarithm of the probability of √n D above `x`, of very many values.
fn ln_tail(x: f64) -> f64 {
    let square = x * x;
    if x < 1.0 {
        // The same by its other series, which converges where this one does not (DLMF 20.7.30).
        let term = |odd: f64| exp(-odd * odd * PI * PI / (8.0 * square));
        let below = if x > 0.0 { (2.0 * PI).sqrt() / x * (term(1.0) + term(3.0) + term(5.0)) } else { 0.0 };
        return log1p(-below.min(1.0));
    }
    // Of the k-th by the first.
    let part = |k: f64| exp(-2.0 * (k * k - 1.0) * square);
    LN_2 - 2.0 * square + log(1.0 - part(2.0) + part(3.0) - part(4.0))
}
