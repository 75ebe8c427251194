//! Experiments: what they are made of, and that their assignments never change.

use audience_abtest::{Assignment, Error, Exclusion, Experiment, HoldOut, Origin, Slot, Variant};
use audience_core::{Ratio, Timestamp};
use audience_stats::hash::hash64;
use proptest::prelude::*;

pub(crate) fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

pub(crate) fn ratio(value: f64) -> Ratio {
    Ratio::new(value).unwrap()
}

fn experiment() -> Experiment {
    Experiment::equal("player", ["control", "treatment"]).unwrap()
}

fn arm(experiment: &Experiment, unit: &str) -> Option<usize> {
    experiment.assign(unit, at(0)).arm()
}

/// Arms of these units, `.` for those in none.
fn arms(experiment: &Experiment) -> String {
    const UNITS: [&str; 20] = [
        "a",
        "b",
        "7",
        "42",
        "ada",
        "user_0",
        "user_1",
        "user_2",
        "user_10",
        "user_99",
        "用户42566",
        "séance",
        "👩‍🚀",
        "0c2bf3f5c",
        "device:f6508a6a1ba39c340b79e6df",
        "5f2d1c1e-8c6d-4f0e-9a53-0d3a1f2b4c5d",
        "5f2d1c1e-8c6d-4f0e-9a53-0d3a1f2b4c5e",
        " ",
        "A",
        "an id that is longer than most, and longer than the hash's short forms, \
         to which more than two hundred and forty bytes go, so that every way of hashing is in these: short, middle, long, and \
         also the way of those that come in stripes of sixty-four bytes",
    ];
    UNITS.map(|unit| arm(experiment, unit).map_or(".".to_owned(), |arm| arm.to_string())).concat()
}

#[test]
fn assignments_never_change() {
    insta::assert_snapshot!(arms(&experiment()), @"00110010001101110011");
    insta::assert_snapshot!(arms(&experiment().with_salt("2026").unwrap()), @"10101110100111101101");
    let three = Experiment::new("player", [("a", 2.0), ("b", 1.0), ("c", 1.0)]).unwrap();
    insta::assert_snapshot!(arms(&three), @"00110020001101120011");
    let ten = Experiment::equal("player", ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"]).unwrap();
    insta::assert_snapshot!(arms(&ten), @"43650094416716671356");
    insta::assert_snapshot!(arms(&experiment().with_coverage(ratio(0.5))), @"..110..0...10...0..1");
    insta::assert_snapshot!(arms(&experiment().with_slot(Slot::new("ui", ratio(0.25), ratio(0.75)).unwrap())), @"0....0100.1.0.110.11");
    insta::assert_snapshot!(arms(&experiment().with_hold_out(HoldOut::new("2026", ratio(0.5)).unwrap())), @"..1...10...1.1...0..");
}

#[test]
fn assignments_of_many_never_change() {
    // The arms of 10,000 ids, one byte each, as one hash.
    let of = |experiment: &Experiment| {
        let arm = |unit: i32| arm(experiment, &format!("viewer-{unit}")).map_or(u8::MAX, |arm| arm as u8);
        hash64(&(0..10_000).map(arm).collect::<Vec<u8>>(), 0)
    };
    let weights = [("a", 0.5), ("b", 0.2), ("c", 0.2), ("d", 0.1)];
    let experiment = Experiment::new("start-up", weights).unwrap();
    assert_eq!(of(&experiment), 13_552_049_878_286_992_364);
    assert_eq!(of(&experiment.with_coverage(ratio(0.3))), 15_798_880_853_613_414_919);
}

#[test]
fn a_salt_is_not_a_part_of_the_id() {
    let experiment = |key: &str| Experiment::equal(key, (0..1000).map(|arm| arm.to_string())).unwrap();
    assert_ne!(arm(&experiment("ab"), "c"), arm(&experiment("a"), "bc"));
    // An experiment of another key and the same salt is the same draw.
    assert_eq!(arm(&experiment("x").with_salt("ab").unwrap(), "c"), arm(&experiment("ab"), "c"));
}

#[test]
fn what_an_assignment_says() {
    let experiment = Experiment::new("player", [("a", 1.0), ("b", 3.0)]).unwrap().with_version(3, 1).unwrap();
    let Assignment::Enrolled(enrolled) = experiment.assign("ada", at(0)) else { panic!("not enrolled") };
    assert_eq!(enrolled.variant, &experiment.variants()[enrolled.arm]);
    assert_eq!((enrolled.version, enrolled.origin), (3, Origin::Drawn));
    let weights: Vec<f64> = experiment.variants().iter().map(Variant::weight).collect();
    assert_eq!(weights, [0.25, 0.75]);
    assert_eq!((experiment.variant("b"), experiment.variant("c")), (Some(1), None));
    assert_eq!((experiment.control(), experiment.with_control("b").unwrap().control()), (0, 1));
}

#[test]
fn who_is_left_out_is_told_why() {
    let experiment = experiment().with_period(Some(at(100)), Some(at(200))).unwrap();
    let why = |unit: &str, millis: i64| experiment.assign(unit, at(millis)).exclusion();
    assert_eq!(why("", 150), Some(Exclusion::NoId));
    assert_eq!(why("ada", 99), Some(Exclusion::NotStarted { starts_at: at(100) }));
    assert_eq!(why("ada", 100), None);
    assert_eq!(why("ada", 199), None);
    assert_eq!(why("ada", 200), Some(Exclusion::Ended { ends_at: at(200) }));
    let none = experiment.with_coverage(Ratio::ZERO);
    assert_eq!(none.assign("ada", at(150)).exclusion(), Some(Exclusion::NotCovered));
    assert_eq!(Exclusion::NotCovered.to_string(), "not_covered");
}

#[test]
fn weights_of_any_size_do() {
    for unit in ["a", "b", "c", "d", "e", "f"] {
        let of = |weights: [f64; 2]| arm(&Experiment::new("x", [("a", weights[0]), ("b", weights[1])]).unwrap(), unit);
        assert_eq!(of([1e308, 1e308]), of([1.0, 1.0]));
        assert_eq!(of([5e-324, 5e-324]), of([1.0, 1.0]));
        assert_eq!(of([30.0, 70.0]), of([0.3, 0.7]));
    }
}

#[test]
fn what_cannot_be_an_experiment_is_refused() {
    let new = |variants: &[(&str, f64)]| Experiment::new("x", variants.iter().copied()).unwrap_err().to_string();
    insta::assert_snapshot!(Experiment::equal("", ["a", "b"]).unwrap_err(), @"use an empty name for the experiment");
    insta::assert_snapshot!(new(&[("a", 1.0)]), @"compare 1 variant(s): it takes two");
    insta::assert_snapshot!(new(&[("a", 1.0), ("", 1.0)]), @"use an empty name for the variant");
    insta::assert_snapshot!(new(&[("a", 1.0), ("a", 1.0)]), @r#"use two variants of one name, "a""#);
    insta::assert_snapshot!(new(&[("a", 1.0), ("b", 0.0)]), @r#"give variant "b" the weight 0.0: it is not a number above 0"#);
    insta::assert_snapshot!(new(&[("a", -1.0), ("b", 1.0)]), @r#"give variant "a" the weight -1.0: it is not a number above 0"#);
    insta::assert_snapshot!(new(&[("a", 1.0), ("b", f64::NAN)]), @r#"give variant "b" the weight NaN: it is not a number above 0"#);
    insta::assert_snapshot!(new(&[("a", f64::INFINITY), ("b", 1.0)]), @r#"give variant "a" the weight inf: it is not a number above 0"#);
    insta::assert_snapshot!(new(&[("a", 1.0), ("b", 1e-30)]), @r#"give variant "b" the weight 1e-30: beside the others it is so small that no unit would get it"#);
    insta::assert_snapshot!(experiment().with_salt("").unwrap_err(), @"use an empty name for the salt of an experiment");
    insta::assert_snapshot!(experiment().with_unit("").unwrap_err(), @"use an empty name for the unit of an experiment");
    insta::assert_snapshot!(experiment().with_control("c").unwrap_err(), @r#"use variant "c": experiment "player" has none of that name"#);
    insta::assert_snapshot!(experiment().with_period(Some(at(5)), Some(at(5))).unwrap_err(), @r#"end experiment "player" at 5 ms: it starts at 5 ms"#);
    insta::assert_snapshot!(experiment().with_version(1, 2).unwrap_err(), @r#"block versions of experiment "player" below 2: its own is 1"#);
    assert_eq!(Experiment::equal("x", ["a", "a"]).unwrap_err(), Error::DuplicateVariant { name: "a".to_owned() });
}

#[test]
fn an_experiment_is_read_and_written() {
    let read = |text: &str| serde_json::from_str::<Experiment>(text);
    let least = read(r#"{"key":"player","variants":[{"name":"control"},{"name":"treatment"}]}"#).unwrap();
    assert_eq!(least, experiment());
    let whole = r#"{"key":"k","salt":"s","unit":"household","control":"b","version":3,"minimum_version":2,"coverage":0.25,"starts_at_ms":5,"ends_at_ms":9,"minimum_units":100,"variants":[{"name":"a","weight":0.1},{"name":"b","weight":0.7}],"layer":{"name":"ui","start":0.0,"end":0.5},"hold_out":{"salt":"2026","share":0.05}}"#;
    let experiment = read(whole).unwrap();
    assert_eq!(serde_json::to_string(&experiment).unwrap(), whole);
    let bytes = postcard::to_stdvec(&experiment).unwrap();
    assert_eq!(postcard::from_bytes::<Experiment>(&bytes).unwrap(), experiment);
    assert_eq!((experiment.unit(), experiment.salt(), experiment.minimum_units()), ("household", "s", 100));
    let wrong = |text: &str| read(text).unwrap_err().to_string();
    insta::assert_snapshot!(wrong(r#"{"key":"k","variants":[{"name":"a"}]}"#), @"compare 1 variant(s): it takes two");
    insta::assert_snapshot!(wrong(r#"{"key":"k","variants":[{"name":"a"},{"name":"b"}],"coverage":10}"#), @"use the fraction 10: it is not between 0 and 1 at line 1 column 64");
    insta::assert_snapshot!(wrong(r#"{"key":"k","variants":[{"name":"a"},{"name":"b"}],"covrage":0.1}"#), @"unknown field `covrage`, expected one of `key`, `salt`, `unit`, `control`, `version`, `minimum_version`, `coverage`, `starts_at_ms`, `ends_at_ms`, `minimum_units`, `variants`, `layer`, `hold_out` at line 1 column 59");
    insta::assert_snapshot!(wrong(r#"{"key":"k","variants":[{"name":"a"},{"name":"b"}],"layer":{"name":"l","start":0.5,"end":0.5}}"#), @r#"use a slot of layer "l" from 0.5 to 0.5: it ends no later than it starts at line 1 column 93"#);
}

proptest! {
    #[test]
    fn raising_coverage_only_adds(unit in ".{1,40}", key in ".{1,10}", low in 0.0..=1.0, high in 0.0..=1.0) {
        let (low, high) = if low < high { (low, high) } else { (high, low) };
        let experiment = Experiment::new(key, [("a", 1.0), ("b", 2.0), ("c", 3.0)]).unwrap();
        let of = |coverage: f64| arm(&experiment.clone().with_coverage(ratio(coverage)), &unit);
        let (before, after, all) = (of(low), of(high), of(1.0));
        prop_assert!(before.is_none() || before == after, "{before:?} became {after:?}");
        prop_assert!(after.is_none() || after == all);
        prop_assert!(all.is_some());
    }

    #[test]
    fn moving_a_border_moves_only_those_between(unit in ".{1,40}", share in 0.01..0.99_f64, other in 0.01..0.99_f64) {
        let of = |share: f64| arm(&Experiment::new("x", [("a", share), ("b", 1.0 - share)]).unwrap(), &unit).unwrap();
        // Who is in the smaller first arm is in the larger one.
        prop_assert!(of(share.max(other)) <= of(share.min(other)));
    }
}
