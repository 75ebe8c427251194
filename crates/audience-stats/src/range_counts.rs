//! Adding to a whole range of positions in constant time.

use crate::Merge;

/// Integers over positions 0, 1, 2 …, where adding to a range costs the same however long the range is.
///
/// Only the differences between neighbours are kept: a sorted list of changes while few positions are touched, an array
/// once that is smaller. So the memory is bounded by what was added, never by a position, and a catalogue of a million
/// titles with three views each stays small.
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
#[derive(Clone, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(from = "Vec<(u32, i64)>", into = "Vec<(u32, i64)>"))]
pub struct RangeCounts {
    /// Differences by position; empty while `changes` is smaller.
    dense: Vec<i64>,
    /// Changes not in `dense`, in no order.
    changes: Vec<(u32, i64)>,
    /// Sort and add up `changes` when there are this many.
    limit: usize,
}

/// Fewest changes worth tidying.
const SMALL: usize = 32;

impl RangeCounts {
    /// Zero everywhere.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds `value` to every position in `[start, end)`; nothing when `start >= end`.
    pub fn add(&mut self, start: u32, end: u32, value: i64) {
        if start < end {
            self.change(start, value);
            self.change(end, value.wrapping_neg());
        }
    }

    /// Adds `value` to every position from `start` on. Two of these with opposite values make a range; a sequence of
    /// them makes any stair.
    #[inline]
    pub fn change(&mut self, start: u32, value: i64) {
        if let Some(slot) = self.dense.get_mut(start as usize) {
            *slot = slot.wrapping_add(value);
            return;
        }
        self.change_later(start, value);
    }

    /// Keeps a change past the end of the array.
    #[cold]
    fn change_later(&mut self, start: u32, value: i64) {
        self.changes.push((start, value));
        if self.changes.len() >= self.limit.max(SMALL) {
            self.tidy();
        }
    }

    /// The values at positions 0 to `len` − 1.
    pub fn values(&self, len: usize) -> Vec<i64> {
        let mut values = vec![0; len];
        for (slot, change) in values.iter_mut().zip(&self.dense) {
            *slot = *change;
        }
        for &(position, change) in &self.changes {
            if let Some(slot) = values.get_mut(position as usize) {
                *slot = slot.wrapping_add(change);
            }
        }
        let mut sum: i64 = 0;
        for slot in &mut values {
            sum = sum.wrapping_add(*slot);
            *slot = sum;
        }
        values
    }

    /// Bytes held, for reports of memory.
    pub fn size_bytes(&self) -> usize {
        self.dense.capacity() * size_of::<i64>() + self.changes.capacity() * size_of::<(u32, i64)>()
    }

    /// Adds up changes at the same position, and moves to the array when the list is no smaller.
    fn tidy(&mut self) {
        add_up(&mut self.changes);
        let span = self.changes.last().map_or(0, |&(position, _)| position as usize + 1);
        if span * size_of::<i64>() <= self.changes.len() * size_of::<(u32, i64)>() * 2 {
            // To get here again takes a list as long as a quarter of the array: there is no need to keep room for it.
            self.dense.reserve_exact(span.saturating_sub(self.dense.len()));
            self.dense.resize(span.max(self.dense.len()), 0);
            for (position, change) in std::mem::take(&mut self.changes) {
                let slot = &mut self.dense[position as usize];
                *slot = slot.wrapping_add(change);
            }
        }
        self.limit = SMALL.max(self.changes.len() * 2);
    }
}

impl Merge for RangeCounts {
    fn merge(&mut self, other: Self) {
        if other.dense.len() > self.dense.len() {
            // The longer array takes in the shorter one.
            let mine = std::mem::replace(self, other);
            return self.merge(mine);
        }
        for (slot, change) in self.dense.iter_mut().zip(other.dense) {
            *slot = slot.wrapping_add(change);
        }
        for (position, change) in other.changes {
            self.change(position, change);
        }
    }
}

/// Where the values change and by how much, in order of position, without zeros: the same for the same values however they
/// were made.
impl From<RangeCounts> for Vec<(u32, i64)> {
    fn from(counts: RangeCounts) -> Self {
        let mut changes = counts.changes;
        changes.extend((0..).zip(counts.dense));
        add_up(&mut changes);
        changes
    }
}

/// Changes in any order.
impl From<Vec<(u32, i64)>> for RangeCounts {
    fn from(changes: Vec<(u32, i64)>) -> Self {
        let mut counts = Self { changes, ..Self::default() };
        counts.tidy();
        counts
    }
}

/// Puts changes in order, one for each position where there is one.
fn add_up(changes: &mut Vec<(u32, i64)>) {
    changes.sort_unstable_by_key(|&(position, _)| position);
    changes.dedup_by(|later, kept| {
        let same = later.0 == kept.0;
        if same {
            kept.1 = kept.1.wrapping_add(later.1);
        }
        same
    });
    changes.retain(|&(_, change)| change != 0);
}
