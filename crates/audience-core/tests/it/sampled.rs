//! Heatmaps of samples.

use audience_core::{
    Accumulator, Algorithm, AttentionHeatmap, Error, EventKind, HeatmapSample, MediaTime, Merge, Rules, Session,
    sampled_heatmap,
};

use crate::{event, pos};

/// Session `n` of 1000 watches the first n/10 seconds of 100.
fn sessions() -> impl Iterator<Item = Session> {
    (0..1000).map(|n| {
        let until = f64::from(n) / 10.0;
        Session::new(
            format!("s{n}"),
            "c",
            [
                event(0.0, EventKind::load_of(pos(100.0)), 0.0),
                event(0.0, EventKind::Play, 0.0),
                event(until, EventKind::Pause, until),
            ],
        )
    })
}

const WIDTH: MediaTime = MediaTime::from_secs(10);

#[test]
fn a_sample_shows_about_what_all_show() {
    for algorithm in [Algorithm::R, Algorithm::L] {
        let sampled = sampled_heatmap(sessions(), WIDTH, 400, algorithm, 11, &Rules::default()).unwrap();
        assert_eq!((sampled.seen, sampled.sampled), (1000, 400));
        for (bucket, tenth) in sampled.heatmap.buckets.iter().zip(0..) {
            // Sessions that reach past the bucket's start; the sample's share of them has a standard error below 2 %.
            let all = f64::from(999 - tenth * 100) / 1000.0;
            let share = bucket.sessions as f64 / 400.0;
            assert!((share - all).abs() < 0.06, "{algorithm:?}: bucket {tenth} has {share}, all have {all}");
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_sample_and_another_another() {
    let draw = |seed| sampled_heatmap(sessions(), WIDTH, 50, Algorithm::L, seed, &Rules::default()).unwrap();
    assert_eq!(draw(1), draw(1));
    assert_ne!(draw(1), draw(2));
}

#[test]
fn a_sample_of_everything_is_everything() {
    let sampled = sampled_heatmap(sessions(), WIDTH, 5000, Algorithm::R, 1, &Rules::default()).unwrap();
    let mut all = AttentionHeatmap::new(WIDTH).unwrap();
    let mut sample = HeatmapSample::new(WIDTH, 5000, 1).unwrap();
    for session in sessions() {
        let facts = session.facts(&Rules::default(), None);
        all.observe(&facts);
        sample.observe(&facts);
    }
    assert_eq!(sampled.heatmap, all.summary());
    assert_eq!(sample.summary().heatmap, all.summary());
}

#[test]
fn a_mergeable_sample_does_not_depend_on_how_sessions_were_split() {
    let rules = Rules::default();
    let mut whole = HeatmapSample::new(WIDTH, 40, 3).unwrap();
    let (mut odd, mut even) = (whole.clone(), whole.clone());
    for (n, session) in sessions().enumerate() {
        let facts = session.facts(&rules, None);
        whole.observe(&facts);
        if n % 2 == 0 { even.observe(&facts) } else { odd.observe(&facts) }
    }
    odd.merge(even);
    assert_eq!(odd.summary(), whole.summary());
    assert_eq!(whole.summary().sampled, 40);
}

#[test]
fn impossible_samples_are_refused() {
    let none = sampled_heatmap(sessions(), WIDTH, 0, Algorithm::R, 1, &Rules::default());
    assert_eq!(none, Err(Error::EmptyReservoir));
    let flat = sampled_heatmap(sessions(), MediaTime::ZERO, 1, Algorithm::R, 1, &Rules::default());
    assert_eq!(flat, Err(Error::ZeroWidth));
}

#[test]
fn a_huge_reservoir_takes_no_memory_in_advance() {
    let sampled = sampled_heatmap(sessions().take(3), WIDTH, usize::MAX, Algorithm::L, 1, &Rules::default()).unwrap();
    assert_eq!(sampled.sampled, 3);
}
