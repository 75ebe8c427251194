//! How often bands hold the truth, where viewers come back.

use audience_core::Accumulator;
use audience_retention::{Grid, Independent, RetentionCurves, RetentionSummary};
use audience_stats::Confidence;
use rand::RngExt;

use super::{facts_of, rng};

/// Viewers with three sessions each. Half of them watch to the end in nine of ten sessions, the others in one of ten; a
/// session that does not leaves anywhere. Half of the sessions reach the end, and three quarters the middle.
fn simulated(seed: u64) -> RetentionSummary {
    let mut rng = rng(seed);
    let mut curves = RetentionCurves::new(Grid::shares(20).unwrap());
    for viewer in 0..150 {
        let stays = if rng.random_bool(0.5) { 0.9 } else { 0.1 };
        for _ in 0..3 {
            let end = if rng.random_bool(stays) { 100 } else { rng.random_range(1..=94) };
            curves.observe(&facts_of(&format!("viewer {seed} {viewer}"), 100, &[(0, end)]));
        }
    }
    curves.summary()
}

const RUNS: u32 = 400;

/// The shares of runs in which the band of reach holds the truth at half of the content, and that of survival.
fn coverage(independent: Independent) -> (f64, f64) {
    // Of ends from 1 to 94, 44 are past 50.
    let truth = 0.5 + 0.5 * 44.0 / 94.0;
    let (mut reach, mut survival) = (0, 0);
    for seed in 0..RUNS {
        let summary = simulated(seed.into());
        reach += u32::from(summary.band(Confidence::P95, independent)[10].contains(truth));
        let stays = summary.survival(independent).unwrap();
        survival += u32::from(stays.band(Confidence::P95)[9].unwrap().contains(truth));
    }
    (f64::from(reach) / f64::from(RUNS), f64::from(survival) / f64::from(RUNS))
}

#[test]
fn bands_over_viewers_hold_the_truth_as_often_as_they_say() {
    // Three standard errors of 400 runs are 3.3 %.
    let (reach, survival) = coverage(Independent::Viewers);
    assert!((0.917..=0.983).contains(&reach), "reach: {reach}");
    assert!((0.917..=0.983).contains(&survival), "survival: {survival}");
}

#[test]
fn bands_over_sessions_do_not_where_viewers_come_back() {
    let (reach, survival) = coverage(Independent::Sessions);
    assert!(reach < 0.9 && survival < 0.9, "{reach} {survival}");
}
