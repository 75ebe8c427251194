//! Units divided into groups at random.

use crate::error::Error;
use crate::hash::hash64;

/// Units (viewers, households) divided at random into so many groups: what independent means where units come back.
///
/// The group of a unit follows from its id and a seed alone, so that all sessions of a viewer are in one group wherever
/// they are seen, and groups are as independent of each other as viewers are.
///
/// How many groups there are sets how well a standard error is known: its own relative error is about √(1 / 2(G − 1)),
/// 9 % with 64 groups and 2 % with 1024, if nothing is skewed (K. M. Wolter, "Introduction to Variance Estimation",
/// 2nd ed. 2007, chapter 2).
///
/// # Examples
///
/// ```
/// use audience_stats::RandomGroups;
///
/// let groups = RandomGroups::new(64, 7)?;
/// assert!(groups.group_of("ann") < 64);
/// assert_eq!(groups.group_of("ann"), groups.group_of("ann"));
/// assert!(RandomGroups::new(100, 7).is_err()); // no power of two
/// # Ok::<(), audience_stats::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "(u32, u64)", into = "(u32, u64)"))]
pub struct RandomGroups {
    count: u32,
    seed: u64,
}

impl RandomGroups {
    /// The most groups there can be.
    pub const MAX: u32 = 1 << 16;

    /// So many groups; other seeds divide the units otherwise.
    ///
    /// # Errors
    ///
    /// [`Error::NumberOfGroups`] when `count` is no power of two from 2 to [`MAX`](Self::MAX).
    pub const fn new(count: u32, seed: u64) -> Result<Self, Error> {
        if count < 2 || count > Self::MAX || !count.is_power_of_two() {
            return Err(Error::NumberOfGroups { groups: count });
        }
        Ok(Self { count, seed })
    }

    /// How many groups there are.
    pub const fn count(self) -> u32 {
        self.count
    }

    /// The group of a unit, from 0.
    pub fn group_of(self, unit: &str) -> u16 {
        (hash64(unit.as_bytes(), self.seed) % u64::from(self.count)) as u16
    }
}

/// 64 groups.
impl Default for RandomGroups {
    fn default() -> Self {
        Self { count: 64, seed: 0x6772_6f75_7073 }
    }
}

impl TryFrom<(u32, u64)> for RandomGroups {
    type Error = Error;

    fn try_from((count, seed): (u32, u64)) -> Result<Self, Error> {
        Self::new(count, seed)
    }
}

impl From<RandomGroups> for (u32, u64) {
    fn from(groups: RandomGroups) -> Self {
        (groups.count, groups.seed)
    }
}
