//! Which slice excess stall time goes with.

use audience_core::test_util::{check_merge_laws, various_facts};
use audience_core::{Accumulator, Merge, Portable, SessionFacts};
use audience_qoe::{Error, ExcessStalls, SliceDimension, SliceValue};
use audience_stats::{Interval, RandomGroups};
use proptest::prelude::*;
use serde::Deserialize;

use super::worlds::{FLAT, World, found, found_in, slice, stalls, view};

#[test]
fn states_merge_by_the_laws() {
    let dimensions = [SliceDimension::attribute("device"), SliceDimension::Title];
    check_merge_laws(&ExcessStalls::new(dimensions).unwrap().with_min_sessions(1), &various_facts());
}

/// Slow devices stall three times as often and use CDN B more, which itself makes no difference.
#[test]
fn a_cdn_that_slow_devices_use_is_not_blamed() {
    let world = World { viewers: 3000, slow_devices: 3.0, share_of_b: (0.15, 0.7), ..FLAT };
    let seen = found(&world.sessions(1));
    let (a, b) = (slice(&seen, "A"), slice(&seen, "B"));
    assert!(b.crude_ratio.unwrap() > 1.5 * a.crude_ratio.unwrap(), "the crude ratio blames it");
    let b = b.comparison.unwrap();
    assert!(b.excess_interval.unwrap().contains(0.0) && b.relative_interval.unwrap().contains(1.0), "{b:?}");
    assert!(!b.is_finding);
    let slow = slice(&seen, "slow").comparison.unwrap();
    assert!(slow.is_finding && slow.relative_interval.unwrap().contains(3.0), "{slow:?}");
    // What surely has the most comes first.
    assert_eq!(seen.slices[0].value, SliceValue::Named("slow".into()));
}

#[test]
fn a_cdn_that_stalls_twice_as_often_is_found() {
    let world = World { viewers: 3000, cdn_b: 2.0, slow_devices: 3.0, share_of_b: (0.15, 0.7) };
    let seen = found(&world.sessions(2));
    let b = slice(&seen, "B");
    let compared = b.comparison.unwrap();
    assert!((compared.relative.unwrap() - 2.0).abs() < 0.3, "{compared:?}");
    assert!(compared.relative_interval.unwrap().contains(2.0), "{compared:?}");
    assert!(compared.is_finding && compared.excess_interval.unwrap().low > 0.0);
    assert!(b.comparable.unwrap().as_f64() > 0.99);
    let a = slice(&seen, "A").comparison.unwrap();
    assert!(a.is_finding && a.excess_ms < 0.0, "the others stall less than it: {a:?}");
}

/// In as many worlds as they say, within three Monte Carlo errors.
#[test]
fn intervals_hold_the_truth_19_times_in_20() {
    let worlds = 300;
    let check = |held: u32, what: &str| {
        let (share, error) = (f64::from(held) / f64::from(worlds), (0.95 * 0.05 / f64::from(worlds)).sqrt());
        assert!((share - 0.95).abs() <= 3.0 * error, "{what}: {share}");
    };
    let (mut ratios_of_two, mut ratios_of_one, mut excesses_of_none) = (0, 0, 0);
    for seen in found_in(World { cdn_b: 2.0, ..FLAT }, worlds) {
        let b = slice(&seen, "B").comparison.unwrap();
        ratios_of_two += u32::from(b.relative_interval.unwrap().contains(2.0));
    }
    for seen in found_in(World { slow_devices: 3.0, share_of_b: (0.15, 0.7), ..FLAT }, worlds) {
        let b = slice(&seen, "B").comparison.unwrap();
        ratios_of_one += u32::from(b.relative_interval.unwrap().contains(1.0));
        excesses_of_none += u32::from(b.excess_interval.unwrap().contains(0.0));
    }
    check(ratios_of_two, "ratios of 2");
    check(ratios_of_one, "ratios of 1, confounded");
    check(excesses_of_none, "excesses of 0, confounded");
}

/// All slices together: eleven are looked at, and where there is nothing, any finding is a false one.
#[test]
fn where_nothing_goes_with_stalls_little_is_found() {
    let worlds = 400;
    let mut found = 0;
    for seen in found_in(FLAT, worlds) {
        assert_eq!(seen.slices.len(), 11);
        found += u32::from(seen.slices.iter().any(|slice| slice.comparison.unwrap().is_finding));
    }
    let (found, rate) = (f64::from(found) / f64::from(worlds), ExcessStalls::FALSE_DISCOVERY_RATE);
    assert!(found <= rate + 3.0 * (rate * (1.0 - rate) / f64::from(worlds)).sqrt(), "{found}");
}

#[test]
fn a_dimension_in_which_all_are_the_same_says_nothing() {
    let sessions: Vec<SessionFacts> = ["ann", "bob", "cid", "dan"]
        .into_iter()
        .zip(["A", "B", "A", "B"])
        .map(|(viewer, cdn)| view(viewer, "film", &[("cdn", cdn)], 1000, 10))
        .collect();
    let mut stalls = stalls(1);
    stalls.observe_all(&sessions);
    let seen = stalls.summary();
    assert!(seen.slices.iter().all(|slice| slice.dimension == SliceDimension::attribute("cdn")));
    assert_eq!((seen.slices.len(), seen.sessions, seen.small_values), (2, 4, 0));
}

#[test]
fn slices_without_others_like_them_say_so() {
    let on = |viewer: &str, cdn, device| view(viewer, "film", &[("cdn", cdn), ("device", device)], 1000, 10);
    let apart = [on("ann", "A", "fast"), on("bob", "A", "fast"), on("cid", "B", "slow")];
    let mut state = stalls(2);
    state.observe_all(&apart);
    let seen = state.summary();
    assert_eq!((seen.slices.len(), seen.small_values), (2, 2));
    for slice in seen.slices {
        assert_eq!((slice.comparable.unwrap().as_f64(), slice.comparison), (0.0, None));
        assert_eq!(slice.crude_ratio, Some(0.01));
    }

    // Half of the time of A is on devices that B has too. Two viewers are too few to say how sure it is.
    state.observe(&on("cid", "B", "fast"));
    state.observe(&on("dan", "A", "slow"));
    state.observe(&on("dan", "A", "other"));
    state.observe(&on("dan", "A", "other"));
    let seen = state.summary();
    let a = slice(&seen, "A");
    assert_eq!(a.comparable.unwrap().as_f64(), 3.0 / 5.0);
    let compared = a.comparison.unwrap();
    assert_eq!((compared.observed_ms, compared.expected_ms, compared.excess_interval), (30.0, 30.0, None));
}

/// Everybody stalls the same share of the time, in strata that make it hard to divide: rounding is no finding.
#[test]
fn where_nothing_varies_nothing_is_found() {
    let sessions: Vec<SessionFacts> = (0..600_u64)
        .map(|n| {
            let cdn = ["A", "B", "C"][n as usize % 3];
            let title = ["film", "clip", "news", "show", "odd"][n as usize % 5];
            view(&(n % 97).to_string(), title, &[("cdn", cdn)], 7000 + n * 70, 100 + n)
        })
        .collect();
    let seen = found(&sessions);
    assert_eq!(seen.slices.len(), 8);
    for comparison in seen.slices.iter().map(|slice| slice.comparison.unwrap()) {
        assert!((comparison.relative.unwrap() - 1.0).abs() < 1e-12);
        assert_eq!((comparison.excess_interval, comparison.relative_interval), (None, None));
        assert_eq!((comparison.p_value, comparison.is_finding), (None, false));
    }
}

#[test]
fn a_missing_value_and_an_empty_one_are_the_same_and_a_value_of_its_own() {
    let sessions = [
        view("ann", "film", &[], 1000, 10),
        view("bob", "film", &[("cdn", "")], 1000, 10),
        view("cid", "film", &[("cdn", "A")], 1000, 10),
    ];
    let mut state = stalls(1);
    state.observe_all(&sessions);
    let seen = state.summary();
    let counts: Vec<(SliceValue, u64)> = seen.slices.into_iter().map(|slice| (slice.value, slice.sessions)).collect();
    assert_eq!(counts, [(SliceValue::Missing, 2), (SliceValue::Named("A".into()), 1)]);
    let twice = ExcessStalls::new([SliceDimension::Title, SliceDimension::Title]).unwrap_err();
    assert_eq!(twice, Error::RepeatedDimension(SliceDimension::Title));
}

#[derive(Deserialize)]
struct Fixture {
    sessions: Vec<(u16, String, String, String, u64, u64)>,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    dimension: usize,
    value: String,
    comparable: f64,
    #[serde(flatten)]
    compared: Option<Compared>,
}

#[derive(Deserialize)]
struct Compared {
    observed: f64,
    expected: f64,
    excess_interval: (f64, f64),
    relative_interval: (f64, f64),
    p: f64,
    adjusted_p: f64,
}

/// Every figure, where each was computed anew for each group that is left out.
#[test]
fn agrees_with_numpy_and_scipy() {
    let fixture: Fixture = serde_json::from_str(include_str!("../fixtures/excess_stalls.json")).unwrap();
    let groups = RandomGroups::new(16, 0).unwrap();
    let viewer_of = |group| (0..10_000).map(|n: u32| n.to_string()).find(|id| groups.group_of(id) == group).unwrap();
    let names = ["first", "second", "third"].map(SliceDimension::attribute);
    let mut state = ExcessStalls::new(names.clone()).unwrap().with_groups(groups).with_min_sessions(1);
    for (group, first, second, third, playing, stalled) in &fixture.sessions {
        let values = [("first", first.as_str()), ("second", second), ("third", third)];
        state.observe(&view(&viewer_of(*group), "film", &values, *playing, *stalled));
    }
    let seen = state.summary();
    assert_eq!((seen.slices.len(), fixture.cases.len()), (13, 13));
    // The same sums in another order; differences of them lose some digits.
    let close = |found: f64, expected: f64, scale: f64| (found - expected).abs() <= 1e-8 * scale;
    for case in fixture.cases {
        let slice = seen
            .slices
            .iter()
            .find(|slice| {
                slice.dimension == names[case.dimension] && slice.value == SliceValue::Named(case.value.as_str().into())
            })
            .unwrap();
        assert!(close(slice.comparable.unwrap().as_f64(), case.comparable, 1.0));
        let (found, expected) = (slice.comparison.unwrap(), case.compared.unwrap());
        assert!(close(found.observed_ms, expected.observed, expected.observed));
        assert!(close(found.expected_ms, expected.expected, expected.expected));
        let agree = |found: Option<Interval>, (low, high): (f64, f64)| {
            let Interval { low: a, high: b } = found.unwrap();
            assert!(close(a, low, high - low) && close(b, high, high - low), "{a} to {b}, not {low} to {high}");
        };
        agree(found.excess_interval, expected.excess_interval);
        agree(found.relative_interval, expected.relative_interval);
        assert!(close(found.p_value.unwrap(), expected.p, 1.0));
        assert!(close(found.adjusted_p_value.unwrap(), expected.adjusted_p, 1.0));
    }
}

#[test]
fn the_state_survives_outside_and_others_are_refused() {
    let mut state = stalls(1);
    state.observe_all(&FLAT.sessions(3));
    let back = ExcessStalls::decode(&state.encode(), &stalls(1)).unwrap();
    assert_eq!((back.summary(), back.encode()), (state.summary(), state.encode()));
    assert!(ExcessStalls::decode(&state.encode(), &stalls(2)).is_err());
    assert!(ExcessStalls::decode(&ExcessStalls::new([SliceDimension::Title]).unwrap().encode(), &stalls(1)).is_err());
    assert!(state.size_bytes() > 0);
    let written = |key: &str| {
        format!(
            r#"{{"dimensions":["title"],"min_sessions":1,"left_out":{{"never_started":0,"nothing_played":0,"from_requests":0}},
            "cells":{{"groups":[64,0],"values":[["film"]],"cells":[[{key},{{"groups":[64,0],"sums":[[1,[1,2,3]]]}}]]}}}}"#
        )
    };
    assert_eq!(serde_json::from_str::<ExcessStalls>(&written("[1]")).unwrap().summary().sessions, 1);
    for key in ["[2]", "[]", "[1,1]"] {
        let error = serde_json::from_str::<ExcessStalls>(&written(key)).unwrap_err().to_string();
        assert!(error.starts_with("read sums of"), "{error}");
    }
}

proptest! {
    #[test]
    fn any_split_and_order_gives_the_same_summary_and_bytes(
        rows in proptest::collection::vec((0..9_u8, 0..3_usize, 0..3_usize, any::<u64>(), any::<u64>()), 0..60),
        order in proptest::collection::vec(0..3_usize, 60),
    ) {
        let texts = ["", "a", "b"];
        let facts: Vec<SessionFacts> = rows
            .iter()
            .map(|(viewer, cdn, title, playing, stalled)| {
                view(&viewer.to_string(), texts[*title], &[("cdn", texts[*cdn])], *playing, *stalled)
            })
            .collect();
        let mut whole = stalls(2);
        whole.observe_all(&facts);
        let mut parts = [stalls(2), stalls(2), stalls(2)];
        for (facts, part) in facts.iter().zip(&order).rev() {
            parts[*part].observe(facts);
        }
        let [mut merged, second, third] = parts;
        merged.merge(third);
        merged.merge(second);
        prop_assert_eq!(merged.summary(), whole.summary());
        for comparison in whole.summary().slices.iter().filter_map(|slice| slice.comparison) {
            for Interval { low, high } in comparison.excess_interval.into_iter().chain(comparison.relative_interval) {
                prop_assert!(low.is_finite() && high.is_finite() && low <= high);
            }
            prop_assert!(comparison.observed_ms.is_finite() && comparison.relative.is_none_or(f64::is_finite));
        }
        prop_assert_eq!(merged.encode(), whole.encode());
    }
}
