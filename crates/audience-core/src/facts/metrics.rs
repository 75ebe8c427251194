//! The figures of earlier systems.

use super::SessionFacts;
use crate::ratio::Ratio;
use crate::time::{Elapsed, MediaTime};

/// The figures that earlier systems report for a session, by their usual names and with their usual mistakes undone:
/// watch time does not depend on an `End` event, seconds are counted by what was played, and completion is what was
/// played and not how far the playhead was dragged.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct SessionMetrics {
    /// Content played, each pass counted.
    pub total_watch: MediaTime,
    /// Seconds of the content of which any part was played.
    pub unique_seconds: u64,
    /// Seeks, reported and inferred.
    pub seek_count: u64,
    /// Waits after the first frame: stalls and waits after seeks.
    pub buffer_events: u64,
    /// How long these were.
    pub buffer_time: Elapsed,
    /// Quality changes.
    pub quality_changes: u64,
    /// The share of the content that was played, each part counted once; `None` when its duration is unknown.
    pub completion: Option<Ratio>,
}

impl From<&SessionFacts> for SessionMetrics {
    fn from(facts: &SessionFacts) -> Self {
        Self {
            total_watch: facts.watched,
            unique_seconds: facts.map.seconds().count(),
            seek_count: facts.seeks.reported() + facts.seeks.inferred(),
            buffer_events: facts.stalls + facts.seek_waits,
            buffer_time: facts.wall.stalled.saturating_add(facts.wall.seek_waiting),
            quality_changes: facts.quality.changes,
            completion: facts.duration.and_then(|duration| facts.map.coverage(duration)),
        }
    }
}
