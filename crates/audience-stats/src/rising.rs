//! The logarithm of rising factorials, with its derivatives.

use libm::{lgamma, log, log1p};

use crate::gamma::{digamma_step, stirling_error, trigamma_step};

/// The rising factorial a (a + 1) … (a + n − 1), which is Γ(a + n) / Γ(a), as a logarithm, and how that changes with a: what likelihoods
/// of counts under gamma and beta priors are made of.
///
/// Neither of the two gamma functions is taken where a is large, so that the digits of their difference stay. Agrees with 40 digits
/// (mpmath 1.4) to 10⁻¹⁴, of the logarithm or of 1 where that is less.
///
/// # Examples
///
/// ```
/// use audience_stats::RisingFactorial;
///
/// // 3 · 4 · 5
/// let rising = RisingFactorial::new(3.0, 3);
/// assert!((rising.ln - 60.0_f64.ln()).abs() < 1e-14);
/// assert!((rising.slope - (1.0 / 3.0 + 1.0 / 4.0 + 1.0 / 5.0)).abs() < 1e-14);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RisingFactorial {
    /// ln Γ(a + n) − ln Γ(a).
    pub ln: f64,
    /// Its derivative in a, ψ(a + n) − ψ(a): not below 0.
    pub slope: f64,
    /// Its second derivative, ψ′(a + n) − ψ′(a): not above 0.
    pub curvature: f64,
}

impl RisingFactorial {
    /// Of `n` factors from `a` on, which must be finite and above 0; otherwise all of it is NaN. Without factors it is 1.
    pub fn new(a: f64, n: u64) -> Self {
        if !(a.is_finite() && a > 0.0) {
            return Self { ln: f64::NAN, slope: f64::NAN, curvature: f64::NAN };
        }
        let n = n as f64;
        Self { ln: Self::ln_of(a, n), slope: digamma_step(a, n), curvature: -trigamma_step(a, n) }
    }

    /// [`ln`](Self::ln) alone.
    pub fn ln(a: f64, n: u64) -> f64 {
        if a.is_finite() && a > 0.0 { Self::ln_of(a, n as f64) } else { f64::NAN }
    }

    fn ln_of(a: f64, n: f64) -> f64 {
        if n == 0.0 {
            return 0.0;
        }
        if a < 16.0 {
            return lgamma(a + n) - lgamma(a);
        }
        // Stirling's formula of both, without the part that they share.
        (a - 0.5) * log1p(n / a) + n * (log(a + n) - 1.0) + (stirling_error(a + n) - stirling_error(a))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_are_those_of_their_factors() {
        for a in [1e-9, 0.3, 1.0, 7.5, 15.9, 16.0, 40.0, 1e6, 1e12] {
            for n in [0_u32, 1, 2, 31, 33, 1000] {
                let expected: f64 = (0..n).map(|j| log(a + f64::from(j))).sum();
                let found = RisingFactorial::new(a, u64::from(n));
                assert!(
                    (found.ln - expected).abs() <= 1e-13 * expected.abs().max(1.0),
                    "{a} {n}: {found:?} {expected}"
                );
                assert_eq!(found.ln, RisingFactorial::ln(a, u64::from(n)));
                assert!(found.slope >= 0.0 && found.curvature <= 0.0);
            }
        }
        assert!(RisingFactorial::new(0.0, 3).slope.is_nan());
        assert!(RisingFactorial::ln(f64::INFINITY, 3).is_nan());
    }

    /// The same in 40 digits (mpmath 1.4).
    #[test]
    fn long_products_keep_their_digits() {
        for (a, n, expected) in [
            (0.25, 1_000_000, 12_815_506.735_002_633),
            (3.5, 1_000_000_000_000, 26_631_021_116_011.16),
            (1e8, 50, 921.034_049_447_616_2),
            (12_345.678, 1_000_000_000, 19_723_417_710.427_143),
            (1e15, 7, 241.771_434_764_374_82),
        ] {
            let found = RisingFactorial::ln(a, n);
            assert!((found - expected).abs() <= 1e-14 * expected.abs().max(1.0), "{a} {n}: {found}, not {expected}");
        }
    }
}
