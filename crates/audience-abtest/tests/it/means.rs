//! Means and trimmed means of two samples, and balance before the experiment.

use audience_abtest::samples::{TRIM, student, trimmed};
use audience_abtest::trust::covariate_balance;
use audience_abtest::{Alternative, ArmEstimate, Error, Refusal, Scale, welch};
use audience_stats::{Moments, PValue};
use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

/// `scipy.stats.ttest_ind(equal_var=False, trim=0.2)` and `ttest_ind` (1.17).
#[test]
fn agrees_with_scipy() {
    let control = [10.468, 10.896, 10.037, 3.639, 6.251, 14.443, 11.218, 13.09, 11.124];
    let treatment = [12.955, 139.499, 17.496, 18.171, 7.909, 6.732, 29.358, 16.915];
    let middle =
        welch(&trimmed(&control, TRIM).unwrap(), &trimmed(&treatment, TRIM).unwrap(), Scale::Absolute).unwrap();
    let close = |found: f64, expected: f64| {
        assert!((found - expected).abs() <= 1e-11 * expected.abs(), "{found}, not {expected}");
    };
    close(middle.statistic(0.0), 1.603_716_474_420_146_4);
    close(middle.degrees.unwrap(), 5.739_806_165_120_601);
    close(middle.p_value(0.0, Alternative::TwoSided).value(), 0.162_129_516_693_449_13);
    let mean = |values: &[f64]| ArmEstimate::mean(&Moments::of(&[values]).unwrap(), 0).unwrap();
    let pooled = student(&mean(&control), &mean(&treatment)).unwrap();
    close(pooled.statistic(0.0), 1.421_995_218_738_311);
    close(pooled.p_value(0.0, Alternative::TwoSided).value(), 0.175_487_529_843_054_68);
    assert_eq!(pooled.degrees, Some(15.0));
}

#[test]
fn nothing_trimmed_is_the_mean() {
    let values = [4.0, 8.0, 15.0, 16.0, 23.0, 42.0];
    let mean = ArmEstimate::mean(&Moments::of(&[&values]).unwrap(), 0).unwrap();
    let trimmed_by = |trim| trimmed(&values, trim).unwrap();
    assert!(
        (trimmed_by(0.0).value - mean.value).abs() < 1e-12 && (trimmed_by(0.0).variance - mean.variance).abs() < 1e-9
    );
    assert_eq!((trimmed_by(0.1).units, trimmed_by(0.2).units, trimmed_by(0.4).units), (6, 4, 2));
    assert_eq!(trimmed_by(0.4).value, 15.5);
    assert!(matches!(trimmed(&values, 0.5), Err(Error::Statistics(audience_stats::Error::NothingLeft { .. }))));
    assert!(matches!(trimmed(&[1.0, f64::NAN, 2.0], 0.1), Err(Error::Statistics(_))));
    let too_few = Err(Error::Refused(Refusal::TooFewUnits { units: 1, needed: 2 }));
    assert_eq!(trimmed(&[1.0], 0.2), too_few);
    assert_eq!(trimmed(&[1.0, 2.0, 3.0], 0.4), too_few);
    assert_eq!(trimmed(&[], 0.2), Err(Error::Refused(Refusal::TooFewUnits { units: 0, needed: 2 })));
}

#[test]
fn students_test_needs_what_varies() {
    let arm = |units, variance| ArmEstimate::new(units, 5.0, variance);
    assert_eq!(student(&arm(9, 0.0), &arm(9, 0.0)), Err(Refusal::NoVariance));
    assert_eq!(student(&arm(0, 1.0), &arm(9, 1.0)), Err(Refusal::TooFewUnits { units: 0, needed: 2 }));
    assert!(student(&arm(1, 0.0), &arm(2, 1.0)).is_ok());
}

#[test]
fn differences_before_the_experiment_are_told() {
    let arm = |units, value| ArmEstimate::new(units, value, 100.0);
    // Ten standard errors apart in the second arm of the second covariate.
    let covariates =
        [vec![arm(5000, 20.0), arm(5000, 20.1), arm(5000, 19.9)], vec![arm(5000, 7.0), arm(5000, 7.1), arm(5000, 9.0)]];
    let found = covariate_balance(&covariates).unwrap();
    assert_eq!(found.len(), 4);
    assert_eq!((found[0].covariate, found[0].arm, found[0].effect.estimate), (1, 2, 2.0));
    assert!(found[0].is_mismatch() && !found[1].is_mismatch());
    assert!((found[0].adjusted.ln() - (found[0].p.ln() + 4.0_f64.ln())).abs() < 1e-12);
    // Constants that differ cannot by chance; those that do not say nothing.
    let constant = |value| ArmEstimate::new(50, value, 0.0);
    let found = covariate_balance(&[vec![constant(1.0), constant(1.0), constant(2.0)]]).unwrap();
    assert_eq!((found.len(), found[0].arm, found[0].p), (1, 2, PValue::ZERO));
    assert_eq!(covariate_balance(&[vec![arm(9, 1.0)]]), Err(Error::TooFewArms { needed: 2, found: 1 }));
    assert!(matches!(covariate_balance(&[vec![arm(9, 1.0), arm(1, 1.0)]]), Err(Error::Refused(_))));
    assert_eq!(covariate_balance(&[]), Ok(Vec::new()));
}

/// Of 40 and 60 values with tails like those of stalls, in 3000 worlds: within three Monte Carlo errors of what SciPy's gave in 100,000.
#[test]
fn trimmed_means_differ_as_often_as_documented() {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(21);
    let worlds = 3000;
    let mut sample = |n: usize| -> Vec<f64> { (0..n).map(|_| -(1.0 - rng.random::<f64>()).ln()).collect() };
    let rejected = (0..worlds).filter(|_| {
        let (a, b) = (sample(40), sample(60));
        let effect = welch(&trimmed(&a, TRIM).unwrap(), &trimmed(&b, TRIM).unwrap(), Scale::Absolute).unwrap();
        effect.p_value(0.0, Alternative::TwoSided).value() <= 0.05
    });
    let share = rejected.count() as f64 / f64::from(worlds);
    let error = (RATE * (1.0 - RATE) / f64::from(worlds)).sqrt();
    assert!((share - RATE).abs() <= 3.0 * error, "{share}");
}

const RATE: f64 = 0.0476;
