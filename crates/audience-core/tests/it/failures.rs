//! Players that say they gave up, and players that say it is over: what counts then, and what shows that it was not so.

use audience_core::{
    Activity, EndReason, Event, EventKind, ExitReason, Failure, PlayerError, PlayerState, SessionFacts, Vitals,
};

use crate::{event, facts, pos, timeline, waits};

const PLAY: EventKind = EventKind::Play;
const PAUSE: EventKind = EventKind::Pause;
const WAIT: EventKind = EventKind::BufferStart;
const BEAT: EventKind = EventKind::Heartbeat;
const LEFT: EventKind = EventKind::end(EndReason::Abandoned);
const OVER: EventKind = EventKind::end(EndReason::Ended);

fn fatal() -> EventKind {
    EventKind::Error(Box::new(PlayerError { fatal: true, ..PlayerError::default() }))
}

fn state(to: PlayerState) -> EventKind {
    EventKind::StateChange { from: None, to }
}

/// Seconds playing, seconds failed, seconds watched, the failure.
fn sums(events: impl IntoIterator<Item = Event>) -> (f64, f64, f64, Option<Failure>) {
    let facts = facts(events);
    (facts.wall.playing.as_secs_f64(), facts.wall.failed.as_secs_f64(), facts.watched.as_secs_f64(), facts.failure)
}

/// Ten seconds of playback, then a fatal error, then `rest`.
fn after_failure(rest: impl IntoIterator<Item = Event>) -> Vec<Event> {
    [event(0.0, PLAY, 0.0), event(10.0, fatal(), 10.0)].into_iter().chain(rest).collect()
}

const FAILED: Option<Failure> = Some(Failure::Playback);

#[test]
fn leaving_a_failed_player_does_not_undo_the_failure() {
    assert_eq!(sums(after_failure([event(60.0, LEFT, 10.0)])), (10.0, 50.0, 10.0, FAILED));
    assert_eq!(sums(after_failure([event(60.0, EventKind::end(EndReason::Error), 10.0)])), (10.0, 50.0, 10.0, FAILED));
    assert_eq!(sums(after_failure([event(10.1, PAUSE, 10.0), event(30.0, BEAT, 10.0)])), (10.0, 20.0, 10.0, FAILED));
    assert_eq!(
        sums(after_failure([event(20.0, EventKind::seek_from(pos(10.0)), 30.0), event(60.0, BEAT, 30.0)])).3,
        FAILED
    );
}

#[test]
fn failing_before_the_first_frame_is_a_start_failure_however_it_ends() {
    let start = |rest: Vec<Event>| {
        let first = [event(0.0, EventKind::PlayRequest, None), event(0.5, WAIT, None), event(10.0, fatal(), None)];
        facts(first.into_iter().chain(rest))
    };
    for rest in [vec![], vec![event(15.0, LEFT, None)], vec![event(15.0, WAIT, None)]] {
        let facts = start(rest);
        assert_eq!((facts.failure, facts.wall.starting.as_secs_f64()), (Some(Failure::Start), 10.0));
    }
    let unasked = facts([event(0.0, EventKind::PlayRequest, None), event(1.0, fatal(), None), event(60.0, BEAT, None)]);
    assert_eq!((unasked.wall.starting.as_secs_f64(), unasked.wall.failed.as_secs_f64()), (1.0, 59.0));
}

#[test]
fn playing_on_visibly_undoes_it_however_often_the_player_reports() {
    for step in [1.0, 5.0, 50.0] {
        let beats =
            (1..=(50.0 / step) as u32).map(|n| event(10.0 + step * f64::from(n), BEAT, 10.0 + step * f64::from(n)));
        let facts = facts(after_failure(beats));
        assert_eq!((facts.failure, facts.wall.playing.as_secs_f64()), (None, 60.0), "every {step} s");
        assert_eq!((facts.watched, facts.exit.reason), (pos(60.0), ExitReason::Left));
        assert_eq!(facts.seeks.inferred(), 0);
    }
}

#[test]
fn trying_again_undoes_it_from_then_on() {
    let again = after_failure([event(70.0, PLAY, 10.0), event(80.0, PAUSE, 20.0)]);
    assert_eq!(sums(again), (20.0, 60.0, 20.0, None));
    let reloaded =
        after_failure([event(70.0, EventKind::load(), None), event(71.0, PLAY, 10.0), event(81.0, PAUSE, 20.0)]);
    assert_eq!(sums(reloaded), (20.0, 60.0, 20.0, None));
    let only_reloaded = after_failure([event(70.0, EventKind::load(), None), event(71.0, WAIT, None)]);
    assert_eq!(sums(only_reloaded), (10.0, 60.0, 10.0, FAILED));
    assert_eq!(sums(after_failure([event(70.0, state(PlayerState::Idle), None)])), (10.0, 60.0, 10.0, FAILED));
}

#[test]
fn a_player_that_plays_out_its_buffer_fails_when_that_is_empty() {
    let events = |positions: bool| {
        let at = |secs: f64| positions.then_some(secs);
        [event(0.0, PLAY, 0.0), event(6.0, fatal(), at(6.0)), event(10.0, WAIT, at(10.0)), event(30.0, BEAT, at(10.0))]
    };
    for positions in [true, false] {
        let facts = facts(events(positions));
        assert_eq!((facts.failure, facts.exit.waiting), (FAILED, true));
        assert_eq!((facts.wall.playing.as_secs_f64(), facts.wall.failed.as_secs_f64()), (10.0, 20.0));
        assert_eq!((facts.watched, facts.stalls), (pos(10.0), 0));
        let timeline = timeline(events(positions));
        assert_eq!((timeline.time_in(Activity::Failed).as_secs_f64(), timeline.waits().len()), (20.0, 0));
        let failed: f64 =
            timeline.spans().iter().filter(|s| s.activity == Activity::Failed).map(|s| s.length().as_secs_f64()).sum();
        assert_eq!(failed, 20.0);
    }
    let recovered =
        events(true).into_iter().chain([event(40.0, EventKind::buffer_end(), 10.0), event(50.0, PAUSE, 20.0)]);
    assert_eq!(sums(recovered), (20.0, 0.0, 20.0, None));
}

#[test]
fn an_error_inside_a_stall_ends_it() {
    let events = [
        event(0.0, PLAY, 0.0),
        event(10.0, WAIT, 10.0),
        event(11.0, fatal(), 10.0),
        event(12.0, EventKind::buffer_end(), 10.0),
        event(39.0, BEAT, 37.0),
    ];
    assert_eq!(sums(events.clone()), (37.0, 1.0, 37.0, None));
    let timeline = timeline(events);
    assert_eq!(timeline.waits().len(), 1);
    assert_eq!(timeline.waits()[0].length(), timeline.time_in(Activity::Stall));
}

#[test]
fn what_happens_while_another_title_is_on_is_not_watched_here() {
    use audience_core::{Rules, SessionBuilder};
    let mut builder = SessionBuilder::new("s");
    let (a, b) = (builder.context(None, Some("a".into())), builder.context(None, Some("b".into())));
    builder.push(a, event(0.0, PLAY, 0.0));
    builder.push(a, event(10.0, fatal(), 10.0));
    builder.push(a, event(20.0, BEAT, 10.0));
    builder.push(b, event(30.0, PLAY, 0.0));
    builder.push(a, event(60.0, PLAY, 10.0));
    let facts = builder.finish()[0].facts(&Rules::default(), None);
    assert_eq!((facts.watched, facts.wall.failed.as_secs_f64()), (pos(10.0), 10.0));
}

/// Why and waiting or not.
fn exit(events: impl IntoIterator<Item = Event>) -> (ExitReason, bool) {
    let SessionFacts { exit, .. } = facts(events);
    (exit.reason, exit.waiting)
}

#[test]
fn the_first_reason_given_stands_until_playback_goes_on() {
    let played = |rest: &[Event]| [&[event(0.0, PLAY, 0.0)], rest].concat();
    let ended = event(10.0, OVER, 10.0);
    assert_eq!(exit(played(&[ended.clone(), event(60.0, LEFT, 10.0)])).0, ExitReason::Ended, "the tab is closed later");
    assert_eq!(exit(played(&[ended.clone(), event(11.0, fatal(), None)])).0, ExitReason::Ended, "torn down");
    assert_eq!(exit(played(&[event(10.0, state(PlayerState::Ended), None)])).0, ExitReason::Ended);
    let revived = [
        event(5.0, EventKind::end(EndReason::Error), 5.0),
        event(6.0, PLAY, 5.0),
        event(11.0, state(PlayerState::Ended), 10.0),
    ];
    assert_eq!(exit(played(&revived)).0, ExitReason::Ended);
    assert_eq!(exit(played(&[event(10.0, EventKind::End { reason: None }, 10.0)])).0, ExitReason::Stopped);
}

#[test]
fn playing_to_the_end_undoes_a_failure_and_stopping_elsewhere_does_not() {
    let load = event(0.0, EventKind::load_of(pos(60.0)), None);
    let failed = |rest: Event| [std::slice::from_ref(&load), &after_failure([rest])[..]].concat();
    assert_eq!(exit(failed(event(60.0, OVER, 60.0))).0, ExitReason::Ended);
    assert_eq!(exit(failed(event(60.0, OVER, 10.0))).0, ExitReason::Failed);
    assert_eq!(exit(after_failure([event(60.0, OVER, None)])).0, ExitReason::Failed, "it was seen where it failed");
}

#[test]
fn leaving_while_waiting_is_told_apart() {
    let stalled = [event(0.0, PLAY, 0.0), event(10.0, WAIT, 10.0), event(25.0, LEFT, 10.0)];
    assert_eq!(exit(stalled), (ExitReason::Stopped, true));
    assert_eq!(exit([event(0.0, PLAY, 0.0), event(25.0, LEFT, 25.0)]), (ExitReason::Stopped, false));
    assert_eq!(exit([event(0.0, EventKind::PlayRequest, None), event(9.0, LEFT, None)]), (ExitReason::Stopped, true));
    assert_eq!(exit([event(0.0, EventKind::PlayRequest, None), event(9.0, BEAT, None)]), (ExitReason::Left, true));
    assert_eq!(
        exit([
            event(0.0, PLAY, 0.0),
            event(5.0, EventKind::AdStart(None), None),
            event(6.0, WAIT, None),
            event(9.0, LEFT, None)
        ]),
        (ExitReason::Stopped, true)
    );
}

#[test]
fn an_open_wait_is_one_that_playback_was_over_in() {
    let open = |last: Event| {
        let timeline = timeline([event(0.0, PLAY, 0.0), event(10.0, WAIT, 10.0), last]);
        timeline.waits()[0].open
    };
    assert!(open(event(20.0, LEFT, 10.0)));
    assert!(open(event(20.0, fatal(), 10.0)));
    assert!(open(event(20.0, BEAT, 10.0)));
    assert!(!open(event(20.0, PAUSE, 10.0)));
    assert!(!open(event(20.0, EventKind::buffer_end(), 10.0)));
}

#[test]
fn an_end_that_was_none_is_noticed_however_often_the_player_reports() {
    for step in [1.0, 10.0, 50.0] {
        let beats =
            (1..=(50.0 / step) as u32).map(|n| event(10.0 + step * f64::from(n), BEAT, 10.0 + step * f64::from(n)));
        let facts = facts([event(0.0, PLAY, 0.0), event(10.0, LEFT, 10.0)].into_iter().chain(beats));
        assert_eq!((facts.watched, facts.exit.reason), (pos(60.0), ExitReason::Left), "every {step} s");
        assert_eq!((facts.wall.playing.as_secs_f64(), facts.seeks.inferred()), (60.0, 0));
    }
    let bare = [event(0.0, PLAY, 0.0), event(10.0, LEFT, 10.0), event(19.0, BEAT, None), event(20.0, BEAT, 20.0)];
    assert_eq!(facts(bare).watched, pos(20.0), "a report that says nothing changes nothing");
}

#[test]
fn playing_once_more_from_the_start_is_no_seek() {
    let facts = facts([
        event(0.0, EventKind::load_of(pos(60.0)), 0.0),
        event(0.0, PLAY, 0.0),
        event(60.0, OVER, 60.0),
        event(70.0, PLAY, 0.0),
        event(90.0, PAUSE, 20.0),
    ]);
    assert_eq!((facts.watched, facts.unique), (pos(80.0), pos(60.0)));
    assert_eq!((facts.seeks.inferred(), facts.wall.ended.as_secs_f64()), (0, 10.0));
}

#[test]
fn a_pause_that_only_announces_the_end_is_none() {
    let pauses = |ended: f64, reason| {
        facts([event(0.0, PLAY, 0.0), event(10.0, PAUSE, 10.0), event(ended, EventKind::end(reason), 10.0)]).pauses
    };
    assert_eq!(pauses(10.02, EndReason::Ended), 0);
    assert_eq!(pauses(10.2, EndReason::Ended), 1);
    assert_eq!(pauses(10.02, EndReason::Abandoned), 1);
}

#[test]
fn every_moment_of_a_session_is_in_one_sum() {
    let says = |state: PlayerState| Vitals { state: Some(state), ..Vitals::default() };
    let facts = facts([
        event(0.0, EventKind::load(), None),
        event(1.0, EventKind::PlayRequest, None),
        event(3.0, PLAY, 0.0),
        event(13.0, PAUSE, 10.0),
        event(20.0, PLAY, 10.0),
        event(22.0, WAIT, 12.0),
        event(25.0, fatal(), 12.0),
        event(30.0, BEAT, 12.0).with_vitals(says(PlayerState::Error)),
        event(40.0, PLAY, 12.0),
        event(41.0, OVER, 13.0),
        event(50.0, BEAT, 13.0),
    ]);
    let wall = facts.wall;
    let of = |time: audience_core::Elapsed| time.as_secs_f64();
    assert_eq!(
        [
            of(wall.idle),
            of(wall.starting),
            of(wall.playing),
            of(wall.paused),
            of(wall.stalled),
            of(wall.failed),
            of(wall.ended)
        ],
        [1.0, 2.0, 13.0, 7.0, 3.0, 15.0, 9.0]
    );
    assert_eq!(waits([event(0.0, PLAY, 0.0), event(1.0, WAIT, 1.0), event(2.0, LEFT, 1.0)]).len(), 1);
}
