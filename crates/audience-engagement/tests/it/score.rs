//! Scores: what earlier systems got wrong, and how sure they are.

use audience_core::{Accumulator, SessionFacts};
use audience_engagement::{Engagement, EngagementScore, EngagementWeights, Error, SocialChannel, SocialSignals};
use audience_stats::{Bootstrap, Confidence};
use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::facts;

fn of(sessions: &[SessionFacts]) -> Engagement {
    let mut engagement = Engagement::new();
    engagement.observe_all(sessions);
    engagement
}

fn score(sessions: &[SessionFacts], weights: &EngagementWeights, social: SocialChannel) -> EngagementScore {
    of(sessions).summary().score(weights, social).unwrap()
}

#[test]
fn full_marks_are_1() {
    let twice = facts("ann", Some(60_000), &[(0, 60_000), (0, 60_000)], &[]);
    let loved = SocialChannel::Given(SocialSignals { views: 1, likes: 0, shares: 0, comments: 2 });
    for weights in [EngagementWeights::default(), EngagementWeights::EVEN] {
        let full = score(std::slice::from_ref(&twice), &weights, loved);
        assert!((full.score.unwrap() - 1.0).abs() < 1e-12, "{full:?}");
        // Without social signals their weight goes to the others.
        let without = score(std::slice::from_ref(&twice), &weights, SocialChannel::Missing);
        assert_eq!((without.score, without.components.social), (Some(1.0), None));
    }
}

#[test]
fn one_long_session_does_not_make_others_full() {
    // A player left running for 166 hours, and 99 viewers who leave at once.
    let forever = facts("forever", Some(60_000), &vec![(0, 60_000); 9960], &[]);
    let mut sessions = vec![forever];
    sessions.extend((0..99).map(|viewer| facts(&format!("v{viewer}"), Some(60_000), &[(0, 600)], &[])));
    assert_eq!(sessions[0].watched.as_millis(), 166 * 3_600_000);
    let watch_time = score(&sessions, &EngagementWeights::EVEN, SocialChannel::Missing).components.watch_time;
    assert!((watch_time.unwrap() - (60.0 + 99.0 * 0.6) / 6000.0).abs() < 1e-12, "{watch_time:?}");
}

#[test]
fn completing_takes_watching() {
    let skipped = facts("ann", Some(60_000), &[(0, 1000), (59_000, 60_000)], &[]);
    let parts = score(&[skipped], &EngagementWeights::EVEN, SocialChannel::Missing).components;
    assert_eq!((parts.completion, parts.watch_time), (Some(0.0), Some(2.0 / 60.0)));
}

#[test]
fn watching_again_is_counted_where_it_happened() {
    // Back by a millisecond is a seek and nothing watched again to speak of.
    let back = facts("ann", Some(60_000), &[(0, 30_000), (29_999, 60_000)], &[]);
    let again = facts("bob", Some(60_000), &[(0, 60_000), (20_000, 35_000)], &[]);
    let rewatch = |facts: SessionFacts| {
        score(&[facts], &EngagementWeights::EVEN, SocialChannel::Missing).components.rewatch.unwrap()
    };
    assert!((rewatch(back) - 1.0 / 60_000.0).abs() < 1e-15);
    assert_eq!(rewatch(again), 0.25);
}

#[test]
fn skips_are_counted_by_minutes_and_not_by_events() {
    let penalty = |stretches: &[(u64, u64)], marks: &[&str]| {
        let facts = facts("ann", Some(600_000), stretches, marks);
        score(&[facts], &EngagementWeights::EVEN, SocialChannel::Missing).components.skip_penalty.unwrap()
    };
    let two_in_a_minute = [(0, 20_000), (30_000, 50_000), (60_000, 80_000)];
    let expected = 1.0 - (-2.0_f64).exp();
    assert!((penalty(&two_in_a_minute, &[]) - expected).abs() < 1e-12);
    // Other events change nothing, nor do seeks back.
    assert!((penalty(&two_in_a_minute, &["chat"; 50]) - expected).abs() < 1e-12);
    assert_eq!(penalty(&[(0, 60_000), (30_000, 60_000)], &[]), 0.0);
}

#[test]
fn social_signals_are_marks_or_given() {
    let sessions: Vec<SessionFacts> = (0..10)
        .map(|viewer| {
            let marks: &[&str] = if viewer == 0 { &["like", "share", "comment", "comment", "wave"] } else { &[] };
            facts(&format!("v{viewer}"), Some(60_000), &[(0, 30_000)], marks)
        })
        .collect();
    let social = |channel| score(&sessions, &EngagementWeights::EVEN, channel).components.social;
    // 1 + 2 + 2 · 3 over ten views.
    let expected = 1.0 - (-9.0_f64).exp();
    assert!((social(SocialChannel::Marks).unwrap() - expected).abs() < 1e-12);
    assert_eq!(social(SocialChannel::Missing), None);
    assert_eq!(social(SocialChannel::Given(SocialSignals::default())), None);
    // Reported, and none there: nobody liked it.
    let silent = score(&sessions[1..], &EngagementWeights::EVEN, SocialChannel::Marks).components.social;
    assert_eq!(silent, Some(0.0));
}

#[test]
fn what_is_not_known_is_not_0() {
    let nothing = score(&[], &EngagementWeights::EVEN, SocialChannel::Marks);
    assert_eq!((nothing.score, nothing.components.watch_time, nothing.components.rewatch), (None, None, None));
    assert_eq!(nothing.interval(Confidence::P95), None);
    // Of unknown duration: what is watched again is known, and how much of the content is not. That is too little for a score.
    let endless = facts("ann", None, &[(0, 60_000), (0, 60_000)], &[]);
    let known = score(std::slice::from_ref(&endless), &EngagementWeights::EVEN, SocialChannel::Missing);
    assert_eq!((known.components.watch_time, known.components.completion), (None, None));
    assert_eq!((known.components.rewatch, known.score), (Some(1.0), None));
    let again = EngagementWeights { rewatch: 0.4, social: 0.0, ..EngagementWeights::EVEN };
    assert_eq!(score(std::slice::from_ref(&endless), &again, SocialChannel::Missing).score, Some(1.0));
    assert_eq!(of(&[endless]).summary().unknown_duration, 1);
    // Of weights that ask for nothing else there is no score.
    let only_time = EngagementWeights { completion: 0.0, rewatch: 0.0, social: 0.0, ..EngagementWeights::EVEN };
    assert_eq!(score(&[facts("ann", None, &[(0, 10)], &[])], &only_time, SocialChannel::Marks).score, None);
}

#[test]
fn sessions_without_a_frame_are_left_out() {
    let summary =
        of(&[facts("ann", Some(60_000), &[], &[]), facts("bob", Some(60_000), &[(0, 60_000)], &[])]).summary();
    assert_eq!((summary.counts.views, summary.not_started), (1, 1));
    let parts = summary.score(&EngagementWeights::EVEN, SocialChannel::Missing).unwrap().components;
    assert_eq!(parts.watch_time, Some(1.0));
}

#[test]
fn weights_that_are_none_are_refused() {
    let refused = |weights: EngagementWeights| {
        let error = Engagement::new().summary().score(&weights, SocialChannel::Missing).unwrap_err();
        error.to_string()
    };
    let even = EngagementWeights::EVEN;
    insta::assert_snapshot!(refused(EngagementWeights { social: f64::NAN, ..even }), @"weigh social signals by NaN: a weight is finite and not below 0, and that of skips at most 1");
    insta::assert_snapshot!(refused(EngagementWeights { completion: -0.1, ..even }), @"weigh completion by -0.1: a weight is finite and not below 0, and that of skips at most 1");
    insta::assert_snapshot!(refused(EngagementWeights { skip_penalty: 1.5, ..even }), @"weigh skips by 1.5: a weight is finite and not below 0, and that of skips at most 1");
    let none = EngagementWeights { watch_time: 0.0, completion: 0.0, rewatch: 0.0, social: 0.0, skip_penalty: 0.2 };
    assert_eq!(Engagement::new().summary().score(&none, SocialChannel::Missing), Err(Error::NoWeight));
}

/// Intervals hold the score of the population about as often as they say, also where viewers come back and watch alike.
#[test]
fn intervals_hold_the_score() {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(5);
    let plan = Bootstrap { replicates: 200, seed: 1 };
    let weights = EngagementWeights { rewatch: 0.0, social: 0.0, skip_penalty: 0.0, ..EngagementWeights::EVEN };
    // Each viewer watches a share of their own in three sessions; it is uniform, so that half is watched, and a tenth completes.
    let truth = f64::midpoint(0.5, 0.1);
    let worlds = 300;
    let mut held = 0;
    for world in 0..worlds {
        let mut engagement = Engagement::with_bootstrap(plan);
        for viewer in 0..60 {
            let watched = (rng.random::<f64>() * 60_000.0) as u64;
            for _ in 0..3 {
                engagement.observe(&facts(&format!("{world} {viewer}"), Some(60_000), &[(0, watched.max(1))], &[]));
            }
        }
        let score = engagement.summary().score(&weights, SocialChannel::Missing).unwrap();
        held += u32::from(score.interval(Confidence::P95).unwrap().contains(truth));
    }
    // 95 % of 300 give or take three standard errors, less what percentiles of few viewers lack. Sessions as units would be 74 %.
    assert!((270..=296).contains(&held), "{held}");
}
