//! The scores of Mux, against the examples of its documentation.

use audience_qoe::{MuxScores, Upscale, Viewing};

fn played(secs: f64) -> Viewing {
    Viewing::new(secs).unwrap()
}

#[test]
fn start_up_is_as_documented() {
    for (secs, expected) in [(0.4, 95.0), (2.0, 80.0), (8.0, 50.0), (20.0, 29.0)] {
        let scores = MuxScores::of(&played(60.0).with_startup(secs).unwrap());
        assert_eq!(scores.startup.unwrap().round(), expected);
    }
    assert_eq!(MuxScores::of(&played(60.0)).startup, None);
}

#[test]
fn smoothness_is_as_documented() {
    // One stall of 5 s in 5 min, four of 15 s in 20 min; the time stalled is a part of these.
    for (total, stalls, stalled, count_part, time_part) in [(300.0, 1, 5.0, 89.4, 84.6), (1200.0, 4, 60.0, 44.7, 60.7)]
    {
        let viewing = played(total - stalled).with_stalls(stalls, stalled).unwrap();
        let tenths = |value: f64| (value * 10.0).round() / 10.0;
        assert_eq!(tenths(MuxScores::stall_count_part(&viewing)), count_part);
        assert_eq!(tenths(MuxScores::stall_time_part(&viewing)), time_part);
        let smoothness = MuxScores::of(&viewing).smoothness.unwrap();
        assert!((smoothness - f64::midpoint(count_part, time_part)).abs() < 0.1);
    }
    assert_eq!(MuxScores::of(&played(60.0)).smoothness, Some(100.0));
}

#[test]
fn video_quality_is_as_documented() {
    let half = played(60.0).with_upscale(Upscale { average: 0.5, most: 0.5 }).unwrap();
    assert_eq!(MuxScores::of(&half).video_quality.unwrap().round(), 85.0);
    assert_eq!(MuxScores::of(&played(60.0)).video_quality, None);
}
