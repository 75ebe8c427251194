//! The table `sessions`: one row per session and title.

mod columns;
mod lists;

use std::io::Write;
use std::path::Path;

use audience_core::SessionFacts;
use columns::{COLUMNS, blank};
use lists::Lists;
pub(crate) use lists::MAP;

use crate::error::Error;
use crate::table::ParquetFile;
use crate::table::cells::Writer;
use crate::table::leaf::Place;

/// How many rows are decoded at a time.
const ROWS: usize = 1 << 11;

/// Columns of numbers that hardly differ from row to row.
const SEQUENCES: [&str; 3] = ["started_at_ms", "last_event_at_ms", "first_frame_at_ms"];

/// Writes a table of sessions.
#[derive(Debug)]
pub struct SessionsWriter<W: Write + Send> {
    writer: Writer<W>,
}

impl<W: Write + Send> SessionsWriter<W> {
    /// Begins a table in `out`.
    ///
    /// # Errors
    ///
    /// [`Error::Write`].
    pub fn new(out: W) -> Result<Self, Error> {
        let columns: Vec<String> = COLUMNS.iter().map(columns::Column::schema).collect();
        let schema = format!("message sessions {{ {} {} }}", columns.join(" "), lists::SCHEMA);
        Ok(Self { writer: Writer::new(out, "sessions", &schema, &SEQUENCES)? })
    }

    /// Adds a session. Numbers above 2⁶³ − 1 are written as that.
    ///
    /// # Errors
    ///
    /// [`Error::Write`].
    pub fn write(&mut self, facts: &SessionFacts) -> Result<(), Error> {
        let (cells, lists) = self.writer.columns().split_at_mut(COLUMNS.len());
        for (cells, column) in cells.iter_mut().zip(COLUMNS) {
            cells.push((column.get)(facts));
        }
        lists::push(lists, facts);
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

/// A table of sessions.
#[derive(Debug)]
pub struct SessionsTable {
    file: ParquetFile,
    /// Where each of [`COLUMNS`] is.
    columns: Vec<Option<usize>>,
}

impl SessionsTable {
    /// The columns without which it is no such table.
    pub(crate) const NEEDED: [&'static str; 4] = ["session_id", "started_at_ms", "watched_ms", "runs"];

    pub(crate) fn new(file: ParquetFile) -> Self {
        let place = |name: &str| file.columns().position(|path| path.len() == 1 && path[0] == name);
        let columns = COLUMNS.iter().map(|column| place(column.name)).collect();
        Self { file, columns }
    }

    /// The names of the columns that hold one value a row, in the order in which they are written; after them are the
    /// lists `runs`, `marks` and `attributes`.
    pub fn columns() -> impl Iterator<Item = &'static str> {
        COLUMNS.iter().map(|column| column.name)
    }

    /// The file.
    pub fn path(&self) -> &Path {
        self.file.path()
    }

    /// How many row groups it has.
    pub fn row_groups(&self) -> usize {
        self.file.row_groups()
    }

    /// How many rows it has.
    pub fn rows(&self) -> u64 {
        (0..self.row_groups()).map(|row_group| self.file.rows(row_group)).sum()
    }

    /// How many bytes a row group has in the file.
    ///
    /// # Panics
    ///
    /// Without such a row group.
    pub fn size(&self, row_group: usize) -> u64 {
        self.file.size(row_group)
    }

    /// Gives the name of every attribute of every session to `take`.
    ///
    /// # Errors
    ///
    /// [`Error::Io`], [`Error::Damaged`].
    pub fn attribute_names(&self, mut take: impl FnMut(&str)) -> Result<(), Error> {
        for row_group in 0..self.row_groups() {
            lists::attribute_names(&self.file, row_group, &mut take)?;
        }
        Ok(())
    }

    /// Gives the sessions of a row group to `take`.
    ///
    /// A column that is missing, or has no value where there should be one, counts as none, zero or false.
    ///
    /// # Errors
    ///
    /// [`Error::Io`], [`Error::Damaged`], [`Error::Value`].
    ///
    /// # Panics
    ///
    /// Without such a row group.
    pub fn read(&self, row_group: usize, mut take: impl FnMut(SessionFacts)) -> Result<(), Error> {
        let leaf = |column: usize| self.file.leaf(row_group, column);
        let mut leaves = Vec::new();
        for (column, place) in COLUMNS.iter().zip(&self.columns) {
            if let Some(place) = place {
                leaves.push((column, leaf(*place)?));
            }
        }
        let mut lists = Lists::new(&self.file, row_group)?;
        let before: u64 = (0..row_group).map(|row_group| self.file.rows(row_group)).sum();
        let (mut done, rows) = (0, self.file.rows(row_group));
        while done < rows {
            let count = ROWS.min(usize::try_from(rows - done).unwrap_or(ROWS));
            for leaf in leaves.iter_mut().map(|(_, leaf)| leaf).chain(lists.leaves()) {
                self.file.decode(leaf, count)?;
            }
            let mut places = vec![Place::default(); leaves.len()];
            let mut in_lists = lists::Places::default();
            for row in 1..=count as u64 {
                let mut facts = blank();
                for ((column, leaf), place) in leaves.iter().zip(&mut places) {
                    let Some(value) = leaf.next(place) else { continue };
                    (column.set)(&mut facts, value).ok_or_else(|| Error::Value {
                        path: self.file.path().to_owned(),
                        row: before + done + row,
                        column: column.name,
                        value: value.to_string(),
                        expected: column.expected(),
                    })?;
                }
                lists.fill(&mut in_lists, &mut facts);
                take(facts);
            }
            done += count as u64;
        }
        Ok(())
    }
}
