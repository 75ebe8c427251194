//! What stays right at any look: against other ways to have it, and when data are mirrored or measured in another unit.

use audience_abtest::anytime::{
    AnytimeT, BernoulliSequence, BettingSequence, DoubleStitching, EmpiricalProcess, GroupSequential, LinearFit,
    Mixture, Msprt, PolynomialStitching, QuantileTest, Sides, Spending, StandardErrors, Tuning,
};
use audience_abtest::{ConfidenceSequence, Effect, Error, Scale};
use audience_stats::{Alternative, Confidence, Interval};
use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

fn near(found: f64, expected: f64, tolerance: f64) {
    let error = (found - expected).abs() / expected.abs().max(1e-300);
    assert!(found == expected || error <= tolerance, "{found} is not {expected}");
}

fn numbers(seed: u64, count: usize) -> Vec<f64> {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    (0..count).map(|_| rng.random()).collect()
}

/// Bounds by one rule of 1500 points on the whole line, in another program (numpy and SciPy).
#[test]
fn group_sequential_bounds_are_exact() {
    let check = |fractions: &[f64], alpha: f64, expected: &[f64]| {
        let confidence = Confidence::new(1.0 - alpha).unwrap();
        let plan = GroupSequential::new(fractions, confidence, Sides::One, Spending::default()).unwrap();
        plan.z_bounds().iter().zip(expected).for_each(|(z, expected)| near(*z, *expected, 1e-9));
    };
    check(
        &[0.2, 0.4, 0.6, 0.8, 1.0],
        0.025,
        &[3.090_232_306_167_814, 2.714_111_575_530_81, 2.472_777_204_585_5, 2.279_863_386_696_79, 2.114_028_325_042_84],
    );
    check(
        &[0.535, 0.618, 0.626, 0.639, 0.701, 0.725, 0.948, 0.98],
        0.01,
        &[
            2.763_158_275_658_1,
            2.817_381_752_471_8,
            2.880_160_137_041_4,
            2.885_526_936_063_9,
            2.792_074_736_089_7,
            2.812_037_050_351_4,
            2.515_972_732_231_3,
            2.574_157_031_725_5,
        ],
    );
}

#[test]
fn spending_early_leaves_less_for_the_end() {
    let of = |spending| {
        let looks = [0.25, 0.5, 0.75, 1.0];
        GroupSequential::new(&looks, Confidence::P95, Sides::Two, spending).unwrap()
    };
    let [late, even, early] = [Spending::OBrienFleming, Spending::default(), Spending::Pocock].map(of);
    for (one, other) in [(&late, &even), (&even, &early)] {
        assert!(one.z_bounds()[0] > other.z_bounds()[0] && one.z_bounds()[3] < other.z_bounds()[3]);
    }
    assert!(late.z_bounds()[3] > 1.96 && late.nominal_levels()[3] < 0.05);
    assert!(!late.is_passed(4, 100.0));
}

#[test]
fn a_bound_is_where_the_mixture_says_enough() {
    let tuning = Tuning::new(50.0, Confidence::P95).unwrap();
    let mixtures = [
        Mixture::normal(tuning, Sides::Two),
        Mixture::normal(tuning, Sides::One),
        Mixture::gamma_exponential(tuning, 0.7),
        Mixture::gamma_poisson(tuning, 1.0),
        Mixture::beta_binomial(tuning, 0.2, 0.8, Sides::One),
        Mixture::beta_binomial(tuning, 0.2, 0.8, Sides::Two),
    ];
    for mixture in mixtures.map(Result::unwrap) {
        assert!(mixture.ln_mixture(0.0, 0.0).abs() < 1e-12, "{mixture:?}");
        for v in [1.0, 50.0, 1e4, 1e6] {
            let bound = mixture.bound(v, Confidence::P95);
            let ln = mixture.ln_mixture(bound, v);
            // Few increments of at most 0.8 cannot add up to enough.
            assert!((ln - 20.0_f64.ln()).abs() < 1e-9 || (v == 1.0 && bound == 5.0), "{mixture:?} {v} {bound} {ln}");
            assert!(mixture.p_value(bound * 1.001, v) < mixture.p_value(bound * 0.9, v) || v == 1.0);
        }
        assert_eq!(mixture.ln_mixture(f64::NAN, 1.0), f64::NEG_INFINITY);
    }
}

#[test]
fn mixtures_of_a_small_scale_are_normal() {
    let tuning = Tuning::new(50.0, Confidence::P95).unwrap();
    let normal = Mixture::normal(tuning, Sides::One).unwrap();
    for small in [Mixture::gamma_exponential(tuning, 1e-4).unwrap(), Mixture::gamma_poisson(tuning, 1e-4).unwrap()] {
        for (s, v) in [(5.0, 20.0), (-8.0, 60.0), (40.0, 200.0)] {
            near(small.ln_mixture(s, v), normal.ln_mixture(s, v), 1e-4);
        }
    }
}

#[test]
fn mirrored_sums_have_the_same_evidence() {
    let tuning = Tuning::new(50.0, Confidence::P95).unwrap();
    let one = Mixture::beta_binomial(tuning, 0.3, 0.9, Sides::Two).unwrap();
    let mirrored = Mixture::beta_binomial(tuning, 0.9, 0.3, Sides::Two).unwrap();
    near(one.ln_mixture(12.0, 80.0), mirrored.ln_mixture(-12.0, 80.0), 1e-12);
}

#[test]
fn effects_mirrored_and_in_another_unit_have_the_same_evidence() {
    let of = |estimate, standard_error| Effect { scale: Scale::Absolute, estimate, standard_error, degrees: None };
    let (test, in_ms) = (Msprt::new(0.01).unwrap(), Msprt::new(0.01e6).unwrap());
    let (effect, flipped, scaled) = (of(0.2, 0.07), of(-0.2, 0.07), of(200.0, 70.0));
    let p = test.p_value(&effect, 0.0).ln();
    near(test.p_value(&flipped, 0.0).ln(), p, 1e-14);
    near(in_ms.p_value(&scaled, 0.0).ln(), p, 1e-13);
    let Interval { low, high } = test.interval(&effect, Confidence::P95);
    near(test.interval(&flipped, Confidence::P95).high, -low, 1e-14);
    near(in_ms.interval(&scaled, Confidence::P95).high, 1000.0 * high, 1e-13);
    // What is on the edge of the interval has p = α.
    near(test.p_value(&effect, low).value(), 0.05, 1e-12);
}

#[test]
fn regressions_mirrored_and_in_another_unit_are_the_same() {
    let x = numbers(1, 60);
    let design: Vec<Vec<f64>> = (0..60).map(|row| vec![1.0, f64::from(row % 2), x[row as usize]]).collect();
    let response: Vec<f64> = numbers(2, 60).iter().zip(&x).map(|(noise, x)| 3.0 * x + noise).collect();
    let fit = LinearFit::new(&design, &response).unwrap();
    let scaled = |factor: f64| {
        let response: Vec<f64> = response.iter().map(|value| factor * value).collect();
        LinearFit::new(&design, &response).unwrap()
    };
    let test = AnytimeT::new(10.0).unwrap();
    for factor in [-1.0, 1000.0] {
        let other = scaled(factor);
        for kind in [StandardErrors::Classic, StandardErrors::Hc2, StandardErrors::Hc3] {
            let (ours, theirs) = (fit.standard_errors(kind).unwrap(), other.standard_errors(kind).unwrap());
            ours.iter().zip(theirs).for_each(|(ours, theirs)| near(theirs, factor.abs() * ours, 1e-11));
        }
        let (ours, theirs) = (fit.coefficients()[2], other.coefficients()[2]);
        near(theirs, factor * ours, 1e-11);
    }
    let interval = test.interval(&fit, 2, Confidence::P95).unwrap();
    let mirrored = test.interval(&scaled(-1.0), 2, Confidence::P95).unwrap();
    near(mirrored.low, -interval.high, 1e-11);
    assert_eq!(test.interval(&fit, 3, Confidence::P95), None);
    let robust = test.asymptotic_interval(&fit, 2, StandardErrors::Hc3, Confidence::P95).unwrap();
    let error = fit.standard_errors(StandardErrors::Hc3).unwrap()[2];
    near(robust.high - robust.low, 2.0 * error * test.z_radius(60, Confidence::P95), 1e-12);
    // On the edge of the interval, p = α.
    let radius = test.t_radius(60, 57.0, Confidence::P95);
    near(test.p_value(radius, 60, 57.0).value(), 0.05, 1e-11);
    // Exact and asymptotic radius come together.
    near(test.t_radius(10_000_000, 9_999_998.0, Confidence::P95), test.z_radius(10_000_000, Confidence::P95), 1e-5);
    let width = |test: AnytimeT| test.z_radius(1000, Confidence::P95);
    let best = AnytimeT::tuned_for(1000, Confidence::P95);
    for factor in [0.5, 2.0] {
        assert!(width(best) < width(AnytimeT::new(factor * best.g()).unwrap()));
    }
}

#[test]
fn a_row_with_a_coefficient_to_itself_has_no_robust_error() {
    let design = [[1.0, 0.0], [1.0, 0.0], [1.0, 1.0]].map(Vec::from);
    let fit = LinearFit::new(&design, &[1.0, 2.0, 9.0]).unwrap();
    assert_eq!(fit.standard_errors(StandardErrors::Hc2), None);
    assert!(fit.standard_errors(StandardErrors::Classic).is_some());
}

#[test]
fn proportions_of_failures_are_mirrored() {
    let sequence = BernoulliSequence::new(Confidence::P95, 200.0).unwrap();
    for (successes, trials) in [(0, 0), (0, 7), (3, 40), (500, 1000), (999_000, 1_000_000)] {
        let interval = sequence.interval(successes, trials).unwrap();
        let mirrored = sequence.interval(trials - successes, trials).unwrap();
        assert!((interval.low - (1.0 - mirrored.high)).abs() < 1e-12, "{interval:?} {mirrored:?}");
        assert!(trials == 0 || interval.contains(successes as f64 / trials as f64));
        if successes > 0 {
            near(sequence.p_value(successes, trials, interval.low).unwrap().value(), 0.05, 1e-6);
        }
    }
    assert_eq!(sequence.interval(0, 0).unwrap(), Interval { low: 0.0, high: 1.0 });
    assert_eq!(sequence.p_value(1, 5, 0.0).unwrap().value(), 0.0);
    assert_eq!(sequence.p_value(0, 5, 0.0).unwrap().value(), 1.0);
    assert_eq!(sequence.p_value(4, 5, 1.0).unwrap().value(), 0.0);
}

#[test]
fn bets_on_mirrored_values_are_mirrored() {
    let (mut one, mut mirrored) = (BettingSequence::new(Confidence::P95), BettingSequence::new(Confidence::P95));
    for value in numbers(3, 200) {
        one.observe(value * value).unwrap();
        mirrored.observe(1.0 - value * value).unwrap();
        let (one, mirrored) = (one.interval(), mirrored.interval());
        assert!((one.low - (1.0 - mirrored.high)).abs() < 0.0011, "{one:?} {mirrored:?}");
    }
    let Interval { low, high } = one.running_interval();
    assert!(low < 1.0 / 3.0 && high > 1.0 / 3.0 && high - low < 0.25);
    assert_eq!(one.values(), 200);
    assert!(one.evidence(0.9).p_value().value() < 1e-6 && one.evidence(1.0 / 3.0).p_value().value() > 0.05);
    let before = one.clone();
    assert_eq!(one.observe(1.5), Err(Error::OutOfBounds { value: 1.5 }));
    assert!(one.observe(f64::NAN).is_err() && one == before);
}

#[test]
fn quantiles_are_compared_whatever_the_unit() {
    let (control, treatment) = (numbers(4, 90), numbers(5, 70));
    let treatment: Vec<f64> = treatment.iter().map(|value| value * value).collect();
    let p = |quantile, control: &[f64], treatment: &[f64]| {
        QuantileTest::new(quantile, 100, Confidence::P95).unwrap().p_value(control, treatment).unwrap().ln()
    };
    let ours = p(0.3, &control, &treatment);
    assert!(ours < 0.0);
    near(p(0.3, &treatment, &control), ours, 1e-12);
    let changed = |values: &[f64], to: fn(f64) -> f64| values.iter().map(|value| to(*value)).collect::<Vec<_>>();
    near(p(0.3, &changed(&control, f64::exp), &changed(&treatment, f64::exp)), ours, 1e-12);
    let mirror = |value: f64| -value;
    near(p(0.7, &changed(&control, mirror), &changed(&treatment, mirror)), ours, 1e-9);
    // Of ties alone nothing is known.
    assert_eq!(p(0.5, &[1.0; 50], &[1.0; 80]), 0.0);
}

#[test]
fn stitched_bounds_are_above_mixtures_and_grow() {
    let tuning = Tuning::new(10.0, Confidence::P95).unwrap();
    let mixture = Mixture::normal(tuning, Sides::One).unwrap();
    let stitched = PolynomialStitching::new(10.0, 0.0).unwrap();
    for v in [10.0, 100.0, 1000.0] {
        assert!(stitched.bound(v, Confidence::P95) > mixture.bound(v, Confidence::P95));
    }
    assert_eq!(stitched.bound(1.0, Confidence::P95), stitched.bound(10.0, Confidence::P95));
    let everywhere = EmpiricalProcess::new(10.0, Confidence::P95).unwrap();
    assert_eq!(everywhere.bound(9.0), f64::INFINITY);
    assert!(everywhere.bound(100.0) > everywhere.bound(1000.0));
}

#[test]
fn what_is_no_tuning_is_refused() {
    let says = |error: Error| error.to_string();
    let half = Confidence::new(0.4).unwrap();
    assert_eq!(
        says(Msprt::new(0.0).unwrap_err()),
        "tune by a variance of effects of 0: it is not a finite number above 0"
    );
    assert!(Tuning::new(f64::NAN, Confidence::P95).is_err() && AnytimeT::new(-1.0).is_err());
    let one_sided = Mixture::normal(Tuning::new(1.0, half).unwrap(), Sides::One);
    assert_eq!(one_sided, Err(Error::OneSidedBelowHalf { confidence: half }));
    assert!(Mixture::gamma_poisson(Tuning::new(1.0, Confidence::P95).unwrap(), 0.0).is_err());
    assert!(PolynomialStitching::with_epochs(1.0, 0.0, 1.0, 2.0).is_err());
    assert!(PolynomialStitching::with_epochs(1.0, 0.0, 1.4, 1.0).is_err());
    assert!(DoubleStitching::new(10.0).unwrap().bound(1.0, 20.0, Confidence::P95).is_err());
    assert!(EmpiricalProcess::with_factor(10.0, Confidence::P95, 0.7).is_err());
    assert!(BernoulliSequence::new(Confidence::P95, 10.0).unwrap().interval(3, 2).is_err());
    assert!(BettingSequence::with_grid(Confidence::P95, 0).is_err());
    let median = QuantileTest::new(0.5, 10, Confidence::P95).unwrap();
    assert!(median.p_value(&[], &[1.0]).is_err() && median.p_value(&[f64::NAN], &[1.0]).is_err());
    for looks in [&[0.0][..], &[0.5, 0.5], &[0.5, 1.5], &[f64::NAN]] {
        let plan = GroupSequential::new(looks, Confidence::P95, Sides::Two, Spending::default());
        assert!(matches!(plan, Err(Error::NotALaterLook { .. })), "{looks:?}");
    }
    let columns = [[1.0, 2.0], [1.0, 2.0], [1.0, 2.0]].map(Vec::from);
    assert_eq!(says(LinearFit::new(&columns, &[1.0; 3]).unwrap_err()), "fit column 1: those before it make it up");
    assert!(LinearFit::new(&columns[..2], &[1.0; 2]).is_err() && LinearFit::new(&[], &[]).is_err());
    assert!(LinearFit::new(&columns, &[1.0; 2]).is_err());
}

/// What could not have been made is not read either.
#[test]
fn damaged_sequences_are_refused() {
    fn refused<T: serde::de::DeserializeOwned>(damaged: &str) {
        assert!(serde_json::from_str::<T>(damaged).is_err(), "{damaged}");
    }
    let mut sequence = BettingSequence::with_grid(Confidence::P95, 2).unwrap();
    sequence.observe(0.25).unwrap();
    let text = serde_json::to_string(&sequence).unwrap();
    let back: BettingSequence = serde_json::from_str(&text).unwrap();
    assert_eq!(back.interval(), sequence.interval());
    let damaged = |part: &str, other: &str| {
        let damaged = text.replace(part, other);
        assert_ne!(damaged, text);
        refused::<BettingSequence>(&damaged);
    };
    damaged("\"sum\":0.25", "\"sum\":1.25");
    damaged("\"sum\":0.25", "\"sum\":-0.25");
    damaged("\"values\":1", "\"values\":0");
    damaged("\"running\":[0.0,1.0]", "\"running\":[0.0,1.5]");
    refused::<BettingSequence>(
        r#"{"confidence":0.95,"capital":[[0.0,0.0]],"values":0,"sum":0.0,"squares":0.0,"running":[0.0,1.0]}"#,
    );
    refused::<Msprt>(r#"{"tau_squared":0.0}"#);
    refused::<AnytimeT>(r#"{"g":-1.0}"#);
    refused::<BernoulliSequence>(r#"{"confidence":0.95,"concentration":0.0}"#);
    refused::<Tuning>(r#"{"v":-1.0,"confidence":0.95}"#);
    refused::<ConfidenceSequence>(r#"{"confidence":0.4,"alternative":"greater","tuned_for":5000.0}"#);
    refused::<ConfidenceSequence>(r#"{"confidence":0.95,"alternative":"two_sided","tuned_for":0.0}"#);
    let sequence = ConfidenceSequence::new(Confidence::P95, Alternative::TwoSided).unwrap();
    let text = serde_json::to_string(&sequence).unwrap();
    assert_eq!(serde_json::from_str::<ConfidenceSequence>(&text).unwrap(), sequence);
}
