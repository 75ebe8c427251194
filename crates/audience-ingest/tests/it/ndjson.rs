//! Canonical events.

use audience_core::{
    Ad, Bitrate, Custom, Elapsed, EndReason, EventKind, Finite, MediaTime, PlayerError, PlayerState, QualityReason,
    Rate, Rendition, Timestamp, Vitals, Word,
};
use audience_ingest::{Ignored, Repair};

use crate::{events, facts, quality, read, rejection};

/// A line with these fields besides the ids and the time.
fn line(fields: &str) -> String {
    format!(r#"{{"session_id":"s","content_id":"c","ts":1000,{fields}}}"#)
}

fn kind(fields: &str) -> EventKind {
    events(line(fields)).remove(0).kind
}

fn vitals(fields: &str) -> Vitals {
    events(line(fields)).remove(0).vitals.map(|vitals| *vitals).unwrap_or_default()
}

#[test]
fn every_type_is_read() {
    let secs = MediaTime::from_secs;
    assert_eq!(
        kind(r#""type":"load","url":"u","duration_ms":60000,"is_live":true"#),
        EventKind::Load { url: Some(Word::from("u")), duration: Some(secs(60)), is_live: true }
    );
    assert_eq!(kind(r#""type":"play_request""#), EventKind::PlayRequest);
    assert_eq!(kind(r#""type":"play""#), EventKind::Play);
    assert_eq!(kind(r#""type":"pause""#), EventKind::Pause);
    assert_eq!(kind(r#""type":"seek","from_ms":5000"#), EventKind::seek_from(secs(5)));
    assert_eq!(kind(r#""type":"buffer_start""#), EventKind::BufferStart);
    assert_eq!(
        kind(r#""type":"buffer_end","duration_ms":250"#),
        EventKind::BufferEnd { reported: Some(Elapsed::from_millis(250)) }
    );
    assert_eq!(
        kind(
            r#""type":"quality_change","from_bitrate_bps":1,"bitrate_bps":2000,"width":640,"height":360,"reason":"abr""#
        ),
        EventKind::QualityChange {
            from: Bitrate::from_bps(1),
            to: Rendition { bitrate: Bitrate::from_bps(2000), width: 640, height: 360 },
            reason: Some(QualityReason::Abr),
        }
    );
    assert_eq!(kind(r#""type":"rate_change","rate":1.5"#), EventKind::RateChange { rate: Rate::new(1.5).unwrap() });
    assert_eq!(kind(r#""type":"heartbeat""#), EventKind::Heartbeat);
    assert_eq!(
        kind(r#""type":"state_change","state":"paused","from_state":"playing""#),
        EventKind::StateChange { from: Some(PlayerState::Playing), to: PlayerState::Paused }
    );
    let error = PlayerError { code: Some("E".into()), message: Some("m".into()), fatal: true };
    assert_eq!(kind(r#""type":"error","code":"E","message":"m","fatal":true"#), EventKind::Error(Box::new(error)));
    let ad = Ad { id: Some("a".into()), slot: Some("pre".into()) };
    assert_eq!(kind(r#""type":"ad_start","ad_id":"a","slot":"pre""#), EventKind::AdStart(Some(Box::new(ad))));
    assert_eq!(kind(r#""type":"ad_end""#), EventKind::AdEnd);
    assert_eq!(kind(r#""type":"end","reason":"ended""#), EventKind::end(EndReason::Ended));
    let custom = Custom { name: "click".into(), value: Finite::new(2.5).ok(), data: Some(r#"{"x":[1]}"#.into()) };
    assert_eq!(
        kind(r#""type":"custom","name":"click","value":2.5,"data":{"x":[1]}"#),
        EventKind::Custom(Box::new(custom))
    );
}

#[test]
fn what_the_player_says_in_passing_is_read() {
    let expected = Vitals {
        state: Some(PlayerState::Playing),
        rate: Some(Rate::new(2.0).unwrap()),
        bitrate: Bitrate::from_bps(800),
        buffer: Some(MediaTime::from_millis(900)),
        duration: Some(MediaTime::from_secs(60)),
        dropped_frames: Some(1),
        decoded_frames: Some(2),
        watched: Some(Elapsed::from_millis(3)),
        live_latency: Some(Elapsed::from_millis(4)),
    };
    let fields = r#""type":"heartbeat","state":"playing","rate":2,"bitrate_bps":800,"buffer_ms":900,"duration_ms":60000,"dropped_frames":1,"decoded_frames":2,"watch_ms":3,"live_latency_ms":4"#;
    assert_eq!(vitals(fields), expected);
}

#[test]
fn an_unknown_type_is_a_custom_event_of_that_name_and_listed() {
    let text = line(r#""type":"like","value":3"#);
    assert_eq!(
        kind(r#""type":"like","value":3"#),
        EventKind::Custom(Box::new(Custom { name: "like".into(), value: Finite::new(3.0).ok(), data: None }))
    );
    assert_eq!(quality(text).custom_types.into_iter().collect::<Vec<_>>(), [("like".into(), 1)]);
}

#[test]
fn other_scalars_are_attributes_and_the_last_value_wins() {
    let text = [
        r#"{"session_id":"s","ts":2,"type":"play","device":"web","beta":true,"app":3}"#,
        r#"{"session_id":"s","ts":1,"type":"load","device":"tv","score":0.5,"nothing":null,"nested":{"a":[1,{}]}}"#,
    ]
    .join("\n");
    let sessions = read(&text);
    let facts = facts(&sessions).remove(0);
    let attributes: Vec<_> = facts.identity.attributes.iter().collect();
    assert_eq!(attributes, [("app", "3"), ("beta", "true"), ("device", "web"), ("score", "0.5")]);
    let quality = sessions.quality();
    assert_eq!(quality.attributes["device"], 2);
    assert_eq!(quality.attributes.get("nothing"), None);
    assert_eq!(quality.nested_values, 1);
}

#[test]
fn a_typo_shows_as_an_attribute() {
    let quality = quality(line(r#""type":"play","postion_ms":7"#));
    assert_eq!(quality.attributes.keys().map(AsRef::as_ref).collect::<Vec<&str>>(), ["postion_ms"]);
}

#[test]
fn names_past_the_most_are_counted_and_dropped() {
    let fields: Vec<String> = (0..70).map(|n| format!(r#""a{n:02}":1"#)).collect();
    let sessions = read(line(&format!(r#""type":"play",{}"#, fields.join(","))));
    assert_eq!(facts(&sessions)[0].identity.attributes.len(), 64);
    assert_eq!(sessions.quality().further_attributes, 6);
}

#[test]
fn fields_that_an_event_has_no_use_for_are_counted() {
    let quality = quality(line(r#""type":"play","from_ms":5,"reason":"x""#));
    assert_eq!(quality.unused_fields.into_iter().collect::<Vec<_>>(), [("from_ms", 1), ("reason", 1)]);
}

/// The repairs that reading this line takes.
fn repairs(fields: &str) -> Vec<(String, Repair)> {
    let quality = quality(line(fields));
    assert_eq!((quality.events, quality.rejected()), (1, 0), "{fields}");
    quality.repairs.into_keys().map(|(field, repair)| (field.into_owned(), repair)).collect()
}

#[test]
fn what_can_be_repaired_is_and_is_counted() {
    assert_eq!(repairs(r#""type":"play","position_ms":"1500""#), [("position_ms".to_owned(), Repair::Retyped)]);
    assert_eq!(repairs(r#""type":"play","position_ms":1500.4"#), [("position_ms".to_owned(), Repair::Rounded)]);
    assert_eq!(
        repairs(r#""type":"play","position_ms":"1500.4""#),
        [("position_ms".to_owned(), Repair::Retyped), ("position_ms".to_owned(), Repair::Rounded)]
    );
    assert_eq!(repairs(r#""type":"play","position_ms":1500.0"#), [], "a whole number written as a fraction");
    assert_eq!(repairs(r#""type":"play","position_ms":-3"#), [("position_ms".to_owned(), Repair::Dropped)]);
    assert_eq!(repairs(r#""type":"play","position_ms":1e300"#), [("position_ms".to_owned(), Repair::Dropped)]);
    assert_eq!(
        repairs(r#""type":"play","position_ms":18446744073709551616"#),
        [("position_ms".to_owned(), Repair::Dropped)]
    );
    assert_eq!(repairs(r#""type":"play","position_ms":[1]"#), [("position_ms".to_owned(), Repair::Dropped)]);
    assert_eq!(repairs(r#""type":"play","seq":true"#), [("seq".to_owned(), Repair::Dropped)]);
    assert_eq!(repairs(r#""type":"load","is_live":"TRUE""#), [("is_live".to_owned(), Repair::Retyped)]);
    assert_eq!(repairs(r#""type":"load","is_live":2"#), [("is_live".to_owned(), Repair::Dropped)]);
    assert_eq!(repairs(r#""type":"heartbeat","rate":-1"#), [("rate".to_owned(), Repair::Dropped)]);
    assert_eq!(repairs(r#""type":"heartbeat","state":"asleep""#), [("state".to_owned(), Repair::Dropped)]);
    assert_eq!(
        repairs(r#""type":"request","cache_result":"lukewarm","object":"x""#),
        [("cache_result".to_owned(), Repair::Dropped), ("object".to_owned(), Repair::Dropped)]
    );
    assert_eq!(
        repairs(r#""type":"state_change","state":"paused","from_state":"asleep""#),
        [("from_state".to_owned(), Repair::Dropped)]
    );
    assert_eq!(repairs(r#""type":"quality_change","reason":"mood""#), [("reason".to_owned(), Repair::Dropped)]);
    assert_eq!(repairs(r#""type":"play","seq":1,"seq":2"#), [("seq".to_owned(), Repair::Repeated)]);
}

#[test]
fn repaired_values_are_the_ones_meant() {
    let position = |value: &str| {
        events(line(&format!(r#""type":"play","position_ms":{value}"#)))[0].position.map(MediaTime::as_millis)
    };
    assert_eq!(position("1500.5"), Some(1501));
    assert_eq!(position("\" 1500 \""), Some(1500));
    assert_eq!(position("-0.2"), Some(0));
    assert_eq!(position("null"), None);
    assert_eq!(position("18446744073709551615"), Some(u64::MAX - 1), "the largest there is");
    let repeated = events(line(r#""type":"play","seq":1,"seq":2"#));
    assert_eq!(repeated[0].seq.unwrap().get(), 2);
}

#[test]
fn what_cannot_be_used_is_rejected_and_the_reason_names_field_and_value() {
    insta::assert_snapshot!(rejection("oops"), @"1: not a JSON object: expected value at column 1");
    insta::assert_snapshot!(rejection("[1]"), @"1: not a JSON object: invalid type: sequence, expected a JSON object");
    insta::assert_snapshot!(rejection(r#"{"session_id":"s","ts":1"#), @"1: not a JSON object: EOF while parsing an object at column 24");
    insta::assert_snapshot!(rejection(r#"{"session_id":"s","ts":1,"type":"play"} x"#), @"1: not a JSON object: trailing characters at column 41");
    insta::assert_snapshot!(rejection(r#"{"ts":1,"type":"play"}"#), @"1: session_id is missing");
    insta::assert_snapshot!(rejection(r#"{"session_id":"s","type":"play"}"#), @"1: ts is missing");
    insta::assert_snapshot!(rejection(r#"{"session_id":"s","ts":1}"#), @"1: type is missing");
    insta::assert_snapshot!(rejection(r#"{"session_id":"","ts":1,"type":"play"}"#), @r#"1: session_id is "", which is not a name"#);
    insta::assert_snapshot!(rejection(r#"{"session_id":"s","ts":1,"type":7}"#), @"1: type is 7, which is not text");
    insta::assert_snapshot!(rejection(r#"{"session_id":"s","ts":"soon","type":"play"}"#), @r#"1: ts is "soon", which is not a time in milliseconds since 1970"#);
    insta::assert_snapshot!(rejection(r#"{"session_id":"s","ts":1e40,"type":"play"}"#), @"1: ts is 10000000000000000000000000000000000000000, which is not a time in milliseconds since 1970");
    insta::assert_snapshot!(rejection(r#"{"session_id":"s","ts":1,"type":"rate_change"}"#), @"1: rate is missing");
    insta::assert_snapshot!(rejection(r#"{"session_id":"s","ts":1,"type":"rate_change","rate":900}"#), @"1: rate is 900, which is not between 0 and 100");
    insta::assert_snapshot!(rejection(r#"{"session_id":"s","ts":1,"type":"state_change","state":"asleep"}"#), @"1: state is asleep, which is not one of idle loading seeking buffering playing paused ended error");
    insta::assert_snapshot!(rejection(r#"{"session_id":"s","ts":1,"type":"custom"}"#), @"1: name is missing");
    insta::assert_snapshot!(rejection(r#"{"schema":9,"session_id":"s","ts":1,"type":"play"}"#), @"1: schema 9 is not known: this program reads schema 1");
}

#[test]
fn ids_may_be_numbers() {
    let facts = facts(&read(r#"{"session_id":17,"viewer_id":4,"content_id":-3,"ts":1,"type":"play"}"#)).remove(0);
    assert_eq!(facts.identity.session_id.as_str(), "17");
    assert_eq!(facts.identity.viewer_id.as_ref().unwrap().as_str(), "4");
    assert_eq!(facts.identity.content_id.as_str(), "-3");
}

#[test]
fn escapes_are_undone_in_keys_and_values() {
    let facts = facts(&read(r#"{"session\u005fid":"s\n1","content_id":"\u00e9","ts":1,"type":"pl\u0061y"}"#)).remove(0);
    assert_eq!(facts.identity.session_id.as_str(), "s\n1");
    assert_eq!(facts.identity.content_id.as_str(), "é");
    assert!(facts.started());
}

#[test]
fn times_before_1970_and_as_text_are_times() {
    let ts = |value: &str| events(format!(r#"{{"session_id":"s","ts":{value},"type":"play"}}"#))[0].ts;
    assert_eq!(ts("-5"), Timestamp::from_millis(-5));
    assert_eq!(ts("\"1767225600000\""), Timestamp::from_millis(1_767_225_600_000));
    assert_eq!(ts("1767225600000.6"), Timestamp::from_millis(1_767_225_600_001));
}

#[test]
fn blank_lines_and_carriage_returns_are_no_matter() {
    let text = format!("\r\n{}\r\n   \n\n{}", line(r#""type":"play""#), line(r#""type":"pause","seq":2"#));
    let quality = quality(&text);
    assert_eq!((quality.lines, quality.events, quality.rejected()), (5, 2, 0));
    assert_eq!(quality.ignored[&Ignored::Blank], 3);
}

/// Lines are understood in two ways: those without anything unusual at once, all others by a JSON parser. An escaped letter
/// is unusual.
#[test]
fn a_line_means_the_same_however_it_is_written() {
    let lines = [
        r#"{"session_id":"s","viewer_id":"v","content_id":"c","ts":1000,"seq":1,"type":"load","duration_ms":60000,"device":"tv"}"#,
        r#"{"session_id":"s","content_id":"c","ts":1500,"seq":2,"type":"play","position_ms":0,"source":"","event_id":"e","n":1.50}"#,
        r#"{"session_id":"s","content_id":"c","ts":2000,"seq":3,"type":"heartbeat","position_ms":500,"rate":1.0,"buffer_ms":9,"x":null}"#,
        r#"{"session_id":"s","content_id":"c","ts":2500,"seq":4,"type":"swipe","value":2,"data":"d","fatal":true,"y":true,"z":17}"#,
        r#"{"session_id":"s","content_id":"c","ts":3000,"seq":5,"type":"end","reason":"bored","width":99999999999,"code":7}"#,
        r#"{"session_id":"s","content_id":"c","ts":"3500","seq":6.0,"type":"pause","position_ms":1.4,"is_live":"true"}"#,
        r#"{"session_id":12,"content_id":"c","ts":4000.9,"type":"pause","state":"asleep","rate":1000}"#,
        r#"{"session_id":"s","content_id":"c","ts":5000,"type":"pause","schema":2}"#,
        r#"{"session_id":"s","content_id":"c","ts":999999999999999999,"type":"pause"}"#,
        r#"{"session_id":"s","content_id":"c","ts":5000,"type":"rate_change"}"#,
        r#"{"session_id":"","content_id":"","ts":5000,"type":""}"#,
        r#"{"content_id":"c","ts":5000,"type":"play"}"#,
    ];
    for line in lines {
        let escaped = line.replacen(r#""content_id""#, r#""\u0063ontent_id""#, 1);
        assert_ne!(line, escaped);
        let (plain, other) = (read(line), read(&escaped));
        assert_eq!(plain.to_vec().unwrap(), other.to_vec().unwrap(), "{line}");
        let counts = |quality: &audience_ingest::Quality| {
            let mut quality = quality.clone();
            quality.bytes = 0;
            for example in &mut quality.examples {
                (example.file, example.text) = ("".into(), "".into());
            }
            quality
        };
        assert_eq!(counts(plain.quality()), counts(other.quality()), "{line}");
    }
}
