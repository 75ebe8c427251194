//! Parts of the logarithm of gamma functions that stay exact where the whole is large.
//!
//! C. Loader, "Fast and accurate computation of binomial probabilities" (2000): a probability made of factorials is written
//! as Stirling's formula, whose large parts cancel on paper, times what that formula is off by.

use libm::{lgamma, log};

/// ln √(2π).
pub(crate) const LN_SQRT_2PI: f64 = 0.918_938_533_204_672_8;

/// What Stirling's formula is off by: ln n! − ln(√(2πn) (n / e)ⁿ), for n above 0.
pub(crate) fn stirling_error(n: f64) -> f64 {
    if n < 16.0 {
        return lgamma(n + 1.0) - (n + 0.5) * log(n) + n - LN_SQRT_2PI;
    }
    // The asymptotic series (DLMF 5.11.1); from 16 on the first term left out is below 10⁻¹⁵ of the first.
    let square = n * n;
    let series = [1.0 / 12.0, -1.0 / 360.0, 1.0 / 1260.0, -1.0 / 1680.0, 1.0 / 1188.0, -691.0 / 360_360.0];
    series.iter().rev().fold(0.0, |rest, term| term + rest / square) / n
}

/// x ln(x / m) + m − x, which is small where x is near m and then must not be had from its parts.
pub(crate) fn deviance(x: f64, m: f64) -> f64 {
    deviance_apart(x, m, x - m)
}

/// The same, with x − m from whoever knows more digits of it than are left when it is had from the two.
pub(crate) fn deviance_apart(x: f64, m: f64, apart: f64) -> f64 {
    if x == 0.0 {
        return m;
    }
    let v = apart / (x + m);
    if v.abs() >= 0.1 {
        return x * log(x / m) - apart;
    }
    // ln(x / m) is 2 artanh v: 2x (v + v³ / 3 + …) − (x − m), and (x + m) v is x − m.
    let square = v * v;
    let mut power = 2.0 * x * v;
    let mut sum = apart * v;
    for odd in 1..100_u32 {
        power *= square;
        let next = sum + power / f64::from(2 * odd + 1);
        if next == sum {
            break;
        }
        sum = next;
    }
    sum
}
