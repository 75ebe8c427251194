//! What is counted of a group.

use audience_core::{Ratio, SessionFacts};
use audience_stats::{Accumulator, Merge, merge_fields};

/// How many sessions there are, how much they watched, and how it went: an accumulator over session facts.
#[derive(Clone, Copy, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Slice {
    sessions: u64,
    unknown_viewer: u64,
    started: u64,
    watched_ms: u128,
    reached_end: u64,
    reached_end_known: u64,
    completed: u64,
    completion_known: u64,
    stalls: u64,
    playing_ms: u128,
    stalled_ms: u128,
}

merge_fields!(Slice {
    sessions,
    unknown_viewer,
    started,
    watched_ms,
    reached_end,
    reached_end_known,
    completed,
    completion_known,
    stalls,
    playing_ms,
    stalled_ms,
});

/// What a [`Slice`] has seen.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct SliceSummary {
    /// Sessions.
    pub sessions: u64,
    /// Sessions that name no viewer.
    pub unknown_viewer: u64,
    /// Sessions in which a frame was seen.
    pub started: u64,
    /// Content played, each pass counted, in milliseconds.
    pub watched_ms: u128,
    /// [`watched_ms`](Self::watched_ms) per session in which a frame was seen.
    pub average_view_ms: Option<f64>,
    /// Sessions that reached the last 5 % of the title, of those of which that is known.
    pub reached_end: u64,
    /// That as a share.
    pub reached_end_rate: Option<Ratio>,
    /// Sessions that played at least 90 % of the title, of those of which that is known.
    pub completed: u64,
    /// That as a share.
    pub completion_rate: Option<Ratio>,
    /// Stalls.
    pub stalls: u64,
    /// Time stalled by time playing or stalled, 0–1: a ratio of sums, so that long sessions count more.
    pub rebuffer_ratio: Option<f64>,
}

impl Slice {
    /// Sessions seen.
    pub const fn sessions(&self) -> u64 {
        self.sessions
    }

    /// Content played, in milliseconds.
    pub const fn watched_ms(&self) -> u128 {
        self.watched_ms
    }
}

impl Accumulator for Slice {
    type Item = SessionFacts;
    type Summary = SliceSummary;

    fn observe(&mut self, facts: &SessionFacts) {
        self.merge(Self {
            sessions: 1,
            unknown_viewer: u64::from(facts.identity.viewer_id.is_none()),
            started: u64::from(facts.started()),
            watched_ms: facts.watched.as_millis().into(),
            reached_end: u64::from(facts.reached_end == Some(true)),
            reached_end_known: u64::from(facts.reached_end.is_some()),
            completed: u64::from(facts.completed == Some(true)),
            completion_known: u64::from(facts.completed.is_some()),
            stalls: facts.stalls,
            playing_ms: facts.wall.playing.as_millis().into(),
            stalled_ms: facts.wall.stalled.as_millis().into(),
        });
    }

    fn summary(&self) -> SliceSummary {
        let Self { sessions, unknown_viewer, started, watched_ms, playing_ms, stalled_ms, .. } = *self;
        let watchable = playing_ms.saturating_add(stalled_ms);
        SliceSummary {
            sessions,
            unknown_viewer,
            started,
            watched_ms,
            average_view_ms: (started > 0).then(|| watched_ms as f64 / started as f64),
            reached_end: self.reached_end,
            reached_end_rate: Ratio::of(self.reached_end, self.reached_end_known),
            completed: self.completed,
            completion_rate: Ratio::of(self.completed, self.completion_known),
            stalls: self.stalls,
            rebuffer_ratio: (watchable > 0).then(|| stalled_ms as f64 / watchable as f64),
        }
    }
}

#[cfg(feature = "serde")]
impl audience_stats::Portable for Slice {
    fn fingerprint(&self) -> u64 {
        audience_stats::fingerprint_of("audience.slice/1", &())
    }

    fn size_bytes(&self) -> usize {
        0
    }
}
