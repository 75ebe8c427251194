//! How streams felt.

use audience_core::{Bitrate, Event, EventKind, MediaTime, Rendition, Session, SessionFacts, Timestamp};
use audience_report::{Error, Report, ReportSpec, TextOptions, parse_slices};

use crate::{facts, report, various};

const HOUR: i64 = 3_600_000;

/// A session that begins so many hours after the epoch, plays 60 s and stalls for `stall` seconds.
fn stream(id: &str, hour: i64, stall: i64, height: u32) -> SessionFacts {
    let at = |secs: i64| Timestamp::from_millis(hour * HOUR + secs * 1000);
    let rendition = Rendition { bitrate: Bitrate::from_bps(1000 * u64::from(height)), width: 0, height };
    let position = MediaTime::from_secs;
    facts(&Session::new(
        id,
        "film",
        [
            Event::new(at(0), EventKind::load()),
            Event::new(at(1), EventKind::QualityChange { from: None, to: rendition, reason: None }),
            Event::new(at(1), EventKind::Play).at(position(0)),
            Event::new(at(31), EventKind::BufferStart).at(position(30)),
            Event::new(at(31 + stall), EventKind::buffer_end()).at(position(30)),
            Event::new(at(61 + stall), EventKind::Pause).at(position(60)),
        ],
    ))
}

fn never(id: &str, hour: i64) -> SessionFacts {
    let at = Timestamp::from_millis(hour * HOUR);
    facts(&Session::new(id, "film", [Event::new(at, EventKind::load())]))
}

fn of(facts: &[SessionFacts]) -> Report {
    report(&ReportSpec::default(), facts)
}

#[test]
fn each_bucket_has_the_sessions_that_began_in_it() {
    let report = of(&[
        stream("a", 0, 0, 360),
        stream("b", 0, 20, 720),
        never("c", 0),
        stream("d", 200, 60, 720),
        never("e", 100),
    ]);
    let course = &report.streams.over_time;
    let filled: Vec<_> = (0..course.attempts.len())
        .filter(|bucket| course.attempts[*bucket] > 0)
        .map(|at| (course.attempts[at], course.never_started[at], course.playing_ms[at], course.stalled_ms[at]))
        .collect();
    assert_eq!(filled, [(3, 1, 120_000, 20_000), (1, 1, 0, 0), (1, 0, 60_000, 60_000)]);
    let ratios: Vec<f64> = course.rebuffer_ratio.iter().flatten().map(|ratio| ratio.as_f64()).collect();
    assert_eq!(ratios, [20.0 / 140.0, 0.5]);
    let bitrates: Vec<f64> = course.average_bitrate_bps.iter().flatten().copied().collect();
    assert_eq!(bitrates, [540_000.0, 720_000.0]);
    let rungs: Vec<_> =
        course.rungs.iter().map(|rung| (rung.rung.name(), rung.played_ms.iter().sum::<u64>())).collect();
    assert_eq!(rungs, [("360p", 60_000), ("720p", 120_000)]);
}

#[test]
fn a_clock_that_is_far_off_is_in_no_bucket() {
    let mut all: Vec<_> = (0..200).map(|n| stream(&format!("s{n}"), n % 24, 0, 360)).collect();
    all.push(stream("stray", 500_000, 60, 360));
    let course = of(&all).streams.over_time;
    assert_eq!(course.attempts.iter().sum::<u64>(), 200);
    assert_eq!(course.stalled_ms.iter().sum::<u64>(), 0);
}

#[test]
fn what_is_over_time_is_what_is_over_everything() {
    let report = various(&ReportSpec::default());
    let (experience, course) = (&report.experience, &report.streams.over_time);
    assert_eq!(course.attempts.iter().sum::<u64>(), experience.attempts);
    assert_eq!(course.never_started.iter().sum::<u64>(), experience.attempts - experience.started);
    assert_eq!(course.failures.iter().sum::<u64>(), experience.start_failures + experience.playback_failures);
    assert_eq!(course.stalled_ms.iter().sum::<u64>(), experience.stalled_ms);
    assert_eq!(course.playing_ms.iter().sum::<u64>(), experience.playing_ms);
    let (startup, good) = (&report.streams.startup, &report.streams.good.seen.counts);
    let started: u64 = startup.bins.iter().map(|bin| bin.sessions).sum();
    assert_eq!(started, experience.startups);
    assert_eq!(started + startup.never_started + startup.unknown, experience.attempts);
    assert_eq!(good.judged + good.early_exits + good.business_failures + good.starting, experience.sessions);
    let known: u64 = report.streams.renditions.renditions.iter().map(|rendition| rendition.played_ms).sum();
    assert_eq!(known + report.streams.renditions.unknown_ms, report.totals.watched_ms);
}

#[test]
fn a_slice_that_stalls_more_than_others_like_it_is_named_in_every_form() {
    let at = |secs: i64| Timestamp::from_millis(secs * 1000);
    let position = MediaTime::from_secs;
    // CDN b stalls for three times as long, on tv and web alike; who has no CDN is too few.
    let session = |number: i64| {
        let (cdn, device) = (["a", "b"][number as usize % 2], ["tv", "web"][number as usize / 2 % 2]);
        let stall = (1 + number / 4 % 3) * if cdn == "b" { 3 } else { 1 };
        let id = format!("s{number}");
        let session = Session::new(
            id.as_str(),
            "film",
            [
                Event::new(at(0), EventKind::Play).at(position(0)),
                Event::new(at(30), EventKind::BufferStart).at(position(30)),
                Event::new(at(30 + stall), EventKind::buffer_end()).at(position(30)),
                Event::new(at(60 + stall), EventKind::Pause).at(position(60)),
            ],
        );
        let session = session.with_viewer(id.as_str()).with_attribute("device", device);
        facts(&if number < 400 { session.with_attribute("cdn", cdn) } else { session })
    };
    let all: Vec<_> = (0..410).map(session).collect();
    let spec = ReportSpec { slices: parse_slices("cdn, device").unwrap(), ..ReportSpec::default() };
    let report = report(&spec, &all);
    let excess = report.streams.excess_stalls.as_ref().unwrap();
    let found: Vec<_> = excess.findings().map(|slice| (slice.dimension.as_str(), slice.value.as_deref())).collect();
    assert_eq!(found, [("cdn", Some("b"))]);
    assert_eq!((excess.small_values, excess.sessions), (1, 410));
    let relative = excess.findings().next().and_then(|slice| slice.comparison?.relative).unwrap();
    assert!((2.5..=3.1).contains(&relative), "{relative}");

    let text = report.to_text(TextOptions::default());
    assert!(text.contains("Excess stalls cdn b stalls "), "{text}");
    assert!(report.to_html().contains("<bdi>cdn b</bdi>"));
    let tables = report.to_csv();
    let slices = &tables.iter().find(|table| table.file_name == "slices.csv").unwrap().text;
    assert!(slices.lines().nth(1).unwrap().starts_with("cdn,b,,200,") && slices.contains(",true\n"), "{slices}");
}

#[test]
fn slices_that_make_no_sense_are_refused() {
    assert_eq!(parse_slices("cdn,day"), Err(Error::NoSlice { name: "day".into() }));
    assert_eq!(parse_slices("cdn,content,cdn"), Err(Error::SliceTwice { name: "cdn".into() }));
    assert_eq!(parse_slices("cdn,"), Err(audience_cohort::Error::EmptyName { text: "cdn,".into() }.into()));
}
