//! Which field of a log says what of a request.

mod file;

use std::borrow::Cow;

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use super::part::{Column, Moment};
use crate::format::Format;

/// How the lines of a log are made.
#[derive(Clone, Copy, Debug, Eq, PartialEq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Syntax {
    /// W3C extended: a directive names the fields.
    W3c,
    /// Values between separators; the first line names the columns, or the map does.
    Delimited,
    /// One JSON object a line.
    Json,
}

/// Says which fields of a log of HTTP requests have what is needed of them, for logs that are not known: see
/// `docs/formats/logs.md` in the repository.
///
/// # Examples
///
/// ```
/// use std::path::Path;
/// use std::sync::Arc;
///
/// use audience_ingest::{Ignored, Input, Options, RequestMap, load};
///
/// # fn main() -> Result<(), audience_ingest::Error> {
/// let map = r#"
///     syntax = "delimited"
///     delimiter = ";"
///     time = { field = "when", format = "ms", is = "start" }
///     fields = { path = "path", query = "query", client_ip = "client" }
/// "#;
/// let mut options = Options::default();
/// options.request_map = Some(Arc::new(RequestMap::from_toml(map, Path::new("map.toml"))?));
///
/// let log = "when;client;path;query\n1795204803449;192.0.2.1;/index.html;\n";
/// let sessions = load(vec![Input::memory("log", log.as_bytes())], &options)?;
/// assert_eq!(sessions.quality().ignored[&Ignored::OtherRequest], 1);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct RequestMap {
    pub(super) syntax: Syntax,
    /// Between the values of a delimited log; ASCII.
    pub(super) delimiter: u8,
    pub(super) fields: Fields,
    /// The columns of a log that does not name them, in order.
    pub(super) columns: Option<Vec<Option<Column>>>,
    /// Which instant the time is.
    pub(super) moment: Moment,
    /// What stands in the field that says whether the client did not wait for the end, if it did not.
    pub(super) aborted: Vec<Cow<'static, str>>,
}

impl RequestMap {
    pub(super) fn new(syntax: Syntax, moment: Moment) -> Self {
        Self { syntax, delimiter: b'\t', fields: Fields::default(), columns: None, moment, aborted: Vec::new() }
    }

    /// Whether a TOML document is rather such a map than one of telemetry: only this one has a syntax.
    pub(crate) fn is_one(text: &str) -> bool {
        text.parse::<toml::Table>().is_ok_and(|document| document.contains_key("syntax"))
    }

    /// The format of the logs it is for.
    pub(crate) const fn format(&self) -> Format {
        match self.syntax {
            Syntax::W3c => Format::W3c,
            Syntax::Delimited => Format::Delimited,
            Syntax::Json => Format::Requests,
        }
    }

    /// The columns that have these names, in order.
    pub(super) fn columns<'n>(&self, names: impl Iterator<Item = &'n str>) -> Vec<Option<Column>> {
        names.map(|name| self.fields.get(name).and_then(|field| field.column)).collect()
    }
}

/// The fields of an object, by name.
#[derive(Clone, Debug, Default)]
pub(super) struct Fields {
    by_name: HashMap<Box<str>, Field, RandomState>,
}

/// A field: a value, an object, or either.
#[derive(Clone, Debug, Default)]
pub(super) struct Field {
    pub(super) column: Option<Column>,
    pub(super) inside: Option<Fields>,
}

impl Fields {
    #[inline]
    pub(super) fn get(&self, name: &str) -> Option<&Field> {
        self.by_name.get(name)
    }

    /// Adds a field, whose name may be `object.field`; whether there was none of this name.
    pub(super) fn add(&mut self, name: &str, column: Column) -> bool {
        // An object's field, or a field whose name has a dot.
        if let Some((object, field)) = name.split_once('.') {
            let object = self.by_name.entry(object.into()).or_default();
            object.inside.get_or_insert_default().add(field, column);
        }
        self.by_name.entry(name.into()).or_default().column.replace(column).is_none()
    }
}
