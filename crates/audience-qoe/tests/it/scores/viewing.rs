//! What scores look at.

use audience_core::MediaTime;
use audience_core::test_util::various_facts;
use audience_qoe::{Error, LinearQoe, MuxScores, QoeBreakdown, ScoreRules, Upscale, Viewing};

use super::shown;

type Change = fn(Viewing, f64) -> Result<Viewing, Error>;

#[test]
fn values_that_make_no_sense_are_refused_by_name() {
    let changes: [(&str, f64, Change); 7] = [
        ("content_secs", 366.0 * 86_400.0, Viewing::with_content),
        ("startup_secs", 86_400.0, Viewing::with_startup),
        ("stalled_secs", 86_400.0, |viewing, secs| viewing.with_stalls(3, secs)),
        ("seek_waiting_secs", 86_400.0, Viewing::with_seek_waiting),
        ("changed_bps", 2.0 * 4_294_967_295.0, |viewing, bps| viewing.with_switches(2, bps)),
        ("dropped_frames", 1.0, Viewing::with_dropped_frames),
        ("bitrate_bps", 4_294_967_295.0, Viewing::with_bitrate),
    ];
    let viewing = Viewing::new(60.0).unwrap();
    for (name, most, change) in changes {
        assert!(change(viewing, most).is_ok(), "{name}");
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1e-9, most * (1.0 + 1e-12)] {
            let error = change(viewing, value).unwrap_err();
            assert!(matches!(error, Error::OutOfRange { field, .. } if field == name), "{error}");
        }
    }
    for playing in [f64::NAN, f64::INFINITY, -1.0, 0.0, 4e7] {
        assert!(matches!(Viewing::new(playing), Err(Error::OutOfRange { field: "playing_secs", .. })));
    }
    // No stall takes no time, and an average is no more than the most.
    assert!(viewing.with_stalls(0, 1.0).is_err());
    assert!(viewing.with_upscale(Upscale { average: 0.6, most: 0.5 }).is_err());
    assert!(viewing.with_upscale(Upscale { average: 0.0, most: f64::NAN }).is_err());
}

#[test]
fn only_sessions_that_played_can_be_scored() {
    for facts in various_facts() {
        assert_eq!(Viewing::of(&facts).is_some(), !facts.wall.playing.is_zero());
    }
    let never = various_facts().into_iter().find(|facts| facts.identity.session_id.as_str() == "never").unwrap();
    assert_eq!(Viewing::of(&never), None);
}

#[test]
fn facts_are_read_as_they_are() {
    let viewing = Viewing::of(&shown(&[])).unwrap();
    let expected = Viewing::new(90.0).unwrap().with_startup(1.5).unwrap().with_stalls(1, 2.0).unwrap();
    let expected = expected.with_switches(1, 5e6).unwrap().with_height(1080);
    let bitrate = (30.0 * 1e6 + 60.0 * 6e6) / 90.0;
    assert_eq!(viewing, expected.with_bitrate(bitrate).unwrap());
    assert_eq!(QoeBreakdown::of(&viewing).average_bitrate, Some(4_333_333));
}

#[test]
fn switches_go_down_too_and_content_is_not_wall_clock_time() {
    let mut facts = shown(&[]);
    facts.quality.switches_down = 2;
    facts.quality.down_bps = 3_000_000;
    facts.watched = MediaTime::from_secs(180);
    let quality = LinearQoe::default().of(&Viewing::of(&facts).unwrap()).unwrap();
    // A switch up by 5 Mbit/s, two down by 3 together, 2 s stalled; 45 chunks.
    assert!((quality - (13.0 / 3.0 - (8.0 + 8.6) / 45.0)).abs() < 1e-12);
    assert_eq!(QoeBreakdown::of(&Viewing::of(&facts).unwrap()).quality_switches, 3);
}

#[test]
fn of_two_renditions_played_as_long_the_lower_is_taken() {
    let mut facts = shown(&[]);
    facts.renditions[1].played = facts.renditions[0].played;
    // 540 lines are 60; a stall takes 10 and a switch 2.
    assert_eq!(ScoreRules::default().scores(&facts).kino_quality, Some(48.0));
}

#[test]
fn pictures_are_enlarged_to_the_size_of_the_player() {
    let upscaled = |width: &str, height: &str| {
        MuxScores::of(&Viewing::of(&shown(&[("player_width", width), ("player_height", height)])).unwrap())
            .video_quality
    };
    // 540 lines shown on 1080 for a third of the time: once as large again, 1/3 on average. Evaluated with Python.
    let found = upscaled("1920", "1080").unwrap();
    assert!((found - 86.675_406_889_548_9).abs() < 1e-9, "{found}");
    // A player of another shape shows the whole picture.
    assert_eq!(upscaled("4000", "1080"), upscaled("1920", "1080"));
    assert_eq!(upscaled("960", "540"), Some(100.0));
    for (width, height) in [("", "1080"), ("1920", "0"), ("-1", "1080"), ("1920px", "1080")] {
        assert_eq!(upscaled(width, height), None);
    }
}

#[test]
fn facts_that_make_no_sense_are_scored_all_the_same() {
    let mut facts = shown(&[]);
    facts.wall.stalled = audience_core::Elapsed::MAX;
    facts.quality.bits = u128::MAX;
    facts.quality.up_bps = u64::MAX;
    facts.stalls = u64::MAX;
    facts.quality.dropped_frames = Some(u64::MAX);
    facts.quality.decoded_frames = Some(1);
    let viewing = Viewing::of(&facts).unwrap();
    assert_eq!(QoeBreakdown::of(&viewing).score, 0.0);
    assert_eq!(QoeBreakdown::of(&viewing).rebuffer_duration, 86_400.0);
    assert!(MuxScores::of(&viewing).smoothness.unwrap().is_finite());
}
