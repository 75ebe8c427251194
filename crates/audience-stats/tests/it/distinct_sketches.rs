//! Counting different things in bounded memory.

use audience_stats::hash::hash64;
use audience_stats::test_util::check_merge_laws;
use audience_stats::{Accumulator, DistinctEstimate, DistinctSketch, Error, Merge, Portable};
use proptest::prelude::*;

/// Of so many random ids, the sketch.
fn sketch_of(precision: u8, ids: u64, seed: u64) -> DistinctSketch {
    let mut sketch = DistinctSketch::new(precision).unwrap();
    for id in 0..ids {
        sketch.insert_hash(hash64(&id.to_le_bytes(), seed));
    }
    sketch
}

#[test]
fn obeys_the_laws() {
    let ids: Vec<String> = (0..12).map(|id| format!("viewer {}", id / 2)).collect();
    for precision in [4, 5, 14] {
        check_merge_laws::<_, String>(&DistinctSketch::new(precision).unwrap(), &ids);
    }
}

proptest! {
    /// Below, at and above where registers are kept side by side.
    #[test]
    fn the_same_set_gives_the_same_bytes(ids in prop::collection::vec(0_u64..300, 0..200), cut in 0_usize..200) {
        let fold = |ids: &[u64]| {
            let mut sketch = DistinctSketch::new(7).unwrap();
            for id in ids {
                sketch.observe(&id.to_string());
            }
            sketch
        };
        let mut sorted = ids.clone();
        sorted.sort_unstable();
        sorted.dedup();
        let whole = fold(&sorted);
        let (left, right) = ids.split_at(cut.min(ids.len()));
        let mut merged = fold(left);
        merged.merge(fold(right));
        prop_assert_eq!(&merged, &whole);
        prop_assert_eq!(merged.encode(), whole.encode());
        prop_assert_eq!(DistinctSketch::decode(&merged.encode(), &whole).unwrap(), whole);
        let json = serde_json::to_string(&merged).unwrap();
        prop_assert_eq!(serde_json::from_str::<DistinctSketch>(&json).unwrap(), merged);
    }
}

/// Over all sizes: the bias that is stated, within three standard errors of the mean of the seeds, and the standard error.
fn check_errors(precision: u8, sizes: &[u64], seeds: u64) {
    for &ids in sizes {
        let estimates: Vec<DistinctEstimate> =
            (0..seeds).map(|seed| sketch_of(precision, ids, seed).summary()).collect();
        let error = |estimate: &DistinctEstimate| (estimate.estimate - ids as f64) / ids as f64;
        let relative = estimates[0].relative_error;
        let bias: f64 = estimates.iter().map(error).sum::<f64>() / seeds as f64;
        let stated = 1.1 / f64::from(1_u32 << precision);
        assert!(bias.abs() < 3.0 * relative / (seeds as f64).sqrt() + stated, "{precision} {ids}: {bias}");
        let square: f64 = estimates.iter().map(|estimate| error(estimate).powi(2)).sum::<f64>() / seeds as f64;
        assert!(square.sqrt() < 1.3 * relative, "{precision} {ids}: {}", square.sqrt());
    }
}

/// Without bias from one id on, also around 2.5 m, where estimators with two methods go over from one to the other.
#[test]
fn errors_are_those_stated() {
    check_errors(
        10,
        &[1, 2, 5, 10, 30, 100, 300, 700, 1000, 1500, 2000, 2300, 2560, 2800, 3200, 5000, 10_000, 50_000],
        60,
    );
    check_errors(14, &[1, 10, 100, 1000, 4000, 5000, 20_000, 40_960, 60_000], 12);
    check_errors(4, &[1, 3, 10, 30, 40, 50, 100, 1000], 300);
}

#[test]
fn a_million_ids_are_counted() {
    for precision in [12, 14, 18] {
        let sketch = sketch_of(precision, 1_000_000, 1);
        let summary = sketch.summary();
        assert!((summary.estimate - 1e6).abs() < 3.0 * summary.standard_error(), "{precision}: {summary:?}");
        assert_eq!(sketch.size_bytes(), 1 << precision);
    }
}

/// Thousands of groups of a few each stay small.
#[test]
fn few_ids_take_little_room() {
    let sketch = sketch_of(14, 20, 1);
    assert!(sketch.size_bytes() <= 128, "{}", sketch.size_bytes());
    assert_eq!(sketch.summary().count(), 20);
    assert!(sketch.encode().len() < 100);
    assert!(sketch_of(14, 3000, 1).size_bytes() <= 16_384);
    assert_eq!(sketch_of(14, 100_000, 1).size_bytes(), 16_384);
    assert_eq!(DistinctSketch::default().summary().estimate, 0.0);
}

#[test]
fn ids_are_hashed_with_the_seed_0() {
    let (mut one, mut other) = (DistinctSketch::default(), DistinctSketch::default());
    one.observe("ann");
    other.insert_hash(hash64(b"ann", 0));
    assert_eq!(one, other);
}

#[test]
fn precisions_are_checked() {
    for precision in [0, 3, 19, 255] {
        let refused = DistinctSketch::new(precision).unwrap_err();
        assert_eq!(
            refused.to_string(),
            format!("count different ids with a precision of {precision}: it is from 4 to 18")
        );
    }
    let sketch = sketch_of(12, 100, 1);
    assert!(matches!(
        DistinctSketch::decode(&sketch.encode(), &DistinctSketch::default()),
        Err(Error::ForeignState { .. })
    ));
}

#[test]
#[should_panic(expected = "sketches of another precision do not merge")]
fn other_precisions_do_not_merge() {
    sketch_of(12, 100, 1).merge(DistinctSketch::default());
}

/// What no ids give is no state.
#[test]
fn states_are_checked() {
    let pack = |register: u32, value: u32| register << 6 | value;
    let read = |precision: u8, apart: &[u32], all: &[u8]| {
        let state = serde_json::json!({ "precision": precision, "apart": apart, "all": all });
        serde_json::from_value::<DistinctSketch>(state)
    };
    assert!(read(4, &[], &[]).is_ok());
    assert!(read(4, &[pack(1, 1), pack(3, 61), pack(4, 1), pack(15, 2)], &[]).is_ok());
    for apart in [
        &[pack(3, 1), pack(1, 1)] as &[u32],
        &[pack(1, 1), pack(1, 2)],
        &[pack(16, 1)],
        &[pack(1, 0)],
        &[pack(1, 62)],
        &[u32::MAX],
        &[pack(1, 1), pack(2, 1), pack(3, 1), pack(4, 1), pack(5, 1)],
    ] {
        assert!(read(4, apart, &[]).is_err(), "{apart:?}");
    }
    let mut all = [0_u8; 16];
    all[..5].fill(3);
    assert!(read(4, &[], &all).is_ok());
    assert!(read(4, &[pack(1, 1)], &all).is_err(), "both");
    assert!(read(4, &[], &all[..15]).is_err(), "too few registers");
    assert!(read(5, &[], &all).is_err(), "too few registers");
    assert!(read(19, &[], &[]).is_err(), "no precision");
    all[0] = 62;
    assert!(read(4, &[], &all).is_err(), "past the end");
    all[..2].fill(0);
    assert!(read(4, &[], &all).is_err(), "so few are kept one by one");
}
