//! The sessions that waited longest.

use audience_core::test_util::{check_merge_laws, various_facts};
use audience_core::{Accumulator, EventKind};
use audience_qoe::LongestWaits;

use super::{event, facts, view};

#[test]
fn those_who_waited_longest_are_listed_whether_they_started_or_not() {
    let never =
        facts("never", [event(0.0, EventKind::PlayRequest, None), event(20.0, EventKind::End { reason: None }, None)]);
    let sessions = [
        view("b", 1.0, 9.0, 4.0),
        view("a", 5.0, 9.0, 0.0),
        view("none", 0.0, 9.0, 0.0),
        never,
        view("c", 1.0, 9.0, 1.0),
    ];
    let mut waits = LongestWaits::new(3);
    waits.observe_all(&sessions);
    let listed: Vec<_> = waits.summary().iter().map(|wait| (wait.session_id.to_string(), wait.waited_ms())).collect();
    // Of the same length, by name, whoever came first.
    assert_eq!(listed, [("never".into(), 20_000), ("a".into(), 5000), ("b".into(), 5000)]);
}

#[test]
fn states_merge_by_the_laws() {
    let mut all = various_facts();
    all.extend([view("x", 3.0, 9.0, 2.0), view("y", 2.0, 9.0, 3.0), view("z", 5.0, 9.0, 0.0)]);
    for most in [0, 1, 4, 100] {
        check_merge_laws(&LongestWaits::new(most), &all);
    }
}
