//! Boundaries that a sum crosses with a small probability at any time, from mixtures.

use audience_stats::{Beta, Confidence, Gamma, Normal, PValue};

use super::{halving, ln_inverse_alpha, positive};
use crate::error::Error;

/// Whether a boundary is for a sum that grows too large, or for one that grows too large or too small.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Sides {
    /// Too large.
    One,
    /// Too large or too small.
    #[default]
    Two,
}

/// What a boundary is tuned for: it is nearly as low as can be at one intrinsic time, and nowhere useless.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Tuning {
    #[cfg_attr(feature = "serde", serde(deserialize_with = "super::positive_from"))]
    v: f64,
    confidence: Confidence,
}

impl Tuning {
    /// For the intrinsic time `v`, which is the variance of the sum there, and for a boundary of this confidence.
    ///
    /// # Errors
    ///
    /// [`Error::NotATuning`] when `v` is not finite and above 0.
    pub fn new(v: f64, confidence: Confidence) -> Result<Self, Error> {
        Ok(Self { v: positive("variance", v)?, confidence })
    }

    /// ρ = v / (−2 ln α + ln(1 − 2 ln α)), with 2 α for one side: the precision of the mixture.
    fn rho(&self, sides: Sides) -> Result<f64, Error> {
        let Self { v, confidence } = *self;
        let twice = 2.0
            * match sides {
                Sides::Two => ln_inverse_alpha(confidence),
                Sides::One => ln_inverse_alpha(confidence) - std::f64::consts::LN_2,
            };
        if twice > 0.0 { Ok(v / (twice + twice.ln_1p())) } else { Err(Error::OneSidedBelowHalf { confidence }) }
    }
}

/// A mixture: for a sum S of centred increments with the intrinsic time V, which is about the variance of S, the process M(S, V)
/// starts at 1 and does not grow on average. So the probability that it *ever* reaches 1 / α is at most α, and S ever reaches
/// [`bound`](Self::bound). Mixtures differ by what increments must be like.
///
/// S. R. Howard, A. Ramdas, J. McAuliffe, J. Sekhon, "Time-uniform, nonparametric, nonasymptotic confidence sequences", Annals of
/// Statistics 49 (2021). Agrees with `confseq.boundaries`.
///
/// # Examples
///
/// The mean of 400 values between 0 and 1, whose sum has a variance of at most 1/4 for each value, and how far it may be off:
///
/// ```
/// use audience_abtest::anytime::{Mixture, Sides, Tuning};
/// use audience_stats::Confidence;
///
/// let mixture = Mixture::normal(Tuning::new(100.0, Confidence::P95)?, Sides::Two)?;
/// let reach = mixture.bound(400.0 / 4.0, Confidence::P95) / 400.0;
/// assert!((reach - 0.0759).abs() < 1e-4);
/// # Ok::<(), audience_abtest::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mixture {
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Normal {
        rho: f64,
        sides: Sides,
    },
    /// `start` is the logarithm of the mixture before any data.
    GammaExponential {
        rho: f64,
        c: f64,
        start: f64,
    },
    GammaPoisson {
        rho: f64,
        c: f64,
        start: f64,
    },
    BetaBinomial {
        r: f64,
        g: f64,
        h: f64,
        sides: Sides,
        start: f64,
    },
}

impl Mixture {
    /// For sub-Gaussian increments: normal ones, and those between two bounds, with V a quarter of the squared range for each.
    ///
    /// # Errors
    ///
    /// [`Error::OneSidedBelowHalf`] when tuned for a one-sided boundary that is crossed half of the time.
    pub fn normal(tuning: Tuning, sides: Sides) -> Result<Self, Error> {
        Ok(Self { kind: Kind::Normal { rho: tuning.rho(sides)?, sides } })
    }

    /// One-sided, for sub-exponential increments of the scale `c`: such as those of at most `c`, with V the sum of their variances;
    /// and values in a range of the width `c`, less their mean, with V the sum of squared distances from what was predicted before
    /// each, so that it adapts to the variance.
    ///
    /// # Errors
    ///
    /// [`Error::NotATuning`] when `c` is not finite and above 0; [`Error::OneSidedBelowHalf`] as for [`normal`](Self::normal).
    pub fn gamma_exponential(tuning: Tuning, c: f64) -> Result<Self, Error> {
        let (rho, c) = (tuning.rho(Sides::One)?, positive("scale", c)?);
        let start = ln_gamma_exponential(rho, c, 0.0, 0.0)?;
        Ok(Self { kind: Kind::GammaExponential { rho, c, start } })
    }

    /// One-sided, for sub-Poisson increments of the scale `c`: a count less its expected value, with c = 1 and V the expected value;
    /// and those of at most `c`, with V the sum of their variances. The best of the three for the latter.
    ///
    /// # Errors
    ///
    /// As [`gamma_exponential`](Self::gamma_exponential).
    pub fn gamma_poisson(tuning: Tuning, c: f64) -> Result<Self, Error> {
        let (rho, c) = (tuning.rho(Sides::One)?, positive("scale", c)?);
        let start = ln_gamma_poisson(rho, c, 0.0, 0.0)?;
        Ok(Self { kind: Kind::GammaPoisson { rho, c, start } })
    }

    /// For sub-Bernoulli increments between −g and h, with V = g h for each: such as successes less a proportion p, with g = p and
    /// h = 1 − p. See [`BernoulliSequence`](super::BernoulliSequence) for an interval of the proportion.
    ///
    /// # Errors
    ///
    /// [`Error::NotATuning`] when `g` or `h` is not finite and above 0; [`Error::OneSidedBelowHalf`] as for
    /// [`normal`](Self::normal).
    pub fn beta_binomial(tuning: Tuning, g: f64, h: f64, sides: Sides) -> Result<Self, Error> {
        let (g, h) = (positive("bound below", g)?, positive("bound above", h)?);
        let r = (tuning.rho(sides)? - g * h).max(1e-3 * g * h);
        let start = ln_beta_binomial((r, g, h), sides, 0.0, 0.0)?;
        Ok(Self { kind: Kind::BetaBinomial { r, g, h, sides, start } })
    }

    /// ln M(s, v): how much a sum `s` at the intrinsic time `v` speaks against centred increments; below 0, for them. A time below 0 is
    /// 0, and a sum beyond what increments can add up to is as much as they can; below that, or of what is no number, nothing speaks
    /// against them: −∞.
    pub fn ln_mixture(&self, s: f64, v: f64) -> f64 {
        if s.is_nan() {
            return f64::NEG_INFINITY;
        }
        let v = v.max(0.0);
        let ln = match self.kind {
            Kind::Normal { rho, sides } => {
                let all = rho + v;
                let two = s * s / (2.0 * all) - (v / rho).ln_1p() / 2.0;
                let side = std::f64::consts::LN_2 + Normal::ln_upper_tail(-s / all.sqrt());
                Ok(if sides == Sides::Two { two } else { two + side })
            }
            Kind::GammaExponential { rho, c, start } => ln_gamma_exponential(rho, c, s, v).map(|ln| ln - start),
            Kind::GammaPoisson { rho, c, start } => ln_gamma_poisson(rho, c, s, v).map(|ln| ln - start),
            Kind::BetaBinomial { r, g, h, sides, start } => {
                let within = s.max(-v / h).min(v / g);
                ln_beta_binomial((r, g, h), sides, within, v).map(|ln| ln - start)
            }
        };
        ln.ok().filter(|ln| !ln.is_nan()).unwrap_or(f64::NEG_INFINITY)
    }

    /// 1 / M, at most 1: right at any number of looks, as is the least of all so far.
    pub fn p_value(&self, s: f64, v: f64) -> PValue {
        PValue::from_ln(-self.ln_mixture(s, v))
    }

    /// What a sum reaches at any intrinsic time `v` with a probability of at most α; with two sides, in absolute value. Where
    /// increments cannot add up to that, it is what they can.
    pub fn bound(&self, v: f64, confidence: Confidence) -> f64 {
        let (v, ln) = (v.max(0.0), ln_inverse_alpha(confidence));
        let mut high = match self.kind {
            Kind::Normal { rho, sides: Sides::Two } => return ((v + rho) * ((v / rho).ln_1p() + 2.0 * ln)).sqrt(),
            Kind::BetaBinomial { g, .. } if self.ln_mixture(v / g, v) <= ln => return v / g,
            Kind::BetaBinomial { g, .. } => v / g,
            _ => v.sqrt().max(1.0),
        };
        // A sum so large has more than any evidence.
        while self.ln_mixture(high, v) < ln && high < 1e300 {
            high *= 2.0;
        }
        halving(0.0, high, |s| self.ln_mixture(s, v) < ln)
    }
}

/// The logarithm of the gamma-exponential mixture, up to what it is at the start: a ratio of the density of a gamma distribution
/// to itself, in which nothing cancels.
fn ln_gamma_exponential(rho: f64, c: f64, s: f64, v: f64) -> Result<f64, audience_stats::Error> {
    let shape = (v + rho) / (c * c);
    let x = shape + s / c;
    let gamma = Gamma::new(shape)?;
    Ok(gamma.ln_lower_tail(x) - gamma.ln_density(x) - x.ln())
}

/// The same of the gamma-Poisson mixture: the shape and the place change parts.
fn ln_gamma_poisson(rho: f64, c: f64, s: f64, v: f64) -> Result<f64, audience_stats::Error> {
    let x = (v + rho) / (c * c);
    let gamma = Gamma::new(x + s / c)?;
    Ok(gamma.ln_upper_tail(x) - gamma.ln_density(x) - x.ln())
}

/// The same of the beta-binomial mixture.
fn ln_beta_binomial((r, g, h): (f64, f64, f64), sides: Sides, s: f64, v: f64) -> Result<f64, audience_stats::Error> {
    let (range, x) = (g + h, h / (g + h));
    let beta = Beta::new((r + v - g * s) / (g * range), (r + v + h * s) / (h * range))?;
    let side = if sides == Sides::One { beta.ln_lower_tail(x) } else { 0.0 };
    Ok(side - beta.ln_density(x))
}
