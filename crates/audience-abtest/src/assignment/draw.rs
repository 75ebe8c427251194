//! Draws that follow from a salt, a purpose and the id of a unit.

use audience_stats::hash::hash64;

/// What a draw decides. Each has hashes of its own, so that who is covered says nothing of who is in which arm.
#[derive(Clone, Copy, Debug)]
pub(super) enum Purpose {
    Arm,
    Coverage,
    HoldOut,
    Layer,
    Period,
}

impl Purpose {
    /// The bytes of its name. They are part of every assignment ever made: they never change.
    const fn seed(self) -> u64 {
        u64::from_le_bytes(match self {
            Self::Arm => *b"arm.....",
            Self::Coverage => *b"coverage",
            Self::HoldOut => *b"hold-out",
            Self::Layer => *b"layer...",
            Self::Period => *b"period..",
        })
    }
}

/// The hash of a salt and a purpose, with which units are hashed.
///
/// The salt is hashed by itself, and not put before the id: salts and ids of other lengths that are the same one after the
/// other are not the same here, and nothing is copied.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Seed(u64);

impl Seed {
    pub(super) fn new(salt: &str, purpose: Purpose) -> Self {
        Self(hash64(salt.as_bytes(), purpose.seed()))
    }

    /// 64 uniform bits for a unit.
    #[inline]
    pub(super) fn hash(self, unit: &str) -> u64 {
        hash64(unit.as_bytes(), self.0)
    }

    /// The seed that a unit has for draws of its own.
    pub(super) fn of(self, unit: &str) -> Self {
        Self(self.hash(unit))
    }

    /// 64 uniform bits for a number.
    pub(super) fn hash_number(self, number: i64) -> u64 {
        hash64(&number.to_le_bytes(), self.0)
    }

    /// The seed of a number's own draws.
    pub(super) fn of_number(self, number: i64) -> Self {
        Self(self.hash_number(number))
    }
}

/// The least hash past a share of all hashes; `None` when that is all of them.
pub(super) fn border(share: f64) -> Option<u64> {
    const HASHES: f64 = 18_446_744_073_709_551_616.0;
    let border = share * HASHES;
    // A product with a power of two is exact; what is left of the border is a part of one hash.
    (border < HASHES).then_some(border as u64)
}

/// Whether a hash lies before a border.
#[inline]
fn before(hash: u64, border: Option<u64>) -> bool {
    border.is_none_or(|border| hash < border)
}

/// Lets a range of all hashes in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Gate {
    seed: Seed,
    start: Option<u64>,
    end: Option<u64>,
}

impl Gate {
    /// Those from a share of all on, and before another.
    pub(super) fn new(salt: &str, purpose: Purpose, start: f64, end: f64) -> Self {
        Self { seed: Seed::new(salt, purpose), start: border(start), end: border(end) }
    }

    #[inline]
    pub(super) fn admits(&self, unit: &str) -> bool {
        if self.start == Some(0) && self.end.is_none() {
            return true;
        }
        let hash = self.seed.hash(unit);
        !before(hash, self.start) && before(hash, self.end)
    }
}

/// Arms side by side over all hashes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Arms {
    seed: Seed,
    /// Where each arm but the last ends.
    ends: Vec<u64>,
}

impl Arms {
    /// Arms of these shares, which add up to 1; the place of one that no hash falls in is the error.
    pub(super) fn new(salt: &str, shares: impl IntoIterator<Item = f64>) -> Result<Self, usize> {
        let (mut ends, mut share_before) = (Vec::new(), 0.0);
        for share in shares {
            share_before += share;
            ends.push(border(share_before));
        }
        // The last arm takes what is left, whatever rounding made of the sum.
        ends.pop();
        let mut start = 0;
        let mut borders = Vec::with_capacity(ends.len());
        for (arm, end) in ends.into_iter().enumerate() {
            match end {
                Some(end) if end > start => start = end,
                Some(_) => return Err(arm),
                None => return Err(arm + 1),
            }
            borders.push(start);
        }
        Ok(Self { seed: Seed::new(salt, Purpose::Arm), ends: borders })
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.ends.len() + 1
    }

    #[inline]
    pub(super) fn of(&self, unit: &str) -> usize {
        self.at(self.seed.hash(unit))
    }

    /// The arm that a hash falls in. Counting takes no branch that depends on the hash, which could not be foreseen.
    #[inline]
    pub(super) fn at(&self, hash: u64) -> usize {
        self.ends.iter().map(|end| usize::from(hash >= *end)).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn borders_are_parts_of_all_hashes() {
        assert_eq!(border(0.0), Some(0));
        assert_eq!(border(0.5), Some(1 << 63));
        assert_eq!(border(1.0), None);
        assert_eq!(border(1.0 - f64::EPSILON / 2.0), Some(u64::MAX - 2047));
    }

    #[test]
    fn each_hash_is_in_one_arm() {
        let arms = Arms::new("s", [0.25, 0.5, 0.25]).unwrap();
        assert_eq!(arms.len(), 3);
        let quarter = 1_u64 << 62;
        for (hash, arm) in
            [(0, 0), (quarter - 1, 0), (quarter, 1), (3 * quarter - 1, 1), (3 * quarter, 2), (u64::MAX, 2)]
        {
            assert_eq!(arms.at(hash), arm, "{hash}");
        }
    }

    #[test]
    fn an_arm_without_a_hash_is_named() {
        assert_eq!(Arms::new("s", [0.5, 1e-30, 0.5]), Err(1));
        assert_eq!(Arms::new("s", [1.0, 1e-30]), Err(1));
        assert_eq!(Arms::new("s", [1e-30, 1.0]), Err(0));
    }

    #[test]
    fn a_gate_that_is_open_or_shut_asks_for_no_hash() {
        assert!(Gate::new("s", Purpose::Coverage, 0.0, 1.0).admits("u"));
        assert!(!Gate::new("s", Purpose::Coverage, 0.0, 0.0).admits("u"));
        assert!(!Gate::new("s", Purpose::Coverage, 1.0, 1.0).admits("u"));
    }
}
