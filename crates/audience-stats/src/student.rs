//! Student's t distribution.

use std::num::NonZeroU16;

use libm::{exp, lgamma, log, log1p, sqrt};

use crate::error::Error;

/// Student's t distribution with whole degrees of freedom.
///
/// # Examples
///
/// ```
/// use std::num::NonZeroU16;
/// use audience_stats::StudentT;
///
/// let cauchy = StudentT::new(NonZeroU16::MIN);
/// assert!((cauchy.quantile(0.75)? - 1.0).abs() < 1e-14);
/// assert!((cauchy.two_sided(1.0) - 0.5).abs() < 1e-14);
/// # Ok::<(), audience_stats::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct StudentT {
    degrees: NonZeroU16,
}

impl StudentT {
    /// With so many degrees of freedom.
    pub const fn new(degrees: NonZeroU16) -> Self {
        Self { degrees }
    }

    /// The probability of a value at least as far from 0 as `t`, on either side: the regularised incomplete beta function
    /// I(ν / (ν + t²); ν / 2, 1 / 2). 0–1; no number for `t` gives 1.
    ///
    /// Agrees with twice `scipy.stats.t.sf` to a relative 10⁻⁹, far out too.
    pub fn two_sided(self, t: f64) -> f64 {
        let nu = f64::from(self.degrees.get());
        let square = t * t;
        if square.is_nan() {
            return 1.0;
        }
        if square == f64::INFINITY {
            return 0.0;
        }
        let (x, rest) = (nu / (nu + square), square / (nu + square));
        // Both ways are exact; the fraction converges fast for small arguments only.
        let tail = if x < (nu / 2.0 + 1.0) / (nu / 2.0 + 2.5) {
            self.scale(square) * sqrt(rest) / (nu / 2.0) / beta_fraction(nu / 2.0, 0.5, x)
        } else {
            1.0 - self.scale(square) * sqrt(rest) / 0.5 / beta_fraction(0.5, nu / 2.0, rest)
        };
        tail.clamp(0.0, 1.0)
    }

    /// The value that a part `q` of the distribution lies below, for `q` between 0 and 1.
    ///
    /// Agrees with `scipy.stats.t.ppf` to a relative 10⁻⁹.
    ///
    /// # Errors
    ///
    /// [`Error::QuantileOutOfRange`] otherwise; at 0 and 1 it is infinite.
    pub fn quantile(self, q: f64) -> Result<f64, Error> {
        if !(q > 0.0 && q < 1.0) {
            return Err(Error::QuantileOutOfRange { q });
        }
        let tail = 2.0 * q.min(1.0 - q);
        let nu = f64::from(self.degrees.get());
        let mut t = 0.0;
        // The two-sided probability is convex in t, so that Newton's steps from 0 climb to the root and never pass it.
        // From 1 on each at least doubles what is far out, and a double has no more than 1024 of these.
        for _ in 0..2000 {
            let density = self.scale(t * t) / sqrt(nu + t * t);
            let next = t + (self.two_sided(t) - tail) / (2.0 * density);
            if next.is_nan() || next <= t * (1.0 + f64::EPSILON) {
                break;
            }
            t = next;
        }
        Ok(if q < 0.5 { -t } else { t })
    }

    /// (1 + t² / ν)^(−ν / 2) / B(ν / 2, 1 / 2).
    fn scale(self, square: f64) -> f64 {
        let a = f64::from(self.degrees.get()) / 2.0;
        let ln_beta = lgamma(a) + 0.5 * log(std::f64::consts::PI) - lgamma(a + 0.5);
        exp(-a * log1p(square / (2.0 * a)) - ln_beta)
    }
}

/// The continued fraction of the incomplete beta function (DLMF 8.17.22), by Lentz's method: I(x; a, b) is
/// xᵃ (1 − x)ᵇ / (a B(a, b)) divided by it.
fn beta_fraction(a: f64, b: f64, x: f64) -> f64 {
    /// In place of 0, where a denominator passes through it.
    const TINY: f64 = 1e-300;
    let off_zero = |value: f64| if value.abs() < TINY { TINY } else { value };
    let (mut value, mut c, mut d) = (1.0, 1.0, 0.0);
    // It converges in O(√max(a, b)) steps, a few hundred for the largest there are.
    for step in 1..10_000_u32 {
        let m = f64::from(step / 2);
        let term = if step % 2 == 0 {
            m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m))
        } else {
            -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0))
        };
        d = 1.0 / off_zero(1.0 + term * d);
        c = off_zero(1.0 + term / c);
        let factor = c * d;
        value *= factor;
        if (factor - 1.0).abs() < f64::EPSILON {
            break;
        }
    }
    value
}
