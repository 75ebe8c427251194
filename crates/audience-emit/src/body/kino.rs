//! Event records as kino-core 0.1.0 writes them (`AnalyticsEventRecord`): seconds as floating point, states by their Rust
//! names, reasons in lower case. No Rust type of kino is used; the shapes are those its serde derives make.

use audience_core::{Bitrate, Custom, Envelope, EventKind, Finite, PlayerState, QualityReason, Rendition};
use audience_stats::hash::hash128;
use serde::Serialize;
use serde_json::Value;

#[derive(Serialize)]
struct Record<'a> {
    id: String,
    session_id: &'a str,
    timestamp: String,
    sequence: u64,
    #[serde(flatten)]
    event: Event<'a>,
}

#[derive(Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
enum Event<'a> {
    Load {
        url: &'a str,
        is_live: bool,
    },
    Play {
        position: f64,
    },
    Pause {
        position: f64,
    },
    Seek {
        from: f64,
        to: f64,
    },
    Rebuffer {
        position: f64,
        buffer_level: f64,
    },
    RebufferEnd {
        position: f64,
        duration: f64,
    },
    QualityChange {
        from_bitrate: u64,
        to_bitrate: u64,
        from_resolution: Option<Resolution>,
        to_resolution: Option<Resolution>,
        reason: &'static str,
    },
    StateChange {
        from: &'static str,
        to: &'static str,
        position: f64,
    },
    End {
        position: f64,
        watch_time: f64,
    },
    Error {
        code: &'a str,
        message: &'a str,
        fatal: bool,
        position: f64,
    },
    Heartbeat {
        position: f64,
        buffer_level: f64,
        bitrate: u64,
        dropped_frames: u64,
        decoded_frames: u64,
    },
    Custom {
        name: &'a str,
        data: Value,
    },
}

#[derive(Serialize)]
struct Resolution {
    width: u32,
    height: u32,
}

/// Appends the record of the event in a canonical line; `None` when the line is no event.
pub(super) fn write_record(line: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let envelope: Envelope = serde_json::from_slice(line).ok()?;
    let event = form(&envelope).map_or_else(|| whole(&envelope, line), Some)?;
    let record = Record {
        id: id(&envelope, line),
        session_id: envelope.session_id.as_str(),
        timestamp: timestamp(envelope.event.ts.as_millis()),
        sequence: envelope.event.seq.map_or(0, u64::from),
        event,
    };
    serde_json::to_writer(out, &record).ok()
}

/// Kino's form of the event, if it has one and the event has all that it requires. A bit rate of 0 is none, in kino as here.
fn form(envelope: &Envelope) -> Option<Event<'_>> {
    let event = &envelope.event;
    let position = event.position.map(audience_core::MediaTime::as_secs_f64);
    let vitals = event.vitals.as_deref();
    let buffer_level = vitals.and_then(|vitals| vitals.buffer).map(audience_core::MediaTime::as_secs_f64);
    Some(match &event.kind {
        EventKind::Load { url, is_live, .. } => Event::Load { url: url.as_ref()?.as_str(), is_live: *is_live },
        EventKind::Play => Event::Play { position: position? },
        EventKind::Pause => Event::Pause { position: position? },
        EventKind::Seek { from } => Event::Seek { from: (*from)?.as_secs_f64(), to: position? },
        EventKind::BufferStart => Event::Rebuffer { position: position?, buffer_level: buffer_level? },
        EventKind::BufferEnd { reported } => {
            Event::RebufferEnd { position: position?, duration: (*reported)?.as_secs_f64() }
        }
        EventKind::QualityChange { from, to, reason } => Event::QualityChange {
            from_bitrate: from.map_or(0, Bitrate::as_bps),
            to_bitrate: to.bitrate.map_or(0, Bitrate::as_bps),
            from_resolution: None,
            to_resolution: resolution(*to),
            reason: (*reason).filter(|reason| *reason != QualityReason::Other)?.as_str(),
        },
        EventKind::StateChange { from, to } => {
            Event::StateChange { from: state((*from)?), to: state(*to), position: position? }
        }
        EventKind::End { .. } => Event::End { position: position?, watch_time: vitals?.watched?.as_secs_f64() },
        EventKind::Error(error) => Event::Error {
            code: error.code.as_deref()?,
            message: error.message.as_deref()?,
            fatal: error.fatal,
            position: position?,
        },
        EventKind::Heartbeat => Event::Heartbeat {
            position: position?,
            buffer_level: buffer_level?,
            bitrate: vitals?.bitrate.map_or(0, Bitrate::as_bps),
            dropped_frames: vitals?.dropped_frames?,
            decoded_frames: vitals?.decoded_frames?,
        },
        EventKind::Custom(custom) => Event::Custom { name: &custom.name, data: data(custom) },
        _ => return None,
    })
}

/// The event as kino's `custom`, with its canonical form as the data.
fn whole<'a>(envelope: &Envelope, line: &[u8]) -> Option<Event<'a>> {
    Some(Event::Custom { name: envelope.event.kind.name(), data: serde_json::from_slice(line).ok()? })
}

/// The data of a custom event, its number if it has only that, and both by name if it has both.
fn data(custom: &Custom) -> Value {
    let data = custom.data.as_deref().map(|text| serde_json::from_str(text).unwrap_or_else(|_| Value::from(text)));
    match (custom.value.map(Finite::get), data) {
        (None, data) => data.unwrap_or(Value::Null),
        (Some(value), None) => Value::from(value),
        (Some(value), Some(data)) => serde_json::json!({ "value": value, "data": data }),
    }
}

fn resolution(rendition: Rendition) -> Option<Resolution> {
    let Rendition { width, height, .. } = rendition;
    (width > 0 && height > 0).then_some(Resolution { width, height })
}

const fn state(state: PlayerState) -> &'static str {
    match state {
        PlayerState::Idle => "Idle",
        PlayerState::Loading => "Loading",
        PlayerState::Seeking => "Seeking",
        PlayerState::Buffering => "Buffering",
        PlayerState::Playing => "Playing",
        PlayerState::Paused => "Paused",
        PlayerState::Ended => "Ended",
        PlayerState::Error => "Error",
    }
}

/// The event's own id if it is a UUID, else one made of all it is: sent again, it is the same.
fn id(envelope: &Envelope, line: &[u8]) -> String {
    if let Some(id) = envelope.event.event_id().filter(|id| is_uuid(id)) {
        return id.to_owned();
    }
    // A UUID of version 8, RFC 9562, section 5.8: all but six bits are ours.
    let bits = hash128(line, 0);
    let bits = (bits & !(0xf << 76) & !(0x3 << 62)) | (0x8 << 76) | (0x2 << 62);
    let hex = format!("{bits:032x}");
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

fn is_uuid(text: &str) -> bool {
    let dashes = [8, 13, 18, 23];
    text.len() == 36
        && text.bytes().enumerate().all(
            |(at, byte)| {
                if dashes.contains(&at) { byte == b'-' } else { byte.is_ascii_hexdigit() }
            },
        )
}

/// RFC 3339, which has the years 0 to 9999; what is outside is taken for the nearest time inside.
fn timestamp(millis: i64) -> String {
    // 0000-01-01 and 9999-12-30, the last day that every time zone can write.
    const FIRST: i64 = -62_167_219_200_000;
    const LAST: i64 = 253_402_200_000_000;
    let time = jiff::Timestamp::from_millisecond(millis.clamp(FIRST, LAST)).unwrap_or_default();
    format!("{time:.3}")
}
