//! Curves of sessions that count differently.

use audience_core::test_util::{check_merge_laws, various_facts};
use audience_core::{Accumulator, Portable, Rules, SessionFacts};
use audience_retention::{Error, Grid, Independent, RetentionCurves, Weight, WeightedCurves, Weighting};
use audience_stats::Confidence;
use proptest::prelude::*;

use super::session;

fn weighted(id: &str, weight: &str, until: u64) -> SessionFacts {
    session(id, Some(100), &[(0, until)]).with_attribute("weight", weight).facts(&Rules::default(), None)
}

fn by_attribute() -> WeightedCurves {
    WeightedCurves::new(Grid::shares(4).unwrap(), Weighting::by_attribute("weight"))
}

#[test]
fn shares_are_of_weights() {
    let mut curves = by_attribute();
    curves.observe_all(&[weighted("a", "3", 100), weighted("b", "1", 50), weighted("c", "0", 10)]);
    let summary = curves.summary().unwrap();
    assert_eq!(summary.retention.reaches(), [1.0, 1.0, 0.75, 0.75]);
    assert_eq!((summary.retention.sessions, summary.zero_weight, summary.without_weight), (3, 1, 0));
    assert_eq!(summary.retention.average_view_duration_ms(), Some(87.5));
    // Kish: 16 / 10.
    assert!((summary.retention.effective_sessions - 1.6).abs() < 1e-12);
}

#[test]
fn weights_widen_the_band_by_what_they_cost() {
    let weights = ["1", "9"];
    let rows: Vec<SessionFacts> =
        (0..200).map(|n| weighted(&format!("s{n}"), weights[n % 2], if n % 4 < 2 { 100 } else { 40 })).collect();
    let (mut curves, mut plain) = (by_attribute(), RetentionCurves::new(Grid::shares(4).unwrap()));
    curves.observe_all(&rows);
    plain.observe_all(&rows);
    let weighted = curves.summary().unwrap().retention;
    // (100 · 10)² / (100 · 82) = 121.95.
    assert!((weighted.effective_sessions - 1e6 / 8200.0).abs() < 1e-9);
    let width = |band: &[audience_stats::Interval]| band[3].high - band[3].low;
    let independent = Independent::Sessions;
    let ratio = width(&weighted.band(Confidence::P95, independent))
        / width(&plain.summary().band(Confidence::P95, independent));
    assert!((ratio - (200.0_f64 / 121.95).sqrt()).abs() < 0.02, "{ratio}");
}

#[test]
fn a_weight_that_is_none_is_an_error_that_names_the_session() {
    for bad in ["NaN", "-1", "inf", "much", "", "10001"] {
        let mut curves = by_attribute();
        curves.observe_all(&[weighted("z", bad, 50), weighted("b", bad, 50), weighted("c", "1", 50)]);
        let error = curves.summary().unwrap_err();
        let expected = Error::BadWeight { session_id: "b".to_owned(), value: bad.to_owned(), most: 10_000.0 };
        assert_eq!(error, expected, "{bad}");
    }
    assert_eq!(
        Error::BadWeight { session_id: "b".to_owned(), value: "NaN".to_owned(), most: 1e4 }.to_string(),
        "weigh session \"b\" by NaN: a weight is a number from 0 to 10000"
    );
}

#[test]
fn sessions_without_a_weight_are_counted() {
    let weighting = Weighting::by_value("weight", [("a", Weight::new(2.0).unwrap())]);
    let mut curves = WeightedCurves::new(Grid::shares(4).unwrap(), weighting);
    let without = session("x", Some(100), &[(0, 50)]).facts(&Rules::default(), None);
    curves.observe_all(&[weighted("s", "a", 100), weighted("t", "b", 10), without]);
    let summary = curves.summary().unwrap();
    assert_eq!((summary.retention.sessions, summary.without_weight), (1, 2));
    assert_eq!(summary.retention.reaches(), [1.0; 4]);
}

proptest! {
    #[test]
    fn weights_of_one_change_nothing(ends in proptest::collection::vec(1_u64..100, 1..20)) {
        let rows: Vec<SessionFacts> =
            ends.iter().zip(0..).map(|(end, n)| weighted(&format!("s{n}"), "1", *end)).collect();
        let (mut curves, mut plain) = (by_attribute(), RetentionCurves::new(Grid::shares(4).unwrap()));
        curves.observe_all(&rows);
        plain.observe_all(&rows);
        let (weighted, plain) = (curves.summary().unwrap().retention, plain.summary());
        prop_assert_eq!(weighted.reaches(), plain.reaches());
        prop_assert_eq!(weighted.effective_sessions, plain.effective_sessions);
        prop_assert_eq!(weighted.average_view_duration_ms(), plain.average_view_duration_ms());
        let independent = Independent::Viewers;
        let band = |summary: &audience_retention::RetentionSummary| summary.band(Confidence::P95, independent);
        for (one, other) in band(&weighted).iter().zip(band(&plain)) {
            prop_assert!((one.low - other.low).abs() < 1e-9 && (one.high - other.high).abs() < 1e-9);
        }
        let stays = |summary: &audience_retention::RetentionSummary| -> Vec<(audience_core::MediaTime, f64)> {
            summary.survival(independent).unwrap().steps().collect()
        };
        for ((at, one), (other_at, other)) in stays(&weighted).into_iter().zip(stays(&plain)) {
            prop_assert!(at == other_at && (one - other).abs() < 1e-9);
        }
    }
}

#[test]
fn obeys_the_laws_and_survives_being_written() {
    let mut rows = various_facts();
    for (row, weight) in rows.iter_mut().zip(["1", "2.5", "0", "x", "7"].iter().cycle()) {
        std::sync::Arc::make_mut(&mut row.identity).attributes.set("weight", *weight);
    }
    check_merge_laws(&by_attribute(), &rows);
    rows.retain(|row| row.identity.attributes.get("weight") != Some("x"));
    check_merge_laws(&by_attribute(), &rows);
    let mut state = by_attribute();
    state.observe_all(&rows);
    let read = WeightedCurves::decode(&state.encode(), &by_attribute()).unwrap();
    assert_eq!(read.summary(), state.summary());
    let other = WeightedCurves::new(Grid::shares(4).unwrap(), Weighting::by_attribute("else"));
    assert!(WeightedCurves::decode(&state.encode(), &other).is_err());
}

#[test]
fn weights_are_numbers_from_0_to_the_most() {
    assert_eq!(Weight::new(Weight::MOST).map(Weight::as_f64), Some(1e4));
    assert_eq!([f64::NAN, f64::INFINITY, -0.1, 1e4 + 1.0].map(Weight::new), [None; 4]);
    assert!(serde_json::from_str::<Weight>("-1").is_err());
}
