//! Groups beside each other.

use audience_core::{Accumulator, Keyed, SessionFacts};
use audience_retention::{Error, Grid, Independent, RetentionCurves, RetentionSummary, compare_survival};
use audience_stats::{Confidence, Proportion, Z_95};
use rand::RngExt;

use super::{facts, facts_of, rng};

fn group(ends: impl IntoIterator<Item = u64>) -> RetentionSummary {
    let mut curves = RetentionCurves::new(Grid::shares(10).unwrap());
    for end in ends {
        curves.observe(&facts(Some(100), &[(0, end)]));
    }
    curves.summary()
}

#[test]
fn differences_are_newcombes() {
    let (one, other) = (group([100; 30].into_iter().chain([20; 10])), group([100; 10].into_iter().chain([20; 40])));
    let differences = one.difference(&other, Confidence::P95, Independent::Sessions).unwrap();
    assert_eq!(differences[0].difference, 0.0);
    let expected = Proportion::new(30, 40).unwrap().difference(&Proportion::new(10, 50).unwrap(), Z_95).unwrap();
    assert!((differences[5].difference - 0.55).abs() < 1e-12);
    assert!((differences[5].interval.low - expected.low).abs() < 1e-9);
    assert!((differences[5].interval.high - expected.high).abs() < 1e-9);
}

#[test]
fn groups_that_leave_alike_are_rarely_told_apart_and_others_nearly_always() {
    let mut rng = rng(5);
    let mut drawn = |most: u64| -> Vec<u64> { (0..150).map(|_| rng.random_range(1..most)).collect() };
    let (mut false_ones, mut true_ones) = (0, 0);
    for _ in 0..200 {
        let (same, also, other) = (group(drawn(100)), group(drawn(100)), group(drawn(70)));
        let p = |groups: &[&RetentionSummary]| compare_survival(groups, Independent::Sessions).unwrap().p.unwrap();
        false_ones += u32::from(p(&[&same, &also]) < 0.05);
        true_ones += u32::from(p(&[&same, &other]) < 0.05);
    }
    // 10 of 200 by chance, within three standard errors.
    assert!((1..=20).contains(&false_ones), "{false_ones} of 200");
    assert!(true_ones > 190, "{true_ones} of 200");
}

#[test]
fn groups_of_viewers_who_come_back_are_not_told_apart_by_chance() {
    // Viewers who leave early or late, four times each; who is in which group does not matter.
    let mut rng = rng(6);
    let mut group = |run: u32, name: &str| {
        let mut curves = RetentionCurves::new(Grid::shares(10).unwrap());
        for viewer in 0..80 {
            let most = if rng.random_bool(0.5) { 30 } else { 94 };
            for _ in 0..4 {
                let end = rng.random_range(most - 20..most);
                curves.observe(&facts_of(&format!("{run} {name} {viewer}"), 100, &[(0, end)]));
            }
        }
        curves.summary()
    };
    let (mut over_viewers, mut over_sessions) = (0, 0);
    for run in 0..200 {
        let (one, other) = (group(run, "one"), group(run, "other"));
        let p = |independent| compare_survival(&[&one, &other], independent).unwrap().p.unwrap();
        over_viewers += u32::from(p(Independent::Viewers) < 0.05);
        over_sessions += u32::from(p(Independent::Sessions) < 0.05);
    }
    // 10 of 200 by chance, within three standard errors; taking sessions for independent, several times as many.
    assert!(over_viewers <= 20, "{over_viewers} of 200");
    assert!(over_sessions > 30, "{over_sessions} of 200");
}

#[test]
fn what_cannot_be_compared_is_refused() {
    let (one, empty) = (group([50]), group([]));
    let other_grid = RetentionCurves::default().summary();
    let independent = Independent::Viewers;
    assert_eq!(
        one.difference(&other_grid, Confidence::P95, independent),
        Err(Error::OtherGrid { ours: 10, theirs: 100 })
    );
    assert_eq!(one.difference(&empty, Confidence::P95, independent), Err(Error::EmptyGroup { group: 1 }));
    assert_eq!(compare_survival(&[&one], independent).unwrap_err(), Error::TooFewGroups { groups: 1 });
    assert_eq!(compare_survival(&[&one, &empty], independent).unwrap_err(), Error::EmptyGroup { group: 1 });
    assert!(matches!(compare_survival(&[&one, &other_grid], independent), Err(Error::OtherGrid { .. })));
}

#[test]
fn one_curve_for_each_group_is_a_keyed_accumulator() {
    let viewer = |facts: &SessionFacts| facts.identity.viewer_id.clone();
    let mut keyed = Keyed::new(viewer, RetentionCurves::default());
    keyed.observe_all(&[facts_of("ann", 100, &[(0, 100)]), facts_of("bob", 100, &[(0, 50)])]);
    let curves = keyed.summary();
    let last = |at: usize| curves[at].1.reach(99).unwrap().as_f64();
    assert_eq!((curves.len(), last(0), last(1)), (2, 1.0, 0.0));
}

/// Curves whose viewers are divided otherwise are foreign, also where somebody changed that in what was written.
#[test]
fn curves_of_other_groups_of_viewers_are_refused() {
    use audience_stats::{Portable, RandomGroups};

    let like = RetentionCurves::default();
    let bytes = like.encode();
    let divided = |groups: RandomGroups| postcard::to_stdvec(&groups).unwrap();
    let (own, other) = (divided(RandomGroups::default()), divided(RandomGroups::new(2, 127).unwrap()));
    let at = bytes.windows(own.len()).position(|part| part == own).unwrap();
    let changed = [&bytes[..at], &other, &bytes[at + own.len()..]].concat();
    // It is refused for what it is, not because it could not be read.
    assert!(matches!(RetentionCurves::decode(&changed, &like), Err(audience_stats::Error::DamagedState(_))));
    assert!(postcard::take_from_bytes::<(u64, RetentionCurves)>(&changed).unwrap().1.is_empty());
    assert!(RetentionCurves::decode(&like.encode(), &like).is_ok());
}
