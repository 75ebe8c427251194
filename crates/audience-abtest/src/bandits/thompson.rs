//! Arms as often as they are probably the best: of rewards from 0 to 1.

use rand::{Rng, RngExt};
use rand_distr::{Beta, Distribution};

use super::policy::Policy;
use super::rewards::Rewards;
use crate::error::Error;
use crate::posterior::BetaPosterior;
use audience_stats::BetaPrior;

/// How often a second arm is drawn before the one that was second best in the last draw is taken.
const REDRAWS: u32 = 32;

/// Thompson sampling of rates: a rate is drawn from the beta posterior of each arm, and the arm with the largest is selected, so that
/// each arm is selected as often as it is probably the best. Rewards are from 0 to 1; a part counts as that part of a success.
///
/// W. R. Thompson, "On the likelihood that one unknown probability exceeds another in view of the evidence of two samples",
/// Biometrika 25 (1933); for discounts, V. Raj, S. Kalyani, "Taming non-stationary bandits", arXiv 1707.09727.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Thompson {
    rewards: Rewards,
    prior: (f64, f64),
    /// The probability of the best of a draw, if not it alone is selected.
    best: Option<f64>,
}

impl Thompson {
    /// For so many arms, of which all rates are as probable before.
    ///
    /// # Errors
    ///
    /// [`Error::TooFewVariants`] for less than two.
    pub fn new(arms: usize) -> Result<Self, Error> {
        Self::with_prior(arms, BetaPrior::UNIFORM)
    }

    /// For so many arms, with what is believed of their rates before.
    ///
    /// # Errors
    ///
    /// [`Error::TooFewVariants`] for less than two arms; [`Error::Statistics`] when a parameter is not finite and above 0.
    pub fn with_prior(arms: usize, prior: BetaPrior) -> Result<Self, Error> {
        BetaPosterior::new(prior.alpha, prior.beta)?;
        Ok(Self { rewards: Rewards::new(arms)?, prior: (prior.alpha, prior.beta), best: None })
    }

    /// The same, for which what is old counts less: see [`Rewards`]. Arms that are not selected become as they were before.
    ///
    /// # Errors
    ///
    /// [`Error::NotABandit`] when the discount is not above 0 and at most 1.
    pub fn discounted(self, discount: f64) -> Result<Self, Error> {
        Ok(Self { rewards: self.rewards.discounted(discount)?, ..self })
    }

    /// The same as top-two sampling: the best arm of a draw with this probability, such as a half, and else the best of the next draws
    /// in which it is another. It finds the best arm sooner, and loses more while it does.
    ///
    /// D. Russo, "Simple Bayesian algorithms for best-arm identification", Operations Research 68 (2020).
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

    /// What is believed of the rate of an arm; `None` when there is no such arm.
    pub fn posterior(&self, arm: usize) -> Option<BetaPosterior> {
        let (alpha, beta) = (arm < self.rewards.arms()).then(|| self.parameters(arm))?;
        BetaPosterior::new(alpha, beta).ok()
    }

    fn parameters(&self, arm: usize) -> (f64, f64) {
        let (successes, failures) = self.rewards.successes_and_failures(arm);
        (self.prior.0 + successes, self.prior.1 + failures)
    }

    fn draw<R: Rng + ?Sized>(&self, arm: usize, rng: &mut R) -> f64 {
        let (alpha, beta) = self.parameters(arm);
        // Parameters are finite and above 0, so that there is a distribution.
        Beta::new(alpha, beta).map_or(0.5, |posterior| posterior.sample(rng))
    }
}

impl<C: ?Sized> Policy<C> for Thompson {
    fn arms(&self) -> usize {
        self.rewards.arms()
    }

    fn select<R: Rng + ?Sized>(&mut self, _: &C, rng: &mut R) -> usize {
        select(self.rewards.arms(), self.best, |arm, rng: &mut R| self.draw(arm, rng), rng)
    }

    /// A reward from 0 to 1.
    fn record(&mut self, arm: usize, _: &C, reward: f64) -> Result<(), Error> {
        self.rewards.record_part(arm, reward)
    }
}

/// The arm with the best draw, or with a probability less `best` the best of another.
pub(super) fn select<R: Rng + ?Sized>(
    arms: usize,
    best: Option<f64>,
    draw: impl Fn(usize, &mut R) -> f64,
    rng: &mut R,
) -> usize {
    let first = best_of(arms, None, &draw, rng);
    if best.is_none_or(|best| rng.random::<f64>() < best) {
        return first;
    }
    for _ in 0..REDRAWS {
        let other = best_of(arms, None, &draw, rng);
        if other != first {
            return other;
        }
    }
    best_of(arms, Some(first), &draw, rng)
}

fn best_of<R: Rng + ?Sized>(
    arms: usize,
    without: Option<usize>,
    draw: &impl Fn(usize, &mut R) -> f64,
    rng: &mut R,
) -> usize {
    let (mut best, mut of_best) = (usize::from(without == Some(0)), f64::NEG_INFINITY);
    for arm in (0..arms).filter(|arm| Some(*arm) != without) {
        let drawn = draw(arm, rng);
        if drawn > of_best {
            (best, of_best) = (arm, drawn);
        }
    }
    best
}
