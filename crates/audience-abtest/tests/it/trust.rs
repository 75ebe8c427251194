//! Whether units are divided as planned.

use audience_abtest::trust::{MISMATCH, SequentialRatio, sample_ratio, sample_ratio_by};
use audience_abtest::{Error, interval_of_adjusted, preferential_levels};
use audience_stats::{Confidence, Interval, PValue};
use proptest::prelude::*;

/// 460 and 540 of 1000, in an experiment whose third arm is closed: `scipy.stats.chisquare([460, 540])`. With a degree of
/// freedom for the closed arm p would be 0.0408.
#[test]
fn closed_arms_have_no_degree_of_freedom() {
    let ratio = sample_ratio(&[460, 540, 0], &[0.5, 0.5, 0.0]).unwrap();
    assert_eq!((ratio.degrees.get(), ratio.statistic, ratio.strays), (1, 6.4, 0));
    assert!((ratio.p.value() - 0.011_412_036_386_001_745).abs() < 1e-15, "{}", ratio.p.value());
    assert_eq!(ratio.expected, [500.0, 500.0, 0.0]);
    assert_eq!(ratio.p, sample_ratio(&[460, 540], &[0.5, 0.5]).unwrap().p);
}

#[test]
fn a_unit_in_a_closed_arm_is_an_alarm() {
    let ratio = sample_ratio(&[500, 500, 1], &[0.5, 0.5, 0.0]).unwrap();
    assert!(ratio.is_mismatch());
    assert_eq!((ratio.p, ratio.strays, ratio.statistic), (PValue::ZERO, 1, 0.0));
    // However few the others are.
    assert!(sample_ratio(&[1, 0, 1], &[0.5, 0.5, 0.0]).unwrap().is_mismatch());
    assert!(sample_ratio(&[0, 0, 7], &[0.5, 0.5, 0.0]).unwrap().is_mismatch());
    let mut watched = SequentialRatio::new(&[0.5, 0.5, 0.0]).unwrap();
    watched.observe(&[100, 100, 0]).unwrap();
    assert!(!watched.is_mismatch());
    watched.observe(&[100, 100, 1]).unwrap();
    assert_eq!((watched.p(), watched.ln_bayes_factor()), (PValue::ZERO, f64::INFINITY));
}

#[test]
fn a_handful_of_units_is_refused() {
    assert!(sample_ratio(&[8, 8], &[1.0, 1.0]).is_ok());
    assert_eq!(sample_ratio(&[15, 0], &[1.0, 1.0]), Err(Error::TooFewUnits { needed: 8.0, expected: 7.5 }));
    assert_eq!(
        sample_ratio(&[900, 2], &[900.0, 7.0]).unwrap_err().to_string(),
        "test the division of units: an arm is \
        expected to have 6.961411245865491, not 8"
    );
    assert!(matches!(sample_ratio(&[0, 0], &[1.0, 1.0]), Err(Error::TooFewUnits { .. })));
}

#[test]
fn what_is_no_plan_is_refused() {
    assert_eq!(sample_ratio(&[900], &[1.0]), Err(Error::TooFewArms { needed: 2, found: 1 }));
    assert_eq!(sample_ratio(&[900, 0], &[1.0, 0.0]), Err(Error::TooFewArms { needed: 2, found: 1 }));
    for weight in [-0.5, f64::NAN, f64::INFINITY] {
        assert!(matches!(
            sample_ratio(&[900, 900], &[0.5, weight]),
            Err(Error::Statistics(audience_stats::Error::NotAWeight { at: 1, .. }))
        ));
        assert!(SequentialRatio::new(&[0.5, weight]).is_err());
    }
    assert!(sample_ratio(&[900, 900, 900], &[0.5, 0.5]).is_err());
    assert!(SequentialRatio::with_concentration(&[0.5, 0.5], 0.0).is_err());
    assert!(SequentialRatio::new(&[0.5, 0.5]).unwrap().observe(&[1, 2, 3]).is_err());
}

#[test]
fn slices_are_told_apart_and_adjusted() {
    let slices = |odd: u64| (0..10).map(move |slice| (slice, vec![5000, if slice == 7 { odd } else { 5000 }]));
    // A slice that would be a mismatch by itself is none of ten.
    let alone = sample_ratio(&[5000, 5350], &[1.0, 1.0]).unwrap();
    assert!(alone.is_mismatch());
    let found = sample_ratio_by(slices(5350), &[1.0, 1.0]).unwrap();
    assert_eq!((found.tested[0].slice, found.mismatches().count()), (7, 0));
    assert!((found.tested[0].adjusted.value() / (10.0 * alone.p.value()) - 1.0).abs() < 1e-9);
    let found = sample_ratio_by(slices(6000), &[1.0, 1.0]).unwrap();
    assert_eq!(found.mismatches().map(|slice| slice.slice).collect::<Vec<_>>(), [7]);
    // What cannot be tested does not count.
    let few = [("a", vec![5000, 5350]), ("b", vec![1, 2]), ("c", vec![0, 0])];
    let found = sample_ratio_by(few, &[1.0, 1.0]).unwrap();
    assert_eq!((found.too_few.as_slice(), found.tested[0].adjusted), (["b", "c"].as_slice(), alone.p));
    assert!(sample_ratio_by([("a", vec![1])], &[1.0, 1.0]).is_err());
    assert_eq!(sample_ratio_by(Vec::<(u8, Vec<u64>)>::new(), &[1.0, 1.0]).unwrap().tested, []);
}

#[test]
fn evidence_once_seen_is_not_forgotten() {
    let mut ratio = SequentialRatio::new(&[1.0, 1.0]).unwrap();
    assert_eq!((ratio.p(), ratio.ln_bayes_factor()), (PValue::ONE, 0.0));
    ratio.observe(&[3000, 2000]).unwrap();
    let (p, factor) = (ratio.p(), ratio.ln_bayes_factor());
    assert!(p.value() < MISMATCH && p.ln() == -factor);
    ratio.observe(&[2000, 3000]).unwrap();
    assert_eq!((ratio.p(), ratio.counts()), (p, [5000, 5000].as_slice()));
    assert!(ratio.ln_bayes_factor() < 0.0);
}

/// What is stored goes on where it was.
#[test]
fn states_travel() {
    let mut ratio = SequentialRatio::new(&[2.0, 1.0]).unwrap();
    ratio.observe(&[210, 90]).unwrap();
    let bytes = postcard::to_allocvec(&ratio).unwrap();
    let mut back: SequentialRatio = postcard::from_bytes(&bytes).unwrap();
    assert_eq!(back, ratio);
    for state in [&mut ratio, &mut back] {
        state.observe(&[190, 110]).unwrap();
    }
    assert_eq!(back, ratio);
    // Evidence beyond any doubt travels as text, too.
    let mut stray = SequentialRatio::new(&[1.0, 1.0, 0.0]).unwrap();
    stray.observe(&[5, 5, 1]).unwrap();
    let text = serde_json::to_string(&stray).unwrap();
    let back: SequentialRatio = serde_json::from_str(&text).unwrap();
    assert_eq!((back.ln_bayes_factor(), &back), (f64::INFINITY, &stray));
    for (from, to) in [("[5,5,1]", "[5,5]"), ("[1.0,1.0,0.0]", "[1.0,-1.0,0.0]"), ("10000.0", "0.0")] {
        let damaged = text.replace(from, to);
        assert!(damaged != text && serde_json::from_str::<SequentialRatio>(&damaged).is_err(), "{damaged}");
    }
    let strays = sample_ratio(&[500, 500, 1], &[0.5, 0.5, 0.0]).unwrap();
    let text = serde_json::to_string(&strays).unwrap();
    assert!(text.contains(r#""p":{"p":0.0,"ln_p":null}"#), "{text}");
    assert_eq!(serde_json::from_str::<audience_abtest::trust::SampleRatio>(&text).unwrap(), strays);
}

#[test]
fn levels_add_up_to_the_whole() {
    for (metrics, comparisons, gamma) in [(2, 1, 0.5), (5, 3, 0.8), (40, 2, 0.1)] {
        let levels = preferential_levels(0.05, gamma, metrics, comparisons).unwrap();
        let all = f64::from(comparisons) * (levels.primary + f64::from(metrics - 1) * levels.others.unwrap());
        assert!((all - 0.05).abs() < 1e-15);
    }
    let bonferroni = preferential_levels(0.05, 0.25, 4, 2).unwrap();
    assert!((bonferroni.primary - 0.05 / 8.0).abs() < 1e-17 && (bonferroni.others.unwrap() - 0.05 / 8.0).abs() < 1e-17);
    let alone = preferential_levels(0.05, 0.25, 1, 2).unwrap();
    assert_eq!((alone.primary, alone.others), (0.025, None));
    assert_eq!(preferential_levels(0.05, 0.5, 0, 1), Err(Error::NothingToCompare { metrics: 0, comparisons: 1 }));
    assert!(preferential_levels(0.0, 0.5, 2, 1).is_err() && preferential_levels(0.05, 1.0, 2, 1).is_err());
}

#[test]
fn adjusted_intervals_say_what_adjusted_values_say() {
    let of = |difference, p: f64| interval_of_adjusted(difference, PValue::new(p).unwrap(), Confidence::P95);
    assert!(of(2.0, 0.049).unwrap().low > 0.0 && of(2.0, 0.051).unwrap().low < 0.0);
    assert!(of(-2.0, 0.049).unwrap().high < 0.0);
    assert_eq!(of(2.0, 1.0), Some(Interval { low: f64::NEG_INFINITY, high: f64::INFINITY }));
    assert_eq!(of(2.0, 0.0), Some(Interval { low: 2.0, high: 2.0 }));
    assert_eq!((of(0.0, 1.0), of(f64::NAN, 0.5)), (None, None));
    let far = interval_of_adjusted(1.0, PValue::from_ln(-2000.0), Confidence::P95).unwrap();
    assert!(far.low > 0.96 && far.low < 0.97);
}

proptest! {
    /// Neither the order of the arms nor the sum of the weights matters.
    #[test]
    fn arms_may_come_in_any_order(arms in proptest::collection::vec((100..9000_u64, 1..5_u8), 2..6), factor in 0.01..100.0_f64) {
        let (counts, weights): (Vec<u64>, Vec<f64>) = arms.iter().map(|(count, weight)| (*count, f64::from(*weight))).unzip();
        let (back, weights_back): (Vec<u64>, Vec<f64>) =
            arms.iter().rev().map(|(count, weight)| (*count, f64::from(*weight) * factor)).unzip();
        let (one, other) = (sample_ratio(&counts, &weights).unwrap(), sample_ratio(&back, &weights_back).unwrap());
        prop_assert!((one.statistic - other.statistic).abs() <= 1e-9 * one.statistic.max(1e-3));
        prop_assert_eq!(one.degrees, other.degrees);
        let look = |counts: &[u64], weights: &[f64]| {
            let mut ratio = SequentialRatio::new(weights).unwrap();
            ratio.observe(counts).unwrap();
            ratio.ln_bayes_factor()
        };
        let (one, other) = (look(&counts, &weights), look(&back, &weights_back));
        prop_assert!((one - other).abs() <= 1e-9 * one.abs().max(1.0));
    }
}
