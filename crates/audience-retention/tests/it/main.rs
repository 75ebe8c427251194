//! Behaviour of the curves through their public API.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod attention;
mod bands;
mod chapters;
mod curves;
mod drop_offs;
mod exact;
mod groups;
mod relative;
mod skips;
mod weighted;

use audience_core::{Event, EventKind, MediaTime, Rules, Session, SessionFacts, Timestamp};
use rand::SeedableRng;
use rand_xoshiro::Xoshiro256PlusPlus;

fn ms(millis: u64) -> MediaTime {
    MediaTime::from_millis(millis)
}

/// A session of content of this duration that plays each of these stretches, one after the other; from each to the next it
/// seeks.
fn session(id: &str, duration: Option<u64>, stretches: &[(u64, u64)]) -> Session {
    let mut now = 0;
    let load = EventKind::Load { url: None, duration: duration.map(ms), is_live: false };
    let mut events = vec![Event::new(Timestamp::from_millis(0), load)];
    let mut add = |now: i64, kind: EventKind, position: u64| {
        events.push(Event::new(Timestamp::from_millis(now), kind).at(ms(position)));
    };
    for (at, &(start, end)) in stretches.iter().enumerate() {
        add(now, EventKind::Play, start);
        now += (end - start) as i64;
        add(now, EventKind::Pause, end);
        now += 1;
        let next = stretches.get(at + 1).map_or(end, |(next, _)| *next);
        add(now, EventKind::Seek { from: Some(ms(end)) }, next);
        now += 1;
    }
    Session::new(id, "c", events)
}

/// The facts of such a session, which is over.
fn facts(duration: Option<u64>, stretches: &[(u64, u64)]) -> SessionFacts {
    session("s", duration, stretches).facts(&Rules::default(), None)
}

/// The same, of this viewer.
fn facts_of(viewer: &str, duration: u64, stretches: &[(u64, u64)]) -> SessionFacts {
    session("s", Some(duration), stretches).with_viewer(viewer).facts(&Rules::default(), None)
}

fn rng(seed: u64) -> Xoshiro256PlusPlus {
    Xoshiro256PlusPlus::seed_from_u64(seed)
}
