//! The standard normal distribution.

use std::f64::consts::{FRAC_1_SQRT_2, LN_2};

use libm::{erfc, exp, log, log1p};

use crate::error::Error;
use crate::gamma::LN_SQRT_2PI;

/// The standard normal distribution.
///
/// # Examples
///
/// ```
/// use audience_stats::Normal;
///
/// assert!((Normal::upper_tail(1.959_963_984_540_054) - 0.025).abs() < 1e-16);
/// assert!((Normal::ln_upper_tail(50.0) - -1_254.831_361_139_419_9).abs() < 1e-11);
/// assert!((Normal::quantile(0.975)? - 1.959_963_984_540_054).abs() < 1e-15);
/// # Ok::<(), audience_stats::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Normal;

impl Normal {
    /// The density at `z`.
    pub fn density(z: f64) -> f64 {
        exp(Self::ln_density(z))
    }

    /// The natural logarithm of the density at `z`.
    pub fn ln_density(z: f64) -> f64 {
        -z * z / 2.0 - LN_SQRT_2PI
    }

    /// The probability of a value above `z`. Agrees with `scipy.stats.norm.sf`.
    pub fn upper_tail(z: f64) -> f64 {
        erfc(z * FRAC_1_SQRT_2) / 2.0
    }

    /// The natural logarithm of [`upper_tail`](Self::upper_tail), finite for every finite `z` whose square is.
    ///
    /// Agrees with `scipy.stats.norm.logsf` to a relative 10⁻¹⁴.
    pub fn ln_upper_tail(z: f64) -> f64 {
        if z < 0.0 {
            return log1p(-Self::upper_tail(-z));
        }
        if z < 25.0 {
            return log(Self::upper_tail(z));
        }
        // What is left of the density, by the asymptotic series (DLMF 7.12.1); at 25 the first term left out is below 10⁻¹⁷.
        let square = z * z;
        let (mut term, mut sum) = (1.0, 1.0);
        for odd in [1.0, 3.0, 5.0, 7.0, 9.0, 11.0, 13.0, 15.0] {
            term *= -odd / square;
            sum += term;
        }
        -square / 2.0 - LN_SQRT_2PI - log(z) + log(sum)
    }

    /// The natural logarithm of the probability of a value at least as far from 0 as `z`, on either side.
    pub fn ln_two_sided(z: f64) -> f64 {
        (Self::ln_upper_tail(z.abs()) + LN_2).min(0.0)
    }

    /// The value that a part `q` of the distribution lies below, for `q` between 0 and 1. Agrees with
    /// `scipy.stats.norm.ppf`.
    ///
    /// # Errors
    ///
    /// [`Error::QuantileOutOfRange`] otherwise; at 0 and 1 it is infinite.
    pub fn quantile(q: f64) -> Result<f64, Error> {
        if !(q > 0.0 && q < 1.0) {
            return Err(Error::QuantileOutOfRange { q });
        }
        Ok(if q < 0.5 { -Self::from_upper_tail(q) } else { Self::from_upper_tail(1.0 - q) })
    }

    /// The value that leaves `tail`, above 0 and at most a half, above it.
    pub(crate) fn from_upper_tail(tail: f64) -> f64 {
        Self::from_ln_upper_tail(log(tail))
    }

    /// The value that leaves a probability of this logarithm above it, which is at most that of a half. Agrees with
    /// `scipy.stats.norm.isf`, also where the probability itself is too small for a number.
    pub(crate) fn from_ln_upper_tail(ln_tail: f64) -> f64 {
        if ln_tail == f64::NEG_INFINITY {
            return f64::INFINITY;
        }
        // The logarithm of the tail is concave and falls: the first of Newton's steps passes the root, and those after it come
        // back to it.
        let mut z = 0.0;
        for _ in 0..100 {
            let ln = Self::ln_upper_tail(z);
            let next = z + (ln - ln_tail) * exp(ln + z * z / 2.0 + LN_SQRT_2PI);
            if (next - z).abs() <= f64::EPSILON * z {
                break;
            }
            z = next;
        }
        z
    }
}
