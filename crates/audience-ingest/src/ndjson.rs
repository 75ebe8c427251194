//! Canonical NDJSON: one event a line, as `docs/formats/events.md` in the repository defines it.

mod plain;
#[cfg(feature = "parquet")]
mod rows;

use std::borrow::Cow;
use std::fmt;

use audience_core::Field;
pub(crate) use plain::Plain;
#[cfg(feature = "parquet")]
pub(crate) use rows::{as_json, read_rows, scalar};
use serde::de::{DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::batch::Batch;
use crate::draft::{Draft, MAX_ATTRIBUTES, convert};
use crate::quality::{Problem, Reason, Repair};
use crate::scalar::Scalar;

/// Fields that every event has a use for, one bit each.
const COMMON: u64 = bit(Field::SessionId)
    | bit(Field::ViewerId)
    | bit(Field::ContentId)
    | bit(Field::Ts)
    | bit(Field::Seq)
    | bit(Field::Type)
    | bit(Field::PositionMs);

const fn bit(field: Field) -> u64 {
    1 << field as u64
}

/// Reads lines; its memory is reused from line to line.
#[derive(Debug, Default)]
struct LineReader<'a> {
    draft: Draft<'a>,
}

/// Reads all lines of a text into the batch.
pub(crate) fn read(text: &str, batch: &mut Batch) {
    let mut reader = LineReader::default();
    let mut rest = text;
    while !rest.is_empty() {
        let end = reader.read_first(rest, batch);
        rest = rest.get(end + 1..).unwrap_or_default();
    }
}

/// Whether a line has what every event must have.
pub(crate) fn looks_like_event(line: &str) -> bool {
    #[derive(serde::Deserialize)]
    struct Needed {
        #[serde(rename = "session_id")]
        _session_id: serde::de::IgnoredAny,
        #[serde(rename = "ts")]
        _ts: serde::de::IgnoredAny,
        #[serde(rename = "type")]
        _type: serde::de::IgnoredAny,
    }
    serde_json::from_str::<Needed>(line).is_ok()
}

impl<'a> LineReader<'a> {
    /// Reads the first line of the text into the batch, and says where it ends.
    fn read_first(&mut self, text: &'a str, batch: &mut Batch) -> usize {
        self.draft.clear();
        if let Some((seen, end)) = self.read_plain(text)
            && end <= crate::MAX_LINE
        {
            batch.next_line();
            if let Err(problem) = self.finish(seen, batch) {
                batch.reject(problem, &text[..end]);
            }
            return end;
        }
        let end = memchr::memchr(b'\n', text.as_bytes()).unwrap_or(text.len());
        let line = &text[..end];
        if batch.begin_line(line)
            && let Err(problem) = self.read_json(line, batch)
        {
            batch.reject(problem, line);
        }
        end
    }

    /// Reads a line of any JSON.
    fn read_json(&mut self, line: &'a str, batch: &mut Batch) -> Result<(), Problem> {
        self.draft.clear();
        let mut object = Object { reader: self, batch, seen: 0, problem: None };
        let mut json = serde_json::Deserializer::from_str(line);
        json.deserialize_map(&mut object).and_then(|()| json.end()).map_err(|error| not_json(&error))?;
        let seen = object.seen;
        if let Some(problem) = object.problem {
            return Err(problem);
        }
        self.finish(seen, batch)
    }

    /// Reads the first line of the text if it has nothing to be repaired or unescaped, and says which fields it has and
    /// where it ends; declines any other.
    #[inline]
    fn read_plain(&mut self, text: &'a str) -> Option<(u64, usize)> {
        let mut seen = 0;
        let end = plain::read(text, |key, value| {
            let Some(field) = Field::from_name(key) else { return self.take_plain_attribute(key, value) };
            let repeated = seen & bit(field) != 0;
            seen |= bit(field);
            !repeated && convert::set_plain(&mut self.draft.fields, field, value)
        })?;
        Some((seen, end))
    }

    fn take_plain_attribute(&mut self, name: &'a str, value: Plain<'a>) -> bool {
        let value = match value {
            Plain::Null => return true,
            Plain::Text(text) => Cow::Borrowed(text),
            Plain::Truth(truth) => Cow::Borrowed(if truth { "true" } else { "false" }),
            Plain::Whole(number) => Cow::Owned(number.to_string()),
            Plain::Decimal(number) => Cow::Owned(number.to_string()),
        };
        let fits = self.draft.attributes.len() < MAX_ATTRIBUTES;
        if fits {
            self.draft.attributes.push((Cow::Borrowed(name), value));
        }
        fits
    }

    fn finish(&mut self, seen: u64, batch: &mut Batch) -> Result<(), Problem> {
        self.draft.finish(seen & !COMMON != 0, |field| field.name().into(), batch)
    }
}

fn not_json(error: &serde_json::Error) -> Problem {
    Problem::detailed(Reason::NotJson, crate::scalar::without_line(error))
}

/// Fills the reader from the keys of one object.
struct Object<'s, 'a> {
    reader: &'s mut LineReader<'a>,
    batch: &'s mut Batch,
    /// The fields seen, one bit each.
    seen: u64,
    problem: Option<Problem>,
}

impl<'a> Visitor<'a> for &mut Object<'_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key_seed(KeySeed)? {
            match key {
                Key::Field(Field::Data) => {
                    let data: &'a RawValue = map.next_value()?;
                    self.seen |= bit(Field::Data);
                    self.reader.draft.fields.data = convert::data(data.get());
                }
                Key::Field(field) => {
                    let value = map.next_value()?;
                    self.take(field, value);
                }
                Key::Other(name) => {
                    let value = map.next_value()?;
                    self.reader.draft.take_attribute(name, value, self.batch);
                }
            }
        }
        Ok(())
    }
}

impl<'a> Object<'_, 'a> {
    fn take(&mut self, field: Field, value: Scalar<'a>) {
        if self.seen & bit(field) != 0 {
            self.batch.repair(field.name(), Repair::Repeated, &value);
        }
        self.seen |= bit(field);
        if let Err(problem) = convert::set(&mut self.reader.draft.fields, field, value, self.batch) {
            self.problem.get_or_insert(problem);
        }
    }
}

enum Key<'a> {
    Field(Field),
    Other(Cow<'a, str>),
}

struct KeySeed;

impl<'a> DeserializeSeed<'a> for KeySeed {
    type Value = Key<'a>;

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<Key<'a>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'a> Visitor<'a> for KeySeed {
    type Value = Key<'a>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    #[inline]
    fn visit_borrowed_str<E>(self, name: &'a str) -> Result<Key<'a>, E> {
        Ok(Field::from_name(name).map_or(Key::Other(Cow::Borrowed(name)), Key::Field))
    }

    fn visit_str<E>(self, name: &str) -> Result<Key<'a>, E> {
        Ok(Field::from_name(name).map_or_else(|| Key::Other(Cow::Owned(name.to_owned())), Key::Field))
    }
}
