//! Boundaries of the order of the law of the iterated logarithm, pieced together over epochs that grow by a factor.

use audience_stats::{Confidence, zeta};

use super::{halving, ln_inverse_alpha, positive};
use crate::error::Error;

/// The shape of stitching: epochs grow by η, and the k-th may be crossed with a probability in proportion to k⁻ˢ.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Epochs {
    s: f64,
    eta: f64,
    zeta: f64,
    k1: f64,
    k2: f64,
}

impl Epochs {
    fn new(s: f64, eta: f64) -> Result<Self, Error> {
        // The factor is what epochs grow by.
        positive("growth of epochs", eta - 1.0)?;
        let k1 = (eta.powf(0.25) + eta.powf(-0.25)) / std::f64::consts::SQRT_2;
        Ok(Self { s, eta, zeta: zeta(s)?, k1, k2: eta.sqrt().midpoint(1.0) })
    }
}

/// The stitched boundary S(v) = √(k₁² v ℓ + k₂² c² ℓ²) + k₂ c ℓ with ℓ = s ln ln(η v / m) + ln(ζ(s) / (α lnˢ η)): a closed form
/// that grows as √(v ln ln v), for sums with increments that are sub-gamma of the scale `c`, or sub-Gaussian with c = 0. Below the
/// intrinsic time m it is flat. [`Mixture`](super::Mixture) is lower where it matters.
///
/// S. R. Howard, A. Ramdas, J. McAuliffe, J. Sekhon, Annals of Statistics 49 (2021), theorem 1. Agrees with
/// `confseq.boundaries.poly_stitching_bound`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PolynomialStitching {
    least: f64,
    c: f64,
    epochs: Epochs,
}

impl PolynomialStitching {
    /// With s = 1.4 and η = 2.
    ///
    /// # Errors
    ///
    /// As [`with_epochs`](Self::with_epochs).
    pub fn new(least_v: f64, c: f64) -> Result<Self, Error> {
        Self::with_epochs(least_v, c, 1.4, 2.0)
    }

    /// From the intrinsic time `least_v` on, for increments of the scale `c`, with the power `s` and the growth `eta` of epochs.
    ///
    /// # Errors
    ///
    /// [`Error::NotATuning`] when `least_v` is not finite and above 0, `c` is below 0, or `eta` is not above 1;
    /// [`Error::Statistics`] when `s` is not above 1.
    pub fn with_epochs(least_v: f64, c: f64, s: f64, eta: f64) -> Result<Self, Error> {
        if !(c.is_finite() && c >= 0.0) {
            return Err(Error::NotATuning { what: "scale", value: c });
        }
        Ok(Self { least: positive("variance", least_v)?, c, epochs: Epochs::new(s, eta)? })
    }

    /// What a sum reaches at any intrinsic time `v` with a probability of at most α.
    pub fn bound(&self, v: f64, confidence: Confidence) -> f64 {
        let Epochs { s, eta, zeta, k1, k2 } = self.epochs;
        let v = v.max(self.least);
        let ell = s * (eta * v / self.least).ln().ln() + (zeta / eta.ln().powf(s)).ln() + ln_inverse_alpha(confidence);
        let linear = k2 * self.c * ell;
        (k1 * k1 * v * ell + linear * linear).sqrt() + linear
    }
}

/// How far off the share of values up to a quantile is, at *all* numbers t of values from `least_t` on and for *all* quantiles at
/// once, as a sum: the probability that the share up to the quantile p is ever above p by `bound(p, t)` / t is at most α, and so is
/// that of ever being below p by `bound(1 − p, t)` / t.
///
/// S. R. Howard, A. Ramdas, Bernoulli 28 (2022). Agrees with `confseq.boundaries.double_stitching_bound`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DoubleStitching {
    least: f64,
    delta: f64,
    epochs: Epochs,
}

impl DoubleStitching {
    /// With δ = 0.5, s = 1.4 and η = 2.
    ///
    /// # Errors
    ///
    /// As [`with_epochs`](Self::with_epochs).
    pub fn new(least_t: f64) -> Result<Self, Error> {
        Self::with_epochs(least_t, 0.5, 1.4, 2.0)
    }

    /// From so many values on, with quantiles `delta` apart in their log odds, the power `s` and the growth `eta` of epochs.
    ///
    /// # Errors
    ///
    /// [`Error::NotATuning`] when `least_t` or `delta` is not finite and above 0, or `eta` is not above 1; [`Error::Statistics`] when
    /// `s` is not above 1.
    pub fn with_epochs(least_t: f64, delta: f64, s: f64, eta: f64) -> Result<Self, Error> {
        let (least, delta) = (positive("number of values", least_t)?, positive("step of quantiles", delta)?);
        Ok(Self { least, delta, epochs: Epochs::new(s, eta)? })
    }

    /// At the quantile `p`, between 0 and 1, and `t` values.
    ///
    /// # Errors
    ///
    /// [`Error::Statistics`] when `p` is not between 0 and 1.
    pub fn bound(&self, p: f64, t: f64, confidence: Confidence) -> Result<f64, Error> {
        if !(p > 0.0 && p < 1.0) {
            return Err(audience_stats::Error::QuantileOutOfRange { q: p }.into());
        }
        let (Self { least, delta, .. }, Epochs { s, eta, zeta, k1, k2 }) = (*self, self.epochs);
        let t = t.max(least);
        let odds = (p / (1.0 - p)).ln();
        let shifted = odds + 2.0 * delta * (least * eta / t).sqrt();
        let r = if p >= 0.5 { p } else { (1.0 / (1.0 + (-shifted).exp())).min(0.5) };
        let variance = r * (1.0 - r);
        let step = (t / least).sqrt() * odds.abs() / (2.0 * delta) + 1.0;
        let ell = s * ((eta * t / least).ln().ln() + step.ln())
            + (2.0 * zeta * (2.0 * zeta + 1.0) / eta.ln().powf(s)).ln()
            + ln_inverse_alpha(confidence);
        let linear = k2 * (1.0 - 2.0 * p) / 3.0 * ell;
        let root = (k1 * k1 * variance * t * ell + linear * linear).sqrt();
        Ok(delta * (eta * t * variance / least).sqrt() + root + linear)
    }
}

/// How far, with probability 1 − α, the empirical distribution function is off anywhere, at *all* numbers of values from `least_t` on:
/// A √((ln(1 + ln(t / m)) + C) / t), of the order of the law of the iterated logarithm.
///
/// S. R. Howard, A. Ramdas, Bernoulli 28 (2022). Agrees with `confseq.boundaries.empirical_process_lil_bound`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EmpiricalProcess {
    least: f64,
    a: f64,
    c: f64,
}

impl EmpiricalProcess {
    /// From so many values on, at least 1, with this confidence and A = 0.85.
    ///
    /// # Errors
    ///
    /// As [`with_factor`](Self::with_factor).
    pub fn new(least_t: f64, confidence: Confidence) -> Result<Self, Error> {
        Self::with_factor(least_t, confidence, 0.85)
    }

    /// The same with another factor A, above 1 / √2: the smaller, the lower in the end, and the higher before.
    ///
    /// # Errors
    ///
    /// [`Error::NotATuning`] when `least_t` is below 1, or A not above 1 / √2.
    pub fn with_factor(least_t: f64, confidence: Confidence, a: f64) -> Result<Self, Error> {
        positive("factor above 1/√2", a - std::f64::consts::FRAC_1_SQRT_2)?;
        if !(least_t.is_finite() && least_t >= 1.0) {
            return Err(Error::NotATuning { what: "number of values", value: least_t });
        }
        let alpha = 1.0 - confidence.as_f64();
        let mut high = 5.0;
        while least_error(a, high) > alpha && high < 1e6 {
            high *= 2.0;
        }
        let c = halving(1e-3, high, |c| least_error(a, c) > alpha);
        Ok(Self { least: least_t, a, c })
    }

    /// At `t` values; infinite at fewer than the least.
    pub fn bound(&self, t: f64) -> f64 {
        if t >= self.least { self.a * (((t / self.least).ln().ln_1p() + self.c) / t).sqrt() } else { f64::INFINITY }
    }
}

/// The probability that the boundary with this C is crossed, for the best growth of epochs, by the golden section.
fn least_error(a: f64, c: f64) -> f64 {
    const GOLDEN: f64 = 0.618_033_988_749_894_9;
    let slack = |eta: f64| a - (2.0 * (eta - 1.0) / c).sqrt();
    let error = |eta: f64| {
        let square = 2.0 / eta * slack(eta) * slack(eta);
        if square <= 1.0 {
            return f64::INFINITY;
        }
        4.0 * (-square * c).exp() * (1.0 + 1.0 / ((square - 1.0) * eta.ln()))
    };
    // Up to where the boundary is no longer above the law of the iterated logarithm.
    let most = halving(1.0, 2.0 * a * a, |eta| (eta / 2.0).sqrt() < slack(eta));
    let (mut low, mut high) = (1.0, most);
    for _ in 0..60 {
        let (left, right) = (high - GOLDEN * (high - low), low + GOLDEN * (high - low));
        if error(left) < error(right) {
            high = right;
        } else {
            low = left;
        }
    }
    error(f64::midpoint(low, high))
}
