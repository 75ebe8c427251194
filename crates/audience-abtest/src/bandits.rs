//! Bandits: which arm to show next, so that little is lost while it is found out which is the best.
//!
//! A policy selects an arm, the caller shows it and records what came of it. Random numbers are drawn from a generator that the
//! caller gives, so that a seed says everything. For units that are assigned in batches, [`Allocation`] has the weights of the next one.
//!
//! What a bandit gathers is not a random sample: rates of arms that were dropped early are too low, and intervals of the other
//! analyses do not hold. Where a fair estimate is needed, keep a floor under each arm or run an experiment.
//!
//! # Examples
//!
//! ```
//! use audience_abtest::bandits::{Policy, Regret, Thompson};
//! use rand::{RngExt, SeedableRng};
//! use rand_xoshiro::Xoshiro256PlusPlus;
//!
//! let rates = [0.05, 0.50];
//! let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
//! let mut policy = Thompson::new(2)?;
//! let mut regret = Regret::new();
//! for _ in 0..1000 {
//!     let arm = policy.select(&(), &mut rng);
//!     let clicked = rng.random::<f64>() < rates[arm];
//!     policy.record(arm, &(), f64::from(u8::from(clicked)))?;
//!     regret.record(0.50, rates[arm]);
//! }
//! assert!(policy.rewards().pulls(1) > 950.0 && regret.total() < 25.0);
//! # Ok::<(), audience_abtest::Error>(())
//! ```

mod allocation;
mod gaussian;
mod greedy;
mod policy;
mod regret;
mod rewards;
mod thompson;
mod upper_bound;

pub use allocation::{Allocation, TopTwo};
pub use gaussian::GaussianThompson;
pub use greedy::EpsilonGreedy;
pub use policy::{PerContext, Policy};
pub use regret::Regret;
pub use rewards::Rewards;
pub use thompson::Thompson;
pub use upper_bound::{KlUcb, Ucb1};
