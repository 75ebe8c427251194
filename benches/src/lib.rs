//! What the benchmarks measure: sessions made from a script of what a viewer does, so that several systems can be given
//! the same ones.

mod lines;

use audience_core::{Bitrate, EndReason, Event, EventKind, MediaTime, Rendition, Session, Timestamp};
use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

pub use lines::{EVENTS, Lines, lines, reports};

/// What a viewer or player does, in order, with the position in milliseconds.
#[derive(Clone, Copy, Debug)]
pub enum Act {
    /// Playback begins or goes on.
    Play {
        /// Where.
        position: u64,
    },
    /// Another rendition.
    Quality {
        /// Its height.
        height: u32,
        /// Its bit rate.
        kbps: u32,
    },
    /// A stall of some milliseconds.
    Stall {
        /// Where.
        position: u64,
        /// How long.
        millis: u32,
    },
    /// The playhead is moved.
    Seek {
        /// From where.
        from: u64,
        /// To where.
        to: u64,
    },
    /// The viewer pauses.
    Pause {
        /// Where.
        position: u64,
    },
    /// Playback ends.
    End {
        /// Where.
        position: u64,
        /// How much was watched.
        watched: u64,
    },
}

/// A session as a script: what happens, and when by the wall clock.
pub type Script = Vec<(i64, Act)>;

/// Scripts of `count` sessions of content of `length`: 19 acts on average, 35 % to the end, the others leave early, each
/// with five rounds of quality change, stall (one in four), seek (two in three), pause and play on the way.
pub fn scripts(count: usize, length: MediaTime) -> Vec<Script> {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(42);
    (0..count).map(|_| script(&mut rng, length.as_millis())).collect()
}

fn script(rng: &mut Xoshiro256PlusPlus, length: u64) -> Script {
    let leave = if rng.random_bool(0.35) { length } else { (rng.random::<f64>().powi(2) * length as f64) as u64 };
    let mut now = 1_767_225_600_000_i64;
    let mut position = 0;
    let mut watched = 0;
    let mut script = vec![(now, Act::Play { position })];
    for round in 1..=5 {
        let until = (leave / 6 * round).max(position);
        now += (until - position) as i64;
        watched += until - position;
        position = until;
        let rung = rng.random_range(1..6);
        script.push((now, Act::Quality { height: rung * 240, kbps: rung * 900 }));
        if rng.random_bool(0.25) {
            let millis = rng.random_range(200..4000);
            script.push((now, Act::Stall { position, millis }));
            now += i64::from(millis);
        }
        if rng.random_bool(0.67) {
            let to = position.saturating_sub(rng.random_range(0..length / 20 + 1));
            script.push((now, Act::Seek { from: position, to }));
            position = to;
        }
        now += 1;
        script.push((now, Act::Pause { position }));
        now += 2000;
        script.push((now, Act::Play { position }));
    }
    let rest = leave.saturating_sub(position);
    now += rest as i64;
    script.push((now, Act::End { position: position + rest, watched: watched + rest }));
    script
}

/// The scripts as sessions of this workspace.
pub fn sessions(scripts: &[Script], length: MediaTime) -> Vec<Session> {
    scripts.iter().enumerate().map(|(number, script)| session(number, script, length)).collect()
}

fn session(number: usize, script: &Script, length: MediaTime) -> Session {
    let mut events = vec![Event::new(Timestamp::from_millis(script[0].0 - 500), EventKind::load_of(length))];
    let mut add = |at: i64, kind: EventKind, position: Option<u64>| {
        let mut event = Event::new(Timestamp::from_millis(at), kind);
        event.position = position.map(MediaTime::from_millis);
        events.push(event);
    };
    for &(at, act) in script {
        match act {
            Act::Play { position } => add(at, EventKind::Play, Some(position)),
            Act::Quality { height, kbps } => {
                let bitrate = Bitrate::from_bps(u64::from(kbps) * 1000);
                let to = Rendition { bitrate, width: height * 16 / 9, height };
                add(at, EventKind::QualityChange { from: None, to, reason: None }, None);
            }
            Act::Stall { position, millis } => {
                add(at, EventKind::BufferStart, Some(position));
                add(at + i64::from(millis), EventKind::buffer_end(), Some(position));
            }
            Act::Seek { from, to } => add(at, EventKind::seek_from(MediaTime::from_millis(from)), Some(to)),
            Act::Pause { position } => add(at, EventKind::Pause, Some(position)),
            Act::End { position, .. } => add(at, EventKind::end(EndReason::Ended), Some(position)),
        }
    }
    let numbered = events.into_iter().zip(0..).map(|(event, seq)| event.numbered(seq));
    Session::new(format!("s{number}"), "film", numbered).with_viewer(format!("v{}", number / 3))
}

/// Lines of canonical NDJSON of the sessions, one session after the other.
///
/// # Panics
///
/// When an event cannot be written as JSON, which does not happen.
pub fn ndjson(sessions: &[Session]) -> String {
    let mut text = String::new();
    for session in sessions {
        for event in session.events() {
            let envelope = audience_core::Envelope {
                session_id: session.session_id().clone(),
                viewer_id: session.viewer_id().cloned(),
                content_id: Some(session.content_id().clone()),
                event: event.clone(),
                attributes: Vec::new(),
            };
            text.push_str(&serde_json::to_string(&envelope).expect("an envelope is JSON"));
            text.push('\n');
        }
    }
    text
}
