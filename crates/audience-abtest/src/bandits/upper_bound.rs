//! The arm that may be the best.

use rand::Rng;

use super::policy::{Policy, largest};
use super::rewards::Rewards;
use crate::error::Error;

/// The arm with the largest mean + √(2 ln n / nⱼ), for n pulls in all and nⱼ of the arm, which are rewards from 0 to 1. Arms
/// without a reward come first; nothing is drawn but among arms that are alike.
///
/// P. Auer, N. Cesa-Bianchi, P. Fischer, "Finite-time analysis of the multiarmed bandit problem", Machine Learning 47 (2002). Its bound
/// is a wide one: [`KlUcb`] explores less.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Ucb1 {
    rewards: Rewards,
}

/// The arm with the largest rate q for which nⱼ d(mean, q) is at most ln n, with d the divergence of Kullback and Leibler of two Bernoulli
/// distributions: the upper end of the rates that rewards from 0 to 1 leave possible. Arms without a reward come first.
///
/// A. Garivier, O. Cappé, "The KL-UCB algorithm for bounded stochastic bandits and beyond", COLT 2011, with c = 0 as they
/// advise. For rewards of 0 and 1 nothing loses less in the long run.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct KlUcb {
    rewards: Rewards,
}

/// What both have besides the bound.
macro_rules! upper_bound {
    ($policy:ident, $bound:expr) => {
        impl $policy {
            /// For so many arms.
            ///
            /// # Errors
            ///
            /// [`Error::TooFewVariants`] for less than two.
            pub fn new(arms: usize) -> Result<Self, Error> {
                Ok(Self { rewards: Rewards::new(arms)? })
            }

            /// The same, for which what is old counts less: see [`Rewards`].
            ///
            /// # Errors
            ///
            /// [`Error::NotABandit`] when the discount is not above 0 and at most 1.
            pub fn discounted(self, discount: f64) -> Result<Self, Error> {
                Ok(Self { rewards: self.rewards.discounted(discount)? })
            }

            /// What came of arms so far.
            pub const fn rewards(&self) -> &Rewards {
                &self.rewards
            }

            /// What an arm may be at most, by which arms are selected: infinite for one without a reward.
            pub fn bound(&self, arm: usize) -> f64 {
                let ln_total = self.rewards.total_pulls().max(1.0).ln();
                self.rewards.mean(arm).map_or(f64::INFINITY, |mean| $bound(mean, ln_total / self.rewards.pulls(arm)))
            }
        }

        impl<C: ?Sized> Policy<C> for $policy {
            fn arms(&self) -> usize {
                self.rewards.arms()
            }

            fn select<R: Rng + ?Sized>(&mut self, _: &C, rng: &mut R) -> usize {
                largest((0..self.rewards.arms()).map(|arm| self.bound(arm)), rng)
            }

            /// A reward from 0 to 1.
            fn record(&mut self, arm: usize, _: &C, reward: f64) -> Result<(), Error> {
                self.rewards.record_part(arm, reward)
            }
        }
    };
}

upper_bound!(Ucb1, |mean: f64, ln_per_pull: f64| mean + (2.0 * ln_per_pull).sqrt());
upper_bound!(KlUcb, farthest);

/// The largest rate whose divergence from `mean` is at most `most`, by halving.
fn farthest(mean: f64, most: f64) -> f64 {
    // Rewards from 0 to 1 may leave a mean that rounding has put past them.
    let mean = mean.clamp(0.0, 1.0);
    // By Pinsker's inequality, it is no farther.
    let (mut low, mut high) = (mean, (mean + (most / 2.0).sqrt()).min(1.0));
    for _ in 0..40 {
        let middle = low.midpoint(high);
        if divergence(mean, middle) <= most {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}

/// p ln(p / q) + (1 − p) ln((1 − p) / (1 − q)).
fn divergence(p: f64, q: f64) -> f64 {
    let part = |p: f64, q: f64| if p == 0.0 { 0.0 } else { p * (p / q).ln() };
    part(p, q) + part(1.0 - p, 1.0 - q)
}
