//! How often tests of trust cry wolf, in seeded worlds where units are divided as planned.

use audience_abtest::trust::{SequentialRatio, sample_ratio};
use rand::{Rng, RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

const PLAN: [f64; 3] = [0.5, 0.3, 0.2];

/// So many units, each in an arm by the plan.
fn divided(rng: &mut impl Rng, units: u32) -> [u64; 3] {
    let mut counts = [0; 3];
    for _ in 0..units {
        let uniform: f64 = rng.random();
        counts[usize::from(uniform >= 0.5) + usize::from(uniform >= 0.8)] += 1;
    }
    counts
}

fn near(found: usize, worlds: usize, documented: f64) {
    let share = found as f64 / worlds as f64;
    let error = (documented * (1.0 - documented) / worlds as f64).sqrt();
    assert!((share - documented).abs() <= 3.0 * error, "{share}, not {documented} ± {error:.4}");
}

#[test]
fn ratios_tested_once_differ_as_often_as_they_say() {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(11);
    let worlds = 4000;
    let p_values: Vec<f64> =
        (0..worlds).map(|_| sample_ratio(&divided(&mut rng, 400), &PLAN).unwrap().p.value()).collect();
    for level in [0.05, 0.2, 0.5] {
        near(p_values.iter().filter(|p| **p <= level).count(), worlds, level);
    }
}

/// Fifty looks, one after every 100 units: p ever at most 0.05 in at most 5 of 100 worlds, while the test that is meant for one
/// look finds a mismatch in about a third of them. The prior is made for few units, so that there is something to find.
#[test]
fn ratios_watched_do_not_differ_more_often_than_they_say() {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(12);
    let worlds = 1000;
    let (mut watched, mut peeked) = (0, 0);
    for _ in 0..worlds {
        let mut ratio = SequentialRatio::with_concentration(&PLAN, 100.0).unwrap();
        let mut ever = false;
        for _ in 0..50 {
            ratio.observe(&divided(&mut rng, 100)).unwrap();
            ever |= sample_ratio(ratio.counts(), &PLAN).unwrap().p.value() <= 0.05;
        }
        watched += usize::from(ratio.p().value() <= 0.05);
        peeked += usize::from(ever);
    }
    assert!(watched <= worlds * 5 / 100, "{watched} of {worlds}");
    assert!(watched > 0 && peeked > worlds / 4, "{watched} {peeked} of {worlds}");
}

/// Two of a hundred units of one arm are lost: the division is found out, and before the end.
#[test]
fn lost_units_are_found() {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(13);
    let found = (0..20).filter(|_| {
        let mut ratio = SequentialRatio::new(&[0.5, 0.5]).unwrap();
        for _ in 0..50 {
            let [a, b, c] = divided(&mut rng, 4000);
            let lost = (a as f64 * 0.04) as u64;
            ratio.observe(&[a - lost, b + c]).unwrap();
        }
        ratio.is_mismatch()
    });
    assert!(found.count() >= 19);
}
