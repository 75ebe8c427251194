//! Two proportions, against statsmodels.

use audience_stats::{Error, Proportion};
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
}

#[test]
fn agrees_with_statsmodels() {
    let fixture: Fixture = serde_json::from_str(include_str!("../fixtures/proportions.json")).unwrap();
    assert!(fixture.cases.len() > 10);
    for Case { baseline, other, z } in fixture.cases {
        let measured = proportion(other).pooled_z(&proportion(baseline));
        match (measured, z) {
            // The same closed form, in another order.
            (Some(a), Some(b)) => assert!((a - b).abs() <= 1e-12 * b.abs().max(1.0), "{a} and {b}"),
            (a, b) => assert_eq!(a, b, "{baseline:?} {other:?}"),
        }
    }
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
