//! Adding to ranges, against an array.

use audience_stats::{Merge, RangeCounts};
use proptest::prelude::*;

const LENGTH: u32 = 300;

fn model(adds: &[(u32, u32, i64)]) -> Vec<i64> {
    let mut values = vec![0; LENGTH as usize];
    for &(start, end, value) in adds {
        for slot in values.iter_mut().take(end as usize).skip(start as usize) {
            *slot += value;
        }
    }
    values
}

fn counts(adds: &[(u32, u32, i64)]) -> RangeCounts {
    let mut counts = RangeCounts::new();
    for &(start, end, value) in adds {
        counts.add(start, end, value);
    }
    counts
}

proptest! {
    #[test]
    fn agrees_with_an_array(
        adds in proptest::collection::vec((0..=LENGTH, 0..=LENGTH, -5_i64..6), 0..120),
        cut in 0_usize..120,
    ) {
        let whole = counts(&adds);
        prop_assert_eq!(whole.values(LENGTH as usize), model(&adds));
        let (left, right) = adds.split_at(cut.min(adds.len()));
        let mut merged = counts(right);
        merged.merge(counts(left));
        prop_assert_eq!(merged.values(LENGTH as usize), model(&adds));
        prop_assert_eq!(postcard::to_stdvec(&merged).unwrap(), postcard::to_stdvec(&whole).unwrap());
        let read: RangeCounts = postcard::from_bytes(&postcard::to_stdvec(&whole).unwrap()).unwrap();
        prop_assert_eq!(read.values(LENGTH as usize), model(&adds));
    }
}

#[test]
fn a_far_position_costs_no_memory() {
    let mut counts = RangeCounts::new();
    for n in 0..10_000 {
        counts.add(n % 50, u32::MAX - n % 7, 1);
    }
    assert!(counts.size_bytes() < 10_000, "{}", counts.size_bytes());
    assert_eq!(counts.values(60)[59], 10_000);
}

#[test]
fn an_empty_or_backward_range_is_nothing() {
    let mut counts = RangeCounts::new();
    counts.add(5, 5, 3);
    counts.add(7, 2, 3);
    assert_eq!(counts.values(10), [0; 10]);
}
