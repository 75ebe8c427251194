//! The gamma distribution, and parts of the logarithm of gamma functions that stay exact where the whole is large.
//!
//! C. Loader, "Fast and accurate computation of binomial probabilities" (2000): a probability made of factorials is written
//! as Stirling's formula, whose large parts cancel on paper, times what that formula is off by.

use libm::{exp, expm1, lgamma, log, log1p};

use crate::error::Error;

/// The gamma distribution of scale 1, whose distribution function is the regularised incomplete gamma function P(a, x), for any
/// shape a above 0.
///
/// # Examples
///
/// ```
/// use audience_stats::Gamma;
///
/// let exponential = Gamma::new(1.0)?;
/// assert!((exponential.ln_upper_tail(3.0) - -3.0).abs() < 1e-14);
/// assert!((exponential.ln_density(3.0) - -3.0).abs() < 1e-14);
/// # Ok::<(), audience_stats::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gamma {
    shape: f64,
}

impl Gamma {
    /// With this shape.
    ///
    /// # Errors
    ///
    /// [`Error::NotADenominator`] when it is not finite and above 0.
    pub fn new(shape: f64) -> Result<Self, Error> {
        if shape.is_finite() && shape > 0.0 {
            Ok(Self { shape })
        } else {
            Err(Error::NotADenominator { denominator: shape })
        }
    }

    /// With a shape that is known to be finite and above 0.
    pub(crate) const fn of(shape: f64) -> Self {
        Self { shape }
    }

    /// The natural logarithm of the density at `x`, xᵃ⁻¹ e⁻ˣ / Γ(a); below 0 it is that of 0. Of large shapes it has the digits
    /// that its parts, which cancel, do not leave. Agrees with `scipy.stats.gamma.logpdf`.
    pub fn ln_density(self, x: f64) -> f64 {
        if x > 0.0 { ln_scale(self.shape, x) + log(self.shape / x) } else { f64::NEG_INFINITY }
    }

    /// The natural logarithm of the probability of a value of at least `x`, Q(a, x), at most 0; no number for `x` gives 0.
    /// Finite for every finite `x`. Agrees with the logarithm of `scipy.special.gammaincc`.
    pub fn ln_upper_tail(self, x: f64) -> f64 {
        if x == f64::INFINITY {
            return f64::NEG_INFINITY;
        }
        // What is no number is not above 0 either.
        if !matches!(x.partial_cmp(&0.0), Some(std::cmp::Ordering::Greater)) {
            return 0.0;
        }
        let a = self.shape;
        let ln_scale = ln_scale(a, x);
        // Both ways are exact; each converges fast on its side.
        if x < a + 1.0 {
            log1p(-(exp(ln_scale) * series(a, x)).min(1.0))
        } else {
            (ln_scale + log(a) + log(fraction(a, x))).min(0.0)
        }
    }

    /// The natural logarithm of the probability of a value of at most `x`, P(a, x), at most 0. Agrees with the logarithm of
    /// `scipy.special.gammainc`.
    pub fn ln_lower_tail(self, x: f64) -> f64 {
        if x <= 0.0 {
            return f64::NEG_INFINITY;
        }
        let a = self.shape;
        if x < a + 1.0 {
            (ln_scale(a, x) + log(series(a, x))).min(0.0)
        } else {
            {
                let ln_above = self.ln_upper_tail(x);
                // From the smaller of the two, which has the more digits.
                if ln_above < -std::f64::consts::LN_2 { log1p(-exp(ln_above)) } else { log(-expm1(ln_above)) }
            }
        }
    }
}

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

/// ψ(a + n) − ψ(a) of the digamma function, the logarithmic derivative of gamma, for a above 0 and a whole n from 0 on: the sum of
/// 1 / (a + j) over j below n. Neither is had from the other two, so that the digits stay where a is much larger than n.
pub(crate) fn digamma_step(a: f64, n: f64) -> f64 {
    let direct = steps(a, n);
    let sum: f64 = (0..direct).map(|j| 1.0 / (a + f64::from(j))).sum();
    let (from, rest) = (a + f64::from(direct), n - f64::from(direct));
    if rest > 0.0 { sum + log1p(rest / from) + digamma_rest(from + rest) - digamma_rest(from) } else { sum }
}

/// ψ′(a) − ψ′(a + n) of the trigamma function: the sum of 1 / (a + j)² over j below n.
pub(crate) fn trigamma_step(a: f64, n: f64) -> f64 {
    let direct = steps(a, n);
    let sum: f64 = (0..direct).map(|j| 1.0 / ((a + f64::from(j)) * (a + f64::from(j)))).sum();
    let (from, rest) = (a + f64::from(direct), n - f64::from(direct));
    let to = from + rest;
    if rest > 0.0 { sum + rest / from / to + trigamma_rest(from) - trigamma_rest(to) } else { sum }
}

/// How many terms are added up: all of few, and otherwise those up to where the asymptotic series is exact.
fn steps(a: f64, n: f64) -> u32 {
    if n <= 32.0 { n as u32 } else { (16.0 - a).ceil().max(0.0) as u32 }
}

/// ψ(z) − ln z by its asymptotic series (DLMF 5.11.2), for z from 16 on.
fn digamma_rest(z: f64) -> f64 {
    let square = z * z;
    let series = [1.0 / 12.0, -1.0 / 120.0, 1.0 / 252.0, -1.0 / 240.0, 1.0 / 132.0, -691.0 / 32760.0];
    -0.5 / z - series.iter().rev().fold(0.0, |rest, term| (term + rest) / square)
}

/// ψ′(z) − 1 / z by its asymptotic series (DLMF 5.15.8), for z from 16 on.
fn trigamma_rest(z: f64) -> f64 {
    let square = z * z;
    let series = [1.0 / 6.0, -1.0 / 30.0, 1.0 / 42.0, -1.0 / 30.0, 5.0 / 66.0, -691.0 / 2730.0];
    0.5 / square + series.iter().rev().fold(0.0, |rest, term| (term + rest) / square) / z
}

/// ln of xᵃ e⁻ˣ / Γ(a + 1), without its large parts.
pub(crate) fn ln_scale(a: f64, x: f64) -> f64 {
    -deviance(a, x) - stirling_error(a) - LN_SQRT_2PI - log(a) / 2.0
}

/// The power series of the lower incomplete gamma function (DLMF 8.7.1): γ(a, x) is xᵃ e⁻ˣ / a times it.
fn series(a: f64, x: f64) -> f64 {
    let (mut term, mut sum, mut denominator) = (1.0, 1.0, a);
    // It takes O(√a) terms past the largest, and x is no further than that.
    while term > sum * f64::EPSILON / 4.0 {
        denominator += 1.0;
        term *= x / denominator;
        sum += term;
    }
    sum
}

/// The continued fraction of the upper incomplete gamma function (DLMF 8.9.2), by Lentz's method: Γ(a, x) is xᵃ e⁻ˣ times
/// it.
fn fraction(a: f64, x: f64) -> f64 {
    /// In place of 0, where a denominator passes through it.
    const TINY: f64 = 1e-300;
    let off_zero = |value: f64| if value.abs() < TINY { TINY } else { value };
    let mut b = x + 1.0 - a;
    let mut d = 1.0 / off_zero(b);
    let (mut value, mut c) = (d, 1.0 / TINY);
    // It converges in O(√a) steps where x is near a, some tens of thousands for the most degrees there are.
    for step in 1..1_000_000_u32 {
        let m = f64::from(step);
        let term = m * (a - m);
        b += 2.0;
        d = 1.0 / off_zero(b + term * d);
        c = off_zero(b + term / c);
        let factor = c * d;
        value *= factor;
        if (factor - 1.0).abs() < f64::EPSILON {
            break;
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same in 40 digits (mpmath 1.4).
    #[test]
    fn tails_and_densities_of_any_shape() {
        let cases: [[f64; 5]; 7] = [
            [0.25, 0.1, 0.338_916_295_047_456_74, -0.937_358_215_372_645_4, -0.497_023_240_202_436_77],
            [0.25, 3.0, -5.111_981_741_199_16, -5.296_140_547_796_407, -0.005_023_492_585_723_065],
            [2.5, 2.0, -1.244_962_099_633_001, -0.598_899_471_609_245_6, -0.797_210_651_860_885_7],
            [2.5, 40.0, -34.751_363_689_302_02, -34.714_103_456_537_934, -8.391_825_114_831_614e-16],
            [1_234.5, 1_200.0, -4.941_124_148_085_811, -0.178_078_060_284_869_55, -1.813_251_338_226_631],
            [1_234.5, 1_400.0, -14.796_260_581_162_691, -12.707_030_120_536_79, -3.029_755_588_192_502e-06],
            [500_000.0, 501_000.0, -8.480_787_054_708_168, -2.541_875_031_132_091, -0.081_989_818_565_861_31],
        ];
        for [shape, x, density, upper, lower] in cases {
            let gamma = Gamma::new(shape).unwrap();
            let pairs =
                [(gamma.ln_density(x), density), (gamma.ln_upper_tail(x), upper), (gamma.ln_lower_tail(x), lower)];
            for (found, expected) in pairs {
                assert!((found - expected).abs() <= 1e-12 * expected.abs(), "{shape} {x}: {found} {expected}");
            }
        }
        assert_eq!(Gamma::new(2.0).unwrap().ln_density(-1.0), f64::NEG_INFINITY);
        assert!(Gamma::new(0.0).is_err());
    }

    /// Long sums are as those of all terms.
    #[test]
    fn steps_of_digamma_and_trigamma_are_sums() {
        for a in [1e-9, 0.3, 1.0, 7.5, 15.9, 16.0, 40.0, 1e6, 1e12] {
            for n in [0_u32, 1, 31, 32, 33, 50, 1000, 100_000] {
                let terms = || (0..n).rev().map(|j| 1.0 / (a + f64::from(j)));
                let (first, second): (f64, f64) = (terms().sum(), terms().map(|term| term * term).sum());
                let n = f64::from(n);
                let (of_digamma, of_trigamma) = (digamma_step(a, n), trigamma_step(a, n));
                assert!((of_digamma - first).abs() <= 1e-13 * first, "{a} {n}: {of_digamma}, not {first}");
                assert!((of_trigamma - second).abs() <= 1e-13 * second, "{a} {n}: {of_trigamma}, not {second}");
            }
        }
    }
}
