//! The audience over time, against a model that looks at every session in every bucket.

use audience_core::test_util::{check_merge_laws, various_facts};
use audience_core::{Accumulator, Merge, Portable, SessionFacts, Timestamp};
use audience_report::{Attendance, AttendanceSummary, AudienceOverTime, parse_time, parse_zone};
use jiff::tz::TimeZone;
use proptest::prelude::*;

use crate::{facts, view};

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;

/// A session that was there from `start` to `end`.
fn there(start: i64, end: i64) -> SessionFacts {
    let (started_at, last_event_at) = (Timestamp::from_millis(start), Timestamp::from_millis(end));
    SessionFacts { started_at, last_event_at, ..facts(&view("s", "a", 0, 1)) }
}

fn state(sessions: &[(i64, i64)]) -> Attendance {
    let mut state = Attendance::new();
    for &(start, end) in sessions {
        state.observe(&there(start, end));
    }
    state
}

fn series(sessions: &[(i64, i64)], zone: &TimeZone) -> AudienceOverTime {
    AudienceOverTime::new(&state(sessions).summary(), zone)
}

/// Every bucket has what each session fills of it.
fn agrees(series: &AudienceOverTime, sessions: &[(i64, i64)]) {
    let mut edges: Vec<i64> = series.starts.iter().map(|start| start.as_millis()).collect();
    assert!(edges.len() <= AudienceOverTime::MAX_BUCKETS);
    edges.extend(series.end.map(Timestamp::as_millis));
    for (bucket, edge) in edges.windows(2).enumerate() {
        let present: i64 = sessions.iter().map(|(start, end)| (edge[1].min(*end) - edge[0].max(*start)).max(0)).sum();
        let average = present as f64 / (edge[1] - edge[0]) as f64;
        assert!((series.average_concurrent[bucket] - average).abs() < 1e-9, "{bucket}: {average} in {series:?}");
        let started = sessions.iter().filter(|(start, _)| (edge[0]..edge[1]).contains(start)).count() as u64;
        assert_eq!(series.started[bucket], started, "{bucket}");
    }
    let elsewhere = sessions.len() as u64 - series.started.iter().sum::<u64>();
    assert_eq!(series.sessions_elsewhere, elsewhere);
}

proptest! {
    #[test]
    fn agrees_with_looking_at_every_session(
        sessions in proptest::collection::vec((0..100_i64, 0..1000_i64, 0..=2_u32), 1..40),
        stretch in prop::sample::select(vec![MINUTE / 7, 5 * MINUTE, 60 * MINUTE, DAY, 30 * DAY]),
        zone in prop::sample::select(vec!["UTC", "Asia/Kathmandu", "America/St_Johns", "Pacific/Apia"]),
        cut in 0..40_usize,
    ) {
        let sessions: Vec<_> = sessions.iter().map(|&(start, length, fewer)| {
            let start = 1_300_000_000_000 + start * stretch + length;
            (start, start + length * stretch / 10_i64.pow(fewer))
        }).collect();
        let zone = parse_zone(zone).unwrap();
        let whole = state(&sessions);
        let shown = AudienceOverTime::new(&whole.summary(), &zone);
        prop_assert_eq!(shown.sessions_elsewhere, 0);
        agrees(&shown, &sessions);
        let (left, right) = sessions.split_at(cut.min(sessions.len()));
        let mut merged = state(right);
        merged.merge(state(left));
        prop_assert_eq!(merged.encode(), whole.encode());
        prop_assert_eq!(Attendance::decode(&whole.encode(), &Attendance::new()).unwrap().summary(), whole.summary());
    }
}

#[test]
fn it_obeys_the_laws() {
    check_merge_laws(&Attendance::new(), &various_facts());
}

#[test]
fn a_session_that_fills_a_quarter_counts_whole_and_one_that_touches_it_in_part() {
    let quarter = 15 * MINUTE;
    let shown =
        series(&[(0, 3 * quarter), (quarter, quarter + 5 * MINUTE), (2 * quarter, 2 * quarter)], &TimeZone::UTC);
    assert_eq!(shown.bucket.as_deref(), Some("PT15M"));
    assert_eq!(shown.average_concurrent, [1.0, 1.0 + 1.0 / 3.0, 1.0, 0.0]);
    assert_eq!(shown.started, [1, 1, 1, 0]);
    let peak = shown.peak.unwrap();
    assert_eq!((peak.at.as_millis(), peak.average_concurrent), (quarter, 1.0 + 1.0 / 3.0));
}

#[test]
fn buckets_grow_with_the_span_and_are_never_too_many() {
    let bucket = |days: i64| {
        let sessions = [(0, MINUTE), (days * DAY - MINUTE, days * DAY)];
        let shown = series(&sessions, &TimeZone::UTC);
        agrees(&shown, &sessions);
        (shown.bucket.unwrap(), shown.starts.len())
    };
    assert_eq!(bucket(1), ("PT15M".to_owned(), 97));
    assert_eq!(bucket(5), ("PT15M".to_owned(), 481));
    assert_eq!(bucket(20), ("PT1H".to_owned(), 481));
    assert_eq!(bucket(100), ("PT6H".to_owned(), 401));
    assert_eq!(bucket(365), ("P1D".to_owned(), 366));
    assert_eq!(bucket(3650).0, "P14D");
    assert_eq!(bucket(100_000).0, "P224D");
}

#[test]
fn days_are_those_of_the_time_zone_also_across_a_change_of_the_clocks() {
    let berlin = parse_zone("Europe/Berlin").unwrap();
    let at = |text: &str| parse_time(text, &berlin).unwrap().as_millis();
    let sessions = [(at("2025-09-01T12:00"), at("2026-04-02T12:00")), (at("2026-03-29"), at("2026-03-30"))];
    let shown = series(&sessions, &berlin);
    assert_eq!(shown.bucket.as_deref(), Some("P1D"));
    assert!(shown.starts.contains(&Timestamp::from_millis(at("2026-03-29"))));
    let short = shown.starts.iter().position(|start| start.as_millis() == at("2026-03-29")).unwrap();
    assert_eq!(shown.starts[short + 1].since(shown.starts[short]).as_millis(), 23 * 3_600_000);
    assert_eq!(shown.average_concurrent[short], 2.0);
    agrees(&shown, &sessions);
}

#[test]
fn a_few_wrong_clocks_are_set_apart() {
    let mut sessions: Vec<_> = (0..300).map(|n| (n * MINUTE, n * MINUTE + 9 * MINUTE)).collect();
    sessions.push((-9000 * DAY, -9000 * DAY + MINUTE));
    sessions.push((400 * DAY, 400 * DAY + MINUTE));
    sessions.push((MINUTE, 900 * DAY));
    let shown = series(&sessions, &TimeZone::UTC);
    assert_eq!((shown.bucket.as_deref(), shown.sessions_elsewhere), (Some("PT15M"), 2));
    agrees(&shown, &sessions);
    // One in four is no stray.
    let shown = series(&[(0, 1), (1, 2), (3, 4), (400 * DAY, 400 * DAY)], &TimeZone::UTC);
    assert_eq!((shown.sessions_elsewhere, shown.starts.len()), (0, 401));
}

#[test]
fn no_time_takes_memory_or_breaks_it() {
    let mut sessions = vec![(i64::MIN, i64::MAX), (i64::MAX, i64::MIN), (0, 0)];
    let shown = series(&sessions, &TimeZone::UTC);
    assert!(shown.starts.len() <= AudienceOverTime::MAX_BUCKETS);
    assert_eq!(shown.started.iter().sum::<u64>(), 3);
    sessions.extend((0..10_000).map(|n| (n, i64::MAX - n)));
    assert!(state(&sessions).size_bytes() < 3000);
    assert_eq!(series(&[], &TimeZone::UTC), AudienceOverTime::default());
}

#[test]
fn a_state_from_elsewhere_is_checked() {
    let quarters = vec![(i64::MAX, audience_report::Quarter::default())];
    assert!(Attendance::try_from(AttendanceSummary { quarters }).is_err());
}
