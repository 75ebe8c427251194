//! Mostly the best so far.

use rand::{Rng, RngExt};

use super::policy::{Policy, largest};
use super::rewards::Rewards;
use crate::error::Error;

/// The arm with the best mean so far, and with a probability ε any arm, each as probable. Arms that have no reward come first; of
/// several that are alike one is drawn.
///
/// It goes on losing ε times the mean loss for ever; [`Thompson`](super::Thompson) does not.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct EpsilonGreedy {
    rewards: Rewards,
    epsilon: f64,
}

impl EpsilonGreedy {
    /// For so many arms, with this ε.
    ///
    /// # Errors
    ///
    /// [`Error::TooFewVariants`] for less than two arms; [`Error::NotABandit`] when ε is not from 0 to 1.
    pub fn new(arms: usize, epsilon: f64) -> Result<Self, Error> {
        if !(0.0..=1.0).contains(&epsilon) {
            return Err(Error::NotABandit { of: "part to explore", value: epsilon });
        }
        Ok(Self { rewards: Rewards::new(arms)?, epsilon })
    }

    /// The same, for which what is old counts less: see [`Rewards`].
    ///
    /// # Errors
    ///
    /// [`Error::NotABandit`] when the discount is not above 0 and at most 1.
    pub fn discounted(self, discount: f64) -> Result<Self, Error> {
        Ok(Self { rewards: self.rewards.discounted(discount)?, ..self })
    }

    /// What came of arms so far.
    pub const fn rewards(&self) -> &Rewards {
        &self.rewards
    }
}

impl<C: ?Sized> Policy<C> for EpsilonGreedy {
    fn arms(&self) -> usize {
        self.rewards.arms()
    }

    fn select<R: Rng + ?Sized>(&mut self, _: &C, rng: &mut R) -> usize {
        if rng.random::<f64>() < self.epsilon {
            return rng.random_range(0..self.rewards.arms());
        }
        largest((0..self.rewards.arms()).map(|arm| self.rewards.mean(arm).unwrap_or(f64::INFINITY)), rng)
    }

    /// Any finite reward.
    fn record(&mut self, arm: usize, _: &C, reward: f64) -> Result<(), Error> {
        self.rewards.record(arm, reward)
    }
}
