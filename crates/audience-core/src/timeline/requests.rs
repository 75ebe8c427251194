//! What was played, from requests alone.
//!
//! Who asks for a segment says how much content is buffered in front of it, and so where the playhead is: at the segment's
//! start less the buffer. From many such sightings follow what was played, where the playhead jumped and when it stood
//! still. `docs/methods/requests.md` in the repository states the rules and how far off they are on real players.
//!
//! What is found is told as events, which go the way of all events.

mod path;
mod place;
mod sighting;
mod story;

use crate::event::{Event, EventKind};
use crate::facts::Estimates;
use crate::rules::Rules;
use crate::session::Session;
use crate::time::Timestamp;

/// Events that say what the requests of a session show, and how far off they may be. `horizon` is the time up to which
/// the data reaches: nothing is told of what comes after it.
pub(super) fn tell(session: &Session, rules: &Rules, horizon: Option<Timestamp>) -> (Vec<Event>, Estimates) {
    let requests = sighting::Requests::of(session.events());
    let path = path::find(&requests.sightings, requests.longest, rules);
    let (mut events, estimates) = story::tell(&requests, &path, session.duration(), horizon);
    // What else is known of it, errors and marks, happened all the same.
    let others =
        session.events().iter().filter(|event| matches!(event.kind, EventKind::Error(_) | EventKind::Custom(_)));
    let before = events.len();
    events.extend(others.cloned());
    if events.len() > before {
        events.sort_by_key(|event| event.ts);
    }
    (events, estimates)
}

/// What the player reported, with positions where its requests show them.
pub(super) fn place(session: &Session, rules: &Rules) -> Option<Vec<Event>> {
    // With several titles, nobody knows where the player was in between.
    if session.breaks().is_empty() { place::place(session.events(), rules) } else { None }
}
