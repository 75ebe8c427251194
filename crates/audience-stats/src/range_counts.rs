//! Adding to a whole range of positions in constant time.

use crate::Merge;

/// Integers over positions 0, 1, 2 …, where adding to a range costs the same however long the range is.
///
/// Only the differences between neighbours are kept: a sorted list of changes while few positions are touched, an array
/// once that is smaller. So the memory is bounded by what was added, never by a position, and a catalogue of a million
/// titles with three views each stays small.
///
/// Several counts that change at the same positions are one of arrays, `RangeCounts<[i64; 3]>`: found, kept and merged
/// together, they take a fraction of the time of three.
///
/// Arithmetic wraps at 64 bits: values are right as long as they fit, whatever was added on the way.
///
/// # Examples
///
/// ```
/// use audience_stats::RangeCounts;
///
/// let mut watching = RangeCounts::new();
/// watching.add(0, 4, 1);
/// watching.add(2, 6, 1);
/// assert_eq!(watching.values(7), [1, 1, 2, 2, 1, 1, 0]);
/// ```
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(
    feature = "serde",
    serde(
        from = "Vec<(u32, V)>",
        into = "Vec<(u32, V)>",
        bound(serialize = "V: Addend + serde::Serialize", deserialize = "V: Addend + serde::Deserialize<'de>")
    )
)]
pub struct RangeCounts<V = i64> {
    /// Differences by position; empty while `changes` is smaller.
    dense: Vec<V>,
    /// Changes not in `dense`, in no order.
    changes: Vec<(u32, V)>,
    /// Sort and add up `changes` when there are this many.
    limit: usize,
}

/// What [`RangeCounts`] add up: 64-bit integers, and arrays of them. Addition wraps.
pub trait Addend: Copy + Eq + sealed::Sealed {
    /// Nothing.
    const ZERO: Self;
    /// Adds `other`.
    fn add(&mut self, other: Self);
    /// What takes it away again.
    #[must_use]
    fn negated(self) -> Self;
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for i64 {}
    impl<const K: usize> Sealed for [i64; K] {}
}

impl Addend for i64 {
    const ZERO: Self = 0;

    #[inline]
    fn add(&mut self, other: Self) {
        *self = self.wrapping_add(other);
    }

    fn negated(self) -> Self {
        self.wrapping_neg()
    }
}

impl<const K: usize> Addend for [i64; K] {
    const ZERO: Self = [0; K];

    #[inline]
    fn add(&mut self, other: Self) {
        for (sum, amount) in self.iter_mut().zip(other) {
            *sum = sum.wrapping_add(amount);
        }
    }

    fn negated(self) -> Self {
        self.map(i64::wrapping_neg)
    }
}

/// Zero everywhere.
impl<V> Default for RangeCounts<V> {
    fn default() -> Self {
        Self { dense: Vec::new(), changes: Vec::new(), limit: 0 }
    }
}

/// Fewest changes worth tidying.
const SMALL: usize = 32;

impl<V: Addend> RangeCounts<V> {
    /// Zero everywhere.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds `value` to every position in `[start, end)`; nothing when `start >= end`.
    pub fn add(&mut self, start: u32, end: u32, value: V) {
        if start < end {
            self.change(start, value);
            self.change(end, value.negated());
        }
    }

    /// Adds `value` to every position from `start` on. Two of these with opposite values make a range; a sequence of
    /// them makes any stair.
    #[inline]
    pub fn change(&mut self, start: u32, value: V) {
        if let Some(slot) = self.dense.get_mut(start as usize) {
            slot.add(value);
            return;
        }
        self.change_later(start, value);
    }

    /// Keeps a change past the end of the array.
    #[cold]
    fn change_later(&mut self, start: u32, value: V) {
        self.changes.push((start, value));
        if self.changes.len() >= self.limit.max(SMALL) {
            self.tidy();
        }
    }

    /// The values at positions 0 to `len` − 1.
    pub fn values(&self, len: usize) -> Vec<V> {
        let mut values = vec![V::ZERO; len];
        for (slot, change) in values.iter_mut().zip(&self.dense) {
            *slot = *change;
        }
        for &(position, change) in &self.changes {
            if let Some(slot) = values.get_mut(position as usize) {
                slot.add(change);
            }
        }
        let mut sum = V::ZERO;
        for slot in &mut values {
            sum.add(*slot);
            *slot = sum;
        }
        values
    }

    /// Bytes held, for reports of memory.
    pub fn size_bytes(&self) -> usize {
        self.dense.capacity() * size_of::<V>() + self.changes.capacity() * size_of::<(u32, V)>()
    }

    /// Adds up changes at the same position, and moves to the array when the list is no smaller.
    fn tidy(&mut self) {
        add_up(&mut self.changes);
        let span = self.changes.last().map_or(0, |&(position, _)| position as usize + 1);
        if span * size_of::<V>() <= self.changes.len() * size_of::<(u32, V)>() * 2 {
            // To get here again takes a list as long as a quarter of the array: there is no need to keep room for it.
            self.dense.reserve_exact(span.saturating_sub(self.dense.len()));
            self.dense.resize(span.max(self.dense.len()), V::ZERO);
            for (position, change) in std::mem::take(&mut self.changes) {
                self.dense[position as usize].add(change);
            }
        }
        self.limit = SMALL.max(self.changes.len() * 2);
    }
}

impl<V: Addend> Merge for RangeCounts<V> {
    fn merge(&mut self, other: Self) {
        if other.dense.len() > self.dense.len() {
            // The longer array takes in the shorter one.
            let mine = std::mem::replace(self, other);
            return self.merge(mine);
        }
        for (slot, change) in self.dense.iter_mut().zip(other.dense) {
            slot.add(change);
        }
        for (position, change) in other.changes {
            self.change(position, change);
        }
    }
}

/// Where the values change and by how much, in order of position, without zeros: the same for the same values however they
/// were made.
impl<V: Addend> From<RangeCounts<V>> for Vec<(u32, V)> {
    fn from(counts: RangeCounts<V>) -> Self {
        let mut changes = counts.changes;
        changes.extend((0..).zip(counts.dense));
        add_up(&mut changes);
        changes
    }
}

/// Changes in any order.
impl<V: Addend> From<Vec<(u32, V)>> for RangeCounts<V> {
    fn from(changes: Vec<(u32, V)>) -> Self {
        let mut counts = Self { changes, ..Self::default() };
        counts.tidy();
        counts
    }
}

/// Puts changes in order, one for each position where there is one.
fn add_up<V: Addend>(changes: &mut Vec<(u32, V)>) {
    changes.sort_unstable_by_key(|&(position, _)| position);
    changes.dedup_by(|later, kept| {
        let same = later.0 == kept.0;
        if same {
            kept.1.add(later.1);
        }
        same
    });
    changes.retain(|&(_, change)| change != V::ZERO);
}
