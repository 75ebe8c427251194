//! Arms that take turns.

use audience_abtest::{Balance, Exclusion, Experiment, Switch, Switchback};
use audience_core::{Elapsed, Ratio};
use proptest::prelude::*;

use crate::assignment::at;

const HOUR: u64 = 3_600_000;

fn switchback(arms: usize, balance: Balance) -> Switchback {
    let experiment = Experiment::equal("cap", (0..arms).map(|arm| arm.to_string())).unwrap();
    let millis = Elapsed::from_millis;
    Switchback::new(experiment, millis(HOUR), millis(HOUR / 4), balance).unwrap()
}

#[test]
fn turns_never_change() {
    let turns = |balance: Balance| -> String {
        let switchback = switchback(2, balance);
        ["eu", "us"]
            .map(|cluster| {
                (-4..12).map(|period| switchback.arm_in(cluster, period).unwrap().to_string()).collect::<String>()
            })
            .join(" ")
    };
    insta::assert_snapshot!(turns(Balance::Independent), @"1011000011110101 1110001110111001");
    insta::assert_snapshot!(turns(Balance::Blocks), @"1001011001100110 1001010101010101");
}

#[test]
fn the_start_of_a_period_is_left_out() {
    let switchback = switchback(2, Balance::Blocks);
    let hour = HOUR as i64;
    let arm = switchback.arm_in("eu", 1);
    for (millis, counts) in [(hour, false), (hour + hour / 4 - 1, false), (hour + hour / 4, true), (2 * hour - 1, true)]
    {
        let switch = switchback.arm_at("eu", at(millis));
        assert_eq!(switch.arm(), arm.filter(|_| counts), "{millis}");
        assert_eq!(switch == Switch::CarryOver, !counts);
        assert_eq!(switchback.serve("eu", at(millis)).arm(), arm);
    }
    assert_eq!([-hour - 1, -1, 0, hour - 1].map(|millis| switchback.period_at(at(millis))), [-2, -1, 0, 0]);
}

#[test]
fn periods_count_from_the_start() {
    let experiment = Experiment::equal("cap", ["a", "b"]).unwrap().with_period(Some(at(500)), Some(at(5000))).unwrap();
    let millis = Elapsed::from_millis;
    let switchback = Switchback::new(experiment, millis(1000), millis(0), Balance::Independent).unwrap();
    assert_eq!([500, 1499, 1500].map(|millis| switchback.period_at(at(millis))), [0, 0, 1]);
    let why = |cluster: &str, millis: i64| switchback.serve(cluster, at(millis)).exclusion();
    assert_eq!(why("eu", 499), Some(Exclusion::NotStarted { starts_at: at(500) }));
    assert_eq!((why("eu", 500), why("", 500)), (None, Some(Exclusion::NoId)));
    assert_eq!(switchback.arm_in("", 0), None);
    for millis in [i64::MIN, i64::MAX] {
        switchback.period_at(at(millis));
    }
    let nobody = switchback.experiment().clone().with_coverage(Ratio::ZERO);
    let nobody = Switchback::new(nobody, millis(1000), millis(0), Balance::Independent).unwrap();
    assert_eq!(nobody.arm_at("eu", at(500)).arm(), None);
}

#[test]
fn orders_are_drawn_for_each_cluster_and_block() {
    let switchback = switchback(2, Balance::Blocks);
    let first = (0..2000).filter(|cluster| switchback.arm_in(&cluster.to_string(), 0) == Some(0)).count();
    let later = (0..2000).filter(|block| switchback.arm_in("eu", block * 2) == Some(0)).count();
    // Four standard deviations are 89.
    assert!(first.abs_diff(1000) < 90 && later.abs_diff(1000) < 90, "{first}, {later}");
}

#[test]
fn what_cannot_take_turns_is_refused() {
    let new = |weights: [f64; 2], period: u64, carry_over: u64| {
        let experiment = Experiment::new("cap", [("a", weights[0]), ("b", weights[1])]).unwrap();
        let millis = Elapsed::from_millis;
        Switchback::new(experiment, millis(period), millis(carry_over), Balance::Blocks).unwrap_err().to_string()
    };
    insta::assert_snapshot!(new([1.0, 1.0], 60_000, 60_000), @"leave out 1:00.000 of each period of 1:00.000");
    insta::assert_snapshot!(new([1.0, 1.0], 0, 0), @"leave out 0:00.000 of each period of 0:00.000");
    insta::assert_snapshot!(new([1.0, 3.0], 60_000, 0), @r#"give variant "b" a share of 0.75 of balanced periods: the first one has 0.25"#);
}

proptest! {
    #[test]
    fn each_block_has_every_arm_once(cluster in ".{1,20}", block in -1000_i64..1000, arms in 2_usize..8) {
        let switchback = switchback(arms, Balance::Blocks);
        let first = block * arms as i64;
        let mut turns: Vec<usize> =
            (first..first + arms as i64).map(|period| switchback.arm_in(&cluster, period).unwrap()).collect();
        turns.sort_unstable();
        prop_assert_eq!(turns, (0..arms).collect::<Vec<_>>());
    }
}
