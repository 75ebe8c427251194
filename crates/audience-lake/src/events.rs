//! The table `events`: one row per event.

use std::io::Write;
use std::path::Path;

use audience_core::{Envelope, Field, FieldKind, FieldValue, Fields};

use crate::error::Error;
use crate::table::ParquetFile;
use crate::table::cells::Writer;
use crate::table::leaf::{Item, Leaf, Place};
use crate::table::value::Value;

/// How many rows are decoded at a time.
const ROWS: usize = 1 << 12;

/// The column of attributes: a map from names to values.
const ATTRIBUTES: &str = "attributes";

/// Columns of numbers that hardly differ from row to row.
const SEQUENCES: [&str; 1] = ["ts"];

/// Writes a table of events.
#[derive(Debug)]
pub struct EventsWriter<W: Write + Send> {
    writer: Writer<W>,
}

impl<W: Write + Send> EventsWriter<W> {
    /// Begins a table in `out`.
    ///
    /// # Errors
    ///
    /// [`Error::Write`].
    pub fn new(out: W) -> Result<Self, Error> {
        let columns = columns().map(|field| {
            let needed = if EventsTable::NEEDED.contains(&field.name()) { "REQUIRED" } else { "OPTIONAL" };
            let (kind, meaning) = match field.kind() {
                FieldKind::Text => ("BYTE_ARRAY", " (UTF8)"),
                FieldKind::Whole | FieldKind::Time => ("INT64", ""),
                FieldKind::Number => ("DOUBLE", ""),
                FieldKind::Truth => ("BOOLEAN", ""),
            };
            format!("{needed} {kind} {}{meaning};", field.name())
        });
        let columns: Vec<String> = columns.collect();
        let schema = format!("message events {{ {} {} }}", columns.join(" "), crate::sessions::MAP);
        Ok(Self { writer: Writer::new(out, "events", &schema, &SEQUENCES)? })
    }

    /// Adds an event. Numbers above 2⁶³ − 1 are written as that.
    ///
    /// # Errors
    ///
    /// [`Error::Write`].
    pub fn write(&mut self, envelope: &Envelope) -> Result<(), Error> {
        let fields = Fields::from(envelope);
        let cells = self.writer.columns();
        let attributes = cells.len() - 2;
        for (cells, field) in cells.iter_mut().zip(columns()) {
            cells.push(fields.get(field).map(Value::from));
        }
        cells[attributes].push_list(envelope.attributes.iter().map(|(name, _)| Value::Text(name)));
        cells[attributes + 1].push_list(envelope.attributes.iter().map(|(_, value)| Value::Text(value)));
        Ok(self.writer.end_row()?)
    }

    /// Writes what is left, ends the table and gives back what it was written to.
    ///
    /// # Errors
    ///
    /// [`Error::Write`].
    pub fn finish(self) -> Result<W, Error> {
        Ok(self.writer.finish()?)
    }
}

/// A table of events.
///
/// Other tables are taken for it too if they have its three necessary columns: columns may be missing, may have another
/// type (timestamps, UUIDs, decimals, floats), and any other column of scalars is an attribute.
#[derive(Debug)]
pub struct EventsTable {
    file: ParquetFile,
    columns: Vec<(usize, Target)>,
    /// Keys and values.
    attributes: Option<(usize, usize)>,
    unread: Vec<String>,
}

/// What a column is.
#[derive(Clone, Debug)]
enum Target {
    Field(Field),
    Attribute(String),
}

/// What a value is of.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Key<'a> {
    /// A field of the wire format.
    Field(Field),
    /// Anything else.
    Attribute(&'a str),
}

impl EventsTable {
    /// The columns without which it is no such table.
    pub(crate) const NEEDED: [&'static str; 3] = [Field::SessionId.name(), Field::Ts.name(), Field::Type.name()];

    pub(crate) fn new(file: ParquetFile) -> Self {
        let (mut columns, mut unread) = (Vec::new(), Vec::<String>::new());
        let mut pairs = Vec::new();
        for (index, path) in file.columns().enumerate() {
            match path {
                [name] => {
                    let target = Field::from_name(name).map_or_else(|| Target::Attribute(name.clone()), Target::Field);
                    columns.push((index, target));
                }
                [name, _, _] if name == ATTRIBUTES => pairs.push(index),
                [name, ..] if !unread.contains(name) => unread.push(name.clone()),
                _ => {}
            }
        }
        let attributes = if let [key, value] = pairs[..] { Some((key, value)) } else { None };
        if attributes.is_none() && !pairs.is_empty() {
            unread.push(ATTRIBUTES.to_owned());
        }
        Self { file, columns, attributes, unread }
    }

    /// Opens a table of other rows, for whoever knows what its columns mean: those that are `wanted`, by their names, are
    /// its attributes. The name of a column in a struct has that of the struct before it, and a dot.
    ///
    /// # Errors
    ///
    /// [`Error::Io`], [`Error::Damaged`], [`Error::Version`].
    pub fn open_foreign(path: &Path, wanted: impl Fn(&str) -> bool) -> Result<Self, Error> {
        let file = ParquetFile::open(path)?;
        let (mut columns, mut unread) = (Vec::new(), Vec::<String>::new());
        for (index, path) in file.columns().enumerate() {
            let (name, outer) = (path.join("."), path.first().map_or("", String::as_str));
            if file.is_list(index) {
                if wanted(outer) && !unread.iter().any(|name| name == outer) {
                    unread.push(outer.to_owned());
                }
            } else if wanted(&name) {
                columns.push((index, Target::Attribute(name)));
            }
        }
        Ok(Self { file, columns, attributes: None, unread })
    }

    /// How many row groups it has.
    pub fn row_groups(&self) -> usize {
        self.file.row_groups()
    }

    /// How many rows a row group has.
    ///
    /// # Panics
    ///
    /// Without such a row group.
    pub fn rows(&self, row_group: usize) -> u64 {
        self.file.rows(row_group)
    }

    /// How many bytes a row group has in the file.
    ///
    /// # Panics
    ///
    /// Without such a row group.
    pub fn size(&self, row_group: usize) -> u64 {
        self.file.size(row_group)
    }

    /// Columns that hold other than scalars, which are not read.
    pub fn unread(&self) -> &[String] {
        &self.unread
    }

    /// Begins to read a row group.
    ///
    /// # Errors
    ///
    /// [`Error::Io`], [`Error::Damaged`].
    ///
    /// # Panics
    ///
    /// Without such a row group.
    pub fn read(&self, row_group: usize) -> Result<EventRows<'_>, Error> {
        let leaf = |column: usize| self.file.leaf(row_group, column);
        Ok(EventRows {
            table: self,
            leaves: self.columns.iter().map(|(column, _)| leaf(*column)).collect::<Result<_, _>>()?,
            attributes: match self.attributes {
                Some((keys, values)) => Some((leaf(keys)?, leaf(values)?)),
                None => None,
            },
            left: self.rows(row_group),
        })
    }
}

/// The rows of one row group of a table of events.
#[derive(Debug)]
pub struct EventRows<'t> {
    table: &'t EventsTable,
    leaves: Vec<Leaf>,
    attributes: Option<(Leaf, Leaf)>,
    left: u64,
}

impl EventRows<'_> {
    /// Reads some more rows; `None` when there are no more.
    ///
    /// # Errors
    ///
    /// [`Error::Damaged`].
    pub fn next_batch(&mut self) -> Result<Option<EventBatch<'_>>, Error> {
        if self.left == 0 {
            return Ok(None);
        }
        let rows = ROWS.min(usize::try_from(self.left).unwrap_or(ROWS));
        let pairs = self.attributes.iter_mut().flat_map(|(keys, values)| [keys, values]);
        for leaf in self.leaves.iter_mut().chain(pairs) {
            self.table.file.decode(leaf, rows)?;
        }
        self.left -= rows as u64;
        let columns = self.leaves.iter().zip(&self.table.columns);
        let places = vec![Place::default(); self.leaves.len() + 2];
        Ok(Some(EventBatch {
            columns: columns.map(|(leaf, (_, target))| (target.key(), leaf)).collect(),
            attributes: self.attributes.as_ref().map(|(keys, values)| (keys, values)),
            before: places.clone(),
            places,
            left: rows,
        }))
    }
}

impl<'a> Key<'a> {
    /// The name of the column, or of the attribute.
    pub fn name(self) -> &'a str {
        match self {
            Self::Field(field) => field.name(),
            Self::Attribute(name) => name,
        }
    }
}

impl Target {
    fn key(&self) -> Key<'_> {
        match self {
            Self::Field(field) => Key::Field(*field),
            Self::Attribute(name) => Key::Attribute(name),
        }
    }
}

/// Some rows of a table of events.
#[derive(Debug)]
pub struct EventBatch<'a> {
    columns: Vec<(Key<'a>, &'a Leaf)>,
    attributes: Option<(&'a Leaf, &'a Leaf)>,
    /// Of each column, and of keys and values of attributes.
    places: Vec<Place>,
    /// The places before the last row.
    before: Vec<Place>,
    left: usize,
}

impl<'a> EventBatch<'a> {
    /// Gives the values of the next row to `take`, those that are there. Whether there is a next row.
    #[inline]
    pub fn next_row(&mut self, mut take: impl FnMut(Key<'a>, Value<'a>)) -> bool {
        if self.left == 0 {
            return false;
        }
        self.left -= 1;
        self.before.copy_from_slice(&self.places);
        self.read_row(&mut take);
        true
    }

    /// Gives the values of the last row to `take` once more.
    pub fn last_row(&mut self, mut take: impl FnMut(Key<'a>, Value<'a>)) {
        self.places.copy_from_slice(&self.before);
        self.read_row(&mut take);
    }

    /// How many rows were not given yet.
    pub fn left(&self) -> usize {
        self.left
    }

    #[inline]
    fn read_row(&mut self, take: &mut impl FnMut(Key<'a>, Value<'a>)) {
        for ((key, leaf), place) in self.columns.iter().zip(&mut self.places) {
            leaf.visit_next(place, |value| take(*key, value));
        }
        if let (Some((keys, values)), [.., key_place, value_place]) = (self.attributes, &mut *self.places) {
            let mut first = true;
            loop {
                match (keys.next_item(key_place, first), values.next_item(value_place, first)) {
                    (Item::Over, _) => break,
                    (Item::Value(Value::Text(name)), Item::Value(value)) => take(Key::Attribute(name), value),
                    _ => {}
                }
                first = false;
            }
        }
    }
}

/// The fields that are columns: all but the version, which the file has once.
fn columns() -> impl Iterator<Item = Field> {
    Field::ALL.iter().copied().filter(|field| *field != Field::Schema)
}

impl<'a> From<FieldValue<'a>> for Value<'a> {
    fn from(value: FieldValue<'a>) -> Self {
        match value {
            FieldValue::Text(text) => Self::Text(text),
            FieldValue::Whole(number) => Self::Whole(number),
            FieldValue::Time(time) => Self::from_i64(time),
            FieldValue::Number(number) => Self::Decimal(number),
            FieldValue::Truth(truth) => Self::Truth(truth),
        }
    }
}
