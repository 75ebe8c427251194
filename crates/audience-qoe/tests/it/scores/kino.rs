//! The scores of kino, against kino itself.

use audience_core::{Bitrate, EventKind, Merge, Rendition};
use audience_qoe::{Error, QoeBreakdown, QoePerHour, QoeRecorder, ScoreRules, Viewing, kino_quality_score};
use proptest::prelude::*;
use serde::Deserialize;

use super::assert_near;
use crate::{event, facts};

#[derive(Deserialize)]
struct Fixture {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    initial_buffer: f64,
    rebuffers: Vec<f64>,
    switches: Vec<(f64, f64)>,
    bitrates: Vec<(f64, f64)>,
    height: u32,
    score: f64,
    average_bitrate: u64,
    quality_score: f64,
}

fn cases() -> Vec<Case> {
    serde_json::from_str::<Fixture>(include_str!("../../fixtures/kino.json")).unwrap().cases
}

fn recorded(case: &Case) -> QoeRecorder {
    let mut recorder = QoeRecorder::new();
    recorder.record_initial_buffer(case.initial_buffer).unwrap();
    for secs in &case.rebuffers {
        recorder.record_rebuffer(*secs).unwrap();
    }
    for (at, bps) in &case.switches {
        recorder.record_quality_switch(*at, *bps as u64).unwrap();
    }
    for (secs, bps) in &case.bitrates {
        recorder.record_bitrate(*secs, *bps as u64).unwrap();
    }
    recorder
}

#[test]
fn agrees_with_kino() {
    let cases = cases();
    assert_eq!(cases.len(), 40);
    for case in &cases {
        let breakdown = recorded(case).breakdown().unwrap();
        assert_near(breakdown.score, case.score);
        assert_eq!(breakdown.average_bitrate, Some(case.average_bitrate));
        assert_eq!(breakdown.points.score(), breakdown.score);
        let height = (case.height > 0).then_some(case.height);
        let (stalls, switches) = (case.rebuffers.len() as u64, case.switches.len() as u64);
        assert_eq!(kino_quality_score(height, stalls, switches), case.quality_score);
    }
}

#[test]
fn the_parts_say_what_the_score_is_made_of() {
    let viewing = Viewing::new(600.0).unwrap().with_startup(4.0).unwrap().with_stalls(2, 3.0).unwrap();
    let viewing = viewing.with_switches(4, 8e6).unwrap().with_bitrate(2_000_001.9).unwrap();
    let QoeBreakdown { score, points, average_bitrate, .. } = QoeBreakdown::of(&viewing);
    assert_eq!((points.initial_buffer, points.rebuffers, points.rebuffer_duration), (10.0, 20.0, 15.0));
    assert_eq!((points.quality_switches, points.bitrate_bonus), (8.0, 2.0));
    assert_eq!((score, average_bitrate), (49.0, Some(2_000_001)));
    // Exactly 2 and 5 Mbit/s are not above them.
    let at = |bps| QoeBreakdown::of(&viewing.with_bitrate(bps).unwrap()).points.bitrate_bonus;
    assert_eq!([at(2e6), at(5e6), at(5_000_001.0)], [0.0, 2.0, 5.0]);
}

#[test]
fn an_hour_is_an_hour_of_moving_frames() {
    // Twelve minutes with 2 stalls, 6 s and 3 switches: 10, 30 s and 15 an hour.
    let viewing = Viewing::new(720.0).unwrap().with_stalls(2, 6.0).unwrap().with_switches(3, 3e6).unwrap();
    let hour = QoePerHour::of(&viewing);
    assert_eq!((hour.rebuffers, hour.rebuffer_duration, hour.quality_switches), (10.0, 30.0, 15.0));
    assert_eq!(hour.score, 0.0);
    // Ten hours with the ten stalls of half a second that kino gives a 0: one an hour.
    let long = Viewing::new(36_000.0).unwrap().with_stalls(10, 5.0).unwrap();
    assert_eq!(QoeBreakdown::of(&long).score, 0.0);
    assert_eq!(QoePerHour::of(&long).score, 87.5);
}

#[test]
fn sixty_sessions_of_a_minute_make_an_hour_when_merged() {
    let minute = |stalls| {
        let mut recorder = QoeRecorder::new();
        recorder.record_playing(60.0).unwrap();
        (0..stalls).for_each(|_| recorder.record_rebuffer(1.0).unwrap());
        recorder
    };
    let mut hour = minute(1);
    assert_eq!(hour.per_hour().unwrap().score, 0.0);
    (1..60).for_each(|_| hour.merge(minute(0)));
    assert_eq!(hour.per_hour().unwrap().score, 85.0);
}

#[test]
fn nothing_played_is_no_score() {
    let mut recorder = QoeRecorder::new();
    recorder.record_initial_buffer(30.0).unwrap();
    recorder.record_rebuffer(3.0).unwrap();
    recorder.record_bitrate(0.0, 1_000_000).unwrap();
    assert_eq!((recorder.breakdown(), recorder.per_hour()), (None, None));
}

#[test]
fn a_bad_sample_is_refused_and_changes_nothing() {
    let mut recorder = recorded(&cases()[1]);
    let before = recorder;
    for secs in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.001, 86_400.001] {
        assert!(matches!(recorder.record_initial_buffer(secs), Err(Error::OutOfRange { field: "initial_buffer", .. })));
        assert!(matches!(recorder.record_rebuffer(secs), Err(Error::OutOfRange { field: "rebuffer", .. })));
    }
    for secs in [f64::NAN, f64::INFINITY, -1.0, 4e7] {
        assert!(recorder.record_bitrate(secs, 1_000_000).is_err());
        assert!(recorder.record_playing(secs).is_err());
    }
    for bps in [0, 1 << 32, u64::MAX] {
        assert!(matches!(recorder.record_bitrate(1.0, bps), Err(Error::OutOfRange { field: "bitrate_bps", .. })));
        assert!(recorder.record_quality_switch(1.0, bps).is_err());
    }
    assert!(recorder.record_quality_switch(f64::NAN, 1_000_000).is_err());
    assert_eq!(recorder, before);
    insta::assert_snapshot!(
        recorder.record_rebuffer(-100.0).unwrap_err(),
        @"score a session with rebuffer = -100: it is not between 0 and 86400"
    );
}

#[test]
fn the_picture_is_that_of_the_rendition_most_was_played_in() {
    let to = |kbps: u64, height| EventKind::QualityChange {
        from: None,
        to: Rendition { bitrate: Bitrate::from_bps(kbps * 1000), width: height * 16 / 9, height },
        reason: None,
    };
    let session = facts(
        "s",
        [
            event(0.0, to(1000, 480), None),
            event(0.0, EventKind::Play, 0.0),
            event(20.0, to(3000, 720), 20.0),
            event(70.0, to(6000, 1080), 70.0),
            event(100.0, EventKind::Pause, 100.0),
        ],
    );
    // 720 lines: 80; two switches, up: −4.
    assert_eq!(ScoreRules::default().scores(&session).kino_quality, Some(76.0));
}

proptest! {
    #[test]
    fn recorders_merge_like_one(samples in prop::collection::vec((0_u8..5, 0.0..5000.0_f64, 1_u64..5_000_000_000), 0..24), cut in 0_usize..24) {
        let record = |samples: &[(u8, f64, u64)]| {
            let mut recorder = QoeRecorder::new();
            for (kind, secs, bps) in samples {
                // What is refused is refused on either side.
                let _ = match kind {
                    0 => recorder.record_initial_buffer(*secs),
                    1 => recorder.record_rebuffer(*secs),
                    2 => recorder.record_quality_switch(*secs, *bps),
                    3 => recorder.record_bitrate(*secs, *bps),
                    _ => recorder.record_playing(*secs),
                };
            }
            recorder
        };
        let (left, right) = samples.split_at(cut.min(samples.len()));
        for (left, right) in [(left, right), (right, left)] {
            let mut merged = record(left);
            merged.merge(record(right));
            prop_assert_eq!(merged, record(&samples));
        }
        let written = serde_json::to_string(&record(&samples)).unwrap();
        prop_assert_eq!(serde_json::from_str::<QoeRecorder>(&written).unwrap(), record(&samples));
    }
}
