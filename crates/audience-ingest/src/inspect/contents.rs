//! What there is, counted.

use std::collections::BTreeMap;

use audience_core::{Event, EventKind, ExitReason, PlayerState, Session, SessionFacts, StartUpBasis};
use audience_stats::{Accumulator, Distinct, Merge};

/// What there is in telemetry, counted: sessions by what is known of them, and events by what they are.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Contents {
    /// Sessions: one for each run of a player and title.
    pub sessions: u64,
    /// Different titles.
    #[serde(serialize_with = "count")]
    pub titles: Ids,
    /// Different viewers.
    #[serde(serialize_with = "count")]
    pub viewers: Ids,
    /// When the first session began, in milliseconds since 1970.
    pub began_at: Option<i64>,
    /// The last event, in milliseconds since 1970.
    pub ended_at: Option<i64>,
    /// Sessions that name no title.
    pub without_title: u64,
    /// Sessions that name their viewer.
    pub with_viewer: u64,
    /// Sessions that started to play.
    pub started: u64,
    /// Of those that started, sessions that say where in the content all was played.
    pub placed: u64,
    /// Of those that started, sessions of a title of known duration.
    pub with_duration: u64,
    /// Sessions of live streams.
    pub live: u64,
    /// Of those that started, sessions whose start-up time is known.
    pub with_startup: u64,
    /// Of these, sessions that say when playback was asked for: for the others the time is an upper bound.
    pub with_request: u64,
    /// Sessions with waits.
    pub with_waits: u64,
    /// Sessions whose bit rate is known for some of what was played.
    pub with_bitrate: u64,
    /// Sessions with seeks that the player reported.
    pub with_seeks: u64,
    /// Sessions with seeks that were inferred.
    pub with_inferred_seeks: u64,
    /// Sessions with errors.
    pub with_errors: u64,
    /// Sessions that say how they ended.
    pub with_end: u64,
    /// Sessions with advertisements.
    pub with_ads: u64,
    /// Sessions with custom events.
    pub with_custom: u64,
    /// Sessions that were inferred from requests alone.
    pub from_requests: u64,
    /// Events by type; none of tables of sessions.
    pub events: BTreeMap<&'static str, u64>,
    /// Of these, events with a position.
    pub events_with_position: u64,
    /// Of these, events with a number.
    pub events_with_number: u64,
    /// Of these, requests whose place in the content is known.
    pub placed_requests: u64,
    /// Sessions whose player says when it waits, or would.
    pub sessions_with_states: u64,
}

/// Different ids.
#[derive(Clone, Debug, Default)]
pub struct Ids(Distinct);

impl Ids {
    /// How many there are.
    pub fn count(&self) -> u64 {
        self.0.count()
    }
}

impl PartialEq for Ids {
    fn eq(&self, other: &Self) -> bool {
        self.count() == other.count()
    }
}

impl Merge for Ids {
    fn merge(&mut self, other: Self) {
        self.0.merge(other.0);
    }
}

fn count<S: serde::Serializer>(ids: &Ids, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(ids.count())
}

impl Contents {
    /// Takes in a session's facts.
    pub(super) fn see_facts(&mut self, facts: &SessionFacts) {
        let count = |counter: &mut u64, yes: bool| *counter += u64::from(yes);
        let title = facts.identity.content_id.as_str();
        self.sessions += 1;
        count(&mut self.without_title, title.is_empty());
        if !title.is_empty() {
            self.titles.0.observe(title);
        }
        if let Some(viewer) = &facts.identity.viewer_id {
            self.viewers.0.observe(viewer.as_str());
            self.with_viewer += 1;
        }
        self.began_at = earlier(self.began_at, Some(facts.started_at.as_millis()));
        self.ended_at = self.ended_at.max(Some(facts.last_event_at.as_millis()));
        let started = facts.started();
        count(&mut self.started, started);
        count(&mut self.placed, started && !facts.map.is_empty() && !facts.inferred.positions_missing);
        count(&mut self.with_duration, started && facts.duration.is_some());
        count(&mut self.live, facts.is_live);
        count(&mut self.with_startup, facts.startup.is_some());
        let asked = facts.startup.is_some_and(|startup| startup.since == StartUpBasis::Request);
        count(&mut self.with_request, asked);
        count(&mut self.with_waits, facts.stalls + facts.seek_waits > 0 || !facts.wall.starting.is_zero());
        count(&mut self.with_bitrate, !facts.quality.bits_over.is_zero());
        count(&mut self.with_seeks, facts.seeks.reported() > 0);
        count(&mut self.with_inferred_seeks, facts.seeks.inferred() > 0);
        count(&mut self.with_errors, facts.errors > 0);
        count(&mut self.with_end, !matches!(facts.exit.reason, ExitReason::Left | ExitReason::Active));
        let ads = facts.wall.in_ads.saturating_add(facts.wall.ad_waiting);
        count(&mut self.with_ads, !ads.is_zero());
        count(&mut self.with_custom, !facts.marks.is_empty());
        count(&mut self.from_requests, facts.inferred.from_requests.is_some());
    }

    /// Takes in a session's events.
    pub(super) fn see_events(&mut self, session: &Session) {
        let mut says_state = false;
        for event in session.events() {
            *self.events.entry(event.kind.name()).or_default() += 1;
            self.events_with_position += u64::from(event.position.is_some());
            self.events_with_number += u64::from(event.seq.is_some());
            if let EventKind::Request(request) = &event.kind {
                self.placed_requests += u64::from(request.start.is_some());
            }
            says_state |= tells_state(event);
        }
        self.sessions_with_states += u64::from(says_state);
    }

    /// Takes what was seen of events.
    pub(super) fn take_events(&mut self, other: Self) {
        self.events = other.events;
        self.events_with_position = other.events_with_position;
        self.events_with_number = other.events_with_number;
        self.placed_requests = other.placed_requests;
        self.sessions_with_states = other.sessions_with_states;
    }

    /// How many events of a type there are.
    pub fn events_of(&self, name: &str) -> u64 {
        self.events.get(name).copied().unwrap_or(0)
    }
}

/// Whether the event says that the player waits, or comes from a player that would say so.
fn tells_state(event: &Event) -> bool {
    matches!(event.kind, EventKind::BufferStart | EventKind::BufferEnd { .. } | EventKind::StateChange { .. })
        || event.vitals.as_ref().is_some_and(|vitals| vitals.state == Some(PlayerState::Buffering))
}

fn earlier(a: Option<i64>, b: Option<i64>) -> Option<i64> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (one, other) => one.or(other),
    }
}

impl Merge for Contents {
    fn merge(&mut self, other: Self) {
        self.began_at = earlier(self.began_at, other.began_at);
        self.ended_at = self.ended_at.max(other.ended_at);
        self.titles.merge(other.titles);
        self.viewers.merge(other.viewers);
        for (name, count) in other.events {
            *self.events.entry(name).or_default() += count;
        }
        let sums = [
            (&mut self.sessions, other.sessions),
            (&mut self.without_title, other.without_title),
            (&mut self.with_viewer, other.with_viewer),
            (&mut self.started, other.started),
            (&mut self.placed, other.placed),
            (&mut self.with_duration, other.with_duration),
            (&mut self.live, other.live),
            (&mut self.with_startup, other.with_startup),
            (&mut self.with_request, other.with_request),
            (&mut self.with_waits, other.with_waits),
            (&mut self.with_bitrate, other.with_bitrate),
            (&mut self.with_seeks, other.with_seeks),
            (&mut self.with_inferred_seeks, other.with_inferred_seeks),
            (&mut self.with_errors, other.with_errors),
            (&mut self.with_end, other.with_end),
            (&mut self.with_ads, other.with_ads),
            (&mut self.with_custom, other.with_custom),
            (&mut self.from_requests, other.from_requests),
            (&mut self.events_with_position, other.events_with_position),
            (&mut self.events_with_number, other.events_with_number),
            (&mut self.placed_requests, other.placed_requests),
            (&mut self.sessions_with_states, other.sessions_with_states),
        ];
        for (sum, more) in sums {
            *sum += more;
        }
    }
}
