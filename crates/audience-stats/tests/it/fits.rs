//! Whether counts come in the shares they should, against `SciPy` and mpmath.

use std::num::NonZeroU32;

use audience_stats::{
    Alternative, ChiSquared, Error, PValue, bucket_counts, goodness_of_fit, kolmogorov_smirnov,
    ln_bayes_factor_of_shares,
};
use proptest::prelude::*;

fn chi_squared(degrees: u32) -> ChiSquared {
    ChiSquared::new(NonZeroU32::new(degrees).unwrap())
}

/// `scipy.stats.chi2.isf` (1.17): degrees and levels that tables leave out too.
#[test]
fn critical_values_agree_with_scipy_at_any_level_and_any_degrees() {
    for (degrees, alpha, expected) in [
        (1, 0.1, 2.705_543_454_095_42),
        (1, 0.05, 3.841_458_820_694_128_5),
        (1, 1e-300, 1_373.872_631_222_394_4),
        (1, 0.999_999, 1.570_796_326_886_057_7e-12),
        (2, 0.05, 5.991_464_547_107_983),
        (4, 0.001, 18.466_826_952_903_173),
        (10, 0.01, 23.209_251_158_954_36),
        (11, 0.05, 19.675_137_572_682_49),
        (12, 0.025, 23.336_664_158_645_34),
        (13, 0.01, 27.688_249_610_457_05),
        (16, 0.001, 39.252_354_790_768_48),
        (17, 0.05, 27.587_111_638_275_335),
        (18, 0.2, 22.759_545_821_104_354),
        (23, 0.0123, 40.855_760_737_116_704),
        (29, 0.1, 39.087_469_770_693_95),
        (31, 0.05, 44.985_343_280_365_136),
        (47, 0.01, 72.443_307_376_548_26),
        (99, 0.05, 123.225_221_453_361_81),
        (365, 0.001, 454.221_357_533_629_77),
        (1000, 0.95, 927.594_363_020_979),
        (12345, 0.01, 12_713.478_855_695_514),
        (1_000_000, 0.05, 1_002_327.310_781_219),
        (3, 0.999_999_999, 2.417_989_054_768_305e-6),
        (50, 1e-12, 155.332_173_533_387_9),
    ] {
        let found = chi_squared(degrees).upper_quantile(alpha).unwrap();
        assert!((found - expected).abs() <= 1e-12 * expected, "{degrees} {alpha}: {found}, not {expected}");
    }
}

#[test]
fn chi_squared_quantiles_are_where_the_tail_is() {
    for degrees in [1, 2, 3, 19, 100, 5000, 10_000_000] {
        for q in [1e-120, 1e-12, 1e-3, 0.1, 0.4999, 0.5, 0.75, 0.999, 1.0 - 1e-15] {
            let x = chi_squared(degrees).quantile(q).unwrap();
            let above = chi_squared(degrees).upper_tail(x);
            assert!(x > 0.0 && (above - (1.0 - q)).abs() < 1e-10, "{degrees} {q}: {x} leaves {above}");
            assert!((chi_squared(degrees).upper_quantile(1.0 - q).unwrap_or(x) - x).abs() <= 1e-6 * x || q < 1e-3);
        }
        for q in [0.0, 1.0, -0.5, f64::NAN] {
            assert!(matches!(chi_squared(degrees).quantile(q), Err(Error::QuantileOutOfRange { .. })));
            assert!(chi_squared(degrees).upper_quantile(q).is_err());
        }
    }
}

/// Twice 1 − Φ(z) is 0 from z = 8.3 on; mpmath, 40 digits.
#[test]
fn strong_evidence_is_not_zero() {
    for (z, ln) in [
        (8.3, -36.801_070_243_188_306),
        (10.0, -52.538_137_969_952_52),
        (20.0, -203.224_008_190_537_32),
        (40.0, -803.915_294_833_193_8),
        (1000.0, -500_007.133_547_631_6),
    ] {
        let p = PValue::of_z(-z, Alternative::TwoSided);
        assert!((p.ln() - ln).abs() <= 1e-13 * ln.abs(), "{z}: {}, not {ln}", p.ln());
        assert!((p.two_sided_z() - z).abs() <= 1e-13 * z, "{z}: {}", p.two_sided_z());
        assert_eq!(PValue::of_z(z, Alternative::Greater), PValue::of_z(-z, Alternative::Less));
    }
    assert_eq!((PValue::ONE.two_sided_z(), PValue::ZERO.two_sided_z()), (0.0, f64::INFINITY));
    assert_eq!(PValue::of_z(f64::NAN, Alternative::TwoSided), PValue::ONE);
    assert_eq!(PValue::new(1.5), Err(Error::NotAProbability { value: 1.5 }));
}

#[test]
fn the_level_decides_what_is_uniform() {
    // 60 and 40: χ² is 4, p 0.0455.
    let fit = goodness_of_fit(&[60, 40], &[1.0, 1.0]).unwrap();
    assert_eq!((fit.is_rejected(0.05), fit.is_rejected(0.04)), (Ok(true), Ok(false)));
    let critical = fit.critical_value(0.05).unwrap();
    assert!(critical < fit.statistic && fit.critical_value(0.04).unwrap() > fit.statistic);
    assert!(fit.is_rejected(1.5).is_err() && fit.critical_value(0.0).is_err());
    assert_eq!((fit.expected.as_slice(), fit.least_expected()), ([50.0, 50.0].as_slice(), 50.0));
}

#[test]
fn what_is_no_question_is_refused() {
    assert_eq!(goodness_of_fit(&[5], &[1.0]), Err(Error::TooFewGroups { groups: 1 }));
    assert_eq!(goodness_of_fit(&[], &[]), Err(Error::TooFewGroups { groups: 0 }));
    assert_eq!(goodness_of_fit(&[5, 5], &[1.0]), Err(Error::LengthsDiffer { expected: 2, found: 1 }));
    assert_eq!(goodness_of_fit(&[0, 0], &[1.0, 1.0]), Err(Error::NoValues));
    for weight in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert!(matches!(goodness_of_fit(&[5, 5], &[1.0, weight]), Err(Error::NotPositive { at: 1, .. })));
    }
    assert!(ln_bayes_factor_of_shares(&[1, 2], &[1.0, 1.0], 0.0).is_err());
    let three = NonZeroU32::new(3).unwrap();
    assert!(matches!(bucket_counts(&[1.5], (0.0, 1.0), three), Err(Error::OutOfRange { at: 0, .. })));
    assert!(matches!(bucket_counts(&[f64::NAN], (0.0, 1.0), three), Err(Error::OutOfRange { at: 0, .. })));
    assert!(matches!(bucket_counts(&[], (1.0, 1.0), three), Err(Error::NotARange { .. })));
    assert_eq!(bucket_counts(&[-1e308, 0.0, 1e308], (-1e308, 1e308), three), Ok(vec![1, 1, 1]));
}

/// Logarithms of gamma functions in 40 digits (mpmath).
#[test]
fn bayes_factors_agree_with_mpmath() {
    for (counts, weights, concentration, expected) in [
        (vec![168, 332], vec![0.398, 0.602], 10000.0, 0.168_037_955_038_528_53),
        (vec![6291, 7000, 6709], vec![0.267, 0.406, 0.327], 10000.0, 107.825_961_692_414_37),
        (vec![50_000_300, 49_999_700], vec![1.0, 1.0], 10000.0, -4.603_445_360_952_461),
        (vec![0, 0], vec![1.0, 2.0], 10.0, 0.0),
        (vec![1, 0], vec![0.5, 0.5], 1.0, 0.0),
        (vec![3, 0, 9], vec![0.2, 0.3, 0.5], 0.5, 1.294_695_820_123_354_7),
        (vec![400_000_000, 600_000_000], vec![0.4, 0.6], 10000.0, -5.756_494_121_085_064),
    ] {
        let found = ln_bayes_factor_of_shares(&counts, &weights, concentration).unwrap();
        assert!((found - expected).abs() <= 2e-13 * expected.abs().max(1.0), "{counts:?}: {found}, not {expected}");
    }
}

/// `scipy.stats.kstest(values, "uniform", method="asymp")` (1.17).
#[test]
fn gaps_agree_with_scipy() {
    let squares: Vec<f64> = (0..40).map(|n| f64::from(n * n) / 1600.0).collect();
    let grid: Vec<f64> = (0..1000).map(|n| f64::from(n) / 1000.0).collect();
    let cases: [(&[f64], f64, f64); 5] = [
        (&[0.1, 0.35, 0.4, 0.7, 0.95], 0.2, 0.988_261_077_643_524_4),
        (&[0.01, 0.02, 0.03], 0.97, 0.007_067_468_937_202_439),
        (&[0.5], 0.5, 0.963_945_243_664_875_1),
        (&squares, 0.275, 0.004_715_723_951_164_078),
        (&grid, 0.001, 1.0),
    ];
    for (values, statistic, p) in cases {
        // In any order, and in any range.
        let elsewhere: Vec<f64> = values.iter().rev().map(|value| 7.0 + 1000.0 * value).collect();
        for test in [kolmogorov_smirnov(values, (0.0, 1.0)), kolmogorov_smirnov(&elsewhere, (7.0, 1007.0))] {
            let test = test.unwrap();
            assert!((test.statistic - statistic).abs() < 1e-13, "{}, not {statistic}", test.statistic);
            assert!((test.p.value() - p).abs() < 1e-12, "{}, not {p}", test.p.value());
        }
    }
    let one_sided = kolmogorov_smirnov(&vec![0.0; 100_000], (0.0, 1.0)).unwrap();
    assert_eq!((one_sided.statistic, one_sided.p.value()), (1.0, 0.0));
    assert!((one_sided.p.ln() - -199_999.306_852_819_44).abs() < 1e-9);
    assert_eq!(kolmogorov_smirnov(&[], (0.0, 1.0)), Err(Error::NoValues));
    assert!(matches!(kolmogorov_smirnov(&[0.5, 1.5], (0.0, 1.0)), Err(Error::OutOfRange { at: 1, .. })));
    assert!(matches!(kolmogorov_smirnov(&[0.5, f64::NAN], (0.0, 1.0)), Err(Error::NotFinite { at: 1, .. })));
    assert!(matches!(kolmogorov_smirnov(&[0.5], (1.0, 1.0)), Err(Error::NotARange { .. })));
}

proptest! {
    /// What a weight is of their sum matters, and nothing else.
    #[test]
    fn fits_do_not_depend_on_the_scale_of_weights(
        arms in proptest::collection::vec((1..100_000_u64, 0.1..10.0_f64), 2..6), factor in 0.001..1000.0_f64
    ) {
        let (counts, weights): (Vec<u64>, Vec<f64>) = arms.into_iter().unzip();
        let scaled: Vec<f64> = weights.iter().map(|weight| weight * factor).collect();
        let (fit, of_scaled) = (goodness_of_fit(&counts, &weights).unwrap(), goodness_of_fit(&counts, &scaled).unwrap());
        prop_assert!((fit.statistic - of_scaled.statistic).abs() <= 1e-9 * fit.statistic.max(1e-6));
        let total: f64 = fit.expected.iter().sum();
        prop_assert!((total - counts.iter().sum::<u64>() as f64).abs() <= 1e-9 * total);
        let factors = [&weights, &scaled].map(|weights| ln_bayes_factor_of_shares(&counts, weights, 100.0).unwrap());
        prop_assert!((factors[0] - factors[1]).abs() <= 1e-8 * factors[0].abs().max(1.0));
    }
}
