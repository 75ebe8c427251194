//! Behaviour through the public API.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod journeys;
mod laws;
mod pointer;
mod score;
mod segments;
mod similar;

use audience_core::{Event, EventKind, MediaTime, Rules, Session, SessionFacts, Timestamp};

fn ms(millis: u64) -> MediaTime {
    MediaTime::from_millis(millis)
}

/// The facts of a session of a viewer that plays these stretches one after the other, seeking from each to the next, with custom events
/// at its end.
fn facts(viewer: &str, duration: Option<u64>, stretches: &[(u64, u64)], marks: &[&str]) -> SessionFacts {
    let mut now = 0;
    let load = EventKind::Load { url: None, duration: duration.map(ms), is_live: false };
    let mut events = vec![Event::new(Timestamp::from_millis(0), load)];
    for (at, &(start, end)) in stretches.iter().enumerate() {
        if let Some((_, before)) = at.checked_sub(1).map(|before| stretches[before]) {
            events.push(Event::new(Timestamp::from_millis(now), EventKind::seek_from(ms(before))).at(ms(start)));
        } else {
            events.push(Event::new(Timestamp::from_millis(now), EventKind::Play).at(ms(start)));
        }
        now += (end - start) as i64;
    }
    if let Some((_, end)) = stretches.last() {
        events.push(Event::new(Timestamp::from_millis(now), EventKind::Pause).at(ms(*end)));
    }
    // Two that are alike in everything are one that was sent twice.
    events
        .extend((now..).zip(marks).map(|(at, name)| Event::new(Timestamp::from_millis(at), EventKind::custom(*name))));
    let session = Session::new(format!("s {viewer} {now}"), "c", events);
    let session = if viewer.is_empty() { session } else { session.with_viewer(viewer) };
    session.facts(&Rules::default(), None)
}
