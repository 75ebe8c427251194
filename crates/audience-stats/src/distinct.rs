//! Counting different things exactly.

use std::collections::HashSet;

use foldhash::fast::RandomState;

use crate::hash::hash128;
use crate::{Accumulator, Merge};

/// How many different ids were seen: a set of 128-bit hashes, so exact for any number of ids that fits in memory
/// ([`hash128`] gives the odds), at about 20 bytes an id whatever its length.
///
/// # Examples
///
/// ```
/// use audience_stats::{Accumulator, Distinct};
///
/// let mut viewers = Distinct::new();
/// viewers.observe_all(["ann", "bob", "ann"]);
/// assert_eq!(viewers.summary(), 2);
/// ```
#[derive(Clone, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Distinct {
    #[cfg_attr(feature = "serde", serde(with = "sorted_set"))]
    hashes: HashSet<u128, RandomState>,
}

impl Distinct {
    /// Nothing seen yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many different ids were seen.
    pub fn count(&self) -> u64 {
        self.hashes.len() as u64
    }

    /// Bytes held, for reports of memory.
    pub fn size_bytes(&self) -> usize {
        self.hashes.capacity() * (size_of::<u128>() + 1)
    }
}

impl Merge for Distinct {
    fn merge(&mut self, other: Self) {
        if other.hashes.len() > self.hashes.len() {
            let mine = std::mem::replace(self, other);
            return self.merge(mine);
        }
        self.hashes.extend(other.hashes);
    }
}

impl Accumulator for Distinct {
    type Item = str;
    type Summary = u64;

    fn observe(&mut self, id: &str) {
        self.hashes.insert(hash128(id.as_bytes(), 0));
    }

    fn summary(&self) -> u64 {
        self.count()
    }
}

#[cfg(feature = "serde")]
impl crate::Portable for Distinct {
    fn fingerprint(&self) -> u64 {
        crate::fingerprint_of("audience.distinct/1", &())
    }

    fn size_bytes(&self) -> usize {
        self.size_bytes()
    }
}

/// The same set gives the same bytes.
#[cfg(feature = "serde")]
mod sorted_set {
    use std::collections::HashSet;

    use foldhash::fast::RandomState;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<S: Serializer>(set: &HashSet<u128, RandomState>, serializer: S) -> Result<S::Ok, S::Error> {
        let mut hashes: Vec<u128> = set.iter().copied().collect();
        hashes.sort_unstable();
        hashes.serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<HashSet<u128, RandomState>, D::Error> {
        Ok(Vec::<u128>::deserialize(deserializer)?.into_iter().collect())
    }
}
