//! Normal quantiles, and intervals of quantiles. Expected values were computed with scipy 1.17.1.

use audience_stats::{Accumulator, Confidence, Distribution, Error, Quantiles};
use proptest::prelude::*;

fn sure(share: f64) -> Confidence {
    Confidence::new(share).unwrap()
}

/// `scipy.stats.norm.isf((1 - c) / 2)`
#[test]
fn normal_quantiles_are_those_of_scipy() {
    for (share, expected) in [
        (0.5, 0.674_489_750_196_081_7),
        (0.8, 1.281_551_565_544_600_4),
        (0.9, 1.644_853_626_951_472_9),
        (0.95, 1.959_963_984_540_054),
        (0.99, 2.575_829_303_548_900_4),
        (0.999, 3.290_526_731_491_894_5),
        (0.999_999, 4.891_638_475_692_932),
    ] {
        let z = sure(share).z();
        assert!((z - expected).abs() < 1e-12, "{share}: {z}");
    }
    assert!(sure(f64::MIN_POSITIVE).z() < 1e-12 && sure(1.0 - f64::EPSILON / 2.0).z() > 8.0);
    for share in [0.0, 1.0, -0.5, 1.5] {
        assert_eq!(Confidence::new(share), Err(Error::ConfidenceOutOfRange { share }));
    }
    assert!(Confidence::new(f64::NAN).is_err());
}

/// `scipy.stats.quantile_test(x, q=0, p=q).confidence_interval(c)` of x = 10, 20 … 10 n; its NaN is `None`.
#[test]
fn intervals_of_quantiles_are_those_of_scipy() {
    for (n, q, share, low, high) in [
        (5, 0.5, 0.95, None, None),
        (6, 0.5, 0.95, Some(10), Some(60)),
        (20, 0.5, 0.95, Some(60), Some(150)),
        (59, 0.95, 0.95, Some(520), None),
        (100, 0.95, 0.95, Some(900), Some(1000)),
        (200, 0.95, 0.95, Some(1840), Some(1970)),
        (200, 0.99, 0.9, Some(1950), None),
        (1000, 0.25, 0.99, Some(2150), Some(2870)),
        (1_000_000, 0.95, 0.95, Some(9_495_720), Some(9_504_280)),
        (37, 0.999, 0.9, Some(370), None),
    ] {
        let values = Distribution { counted: (1..=n).map(|value| (value * 10, 1)).collect() };
        let interval = values.quantile_interval(q, sure(share)).unwrap();
        assert_eq!((interval.low, interval.high), (low, high), "{n} {q} {share}");
    }
}

#[test]
fn nothing_and_the_ends_have_no_interval() {
    let some = Distribution { counted: vec![(1, 1000)] };
    for q in [0.0, 1.0] {
        let interval = some.quantile_interval(q, sure(0.9)).unwrap();
        assert_eq!((interval.low, interval.high), (None, None));
    }
    assert_eq!(Distribution::default().quantile_interval(0.5, sure(0.9)).unwrap().low, None);
    assert!(some.quantile_interval(1.1, sure(0.9)).is_err() && some.quantile_interval(f64::NAN, sure(0.9)).is_err());
}

proptest! {
    #[test]
    fn an_interval_is_around_the_quantile_and_grows_with_confidence(
        values in proptest::collection::vec(0_u64..50, 1..300),
        q in 0.001..0.999,
        share in 0.5..0.99,
    ) {
        let mut quantiles = Quantiles::new();
        quantiles.observe_all(&values);
        let seen = quantiles.summary();
        // The two values that the quantile is interpolated between: far out, both ends may be one of them.
        let mut sorted = values.clone();
        sorted.sort_unstable();
        let at: f64 = (sorted.len() - 1) as f64 * q;
        let (before, after) = (sorted[at.floor() as usize], sorted[at.ceil() as usize]);
        let (narrow, wide) =
            (seen.quantile_interval(q, sure(share)).unwrap(), seen.quantile_interval(q, sure(share + 0.009)).unwrap());
        let around = |low: Option<u64>, high: Option<u64>| {
            low.is_none_or(|low| low <= after) && high.is_none_or(|high| high >= before)
        };
        // With little confidence, both ends may be on one side of these.
        if share > 0.9 {
            prop_assert!(around(narrow.low, narrow.high), "{narrow:?} {before} {after}");
        }
        prop_assert!(wide.low <= narrow.low);
        prop_assert!(wide.high.is_none() || wide.high >= narrow.high && narrow.high.is_some());
    }
}
