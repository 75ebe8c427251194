//! Values unlike the others, or those before them.

use audience_stats::{
    Error, EsdCentre, LinearRegression, RobustDetector, RobustScale, Stl, Verdict, esd_of_fit, generalized_esd,
    robust_z, seasonal_esd, trailing_robust_z,
};
use proptest::prelude::*;

use crate::noise::{Noise, five_percent_and_three_errors, share};

#[test]
fn a_spike_among_zeros_and_ones_is_found() {
    let mut noise = Noise::new(4);
    let keeping = RobustDetector::new(30, 3.5).unwrap();
    for mut detector in [keeping.clone().leaving_out_anomalies(), keeping] {
        let (mut spikes, mut found, mut others) = (0, 0, 0);
        for at in 1..=3000 {
            let spike = at > 30 && at % 29 == 0 && spikes < 100;
            let value = if spike { 1e9 } else { f64::from(u8::from(noise.uniform() < 0.5)) };
            let anomalous = detector.observe(value).unwrap().verdict == Verdict::Anomalous;
            spikes += u32::from(spike);
            found += u32::from(spike && anomalous);
            others += u32::from(!spike && anomalous);
        }
        assert_eq!((spikes, found), (100, 100));
        // Of thirty, at times less than seven are ones, and the next is then rare.
        assert!(others < 30, "{others}");
    }
}

#[test]
fn one_nan_does_not_disable_a_detector() {
    let mut detector = RobustDetector::new(5, 3.5).unwrap();
    for value in [1.0, 2.0, 3.0, 2.0, 1.0] {
        detector.observe(value).unwrap();
    }
    let before = detector.clone();
    assert!(matches!(detector.observe(f64::NAN), Err(Error::NotFinite { at: 5, .. })));
    assert!(matches!(detector.observe(f64::INFINITY), Err(Error::NotFinite { at: 5, .. })));
    assert!(matches!(detector.observe(1e300), Err(Error::OutOfRange { at: 5, .. })));
    assert_eq!(detector, before);
    assert_eq!(detector.observe(2.0).unwrap().verdict, Verdict::Usual);
    assert_eq!(detector.observe(99.0).unwrap().verdict, Verdict::Anomalous);
}

#[test]
fn a_window_without_spread_is_judged_all_the_same() {
    let mut errors = RobustDetector::new(10, 3.5).unwrap();
    (0..10).for_each(|_| assert_eq!(errors.observe(0.0).unwrap().verdict, Verdict::TooEarly));
    assert_eq!(errors.judge(0.0).unwrap().verdict, Verdict::Usual);
    assert_eq!((errors.judge(1.0).unwrap().verdict, errors.judge(1.0).unwrap().z), (Verdict::Anomalous, None));
    let lenient = errors.clone().ignoring_up_to(2.0).unwrap();
    assert_eq!(lenient.judge(2.0).unwrap().verdict, Verdict::Usual);
    assert_eq!(lenient.judge(3.0).unwrap().verdict, Verdict::Anomalous);
    // Two of ten differ: the MAD is 0, the mean distance 0.2.
    errors.observe(1.0).unwrap();
    errors.observe(1.0).unwrap();
    let judged = errors.judge(1.0).unwrap();
    assert!((judged.z.unwrap() - 1.0 / (0.2 * 1.253_314_137_315_5)).abs() < 1e-12);
    errors.forget();
    assert_eq!(errors.judge(1.0).unwrap().verdict, Verdict::TooEarly);
}

#[test]
fn anomalies_left_out_do_not_hide_the_next() {
    let detector = RobustDetector::new(9, 3.5).unwrap();
    let found = |mut detector: RobustDetector| {
        let usual = [10.0, 11.0, 9.0, 10.0, 12.0, 8.0, 10.0, 11.0, 9.0];
        for value in usual {
            detector.observe(value).unwrap();
        }
        (0..9).filter(|_| detector.observe(50.0).unwrap().verdict == Verdict::Anomalous).count()
    };
    // Taken in, they are usual once they are half of the window.
    assert_eq!((found(detector.clone().leaving_out_anomalies()), found(detector)), (9, 5));
}

#[test]
fn detectors_that_cannot_be_are_refused() {
    assert_eq!(RobustDetector::new(2, 3.5), Err(Error::NotAWindow { window: 2, least: 3 }));
    assert_eq!(RobustDetector::new(9, 0.0), Err(Error::NotPositive { at: 0, value: 0.0 }));
    assert!(RobustDetector::new(9, f64::NAN).is_err());
    assert!(RobustDetector::new(9, 3.0).unwrap().ignoring_up_to(f64::NAN).is_err());
    assert_eq!(trailing_robust_z(&[1.0], 0), Err(Error::NotAWindow { window: 0, least: 1 }));
    assert_eq!(RobustScale::of(&[]), Err(Error::NoValues));
    assert_eq!(robust_z(&[5.0, 5.0, 5.0, 9.0]), Ok(None));
    assert_eq!(robust_z(&[-1e-300, 0.0, 1e-300, 1e150]), Ok(None));
}

proptest! {
    #[test]
    fn a_detector_and_the_trailing_form_are_one(values in prop::collection::vec(-9.0..9.0, 0..60), window in 3..12_usize) {
        let mut detector = RobustDetector::new(window, 3.5).unwrap();
        let streamed: Vec<_> = values.iter().map(|value| detector.observe(*value).unwrap().z).collect();
        prop_assert_eq!(streamed, trailing_robust_z(&values, window).unwrap());
    }
}

#[test]
fn outliers_of_normal_values_are_found_five_times_in_a_hundred() {
    let (worlds, mut noise) = (3000, Noise::new(1));
    let found = share(worlds, || generalized_esd(&noise.normals(50), 5, 0.05).unwrap().outlier_count > 0);
    assert!(found < five_percent_and_three_errors(worlds) && found > 0.03, "{found}");
}

#[test]
fn outliers_that_hide_each_other_are_found_together() {
    let mut values = Noise::new(2).normals(30);
    values.extend([9.0, 9.1, 9.2]);
    // Alone, none is too far out for the deviation that the others make.
    assert_eq!(generalized_esd(&values, 1, 0.05).unwrap().outlier_count, 0);
    let found = generalized_esd(&values, 6, 0.05).unwrap();
    assert_eq!(found.outliers().iter().map(|outlier| outlier.at).collect::<Vec<_>>(), [32, 31, 30]);
    assert_eq!(found.removals.len(), 6);
    assert!(generalized_esd(&[0.1; 20], 3, 0.05).unwrap().removals.is_empty());
}

#[test]
fn the_season_is_no_outlier() {
    let mut noise = Noise::new(6);
    let mut values: Vec<f64> =
        (0..84).map(|day| 50.0 + if day % 7 == 5 { 40.0 } else { 0.0 } + noise.normal()).collect();
    // A Friday like a Saturday, and a Saturday like other days.
    values[46] += 30.0;
    values[61] -= 30.0;
    let stl = Stl::new(7, 7).unwrap().robust();
    for centre in [EsdCentre::Mean, EsdCentre::Median] {
        let found = seasonal_esd(&values, &stl, centre, 8, 0.01).unwrap();
        let mut places: Vec<_> = found.esd.outliers().iter().map(|outlier| outlier.at).collect();
        // By the median, more of the others are beyond than the level says.
        assert!(places.len() <= if centre == EsdCentre::Mean { 2 } else { 4 }, "{places:?}");
        places.truncate(2);
        places.sort_unstable();
        assert_eq!(places, [46, 61], "{centre:?}");
    }
    assert!(generalized_esd(&values, 8, 0.01).unwrap().outliers().iter().all(|outlier| outlier.at != 61));
}

#[test]
fn outliers_that_cannot_be_told_are_refused() {
    let refused = |values: &[f64], most, alpha| generalized_esd(values, most, alpha).unwrap_err();
    assert_eq!(refused(&[], 1, 0.05), Error::TooFewValues { needed: 3, found: 0 });
    assert_eq!(refused(&[1.0; 5], 4, 0.05), Error::TooFewValues { needed: 6, found: 5 });
    assert_eq!(refused(&[1.0; 5], usize::MAX, 0.05), Error::TooFewValues { needed: usize::MAX, found: 5 });
    assert_eq!(refused(&[1.0; 5], 1, 0.0), Error::NotAProbability { value: 0.0 });
    assert!(matches!(refused(&[1.0, 2.0, f64::NAN], 1, 0.05), Error::NotFinite { at: 2, .. }));
}

/// What weekdays of a line are, from those that are left.
fn weekdays(values: &[f64], left: &[usize]) -> Vec<f64> {
    let x: Vec<f64> = left.iter().map(|at| *at as f64).collect();
    let y: Vec<f64> = left.iter().map(|at| values[*at]).collect();
    let line = LinearRegression::new(&x, &y).unwrap();
    let mut week = [(0.0, 0.0); 7];
    for at in left {
        week[at % 7].0 += values[*at] - line.at(*at as f64);
        week[at % 7].1 += 1.0;
    }
    (0..values.len()).map(|at| line.at(at as f64) + week[at % 7].0 / f64::max(week[at % 7].1, 1.0)).collect()
}

#[test]
fn outliers_of_weeks_are_found_five_times_in_a_hundred() {
    let mut rng = Noise::new(9);
    let worlds = 600;
    for days in [21, 28, 60] {
        let found = (0..worlds).filter(|_| {
            let of = |at: usize| if at % 7 > 4 { 30.0 } else { 20.0 } + 0.1 * at as f64;
            let values: Vec<f64> = (0..days).map(|at| of(at) + rng.normal()).collect();
            esd_of_fit(&values, days / 10, 0.05, 8, |left| weekdays(&values, left)).unwrap().outlier_count > 0
        });
        // 5 % and three standard errors of 600.
        let found = f64::from(found.count() as u32) / f64::from(worlds);
        assert!(found < 0.05 + 3.0 * (0.05 * 0.95 / f64::from(worlds)).sqrt(), "{days}: {found}");
    }
}

/// What the method that others use finds in four weeks without an odd day, as its documentation says.
#[test]
fn a_season_of_few_periods_takes_noise_for_season() {
    let (worlds, mut noise) = (300, Noise::new(11));
    let stl = Stl::new(7, 7).unwrap().robust();
    let mut found = [0_u32; 2];
    for _ in 0..worlds {
        let values = noise.normals(28);
        for (found, centre) in found.iter_mut().zip([EsdCentre::Median, EsdCentre::Mean]) {
            *found += u32::from(seasonal_esd(&values, &stl, centre, 2, 0.05).unwrap().esd.outlier_count > 0);
        }
    }
    let [median, mean] = found.map(|found| f64::from(found) / f64::from(worlds));
    assert!((0.83..0.95).contains(&median) && (0.36..0.54).contains(&mean), "{median}, {mean}");
}

#[test]
fn outliers_are_held_against_a_fit_without_them() {
    let mut rng = Noise::new(10);
    let mut values: Vec<f64> = (0..28).map(|at| if at % 7 > 4 { 30.0 } else { 20.0 } + rng.normal()).collect();
    values[10] += 9.0;
    values[17] -= 12.0;
    let found = esd_of_fit(&values, 4, 0.05, 8, |left| weekdays(&values, left)).unwrap();
    let mut places: Vec<usize> = found.outliers().iter().map(|outlier| outlier.at).collect();
    places.sort_unstable();
    assert_eq!(places, [10, 17]);
    // Around a mean alone it is the test of Rosner.
    let mean = |left: &[usize]| {
        let mean = left.iter().map(|at| values[*at]).sum::<f64>() / left.len() as f64;
        vec![mean; values.len()]
    };
    let (ours, rosner) = (esd_of_fit(&values, 4, 0.05, 1, mean).unwrap(), generalized_esd(&values, 4, 0.05).unwrap());
    for (ours, rosner) in ours.removals.iter().zip(&rosner.removals) {
        assert_eq!(ours.at, rosner.at);
        assert!((ours.statistic - rosner.statistic).abs() < 1e-12);
        assert_eq!(ours.critical_value, rosner.critical_value);
    }
    assert!(esd_of_fit(&values, 20, 0.05, 8, |_| Vec::new()).is_err());
    assert!(esd_of_fit(&values, 2, 0.05, 8, |_| vec![0.0; 3]).is_err());
    assert!(esd_of_fit(&values, 2, 0.05, 8, |_| vec![f64::NAN; 28]).is_err());
}

#[test]
fn a_detector_goes_on_where_it_was_written() {
    let mut detector = RobustDetector::new(4, 3.5).unwrap().leaving_out_anomalies().ignoring_up_to(0.5).unwrap();
    for value in [1.0, 2.0, 3.0, 2.0, 2.5, 90.0] {
        detector.observe(value).unwrap();
    }
    let bytes = postcard::to_stdvec(&detector).unwrap();
    assert_eq!(postcard::from_bytes::<RobustDetector>(&bytes).unwrap(), detector);
    let text = serde_json::to_string(&detector).unwrap();
    assert_eq!(serde_json::from_str::<RobustDetector>(&text).unwrap(), detector);

    let alike = RobustDetector::new(4, 3.5).unwrap().leaving_out_anomalies().ignoring_up_to(0.5).unwrap();
    assert!(detector.is_set_like(&alike) && !detector.is_set_like(&RobustDetector::new(4, 3.5).unwrap()));
    // What no detector can have come to is none.
    for (from, to) in [
        ("\"size\":4", "\"size\":2"),
        ("\"size\":4", "\"size\":3"),
        ("\"threshold\":3.5", "\"threshold\":0.0"),
        ("\"ignoring_up_to\":0.5", "\"ignoring_up_to\":-1.0"),
        ("\"observed\":6", "\"observed\":3"),
        ("[2.0,", "[1e200,"),
    ] {
        assert!(text.contains(from), "{from} in {text}");
        assert!(serde_json::from_str::<RobustDetector>(&text.replacen(from, to, 1)).is_err(), "{to}");
    }
}
