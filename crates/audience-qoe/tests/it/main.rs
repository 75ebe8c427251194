//! Behaviour through the public API.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod experience;

use audience_core::{Event, EventKind, MediaTime, Rules, Session, SessionFacts, Timestamp};

/// An event at a time, in seconds, with the playhead at a position, in seconds.
fn event(secs: f64, kind: EventKind, position: impl Into<Option<f64>>) -> Event {
    let mut event = Event::new(Timestamp::from_millis((secs * 1000.0).round() as i64), kind);
    event.position = position.into().map(|position| MediaTime::from_millis((position * 1000.0).round() as u64));
    event
}

fn facts(id: &str, events: impl IntoIterator<Item = Event>) -> SessionFacts {
    Session::new(id, "film", events).facts(&Rules::default(), None)
}
