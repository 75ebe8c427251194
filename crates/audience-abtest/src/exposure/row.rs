//! What a session adds to its unit.

use std::sync::Arc;

use audience_core::{SessionFacts, SessionId, Timestamp};

/// A session as far as experiments want to know of it.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(super) struct Row {
    pub(super) at: Timestamp,
    pub(super) session: SessionId,
    pub(super) arm: Option<Arc<str>>,
    pub(super) dimensions: Box<[Option<Arc<str>>]>,
    started: bool,
    reached_end: bool,
    completed: bool,
    watched_ms: u64,
    playing_ms: u64,
    stalled_ms: u64,
    seek_waiting_ms: u64,
    startup_ms: Option<u64>,
    marks: Box<[u64]>,
}

impl Row {
    pub(super) fn of(
        facts: &SessionFacts,
        arm: Option<Arc<str>>,
        dimensions: Box<[Option<Arc<str>>]>,
        marks: &[String],
    ) -> Self {
        let count = |name: &String| {
            let found = facts.marks.binary_search_by(|mark| mark.name.as_ref().cmp(name));
            found.map_or(0, |at| facts.marks[at].count)
        };
        Self {
            at: facts.started_at,
            session: facts.identity.session_id.clone(),
            arm,
            dimensions,
            started: facts.started(),
            reached_end: facts.reached_end == Some(true),
            completed: facts.completed == Some(true),
            watched_ms: facts.watched.as_millis(),
            playing_ms: facts.wall.playing.as_millis(),
            stalled_ms: facts.wall.stalled.as_millis(),
            seek_waiting_ms: facts.wall.seek_waiting.as_millis(),
            startup_ms: facts.startup.map(|startup| startup.time.as_millis()),
            marks: marks.iter().map(count).collect(),
        }
    }

    /// Whether it has so many dimensions and custom events.
    #[cfg(feature = "serde")]
    pub(super) fn is_of(&self, dimensions: usize, marks: usize) -> bool {
        self.dimensions.len() == dimensions && self.marks.len() == marks
    }

    /// Bytes held.
    #[cfg(feature = "serde")]
    pub(super) fn size_bytes(&self) -> usize {
        size_of::<Self>() + self.dimensions.len() * size_of::<Option<Arc<str>>>() + self.marks.len() * size_of::<u64>()
    }
}

/// What a unit did, over its sessions. Sums of milliseconds stay at the largest number there is.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Totals {
    /// Sessions.
    pub sessions: u64,
    /// Sessions in which a frame was seen.
    pub started: u64,
    /// Sessions that reached the end of the content.
    pub reached_end: u64,
    /// Sessions that played nearly all of it.
    pub completed: u64,
    /// Content played, each pass counted, in milliseconds.
    pub watched_ms: u64,
    /// Wall-clock time in which frames moved, in milliseconds.
    pub playing_ms: u64,
    /// Wall-clock time stalled, in milliseconds.
    pub stalled_ms: u64,
    /// Wall-clock time waiting after seeks, in milliseconds.
    pub seek_waiting_ms: u64,
    /// How often each of the custom events happened that are counted, in their order.
    pub marks: Vec<u64>,
    /// Start-up times in milliseconds, in order of size.
    pub startup_ms: Vec<u64>,
}

impl Totals {
    /// Nothing, of so many custom events.
    pub(crate) fn none(marks: usize) -> Self {
        Self { marks: vec![0; marks], ..Self::default() }
    }

    pub(super) fn of<'a>(rows: impl Iterator<Item = &'a Row>, marks: usize) -> Self {
        let mut totals = Self::none(marks);
        for row in rows {
            totals.sessions += 1;
            totals.started += u64::from(row.started);
            totals.reached_end += u64::from(row.reached_end);
            totals.completed += u64::from(row.completed);
            for (total, value) in [
                (&mut totals.watched_ms, row.watched_ms),
                (&mut totals.playing_ms, row.playing_ms),
                (&mut totals.stalled_ms, row.stalled_ms),
                (&mut totals.seek_waiting_ms, row.seek_waiting_ms),
            ] {
                *total = total.saturating_add(value);
            }
            for (total, count) in totals.marks.iter_mut().zip(&row.marks) {
                *total = total.saturating_add(*count);
            }
            totals.startup_ms.extend(row.startup_ms);
        }
        totals.startup_ms.sort_unstable();
        totals
    }
}
