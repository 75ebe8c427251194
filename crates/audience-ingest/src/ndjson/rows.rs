//! Canonical events in the rows of a table.

use std::borrow::Cow;

use audience_core::Field;
use audience_lake::{EventBatch, Key, Value};
use serde_json::{Map, json};

use super::plain::Plain;
use super::{LineReader, bit, convert};
use crate::batch::Batch;
use crate::quality::{Problem, Reason};
use crate::scalar::Scalar;

/// Reads the rows into the batch, each as if it were a line.
pub(crate) fn read_rows<'a>(rows: &mut EventBatch<'a>, batch: &mut Batch) {
    let mut reader = LineReader::default();
    let mut row: Vec<(Key<'a>, Value<'a>)> = Vec::new();
    loop {
        row.clear();
        if !rows.next_row(|key, value| row.push((key, value))) {
            return;
        }
        batch.next_line();
        if let Err(problem) = reader.read_row(&row, batch) {
            batch.reject(problem, &as_json(&row));
        }
    }
}

impl<'a> LineReader<'a> {
    fn read_row(&mut self, row: &[(Key<'a>, Value<'a>)], batch: &mut Batch) -> Result<(), Problem> {
        self.clear();
        let mut seen = 0;
        for &(key, value) in row {
            if let Value::Bytes(_) = value {
                return Err(Problem::new(Reason::NotUtf8));
            }
            match key {
                Key::Field(field) => {
                    seen |= bit(field);
                    let plain = plain(value);
                    if !plain.is_some_and(|plain| convert::set_plain(&mut self.fields, field, plain)) {
                        convert::set(&mut self.fields, field, scalar(value), batch)?;
                    }
                }
                Key::Attribute(name) => {
                    self.take_attribute(Cow::Borrowed(name), scalar(value), batch);
                }
            }
        }
        self.finish(seen, batch)
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

fn scalar(value: Value<'_>) -> Scalar<'_> {
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

/// The row as a line.
fn as_json(row: &[(Key<'_>, Value<'_>)]) -> String {
    let pairs = row.iter().map(|&(key, value)| {
        let name = match key {
            Key::Field(field) => Field::name(field),
            Key::Attribute(name) => name,
        };
        let value = match scalar(value) {
            Scalar::Text(text) => json!(text),
            Scalar::Unsigned(number) => json!(number),
            Scalar::Negative(number) => json!(number),
            Scalar::Float(number) => json!(number),
            Scalar::Bool(truth) => json!(truth),
            Scalar::Null | Scalar::Nested => json!(null),
        };
        (name.to_owned(), value)
    });
    json!(pairs.collect::<Map<_, _>>()).to_string()
}
