//! Alerts.

use std::num::NonZeroU32;

use audience_core::Elapsed;
use audience_realtime::{
    AlertRule, AlertRules, Condition, Error, Hold, RaisedAlert, Side, Threshold, Transition, Unusual, Watch,
};
use proptest::prelude::*;

use crate::at;

type Alerts = Watch<Box<str>>;

fn above(raise: f64, clear: f64) -> AlertRule {
    AlertRule::new("rule", "figure", Condition::Threshold(Threshold::above(raise, clear).unwrap()))
}

fn unusual(unusual: Unusual) -> AlertRule {
    AlertRule::new("rule", "figure", Condition::Unusual(unusual))
}

fn windows(windows: u32) -> Hold {
    Hold::Windows(NonZeroU32::new(windows).unwrap())
}

fn watch(rule: AlertRule) -> Alerts {
    Watch::new(AlertRules::new([rule]).unwrap(), 10)
}

/// What changes in which window, a window a second: `+` is raised, `-` is cleared.
fn changes(watch: &mut Alerts, figures: &[Option<f64>]) -> Vec<(usize, char)> {
    let mut changes = Vec::new();
    for (n, figure) in figures.iter().enumerate() {
        for change in watch.observe("figure", "key", at(1000 * n as i64), *figure) {
            changes.push((n, if matches!(change, Transition::Raised(_)) { '+' } else { '-' }));
        }
    }
    changes
}

#[track_caller]
fn check(rule: AlertRule, figures: &[f64], expected: &[(usize, char)]) {
    let figures: Vec<Option<f64>> = figures.iter().map(|figure| Some(*figure)).collect();
    assert_eq!(changes(&mut watch(rule), &figures), expected);
}

#[test]
fn between_the_two_levels_nothing_changes() {
    let about = [1.0, 2.1, 1.9, 2.1, 1.5, 2.5, 1.1, 1.0, 1.5, 1.9, 2.0, 2.1];
    check(above(2.0, 1.0), &about, &[(1, '+'), (7, '-'), (11, '+')]);
    check(above(2.0, 2.0), &about, &[(1, '+'), (2, '-'), (3, '+'), (4, '-'), (5, '+'), (6, '-'), (11, '+')]);
    let below = AlertRule::new("rule", "figure", Condition::Threshold(Threshold::below(2.0, 3.0).unwrap()));
    check(below, &[2.0, 1.9, 2.9, 1.0, 3.0, 2.5], &[(1, '+'), (4, '-')]);
}

#[test]
fn a_condition_holds_for_windows_in_a_row() {
    check(above(2.0, 1.0).holding(windows(3)), &[3.0, 3.0, 1.5, 3.0, 3.0, 3.0, 0.0], &[(5, '+'), (6, '-')]);
    check(above(2.0, 1.0).holding(Hold::For(Elapsed::from_secs(2))), &[3.0, 3.0, 0.0, 3.0, 3.0, 3.0], &[(5, '+')]);
    check(above(2.0, 1.0).holding(Hold::For(Elapsed::ZERO)), &[3.0], &[(0, '+')]);
}

#[test]
fn what_is_raised_says_since_when_and_how_bad_it_was() {
    let mut watch = watch(above(2.0, 1.0).holding(windows(2)));
    let figures = [3.0, 4.0, 9.0, 5.0, 0.5];
    let mut told = Vec::new();
    for (n, figure) in figures.iter().enumerate() {
        told.extend(watch.observe("figure", "key", at(1000 * n as i64), Some(*figure)));
        if n == 3 {
            let raised: Vec<RaisedAlert<Box<str>>> = watch.raised().collect();
            assert_eq!((raised.len(), raised[0].worst, raised[0].value), (1, 9.0, 4.0));
        }
    }
    let [Transition::Raised(raised), Transition::Cleared(cleared)] = &told[..] else { panic!("{told:?}") };
    assert_eq!((raised.since, raised.at, raised.usual), (at(0), at(1000), None));
    assert_eq!((cleared.raised_at, cleared.at, cleared.value), (at(1000), at(4000), 0.5));
    assert_eq!((cleared.lasted, cleared.worst), (Elapsed::from_secs(3), 9.0));
    assert_eq!(watch.raised().count(), 0);
}

#[test]
fn no_data_is_not_0() {
    // It clears nothing, and raises nothing where 0 would.
    let figures = [Some(3.0), None, None, Some(0.0)];
    assert_eq!(changes(&mut watch(above(2.0, 1.0)), &figures), [(0, '+'), (3, '-')]);
    let below = AlertRule::new("rule", "figure", Condition::Threshold(Threshold::below(2.0, 3.0).unwrap()));
    assert_eq!(changes(&mut watch(below), &[Some(5.0), None, None]), []);
    // What holds in a row holds in each window.
    let figures = [Some(3.0), None, Some(3.0), Some(3.0)];
    assert_eq!(changes(&mut watch(above(2.0, 1.0).holding(windows(2))), &figures), [(3, '+')]);
    // A key of which nothing is known takes no room.
    let mut empty = watch(above(2.0, 1.0));
    empty.observe("figure", "key", at(0), None);
    assert_eq!(empty.keys(), 0);
}

#[test]
fn nan_neither_raises_nor_disables() {
    let mut figures: Vec<Option<f64>> = vec![Some(f64::NAN), Some(f64::INFINITY), Some(f64::NEG_INFINITY)];
    assert_eq!(changes(&mut watch(above(2.0, 1.0)), &figures), []);
    figures.extend((0..40).map(|n| Some(f64::from(n % 2))));
    figures.extend([Some(f64::NAN), Some(1e9)]);
    let rule = || unusual(Unusual::new(20, 3.5).unwrap());
    assert_eq!(changes(&mut watch(rule()), &figures), [(44, '+')]);
    assert_eq!(changes(&mut watch(rule()), &[figures, vec![Some(1e300), Some(1.0)]].concat()), [(44, '+'), (46, '-')]);
}

/// A detector whose window has the figure that it judges finds none of these: it cannot be more than (n − 1) / √n deviations from a mean
/// that it has made itself.
#[test]
fn spikes_of_a_billion_between_0_and_1_are_all_found() {
    let figures: Vec<f64> = (0..2000).map(|n| if n % 20 == 19 { 1e9 } else { f64::from(n % 2) }).collect();
    let mut watch = watch(unusual(Unusual::new(10, 3.5).unwrap()));
    let figures: Vec<Option<f64>> = figures.into_iter().map(Some).collect();
    let raised = changes(&mut watch, &figures).iter().filter(|change| change.1 == '+').count();
    assert_eq!(raised, 100);
}

#[test]
fn what_is_unusual_may_be_so_one_way_only_and_by_so_much_at_least() {
    let figures = [10.0, 11.0, 9.0, 10.0, 11.0, 30.0, 10.0, 0.0, 10.0];
    let rule = || Unusual::new(5, 3.5).unwrap();
    check(unusual(rule()), &figures, &[(5, '+'), (6, '-'), (7, '+'), (8, '-')]);
    check(unusual(rule().only(Side::Below)), &figures, &[(7, '+'), (8, '-')]);
    check(unusual(rule().only(Side::Above)), &figures, &[(5, '+'), (6, '-')]);
    check(unusual(rule().at_least(15.0).unwrap()), &figures, &[(5, '+'), (6, '-')]);
    let mut watch = watch(unusual(rule()));
    let told: Vec<_> = figures[..6]
        .iter()
        .enumerate()
        .flat_map(|(n, figure)| watch.observe("figure", "key", at(n as i64), Some(*figure)))
        .collect();
    let [Transition::Raised(raised)] = &told[..] else { panic!("{told:?}") };
    assert_eq!((raised.usual, raised.worst), (Some(10.0), 30.0));
}

#[test]
fn a_lasting_change_becomes_the_usual_unless_it_is_left_out() {
    let figures: Vec<f64> = (0..60).map(|n| if n < 30 { f64::from(n % 3) } else { 100.0 + f64::from(n % 3) }).collect();
    check(unusual(Unusual::new(10, 3.5).unwrap()), &figures, &[(30, '+'), (35, '-')]);
    check(unusual(Unusual::new(10, 3.5).unwrap().leaving_out_unusual()), &figures, &[(30, '+')]);
}

#[test]
fn windows_that_are_not_in_order_change_nothing() {
    let mut watch = watch(above(2.0, 1.0));
    assert_eq!(watch.observe("figure", "key", at(1000), Some(3.0)).len(), 1);
    for millis in [1000, 0, i64::MIN] {
        assert_eq!(watch.observe("figure", "key", at(millis), Some(0.0)), []);
    }
    assert_eq!((watch.not_in_order(), watch.raised().count()), (3, 1));
}

#[test]
fn keys_and_series_are_watched_apart_as_far_as_there_is_room() {
    let rules = [above(2.0, 1.0), AlertRule::new("other", "another", above(5.0, 5.0).condition().clone())];
    let mut watch = Alerts::new(AlertRules::new(rules).unwrap(), 2);
    for key in ["a", "b", "c"] {
        watch.observe("figure", key, at(0), Some(3.0));
        watch.observe("another", key, at(0), Some(if key == "a" { 6.0 } else { 4.0 }));
        watch.observe("nothing watches this", key, at(0), Some(9.0));
    }
    let raised: Vec<_> = watch.raised().map(|alert| (alert.key.to_string(), alert.rule.to_string())).collect();
    let expected = [("a", "rule"), ("a", "other"), ("b", "rule")].map(|(key, rule)| (key.to_owned(), rule.to_owned()));
    assert_eq!((raised, watch.keys(), watch.left_out()), (expected.to_vec(), 2, 2));
    watch.retain(|key| &**key != "a");
    assert_eq!((watch.keys(), watch.raised().count()), (1, 1));
}

#[test]
fn rules_are_what_people_write() {
    let text = r#"
        [[rules]]
        name = "stalls"
        series = "rebuffer_ratio"
        above = 0.02
        clear = 0.01
        windows = 3

        [[rules]]
        name = "nobody starts"
        series = "starts"
        unusual = { windows = 60, deviations = 5.0, only = "below", least_change = 10.0 }
        for_ms = 60000
    "#;
    let rules: AlertRules = toml::from_str(text).unwrap();
    let stalls =
        AlertRule::new("stalls", "rebuffer_ratio", Condition::Threshold(Threshold::above(0.02, 0.01).unwrap()));
    let nobody = Unusual::new(60, 5.0).unwrap().only(Side::Below).at_least(10.0).unwrap();
    let nobody = AlertRule::new("nobody starts", "starts", Condition::Unusual(nobody));
    let expected = [stalls.holding(windows(3)), nobody.holding(Hold::For(Elapsed::from_secs(60)))];
    assert_eq!(rules, AlertRules::new(expected).unwrap());
    let json = serde_json::to_string(&rules).unwrap();
    assert_eq!(serde_json::from_str::<AlertRules>(&json).unwrap(), rules);
    assert_eq!(postcard::from_bytes::<AlertRules>(&postcard::to_stdvec(&rules).unwrap()).unwrap(), rules);
}

#[test]
fn rules_that_are_none_say_what_is_wrong() {
    let error = |rule: &str| {
        let text = format!("{{\"rules\":[{{\"name\":\"r\",\"series\":\"s\",{rule}}}]}}");
        let error = serde_json::from_str::<AlertRules>(&text).unwrap_err().to_string();
        error.split(" at line ").next().unwrap().to_owned()
    };
    insta::assert_snapshot!(error("\"above\":1,\"clear\":2"), @r#"read the rule "r": clear at 2 what is raised above 1: it would be cleared while it is raised"#);
    insta::assert_snapshot!(error("\"below\":1,\"clear\":0"), @r#"read the rule "r": clear at 0 what is raised below 1: it would be cleared while it is raised"#);
    insta::assert_snapshot!(error("\"windows\":1"), @r#"read the rule "r": tell what is wrong by 0 of above, below and unusual: it is one"#);
    insta::assert_snapshot!(error("\"above\":1,\"below\":1"), @r#"read the rule "r": tell what is wrong by 2 of above, below and unusual: it is one"#);
    insta::assert_snapshot!(error("\"above\":1,\"windows\":0"), @r#"read the rule "r": wait for 0 windows: it is 1 at least"#);
    insta::assert_snapshot!(error("\"above\":1,\"windows\":1,\"for_ms\":1"), @r#"read the rule "r": wait for windows and for_ms: it is one of them"#);
    insta::assert_snapshot!(error("\"unusual\":{\"windows\":9,\"deviations\":3},\"clear\":1"), @r#"read the rule "r": clear at a level what is unusual: clear goes with above and below"#);
    insta::assert_snapshot!(error("\"unusual\":{\"windows\":2,\"deviations\":3}"), @r#"read the rule "r": judge figures by 2 windows and 3 deviations: from 3 to 10000 windows, and a number above 0"#);
    insta::assert_snapshot!(error("\"unusual\":{\"windows\":9,\"deviations\":3,\"least_change\":0}"), @r#"read the rule "r": compare figures with 0: a level is finite, and a change above 0"#);
    insta::assert_snapshot!(error("\"abvoe\":1"), @"unknown field `abvoe`, expected one of `name`, `series`, `above`, `below`, `clear`, `unusual`, `windows`, `for_ms`");
    assert!(matches!(Threshold::below(f64::NAN, 1.0), Err(Error::NotALevel { .. })));
    assert!(Unusual::new(usize::MAX, 3.5).is_err());
    assert_eq!(AlertRules::new([above(1.0, 1.0), above(2.0, 1.0)]).unwrap_err().to_string(), "name two rules \"rule\"");
    let many = (0..=AlertRules::MAX).map(|n| AlertRule::new(n.to_string(), "s", above(1.0, 1.0).condition().clone()));
    assert_eq!(AlertRules::new(many), Err(Error::TooManyRules { most: 1000 }));
}

fn rules() -> AlertRules {
    let odd = Unusual::new(4, 3.5).unwrap();
    let condition = above(2.0, 1.0).condition().clone();
    AlertRules::new([unusual(odd), AlertRule::new("level", "figure", condition).holding(windows(2))]).unwrap()
}

fn figures() -> impl Strategy<Value = Vec<Option<f64>>> {
    let figure = prop_oneof![3 => 0.0..4.0_f64, 1 => Just(1e9), 1 => Just(f64::NAN), 1 => any::<f64>()];
    proptest::collection::vec(proptest::option::weighted(0.8, figure), 0..40)
}

proptest! {
    #[test]
    fn a_watch_goes_on_where_it_was_written(figures in figures(), cut: proptest::sample::Index) {
        let feed = |watch: &mut Alerts, from: usize, figures: &[Option<f64>]| -> Vec<_> {
            let feed = figures.iter().enumerate();
            feed.flat_map(|(n, figure)| watch.observe("figure", "key", at((from + n) as i64), *figure)).collect()
        };
        let (mut whole, mut parts) = (Alerts::new(rules(), 3), Alerts::new(rules(), 3));
        let cut = cut.index(figures.len() + 1);
        let expected = feed(&mut whole, 0, &figures);
        let mut found = feed(&mut parts, 0, &figures[..cut]);
        let bytes = postcard::to_stdvec(&parts).unwrap();
        let mut parts: Alerts = postcard::from_bytes(&bytes).unwrap();
        prop_assert_eq!(&postcard::to_stdvec(&parts).unwrap(), &bytes);
        found.extend(feed(&mut parts, cut, &figures[cut..]));
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn raised_and_cleared_take_turns(figures in figures()) {
        let mut watch = Alerts::new(rules(), 3);
        let mut raised = std::collections::BTreeSet::new();
        for (n, figure) in figures.iter().enumerate() {
            for change in watch.observe("figure", "key", at(n as i64), *figure) {
                match change {
                    Transition::Raised(alert) => prop_assert!(raised.insert(alert.rule)),
                    Transition::Cleared(alert) => prop_assert!(raised.remove(&alert.rule)),
                }
            }
            prop_assert_eq!(watch.raised().map(|alert| alert.rule).collect::<std::collections::BTreeSet<_>>(), raised.clone());
        }
    }

    #[test]
    fn damaged_states_are_errors_or_states_but_no_panics(
        figures in figures(),
        place: proptest::sample::Index,
        byte: u8,
        cut: proptest::sample::Index,
    ) {
        let mut watch = Alerts::new(rules(), 3);
        changes(&mut watch, &figures);
        let mut bytes = postcard::to_stdvec(&watch).unwrap();
        let place = place.index(bytes.len());
        bytes[place] = byte;
        for bytes in [&bytes[..], &bytes[..cut.index(bytes.len())]] {
            if let Ok(mut watch) = postcard::from_bytes::<Alerts>(bytes) {
                changes(&mut watch, &[Some(0.0), Some(3.0), None, Some(1e9)]);
                let _ = watch.raised().count();
            }
        }
    }
}
