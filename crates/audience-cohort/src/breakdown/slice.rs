//! What is counted of a group.

use audience_core::{Ratio, SessionFacts};
use audience_stats::{Accumulator, Distinct, Merge, merge_fields};

use super::published::CountsViewers;

/// How different viewers are counted.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Uniques {
    /// Each one is kept: about 20 bytes a viewer and group.
    Exact(Distinct),
}

impl Default for Uniques {
    fn default() -> Self {
        Self::Exact(Distinct::new())
    }
}

impl Uniques {
    /// How many there are, or about how many.
    pub fn count(&self) -> u64 {
        match self {
            Self::Exact(distinct) => distinct.count(),
        }
    }

    fn insert(&mut self, id: &str) {
        match self {
            Self::Exact(distinct) => distinct.observe(id),
        }
    }
}

impl Merge for Uniques {
    /// # Panics
    ///
    /// When one of the two is exact and the other is not.
    fn merge(&mut self, other: Self) {
        match (self, other) {
            (Self::Exact(mine), Self::Exact(theirs)) => mine.merge(theirs),
        }
    }
}

/// How many sessions and viewers, how much they watched, and how it went: an accumulator over session facts.
#[derive(Clone, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Slice {
    viewers: Uniques,
    sums: Sums,
}

#[derive(Clone, Copy, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
struct Sums {
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

merge_fields!(Sums {
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
merge_fields!(Slice { viewers, sums });

/// What a [`Slice`] has seen.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct SliceSummary {
    /// Sessions.
    pub sessions: u64,
    /// Different viewers, of the sessions that name one: exact, or about so many.
    pub viewers: u64,
    /// Sessions that name no viewer.
    pub unknown_viewer: u64,
    /// Sessions in which a frame was seen.
    pub started: u64,
    /// Content played, each pass counted, in milliseconds.
    pub watched_ms: u128,
    /// [`watched_ms`](Self::watched_ms) per session in which a frame was seen.
    pub average_view_ms: Option<f64>,
    /// [`watched_ms`](Self::watched_ms) per viewer. `None` also when sessions name no viewer, as it would be too much.
    pub watched_per_viewer_ms: Option<f64>,
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
    /// Nothing yet; viewers are counted like this.
    pub fn with(viewers: Uniques) -> Self {
        Self { viewers, sums: Sums::default() }
    }

    /// Sessions seen.
    pub const fn sessions(&self) -> u64 {
        self.sums.sessions
    }

    /// Content played, in milliseconds.
    pub const fn watched_ms(&self) -> u128 {
        self.sums.watched_ms
    }
}

impl CountsViewers for Slice {
    fn viewers(&self) -> u64 {
        self.viewers.count()
    }
}

impl Accumulator for Slice {
    type Item = SessionFacts;
    type Summary = SliceSummary;

    fn observe(&mut self, facts: &SessionFacts) {
        if let Some(viewer) = &facts.identity.viewer_id {
            self.viewers.insert(viewer.as_str());
        }
        self.sums.merge(Sums {
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
        let Sums { sessions, unknown_viewer, started, watched_ms, .. } = self.sums;
        let viewers = self.viewers.count();
        let per = |of: u64| (of > 0).then(|| watched_ms as f64 / of as f64);
        let watchable = self.sums.playing_ms + self.sums.stalled_ms;
        SliceSummary {
            sessions,
            viewers,
            unknown_viewer,
            started,
            watched_ms,
            average_view_ms: per(started),
            watched_per_viewer_ms: per(viewers).filter(|_| unknown_viewer == 0),
            reached_end: self.sums.reached_end,
            reached_end_rate: Ratio::of(self.sums.reached_end, self.sums.reached_end_known),
            completed: self.sums.completed,
            completion_rate: Ratio::of(self.sums.completed, self.sums.completion_known),
            stalls: self.sums.stalls,
            rebuffer_ratio: (watchable > 0).then(|| self.sums.stalled_ms as f64 / watchable as f64),
        }
    }
}
