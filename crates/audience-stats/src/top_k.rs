//! What is frequent in a stream, in bounded memory.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::hash::Hash;

use foldhash::fast::RandomState;

use crate::error::Error;
use crate::{Accumulator, Merge};

/// The most frequent keys of a stream, with bounds that hold whatever the stream is: counters of at most 2k keys.
///
/// With n the weight of all that was observed, the count of every key is known to within an error of at most n / (k + 1),
/// which [`error`](Self::error) has: usually much less, and 0 as long as there are no more than 2k different keys. So every
/// key with more than n / (k + 1) is there, and a count reported is never too small, and by at most the error too large.
///
/// Counters are those of J. Misra and D. Gries (1982): when there are more than 2k, the (k + 1)th largest count is taken off
/// all, and what has nothing left is forgotten. Each weight taken off is taken off k + 1 keys at least, hence the bound; and
/// as k counters go at a time, an item costs a constant number of steps on average. Merging adds counters and errors up and
/// shrinks the same way, which keeps the bound: P. K. Agarwal et al., "Mergeable summaries" (PODS 2012).
///
/// **Merging is commutative, but associative only up to the error**: which keys are forgotten, and by how much counts are too
/// large, depends on how items were split. What holds at every split is `lower()` ≤ true count ≤ `count` of what is reported,
/// true count ≤ [`error`](Self::error) of what is not, and error ≤ n / (k + 1). The result depends on nothing else: not on
/// hashes, and ties are in the order of keys.
///
/// When all keys fit in memory, count them: this is for ids without end. Counts stay at the largest there is.
///
/// # Examples
///
/// ```
/// use audience_stats::TopK;
///
/// let mut titles = TopK::new(2)?;
/// for (title, minutes) in [("a", 50), ("b", 3), ("c", 1), ("a", 20), ("d", 1), ("b", 30), ("e", 1)] {
///     titles.add(title, minutes);
/// }
/// let top = titles.top(2);
/// assert_eq!((top[0].key, top[1].key), ("a", "b"));
/// assert!(top[0].lower() <= 70 && 70 <= top[0].count);
/// assert!(titles.error() <= 106 / 3);
/// # Ok::<(), audience_stats::Error>(())
/// ```
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Form<K>", into = "Form<K>"))]
#[cfg_attr(
    feature = "serde",
    serde(bound(
        serialize = "K: Clone + Ord + Hash + serde::Serialize",
        deserialize = "K: Ord + Hash + serde::Deserialize<'de>"
    ))
)]
pub struct TopK<K> {
    k: u32,
    total: u64,
    error: u64,
    counters: HashMap<K, u64, RandomState>,
}

/// A key, and how much of it there is.
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Frequent<K> {
    /// The key.
    pub key: K,
    /// Its weight at the most.
    pub count: u64,
    /// By how much that may be too large.
    pub error: u64,
}

impl<K> Frequent<K> {
    /// Its weight at the least.
    pub const fn lower(&self) -> u64 {
        self.count.saturating_sub(self.error)
    }
}

/// What a [`TopK`] has seen, as plain data.
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct FrequentItems<K> {
    /// The weight of all items.
    pub total: u64,
    /// The most that a key may weigh that is not listed.
    pub error: u64,
    /// The keys that are known, those with the largest counts first, of equal ones in order.
    pub items: Vec<Frequent<K>>,
}

impl<K: Ord + Hash> TopK<K> {
    /// The largest k: counters for two million keys.
    pub const MOST: u32 = 1 << 20;

    /// With an error of at most a part 1 / (k + 1) of all. To tell the first ten apart, k is some hundreds.
    ///
    /// # Errors
    ///
    /// [`Error::NumberOfCounters`] when k is 0 or more than [`MOST`](Self::MOST).
    pub fn new(k: u32) -> Result<Self, Error> {
        if !(1..=Self::MOST).contains(&k) {
            return Err(Error::NumberOfCounters { k, most: Self::MOST });
        }
        Ok(Self { k, total: 0, error: 0, counters: HashMap::default() })
    }

    /// Takes a key in with a weight, such as seconds watched; a weight of 0 is nothing.
    pub fn add(&mut self, key: K, weight: u64) {
        if weight == 0 {
            return;
        }
        self.total = self.total.saturating_add(weight);
        let count = self.counters.entry(key).or_default();
        *count = count.saturating_add(weight);
        self.shrink();
    }

    /// The weight of all items.
    pub const fn total(&self) -> u64 {
        self.total
    }

    /// By how much counts may be too large, and the most that a key may weigh that is not known: at most
    /// [`total`](Self::total) / (k + 1).
    pub const fn error(&self) -> u64 {
        self.error
    }

    /// The keys with the largest counts, at most so many, of equal ones in order.
    pub fn top(&self, most: usize) -> Vec<Frequent<K>>
    where
        K: Clone,
    {
        let mut known: Vec<(&K, u64)> = self.counters.iter().map(|(key, count)| (key, *count)).collect();
        known.sort_unstable_by_key(|(key, count)| (Reverse(*count), *key));
        known.truncate(most);
        let frequent = |(key, count): (&K, u64)| Frequent {
            key: key.clone(),
            count: count.saturating_add(self.error),
            error: self.error,
        };
        known.into_iter().map(frequent).collect()
    }

    /// Bytes held, for reports of memory, without what keys hold outside of themselves.
    pub fn size_bytes(&self) -> usize {
        self.counters.capacity() * (size_of::<(K, u64)>() + 1)
    }

    fn shrink(&mut self) {
        let k = self.k as usize;
        if self.counters.len() <= 2 * k {
            return;
        }
        let mut counts: Vec<u64> = self.counters.values().copied().collect();
        let (_, off, _) = counts.select_nth_unstable_by_key(k, |count| Reverse(*count));
        let off = *off;
        self.counters.retain(|_, count| {
            *count -= off.min(*count);
            *count > 0
        });
        self.error = self.error.saturating_add(off);
    }
}

/// # Panics
///
/// When the two have not the same k, which is a bug in the program.
impl<K: Ord + Hash> Merge for TopK<K> {
    fn merge(&mut self, other: Self) {
        assert_eq!(self.k, other.k, "frequent items of another k do not merge");
        self.total.merge(other.total);
        self.error.merge(other.error);
        self.counters.merge(other.counters);
        self.shrink();
    }
}

impl<K: Clone + Ord + Hash> Accumulator for TopK<K> {
    type Item = K;
    type Summary = FrequentItems<K>;

    /// Takes a key in with a weight of 1.
    fn observe(&mut self, key: &K) {
        self.add(key.clone(), 1);
    }

    fn summary(&self) -> FrequentItems<K> {
        FrequentItems { total: self.total, error: self.error, items: self.top(usize::MAX) }
    }
}

/// How it is written: counters in the order of keys.
#[cfg(feature = "serde")]
#[derive(serde::Serialize, serde::Deserialize)]
struct Form<K> {
    k: u32,
    total: u64,
    error: u64,
    counters: Vec<(K, u64)>,
}

#[cfg(feature = "serde")]
impl<K: Ord> From<TopK<K>> for Form<K> {
    fn from(top: TopK<K>) -> Self {
        let mut counters: Vec<(K, u64)> = top.counters.into_iter().collect();
        counters.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        Self { k: top.k, total: top.total, error: top.error, counters }
    }
}

#[cfg(feature = "serde")]
impl<K: Ord + Hash> TryFrom<Form<K>> for TopK<K> {
    type Error = Error;

    fn try_from(form: Form<K>) -> Result<Self, Error> {
        let top = Self::new(form.k)?;
        let known: u128 = form.counters.iter().map(|(_, count)| u128::from(*count)).sum();
        let forgotten = u128::from(form.error) * (u128::from(form.k) + 1);
        // What was taken off was taken off k + 1 keys; a total at its end may be less than its parts.
        let sums = known + forgotten <= u128::from(form.total) || form.total == u64::MAX;
        let ordered = form.counters.is_sorted_by(|a, b| a.0 < b.0);
        let counted = form.counters.iter().all(|(_, count)| *count > 0);
        let any = form.total == 0 || form.error > 0 || known > 0;
        if !(sums && ordered && counted && any && form.counters.len() <= 2 * form.k as usize) {
            return Err(Error::Inconsistent);
        }
        let counters = form.counters.into_iter().collect();
        Ok(Self { total: form.total, error: form.error, counters, ..top })
    }
}

#[cfg(feature = "serde")]
impl<K: Clone + Ord + Hash + serde::Serialize + serde::de::DeserializeOwned> crate::Portable for TopK<K> {
    fn fingerprint(&self) -> u64 {
        crate::fingerprint_of("audience.top_k/1", &self.k)
    }

    fn size_bytes(&self) -> usize {
        self.size_bytes()
    }
}
