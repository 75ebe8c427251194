//! Assignment as other systems do it: what examples of theirs do not show. Those are compared by a task of the workspace.

use std::num::{NonZeroU32, NonZeroU64};

use audience_abtest::bucketing::growthbook::{
    Encoding, Namespace, Range, choose_variation, hash, in_namespace, ranges,
};
use audience_abtest::bucketing::{eppo, optimizely, sha256, unsalted};
use proptest::prelude::*;

#[test]
fn growthbook_hashes_bytes_or_units() {
    assert_eq!(hash("watch-time-2026", "用户42566", 2, Encoding::Utf16), Some(0.125));
    assert_eq!(hash("watch-time-2026", "用户42566", 2, Encoding::Utf8), Some(0.8593));
    assert_eq!([0, 3, 99].map(|version| hash("abc", "def", version, Encoding::Utf8)), [None; 3]);
}

#[test]
fn growthbook_has_ranges_of_no_variations() {
    assert!(ranges(0, 1.0, None).is_empty());
    assert_eq!(choose_variation(0.5, &[]), None);
    assert_eq!(ranges(1, f64::NAN, None).len(), 1);
}

proptest! {
    #[test]
    fn growthbook_moves_nobody_when_coverage_rises(
        value in ".{1,30}", low in 0.0..=1.0, high in 0.0..=1.0, weights in prop::collection::vec(0.01..1.0_f64, 2..6),
    ) {
        let (low, high) = if low < high { (low, high) } else { (high, low) };
        let sum: f64 = weights.iter().sum();
        let weights: Vec<f64> = weights.iter().map(|weight| weight / sum).collect();
        let n = hash("seed", &value, 2, Encoding::Utf8).unwrap();
        let of = |coverage: f64| choose_variation(n, &ranges(weights.len(), coverage, Some(&weights)));
        prop_assert!(of(low).is_none() || of(low) == of(high));
    }

    #[test]
    fn growthbook_namespaces_exclude_each_other(value in ".{1,30}", border in 0.0..=1.0) {
        let inside = |start: f64, end: f64| {
            in_namespace(&value, &Namespace { id: "ns", range: Range { start, end } }, Encoding::Utf16)
        };
        prop_assert!(inside(0.0, border) != inside(border, 1.0));
    }

    #[test]
    fn buckets_are_in_range(id in ".{0,40}", buckets in 1_u32..20_000) {
        prop_assert!(optimizely::bucket(&id, "1") < optimizely::BUCKETS);
        // Where the id ends and the experiment begins makes no difference to it.
        prop_assert_eq!(optimizely::hash(&id, "123"), optimizely::hash(&format!("{id}1"), "23"));
        prop_assert!(eppo::shard("salt", &id, NonZeroU32::new(buckets).unwrap()) < buckets);
        prop_assert!(sha256::bucket(&id, NonZeroU64::from(NonZeroU32::new(buckets).unwrap())) < u64::from(buckets));
    }
}

#[test]
fn the_earlier_scheme_needs_weights() {
    assert_eq!([&[][..], &[0.0, 0.0], &[f32::NAN]].map(|weights| unsalted::arm("ada", weights)), [None; 3]);
    assert_eq!(unsalted::arm("ada", &[1.0]), Some(0));
}
