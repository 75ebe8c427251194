//! Riemann's zeta function.

use libm::pow;

use crate::error::Error;

/// Riemann's zeta function, Σ k⁻ˢ over all whole k from 1, for `s` above 1: what makes a series of powers one of probabilities.
///
/// By the sum of Euler and Maclaurin (DLMF 25.2.9). Agrees with `scipy.special.zeta` to a relative 10⁻¹⁵.
///
/// # Errors
///
/// [`Error::OutOfRange`] when `s` is not a finite number above 1, where the sum has no end.
///
/// # Examples
///
/// ```
/// use audience_stats::zeta;
///
/// assert!((zeta(2.0)? - std::f64::consts::PI.powi(2) / 6.0).abs() < 1e-15);
/// # Ok::<(), audience_stats::Error>(())
/// ```
pub fn zeta(s: f64) -> Result<f64, Error> {
    /// How many terms are summed one by one.
    const TERMS: f64 = 20.0;
    /// The Bernoulli numbers B₂, B₄, …, each over its factorial.
    const BERNOULLI: [f64; 5] = [1.0 / 12.0, -1.0 / 720.0, 1.0 / 30_240.0, -1.0 / 1_209_600.0, 1.0 / 47_900_160.0];
    if !(s.is_finite() && s > 1.0) {
        return Err(Error::OutOfRange { at: 0, value: s, low: 1.0, high: f64::INFINITY });
    }
    let last = pow(TERMS, -s);
    let mut rest = TERMS * last / (s - 1.0) + last / 2.0;
    let mut rising = s * last / TERMS;
    for (at, factor) in (1_u32..).zip(BERNOULLI) {
        rest += factor * rising;
        let k = f64::from(2 * at);
        rising *= (s + k - 1.0) * (s + k) / (TERMS * TERMS);
    }
    // From the smallest on.
    Ok((1..20_u32).rev().fold(rest, |sum, k| sum + pow(f64::from(k), -s)))
}
