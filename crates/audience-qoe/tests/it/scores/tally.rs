//! The scores of many sessions.

use audience_core::test_util::{check_merge_laws, various_facts};
use audience_core::{Accumulator, Merge, Portable, SessionFacts};
use audience_qoe::{ExperiencePolicy, ExperienceWeights, PerScore, Score, ScoreRules, Scores};
use audience_stats::Error;

use super::shown;

fn tallied(facts: &[SessionFacts]) -> Scores {
    let mut scores = Scores::default();
    scores.observe_all(facts);
    scores
}

#[test]
fn states_merge_by_the_laws() {
    let mut facts = various_facts();
    facts.push(shown(&[("player_width", "1920"), ("player_height", "1080")]));
    check_merge_laws(&Scores::default(), &facts);
}

#[test]
fn sessions_that_never_played_are_counted_and_have_no_score() {
    let facts = various_facts();
    let summary = tallied(&facts).summary();
    let played = facts.iter().filter(|facts| !facts.wall.playing.is_zero()).count() as u64;
    assert_eq!((summary.sessions, summary.never_played), (facts.len() as u64, facts.len() as u64 - played));
    assert!(summary.never_played > 0);
    for score in [Score::Kino, Score::KinoPerHour, Score::MuxSmoothness, Score::StallingMos, Score::Experience] {
        assert_eq!(summary.scores.get(score).sessions, played);
    }
    for score in [Score::KinoQuality, Score::MuxVideoQuality] {
        assert_eq!((summary.scores.get(score).sessions, summary.scores.get(score).mean), (0, None));
    }
    let never = facts.iter().find(|facts| facts.wall.playing.is_zero()).unwrap();
    assert_eq!(ScoreRules::default().scores(never), PerScore::default());
}

/// Every score of the sessions is sorted and averaged in a plain list.
#[test]
fn means_and_quantiles_are_those_of_a_sorted_list() {
    let rules = ScoreRules::default();
    let mut facts = various_facts();
    for stalls in 0..200 {
        let mut one = shown(&[("player_width", "1920"), ("player_height", "1080")]);
        one.stalls = stalls;
        one.wall.stalled = audience_core::Elapsed::from_millis(stalls * 137);
        facts.push(one);
    }
    let summary = tallied(&facts).summary();
    for score in Score::ALL {
        let mut values: Vec<f64> = facts.iter().filter_map(|facts| *rules.scores(facts).get(score)).collect();
        values.sort_by(f64::total_cmp);
        let found = summary.scores.get(score);
        assert_eq!(found.sessions, values.len() as u64);
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        assert!((found.mean.unwrap() - mean).abs() < 5.1e-7, "{score:?}");
        let step = if score == Score::StallingMos { 0.004 } else { 0.1 };
        for (q, found) in [(0.05, found.p5), (0.25, found.p25), (0.5, found.p50), (0.75, found.p75)] {
            let h = (values.len() - 1) as f64 * q;
            let (below, above) = (values[h as usize], values[h.ceil() as usize]);
            let expected = below + (above - below) * h.fract();
            assert!((found.unwrap() - expected).abs() <= step / 2.0 + 1e-9, "{score:?} at {q}: {found:?}, {expected}");
        }
    }
}

#[test]
fn names_are_those_of_the_fields() {
    let named = serde_json::to_value(PerScore::from_fn(Score::name)).unwrap();
    assert!(named.as_object().unwrap().iter().all(|(field, name)| field == name));
    assert!(Score::ALL.iter().all(|score| serde_json::to_value(score).unwrap() == score.name()));
    assert!(Score::ALL.iter().enumerate().all(|(at, score)| *score as usize == at));
    assert_eq!(named.as_object().unwrap().len(), Score::ALL.len());
}

#[test]
fn states_travel_and_are_checked_where_they_arrive() {
    let facts = various_facts();
    let (left, right) = facts.split_at(5);
    let mut here = tallied(left);
    here.merge(Scores::decode(&tallied(right).encode(), &here).unwrap());
    assert_eq!(here.summary(), tallied(&facts).summary());
    assert_eq!(here.encode(), tallied(&facts).encode());
    let experience = ExperiencePolicy::new(ExperienceWeights { failure: 1.0, ..Default::default() }).unwrap();
    let other = Scores::new(ScoreRules { experience, ..Default::default() });
    assert!(matches!(Scores::decode(&here.encode(), &other), Err(Error::ForeignState { .. })));
}
