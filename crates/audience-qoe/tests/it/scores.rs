//! Scores of sessions.

mod index;
mod kino;
mod linear;
mod mux;
mod tally;
mod viewing;

use audience_core::{Bitrate, EventKind, Rendition, Rules, Session, SessionFacts};

use crate::event;

/// Equal but for what floating-point arithmetic leaves.
#[track_caller]
fn assert_near(found: f64, expected: f64) {
    assert!((found - expected).abs() <= 1e-9 * expected.abs().max(1.0), "{found} is not {expected}");
}

/// A minute and a half with a switch up, a stall, and these attributes.
fn shown(attributes: &[(&str, &str)]) -> SessionFacts {
    let to = |kbps: u64, width, height| EventKind::QualityChange {
        from: None,
        to: Rendition { bitrate: Bitrate::from_bps(kbps * 1000), width, height },
        reason: None,
    };
    let events = [
        event(0.0, EventKind::PlayRequest, None),
        event(0.0, to(1000, 960, 540), None),
        event(1.5, EventKind::Play, 0.0),
        event(31.5, to(6000, 1920, 1080), 30.0),
        event(61.5, EventKind::BufferStart, 60.0),
        event(63.5, EventKind::buffer_end(), 60.0),
        event(93.5, EventKind::Pause, 90.0),
    ];
    let session = Session::new("s", "film", events);
    let session = attributes.iter().fold(session, |session, (name, value)| session.with_attribute(name, value));
    session.facts(&Rules::default(), None)
}
