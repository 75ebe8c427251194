//! Which numbers of packets came, and which are missing.

mod loss;

pub use loss::LossSummary;
pub(super) use loss::loss;

use audience_core::Merge;

/// How wide the numbers of packets are: the one after the largest is 0.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Numbering {
    /// As of RTP.
    Bits16,
    /// As of RTP when receivers count how often it began anew (the extended number of RFC 3550).
    Bits32,
    /// Numbers that do not begin anew.
    Bits64,
}

impl Numbering {
    /// How many numbers there are.
    const fn modulus(self) -> i128 {
        match self {
            Self::Bits16 => 1 << 16,
            Self::Bits32 => 1 << 32,
            Self::Bits64 => 1 << 64,
        }
    }

    /// The number as it is on the wire: what is above its width does not count.
    const fn of(self, number: u64) -> u64 {
        match self {
            Self::Bits16 => number & 0xffff,
            Self::Bits32 => number & 0xffff_ffff,
            Self::Bits64 => number,
        }
    }
}

/// Different numbers of one bucket, as runs from a first to a last one, in order and apart; `None` once there were too many.
///
/// Runs take little memory where few packets are lost. What has too many does not depend on how they come: it is the numbers that
/// are counted and not the runs.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Option<Vec<(u64, u64)>>", into = "Option<Vec<(u64, u64)>>"))]
pub(super) struct Numbers(Option<Runs>);

#[derive(Clone, Debug, Default)]
struct Runs {
    runs: Vec<(u64, u64)>,
    count: u64,
}

impl Default for Numbers {
    fn default() -> Self {
        Self(Some(Runs::default()))
    }
}

#[cfg(feature = "serde")]
impl TryFrom<Option<Vec<(u64, u64)>>> for Numbers {
    type Error = crate::Error;

    fn try_from(runs: Option<Vec<(u64, u64)>>) -> Result<Self, crate::Error> {
        let Some(runs) = runs else { return Ok(Self(None)) };
        let apart = runs.windows(2).all(|pair| pair[0].1.checked_add(1).is_some_and(|next| next < pair[1].0));
        let count = runs.iter().try_fold(0_u64, |sum, run| sum.checked_add(run.1.checked_sub(run.0)?)?.checked_add(1));
        match count.filter(|count| apart && *count <= Self::MOST) {
            Some(count) => Ok(Self(Some(Runs { runs, count }))),
            None => Err(crate::Error::Inconsistent),
        }
    }
}

#[cfg(feature = "serde")]
impl From<Numbers> for Option<Vec<(u64, u64)>> {
    fn from(numbers: Numbers) -> Self {
        numbers.0.map(|runs| runs.runs)
    }
}

impl Numbers {
    /// How many different numbers a bucket may have.
    pub(super) const MOST: u64 = 1 << 16;

    pub(super) fn insert(&mut self, number: u64, numbering: Numbering) {
        let Some(runs) = &mut self.0 else { return };
        runs.insert(numbering.of(number));
        if runs.count > Self::MOST {
            self.0 = None;
        }
    }

    /// Runs in order, if the numbers were not too many.
    fn runs(&self) -> Option<&[(u64, u64)]> {
        self.0.as_ref().map(|runs| runs.runs.as_slice())
    }

    /// Whether all are numbers of this width.
    #[cfg(feature = "serde")]
    pub(super) fn fit(&self, numbering: Numbering) -> bool {
        self.runs().and_then(<[_]>::last).is_none_or(|last| numbering.of(last.1) == last.1)
    }

    pub(super) fn size_bytes(&self) -> usize {
        self.0.as_ref().map_or(0, |runs| runs.runs.capacity() * size_of::<(u64, u64)>())
    }
}

impl Runs {
    fn insert(&mut self, number: u64) {
        // Nearly always it is the one after the last.
        let place = match self.runs.last_mut() {
            Some(last) if last.1.checked_add(1) == Some(number) => {
                last.1 = number;
                self.count += 1;
                return;
            }
            Some(last) if last.1 < number => self.runs.len(),
            _ => self.runs.partition_point(|run| run.1 < number),
        };
        let next = self.runs.get(place).copied();
        if next.is_some_and(|next| next.0 <= number) {
            return;
        }
        self.count += 1;
        let after_previous = place > 0 && self.runs[place - 1].1.checked_add(1) == Some(number);
        let before_next = next.is_some_and(|next| number.checked_add(1) == Some(next.0));
        match (after_previous, before_next) {
            (true, true) => {
                self.runs[place - 1].1 = self.runs[place].1;
                self.runs.remove(place);
            }
            (true, false) => self.runs[place - 1].1 = number,
            (false, true) => self.runs[place].0 = number,
            (false, false) => self.runs.insert(place, (number, number)),
        }
    }
}

impl Merge for Numbers {
    fn merge(&mut self, other: Self) {
        let (Some(own), Some(others)) = (&mut self.0, other.0) else {
            self.0 = None;
            return;
        };
        if others.runs.is_empty() {
            return;
        }
        let mut all = std::mem::take(&mut own.runs);
        all.extend(others.runs);
        all.sort_unstable();
        let mut runs: Vec<(u64, u64)> = Vec::with_capacity(all.len());
        for (first, last) in all {
            match runs.last_mut() {
                Some(before) if before.1.checked_add(1).is_none_or(|next| first <= next) => {
                    before.1 = before.1.max(last);
                }
                _ => runs.push((first, last)),
            }
        }
        // What is in both is at most twice as much as each may have.
        own.count = runs.iter().map(|(first, last)| last - first + 1).sum();
        runs.shrink_to_fit();
        own.runs = runs;
        if own.count > Self::MOST {
            self.0 = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(numbers: impl IntoIterator<Item = u64>) -> Numbers {
        let mut all = Numbers::default();
        numbers.into_iter().for_each(|number| all.insert(number, Numbering::Bits64));
        all
    }

    #[test]
    fn numbers_make_runs_in_any_order() {
        assert_eq!(of([1, 2, 3]).runs(), Some(&[(1, 3)][..]));
        assert_eq!(of([3, 1, 2, 2]).runs(), Some(&[(1, 3)][..]));
        assert_eq!(of([5, 1, 3]).runs(), Some(&[(1, 1), (3, 3), (5, 5)][..]));
        assert_eq!(of([u64::MAX, 0, u64::MAX - 1]).runs(), Some(&[(0, 0), (u64::MAX - 1, u64::MAX)][..]));
    }

    #[test]
    fn what_is_above_the_width_does_not_count() {
        let mut numbers = Numbers::default();
        numbers.insert(65_536, Numbering::Bits16);
        assert_eq!(numbers.runs(), Some(&[(0, 0)][..]));
        assert!(numbers.fit(Numbering::Bits16) && !of([65_536]).fit(Numbering::Bits16));
    }

    #[test]
    fn too_many_are_too_many_in_any_order() {
        let evens = || (0..=Numbers::MOST).filter(|n| n % 2 == 0);
        let odds = || (0..=Numbers::MOST).filter(|n| n % 2 == 1);
        assert_eq!(of(0..Numbers::MOST).runs(), Some(&[(0, Numbers::MOST - 1)][..]));
        assert_eq!(of(evens().chain(odds())).runs(), None);
        let mut merged = of(odds());
        merged.merge(of(evens()));
        assert_eq!(merged.runs(), None);
    }

    proptest! {
        #[test]
        fn runs_are_those_of_the_set(numbers in proptest::collection::vec(0..40_u64, 0..60), cut in 0..60_usize) {
            let set: std::collections::BTreeSet<u64> = numbers.iter().copied().collect();
            let (left, right) = numbers.split_at(cut.min(numbers.len()));
            let mut merged = of(left.iter().copied());
            merged.merge(of(right.iter().copied()));
            let whole = of(numbers.iter().copied());
            prop_assert_eq!(whole.runs(), merged.runs());
            let listed: Vec<u64> = whole.runs().unwrap().iter().flat_map(|run| run.0..=run.1).collect();
            prop_assert_eq!(listed, set.iter().copied().collect::<Vec<_>>());
            prop_assert_eq!(whole.0.unwrap().count, set.len() as u64);
            prop_assert_eq!(merged.0.unwrap().count, set.len() as u64);
        }
    }
}
