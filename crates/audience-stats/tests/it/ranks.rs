//! Correlation of ranks, against SciPy.

use audience_stats::{Error, spearman};
use proptest::prelude::*;
use serde::Deserialize;

#[derive(Deserialize)]
struct Fixture {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    id: String,
    x: Vec<f64>,
    y: Vec<f64>,
    rho: f64,
}

#[test]
fn agrees_with_scipy() {
    let fixture: Fixture = serde_json::from_str(include_str!("../fixtures/ranks.json")).unwrap();
    assert_eq!(fixture.cases.len(), 9);
    for Case { id, x, y, rho } in fixture.cases {
        let measured = spearman(&x, &y).unwrap().unwrap();
        assert!((measured - rho).abs() < 1e-12, "{id}: {measured}, {rho}");
    }
}

#[test]
fn what_has_no_order_has_no_correlation() {
    assert_eq!(spearman(&[], &[]), Ok(None));
    assert_eq!(spearman(&[1.0], &[2.0]), Ok(None));
    assert_eq!(spearman(&[1.0, 1.0, 1.0], &[1.0, 2.0, 3.0]), Ok(None));
    assert_eq!(spearman(&[0.0, -0.0], &[1.0, 2.0]), Ok(None));
    assert_eq!(spearman(&[f64::NEG_INFINITY, 0.0, f64::INFINITY], &[1.0, 2.0, 3.0]), Ok(Some(1.0)));
    assert_eq!(spearman(&[1.0, f64::NAN], &[1.0, 2.0]), Err(Error::NotANumber { at: 1 }));
    assert_eq!(spearman(&[1.0, 2.0], &[f64::NAN, 2.0]), Err(Error::NotANumber { at: 0 }));
    assert_eq!(spearman(&[1.0], &[]), Err(Error::UnpairedValues { x: 1, y: 0 }));
}

proptest! {
    #[test]
    fn only_the_order_matters(pairs in prop::collection::vec((-9_i32..9, -9_i32..9), 2..40)) {
        let (x, y): (Vec<f64>, Vec<f64>) = pairs.iter().map(|(x, y)| (f64::from(*x), f64::from(*y))).unzip();
        let rho = spearman(&x, &y).unwrap();
        let stretched: Vec<f64> = y.iter().map(|y| y.powi(3) * 7.0 + 1.0).collect();
        prop_assert_eq!(spearman(&x, &stretched).unwrap(), rho);
        prop_assert_eq!(spearman(&y, &x).unwrap(), rho);
        let opposed: Vec<f64> = y.iter().map(|y| -y).collect();
        prop_assert_eq!(spearman(&x, &opposed).unwrap(), rho.map(|rho| -rho));
        prop_assert!(rho.is_none_or(|rho| (-1.0..=1.0).contains(&rho)));
    }
}
