//! From JSON values to the types of the fields, repairing what can be repaired.

use std::borrow::Cow;

use audience_core::{Field, Fields};

use super::MAX_TS;
use crate::batch::Batch;
use crate::ndjson::Plain;
use crate::quality::{Problem, Repair};
use crate::scalar::Scalar;

/// Puts `value` into its field. Null is as good as nothing. What cannot be used is left out and counted, unless no event
/// is possible without it.
pub(crate) fn set<'a>(
    fields: &mut Fields<'a>,
    field: Field,
    value: Scalar<'a>,
    batch: &mut Batch,
) -> Result<(), Problem> {
    if value == Scalar::Null {
        return Ok(());
    }
    match field {
        Field::SessionId => fields.session_id = required(field, value)?,
        Field::Type => fields.kind = required(field, value)?,
        Field::Ts => fields.ts = Some(time(field, &value, batch)?),
        Field::ViewerId => fields.viewer_id = id(field, value, batch),
        Field::ContentId => fields.content_id = id(field, value, batch),
        Field::Source => fields.source = id(field, value, batch),
        Field::EventId => fields.event_id = id(field, value, batch),
        Field::Url => fields.url = text(field, value, batch),
        Field::State => fields.state = text(field, value, batch),
        Field::FromState => fields.from_state = text(field, value, batch),
        Field::Code => fields.code = text(field, value, batch),
        Field::Message => fields.message = text(field, value, batch),
        Field::Reason => fields.reason = text(field, value, batch),
        Field::AdId => fields.ad_id = text(field, value, batch),
        Field::Slot => fields.slot = text(field, value, batch),
        Field::Name => fields.name = text(field, value, batch),
        Field::Data => fields.data = text(field, value, batch),
        Field::IsLive => fields.is_live = truth(field, &value, batch),
        Field::Fatal => fields.fatal = truth(field, &value, batch),
        Field::Rate => fields.rate = number(field, &value, batch),
        Field::Value => fields.value = number(field, &value, batch),
        Field::Seq => fields.seq = count(field, &value, batch),
        Field::PositionMs => fields.position_ms = count(field, &value, batch),
        Field::FromMs => fields.from_ms = count(field, &value, batch),
        Field::DurationMs => fields.duration_ms = count(field, &value, batch),
        Field::BitrateBps => fields.bitrate_bps = count(field, &value, batch),
        Field::FromBitrateBps => fields.from_bitrate_bps = count(field, &value, batch),
        Field::Width => fields.width = count(field, &value, batch),
        Field::Height => fields.height = count(field, &value, batch),
        Field::BufferMs => fields.buffer_ms = count(field, &value, batch),
        Field::DroppedFrames => fields.dropped_frames = count(field, &value, batch),
        Field::DecodedFrames => fields.decoded_frames = count(field, &value, batch),
        Field::LiveLatencyMs => fields.live_latency_ms = count(field, &value, batch),
        Field::WatchMs => fields.watch_ms = count(field, &value, batch),
        Field::Object => fields.object = text(field, value, batch),
        Field::CacheResult => fields.cache_result = text(field, value, batch),
        Field::SegmentStartMs => fields.segment_start_ms = count(field, &value, batch),
        Field::SegmentMs => fields.segment_ms = count(field, &value, batch),
        Field::Starved => fields.starved = truth(field, &value, batch),
        Field::Urgent => fields.urgent = truth(field, &value, batch),
        Field::HttpStatus => fields.http_status = count(field, &value, batch),
        Field::ResponseMs => fields.response_ms = count(field, &value, batch),
        Field::ResponseBytes => fields.response_bytes = count(field, &value, batch),
        Field::Aborted => fields.aborted = truth(field, &value, batch),
        Field::TsErrorMs => fields.ts_error_ms = count(field, &value, batch),
        Field::FirstByteMs => fields.first_byte_ms = count(field, &value, batch),
        Field::Schema => fields.schema = count(field, &value, batch),
    }
    Ok(())
}

/// Puts a value that is of the field's own type into it. Whether it is.
#[inline]
pub(crate) fn set_plain<'a>(fields: &mut Fields<'a>, field: Field, value: Plain<'a>) -> bool {
    let text = |into: &mut Option<Cow<'a, str>>, text: &'a str| *into = Some(Cow::Borrowed(text));
    match value {
        Plain::Text(value) => match field {
            Field::SessionId | Field::Type if value.is_empty() => return false,
            Field::ViewerId | Field::ContentId | Field::Source | Field::EventId if value.is_empty() => {}
            Field::SessionId => text(&mut fields.session_id, value),
            Field::Type => text(&mut fields.kind, value),
            Field::ViewerId => text(&mut fields.viewer_id, value),
            Field::ContentId => text(&mut fields.content_id, value),
            Field::Source => text(&mut fields.source, value),
            Field::EventId => text(&mut fields.event_id, value),
            Field::Url => text(&mut fields.url, value),
            Field::State => text(&mut fields.state, value),
            Field::FromState => text(&mut fields.from_state, value),
            Field::Code => text(&mut fields.code, value),
            Field::Message => text(&mut fields.message, value),
            Field::Reason => text(&mut fields.reason, value),
            Field::AdId => text(&mut fields.ad_id, value),
            Field::Slot => text(&mut fields.slot, value),
            Field::Name => text(&mut fields.name, value),
            Field::Data => text(&mut fields.data, value),
            Field::Object => text(&mut fields.object, value),
            Field::CacheResult => text(&mut fields.cache_result, value),
            _ => return false,
        },
        Plain::Whole(value) => match field {
            Field::Ts if value <= MAX_TS as u64 => fields.ts = Some(value as i64),
            Field::Seq => fields.seq = Some(value),
            Field::PositionMs => fields.position_ms = Some(value),
            Field::FromMs => fields.from_ms = Some(value),
            Field::DurationMs => fields.duration_ms = Some(value),
            Field::BitrateBps => fields.bitrate_bps = Some(value),
            Field::FromBitrateBps => fields.from_bitrate_bps = Some(value),
            Field::Width => fields.width = Some(value),
            Field::Height => fields.height = Some(value),
            Field::BufferMs => fields.buffer_ms = Some(value),
            Field::DroppedFrames => fields.dropped_frames = Some(value),
            Field::DecodedFrames => fields.decoded_frames = Some(value),
            Field::LiveLatencyMs => fields.live_latency_ms = Some(value),
            Field::WatchMs => fields.watch_ms = Some(value),
            Field::SegmentStartMs => fields.segment_start_ms = Some(value),
            Field::SegmentMs => fields.segment_ms = Some(value),
            Field::HttpStatus => fields.http_status = Some(value),
            Field::ResponseMs => fields.response_ms = Some(value),
            Field::ResponseBytes => fields.response_bytes = Some(value),
            Field::TsErrorMs => fields.ts_error_ms = Some(value),
            Field::FirstByteMs => fields.first_byte_ms = Some(value),
            Field::Schema => fields.schema = Some(value),
            Field::Rate => fields.rate = Some(value as f64),
            Field::Value => fields.value = Some(value as f64),
            _ => return false,
        },
        Plain::Decimal(value) => match field {
            Field::Rate => fields.rate = Some(value),
            Field::Value => fields.value = Some(value),
            _ => return false,
        },
        Plain::Truth(value) => match field {
            Field::IsLive => fields.is_live = Some(value),
            Field::Fatal => fields.fatal = Some(value),
            Field::Starved => fields.starved = Some(value),
            Field::Urgent => fields.urgent = Some(value),
            Field::Aborted => fields.aborted = Some(value),
            _ => return false,
        },
        Plain::Null => {}
    }
    true
}

/// Data of a custom event: text as it is, anything else as JSON.
pub(crate) fn data(json: &str) -> Option<Cow<'_, str>> {
    match json.as_bytes().first() {
        Some(b'"') => serde_json::from_str::<Scalar<'_>>(json).ok().and_then(|scalar| match scalar {
            Scalar::Text(text) => Some(text),
            _ => None,
        }),
        Some(b'n') | None => None,
        Some(_) => Some(Cow::Borrowed(json)),
    }
}

fn required(field: Field, value: Scalar<'_>) -> Result<Option<Cow<'_, str>>, Problem> {
    match value {
        Scalar::Text(text) if text.is_empty() => Err(Problem::bad(field.name(), "\"\"", "a name")),
        Scalar::Text(text) => Ok(Some(text)),
        // Ids that are numbers are common.
        Scalar::Unsigned(_) | Scalar::Negative(_) if field == Field::SessionId => {
            Ok(value.as_text().map(|text| Cow::Owned(text.into_owned())))
        }
        other => Err(Problem::bad(field.name(), other, "text")),
    }
}

fn time(field: Field, value: &Scalar<'_>, batch: &mut Batch) -> Result<i64, Problem> {
    let millis = match value {
        Scalar::Unsigned(millis) => i64::try_from(*millis).ok(),
        Scalar::Negative(millis) => Some(*millis),
        other => as_number(other).map(|number| {
            repaired_number(field, other, number, batch);
            number.round() as i64
        }),
    };
    millis
        .filter(|millis| millis.unsigned_abs() <= MAX_TS as u64)
        .ok_or_else(|| Problem::bad(field.name(), value, "a time in milliseconds since 1970"))
}

fn id<'a>(field: Field, value: Scalar<'a>, batch: &mut Batch) -> Option<Cow<'a, str>> {
    text(field, value, batch).filter(|text| !text.is_empty())
}

fn text<'a>(field: Field, value: Scalar<'a>, batch: &mut Batch) -> Option<Cow<'a, str>> {
    match value {
        Scalar::Text(text) => Some(text),
        Scalar::Nested => {
            batch.repair(field.name(), Repair::Dropped, &value);
            None
        }
        scalar => scalar.as_text().map(|text| Cow::Owned(text.into_owned())),
    }
}

fn truth(field: Field, value: &Scalar<'_>, batch: &mut Batch) -> Option<bool> {
    let (truth, repair) = match value {
        Scalar::Bool(truth) => return Some(*truth),
        Scalar::Unsigned(1) => (Some(true), Repair::Retyped),
        Scalar::Unsigned(0) => (Some(false), Repair::Retyped),
        Scalar::Text(text) if text.eq_ignore_ascii_case("true") => (Some(true), Repair::Retyped),
        Scalar::Text(text) if text.eq_ignore_ascii_case("false") => (Some(false), Repair::Retyped),
        _ => (None, Repair::Dropped),
    };
    batch.repair(field.name(), repair, value);
    truth
}

fn number(field: Field, value: &Scalar<'_>, batch: &mut Batch) -> Option<f64> {
    match value {
        Scalar::Unsigned(value) => return Some(*value as f64),
        Scalar::Negative(value) => return Some(*value as f64),
        Scalar::Float(value) => return Some(*value),
        _ => {}
    }
    let number = as_number(value);
    batch.repair(field.name(), if number.is_some() { Repair::Retyped } else { Repair::Dropped }, value);
    number
}

fn count(field: Field, value: &Scalar<'_>, batch: &mut Batch) -> Option<u64> {
    if let Scalar::Unsigned(count) = value {
        return Some(*count);
    }
    // Below zero by less than rounding is zero; past 2⁵³ a float is no count.
    if let Some(number) = as_number(value).filter(|number| *number > -0.5 && *number < 9e15) {
        repaired_number(field, value, number, batch);
        Some(number.round().max(0.0) as u64)
    } else {
        batch.repair(field.name(), Repair::Dropped, value);
        None
    }
}

/// Counts what had to be done to take `value` for a whole number.
fn repaired_number(field: Field, value: &Scalar<'_>, number: f64, batch: &mut Batch) {
    if matches!(value, Scalar::Text(_)) {
        batch.repair(field.name(), Repair::Retyped, value);
    }
    if number.fract() != 0.0 {
        batch.repair(field.name(), Repair::Rounded, value);
    }
}

/// The number that a value is or spells.
fn as_number(value: &Scalar<'_>) -> Option<f64> {
    match value {
        Scalar::Float(number) => Some(*number),
        Scalar::Negative(number) => Some(*number as f64),
        Scalar::Unsigned(number) => Some(*number as f64),
        Scalar::Text(text) => text.trim().parse().ok().filter(|number: &f64| number.is_finite()),
        Scalar::Null | Scalar::Bool(_) | Scalar::Nested => None,
    }
}
