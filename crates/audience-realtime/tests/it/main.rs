//! Behaviour of live audiences through their public API.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod agreement;
mod alerts;
mod delivery;
mod order;
mod streams;
mod traps;
mod tumbling;

use audience_core::{Elapsed, Envelope, Event, EventKind, MediaTime, Timestamp};
use audience_realtime::Window;

/// A window of so many seconds, in buckets of so many.
fn window(length: u64, bucket: u64) -> Window {
    Window::new(Elapsed::from_secs(length), Elapsed::from_secs(bucket)).unwrap()
}

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

/// A wall-clock time, in seconds.
fn second(secs: i64) -> Timestamp {
    at(secs * 1000)
}

/// An event of a session, whose viewer has the same name, of one title.
fn event(session: &str, secs: i64, kind: EventKind) -> Envelope {
    Envelope {
        session_id: session.into(),
        viewer_id: Some(session.into()),
        content_id: Some("film".into()),
        event: Event::new(second(secs), kind),
        attributes: Vec::new(),
    }
}

/// The same with the playhead at a position, in seconds.
fn event_at(session: &str, secs: i64, kind: EventKind, position: u64) -> Envelope {
    let mut envelope = event(session, secs, kind);
    envelope.event.position = Some(MediaTime::from_secs(position));
    envelope
}
