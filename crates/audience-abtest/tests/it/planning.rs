//! Plans, and what is found when they are carried out.

use audience_abtest::anytime::{GroupSequential, Sides, Spending};
use audience_abtest::planning::{Criterion, Midway, PlannedMetric, PlannedUnits, TestDesign, cohens_h, design_effect};
use audience_abtest::{Alternative, ArmEstimate, ConfidenceSequence, Effect, Error, NormalEffects, Scale, welch};
use audience_stats::{Confidence, Moments, Normal, Proportion, StudentT};
use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

type Rng = Xoshiro256PlusPlus;

fn normal(rng: &mut Rng) -> f64 {
    let (radius, angle) = (1.0 - rng.random::<f64>(), rng.random::<f64>() * std::f64::consts::TAU);
    (-2.0 * radius.ln()).sqrt() * angle.cos()
}

/// How often the planned effect is found is what was planned, but for chance.
fn found_as_planned(seed: u64, power: f64, mut found: impl FnMut(&mut Rng) -> bool) {
    let worlds = 1500;
    let mut rng = Rng::seed_from_u64(seed);
    let share = (0..worlds).filter(|_| found(&mut rng)).count() as f64 / f64::from(worlds);
    let error = (power * (1.0 - power) / f64::from(worlds)).sqrt();
    assert!((share - power).abs() <= 3.0 * error, "found in {share}, not {power} of all worlds");
}

fn significant(control: &ArmEstimate, treatment: &ArmEstimate) -> bool {
    let effect = welch(control, treatment, Scale::Absolute).unwrap();
    effect.p_value(0.0, Alternative::TwoSided).value() < 0.05
}

#[test]
fn means_are_found_as_planned() {
    let (design, metric) = (TestDesign { ratio: 0.5, ..TestDesign::default() }, PlannedMetric::mean(9.0));
    let PlannedUnits { control, treatment } = design.units(&metric, 1.0, 0.8).unwrap();
    found_as_planned(1, 0.8, |rng| {
        let mut arm = |units: f64, mean: f64| {
            let values: Vec<f64> = (0..units.ceil() as u64).map(|_| mean + 3.0 * normal(rng)).collect();
            ArmEstimate::mean(&Moments::of(&[&values]).unwrap(), 0).unwrap()
        };
        significant(&arm(control, 5.0), &arm(treatment, 6.0))
    });
}

#[test]
fn few_means_are_found_as_planned() {
    let (design, metric) = (TestDesign::default(), PlannedMetric::FewMeans { variance: 1.0 });
    let power = design.power(&metric, 2.0, 5.0).unwrap();
    found_as_planned(2, power, |rng| {
        let mut arm = |mean: f64| [(); 5].map(|()| mean + normal(rng));
        let (control, treatment) = (arm(0.0), arm(2.0));
        let mean = |arm: &[f64; 5]| arm.iter().sum::<f64>() / 5.0;
        let squares = |arm: &[f64; 5]| arm.iter().map(|x| (x - mean(arm)).powi(2)).sum::<f64>();
        let variance = (squares(&control) + squares(&treatment)) / 8.0;
        let t = (mean(&treatment) - mean(&control)) / (variance * 0.4).sqrt();
        StudentT::new(8.0).unwrap().two_sided(t) < 0.05
    });
}

#[test]
fn rates_are_found_as_planned() {
    let (design, metric) = (TestDesign::default(), PlannedMetric::Rate { control: 0.2 });
    let power = design.power(&metric, 0.1, 300.0).unwrap();
    found_as_planned(3, power, |rng| {
        let mut arm = |rate: f64| {
            let successes = (0..300).filter(|_| rng.random::<f64>() < rate).count() as u64;
            Proportion::new(successes, 300).unwrap()
        };
        let (control, treatment) = (arm(0.2), arm(0.3));
        treatment.pooled_z(&control).unwrap().abs() > 1.959_964
    });
}

#[test]
fn ratios_are_found_as_planned() {
    /// Stalled seconds of watched seconds of a viewer, of which both vary together.
    fn units(rng: &mut Rng, count: u64, more: f64) -> ArmEstimate {
        let (mut stalled, mut watched) = (Vec::new(), Vec::new());
        for _ in 0..count {
            let time = 100.0 + 200.0 * rng.random::<f64>();
            watched.push(time);
            stalled.push(time * (0.05 + more) * 2.0 * rng.random::<f64>());
        }
        ArmEstimate::ratio(&Moments::of(&[&stalled, &watched]).unwrap(), 0, 1).unwrap()
    }
    let seen = units(&mut Rng::seed_from_u64(40), 200_000, 0.0);
    let plan = PlannedMetric::of_arm(&seen);
    let planned = TestDesign::default().units(&plan, -0.005, 0.7).unwrap();
    let count = planned.control.ceil() as u64;
    // Variances grow with the ratio squared: those of the treatment are smaller than planned by (0.045 / 0.05)².
    let plan = PlannedMetric::Mean { control: seen.variance, treatment: seen.variance * 0.81 };
    let power = TestDesign::default().power(&plan, -0.005, count as f64).unwrap();
    assert!(power > 0.7);
    found_as_planned(4, power, |rng| significant(&units(rng, count, 0.0), &units(rng, count, -0.005)));
}

#[test]
fn clusters_are_found_as_planned() {
    // Viewers of households of four; what they have in common is a third of their variance.
    let effect = design_effect(4.0, 0.0, 1.0 / 3.0);
    assert!((effect - 2.0).abs() < 1e-15);
    let (design, metric) = (TestDesign::default(), PlannedMetric::mean(3.0).clustered(effect));
    let viewers = design.units(&metric, 0.5, 0.8).unwrap();
    let households = (viewers.control / 4.0).ceil();
    let power = design.power(&metric, 0.5, households * 4.0).unwrap();
    found_as_planned(5, power, |rng| {
        let mut arm = |mean: f64| {
            let mut household = || {
                let common = mean + normal(rng);
                (0..4).map(|_| common + 2.0_f64.sqrt() * normal(rng)).sum::<f64>() / 4.0
            };
            let means: Vec<f64> = (0..households as u64).map(|_| household()).collect();
            ArmEstimate::mean(&Moments::of(&[&means]).unwrap(), 0).unwrap()
        };
        significant(&arm(0.0), &arm(0.5))
    });
}

#[test]
fn clusters_that_vary_take_more() {
    assert_eq!(design_effect(10.0, 0.0, 0.0), 1.0);
    assert!(design_effect(10.0, 0.8, 0.05) > design_effect(10.0, 0.0, 0.05));
    let rate = PlannedMetric::Rate { control: 0.5 }.clustered(2.0);
    assert_eq!(rate, PlannedMetric::mean(0.5));
}

#[test]
fn margins_and_sides_are_mirror_images() {
    let metric = PlannedMetric::mean(4.0);
    let not_worse = TestDesign { alternative: Alternative::Greater, null: -0.2, ..TestDesign::default() };
    let not_more = TestDesign { alternative: Alternative::Less, null: 0.2, ..TestDesign::default() };
    let units = not_worse.units(&metric, 0.0, 0.9).unwrap();
    assert_eq!(units, not_more.units(&metric, 0.0, 0.9).unwrap());
    // As much as an effect of the margin against none: (z₀.₉₅ + z₀.₉)² 2 σ² / δ².
    let z = Normal::quantile(0.95).unwrap() + Normal::quantile(0.9).unwrap();
    assert!((units.control - z * z * 2.0 * 4.0 / 0.04).abs() < 1e-6 * units.control);
    let less = TestDesign { alternative: Alternative::Less, ..TestDesign::default() };
    let detectable = less.detectable(&PlannedMetric::Rate { control: 0.4 }, 0.8, 500.0).unwrap();
    assert!((-0.4..0.0).contains(&detectable));
    let found = less.power(&PlannedMetric::Rate { control: 0.4 }, detectable, 500.0).unwrap();
    assert!((found - 0.8).abs() < 1e-12);
}

#[test]
fn looking_all_the_time_takes_more_and_a_prior_too() {
    let (once, metric) = (TestDesign::default(), PlannedMetric::mean(1.0));
    let always = TestDesign { criterion: Criterion::Sequence { tuned_for: 1000.0 }, ..once };
    let doubtful = TestDesign { criterion: Criterion::Posterior(NormalEffects { mean: 0.0, sd: 0.1 }), ..once };
    let units = |design: TestDesign| design.units(&metric, 0.2, 0.8).unwrap().control;
    assert!(units(always) > 1.5 * units(once), "{} {}", units(always), units(once));
    assert!(units(doubtful) > units(once));
    let believing = TestDesign { criterion: Criterion::Posterior(NormalEffects { mean: 0.2, sd: 0.1 }), ..once };
    assert!(units(believing) < units(once));
}

#[test]
fn rates_by_arcsines_are_nearly_those_by_variance() {
    let h = cohens_h(0.3, 0.33);
    let by_h = TestDesign::default().units(&PlannedMetric::mean(1.0), h, 0.8).unwrap();
    let by_rate = TestDesign::default().units(&PlannedMetric::Rate { control: 0.3 }, 0.03, 0.8).unwrap();
    assert!((by_h.control / by_rate.control - 1.0).abs() < 0.01);
    assert_eq!(cohens_h(0.3, 0.5), -cohens_h(0.5, 0.3));
}

#[test]
fn what_cannot_be_planned_is_refused() {
    let (design, rate) = (TestDesign::default(), PlannedMetric::Rate { control: 0.9 });
    insta::assert_snapshot!(design.power(&rate, 0.2, 100.0).unwrap_err(), @"plan with 0.2 for the effect");
    insta::assert_snapshot!(design.power(&rate, 0.05, 0.5).unwrap_err(), @"plan with 0.5 for the units of the control");
    insta::assert_snapshot!(design.units(&rate, 0.0, 0.8).unwrap_err(), @"plan with 0 for the effect");
    insta::assert_snapshot!(design.units(&rate, 0.05, 0.04).unwrap_err(), @"plan with 0.04 for the power");
    insta::assert_snapshot!(design.units(&rate, 1e-9, 0.8).unwrap_err(), @"plan for an effect of 0.000000001: it takes more than 1000000000000000 units");
    insta::assert_snapshot!(design.detectable(&rate, 0.8, 10.0).unwrap_err(), @"find an effect with a probability of 0.8 on 10 units of the control: none is large enough");
    let nothing = PlannedMetric::mean(0.0);
    insta::assert_snapshot!(design.power(&nothing, 0.2, 100.0).unwrap_err(), @"plan with 0 for the variance");
    assert!(design.power(&PlannedMetric::mean(f64::NAN), 0.2, 100.0).is_err());
    assert!(design.power(&PlannedMetric::mean(1.0), f64::NAN, 100.0).is_err());
    let uneven = TestDesign { ratio: 0.0, ..design };
    insta::assert_snapshot!(uneven.power(&rate, 0.05, 100.0).unwrap_err(), @"plan with 0 for the ratio of units");
    let above = TestDesign { alternative: Alternative::Greater, ..design };
    insta::assert_snapshot!(above.units(&rate, -0.1, 0.8).unwrap_err(), @"plan with -0.1 for the effect");
    let units = PlannedUnits { control: 10.0, treatment: 5.0 };
    insta::assert_snapshot!(units.days(0.0).unwrap_err(), @"plan with 0 for the units per day");
    for value in [0.0, f64::INFINITY, f64::NAN] {
        let prior = NormalEffects { mean: 0.0, sd: value };
        for criterion in [Criterion::Sequence { tuned_for: value }, Criterion::Posterior(prior)] {
            let error = TestDesign { criterion, ..design }.power(&rate, 0.05, 100.0);
            assert!(matches!(error, Err(Error::NotAPlan { .. })), "{criterion:?}");
        }
        let metric = PlannedMetric::Mean { control: value, treatment: 1.0 };
        assert!(matches!(design.power(&metric, 0.05, 100.0), Err(Error::NotAPlan { .. })));
    }
    assert!(matches!(Midway::new(0.0, 5), Err(Error::NotAPlan { .. })));
    assert!(matches!(Midway::new(0.1, 0), Err(Error::NotAPlan { .. })));
    let sure = TestDesign {
        confidence: Confidence::new(0.4).unwrap(),
        criterion: Criterion::Sequence { tuned_for: 1.0 },
        ..above
    };
    assert!(matches!(sure.power(&rate, 0.05, 100.0), Err(Error::OneSidedBelowHalf { .. })));
}

#[test]
fn what_is_found_already_takes_no_more() {
    let midway = Midway::new(0.02, 1000).unwrap();
    assert_eq!(midway.further_units(&TestDesign::default(), 0.1, 0.8).unwrap(), 0.0);
}

#[test]
fn sequences_find_at_least_as_often_as_planned() {
    // An effect of a tenth of a deviation, looked at fifty times on the way to the planned end.
    let (metric, effect, looks, worlds) = (PlannedMetric::mean(1.0), 0.1, 50, 2000);
    let design = |tuned_for: f64| TestDesign { criterion: Criterion::Sequence { tuned_for }, ..TestDesign::default() };
    let first = design(5000.0).units(&metric, effect, 0.8).unwrap();
    let planned = design(first.total()).units(&metric, effect, 0.8).unwrap();
    let sequence = ConfidenceSequence::new(Confidence::P95, Alternative::TwoSided).unwrap().tuned_for(first.total());
    let mut rng = Rng::seed_from_u64(21);
    let (mut at_last, mut at_any) = (0, 0);
    for _ in 0..worlds {
        let step = planned.control / f64::from(looks);
        let (mut sum, mut found, mut ever) = (0.0, false, false);
        for look in 1..=looks {
            // The difference of two sums of normal units.
            sum += step * effect + (2.0 * step).sqrt() * normal(&mut rng);
            let units = step * f64::from(look);
            let (estimate, standard_error) = (sum / units, (2.0 / units).sqrt());
            let seen = Effect { scale: Scale::Absolute, estimate, standard_error, degrees: None };
            let both = (2.0 * units).round() as u64;
            found = !sequence.interval(&seen, both).contains(0.0);
            ever |= found && both >= 200;
        }
        at_last += u32::from(found);
        at_any += u32::from(ever);
    }
    let [last, any] = [at_last, at_any].map(|found| f64::from(found) / f64::from(worlds));
    assert!((last - 0.8).abs() < 3.0 * (0.16 / f64::from(worlds)).sqrt(), "{last}");
    assert!(any > last && any < 0.95, "{any}, {last}");
}

#[test]
fn what_looking_often_costs_is_as_documented() {
    // docs/methods/experiments.md, "What it costs".
    let sequence = ConfidenceSequence::new(Confidence::P95, Alternative::TwoSided).unwrap().tuned_for(10_000.0);
    let effect = Effect { scale: Scale::Absolute, estimate: 0.0, standard_error: 1.0, degrees: None };
    let wider = sequence.interval(&effect, 10_000).high / 1.959_964;
    assert!((wider - 1.5).abs() < 0.05, "{wider}");
    let plan =
        GroupSequential::new(&[0.25, 0.5, 0.75, 1.0], Confidence::P95, Sides::Two, Spending::Power(2.0)).unwrap();
    assert!((plan.z_bounds()[3] - 2.1).abs() < 0.05, "{:?}", plan.z_bounds());
}
