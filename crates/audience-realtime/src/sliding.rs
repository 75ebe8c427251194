//! What is kept of the stretches of time that windows are made of, and how much of a window was there to see.

use std::ops::RangeInclusive;

use audience_core::{Elapsed, Merge, Timestamp};

use crate::buckets::Buckets;
use crate::window::Window;

/// What is kept of a bucket.
pub(crate) trait Cell: Default + Merge {
    /// How many items it has seen.
    fn items(&self) -> u64;
}

/// Buckets of which those are kept that windows may still have: twice as many as a window has, and two, the latest ones of
/// all that saw an item.
///
/// Which are kept follows from which saw an item, in whatever order: so states merge exactly, and clocks that are wrong take
/// no more memory than others. To push a window's buckets out, as many wrong times are needed as a window has buckets.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(
    feature = "serde",
    serde(
        try_from = "Form<C>",
        bound(serialize = "C: Cell + serde::Serialize", deserialize = "C: Cell + serde::Deserialize<'de>")
    )
)]
pub(crate) struct Sliding<C> {
    buckets: Buckets<C>,
    /// The time of the earliest item, in milliseconds, kept or not.
    first: Option<i64>,
    /// Buckets before that of this number are forgotten.
    forgotten: Option<i64>,
    /// Items that no bucket has that is kept.
    outside: u64,
}

/// Buckets as they are written.
#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
#[serde(bound(deserialize = "C: Cell + serde::Deserialize<'de>"))]
struct Form<C> {
    buckets: Buckets<C>,
    first: Option<i64>,
    forgotten: Option<i64>,
    outside: u64,
}

#[cfg(feature = "serde")]
impl<C: Cell> TryFrom<Form<C>> for Sliding<C> {
    type Error = crate::Error;

    fn try_from(Form { buckets, first, forgotten, outside }: Form<C>) -> Result<Self, crate::Error> {
        let sliding = Self { buckets, first, forgotten, outside };
        let least = sliding.buckets.range(..).next().map(|(number, _)| number);
        let late = |number: Option<i64>| number.zip(least).is_some_and(|(number, least)| number > least);
        let first = sliding.first.map(|first| sliding.window().number(Timestamp::from_millis(first)));
        if sliding.buckets.len() > sliding.most()
            || late(first)
            || late(sliding.forgotten)
            || (least.is_some() && first.is_none())
        {
            return Err(crate::Error::Inconsistent);
        }
        Ok(sliding)
    }
}

impl<C: Cell> Sliding<C> {
    pub(crate) fn new(window: Window) -> Self {
        Self { buckets: Buckets::new(window), first: None, forgotten: None, outside: 0 }
    }

    pub(crate) fn window(&self) -> Window {
        self.buckets.window()
    }

    /// Items that no bucket has that is kept.
    pub(crate) const fn outside(&self) -> u64 {
        self.outside
    }

    /// How many buckets are kept.
    fn most(&self) -> usize {
        2 * self.window().buckets() as usize + 2
    }

    /// What is kept of the bucket of an item of this time, and when it begins. `None` when nothing is, and the item was
    /// counted as one that is outside.
    #[inline]
    pub(crate) fn at(&mut self, at: Timestamp) -> Option<(&mut C, Timestamp)> {
        let millis = at.as_millis();
        self.first = Some(self.first.map_or(millis, |first| first.min(millis)));
        let number = self.forgotten.map_or(i64::MAX, |_| self.window().number(at));
        if self.forgotten.is_some_and(|forgotten| number < forgotten) {
            self.outside = self.outside.saturating_add(1);
            return None;
        }
        let before = self.buckets.len();
        self.buckets.at(at);
        if self.buckets.len() > before && !self.make_room(at) {
            return None;
        }
        Some(self.buckets.at(at))
    }

    /// Leaves out the earliest bucket if there are too many. Whether that of this time, which was just made, stays.
    fn make_room(&mut self, at: Timestamp) -> bool {
        if self.buckets.len() <= self.most() {
            return true;
        }
        let number = self.window().number(at);
        let Some((left_out, cell)) = self.buckets.pop_first() else { return true };
        let stays = left_out != number;
        self.outside = self.outside.saturating_add(if stays { cell.items() } else { 1 });
        stays
    }

    /// Forgets buckets that are over at this time, for good: items that come for them later are outside.
    pub(crate) fn forget_before(&mut self, at: Timestamp) {
        let number = self.window().number(at);
        self.forgotten = self.forgotten.max(Some(number));
        self.leave_out();
    }

    /// Leaves out what is forgotten, and what there is no room for.
    fn leave_out(&mut self) {
        if let Some(forgotten) = self.forgotten {
            while let Some(cell) = self.buckets.take_first_before(forgotten) {
                self.outside = self.outside.saturating_add(cell.items());
            }
        }
        while self.buckets.len() > self.most() {
            let Some((_, cell)) = self.buckets.pop_first() else { break };
            self.outside = self.outside.saturating_add(cell.items());
        }
    }

    /// The window whose last bucket is the last that is over at this time.
    pub(crate) fn span_until(&self, end: Timestamp) -> Span {
        self.span_to(self.window().number(end).saturating_sub(1))
    }

    /// The window whose last bucket is the latest that saw an item; `None` when nothing is kept.
    pub(crate) fn latest_span(&self) -> Option<Span> {
        self.buckets.range(..).next_back().map(|(number, _)| self.span_to(number))
    }

    fn span_to(&self, last: i64) -> Span {
        let window = self.window();
        let first = last.saturating_sub(window.buckets() as i64 - 1);
        let (from, until) = (window.start(first), window.start(last.saturating_add(1)));
        let seen_from = self.first.map(|first| from.max(Timestamp::from_millis(first)));
        let covered = seen_from.filter(|seen| *seen < until).map_or(Elapsed::ZERO, |seen| until.since(seen));
        Span { from, until, covered, bucket: window.bucket(), numbers: first..=last }
    }

    /// What is kept of the buckets of a window in order, and when each begins.
    pub(crate) fn cells(&self, span: &Span) -> impl Iterator<Item = (Timestamp, &C)> {
        self.buckets.range(span.numbers.clone()).map(|(number, cell)| (self.window().start(number), cell))
    }

    /// All that is kept.
    pub(crate) fn all(&self) -> impl Iterator<Item = &C> {
        self.buckets.range(..).map(|(_, cell)| cell)
    }
}

/// # Panics
///
/// When the windows are different ones, which is a bug in the program.
impl<C: Cell> Merge for Sliding<C> {
    fn merge(&mut self, other: Self) {
        self.first = match (self.first, other.first) {
            (Some(own), Some(others)) => Some(own.min(others)),
            (own, others) => own.or(others),
        };
        self.forgotten = self.forgotten.max(other.forgotten);
        self.outside = self.outside.saturating_add(other.outside);
        self.buckets.merge(other.buckets);
        self.leave_out();
    }
}

/// A window that ends with some bucket.
#[derive(Clone, Debug)]
pub(crate) struct Span {
    pub(crate) from: Timestamp,
    pub(crate) until: Timestamp,
    /// From the earliest item of all, if that is in the window, or from its start, to its end.
    pub(crate) covered: Elapsed,
    bucket: Elapsed,
    numbers: RangeInclusive<i64>,
}

impl Span {
    /// An amount per second of what is covered; `None` until that is as long as a bucket.
    pub(crate) fn per_second(&self, amount: f64) -> Option<f64> {
        (self.covered >= self.bucket).then(|| amount / self.covered.as_secs_f64())
    }

    /// An amount per second of one bucket.
    pub(crate) fn per_second_of_bucket(&self, amount: f64) -> f64 {
        amount / self.bucket.as_secs_f64()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Debug, Default, Eq, PartialEq)]
    struct Seen(u64);

    impl Merge for Seen {
        fn merge(&mut self, other: Self) {
            self.0 += other.0;
        }
    }

    impl Cell for Seen {
        fn items(&self) -> u64 {
            self.0
        }
    }

    fn seen(times: &[i64]) -> Sliding<Seen> {
        let window = Window::new(Elapsed::from_secs(2), Elapsed::from_secs(1)).unwrap();
        let mut sliding: Sliding<Seen> = Sliding::new(window);
        for time in times {
            if let Some((cell, _)) = sliding.at(Timestamp::from_millis(*time)) {
                cell.0 += 1;
            }
        }
        sliding
    }

    fn kept(sliding: &Sliding<Seen>) -> (Vec<(i64, u64)>, u64) {
        (sliding.buckets.range(..).map(|(number, cell)| (number, cell.0)).collect(), sliding.outside())
    }

    #[test]
    fn of_all_buckets_the_latest_are_kept_in_any_order() {
        let forwards: Vec<i64> = (0..20).map(|n| n * 500).collect();
        let backwards: Vec<i64> = forwards.iter().rev().copied().collect();
        let expected = (vec![(4, 2), (5, 2), (6, 2), (7, 2), (8, 2), (9, 2)], 8);
        assert_eq!(kept(&seen(&forwards)), expected);
        assert_eq!(kept(&seen(&backwards)), expected);
        let (left, right) = forwards.split_at(9);
        let mut merged = seen(right);
        merged.merge(seen(left));
        assert_eq!(kept(&merged), expected);
    }

    #[test]
    fn one_time_in_the_future_pushes_nothing_out_of_the_window() {
        let sliding = seen(&[1000, i64::MAX, 1500, 2500]);
        let span = sliding.span_until(Timestamp::from_millis(3000));
        assert_eq!(sliding.cells(&span).map(|(_, cell)| cell.0).sum::<u64>(), 3);
        assert_eq!(sliding.outside(), 0);
    }

    #[test]
    fn what_is_forgotten_does_not_come_back() {
        let mut sliding = seen(&[500, 1500, 2500]);
        sliding.forget_before(Timestamp::from_millis(2000));
        assert_eq!(kept(&sliding), (vec![(2, 1)], 2));
        assert!(sliding.at(Timestamp::from_millis(1999)).is_none());
        sliding.merge(seen(&[700, 2700]));
        assert_eq!(kept(&sliding), (vec![(2, 2)], 4));
    }

    #[test]
    fn a_window_is_covered_from_the_first_item_on() {
        let sliding = seen(&[1250, 2500]);
        let covered = |end: i64| sliding.span_until(Timestamp::from_millis(end)).covered.as_millis();
        assert_eq!([1000, 1999, 2000, 3500, 4000, 60_000].map(covered), [0, 0, 750, 1750, 2000, 2000]);
        assert_eq!(sliding.span_until(Timestamp::from_millis(2000)).per_second(3.0), None, "less than a bucket");
        assert_eq!(sliding.span_until(Timestamp::from_millis(3000)).per_second(3.5), Some(2.0));
        assert_eq!(sliding.latest_span().unwrap().until, Timestamp::from_millis(3000));
    }

    #[test]
    fn the_ends_of_time_are_no_trouble() {
        let mut sliding = seen(&[i64::MIN, i64::MAX, 0, i64::MIN + 1]);
        assert_eq!(sliding.all().map(|cell| cell.0).sum::<u64>(), 4);
        for end in [i64::MIN, 0, i64::MAX] {
            let span = sliding.span_until(Timestamp::from_millis(end));
            assert!(sliding.cells(&span).count() <= 2);
            sliding.forget_before(Timestamp::from_millis(end));
        }
    }
}
