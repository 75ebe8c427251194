//! The two traits every analysis is built on.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher, Hash};

/// State that can absorb another state of the same kind.
///
/// `merge` never fails. Two states of one type must have been made with the same configuration; where a state enters
/// from outside the process, that is checked there, once. A mismatch that reaches `merge` is a bug in the program
/// and panics with both values.
pub trait Merge {
    /// Absorbs `other`, as if everything it observed had been observed here.
    fn merge(&mut self, other: Self);
}

/// A mergeable state that observes items and can say what it has seen.
///
/// # Laws
///
/// 1. `merge` is associative and commutative.
/// 2. A state that observed nothing is its identity.
/// 3. Observing `xs` then `ys` equals merging a state that observed `xs` with one that observed `ys`.
/// 4. `summary` changes nothing and gives the same answer each time.
///
/// So one state serves a loop, a parallel fold, a sliding window and a partial result from another machine, and the
/// answer does not depend on how the items were split. States keep integers, which is what makes this exact; a type
/// that cannot says so and states its tolerance.
///
/// `test_util::check_merge_laws` (feature `test-util`) checks the laws at every split.
///
/// # Examples
///
/// ```
/// use audience_stats::{Accumulator, Merge};
///
/// #[derive(Clone, Default)]
/// struct Total(u64);
///
/// impl Merge for Total {
///     fn merge(&mut self, other: Self) {
///         self.0 += other.0;
///     }
/// }
///
/// impl Accumulator for Total {
///     type Item = u64;
///     type Summary = u64;
///     fn observe(&mut self, item: &u64) {
///         self.0 += item;
///     }
///     fn summary(&self) -> u64 {
///         self.0
///     }
/// }
///
/// let mut left = Total::default();
/// left.observe_all(&[1, 2]);
/// let mut right = Total::default();
/// right.observe_all(&[3]);
/// left.merge(right);
/// assert_eq!(left.summary(), 6);
/// ```
pub trait Accumulator: Merge {
    /// What is observed.
    type Item: ?Sized;
    /// What has been seen, as plain data.
    type Summary;

    /// Takes one item into the state.
    fn observe(&mut self, item: &Self::Item);

    /// What has been seen so far.
    fn summary(&self) -> Self::Summary;

    /// Takes every item of `items` into the state.
    fn observe_all<'a, I>(&mut self, items: I)
    where
        Self: Sized,
        I: IntoIterator<Item = &'a Self::Item>,
        Self::Item: 'a,
    {
        for item in items {
            self.observe(item);
        }
    }
}

impl<A: Merge> Merge for Option<A> {
    fn merge(&mut self, other: Self) {
        match (self.as_mut(), other) {
            (Some(state), Some(other)) => state.merge(other),
            (None, other) => *self = other,
            (Some(_), None) => {}
        }
    }
}

impl<K: Eq + Hash, V: Merge, S: BuildHasher> Merge for HashMap<K, V, S> {
    fn merge(&mut self, other: Self) {
        for (key, state) in other {
            match self.entry(key) {
                std::collections::hash_map::Entry::Occupied(mut entry) => entry.get_mut().merge(state),
                std::collections::hash_map::Entry::Vacant(entry) => {
                    entry.insert(state);
                }
            }
        }
    }
}

impl<K: Ord, V: Merge> Merge for BTreeMap<K, V> {
    fn merge(&mut self, other: Self) {
        for (key, state) in other {
            match self.entry(key) {
                std::collections::btree_map::Entry::Occupied(mut entry) => entry.get_mut().merge(state),
                std::collections::btree_map::Entry::Vacant(entry) => {
                    entry.insert(state);
                }
            }
        }
    }
}

/// Counts add up, and stay at the largest there is.
impl Merge for u64 {
    fn merge(&mut self, other: Self) {
        *self = self.saturating_add(other);
    }
}

/// Sums of milliseconds and of squares add up, and stay at the largest there is.
impl Merge for u128 {
    fn merge(&mut self, other: Self) {
        *self = self.saturating_add(other);
    }
}

/// Implements [`Merge`] for a struct by merging each of the named fields. A field that is left out keeps the left side's
/// value; name every field that observation changes.
///
/// # Examples
///
/// ```
/// #[derive(Default)]
/// struct Views {
///     sessions: u64,
///     watched_ms: u128,
/// }
///
/// audience_stats::merge_fields!(Views { sessions, watched_ms });
/// ```
#[macro_export]
macro_rules! merge_fields {
    ($name:ty { $($field:ident),+ $(,)? }) => {
        impl $crate::Merge for $name {
            fn merge(&mut self, other: Self) {
                $($crate::Merge::merge(&mut self.$field, other.$field);)+
            }
        }
    };
}

macro_rules! tuple_accumulator {
    ($($name:ident $index:tt),+) => {
        impl<$($name: Merge),+> Merge for ($($name,)+) {
            fn merge(&mut self, other: Self) {
                $(self.$index.merge(other.$index);)+
            }
        }

        /// Several analyses of the same items in one pass.
        impl<Item: ?Sized, $($name: Accumulator<Item = Item>),+> Accumulator for ($($name,)+) {
            type Item = Item;
            type Summary = ($($name::Summary,)+);

            fn observe(&mut self, item: &Item) {
                $(self.$index.observe(item);)+
            }

            fn summary(&self) -> Self::Summary {
                ($(self.$index.summary(),)+)
            }
        }
    };
}

tuple_accumulator!(A 0, B 1);
tuple_accumulator!(A 0, B 1, C 2);
tuple_accumulator!(A 0, B 1, C 2, D 3);
tuple_accumulator!(A 0, B 1, C 2, D 3, E 4);
tuple_accumulator!(A 0, B 1, C 2, D 3, E 4, F 5);
