//! Logs of one JSON object a line.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::RequestMap;
use super::draft::Draft;
use super::map::{Field, Fields};
use crate::quality::{Problem, Reason};

/// What a line says.
pub(super) fn draft<'m, 'a>(line: &'a str, map: &'m RequestMap, offset: u64) -> Result<Draft<'m, 'a>, Problem> {
    let mut draft = Draft::new(map, offset);
    read_object(line, &map.fields, &mut draft)?;
    Ok(draft)
}

fn read_object<'a>(text: &'a str, fields: &Fields, draft: &mut Draft<'_, 'a>) -> Result<(), Problem> {
    let mut json = serde_json::Deserializer::from_str(text);
    let mut object = Object { fields, draft, problem: None };
    json.deserialize_map(&mut object).and_then(|()| json.end()).map_err(|error| not_json(&error))?;
    object.problem.map_or(Ok(()), Err)
}

fn not_json(error: &serde_json::Error) -> Problem {
    Problem::detailed(Reason::NotJson, crate::scalar::without_line(error))
}

/// Fills the draft from the keys of one object.
struct Object<'s, 'm, 'a> {
    fields: &'s Fields,
    draft: &'s mut Draft<'m, 'a>,
    problem: Option<Problem>,
}

impl<'a> Visitor<'a> for &mut Object<'_, '_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(field) = map.next_key_seed(Key { fields: self.fields })? {
            let Some(field) = field else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            let value: &'a RawValue = map.next_value()?;
            if let Err(problem) = take(field, value.get(), self.draft) {
                self.problem.get_or_insert(problem);
            }
        }
        Ok(())
    }
}

fn take<'a>(field: &Field, json: &'a str, draft: &mut Draft<'_, 'a>) -> Result<(), Problem> {
    let text = match (json.as_bytes().first(), &field.inside) {
        (Some(b'{'), Some(fields)) => return read_object(json, fields, draft),
        // A list has no meaning here.
        (Some(b'{' | b'[' | b'n'), _) => return Ok(()),
        (Some(b'"'), _) if memchr::memchr(b'\\', json.as_bytes()).is_some() => {
            Cow::Owned(serde_json::from_str(json).map_err(|error| not_json(&error))?)
        }
        (Some(b'"'), _) => Cow::Borrowed(json.trim_matches('"')),
        _ => Cow::Borrowed(json),
    };
    field.column.map_or(Ok(()), |column| draft.set(column, text))
}

/// Looks the key up.
struct Key<'s> {
    fields: &'s Fields,
}

impl<'s, 'a> DeserializeSeed<'a> for Key<'s> {
    type Value = Option<&'s Field>;

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'s> Visitor<'_> for Key<'s> {
    type Value = Option<&'s Field>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(self.fields.get(name))
    }
}
