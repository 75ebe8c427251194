//! The sessions that waited longest.

use std::cmp::Reverse;

use audience_core::{ContentId, Failure, SessionFacts, SessionId, Timestamp};
use audience_stats::{Accumulator, Merge};

/// The sessions whose viewers waited longest, for the first frame and in stalls: those to look at one by one.
///
/// Holds no more sessions than asked for.
#[derive(Clone, Debug)]
pub struct LongestWaits {
    most: usize,
    /// The longest wait first.
    sessions: Vec<WaitingSession>,
}

/// A session whose viewer waited.
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct WaitingSession {
    /// Which session.
    pub session_id: SessionId,
    /// Of which title.
    pub content_id: ContentId,
    /// When it began.
    pub started_at: Timestamp,
    /// How long the viewer waited for the first frame; of a session that never started, as long as it tried.
    pub starting_ms: u64,
    /// How often it stalled.
    pub stalls: u64,
    /// For how long.
    pub stalled_ms: u64,
    /// How long frames moved.
    pub playing_ms: u64,
    /// What kind of failure it was, if it was one.
    pub failure: Option<Failure>,
}

impl WaitingSession {
    /// How long the viewer waited.
    pub fn waited_ms(&self) -> u64 {
        self.starting_ms.saturating_add(self.stalled_ms)
    }

    /// The longest waits first; of the same length, by name.
    fn rank(&self) -> impl Ord + '_ {
        (Reverse(self.waited_ms()), self.session_id.as_str(), self.content_id.as_str(), self.started_at)
    }
}

impl LongestWaits {
    /// Keeps so many sessions.
    pub fn new(most: usize) -> Self {
        Self { most, sessions: Vec::new() }
    }

    /// Whether a session of such a wait would be kept, ids aside.
    fn has_room_for(&self, waited_ms: u64) -> bool {
        self.sessions.len() < self.most || self.sessions.last().is_some_and(|last| last.waited_ms() <= waited_ms)
    }

    fn insert(&mut self, session: WaitingSession) {
        let at = self.sessions.partition_point(|kept| kept.rank() <= session.rank());
        if at < self.most {
            self.sessions.insert(at, session);
            self.sessions.truncate(self.most);
        }
    }
}

impl Merge for LongestWaits {
    fn merge(&mut self, other: Self) {
        other.sessions.into_iter().for_each(|session| self.insert(session));
    }
}

impl Accumulator for LongestWaits {
    type Item = SessionFacts;
    type Summary = Vec<WaitingSession>;

    fn observe(&mut self, facts: &SessionFacts) {
        let starting = facts.startup.map_or(facts.wall.starting, |startup| startup.time).as_millis();
        let stalled = facts.wall.stalled.as_millis();
        let waited = starting.saturating_add(stalled);
        if waited == 0 || !self.has_room_for(waited) {
            return;
        }
        self.insert(WaitingSession {
            session_id: facts.identity.session_id.clone(),
            content_id: facts.identity.content_id.clone(),
            started_at: facts.started_at,
            starting_ms: starting,
            stalls: facts.stalls,
            stalled_ms: stalled,
            playing_ms: facts.wall.playing.as_millis(),
            failure: facts.failure,
        });
    }

    fn summary(&self) -> Vec<WaitingSession> {
        self.sessions.clone()
    }
}
