//! The curves, against a model that looks at every millisecond of every session.

use audience_core::test_util::{check_merge_laws, various_facts};
use audience_core::{
    Accumulator, Elapsed, Event, EventKind, ExitReason, MediaTime, Merge, PlaybackMap, Portable, Rules, Session,
    SessionFacts, Timestamp,
};
use audience_retention::{Error, Grid, Independent, RetentionCurves, RetentionSummary};
use audience_stats::Confidence;
use proptest::prelude::*;

use super::{facts, facts_of, ms};

fn curves(grid: &Grid, sessions: &[SessionFacts]) -> RetentionSummary {
    let mut curves = RetentionCurves::new(grid.clone());
    curves.observe_all(sessions);
    curves.summary()
}

fn shares(points: u32, sessions: &[SessionFacts]) -> RetentionSummary {
    curves(&Grid::shares(points).unwrap(), sessions)
}

fn reached(summary: &RetentionSummary) -> Vec<u64> {
    summary.points.iter().map(|point| point.sessions).collect()
}

/// Stretches in order, clipped to the duration.
fn clipped(stretches: &[(u64, u64)], duration: u64) -> Vec<(u64, u64)> {
    let ordered = stretches.iter().map(|&(a, b)| (a.min(b).min(duration), a.max(b).min(duration)));
    ordered.filter(|(start, end)| start < end).collect()
}

fn grids(points: u32, duration: u64) -> Vec<Grid> {
    let few: Vec<MediaTime> = [duration / 3, duration / 2 + 1, duration].map(ms).to_vec();
    let mut grids = vec![
        Grid::shares(points).unwrap(),
        Grid::with_end(points + 1).unwrap(),
        Grid::every(ms(u64::from(points))).unwrap(),
    ];
    grids.extend(Grid::at(&few));
    grids
}

proptest! {
    #[test]
    fn agrees_with_a_model_of_every_millisecond(
        duration in 1_u64..150,
        points in 1_u32..130,
        sessions in proptest::collection::vec(proptest::collection::vec((0_u64..150, 0_u64..150), 0..5), 1..6),
    ) {
        let sessions: Vec<_> = sessions.iter().map(|stretches| clipped(stretches, duration)).collect();
        let rows: Vec<_> = sessions.iter().map(|stretches| facts(Some(duration), stretches)).collect();
        let plays = |stretches: &[(u64, u64)], at: u64| {
            stretches.iter().filter(|(start, end)| (*start..*end).contains(&at)).count() as u64
        };
        for grid in grids(points, duration) {
            let summary = curves(&grid, &rows);
            let end = ms(duration);
            prop_assert_eq!(summary.points.len(), grid.points(end));
            for (number, point) in summary.points.iter().enumerate() {
                let at = grid.position(number, end).as_millis();
                prop_assert_eq!(point.position.as_millis(), at);
                let counts: Vec<u64> = sessions.iter().map(|stretches| plays(stretches, at)).collect();
                let many = |least: u64| counts.iter().filter(|count| **count >= least).count() as u64;
                let expected = (many(1), counts.iter().sum(), many(2));
                prop_assert_eq!((point.sessions, point.plays, point.again), expected, "{} of {:?}", number, grid);
            }
            for interval in &summary.intervals {
                // Borders are whole milliseconds, rounded down: what is at one may be counted before it.
                let (start, end) = (interval.start.as_millis(), interval.end.as_millis());
                prop_assert!(start <= end, "{:?} {:?}", interval, grid);
            }
            let ends = |stretches: &Vec<(u64, u64)>| stretches.iter().map(|(_, end)| *end).max();
            let exits: u64 = summary.intervals.iter().map(|interval| interval.exits).sum();
            prop_assert_eq!(exits, sessions.iter().filter_map(ends).count() as u64);
            prop_assert_eq!(exits + summary.never_watched, summary.sessions);
            let left: u64 = summary.intervals.iter().map(|interval| interval.left).sum();
            let expected = sessions.iter().filter_map(ends).filter(|end| end * 100 < duration * 95).count();
            prop_assert_eq!(left, expected as u64);
            let watched: u64 = sessions.iter().flatten().map(|(start, end)| end - start).sum();
            prop_assert_eq!(summary.watched_ms, u128::from(watched));
        }
    }

    #[test]
    fn sessions_are_at_risk_from_their_first_watched_position_to_their_last(
        duration in 20_u64..150,
        sessions in proptest::collection::vec(proptest::collection::vec((0_u64..150, 0_u64..150), 0..5), 1..6),
    ) {
        let sessions: Vec<_> = sessions.iter().map(|stretches| clipped(stretches, duration)).collect();
        let rows: Vec<_> = sessions.iter().map(|stretches| facts(Some(duration), stretches)).collect();
        let summary = curves(&Grid::every(ms(10)).unwrap(), &rows);
        for (number, interval) in (0..).zip(&summary.intervals) {
            let (from, to) = (number * 10, number * 10 + 10);
            let at_risk = |stretches: &&Vec<(u64, u64)>| {
                let first = stretches.iter().map(|(start, _)| *start).min();
                let last = stretches.iter().map(|(_, end)| *end).max();
                first.is_some_and(|first| first < to) && last.is_some_and(|last| last > from)
            };
            let expected = sessions.iter().filter(at_risk).count() as u64;
            prop_assert_eq!(interval.at_risk, expected, "{:?}", interval);
        }
    }
}

#[test]
fn a_title_watched_to_its_end_is_at_1_throughout() {
    // Earlier systems look for a checkpoint at 100 %, one past the last second, and end every curve at 0.
    for duration in [1, 999, 1000, 60_000, 60_001] {
        for points in [1, 2, 99, 100, 101] {
            for grid in grids(points, duration).into_iter().take(3) {
                let summary = curves(&grid, &[facts(Some(duration), &[(0, duration)])]);
                if summary.placement.too_long > 0 {
                    continue;
                }
                assert!(summary.reaches().iter().all(|share| *share == 1.0), "{duration} ms, {grid:?}");
                assert_eq!(summary.area(), Some(1.0), "{duration} ms, {grid:?}");
            }
        }
    }
}

#[test]
fn each_session_counts_once_in_reach_and_each_pass_in_plays() {
    let again = facts(Some(100), &[(0, 60), (10, 60), (10, 60)]);
    let summary = shares(4, &[again]);
    assert_eq!(reached(&summary), [1, 1, 1, 0]);
    assert_eq!(summary.plays(), [1.0, 3.0, 3.0, 0.0]);
    assert_eq!(summary.replays(), [Some(0.0), Some(2.0), Some(2.0), None]);
    assert_eq!(summary.average_view_duration_ms(), Some(160.0));
    assert_eq!(summary.average_view_share(), Some(1.6));
    assert_eq!(summary.average_coverage().unwrap().as_f64(), 0.6);
}

#[test]
fn it_falls_where_viewers_leave_and_rises_where_they_seek_to() {
    let rows = [facts(Some(100), &[(0, 100)]), facts(Some(100), &[(0, 30), (70, 100)]), facts(Some(100), &[(0, 10)])];
    let summary = shares(10, &rows);
    assert_eq!(reached(&summary), [3, 2, 2, 1, 1, 1, 1, 2, 2, 2]);
    assert_eq!(summary.points[7].position, ms(70));
    assert_eq!(summary.reach(7).unwrap().as_f64(), 2.0 / 3.0);
    assert_eq!(summary.half_life(), Some(ms(30)));
    let skipped: Vec<u64> = summary.points.iter().map(|point| point.skipped).collect();
    assert_eq!(skipped, [0, 0, 0, 1, 1, 1, 1, 0, 0, 0]);
}

#[test]
fn survival_is_not_fooled_by_skips_and_knows_who_is_still_watching() {
    // One watches all, one skips the middle, one leaves at 20, one is at 50 and may go on, one begins at 60 and leaves at 80.
    let horizon = Timestamp::from_millis(60_000);
    let going_on = super::session("t", Some(100), &[(0, 50)]).facts(&Rules::default(), Some(horizon));
    assert_eq!(going_on.exit.reason, ExitReason::Active);
    let rows = [
        facts(Some(100), &[(0, 100)]),
        facts(Some(100), &[(0, 10), (90, 100)]),
        facts(Some(100), &[(0, 20)]),
        going_on,
        facts(Some(100), &[(60, 80)]),
    ];
    let summary = shares(10, &rows);
    let at_risk: Vec<u64> = summary.intervals.iter().map(|interval| interval.at_risk).collect();
    assert_eq!(at_risk, [4, 4, 3, 3, 3, 2, 3, 3, 2, 2]);
    let survival = summary.survival(Independent::Sessions).unwrap();
    let stays: Vec<f64> = survival.steps().map(|(_, share)| (share * 1e6).round() / 1e6).collect();
    // Leaves: one of four, later one of three.
    assert_eq!(stays, [1.0, 0.75, 0.75, 0.75, 0.75, 0.75, 0.75, 0.5, 0.5, 0.5]);
    assert_eq!(survival.median(), Some(ms(80)));
    let band = survival.band(Confidence::P95);
    assert!(band.iter().flatten().all(|interval| 0.0 <= interval.low && interval.high <= 1.0), "{band:?}");
    assert!(band[1].unwrap().contains(0.75));
}

#[test]
fn sessions_that_never_started_are_in_the_denominator() {
    let summary = shares(2, &[facts(Some(100), &[(0, 100)]), facts(Some(100), &[])]);
    assert_eq!((summary.sessions, summary.never_watched), (2, 1));
    assert_eq!(summary.reach(0).unwrap().as_f64(), 0.5);
    assert_eq!(summary.average_view_duration_ms(), Some(50.0));
}

#[test]
fn each_session_is_placed_by_its_own_duration() {
    let rows = [facts(Some(1000), &[(0, 500)]), facts(Some(10), &[(0, 5)])];
    let summary = shares(4, &rows);
    assert_eq!(reached(&summary), [2, 2, 0, 0]);
    assert_eq!(summary.average_view_share(), Some(0.5));
    // Every so much of content, the short one is over.
    assert_eq!(reached(&curves(&Grid::every(ms(250)).unwrap(), &rows)), [2, 1, 0, 0]);
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
    let live = EventKind::Load { url: None, duration: None, is_live: true };
    let live = Session::new("s", "c", [Event::new(Timestamp::from_millis(0), live)]);
    let rows = [
        facts(None, &[(0, 50)]),
        nowhere.facts(&Rules::default(), None),
        live.facts(&Rules::default(), None),
        facts(Some(100), &[(0, 50)]),
        facts(Some(20_001), &[(0, 50)]),
    ];
    let summary = curves(&Grid::every(ms(1)).unwrap(), &rows);
    let placement = summary.placement;
    assert_eq!(summary.sessions, 1);
    assert_eq!((placement.live, placement.unknown_duration), (1, 1));
    assert_eq!((placement.unknown_positions, placement.too_long), (1, 1));
    assert_eq!(placement.left_out(), 4);
    assert_eq!(reached(&summary).iter().sum::<u64>(), 50);
}

#[test]
fn nothing_observed_has_points_and_nothing_else() {
    let summary = shares(3, &[]);
    assert_eq!(reached(&summary), [0, 0, 0]);
    assert!(summary.reaches().is_empty() && summary.plays().is_empty());
    assert!(summary.band(Confidence::P95, Independent::Viewers).is_empty());
    assert_eq!((summary.average_view_duration_ms(), summary.area(), summary.half_life()), (None, None, None));
    assert_eq!(summary.survival(Independent::Viewers), None);
    assert_eq!(summary.design_effect, None);
    // Somebody who watched nothing does not survive anything either.
    assert_eq!(shares(3, &[facts(Some(10), &[])]).survival(Independent::Viewers), None);
}

#[test]
fn content_without_length_is_refused() {
    let refused = RetentionCurves::default().observe_map(&PlaybackMap::new(), MediaTime::ZERO);
    assert_eq!(refused, Err(Error::ZeroDuration));
}

#[test]
fn viewers_who_come_back_make_the_band_wider() {
    // Five hundred viewers, all of whose four sessions are alike: as good as five hundred sessions.
    let viewer = |viewer: u64| {
        let until = if viewer.is_multiple_of(2) { 100 } else { 40 };
        (0..4).map(move |_| facts_of(&format!("v{viewer}"), 100, &[(0, until)]))
    };
    let rows: Vec<SessionFacts> = (0..500).flat_map(viewer).collect();
    let summary = shares(10, &rows);
    let effect = summary.design_effect.unwrap();
    // 64 groups of viewers know it to within 18 % (one standard error).
    assert!((2.5..6.0).contains(&effect), "{effect}");
    let survival = summary.survival_design_effect.unwrap();
    assert!((2.5..6.0).contains(&survival), "{effect} {survival}");
    let width = |independent| {
        let band = summary.band(Confidence::P95, independent);
        band[7].high - band[7].low
    };
    let ratio = width(Independent::Viewers) / width(Independent::Sessions);
    assert!((ratio - effect.sqrt()).abs() < 0.2, "{ratio} {effect}");
}

#[test]
fn viewers_who_do_not_come_back_leave_it_about_as_it_is() {
    let row = |viewer: u64| facts_of(&format!("v{viewer}"), 100, &[(0, 1 + viewer * 37 % 100)]);
    let summary = shares(10, &(0..1000).map(row).collect::<Vec<_>>());
    let effect = summary.design_effect.unwrap();
    assert!((1.0..1.4).contains(&effect), "{effect}");
}

#[test]
fn obeys_the_laws() {
    for grid in [Grid::shares(1), Grid::shares(100), Grid::with_end(7), Grid::every(ms(5000))] {
        check_merge_laws(&RetentionCurves::new(grid.unwrap()), &various_facts());
    }
}

#[test]
fn a_grid_has_points_and_no_absurd_number() {
    let refused = |grid: Result<Grid, Error>| grid.unwrap_err().to_string();
    assert_eq!(refused(Grid::shares(0)), "make a curve of 0 points: it has between 1 and 20000");
    assert_eq!(refused(Grid::with_end(1)), "make a curve of 1 points: it has between 2 and 20000");
    assert_eq!(refused(Grid::shares(u32::MAX)), "make a curve of 4294967295 points: it has between 1 and 20000");
    assert_eq!(Grid::every(ms(0)), Err(Error::ZeroWidth));
    assert_eq!(refused(Grid::at(&[ms(2), ms(2)])), "make a curve at 0:00.002 after 0:00.002: positions must rise");
    assert!(Grid::at(&[]).is_err());
}

#[test]
#[should_panic(expected = "do not merge")]
fn curves_with_other_points_do_not_merge() {
    RetentionCurves::new(Grid::shares(2).unwrap()).merge(RetentionCurves::new(Grid::shares(3).unwrap()));
}

#[test]
fn curves_survive_being_written_and_foreign_ones_are_refused() {
    let mut state = RetentionCurves::default();
    state.observe_all(&various_facts());
    let bytes = state.encode();
    assert_eq!(RetentionCurves::decode(&bytes, &RetentionCurves::default()).unwrap().summary(), state.summary());
    let other = RetentionCurves::new(Grid::shares(50).unwrap());
    assert!(RetentionCurves::decode(&bytes, &other).is_err());
    assert!(state.size_bytes() > 0);
    let json = serde_json::to_string(&Grid::shares(100).unwrap()).unwrap().replace("100", "4000000000");
    let error = serde_json::from_str::<Grid>(&json).unwrap_err().to_string();
    assert!(error.starts_with("make a curve of 4000000000 points"), "{error}");
}

#[test]
fn the_longest_content_is_placed_without_overflow() {
    let year = Session::MAX_DURATION.as_millis();
    for grid in [Grid::shares(20_000), Grid::with_end(20_000)] {
        let summary = curves(&grid.unwrap(), &[facts(Some(year), &[(0, year)])]);
        assert!(summary.points.iter().all(|point| point.sessions == 1));
    }
}

#[test]
fn a_session_that_goes_on_is_no_drop_off() {
    let horizon = Timestamp::from_millis(40) + Elapsed::from_secs(60);
    let active = super::session("s", Some(100), &[(0, 40)]).facts(&Rules::default(), Some(horizon));
    let summary = shares(10, &[active]);
    let interval = summary.intervals[3];
    assert_eq!((interval.exits, interval.active, interval.left, interval.over()), (1, 1, 0, 0));
}
