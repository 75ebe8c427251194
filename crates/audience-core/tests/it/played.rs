//! In which rendition content was played, how far behind the live edge, and how long it took to go on.

use audience_core::{
    Bitrate, Elapsed, Event, EventKind, Jump, LiveLatency, MediaTime, PlayerError, Rendition, SessionFacts, Vitals,
};

use super::{event, facts, pos};

fn rendition(bps: u64, height: u32) -> Rendition {
    Rendition { bitrate: Bitrate::from_bps(bps), width: 0, height }
}

fn switch(secs: f64, to: Rendition, position: f64) -> Event {
    event(secs, EventKind::QualityChange { from: None, to, reason: None }, position)
}

fn played(facts: &SessionFacts) -> Vec<(Rendition, MediaTime)> {
    facts.renditions.iter().map(|played| (played.rendition, played.played)).collect()
}

#[test]
fn content_is_counted_for_the_rendition_it_was_played_in() {
    let (low, high) = (rendition(1_000_000, 360), rendition(3_000_000, 720));
    let facts = facts([
        event(0.0, EventKind::Play, 0.0),
        switch(2.0, high, 2.0),
        switch(12.0, low, 12.0),
        event(17.0, EventKind::BufferStart, 17.0),
        event(20.0, EventKind::buffer_end(), 17.0),
        switch(22.0, high, 19.0),
        event(32.0, EventKind::Pause, 29.0),
    ]);
    // Nobody said what the first two seconds were played in; waiting is not playing.
    assert_eq!(played(&facts), [(low, pos(7.0)), (high, pos(20.0))]);
    assert_eq!(facts.watched, pos(29.0));
    // One step of 2 Mbit/s down, one up; the first rendition is no step.
    assert_eq!((facts.quality.up_bps, facts.quality.down_bps), (2_000_000, 2_000_000));
    assert_eq!((facts.quality.switches_up, facts.quality.switches_down), (1, 1));
}

#[test]
fn renditions_past_the_most_are_unknown_ones() {
    let step = |n: u32| switch(f64::from(n), rendition(u64::from(n) + 1, 0), f64::from(n));
    let events = [event(0.0, EventKind::Play, 0.0)].into_iter().chain((0..100).map(step));
    let facts = facts(events.chain([event(100.0, EventKind::Pause, 100.0)]));
    assert_eq!(facts.renditions.len(), SessionFacts::MAX_RENDITIONS);
    assert_eq!(facts.renditions.iter().map(|played| played.played.as_millis()).sum::<u64>(), 32_000);
    assert_eq!(facts.watched, pos(100.0));
}

#[test]
fn a_seek_in_paused_playback_and_one_that_is_never_waited_out_are_no_restarts() {
    let seek = |secs, to| event(secs, EventKind::seek_from(pos(1.0)), to);
    let facts = facts([
        event(0.0, EventKind::Play, 0.0),
        seek(1.0, 100.0),
        event(1.0, EventKind::BufferStart, 100.0),
        event(3.5, EventKind::buffer_end(), 100.0),
        event(5.0, EventKind::BufferStart, 101.5),
        event(6.0, EventKind::buffer_end(), 101.5),
        event(7.0, EventKind::BufferStart, 102.5),
        event(11.0, EventKind::buffer_end(), 102.5),
        seek(12.0, 200.0),
        event(12.0, EventKind::BufferStart, 200.0),
        event(30.0, EventKind::End { reason: None }, 200.0),
    ]);
    assert_eq!(facts.restarts, [Elapsed::from_millis(2500)]);
    assert_eq!((facts.seek_waits, facts.stalls), (2, 2));
    assert_eq!(facts.longest_stall, Elapsed::from_secs(4));
}

#[test]
fn jumps_are_the_seeks_whose_ends_are_known_in_order() {
    let jump = |from, to, inferred| Jump { from: pos(from), to: pos(to), inferred };
    let facts = facts([
        event(0.0, EventKind::load_of(pos(1000.0)), None),
        event(0.0, EventKind::Play, 0.0),
        event(10.0, EventKind::seek_from(pos(10.0)), 500.0),
        event(20.0, EventKind::Pause, 510.0),
        // While paused, to where it was, and to nobody knows where.
        event(30.0, EventKind::seek_from(pos(510.0)), 510.0),
        event(31.0, EventKind::seek_from(pos(510.0)), None),
        event(40.0, EventKind::Play, 100.0),
        // Nobody reports this one.
        event(50.0, EventKind::Heartbeat, 50.0),
    ]);
    assert_eq!(facts.jumps[..2], [jump(10.0, 500.0, false), jump(510.0, 510.0, false)]);
    assert!(facts.jumps.last().unwrap().inferred, "{:?}", facts.jumps);
    assert!(facts.jumps.len() as u64 <= facts.seeks.reported() + facts.seeks.inferred());
}

#[test]
fn jumps_past_the_most_are_counted_alone() {
    let ends = |n: u32| if n.is_multiple_of(2) { (10.0, 890.0) } else { (890.0, 10.0) };
    let seek = |n: u32| event(f64::from(n), EventKind::seek_from(pos(ends(n).0)), ends(n).1);
    let facts = facts([event(0.0, EventKind::Pause, 10.0)].into_iter().chain((2..402).map(seek)));
    assert_eq!(facts.jumps.len(), SessionFacts::MAX_JUMPS);
    assert_eq!(facts.jumps[8], Jump { from: pos(10.0), to: pos(890.0), inferred: false });
    assert_eq!(facts.seeks.reported(), 400);
}

#[test]
fn live_latency_holds_while_frames_move_until_the_next_report() {
    let says = |secs, position, latency| {
        let vitals = Vitals { live_latency: Some(Elapsed::from_secs(latency)), ..Vitals::default() };
        event(secs, EventKind::Heartbeat, position).with_vitals(vitals)
    };
    let facts = facts([
        event(0.0, EventKind::Play, 0.0),
        says(10.0, 10.0, 4), // for 20 s of playing; the pause of 60 s is none
        event(20.0, EventKind::Pause, 20.0),
        event(80.0, EventKind::Play, 20.0),
        says(90.0, 30.0, 64), // for 10 s
        event(100.0, EventKind::Pause, 40.0),
    ]);
    let latency = facts.latency.unwrap();
    assert_eq!(latency.over, Elapsed::from_secs(30));
    assert_eq!(latency.average(), Some(Elapsed::from_secs(24)));
    assert_eq!(latency.most, Elapsed::from_secs(64));
    assert_eq!(LiveLatency::default().average(), None);
}

#[test]
fn a_failed_session_says_with_which_code() {
    let error = |secs, code: &str, fatal| {
        let error = PlayerError { code: Some(code.into()), message: None, fatal };
        event(secs, EventKind::Error(Box::new(error)), None)
    };
    let failed =
        facts([event(0.0, EventKind::load(), None), error(1.0, "HICCUP", false), error(2.0, "GEO_BLOCKED", true)]);
    assert_eq!(failed.failure_code.as_deref(), Some("GEO_BLOCKED"));
    // Playback that goes on has not failed.
    let went_on = facts([
        event(0.0, EventKind::Play, 0.0),
        error(5.0, "DECODE", true),
        event(6.0, EventKind::Play, 5.0),
        event(20.0, EventKind::Pause, 19.0),
    ]);
    assert_eq!((went_on.failure, went_on.failure_code), (None, None));
}
