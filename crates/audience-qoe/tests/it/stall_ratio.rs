//! The pooled stall ratio.

use audience_core::test_util::{check_merge_laws, various_facts};
use audience_core::{Accumulator, Elapsed, Estimates, EventKind, Portable, Session, SessionFacts};
use audience_qoe::{LeftOut, PooledStallRatio, StallRatioSummary};
use audience_stats::{Bootstrap, RandomGroups};

use super::{event, facts};

/// A session that plays so long and stalls so long, in milliseconds.
fn view(viewer: &str, playing: u64, stalled: u64) -> SessionFacts {
    let events = [event(0.0, EventKind::Play, 0.0), event(1.0, EventKind::Pause, 1.0)];
    let mut facts = Session::new("s", "film", events).with_viewer(viewer).facts(&audience_core::Rules::default(), None);
    facts.wall.playing = Elapsed::from_millis(playing);
    facts.wall.stalled = Elapsed::from_millis(stalled);
    facts
}

fn summary<'a>(sessions: impl IntoIterator<Item = &'a SessionFacts>) -> StallRatioSummary {
    let mut ratio = PooledStallRatio::default();
    ratio.observe_all(sessions);
    ratio.summary()
}

fn in_groups(count: u32, bootstrap: Bootstrap) -> PooledStallRatio {
    PooledStallRatio::new(RandomGroups::new(count, 0).unwrap(), bootstrap)
}

#[test]
fn states_merge_by_the_laws() {
    check_merge_laws(&in_groups(16, Bootstrap { replicates: 20, seed: 1 }), &various_facts());
}

#[test]
fn each_session_weighs_as_much_as_it_is_long() {
    let seen = summary(&[view("ann", 10_000, 10_000), view("bob", 980_000, 0)]);
    assert_eq!((seen.stalled_ms, seen.viewing_ms, seen.sessions), (10_000, 1_000_000, 2));
    assert_eq!(seen.ratio.unwrap().as_f64(), 0.01);
}

#[test]
fn what_is_left_out_is_counted_by_reason() {
    let never = facts("n", [event(0.0, EventKind::load(), None), event(9.0, EventKind::End { reason: None }, None)]);
    let mut requests = view("ann", 5000, 100);
    requests.inferred.from_requests = Some(Estimates::default());
    let seen = summary(&[never, view("bob", 0, 0), requests, view("cid", 0, 100)]);
    assert_eq!(seen.left_out, LeftOut { never_started: 1, nothing_played: 1, from_requests: 1 });
    assert_eq!((seen.left_out.total(), seen.sessions, seen.ratio.unwrap().as_f64()), (3, 1, 1.0));
    let nothing = summary(&[]);
    assert_eq!((nothing.ratio, nothing.interval, nothing.standard_error), (None, None, None));
}

/// The same sessions of a hundred viewers, or of four hundred: the ratio is the same, and half as sure.
#[test]
fn repeated_viewers_cost_what_they_should() {
    let sessions = |viewers: u64| -> Vec<SessionFacts> {
        (0..4000).map(|i| view(&(i % viewers).to_string(), 100_000, (i % viewers % 10) * 1000)).collect()
    };
    let of = |viewers| {
        let mut ratio = in_groups(1024, Bootstrap::default());
        ratio.observe_all(&sessions(viewers));
        ratio.summary()
    };
    let (few, many) = (of(100), of(400));
    assert_eq!(few.ratio, many.ratio);
    let times = few.standard_error.unwrap() / many.standard_error.unwrap();
    assert!((1.7..2.3).contains(&times), "{times}");
    let width = |summary: &StallRatioSummary| {
        let interval = summary.interval.unwrap();
        assert!(interval.contains(summary.ratio.unwrap().as_f64()));
        interval.high - interval.low
    };
    assert!((1.6..2.4).contains(&(width(&few) / width(&many))));
}

#[test]
fn without_stalls_nothing_says_how_sure_none_is() {
    let seen = summary(&[view("ann", 1000, 0), view("bob", 2000, 0)]);
    assert_eq!((seen.ratio.unwrap().as_f64(), seen.interval, seen.groups), (0.0, None, 2));
}

#[test]
fn the_state_survives_outside() {
    let mut ratio = PooledStallRatio::default();
    ratio.observe_all(&various_facts());
    let back = PooledStallRatio::decode(&ratio.encode(), &PooledStallRatio::default()).unwrap();
    assert_eq!((back.summary(), back.encode()), (ratio.summary(), ratio.encode()));
    let other = in_groups(128, Bootstrap::default());
    assert!(PooledStallRatio::decode(&ratio.encode(), &other).is_err());
    assert!(ratio.size_bytes() > 0);
}

#[test]
fn the_longest_times_do_not_overflow() {
    let longest = view("ann", u64::MAX, u64::MAX);
    let seen = summary(&[longest.clone(), longest]);
    assert_eq!((seen.viewing_ms, seen.ratio.unwrap().as_f64()), (u64::MAX, 1.0));
}
