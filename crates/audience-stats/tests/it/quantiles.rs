//! Exact quantiles, against NumPy and a sorted list.

use audience_stats::test_util::check_merge_laws;
use audience_stats::{
    Accumulator, Distribution, Error, Merge, QuantileRule, Quantiles, WeightedValues, weighted_quantile,
};
use proptest::prelude::*;
use serde::Deserialize;

#[derive(Deserialize)]
struct Fixture {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    id: String,
    values: Vec<u64>,
    quantiles: Vec<(f64, f64)>,
}

fn of(values: &[u64]) -> Distribution {
    let mut quantiles = Quantiles::new();
    quantiles.observe_all(values);
    quantiles.summary()
}

#[test]
fn agrees_with_numpy() {
    let fixture: Fixture = serde_json::from_str(include_str!("../fixtures/quantiles.json")).unwrap();
    for Case { id, values, quantiles } in fixture.cases {
        let distribution = of(&values);
        for (q, expected) in quantiles {
            let measured = distribution.quantile(q).unwrap().unwrap();
            // NumPy interpolates from the nearer of the two neighbours: the last digit may differ.
            assert!((measured - expected).abs() <= 1e-12 * expected.abs(), "{id} at {q}: {measured}, {expected}");
        }
    }
}

#[test]
fn obeys_the_laws() {
    check_merge_laws(&Quantiles::new(), &[5_u64, 1, 5, 9, 0, u64::MAX, 5, 2]);
}

proptest! {
    #[test]
    fn agrees_with_a_sorted_list(mut values in proptest::collection::vec(0_u64..50, 1..200), q in 0.0..=1.0_f64) {
        let distribution = of(&values);
        values.sort_unstable();
        prop_assert_eq!(distribution.count(), values.len() as u64);
        prop_assert_eq!(distribution.sum(), values.iter().map(|value| u128::from(*value)).sum::<u128>());
        prop_assert_eq!(distribution.min(), values.first().copied());
        prop_assert_eq!(distribution.max(), values.last().copied());
        let h = (values.len() - 1) as f64 * q;
        let (low, high) = (values[h.floor() as usize] as f64, values[h.ceil() as usize] as f64);
        prop_assert_eq!(distribution.quantile(q).unwrap(), Some(low + h.fract() * (high - low)));
    }

    #[test]
    fn merging_parts_of_any_size_gives_the_whole(
        values in proptest::collection::vec(0_u64..3000, 0..400),
        cuts in proptest::collection::vec(0_usize..400, 0..5),
    ) {
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(values.len())).chain([0, values.len()]).collect();
        cuts.sort_unstable();
        let mut merged = Quantiles::new();
        for pair in cuts.windows(2) {
            let mut part = Quantiles::new();
            part.observe_all(&values[pair[0]..pair[1]]);
            merged.merge(part);
        }
        prop_assert_eq!(merged.summary(), of(&values));
    }
}

#[test]
fn a_value_taken_many_times_is_as_if_taken_one_by_one() {
    let mut many = Quantiles::new();
    many.observe_times(7, 3);
    many.observe_times(2, 1);
    many.observe_times(9, 0);
    assert_eq!(many.summary(), of(&[7, 2, 7, 7]));
}

#[test]
fn memory_follows_the_number_of_different_values() {
    let mut quantiles = Quantiles::new();
    for n in 0..1_000_000_u64 {
        quantiles.observe(&(n % 1000));
    }
    assert_eq!(quantiles.summary().count(), 1_000_000);
    assert!(quantiles.size_bytes() < 300_000, "{}", quantiles.size_bytes());
}

#[test]
fn nothing_seen_has_no_quantiles() {
    let empty = Distribution::default();
    assert_eq!(empty.quantile(0.5), Ok(None));
    assert_eq!((empty.median(), empty.mean(), empty.min(), empty.max()), (None, None, None, None));
    assert_eq!((empty.count(), empty.sum()), (0, 0));
}

#[test]
fn a_quantile_outside_of_0_to_1_is_refused() {
    assert_eq!(of(&[1]).quantile(1.5), Err(Error::QuantileOutOfRange { q: 1.5 }));
    assert!(of(&[1]).quantile(f64::NAN).is_err());
    assert_eq!(of(&[1]).quantile(-0.1).unwrap_err().to_string(), "take the quantile -0.1: it is not between 0 and 1");
}

#[test]
fn the_largest_values_do_not_overflow() {
    let mut quantiles = Quantiles::new();
    quantiles.observe_times(u64::MAX, u64::MAX);
    quantiles.observe_times(u64::MAX, u64::MAX);
    let distribution = quantiles.summary();
    assert_eq!(distribution.count(), u64::MAX);
    assert_eq!(distribution.median(), Some(u64::MAX as f64));
    assert_eq!(distribution.quantile(1.0).unwrap(), Some(u64::MAX as f64));
}

fn weighted(values: &[f64], weights: &[f64]) -> Result<Vec<f64>, Error> {
    let weighted = WeightedValues::new(values, weights)?;
    [0.0, 0.1, 0.5, 1.0].iter().map(|q| weighted.quantile(*q)).collect()
}

#[test]
fn weights_of_0_are_as_if_absent() {
    assert_eq!(weighted(&[1.0, 2.0, 3.0], &[0.0, 1.0, 0.0]), Ok(vec![2.0; 4]));
    assert_eq!(weighted(&[3.0, 1.0, 2.0], &[1.0, 1.0, 2.0]), Ok(vec![1.0, 1.0, 2.0, 3.0]));
    assert_eq!(weighted(&[5.0, 5.0, 1.0], &[1e-300, 1e300, 1.0]), Ok(vec![1.0, 5.0, 5.0, 5.0]));
}

#[test]
fn weighted_quantiles_are_exact_at_steps() {
    // The double 0.1 is more than a tenth: of ten that weigh the same, it is the second. Its multiples round to 1.
    let ten: Vec<f64> = (0..10).map(f64::from).collect();
    assert_eq!(weighted(&ten, &[1.0; 10]), Ok(vec![0.0, 1.0, 4.0, 9.0]));
    // Sums of 0.1 that are rounded would be 0.999….
    assert_eq!(weighted(&ten, &[0.1; 10]), Ok(vec![0.0, 1.0, 4.0, 9.0]));
    // The smallest weight tips the scales.
    assert_eq!(weighted_quantile(&[1.0, 2.0], &[1.0, 1.0], 0.5), Ok(1.0));
    assert_eq!(weighted_quantile(&[1.0, 2.0, 3.0], &[1.0, 1.0, 5e-324], 0.5), Ok(2.0));
    assert_eq!(weighted_quantile(&[1.0, 2.0], &[f64::MAX, f64::MAX], 0.5), Ok(1.0));
}

#[test]
fn what_cannot_weigh_is_refused() {
    assert_eq!(weighted(&[], &[]), Err(Error::NoValues));
    assert_eq!(weighted(&[1.0], &[]), Err(Error::LengthsDiffer { expected: 1, found: 0 }));
    assert_eq!(weighted(&[1.0, 2.0], &[0.0, 0.0]), Err(Error::NoWeight));
    assert_eq!(weighted(&[1.0, 2.0], &[1.0, -1.0]), Err(Error::NotAWeight { at: 1, weight: -1.0 }));
    assert!(matches!(weighted(&[1.0, 2.0], &[f64::NAN, 1.0]), Err(Error::NotAWeight { at: 0, .. })));
    assert!(matches!(weighted(&[f64::NAN], &[1.0]), Err(Error::NotFinite { at: 0, .. })));
    assert_eq!(weighted_quantile(&[1.0], &[1.0], 1.5), Err(Error::QuantileOutOfRange { q: 1.5 }));
}

const RULES: [QuantileRule; 5] = [
    QuantileRule::Linear,
    QuantileRule::InvertedCdf,
    QuantileRule::MedianUnbiased,
    QuantileRule::Hazen,
    QuantileRule::Weibull,
];

proptest! {
    #[test]
    fn counts_are_as_if_written_out(counts in proptest::collection::vec(0_u64..5, 1..8), q in 0.0..=1.0_f64) {
        let counted: Vec<(f64, u64)> = counts.iter().enumerate().map(|(at, count)| ((at * at) as f64, *count)).collect();
        let written_out: Vec<f64> =
            counted.iter().flat_map(|(value, count)| std::iter::repeat_n(*value, *count as usize)).collect();
        let whole: Vec<u64> = written_out.iter().map(|value| *value as u64).collect();
        for rule in RULES {
            let expected = rule.of_sorted(&written_out, q).unwrap();
            prop_assert_eq!(rule.of_counted(&counted, q).unwrap(), expected);
            prop_assert_eq!(of(&whole).quantile_by(rule, q).unwrap(), expected);
        }
        let weights: Vec<f64> = counts.iter().map(|count| *count as f64 * 0.125).collect();
        let values: Vec<f64> = counted.iter().map(|(value, _)| *value).collect();
        match weighted_quantile(&values, &weights, q) {
            Ok(value) => {
                // Where a part of the weight is a whole number, it may round to it.
                let at = q * written_out.len() as f64;
                let inverted = QuantileRule::InvertedCdf.of_sorted(&written_out, q).unwrap();
                prop_assert!((at - at.round()).abs() < 1e-9 || inverted == Some(value));
            }
            Err(error) => prop_assert_eq!(error, Error::NoWeight),
        }
    }
}
