//! What is kept of stretches of time.

use std::collections::BTreeMap;
use std::ops::{Bound, RangeBounds};

use audience_core::{Merge, Timestamp};

use crate::window::Window;

/// What is kept of each bucket in which something was seen, by its number.
///
/// The latest one is at hand. The earlier ones lie in pages, so that an event that is late finds its own among few of them, whatever lies
/// between: a day of seconds is 1,350 pages.
#[derive(Clone, Debug)]
pub(crate) struct Buckets<C> {
    window: Window,
    latest: Option<Latest<C>>,
    /// By the number of the page.
    earlier: BTreeMap<i64, Page<C>>,
    /// How many earlier ones there are.
    count: usize,
}

#[derive(Clone, Debug)]
struct Latest<C> {
    number: i64,
    /// In milliseconds.
    start: i64,
    cell: Box<C>,
}

/// Neighbours, of which one at least is there.
#[derive(Clone, Debug)]
struct Page<C> {
    /// A bit for each place where something is.
    there: u64,
    cells: Box<[Option<Box<C>>; PAGE]>,
}

const PAGE: usize = 64;

/// The page of a bucket, and its place there.
const fn place_of(number: i64) -> (i64, usize) {
    (number.div_euclid(PAGE as i64), number.rem_euclid(PAGE as i64) as usize)
}

impl<C> Default for Page<C> {
    fn default() -> Self {
        Self { there: 0, cells: Box::new([const { None }; PAGE]) }
    }
}

impl<C> Page<C> {
    fn put(&mut self, place: usize, cell: Box<C>) -> &mut C {
        self.there |= 1 << place;
        self.cells[place].insert(cell)
    }

    /// Where the first is.
    fn first(&self) -> usize {
        self.there.trailing_zeros() as usize % PAGE
    }
}

impl<C: Default> Buckets<C> {
    pub(crate) fn new(window: Window) -> Self {
        Self { window, latest: None, earlier: BTreeMap::new(), count: 0 }
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
            return (self.earlier(number), start);
        }
        let latest = Latest { number, start: start.as_millis(), cell: Box::default() };
        if let Some(before) = self.latest.replace(latest) {
            self.put(before.number, before.cell);
        }
        let latest = self.latest.as_mut().expect("it was put there");
        (&mut latest.cell, start)
    }

    /// What is kept of an earlier bucket.
    fn earlier(&mut self, number: i64) -> &mut C {
        let (page, place) = place_of(number);
        let page = self.earlier.entry(page).or_default();
        if page.cells[place].is_none() {
            self.count += 1;
            return page.put(place, Box::default());
        }
        page.cells[place].as_mut().expect("it is there")
    }

    fn put(&mut self, number: i64, cell: Box<C>) {
        let (page, place) = place_of(number);
        self.earlier.entry(page).or_default().put(place, cell);
        self.count += 1;
    }

    /// What is kept of each of these buckets, in order.
    pub(crate) fn range(&self, numbers: impl RangeBounds<i64> + Clone) -> impl DoubleEndedIterator<Item = (i64, &C)> {
        let page = |bound: Bound<&i64>| match bound {
            Bound::Included(number) | Bound::Excluded(number) => Bound::Included(place_of(*number).0),
            Bound::Unbounded => Bound::Unbounded,
        };
        let latest = self.latest.as_ref().filter(|latest| numbers.contains(&latest.number));
        let latest = latest.map(|latest| (latest.number, &*latest.cell));
        // An empty range is none of pages either.
        let is_empty =
            matches!((numbers.start_bound(), numbers.end_bound()), (Bound::Included(a), Bound::Excluded(b)) if a >= b);
        let pages = if is_empty {
            self.earlier.range(0..0)
        } else {
            self.earlier.range((page(numbers.start_bound()), page(numbers.end_bound())))
        };
        let cells = pages.flat_map(|(page, cells)| {
            let first = page.saturating_mul(PAGE as i64);
            cells.cells.iter().enumerate().filter_map(move |(at, cell)| Some((first + at as i64, &**cell.as_ref()?)))
        });
        cells.filter(move |(number, _)| numbers.contains(number)).chain(latest)
    }

    /// The number of the earliest one of which something is kept.
    fn first(&self) -> Option<i64> {
        match self.earlier.first_key_value() {
            Some((page, cells)) => Some(page.saturating_mul(PAGE as i64) + cells.first() as i64),
            None => self.latest.as_ref().map(|latest| latest.number),
        }
    }

    /// Takes out what is kept of the first bucket, if it is before this one.
    #[inline]
    pub(crate) fn take_first_before(&mut self, number: i64) -> Option<Box<C>> {
        self.first().filter(|first| *first < number)?;
        self.pop_first().map(|(_, cell)| cell)
    }

    /// Takes out the earliest one of which something is kept.
    pub(crate) fn pop_first(&mut self) -> Option<(i64, Box<C>)> {
        let Some(mut entry) = self.earlier.first_entry() else {
            return self.latest.take().map(|latest| (latest.number, latest.cell));
        };
        let (page, cells) = (*entry.key(), entry.get_mut());
        let place = cells.first();
        let cell = cells.cells[place].take();
        cells.there &= !(1 << place);
        if cells.there == 0 {
            entry.remove();
        }
        self.count -= 1;
        cell.map(|cell| (page.saturating_mul(PAGE as i64) + place as i64, cell))
    }

    /// The window whose buckets these are.
    pub(crate) const fn window(&self) -> Window {
        self.window
    }

    /// How many buckets there are of which something is kept.
    pub(crate) fn len(&self) -> usize {
        self.count + usize::from(self.latest.is_some())
    }
}

/// # Panics
///
/// When the buckets are those of different windows, which is a bug in the program.
impl<C: Merge + Default> Merge for Buckets<C> {
    fn merge(&mut self, mut other: Self) {
        assert_eq!(self.window, other.window, "buckets of another window do not merge");
        while let Some((number, cell)) = other.pop_first() {
            self.at(self.window.start(number)).0.merge(*cell);
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
impl<'de, C: Default + serde::Deserialize<'de>> serde::Deserialize<'de> for Buckets<C> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (window, mut cells): (Window, Vec<(i64, C)>) = serde::Deserialize::deserialize(deserializer)?;
        let in_order = cells.windows(2).all(|pair| pair[0].0 < pair[1].0);
        let are_buckets = cells.iter().all(|(number, _)| window.number(window.start(*number)) == *number);
        if !in_order || !are_buckets {
            return Err(serde::de::Error::custom(crate::Error::Inconsistent));
        }
        let latest = cells.pop().map(|(number, cell)| Latest {
            number,
            start: window.start(number).as_millis(),
            cell: Box::new(cell),
        });
        let mut buckets = Self { window, latest, earlier: BTreeMap::new(), count: 0 };
        for (number, cell) in cells {
            buckets.put(number, Box::new(cell));
        }
        Ok(buckets)
    }
}
