//! A sample that can be merged.

use std::collections::BTreeMap;

use crate::Merge;
use crate::error::Error;
use crate::hash::hash64;

/// A uniform sample of different ids: the `k` whose seeded hashes are smallest.
///
/// Which ids are kept depends on the ids and the seed alone, so the sample is the same in any order and for any split,
/// an id counts once however often it is offered, and samples taken on different machines merge. Two samples with
/// different seeds are independent.
///
/// # Examples
///
/// ```
/// use audience_stats::{Merge, sample::BottomK};
///
/// let mut here = BottomK::new(2, 7)?;
/// let mut there = here.clone();
/// for id in ["a", "b", "c"] {
///     here.offer(id, || id);
/// }
/// for id in ["c", "d", "e"] {
///     there.offer(id, || id);
/// }
/// here.merge(there);
/// assert_eq!(here.len(), 2);
/// # Ok::<(), audience_stats::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Form<T>", into = "Form<T>"))]
#[cfg_attr(feature = "serde", serde(bound(serialize = "T: Clone + serde::Serialize")))]
pub struct BottomK<T> {
    k: usize,
    seed: u64,
    kept: BTreeMap<(u64, String), T>,
}

/// How a sample is written: the hashes follow from ids and seed.
#[cfg(feature = "serde")]
#[derive(serde::Serialize, serde::Deserialize)]
struct Form<T> {
    k: usize,
    seed: u64,
    kept: Vec<(String, T)>,
}

#[cfg(feature = "serde")]
impl<T> From<BottomK<T>> for Form<T> {
    fn from(sample: BottomK<T>) -> Self {
        let kept = sample.kept.into_iter().map(|((_, id), item)| (id, item)).collect();
        Self { k: sample.k, seed: sample.seed, kept }
    }
}

#[cfg(feature = "serde")]
impl<T> TryFrom<Form<T>> for BottomK<T> {
    type Error = Error;

    fn try_from(form: Form<T>) -> Result<Self, Error> {
        let mut sample = Self::new(form.k, form.seed)?;
        for (id, item) in form.kept {
            sample.offer(&id, || item);
        }
        Ok(sample)
    }
}

#[cfg(feature = "serde")]
impl<T: Clone + serde::Serialize + serde::de::DeserializeOwned> crate::Portable for BottomK<T> {
    fn fingerprint(&self) -> u64 {
        crate::fingerprint_of("audience.bottom_k/1", &(self.k, self.seed))
    }

    /// Without what the items hold outside of themselves.
    fn size_bytes(&self) -> usize {
        let ids: usize = self.kept.keys().map(|(_, id)| id.capacity()).sum();
        ids + self.kept.len() * size_of::<(u64, String, T)>()
    }
}

impl<T> BottomK<T> {
    /// An empty sample of up to `k` ids.
    ///
    /// # Errors
    ///
    /// [`Error::EmptyReservoir`] when `k` is 0.
    pub fn new(k: usize, seed: u64) -> Result<Self, Error> {
        if k == 0 {
            return Err(Error::EmptyReservoir);
        }
        Ok(Self { k, seed, kept: BTreeMap::new() })
    }

    /// Offers an id; `item` is made only if the id enters the sample. An id that is in the sample already keeps its
    /// first item.
    pub fn offer(&mut self, id: &str, item: impl FnOnce() -> T) {
        let hash = hash64(id.as_bytes(), self.seed);
        if self.kept.len() == self.k && self.kept.last_key_value().is_some_and(|((last, _), _)| *last < hash) {
            return;
        }
        self.kept.entry((hash, id.to_owned())).or_insert_with(item);
        self.shrink();
    }

    /// The sample, in the order of the hashes.
    pub fn items(&self) -> impl Iterator<Item = (&str, &T)> {
        self.kept.iter().map(|((_, id), item)| (id.as_str(), item))
    }

    /// How many ids are in the sample.
    pub fn len(&self) -> usize {
        self.kept.len()
    }

    /// Whether no id was offered yet.
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    fn shrink(&mut self) {
        while self.kept.len() > self.k {
            self.kept.pop_last();
        }
    }
}

impl<T> Merge for BottomK<T> {
    /// # Panics
    ///
    /// When the two samples differ in size or seed.
    fn merge(&mut self, other: Self) {
        assert!(
            self.k == other.k && self.seed == other.seed,
            "samples of {} (seed {}) and {} (seed {}) do not merge",
            self.k,
            self.seed,
            other.k,
            other.seed
        );
        for (key, item) in other.kept {
            self.kept.entry(key).or_insert(item);
        }
        self.shrink();
    }
}
