//! Bodies as kino's beacon posts them, read back by the reader of kino's records.

use audience_core::{
    Bitrate, Custom, Elapsed, EndReason, Envelope, Event, EventKind, Finite, MediaTime, PlayerError, PlayerState,
    QualityReason, Rate, Rendition, Timestamp, Vitals,
};
use audience_emit::{Emitter, EmitterConfig, Format};
use audience_ingest::{Input, Options, load};

use crate::server::{Answer, Server};
use crate::{LONG, patient};

const SESSION: &str = "7d4c6a1e-0000-4000-8000-000000000001";

fn kino(endpoint: &str) -> EmitterConfig {
    EmitterConfig { format: Format::Kino, ..patient(endpoint) }
}

/// The body for these events, a second apart.
fn body(events: &[(EventKind, Option<u64>, Vitals)]) -> String {
    let server = Server::willing();
    let emitter = Emitter::new(kino(&server.url())).unwrap();
    for (second, (kind, position, vitals)) in events.iter().enumerate() {
        let mut event = Event::new(Timestamp::from_millis(1_795_204_690_000 + second as i64 * 1000), kind.clone());
        event.position = position.map(MediaTime::from_millis);
        emitter.emit(Envelope {
            session_id: SESSION.into(),
            viewer_id: None,
            content_id: None,
            event: event.with_vitals(vitals.clone()),
            attributes: Vec::new(),
        });
    }
    assert!(emitter.flush(LONG).is_complete());
    let received = server.received();
    assert!(received[0].head.contains("content-type: application/json"));
    // One list of records a line, as a collector writes bodies down.
    received.into_iter().map(|received| received.body + "\n").collect()
}

fn read_back(body: &str) -> Vec<Event> {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("bodies.ndjson"), body).unwrap();
    let mut options = Options::default();
    options.format = Some("kino".parse().unwrap());
    let sessions = load(Input::find(dir.path()).unwrap(), &options).unwrap();
    assert_eq!((sessions.quality().rejected(), sessions.quality().repaired()), (0, 0), "{body}");
    let sessions = sessions.to_vec().unwrap();
    assert_eq!(sessions.len(), 1);
    assert_eq!(sessions[0].identity().session_id.as_str(), SESSION);
    sessions[0].events().to_vec()
}

fn vitals() -> Vitals {
    Vitals {
        buffer: Some(MediaTime::from_millis(12_345)),
        bitrate: Bitrate::from_bps(3_000_000),
        dropped_frames: Some(1),
        decoded_frames: Some(250),
        ..Vitals::default()
    }
}

#[test]
fn every_event_of_kino_is_read_back_as_it_was() {
    let none = Vitals::default;
    let buffer = || Vitals { buffer: Some(MediaTime::ZERO), ..none() };
    let watched = || Vitals { watched: Some(Elapsed::from_millis(85_250)), ..none() };
    let error = PlayerError { code: Some("SEGMENT_FETCH".into()), message: Some("404".into()), fatal: true };
    let to = Rendition { bitrate: Bitrate::from_bps(1_500_000), width: 854, height: 480 };
    let quality = |reason| EventKind::QualityChange { from: Bitrate::from_bps(3_000_000), to, reason: Some(reason) };
    let state = |from, to| EventKind::StateChange { from: Some(from), to };
    let custom = |data: &str| {
        EventKind::Custom(Box::new(Custom {
            data: Some(data.into()),
            ..Custom { name: "like".into(), ..Custom::default() }
        }))
    };
    let events = [
        (
            EventKind::Load { url: Some("https://cdn.example/film.m3u8".into()), duration: None, is_live: true },
            None,
            none(),
        ),
        (EventKind::Play, Some(0), none()),
        (EventKind::Heartbeat, Some(10_001), vitals()),
        (EventKind::Seek { from: Some(MediaTime::from_millis(30_033)) }, Some(90_067), none()),
        (quality(QualityReason::Abr), None, none()),
        (quality(QualityReason::Manual), None, none()),
        (quality(QualityReason::Buffer), None, none()),
        (quality(QualityReason::Initial), None, none()),
        (EventKind::BufferStart, Some(110_999), buffer()),
        (EventKind::BufferEnd { reported: Some(Elapsed::from_millis(4_007)) }, Some(110_999), none()),
        (state(PlayerState::Playing, PlayerState::Paused), Some(115_000), none()),
        (state(PlayerState::Idle, PlayerState::Loading), Some(115_000), none()),
        (state(PlayerState::Seeking, PlayerState::Buffering), Some(115_000), none()),
        (state(PlayerState::Ended, PlayerState::Error), Some(115_000), none()),
        (EventKind::Pause, Some(115_000), none()),
        (custom(r#"{"n":1}"#), None, none()),
        (EventKind::Error(Box::new(error)), Some(135_000), none()),
        (EventKind::End { reason: None }, Some(145_000), watched()),
    ];
    let body = body(&events);
    let read = read_back(&body);
    assert_eq!(read.len(), events.len());
    for (number, (read, (kind, position, vitals))) in (1..).zip(read.iter().zip(&events)) {
        assert_eq!(&read.kind, kind);
        assert_eq!(read.ts, Timestamp::from_millis(1_795_204_690_000 + (number - 1) * 1000));
        assert_eq!(read.seq.unwrap().get(), number as u64);
        assert_eq!(read.position.map(MediaTime::as_millis), *position, "{kind:?}");
        assert_eq!(read.vitals.as_deref().cloned().unwrap_or_default(), *vitals, "{kind:?}");
        assert_eq!(read.event_id().unwrap().len(), 36);
    }
}

#[test]
fn what_kino_has_no_form_for_is_custom_with_all_it_was() {
    let none = Vitals::default;
    let events = [
        (EventKind::PlayRequest, None, none()),
        (EventKind::RateChange { rate: Rate::new(1.5).unwrap() }, Some(1000), none()),
        // Kino's form has a position, and this has none.
        (EventKind::Play, None, none()),
        (EventKind::End { reason: Some(EndReason::Abandoned) }, Some(5000), none()),
    ];
    let body = body(&events);
    let read = read_back(&body);
    let names = ["play_request", "rate_change", "play", "end"];
    for ((event, name), (kind, position, _)) in read.iter().zip(names).zip(&events) {
        let EventKind::Custom(custom) = &event.kind else { panic!("{event:?}") };
        assert_eq!(&*custom.name, name);
        let whole: Envelope = serde_json::from_str(custom.data.as_deref().unwrap()).unwrap();
        assert_eq!((&whole.event.kind, whole.event.position.map(MediaTime::as_millis)), (kind, *position));
    }
}

#[test]
fn numbers_and_texts_of_custom_events_are_their_data() {
    let custom = |value: Option<f64>, data: Option<&str>| {
        let value = value.map(|value| Finite::new(value).unwrap());
        let custom = Custom { name: "x".into(), value, data: data.map(Into::into) };
        (EventKind::Custom(Box::new(custom)), None, Vitals::default())
    };
    let events =
        [custom(None, None), custom(Some(2.5), None), custom(None, Some("not JSON")), custom(Some(1.0), Some("[2]"))];
    let body = body(&events);
    let records: Vec<serde_json::Value> = serde_json::from_str(body.trim()).unwrap();
    let data: Vec<String> = records.iter().map(|record| record["data"].to_string()).collect();
    assert_eq!(data, ["null", "2.5", "\"not JSON\"", r#"{"data":[2],"value":1.0}"#]);
}

#[test]
fn records_have_the_shape_kino_writes() {
    let body = body(&[(EventKind::Heartbeat, Some(10_000), vitals())]);
    let (id, rest) = body.strip_prefix("[{\"id\":\"").unwrap().split_once('"').unwrap();
    assert_eq!((id.len(), &id[14..15]), (36, "8"), "a UUID of version 8");
    assert_eq!(
        rest.trim(),
        concat!(
            r#","session_id":"7d4c6a1e-0000-4000-8000-000000000001","timestamp":"2026-11-20T19:58:10.000Z","sequence":1,"#,
            r#""event":"heartbeat","position":10.0,"buffer_level":12.345,"bitrate":3000000,"dropped_frames":1,"decoded_frames":250}]"#
        )
    );
}

#[test]
fn a_record_that_is_sent_again_is_the_same_and_ids_of_events_are_kept() {
    let server = Server::first(vec![Answer::Status(503)]);
    let emitter = Emitter::new(kino(&server.url())).unwrap();
    let mut own = crate::event(SESSION, 0);
    let id = "00000000-0000-4000-8000-0000000000aB";
    let origin = audience_core::Origin { source: None, event_id: Some(id.into()) };
    own.event.origin = Some(std::sync::Arc::new(origin));
    emitter.emit(own);
    emitter.emit(crate::event(SESSION, 0));
    emitter.emit(crate::event(SESSION, 0));
    assert!(emitter.flush(LONG).is_complete());
    let received = server.received();
    assert_eq!(received[0].body, received[1].body);
    let records: Vec<serde_json::Value> = serde_json::from_str(&received[1].body).unwrap();
    assert_eq!(records[0]["id"], id);
    assert_ne!(records[1]["id"], records[2]["id"]);
}
