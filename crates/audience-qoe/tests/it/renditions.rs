//! Content by rendition.

use audience_core::test_util::{check_merge_laws, various_facts};
use audience_core::{Accumulator, Bitrate, EventKind, Rendition};
use audience_qoe::{Renditions, Rung};

use super::{event, facts};

fn rendition(bps: u64, height: u32) -> Rendition {
    Rendition { bitrate: Bitrate::from_bps(bps), width: 0, height }
}

#[test]
fn content_is_shared_out_among_renditions_and_the_rest_is_unknown() {
    let to = |secs, bps, height| {
        event(secs, EventKind::QualityChange { from: None, to: rendition(bps, height), reason: None }, secs)
    };
    let one = facts(
        "a",
        [
            event(0.0, EventKind::Play, 0.0),
            to(10.0, 800_000, 360),
            to(40.0, 3_000_000, 720),
            event(100.0, EventKind::Pause, 100.0),
        ],
    );
    let other =
        facts("b", [to(0.0, 800_000, 360), event(0.0, EventKind::Play, 0.0), event(30.0, EventKind::Pause, 30.0)]);
    let mut renditions = Renditions::default();
    renditions.observe_all(&[one, other]);
    let seen = renditions.summary();
    let rows: Vec<_> = seen
        .renditions
        .iter()
        .map(|row| (row.bitrate_bps, row.height, row.sessions, row.played_ms, row.share.as_f64()))
        .collect();
    assert_eq!(rows, [(Some(800_000), 360, 2, 60_000, 0.5), (Some(3_000_000), 720, 1, 60_000, 0.5)]);
    assert_eq!(seen.unknown_ms, 10_000);
}

#[test]
fn a_rung_is_by_height_and_else_by_bit_rate() {
    let rungs = [
        (rendition(0, 0), Rung::Unknown),
        (rendition(499_999, 0), Rung::Below500k),
        (rendition(500_000, 0), Rung::From500k),
        (rendition(1_999_999, 0), Rung::From1M),
        (rendition(2_000_000, 0), Rung::From2M),
        (rendition(7_999_999, 0), Rung::From4M),
        (rendition(u64::MAX, 0), Rung::From8M),
        (rendition(0, 1), Rung::P240),
        (rendition(9_000_000, 240), Rung::P240),
        (rendition(0, 241), Rung::P360),
        (rendition(0, 480), Rung::P480),
        (rendition(0, 576), Rung::P720),
        (rendition(0, 1080), Rung::P1080),
        (rendition(0, 1440), Rung::P1440),
        (rendition(0, 2160), Rung::P2160),
        (rendition(0, u32::MAX), Rung::P2160),
    ];
    for (rendition, rung) in rungs {
        assert_eq!(Rung::of(rendition), rung, "{rendition:?}");
    }
    assert!(Rung::ALL.is_sorted());
}

#[test]
fn states_merge_by_the_laws() {
    check_merge_laws(&Renditions::default(), &various_facts());
}
