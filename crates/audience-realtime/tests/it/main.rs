//! Behaviour of live audiences through their public API.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod agreement;
mod order;
mod traps;

use audience_core::{Envelope, Event, EventKind, MediaTime, Timestamp};

/// A wall-clock time, in seconds.
fn at(secs: i64) -> Timestamp {
    Timestamp::from_millis(secs * 1000)
}

/// An event of a session, whose viewer has the same name, of one title.
fn event(session: &str, secs: i64, kind: EventKind) -> Envelope {
    Envelope {
        session_id: session.into(),
        viewer_id: Some(session.into()),
        content_id: Some("film".into()),
        event: Event::new(at(secs), kind),
        attributes: Vec::new(),
    }
}

/// The same with the playhead at a position, in seconds.
fn event_at(session: &str, secs: i64, kind: EventKind, position: u64) -> Envelope {
    let mut envelope = event(session, secs, kind);
    envelope.event.position = Some(MediaTime::from_secs(position));
    envelope
}
