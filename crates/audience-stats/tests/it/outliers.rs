//! Values unlike the others, or those before them.

use audience_stats::{
    Error, EsdCentre, RobustDetector, RobustScale, Stl, Verdict, generalized_esd, robust_z, seasonal_esd,
    trailing_robust_z,
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
