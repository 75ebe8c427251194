//! Behaviour of the core through its public API.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod ads;
mod facts;
mod failures;
mod laws;
mod live;
mod losses;
mod map;
mod order;
mod played;
mod replay;
mod requests;
mod sampled;
mod simulation;
mod time;
mod timeline;
mod traps;
mod wire;

use audience_core::{Event, EventKind, MediaTime, Rules, Session, SessionFacts, Timeline, Timestamp, WaitKind};

/// A wall-clock time, in seconds.
fn at(secs: f64) -> Timestamp {
    Timestamp::from_millis((secs * 1000.0).round() as i64)
}

/// A position, in seconds.
fn pos(secs: f64) -> MediaTime {
    MediaTime::from_millis((secs * 1000.0).round() as u64)
}

/// An event at a time and position.
fn event(secs: f64, kind: EventKind, position: impl Into<Option<f64>>) -> Event {
    let mut event = Event::new(at(secs), kind);
    event.position = position.into().map(pos);
    event
}

fn session(events: impl IntoIterator<Item = Event>) -> Session {
    Session::new("s", "c", events)
}

fn facts(events: impl IntoIterator<Item = Event>) -> SessionFacts {
    session(events).facts(&Rules::default(), None)
}

fn timeline(events: impl IntoIterator<Item = Event>) -> Timeline {
    session(events).timeline(&Rules::default())
}

/// Kind and length in seconds of each wait.
fn waits(events: impl IntoIterator<Item = Event>) -> Vec<(WaitKind, f64)> {
    timeline(events).waits().iter().map(|wait| (wait.kind, wait.length().as_secs_f64())).collect()
}
