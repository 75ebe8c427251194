//! Weights of arms for a batch of units.

use crate::error::Error;
use crate::posterior::{ArmBelief, chances_to_be_best, chances_to_be_second};

/// How the next batch of units is divided over arms, by what is believed of these: as often as each is probably the best, above a floor.
///
/// With weights w of probability, the share of each of k arms is f + (1 − k f) w for a floor f, so that none dies out and shares stay in
/// the order of their weights. Agrees with GrowthBook's gbstats, but that probabilities are computed and not drawn.
///
/// # Examples
///
/// ```
/// use audience_abtest::NormalEffects;
/// use audience_abtest::bandits::Allocation;
///
/// let arms = [NormalEffects { mean: 1.0, sd: 0.1 }, NormalEffects { mean: 1.1, sd: 0.1 }];
/// let shares = Allocation::default().shares(&arms, &[500, 700])?.unwrap();
/// assert!((shares[1] - (0.01 + 0.98 * 0.760_249_938_906_523_7)).abs() < 1e-12);
/// // Too little is known of the first.
/// assert_eq!(Allocation::default().shares(&arms, &[50, 700])?, None);
/// # Ok::<(), audience_abtest::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Allocation {
    /// The share that every arm has, whatever is believed of it: 0 to 1 by the number of arms.
    pub floor: f64,
    /// How many units each arm must have had before shares change.
    pub least_units: u64,
    /// Whether the second best counts as much as the best (top-two sampling, which finds the best sooner).
    pub top_two: TopTwo,
}

/// Whether the second best counts.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum TopTwo {
    /// The weight of an arm is its probability to be the best.
    #[default]
    Best,
    /// It is half the probability to be the best or the second best.
    BestAndSecond,
}

impl Default for Allocation {
    /// A floor of 0.01, 100 units for each arm, by the best.
    fn default() -> Self {
        Self { floor: 0.01, least_units: 100, top_two: TopTwo::Best }
    }
}

impl Allocation {
    /// The shares of the next batch, which add up to 1; `None`, for shares that stay as they are, as long as an arm has had too few
    /// units.
    ///
    /// # Errors
    ///
    /// [`Error::TooFewVariants`] for less than two arms; [`Error::Statistics`] when there are other numbers of units than arms, or a belief is
    /// no distribution;
    /// [`Error::NotABandit`] when the floor is below 0 or takes more than there is.
    pub fn shares(&self, arms: &[impl ArmBelief], units: &[u64]) -> Result<Option<Vec<f64>>, Error> {
        let count = arms.len();
        if count < 2 {
            return Err(Error::TooFewVariants { variants: count });
        }
        if units.len() != count {
            return Err(audience_stats::Error::LengthsDiffer { expected: count, found: units.len() }.into());
        }
        let left = 1.0 - self.floor * count as f64;
        if !(self.floor >= 0.0 && left >= 0.0) {
            return Err(Error::NotABandit { of: "floor of each arm", value: self.floor });
        }
        if units.iter().any(|units| *units < self.least_units) {
            return Ok(None);
        }
        let mut weights = chances_to_be_best(arms)?;
        if self.top_two == TopTwo::BestAndSecond {
            for (weight, second) in weights.iter_mut().zip(chances_to_be_second(arms)?) {
                *weight += second;
            }
        }
        // They add up to 1 or 2, but for rounding.
        let sum: f64 = weights.iter().sum();
        Ok(Some(weights.into_iter().map(|weight| self.floor + left * weight / sum).collect()))
    }
}
