//! Events that are sent next.

use crate::lines::Lines;

/// The events at the head of the line.
pub(super) struct Batch {
    pub(super) lines: Lines,
    pub(super) place: Place,
}

/// Where a batch is besides in memory.
#[derive(Debug, Eq, PartialEq)]
pub(super) enum Place {
    /// Nowhere.
    Memory,
    /// In the first segment of the spool, which is done with up to the offset once the event of that place is.
    Disk(Vec<u64>),
}
