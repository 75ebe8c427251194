//! Advertisements: nothing in them is the content's.

use audience_core::{
    Bitrate, EndReason, Event, EventKind, Failure, PlayerState, Rate, Rendition, SessionFacts, Vitals, WaitKind,
};

use crate::{at, event, facts, pos, waits};

const AD: EventKind = EventKind::AdStart(None);
const AD_END: EventKind = EventKind::AdEnd;

fn played(facts: &SessionFacts) -> (f64, f64, f64) {
    (facts.wall.playing.as_secs_f64(), facts.wall.in_ads.as_secs_f64(), facts.watched.as_secs_f64())
}

#[test]
fn what_an_advertisement_says_of_itself_is_not_the_contents() {
    let says = |duration: f64, kbps: u64, rate: f64| Vitals {
        duration: Some(pos(duration)),
        bitrate: Bitrate::from_bps(kbps * 1000),
        rate: Rate::new(rate).ok(),
        ..Vitals::default()
    };
    let rendition = |kbps: u64| {
        let to = Rendition { bitrate: Bitrate::from_bps(kbps * 1000), ..Rendition::default() };
        EventKind::QualityChange { from: None, to, reason: None }
    };
    let facts = facts([
        event(0.0, EventKind::load_of(pos(1000.0)), None),
        event(0.0, EventKind::Play, 0.0),
        event(0.0, rendition(5000), None),
        event(0.0, EventKind::RateChange { rate: Rate::new(2.0).unwrap() }, None),
        event(250.0, AD, 500.0),
        event(251.0, rendition(400), None),
        event(260.0, EventKind::Heartbeat, 10.0).with_vitals(says(30.0, 400, 1.0)),
        event(280.0, AD_END, None),
        event(290.0, EventKind::Pause, None),
    ]);
    assert_eq!((facts.duration, facts.reached_end), (Some(pos(1000.0)), Some(false)));
    assert_eq!((facts.watched, facts.inferred.repaired_positions), (pos(520.0), 0));
    assert_eq!(facts.quality.bits, 520 * 5_000_000);
    assert_eq!((facts.quality.changes, facts.quality.switches_down), (1, 0));
}

#[test]
fn a_duration_mentioned_in_passing_does_not_replace_the_loads() {
    let beat = event(9.0, EventKind::Heartbeat, 9.0);
    let says = |secs: f64| Vitals { duration: Some(pos(secs)), ..Vitals::default() };
    let with_load = [event(0.0, EventKind::load_of(pos(100.0)), None), beat.clone().with_vitals(says(99.0))];
    assert_eq!(facts(with_load).duration, Some(pos(100.0)));
    assert_eq!(facts([beat.with_vitals(says(99.0))]).duration, Some(pos(99.0)));
}

#[test]
fn a_pod_before_the_content_ends_with_its_last_advertisement() {
    let events = [
        event(0.0, EventKind::load(), None),
        event(1.0, EventKind::PlayRequest, None),
        event(1.0, AD, None),
        event(2.0, EventKind::Play, None),
        event(16.0, AD_END, None),
        event(16.0, AD, None),
        event(17.0, EventKind::Play, None),
        event(31.0, AD_END, 0.0),
        event(41.0, EventKind::Pause, 10.0),
    ];
    let numbered: Vec<Event> = events.iter().cloned().zip(0..).map(|(event, seq)| event.numbered(seq)).collect();
    for events in [events.to_vec(), numbered] {
        let facts = facts(events);
        assert_eq!(facts.first_frame_at, Some(at(31.0)));
        assert_eq!(played(&facts), (10.0, 30.0, 10.0));
        assert!(facts.startup.unwrap().time.is_zero(), "advertisements are no start-up");
    }
    let left = facts(events[..7].to_vec());
    assert_eq!((left.started(), left.failure), (false, Some(Failure::ExitBeforeStart)));
}

#[test]
fn start_up_leaves_out_advertisements_and_counts_what_is_waited_besides() {
    let facts = facts([
        event(0.0, EventKind::load(), None),
        event(1.0, EventKind::PlayRequest, None),
        event(1.5, AD, None),
        event(16.5, AD_END, None),
        event(19.5, EventKind::Play, 0.0),
    ]);
    assert_eq!(facts.startup.unwrap().time.as_millis(), 3500);
    assert_eq!((facts.wall.starting.as_millis(), facts.first_frame_at), (3500, Some(at(19.5))));
}

#[test]
fn without_a_play_after_it_the_content_begins_when_the_advertisement_ends() {
    let facts = facts([
        event(0.0, EventKind::load(), None),
        event(1.0, EventKind::PlayRequest, None),
        event(1.0, AD, None),
        event(2.0, EventKind::Play, None),
        event(16.0, AD_END, None),
        event(26.0, EventKind::Pause, 10.0),
    ]);
    assert_eq!((facts.first_frame_at, facts.watched), (Some(at(16.0)), pos(10.0)));
}

#[test]
fn seeks_and_states_inside_are_not_the_contents() {
    let seeking = EventKind::StateChange { from: None, to: PlayerState::Seeking };
    let facts = facts([
        event(0.0, EventKind::Play, 0.0),
        event(10.0, AD, 10.0),
        event(12.0, seeking, None),
        event(13.0, EventKind::seek_from(pos(3.0)), 5.0),
        event(14.0, EventKind::Pause, None),
        event(20.0, AD_END, None),
        event(30.0, EventKind::Pause, 20.0),
    ]);
    assert_eq!(played(&facts), (20.0, 10.0, 20.0));
    assert_eq!((facts.seeks.reported(), facts.seeks.inferred(), facts.pauses), (0, 0, 1));
}

#[test]
fn a_stall_goes_on_after_an_advertisement() {
    let events = [
        event(0.0, EventKind::Play, 0.0),
        event(10.0, EventKind::BufferStart, 10.0),
        event(12.0, AD, None),
        event(42.0, AD_END, None),
        event(47.0, EventKind::buffer_end(), 10.0),
        event(57.0, EventKind::Pause, 20.0),
    ];
    assert_eq!(waits(events.clone()), [(WaitKind::Stall, 2.0), (WaitKind::Stall, 5.0)]);
    assert_eq!(played(&facts(events)), (20.0, 30.0, 20.0));
}

#[test]
fn a_lost_end_is_made_up_for_by_the_next_load_or_end() {
    let reloaded = facts([
        event(0.0, EventKind::Play, 0.0),
        event(10.0, AD, 10.0),
        event(40.0, EventKind::load(), None),
        event(41.0, EventKind::Play, 0.0),
        event(100.0, EventKind::Pause, 59.0),
    ]);
    assert_eq!(played(&reloaded), (69.0, 30.0, 69.0));
    let ended = facts([
        event(0.0, EventKind::Play, 0.0),
        event(10.0, AD, 10.0),
        event(40.0, EventKind::end(EndReason::Abandoned), None),
        event(50.0, EventKind::Heartbeat, None),
    ]);
    assert_eq!((played(&ended), ended.wall.ended.as_secs_f64()), ((10.0, 30.0, 10.0), 10.0));
}

#[test]
fn content_loaded_behind_an_advertisement_does_not_end_it() {
    let facts = facts([
        event(0.0, AD, None),
        event(5.0, EventKind::load_of(pos(60.0)), None),
        event(15.0, AD_END, None),
        event(15.0, EventKind::Play, 0.0),
        event(25.0, EventKind::Pause, 10.0),
    ]);
    assert_eq!(played(&facts), (10.0, 15.0, 10.0));
}

#[test]
fn an_advertisements_own_position_is_not_taken_for_the_contents() {
    let facts = facts([
        event(0.0, EventKind::Play, 100.0),
        event(10.0, AD, 0.0),
        event(40.0, AD_END, 30.0),
        event(50.0, EventKind::Pause, 120.0),
    ]);
    assert_eq!((facts.watched, facts.seeks.inferred(), facts.furthest), (pos(20.0), 0, Some(pos(120.0))));
}

#[test]
fn a_pause_that_only_makes_way_for_an_advertisement_is_none() {
    let facts = facts([
        event(0.0, EventKind::Play, 0.0),
        event(10.0, EventKind::Pause, 10.0),
        event(10.01, AD, None),
        event(40.0, AD_END, None),
        event(40.01, EventKind::Play, 10.0),
        event(50.0, EventKind::Pause, 19.99),
    ]);
    assert_eq!(facts.pauses, 1);
}

#[test]
fn a_play_inside_an_advertisement_does_not_speak_for_the_content() {
    let facts = facts([
        event(0.0, AD, None),
        event(0.0, EventKind::Play, None),
        event(15.0, AD_END, None),
        event(15.0, EventKind::BufferStart, 0.0),
        event(16.0, EventKind::buffer_end(), 0.0),
        event(316.0, EventKind::Heartbeat, 300.0),
    ]);
    assert_eq!((facts.first_frame_at, facts.failure, facts.watched), (Some(at(16.0)), None, pos(300.0)));
}
