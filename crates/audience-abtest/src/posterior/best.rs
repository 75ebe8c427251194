//! Which of several arms is the best.

use audience_stats::{Normal, ln_integral};

use super::normal::NormalEffects;
use crate::error::Error;

/// What is believed of an arm, as a distribution of a number that is larger where the arm is better. Its density and both its tails
/// are log-concave.
pub trait ArmBelief {
    /// The natural logarithm of the density.
    fn ln_density(&self, at: f64) -> f64;

    /// The natural logarithm of the probability of at most this.
    fn ln_below(&self, at: f64) -> f64;

    /// The natural logarithm of the probability of at least this.
    fn ln_above(&self, at: f64) -> f64;

    /// A place near the middle.
    fn centre(&self) -> f64;

    /// About how wide it is, above 0.
    fn width(&self) -> f64;
}

impl ArmBelief for NormalEffects {
    fn ln_density(&self, at: f64) -> f64 {
        Normal::ln_density((at - self.mean) / self.sd) - self.sd.ln()
    }

    fn ln_below(&self, at: f64) -> f64 {
        Normal::ln_upper_tail((self.mean - at) / self.sd)
    }

    fn ln_above(&self, at: f64) -> f64 {
        Normal::ln_upper_tail((at - self.mean) / self.sd)
    }

    fn centre(&self) -> f64 {
        self.mean
    }

    fn width(&self) -> f64 {
        self.sd
    }
}

/// The probability of each arm to be the best of all, in the order given: ∫ fⱼ(x) ∏ Fₖ(x) dx over the other arms k. They add up to 1;
/// of one arm it is 1, and of none there is none.
///
/// Where less is better, turn beliefs round: the mean of a normal distribution negated, α and β of a beta exchanged.
///
/// Arms are believed independent of each other. Computed and not drawn, to a relative 10⁻¹⁰, also where it is 10⁻³⁰⁰; for normal
/// distributions and betas alike. Agrees with `scipy.integrate.quad` over densities and distribution functions of SciPy. The work is
/// in the square of the number of arms.
///
/// # Examples
///
/// ```
/// use audience_abtest::{NormalEffects, chances_to_be_best};
///
/// let arms = [(0.0, 1.0), (0.0, 1.0), (1.0, 1.0)].map(|(mean, sd)| NormalEffects { mean, sd });
/// let best = chances_to_be_best(&arms)?;
/// assert!((best[2] - 0.633_7).abs() < 1e-4 && (best.iter().sum::<f64>() - 1.0).abs() < 1e-12);
/// # Ok::<(), audience_abtest::Error>(())
/// ```
///
/// # Errors
///
/// [`Error::Statistics`] when the centre of a belief is not finite, or its width not finite and above 0.
pub fn chances_to_be_best(arms: &[impl ArmBelief]) -> Result<Vec<f64>, Error> {
    check(arms)?;
    let chance = |arm: usize| chance(arms, arm, None);
    Ok((0..arms.len()).map(chance).collect())
}

/// The probability of each arm to be the second best of all, in the order given: Σᵢ ∫ fⱼ(x) (1 − Fᵢ(x)) ∏ Fₖ(x) dx over the other arms
/// i, and k beside both. They add up to 1 where there are two arms or more; the only one is never second.
///
/// With [`chances_to_be_best`] it is what top-two Thompson sampling goes by. The work is in the cube of the number of arms.
///
/// # Errors
///
/// As [`chances_to_be_best`].
pub fn chances_to_be_second(arms: &[impl ArmBelief]) -> Result<Vec<f64>, Error> {
    check(arms)?;
    let others = |arm: usize| (0..arms.len()).filter(move |other| *other != arm);
    Ok((0..arms.len()).map(|arm| others(arm).map(|better| chance(arms, arm, Some(better))).sum()).collect())
}

fn check(arms: &[impl ArmBelief]) -> Result<(), audience_stats::Error> {
    for (at, arm) in arms.iter().enumerate() {
        let (centre, width) = (arm.centre(), arm.width());
        if !centre.is_finite() {
            return Err(audience_stats::Error::NotFinite { at, value: centre });
        }
        if !(width.is_finite() && width > 0.0) {
            return Err(audience_stats::Error::NotPositive { at, value: width });
        }
    }
    Ok(())
}

/// The probability of an arm to be above all others, but below one of them if there is one that is better.
fn chance(arms: &[impl ArmBelief], arm: usize, better: Option<usize>) -> f64 {
    if arms.len() == 1 {
        return 1.0;
    }
    let own = &arms[arm];
    let ln_f = |x: f64| {
        let mut ln = own.ln_density(x);
        for (at, other) in arms.iter().enumerate() {
            if Some(at) == better {
                ln += other.ln_above(x);
            } else if at != arm {
                ln += other.ln_below(x);
            }
        }
        ln
    };
    ln_integral(ln_f, own.centre(), own.width()).min(0.0).exp()
}
