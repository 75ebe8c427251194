//! One accumulator per stretch of time, for the latest stretches only.

use std::collections::BTreeMap;
use std::fmt;

use crate::error::Error;
use crate::{Accumulator, Merge};

/// When an item happened, in the caller's unit. Any `Fn(&T) -> i64` is one.
pub trait TimeOf<T: ?Sized> {
    /// The time of `item`.
    fn time(&self, item: &T) -> i64;
}

impl<T: ?Sized, F: Fn(&T) -> i64> TimeOf<T> for F {
    fn time(&self, item: &T) -> i64 {
        self(item)
    }
}

/// An analysis over the latest `buckets` stretches of `width` time units each: a ring of accumulators, merged when
/// read.
///
/// A bucket starts at each multiple of `width`. The window ends with the bucket of the latest item seen, so what falls
/// out of it is a property of the items and not of their order, and the laws of [`Accumulator`] hold exactly. Items
/// outside the window are counted in [`WindowSummary::outside`].
///
/// One wrong clock far in the future moves the window past everything else: screen clocks before this point.
///
/// # Examples
///
/// ```
/// use audience_stats::{Accumulator, Quantiles, Windowed};
///
/// # fn main() -> Result<(), audience_stats::Error> {
/// // Values stamped with their second; the last two minutes.
/// let mut window = Windowed::new(60, 2, |item: &(i64, u64)| item.0, Latency(Quantiles::new()))?;
/// window.observe_all(&[(30, 100), (65, 200), (130, 400)]);
/// let summary = window.summary();
/// assert_eq!(summary.buckets.len(), 2); // starting at 60 and at 120
/// assert_eq!(summary.total.median(), Some(300.0));
/// assert_eq!(summary.outside, 1);
/// # Ok(())
/// # }
/// # use audience_stats::{Distribution, Merge};
/// # #[derive(Clone)]
/// # struct Latency(Quantiles);
/// # impl Merge for Latency { fn merge(&mut self, other: Self) { self.0.merge(other.0) } }
/// # impl Accumulator for Latency {
/// #     type Item = (i64, u64);
/// #     type Summary = Distribution;
/// #     fn observe(&mut self, item: &(i64, u64)) { self.0.observe(&item.1) }
/// #     fn summary(&self) -> Distribution { self.0.summary() }
/// # }
/// ```
#[derive(Clone)]
pub struct Windowed<A, F> {
    width: i64,
    capacity: usize,
    time_of: F,
    prototype: A,
    buckets: BTreeMap<i64, Bucket<A>>,
    outside: u64,
}

#[derive(Clone, Debug)]
struct Bucket<A> {
    items: u64,
    state: A,
}

/// What a [`Windowed`] analysis has seen.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct WindowSummary<S> {
    /// Start time and summary of each bucket that saw an item, in time order.
    pub buckets: Vec<(i64, S)>,
    /// The summary of the whole window.
    pub total: S,
    /// Items that were older than the window, on arrival or later.
    pub outside: u64,
}

impl<A: Accumulator + Clone, F: TimeOf<A::Item>> Windowed<A, F> {
    /// An empty window of `buckets` stretches of `width` time units, each a clone of `prototype`.
    ///
    /// # Errors
    ///
    /// [`Error::EmptyWindow`] when `width` or `buckets` is not positive.
    pub fn new(width: i64, buckets: usize, time_of: F, prototype: A) -> Result<Self, Error> {
        if width <= 0 || buckets == 0 {
            return Err(Error::EmptyWindow { width, buckets });
        }
        Ok(Self { width, capacity: buckets, time_of, prototype, buckets: BTreeMap::new(), outside: 0 })
    }

    /// Drops the buckets that the latest one has pushed out.
    fn evict(&mut self) {
        let Some((&latest, _)) = self.buckets.last_key_value() else { return };
        let reach = i64::try_from(self.capacity - 1).unwrap_or(i64::MAX).saturating_mul(self.width);
        let first = latest.saturating_sub(reach);
        while let Some(entry) = self.buckets.first_entry() {
            if *entry.key() >= first {
                break;
            }
            self.outside += entry.remove().items;
        }
    }
}

impl<A: Accumulator + Clone, F: TimeOf<A::Item>> Merge for Windowed<A, F> {
    /// # Panics
    ///
    /// When the two windows differ in width or in number of buckets.
    fn merge(&mut self, other: Self) {
        assert!(
            self.width == other.width && self.capacity == other.capacity,
            "windows of {} x {} and {} x {} do not merge",
            self.capacity,
            self.width,
            other.capacity,
            other.width
        );
        self.outside += other.outside;
        for (start, bucket) in other.buckets {
            match self.buckets.entry(start) {
                std::collections::btree_map::Entry::Occupied(mut entry) => {
                    let mine = entry.get_mut();
                    mine.items += bucket.items;
                    mine.state.merge(bucket.state);
                }
                std::collections::btree_map::Entry::Vacant(entry) => {
                    entry.insert(bucket);
                }
            }
        }
        self.evict();
    }
}

impl<A: Accumulator + Clone, F: TimeOf<A::Item>> Accumulator for Windowed<A, F> {
    type Item = A::Item;
    type Summary = WindowSummary<A::Summary>;

    fn observe(&mut self, item: &A::Item) {
        let start = self.time_of.time(item).div_euclid(self.width).saturating_mul(self.width);
        let bucket = self.buckets.entry(start).or_insert_with(|| Bucket { items: 0, state: self.prototype.clone() });
        bucket.items += 1;
        bucket.state.observe(item);
        self.evict();
    }

    fn summary(&self) -> Self::Summary {
        let mut total = self.prototype.clone();
        let mut buckets = Vec::with_capacity(self.buckets.len());
        for (start, bucket) in &self.buckets {
            buckets.push((*start, bucket.state.summary()));
            total.merge(bucket.state.clone());
        }
        WindowSummary { buckets, total: total.summary(), outside: self.outside }
    }
}

impl<A: fmt::Debug, F> fmt::Debug for Windowed<A, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Windowed")
            .field("width", &self.width)
            .field("capacity", &self.capacity)
            .field("buckets", &self.buckets)
            .field("outside", &self.outside)
            .finish_non_exhaustive()
    }
}
