//! What is a drop-off, and that chance is none.

use audience_core::{Accumulator, PlaybackMap, Ratio};
use audience_retention::{DropOffRules, Grid, Independent, RetentionCurves, RetentionSummary};
use rand::{Rng, RngExt};

use super::{facts_of, ms, rng};

const LENGTH: u64 = 100_000;

/// Curves of sessions that begin at the start and leave in each hundredth with the probability that `hazard` says.
fn simulated(sessions: u32, rng: &mut impl Rng, hazard: impl Fn(u64) -> f64) -> RetentionSummary {
    let mut curves = RetentionCurves::new(Grid::shares(100).unwrap());
    for _ in 0..sessions {
        let left = (0..100).find(|at| rng.random_bool(hazard(*at))).unwrap_or(100);
        let end = (left * 1000 + 500).min(LENGTH);
        curves.observe_map(&PlaybackMap::from_intervals([(ms(0), ms(end))]), ms(LENGTH)).unwrap();
    }
    curves.summary()
}

fn found(summary: &RetentionSummary) -> Vec<usize> {
    let drop_offs = summary.drop_offs(&DropOffRules::default(), Independent::Sessions);
    drop_offs.iter().map(|drop_off| drop_off.interval).collect()
}

/// How many of so many simulated curves have a finding; 5 % are expected at the most.
fn curves_with_findings(runs: u32, sessions: u32, hazard: impl Fn(u64) -> f64 + Copy) -> u32 {
    let mut rng = rng(u64::from(sessions));
    (0..runs).filter(|_| !found(&simulated(sessions, &mut rng, hazard)).is_empty()).count() as u32
}

#[test]
fn noise_is_no_finding() {
    // A flat hazard, with many and with few sessions; 300 curves are known to 1.3 percentage points.
    for (sessions, hazard) in [(2000, 0.01), (200, 0.01), (5000, 0.002), (300, 0.05)] {
        let runs = 300;
        let findings = curves_with_findings(runs, sessions, |_| hazard);
        let most = 0.05 * f64::from(runs) + 3.0 * (f64::from(runs) * 0.05 * 0.95).sqrt();
        assert!(f64::from(findings) <= most, "{findings} of {runs} with {sessions} sessions at {hazard}");
    }
}

#[test]
fn a_steady_trend_is_no_finding() {
    let falling = |at: u64| 0.02 - 0.00015 * at as f64;
    let findings = curves_with_findings(300, 2000, falling);
    assert!(findings <= 30, "{findings} of 300");
}

#[test]
fn a_drop_off_is_found_where_it_is() {
    let mut rng = rng(1);
    let summary = simulated(5000, &mut rng, |at| if at == 40 { 0.06 } else { 0.01 });
    let drop_offs = summary.drop_offs(&DropOffRules::default(), Independent::Sessions);
    assert_eq!(drop_offs.len(), 1, "{drop_offs:?}");
    let drop_off = drop_offs[0];
    assert_eq!((drop_off.interval, drop_off.start, drop_off.end), (40, ms(40_000), ms(41_000)));
    // Standard errors are 0.4 % and 0.1 %.
    assert!((drop_off.hazard - 0.06).abs() < 0.015 && (drop_off.expected - 0.01).abs() < 0.004, "{drop_off:?}");
    assert!((drop_off.excess - 0.05 * drop_off.at_risk as f64).abs() < 50.0, "{drop_off:?}");
    assert!(drop_off.p < 1e-6 && !drop_off.in_credits);
}

#[test]
fn two_drop_offs_beside_each_other_do_not_hide_each_other() {
    let mut rng = rng(2);
    let hazard = |at: u64| if at == 40 || at == 41 { 0.08 } else { 0.01 };
    assert_eq!(found(&simulated(4000, &mut rng, hazard)), [40, 41]);
}

#[test]
fn finishing_is_no_drop_off() {
    // All watch to the end, or to half a second before it.
    let mut curves = RetentionCurves::default();
    for session in 0..1000 {
        let end = LENGTH - (session % 2) * 500;
        curves.observe_map(&PlaybackMap::from_intervals([(ms(0), ms(end))]), ms(LENGTH)).unwrap();
    }
    assert_eq!(found(&curves.summary()), [0; 0]);
}

#[test]
fn viewers_who_come_back_are_no_crowd() {
    // One viewer of a hundred leaves at the same place thirty times; the others leave once, anywhere.
    let once = |viewer: u64| facts_of(&format!("v{viewer}"), 100, &[(0, 1 + viewer)]);
    let mut curves = RetentionCurves::new(Grid::shares(20).unwrap());
    for viewer in 0..99 {
        curves.observe(&once(viewer));
    }
    for _ in 0..30 {
        curves.observe(&facts_of("again", 100, &[(0, 47)]));
    }
    let summary = curves.summary();
    let rules = DropOffRules::default();
    assert_eq!(summary.drop_offs(&rules, Independent::Sessions).len(), 1);
    assert_eq!(summary.drop_offs(&rules, Independent::Viewers), []);
}

#[test]
fn falls_are_strict_and_count_skips() {
    let mut curves = RetentionCurves::new(Grid::shares(4).unwrap());
    for stretches in [vec![(0, 100)], vec![(0, 100)], vec![(0, 25), (75, 100)], vec![(0, 50)]] {
        curves.observe(&super::facts(Some(100), &stretches));
    }
    let summary = curves.summary();
    // 1, 0.75, 0.5, 0.75.
    let falls = |by: f64| summary.falls(Ratio::new(by).unwrap()).iter().map(|fall| fall.point).collect::<Vec<_>>();
    assert_eq!(falls(0.2), [1, 2]);
    assert_eq!(falls(0.25), [0; 0]);
}

#[test]
fn credits_begin_where_most_of_those_who_are_there_leave() {
    let mut rng = rng(3);
    let summary = simulated(4000, &mut rng, |at| if at >= 92 { 0.25 } else { 0.004 });
    let rules = DropOffRules::default();
    let credits = summary.credits(&rules, Independent::Sessions).unwrap();
    assert_eq!((credits.interval, credits.start), (92, ms(92_000)));
    assert!((credits.hazard_in - 0.25).abs() < 0.03, "{credits:?}");
    let drop_offs = summary.drop_offs(&rules, Independent::Sessions);
    assert!(drop_offs.iter().all(|drop_off| drop_off.in_credits), "{drop_offs:?}");
}

#[test]
fn without_credits_none_are_found() {
    let mut rng = rng(4);
    let rules = DropOffRules::default();
    let found =
        (0..300).filter(|_| simulated(500, &mut rng, |_| 0.01).credits(&rules, Independent::Sessions).is_some());
    // One in a thousand is chance.
    assert!(found.count() <= 2);
    assert_eq!(RetentionCurves::default().summary().credits(&rules, Independent::Sessions), None);
}
