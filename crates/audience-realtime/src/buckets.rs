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
pub(crate) struct Buckets<C> {
    window: Window,
    latest: Option<Latest<C>>,
    earlier: BTreeMap<i64, C>,
}

#[derive(Clone, Debug)]
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

    /// Takes out the earliest one of which something is kept.
    pub(crate) fn pop_first(&mut self) -> Option<(i64, C)> {
        let latest = |latest: Latest<C>| (latest.number, latest.cell);
        self.earlier.pop_first().or_else(|| self.latest.take().map(latest))
    }

    /// The window whose buckets these are.
    pub(crate) const fn window(&self) -> Window {
        self.window
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

/// The window, and what is kept of each bucket by its number, in order.
#[cfg(feature = "serde")]
impl<C: Default + serde::Serialize> serde::Serialize for Buckets<C> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (self.window, self.range(..).collect::<Vec<_>>()).serialize(serializer)
    }
}

#[cfg(feature = "serde")]
impl<'de, C: serde::Deserialize<'de>> serde::Deserialize<'de> for Buckets<C> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (window, mut cells): (Window, Vec<(i64, C)>) = serde::Deserialize::deserialize(deserializer)?;
        let in_order = cells.windows(2).all(|pair| pair[0].0 < pair[1].0);
        let are_buckets = cells.iter().all(|(number, _)| window.number(window.start(*number)) == *number);
        if !in_order || !are_buckets {
            return Err(serde::de::Error::custom(crate::Error::Inconsistent));
        }
        let latest = cells.pop().map(|(number, cell)| Latest { number, start: window.start(number).as_millis(), cell });
        Ok(Self { window, latest, earlier: cells.into_iter().collect() })
    }
}
