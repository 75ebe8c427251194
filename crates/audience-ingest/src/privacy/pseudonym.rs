//! Ids that say nothing of whom they stand for.

use std::fmt;
use std::hash::BuildHasher;

use audience_core::Timestamp;
use foldhash::fast::RandomState;
use hashbrown::HashTable;

use super::key::{Key, Rotation};

/// The first 128 bits of a keyed hash, as hex.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Pseudonym([u8; 32]);

impl Pseudonym {
    pub(super) fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// How pseudonyms are made.
#[derive(Clone)]
pub(super) struct Hashing {
    key: [u8; 32],
    rotation: Rotation,
}

impl Hashing {
    /// Those of viewers. Each rotation has a key of its own: pseudonyms of a day are none of its week.
    pub(super) fn of_viewers(key: &Key, rotation: Rotation) -> Self {
        Self { key: key.derive(&format!("viewers {}", rotation.as_str())), rotation }
    }

    /// Those of sessions: a session and a viewer of the same id do not have the same.
    pub(super) fn of_sessions(key: &Key) -> Self {
        Self { key: key.derive("sessions"), rotation: Rotation::Never }
    }

    /// The pseudonym of an id at a time.
    #[cfg(any(feature = "parquet", test))]
    pub(super) fn pseudonym(&self, id: &str, at: Timestamp) -> Pseudonym {
        self.of_period(id, self.rotation.period(at))
    }

    fn of_period(&self, id: &str, period: i64) -> Pseudonym {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let of_period = blake3::keyed_hash(&self.key, &period.to_le_bytes());
        let hash = blake3::keyed_hash(of_period.as_bytes(), id.as_bytes());
        let mut hex = [0; 32];
        for (pair, byte) in hex.chunks_exact_mut(2).zip(hash.as_bytes()) {
            pair[0] = DIGITS[usize::from(byte >> 4)];
            pair[1] = DIGITS[usize::from(byte & 15)];
        }
        Pseudonym(hex)
    }
}

impl fmt::Debug for Hashing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hashing").field("rotation", &self.rotation).finish_non_exhaustive()
    }
}

/// Pseudonyms made lately: most events are of somebody who was there just before.
#[derive(Clone, Debug, Default)]
pub(super) struct Memo {
    known: HashTable<(i64, Box<str>, Pseudonym)>,
    hasher: RandomState,
}

impl Memo {
    /// So many are kept.
    const MOST: usize = 1 << 14;

    /// The pseudonym of an id at a time, which is always made by the same `hashing`.
    pub(super) fn pseudonym(&mut self, hashing: &Hashing, id: &str, at: Timestamp) -> Pseudonym {
        let period = hashing.rotation.period(at);
        let hasher = &self.hasher;
        let hash = hasher.hash_one((period, id));
        if let Some(known) = self.known.find(hash, |known| known.0 == period && *known.1 == *id) {
            return known.2;
        }
        if self.known.len() == Self::MOST {
            self.known.clear();
        }
        let new = hashing.of_period(id, period);
        self.known.insert_unique(hash, (period, id.into(), new), |known| hasher.hash_one((known.0, &*known.1)));
        new
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400_000;

    fn key(secret: &str) -> Key {
        Key::new(secret.as_bytes()).unwrap()
    }

    /// Pseudonyms of `ann` on two days of a week, and a month later.
    fn of_ann(hashing: &Hashing) -> [String; 3] {
        // 2026-01-05 is a Monday.
        [20_458, 20_459, 20_490]
            .map(|day| hashing.pseudonym("ann", Timestamp::from_millis(day * DAY)).as_str().to_owned())
    }

    #[test]
    fn pseudonyms_are_the_same_within_a_period_and_differ_between_periods() {
        let key = key("a secret of many bytes");
        let of = |rotation| of_ann(&Hashing::of_viewers(&key, rotation));
        let [never, day, week, month] = [Rotation::Never, Rotation::Day, Rotation::Week, Rotation::Month].map(of);
        assert!(never[0] == never[1] && never[1] == never[2]);
        assert!(day[0] != day[1] && day[1] != day[2]);
        assert!(week[0] == week[1] && week[1] != week[2]);
        assert!(month[0] == month[1] && month[1] != month[2]);
        let mut all = [never, day, week, month, of_ann(&Hashing::of_sessions(&key))].concat();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 1 + 3 + 2 + 2 + 1);
        assert!(all.iter().all(|id| id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit())));
    }

    #[test]
    fn pseudonyms_follow_from_the_key() {
        let of = |secret| of_ann(&Hashing::of_viewers(&key(secret), Rotation::Day));
        assert_eq!(of("a secret of many bytes"), of("a secret of many bytes"));
        assert_ne!(of("a secret of many bytes"), of("a secret of more bytes"));
    }

    #[test]
    fn what_is_remembered_is_what_would_be_made() {
        let hashing = Hashing::of_viewers(&key("a secret of many bytes"), Rotation::Day);
        let mut memo = Memo::default();
        for round in 0..2 {
            for number in 0..Memo::MOST as i64 + 10 {
                let (id, at) = (number.to_string(), Timestamp::from_millis(number % 3 * DAY));
                let made = hashing.pseudonym(&id, at);
                assert_eq!(memo.pseudonym(&hashing, &id, at), made, "{round}");
                assert_eq!(memo.pseudonym(&hashing, &id, at), made, "{round}");
            }
            assert!(memo.known.len() <= Memo::MOST);
        }
    }
}
