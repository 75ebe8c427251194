//! Help for tests of accumulators over session facts.

pub use audience_stats::test_util::check_merge_laws;

use crate::event::{Bitrate, EndReason, Event, EventKind, PlayerError, Rendition, Vitals};
use crate::facts::SessionFacts;
use crate::rules::Rules;
use crate::session::Session;
use crate::time::{Elapsed, MediaTime, Rate, Timestamp};

/// The facts of a dozen sessions that have little in common: full and partial views, resumed, watched again, stalled,
/// failed, silent, live, of unknown duration, without positions, without a single frame.
pub fn various_facts() -> Vec<SessionFacts> {
    let horizon = Timestamp::from_millis(20 * 3_600_000);
    various_sessions().iter().map(|session| session.facts(&Rules::default(), Some(horizon))).collect()
}

/// The sessions of [`various_facts`].
pub fn various_sessions() -> Vec<Session> {
    let sessions = [
        view("full", "film", "ann", 0, &[load(120), play(0), end(120)]),
        view("partial", "film", "bob", 1, &[load(120), play(0), pause(40)]),
        view("again", "film", "ann", 2, &[load(120), play(0), seek(60, 30), seek(90, 30), end(50)]),
        view("resumed", "film", "cid", 3, &[load(120), play(75), end(110)]),
        view("stalled", "film", "dan", 4, &[load(120), play(0), stall(20), go_on(20), stall(50), go_on(50), end(70)]),
        view("after a seek", "film", "bob", 5, &[load(120), play(0), seek(10, 80), stall(80), go_on(80), end(120)]),
        view("never", "film", "eve", 6, &[load(120), end(0)]),
        view("failed", "clip", "eve", 7, &[load(8), play(0), broken(3)]),
        view("silent", "clip", "ann", 8, &[load(8), play(0), beat(2), beat(4)]),
        view("jumped", "clip", "bob", 9, &[load(8), play(0), beat(7), beat(1), beat(3)]),
        view("nowhere", "clip", "cid", 10, &[load(8), (EventKind::Play, None), (EventKind::Pause, None)]),
        view(
            "unknown",
            "odd",
            "dan",
            11,
            &[(EventKind::load(), None), play(0), quality(800), beat(9), quality(400), pause(15)],
        ),
        view("live", "news", "", 12, &[live(), play(1_700_000_000), beat(1_700_000_010), liked(), end(1_700_000_020)]),
    ];
    sessions
        .into_iter()
        .zip(["tv", "web", "tv"].iter().cycle())
        .map(|(session, device)| session.with_attribute("device", device))
        .collect()
}

type Step = (EventKind, Option<u64>);

/// A session whose steps come every ten seconds from `start` hours on, except that a step which moves the playhead takes as
/// long as playback would.
fn view(id: &str, title: &str, viewer: &str, start: i64, steps: &[Step]) -> Session {
    let mut now = Timestamp::from_millis(start * 3_600_000);
    let mut at: Option<u64> = None;
    let mut events = Vec::new();
    for (number, (kind, position)) in steps.iter().enumerate() {
        let from = match kind {
            EventKind::Seek { from: Some(from) } => Some(from.as_millis() / 1000),
            _ => *position,
        };
        let played =
            from.zip(at).and_then(|(from, at)| from.checked_sub(at)).filter(|played| (1..=120).contains(played));
        now = now + Elapsed::from_secs(played.unwrap_or(10));
        at = position.or(at);
        let mut event = Event::new(now, kind.clone()).numbered(number as u64);
        event.position = position.map(MediaTime::from_secs);
        if matches!(kind, EventKind::Heartbeat) {
            event =
                event.with_vitals(Vitals { rate: Some(Rate::NORMAL), dropped_frames: Some(1), ..Vitals::default() });
        }
        events.push(event);
    }
    let session = Session::new(id, title, events);
    if viewer.is_empty() { session } else { session.with_viewer(viewer) }
}

fn load(secs: u64) -> Step {
    (EventKind::load_of(MediaTime::from_secs(secs)), Some(0))
}

fn live() -> Step {
    (EventKind::Load { url: None, duration: None, is_live: true }, None)
}

fn play(at: u64) -> Step {
    (EventKind::Play, Some(at))
}

fn pause(at: u64) -> Step {
    (EventKind::Pause, Some(at))
}

fn beat(at: u64) -> Step {
    (EventKind::Heartbeat, Some(at))
}

fn seek(from: u64, to: u64) -> Step {
    (EventKind::seek_from(MediaTime::from_secs(from)), Some(to))
}

fn stall(at: u64) -> Step {
    (EventKind::BufferStart, Some(at))
}

fn go_on(at: u64) -> Step {
    (EventKind::buffer_end(), Some(at))
}

fn end(at: u64) -> Step {
    (EventKind::end(EndReason::Ended), Some(at))
}

fn broken(at: u64) -> Step {
    (EventKind::Error(Box::new(PlayerError { fatal: true, ..PlayerError::default() })), Some(at))
}

fn quality(kbps: u64) -> Step {
    let to = Rendition { bitrate: Bitrate::from_bps(kbps * 1000), ..Rendition::default() };
    (EventKind::QualityChange { from: None, to, reason: None }, None)
}

fn liked() -> Step {
    (EventKind::custom("like"), None)
}
