//! The canonical wire format.

use audience_core::{
    Ad, Bitrate, CacheResult, Custom, Elapsed, EndReason, Envelope, Event, EventKind, Field, Fields, Finite, MediaTime,
    Object, PlayerError, PlayerState, QualityReason, Rate, Rendition, Request, Timestamp, Vitals, Word,
};

fn envelope(kind: EventKind) -> Envelope {
    Envelope {
        session_id: "s1".into(),
        viewer_id: Some("v1".into()),
        content_id: Some("c1".into()),
        event: Event::new(Timestamp::from_millis(1_767_225_600_000), kind),
        attributes: vec![("device".into(), "tv".into())],
    }
}

fn one_of_each() -> Vec<EventKind> {
    let to = Rendition { bitrate: Bitrate::from_bps(4_300_000), width: 1920, height: 1080 };
    vec![
        EventKind::Load {
            url: Some(Word::from("https://example.com/a")),
            duration: Some(MediaTime::from_secs(60)),
            is_live: true,
        },
        EventKind::load(),
        EventKind::PlayRequest,
        EventKind::Play,
        EventKind::Pause,
        EventKind::Seek { from: Some(MediaTime::from_secs(5)) },
        EventKind::BufferStart,
        EventKind::BufferEnd { reported: Some(Elapsed::from_millis(250)) },
        EventKind::QualityChange { from: Bitrate::from_bps(1), to, reason: Some(QualityReason::Abr) },
        EventKind::RateChange { rate: Rate::new(1.25).unwrap() },
        EventKind::Heartbeat,
        EventKind::StateChange { from: Some(PlayerState::Loading), to: PlayerState::Seeking },
        EventKind::Error(Box::new(PlayerError { code: Some("E1".into()), message: Some("no".into()), fatal: true })),
        EventKind::AdStart(Some(Box::new(Ad { id: Some("a1".into()), slot: Some("preroll".into()) }))),
        EventKind::AdStart(None),
        EventKind::AdEnd,
        EventKind::end(EndReason::Ended),
        EventKind::end(EndReason::from("nap")),
        EventKind::Request(Box::default()),
        EventKind::Request(Box::new(Request {
            object: Object::Video,
            url: Some(Word::from("/a.m4s")),
            start: Some(MediaTime::from_secs(4)),
            length: Some(MediaTime::from_secs(2)),
            starved: true,
            urgent: true,
            status: Some(206),
            elapsed: Some(Elapsed::from_millis(30)),
            bytes: Some(1 << 40),
            aborted: true,
            time_error: Elapsed::from_millis(500),
            first_byte: Some(Elapsed::from_millis(9)),
            cache: Some(CacheResult::Refreshed),
        })),
        EventKind::Custom(Box::new(Custom {
            name: "conversion".into(),
            value: Some(Finite::new(9.5).unwrap()),
            data: Some("{\"plan\":\"x\"}".into()),
        })),
    ]
}

#[test]
fn every_kind_survives_being_written_and_read() {
    for kind in one_of_each() {
        let mut written = envelope(kind);
        written.event = written.event.numbered(7).from_source("web").at(MediaTime::from_millis(1234));
        let json = serde_json::to_string(&written).unwrap();
        assert_eq!(serde_json::from_str::<Envelope>(&json).unwrap(), written, "{json}");
        let bytes = postcard::to_allocvec(&written.event).unwrap();
        assert_eq!(postcard::from_bytes::<Event>(&bytes).unwrap(), written.event, "{json}");
    }
}

#[test]
fn what_a_player_says_in_passing_survives_too() {
    let vitals = Vitals {
        state: Some(PlayerState::Playing),
        rate: Some(Rate::new(2.0).unwrap()),
        bitrate: Bitrate::from_bps(800_000),
        buffer: Some(MediaTime::from_millis(4200)),
        duration: Some(MediaTime::from_secs(60)),
        dropped_frames: Some(3),
        decoded_frames: Some(900),
        watched: Some(Elapsed::from_secs(9)),
        live_latency: Some(Elapsed::from_millis(4200)),
    };
    let mut written = envelope(EventKind::Heartbeat);
    written.event = written.event.with_vitals(vitals);
    let json = serde_json::to_string(&written).unwrap();
    insta::assert_snapshot!(json, @r#"{"session_id":"s1","viewer_id":"v1","content_id":"c1","ts":1767225600000,"type":"heartbeat","duration_ms":60000,"bitrate_bps":800000,"rate":2.0,"buffer_ms":4200,"dropped_frames":3,"decoded_frames":900,"live_latency_ms":4200,"state":"playing","watch_ms":9000,"device":"tv"}"#);
    assert_eq!(serde_json::from_str::<Envelope>(&json).unwrap(), written);
}

#[test]
fn unknown_types_are_kept_as_custom_events() {
    let line = r#"{"session_id":"s1","ts":0,"type":"like","value":1}"#;
    let read: Envelope = serde_json::from_str(line).unwrap();
    assert!(matches!(&read.event.kind, EventKind::Custom(custom) if &*custom.name == "like"));
    assert_eq!(read.content_id, None);
}

#[test]
fn errors_name_the_field() {
    let error = |line: &str| serde_json::from_str::<Envelope>(line).unwrap_err().to_string();
    insta::assert_snapshot!(error(r#"{"ts":0,"type":"play"}"#), @"read a telemetry event without session_id");
    insta::assert_snapshot!(error(r#"{"session_id":"s","type":"play"}"#), @"read a telemetry event without ts");
    insta::assert_snapshot!(error(r#"{"session_id":"s","ts":0,"type":"rate_change"}"#), @"read a rate_change event without rate");
    insta::assert_snapshot!(error(r#"{"session_id":"s","ts":0,"type":"rate_change","rate":-2}"#), @"use the playback rate -2: it is not between 0 and 100");
    insta::assert_snapshot!(error(r#"{"session_id":"s","ts":0,"type":"state_change","state":"asleep"}"#), @r#"read state: "asleep" is not one of idle loading seeking buffering playing paused ended error"#);
    insta::assert_snapshot!(error(r#"{"session_id":"s","ts":0,"type":"custom"}"#), @"read a custom event without name");
}

#[test]
fn every_key_is_found_by_its_name() {
    for field in Field::ALL {
        assert_eq!(Field::from_name(field.name()), Some(*field));
    }
    assert_eq!(Field::from_name("Session_id"), None);
}

#[test]
fn fields_that_an_event_has_no_use_for_are_named() {
    let fields = Fields { url: Some("x".into()), from_ms: Some(3), reason: Some("ended".into()), ..Fields::default() };
    let unused = |kind: EventKind| fields.unused(&kind).map(Field::name).collect::<Vec<_>>();
    assert_eq!(unused(EventKind::Play), ["from_ms", "url", "reason"]);
    assert_eq!(unused(EventKind::Seek { from: None }), ["url", "reason"]);
    assert_eq!(unused(EventKind::end(EndReason::Ended)), ["from_ms", "url"]);
}

#[test]
fn other_keys_are_attributes_if_they_are_scalars() {
    let line = r#"{"session_id":"s","ts":0,"type":"play","a":18446744073709551615,"b":-7,"c":2.5,"d":true,"e":null,"f":[1],"g":{"h":1}}"#;
    let read: Envelope = serde_json::from_str(line).unwrap();
    let attributes: Vec<(&str, &str)> = read.attributes.iter().map(|(name, value)| (&**name, &**value)).collect();
    assert_eq!(attributes, [("a", "18446744073709551615"), ("b", "-7"), ("c", "2.5"), ("d", "true")]);
}

#[test]
fn an_attribute_does_not_take_the_place_of_a_field() {
    let mut written = envelope(EventKind::Play);
    written.attributes = vec![("ts".into(), "soon".into()), ("device".into(), "tv".into())];
    let json = serde_json::to_string(&written).unwrap();
    let read: Envelope = serde_json::from_str(&json).unwrap();
    assert_eq!((read.event.ts, read.attributes.len()), (written.event.ts, 1));
}

#[test]
fn numbers_survive_to_the_last_digit() {
    for value in [0.1 + 0.2, 1.0 / 3.0, 5e-324, f64::MAX, 123_456.789_012_345_67] {
        let custom = Custom { name: "x".into(), value: Finite::new(value).ok(), data: None };
        let written = envelope(EventKind::Custom(Box::new(custom)));
        let json = serde_json::to_string(&written).unwrap();
        assert_eq!(serde_json::from_str::<Envelope>(&json).unwrap(), written, "{json}");
    }
}

fn line(envelope: &Envelope) -> String {
    let mut out = b"before".to_vec();
    envelope.write_line(&mut out);
    String::from_utf8(out).unwrap().strip_prefix("before").unwrap().to_owned()
}

#[test]
fn a_line_is_the_text_that_serde_writes() {
    for kind in one_of_each() {
        let mut written = envelope(kind);
        written.event = written.event.numbered(u64::MAX - 1).from_source("web").at(MediaTime::ZERO);
        written.event.vitals = Some(Box::new(Vitals { dropped_frames: Some(0), ..Vitals::default() }));
        assert_eq!(line(&written), format!("{}\n", serde_json::to_string(&written).unwrap()));
    }
}

proptest::proptest! {
    #[test]
    fn a_line_is_what_serde_writes_whatever_the_texts_and_numbers(
        texts in proptest::collection::vec("(?s).*", 4),
        ts: i64,
        value in proptest::num::f64::NORMAL | proptest::num::f64::ZERO | proptest::num::f64::SUBNORMAL,
    ) {
        let custom = Custom {
            name: texts[0].as_str().into(),
            value: Some(Finite::new(value).unwrap()),
            data: Some(texts[1].as_str().into()),
        };
        let mut written = envelope(EventKind::Custom(Box::new(custom)));
        written.event.ts = Timestamp::from_millis(ts);
        written.session_id = texts[2].as_str().into();
        written.attributes = vec![
            ("z".into(), texts[3].as_str().into()),
            (texts[3].as_str().into(), "\u{0}\u{1f}\u{7f}\"\\/\u{2028}".into()),
            ("ts".into(), "no field".into()),
        ];
        let (line, json) = (line(&written), serde_json::to_string(&written).unwrap());
        // Numbers may be written in several ways; all else is the same.
        let number = |text: &str| text.find("\"value\":").map(|at| text[at + 8..].split(',').next().unwrap().to_owned());
        let (ours, theirs) = (number(&line).unwrap(), number(&json).unwrap());
        proptest::prop_assert_eq!(ours.parse::<f64>().unwrap(), value);
        let same = line.replacen(&format!("\"value\":{ours}"), &format!("\"value\":{theirs}"), 1);
        proptest::prop_assert_eq!(same, format!("{json}\n"));
    }
}
