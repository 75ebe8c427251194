//! Playback maps and heatmaps against a model that remembers every millisecond.

use audience_core::{AttentionHeatmap, MediaTime, Merge, PlaybackMap, Run};
use proptest::collection::vec;
use proptest::prelude::*;

const LENGTH: u64 = 120;

/// How often each millisecond is played.
fn model(intervals: &[(u64, u64)]) -> Vec<u32> {
    let mut plays = vec![0; LENGTH as usize];
    for &(start, end) in intervals {
        for slot in plays.iter_mut().take(end as usize).skip(start as usize) {
            *slot += 1;
        }
    }
    plays
}

fn ms(millis: u64) -> MediaTime {
    MediaTime::from_millis(millis)
}

fn map_of(intervals: &[(u64, u64)]) -> PlaybackMap {
    PlaybackMap::from_intervals(intervals.iter().map(|&(start, end)| (ms(start), ms(end))))
}

fn intervals() -> impl Strategy<Value = Vec<(u64, u64)>> {
    vec((0..=LENGTH, 0..=LENGTH), 0..60)
}

proptest! {
    #[test]
    fn agrees_with_the_model(intervals in intervals()) {
        let (map, model) = (map_of(&intervals), model(&intervals));
        for (at, plays) in model.iter().enumerate() {
            prop_assert_eq!(map.plays_at(ms(at as u64)), *plays);
        }
        prop_assert_eq!(map.total().as_millis(), model.iter().map(|plays| u64::from(*plays)).sum::<u64>());
        prop_assert_eq!(map.unique().as_millis(), model.iter().filter(|plays| **plays > 0).count() as u64);
        prop_assert_eq!(map.replayed().as_millis(), map.total().as_millis() - map.unique().as_millis());
        let furthest = model.iter().rposition(|plays| *plays > 0).map(|last| ms(last as u64 + 1));
        prop_assert_eq!(map.furthest(), furthest);
    }

    #[test]
    fn runs_are_in_order_apart_and_not_empty(intervals in intervals()) {
        let map = map_of(&intervals);
        prop_assert!(map.runs().iter().all(|run| run.start < run.end && run.plays > 0));
        let apart = |pair: &[Run]| pair[0].end < pair[1].start || (pair[0].end == pair[1].start && pair[0].plays != pair[1].plays);
        prop_assert!(map.runs().windows(2).all(apart));
        let covered: Vec<_> = map.covered().collect();
        prop_assert!(covered.windows(2).all(|pair| pair[0].1 < pair[1].0));
    }

    #[test]
    fn marking_one_by_one_and_merging_give_the_same(intervals in intervals(), cut in 0_usize..60) {
        let whole = map_of(&intervals);
        let mut marked = PlaybackMap::new();
        for &(start, end) in &intervals {
            marked.mark(ms(start), ms(end));
        }
        prop_assert_eq!(&marked, &whole);
        let (left, right) = intervals.split_at(cut.min(intervals.len()));
        let mut merged = map_of(right);
        merged.merge(map_of(left));
        prop_assert_eq!(&merged, &whole);
    }

    #[test]
    fn survives_being_written_and_read(intervals in intervals()) {
        let map = map_of(&intervals);
        let json = serde_json::to_string(&map).unwrap();
        prop_assert_eq!(serde_json::from_str::<PlaybackMap>(&json).unwrap(), map.clone());
        let bytes = postcard::to_allocvec(&map).unwrap();
        prop_assert_eq!(postcard::from_bytes::<PlaybackMap>(&bytes).unwrap(), map);
    }

    #[test]
    fn the_view_by_seconds_agrees_with_the_model(intervals in vec((0_u64..9_000, 0_u64..9_000), 0..6)) {
        let map = map_of(&intervals);
        let watched = |second: u64| (second * 1000..(second + 1) * 1000).any(|at| map.plays_at(ms(at)) > 0);
        for second in 0..10 {
            prop_assert_eq!(map.seconds().watched(second), watched(second));
        }
        prop_assert_eq!(map.seconds().count(), (0..10).filter(|second| watched(*second)).count() as u64);
        prop_assert_eq!(map.seconds().iter(ms(8_500)).count(), 9);
    }

    #[test]
    fn heatmaps_agree_with_the_model(sessions in vec(intervals(), 0..5), width in 1_u64..40) {
        let mut heatmap = AttentionHeatmap::new(ms(width)).unwrap();
        for intervals in &sessions {
            heatmap.observe_map(&map_of(intervals), Some(ms(LENGTH)));
        }
        let summary = audience_core::Accumulator::summary(&heatmap);
        let models: Vec<_> = sessions.iter().map(|intervals| model(intervals)).collect();
        prop_assert_eq!(summary.sessions, sessions.len() as u64);
        if !sessions.is_empty() {
            prop_assert_eq!(summary.buckets.len() as u64, LENGTH.div_ceil(width));
        }
        for (bucket, range) in summary.buckets.iter().zip((0..).step_by(width as usize)) {
            let range = range..(range + width as usize).min(LENGTH as usize);
            let plays = |model: &Vec<u32>| model[range.clone()].iter().map(|plays| u64::from(*plays)).sum::<u64>();
            let again = |model: &Vec<u32>| model[range.clone()].iter().map(|plays| u64::from(plays.saturating_sub(1))).sum::<u64>();
            prop_assert_eq!(bucket.watched_ms, models.iter().map(plays).sum::<u64>());
            prop_assert_eq!(bucket.replayed_ms, models.iter().map(again).sum::<u64>());
            prop_assert_eq!(bucket.sessions, models.iter().filter(|model| plays(model) > 0).count() as u64);
        }
        let peak = summary.buckets.iter().map(|bucket| bucket.watched_ms).max().unwrap_or(0);
        if peak > 0 {
            prop_assert!(summary.buckets.iter().any(|bucket| bucket.intensity.as_f64() == 1.0));
        }
    }
}

#[test]
fn damaged_maps_are_put_right_when_read() {
    let map: PlaybackMap =
        serde_json::from_str(r#"[{"start":50,"end":60,"plays":1},{"start":9,"end":3,"plays":1},{"start":0,"end":55,"plays":0},{"start":40,"end":55,"plays":2}]"#)
            .unwrap();
    assert_eq!(map, map_of(&[(50, 60), (40, 55), (40, 55)]));
}

#[test]
fn long_content_has_wider_buckets_and_no_more_of_them() {
    let mut heatmap = AttentionHeatmap::new(MediaTime::from_secs(5)).unwrap();
    let hour = MediaTime::from_secs(3600);
    heatmap.observe_map(&map_of(&[(0, 3_600_000)]), Some(hour.saturating_mul(28)));
    let summary = audience_core::Accumulator::summary(&heatmap);
    assert_eq!(summary.width, MediaTime::from_secs(10));
    assert_eq!(summary.buckets.len(), 28 * 360);
    assert_eq!(summary.buckets[359].watched_ms, 10_000);
    assert_eq!(summary.buckets[360].watched_ms, 0);
}

#[test]
fn one_session_with_a_wrong_duration_does_not_change_the_width_for_the_others() {
    let mut heatmap = AttentionHeatmap::new(MediaTime::from_secs(5)).unwrap();
    for _ in 0..3 {
        heatmap.observe_map(&map_of(&[(0, 10_000)]), Some(MediaTime::from_secs(20)));
    }
    heatmap.observe_map(&map_of(&[(0, 10_000)]), Some(MediaTime::from_secs(3600 * 300)));
    let summary = audience_core::Accumulator::summary(&heatmap);
    assert_eq!((summary.width, summary.buckets.len()), (MediaTime::from_secs(5), 4));
    assert_eq!((summary.sessions, summary.sessions_elsewhere), (4, 1));
    assert_eq!(summary.buckets[0].sessions, 3);
}
