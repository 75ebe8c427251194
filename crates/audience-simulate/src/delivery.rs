//! The way from the player to the log, and what goes wrong on it.

use std::sync::Arc;

use audience_core::{Event, EventKind, Origin, Timestamp};
use audience_stats::hash::hash64;

use crate::random::{Purpose, Stream};
use crate::session::SimulatedSession;
use crate::simulation::Simulation;
use crate::viewer::Clock;

/// How long a session's events take at least and at most, when nothing goes wrong.
const WAY_MS: (f64, f64) = (20.0, 400.0);
/// A repeat arrives within this time after the first one.
const REPEAT_MS: f64 = 5_000.0;

/// The events of a session in the order in which they arrive, each with the time at which it does.
pub(crate) fn deliver(simulation: &Simulation, number: u64, session: &mut SimulatedSession) -> Vec<(i64, Event)> {
    let scenario = simulation.scenario();
    let faults = &scenario.faults;
    let mut stream = Stream::new(simulation.seed(), Purpose::Faults, number);
    let clock = simulation.crowd().clock(scenario, session.viewer);
    let way = stream.between(WAY_MS.0, WAY_MS.1) as i64;
    let silent = stream.chance(faults.silent);
    let began = session.truth.started_at.as_millis();
    let id = hash64(session.truth.session_id.as_str().as_bytes(), 0);
    let mut arriving = Vec::with_capacity(session.events.len() + 1);
    for mut event in session.events.drain(..) {
        let now = event.ts.as_millis();
        let late = stream.chance(faults.late);
        let delay = if late { (stream.between(1.0, faults.late_secs) * 1000.0) as i64 } else { 0 };
        let repeated = stream.chance(faults.repeated).then(|| 1 + (stream.uniform() * REPEAT_MS) as i64);
        if stream.chance(faults.lost) || (silent && matches!(event.kind, EventKind::End { .. })) {
            continue;
        }
        event.ts = Timestamp::from_millis(match clock {
            Clock::Off(skew) => now + skew,
            Clock::None => now - began,
        });
        let event_id = event_id(id, event.seq.map_or(0, audience_core::Seq::get));
        event.origin = Some(Arc::new(Origin { source: None, event_id: Some(event_id) }));
        let arrival = now + way + delay;
        if let Some(after) = repeated {
            arriving.push((arrival + after, event.clone()));
        }
        arriving.push((arrival, event));
    }
    arriving.sort_by_key(|(arrival, event)| (*arrival, event.seq));
    arriving
}

/// A hash of the session's id and the event's number, both as hexadecimal digits.
fn event_id(session: u64, seq: u64) -> Box<str> {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(24);
    let mut put = |number: u64, digits: u32| {
        for digit in (0..digits).rev() {
            text.push(char::from(DIGITS[(number >> (4 * digit)) as usize & 0xf]));
        }
    };
    put(session, 16);
    put(seq, (16 - seq.leading_zeros() / 4).max(3));
    text.into_boxed_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn event_ids_have_the_session_and_the_number() {
        assert_eq!(&*event_id(0xabc, 0), "0000000000000abc000");
        assert_eq!(&*event_id(u64::MAX, 0x12345), "ffffffffffffffff12345");
    }
}
