//! The share of good streams.

use audience_core::test_util::{check_merge_laws, various_facts};
use audience_core::{Accumulator, Bitrate, Elapsed, EventKind, Ratio, Rendition, SessionFacts};
use audience_qoe::{BusinessErrors, GoodStreamCounts, GoodStreamLimits, GoodStreams};

use super::{event, facts, failed, view};

/// One that waits for the first frame and goes.
fn gone(id: &str, after: f64) -> SessionFacts {
    facts(id, [event(0.0, EventKind::PlayRequest, None), event(after, EventKind::End { reason: None }, None)])
}

#[test]
fn a_stream_at_its_limits_is_good_and_one_past_them_is_not() {
    let limits = GoodStreamLimits::default();
    let judge = |facts: &SessionFacts| limits.judge(facts);
    let good = GoodStreamCounts { judged: 1, good: 1, ..GoodStreamCounts::default() };
    let poor = GoodStreamCounts { judged: 1, ..GoodStreamCounts::default() };
    assert_eq!(judge(&view("s", 4.0, 99.0, 1.0)), good);
    assert_eq!(judge(&view("s", 4.001, 99.0, 0.0)), GoodStreamCounts { slow_starts: 1, ..poor });
    assert_eq!(judge(&view("s", 1.0, 99.0, 1.1)), GoodStreamCounts { stalled: 1, ..poor });
    assert_eq!(judge(&view("s", 9.0, 99.0, 9.0)), GoodStreamCounts { slow_starts: 1, stalled: 1, ..poor });
    assert_eq!(judge(&failed("s", "DECODE", true)), GoodStreamCounts { playback_failures: 1, ..poor });
    assert_eq!(judge(&failed("s", "DECODE", false)), GoodStreamCounts { start_failures: 1, ..poor });
}

#[test]
fn who_left_at_once_and_whose_country_it_is_not_are_in_no_denominator() {
    let limits = GoodStreamLimits { business: BusinessErrors::new(["GEO"]).unwrap(), ..GoodStreamLimits::default() };
    let mut streams = GoodStreams::new(limits);
    streams.observe_all(&[
        gone("soon", 4.0),
        gone("late", 4.001),
        failed("geo", "GEO", false),
        view("good", 1.0, 60.0, 0.0),
        view("better", 0.5, 60.0, 0.0),
        view("slow", 8.0, 60.0, 0.0),
    ]);
    let seen = streams.summary();
    assert_eq!(
        seen.counts,
        GoodStreamCounts {
            judged: 4,
            good: 2,
            gave_up_waiting: 1,
            slow_starts: 1,
            early_exits: 1,
            business_failures: 1,
            ..GoodStreamCounts::default()
        }
    );
    assert_eq!(seen.share, Ratio::new(0.5).ok());
    // Wilson's interval of 2 in 4: a half, plus and minus z/2 · √(1 / (4 + z²)).
    let interval = seen.interval.unwrap();
    assert!((interval.low - 0.150_039).abs() < 1e-6 && (interval.high - 0.849_961).abs() < 1e-6, "{interval:?}");
}

#[test]
fn a_floor_for_the_bit_rate_is_one_for_the_average() {
    let to = |bps| EventKind::QualityChange {
        from: None,
        to: Rendition { bitrate: Bitrate::from_bps(bps), width: 0, height: 0 },
        reason: None,
    };
    let stream = facts(
        "s",
        [
            event(0.0, EventKind::PlayRequest, None),
            event(1.0, to(1_000_000), None),
            event(1.0, EventKind::Play, 0.0),
            event(11.0, to(3_000_000), 10.0),
            event(21.0, EventKind::Pause, 20.0),
        ],
    );
    let judge = |floor| {
        let limits = GoodStreamLimits { bitrate: Bitrate::from_bps(floor), ..GoodStreamLimits::default() };
        limits.judge(&stream)
    };
    assert_eq!((judge(2_000_000).good, judge(2_000_001).good, judge(2_000_001).low_bitrates), (1, 0, 1));
    // Nobody says what was played: that is no fault of the stream.
    let limits = GoodStreamLimits {
        bitrate: Bitrate::from_bps(1),
        startup: Elapsed::from_secs(9),
        ..GoodStreamLimits::default()
    };
    assert_eq!(limits.judge(&view("s", 1.0, 9.0, 0.0)).good, 1);
}

#[test]
fn states_merge_by_the_laws() {
    check_merge_laws(&GoodStreams::default(), &various_facts());
}
