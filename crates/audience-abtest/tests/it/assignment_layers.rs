//! Experiments that exclude each other, and units that are in none.

use audience_abtest::{Exclusion, Experiment, HoldOut, Layer, Slot};
use proptest::prelude::*;

use crate::assignment::{at, ratio};

fn equal(key: &str) -> Experiment {
    Experiment::equal(key, ["a", "b"]).unwrap()
}

#[test]
fn shares_follow_each_other() {
    let layer = Layer::new("ui").unwrap().with_share("one", ratio(0.1)).unwrap().with_share("two", ratio(0.2)).unwrap();
    let layer = layer.with_share("three", ratio(0.7)).unwrap();
    let borders = |key: &str| layer.slot(key).map(|slot| (slot.start().as_f64(), slot.end().as_f64()));
    assert_eq!((borders("one"), borders("none")), (Some((0.0, 0.1)), None));
    assert_eq!(borders("three").unwrap().1, 1.0);
    // Ten tenths are all, however they are rounded.
    let tenths = (0..10).try_fold(Layer::new("ui").unwrap(), |layer, at| layer.with_share(at.to_string(), ratio(0.1)));
    assert!(tenths.is_ok());
}

#[test]
fn what_cannot_be_a_layer_is_refused() {
    let layer = || Layer::new("ui").unwrap().with_range("one", ratio(0.2), ratio(0.6)).unwrap();
    insta::assert_snapshot!(Layer::new("").unwrap_err(), @"use an empty name for the layer");
    insta::assert_snapshot!(layer().with_share("two", ratio(0.5)).unwrap_err(), @r#"give a share of 0.5 of layer "ui": 0.4 is left"#);
    insta::assert_snapshot!(layer().with_range("one", ratio(0.7), ratio(0.8)).unwrap_err(), @r#"use experiment "one" of layer "ui" twice"#);
    insta::assert_snapshot!(layer().with_range("two", ratio(0.0), ratio(0.3)).unwrap_err(), @r#"give experiment "two" of layer "ui" units that experiment "one" has"#);
    insta::assert_snapshot!(layer().with_range("two", ratio(0.1), ratio(0.1)).unwrap_err(), @r#"use a slot of layer "ui" from 0.1 to 0.1: it ends no later than it starts"#);
    insta::assert_snapshot!(layer().with_range("", ratio(0.1), ratio(0.2)).unwrap_err(), @"use an empty name for the experiment");
    insta::assert_snapshot!(Slot::new("", ratio(0.1), ratio(0.2)).unwrap_err(), @"use an empty name for the layer");
    insta::assert_snapshot!(HoldOut::new("", ratio(0.1)).unwrap_err(), @"use an empty name for the salt of a hold-out");
    assert!(layer().with_range("two", ratio(0.0), ratio(0.2)).is_ok());
}

proptest! {
    #[test]
    fn a_unit_is_in_one_experiment_of_a_layer(unit in ".{1,40}", shares in prop::collection::vec(0.01..0.3, 1..6)) {
        let mut layer = Layer::new("ui").unwrap();
        let mut experiments = Vec::new();
        for (number, share) in shares.into_iter().enumerate() {
            let key = format!("x{number}");
            let Ok(larger) = layer.clone().with_share(key.as_str(), ratio(share)) else { break };
            layer = larger;
            experiments.push(equal(&key).with_slot(layer.slot(&key).unwrap().clone()));
        }
        let enrolled: Vec<&str> = experiments
            .iter()
            .filter(|experiment| experiment.assign(&unit, at(0)).arm().is_some())
            .map(Experiment::key)
            .collect();
        prop_assert!(enrolled.len() <= 1);
        prop_assert_eq!(enrolled.first().copied(), layer.experiment_of(&unit));
    }

    #[test]
    fn who_is_held_out_is_in_no_experiment(unit in ".{1,40}", share in 0.0..=1.0, more in 0.0..=1.0) {
        let hold_out = HoldOut::new("2026", ratio(share)).unwrap();
        for key in ["one", "two"] {
            let assignment = equal(key).with_hold_out(hold_out.clone());
            let assignment = assignment.assign(&unit, at(0));
            prop_assert_eq!(hold_out.holds(&unit), assignment.exclusion() == Some(Exclusion::HeldOut));
            prop_assert_eq!(hold_out.holds(&unit), assignment.arm().is_none());
        }
        let larger = HoldOut::new("2026", ratio(share.max(more))).unwrap();
        prop_assert!(!hold_out.holds(&unit) || larger.holds(&unit));
    }
}

#[test]
fn slots_and_hold_outs_have_their_shares() {
    let (slot, hold_out) = (Slot::new("ui", ratio(0.2), ratio(0.5)).unwrap(), HoldOut::new("h", ratio(0.1)).unwrap());
    let units: Vec<String> = (0..100_000).map(|unit| format!("user_{unit}")).collect();
    let count = |of: &dyn Fn(&str) -> bool| units.iter().filter(|unit| of(unit.as_str())).count();
    // Three standard deviations are 435, 285 and 158.
    assert!(count(&|unit| slot.contains(unit)).abs_diff(30_000) < 435);
    assert!(count(&|unit| hold_out.holds(unit)).abs_diff(10_000) < 285);
    assert!(count(&|unit| slot.contains(unit) && hold_out.holds(unit)).abs_diff(3000) < 160);
}
