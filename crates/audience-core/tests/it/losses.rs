//! Events that got lost, or were said twice: what positions and states make up for.

use audience_core::{
    Activity, Bitrate, Event, EventKind, PlayerState, Rate, Rendition, StartUpBasis, Vitals, WaitKind,
};

use crate::{at, event, facts, pos, timeline, waits};

const PLAY: EventKind = EventKind::Play;
const PAUSE: EventKind = EventKind::Pause;
const BEAT: EventKind = EventKind::Heartbeat;
const WAIT: EventKind = EventKind::BufferStart;

fn state(to: PlayerState) -> EventKind {
    EventKind::StateChange { from: None, to }
}

fn says(state: PlayerState) -> Vitals {
    Vitals { state: Some(state), ..Vitals::default() }
}

/// Seconds playing, seconds paused, seconds stalled, seconds watched, inferred seeks.
fn sums(events: impl IntoIterator<Item = Event>) -> (f64, f64, f64, f64, u64) {
    let facts = facts(events);
    let of = |time: audience_core::Elapsed| time.as_secs_f64();
    let wall = facts.wall;
    (of(wall.playing), of(wall.paused), of(wall.stalled), facts.watched.as_secs_f64(), facts.seeks.inferred())
}

#[test]
fn a_play_lost_at_once_is_seen_by_where_the_playhead_is() {
    let beats = |from: f64| (1..=4).map(move |n| event(10.0 + 10.0 * f64::from(n), BEAT, from + 10.0 * f64::from(n)));
    let paused = [event(0.0, PLAY, 0.0), event(10.0, PAUSE, 10.0)];
    assert_eq!(sums(paused.clone().into_iter().chain(beats(10.0))), (50.0, 0.0, 0.0, 50.0, 0));
    // Somewhere else first: one seek nobody reported, and then it plays.
    assert_eq!(sums(paused.into_iter().chain(beats(100.0))), (40.0, 10.0, 0.0, 40.0, 1));
}

#[test]
fn a_play_lost_later_is_seen_from_where_the_playhead_last_stood_still() {
    let stood = (11..=30).map(|n| event(f64::from(n), BEAT, 10.0));
    let moves = (31..=40).map(|n| event(f64::from(n), BEAT, f64::from(n - 20)));
    let events = [event(0.0, PLAY, 0.0), event(10.0, PAUSE, 10.0)].into_iter().chain(stood).chain(moves);
    assert_eq!(sums(events), (20.0, 20.0, 0.0, 20.0, 0));
}

#[test]
fn a_player_that_says_it_is_paused_is_believed() {
    let events = [
        event(0.0, PLAY, 0.0),
        event(10.0, PAUSE, 10.0),
        event(20.0, BEAT, 20.0).with_vitals(says(PlayerState::Paused)),
        event(30.0, BEAT, 20.0),
    ];
    assert_eq!(sums(events), (10.0, 20.0, 0.0, 10.0, 1));
}

#[test]
fn a_wait_whose_end_got_lost_ends_when_the_playhead_must_have_moved() {
    let events = [event(0.0, PLAY, 0.0), event(10.0, WAIT, 10.0), event(20.0, BEAT, 17.0), event(30.0, BEAT, 27.0)];
    assert_eq!(sums(events.clone()), (27.0, 0.0, 3.0, 27.0, 0));
    assert_eq!(waits(events.clone()), [(WaitKind::Stall, 3.0)]);
    let timeline = timeline(events);
    let spans: Vec<_> = timeline.activities().map(|span| (span.activity, span.length().as_secs_f64())).collect();
    assert_eq!(spans, [(Activity::Playing, 10.0), (Activity::Stall, 3.0), (Activity::Playing, 17.0)]);
    assert_eq!(timeline.frame_at(at(15.0)).unwrap().position, Some(pos(12.0)));
    assert_eq!(waits([event(0.0, PLAY, 0.0), event(10.0, WAIT, 10.0), event(20.0, BEAT, 20.0)]), [], "it was none");
}

#[test]
fn a_wait_at_double_speed_is_no_longer_than_that_explains() {
    let events = [
        event(0.0, EventKind::RateChange { rate: Rate::new(2.0).unwrap() }, None),
        event(0.0, PLAY, 0.0),
        event(10.0, WAIT, 20.0),
        event(20.0, BEAT, 30.0),
    ];
    assert_eq!(sums(events), (15.0, 0.0, 5.0, 30.0, 0));
}

#[test]
fn a_lost_first_play_is_seen_by_the_moving_playhead() {
    let load = event(0.0, EventKind::load_of(pos(600.0)), 0.0);
    let lost = facts([
        load.clone(),
        event(1.0, EventKind::PlayRequest, 0.0),
        event(31.0, BEAT, 30.0),
        event(61.0, BEAT, 60.0),
    ]);
    assert_eq!((lost.watched, lost.started(), lost.first_frame_at), (pos(60.0), true, Some(at(1.0))));
    // A wait for the first frame is as long as it must have been.
    let waited = facts([load, event(1.0, WAIT, 0.0), event(31.0, BEAT, 28.0), event(61.0, BEAT, 58.0)]);
    assert_eq!((waited.watched, waited.wall.starting.as_secs_f64()), (pos(58.0), 2.0));
    assert_eq!(
        waited.startup.map(|startup| (startup.time.as_millis(), startup.since)),
        Some((3000, StartUpBasis::Load))
    );
}

#[test]
fn where_playback_is_resumed_is_no_movement_and_no_seek() {
    for start in [5.0, 300.0] {
        let facts = facts([
            event(0.0, EventKind::load_of(pos(600.0)), 0.0),
            event(0.5, WAIT, 0.0),
            event(10.0, EventKind::buffer_end(), start),
            event(10.0, PLAY, start),
            event(20.0, PAUSE, start + 10.0),
        ]);
        assert_eq!((facts.watched, facts.seeks.inferred()), (pos(10.0), 0), "from {start}");
    }
}

#[test]
fn data_that_is_there_before_anybody_asks_is_no_playback() {
    let facts = facts([
        event(0.0, EventKind::load(), 0.0),
        event(0.1, WAIT, None),
        event(2.0, EventKind::buffer_end(), None),
        event(60.0, EventKind::PlayRequest, None),
        event(61.0, PLAY, None),
        event(71.0, PAUSE, None),
    ]);
    assert_eq!((facts.wall.playing.as_secs_f64(), facts.watched), (10.0, pos(10.0)));
    assert_eq!(facts.startup.unwrap().time.as_millis(), 1000);
}

#[test]
fn a_second_wait_or_a_pause_shows_that_the_first_frame_was_seen() {
    let begun =
        [event(0.0, EventKind::PlayRequest, None), event(0.5, WAIT, None), event(1.0, EventKind::buffer_end(), None)];
    let stalled = [
        event(300.0, WAIT, None),
        event(310.0, EventKind::buffer_end(), None),
        event(600.0, PAUSE, 589.0),
        event(700.0, PLAY, 589.0),
    ];
    let facts_of = |rest: &[Event]| facts([&begun[..], rest].concat());
    let stalled = facts_of(&stalled);
    assert_eq!(stalled.startup.unwrap().time.as_millis(), 1000);
    assert_eq!((stalled.stalls, stalled.wall.stalled.as_secs_f64()), (1, 10.0));
    assert_eq!((stalled.watched, stalled.wall.playing.as_secs_f64()), (pos(589.0), 589.0));
    let paused = facts_of(&[event(300.0, PAUSE, 299.0), event(400.0, PLAY, 299.0)]);
    assert_eq!((paused.watched, paused.first_frame_at), (pos(299.0), Some(at(1.0))));
    // A little later they belong to starting up.
    let hesitant =
        facts_of(&[event(1.2, WAIT, None), event(3.0, EventKind::buffer_end(), None), event(3.0, PLAY, None)]);
    assert_eq!((hesitant.first_frame_at, hesitant.stalls), (Some(at(3.0)), 0));
}

#[test]
fn waiting_for_frames_after_a_pause_is_no_pause() {
    let resumed = [
        event(0.0, PLAY, 0.0),
        event(10.0, PAUSE, 10.0),
        event(20.0, EventKind::PlayRequest, None),
        event(20.1, WAIT, 10.0),
        event(25.0, EventKind::buffer_end(), None),
    ];
    let with_play = [&resumed[..], &[event(25.0, PLAY, 10.0)]].concat();
    assert_eq!(sums(with_play), (10.0, 10.1, 4.9, 10.0, 0));
    let without = [&resumed[..], &[event(35.0, EventKind::End { reason: None }, 20.0)]].concat();
    assert_eq!(sums(without), (20.0, 10.1, 4.9, 20.0, 0));
}

#[test]
fn a_seek_is_one_however_many_ways_it_is_said() {
    let check = |events: Vec<Event>| {
        let (facts, timeline) = (facts(events.clone()), timeline(events));
        assert_eq!((facts.seeks.reported(), facts.seeks.inferred(), facts.seeks.forward), (1, 0, 1));
        assert_eq!(facts.map.covered().collect::<Vec<_>>(), [(pos(0.0), pos(10.0)), (pos(50.0), pos(60.0))]);
        let seek = timeline.seeks()[0];
        assert_eq!((seek.from, seek.to), (Some(pos(10.0)), Some(pos(50.0))));
    };
    let seek = event(10.0, EventKind::seek_from(pos(10.0)), 50.0);
    let around = |said: &[Event]| {
        let rest = [event(11.0, EventKind::buffer_end(), None), event(21.0, PAUSE, None)];
        [&[event(0.0, PLAY, 0.0)], said, &rest].concat()
    };
    check(around(&[seek.clone(), event(10.2, BEAT, 50.0).with_vitals(says(PlayerState::Seeking))]));
    check(around(&[seek.clone().with_vitals(says(PlayerState::Seeking))]));
    check(around(&[seek.clone(), event(10.0, state(PlayerState::Seeking), None)]));
    check(around(&[
        event(10.0, state(PlayerState::Seeking), None),
        event(10.01, EventKind::seek_from(pos(10.0)), 50.0),
    ]));
    check(around(&[event(10.0, state(PlayerState::Seeking), None), event(10.0, state(PlayerState::Seeking), 50.0)]));
    check(around(&[
        event(10.0, state(PlayerState::Seeking), None).from_source("a"),
        event(10.0, state(PlayerState::Seeking), None).from_source("b"),
        event(10.1, BEAT, 50.0).with_vitals(says(PlayerState::Seeking)),
    ]));
}

#[test]
fn two_seeks_are_two() {
    let scrubbed = facts([
        event(0.0, PLAY, 0.0),
        event(10.0, EventKind::seek_from(pos(10.0)), 50.0),
        event(10.1, EventKind::seek_from(pos(50.0)), 70.0),
        event(20.1, PAUSE, 80.0),
    ]);
    assert_eq!(scrubbed.seeks.forward, 2);
    let states = facts([
        event(0.0, PLAY, None),
        event(10.0, state(PlayerState::Seeking), None),
        event(11.0, PLAY, None),
        event(20.0, state(PlayerState::Seeking), None),
        event(21.0, PLAY, None),
    ]);
    assert_eq!((states.seeks.reported(), states.seek_waits), (2, 2));
}

#[test]
fn seeking_before_the_first_frame_only_says_where_to_begin() {
    let beats = (1..5).map(|n| event(f64::from(n), BEAT, 30.0).with_vitals(says(PlayerState::Seeking)));
    let facts = facts(
        [event(0.0, EventKind::PlayRequest, None), event(0.5, state(PlayerState::Seeking), 30.0)]
            .into_iter()
            .chain(beats)
            .chain([event(6.0, PLAY, 30.0), event(9.0, PAUSE, 33.0)]),
    );
    assert_eq!((facts.seeks.reported(), facts.seeks.inferred(), facts.watched), (0, 0, pos(3.0)));
}

#[test]
fn a_jump_nobody_reported_turns_the_rest_of_a_wait_into_a_wait_for_it() {
    let events = [
        event(0.0, PLAY, 0.0),
        event(10.0, WAIT, 10.0),
        event(12.0, BEAT, 50.0),
        event(15.0, EventKind::buffer_end(), 50.0),
    ];
    assert_eq!(waits(events), [(WaitKind::Stall, 2.0), (WaitKind::Seek, 3.0)]);
}

#[test]
fn a_pause_is_one_however_many_ways_it_is_said() {
    let pauses = |events: Vec<Event>| facts(events).pauses;
    let start = event(0.0, PLAY, 0.0);
    assert_eq!(pauses(vec![start.clone(), event(9.0, PAUSE, 9.0), event(9.001, state(PlayerState::Paused), 9.0)]), 1);
    assert_eq!(
        pauses(vec![
            start.clone(),
            event(9.0, state(PlayerState::Paused), None).from_source("a"),
            event(9.0, state(PlayerState::Paused), None).from_source("b"),
        ]),
        1
    );
    assert_eq!(
        pauses(vec![start.clone(), event(9.0, PAUSE, 9.0), event(12.0, PLAY, 9.0), event(15.0, PAUSE, 12.0)]),
        2
    );
}

#[test]
fn a_player_at_rest_before_anybody_asks_is_not_paused() {
    let facts = facts([
        event(0.0, EventKind::load(), None),
        event(1.0, BEAT, None).with_vitals(says(PlayerState::Paused)),
        event(60.0, EventKind::PlayRequest, None),
        event(60.5, WAIT, None),
        event(62.0, PLAY, 0.0),
    ]);
    assert_eq!((facts.pauses, facts.wall.paused.as_millis(), facts.wall.starting.as_millis()), (0, 0, 2000));
}

#[test]
fn pausing_while_it_starts_is_not_waited() {
    let facts = facts([
        event(0.0, EventKind::PlayRequest, None),
        event(2.0, PAUSE, None),
        event(62.0, EventKind::PlayRequest, None),
        event(63.0, PLAY, 0.0),
    ]);
    assert_eq!((facts.startup.unwrap().time.as_millis(), facts.wall.paused.as_millis()), (3000, 60_000));
    let retried = crate::facts([
        event(0.0, EventKind::PlayRequest, None),
        event(2.0, state(PlayerState::Error), None),
        event(102.0, EventKind::PlayRequest, None),
        event(103.0, PLAY, 0.0),
    ]);
    assert_eq!((retried.startup.unwrap().time.as_millis(), retried.failure), (3000, None));
}

#[test]
fn what_is_loaded_anew_starts_anew() {
    let facts = facts([
        event(0.0, EventKind::load_of(pos(600.0)), 0.0),
        event(1.0, PLAY, 0.0),
        event(11.0, EventKind::load_of(pos(600.0)), 0.0),
        event(11.0, EventKind::PlayRequest, None),
        event(11.1, WAIT, None),
        event(15.0, PLAY, 300.0),
        event(25.0, PAUSE, 310.0),
    ]);
    assert_eq!((facts.seeks.inferred(), facts.stalls, facts.seek_waits), (0, 0, 0));
    assert_eq!((facts.watched, facts.wall.starting.as_millis()), (pos(20.0), 4000));
    assert_eq!(facts.startup.unwrap().time.as_millis(), 1000, "the first one");
    let late = crate::facts([event(0.0, PLAY, 0.0), event(600.0, EventKind::load(), None), event(601.0, PLAY, 0.0)]);
    assert_eq!((late.started_at, late.first_frame_at), (at(0.0), Some(at(0.0))));
}

#[test]
fn nothing_inferred_lies_past_the_end() {
    let to = Rendition { bitrate: Bitrate::from_bps(1_000_000), ..Rendition::default() };
    let facts = facts([
        event(0.0, EventKind::load_of(pos(60.0)), None),
        event(0.0, EventKind::QualityChange { from: None, to, reason: None }, None),
        event(0.0, PLAY, 50.0),
        event(3600.0, BEAT, None),
    ]);
    assert_eq!((facts.watched, facts.exit.position, facts.quality.bits_over), (pos(10.0), Some(pos(60.0)), pos(10.0)));
    let past = crate::facts([
        event(0.0, EventKind::load_of(pos(60.0)), None),
        event(0.0, PLAY, 55.0),
        event(9.0, EventKind::End { reason: None }, 64.0),
    ]);
    assert_eq!(past.exit.position, Some(pos(60.0)));
}

#[test]
fn the_bit_rate_is_weighted_by_what_the_playhead_did() {
    // Twice as fast, and nobody said so.
    let quality = |kbps: u64| {
        let to = Rendition { bitrate: Bitrate::from_bps(kbps * 1000), ..Rendition::default() };
        EventKind::QualityChange { from: None, to, reason: None }
    };
    let facts = facts([
        event(0.0, PLAY, 0.0),
        event(0.0, quality(1000), 0.0),
        event(10.0, quality(3000), 20.0),
        event(20.0, PAUSE, 40.0),
    ]);
    assert_eq!(facts.quality.bits_over, pos(40.0));
    assert_eq!(facts.quality.bits, 20 * 1_000_000 + 20 * 3_000_000);
}

#[test]
fn how_often_time_passes_does_not_matter() {
    let beats = (1..=1000).map(|n| event(f64::from(n) * 0.25, BEAT, None));
    let rate = event(0.0, EventKind::RateChange { rate: Rate::new(1.25).unwrap() }, None);
    let often = facts([rate, event(0.0, PLAY, 0.0)].into_iter().chain(beats));
    assert_eq!(often.watched, pos(312.5));
}

#[test]
fn what_happens_at_one_moment_does_not_change_what_was_before() {
    let timeline = timeline([
        event(0.0, PLAY, 0.0),
        event(10.0, EventKind::seek_from(pos(10.0)), 50.0).numbered(1),
        event(10.0, WAIT, 50.0).numbered(2),
        event(12.0, EventKind::buffer_end(), 50.0).numbered(3),
    ]);
    assert_eq!(timeline.spans()[0].to, Some(pos(10.0)));
    assert_eq!(timeline.frame_at(at(5.0)).unwrap().position, Some(pos(5.0)));
}

#[test]
fn the_states_of_one_millisecond_follow_each_other_as_players_do() {
    let timeline = timeline([
        event(0.0, PLAY, None),
        event(10.0, state(PlayerState::Playing), None),
        event(10.0, state(PlayerState::Seeking), None),
        event(20.0, BEAT, None),
    ]);
    assert_eq!((timeline.time_in(Activity::Playing).as_secs_f64(), timeline.seeks().len()), (20.0, 1));
}

#[test]
fn seeking_while_paused_is_no_wait() {
    let events = [
        event(0.0, PLAY, 0.0),
        event(10.0, PAUSE, 10.0),
        event(20.0, state(PlayerState::Seeking), None),
        event(22.0, state(PlayerState::Paused), 40.0),
        event(30.0, PLAY, 40.0),
    ];
    assert_eq!(waits(events.clone()), []);
    assert_eq!(sums(events).1, 20.0);
}
