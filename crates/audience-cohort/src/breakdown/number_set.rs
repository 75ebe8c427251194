//! Sets of small numbers.

/// A set of numbers that are given out one after the other, such as those of viewers: in runs of 65,536, each as a short list while there
/// are few, and as a bit for each number when there are more. A run with many has 8 KB, one with few 2 bytes a number.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct NumberSet {
    runs: Vec<Run>,
    count: u64,
}

#[derive(Clone, Debug, PartialEq)]
enum Run {
    /// In order.
    Few(Vec<u16>),
    Many(Box<[u64; WORDS]>),
}

const WORDS: usize = 1024;

/// More than so many are kept as bits.
const FEW: usize = 256;

impl NumberSet {
    pub(super) const fn len(&self) -> u64 {
        self.count
    }

    #[inline]
    pub(super) fn insert(&mut self, number: u32) {
        let (at, low) = ((number >> 16) as usize, number as u16);
        if at >= self.runs.len() {
            self.runs.resize_with(at + 1, || Run::Few(Vec::new()));
        }
        self.count += u64::from(self.runs[at].insert(low));
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        (0_u32..).zip(&self.runs).flat_map(|(at, run)| run.iter().map(move |low| at << 16 | u32::from(low)))
    }

    /// Takes in all numbers of another set.
    pub(super) fn unite(&mut self, other: &Self) {
        if other.runs.len() > self.runs.len() {
            self.runs.resize_with(other.runs.len(), || Run::Few(Vec::new()));
        }
        for (own, theirs) in self.runs.iter_mut().zip(&other.runs) {
            own.unite(theirs);
        }
        self.count = self.runs.iter().map(Run::len).sum();
    }
}

impl FromIterator<u32> for NumberSet {
    fn from_iter<I: IntoIterator<Item = u32>>(numbers: I) -> Self {
        let mut set = Self::default();
        for number in numbers {
            set.insert(number);
        }
        set
    }
}

impl Run {
    #[inline]
    fn insert(&mut self, low: u16) -> bool {
        match self {
            Self::Many(words) => {
                let (word, bit) = (&mut words[usize::from(low >> 6)], 1 << (low & 63));
                let is_new = *word & bit == 0;
                *word |= bit;
                is_new
            }
            Self::Few(list) => {
                let place = match list.last() {
                    Some(last) if *last >= low => match list.binary_search(&low) {
                        Ok(_) => return false,
                        Err(place) => place,
                    },
                    // Numbers that were just given out.
                    _ => list.len(),
                };
                list.insert(place, low);
                if list.len() > FEW {
                    self.spread();
                }
                true
            }
        }
    }

    /// As bits, if it is not yet.
    fn spread(&mut self) {
        if let Self::Few(list) = self {
            let mut words = Box::new([0; WORDS]);
            for low in list.iter() {
                words[usize::from(low >> 6)] |= 1 << (low & 63);
            }
            *self = Self::Many(words);
        }
    }

    fn unite(&mut self, other: &Self) {
        match other {
            Self::Few(list) => {
                for low in list {
                    self.insert(*low);
                }
            }
            Self::Many(theirs) => {
                self.spread();
                if let Self::Many(words) = self {
                    words.iter_mut().zip(theirs.iter()).for_each(|(word, other)| *word |= other);
                }
            }
        }
    }

    fn len(&self) -> u64 {
        match self {
            Self::Few(list) => list.len() as u64,
            Self::Many(words) => words.iter().map(|word| u64::from(word.count_ones())).sum(),
        }
    }

    fn iter(&self) -> impl Iterator<Item = u16> + '_ {
        let (list, words): (&[u16], &[u64]) = match self {
            Self::Few(list) => (list, &[]),
            Self::Many(words) => (&[], &words[..]),
        };
        let bits = (0_u16..)
            .zip(words)
            .flat_map(|(at, word)| (0..64).filter(move |bit| word >> bit & 1 == 1).map(move |bit| at << 6 | bit));
        list.iter().copied().chain(bits)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_is_a_set(left in prop::collection::vec(0..200_000_u32, 0..2000), right in prop::collection::vec(60_000..70_000_u32, 0..2000)) {
            let set = |numbers: &[u32]| numbers.iter().copied().collect::<NumberSet>();
            let mut united = set(&left);
            united.unite(&set(&right));
            let expected: BTreeSet<u32> = left.iter().chain(&right).copied().collect();
            prop_assert_eq!(united.len(), expected.len() as u64);
            prop_assert_eq!(united.iter().collect::<Vec<_>>(), expected.into_iter().collect::<Vec<_>>());
            prop_assert_eq!(set(&left).len(), left.iter().collect::<BTreeSet<_>>().len() as u64);
        }
    }
}
