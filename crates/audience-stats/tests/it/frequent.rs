//! Frequent items, against exact counts.

use std::collections::BTreeMap;

use audience_stats::test_util::check_merge_laws;
use audience_stats::{Accumulator, Error, Merge, Portable, TopK};
use proptest::prelude::*;

fn of(k: u32, items: &[(u32, u64)]) -> TopK<u32> {
    let mut top = TopK::new(k).unwrap();
    for (key, weight) in items {
        top.add(*key, *weight);
    }
    top
}

/// What the type promises of any state.
fn bounds_hold(top: &TopK<u32>, k: u32, items: &[(u32, u64)]) {
    let mut truth: BTreeMap<u32, u64> = BTreeMap::new();
    for (key, weight) in items {
        *truth.entry(*key).or_default() += weight;
    }
    let summary = top.summary();
    let total: u64 = truth.values().sum();
    assert_eq!(summary.total, total);
    assert!(summary.error <= total / u64::from(k + 1), "{} of {total}", summary.error);
    assert!(summary.items.len() <= 2 * k as usize);
    for item in &summary.items {
        let count = truth.remove(&item.key).unwrap();
        assert!(item.lower() <= count && count <= item.count, "{item:?} is {count}");
    }
    // What is left is not listed.
    assert!(truth.values().all(|count| *count <= summary.error));
}

proptest! {
    #[test]
    fn bounds_hold_at_every_split(
        items in proptest::collection::vec((0_u32..60, 0_u64..20), 0..400),
        cuts in proptest::collection::vec(0_usize..400, 0..4),
        k in 1_u32..12,
    ) {
        bounds_hold(&of(k, &items), k, &items);
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(items.len())).chain([0, items.len()]).collect();
        cuts.sort_unstable();
        let parts: Vec<TopK<u32>> = cuts.windows(2).map(|cut| of(k, &items[cut[0]..cut[1]])).collect();
        let forwards = parts.iter().cloned().fold(of(k, &[]), |mut all, part| { all.merge(part); all });
        let backwards = parts.iter().cloned().rev().fold(of(k, &[]), |mut all, part| { all.merge(part); all });
        bounds_hold(&forwards, k, &items);
        bounds_hold(&backwards, k, &items);
        if let [one, other, ..] = parts.as_slice() {
            let (mut left, mut right) = (one.clone(), other.clone());
            left.merge(other.clone());
            right.merge(one.clone());
            prop_assert_eq!(left.encode(), right.encode());
        }
        let back = TopK::decode(&forwards.encode(), &forwards).unwrap();
        prop_assert_eq!((back.summary(), back.encode()), (forwards.summary(), forwards.encode()));
    }
}

/// While all keys fit, nothing is lost.
#[test]
fn obeys_the_laws_while_keys_fit() {
    check_merge_laws(&TopK::<u32>::new(3).unwrap(), &[4, 1, 4, 2, 9, 9, 4, 0, 2]);
    let top = of(3, &[(4, 2), (1, 1), (9, 7), (2, 2), (9, 0)]);
    let found: Vec<_> = top.top(3).into_iter().map(|item| (item.key, item.count, item.error)).collect();
    assert_eq!(found, [(9, 7, 0), (2, 2, 0), (4, 2, 0)]);
}

#[test]
fn what_is_frequent_is_found_in_a_long_tail() {
    let mut top = TopK::new(50).unwrap();
    for n in 0..200_000_u64 {
        top.add(if n % 20 == 0 { "news".to_owned() } else { format!("clip {n}") }, 1);
    }
    let first = &top.top(1)[0];
    assert_eq!(first.key, "news");
    assert!(first.lower() <= 10_000 && 10_000 <= first.count && top.error() <= 200_000 / 51);
    assert!(top.size_bytes() < 20_000, "{}", top.size_bytes());
}

#[test]
fn states_that_fit_together_are_read_and_no_others() {
    assert_eq!(TopK::<u32>::new(0).unwrap_err(), Error::NumberOfCounters { k: 0, most: 1 << 20 });
    let read = |json: &str| serde_json::from_str::<TopK<u32>>(json);
    assert!(read(r#"{"k":2,"total":9,"error":1,"counters":[[3,4],[5,2]]}"#).is_ok());
    for wrong in [
        r#"{"k":0,"total":9,"error":1,"counters":[[3,4],[5,2]]}"#,
        r#"{"k":2,"total":8,"error":1,"counters":[[3,4],[5,2]]}"#,
        r#"{"k":2,"total":9,"error":1,"counters":[[5,2],[3,4]]}"#,
        r#"{"k":2,"total":9,"error":1,"counters":[[3,2],[3,4]]}"#,
        r#"{"k":2,"total":9,"error":1,"counters":[[3,4],[5,0]]}"#,
        r#"{"k":1,"total":99,"error":1,"counters":[[3,4],[5,2],[6,1]]}"#,
        r#"{"k":1,"total":99,"error":0,"counters":[]}"#,
    ] {
        assert!(read(wrong).is_err(), "{wrong}");
    }
    let (two, three) = (of(2, &[(1, 1)]), of(3, &[]));
    assert!(matches!(TopK::decode(&two.encode(), &three), Err(Error::ForeignState { .. })));
    let full = of(1, &[(1, u64::MAX), (2, u64::MAX), (3, u64::MAX), (1, 5)]);
    assert_eq!(TopK::decode(&full.encode(), &full).unwrap().summary(), full.summary());
}

#[test]
#[should_panic(expected = "another k")]
fn those_of_another_k_do_not_merge() {
    of(2, &[]).merge(of(3, &[]));
}
