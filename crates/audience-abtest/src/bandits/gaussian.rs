//! Arms as often as they are probably the best: of rewards of any size.

use rand::Rng;
use rand_distr::{Distribution, StandardNormal};

use super::policy::Policy;
use super::rewards::Rewards;
use super::thompson::select;
use crate::error::Error;
use crate::posterior::NormalEffects;

/// Thompson sampling of means of rewards of any size, such as seconds watched, from normal posteriors.
///
/// With a prior N(μ, τ²) of each arm's mean and the variance s² of its rewards, precisions add up: 1 / τ² + n / s². The variance of a
/// reward is what is expected before, worth two rewards, and what was seen of all arms: so it is never 0, also where all rewards of
/// an arm were alike.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct GaussianThompson {
    rewards: Rewards,
    prior: NormalEffects,
    variance: f64,
    best: Option<f64>,
}

impl GaussianThompson {
    /// For so many arms, with what is believed of their means before, and the variance that a reward is expected to have.
    ///
    /// # Errors
    ///
    /// [`Error::TooFewVariants`] for less than two arms; [`Error::NotABandit`] when the mean is not finite, or a deviation or
    /// variance not finite and above 0.
    pub fn new(arms: usize, prior: NormalEffects, variance: f64) -> Result<Self, Error> {
        if !prior.mean.is_finite() {
            return Err(Error::NotABandit { of: "mean of the prior", value: prior.mean });
        }
        for (of, value) in [("deviation of the prior", prior.sd), ("variance of a reward", variance)] {
            if !(value.is_finite() && value > 0.0) {
                return Err(Error::NotABandit { of, value });
            }
        }
        Ok(Self { rewards: Rewards::new(arms)?, prior, variance, best: None })
    }

    /// The same, for which what is old counts less: see [`Rewards`].
    ///
    /// # Errors
    ///
    /// [`Error::NotABandit`] when the discount is not above 0 and at most 1.
    pub fn discounted(self, discount: f64) -> Result<Self, Error> {
        Ok(Self { rewards: self.rewards.discounted(discount)?, ..self })
    }

    /// The same as top-two sampling: see [`Thompson::top_two`](super::Thompson::top_two).
    ///
    /// # Errors
    ///
    /// [`Error::NotABandit`] when the probability is not from 0 to 1.
    pub fn top_two(self, best: f64) -> Result<Self, Error> {
        if !(0.0..=1.0).contains(&best) {
            return Err(Error::NotABandit { of: "part of the best arm", value: best });
        }
        Ok(Self { best: Some(best), ..self })
    }

    /// What came of arms so far.
    pub const fn rewards(&self) -> &Rewards {
        &self.rewards
    }

    /// What is believed of the mean of an arm; `None` when there is no such arm.
    pub fn posterior(&self, arm: usize) -> Option<NormalEffects> {
        (arm < self.rewards.arms()).then(|| self.of(arm, self.reward_variance()))
    }

    /// The variance of a reward around the mean of its arm.
    fn reward_variance(&self) -> f64 {
        let arms = 0..self.rewards.arms();
        let scatter: f64 = arms.clone().map(|arm| self.rewards.scatter(arm)).sum();
        // Each arm's mean takes one of its rewards.
        let degrees: f64 = arms.map(|arm| (self.rewards.pulls(arm) - 1.0).max(0.0)).sum();
        (2.0 * self.variance + scatter) / (2.0 + degrees)
    }

    fn of(&self, arm: usize, variance: f64) -> NormalEffects {
        let (own, before) = (self.rewards.pulls(arm) / variance, (self.prior.sd * self.prior.sd).recip());
        let mean = self.rewards.mean(arm).unwrap_or(0.0);
        let precision = own + before;
        NormalEffects { mean: (own * mean + before * self.prior.mean) / precision, sd: precision.recip().sqrt() }
    }
}

impl<C: ?Sized> Policy<C> for GaussianThompson {
    fn arms(&self) -> usize {
        self.rewards.arms()
    }

    fn select<R: Rng + ?Sized>(&mut self, _: &C, rng: &mut R) -> usize {
        let variance = self.reward_variance();
        let draw = |arm: usize, rng: &mut R| {
            let posterior = self.of(arm, variance);
            let z: f64 = StandardNormal.sample(rng);
            posterior.mean + posterior.sd * z
        };
        select(self.rewards.arms(), self.best, draw, rng)
    }

    /// Any finite reward.
    fn record(&mut self, arm: usize, _: &C, reward: f64) -> Result<(), Error> {
        self.rewards.record(arm, reward)
    }
}
