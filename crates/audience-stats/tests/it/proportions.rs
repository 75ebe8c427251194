//! Proportions, against statsmodels and a published table.

use audience_stats::{Error, Interval, Proportion, Z_95};
use serde::Deserialize;

#[derive(Deserialize)]
struct Fixture {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    baseline: (u64, u64),
    other: (u64, u64),
    z: Option<f64>,
    wilson: (f64, f64),
    newcombe: (f64, f64),
}

#[test]
fn agrees_with_statsmodels() {
    let fixture: Fixture = serde_json::from_str(include_str!("../fixtures/proportions.json")).unwrap();
    assert!(fixture.cases.len() > 10);
    for Case { baseline, other, z, wilson, newcombe } in fixture.cases {
        agree(proportion(other).wilson(Z_95), wilson);
        agree(proportion(other).difference(&proportion(baseline), Z_95), newcombe);
        let measured = proportion(other).pooled_z(&proportion(baseline));
        match (measured, z) {
            // The same closed form, in another order.
            (Some(a), Some(b)) => assert!((a - b).abs() <= 1e-12 * b.abs().max(1.0), "{a} and {b}"),
            (a, b) => assert_eq!(a, b, "{baseline:?} {other:?}"),
        }
    }
}

/// The same closed forms, in another order.
fn agree(measured: Option<Interval>, (low, high): (f64, f64)) {
    let Interval { low: a, high: b } = measured.unwrap();
    assert!((a - low).abs() < 1e-12 && (b - high).abs() < 1e-12, "{a} to {b}, not {low} to {high}");
}

/// Newcombe (1998), table II, method 10, to the four decimals that are printed there.
#[test]
fn differences_agree_with_the_published_table() {
    let check = |a: (u64, u64), b: (u64, u64), expected: (f64, f64)| {
        let Interval { low, high } = proportion(a).difference(&proportion(b), Z_95).unwrap();
        let close = |a: f64, b: f64| (a - b).abs() <= 0.000_05;
        assert!(close(low, expected.0) && close(high, expected.1), "{a:?} {b:?}: {low} to {high}");
    };
    check((56, 70), (48, 80), (0.0524, 0.3339));
    check((9, 10), (3, 10), (0.1705, 0.8090));
    check((6, 7), (2, 7), (0.0582, 0.8062));
    check((5, 56), (0, 29), (-0.0381, 0.1926));
    check((0, 10), (0, 20), (-0.1611, 0.2775));
    check((0, 10), (0, 10), (-0.2775, 0.2775));
    check((10, 10), (0, 20), (0.6791, 1.0));
    check((10, 10), (0, 10), (0.6075, 1.0));
}

#[test]
fn intervals_hold_the_rate_and_stay_within_bounds() {
    for trials in [1, 2, 7, 1000, u64::MAX] {
        for successes in [0, 1, trials / 2, trials - 1, trials] {
            let measured = proportion((successes.min(trials), trials));
            let interval = measured.wilson(Z_95).unwrap();
            assert!(interval.contains(measured.rate().unwrap()), "{successes} of {trials}: {interval:?}");
            assert!(0.0 <= interval.low && interval.high <= 1.0);
            let difference = measured.difference(&proportion((1, 3)), Z_95).unwrap();
            assert!(-1.0 <= difference.low && difference.high <= 1.0);
        }
    }
    assert_eq!(proportion((0, 0)).wilson(Z_95), None);
    assert_eq!(proportion((0, 0)).difference(&proportion((1, 2)), Z_95), None);
}

fn proportion((successes, trials): (u64, u64)) -> Proportion {
    Proportion::new(successes, trials).unwrap()
}

#[test]
fn more_clicks_than_impressions_are_refused() {
    assert_eq!(Proportion::new(1500, 1000), Err(Error::MoreSuccessesThanTrials { successes: 1500, trials: 1000 }));
}

#[test]
fn without_trials_or_without_differences_there_is_no_statistic() {
    let none = proportion((0, 0));
    assert_eq!(none.rate(), None);
    assert_eq!(none.pooled_z(&proportion((1, 2))), None);
    assert_eq!(proportion((5, 5)).pooled_z(&proportion((7, 7))), None);
    assert_eq!(proportion((0, 5)).pooled_z(&proportion((0, 7))), None);
    assert_eq!(proportion((1, 4)).rate(), Some(0.25));
}

#[test]
fn swapping_the_groups_changes_the_sign() {
    let (a, b) = (proportion((30, 100)), proportion((45, 110)));
    assert_eq!(a.pooled_z(&b), b.pooled_z(&a).map(|z| -z));
}

#[test]
fn the_largest_counts_do_not_overflow() {
    let most = proportion((u64::MAX, u64::MAX));
    assert_eq!(most.pooled_z(&most), None);
    assert!(proportion((u64::MAX / 2, u64::MAX)).pooled_z(&most).unwrap() < 0.0);
}
