//! The page of one session.

use audience_core::test_util::various_sessions;
use audience_core::{
    Bitrate, Custom, EndReason, Event, EventKind, MediaTime, Object, PlayerError, Rate, Rendition, Request, Rules,
    Session, Timestamp, Vitals,
};
use audience_ingest::Catalog;
use audience_report::SessionReport;
use proptest::prelude::*;
use roxmltree::{Document, Node};

use crate::page::{check_page, without_code, words};

const BEGINNING: i64 = 1_700_000_000_000;

fn at(secs: f64) -> Timestamp {
    Timestamp::from_millis(BEGINNING + (secs * 1000.0) as i64)
}

fn secs(secs: u64) -> MediaTime {
    MediaTime::from_secs(secs)
}

fn quality(bps: u64) -> EventKind {
    let to = Rendition { bitrate: Bitrate::from_bps(bps), width: 1280, height: 720 };
    EventKind::QualityChange { from: None, to, reason: None }
}

fn error(fatal: bool, code: &str) -> EventKind {
    EventKind::Error(Box::new(PlayerError { code: Some(code.into()), message: None, fatal }))
}

/// A request for the piece of this number, each of four seconds.
fn request(number: u64) -> EventKind {
    let (start, length) = (Some(secs(number * 4)), Some(secs(4)));
    EventKind::Request(Box::new(Request { object: Object::Video, start, length, ..Request::default() }))
}

fn buffered(millis: u64) -> Vitals {
    Vitals { buffer: Some(MediaTime::from_millis(millis)), ..Vitals::default() }
}

/// A session in which everything happens.
fn eventful() -> Session {
    Session::new(
        "eventful",
        "film",
        [
            Event::new(at(0.0), EventKind::load_of(secs(600))),
            Event::new(at(5.0), EventKind::PlayRequest),
            Event::new(at(6.0), EventKind::AdStart(None)),
            Event::new(at(20.0), EventKind::BufferStart),
            Event::new(at(24.0), EventKind::buffer_end()),
            Event::new(at(30.0), EventKind::AdEnd),
            Event::new(at(31.5), EventKind::Play).at(secs(0)).with_vitals(buffered(4000)),
            Event::new(at(60.0), quality(3_000_000)),
            Event::new(at(91.5), EventKind::Heartbeat).at(secs(60)).with_vitals(buffered(20_000)),
            // Further on than playback could have brought it.
            Event::new(at(101.5), EventKind::Heartbeat).at(secs(200)),
            Event::new(at(111.5), EventKind::seek_from(secs(210))).at(secs(30)),
            Event::new(at(111.5), EventKind::BufferStart).at(secs(30)),
            Event::new(at(114.0), EventKind::buffer_end()).at(secs(30)),
            Event::new(at(150.0), EventKind::BufferStart).at(secs(66)),
            Event::new(at(165.0), EventKind::buffer_end()).at(secs(66)),
            Event::new(at(170.0), error(false, "W1")),
            Event::new(at(180.0), EventKind::Pause).at(secs(81)),
            Event::new(at(200.0), EventKind::Play).at(secs(81)),
            Event::new(at(300.0), EventKind::end(EndReason::Ended)).at(secs(181)),
            Event::new(at(310.0), EventKind::Heartbeat),
        ],
    )
}

fn page_of(sessions: impl IntoIterator<Item = Session>) -> String {
    SessionReport::new(sessions, &Catalog::new(), &Rules::default(), None).to_html()
}

/// How many elements of this name have this class.
fn count(page: &str, name: &str, class: &str) -> usize {
    let text = without_code(page);
    let options = roxmltree::ParsingOptions { allow_dtd: true, ..roxmltree::ParsingOptions::default() };
    let document = Document::parse_with_options(&text, options).unwrap();
    let found = |node: &Node| node.tag_name().name() == name && node.attribute("class") == Some(class);
    document.descendants().filter(found).count()
}

#[test]
fn the_words_of_the_page() {
    insta::assert_snapshot!(words(&page_of([eventful()])));
}

#[test]
fn every_state_has_a_block_and_a_word() {
    let mut failing = eventful().events().to_vec();
    failing.truncate(failing.len() - 2);
    failing.push(Event::new(at(320.0), error(true, "E2")));
    failing.push(Event::new(at(330.0), EventKind::Heartbeat));
    let pages = [page_of([eventful()]), page_of([Session::new("failing", "film", failing)])];
    for (class, word) in [
        ("idle", "idle"),
        ("starting", "starting up"),
        ("playing", "playing"),
        ("paused", "paused"),
        ("seeking", "waiting after a seek"),
        ("stalled", "stalled"),
        ("ad", "in an advertisement"),
        ("adwait", "waiting in an advertisement"),
        ("ended", "ended"),
        ("failed", "failed"),
    ] {
        let class = format!("state {class}");
        // In the lane and in the legend.
        let page = pages.iter().find(|page| count(page, "rect", &class) >= 2);
        let page = page.unwrap_or_else(|| panic!("{word} is not drawn"));
        assert!(check_page(page).contains(word), "{word}");
    }
}

#[test]
fn seeks_that_were_inferred_are_told_from_reported_ones() {
    let page = page_of([eventful()]);
    // In the legend, in the lane and where they landed.
    assert_eq!((count(&page, "circle", "seek"), count(&page, "circle", "seek inferred")), (3, 3));
    assert_eq!((count(&page, "path", "jump"), count(&page, "path", "jump inferred")), (1, 1));
    let text = check_page(&page);
    assert!(text.contains("seek (inferred)") && text.contains("dashed and hollow where inferred"));
    assert_eq!(count(&page, "circle", "wrong"), 2, "the error, and what it stands for");
}

#[test]
fn the_playhead_is_where_it_was() {
    // Up to half of a minute in half of the time, there for a quarter, and back.
    let page = page_of([Session::new(
        "s",
        "clip",
        [
            Event::new(at(0.0), EventKind::Play).at(secs(0)),
            Event::new(at(30.0), EventKind::Pause).at(secs(30)),
            Event::new(at(45.0), EventKind::seek_from(secs(30))).at(secs(0)),
            Event::new(at(45.0), EventKind::Play).at(secs(0)),
            Event::new(at(60.0), EventKind::Pause).at(secs(15)),
        ],
    )]);
    check_page(&page);
    assert!(page.contains("<path class=\"curve\" d=\"M0 1000L500 0L750 0M750 1000L1000 500\" />"), "{page}");
    assert!(page.contains("<path class=\"jump\" d=\"M750 1000L750 0\" />"));
    // The first half of what was played was played twice.
    assert!(page.contains("<path class=\"played\" d=\"M0 1000V0h500V1000zM500 1000V500h500V1000z\" />"));
}

#[test]
fn sessions_of_little_have_whole_pages() {
    for session in various_sessions() {
        check_page(&page_of([session]));
    }
    let one = |kind: EventKind| Session::new("s", "film", [Event::new(at(0.0), kind)]);
    let text = check_page(&page_of([one(EventKind::Play)]));
    assert!(text.contains("All its events are of one moment") && text.contains("1 event over 0:00.000"));
    let text = check_page(&page_of([Session::new("s", "", [])]));
    assert!(text.contains("(no content id)") && text.contains("No score: nothing was played."));
    assert!(check_page(&page_of([])).contains("There is no such session."));

    let left = [Event::new(at(0.0), EventKind::PlayRequest), Event::new(at(3.0), EventKind::end(EndReason::Abandoned))];
    let text = check_page(&page_of([Session::new("s", "film", left)]));
    assert!(text.contains("no first frame in 0:03.000") && text.contains("nothing says where in the content it was"));
}

#[test]
fn what_is_inferred_from_requests_alone_says_so() {
    let asked = |number: u64| Event::new(at(number as f64 * 4.0), request(number)).with_vitals(buffered(4000));
    let page = page_of([Session::new("s", "film", (0..10).map(asked))]);
    let text = check_page(&page);
    assert!(text.contains("Inferred from requests alone: played"), "{text}");
    assert!(count(&page, "rect", "state playing") > 0 && page.contains("<path class=\"played\""));
}

#[test]
fn live_streams_are_drawn_where_they_were() {
    let live = EventKind::Load { url: None, duration: None, is_live: true };
    let day = 1_000_000;
    let events = [
        Event::new(at(0.0), live),
        Event::new(at(1.0), EventKind::Play).at(secs(day)),
        Event::new(at(61.0), EventKind::Pause).at(secs(day + 60)),
    ];
    let page = page_of([Session::new("s", "channel", events)]);
    let text = check_page(&page);
    assert!(text.contains("live") && text.contains("its length is not known"));
    assert!(page.contains("<path class=\"played\" d=\"M0 1000V0h1000V1000z\" />"), "all of what is shown was watched");
}

#[test]
fn each_title_has_a_section() {
    let view = |title: &str| Session::new("s", title, eventful().events().iter().cloned());
    let page = page_of([view("one"), view("two")]);
    let text = check_page(&page);
    assert_eq!(page.matches("<section").count(), 2);
    assert!(page.contains("href=\"#t1\"") && text.contains("one") && text.contains("two"));
}

#[test]
fn what_telemetry_says_stays_text() {
    for hostile in ["<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "</title></style>", "\u{202e}x"] {
        let failed = PlayerError { code: Some(hostile.into()), message: Some(hostile.into()), fatal: true };
        let events = [
            Event::new(at(0.0), EventKind::Play).at(secs(0)),
            Event::new(at(1.0), EventKind::Custom(Box::new(Custom { name: hostile.into(), ..Custom::default() }))),
            Event::new(at(2.0), EventKind::Error(Box::new(failed))),
        ];
        let session = Session::new(hostile, hostile, events).with_viewer(hostile).with_attribute(hostile, hostile);
        let catalog = serde_json::json!([{"content_id": hostile, "title": hostile}]).to_string();
        let catalog = Catalog::parse(&catalog, "catalog.json".as_ref()).unwrap();
        let page = SessionReport::new([session], &catalog, &Rules::default(), None).to_html();
        assert!(!page.contains("<img") && !page.contains("<script>alert"), "{hostile}");
        assert!(check_page(&page).matches(hostile).count() >= 8, "{hostile:?} is shown as it is");
    }
}

#[test]
fn a_long_restless_session_has_a_page_of_less_than_a_megabyte() {
    let mut events = vec![Event::new(at(0.0), EventKind::load_of(secs(20_000)))];
    let mut now = 0.0;
    for n in 0..20_000_u64 {
        let position = secs(n * 7919 % 20_000);
        now += 0.3;
        events.push(match n % 5 {
            0 => Event::new(at(now), EventKind::Play).at(position),
            1 => Event::new(at(now), EventKind::BufferStart),
            2 => Event::new(at(now), EventKind::buffer_end()),
            3 => Event::new(at(now), quality(n * 1000)),
            _ => Event::new(at(now), EventKind::Pause).at(position).with_vitals(buffered(n)),
        });
    }
    let page = page_of([Session::new("s", "film", events)]);
    let text = check_page(&page);
    assert!(text.contains("of the width apart are drawn as one") && text.contains("the text form has them all"));
    assert!(page.len() < 1_000_000, "{} bytes", page.len());
}

#[test]
fn it_says_what_the_text_says() {
    let report = SessionReport::new([eventful()], &Catalog::new(), &Rules::default(), None);
    let page = check_page(&report.to_html());
    let mut options = audience_report::TextOptions::default();
    options.width = 1000;
    let text = anstream::adapter::strip_str(&report.to_text(options)).to_string();
    let felt = text[text.find("  watched").unwrap()..].lines().filter(|line| !line.is_empty());
    // The last two rows, the scores, are tables on the page.
    let rows: Vec<&str> = felt.filter(|line| line.starts_with("  ")).collect();
    for row in &rows[..rows.len() - 2] {
        assert!(page.contains(row[11..].trim()), "the page does not say {row}");
    }
    for said in ["error W1", "quality 3000 kbit/s, 1280x720", "load, 10:00.000 long", "end: ended"] {
        assert!(text.contains(said) && page.contains(said), "{said}");
    }
}

/// Events of any kind at any time.
fn any_event() -> impl Strategy<Value = Event> {
    let kinds = prop_oneof![
        Just(EventKind::load()),
        Just(EventKind::load_of(secs(100))),
        Just(EventKind::PlayRequest),
        Just(EventKind::Play),
        Just(EventKind::Pause),
        Just(EventKind::BufferStart),
        Just(EventKind::buffer_end()),
        Just(EventKind::Seek { from: None }),
        Just(EventKind::seek_from(secs(40))),
        Just(EventKind::AdStart(None)),
        Just(EventKind::AdEnd),
        Just(EventKind::RateChange { rate: Rate::new(2.0).unwrap() }),
        Just(EventKind::end(EndReason::Ended)),
        (0..10_000_000_u64).prop_map(quality),
        any::<bool>().prop_map(|fatal| error(fatal, "E")),
        Just(EventKind::Heartbeat),
        (0..100_u64).prop_map(request),
    ];
    let time = prop_oneof![9 => 0..200_000_i64, 1 => any::<i64>()];
    let position = prop_oneof![5 => 0..200_000_u64, 1 => any::<u64>()].prop_map(MediaTime::from_millis);
    let vitals = proptest::option::of(prop_oneof![4 => 0..20_000_u64, 1 => any::<u64>()].prop_map(buffered));
    (time, kinds, proptest::option::of(position), vitals).prop_map(|(time, kind, position, vitals)| {
        let event = Event { position, ..Event::new(Timestamp::from_millis(time), kind) };
        vitals.map_or(event.clone(), |vitals| event.with_vitals(vitals))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_happened_the_page_is_whole(events in proptest::collection::vec(any_event(), 0..60)) {
        check_page(&page_of([Session::new("s", "film", events)]));
    }
}
