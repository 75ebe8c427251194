//! Rows and cells.

use std::borrow::Cow;
use std::fmt::Display;

use audience_core::Timestamp;
use serde::Serialize;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

/// A table being written.
pub(crate) struct Sheet {
    writer: csv::Writer<Vec<u8>>,
}

/// What stands in a cell.
pub(crate) enum Cell<'a> {
    /// A number of ours, a time, a name of ours: written as it is.
    Plain(Cow<'a, str>),
    /// Text from telemetry or a catalogue: written so that no spreadsheet takes it for a formula.
    Text(&'a str),
    Empty,
}

impl Sheet {
    pub(crate) fn new<'a>(header: impl IntoIterator<Item = &'a str>) -> Self {
        let mut sheet = Self { writer: csv::Writer::from_writer(Vec::new()) };
        sheet.row(header.into_iter().map(Cell::Text));
        sheet
    }

    pub(crate) fn row<'a>(&mut self, cells: impl IntoIterator<Item = Cell<'a>>) {
        let cells = cells.into_iter().map(|cell| match cell {
            Cell::Plain(text) => text,
            Cell::Text(text) => harmless(text),
            Cell::Empty => Cow::Borrowed(""),
        });
        let cells: Vec<_> = cells.collect();
        // Memory takes all, and whoever makes a table gives all its rows one length.
        let written = self.writer.write_record(cells.iter().map(|cell| cell.as_bytes()));
        debug_assert!(written.is_ok(), "{written:?}");
    }

    pub(crate) fn finish(self) -> String {
        let bytes = self.writer.into_inner().unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl<'a> Cell<'a> {
    pub(crate) fn of(value: impl Display) -> Self {
        Self::Plain(Cow::Owned(value.to_string()))
    }

    pub(crate) fn name(name: &'a str) -> Self {
        Self::Plain(Cow::Borrowed(name))
    }

    pub(crate) fn some(value: Option<impl Display>) -> Self {
        value.map_or(Self::Empty, Self::of)
    }

    pub(crate) fn text(text: Option<&'a str>) -> Self {
        text.map_or(Self::Empty, Self::Text)
    }

    /// RFC 3339 in UTC, as in the JSON.
    pub(crate) fn time(at: Timestamp) -> Self {
        let at = jiff::Timestamp::from_millisecond(at.as_millis()).ok();
        Self::some(at.map(|at| format!("{at:.3}")))
    }
}

/// Text that a spreadsheet would take for a formula, because of how it begins, begins with an apostrophe instead.
fn harmless(text: &str) -> Cow<'_, str> {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\'', '＝', '＋', '－', '＠']) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// The fields of a flat value and their names, as its JSON has them: none can be forgotten.
#[derive(Default)]
pub(super) struct Figures(Vec<(String, Value)>);

impl Figures {
    pub(crate) fn of(value: &impl Serialize) -> Self {
        serde_json::to_string(value).and_then(|text| serde_json::from_str(&text)).unwrap_or_default()
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    pub(crate) fn cells(&self) -> impl Iterator<Item = Cell<'_>> {
        self.0.iter().map(|(_, value)| match value {
            Value::Null => Cell::Empty,
            Value::String(text) => Cell::name(text),
            value => Cell::of(value),
        })
    }
}

impl<'de> Deserialize<'de> for Figures {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;

        impl<'de> Visitor<'de> for Fields {
            type Value = Figures;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Figures, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(Figures(fields))
            }
        }

        deserializer.deserialize_map(Fields)
    }
}
