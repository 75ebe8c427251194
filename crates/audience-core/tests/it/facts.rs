//! Rows of sessions.

use audience_core::{
    Bitrate, Custom, EndReason, EventKind, ExitReason, PlaybackMap, QualityReason, Rate, Rendition, Rules,
    SessionFacts, Stretch, Vitals,
};

use crate::{event, facts, pos};

fn quality(kbps: u64, reason: Option<QualityReason>) -> EventKind {
    let to = Rendition { bitrate: Bitrate::from_bps(kbps * 1000), ..Rendition::default() };
    EventKind::QualityChange { from: None, to, reason }
}

fn custom(name: &str) -> EventKind {
    EventKind::Custom(Box::new(Custom { name: name.into(), ..Custom::default() }))
}

#[test]
fn bits_are_bit_rate_times_content_played() {
    let facts = facts([
        event(0.0, EventKind::Play, 0.0),
        event(0.0, quality(1000, Some(QualityReason::Initial)), None),
        event(10.0, quality(3000, None), 10.0),
        event(20.0, EventKind::RateChange { rate: Rate::new(2.0).unwrap() }, 20.0),
        event(25.0, quality(500, None), 30.0),
        event(26.0, EventKind::Pause, 32.0),
        event(60.0, EventKind::Heartbeat, 32.0),
    ]);
    assert_eq!(facts.quality.bits, 10 * 1_000_000 + 10 * 3_000_000 + 10 * 3_000_000 + 2 * 500_000);
    assert_eq!(facts.quality.bits_over, pos(32.0));
    assert_eq!((facts.quality.changes, facts.quality.switches_up, facts.quality.switches_down), (3, 1, 1));
}

#[test]
fn a_bit_rate_mentioned_in_passing_counts_too() {
    let says = |kbps: u64| Vitals { bitrate: Bitrate::from_bps(kbps * 1000), ..Vitals::default() };
    let facts = facts([
        event(0.0, EventKind::Play, 0.0).with_vitals(says(700)),
        event(10.0, EventKind::Heartbeat, 10.0).with_vitals(says(300)),
        event(20.0, EventKind::Pause, 20.0),
    ]);
    assert_eq!(facts.quality.bits, 10 * 700_000 + 10 * 300_000);
    assert_eq!(facts.quality.changes, 0);
}

#[test]
fn what_was_played_is_told_in_order() {
    let facts = facts([
        event(0.0, EventKind::Play, 50.0),
        event(10.0, EventKind::Heartbeat, 60.0),
        event(20.0, EventKind::Seek { from: Some(pos(70.0)) }, 0.0),
        event(30.0, EventKind::Pause, 10.0),
        event(40.0, EventKind::Play, 10.0),
        event(45.0, EventKind::Seek { from: Some(pos(15.0)) }, 70.0),
        event(55.0, EventKind::Pause, 80.0),
    ]);
    let stretches = [(50.0, 70.0), (0.0, 15.0), (70.0, 80.0)].map(|(start, end)| (pos(start), pos(end)));
    // A pause in between does not cut it.
    assert_eq!(facts.played, stretches.map(|(start, end)| Stretch { start, end }));
    assert_eq!(facts.played[0].length(), pos(20.0));
}

#[test]
fn the_map_is_what_was_played_in_order() {
    for session in audience_core::test_util::various_sessions() {
        let facts = session.facts(&Rules::default(), None);
        let played = || facts.played.iter();
        assert_eq!(facts.map, PlaybackMap::from_intervals(played().map(|stretch| (stretch.start, stretch.end))));
        assert!(played().zip(played().skip(1)).all(|(stretch, next)| stretch.end != next.start));
    }
}

#[test]
fn marks_are_counted_by_name() {
    let facts =
        facts([event(1.0, custom("like"), None), event(2.0, custom("click"), None), event(3.0, custom("like"), None)]);
    let marks: Vec<_> = facts.marks.iter().map(|mark| (&*mark.name, mark.count, mark.first_at.as_millis())).collect();
    assert_eq!(marks, [("click", 1, 2000), ("like", 2, 1000)]);
}

#[test]
fn marks_are_bounded_and_the_same_whatever_the_order() {
    let mut names: Vec<String> = (0..100).map(|n| format!("mark{n:03}")).collect();
    let marks = |names: &[String]| {
        let facts = facts(names.iter().enumerate().map(|(at, name)| event(at as f64, custom(name), None)));
        facts.marks.iter().map(|mark| mark.name.to_string()).collect::<Vec<_>>()
    };
    let forwards = marks(&names);
    names.reverse();
    assert_eq!(forwards.len(), SessionFacts::MAX_MARKS);
    assert_eq!(forwards, marks(&names));
}

#[test]
fn an_end_without_a_reason_is_judged_by_where_it_was() {
    let reason = |furthest: f64| {
        let end = EventKind::End { reason: None };
        let facts = facts([
            event(0.0, EventKind::load_of(pos(100.0)), 0.0),
            event(0.0, EventKind::Play, 0.0),
            event(furthest, end, furthest),
        ]);
        facts.exit.reason
    };
    assert_eq!(reason(95.0), ExitReason::Ended);
    assert_eq!(reason(94.999), ExitReason::Stopped);
}

#[test]
fn thresholds_are_exact() {
    let shares = |watched: f64| {
        let facts = facts([
            event(0.0, EventKind::load_of(pos(1000.0)), 0.0),
            event(0.0, EventKind::Play, 0.0),
            event(watched, EventKind::end(EndReason::Abandoned), watched),
        ]);
        (facts.completed.unwrap(), facts.reached_end.unwrap())
    };
    assert_eq!(shares(899.999), (false, false));
    assert_eq!(shares(900.0), (true, false));
    assert_eq!(shares(949.999), (true, false));
    assert_eq!(shares(950.0), (true, true));
}

#[test]
fn shares_of_content_of_unknown_duration_are_undefined() {
    let facts = facts([event(0.0, EventKind::Play, 0.0), event(10.0, EventKind::Pause, 10.0)]);
    assert_eq!((facts.completed, facts.reached_end, facts.metrics().completion), (None, None, None));
}

#[test]
fn the_figures_of_earlier_systems_are_there() {
    let metrics = facts([
        event(0.0, EventKind::load_of(pos(20.0)), 0.0),
        event(0.0, EventKind::Play, 0.5),
        event(4.0, EventKind::BufferStart, 4.5),
        event(6.0, EventKind::buffer_end(), 4.5),
        event(6.1, EventKind::seek_from(pos(4.6)), 2.0),
        event(7.1, EventKind::Pause, 3.0),
    ])
    .metrics();
    assert_eq!(metrics.total_watch, pos(5.1));
    assert_eq!(metrics.unique_seconds, 5);
    assert_eq!((metrics.seek_count, metrics.buffer_events, metrics.buffer_time.as_millis()), (1, 1, 2000));
    assert_eq!(metrics.completion.unwrap().as_f64(), 4.1 / 20.0);
}
