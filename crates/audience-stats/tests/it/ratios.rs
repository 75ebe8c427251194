//! Means of ratios.

use audience_stats::{MeanRatio, Merge};
use proptest::prelude::*;

proptest! {
    #[test]
    fn agrees_with_the_mean_of_floats_in_any_order_and_any_split(
        mut ratios in proptest::collection::vec((0_u64..1000, 0_u64..1000), 1..50),
        cut in 0_usize..50,
    ) {
        let of = |ratios: &[(u64, u64)]| {
            let mut mean = MeanRatio::new();
            for (part, whole) in ratios {
                mean.observe_ratio(*part, *whole);
            }
            mean
        };
        let whole = of(&ratios);
        let ratio = |(part, whole): &(u64, u64)| if *whole == 0 { 0.0 } else { (*part as f64 / *whole as f64).min(1.0) };
        let expected = ratios.iter().map(ratio).sum::<f64>() / ratios.len() as f64;
        prop_assert!((whole.mean().unwrap() - expected).abs() < 1e-13);
        let (left, right) = ratios.split_at(cut.min(ratios.len()));
        let mut merged = of(right);
        merged.merge(of(left));
        prop_assert_eq!(merged, whole);
        ratios.reverse();
        prop_assert_eq!(of(&ratios), whole);
    }
}

#[test]
fn without_ratios_there_is_no_mean() {
    assert_eq!(MeanRatio::new().mean(), None);
}

#[test]
fn the_largest_numbers_do_not_overflow() {
    let mut mean = MeanRatio::new();
    mean.observe_ratio(u64::MAX, u64::MAX);
    mean.observe_ratio(u64::MAX, 1);
    assert_eq!(mean.mean(), Some(1.0));
}
