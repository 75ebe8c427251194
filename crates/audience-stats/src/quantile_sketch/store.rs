//! Counts of bins, as many as there is room for below the last.

/// How often each bin was seen. The bins kept are the last one that was seen and those up to so many below it; all that is
/// lower counts in the lowest of these. Which bins are kept follows from the last alone, so that it is the same in whichever
/// order values come and states are merged.
#[derive(Clone, Debug)]
pub(super) struct Store {
    most_bins: u32,
    /// The bin of the first count.
    first: u32,
    /// Zeros at both ends are room.
    counts: Vec<u64>,
    /// The last bin that was seen.
    last: u32,
    /// Whether a bin below those kept was ever seen.
    collapsed: bool,
}

/// By how many bins room grows at the least.
const ROOM: u32 = 64;

impl Store {
    pub(super) const fn new(most_bins: u32) -> Self {
        Self { most_bins, first: 0, counts: Vec::new(), last: 0, collapsed: false }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// Whether values below the lowest bin kept are counted in it.
    #[cfg(feature = "serde")]
    pub(super) const fn collapsed(&self) -> bool {
        self.collapsed
    }

    /// The lowest bin that is kept below this one.
    const fn floor(&self, last: u32) -> u32 {
        (last + 1).saturating_sub(self.most_bins)
    }

    /// How often the bin that lower ones are counted in was seen; 0 where there are none.
    pub(super) fn in_collapsed(&self) -> u64 {
        if self.collapsed { self.counts[(self.floor(self.last) - self.first) as usize] } else { 0 }
    }

    pub(super) fn add(&mut self, bin: u32, times: u64) {
        // Bins below the first wrap around to far behind the last.
        if let Some(count) = self.counts.get_mut(bin.wrapping_sub(self.first) as usize) {
            *count = count.saturating_add(times);
            if bin > self.last {
                self.last = bin;
                self.collapse();
            }
            return;
        }
        self.make_room(bin);
        let kept = bin.max(self.floor(self.last));
        self.collapsed |= kept > bin;
        let count = &mut self.counts[(kept - self.first) as usize];
        *count = count.saturating_add(times);
    }

    /// Makes room for a bin, and for some beside it, within what is kept.
    #[cold]
    fn make_room(&mut self, bin: u32) {
        if self.counts.is_empty() {
            (self.first, self.last) = (bin, bin);
            self.counts.push(0);
        } else if bin < self.first {
            let first = bin.saturating_sub(ROOM).max(self.floor(self.last)).min(self.first);
            self.counts.splice(0..0, std::iter::repeat_n(0, (self.first - first) as usize));
            self.first = first;
        } else {
            self.last = bin;
            self.collapse();
            self.counts.resize((bin - self.first + 1 + ROOM) as usize, 0);
        }
    }

    /// Counts what is below the lowest bin kept in that one, and gives up the room below it.
    fn collapse(&mut self) {
        let floor = self.floor(self.last);
        if floor <= self.first {
            return;
        }
        let below = ((floor - self.first) as usize).min(self.counts.len());
        let lower = self.counts.drain(..below).fold(0, u64::saturating_add);
        self.first = floor;
        if self.counts.is_empty() {
            self.counts.push(0);
        }
        self.counts[0] = self.counts[0].saturating_add(lower);
        self.collapsed |= lower > 0;
    }

    pub(super) fn merge(&mut self, other: &Self) {
        if other.is_empty() {
            return;
        }
        // The last bin first, so that there is room once.
        self.add(other.last, 0);
        self.collapsed |= other.collapsed;
        let lowest = other.bins().next().map_or(other.last, |(bin, _)| bin).max(self.floor(self.last));
        self.add(lowest, 0);
        for (bin, count) in other.bins() {
            self.add(bin, count);
        }
    }

    /// Bins that were seen, in order, with how often.
    pub(super) fn bins(&self) -> impl DoubleEndedIterator<Item = (u32, u64)> + '_ {
        let counts = self.counts.iter().enumerate().filter(|(_, count)| **count > 0);
        counts.map(|(at, count)| (self.first + at as u32, *count))
    }

    pub(super) fn count(&self) -> u64 {
        self.counts.iter().copied().fold(0, u64::saturating_add)
    }

    pub(super) const fn size_bytes(&self) -> usize {
        self.counts.capacity() * size_of::<u64>()
    }

    /// The first bin that was seen and all counts from there on to the last; whether lower ones are counted in it.
    #[cfg(feature = "serde")]
    pub(super) fn parts(&self) -> (u32, Vec<u64>, bool) {
        let Some((first, _)) = self.bins().next() else { return (0, Vec::new(), false) };
        let counts = &self.counts[(first - self.first) as usize..=(self.last - self.first) as usize];
        (first, counts.to_vec(), self.collapsed)
    }

    /// From what [`parts`](Self::parts) gives; `None` when it is nothing that it gives.
    #[cfg(feature = "serde")]
    pub(super) fn of_parts(most_bins: u32, (first, counts, collapsed): (u32, Vec<u64>, bool)) -> Option<Self> {
        let Some((at_first, at_last)) = counts.first().zip(counts.last()) else {
            return (first == 0 && !collapsed).then(|| Self::new(most_bins));
        };
        let length = u32::try_from(counts.len()).ok().filter(|length| *length <= most_bins)?;
        let last = first.checked_add(length - 1).filter(|last| *last < u32::MAX)?;
        let right = *at_first > 0 && *at_last > 0 && (!collapsed || (length == most_bins && first > 0));
        right.then_some(Self { most_bins, first, counts, last, collapsed })
    }
}
