//! Numbers and how often they were seen.

use smallvec::SmallVec;

/// Whole numbers with a weight each, in order. Weights may be taken back; what has none is not kept.
///
/// Numbers are kept to four significant digits, so that no number of different ones needs much memory.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct Multiset(SmallVec<[(u64, i64); 2]>);

impl Multiset {
    pub(crate) fn add(&mut self, number: u64, weight: i64) {
        let number = four_digits(number);
        match self.0.binary_search_by_key(&number, |(other, _)| *other) {
            Ok(at) => {
                self.0[at].1 = self.0[at].1.saturating_add(weight);
                if self.0[at].1 == 0 {
                    self.0.remove(at);
                }
            }
            Err(at) if weight != 0 => self.0.insert(at, (number, weight)),
            Err(_) => {}
        }
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        for (number, weight) in &other.0 {
            self.add(*number, *weight);
        }
    }

    /// Whether it can have come of additions.
    #[cfg(feature = "serde")]
    pub(crate) fn is_whole(&self) -> bool {
        self.0.is_sorted_by(|a, b| a.0 < b.0)
    }

    /// Numbers with more than no weight.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = (u64, u64)> + Clone {
        self.0
            .iter()
            .filter_map(|(number, weight)| Some((*number, u64::try_from(*weight).ok().filter(|weight| *weight > 0)?)))
    }

    pub(crate) fn weight(&self) -> u64 {
        self.iter().fold(0, |sum, (_, weight)| sum.saturating_add(weight))
    }

    /// The weighted mean; `None` of nothing.
    pub(crate) fn mean(&self) -> Option<f64> {
        let products = self.iter().map(|(number, weight)| u128::from(number) * u128::from(weight));
        let sum = products.fold(0_u128, u128::saturating_add);
        let weight = self.weight();
        (weight > 0).then(|| sum as f64 / weight as f64)
    }

    /// The least number that at least a part `share` of all weight is at or below; `None` of nothing.
    pub(crate) fn quantile(&self, share: f64) -> Option<u64> {
        let needed = self.weight() as f64 * share;
        let mut passed = 0_u64;
        let mut numbers = self.iter();
        let reached = numbers.find(|(_, weight)| {
            passed = passed.saturating_add(*weight);
            passed as f64 >= needed
        });
        reached.or_else(|| self.iter().next_back()).map(|(number, _)| number)
    }
}

/// The number to four significant digits.
fn four_digits(number: u64) -> u64 {
    let mut unit = 1;
    while number / unit >= 10_000 {
        unit *= 10;
    }
    let rest = number % unit;
    if rest >= unit.div_ceil(2) { (number - rest).saturating_add(unit) } else { number - rest }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_four_digits() {
        for (number, expected) in [
            (0, 0),
            (9_999, 9_999),
            (10_000, 10_000),
            (10_004, 10_000),
            (10_005, 10_010),
            (2_095_499, 2_095_000),
            (2_095_500, 2_096_000),
            (99_999, 100_000),
            (u64::MAX, u64::MAX),
        ] {
            assert_eq!(four_digits(number), expected, "{number}");
        }
    }

    #[test]
    fn what_is_taken_back_is_not_there() {
        let mut set = Multiset::default();
        assert_eq!((set.mean(), set.quantile(0.5)), (None, None));
        for (number, weight) in [(500, 1), (100, 2), (900, 1), (500, -1)] {
            set.add(number, weight);
        }
        assert_eq!(set.iter().collect::<Vec<_>>(), [(100, 2), (900, 1)]);
        assert_eq!(set.mean(), Some(1100.0 / 3.0));
        assert_eq!(
            [0.0, 0.5, 0.67, 1.0].map(|share| set.quantile(share)),
            [Some(100), Some(100), Some(900), Some(900)]
        );
    }
}
