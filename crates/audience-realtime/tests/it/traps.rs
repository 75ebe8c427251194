//! What earlier systems got wrong.

use audience_core::{Elapsed, EventKind, Timestamp};
use audience_realtime::{Arrival, Key, LiveAudience, LiveSpec, Per};

use crate::{event, event_at, second, window};

/// An audience with a window of a minute, which knows that it is 0 s.
fn live() -> LiveAudience {
    let mut live = LiveAudience::new(LiveSpec::default().with_window(window(60, 1))).unwrap();
    live.advance(second(0));
    live
}

/// One future timestamp that makes a window drop all normal events.
#[test]
fn a_clock_in_the_future_moves_nothing() {
    for first in [true, false] {
        // Nobody says what time it is.
        let mut live = LiveAudience::new(LiveSpec::default().with_window(window(60, 1))).unwrap();
        let wrong = event("wrong", 40 * 365 * 86_400, EventKind::Play);
        if first {
            live.observe(wrong.clone());
        }
        for viewer in 0..1000 {
            live.observe(event(&format!("viewer {viewer}"), 1000 + viewer / 100, EventKind::Play));
        }
        if !first {
            assert_eq!(live.observe(wrong), Arrival::Ahead);
        }
        assert_eq!(live.watermark(), Some(second(1009)));
        assert_eq!(live.window(&Key::ALL).unwrap().viewers(), 1000);
        let arrivals = live.arrivals();
        assert_eq!((arrivals.taken(), arrivals.ahead, arrivals.too_late), (1000, 1, 0));
    }
}

/// Peaks that forget viewers who joined earlier.
#[test]
fn who_joined_long_ago_is_in_the_peak() {
    let mut live = live();
    for viewer in 0..1000 {
        live.observe(event(&format!("viewer {viewer}"), viewer / 10, EventKind::Play));
    }
    // The last of them joined two windows ago, and none has said anything since.
    live.advance(second(220));
    let figures = live.figures(&Key::ALL).unwrap();
    assert_eq!((figures.viewers.peak, figures.viewers.last, figures.viewers.mean), (1000, 1000, 1000.0));
    assert_eq!((figures.joins, figures.events), (0, 0));
    assert_eq!(figures.playing.time, Elapsed::from_secs(60_000));
}

/// Duplicate joins counted twice.
#[test]
fn who_joins_ten_times_is_one() {
    let mut live = live();
    for again in 0..10 {
        live.observe(event("ann", 10 + again, EventKind::Play));
        // The very same, sent once more.
        live.observe(event("ann", 10 + again, EventKind::Play));
    }
    // And with another player.
    let mut other = event("phone", 15, EventKind::Play);
    other.viewer_id = Some("ann".into());
    live.observe(other);
    live.advance(second(30));
    let figures = live.figures(&Key::ALL).unwrap();
    assert_eq!((figures.viewers.peak, figures.joins, figures.playing.peak), (1, 1, 2));
    assert_eq!(live.arrivals().duplicates, 10);
    assert!((figures.unique_viewers.estimate - 1.0).abs() < 0.01);
}

/// A late leave that is dropped leaves a ghost behind.
#[test]
fn a_late_leave_is_a_leave() {
    let mut live = live();
    live.observe(event("ann", 10, EventKind::Play));
    live.observe(event("bob", 60, EventKind::Play));
    assert_eq!(live.observe(event("ann", 20, EventKind::End { reason: None })), Arrival::Late);
    live.advance(second(70));
    let figures = live.figures(&Key::ALL).unwrap();
    assert_eq!((figures.viewers.last, figures.viewers.peak, figures.leaves), (1, 1, 1));
    assert_eq!(figures.playing.time, Elapsed::from_secs(20));
}

/// Later than is waited for: counted, and nothing else.
#[test]
fn what_is_too_late_is_counted() {
    let mut live = live();
    live.observe(event("bob", 100, EventKind::Play));
    assert_eq!(live.observe(event("ann", 39, EventKind::Play)), Arrival::TooLate);
    assert_eq!(live.observe(event("ann", 40, EventKind::Play)), Arrival::Late);
    let arrivals = live.arrivals();
    assert_eq!((arrivals.on_time, arrivals.late, arrivals.too_late), (1, 1, 1));
}

/// Viewers who vanish stay for ever.
#[test]
fn who_vanishes_left_when_last_heard_of() {
    let spec = LiveSpec::default().with_window(window(600, 10)).with_timeout(Elapsed::from_secs(120));
    let mut live = LiveAudience::new(spec).unwrap();
    live.advance(second(0));
    live.observe(event("ann", 10, EventKind::Play));
    live.observe(event("ann", 100, EventKind::Heartbeat));
    // As long as nobody knows, they are taken to be there.
    live.advance(second(220));
    assert_eq!(live.figures(&Key::ALL).unwrap().playing.time, Elapsed::from_secs(210));
    live.advance(second(221));
    let figures = live.figures(&Key::ALL).unwrap();
    assert_eq!((figures.playing.last, figures.playing.time), (0, Elapsed::from_secs(90)));
    // Heard of again, they had been there all the time: this one came late.
    live.observe(event("ann", 200, EventKind::Heartbeat));
    live.advance(second(230));
    assert_eq!(live.figures(&Key::ALL).unwrap().playing.time, Elapsed::from_secs(220));
    // Nothing is kept of who is long gone.
    live.advance(second(10_000));
    assert_eq!(live.sessions().count(), 0);
    assert!(live.figures(&Key::title("film")).is_none());
}

/// A bit rate of 0 for none.
#[test]
fn no_bitrate_is_none() {
    let mut live = live();
    live.observe(event("ann", 10, EventKind::Play));
    live.advance(second(30));
    let figures = live.figures(&Key::ALL).unwrap();
    assert_eq!((figures.bitrate, figures.startup, figures.stall_ratio), (None, None, Some(0.0)));
}

/// What the player was doing is found out later: the past is put right.
#[test]
fn what_is_found_out_later_corrects_the_past() {
    let mut live = live();
    live.observe(event_at("ann", 10, EventKind::Play, 0));
    live.observe(event_at("ann", 20, EventKind::Pause, 10));
    live.advance(second(40));
    assert_eq!(live.figures(&Key::ALL).unwrap().playing.time, Elapsed::from_secs(10));
    // The end of the pause got lost; the playhead is where playing on brought it.
    live.observe(event_at("ann", 50, EventKind::Heartbeat, 40));
    live.advance(second(60));
    let figures = live.figures(&Key::ALL).unwrap();
    assert_eq!((figures.playing.time, figures.paused.time), (Elapsed::from_secs(50), Elapsed::ZERO));
    assert_eq!((figures.joins, figures.leaves), (1, 0));
}

/// Ids that are made up do not fill memory.
#[test]
fn there_is_room_for_so_many() {
    let mut spec = LiveSpec::default();
    (spec.max_keys, spec.max_sessions, spec.max_held) = (4, 10, 2);
    let mut live = LiveAudience::new(spec).unwrap();
    live.advance(second(0));
    for number in 0..20 {
        let mut envelope = event(&format!("session {number}"), 10, EventKind::Play);
        envelope.content_id = Some(format!("title {number}").as_str().into());
        live.observe(envelope);
        if number < 5 {
            live.observe(event(&format!("ahead {number}"), 1_000_000, EventKind::Play));
        }
    }
    let arrivals = live.arrivals();
    assert_eq!((arrivals.taken(), arrivals.ahead, arrivals.refused), (10, 2, 10 + 3));
    assert_eq!(live.top(&Per::Title).len(), 3);
    assert_eq!(live.refused_keys(), 7);
    // Everybody is everybody.
    assert_eq!(live.window(&Key::ALL).unwrap().viewers(), 10);
}

#[test]
fn times_that_cannot_be_are_no_trouble() {
    let mut live = live();
    for ts in [i64::MIN, i64::MIN + 1, -1, 0, 1, i64::MAX - 1, i64::MAX] {
        for kind in [EventKind::Play, EventKind::Pause, EventKind::Heartbeat] {
            let mut envelope = event("ann", 0, kind);
            envelope.event.ts = Timestamp::from_millis(ts);
            live.observe(envelope);
        }
    }
    live.advance(Timestamp::from_millis(i64::MAX));
    live.finish();
    let figures = live.figures(&Key::ALL);
    assert!(figures.is_none_or(|figures| figures.viewers.last == 0));
    for ts in [i64::MIN, i64::MAX] {
        let mut live = LiveAudience::new(LiveSpec::default()).unwrap();
        live.advance(Timestamp::from_millis(ts));
        let mut envelope = event("ann", 0, EventKind::Play);
        envelope.event.ts = Timestamp::from_millis(ts);
        live.observe(envelope);
        live.advance(second(0));
        live.figures_until(&Key::ALL, Timestamp::from_millis(i64::MIN));
        live.figures_until(&Key::ALL, Timestamp::from_millis(i64::MAX));
    }
}
