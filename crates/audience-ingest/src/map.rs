//! Telemetry of any shape, read as a map says: `docs/formats/maps.md` in the repository has the language.

mod apply;
mod cells;
mod clock;
mod compile;
mod document;
mod error;
mod lines;
mod path;
mod preset;
mod record;
mod row;
#[cfg(feature = "parquet")]
mod rows;
mod rule;
mod source;
mod time;
mod tree;
mod unit;
mod walk;

use std::collections::HashMap;
use std::path::Path;
use std::str::FromStr;

pub use error::{MapError, MapPlace};
pub use preset::Preset;

pub(crate) use cells::read_cells;
pub(crate) use lines::read_lines;
#[cfg(feature = "parquet")]
pub(crate) use preset::preset_of_rows;
pub(crate) use preset::{preset_of_line, preset_of_table};

#[cfg(feature = "parquet")]
pub(crate) use rows::read_rows;

use record::Record;
use rule::{Assignment, Condition, Rule};
use source::Source;
use tree::{Slot, Tree};

/// Says how records of any shape are events: which fields stand where, in which unit, and which records are which events.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
///
/// use audience_ingest::{Input, Map, Options, load};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let map: Map = r#"
///     name = "action"
///     [fields]
///     session_id = "run"
///     ts = { path = "at", unit = "s" }
///     position_ms = { path = "player.time", unit = "s" }
///     [types]
///     started = "play"
///     stopped = "pause"
/// "#.parse()?;
/// let lines = r#"{"run":"r1","at":1000,"action":"started","player":{"time":0}}
/// {"run":"r1","at":1007,"action":"stopped","player":{"time":7.25}}"#;
///
/// let mut options = Options::default();
/// options.map = Some(Arc::new(map));
/// let sessions = load(vec![Input::memory("lines", lines.as_bytes())], &options)?.to_vec()?;
/// assert_eq!(sessions[0].facts(&Default::default(), None).watched.as_millis(), 7250);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Map {
    /// Where the line has the list of its records.
    each: Option<Slot>,
    /// A key without which there is no such list.
    each_key: Box<str>,
    /// Where a record has the name of its event.
    name: Option<Source>,
    rules: Vec<Rule>,
    by_name: HashMap<Box<str>, Vec<usize>>,
    /// The rules for records of any name.
    unnamed: Vec<usize>,
    /// The fields of events that no rule is for.
    other: Rule,
    /// Whether events that no rule is for are kept, as custom events.
    keeps_others: bool,
    attributes: Vec<(Box<str>, Source)>,
    /// The duration of the content, for what is a part of it.
    duration: Option<Assignment>,
    /// When the events of a line begin, if not all of them have a time.
    clock: Option<Source>,
    /// Conditions of which one list holds for all records that the map is for.
    detect: Vec<Vec<Condition>>,
    /// What is wanted of a line around its records.
    line: Tree,
    /// What is wanted of a record.
    record: Tree,
}

impl Map {
    /// Reads a map from a file.
    ///
    /// # Errors
    ///
    /// [`MapError`], which names the file, line, key and value.
    pub fn read(path: &Path) -> Result<Self, MapError> {
        let text = std::fs::read_to_string(path).map_err(|source| MapError::Io { path: path.to_owned(), source })?;
        compile::compile(&path.display().to_string(), &text)
    }

    /// The map of a format that this crate knows.
    pub fn preset(preset: Preset) -> &'static Self {
        preset.map()
    }

    /// Whether anything is wanted of a column.
    #[cfg(feature = "parquet")]
    pub(crate) fn wants(&self, column: &str) -> bool {
        self.line.root.column(column).is_some() || self.record.root.column(column).is_some()
    }

    /// The rules for records of events of this name, in their order.
    fn rules_for(&self, name: Option<&str>) -> impl Iterator<Item = &Rule> {
        let named = name.and_then(|name| self.by_name.get(name)).map_or(&[][..], Vec::as_slice);
        named.iter().chain(&self.unnamed).filter_map(|rule| self.rules.get(*rule))
    }

    /// Whether a record looks as if the map were for it.
    fn is_for(&self, record: Record<'_>) -> bool {
        self.detect.iter().any(|all| all.iter().all(|condition| condition.holds(record)))
    }
}

/// Whether something that starts so is JSON, and not a table.
pub(crate) fn looks_like_json(start: &[u8]) -> bool {
    matches!(start.trim_ascii_start().first(), None | Some(b'{' | b'['))
}

impl FromStr for Map {
    type Err = MapError;

    fn from_str(text: &str) -> Result<Self, MapError> {
        compile::compile("(text)", text)
    }
}
