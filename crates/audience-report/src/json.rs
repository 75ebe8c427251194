//! How reports look as JSON.

use std::io::{self, Write};

use audience_core::Timestamp;
use serde::{Serialize, Serializer};
use serde_json::ser::Formatter;

/// A time as RFC 3339 in UTC, to the millisecond.
#[expect(clippy::ref_option, reason = "serde asks for it")]
pub(crate) fn time<S: Serializer>(at: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
    match at.and_then(|at| jiff::Timestamp::from_millisecond(at.as_millis()).ok()) {
        Some(at) => serializer.serialize_some(&format!("{at:.3}")),
        None => serializer.serialize_none(),
    }
}

/// As [`time`], of a time that is there.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
pub(crate) fn one_time<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    time(&Some(*at), serializer)
}

/// As [`time`], of several.
pub(crate) fn times<S: Serializer>(times: &[Timestamp], serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(serde::Serialize)]
    struct Time(#[serde(serialize_with = "one_time")] Timestamp);
    serializer.collect_seq(times.iter().copied().map(Time))
}

/// A value as JSON for people and programs alike: objects are indented, lists of numbers take one line, however long.
///
/// # Errors
///
/// What `serde_json` says of values that JSON cannot have.
pub fn to_json(value: &impl Serialize) -> Result<String, serde_json::Error> {
    let mut bytes = Vec::new();
    value.serialize(&mut serde_json::Serializer::with_formatter(&mut bytes, Layout::default()))?;
    bytes.push(b'\n');
    String::from_utf8(bytes).map_err(serde::ser::Error::custom)
}

/// What is open, from the outside in.
#[derive(Default)]
struct Layout {
    open: Vec<Open>,
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum Open {
    Object {
        empty: bool,
    },
    /// Of values in one line, or of objects with a line of their own.
    List {
        in_lines: bool,
    },
}

impl Layout {
    fn new_line<W: Write + ?Sized>(&self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b"\n")?;
        let indents = self.open.iter().filter(|open| **open != Open::List { in_lines: false });
        indents.into_iter().try_for_each(|_| writer.write_all(b"  "))
    }
}

impl Formatter for Layout {
    fn begin_array<W: Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.open.push(Open::List { in_lines: false });
        writer.write_all(b"[")
    }

    fn end_array<W: Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        if self.open.pop() == Some(Open::List { in_lines: true }) {
            self.new_line(writer)?;
        }
        writer.write_all(b"]")
    }

    fn begin_object<W: Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        if let Some(list @ Open::List { .. }) = self.open.last_mut() {
            *list = Open::List { in_lines: true };
            self.new_line(writer)?;
        }
        self.open.push(Open::Object { empty: true });
        writer.write_all(b"{")
    }

    fn end_object<W: Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        if self.open.pop() == Some(Open::Object { empty: false }) {
            self.new_line(writer)?;
        }
        writer.write_all(b"}")
    }

    fn begin_object_key<W: Write + ?Sized>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        if let Some(object) = self.open.last_mut() {
            *object = Open::Object { empty: false };
        }
        if !first {
            writer.write_all(b",")?;
        }
        self.new_line(writer)
    }

    fn begin_object_value<W: Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b": ")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn numbers_take_one_line_and_objects_their_own() {
        let value = json!({ "a": [1, 2.5, null], "b": [], "c": {}, "d": [{ "x": [[1], ["y"]] }, {}], "e": "[{,\"" });
        let text = to_json(&value).unwrap();
        insta::assert_snapshot!(text, @r#"
        {
          "a": [1,2.5,null],
          "b": [],
          "c": {},
          "d": [
            {
              "x": [[1],["y"]]
            },
            {}
          ],
          "e": "[{,\""
        }
        "#);
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
    }
}
