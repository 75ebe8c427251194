//! What is known about titles from elsewhere.

mod entry;

use std::collections::HashMap;
use std::path::Path;

use serde_json::{Map, Value};

use crate::error::Error;

pub use entry::{CatalogEntry, Chapter};

/// What is known about titles, from a file: names, durations, chapters, and whatever else it says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Catalog {
    titles: HashMap<Box<str>, CatalogEntry>,
}

impl Catalog {
    /// A catalogue without titles.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads a catalogue: a JSON array of objects, one JSON object a line, or CSV with a header. Of each title it takes
    /// `content_id`, `title`, `duration_ms`, `live` and `chapters`; other keys and columns are kept as they are.
    ///
    /// Chapters are a list of objects with `start_ms` and `title` in JSON, and `0=Intro;90000=Act 1` in CSV.
    ///
    /// # Errors
    ///
    /// [`Error::Io`], and [`Error::Catalog`] naming line or entry and what is wrong with it.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let text = std::fs::read_to_string(path).map_err(|source| Error::Io { path: path.to_owned(), source })?;
        Self::parse(&text, path)
    }

    /// Takes the text of a catalogue, as [`read`](Self::read) does from a file; `path` is what to call it in errors.
    ///
    /// # Errors
    ///
    /// [`Error::Catalog`] naming line or entry and what is wrong with it.
    pub fn parse(text: &str, path: &Path) -> Result<Self, Error> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let rows = match text.trim_start().as_bytes().first() {
            Some(b'[') => read_array(text),
            Some(b'{') => read_lines(text),
            _ => read_csv(text),
        };
        let failed = |(entry, reason): (usize, String)| Error::Catalog { path: path.to_owned(), entry, reason };
        let mut catalog = Self::new();
        for (number, row) in rows.map_err(failed)?.into_iter().enumerate() {
            let (id, entry) = entry::read(row).map_err(|reason| failed((number + 1, reason)))?;
            catalog.titles.insert(id, entry);
        }
        Ok(catalog)
    }

    /// What is known about a title.
    pub fn get(&self, content_id: &str) -> Option<&CatalogEntry> {
        self.titles.get(content_id)
    }

    /// The titles it knows with their ids, in no order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &CatalogEntry)> {
        self.titles.iter().map(|(id, entry)| (id.as_ref(), entry))
    }

    /// How many titles there are.
    pub fn len(&self) -> usize {
        self.titles.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.titles.is_empty()
    }
}

type Row = Map<String, Value>;

fn read_array(text: &str) -> Result<Vec<Row>, (usize, String)> {
    serde_json::from_str(text).map_err(|error| (0, error.to_string()))
}

fn read_lines(text: &str) -> Result<Vec<Row>, (usize, String)> {
    let lines = text.lines().filter(|line| !line.trim().is_empty()).enumerate();
    lines
        .map(|(at, line)| serde_json::from_str(line).map_err(|error| (at + 1, crate::scalar::without_line(&error))))
        .collect()
}

fn read_csv(text: &str) -> Result<Vec<Row>, (usize, String)> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
    let header = reader.headers().map_err(|error| (0, error.to_string()))?.clone();
    let mut rows = Vec::new();
    for (at, record) in reader.records().enumerate() {
        let record = record.map_err(|error| (at + 1, error.to_string()))?;
        let cells = header.iter().zip(record.iter()).filter(|(_, cell)| !cell.is_empty());
        rows.push(cells.map(|(name, cell)| (name.to_owned(), Value::from(cell))).collect());
    }
    Ok(rows)
}
