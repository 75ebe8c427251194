//! Ranks of two groups, against `SciPy`.

use audience_stats::{Alternative, Confidence, Error, MannWhitney, PValue};
use proptest::prelude::*;

/// `scipy.stats.mannwhitneyu(method="asymptotic")` (1.17) of either side, and the error of the superiority by its definition
/// over all pairs.
#[test]
fn agrees_with_scipy() {
    let check = |values: &[f64], baseline: &[f64], u: f64, p: [f64; 3], error: Option<f64>| {
        let test = MannWhitney::new(values, baseline).unwrap();
        assert_eq!(test.u, u);
        for (alternative, p) in [Alternative::TwoSided, Alternative::Greater, Alternative::Less].into_iter().zip(p) {
            let found = test.p_value(alternative).value();
            assert!((found - p).abs() <= 1e-13, "{alternative:?}: {found}, not {p}");
        }
        match (test.superiority_error, error) {
            (Some(a), Some(b)) => assert!((a - b).abs() < 1e-14, "{a}, not {b}"),
            (a, b) => assert_eq!(a, b),
        }
    };
    let twelve: Vec<f64> = (0..12).map(f64::from).collect();
    check(
        &[8.0, 9.0, 7.0, 6.5],
        &[1.0, 2.0, 7.0],
        10.5,
        [0.153_576_396_549_983_76, 0.076_788_198_274_991_88, 0.962_769_084_291_297_3],
        Some(0.148_292_753_500_434_9),
    );
    check(
        &[1.0, 2.0, 2.0, 3.0, 4.0, 4.0, 4.0],
        &[2.0, 2.0, 5.0],
        10.0,
        [1.0, 0.594_157_511_439_608, 0.5],
        Some(0.257_905_981_099_554_3),
    );
    check(
        &twelve,
        &[3.5, 4.0, 4.0, 9.5, 20.0],
        25.0,
        [0.634_424_545_608_995_4, 0.719_439_452_766_651_7, 0.317_212_272_804_497_7],
        Some(0.167_431_955_121_952_75),
    );
    check(&[1.0; 3], &[1.0; 2], 3.0, [1.0; 3], Some(0.0));
    check(
        &[5.0],
        &[1.0, 2.0, 3.0],
        3.0,
        [0.371_093_369_522_697_56, 0.185_546_684_761_348_78, 0.963_180_864_939_848_7],
        None,
    );
}

#[test]
fn evidence_of_many_is_not_zero() {
    let low: Vec<f64> = (0..5000).map(f64::from).collect();
    let high: Vec<f64> = low.iter().map(|value| value + 1e6).collect();
    let test = MannWhitney::new(&high, &low).unwrap();
    assert_eq!(test.superiority(), 1.0);
    let p = test.p_value(Alternative::TwoSided);
    assert!(p.value() == 0.0 && p.ln() < -3000.0 && p.ln().is_finite());
    // All pairs go one way: nothing says how sure that is.
    assert_eq!(test.superiority_interval(Confidence::P95), None);
}

#[test]
fn nothing_and_what_is_no_number_are_refused() {
    assert_eq!(MannWhitney::new(&[], &[1.0]), Err(Error::NoValues));
    assert_eq!(MannWhitney::new(&[1.0, f64::NAN], &[1.0]), Err(Error::NotANumber { at: 2 }));
    assert_eq!(MannWhitney::new(&[2.0], &[2.0]).unwrap().p_value(Alternative::TwoSided), PValue::ONE);
}

proptest! {
    #[test]
    fn swapping_mirrors_and_only_the_order_matters(
        values in proptest::collection::vec(-8..8_i32, 2..20), baseline in proptest::collection::vec(-8..8_i32, 2..20)
    ) {
        let scaled = |values: &[i32], of: fn(f64) -> f64| values.iter().map(|value| of(f64::from(*value))).collect::<Vec<_>>();
        let as_is = |value: f64| value;
        let (a, b) = (scaled(&values, as_is), scaled(&baseline, as_is));
        let (test, swapped) = (MannWhitney::new(&a, &b).unwrap(), MannWhitney::new(&b, &a).unwrap());
        prop_assert!((test.superiority() + swapped.superiority() - 1.0).abs() < 1e-12);
        prop_assert_eq!(test.p_value(Alternative::TwoSided), swapped.p_value(Alternative::TwoSided));
        prop_assert_eq!(test.p_value(Alternative::Greater), swapped.p_value(Alternative::Less));
        let cubed = MannWhitney::new(&scaled(&values, |x| x * x * x), &scaled(&baseline, |x| x * x * x)).unwrap();
        prop_assert_eq!(cubed, test);
        if let Some(interval) = test.superiority_interval(Confidence::P95) {
            prop_assert!(interval.contains(test.superiority()) && interval.low >= 0.0 && interval.high <= 1.0);
            let mirror = swapped.superiority_interval(Confidence::P95).unwrap();
            prop_assert!((interval.low + mirror.high - 1.0).abs() < 1e-9);
        }
    }
}
