//! Lines through points.

use audience_stats::{Confidence, Error, LinearRegression, TheilSen, TrendDirection};

use crate::noise::{Noise, five_percent_and_three_errors, share};

#[test]
fn regression_on_epoch_milliseconds_does_not_cancel() {
    // Falls by 0.05 a second.
    let x: Vec<f64> = (0..60).map(|second| 1.7e12 + 1000.0 * f64::from(second)).collect();
    let y: Vec<f64> = (0..60).map(|second| 80.0 - 0.05 * f64::from(second)).collect();
    let line = LinearRegression::new(&x, &y).unwrap();
    assert!((line.slope() / -5e-5 - 1.0).abs() < 1e-12, "{}", line.slope());
    assert!((line.at(1.7e12) - 80.0).abs() < 1e-10);
    assert!(line.r_squared().unwrap() > 1.0 - 1e-12);
    assert_eq!(line.direction(0.05).unwrap(), TrendDirection::Falling);
    let robust = TheilSen::new(&x, &y).unwrap();
    assert!((robust.slope() / -5e-5 - 1.0).abs() < 1e-9, "{}", robust.slope());
}

#[test]
fn what_a_line_leaves_undefined_is_none() {
    let two = LinearRegression::new(&[1.0, 2.0], &[1.0, 3.0]).unwrap();
    assert_eq!((two.slope(), two.intercept(), two.degrees_of_freedom()), (2.0, -1.0, 0));
    assert_eq!((two.residual_variance(), two.slope_standard_error(), two.t()), (None, None, None));
    assert_eq!((two.p(), two.slope_interval(Confidence::P95)), (None, None));
    assert_eq!(two.direction(0.05).unwrap(), TrendDirection::NotShown);

    let flat = LinearRegression::new(&[1.0, 2.0, 3.0], &[0.1, 0.1, 0.1]).unwrap();
    assert_eq!((flat.slope(), flat.slope_standard_error()), (0.0, Some(0.0)));
    assert_eq!((flat.t(), flat.p(), flat.r_squared()), (None, None, None));

    let exact = LinearRegression::new(&[0.0, 1.0, 2.0, 3.0], &[7.0, 5.0, 3.0, 1.0]).unwrap();
    assert_eq!((exact.t(), exact.p().unwrap().value(), exact.r_squared()), (None, 0.0, Some(1.0)));
    assert_eq!(exact.direction(0.001).unwrap(), TrendDirection::Falling);
}

#[test]
fn points_that_have_no_line_are_refused() {
    type Fit = fn(&[f64], &[f64]) -> Result<(), Error>;
    let fits: [Fit; 2] = [|x, y| LinearRegression::new(x, y).map(drop), |x, y| TheilSen::new(x, y).map(drop)];
    for fit in fits {
        let refused = |x: &[f64], y: &[f64]| fit(x, y).unwrap_err().to_string();
        assert_eq!(refused(&[], &[]), "compute with 0 values: there must be 2");
        assert_eq!(refused(&[1.0], &[1.0]), "compute with 1 values: there must be 2");
        assert_eq!(refused(&[1.0, 2.0], &[1.0]), "pair 2 values with 1");
        assert_eq!(refused(&[3.0, 3.0], &[1.0, 2.0]), "fit a line: all points are at 3");
        assert_eq!(refused(&[1.0, f64::NAN], &[1.0, 2.0]), "compute with value 1: NaN is not finite");
        assert_eq!(refused(&[1.0, 2.0], &[f64::INFINITY, 2.0]), "compute with value 0: inf is not finite");
        assert!(matches!(fit(&[1.0, 2.0], &[1e200, 2.0]), Err(Error::OutOfRange { at: 0, .. })));
    }
    let many = vec![0.0; TheilSen::MOST_POINTS + 1];
    assert!(matches!(TheilSen::new(&many, &many), Err(Error::TooManyValues { most: TheilSen::MOST_POINTS, .. })));
}

#[test]
fn a_quarter_of_the_points_does_not_move_medians() {
    let x: Vec<f64> = (0..40).map(f64::from).collect();
    let y: Vec<f64> = x.iter().map(|x| if x % 4.0 == 3.0 { 1e6 * x } else { 5.0 + 2.0 * x }).collect();
    let line = TheilSen::new(&x, &y).unwrap();
    assert_eq!((line.slope(), line.intercept_of_residuals(), line.pairs()), (2.0, 5.0, 780));
    assert!(LinearRegression::new(&x, &y).unwrap().slope() > 1e5);
}

#[test]
fn intervals_of_sen_hold_the_slope() {
    let mut noise = Noise::new(3);
    let x: Vec<f64> = (0..30).map(f64::from).collect();
    let held = share(2000, || {
        let y: Vec<f64> = x.iter().map(|x| 0.5 * x + 4.0 * noise.normal()).collect();
        TheilSen::new(&x, &y).unwrap().slope_interval(Confidence::P95).unwrap().contains(0.5)
    });
    assert!((held - 0.95).abs() < 0.015, "{held}");
}

#[test]
fn slopes_of_noise_are_found_five_times_in_a_hundred() {
    let (worlds, mut noise) = (4000, Noise::new(1));
    let x: Vec<f64> = (0..20).map(f64::from).collect();
    let found = share(worlds, || {
        let line = LinearRegression::new(&x, &noise.normals(20)).unwrap();
        line.direction(0.05).unwrap() != TrendDirection::NotShown
    });
    let bound = five_percent_and_three_errors(worlds);
    assert!(found < bound && found > 0.1 - bound, "{found}");
}
