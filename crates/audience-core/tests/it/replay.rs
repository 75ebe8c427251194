//! The player at any moment.

use audience_core::{Activity, Bitrate, Elapsed, EventKind, Rate, Rendition, Rules, Timeline};

use crate::{at, event, pos, session};

fn example() -> Timeline {
    let to = Rendition { bitrate: Bitrate::from_bps(800_000), width: 640, height: 360 };
    session([
        event(0.0, EventKind::load_of(pos(100.0)), 0.0),
        event(1.0, EventKind::PlayRequest, None),
        event(2.0, EventKind::Play, 0.0),
        event(2.0, EventKind::QualityChange { from: None, to, reason: None }, None),
        event(12.0, EventKind::RateChange { rate: Rate::new(2.0).unwrap() }, 10.0),
        event(17.0, EventKind::BufferStart, 20.0),
        event(19.0, EventKind::buffer_end(), 20.0),
        event(20.0, EventKind::seek_from(pos(22.0)), 50.0),
        event(25.0, EventKind::Pause, 60.0),
        event(30.0, EventKind::Heartbeat, 60.0),
    ])
    .timeline(&Rules::default())
}

#[test]
fn says_state_position_rate_and_rendition_at_any_time() {
    let timeline = example();
    let frame = |secs: f64| {
        let frame = timeline.frame_at(at(secs)).unwrap();
        (
            frame.activity,
            frame.position.map(audience_core::MediaTime::as_secs_f64),
            frame.rate.as_f64(),
            frame.rendition.height,
        )
    };
    assert_eq!(frame(0.5), (Activity::Idle, Some(0.0), 1.0, 0));
    assert_eq!(frame(1.5), (Activity::StartUp, Some(0.0), 1.0, 0));
    assert_eq!(frame(7.0), (Activity::Playing, Some(5.0), 1.0, 360));
    assert_eq!(frame(12.0), (Activity::Playing, Some(10.0), 2.0, 360), "at an event, what holds after it");
    assert_eq!(frame(14.5), (Activity::Playing, Some(15.0), 2.0, 360));
    assert_eq!(frame(18.0), (Activity::Stall, Some(20.0), 2.0, 360));
    assert_eq!(frame(20.0), (Activity::Playing, Some(50.0), 2.0, 360));
    assert_eq!(frame(30.0), (Activity::Paused, Some(60.0), 2.0, 360), "to the last moment");
    assert_eq!(timeline.frame_at(at(-0.001)), None);
    assert_eq!(timeline.frame_at(at(30.001)), None);
}

#[test]
fn replays_in_steps_and_agrees_with_single_frames() {
    let timeline = example();
    let frames: Vec<_> = timeline.replay(Elapsed::from_millis(700)).collect();
    assert_eq!(frames.len(), 43);
    assert!(frames.iter().all(|frame| timeline.frame_at(frame.at) == Some(*frame)));
}

#[test]
fn odd_steps_end() {
    let timeline = example();
    assert_eq!(timeline.replay(Elapsed::ZERO).count(), 1);
    assert_eq!(timeline.replay(Elapsed::MAX).count(), 1);
    assert_eq!(session([]).timeline(&Rules::default()).replay(Elapsed::from_secs(1)).count(), 0);
}

#[test]
fn activities_put_neighbours_together() {
    let timeline = example();
    let activities: Vec<_> = timeline.activities().map(|span| (span.activity, span.length().as_secs_f64())).collect();
    assert_eq!(
        activities,
        [
            (Activity::Idle, 1.0),
            (Activity::StartUp, 1.0),
            (Activity::Playing, 15.0),
            (Activity::Stall, 2.0),
            (Activity::Playing, 6.0),
            (Activity::Paused, 5.0),
        ]
    );
}
