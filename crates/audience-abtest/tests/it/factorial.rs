//! Factorial designs.

use audience_abtest::{Alternative, ArmEstimate, Change, Experiment, Factorial, Refusal};
use audience_core::Timestamp;
use audience_stats::Moments;
use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

type Rng = Xoshiro256PlusPlus;

/// Two posters, three buttons.
fn design() -> Factorial {
    Factorial::new(vec![
        Experiment::equal("poster", ["old", "new"]).unwrap(),
        Experiment::equal("button", ["left", "middle", "right"]).unwrap(),
    ])
    .unwrap()
}

const POSTER: Change = Change { factor: 0, level: 1, from: 0 };
const MIDDLE: Change = Change { factor: 1, level: 1, from: 0 };
const RIGHT: Change = Change { factor: 1, level: 2, from: 0 };

/// Cells with these means, of units that vary by 1 or so and not alike.
fn cells(rng: &mut Rng, means: [f64; 6]) -> Vec<Option<ArmEstimate>> {
    let mut cell = 0.0;
    let estimates = means.map(|mean| {
        cell += 1.0;
        let spread = 1.5 + 0.5 * cell;
        let values: Vec<f64> =
            (0..40 + 10 * cell as u32).map(|_| mean + spread * (rng.random::<f64>() - 0.5)).collect();
        Some(ArmEstimate::mean(&Moments::of(&[&values]).unwrap(), 0).unwrap())
    });
    estimates.to_vec()
}

#[test]
fn factors_are_assigned_on_their_own() {
    let design = design();
    let mut units = vec![0_u32; design.cells()];
    for unit in 0..60_000 {
        units[design.assign(&format!("user_{unit}"), Timestamp::from_millis(0)).unwrap()] += 1;
    }
    // 10,000 in each, give or take four standard errors.
    assert!(units.iter().all(|count| (9635..10_365).contains(count)), "{units:?}");
    assert_eq!(design.assign("", Timestamp::from_millis(0)), None);
}

#[test]
fn cells_are_combinations() {
    let design = design();
    for cell in 0..6 {
        let levels = design.levels(cell).unwrap();
        assert_eq!(levels, [cell / 3, cell % 3]);
        assert_eq!(design.cell(&levels), Some(cell));
    }
    assert_eq!(design.levels(6), None);
    assert_eq!(design.cell(&[2, 0]), None);
    assert_eq!(design.cell(&[1]), None);
}

#[test]
fn effects_are_found_where_they_are() {
    // The poster does 1, the right button 0.5, and both together 2 more.
    let design = design();
    let cells = cells(&mut Rng::seed_from_u64(1), [0.0, 0.0, 0.5, 1.0, 1.0, 3.5]);
    let p = |changes: &[Change]| {
        let effect = design.effect(&cells, changes).unwrap().unwrap();
        (effect.estimate, effect.p_value(0.0, Alternative::TwoSided).value())
    };
    let near = |(estimate, p): (f64, f64), truth: f64| (estimate - truth).abs() < 0.5 && p < 1e-3;
    // Averaged over buttons: (1 + 1 + 3) / 3; over posters: (0.5 + 2.5) / 2.
    assert!(near(p(&[POSTER]), 5.0 / 3.0), "{:?}", p(&[POSTER]));
    assert!(near(p(&[RIGHT]), 1.5), "{:?}", p(&[RIGHT]));
    assert!(near(p(&[POSTER, RIGHT]), 2.0), "{:?}", p(&[POSTER, RIGHT]));
    assert!(p(&[MIDDLE]).1 > 0.01 && p(&[POSTER, MIDDLE]).1 > 0.01);
    let joint = |factors: &[usize]| design.test(&cells, factors).unwrap().unwrap().value();
    assert!(joint(&[0]) < 1e-6 && joint(&[1]) < 1e-6 && joint(&[0, 1]) < 1e-6);
}

#[test]
fn effects_are_seldom_found_where_there_are_none() {
    let design = design();
    let mut rng = Rng::seed_from_u64(2);
    let worlds = 1000;
    let mut found = [0_u32; 5];
    for _ in 0..worlds {
        let cells = cells(&mut rng, [0.3; 6]);
        for (found, changes) in found.iter_mut().zip([&[POSTER][..], &[RIGHT], &[POSTER, MIDDLE]]) {
            let effect = design.effect(&cells, changes).unwrap().unwrap();
            *found += u32::from(effect.p_value(0.0, Alternative::TwoSided).value() < 0.05);
        }
        for (found, factors) in found[3..].iter_mut().zip([&[1][..], &[0, 1]]) {
            *found += u32::from(design.test(&cells, factors).unwrap().unwrap().value() < 0.05);
        }
    }
    // 50, give or take three standard errors.
    assert!(found.iter().all(|count| (29..=71).contains(count)), "{found:?}");
}

#[test]
fn joint_tests_of_few_units_do_not_find_what_is_not_there() {
    // Five to ten units a cell, the smallest of them twelve times as variable as the largest.
    let design = design();
    let mut rng = Rng::seed_from_u64(5);
    let worlds = 4000;
    let mut found = [0_u32; 3];
    for _ in 0..worlds {
        let cells: Vec<Option<ArmEstimate>> = (0..6)
            .map(|cell| {
                let spread = 6.0 / f64::from(cell + 1);
                let values: Vec<f64> =
                    (0..5 + cell).map(|_| spread * (0..12).map(|_| rng.random::<f64>() - 0.5).sum::<f64>()).collect();
                Some(ArmEstimate::mean(&Moments::of(&[&values]).unwrap(), 0).unwrap())
            })
            .collect();
        for (found, factors) in found.iter_mut().zip([&[0][..], &[1], &[0, 1]]) {
            *found += u32::from(design.test(&cells, factors).unwrap().unwrap().value() < 0.05);
        }
    }
    // 200, give or take three standard errors of 14, and what is left of the approximation.
    assert!(found.iter().all(|count| (150..=250).contains(count)), "{found:?}");
}

#[test]
fn one_contrast_is_tested_as_an_effect() {
    let design = design();
    let cells = cells(&mut Rng::seed_from_u64(3), [0.1, 0.2, 0.3, 0.2, 0.5, 0.1]);
    let effect = design.effect(&cells, &[POSTER]).unwrap().unwrap();
    let expected = effect.p_value(0.0, Alternative::TwoSided).value();
    let found = design.test(&cells, &[0]).unwrap().unwrap().value();
    assert!((found - expected).abs() < 1e-12, "{found}, not {expected}");
}

#[test]
fn one_factor_is_tested_as_by_welch() {
    // Where the new poster has the same in all its cells, for sure, the button's effect is that under the old one.
    let of = |values: &[f64]| Some(ArmEstimate::mean(&Moments::of(&[values]).unwrap(), 0).unwrap());
    let sure = Some(ArmEstimate::new(2, 0.0, 0.0));
    let cells = [
        of(&[3.1, 4.2, 2.8, 5.0, 3.9]),
        of(&[4.8, 7.9, 6.1, 9.3, 2.2, 6.6, 7.0]),
        of(&[4.1, 4.4, 4.0, 4.3]),
        sure,
        sure,
        sure,
    ];
    let found = design().test(&cells, &[1]).unwrap().unwrap().value();
    assert!((found - WELCH).abs() < 1e-12, "{found}");
    // Where nothing varies but the left button, all of the others' contrast is sure.
    let lone = [cells[0], sure, Some(ArmEstimate::new(2, 1.0, 0.0)), sure, sure, sure];
    assert_eq!(design().test(&lone, &[1]).unwrap_err().to_string(), Refusal::NoVariance.to_string());
}

/// statsmodels 0.15.0, `anova_oneway([a, b, c], use_var="unequal").pvalue`.
const WELCH: f64 = 0.110_121_502_805_606_24;

#[test]
fn empty_cells_are_unknown() {
    let design = design();
    let mut cells = cells(&mut Rng::seed_from_u64(4), [0.0, 1.0, 0.0, 0.0, 1.0, 0.0]);
    cells[2] = None;
    cells[5] = Some(ArmEstimate::new(0, 0.0, 0.0));
    assert_eq!(design.effect(&cells, &[POSTER]).unwrap(), None);
    assert_eq!(design.effect(&cells, &[RIGHT]).unwrap(), None);
    assert_eq!(design.test(&cells, &[1]).unwrap(), None);
    // The cells of the left and the middle button are all there.
    assert!((design.effect(&cells, &[MIDDLE]).unwrap().unwrap().estimate - 1.0).abs() < 0.5);
    assert!(design.effect(&cells, &[POSTER, MIDDLE]).unwrap().is_some());
}

#[test]
fn what_is_no_design_or_change_is_refused() {
    let equal = |key: &str| Experiment::equal(key, ["a", "b"]).unwrap();
    insta::assert_snapshot!(Factorial::new(vec![equal("one")]).unwrap_err(), @"combine 1 factor(s): it takes two");
    let same = equal("two").with_salt("one").unwrap();
    insta::assert_snapshot!(Factorial::new(vec![equal("one"), same]).unwrap_err(), @r#"combine factors "two" and "one": units are hashed with the same salt for both"#);
    let many = (0..64).map(|factor| equal(&factor.to_string())).collect();
    insta::assert_snapshot!(Factorial::new(many).unwrap_err(), @"combine levels to more than 4096 cells");
    let design = design();
    let cells = vec![Some(ArmEstimate::new(10, 1.0, 0.0)); 6];
    let error = |changes: &[Change]| design.effect(&cells, changes).unwrap_err().to_string();
    insta::assert_snapshot!(error(&[]), @"change nothing");
    insta::assert_snapshot!(error(&[Change { factor: 0, level: 2, from: 0 }]), @"change factor 0 from level 0 to level 2: there is no such change, or another of the factor");
    insta::assert_snapshot!(error(&[MIDDLE, RIGHT]), @"change factor 1 from level 0 to level 2: there is no such change, or another of the factor");
    assert_eq!(error(&[POSTER]), Refusal::NoVariance.to_string());
    insta::assert_snapshot!(design.effect(&cells[1..], &[POSTER]).unwrap_err(), @"pair 6 values with 5");
    let lone = vec![Some(ArmEstimate::new(1, 1.0, 1.0)); 6];
    assert!(design.effect(&lone, &[POSTER]).is_err() && design.test(&lone, &[7]).is_err());
}
