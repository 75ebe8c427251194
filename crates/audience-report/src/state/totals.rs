//! How many and how much.

use audience_core::{Ratio, SessionFacts, Timestamp};
use audience_stats::{Accumulator, Distinct, Merge, merge_fields};

/// How many sessions and viewers, and how much they watched.
#[derive(Clone, Debug, Default)]
pub struct Totals {
    viewers: Distinct,
    sums: TotalsSummary,
}

/// What a [`Totals`] has seen. Amounts are exact sums of milliseconds.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
pub struct TotalsSummary {
    /// Playback sessions: one title played in one run of a player.
    pub sessions: u64,
    /// Sessions in which a frame was seen.
    pub started: u64,
    /// Different viewers, of the sessions that name one.
    pub viewers: u64,
    /// Events, repeats removed.
    pub events: u64,
    /// Content played, each pass counted.
    pub watched_ms: u64,
    /// Content played at known positions, each part of each session counted once.
    pub unique_ms: u64,
    /// Content played at known positions beyond each session's first pass.
    pub rewatched_ms: u64,
    /// Content played at positions nobody reported; part of `watched_ms`.
    pub unplaced_ms: u64,
    /// `watched_ms` per session in which a frame was seen.
    pub average_view_duration_ms: Option<f64>,
    /// Sessions whose furthest watched position is in the last 5 % of the title.
    pub reached_end: u64,
    /// `reached_end` as a share of the sessions of which that can be known.
    pub reached_end_rate: Option<Ratio>,
    /// Sessions that played at least 90 % of the title, each part counted once.
    pub completed: u64,
    /// `completed` as a share of the sessions of which that can be known: those whose title has a duration, and that
    /// played nothing at unknown positions.
    pub completion_rate: Option<Ratio>,
    #[serde(skip)]
    pub(crate) reached_end_known: u64,
    #[serde(skip)]
    pub(crate) completion_known: u64,
    /// Seeks that were reported.
    pub seeks: u64,
    /// Seeks that were inferred.
    pub inferred_seeks: u64,
    /// When the first session began.
    #[serde(serialize_with = "crate::json::time")]
    pub first_at: Option<Timestamp>,
    /// The last event of all.
    #[serde(serialize_with = "crate::json::time")]
    pub last_at: Option<Timestamp>,
}

merge_fields!(Totals { viewers, sums });

impl Merge for TotalsSummary {
    fn merge(&mut self, other: Self) {
        self.sessions += other.sessions;
        self.started += other.started;
        self.events += other.events;
        self.watched_ms = self.watched_ms.saturating_add(other.watched_ms);
        self.unique_ms = self.unique_ms.saturating_add(other.unique_ms);
        self.rewatched_ms = self.rewatched_ms.saturating_add(other.rewatched_ms);
        self.unplaced_ms = self.unplaced_ms.saturating_add(other.unplaced_ms);
        self.reached_end += other.reached_end;
        self.reached_end_known += other.reached_end_known;
        self.completed += other.completed;
        self.completion_known += other.completion_known;
        self.seeks += other.seeks;
        self.inferred_seeks += other.inferred_seeks;
        self.first_at = self.first_at.into_iter().chain(other.first_at).min();
        self.last_at = self.last_at.max(other.last_at);
    }
}

impl Accumulator for Totals {
    type Item = SessionFacts;
    type Summary = TotalsSummary;

    fn observe(&mut self, facts: &SessionFacts) {
        if let Some(viewer) = &facts.identity.viewer_id {
            self.viewers.observe(viewer.as_str());
        }
        let replayed = facts.map.replayed();
        self.sums.merge(TotalsSummary {
            sessions: 1,
            started: u64::from(facts.started()),
            events: facts.events,
            watched_ms: facts.watched.as_millis(),
            unique_ms: facts.unique.as_millis(),
            rewatched_ms: replayed.as_millis(),
            unplaced_ms: facts.unplaced.as_millis(),
            reached_end: u64::from(facts.reached_end == Some(true)),
            reached_end_known: u64::from(facts.reached_end.is_some()),
            completed: u64::from(facts.completed == Some(true)),
            completion_known: u64::from(facts.completed.is_some()),
            seeks: facts.seeks.reported(),
            inferred_seeks: facts.seeks.inferred(),
            first_at: Some(facts.started_at),
            last_at: Some(facts.last_event_at),
            ..TotalsSummary::default()
        });
    }

    fn summary(&self) -> TotalsSummary {
        let sums = &self.sums;
        TotalsSummary {
            viewers: self.viewers.summary(),
            average_view_duration_ms: (sums.started > 0).then(|| sums.watched_ms as f64 / sums.started as f64),
            reached_end_rate: Ratio::of(sums.reached_end, sums.reached_end_known),
            completion_rate: Ratio::of(sums.completed, sums.completion_known),
            ..sums.clone()
        }
    }
}
