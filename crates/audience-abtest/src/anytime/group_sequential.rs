//! A few looks, planned before.

use audience_stats::{Confidence, Normal};

use super::halving;
use super::mixture::Sides;
use crate::error::Error;

/// How much of α may be spent up to a fraction t of the planned information.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Spending {
    /// α tᵖ, of the power p: K. Kim, D. L. DeMets, Biometrika 74 (1987). With 2, the looks early on are strict, and the last costs
    /// little.
    Power(f64),
    /// 2 (1 − Φ(z / √t)), with z that of α / 2: next to nothing early on, as bounds of O'Brien and Fleming.
    OBrienFleming,
    /// α ln(1 + (e − 1) t): much early on, as bounds of Pocock.
    Pocock,
}

impl Default for Spending {
    fn default() -> Self {
        Self::Power(2.0)
    }
}

impl Spending {
    fn spent(self, alpha: f64, t: f64) -> f64 {
        match self {
            Self::Power(power) => alpha * t.powf(power),
            Self::OBrienFleming => {
                Normal::quantile(1.0 - alpha / 2.0).map_or(0.0, |z| 2.0 * Normal::upper_tail(z / t.sqrt()))
            }
            Self::Pocock => alpha * ((std::f64::consts::E - 1.0) * t).ln_1p(),
        }
    }
}

/// Bounds of z for a few looks, so that the probability that z passes its bound at any of them is at most α. Looks need not be at the
/// planned times, but are at fractions of a planned end, which must not depend on what was seen. Where looks are few it is stronger
/// than sequences for any number of looks.
///
/// Bounds are found one look after the other, each so that what is spent there is passed for the first time: K. K. G. Lan, D. L. DeMets,
/// Biometrika 70 (1983), by the recursive integration of P. Armitage, C. K. McPherson, B. C. Rowe, JRSS A 132 (1969). For two sides
/// each has α / 2 of its own, as in Spotify Confidence and the R package ldbounds, which agree to about their 10⁻³: they stop at a
/// probability of 10⁻⁷, and integrate by the trapezoid rule. Here both are exact to about 10⁻⁹ of z. No bound is above 8.
///
/// # Examples
///
/// ```
/// use audience_abtest::anytime::{GroupSequential, Sides, Spending};
/// use audience_stats::Confidence;
///
/// let plan = GroupSequential::new(&[0.25, 0.5, 0.75, 1.0], Confidence::P95, Sides::Two, Spending::default())?;
/// assert!(plan.z_bounds()[0] > 2.9 && plan.z_bounds()[3] < 2.2);
/// assert!(plan.is_passed(3, -2.5) && !plan.is_passed(0, -2.5));
/// # Ok::<(), audience_abtest::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct GroupSequential {
    sides: Sides,
    bounds: Vec<f64>,
}

/// The largest bound.
const MOST: f64 = 8.0;

impl GroupSequential {
    /// For looks at these fractions of the planned information, such as units so far by units at the end.
    ///
    /// # Errors
    ///
    /// [`Error::NotALaterLook`] when a fraction is not above 0 and at most 1, or not above the one before it by at least 10⁻⁴;
    /// [`Error::NotATuning`] when the power of spending is not finite and above 0.
    pub fn new(fractions: &[f64], confidence: Confidence, sides: Sides, spending: Spending) -> Result<Self, Error> {
        if let Spending::Power(power) = spending {
            super::positive("power of spending", power)?;
        }
        let mut before = 0.0;
        for &fraction in fractions {
            if !(fraction >= before + 1e-4 && fraction <= 1.0) {
                return Err(Error::NotALaterLook { fraction });
            }
            before = fraction;
        }
        let alpha = (1.0 - confidence.as_f64()) / if sides == Sides::Two { 2.0 } else { 1.0 };
        Ok(Self { sides, bounds: bounds(fractions, |t| spending.spent(alpha, t)) })
    }

    /// The bound of z at each look.
    pub fn z_bounds(&self) -> &[f64] {
        &self.bounds
    }

    /// The level of a test for one look that has the bound of each: 1 − Φ(z), twice for two sides.
    pub fn nominal_levels(&self) -> Vec<f64> {
        let factor = if self.sides == Sides::Two { 2.0 } else { 1.0 };
        self.bounds.iter().map(|bound| factor * Normal::upper_tail(*bound)).collect()
    }

    /// Whether `z` at a look, counted from 0, is beyond its bound; never at a look that is not planned.
    pub fn is_passed(&self, look: usize, z: f64) -> bool {
        let z = if self.sides == Sides::Two { z.abs() } else { z };
        self.bounds.get(look).is_some_and(|bound| z >= *bound)
    }
}

/// Places on the line, and how probable it is to have gone on and be there: density times weight.
type Paths = Vec<(f64, f64)>;

fn bounds(fractions: &[f64], spent: impl Fn(f64) -> f64) -> Vec<f64> {
    let (mut bounds, mut so_far) = (Vec::new(), 0.0);
    // A path starts at 0.
    let (mut paths, mut before): (Paths, f64) = (vec![(0.0, 1.0)], 0.0);
    for (look, &t) in fractions.iter().enumerate() {
        let (sd, root) = ((t - before).sqrt(), t.sqrt());
        let passes = |z: f64| -> f64 {
            // Paths more than nine standard deviations below do not.
            let near = paths.partition_point(|(place, _)| *place < z * root - 9.0 * sd);
            paths[near..].iter().map(|(place, mass)| mass * Normal::upper_tail((z * root - place) / sd)).sum()
        };
        let to_spend = spent(t) - so_far;
        let z = if passes(MOST) >= to_spend { MOST } else { halving(-MOST, MOST, |z| passes(z) > to_spend) };
        so_far += passes(z);
        bounds.push(z);
        let Some(next) = fractions.get(look + 1) else { break };
        // Both the density and what it is integrated against vary on these scales.
        let scale = sd.min((next - t).sqrt());
        paths = nodes(-MOST * root, z * root, 2.0 * scale)
            .map(|(place, weight)| (place, weight * density(&paths, place, sd)))
            .collect();
        before = t;
    }
    bounds
}

/// The density at a place after one more normal step.
fn density(paths: &[(f64, f64)], place: f64, sd: f64) -> f64 {
    let from = paths.partition_point(|(before, _)| *before < place - 9.0 * sd);
    let to = paths.partition_point(|(before, _)| *before <= place + 9.0 * sd);
    paths[from..to].iter().map(|(before, mass)| mass * Normal::density((place - before) / sd) / sd).sum()
}

/// Places and weights of an integral, by the rule of Gauss and Legendre on panels of at most this width.
fn nodes(low: f64, high: f64, width: f64) -> impl Iterator<Item = (f64, f64)> {
    /// Of eight points on −1 to 1 (DLMF 3.5.v).
    const RULE: [(f64, f64); 8] = [
        (-0.960_289_856_497_536_2, 0.101_228_536_290_376_26),
        (-0.796_666_477_413_626_7, 0.222_381_034_453_374_48),
        (-0.525_532_409_916_329, 0.313_706_645_877_887_27),
        (-0.183_434_642_495_649_8, 0.362_683_783_378_361_96),
        (0.183_434_642_495_649_8, 0.362_683_783_378_361_96),
        (0.525_532_409_916_329, 0.313_706_645_877_887_27),
        (0.796_666_477_413_626_7, 0.222_381_034_453_374_48),
        (0.960_289_856_497_536_2, 0.101_228_536_290_376_26),
    ];
    let panels = ((high - low) / width).ceil().max(1.0);
    let half = (high - low) / panels / 2.0;
    (0..panels as u32).flat_map(move |panel| {
        let middle = low + half * f64::from(2 * panel + 1);
        RULE.map(|(place, weight)| (middle + half * place, half * weight))
    })
}
