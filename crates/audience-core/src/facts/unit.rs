//! A viewer as one row.

use audience_stats::{Accumulator, Distinct, Merge, merge_fields};

use super::SessionFacts;
use crate::time::Timestamp;

/// All sessions of one viewer: what experiments, loyalty, churn and honest confidence bands need one row per viewer of.
///
/// An accumulator over the facts of one viewer's sessions; keyed by viewer it makes the whole table:
///
/// ```
/// use audience_core::{Accumulator, Event, EventKind, Keyed, Rules, Session, SessionFacts, Timestamp, UnitTotals};
///
/// let by_viewer = |facts: &SessionFacts| facts.identity.viewer_id.clone();
/// let mut units = Keyed::new(by_viewer, UnitTotals::new());
/// for (session, viewer) in [("s1", "ann"), ("s2", "bob"), ("s3", "ann")] {
///     let play = Event::new(Timestamp::from_millis(0), EventKind::Play);
///     let session = Session::new(session, "film", [play]).with_viewer(viewer);
///     units.observe(&session.facts(&Rules::default(), None));
/// }
/// let table = units.summary();
/// assert_eq!((table[0].0.as_ref().unwrap().as_str(), table[0].1.sessions), ("ann", 2));
/// ```
#[derive(Clone, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct UnitTotals {
    facts: UnitFacts,
    contents: Distinct,
}

/// The sums over one viewer's sessions. Sums of milliseconds are exact; ratios of them are left to the reader.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct UnitFacts {
    /// Sessions.
    pub sessions: u64,
    /// Sessions in which a frame was seen.
    pub started: u64,
    /// Different titles.
    pub contents: u64,
    /// Sessions that reached the end of the content.
    pub reached_end: u64,
    /// Sessions that played nearly all of it.
    pub completed: u64,
    /// Content played, each pass counted, in milliseconds.
    pub watched_ms: u128,
    /// Content played, each part of each session counted once, in milliseconds.
    pub unique_ms: u128,
    /// Wall-clock time in which frames moved, in milliseconds.
    pub playing_ms: u128,
    /// Wall-clock time stalled, in milliseconds.
    pub stalled_ms: u128,
    /// Wall-clock time waiting after seeks, in milliseconds.
    pub seek_waiting_ms: u128,
    /// Stalls.
    pub stalls: u64,
    /// Seeks, reported and inferred.
    pub seeks: u64,
    /// When the first session began.
    pub first_at: Option<Timestamp>,
    /// When the last session began.
    pub last_at: Option<Timestamp>,
}

impl UnitTotals {
    /// No session yet.
    pub fn new() -> Self {
        Self::default()
    }
}

merge_fields!(UnitTotals { facts, contents });

#[cfg(feature = "serde")]
impl audience_stats::Portable for UnitTotals {
    fn fingerprint(&self) -> u64 {
        audience_stats::fingerprint_of("audience.unit_totals/1", &())
    }

    fn size_bytes(&self) -> usize {
        self.contents.size_bytes()
    }
}

impl Merge for UnitFacts {
    fn merge(&mut self, other: Self) {
        self.sessions.merge(other.sessions);
        self.started.merge(other.started);
        self.reached_end.merge(other.reached_end);
        self.completed.merge(other.completed);
        self.watched_ms.merge(other.watched_ms);
        self.unique_ms.merge(other.unique_ms);
        self.playing_ms.merge(other.playing_ms);
        self.stalled_ms.merge(other.stalled_ms);
        self.seek_waiting_ms.merge(other.seek_waiting_ms);
        self.stalls.merge(other.stalls);
        self.seeks.merge(other.seeks);
        self.first_at = self.first_at.into_iter().chain(other.first_at).min();
        self.last_at = self.last_at.max(other.last_at);
    }
}

impl Accumulator for UnitTotals {
    type Item = SessionFacts;
    type Summary = UnitFacts;

    fn observe(&mut self, facts: &SessionFacts) {
        self.facts.merge(UnitFacts {
            sessions: 1,
            started: u64::from(facts.started()),
            contents: 0,
            reached_end: u64::from(facts.reached_end == Some(true)),
            completed: u64::from(facts.completed == Some(true)),
            watched_ms: facts.watched.as_millis().into(),
            unique_ms: facts.unique.as_millis().into(),
            playing_ms: facts.wall.playing.as_millis().into(),
            stalled_ms: facts.wall.stalled.as_millis().into(),
            seek_waiting_ms: facts.wall.seek_waiting.as_millis().into(),
            stalls: facts.stalls,
            seeks: facts.seeks.reported() + facts.seeks.inferred(),
            first_at: Some(facts.started_at),
            last_at: Some(facts.started_at),
        });
        self.contents.observe(facts.identity.content_id.as_str());
    }

    fn summary(&self) -> UnitFacts {
        UnitFacts { contents: self.contents.summary(), ..self.facts }
    }
}
