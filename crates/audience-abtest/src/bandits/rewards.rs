//! What came of arms.

use crate::error::Error;

/// Sums of what came of each arm, in memory that does not grow. With a discount, what is old counts less: each reward that is
/// recorded multiplies the weight of all before it, of every arm, so that 1 / (1 − discount) rewards are what is remembered.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(try_from = "Written"))]
pub struct Rewards {
    arms: Vec<Sums>,
    discount: f64,
}

/// Of one arm, weighted: its count, its mean, and the sum of squares around it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
struct Sums {
    count: f64,
    mean: f64,
    scatter: f64,
}

impl Sums {
    /// With what was recorded before counting less.
    fn discounted(self, discount: f64) -> Self {
        Self { count: self.count * discount, scatter: self.scatter * discount, ..self }
    }
}

/// As it comes from elsewhere.
#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
struct Written {
    arms: Vec<Sums>,
    discount: f64,
}

#[cfg(feature = "serde")]
impl TryFrom<Written> for Rewards {
    type Error = Error;

    fn try_from(Written { arms, discount }: Written) -> Result<Self, Error> {
        let rewards = Self::new(arms.len())?.discounted(discount)?;
        for sums in &arms {
            if !sums.mean.is_finite() {
                return Err(Error::NotABandit { of: "mean reward of an arm", value: sums.mean });
            }
            for (of, value) in [("count of an arm", sums.count), ("scatter of an arm", sums.scatter)] {
                if !(value >= 0.0 && value.is_finite()) {
                    return Err(Error::NotABandit { of, value });
                }
            }
        }
        Ok(Self { arms, ..rewards })
    }
}

impl Rewards {
    pub(super) fn new(arms: usize) -> Result<Self, Error> {
        if arms < 2 {
            return Err(Error::TooFewVariants { variants: arms });
        }
        Ok(Self { arms: vec![Sums::default(); arms], discount: 1.0 })
    }

    pub(super) fn discounted(mut self, discount: f64) -> Result<Self, Error> {
        if !(discount > 0.0 && discount <= 1.0) {
            return Err(Error::NotABandit { of: "discount", value: discount });
        }
        self.discount = discount;
        Ok(self)
    }

    pub(super) fn record(&mut self, arm: usize, reward: f64) -> Result<(), Error> {
        let arms = self.arms.len();
        if arm >= arms {
            return Err(Error::UnknownArm { arm, arms });
        }
        if !reward.is_finite() {
            return Err(Error::NotAReward { reward });
        }
        let Sums { count, mean, scatter } = self.arms[arm].discounted(self.discount);
        let (count, distance) = (count + 1.0, reward - mean);
        let mean = mean + distance / count;
        let sums = Sums { count, mean, scatter: scatter + distance * (reward - mean) };
        // Beyond all numbers is no reward that others can be held against.
        if !sums.scatter.is_finite() {
            return Err(Error::NotAReward { reward });
        }
        if self.discount < 1.0 {
            for sums in &mut self.arms {
                *sums = sums.discounted(self.discount);
            }
        }
        self.arms[arm] = sums;
        Ok(())
    }

    /// The same for rewards from 0 to 1.
    pub(super) fn record_part(&mut self, arm: usize, reward: f64) -> Result<(), Error> {
        if (0.0..=1.0).contains(&reward) { self.record(arm, reward) } else { Err(Error::NotAReward { reward }) }
    }

    /// How many arms there are.
    pub fn arms(&self) -> usize {
        self.arms.len()
    }

    /// How many rewards of an arm count, with discounts; 0 of one there is none of.
    pub fn pulls(&self, arm: usize) -> f64 {
        self.arms.get(arm).map_or(0.0, |sums| sums.count)
    }

    /// The mean reward of an arm, with discounts; `None` without any.
    pub fn mean(&self, arm: usize) -> Option<f64> {
        self.arms.get(arm).filter(|sums| sums.count > 0.0).map(|sums| sums.mean)
    }

    /// The sum of squared distances of an arm's rewards from their mean, with discounts; 0 without any.
    pub fn scatter(&self, arm: usize) -> f64 {
        self.arms.get(arm).map_or(0.0, |sums| sums.scatter)
    }

    /// How many rewards of all arms count.
    pub fn total_pulls(&self) -> f64 {
        self.arms.iter().map(|sums| sums.count).sum()
    }

    /// What the rewards of an arm from 0 to 1 add up to, and what they lack of as many ones.
    pub(super) fn successes_and_failures(&self, arm: usize) -> (f64, f64) {
        let sums = &self.arms[arm];
        let successes = (sums.mean * sums.count).clamp(0.0, sums.count);
        (successes, sums.count - successes)
    }
}
