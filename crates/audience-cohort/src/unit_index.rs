//! Viewers and sessions as small numbers.

use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::hint::black_box;
use std::sync::Arc;

use foldhash::fast::RandomState;

/// 96 bits of the hash of what names a unit: with its number 16 bytes. Among 10⁹ units two share them with probability 6·10⁻¹².
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct UnitKey([u32; 3]);

impl UnitKey {
    /// In how many parts keys lie.
    pub(crate) const PARTS: usize = 1 << Self::PART_BITS;
    const PART_BITS: u32 = 6;

    /// The part it lies in: parts follow each other as keys do.
    #[inline]
    pub(crate) const fn part(self) -> usize {
        (self.0[0] >> (u32::BITS - Self::PART_BITS)) as usize
    }
}

impl From<u128> for UnitKey {
    fn from(hash: u128) -> Self {
        Self([(hash >> 64) as u32, (hash >> 32) as u32, hash as u32])
    }
}

impl Hash for UnitKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let Self([_, high, low]) = *self;
        state.write_u64(u64::from(high) << 32 | u64::from(low));
    }
}

/// Numbers units in the order in which they come: exact for as many as there are numbers. A copy costs nothing until one of the two
/// numbers a new unit.
#[derive(Clone, Debug, Default)]
pub(crate) struct UnitIndex(Arc<HashMap<UnitKey, u32, RandomState>>);

impl UnitIndex {
    /// The number of a unit, which is that of [`len`](Self::len) before if it is new. `None` when there are 2³² already.
    #[inline]
    pub(crate) fn number(&mut self, key: UnitKey) -> Option<u32> {
        match self.0.get(&key) {
            Some(known) => Some(*known),
            None => self.add(key),
        }
    }

    #[cold]
    #[inline(never)]
    fn add(&mut self, key: UnitKey) -> Option<u32> {
        let next = u32::try_from(self.0.len()).ok()?;
        Arc::make_mut(&mut self.0).insert(key, next);
        Some(next)
    }

    /// So many units are asked for next. If they are as many as there are in the index, all of it is read first: in order that takes less time
    /// than to wait for each place of it, when it comes to that, by itself.
    pub(crate) fn read_for(&self, units: usize) {
        if self.0.len() <= units {
            black_box(self.0.values().fold(0, |all, number| all ^ number));
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The keys in the order of their numbers.
    pub(crate) fn into_keys(self) -> Vec<UnitKey> {
        let mut keys = vec![UnitKey([0; 3]); self.0.len()];
        for (key, number) in self.0.iter() {
            keys[*number as usize] = *key;
        }
        keys
    }

    /// Bytes held, for reports of memory.
    pub(crate) fn size_bytes(&self) -> usize {
        self.0.capacity() * (size_of::<(UnitKey, u32)>() + 1)
    }
}

/// Keys in the order of their numbers, each once.
impl FromIterator<UnitKey> for UnitIndex {
    fn from_iter<I: IntoIterator<Item = UnitKey>>(keys: I) -> Self {
        Self(Arc::new(keys.into_iter().zip(0..).collect()))
    }
}
