//! One accumulator per key.

use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;

use foldhash::fast::RandomState;

use crate::{Accumulator, Merge};

/// Which group an item belongs to. Any `Fn(&T) -> K` is one.
pub trait KeyOf<T: ?Sized> {
    /// The group's name.
    type Key: Clone + Eq + Hash + Ord;

    /// The group of `item`.
    fn key(&self, item: &T) -> Self::Key;
}

impl<T: ?Sized, K: Clone + Eq + Hash + Ord, F: Fn(&T) -> K> KeyOf<T> for F {
    type Key = K;

    fn key(&self, item: &T) -> K {
        self(item)
    }
}

/// The same analysis for each group of items: an accumulator per key, cloned from an empty prototype when the key
/// is first seen.
///
/// The summary lists `(key, summary)` in key order, whatever the order of arrival.
///
/// # Examples
///
/// ```
/// use audience_stats::{Accumulator, Distribution, Keyed, Quantiles};
///
/// let mut by_parity = Keyed::new(|n: &u64| n % 2 == 1, Quantiles::new());
/// by_parity.observe_all(&[1, 2, 3, 5, 4]);
/// let summary = by_parity.summary();
/// assert_eq!(summary[0].1.median(), Some(3.0)); // 2, 4
/// assert_eq!(summary[1].1.median(), Some(3.0)); // 1, 3, 5
/// ```
#[derive(Clone)]
pub struct Keyed<A: Accumulator, F: KeyOf<A::Item>> {
    key_of: F,
    prototype: A,
    groups: HashMap<F::Key, A, RandomState>,
}

impl<A: Accumulator + Clone, F: KeyOf<A::Item>> Keyed<A, F> {
    /// No groups yet; each will start as a clone of `prototype`.
    ///
    /// `prototype` must not have observed anything, or its items count once per group.
    pub fn new(key_of: F, prototype: A) -> Self {
        Self { key_of, prototype, groups: HashMap::default() }
    }

    /// The state of one group.
    pub fn get(&self, key: &F::Key) -> Option<&A> {
        self.groups.get(key)
    }

    /// How many groups there are.
    pub fn len(&self) -> usize {
        self.groups.len()
    }

    /// Whether nothing was observed yet.
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// The groups in no particular order.
    pub fn iter(&self) -> impl Iterator<Item = (&F::Key, &A)> {
        self.groups.iter()
    }

    /// The groups in key order.
    pub fn into_sorted(self) -> Vec<(F::Key, A)> {
        let mut groups: Vec<_> = self.groups.into_iter().collect();
        groups.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        groups
    }
}

impl<A: Accumulator, F: KeyOf<A::Item>> Merge for Keyed<A, F> {
    fn merge(&mut self, other: Self) {
        self.groups.merge(other.groups);
    }
}

impl<A: Accumulator + Clone, F: KeyOf<A::Item>> Accumulator for Keyed<A, F> {
    type Item = A::Item;
    type Summary = Vec<(F::Key, A::Summary)>;

    fn observe(&mut self, item: &A::Item) {
        let key = self.key_of.key(item);
        self.groups.entry(key).or_insert_with(|| self.prototype.clone()).observe(item);
    }

    fn summary(&self) -> Self::Summary {
        let mut groups: Vec<_> = self.groups.iter().map(|(key, state)| (key.clone(), state.summary())).collect();
        groups.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        groups
    }
}

impl<A: Accumulator + fmt::Debug, F: KeyOf<A::Item, Key: fmt::Debug>> fmt::Debug for Keyed<A, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keyed").field("groups", &self.groups).finish_non_exhaustive()
    }
}
