//! Sessions of which only requests are known.

use audience_core::{
    Activity, Bitrate, Elapsed, Event, EventKind, ExitReason, MediaTime, Object, PlayerError, PlayerState, Rate,
    Request, Rules, Session, SessionFacts, Timestamp, Vitals, WaitKind,
};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::{at, pos, session};

/// Segments of two seconds.
const SEGMENT: f64 = 2.0;

/// A request for the picture at `start` with so much in the buffer, in seconds.
fn ask(secs: f64, start: f64, buffer: f64) -> Event {
    let request = Request {
        object: Object::Video,
        start: Some(pos(start)),
        length: Some(pos(SEGMENT)),
        status: Some(200),
        ..Request::default()
    };
    let vitals = Vitals { buffer: Some(pos(buffer)), bitrate: Bitrate::from_bps(1_000_000), ..Vitals::default() };
    Event::new(at(secs), EventKind::Request(Box::new(request))).with_vitals(vitals)
}

fn change(mut event: Event, change: impl FnOnce(&mut Request)) -> Event {
    if let EventKind::Request(request) = &mut event.kind {
        change(request);
    }
    event
}

fn urgent(event: Event) -> Event {
    change(event, |request| request.urgent = true)
}

fn says(mut event: Event, change: impl FnOnce(&mut Vitals)) -> Event {
    let mut vitals = event.vitals.take().map(|vitals| *vitals).unwrap_or_default();
    change(&mut vitals);
    event.with_vitals(vitals)
}

/// A player that begins at `secs` at position `from`, keeps six seconds in the buffer, and is seen until position `to`.
fn plays(secs: f64, from: f64, to: f64) -> Vec<Event> {
    let mut events =
        vec![urgent(ask(secs, from, 0.0)), ask(secs + 0.1, from + 2.0, 2.0), ask(secs + 0.2, from + 4.0, 4.0)];
    let mut position = 0.0;
    while from + position <= to {
        events.push(ask(secs + 0.2 + position, from + 6.0 + position, 6.0));
        position += SEGMENT;
    }
    events
}

fn facts(events: impl IntoIterator<Item = Event>) -> SessionFacts {
    session(events).facts(&Rules::default(), None)
}

fn near(measured: Option<MediaTime>, secs: f64) -> bool {
    measured.is_some_and(|measured| (measured.as_secs_f64() - secs).abs() <= 0.3)
}

#[test]
fn the_playhead_is_where_the_buffer_begins() {
    let facts = facts(plays(0.0, 0.0, 20.0));
    // Seen at 20 s, and a second more: half of what would have made it ask again.
    assert!((facts.watched.as_secs_f64() - 21.0).abs() <= 0.3, "{:?}", facts.watched);
    assert!((facts.wall.playing.as_secs_f64() - 21.0).abs() <= 0.3, "{:?}", facts.wall);
    assert!((facts.startup.unwrap().time.as_secs_f64() - 0.2).abs() <= 0.2, "{:?}", facts.startup);
    assert_eq!((facts.seeks.inferred(), facts.stalls, facts.pauses, facts.exit.reason), (0, 0, 0, ExitReason::Left));
    let estimates = facts.inferred.from_requests.unwrap();
    assert!(estimates.playing_least <= Elapsed::from_secs(20) && estimates.playing_least >= Elapsed::from_secs(19));
    assert!(estimates.playing_most >= Elapsed::from_secs(28) && estimates.playing_most <= Elapsed::from_secs(29));
    assert!(near(estimates.exit_least, 20.0) && near(estimates.exit_most, 28.0), "{estimates:?}");
}

#[test]
fn who_resumes_in_the_middle_did_not_watch_the_start() {
    let facts = facts(plays(0.0, 570.0, 580.0));
    assert!(near(facts.map.runs().first().map(|run| run.start), 570.0), "{:?}", facts.map);
    assert!((facts.watched.as_secs_f64() - 11.0).abs() <= 0.3);
    assert_eq!(facts.seeks.inferred(), 0);
}

#[test]
fn who_has_asked_for_all_there_is_plays_to_the_end() {
    let whole = Session::new("s", "c", plays(0.0, 0.0, 12.0)).with_known_duration(Some(pos(20.0)));
    let facts = whole.facts(&Rules::default(), None);
    assert_eq!((facts.exit.reason, facts.reached_end, facts.completed), (ExitReason::Ended, Some(true), Some(true)));
    assert!((facts.watched.as_secs_f64() - 20.0).abs() <= 0.3);
    // Unless the data do not reach that far.
    let early = whole.facts(&Rules::default(), Some(at(15.0)));
    assert_eq!((early.exit.reason, early.reached_end), (ExitReason::Active, Some(false)));
    assert!(early.last_event_at <= at(15.0));
}

#[test]
fn a_gap_with_a_full_buffer_is_a_pause() {
    let mut events = plays(0.0, 0.0, 10.0);
    events.extend(plays(0.0, 0.0, 20.0).into_iter().skip(9).map(|mut event| {
        event.ts = event.ts + Elapsed::from_secs(30);
        event
    }));
    let facts = facts(events);
    assert_eq!((facts.pauses, facts.stalls, facts.seeks.inferred()), (1, 0, 0));
    assert!((facts.wall.paused.as_secs_f64() - 30.0).abs() <= 0.5, "{:?}", facts.wall);
    assert!((facts.watched.as_secs_f64() - 21.0).abs() <= 0.3);
}

#[test]
fn a_gap_that_empties_the_buffer_is_a_stall() {
    let mut events = plays(0.0, 0.0, 10.0);
    // Seen at 10 s with six in the buffer; they are played out, and then nothing comes for four seconds.
    events.push(change(urgent(ask(10.2 + 10.0, 18.0, 2.0)), |request| request.starved = true));
    events.extend([ask(20.3, 20.0, 4.0), ask(20.4, 22.0, 6.0), ask(22.4, 24.0, 6.0), ask(24.4, 26.0, 6.0)]);
    let facts = facts(events);
    assert_eq!((facts.pauses, facts.stalls, facts.seeks.inferred()), (0, 1, 0));
    assert!((facts.wall.stalled.as_secs_f64() - 4.0).abs() <= 0.3, "{:?}", facts.wall);
}

#[test]
fn segments_out_of_their_order_are_a_seek() {
    for target in [60.0, 2.0] {
        let mut events = plays(0.0, 0.0, 20.0);
        // One more request still tells the old buffer.
        events.push(ask(21.2, target, 6.0));
        events.extend(plays(21.3, target, target + 10.0));
        let facts = facts(events);
        assert_eq!(facts.seeks.reported(), 0);
        assert_eq!(
            (facts.seeks.inferred_forward, facts.seeks.inferred_back),
            (u64::from(target > 20.0), u64::from(target < 20.0))
        );
        assert!((facts.watched.as_secs_f64() - 32.0).abs() <= 0.5, "{:?}", facts.watched);
        assert_eq!(facts.map.plays_at(pos(target + 5.0)), if target > 20.0 { 1 } else { 2 });
    }
}

#[test]
fn a_seek_within_the_buffer_shows_in_how_much_is_left() {
    let mut events = plays(0.0, 0.0, 20.0);
    events.extend((0..8).map(|k| ask(22.2 + 2.0 * f64::from(k), 28.0 + 2.0 * f64::from(k), 2.0)));
    let timeline = session(events).timeline(&Rules::default());
    let seeks = timeline.seeks();
    assert_eq!(seeks.len(), 1);
    assert!(seeks[0].inferred && near(seeks[0].to, 26.0), "{seeks:?}");
}

#[test]
fn what_is_fetched_again_in_another_quality_moves_nothing() {
    let mut events = plays(0.0, 0.0, 20.0);
    events.push(ask(21.0, 22.0, 5.0));
    events.push(ask(21.1, 24.0, 5.0));
    events.extend([ask(22.2, 28.0, 6.0), ask(24.2, 30.0, 6.0), ask(26.2, 32.0, 6.0)]);
    let facts = facts(events);
    assert_eq!((facts.seeks.inferred(), facts.pauses, facts.stalls), (0, 0, 0));
    assert!((facts.watched.as_secs_f64() - 27.0).abs() <= 0.5);
}

#[test]
fn the_rate_a_player_tells_explains_a_faster_playhead() {
    let mut events = plays(0.0, 0.0, 10.0);
    let fast = |k: u32| ask(10.2 + f64::from(k), 16.0 + 2.0 * f64::from(k), 6.0);
    events.extend((1..10).map(fast).map(|event| says(event, |vitals| vitals.rate = Rate::new(2.0).ok())));
    let facts = facts(events);
    assert_eq!((facts.seeks.inferred(), facts.rate_changes), (0, 1));
    assert!((facts.wall.playing.as_secs_f64() - 19.5).abs() <= 0.5, "{:?}", facts.wall);
}

#[test]
fn bit_rates_count_for_as_long_as_their_segments_play() {
    let mut events = plays(0.0, 0.0, 20.0);
    for event in &mut events[10..] {
        *event = says(event.clone(), |vitals| vitals.bitrate = Bitrate::from_bps(2_000_000));
    }
    // From the eleventh segment on: the second at 20.
    let facts = facts(events);
    let average = facts.quality.bits as f64 / facts.quality.bits_over.as_secs_f64();
    assert!((average - (20.0 * 1e6 + 2e6) / 21.0).abs() < 3e4, "{average}");
    assert_eq!((facts.quality.switches_up, facts.quality.switches_down), (1, 0));
}

#[test]
fn who_asks_for_nothing_to_play_has_not_started() {
    let manifest = |secs: f64| {
        change(ask(secs, 0.0, 0.0), |request| {
            *request = Request { object: Object::Manifest, ..Request::default() };
        })
    };
    let facts = facts([manifest(0.0), manifest(3.0)]);
    assert!(!facts.started());
    assert_eq!(facts.failure, Some(audience_core::Failure::ExitBeforeStart));
    assert_eq!(facts.inferred.from_requests.unwrap().playing_most, Elapsed::ZERO);
}

#[test]
fn without_places_what_is_played_is_not_placed() {
    let nowhere = |event: Event| change(event, |request| request.start = None);
    let facts = facts(plays(0.0, 0.0, 20.0).into_iter().map(nowhere));
    assert!(facts.inferred.positions_missing && facts.map.is_empty());
    assert!((facts.watched.as_secs_f64() - 20.0).abs() <= 0.3, "{:?}", facts.watched);
    assert_eq!(facts.quality.bits, u128::from(facts.quality.bits_over.as_millis()) * 1000);
    assert!(facts.quality.bits_over >= pos(19.0));
}

/// What a player reports that plays from 0, is moved to 60 s after 20 s, and waits 0.3 s for that; without positions.
fn reports() -> Vec<Event> {
    let state = |secs: f64, to: PlayerState| Event::new(at(secs), EventKind::StateChange { from: None, to });
    vec![
        Event::new(at(0.0), EventKind::PlayRequest),
        Event::new(at(0.2), EventKind::Play),
        state(20.2, PlayerState::Seeking),
        Event::new(at(20.5), EventKind::Play),
        Event::new(at(30.5), EventKind::Pause),
    ]
}

/// Its requests, with the state it was in, by a clock that is so much ahead.
fn with_requests(ahead: f64) -> Vec<Event> {
    let reports = reports();
    let mut requests = plays(0.0, 0.0, 19.0);
    requests.extend(plays(20.3, 60.0, 69.0));
    for event in &mut requests {
        let secs = event.ts.as_millis() as f64 / 1000.0;
        let moving = (0.2..20.2).contains(&secs) || (20.5..30.5).contains(&secs);
        let state = if moving { PlayerState::Playing } else { PlayerState::Buffering };
        *event = says(event.clone(), |vitals| vitals.state = Some(state));
        event.ts = at(secs + ahead);
    }
    requests.extend(reports);
    requests
}

#[test]
fn requests_say_where_a_player_is_that_does_not_say_it_itself() {
    let alone = facts(reports());
    assert!(alone.inferred.positions_missing && alone.map.is_empty());
    for ahead in [0.0, 90.0, -4000.0] {
        let facts = facts(with_requests(ahead));
        assert!(facts.inferred.positions && !facts.inferred.positions_missing, "{ahead}");
        assert_eq!(facts.inferred.from_requests, None);
        assert_eq!((facts.seeks.reported(), facts.seeks.inferred(), facts.pauses), (1, 0, 1), "{ahead}");
        assert!((facts.wall.playing.as_secs_f64() - 30.0).abs() < 0.01, "{ahead}: {:?}", facts.wall);
        let played = |secs: f64| facts.map.plays_at(pos(secs));
        assert_eq!([10.0, 19.0, 40.0, 61.0, 69.0].map(played), [1, 1, 0, 1, 1], "{ahead}: {:?}", facts.map);
    }
}

#[test]
fn clocks_that_cannot_be_compared_place_nothing() {
    let strange = with_requests(0.0).into_iter().map(|event| match event.kind {
        EventKind::Request(_) => says(event, |vitals| vitals.state = Some(PlayerState::Paused)),
        _ => event,
    });
    let facts = facts(strange);
    assert!(facts.inferred.positions_missing && !facts.inferred.positions);
    assert!((facts.wall.playing.as_secs_f64() - 30.0).abs() < 0.01);
}

#[test]
fn reports_that_say_nothing_of_playing_leave_it_to_requests() {
    let mut events = plays(0.0, 0.0, 20.0);
    events.push(Event::new(at(3.0), EventKind::Heartbeat));
    let error = PlayerError { code: Some("http_404".into()), message: None, fatal: false };
    events.push(Event::new(at(4.0), EventKind::Error(Box::new(error))));
    let facts = facts(events);
    assert!((facts.watched.as_secs_f64() - 21.0).abs() <= 0.3);
    assert_eq!((facts.errors, facts.inferred.from_requests.is_some()), (1, true));
}

#[test]
fn what_cmcd_calls_live_is() {
    let live = session(plays(0.0, 0.0, 20.0)).with_attribute("stream_type", "low_latency_live");
    let facts = live.with_known_duration(Some(pos(60.0))).facts(&Rules::default(), None);
    assert_eq!((facts.is_live, facts.duration), (true, None));
    let vod = session(plays(0.0, 0.0, 20.0)).with_attribute("stream_type", "vod").facts(&Rules::default(), None);
    assert!(!vod.is_live);
}

#[test]
fn failed_requests_are_errors_and_an_empty_buffer_after_them_an_open_stall() {
    let mut events = plays(0.0, 0.0, 10.0);
    for k in 0..8 {
        let buffer = (6.0 - f64::from(k) * 2.0).max(0.0);
        events.push(change(ask(12.2 + 2.0 * f64::from(k), 18.0, buffer), |request| request.status = Some(404)));
    }
    let session = session(events);
    let facts = session.facts(&Rules::default(), None);
    assert_eq!((facts.errors, facts.stalls, facts.exit.waiting), (8, 1, true));
    assert!(near(facts.exit.position, 18.0), "{:?}", facts.exit);
    let timeline = session.timeline(&Rules::default());
    assert!(timeline.waits().iter().any(|wait| wait.kind == WaitKind::Stall && wait.open));
}

#[test]
fn a_player_that_says_it_is_paused_does_not_play_on() {
    let mut events = plays(0.0, 0.0, 10.0);
    events.push(says(ask(11.0, 18.0, 7.0), |vitals| vitals.state = Some(PlayerState::Paused)));
    let facts = facts(events);
    assert!(near(facts.furthest, 11.0), "{:?}", facts.furthest);
}

proptest! {
    #[test]
    fn whatever_is_asked_every_moment_is_in_one_sum_and_bounds_are_in_order(
        asked in vec(
            (0..100_000_i64, 0..100_000_u64, proptest::option::of(0..40_000_u64), 0..4000_u64, any::<[bool; 3]>(), 0..3_u64),
            1..60,
        ),
    ) {
        let events = asked.into_iter().map(|(ts, start, buffer, length, [urgent, starved, sound], error)| {
            let request = Request {
                object: if sound { Object::Audio } else { Object::Video },
                start: Some(MediaTime::from_millis(start)),
                length: Some(MediaTime::from_millis(length)),
                urgent,
                starved,
                time_error: Elapsed::from_millis(error * 500),
                ..Request::default()
            };
            let vitals = Vitals { buffer: buffer.map(MediaTime::from_millis), ..Vitals::default() };
            Event::new(audience_core::Timestamp::from_millis(ts), EventKind::Request(Box::new(request))).with_vitals(vitals)
        });
        let session = session(events);
        let facts = session.facts(&Rules::default(), None);
        let wall = facts.wall;
        let sum = [
            wall.idle, wall.starting, wall.playing, wall.paused, wall.seek_waiting, wall.stalled, wall.ended, wall.failed,
        ];
        let sum = sum.into_iter().fold(Elapsed::ZERO, Elapsed::saturating_add);
        let first = session.started_at().unwrap();
        prop_assert_eq!(sum, facts.last_event_at.since(first));
        let estimates = facts.inferred.from_requests.unwrap();
        prop_assert!(estimates.playing_least <= wall.playing && wall.playing <= estimates.playing_most, "{:?}", estimates);
        prop_assert!(estimates.exit_least <= estimates.exit_most);
    }
}

/// A clock that is 900,000 years ahead makes no time that was not there.
#[test]
fn times_beyond_all_bounds_are_in_one_sum() {
    for at in [1_i64 << 55, i64::MAX, -(1 << 55), i64::MIN] {
        let mut event = urgent(ask(0.0, 12.0, 0.0));
        event.ts = Timestamp::from_millis(at);
        let session = Session::new("s", "film", [event]);
        let timeline = session.timeline(&Rules::default());
        let (first, last) = timeline.bounds().unwrap();
        let sum: u128 = Activity::ALL.iter().map(|activity| u128::from(timeline.time_in(*activity).as_millis())).sum();
        assert_eq!(sum, u128::from(last.as_millis().abs_diff(first.as_millis())), "{at}");
    }
}
