//! Counting different things.

use std::collections::HashSet;

use audience_stats::test_util::check_merge_laws;
use audience_stats::{Accumulator, Distinct, Portable};
use proptest::prelude::*;

#[test]
fn obeys_the_laws() {
    check_merge_laws::<_, &str>(&Distinct::new(), &["ann", "bob", "ann", "", "cid", "bob"]);
}

proptest! {
    #[test]
    fn counts_what_a_set_of_the_ids_counts(ids in proptest::collection::vec("[a-c]{0,4}", 0..60)) {
        let mut distinct = Distinct::new();
        distinct.observe_all(ids.iter().map(String::as_str));
        prop_assert_eq!(distinct.summary(), ids.iter().collect::<HashSet<_>>().len() as u64);
    }
}

#[test]
fn a_million_ids_are_counted_exactly_in_bounded_memory() {
    let mut distinct = Distinct::new();
    for n in 0..1_000_000 {
        distinct.observe(&format!("user_{n}"));
        distinct.observe(&format!("user_{}", n / 2));
    }
    assert_eq!(distinct.count(), 1_000_000);
    assert!(Portable::size_bytes(&distinct) < 40_000_000, "{}", distinct.size_bytes());
}

#[test]
fn the_same_set_gives_the_same_bytes() {
    let (mut forwards, mut backwards) = (Distinct::new(), Distinct::new());
    let ids: Vec<String> = (0..100).map(|n| n.to_string()).collect();
    forwards.observe_all(ids.iter().map(String::as_str));
    backwards.observe_all(ids.iter().rev().map(String::as_str));
    assert_eq!(forwards.encode(), backwards.encode());
}
