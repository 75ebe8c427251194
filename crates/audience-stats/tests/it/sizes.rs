//! What samples are worth: ratios over clusters, weights, fractions of units; and areas.

use audience_stats::{
    ClusteredRatio, Confidence, Error, FloatSum, Proportion, Z_95, effective_sample_size, trapezoid, wilson,
};
use proptest::prelude::*;

fn confidence() -> Confidence {
    Confidence::new(0.95).unwrap()
}

proptest! {
    /// In clusters of one a proportion has the variance that everyone knows.
    #[test]
    fn clusters_of_one_are_independent(successes in prop::collection::vec(0..2_u8, 2..50)) {
        let number = successes.len() as f64;
        let numerators: Vec<f64> = successes.iter().map(|success| f64::from(*success)).collect();
        let clusters: Vec<u64> = (0..successes.len() as u64).collect();
        let ratio = ClusteredRatio::new(&numerators, &vec![1.0; numerators.len()], &clusters).unwrap();
        let p = numerators.iter().sum::<f64>() / number;
        prop_assert!((ratio.variance_uncorrected() - p * (1.0 - p) / number).abs() < 1e-15);
        prop_assert!((ratio.variance().unwrap() - p * (1.0 - p) / (number - 1.0)).abs() < 1e-15);
        if p > 0.0 && p < 1.0 {
            prop_assert!((ratio.design_effect().unwrap() - 1.0).abs() < 1e-14);
        } else {
            prop_assert_eq!(ratio.design_effect(), None);
        }
    }

    /// Neither the order of items nor the numbers of clusters matter; m copies of each item are worth one.
    #[test]
    fn copies_say_nothing_new(items in prop::collection::vec((-9..9_i8, 1..9_u8, 0..5_u64), 2..30), copies in 1..4_usize) {
        let of = |items: &[(i8, u8, u64)]| {
            let numerators: Vec<f64> = items.iter().map(|item| f64::from(item.0)).collect();
            let denominators: Vec<f64> = items.iter().map(|item| f64::from(item.1)).collect();
            let clusters: Vec<u64> = items.iter().map(|item| u64::MAX - item.2).collect();
            ClusteredRatio::new(&numerators, &denominators, &clusters).unwrap()
        };
        let (once, mut more) = (of(&items), items.repeat(copies));
        more.reverse();
        let more = of(&more);
        prop_assert!((once.estimate() - more.estimate()).abs() < 1e-14);
        prop_assert_eq!(once.clusters(), more.clusters());
        prop_assert!((once.variance_uncorrected() - more.variance_uncorrected()).abs() < 1e-13);
        prop_assert_eq!(once.interval(confidence()).is_some(), once.clusters() > 1);
        if let (Some(normal), Some(wide)) = (once.interval(confidence()), once.interval_t(confidence())) {
            prop_assert!(wide.low <= normal.low && normal.high <= wide.high);
        }
    }

    #[test]
    fn weights_are_worth_from_one_to_all(weights in prop::collection::vec(0.001..1000.0_f64, 1..50), power in -290..290_i32) {
        let size = effective_sample_size(&weights).unwrap();
        prop_assert!(size >= 1.0 - 1e-12 && size <= weights.len() as f64 * (1.0 + 1e-12));
        let scale = 10_f64.powi(power);
        let scaled: Vec<f64> = weights.iter().map(|weight| weight * scale).collect();
        prop_assert!((effective_sample_size(&scaled).unwrap() - size).abs() < 1e-11 * size);
    }

    /// Wilson's ends are where the score test is at its limit.
    #[test]
    fn wilson_ends_where_the_score_test_does(n in 0.01..1e6_f64, share in 0.0..1.0_f64) {
        let x = n * share;
        let interval = wilson(x, n, confidence()).unwrap();
        prop_assert!(interval.low <= x / n && x / n <= interval.high);
        for end in [interval.low, interval.high] {
            let (far, spread) = ((x / n - end).powi(2), Z_95 * Z_95 * end * (1.0 - end) / n);
            prop_assert!((far - spread).abs() <= 1e-9 * far.max(1e-12), "{} of {}: {}", x, n, end);
        }
        let mirrored = wilson(n - x, n, confidence()).unwrap();
        prop_assert!((mirrored.high - (1.0 - interval.low)).abs() < 1e-12);
    }

    #[test]
    fn areas_add_up(points in prop::collection::vec((0..1000_u32, -9..9_i32), 2..40), cut in 0..40_usize) {
        let mut points = points;
        points.sort_unstable();
        let (x, y): (Vec<f64>, Vec<f64>) = points.iter().map(|(x, y)| (f64::from(*x), f64::from(*y))).unzip();
        let cut = cut % x.len();
        let parts = trapezoid(&x[..=cut], &y[..=cut]).unwrap() + trapezoid(&x[cut..], &y[cut..]).unwrap();
        prop_assert_eq!(trapezoid(&x, &y).unwrap(), parts);
    }
}

#[test]
fn one_viewer_does_not_say_how_viewers_vary() {
    let one = ClusteredRatio::new(&[1.0, 0.0], &[1.0, 1.0], &[3, 3]).unwrap();
    assert_eq!((one.estimate(), one.clusters(), one.variance_uncorrected()), (0.5, 1, 0.0));
    assert_eq!((one.variance(), one.design_effect()), (None, None));
    assert_eq!((one.interval(confidence()), one.interval_t(confidence())), (None, None));
}

/// statsmodels' interval with t(1), and hardly more than the normal one with t(69 999).
#[test]
fn few_clusters_make_intervals_wide() {
    let two =
        ClusteredRatio::new(&[1.0, 0.0, 1.0, 1.0], &[1.0; 4], &[0, 0, 1, 1]).unwrap().interval_t(confidence()).unwrap();
    assert!((two.low + 2.426_551_184_043_673_5).abs() < 1e-9 && (two.high - 3.926_551_184_043_673_5).abs() < 1e-9);
    let ends: Vec<f64> = (0..70_000_u32).map(|viewer| f64::from(viewer % 2)).collect();
    let many = ClusteredRatio::new(&ends, &vec![1.0; ends.len()], &(0..70_000).collect::<Vec<_>>()).unwrap();
    let (by_t, normal) = (many.interval_t(confidence()).unwrap(), many.interval(confidence()).unwrap());
    let wider = (by_t.high - 0.5) / (normal.high - 0.5) - 1.0;
    // The first term of Cornish and Fisher: (z² + 1) / 4ν.
    assert!((wider - 4.841_459 / 4.0 / 69_999.0).abs() < 1e-9, "{wider}");
}

/// Residuals of nearly the same ratio are differences of what is much larger.
#[test]
fn small_residuals_keep_their_digits() {
    let denominators = [3e12, 5e12, 7e12, 9e12];
    // A third, and 1 more or less.
    let numerators = [1e12 + 1.0, 5e12 / 3.0 - 1.0, 7e12 / 3.0, 3e12];
    let ratio = ClusteredRatio::new(&numerators, &denominators, &[0, 1, 2, 3]).unwrap();
    let total = 24e12;
    let third = |numerator: f64, denominator: f64| numerator.mul_add(3.0, -denominator) / 3.0;
    let off: Vec<f64> = numerators.iter().zip(denominators).map(|(n, d)| third(*n, d)).collect();
    let mean = off.iter().sum::<f64>() / total;
    let squares: f64 = off.iter().zip(denominators).map(|(off, d)| (off - mean * d).powi(2)).sum();
    let expected = squares / total / total;
    assert!((ratio.variance_uncorrected() / expected - 1.0).abs() < 1e-12, "{ratio:?}");
}

#[test]
fn what_is_no_ratio_is_refused() {
    let refused = |numerators: &[f64], denominators: &[f64], clusters: &[u64]| {
        ClusteredRatio::new(numerators, denominators, clusters).unwrap_err()
    };
    assert_eq!(refused(&[], &[], &[]).to_string(), "compute with no values");
    assert_eq!(refused(&[1.0], &[0.0], &[1]).to_string(), "divide by 0: it is not finite and above 0");
    assert_eq!(refused(&[1.0], &[1.0, 1.0], &[1]).to_string(), "pair 1 values with 2");
    assert_eq!(refused(&[1.0], &[1.0], &[]), Error::LengthsDiffer { expected: 1, found: 0 });
    assert_eq!(
        refused(&[1.0, f64::INFINITY], &[1.0, 1.0], &[1, 2]).to_string(),
        "compute with value 1: inf is not finite"
    );
    assert_eq!(refused(&[1.0], &[-1.0], &[1]), Error::NotAWeight { at: 0, weight: -1.0 });
    assert!(matches!(refused(&[1.0; 2], &[1e308; 2], &[1, 2]), Error::NotADenominator { .. }));
}

#[test]
fn wilson_of_counts_is_that_of_proportions() {
    for (successes, trials) in [(0, 1), (1, 1), (3, 7), (999, 1000), (1, u64::MAX), (u64::MAX, u64::MAX)] {
        let counts = Proportion::new(successes, trials).unwrap().wilson(confidence().z()).unwrap();
        assert_eq!(wilson(successes as f64, trials as f64, confidence()), Ok(counts));
    }
    assert_eq!(wilson(0.0, 0.5, confidence()).unwrap().low, 0.0);
    assert_eq!(wilson(0.7, 0.7, confidence()).unwrap().high, 1.0);
    for n in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert!(matches!(wilson(0.0, n, confidence()), Err(Error::NotADenominator { .. })));
    }
    for successes in [-0.1, 2.1, f64::NAN] {
        assert!(matches!(wilson(successes, 2.0, confidence()), Err(Error::NotAPart { .. })));
    }
    let text = wilson(3.5, 2.0, confidence()).unwrap_err().to_string();
    assert_eq!(text, "estimate a proportion: 3.5 successes in 2");
}

/// By the formula as it is mostly written all digits of the lower end would cancel; this is (x / z)² / n, nearly.
#[test]
fn wilson_of_almost_nothing_keeps_its_digits() {
    let low = wilson(1e-9, 100.0, confidence()).unwrap().low;
    assert!((low / (1e-18 / (Z_95 * Z_95) / 100.0) - 1.0).abs() < 1e-8, "{low}");
}

#[test]
fn weights_without_weight_are_refused() {
    for weights in [&[][..], &[0.0, -0.0]] {
        assert_eq!(effective_sample_size(weights), Err(Error::NoWeight));
    }
    for weight in [-1.0, f64::NAN, f64::INFINITY] {
        assert!(matches!(effective_sample_size(&[1.0, weight]), Err(Error::NotAWeight { at: 1, .. })));
    }
    let least = f64::from_bits(1);
    assert_eq!(effective_sample_size(&[least, least, f64::MIN_POSITIVE]).unwrap(), 1.0 + 4.0 * f64::EPSILON);
}

#[test]
fn areas_cancel_and_go_on() {
    assert_eq!(trapezoid(&[5.0], &[9.0]), Ok(0.0));
    let x = [1e12, 1e12 + 1.0, 1e12 + 2.0];
    assert_eq!(trapezoid(&x, &[1e16, 1.0, -1e16]), Ok(1.0));
    assert_eq!(trapezoid(&[0.0, 1.0], &[f64::MAX, f64::MAX]), Ok(f64::MAX));
    assert_eq!(trapezoid(&[0.0, 4.0], &[f64::MAX, f64::MAX]), Ok(f64::INFINITY));
    assert_eq!(trapezoid(&[], &[]), Err(Error::NoValues));
    assert_eq!(trapezoid(&[1.0], &[]), Err(Error::LengthsDiffer { expected: 1, found: 0 }));
    assert!(matches!(trapezoid(&[0.0, 1.0], &[1.0, f64::NAN]), Err(Error::NotFinite { at: 1, .. })));
    let back = trapezoid(&[0.0, 2.0, 1.0], &[1.0; 3]).unwrap_err();
    assert_eq!(back.to_string(), "measure an area: position 2 is before the one before it");
}

#[test]
fn sums_of_floats_are_as_good_as_one_rounding() {
    let tenths: FloatSum = std::iter::repeat_n(0.1, 1000).collect();
    assert_eq!(tenths.value(), 100.0);
    assert_eq!(FloatSum::default().value(), 0.0);
    assert_eq!([f64::MAX, f64::MAX].into_iter().collect::<FloatSum>().value(), f64::INFINITY);
    assert!([f64::INFINITY, f64::NEG_INFINITY].into_iter().collect::<FloatSum>().value().is_nan());
}
