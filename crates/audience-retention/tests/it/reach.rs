//! The reach curve, against a model that looks at every point of every session.

use audience_core::test_util::{check_merge_laws, various_facts};
use audience_core::{
    Accumulator, Error, Event, EventKind, MediaTime, Merge, Portable, Rules, Session, SessionFacts, Timestamp,
};
use audience_retention::{ReachCurve, ReachSummary};
use proptest::prelude::*;

fn ms(millis: u64) -> MediaTime {
    MediaTime::from_millis(millis)
}

/// The facts of a session that plays each of these stretches, one after the other.
fn facts(duration: Option<u64>, stretches: &[(u64, u64)]) -> SessionFacts {
    let mut now = 0;
    let load = EventKind::Load { url: None, duration: duration.map(ms), is_live: false };
    let mut events = vec![Event::new(Timestamp::from_millis(0), load)];
    let mut add = |now: i64, kind: EventKind, position: u64| {
        events.push(Event::new(Timestamp::from_millis(now), kind).at(ms(position)));
    };
    for &(start, end) in stretches {
        add(now, EventKind::Play, start);
        now += (end - start) as i64;
        add(now, EventKind::Pause, end);
        now += 1;
        add(now, EventKind::Seek { from: Some(ms(end)) }, end);
        now += 1;
    }
    Session::new("s", "c", events).facts(&Rules::default(), None)
}

fn curve(points: u32, sessions: &[SessionFacts]) -> ReachSummary {
    let mut curve = ReachCurve::new(points).unwrap();
    curve.observe_all(sessions);
    curve.summary()
}

fn reached(summary: &ReachSummary) -> Vec<u64> {
    summary.points.iter().map(|point| point.sessions).collect()
}

proptest! {
    #[test]
    fn agrees_with_a_model_of_every_point(
        duration in 1_u64..200,
        points in 1_u32..130,
        sessions in proptest::collection::vec(proptest::collection::vec((0_u64..200, 0_u64..200), 0..4), 0..6),
    ) {
        let clipped = |stretches: &Vec<(u64, u64)>| -> Vec<(u64, u64)> {
            let ordered = stretches.iter().map(|&(a, b)| (a.min(b).min(duration), a.max(b).min(duration)));
            ordered.filter(|(start, end)| start < end).collect()
        };
        let sessions: Vec<_> = sessions.iter().map(clipped).collect();
        let rows: Vec<_> = sessions.iter().map(|stretches| facts(Some(duration), stretches)).collect();
        let summary = curve(points, &rows);
        for (k, point) in (0_u64..).zip(&summary.points) {
            // The smallest position p with p · points ≥ k · duration is where the point is; the peers' rule in words is that
            // an interval contains position k · duration / points, in exact fractions.
            let contains = |&(start, end): &(u64, u64)| {
                start * u64::from(points) <= k * duration && k * duration < end * u64::from(points)
            };
            let expected = sessions.iter().filter(|stretches| stretches.iter().any(contains)).count() as u64;
            prop_assert_eq!(point.sessions, expected, "point {} of {}", k, points);
        }
    }
}

#[test]
fn a_title_watched_to_its_end_is_at_1_throughout() {
    // Earlier systems look for a checkpoint at 100 %, one past the last second, and end every curve at 0.
    for duration in [1, 999, 1000, 60_000, 60_001] {
        for points in [1, 2, 99, 100, 101] {
            let summary = curve(points, &[facts(Some(duration), &[(0, duration)])]);
            assert!(
                summary.points.iter().all(|point| point.share.unwrap().as_f64() == 1.0),
                "{duration} ms, {points} points"
            );
        }
    }
}

#[test]
fn each_session_counts_once_at_a_point_however_often_it_plays_it() {
    let again = facts(Some(100), &[(0, 60), (10, 60), (10, 60)]);
    assert_eq!(reached(&curve(4, &[again])), [1, 1, 1, 0]);
}

#[test]
fn it_falls_where_viewers_leave_and_rises_where_they_seek_to() {
    let rows = [facts(Some(100), &[(0, 100)]), facts(Some(100), &[(0, 30), (70, 100)]), facts(Some(100), &[(0, 10)])];
    let summary = curve(10, &rows);
    assert_eq!(reached(&summary), [3, 2, 2, 1, 1, 1, 1, 2, 2, 2]);
    assert_eq!(summary.points[7].position.as_f64(), 0.7);
    assert_eq!(summary.points[7].share.unwrap().as_f64(), 2.0 / 3.0);
}

#[test]
fn sessions_that_never_started_are_in_the_denominator() {
    let summary = curve(2, &[facts(Some(100), &[(0, 100)]), facts(Some(100), &[])]);
    assert_eq!(summary.sessions, 2);
    assert_eq!(summary.points[0].share.unwrap().as_f64(), 0.5);
}

#[test]
fn each_session_is_placed_by_its_own_duration() {
    let rows = [facts(Some(1000), &[(0, 500)]), facts(Some(10), &[(0, 5)])];
    assert_eq!(reached(&curve(4, &rows)), [2, 2, 0, 0]);
}

#[test]
fn what_cannot_be_placed_is_counted_apart() {
    let nowhere = Session::new(
        "s",
        "c",
        [
            Event::new(Timestamp::from_millis(0), EventKind::load_of(ms(5000))),
            Event::new(Timestamp::from_millis(0), EventKind::Play),
            Event::new(Timestamp::from_millis(900), EventKind::Pause),
        ],
    );
    let rows = [facts(None, &[(0, 50)]), nowhere.facts(&Rules::default(), None), facts(Some(100), &[(0, 50)])];
    let summary = curve(2, &rows);
    assert_eq!((summary.sessions, summary.unknown_duration, summary.unknown_positions), (1, 1, 1));
    assert_eq!(reached(&summary), [1, 0]);
}

#[test]
fn nothing_observed_has_points_without_shares() {
    let summary = curve(3, &[]);
    assert_eq!(reached(&summary), [0, 0, 0]);
    assert!(summary.points.iter().all(|point| point.share.is_none()));
}

#[test]
fn obeys_the_laws() {
    for points in [1, 7, 100, 1000] {
        check_merge_laws(&ReachCurve::new(points).unwrap(), &various_facts());
    }
}

#[test]
fn a_curve_has_at_least_one_point_and_no_absurd_number() {
    let refused = |points| ReachCurve::new(points).map(|_| ()).unwrap_err();
    assert_eq!(refused(0), Error::PointsOutOfRange { points: 0, most: 20_000 });
    assert_eq!(refused(u32::MAX).to_string(), "make a curve of 4294967295 points: it has between 1 and 20000");
}

#[test]
#[should_panic(expected = "curves of 2 and 3 points do not merge")]
fn curves_with_other_points_do_not_merge() {
    ReachCurve::new(2).unwrap().merge(ReachCurve::new(3).unwrap());
}

#[test]
fn a_curve_survives_being_written_and_a_foreign_one_is_refused() {
    let mut state = ReachCurve::new(100).unwrap();
    state.observe_all(&various_facts());
    let bytes = state.encode();
    assert_eq!(ReachCurve::decode(&bytes, &ReachCurve::new(100).unwrap()).unwrap().summary(), state.summary());
    assert!(ReachCurve::decode(&bytes, &ReachCurve::new(50).unwrap()).is_err());
    assert!(state.size_bytes() > 0);
    let json = serde_json::to_string(&state).unwrap().replace("\"points\":100", "\"points\":4000000000");
    let error = serde_json::from_str::<ReachCurve>(&json).unwrap_err().to_string();
    assert!(error.starts_with("make a curve of 4000000000 points"), "{error}");
}

#[test]
fn the_longest_content_is_placed_without_overflow() {
    let year = Session::MAX_DURATION.as_millis();
    let summary = curve(20_000, &[facts(Some(year), &[(0, year)])]);
    assert!(summary.points.iter().all(|point| point.sessions == 1));
}
