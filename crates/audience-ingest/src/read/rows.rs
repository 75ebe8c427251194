//! Tables in Parquet, row group by row group.

use std::fs::File;
use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use audience_lake::{EventsTable, Table};

use super::Input;
use super::file::Content;
use crate::error::Error;
use crate::format::Format;
use crate::map::{self, Map};
use crate::options::Progress;

/// A row group of a table of events, not read yet.
#[derive(Debug)]
pub(crate) struct Rows {
    pub(crate) format: Format,
    pub(crate) table: Arc<EventsTable>,
    pub(crate) row_group: usize,
}

/// Hands out the row groups of a table of events, or a table of sessions as a whole.
#[derive(Debug)]
pub(super) enum RowGroups {
    Events { format: Format, table: Arc<EventsTable>, next: usize, progress: Arc<Progress> },
    Sessions(Option<audience_lake::SessionsTable>),
}

impl RowGroups {
    /// Opens the table, if the input is one; `map` is what files of format [`Format::Map`] are read by.
    pub(super) fn open(
        input: &Input,
        format: Option<Format>,
        map: Option<&Map>,
        progress: &Arc<Progress>,
    ) -> Result<Option<Self>, Error> {
        let Input::File(path) = input else { return Ok(None) };
        let is_table = match format {
            Some(Format::Parquet) => true,
            None | Some(Format::Mapped(_) | Format::Map) => begins_like_parquet(input)?,
            Some(_) => false,
        };
        if !is_table {
            return Ok(None);
        }
        let events =
            |format, table| Self::Events { format, table: Arc::new(table), next: 0, progress: progress.clone() };
        let foreign =
            |format, map: &Map| Ok(Some(events(format, EventsTable::open_foreign(path, |name| map.wants(name))?)));
        match (format, map) {
            (Some(Format::Mapped(preset)), _) => return foreign(Format::Mapped(preset), Map::preset(preset)),
            (Some(Format::Map), Some(map)) => return foreign(Format::Map, map),
            _ => {}
        }
        match Table::open(path) {
            Ok(Table::Events(table)) => Ok(Some(events(Format::Parquet, table))),
            Ok(Table::Sessions(table)) => Ok(Some(Self::Sessions(Some(table)))),
            Err(unknown @ audience_lake::Error::UnknownTable { .. }) if format.is_none() => {
                let preset = map::preset_of_rows(path)?.ok_or(unknown)?;
                foreign(Format::Mapped(preset), Map::preset(preset))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The next row group; `None` at the end.
    pub(super) fn next_rows(&mut self) -> Option<Content> {
        match self {
            Self::Events { format, table, next, progress } => {
                let row_group = *next;
                if row_group >= table.row_groups() {
                    return None;
                }
                *next += 1;
                progress.bytes.fetch_add(table.size(row_group), Ordering::Relaxed);
                Some(Content::Rows(Rows { format: *format, table: table.clone(), row_group }))
            }
            Self::Sessions(table) => table.take().map(Content::Sessions),
        }
    }
}

fn begins_like_parquet(input: &Input) -> Result<bool, Error> {
    // A pipe can be read only once, and has no end to look at.
    if input.size().is_none() {
        return Ok(false);
    }
    let mut magic = Vec::new();
    let read = File::open(input.path()).and_then(|file| file.take(4).read_to_end(&mut magic));
    read.map_err(|source| Error::Io { path: input.path().to_owned(), source })?;
    Ok(magic == b"PAR1")
}
