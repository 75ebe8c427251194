//! Canonical events in the rows of a table.

use std::borrow::Cow;

use audience_core::Field;
use audience_lake::{EventBatch, Key, Value};
use serde_json::{Map, json};

use super::plain::Plain;
use super::{LineReader, bit};
use crate::batch::Batch;
use crate::draft::convert;
use crate::quality::{Problem, Reason};
use crate::scalar::Scalar;

/// Reads the rows into the batch, each as if it were a line.
pub(crate) fn read_rows(rows: &mut EventBatch<'_>, batch: &mut Batch) {
    let mut reader = LineReader::default();
    for _ in 0..rows.left() {
        reader.draft.clear();
        batch.next_line();
        let (mut seen, mut problem) = (0, None);
        rows.next_row(|key, value| {
            if let Err(first) = reader.take_value(key, value, &mut seen, batch) {
                problem.get_or_insert(first);
            }
        });
        if let Err(problem) = problem.map_or_else(|| reader.finish(seen, batch), Err) {
            batch.reject(problem, &as_json(rows));
        }
    }
}

impl<'a> LineReader<'a> {
    #[inline]
    fn take_value(&mut self, key: Key<'a>, value: Value<'a>, seen: &mut u64, batch: &mut Batch) -> Result<(), Problem> {
        match key {
            Key::Field(field) => {
                *seen |= bit(field);
                if plain(value).is_some_and(|plain| convert::set_plain(&mut self.draft.fields, field, plain)) {
                    return Ok(());
                }
                self.take_odd(field, value, batch)
            }
            Key::Attribute(_) if matches!(value, Value::Bytes(_)) => Err(Problem::new(Reason::NotUtf8)),
            Key::Attribute(name) => {
                self.draft.take_attribute(Cow::Borrowed(name), scalar(value), batch);
                Ok(())
            }
        }
    }

    /// Takes a value that is not of the field's own type.
    #[cold]
    fn take_odd(&mut self, field: Field, value: Value<'a>, batch: &mut Batch) -> Result<(), Problem> {
        match value {
            Value::Bytes(_) => Err(Problem::new(Reason::NotUtf8)),
            value => convert::set(&mut self.draft.fields, field, scalar(value), batch),
        }
    }
}

#[inline]
fn plain(value: Value<'_>) -> Option<Plain<'_>> {
    match value {
        Value::Text(text) => Some(Plain::Text(text)),
        Value::Whole(number) => Some(Plain::Whole(number)),
        Value::Truth(truth) => Some(Plain::Truth(truth)),
        Value::Decimal(number) if number.is_finite() && number >= 0.0 => Some(Plain::Decimal(number)),
        Value::Decimal(_) | Value::Negative(_) | Value::Bytes(_) => None,
    }
}

pub(crate) fn scalar(value: Value<'_>) -> Scalar<'_> {
    match value {
        Value::Text(text) => Scalar::Text(Cow::Borrowed(text)),
        Value::Whole(number) => Scalar::Unsigned(number),
        Value::Negative(number) => Scalar::Negative(number),
        Value::Truth(truth) => Scalar::Bool(truth),
        // What is no number in any other format either.
        Value::Decimal(number) if !number.is_finite() => Scalar::Text(number.to_string().into()),
        Value::Decimal(number) => Scalar::Float(number),
        Value::Bytes(bytes) => Scalar::Text(String::from_utf8_lossy(bytes)),
    }
}

/// The last row as a line.
#[cold]
pub(crate) fn as_json(rows: &mut EventBatch<'_>) -> String {
    let mut object = Map::new();
    rows.last_row(|key, value| {
        let value = match scalar(value) {
            Scalar::Text(text) => json!(text),
            Scalar::Unsigned(number) => json!(number),
            Scalar::Negative(number) => json!(number),
            Scalar::Float(number) => json!(number),
            Scalar::Bool(truth) => json!(truth),
            Scalar::Null | Scalar::Nested => json!(null),
        };
        object.insert(key.name().to_owned(), value);
    });
    json!(object).to_string()
}
