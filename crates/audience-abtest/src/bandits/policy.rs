//! What every bandit does.

use std::collections::BTreeMap;

use rand::Rng;

use crate::error::Error;

/// A way to select arms by what came of them so far, in a context `C`: nothing by default. Those that do not look at contexts
/// take any.
pub trait Policy<C: ?Sized = ()> {
    /// How many arms there are.
    fn arms(&self) -> usize;

    /// The arm to show next, from 0 on. Several may be selected before what comes of them is recorded.
    fn select<R: Rng + ?Sized>(&mut self, context: &C, rng: &mut R) -> usize;

    /// Takes in what came of an arm that was shown.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownArm`] when there is no such arm; [`Error::NotAReward`] when the policy has no use for the reward. Nothing is
    /// taken in then.
    fn record(&mut self, arm: usize, context: &C, reward: f64) -> Result<(), Error>;
}

/// A policy of its own for each context, such as the kind of device, all beginning like the first.
///
/// Contexts learn nothing of each other: of `n` contexts each takes as long as one. Of more than `most` contexts the later ones share
/// one policy, so that memory is bounded.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(bound(
        serialize = "C: serde::Serialize, P: serde::Serialize",
        deserialize = "C: Ord + serde::Deserialize<'de>, P: serde::Deserialize<'de>"
    ))
)]
pub struct PerContext<C, P> {
    first: P,
    #[cfg_attr(feature = "serde", serde(with = "pairs"))]
    policies: BTreeMap<C, P>,
    shared: P,
    most: usize,
}

impl<C: Clone + Ord, P: Clone> PerContext<C, P> {
    /// Each context begins with this policy; at most so many have their own.
    pub fn new(first: P, most: usize) -> Self {
        Self { shared: first.clone(), first, policies: BTreeMap::new(), most }
    }

    /// The policy of a context; `None` where it has none of its own.
    pub fn of(&self, context: &C) -> Option<&P> {
        self.policies.get(context)
    }

    /// The policy that contexts share that have none of their own.
    pub const fn shared(&self) -> &P {
        &self.shared
    }

    fn of_mut(&mut self, context: &C) -> &mut P {
        if self.policies.len() < self.most || self.policies.contains_key(context) {
            self.policies.entry(context.clone()).or_insert_with(|| self.first.clone())
        } else {
            &mut self.shared
        }
    }
}

impl<C: Clone + Ord, P: Clone + Policy<C>> Policy<C> for PerContext<C, P> {
    fn arms(&self) -> usize {
        self.first.arms()
    }

    fn select<R: Rng + ?Sized>(&mut self, context: &C, rng: &mut R) -> usize {
        self.of_mut(context).select(context, rng)
    }

    fn record(&mut self, arm: usize, context: &C, reward: f64) -> Result<(), Error> {
        self.of_mut(context).record(arm, context, reward)
    }
}

/// Contexts and policies as a list, since a context need not be a text.
#[cfg(feature = "serde")]
mod pairs {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<C: Serialize, P: Serialize, S: Serializer>(
        policies: &BTreeMap<C, P>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(policies)
    }

    pub(super) fn deserialize<'de, C, P, D>(deserializer: D) -> Result<BTreeMap<C, P>, D::Error>
    where
        C: Ord + Deserialize<'de>,
        P: Deserialize<'de>,
        D: Deserializer<'de>,
    {
        Ok(Vec::<(C, P)>::deserialize(deserializer)?.into_iter().collect())
    }
}

/// The place of the largest score; of several, each as probable. None is no number.
pub(super) fn largest<R: Rng + ?Sized>(scores: impl Iterator<Item = f64>, rng: &mut R) -> usize {
    use rand::RngExt;
    let (mut best, mut of_best, mut alike) = (0, f64::NEG_INFINITY, 0_u32);
    for (arm, score) in scores.enumerate() {
        if score > of_best {
            (best, of_best, alike) = (arm, score, 1);
        } else if score == of_best {
            alike += 1;
            // The last of so many alike has one share of them.
            if rng.random_range(0..alike) == 0 {
                best = arm;
            }
        }
    }
    best
}
