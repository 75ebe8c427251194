//! The rules of reconstruction, one by one.

use audience_core::{
    Activity, EndReason, Event, EventKind, ExitReason, Failure, PlayerError, PlayerState, Rate, Rendition, Rules,
    StartUpBasis, Vitals, WaitKind,
};

use crate::{at, event, facts, pos, session, timeline, waits};

fn state(to: PlayerState) -> EventKind {
    EventKind::StateChange { from: None, to }
}

fn error(fatal: bool) -> EventKind {
    EventKind::Error(Box::new(PlayerError { fatal, ..PlayerError::default() }))
}

#[test]
fn a_wait_before_the_first_frame_is_start_up() {
    assert_eq!(
        waits([
            event(0.0, EventKind::PlayRequest, None),
            event(0.1, EventKind::BufferStart, 0.0),
            event(0.9, EventKind::buffer_end(), 0.0),
            event(0.9, EventKind::Play, 0.0),
        ]),
        [(WaitKind::StartUp, 0.8)]
    );
}

#[test]
fn a_wait_that_begins_near_a_seeks_target_belongs_to_the_seek() {
    let after = |moved: f64| {
        waits([
            event(0.0, EventKind::Play, 0.0),
            event(10.0, EventKind::seek_from(pos(10.0)), 50.0),
            event(10.0 + moved, EventKind::BufferStart, 50.0 + moved),
            event(13.0 + moved, EventKind::buffer_end(), 50.0 + moved),
        ])
    };
    assert_eq!(after(0.005), [(WaitKind::Seek, 3.0)]);
    assert_eq!(after(0.249), [(WaitKind::Seek, 3.0)]);
    assert_eq!(after(0.25), [(WaitKind::Stall, 3.0)]);
}

#[test]
fn movement_past_a_seeks_target_adds_up_over_pauses() {
    assert_eq!(
        waits([
            event(0.0, EventKind::Play, 0.0),
            event(1.0, EventKind::seek_from(pos(1.0)), 50.0),
            event(1.2, EventKind::Pause, 50.2),
            event(5.0, EventKind::Play, 50.2),
            event(5.1, EventKind::BufferStart, 50.3),
            event(6.1, EventKind::buffer_end(), 50.3),
        ]),
        [(WaitKind::Stall, 1.0)]
    );
}

#[test]
fn a_seek_inside_a_stall_turns_the_rest_into_a_seek_wait() {
    assert_eq!(
        waits([
            event(0.0, EventKind::Play, 0.0),
            event(10.0, EventKind::BufferStart, 10.0),
            event(14.0, EventKind::seek_from(pos(10.0)), 5.0),
            event(15.0, EventKind::buffer_end(), 5.0),
        ]),
        [(WaitKind::Stall, 4.0), (WaitKind::Seek, 1.0)]
    );
}

#[test]
fn seeking_states_are_one_seek_and_one_seek_wait() {
    let timeline = timeline([
        event(0.0, EventKind::Play, None),
        event(10.0, state(PlayerState::Seeking), None),
        event(10.002, EventKind::BufferStart, None),
        event(10.1, EventKind::Play, None),
        event(20.0, EventKind::Pause, None),
    ]);
    assert_eq!(timeline.seeks().len(), 1);
    let waits: Vec<_> = timeline.waits().iter().map(|wait| (wait.kind, wait.length().as_millis())).collect();
    assert_eq!(waits, [(WaitKind::Seek, 100)]);
}

#[test]
fn a_wait_that_ends_while_paused_ends_in_pause() {
    let timeline = timeline([
        event(0.0, EventKind::Play, 0.0),
        event(10.0, EventKind::BufferStart, 10.0),
        event(12.0, EventKind::Pause, 10.0),
        event(15.0, EventKind::buffer_end(), 10.0),
        event(40.0, EventKind::Heartbeat, 10.0),
    ]);
    assert_eq!(timeline.time_in(Activity::Stall).as_secs_f64(), 2.0);
    assert_eq!(timeline.time_in(Activity::Paused).as_secs_f64(), 28.0);
    assert_eq!(timeline.time_in(Activity::Playing).as_secs_f64(), 10.0);
}

#[test]
fn nobody_waits_while_paused() {
    let timeline = timeline([
        event(0.0, EventKind::Play, 0.0),
        event(10.0, EventKind::Pause, 10.0),
        event(12.0, EventKind::BufferStart, 10.0),
        event(15.0, EventKind::buffer_end(), 10.0),
        event(20.0, EventKind::Play, 10.0),
    ]);
    assert_eq!(timeline.waits(), []);
    assert_eq!(timeline.time_in(Activity::Paused).as_secs_f64(), 10.0);
}

#[test]
fn an_open_stall_lasts_until_the_last_event() {
    let timeline = timeline([
        event(0.0, EventKind::Play, 0.0),
        event(10.0, EventKind::BufferStart, 10.0),
        event(70.0, EventKind::Heartbeat, 10.0),
    ]);
    let wait = timeline.waits()[0];
    assert_eq!((wait.kind, wait.open, wait.length().as_secs_f64()), (WaitKind::Stall, true, 60.0));
}

#[test]
fn start_up_counts_from_the_request_else_from_the_load() {
    let startup = |events: Vec<Event>| facts(events).startup.map(|startup| (startup.time.as_millis(), startup.since));
    let load = event(0.0, EventKind::load(), None);
    let request = event(2.0, EventKind::PlayRequest, None);
    let play = event(2.5, EventKind::Play, 0.0);
    assert_eq!(startup(vec![load.clone(), request.clone(), play.clone()]), Some((500, StartUpBasis::Request)));
    assert_eq!(startup(vec![request.clone(), play.clone()]), Some((500, StartUpBasis::FirstRequest)));
    assert_eq!(startup(vec![load.clone(), play.clone()]), Some((2500, StartUpBasis::Load)));
    assert_eq!(startup(vec![play]), None);
    assert_eq!(startup(vec![load, request]), None);
}

#[test]
fn a_second_request_does_not_change_the_start_up() {
    let facts = facts([
        event(0.0, EventKind::load(), None),
        event(1.0, EventKind::PlayRequest, None),
        event(2.0, EventKind::Play, 0.0),
        event(5.0, EventKind::Pause, 3.0),
        event(6.0, EventKind::PlayRequest, None),
        event(6.5, EventKind::Play, 3.0),
    ]);
    assert_eq!(facts.startup.unwrap().time.as_millis(), 1000);
}

#[test]
fn a_missing_position_is_inferred_from_wall_time_and_rate() {
    let facts = facts([
        event(0.0, EventKind::Play, 100.0),
        event(10.0, EventKind::RateChange { rate: Rate::new(2.0).unwrap() }, None),
        event(20.0, EventKind::Pause, None),
    ]);
    assert_eq!(facts.watched, pos(30.0));
    assert_eq!(facts.furthest, Some(pos(130.0)));
    assert!(facts.inferred.runs);
}

#[test]
fn events_without_positions_do_not_cut_a_run() {
    let facts = facts([
        event(0.0, EventKind::Play, 0.0),
        event(3.0, EventKind::QualityChange { from: None, to: Rendition::default(), reason: None }, None),
        event(5.0, EventKind::Heartbeat, None),
        event(11.0, EventKind::Pause, 10.0),
    ]);
    assert_eq!(facts.watched, pos(10.0));
    assert!(!facts.inferred.runs);
}

#[test]
fn playback_before_any_known_position_is_placed_backwards() {
    let facts = facts([event(0.0, EventKind::Play, None), event(8.0, EventKind::Heartbeat, 308.0)]);
    assert_eq!(facts.map.covered().collect::<Vec<_>>(), [(pos(300.0), pos(308.0))]);
    assert!(facts.inferred.runs);
}

#[test]
fn playback_at_unknown_positions_is_watched_but_nowhere() {
    let facts = facts([
        event(0.0, EventKind::Play, None),
        event(10.0, state(PlayerState::Seeking), None),
        event(10.5, EventKind::Play, None),
        event(20.5, EventKind::Pause, None),
    ]);
    assert_eq!((facts.watched, facts.unplaced, facts.unique), (pos(20.0), pos(20.0), pos(0.0)));
    assert!(facts.inferred.positions_missing);
}

#[test]
fn a_fast_playhead_is_no_seek_and_a_jumping_one_is() {
    let seeks = |position: f64| {
        let facts = facts([event(0.0, EventKind::Play, 100.0), event(10.0, EventKind::Heartbeat, position)]);
        (facts.seeks.inferred_forward, facts.seeks.inferred_back, facts.watched.as_secs_f64())
    };
    assert_eq!(seeks(110.0), (0, 0, 10.0));
    assert_eq!(seeks(120.0), (0, 0, 20.0), "twice as fast, nobody said so");
    assert_eq!(seeks(141.0), (0, 0, 41.0), "four times and a second");
    assert_eq!(seeks(141.001), (1, 0, 10.0), "further than any player plays");
    assert_eq!(seeks(99.5), (0, 0, 0.0), "rounding");
    assert_eq!(seeks(60.0), (0, 1, 10.0), "back");
}

#[test]
fn a_jump_while_paused_is_an_inferred_seek() {
    let facts = facts([
        event(0.0, EventKind::Play, 0.0),
        event(10.0, EventKind::Pause, 10.0),
        event(20.0, EventKind::Play, 50.0),
        event(30.0, EventKind::Pause, 60.0),
    ]);
    assert_eq!(facts.seeks.inferred_forward, 1);
    assert_eq!(facts.map.covered().collect::<Vec<_>>(), [(pos(0.0), pos(10.0)), (pos(50.0), pos(60.0))]);
}

#[test]
fn nothing_is_watched_in_an_advertisement() {
    let facts = facts([
        event(0.0, EventKind::load_of(pos(100.0)), 0.0),
        event(0.0, EventKind::Play, 0.0),
        event(20.0, EventKind::AdStart(None), 20.0),
        event(22.0, EventKind::BufferStart, 2.0),
        event(25.0, EventKind::buffer_end(), 2.0),
        event(50.0, EventKind::AdEnd, None),
        event(60.0, EventKind::Pause, 30.0),
    ]);
    assert_eq!(facts.watched, pos(30.0));
    assert_eq!(facts.stalls, 0);
    assert_eq!(facts.wall.in_ads.as_secs_f64(), 27.0);
    assert_eq!(facts.wall.ad_waiting.as_secs_f64(), 3.0);
    assert_eq!(facts.wall.playing.as_secs_f64(), 30.0);
}

#[test]
fn an_advertisement_before_the_content_leads_to_its_first_frame() {
    let facts = facts([
        event(0.0, EventKind::load(), None),
        event(1.0, EventKind::PlayRequest, None),
        event(1.0, EventKind::AdStart(None), None),
        event(2.0, EventKind::Play, None),
        event(16.0, EventKind::AdEnd, 0.0),
        event(26.0, EventKind::Pause, 10.0),
    ]);
    assert_eq!(facts.first_frame_at, Some(at(16.0)));
    assert_eq!(facts.watched, pos(10.0));
}

#[test]
fn a_fatal_error_ends_playing_unless_playback_shows_itself() {
    let silent = facts([
        event(0.0, EventKind::Play, 0.0),
        event(10.0, error(true), 10.0),
        event(40.0, EventKind::Heartbeat, 10.0),
    ]);
    assert_eq!(silent.wall.playing.as_secs_f64(), 10.0);
    assert_eq!(silent.failure, Some(Failure::Playback));
    assert_eq!(silent.exit.reason, ExitReason::Failed);

    let alive = facts([
        event(0.0, EventKind::Play, 0.0),
        event(10.0, error(true), 10.0),
        event(40.0, EventKind::Heartbeat, 40.0),
    ]);
    assert_eq!(alive.wall.playing.as_secs_f64(), 40.0);
    assert_eq!(alive.watched, pos(40.0));
    assert_eq!(alive.failure, None);
}

#[test]
fn a_stall_after_a_fatal_error_shows_that_playback_had_gone_on() {
    // As a real player reports it when its segments are missing: it fails, plays its buffer to the end, fails again.
    let timeline = timeline([
        event(0.0, EventKind::Play, None),
        event(6.0, state(PlayerState::Error), None),
        event(10.0, EventKind::BufferStart, None),
        event(11.0, state(PlayerState::Error), None),
        event(30.0, error(false), None),
    ]);
    assert_eq!(timeline.time_in(Activity::Playing).as_secs_f64(), 10.0);
    assert_eq!(timeline.time_in(Activity::Failed).as_secs_f64(), 19.0);
    let wait = timeline.waits()[0];
    assert_eq!((wait.kind, wait.open, wait.length().as_secs_f64()), (WaitKind::Stall, true, 1.0));
}

#[test]
fn failures_have_the_industrys_names() {
    let failure = |events: Vec<Event>| facts(events).failure;
    let load = event(0.0, EventKind::load(), None);
    assert_eq!(failure(vec![load.clone(), event(1.0, error(true), None)]), Some(Failure::Start));
    assert_eq!(failure(vec![load.clone(), event(1.0, error(false), None)]), Some(Failure::ExitBeforeStart));
    assert_eq!(failure(vec![load.clone(), event(1.0, EventKind::Play, 0.0)]), None);
    assert_eq!(
        failure(vec![load, event(1.0, EventKind::Play, 0.0), event(2.0, EventKind::end(EndReason::Error), 1.0)]),
        Some(Failure::Playback)
    );
}

#[test]
fn heartbeats_set_right_what_lost_events_would_have_said() {
    let says = |state: PlayerState| Vitals { state: Some(state), ..Vitals::default() };
    let timeline = timeline([
        event(0.0, EventKind::Play, 0.0),
        event(10.0, EventKind::Heartbeat, 10.0).with_vitals(says(PlayerState::Paused)),
        event(20.0, EventKind::Heartbeat, 10.0).with_vitals(says(PlayerState::Paused)),
        event(30.0, EventKind::Heartbeat, 10.0).with_vitals(says(PlayerState::Playing)),
        event(40.0, EventKind::Heartbeat, 20.0).with_vitals(says(PlayerState::Playing)),
    ]);
    assert_eq!(timeline.time_in(Activity::Playing).as_secs_f64(), 20.0);
    assert_eq!(timeline.time_in(Activity::Paused).as_secs_f64(), 20.0);
}

#[test]
fn the_silent_are_active_near_the_end_of_the_data_and_have_left_before() {
    let session = session([event(0.0, EventKind::Play, 0.0), event(30.0, EventKind::Heartbeat, 30.0)]);
    let reason = |horizon: f64| session.facts(&Rules::default(), Some(at(horizon))).exit.reason;
    assert_eq!(reason(30.0), ExitReason::Active);
    assert_eq!(reason(30.0 + 1800.0), ExitReason::Active);
    assert_eq!(reason(30.0 + 1800.001), ExitReason::Left);
}

#[test]
fn everything_is_clipped_to_the_duration() {
    let facts = facts([
        event(0.0, EventKind::load_of(pos(60.0)), 0.0),
        event(0.0, EventKind::Play, 0.0),
        event(62.0, EventKind::end(EndReason::Ended), 62.0),
    ]);
    assert_eq!((facts.watched, facts.furthest), (pos(60.0), Some(pos(60.0))));
}

#[test]
fn the_last_reported_duration_wins_over_the_known_one() {
    let duration = |events: Vec<Event>| {
        session(events).with_known_duration(Some(pos(99.0))).facts(&Rules::default(), None).duration
    };
    let load = |secs: f64, length: f64| event(secs, EventKind::load_of(pos(length)), None);
    assert_eq!(duration(vec![load(0.0, 60.0), load(1.0, 61.0)]), Some(pos(61.0)));
    assert_eq!(duration(vec![load(0.0, 0.0)]), Some(pos(99.0)), "0 is no duration");
    assert_eq!(duration(vec![event(0.0, EventKind::Play, 0.0)]), Some(pos(99.0)));
    let live = EventKind::Load { url: None, duration: Some(pos(60.0)), is_live: true };
    assert_eq!(duration(vec![event(0.0, live, None)]), None, "live streams have none");
}

#[test]
fn the_end_of_a_wait_is_taken_for_the_first_frame_only_if_nothing_else_is() {
    let first_frame = |events: Vec<Event>| facts(events).first_frame_at;
    let wait = [event(0.0, EventKind::BufferStart, 0.0), event(1.0, EventKind::buffer_end(), 0.0)];
    assert_eq!(first_frame(wait.to_vec()), Some(at(1.0)));
    let with_play = [&wait[..], &[event(1.5, EventKind::Play, 0.0)]].concat();
    assert_eq!(first_frame(with_play), Some(at(1.5)));
}

#[test]
fn an_empty_session_is_harmless() {
    let facts = facts([]);
    assert_eq!((facts.events, facts.watched, facts.startup), (0, pos(0.0), None));
    assert_eq!(timeline([]).bounds(), None);
}
