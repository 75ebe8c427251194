//! The table of events.

use std::fs::File;

use audience_core::{
    Ad, Bitrate, CacheResult, Custom, Elapsed, EndReason, Envelope, Event, EventKind, Field, Fields, Finite, MediaTime,
    Object, PlayerError, PlayerState, QualityReason, Rate, Rendition, Request, Timestamp, Vitals, Word,
};
use audience_lake::{EventsTable, EventsWriter, Key, Table, Value};

use crate::file;

/// One event of each kind, with everything it can have.
fn all() -> Vec<Envelope> {
    let kinds = [
        EventKind::Load { url: Some(Word::from("u")), duration: Some(MediaTime::from_secs(60)), is_live: true },
        EventKind::PlayRequest,
        EventKind::Play,
        EventKind::Pause,
        EventKind::seek_from(MediaTime::from_secs(3)),
        EventKind::BufferStart,
        EventKind::BufferEnd { reported: Some(Elapsed::from_secs(1)) },
        EventKind::QualityChange {
            from: Bitrate::from_bps(1),
            to: Rendition { bitrate: Bitrate::from_bps(2), width: 640, height: 360 },
            reason: Some(QualityReason::Abr),
        },
        EventKind::RateChange { rate: Rate::new(1.5).unwrap() },
        EventKind::Heartbeat,
        EventKind::StateChange { from: Some(PlayerState::Playing), to: PlayerState::Paused },
        EventKind::Error(Box::new(PlayerError { code: Some("é".into()), message: Some("m".into()), fatal: true })),
        EventKind::AdStart(Some(Box::new(Ad { id: Some("a".into()), slot: Some("pre".into()) }))),
        EventKind::AdEnd,
        EventKind::end(EndReason::Ended),
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
            name: "like".into(),
            value: Finite::new(-0.5).ok(),
            data: Some("{}".into()),
        })),
    ];
    let vitals = Vitals {
        buffer: Some(MediaTime::from_secs(4)),
        dropped_frames: Some(0),
        decoded_frames: Some(9),
        watched: Some(Elapsed::from_secs(5)),
        ..Vitals::default()
    };
    let envelope = |(index, kind): (usize, EventKind)| {
        let mut event = Event::new(Timestamp::from_millis(index as i64 - 3), kind);
        if index % 2 == 0 {
            event = event.numbered(index as u64).at(MediaTime::from_millis(7)).from_source("app");
            event = event.with_vitals(vitals.clone());
        }
        let attributes = ["device", "country", "é"].iter().take(index % 4).map(|name| ((*name).into(), "x".into()));
        Envelope {
            session_id: format!("s{}", index / 2).as_str().into(),
            viewer_id: (index % 3 == 0).then(|| "ann".into()),
            content_id: (index % 3 != 1).then(|| "film".into()),
            event,
            attributes: attributes.collect(),
        }
    };
    kinds.into_iter().enumerate().map(envelope).collect()
}

fn written(all: &[Envelope]) -> (tempfile::TempDir, EventsTable) {
    let (folder, path) = file();
    let mut writer = EventsWriter::new(File::create(&path).unwrap()).unwrap();
    for envelope in all {
        writer.write(envelope).unwrap();
    }
    writer.finish().unwrap();
    match Table::open(&path).unwrap() {
        Table::Events(table) => (folder, table),
        Table::Sessions(table) => panic!("{table:?}"),
    }
}

/// The values of each row.
pub(crate) fn rows(table: &EventsTable) -> Vec<Vec<(String, String)>> {
    let mut rows = Vec::new();
    for row_group in 0..table.row_groups() {
        let mut reader = table.read(row_group).unwrap();
        while let Some(mut batch) = reader.next_batch().unwrap() {
            loop {
                let mut row = Vec::new();
                let more = batch.next_row(|key, value| {
                    let name = match key {
                        Key::Field(field) => field.name().to_owned(),
                        Key::Attribute(name) => format!("attribute {name}"),
                    };
                    row.push((name, value.to_string()));
                });
                if !more {
                    break;
                }
                rows.push(row);
            }
        }
    }
    rows
}

fn expected(envelope: &Envelope) -> Vec<(String, String)> {
    let fields = Fields::from(envelope);
    let values =
        Field::ALL.iter().filter_map(|field| Some((field.name().to_owned(), Value::from(fields.get(*field)?))));
    let attributes =
        envelope.attributes.iter().map(|(name, value)| (format!("attribute {name}"), Value::Text(value).to_string()));
    values.map(|(name, value)| (name, value.to_string())).chain(attributes).collect()
}

#[test]
fn events_come_back_as_they_were() {
    let all = all();
    let (_folder, table) = written(&all);
    assert_eq!(rows(&table), all.iter().map(expected).collect::<Vec<_>>());
    assert!(table.unread().is_empty());
}

#[test]
fn many_rows_are_several_row_groups() {
    let some = all();
    let all: Vec<Envelope> = some.iter().cycle().take(140_000).cloned().collect();
    let (_folder, table) = written(&all);
    assert_eq!((table.row_groups(), table.rows(0), table.rows(1)), (2, 131_072, 8928));
    assert!(rows(&table) == all.iter().map(expected).collect::<Vec<_>>());
}
