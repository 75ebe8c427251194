//! How often there is a difference at *any* of a hundred looks where there is none, in seeded worlds.

use audience_abtest::anytime::{
    AnytimeT, BernoulliSequence, BettingSequence, GroupSequential, Mixture, Msprt, PolynomialStitching, QuantileTest,
    Sides, Spending, Tuning,
};
use audience_abtest::{Alternative, ArmEstimate, ConfidenceSequence, Scale, welch};
use audience_stats::{Confidence, Moments, PValue, StudentT};
use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

type Rng = Xoshiro256PlusPlus;

const LOOKS: u32 = 100;

/// The share of worlds in which each of several things happens.
fn shares<const K: usize>(worlds: u32, seed: u64, mut world: impl FnMut(&mut Rng) -> [bool; K]) -> [f64; K] {
    let mut rng = Rng::seed_from_u64(seed);
    let mut counts = [0_u32; K];
    for _ in 0..worlds {
        counts.iter_mut().zip(world(&mut rng)).for_each(|(count, happens)| *count += u32::from(happens));
    }
    counts.map(|count| f64::from(count) / f64::from(worlds))
}

/// At most five in a hundred, and what may be by chance.
fn is_kept(share: f64, worlds: u32) {
    assert!(share <= 0.05 + 3.0 * (0.05 * 0.95 / f64::from(worlds)).sqrt(), "{share}");
}

fn is_rejected(p: PValue) -> bool {
    p.value() <= 0.05
}

fn exponential(rng: &mut Rng) -> f64 {
    -(1.0 - rng.random::<f64>()).ln()
}

/// Nearly normal, of mean 0 and variance 1.
fn normal(rng: &mut Rng) -> f64 {
    (0..12).map(|_| rng.random::<f64>()).sum::<f64>() - 6.0
}

/// Skewed watch times, twenty more in each arm at each look; from 200 of each arm on.
#[test]
fn differences_of_skewed_means_are_not_found_by_looking_often() {
    let msprt = Msprt::new(0.01).unwrap();
    let sequence = ConfidenceSequence::new(Confidence::P95, Alternative::TwoSided).unwrap().tuned_for(2000.0);
    let worlds = 1000;
    let [fixed, by_msprt, by_sequence, outside] = shares(worlds, 11, |rng| {
        let mut sums = [[0.0; 2]; 2];
        let mut found = [false; 4];
        for look in 1..=LOOKS {
            for [sum, squares] in &mut sums {
                for _ in 0..20 {
                    let value = exponential(rng);
                    *sum += value;
                    *squares += value * value;
                }
            }
            if look < 10 {
                continue;
            }
            let [control, treatment] = sums.map(|[sum, squares]| {
                let moments = Moments::from_sums(u64::from(20 * look), &[sum], &[squares]).unwrap();
                ArmEstimate::mean(&moments, 0).unwrap()
            });
            let effect = welch(&control, &treatment, Scale::Absolute).unwrap();
            found[0] |= is_rejected(effect.p_value(0.0, Alternative::TwoSided));
            found[1] |= is_rejected(msprt.p_value(&effect, 0.0));
            found[2] |= is_rejected(sequence.p_value(&effect, u64::from(40 * look), 0.0));
            found[3] |= !msprt.interval(&effect, Confidence::P95).contains(0.0);
        }
        found
    });
    is_kept(by_msprt, worlds);
    is_kept(by_sequence, worlds);
    assert_eq!(outside, by_msprt);
    assert!(fixed > 0.2, "{fixed}");
}

/// Normal values with an unknown variance, from the third unit of each arm on.
#[test]
fn t_tests_of_few_units_are_right_from_the_first_look_on() {
    let test = AnytimeT::new(5.0).unwrap();
    let worlds = 2000;
    let [fixed, anytime, outside] = shares(worlds, 12, |rng| {
        let mut sums = [[0.0; 2]; 2];
        let mut found = [false; 3];
        for look in 1..=LOOKS + 2 {
            for [sum, squares] in &mut sums {
                let value = normal(rng);
                *sum += value;
                *squares += value * value;
            }
            if look < 3 {
                continue;
            }
            let n = f64::from(look);
            let within: f64 = sums.iter().map(|[sum, squares]| squares - sum * sum / n).sum();
            let degrees = 2.0 * n - 2.0;
            let error = (within / degrees * 2.0 / n).sqrt();
            let difference = (sums[1][0] - sums[0][0]) / n;
            let t = difference / error;
            found[0] |= StudentT::new(degrees).unwrap().two_sided(t) <= 0.05;
            found[1] |= is_rejected(test.p_value(t, u64::from(2 * look), degrees));
            found[2] |= t.abs() >= test.t_radius(u64::from(2 * look), degrees, Confidence::P95);
        }
        found
    });
    is_kept(anytime, worlds);
    assert_eq!(outside, anytime);
    assert!(fixed > 0.25, "{fixed}");
}

/// One start in ten fails, ten more starts at each look.
#[test]
fn proportions_are_held_at_all_looks() {
    let sequence = BernoulliSequence::new(Confidence::P95, 300.0).unwrap();
    let worlds = 1000;
    let [fixed, anytime] = shares(worlds, 13, |rng| {
        let (mut failures, mut found) = (0, [false; 2]);
        for look in 1..=LOOKS {
            failures += (0..10).filter(|_| rng.random::<f64>() < 0.1).count() as u64;
            let starts = u64::from(10 * look);
            let z = (failures as f64 - 0.1 * starts as f64) / (0.09 * starts as f64).sqrt();
            found[0] |= look >= 10 && is_rejected(PValue::of_z(z, Alternative::TwoSided));
            found[1] |= is_rejected(sequence.p_value(failures, starts, 0.1).unwrap());
        }
        found
    });
    is_kept(anytime, worlds);
    assert!(fixed > 0.2, "{fixed}");
    // What is rejected is what the interval does not hold.
    let [differs] = shares(30, 14, |rng| {
        let failures = (0..200).filter(|_| rng.random::<f64>() < 0.16).count() as u64;
        let holds = sequence.interval(failures, 200).unwrap().contains(0.1);
        [holds == is_rejected(sequence.p_value(failures, 200, 0.1).unwrap())]
    });
    assert_eq!(differs, 0.0);
}

/// Sessions of which three in ten wait all the time and the others never, looked at after each. A mean that is not theirs is found.
#[test]
fn means_of_bounded_values_are_held_at_all_looks() {
    let worlds = 1000;
    let [rejected, outside, found] = shares(worlds, 15, |rng| {
        let mut sequence = BettingSequence::with_grid(Confidence::P95, 20).unwrap();
        let mut found = [false; 3];
        for _ in 0..2 * LOOKS {
            let waits = rng.random::<f64>() < 0.3;
            sequence.observe(f64::from(u8::from(waits))).unwrap();
            found[0] |= is_rejected(sequence.evidence(0.3).p_value());
            found[2] |= is_rejected(sequence.evidence(0.5).p_value());
        }
        found[1] = !sequence.running_interval().contains(0.3);
        found
    });
    is_kept(rejected, worlds);
    is_kept(outside, worlds);
    assert!(rejected > 0.005 && found > 0.9, "{rejected} {found}");
}

/// Medians of the heaviest tails, one value more of each arm at each look. A difference is found all the same.
#[test]
fn medians_are_compared_at_all_looks() {
    let test = QuantileTest::new(0.5, 100, Confidence::P95).unwrap();
    let worlds = 200;
    let share = |seed, shift: f64| {
        let [found] = shares(worlds, seed, |rng| {
            let (mut control, mut treatment) = (Vec::new(), Vec::new());
            [(0..LOOKS).any(|_| {
                control.push(exponential(rng).powi(-2));
                treatment.push(shift * exponential(rng).powi(-2));
                is_rejected(test.p_value(&control, &treatment).unwrap())
            })]
        });
        found
    };
    is_kept(share(16, 1.0), worlds);
    let found = share(17, 10.0);
    assert!(found > 0.8, "{found}");
}

/// Sums of values between 0 and 1, less their mean, by mixtures and by stitching: each sum by the variance that it needs.
#[test]
fn sums_stay_below_their_bounds() {
    let tuning = Tuning::new(10.0, Confidence::P95).unwrap();
    let normal = Mixture::normal(tuning, Sides::One).unwrap();
    let adapting = Mixture::gamma_exponential(tuning, 1.0).unwrap();
    let counts = Mixture::gamma_poisson(tuning, 1.0).unwrap();
    let stitched = PolynomialStitching::new(2.0, 0.0).unwrap();
    let worlds = 1000;
    let passed = shares(worlds, 19, |rng| {
        let (mut sum, mut values, mut squares, mut found) = (0.0, 0.0, 0.0, [false; 4]);
        for look in 1..=2 * LOOKS {
            let value = f64::from(u8::from(rng.random::<f64>() < 0.3));
            let (before, n) = ((values + 0.5) / f64::from(look), f64::from(look));
            squares += (value - before) * (value - before);
            values += value;
            sum += value - 0.3;
            found[0] |= is_rejected(normal.p_value(sum, n / 4.0));
            found[1] |= is_rejected(adapting.p_value(sum, squares));
            found[2] |= is_rejected(counts.p_value(sum, 0.21 * n));
            found[3] |= sum >= stitched.bound(n / 4.0, Confidence::P95);
        }
        found
    });
    for share in passed {
        is_kept(share, worlds);
    }
    // Mixtures are not far above what they need to be.
    assert!(passed[0] > 0.005 && passed[2] > 0.005, "{passed:?}");
}

/// Five looks as planned: the level is spent to the last bit.
#[test]
fn planned_looks_spend_the_level() {
    let looks = [0.2, 0.4, 0.6, 0.8, 1.0];
    let plan = GroupSequential::new(&looks, Confidence::P95, Sides::Two, Spending::default()).unwrap();
    let worlds = 40_000;
    let [fixed, planned] = shares(worlds, 18, |rng| {
        let (mut path, mut found) = (0.0, [false; 2]);
        for (look, t) in looks.into_iter().enumerate() {
            path += normal(rng) * 0.2_f64.sqrt();
            let z = path / f64::sqrt(t);
            found[0] |= z.abs() >= 1.96;
            found[1] |= plan.is_passed(look, z);
        }
        found
    });
    is_kept(planned, worlds);
    assert!(planned > 0.045 && fixed > 0.12, "{planned} {fixed}");
}
