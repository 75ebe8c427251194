//! Trend and season.

use std::num::NonZeroU16;

use audience_stats::{Error, SeasonalModel, Stl, decompose};

use crate::noise::Noise;

#[test]
fn an_even_period_has_a_flat_trend() {
    // Of numbers without an exact form in bits.
    let season = [0.1, 0.7, -0.3, 12.3];
    let values: Vec<f64> = (0..40).map(|at| season[at % 4]).collect();
    let parts = decompose(&values, 4, SeasonalModel::Additive).unwrap();
    let trend: Vec<f64> = parts.trend.iter().flatten().copied().collect();
    assert_eq!(trend.len(), 36);
    assert!(trend.iter().all(|level| *level == trend[0]), "{trend:?}");
    assert!((trend[0] - 3.2).abs() < 1e-15);
    assert!(parts.residual.iter().flatten().all(|rest| rest.abs() < 1e-14));
    assert_eq!((parts.trend[1], parts.trend[38], parts.residual[0]), (None, None, None));
}

#[test]
fn products_are_taken_apart() {
    let values: Vec<f64> = (0..28).map(|day| (100.0 + f64::from(day)) * if day % 7 == 6 { 3.0 } else { 1.0 }).collect();
    let parts = decompose(&values, 7, SeasonalModel::Multiplicative).unwrap();
    let over = parts.seasonal[6] / parts.seasonal[5];
    assert!((over - 3.0).abs() < 0.05, "{over}");
    for (at, value) in values.iter().enumerate() {
        if let (Some(trend), Some(rest)) = (parts.trend[at], parts.residual[at]) {
            assert!((trend * parts.seasonal[at] * rest / value - 1.0).abs() < 1e-14);
        }
    }
    assert!((parts.seasonal[..7].iter().sum::<f64>() - 7.0).abs() < 1e-12);
}

#[test]
fn series_without_two_periods_are_refused() {
    let short = [1.0; 7];
    let expected = Error::NotAPeriod { period: 4, values: 7 };
    assert_eq!(decompose(&short, 4, SeasonalModel::Additive), Err(expected.clone()));
    assert_eq!(Stl::new(4, 7).unwrap().decompose(&short), Err(expected.clone()));
    assert_eq!(expected.to_string(), "take 4 for the period of 7 values: it is at least 2, and there are two of them");
    assert!(decompose(&short, 1, SeasonalModel::Additive).is_err());
    assert!(decompose(&short, usize::MAX, SeasonalModel::Additive).is_err());
    assert_eq!(
        decompose(&[1.0, -1.0, 1.0, 1.0], 2, SeasonalModel::Multiplicative),
        Err(Error::NotPositive { at: 1, value: -1.0 })
    );
    assert!(matches!(
        decompose(&[1.0, f64::NAN, 1.0, 1.0], 2, SeasonalModel::Additive),
        Err(Error::NotFinite { at: 1, .. })
    ));
}

#[test]
fn windows_of_local_regression_are_odd_and_long_enough() {
    assert!(matches!(Stl::new(1, 7), Err(Error::NotAPeriod { period: 1, .. })));
    assert!(matches!(Stl::new(usize::MAX, 7), Err(Error::NotAPeriod { .. })));
    assert_eq!(Stl::new(7, 6), Err(Error::NotAWindow { window: 6, least: 3 }));
    assert_eq!(Stl::new(7, 1), Err(Error::NotAWindow { window: 1, least: 3 }));
    assert!(Stl::new(7, usize::MAX).is_err());
    let weekly = Stl::new(7, 7).unwrap();
    assert_eq!(weekly.with_trend_window(7), Err(Error::NotAWindow { window: 7, least: 8 }));
    assert!(weekly.with_low_pass_window(8).is_err());
    assert!(weekly.with_trend_window(21).unwrap().with_low_pass_window(9).is_ok());
    let long = weekly.with_trend_window((1 << 30) - 1).unwrap();
    assert!(long.decompose(&[2.5; 14]).unwrap().trend.iter().all(|level| (level - 2.5).abs() < 1e-9));
}

#[test]
fn parts_add_up_and_outliers_are_borne() {
    let mut noise = Noise::new(5);
    let mut values: Vec<f64> =
        (0..84).map(|day| 50.0 + if day % 7 == 5 { 20.0 } else { 0.0 } + noise.normal()).collect();
    values[40] += 500.0;
    let plain = Stl::new(7, 7).unwrap();
    let robust = plain.robust().decompose(&values).unwrap();
    let weights = robust.robustness_weights.as_ref().unwrap();
    assert_eq!(weights[40], 0.0);
    assert!((robust.residual[40] - 500.0).abs() < 10.0, "{}", robust.residual[40]);
    let not = plain.with_loops(NonZeroU16::MIN, 0).decompose(&values).unwrap();
    assert!(not.robustness_weights.is_none() && not.residual[40] < 450.0, "{}", not.residual[40]);
    for (at, value) in values.iter().enumerate() {
        assert!((robust.seasonal[at] + robust.trend[at] + robust.residual[at] - value).abs() < 1e-10);
    }
    assert!(matches!(plain.decompose(&[1e300; 14]), Err(Error::OutOfRange { at: 0, .. })));
    assert!(plain.robust().decompose(&[1e150, -1e150, 0.0, 0.0, 1.0, 1e150, 0.0].repeat(3)).is_ok());
}
