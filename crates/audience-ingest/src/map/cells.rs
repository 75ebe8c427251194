//! Tables as text: the first row names the columns, and what is quoted may have separators and line breaks in it.

use super::Map;
use super::apply::Applier;
use super::record::{Record, Slots};
use super::row;
use super::tree::{Node, Tree};
use super::walk::{Borrowed, Walk};
use crate::batch::Batch;
use crate::quality::{Ignored, Problem, Reason};

/// What may separate cells.
const SEPARATORS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// Reads all rows of a part of a table into the batch. Without `header`, it begins with the names of the columns.
pub(crate) fn read_cells(map: &Map, header: Option<&str>, bytes: &[u8], batch: &mut Batch) {
    let columns = Columns::of(header.map_or(bytes, str::as_bytes));
    let (line_nodes, record_nodes) = (columns.nodes(&map.line), columns.nodes(&map.record));
    let mut applier = Applier::default();
    let (mut line, mut record) = (Slots::default(), Slots::default());
    let mut is_header = header.is_none();
    columns.each_row(bytes, |row, text| {
        let blank = text.iter().take_while(|byte| matches!(byte, b'\n' | b'\r')).filter(|byte| **byte == b'\n').count();
        for _ in 0..blank {
            batch.next_line();
            batch.quality.ignore(Ignored::Blank);
        }
        let text = text.trim_ascii();
        if text.is_empty() {
            return true;
        }
        batch.next_line();
        if !std::mem::take(&mut is_header) {
            let (around, own) = (std::mem::take(&mut line), std::mem::take(&mut record));
            let (mut around, mut own) = (around.reuse(map.line.slots()), own.reuse(map.record.slots()));
            let filled = check(row, text, record_nodes.len())
                .and_then(|()| fill(row, &line_nodes, &mut around))
                .and_then(|()| fill(row, &record_nodes, &mut own));
            let mut show = || String::from_utf8_lossy(text).into_owned();
            match filled {
                Ok(()) => row::apply(map, &around, &own, &mut applier, &mut show, batch),
                Err(problem) => batch.reject(problem, &show()),
            }
            (line, record) = (around.reuse(0), own.reuse(0));
        }
        batch.pass_lines(memchr::memchr_iter(b'\n', text).count() as u64);
        true
    });
}

/// Whether the first row of a table looks as if the map were for it.
pub(crate) fn is_for(map: &Map, start: &[u8]) -> bool {
    let columns = Columns::of(start);
    let mut rows = 0;
    let mut found = false;
    columns.each_row(start, |row, _| {
        rows += 1;
        if rows == 1 {
            return true;
        }
        let mut slots = Slots::default().reuse(map.record.slots());
        let filled = fill(row, &columns.nodes(&map.record), &mut slots);
        found = filled.is_ok() && map.is_for(Record { own: &slots, line: None, index: 0 });
        false
    });
    found
}

struct Columns {
    separator: u8,
    names: Vec<String>,
}

impl Columns {
    /// The columns that the first row names.
    fn of(bytes: &[u8]) -> Self {
        let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let count = |separator: u8| memchr::memchr_iter(separator, line).count();
        let separator = SEPARATORS.into_iter().rev().max_by_key(|separator| count(*separator)).unwrap_or(b',');
        let mut columns = Self { separator, names: Vec::new() };
        let mut names = Vec::new();
        columns.each_row(bytes, |row, _| {
            names = row.iter().map(|name| String::from_utf8_lossy(name).trim().to_owned()).collect();
            false
        });
        columns.names = names;
        columns
    }

    /// What is wanted of each column.
    fn nodes<'m>(&self, tree: &'m Tree) -> Vec<Option<&'m Node>> {
        self.names.iter().map(|name| tree.root.column(name)).collect()
    }

    /// Gives each row, and all of its text, to `take`, until that says no.
    fn each_row(&self, bytes: &[u8], mut take: impl FnMut(&csv::ByteRecord, &[u8]) -> bool) {
        let mut builder = csv::ReaderBuilder::new();
        let mut reader = builder.has_headers(false).flexible(true).delimiter(self.separator).from_reader(bytes);
        let mut row = csv::ByteRecord::new();
        let mut start = 0;
        // In memory, with rows of any length, there is nothing to fail at.
        while reader.read_byte_record(&mut row).unwrap_or(false) {
            // Of a line break of two bytes, the reader leaves the second for the next row.
            start += usize::from(start > 0 && bytes.get(start - 1..=start) == Some(b"\r\n"));
            let end = usize::try_from(reader.position().byte()).unwrap_or(usize::MAX).min(bytes.len());
            if !take(&row, bytes.get(start..end).unwrap_or_default()) {
                break;
            }
            start = end;
        }
    }
}

/// Whether a row can be read.
fn check(row: &csv::ByteRecord, text: &[u8], columns: usize) -> Result<(), Problem> {
    if text.len() > crate::MAX_LINE {
        return Err(Problem::new(Reason::TooLong));
    }
    if row.len() != columns {
        return Err(Problem::detailed(Reason::NotRow, format!("it has {} cells, not {columns}", row.len())));
    }
    Ok(())
}

fn fill<'r>(row: &'r csv::ByteRecord, nodes: &[Option<&Node>], slots: &mut Slots<'r>) -> Result<(), Problem> {
    for (cell, node) in row.iter().zip(nodes) {
        let Some(node) = node else { continue };
        let text = std::str::from_utf8(cell).map_err(|_| Problem::new(Reason::NotUtf8))?;
        if !text.is_empty() {
            Walk::<Borrowed>::new(node, slots).take_cell(text);
        }
    }
    Ok(())
}
