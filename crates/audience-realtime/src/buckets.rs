//! What is kept of stretches of time.

use std::collections::BTreeMap;
use std::ops::RangeBounds;

use audience_core::{Merge, Timestamp};

use crate::window::Window;

/// What is kept of each bucket in which something was seen, by its number.
///
/// The latest one is at hand; an event that is late finds its own in as many steps as it takes among those that are kept, whatever lies
/// between.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct Buckets<C> {
    window: Window,
    latest: Option<Latest<C>>,
    earlier: BTreeMap<i64, C>,
}

#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
struct Latest<C> {
    number: i64,
    /// In milliseconds.
    start: i64,
    cell: C,
}

impl<C: Default> Buckets<C> {
    pub(crate) fn new(window: Window) -> Self {
        Self { window, latest: None, earlier: BTreeMap::new() }
    }

    /// What is kept of the bucket that `at` is in, and when it begins.
    #[inline]
    pub(crate) fn at(&mut self, at: Timestamp) -> (&mut C, Timestamp) {
        let width = self.window.bucket().as_millis();
        let hit = self
            .latest
            .as_ref()
            .is_some_and(|latest| at.as_millis() >= latest.start && at.as_millis().abs_diff(latest.start) < width);
        if !hit {
            return self.at_another(at);
        }
        let latest = self.latest.as_mut().expect("it was hit");
        (&mut latest.cell, Timestamp::from_millis(latest.start))
    }

    #[inline(never)]
    fn at_another(&mut self, at: Timestamp) -> (&mut C, Timestamp) {
        let number = self.window.number(at);
        let start = self.window.start(number);
        if self.latest.as_ref().is_some_and(|latest| number < latest.number) {
            return (self.earlier.entry(number).or_default(), start);
        }
        let latest = Latest { number, start: start.as_millis(), cell: C::default() };
        if let Some(before) = self.latest.replace(latest) {
            self.earlier.insert(before.number, before.cell);
        }
        let latest = self.latest.as_mut().expect("it was put there");
        (&mut latest.cell, start)
    }

    /// What is kept of each of these buckets, in order.
    pub(crate) fn range(&self, numbers: impl RangeBounds<i64>) -> impl DoubleEndedIterator<Item = (i64, &C)> {
        let latest = self.latest.as_ref().filter(|latest| numbers.contains(&latest.number));
        let earlier = self.earlier.range(numbers).map(|(number, cell)| (*number, cell));
        earlier.chain(latest.map(|latest| (latest.number, &latest.cell)))
    }

    /// Takes out what is kept of the first bucket, if it is before this one.
    pub(crate) fn take_first_before(&mut self, number: i64) -> Option<C> {
        match self.earlier.first_entry() {
            Some(first) if *first.key() < number => Some(first.remove()),
            Some(_) => None,
            None => self.latest.take_if(|latest| latest.number < number).map(|latest| latest.cell),
        }
    }

    /// Whether the latest is the latest.
    #[cfg(feature = "serde")]
    pub(crate) fn is_whole(&self) -> bool {
        self.latest.as_ref().is_none_or(|latest| {
            latest.start == self.window.start(latest.number).as_millis()
                && self.earlier.last_key_value().is_none_or(|(earlier, _)| *earlier < latest.number)
        })
    }

    /// How many buckets there are of which something is kept.
    pub(crate) fn len(&self) -> usize {
        self.earlier.len() + usize::from(self.latest.is_some())
    }
}

/// # Panics
///
/// When the buckets are those of different windows, which is a bug in the program.
impl<C: Merge + Default> Merge for Buckets<C> {
    fn merge(&mut self, other: Self) {
        assert_eq!(self.window, other.window, "buckets of another window do not merge");
        let latest = other.latest.map(|latest| (latest.number, latest.cell));
        for (number, cell) in other.earlier.into_iter().chain(latest) {
            self.at(self.window.start(number)).0.merge(cell);
        }
    }
}
