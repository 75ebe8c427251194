//! The TOML of a map, with where everything stands in it.

use std::ops::Range;

use toml::de::{DeTable, DeValue};

use super::error::{MapError, MapPlace};
use crate::quality::shorten;

/// A text in TOML.
#[derive(Clone, Copy, Debug)]
pub(super) struct Document<'d> {
    pub(super) file: &'d str,
    pub(super) text: &'d str,
}

impl Document<'_> {
    /// Gives the table that the whole is to `read`.
    pub(super) fn read<T>(
        self,
        read: impl FnOnce(&mut TableReader<'_, '_>) -> Result<T, MapError>,
    ) -> Result<T, MapError> {
        let table = DeTable::parse(self.text).map_err(|error| MapError::Toml {
            place: self.place(error.span().unwrap_or_default()),
            message: error.message().into(),
        })?;
        let mut reader = TableReader::new(self, String::new(), 0..0, table.get_ref());
        let read = read(&mut reader)?;
        reader.finish()?;
        Ok(read)
    }

    fn place(self, span: Range<usize>) -> MapPlace {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        MapPlace { file: self.file.into(), line: before.matches('\n').count() + 1 }
    }
}

/// A table whose keys are taken one by one; one that nobody takes is an error.
#[derive(Debug)]
pub(super) struct TableReader<'t, 'd> {
    document: Document<'d>,
    /// The keys it stands below.
    key: String,
    span: Range<usize>,
    table: &'t DeTable<'d>,
    taken: Vec<&'static str>,
}

impl<'t, 'd> TableReader<'t, 'd> {
    fn new(document: Document<'d>, key: String, span: Range<usize>, table: &'t DeTable<'d>) -> Self {
        Self { document, key, span, table, taken: Vec::new() }
    }

    /// The value of a key, if it is there.
    pub(super) fn take(&mut self, key: &'static str) -> Option<ValueReader<'t, 'd>> {
        self.taken.push(key);
        let (_, value) = self.table.iter().find(|(name, _)| name.get_ref() == key)?;
        Some(ValueReader {
            document: self.document,
            key: below(&self.key, key),
            span: value.span(),
            value: value.get_ref(),
        })
    }

    /// The value of a key that must be there.
    pub(super) fn require(&mut self, key: &'static str) -> Result<ValueReader<'t, 'd>, MapError> {
        let (place, key_below) = (self.document.place(self.span.clone()), below(&self.key, key));
        self.take(key).ok_or_else(|| MapError::MissingKey { place, key: key_below.into() })
    }

    /// All keys with their values, whatever they are.
    pub(super) fn entries(&self) -> impl Iterator<Item = (&'t str, ValueReader<'t, 'd>)> {
        self.table.iter().map(|(name, value)| {
            let name: &'t str = name.get_ref();
            let reader = ValueReader {
                document: self.document,
                key: below(&self.key, name),
                span: value.span(),
                value: value.get_ref(),
            };
            (name, reader)
        })
    }

    /// All keys that nobody took, with their values.
    pub(super) fn others(&self) -> impl Iterator<Item = (&'t str, ValueReader<'t, 'd>)> {
        self.entries().filter(|(name, _)| !self.taken.contains(name))
    }

    /// That there is no key but those that were taken.
    pub(super) fn finish(&self) -> Result<(), MapError> {
        match self.others().next() {
            Some((_, value)) => Err(value.unknown_key(&self.taken)),
            None => Ok(()),
        }
    }
}

fn below(outer: &str, key: &str) -> String {
    if outer.is_empty() { key.to_owned() } else { format!("{outer}.{key}") }
}

/// A value, and where it stands.
#[derive(Clone, Debug)]
pub(super) struct ValueReader<'t, 'd> {
    document: Document<'d>,
    key: String,
    span: Range<usize>,
    value: &'t DeValue<'d>,
}

impl<'t, 'd> ValueReader<'t, 'd> {
    pub(super) fn text(&self) -> Result<&'t str, MapError> {
        self.value.as_str().ok_or_else(|| self.bad("text"))
    }

    pub(super) fn is_text(&self) -> bool {
        self.value.is_str()
    }

    pub(super) fn is_table(&self) -> bool {
        self.value.is_table()
    }

    /// A text, number or truth value, as text.
    pub(super) fn constant(&self) -> Result<&'t str, MapError> {
        match self.value {
            DeValue::String(text) => Ok(text),
            DeValue::Integer(number) => Ok(number.as_str()),
            DeValue::Float(number) => Ok(number.as_str()),
            DeValue::Boolean(truth) => Ok(if *truth { "true" } else { "false" }),
            _ => Err(self.bad("a text, a number, true or false")),
        }
    }

    pub(super) fn truth(&self) -> Result<bool, MapError> {
        self.value.as_bool().ok_or_else(|| self.bad("true or false"))
    }

    /// The items of a list; a value that is no list is the only item of one.
    pub(super) fn items(&self) -> impl Iterator<Item = Self> {
        let items = match self.value.as_array() {
            None => vec![self.clone()],
            Some(array) => array
                .iter()
                .map(|item| Self {
                    document: self.document,
                    key: self.key.clone(),
                    span: item.span(),
                    value: item.get_ref(),
                })
                .collect(),
        };
        items.into_iter()
    }

    /// Gives the table that it is to `read`, which must take all of its keys.
    pub(super) fn table<T>(
        &self,
        read: impl FnOnce(&mut TableReader<'t, 'd>) -> Result<T, MapError>,
    ) -> Result<T, MapError> {
        let table = self.value.as_table().ok_or_else(|| self.bad("a table"))?;
        let mut reader = TableReader::new(self.document, self.key.clone(), self.span.clone(), table);
        let read = read(&mut reader)?;
        reader.finish()?;
        Ok(read)
    }

    /// The keys of the table that it is, whatever they are.
    pub(super) fn entries(&self) -> Result<Vec<(&'t str, Self)>, MapError> {
        let table = self.value.as_table().ok_or_else(|| self.bad("a table"))?;
        let reader = TableReader::new(self.document, self.key.clone(), self.span.clone(), table);
        Ok(reader.entries().collect())
    }

    /// That it cannot be used.
    pub(super) fn bad(&self, expected: impl Into<Box<str>>) -> MapError {
        let text = self.document.text.get(self.span.clone()).unwrap_or_default();
        let text = text.lines().next().unwrap_or_default();
        MapError::BadValue {
            place: self.document.place(self.span.clone()),
            key: self.key.as_str().into(),
            value: shorten(text).into(),
            expected: expected.into(),
        }
    }

    /// That its key means nothing.
    pub(super) fn unknown_key(&self, expected: &[&str]) -> MapError {
        MapError::UnknownKey {
            place: self.document.place(self.span.clone()),
            key: self.key.as_str().into(),
            expected: expected.join(", ").into(),
        }
    }
}
