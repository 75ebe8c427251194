//! Mistakes that earlier systems of this kind make, each with the case that shows it.

use audience_core::{
    Accumulator, AttentionHeatmap, Bitrate, EndReason, EventKind, ExitReason, Finite, Rate, Ratio, Rendition,
};

use crate::{event, facts, pos};

#[test]
fn rewatching_is_counted_by_plays_and_not_by_booleans() {
    let facts = facts([
        event(0.0, EventKind::load_of(pos(60.0)), 0.0),
        event(1.0, EventKind::Play, 10.0),
        event(21.0, EventKind::seek_from(pos(30.0)), 10.0),
        event(41.0, EventKind::seek_from(pos(30.0)), 10.0),
        event(61.0, EventKind::seek_from(pos(30.0)), 10.0),
        event(81.0, EventKind::Pause, 30.0),
    ]);
    assert_eq!(facts.map.plays_at(pos(20.0)), 4);
    assert_eq!(facts.map.replayed(), pos(60.0));
    assert_eq!(facts.unique, pos(20.0));
}

#[test]
fn seeking_to_the_end_is_no_completion() {
    let facts = facts([
        event(0.0, EventKind::load_of(pos(100.0)), 0.0),
        event(0.0, EventKind::Play, 0.0),
        event(1.0, EventKind::seek_from(pos(1.0)), 94.9),
        event(6.1, EventKind::end(EndReason::Ended), 100.0),
    ]);
    assert_eq!(facts.completed, Some(false));
    assert_eq!(facts.reached_end, Some(true));
    assert_eq!(facts.watched, pos(6.1));
}

#[test]
fn closing_the_tab_keeps_what_was_watched() {
    let facts = facts([
        event(0.0, EventKind::load_of(pos(3600.0)), 0.0),
        event(1.0, EventKind::Play, 0.0),
        event(31.0, EventKind::Heartbeat, 30.0),
        event(301.0, EventKind::Heartbeat, 300.0),
    ]);
    assert_eq!(facts.watched, pos(300.0));
    assert_eq!(facts.exit.reason, ExitReason::Left);
    assert_eq!(facts.exit.position, Some(pos(300.0)));
}

#[test]
fn resuming_in_the_middle_counts_what_is_watched_from_there() {
    let facts = facts([
        event(0.0, EventKind::load_of(pos(1200.0)), 0.0),
        event(1.0, EventKind::Play, 570.0),
        event(11.0, EventKind::Pause, 580.0),
    ]);
    assert_eq!(facts.watched, pos(10.0));
    assert_eq!(facts.unique, pos(10.0));
    assert_eq!(facts.seeks.reported() + facts.seeks.inferred(), 0);
}

#[test]
fn a_position_in_microseconds_costs_no_memory_and_is_repaired() {
    let facts = facts([
        event(0.0, EventKind::load_of(pos(60.0)), 0.0),
        event(0.0, EventKind::Play, 0.0),
        event(5.0, EventKind::Heartbeat, 5_000_000.0),
        event(10.0, EventKind::Pause, 10.0),
    ]);
    assert_eq!(facts.inferred.repaired_positions, 1);
    assert_eq!(facts.watched, pos(10.0));
    assert_eq!(facts.map.runs().len(), 1);
}

#[test]
fn an_epoch_in_a_position_field_does_not_grow_the_heatmap() {
    let mut heatmap = AttentionHeatmap::new(pos(5.0)).unwrap();
    heatmap.observe(&facts([
        event(0.0, EventKind::load(), None),
        event(0.0, EventKind::Play, 1_767_225_600.0),
        event(10.0, EventKind::Pause, 1_767_225_610.0),
    ]));
    let summary = heatmap.summary();
    assert!(summary.buckets.len() <= AttentionHeatmap::MAX_BUCKETS as usize);
    assert_eq!(summary.buckets.iter().map(|bucket| bucket.watched_ms).sum::<u64>(), 10_000);
}

#[test]
fn an_absurd_duration_is_left_out() {
    let facts = facts([
        event(0.0, EventKind::load_of(audience_core::MediaTime::from_millis(u64::MAX)), 0.0),
        event(0.0, EventKind::Play, 0.0),
        event(10.0, EventKind::Pause, 10.0),
    ]);
    assert_eq!(facts.duration, None);
    assert_eq!(facts.inferred.repaired_durations, 1);
    assert_eq!(facts.watched, pos(10.0));
}

#[test]
fn positions_at_the_edge_of_the_numbers_do_not_panic() {
    let far = (u64::MAX / 1000) as f64;
    let facts = facts([
        event(0.0, EventKind::Play, far),
        event(1.0, EventKind::seek_from(pos(far)), far),
        event(2.0, EventKind::Heartbeat, 0.0),
        event(3.0, EventKind::Pause, far),
    ]);
    let mut heatmap = AttentionHeatmap::new(pos(5.0)).unwrap();
    heatmap.observe(&facts);
    assert!(heatmap.summary().buckets.len() <= AttentionHeatmap::MAX_BUCKETS as usize);
}

#[test]
fn times_at_the_edge_of_the_numbers_do_not_panic() {
    let first = audience_core::Event::new(audience_core::Timestamp::from_millis(i64::MIN), EventKind::Play);
    let last = audience_core::Event::new(audience_core::Timestamp::from_millis(i64::MAX), EventKind::Pause);
    let facts = facts([first, last]);
    assert_eq!(facts.wall.playing.as_millis(), u64::MAX - 1);
}

#[test]
fn a_bit_rate_of_nothing_is_no_bit_rate() {
    assert_eq!(Bitrate::from_bps(0), None);
    let facts = facts([
        event(0.0, EventKind::Play, 0.0),
        event(0.0, EventKind::QualityChange { from: None, to: Rendition::default(), reason: None }, None),
        event(10.0, EventKind::Pause, 10.0),
    ]);
    assert_eq!((facts.quality.bits, facts.quality.bits_over), (0, pos(0.0)));
}

#[test]
fn nan_is_refused_where_a_number_enters() {
    assert!(Rate::new(f64::NAN).is_err());
    assert!(Ratio::new(f64::NAN).is_err());
    assert!(Finite::new(f64::NAN).is_err());
    assert!(Finite::new(f64::INFINITY).is_err());
}

#[test]
fn the_end_is_not_the_end_when_playback_goes_on() {
    let facts = facts([
        event(0.0, EventKind::load_of(pos(100.0)), 0.0),
        event(0.0, EventKind::Play, 0.0),
        event(10.0, EventKind::end(EndReason::Abandoned), 10.0),
        event(20.0, EventKind::Heartbeat, 20.0),
        event(30.0, EventKind::Heartbeat, 30.0),
    ]);
    assert_eq!(facts.watched, pos(30.0));
    assert_eq!(facts.exit.reason, ExitReason::Left);
}

#[test]
fn completion_does_not_count_overlaps_twice() {
    // 60 s of 100 played twice is 60 %, not 120 %.
    let facts = facts([
        event(0.0, EventKind::load_of(pos(100.0)), 0.0),
        event(0.0, EventKind::Play, 0.0),
        event(60.0, EventKind::seek_from(pos(60.0)), 0.0),
        event(120.0, EventKind::Pause, 60.0),
    ]);
    assert_eq!(facts.completed, Some(false));
    assert_eq!(facts.metrics().completion.unwrap().as_f64(), 0.6);
}
