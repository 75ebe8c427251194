//! Whether groups leave at the same pace.

use audience_stats::{Confidence, Error, Lifetime, RiskRow, RiskTable, log_rank};
use proptest::prelude::*;

fn table(exits: &[(f64, bool)]) -> RiskTable {
    let lifetime =
        |(exit, observed): &(f64, bool)| Lifetime { entry: None, exit: *exit, observed: *observed, weight: 1.0 };
    RiskTable::of_lifetimes(&exits.iter().map(lifetime).collect::<Vec<_>>()).unwrap()
}

fn exits() -> impl Strategy<Value = Vec<(f64, bool)>> {
    prop::collection::vec((0..12_u32, any::<bool>()), 2..20)
        .prop_map(|all| all.into_iter().map(|(exit, observed)| (f64::from(exit), observed)).collect())
}

proptest! {
    #[test]
    fn groups_that_are_the_same_do_not_differ(exits in exits(), groups in 2..6_usize) {
        let test = log_rank(&vec![table(&exits); groups]).unwrap();
        prop_assert_eq!(&test.observed, &vec![test.observed[0]; groups]);
        if let Some(statistic) = test.statistic {
            prop_assert_eq!((statistic, test.p, test.ln_p), (0.0, Some(1.0), Some(0.0)));
            prop_assert_eq!(test.degrees_of_freedom, groups - 1);
        }
    }

    #[test]
    fn the_order_of_groups_does_not_matter(a in exits(), b in exits(), c in exits()) {
        let groups = [table(&a), table(&b), table(&c)];
        let test = log_rank(&groups).unwrap();
        let [a, b, c] = groups;
        let turned = log_rank(&[c, a, b]).unwrap();
        prop_assert_eq!(test.degrees_of_freedom, turned.degrees_of_freedom);
        prop_assert_eq!(test.observed[0], turned.observed[1]);
        match (test.statistic, turned.statistic) {
            (Some(a), Some(b)) => prop_assert!((a - b).abs() <= 1e-10 * a.max(1.0), "{} {}", a, b),
            (a, b) => prop_assert_eq!(a, b),
        }
        let (observed, expected) = (test.observed.iter().sum::<f64>(), test.expected.iter().sum::<f64>());
        prop_assert!((observed - expected).abs() < 1e-12 * observed.max(1.0));
        for row in &test.variance {
            prop_assert!(row.iter().sum::<f64>().abs() < 1e-12);
        }
    }

    /// Rows at which a group loses nobody say nothing new.
    #[test]
    fn rows_on_a_common_grid_are_the_same(a in exits(), b in exits()) {
        let groups = [table(&a), table(&b)];
        let on_grid = |table: &RiskTable| {
            let row = |time: u32| {
                let time = f64::from(time);
                let none = RiskRow { time, at_risk: table.at_risk(time), events: 0.0, censored: 0.0 };
                *table.rows().iter().find(|row| row.time == time).unwrap_or(&none)
            };
            RiskTable::new((0..12).map(row).collect()).unwrap()
        };
        prop_assert_eq!(log_rank(&groups).unwrap(), log_rank(&[on_grid(&groups[0]), on_grid(&groups[1])]).unwrap());
    }
}

#[test]
fn where_nothing_varies_there_is_no_statistic() {
    for groups in [
        [table(&[(1.0, false), (2.0, false)]), table(&[(3.0, false)])],
        [table(&[(4.0, true), (4.0, true)]), table(&[(4.0, true)])],
        // The second group is not there when the first leaves.
        [table(&[(5.0, true), (6.0, true)]), table(&[(1.0, false)])],
    ] {
        let test = log_rank(&groups).unwrap();
        assert_eq!((test.statistic, test.p, test.ln_p, test.degrees_of_freedom), (None, None, None, 1));
    }
    assert_eq!(log_rank(&[]), Err(Error::TooFewGroups { groups: 0 }));
    let one = log_rank(&[table(&[(1.0, true)])]).unwrap_err();
    assert_eq!(one.to_string(), "compare 1 groups: there must be two");
}

/// As in R: a group that was gone before anyone left takes no part.
#[test]
fn a_group_that_was_never_there_takes_no_degree() {
    let (a, b) = (table(&[(2.0, true), (3.0, true), (4.0, false)]), table(&[(3.0, true), (5.0, true), (6.0, true)]));
    let two = log_rank(&[a.clone(), b.clone()]).unwrap();
    let three = log_rank(&[a, table(&[(1.0, false)]), b]).unwrap();
    assert_eq!(three.degrees_of_freedom, 1);
    assert!((three.statistic.unwrap() - two.statistic.unwrap()).abs() < 1e-14);
    assert_eq!(three.p.is_some(), two.p.is_some());
}

#[test]
fn groups_of_very_different_sizes_keep_all_degrees() {
    let row = |time, at_risk, events| RiskRow { time, at_risk, events, censored: 0.0 };
    let group =
        |size: f64| RiskTable::new(vec![row(1.0, size, (size * 0.3).ceil()), row(2.0, size / 2.0, 1.0)]).unwrap();
    let test = log_rank(&[group(1e9), group(4.0), group(1e5), group(2.0)]).unwrap();
    assert_eq!(test.degrees_of_freedom, 3);
    assert!(test.p.unwrap() > 0.0);
}

#[test]
fn far_out_the_logarithm_of_p_is_left() {
    let row = |time, at_risk, events| RiskRow { time, at_risk, events, censored: 0.0 };
    let group = |events| RiskTable::new(vec![row(1.0, 1e5, events)]).unwrap();
    let test = log_rank(&[group(1e4), group(3e4)]).unwrap();
    assert_eq!(test.p, Some(0.0));
    assert!(test.ln_p.unwrap() < -5000.0 && test.ln_p.unwrap().is_finite());
}

#[test]
fn curves_differ_where_both_have_someone_left() {
    let (a, b) = (table(&[(1.0, true), (2.0, true), (3.0, false), (4.0, false)]), table(&[(2.0, true), (9.0, false)]));
    let (a, b) = (a.kaplan_meier(), b.kaplan_meier());
    let confidence = Confidence::new(0.95).unwrap();
    let there = b.difference(&a, 1.5, confidence);
    assert_eq!((there.survival, there.baseline, there.difference), (1.0, 0.75, 0.25));
    assert_eq!(there.standard_error, Some((0.75_f64 * 0.25 / 4.0).sqrt()));
    let interval = there.interval.unwrap();
    assert!((interval.high - 0.25 - confidence.z() * there.standard_error.unwrap()).abs() < 1e-15);
    let gone = table(&[(1.0, true)]).kaplan_meier().difference(&b, 1.0, confidence);
    assert_eq!((gone.difference, gone.standard_error, gone.interval), (-1.0, None, None));
}
