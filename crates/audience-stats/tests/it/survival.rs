//! How long units stay: against R, and what must hold whatever the data.

use audience_stats::{
    BandScale, ClusterRow, Confidence, Error, Interval, KaplanMeier, Lifetime, RiskRow, RiskTable, log_rank,
};
use proptest::prelude::*;
use serde::Deserialize;

#[derive(Deserialize)]
struct Fixture {
    cases: Vec<Case>,
}

/// What R says of units that may come late, have weights and come in clusters. R leaves out bounds where nobody has left.
#[derive(Deserialize)]
struct Case {
    entry: Vec<f64>,
    exit: Vec<f64>,
    observed: Vec<u8>,
    cluster: Vec<usize>,
    weight: Vec<f64>,
    times: Vec<f64>,
    at_risk: Vec<f64>,
    events: Vec<f64>,
    survival: Vec<f64>,
    hazard: Vec<f64>,
    standard_error: Vec<Option<f64>>,
    low: Vec<Option<f64>>,
    high: Vec<Option<f64>>,
    plain_low: Vec<Option<f64>>,
    log_high: Vec<Option<f64>>,
    median: Option<f64>,
    median_low: Option<f64>,
    median_high: Option<f64>,
    robust_error: Vec<Option<f64>>,
    robust_low: Vec<Option<f64>>,
    robust_high: Vec<Option<f64>>,
    odd_against_even: Option<f64>,
}

impl Case {
    fn lifetimes(&self) -> Vec<Lifetime> {
        let lifetime = |at: usize| Lifetime {
            entry: (self.entry[at] > 0.0).then_some(self.entry[at]),
            exit: self.exit[at],
            observed: self.observed[at] == 1,
            weight: self.weight[at],
        };
        (0..self.exit.len()).map(lifetime).collect()
    }

    /// The rows of each cluster at the times of the table.
    fn clusters(&self, table: &RiskTable) -> Vec<Vec<ClusterRow>> {
        let lifetimes = self.lifetimes();
        let last = *self.cluster.iter().max().unwrap();
        let own = |cluster: usize| lifetimes.iter().zip(&self.cluster).filter(move |(_, of)| **of == cluster);
        let row = |cluster: usize, time: f64| {
            let mut row = ClusterRow::default();
            for (lifetime, _) in own(cluster) {
                if lifetime.entry.is_none_or(|entry| entry < time) && time <= lifetime.exit {
                    row.at_risk += lifetime.weight;
                    row.events += if lifetime.observed && lifetime.exit == time { lifetime.weight } else { 0.0 };
                }
            }
            row
        };
        (1..=last).map(|cluster| table.rows().iter().map(|of| row(cluster, of.time)).collect()).collect()
    }
}

fn confidence() -> Confidence {
    Confidence::new(0.95).unwrap()
}

/// R's values have 15 digits.
fn near(found: f64, expected: f64) {
    assert!((found - expected).abs() <= 1e-12 * expected.abs().max(1e-2), "{found}, not {expected}");
}

fn all_near(found: impl IntoIterator<Item = Option<f64>>, expected: &[Option<f64>]) {
    let found: Vec<Option<f64>> = found.into_iter().collect();
    assert_eq!(found.len(), expected.len());
    let both = found.into_iter().zip(expected).filter_map(|(found, expected)| Some((found, (*expected)?)));
    for (found, expected) in both {
        near(found.unwrap(), expected);
    }
}

fn bands(curve: &KaplanMeier, scale: BandScale, end: fn(Interval) -> f64) -> Vec<Option<f64>> {
    (0..curve.steps().len()).map(|step| curve.interval(step, scale, confidence()).map(end)).collect()
}

fn all(values: &[f64]) -> Vec<Option<f64>> {
    values.iter().copied().map(Some).collect()
}

#[test]
fn late_entries_weights_and_clusters_agree_with_r() {
    let fixture: Fixture = serde_json::from_str(include_str!("../fixtures/survival.json")).unwrap();
    assert!(fixture.cases.len() > 4);
    for case in fixture.cases {
        let table = RiskTable::of_lifetimes(&case.lifetimes()).unwrap();
        let rows = table.rows();
        assert_eq!(rows.iter().map(|row| row.time).collect::<Vec<_>>(), case.times);
        all_near(rows.iter().map(|row| Some(row.at_risk)), &all(&case.at_risk));
        all_near(rows.iter().map(|row| Some(row.events)), &all(&case.events));
        all_near(table.nelson_aalen().steps().iter().map(|step| Some(step.hazard)), &all(&case.hazard));

        let curve = table.kaplan_meier();
        let deviations =
            |curve: &KaplanMeier| curve.steps().iter().map(|step| step.variance.map(f64::sqrt)).collect::<Vec<_>>();
        all_near(curve.steps().iter().map(|step| Some(step.survival)), &all(&case.survival));
        all_near(deviations(&curve), &case.standard_error);
        all_near(bands(&curve, BandScale::LogLog, |band| band.low), &case.low);
        all_near(bands(&curve, BandScale::LogLog, |band| band.high), &case.high);
        all_near(bands(&curve, BandScale::Plain, |band| band.low), &case.plain_low);
        all_near(bands(&curve, BandScale::Log, |band| band.high), &case.log_high);
        let interval = curve.median_interval(confidence());
        let medians = [curve.median_middle(), interval.low, interval.high];
        for (found, expected) in medians.into_iter().zip([case.median, case.median_low, case.median_high]) {
            assert_eq!(found.is_some(), expected.is_some());
            all_near([found], &[expected]);
        }

        let clusters = case.clusters(&table);
        let number = clusters.len() as f64;
        let robust = table.cluster_robust(clusters.iter().map(Vec::as_slice)).unwrap().unwrap();
        // R leaves out G / (G − 1).
        let robust = robust.with_design_effects(&vec![(number - 1.0) / number; rows.len()]).unwrap();
        all_near(deviations(&robust), &case.robust_error);
        all_near(bands(&robust, BandScale::LogLog, |band| band.low), &case.robust_low);
        all_near(bands(&robust, BandScale::LogLog, |band| band.high), &case.robust_high);
    }
}

/// R's own log-rank test has no late entries. The score test of a model of proportional hazards is the same where no two
/// leave at once.
#[test]
fn the_log_rank_test_of_late_entries_agrees_with_the_score_test_in_r() {
    let fixture: Fixture = serde_json::from_str(include_str!("../fixtures/survival.json")).unwrap();
    let mut compared = 0;
    for case in fixture.cases {
        let Some(expected) = case.odd_against_even else { continue };
        let of = |odd: bool| {
            let lifetimes = case.lifetimes().into_iter().zip(&case.cluster);
            let own: Vec<_> =
                lifetimes.filter(|(_, of)| (**of % 2 == 1) == odd).map(|(lifetime, _)| lifetime).collect();
            RiskTable::of_lifetimes(&own).unwrap()
        };
        near(log_rank(&[of(false), of(true)]).unwrap().statistic.unwrap(), expected);
        compared += 1;
    }
    assert_eq!(compared, 2);
}

fn lifetime(exit: f64, observed: bool) -> Lifetime {
    Lifetime { entry: None, exit, observed, weight: 1.0 }
}

/// Lifetimes with ties, of which some are late, some censored, and some of no weight.
fn lifetimes() -> impl Strategy<Value = Vec<Lifetime>> {
    let one = (0..20_u32, 1..20_u32, any::<bool>(), any::<bool>(), 0..8_u32);
    prop::collection::vec(one, 1..40).prop_map(|all| {
        let lifetime = |(entry, stay, late, observed, weight): (u32, u32, bool, bool, u32)| Lifetime {
            entry: late.then_some(f64::from(entry)),
            exit: f64::from(entry + stay),
            observed,
            weight: f64::from(weight) / 4.0,
        };
        all.into_iter().map(lifetime).collect()
    })
}

proptest! {
    #[test]
    fn without_censoring_the_curve_is_the_share_still_there(exits in prop::collection::vec(0..30_u32, 1..60)) {
        let all: Vec<Lifetime> = exits.iter().map(|exit| lifetime(f64::from(*exit), true)).collect();
        let curve = RiskTable::of_lifetimes(&all).unwrap().kaplan_meier();
        for time in 0..31 {
            let longer = exits.iter().filter(|exit| **exit > time).count() as f64 / exits.len() as f64;
            prop_assert!((curve.at(f64::from(time)) - longer).abs() < 1e-14);
            // Greenwood's variance is that of a proportion.
            if longer > 0.0 {
                let expected = longer * (1.0 - longer) / exits.len() as f64;
                prop_assert!((curve.variance_at(f64::from(time)).unwrap() - expected).abs() < 1e-15);
            }
        }
        let mean = f64::from(exits.iter().sum::<u32>()) / exits.len() as f64;
        prop_assert!((curve.restricted_mean(1e9) - mean).abs() < 1e-12);
    }

    /// Two of weight 1 are one of weight 2, in any order: numbers that are multiples of 1/4 are added exactly.
    #[test]
    fn neither_order_nor_splitting_weights_matters(all in lifetimes(), turn in 0..40_usize) {
        prop_assume!(all.iter().any(|lifetime| lifetime.weight > 0.0));
        let table = RiskTable::of_lifetimes(&all).unwrap();
        let mut halves: Vec<Lifetime> =
            all.iter().flat_map(|one| [Lifetime { weight: one.weight / 2.0, ..*one }; 2]).collect();
        let turn = turn % halves.len();
        halves.rotate_left(turn);
        let split = RiskTable::of_lifetimes(&halves).unwrap();
        prop_assert_eq!(&split, &RiskTable::of_lifetimes(&{ halves.reverse(); halves }).unwrap());
        prop_assert_eq!(split.rows(), table.rows());
        prop_assert_eq!(split.kaplan_meier(), table.kaplan_meier());
        prop_assert_eq!(split.nelson_aalen(), table.nelson_aalen());
    }

    /// Counted one by one.
    #[test]
    fn all_at_risk_are_counted_at_any_time(all in lifetimes()) {
        prop_assume!(all.iter().any(|lifetime| lifetime.weight > 0.0));
        let table = RiskTable::of_lifetimes(&all).unwrap();
        for half in 0..90 {
            let time = f64::from(half) / 2.0;
            let there = |of: &&Lifetime| of.entry.is_none_or(|entry| entry < time) && time <= of.exit;
            let expected: f64 = all.iter().filter(there).map(|lifetime| lifetime.weight).sum();
            prop_assert_eq!(table.at_risk(time), expected, "{}", time);
        }
        for row in table.rows() {
            prop_assert!(row.events + row.censored <= row.at_risk);
        }
        prop_assert!(RiskTable::new(table.rows().to_vec()).is_ok());
    }

    #[test]
    fn curves_fall_and_bands_hold_them(all in lifetimes(), share in 0.01..0.999_f64) {
        prop_assume!(all.iter().any(|lifetime| lifetime.weight > 0.0));
        let curve = RiskTable::of_lifetimes(&all).unwrap().kaplan_meier();
        let confidence = Confidence::new(share).unwrap();
        let mut before = 1.0;
        for (at, step) in curve.steps().iter().enumerate() {
            prop_assert!(step.survival <= before && step.survival >= 0.0);
            before = step.survival;
            for scale in [BandScale::Plain, BandScale::Log, BandScale::LogLog] {
                if let Some(band) = curve.interval(at, scale, confidence) {
                    prop_assert!((0.0..=1.0).contains(&band.low) && (0.0..=1.0).contains(&band.high));
                    prop_assert!(band.low <= step.survival + 1e-15 && band.high >= step.survival - 1e-15);
                }
            }
        }
        if let Some(median) = curve.median() {
            prop_assert!(curve.at(median) <= 0.5 + 1e-12 && curve.median_middle() >= Some(median));
        }
    }

    /// Clusters of one are independent units: without ties the robust variance is Greenwood's until units are censored.
    #[test]
    fn clusters_of_one_are_units(number in 2..30_u32) {
        let all: Vec<Lifetime> = (0..number).map(|exit| lifetime(f64::from(exit), true)).collect();
        let table = RiskTable::of_lifetimes(&all).unwrap();
        let of = |own: u32| {
            let row = |time: u32| ClusterRow {
                at_risk: f64::from(u8::from(time <= own)),
                events: f64::from(u8::from(time == own)),
            };
            (0..number).map(row).collect::<Vec<_>>()
        };
        let clusters: Vec<_> = (0..number).map(of).collect();
        let robust = table.cluster_robust(clusters.iter().map(Vec::as_slice)).unwrap().unwrap();
        let number = f64::from(number);
        for (robust, independent) in robust.steps().iter().zip(table.kaplan_meier().steps()) {
            match (robust.variance, independent.variance) {
                (Some(a), Some(b)) => prop_assert!((a - b * number / (number - 1.0)).abs() < 1e-15, "{} {}", a, b),
                (a, b) => prop_assert_eq!(a, b),
            }
        }
    }
}

#[test]
fn nobody_left_is_exactly_nobody_also_of_fractions() {
    // 0.1 + 0.2 is not 0.3.
    let weights = [0.1, 0.2, 0.3, 1e-9, 0.7];
    for late in [None, Some(0.25)] {
        let of = |(at, weight): (usize, &f64)| Lifetime {
            entry: late,
            exit: 1.0 + at as f64,
            observed: true,
            weight: *weight,
        };
        let all: Vec<Lifetime> = weights.iter().enumerate().map(of).collect();
        let curve = RiskTable::of_lifetimes(&all).unwrap().kaplan_meier();
        let last = curve.steps().last().unwrap();
        assert_eq!((last.survival, last.variance), (0.0, None));
        let of_log_log = curve.interval(4, BandScale::LogLog, confidence());
        assert_eq!(of_log_log, Some(Interval { low: 0.0, high: 0.0 }));
        assert_eq!(curve.interval(4, BandScale::Plain, confidence()), None);
        assert_eq!(curve.interval(5, BandScale::Plain, confidence()), None);
    }
    let row = RiskRow { time: 1.0, at_risk: 0.1 + 0.2, events: 0.3, censored: 0.0 };
    assert_eq!(RiskTable::new(vec![row]).unwrap().kaplan_meier().at(1.0), 0.0);
}

/// Little is left of much: what is left must not be had as the difference.
#[test]
fn little_left_of_much_keeps_its_digits() {
    let of = |exit, weight| Lifetime { entry: None, exit, observed: true, weight };
    let table = RiskTable::of_lifetimes(&[of(1.0, 1.0), of(2.0, 1e-12), of(3.0, 2e-12)]).unwrap();
    let steps = table.kaplan_meier().steps().to_vec();
    assert!((steps[1].survival / 2e-12 - 1.0).abs() < 1e-11, "{steps:?}");
    assert!((steps[1].survival / steps[0].survival - 2.0 / 3.0).abs() < 1e-15);
}

#[test]
fn those_seen_last_at_a_time_are_still_at_risk_at_it() {
    let table = RiskTable::of_lifetimes(&[lifetime(3.0, true), lifetime(3.0, false)]).unwrap();
    assert_eq!(table.rows(), [RiskRow { time: 3.0, at_risk: 2.0, events: 1.0, censored: 1.0 }]);
    assert_eq!((table.at_risk(0.0), table.at_risk(3.0), table.at_risk(3.1)), (2.0, 2.0, 0.0));
    // One that comes at a time is at risk only after it.
    let late = Lifetime { entry: Some(3.0), ..lifetime(5.0, true) };
    let table = RiskTable::of_lifetimes(&[lifetime(3.0, true), late]).unwrap();
    assert_eq!((table.at_risk(3.0), table.at_risk(3.5)), (1.0, 1.0));
    assert_eq!(table.kaplan_meier().at(4.0), 0.0);
}

#[test]
fn a_flat_at_one_half_has_a_start_and_a_middle() {
    let curve = |exits: &[(f64, bool)]| {
        let all: Vec<Lifetime> = exits.iter().map(|(exit, observed)| lifetime(*exit, *observed)).collect();
        RiskTable::of_lifetimes(&all).unwrap().kaplan_meier()
    };
    let flat = curve(&[(1.0, true), (2.0, true), (3.0, true), (4.0, true)]);
    assert_eq!((flat.median(), flat.median_middle()), (Some(2.0), Some(2.5)));
    // To the last time, where nobody leaves after.
    let open = curve(&[(1.0, true), (2.0, true), (3.0, false), (9.0, false)]);
    assert_eq!((open.median(), open.median_middle()), (Some(2.0), Some(5.5)));
    let never = curve(&[(1.0, true), (2.0, false), (3.0, false)]);
    assert_eq!((never.median(), never.median_middle()), (None, None));
    assert_eq!(flat.quantile(0.0), Ok(Some(0.0)));
    assert_eq!((flat.quantile(1.0), never.quantile(1.0)), (Ok(Some(4.0)), Ok(None)));
    assert_eq!(flat.quantile_middle(0.6), Ok(Some(3.0)));
    assert_eq!(flat.quantile(1.5), Err(Error::QuantileOutOfRange { q: 1.5 }));
    assert!(flat.quantile_middle(f64::NAN).is_err());
}

#[test]
fn the_mean_time_is_that_within_the_limit() {
    let curve = RiskTable::of_lifetimes(&[lifetime(2.0, true), lifetime(4.0, false)]).unwrap().kaplan_meier();
    let means = [-1.0, f64::NAN, 0.0, 1.0, 2.0, 3.0, 6.0].map(|until| curve.restricted_mean(until));
    assert_eq!(means, [0.0, 0.0, 0.0, 1.0, 2.0, 2.5, 4.0]);
    let gone = RiskTable::of_lifetimes(&[lifetime(2.0, true)]).unwrap().kaplan_meier();
    assert_eq!(gone.restricted_mean(f64::INFINITY), 2.0);
}

#[test]
fn times_with_nobody_at_risk_change_nothing() {
    let row = |time, at_risk, events| RiskRow { time, at_risk, events, censored: 0.0 };
    let table = RiskTable::new(vec![row(0.0, 0.0, 0.0), row(1.0, 4.0, 1.0), row(2.0, 0.0, 0.0)]).unwrap();
    let curve = table.kaplan_meier();
    assert_eq!(curve.steps().iter().map(|step| step.survival).collect::<Vec<_>>(), [1.0, 0.75, 0.75]);
    assert_eq!(curve.at(0.5), 1.0);
    assert_eq!(curve.variance_at(-1.0), Some(0.0));
    let hazard = table.nelson_aalen();
    assert_eq!((hazard.at(0.5), hazard.at(1.0), hazard.at(9.0)), (0.0, 0.25, 0.25));
}

#[test]
fn tie_correction_is_of_whole_numbers() {
    let row = |time, at_risk, events| RiskRow { time, at_risk, events, censored: 0.0 };
    let table = RiskTable::new(vec![row(1.0, 3.0, 2.0), row(2.0, 1.5, 1.0), row(3.0, 1.0, 1.0)]).unwrap();
    let corrected: Vec<_> = table.nelson_aalen().steps().iter().map(|step| step.tie_corrected).collect();
    assert_eq!(corrected[0].unwrap().hazard, 1.0 / 3.0 + 1.0 / 2.0);
    assert_eq!((corrected[1], corrected[2]), (None, None));
    // A billion at once: 1 / 2 + … is ln 10⁹ + γ − 1.
    let all = RiskTable::new(vec![row(1.0, 1e9, 1e9 - 1.0)]).unwrap().nelson_aalen().steps()[0].tie_corrected.unwrap();
    assert!((all.hazard - (1e9_f64.ln() + 0.577_215_664_901_532_9 - 1.0 + 5e-10)).abs() < 1e-14);
    assert!((all.variance - (std::f64::consts::PI.powi(2) / 6.0 - 1.0 - 1e-9)).abs() < 1e-15);
}

#[test]
fn what_no_table_can_have_is_refused() {
    let row = |time, at_risk, events| RiskRow { time, at_risk, events, censored: 0.0 };
    let check = |rows: &[RiskRow], text: &str| {
        assert_eq!(RiskTable::new(rows.to_vec()).unwrap_err().to_string(), text);
    };
    check(&[], "weigh nothing: no item has a weight");
    check(&[row(1.0, 0.0, 0.0)], "weigh nothing: no item has a weight");
    let order = "follow time 1: 1 is not finite, below 0 or not after the one before";
    check(&[row(1.0, 2.0, 1.0), row(1.0, 1.0, 1.0)], order);
    check(&[row(f64::NAN, 2.0, 1.0)], "follow time 0: NaN is not finite, below 0 or not after the one before");
    check(&[row(1.0, -2.0, 0.0)], "weigh item 0: -2 is not finite or below 0");
    check(&[row(1.0, 2.0, f64::INFINITY)], "weigh item 0: inf is not finite or below 0");
    check(&[row(1.0, 2.0, 3.0)], "follow row 0: 3 leave of 2");

    let refused = |lifetimes: &[Lifetime]| RiskTable::of_lifetimes(lifetimes).unwrap_err();
    assert_eq!(refused(&[]), Error::NoWeight);
    assert_eq!(refused(&[Lifetime { weight: 0.0, ..lifetime(1.0, true) }]), Error::NoWeight);
    for time in [-1.0, f64::INFINITY, f64::NAN] {
        assert!(matches!(refused(&[lifetime(time, true)]), Error::NotATime { at: 0, .. }));
        let late = Lifetime { entry: Some(time), ..lifetime(5.0, true) };
        assert!(matches!(refused(&[late]), Error::NotATime { at: 0, .. }));
        let weighed = Lifetime { weight: time, ..lifetime(5.0, true) };
        assert!(matches!(refused(&[lifetime(1.0, true), weighed]), Error::NotAWeight { at: 1, .. }));
    }
    let both = Lifetime { entry: Some(5.0), ..lifetime(5.0, true) };
    assert_eq!(refused(&[both]).to_string(), "follow lifetime 0: it begins at 5 and ends at 5");
    assert!(matches!(refused(&[Lifetime { weight: 1e308, ..lifetime(5.0, true) }; 2]), Error::NotAWeight { .. }));
}

#[test]
fn clusters_have_the_rows_of_the_table() {
    let table = RiskTable::of_lifetimes(&[lifetime(1.0, true), lifetime(2.0, false)]).unwrap();
    let own = [ClusterRow { at_risk: 1.0, events: 1.0 }, ClusterRow::default()];
    assert_eq!(table.cluster_robust([&own[..]]), Ok(None));
    assert_eq!(table.cluster_robust([]), Ok(None));
    assert_eq!(table.cluster_robust([&own[..], &own[..1]]), Err(Error::LengthsDiffer { expected: 2, found: 1 }));
    let bad = [ClusterRow { at_risk: f64::NAN, events: 0.0 }, ClusterRow::default()];
    assert!(matches!(table.cluster_robust([&own[..], &bad[..]]), Err(Error::NotAWeight { at: 0, .. })));
    let curve = table.kaplan_meier();
    assert_eq!(curve.clone().with_design_effects(&[1.0]), Err(Error::LengthsDiffer { expected: 2, found: 1 }));
    assert!(curve.clone().with_design_effects(&[1.0, -1.0]).is_err());
    let wider = curve.clone().with_design_effects(&[4.0, 4.0]).unwrap();
    assert_eq!(wider.variance_at(1.0), curve.variance_at(1.0).map(|variance| 4.0 * variance));
}
