//! Differences: what swapping arms and changing units does to them, and where there is none to be told.

use audience_abtest::{
    Alternative, ArmEstimate, Functional, Refusal, RelativeInterval, Scale, cuped, fieller, log_ratio, post_stratified,
    welch,
};
use audience_stats::{Confidence, Interval, Moments};
use proptest::prelude::*;

fn near(one: f64, other: f64) -> bool {
    (one - other).abs() <= 1e-9 * (1.0 + one.abs().max(other.abs()))
}

fn both(interval: Interval) -> [f64; 2] {
    [interval.low, interval.high]
}

/// A few units with a figure, another one above 0 and two of before.
fn units() -> impl Strategy<Value = Vec<[f64; 4]>> {
    let unit = (-50..50_i32, 1..50_i32, -50..50_i32, 1..50_i32);
    let unit = unit.prop_map(|(a, b, c, d)| [a, b, c, d].map(f64::from));
    prop::collection::vec(unit, 6..25)
}

fn moments(units: &[[f64; 4]], scale: f64) -> Moments {
    let column = |at: usize| units.iter().map(|unit| scale * unit[at]).collect::<Vec<_>>();
    let columns = [column(0), column(1), column(2), column(3)];
    Moments::of(&columns.each_ref().map(Vec::as_slice)).unwrap()
}

/// Control and treatment by each kind of metric.
fn by_each_metric(control: &Moments, treatment: &Moments) -> Vec<(ArmEstimate, ArmEstimate)> {
    let ways: [(Functional, &[Functional]); 4] = [
        (Functional::Mean(0), &[]),
        (Functional::Ratio(0, 1), &[]),
        (Functional::Mean(0), &[Functional::Mean(2), Functional::Mean(3)]),
        (Functional::Ratio(0, 1), &[Functional::Ratio(2, 3)]),
    ];
    let arms = |(metric, covariates): (Functional, &[Functional])| {
        let arms = cuped(control, treatment, metric, covariates).unwrap();
        (arms.control, arms.treatment)
    };
    ways.into_iter().map(arms).collect()
}

proptest! {
    #[test]
    fn swapping_arms_mirrors_differences(control in units(), treatment in units()) {
        let (control, treatment) = (moments(&control, 1.0), moments(&treatment, 1.0));
        let forth = by_each_metric(&control, &treatment);
        let back = by_each_metric(&treatment, &control);
        for ((a, b), (c, d)) in forth.into_iter().zip(back) {
            let (Ok(one), Ok(other)) = (welch(&a, &b, Scale::Absolute), welch(&c, &d, Scale::Absolute)) else { continue };
            prop_assert!(near(one.estimate, -other.estimate) && near(one.standard_error, other.standard_error));
            let [low, high] = both(one.interval(Confidence::P95, Alternative::TwoSided));
            let [other_low, other_high] = both(other.interval(Confidence::P95, Alternative::TwoSided));
            prop_assert!(near(low, -other_high) && near(high, -other_low));
            let (greater, less) = (one.p_value(0.0, Alternative::Greater), other.p_value(0.0, Alternative::Less));
            prop_assert!(near(greater.value(), less.value()));
            prop_assert!(near(greater.value() + one.p_value(0.0, Alternative::Less).value(), 1.0));
        }
    }

    /// In seconds instead of milliseconds: differences are a thousandth, and probabilities and relative differences the same.
    #[test]
    fn other_units_scale_differences(control in units(), treatment in units()) {
        let (milli, whole) = ((moments(&control, 1000.0), moments(&treatment, 1000.0)), (moments(&control, 1.0), moments(&treatment, 1.0)));
        let pairs = by_each_metric(&milli.0, &milli.1).into_iter().zip(by_each_metric(&whole.0, &whole.1)).enumerate();
        for (at, (large, small)) in pairs {
            // A ratio of two scaled figures is the same.
            let by = if at % 2 == 0 { 1000.0 } else { 1.0 };
            for scale in [Scale::Absolute, Scale::Relative] {
                let (Ok(large), Ok(small)) = (welch(&large.0, &large.1, scale), welch(&small.0, &small.1, scale)) else { continue };
                let by = if scale == Scale::Absolute { by } else { 1.0 };
                prop_assert!(near(large.estimate / by, small.estimate) && near(large.standard_error / by, small.standard_error));
                let p = [&large, &small].map(|effect| effect.p_value(0.0, Alternative::TwoSided).value());
                prop_assert!(near(p[0], p[1]));
            }
        }
    }

    /// The same units in one stratum or without; a covariate that says nothing changes nothing.
    #[test]
    fn what_says_nothing_changes_nothing(control in units(), treatment in units()) {
        let (control, treatment) = (moments(&control, 1.0), moments(&treatment, 1.0));
        let plain = welch(&ArmEstimate::mean(&control, 0).unwrap(), &ArmEstimate::mean(&treatment, 0).unwrap(), Scale::Absolute);
        let strata = [(control.clone(), treatment.clone())];
        prop_assert_eq!(post_stratified(&strata, Functional::Mean(0), &[], Scale::Absolute), plain);
        let of = |arm: &Moments| {
            let n = arm.units() as usize;
            // Quantity 1 is always 7.
            Moments::from_sums(n as u64, &[arm.mean(0) * n as f64, 7.0 * n as f64], &[
                arm.scatter(0, 0) + arm.mean(0).powi(2) * n as f64,
                7.0 * arm.mean(0) * n as f64,
                49.0 * n as f64,
            ]).unwrap()
        };
        let constant = cuped(&of(&control), &of(&treatment), Functional::Mean(0), &[Functional::Mean(1)]).unwrap();
        prop_assert!(constant.coefficients[0].abs() < 1e-6, "{:?}", constant.coefficients);
    }

    /// Where the control is far from 0, Fieller's interval and that of the delta method are nearly the same; and 0 is in Fieller's
    /// exactly when Welch's test does not reject.
    #[test]
    fn fieller_and_delta_agree_far_from_zero(control in units(), treatment in units()) {
        let (control, treatment) = (moments(&control, 1.0), moments(&treatment, 1.0));
        // From 1 to 50: quite far from 0.
        let (base, own) = (ArmEstimate::mean(&control, 1).unwrap(), ArmEstimate::mean(&treatment, 1).unwrap());
        let (Ok(effect), Ok(RelativeInterval::Within(interval))) = (welch(&base, &own, Scale::Absolute), fieller(&base, &own, Confidence::P95)) else { return Ok(()) };
        let p = effect.p_value(0.0, Alternative::TwoSided).value();
        if (p - 0.05).abs() > 1e-6 {
            prop_assert_eq!(interval.contains(0.0), p > 0.05);
        }
        if base.distance_from_zero() > 8.0 {
            let delta = welch(&base, &own, Scale::Relative).unwrap().interval(Confidence::P95, Alternative::TwoSided);
            let width = delta.high - delta.low;
            prop_assert!((interval.low - delta.low).abs() < 0.35 * width && (interval.high - delta.high).abs() < 0.5 * width, "{interval:?} {delta:?}");
        }
    }
}

/// gbstats answers p = 1 and an interval of (0, 0) to all of these.
#[test]
fn what_cannot_be_told_is_refused_with_a_reason() {
    let of = |values: &[f64]| ArmEstimate::mean(&Moments::of(&[values]).unwrap(), 0).unwrap();
    let (varied, constant, zero) = (of(&[1.0, 2.0, 4.0]), of(&[3.0, 3.0]), of(&[-1.0, 1.0]));
    assert_eq!(welch(&constant, &constant, Scale::Absolute), Err(Refusal::NoVariance));
    assert_eq!(welch(&zero, &varied, Scale::Relative), Err(Refusal::ZeroBaseline));
    assert_eq!(log_ratio(&zero, &varied, Confidence::P95), Err(Refusal::ZeroBaseline));
    assert!(welch(&zero, &varied, Scale::Absolute).is_ok() && welch(&constant, &varied, Scale::Absolute).is_ok());
    let one = Moments::of(&[&[1.0], &[0.0]]).unwrap();
    assert_eq!(ArmEstimate::mean(&one, 0), Err(Refusal::TooFewUnits { units: 1, needed: 2 }));
    assert_eq!(ArmEstimate::ratio(&one, 0, 1), Err(Refusal::ZeroDenominator));
    assert_eq!(
        post_stratified(&[], Functional::Mean(0), &[], Scale::Absolute),
        Err(Refusal::TooFewUnits { units: 0, needed: 2 })
    );
    let text = Refusal::ZeroBaseline.to_string();
    assert_eq!(text, "the control's metric is 0, so that nothing can be said in parts of it");
}

/// 2 (1 − cdf) is 0 from 8.3 standard errors on.
#[test]
fn the_far_tail_is_not_zero() {
    let (control, treatment) =
        (ArmEstimate::new(1_000_000_000, 100.0, 25.0), ArmEstimate::new(1_000_000_000, 101.0, 25.0));
    let p = welch(&control, &treatment, Scale::Absolute).unwrap().p_value(0.0, Alternative::TwoSided);
    assert_eq!(p.value(), 0.0);
    // 4472 standard errors, of the t distribution with 2·10⁹ − 2 degrees of freedom: mpmath.
    assert!((p.ln() / -9_950_339.479_556_396 - 1.0).abs() < 1e-11, "{}", p.ln());
}
