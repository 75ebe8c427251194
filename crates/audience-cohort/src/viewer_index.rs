//! Viewers as small numbers.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use audience_stats::hash::hash128;

/// Numbers viewers in the order in which they come, by a hash of their ids: exact for as many as fit in memory.
#[derive(Clone, Debug, Default)]
pub(crate) struct ViewerIndex(HashMap<u128, u32, BuildHasherDefault<Ready>>);

impl ViewerIndex {
    /// The number of a viewer, and whether it is new.
    ///
    /// # Panics
    ///
    /// With more than 2³² viewers, which take some 200 GB.
    pub(crate) fn of(&mut self, id: &str) -> (u32, bool) {
        self.of_hash(hash128(id.as_bytes(), 0))
    }

    pub(crate) fn of_hash(&mut self, hash: u128) -> (u32, bool) {
        let next = self.0.len();
        let number = *self.0.entry(hash).or_insert_with(|| u32::try_from(next).expect("fewer viewers than 2³²"));
        (number, number as usize == next)
    }

    /// The hashes in the order of the numbers.
    pub(crate) fn into_hashes(self) -> Vec<u128> {
        let mut hashes = vec![0; self.0.len()];
        for (hash, number) in self.0 {
            hashes[number as usize] = hash;
        }
        hashes
    }

    pub(crate) fn size_bytes(&self) -> usize {
        self.0.capacity() * size_of::<(u128, u32)>()
    }
}

/// For keys that are hashes already.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Ready(u64);

impl Hasher for Ready {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u128(&mut self, hash: u128) {
        self.0 = hash as u64;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
