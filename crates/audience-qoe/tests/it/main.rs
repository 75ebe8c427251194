//! Behaviour through the public API.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod codes;
mod excess_stalls;
mod experience;
mod good;
mod renditions;
mod scores;
mod stall_ratio;
mod waits;
mod worlds;

use audience_core::{Event, EventKind, MediaTime, PlayerError, Rules, Session, SessionFacts, Timestamp};

/// An event at a time, in seconds, with the playhead at a position, in seconds.
fn event(secs: f64, kind: EventKind, position: impl Into<Option<f64>>) -> Event {
    let mut event = Event::new(Timestamp::from_millis((secs * 1000.0).round() as i64), kind);
    event.position = position.into().map(|position| MediaTime::from_millis((position * 1000.0).round() as u64));
    event
}

fn facts(id: &str, events: impl IntoIterator<Item = Event>) -> SessionFacts {
    Session::new(id, "film", events).facts(&Rules::default(), None)
}

/// A session that starts after `startup`, plays `plays` and stalls for `stalls`, all in seconds.
fn view(id: &str, startup: f64, plays: f64, stalls: f64) -> SessionFacts {
    let mut events = vec![
        event(0.0, EventKind::PlayRequest, None),
        event(startup, EventKind::Play, 0.0),
        event(startup + plays, EventKind::BufferStart, plays),
        event(startup + plays + stalls, EventKind::buffer_end(), plays),
        event(startup + plays + stalls, EventKind::Pause, plays),
    ];
    if stalls == 0.0 {
        events.drain(2..4);
    }
    facts(id, events)
}

/// A session that ends with a fatal error of this code, before or after the first frame.
fn failed(id: &str, code: &str, started: bool) -> SessionFacts {
    let code = (!code.is_empty()).then(|| code.into());
    let error = PlayerError { code, message: None, fatal: true };
    let mut events = vec![event(0.0, EventKind::load(), None)];
    if started {
        events.push(event(1.0, EventKind::Play, 0.0));
    }
    events.push(event(5.0, EventKind::Error(Box::new(error)), None));
    facts(id, events)
}
