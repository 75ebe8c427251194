//! Arms have the sizes they should have, and have nothing to do with each other.

use std::num::NonZeroU32;

use audience_abtest::Experiment;
use audience_abtest::bucketing::unsalted;
use audience_stats::ChiSquared;
use audience_stats::hash::hash64;

use crate::assignment::{at, ratio};

/// Chances below this are none, as nothing here is drawn twice.
const IMPROBABLE: f64 = 1e-4;

/// Calls with ids that count.
fn each_id(prefix: &str, count: u32, mut with: impl FnMut(&str)) {
    let mut id = prefix.to_owned();
    for number in 0..count {
        id.truncate(prefix.len());
        id.push_str(&number.to_string());
        with(&id);
    }
}

/// The probability of counts as far from those expected.
fn probability(counts: &[u64], shares: &[f64]) -> f64 {
    let sum = counts.iter().sum::<u64>() as f64;
    let statistic =
        counts.iter().zip(shares).map(|(count, share)| (*count as f64 - sum * share).powi(2) / (sum * share)).sum();
    ChiSquared::new(NonZeroU32::new(counts.len() as u32 - 1).unwrap()).upper_tail(statistic)
}

fn counts(experiment: &Experiment, prefix: &str, ids: u32) -> Vec<u64> {
    let mut counts = vec![0; experiment.variants().len()];
    each_id(prefix, ids, |id| counts[experiment.assign(id, at(0)).arm().unwrap()] += 1);
    counts
}

fn equal(key: &str, arms: usize) -> Experiment {
    Experiment::equal(key, (0..arms).map(|arm| format!("arm {arm}"))).unwrap()
}

#[test]
fn ten_arms_share_a_million_ids_that_count() {
    let counts = counts(&equal("ten", 10), "user_", 1_000_000);
    let p = probability(&counts, &[0.1; 10]);
    assert!(p > IMPROBABLE, "{counts:?}: {p}");
}

#[test]
fn the_earlier_hash_does_not_share_them() {
    let mut counts = [0; 10];
    each_id("user_", 1_000_000, |id| counts[unsalted::arm(id, &[0.1; 10]).unwrap()] += 1);
    assert!(probability(&counts, &[0.1; 10]) < 1e-50, "{counts:?}");
}

#[test]
fn arms_have_their_weights() {
    for (key, prefix) in [("a", "user_"), ("b", ""), ("c", "5f2d1c1e-8c6d-4f0e-9a53-")] {
        let weights = [0.5, 0.3, 0.15, 0.04, 0.01];
        let names = ["a", "b", "c", "d", "e"];
        let experiment = Experiment::new(key, names.into_iter().zip(weights)).unwrap();
        let counts = counts(&experiment, prefix, 200_000);
        let p = probability(&counts, &weights);
        assert!(p > IMPROBABLE, "{key}: {counts:?}: {p}");
    }
}

#[test]
fn coverage_is_the_share_that_it_says_and_leaves_arms_alone() {
    let experiment = equal("ramp", 2).with_coverage(ratio(0.1));
    let mut cells = [0; 3];
    each_id("user_", 200_000, |id| cells[experiment.assign(id, at(0)).arm().unwrap_or(2)] += 1);
    let p = probability(&cells, &[0.05, 0.05, 0.9]);
    assert!(p > IMPROBABLE, "{cells:?}: {p}");
}

/// The probability of cells as far from independent, of a square table.
fn independence(cells: &[u64], side: usize) -> f64 {
    let sum = cells.iter().sum::<u64>() as f64;
    let row = |at: usize| cells[at * side..][..side].iter().sum::<u64>() as f64;
    let column = |at: usize| cells.iter().skip(at).step_by(side).sum::<u64>() as f64;
    let statistic = (0..cells.len())
        .map(|cell| {
            let expected = row(cell / side) * column(cell % side) / sum;
            (cells[cell] as f64 - expected).powi(2) / expected
        })
        .sum();
    ChiSquared::new(NonZeroU32::new((side as u32 - 1).pow(2)).unwrap()).upper_tail(statistic)
}

#[test]
fn two_experiments_have_nothing_to_do_with_each_other() {
    for (one, other, prefix) in
        [("a", "b", "user_"), ("start-up", "start-up-2", ""), ("x1", "x2", "viewer-of-a-house-")]
    {
        let (one, other) = (equal(one, 3), equal(other, 3));
        let mut cells = [0; 9];
        each_id(prefix, 100_000, |id| {
            let arm = |experiment: &Experiment| experiment.assign(id, at(0)).arm().unwrap();
            cells[arm(&one) * 3 + arm(&other)] += 1;
        });
        let p = independence(&cells, 3);
        assert!(p > IMPROBABLE, "{cells:?}: {p}");
    }
}

#[test]
fn two_experiments_of_the_earlier_scheme_are_one() {
    each_id("user_", 10_000, |id| {
        // It does not know which experiment it is asked for.
        assert_eq!(unsalted::arm(id, &[0.5, 0.5]), unsalted::arm(id, &[1.0, 1.0]));
    });
}

#[test]
fn each_bit_of_a_hash_is_as_often_set_as_not() {
    let (mut set, ids) = ([0_u64; 64], 100_000);
    each_id("user_", ids, |id| {
        let hash = hash64(id.as_bytes(), 7);
        for (bit, set) in set.iter_mut().enumerate() {
            *set += hash >> bit & 1;
        }
    });
    for (bit, set) in set.into_iter().enumerate() {
        let p = probability(&[set, u64::from(ids) - set], &[0.5; 2]);
        assert!(p > IMPROBABLE, "bit {bit}: {set}: {p}");
    }
}
