//! The metrics of CTA-2066.

use audience_core::test_util::{check_merge_laws, various_facts};
use audience_core::{Accumulator, Bitrate, EventKind, Rendition, SessionFacts, Vitals};
use audience_qoe::{Attempts, BusinessErrors, Error, Experience, ExperienceSummary, StartUpBin};

use super::{event, facts, failed, view};

fn summary(facts: &[SessionFacts]) -> ExperienceSummary {
    let mut experience = Experience::default();
    experience.observe_all(facts);
    experience.summary()
}

#[test]
fn states_merge_by_the_laws() {
    let business = BusinessErrors::new(["E*"]).unwrap();
    check_merge_laws(&Experience::new(business, Attempts::Loads), &various_facts());
}

/// The working draft's example: 60 s of content, with a stall of 10 s and a pause of 30 s, was watched for 70 s; at half the
/// speed, 60 s of content take 120 s.
#[test]
fn watched_time_is_that_of_the_working_draft() {
    let stalled = facts(
        "s",
        [
            event(0.0, EventKind::PlayRequest, 0.0),
            event(0.0, EventKind::Play, 0.0),
            event(20.0, EventKind::BufferStart, 20.0),
            event(30.0, EventKind::buffer_end(), 20.0),
            event(40.0, EventKind::Pause, 30.0),
            event(70.0, EventKind::Play, 30.0),
            event(100.0, EventKind::End { reason: None }, 60.0),
        ],
    );
    let summary_of_one = summary(&[stalled]);
    assert_eq!(summary_of_one.viewing_ms, 70_000);
    assert_eq!(summary_of_one.playing_ms, 60_000);
    assert_eq!(
        (summary_of_one.stalls, summary_of_one.stalled_ms, summary_of_one.longest_stall_ms),
        (1, 10_000, 10_000)
    );
    assert_eq!(summary_of_one.stalled_time_ratio.unwrap().as_f64(), 10.0 / 70.0);
    assert_eq!(summary_of_one.stalls_per_hour, Some(60.0));

    let rate = Vitals { rate: Some(audience_core::Rate::new(0.5).unwrap()), ..Vitals::default() };
    let slow = facts(
        "slow",
        [
            event(0.0, EventKind::PlayRequest, 0.0),
            event(0.0, EventKind::Play, 0.0).with_vitals(rate),
            event(120.0, EventKind::End { reason: None }, 60.0),
        ],
    );
    assert_eq!(summary(&[slow]).viewing_ms, 120_000);
}

#[test]
fn a_session_that_never_started_has_no_start_up_time_and_is_in_no_average() {
    let never =
        facts("n", [event(0.0, EventKind::PlayRequest, None), event(90.0, EventKind::End { reason: None }, None)]);
    let mut experience = Experience::default();
    experience.observe_all(&[view("a", 1.0, 10.0, 0.0), view("b", 4.0, 10.0, 0.0), never]);
    let seen = experience.summary();
    assert_eq!((seen.startups, seen.startup_mean_ms, seen.startup_p50_ms), (2, Some(2500.0), Some(2500.0)));
    assert_eq!((seen.attempts, seen.started, seen.exits_before_start), (3, 2, 1));
    assert_eq!(seen.exit_before_start_rate.unwrap().as_f64(), 1.0 / 3.0);

    let histogram = experience.startup_histogram();
    assert_eq!((histogram.never_started, histogram.unknown), (1, 0));
    let filled: Vec<StartUpBin> = histogram.bins.iter().copied().filter(|bin| bin.sessions > 0).collect();
    let bin = |from_ms, to_ms| StartUpBin { from_ms, to_ms: Some(to_ms), sessions: 1 };
    // A time on an edge is in the bin that begins there.
    assert_eq!(filled, [bin(1000, 1500), bin(4000, 6000)]);

    let nobody = summary(&[]);
    assert_eq!((nobody.startup_mean_ms, nobody.rebuffer_ratio, nobody.failure_rate), (None, None, None));
}

#[test]
fn ratios_are_of_sums_and_not_means_of_ratios() {
    // 10 s of 20 in a short one, none of 980 in a long one.
    let seen = summary(&[view("short", 0.0, 10.0, 10.0), view("long", 0.0, 980.0, 0.0)]);
    assert_eq!(seen.rebuffer_ratio.unwrap().as_f64(), 0.01);
    assert_eq!(seen.mean_session_buffering_ratio, Some(0.25));
}

#[test]
fn the_average_bit_rate_is_over_content_and_switches_have_a_magnitude() {
    let to = |bps| EventKind::QualityChange {
        from: None,
        to: Rendition { bitrate: Bitrate::from_bps(bps), width: 0, height: 0 },
        reason: None,
    };
    let seen = summary(&[facts(
        "s",
        [
            event(0.0, to(1_000_000), None),
            event(0.0, EventKind::Play, 0.0),
            event(30.0, to(4_000_000), 30.0),
            event(40.0, to(2_000_000), 40.0),
            event(60.0, EventKind::Pause, 60.0),
        ],
    )]);
    assert_eq!(seen.average_bitrate_bps, Some((30.0 * 1e6 + 10.0 * 4e6 + 20.0 * 2e6) / 60.0));
    assert_eq!((seen.switches_up, seen.switches_down, seen.switches_per_hour), (1, 1, Some(120.0)));
    assert_eq!((seen.average_switch_up_bps, seen.average_switch_down_bps), (Some(3e6), Some(2e6)));
}

#[test]
fn failures_are_technical_unless_their_code_is_listed() {
    let failures = [
        failed("a", "GEO_BLOCKED", false),
        failed("b", "MANIFEST_FETCH", false),
        failed("c", "LIMIT_DEVICES", true),
        failed("d", "DECODE", true),
        failed("e", "DECODE", true),
    ];
    let mut experience = Experience::new(BusinessErrors::new(["GEO_BLOCKED", "LIMIT_*"]).unwrap(), Attempts::Loads);
    experience.observe_all(&failures);
    let seen = experience.summary();
    assert_eq!((seen.start_failures, seen.business_start_failures), (2, 1));
    assert_eq!((seen.playback_failures, seen.business_playback_failures), (3, 1));
    assert_eq!(seen.start_failure_rate.unwrap().as_f64(), 0.4);
    assert_eq!(seen.playback_failure_rate.unwrap().as_f64(), 1.0);
    assert_eq!(seen.failure_rate.unwrap().as_f64(), 1.0);
    // Nobody said which are which.
    assert_eq!(summary(&failures).business_start_failures, 0);
    for code in ["", "*", "A*B"] {
        assert_eq!(BusinessErrors::new([code]), Err(Error::NotACode { code: code.to_owned() }));
    }
}

#[test]
fn frames_and_latency_are_of_those_who_report_them() {
    let says = |id: &str, dropped, decoded, latency: Option<u64>| {
        let vitals = Vitals {
            dropped_frames: dropped,
            decoded_frames: decoded,
            live_latency: latency.map(audience_core::Elapsed::from_secs),
            ..Vitals::default()
        };
        facts(id, [event(0.0, EventKind::Play, 0.0).with_vitals(vitals), event(10.0, EventKind::Pause, 10.0)])
    };
    let seen = summary(&[
        says("a", Some(30), Some(1000), Some(4)),
        says("b", Some(500), None, Some(8)),
        says("c", None, None, None),
    ]);
    assert_eq!(seen.dropped_frame_ratio.unwrap().as_f64(), 0.03);
    assert_eq!((seen.live_latency_sessions, seen.average_live_latency_ms), (2, Some(6000.0)));
    assert_eq!(seen.longest_live_latency_ms, Some(8000));
    assert_eq!(summary(&[says("c", None, None, None)]).dropped_frame_ratio, None);
}

#[test]
fn a_page_that_loads_a_player_nobody_starts_is_no_attempt_where_requests_are_told() {
    let load = |id: &str, then: Vec<audience_core::Event>| {
        let events = [event(0.0, EventKind::load(), None)].into_iter().chain(then);
        facts(id, events.chain([event(30.0, EventKind::End { reason: None }, None)]))
    };
    let sessions = [
        load("idle", vec![]),
        // Players fetch content before anybody asks.
        load("preloaded", vec![event(0.1, EventKind::BufferStart, None)]),
        load("asked", vec![event(1.0, EventKind::PlayRequest, None)]),
        load("advertised", vec![event(1.0, EventKind::AdStart(None), None)]),
        failed("failed", "MANIFEST", false),
        view("watched", 1.0, 9.0, 0.0),
    ];
    let counted = |attempts| {
        let mut experience = Experience::new(BusinessErrors::default(), attempts);
        experience.observe_all(&sessions);
        let never_started = experience.startup_histogram().never_started;
        let seen = experience.summary();
        (seen.attempts, seen.exits_before_start, seen.loaded_only, never_started)
    };
    assert_eq!(counted(Attempts::Loads), (6, 4, 2, 5));
    assert_eq!(counted(Attempts::Requests), (4, 2, 2, 3));
    check_merge_laws(&Experience::new(BusinessErrors::default(), Attempts::Requests), &sessions);
}
