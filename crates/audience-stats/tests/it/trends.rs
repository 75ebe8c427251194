//! Whether series rise or fall, and means that forget.

use audience_stats::{EmaStart, Error, MannKendall, Smoothing, TrendDirection, ema, ema_over_time};
use proptest::prelude::*;

use crate::noise::{Noise, five_percent_and_three_errors, share};

fn shown(test: &MannKendall) -> bool {
    test.direction(0.05).unwrap() != TrendDirection::NotShown
}

#[test]
fn trends_of_noise_are_found_five_times_in_a_hundred() {
    let (worlds, mut noise) = (4000, Noise::new(1));
    let found = share(worlds, || shown(&MannKendall::new(&noise.normals(30)).unwrap()));
    let bound = five_percent_and_three_errors(worlds);
    assert!(found < bound && found > 0.1 - bound, "{found}");
}

#[test]
fn what_depends_on_itself_needs_another_variance() {
    let worlds = 400;
    // Shares that are documented: by the tests of independent values, of Hamed and Rao, and of first order.
    for (part, documented) in [(0.0, [0.052, 0.105, 0.044]), (0.6, [0.314, 0.193, 0.063])] {
        let mut noise = Noise::new(3);
        let mut found = [0.0; 3];
        for _ in 0..worlds {
            let series = noise.following(100, part);
            let tests = [
                Some(MannKendall::new(&series).unwrap()),
                MannKendall::hamed_rao(&series, 0.05).unwrap(),
                Some(MannKendall::first_order(&series).unwrap()),
            ];
            for (found, test) in found.iter_mut().zip(tests) {
                *found += f64::from(u8::from(test.is_none_or(|test| shown(&test)))) / f64::from(worlds);
            }
        }
        for (found, documented) in found.into_iter().zip(documented) {
            let error = (documented * (1.0 - documented) / f64::from(worlds)).sqrt();
            assert!((found - documented).abs() < 3.0 * error, "{found} of series that keep {part}, not {documented}");
        }
    }
}

#[test]
fn a_trend_in_what_depends_on_itself_is_shown() {
    let mut noise = Noise::new(8);
    let found = share(100, || {
        let series: Vec<f64> =
            (0_u8..).zip(noise.following(100, 0.6)).map(|(at, value)| 0.1 * f64::from(at) + value).collect();
        MannKendall::first_order(&series).unwrap().direction(0.05).unwrap() == TrendDirection::Rising
    });
    assert!(found > 0.95, "{found}");
    // A line leaves nothing that could depend on itself.
    let line: Vec<f64> = (0..40).map(f64::from).collect();
    assert_eq!(MannKendall::first_order(&line).unwrap().direction(0.001).unwrap(), TrendDirection::Rising);
    assert_eq!(MannKendall::first_order(&[1.0; 4]), Err(Error::TooFewValues { needed: 5, found: 4 }));
}

#[test]
fn a_trend_is_shown_with_its_direction() {
    let rising: Vec<f64> = (0..12).map(f64::from).collect();
    let falling: Vec<f64> = rising.iter().map(|value| -value).collect();
    let direction = |values: &[f64]| MannKendall::new(values).unwrap().direction(0.05).unwrap();
    assert_eq!(direction(&rising), TrendDirection::Rising);
    assert_eq!(direction(&falling), TrendDirection::Falling);
    assert_eq!(direction(&[5.0; 12]), TrendDirection::NotShown);
    // Three values cannot show anything.
    assert_eq!(direction(&rising[..3]), TrendDirection::NotShown);
    assert!(MannKendall::new(&rising).unwrap().direction(1.0).is_err());
}

#[test]
fn series_without_pairs_have_no_trend() {
    let refused = |values: &[f64]| MannKendall::new(values).unwrap_err();
    assert_eq!(refused(&[]), Error::TooFewValues { needed: 2, found: 0 });
    assert_eq!(refused(&[1.0]), Error::TooFewValues { needed: 2, found: 1 });
    assert!(matches!(refused(&[1.0, f64::NAN]), Error::NotFinite { at: 1, .. }));
    assert_eq!(MannKendall::hamed_rao(&[1.0, 2.0], 0.05), Err(Error::TooFewValues { needed: 3, found: 2 }));
    assert_eq!(MannKendall::hamed_rao(&[1.0, 2.0, 3.0], 0.0), Err(Error::NotAProbability { value: 0.0 }));
}

proptest! {
    #[test]
    fn s_counts_pairs(values in prop::collection::vec(-4..4_i8, 2..40)) {
        let values: Vec<f64> = values.into_iter().map(f64::from).collect();
        let pairs = (0..values.len()).flat_map(|a| (a + 1..values.len()).map(move |b| (a, b)));
        let s: i64 = pairs.map(|(a, b)| i64::from(values[b] > values[a]) - i64::from(values[b] < values[a])).sum();
        prop_assert_eq!(MannKendall::new(&values).unwrap().s(), s);
    }

    #[test]
    fn equal_gaps_are_those_of_values(values in prop::collection::vec(-100.0..100.0, 1..40), gap in 1..100_000_i64) {
        let times: Vec<i64> = (0..).map(|at| 1_700_000_000_000 + at * gap).take(values.len()).collect();
        let by_time = ema_over_time(&times, &values, 2.5 * gap as f64).unwrap();
        let by_age = ema(&values, Smoothing::HalfLife(2.5), EmaStart::ByAge).unwrap();
        for (one, other) in by_time.iter().zip(by_age) {
            prop_assert!((one - other).abs() < 1e-10, "{one} {other}");
        }
    }
}

#[test]
fn a_gap_ages_what_is_before_it() {
    let (half_life, values) = (60_000.0, [10.0, 10.0, 20.0]);
    let close = ema_over_time(&[0, 1000, 2000], &values, half_life).unwrap();
    let after_an_hour = ema_over_time(&[0, 1000, 3_601_000], &values, half_life).unwrap();
    assert!(close[2] < 14.0 && after_an_hour[2] > 19.999);
    // All at one time: their mean.
    assert_eq!(ema_over_time(&[5, 5, 5], &[1.0, 2.0, 6.0], 1.0).unwrap(), [1.0, 1.5, 3.0]);
    // From one end of time to the other.
    assert_eq!(ema_over_time(&[i64::MIN, i64::MAX], &[1.0, 2.0], 1.0).unwrap(), [1.0, 2.0]);
}

#[test]
fn the_first_value_counts_by_its_age_unless_asked() {
    let values = [100.0, 0.0, 0.0];
    let half = Smoothing::Alpha(0.5);
    assert_eq!(ema(&values, half, EmaStart::FirstValue).unwrap(), [100.0, 50.0, 25.0]);
    let by_age = ema(&values, half, EmaStart::default()).unwrap();
    assert!((by_age[2] - 100.0 / 7.0).abs() < 1e-12);
    assert!(ema(&[], half, EmaStart::ByAge).unwrap().is_empty());
}

#[test]
fn means_that_cannot_be_are_refused() {
    for smoothing in [0.0, 1.5, -0.1, f64::NAN].map(Smoothing::Alpha) {
        assert!(matches!(ema(&[1.0], smoothing, EmaStart::ByAge), Err(Error::NotASmoothing { .. })));
    }
    for smoothing in [Smoothing::Span(0.5), Smoothing::HalfLife(0.0), Smoothing::HalfLife(f64::NAN)] {
        assert!(smoothing.alpha().is_err(), "{smoothing:?}");
    }
    let refused =
        |times: &[i64], values: &[f64], half_life| ema_over_time(times, values, half_life).unwrap_err().to_string();
    assert_eq!(refused(&[5, 3], &[1.0, 2.0], 10.0), "follow a series: time 1 is before the one before it");
    assert_eq!(refused(&[1, 2], &[1.0, 2.0], 0.0), "compute with value 0: 0 is not finite and above 0");
    assert_eq!(refused(&[1], &[1.0, 2.0], 1.0), "pair 1 values with 2");
    assert_eq!(refused(&[1], &[f64::NAN], 1.0), "compute with value 0: NaN is not finite");
}
