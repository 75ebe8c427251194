//! Tables in Parquet.

use std::collections::HashMap;
use std::path::Path;

use audience_lake::{EventBatch, EventsTable, Value};

use super::Map;
use super::apply::Applier;
use super::record::{Record, Slots};
use super::row;
use super::tree::{Node, Tree};
use super::walk::{Borrowed, Walk};
use crate::batch::Batch;
use crate::ndjson::{as_json, scalar};
use crate::quality::{Problem, Reason};

/// Reads the rows into the batch.
pub(crate) fn read_rows(map: &Map, rows: &mut EventBatch<'_>, batch: &mut Batch) {
    let (mut line_nodes, mut record_nodes) = (Nodes::of(&map.line), Nodes::of(&map.record));
    let mut applier = Applier::default();
    let mut around = Slots::default().reuse(map.line.slots());
    let mut own = Slots::default().reuse(map.record.slots());
    for _ in 0..rows.left() {
        around.clear();
        own.clear();
        let mut is_text = true;
        batch.next_line();
        rows.next_row(|key, value| {
            line_nodes.take(key.name(), value, &mut around);
            record_nodes.take(key.name(), value, &mut own);
            is_text &= !matches!(value, Value::Bytes(_));
        });
        if is_text {
            row::apply(map, &around, &own, &mut applier, &mut || as_json(rows), batch);
        } else {
            batch.reject(Problem::new(Reason::NotUtf8), &as_json(rows));
        }
    }
}

/// Whether the first row of a table looks as if the map were for it.
pub(super) fn is_for(map: &Map, path: &Path) -> Result<bool, audience_lake::Error> {
    let table = EventsTable::open_foreign(path, |name| map.record.root.column(name).is_some())?;
    if table.row_groups() == 0 {
        return Ok(false);
    }
    let mut rows = table.read(0)?;
    let Some(mut rows) = rows.next_batch()? else { return Ok(false) };
    let mut nodes = Nodes::of(&map.record);
    let mut slots = Slots::default().reuse(map.record.slots());
    rows.next_row(|key, value| nodes.take(key.name(), value, &mut slots));
    Ok(map.is_for(Record { own: &slots, line: None, index: 0 }))
}

/// What is wanted of columns, by their names.
struct Nodes<'m, 'a> {
    tree: &'m Tree,
    known: HashMap<&'a str, Option<&'m Node>, foldhash::fast::RandomState>,
}

impl<'m, 'a> Nodes<'m, 'a> {
    fn of(tree: &'m Tree) -> Self {
        Self { tree, known: HashMap::default() }
    }

    fn take(&mut self, name: &'a str, value: Value<'a>, slots: &mut Slots<'a>) {
        let tree = self.tree;
        if let Some(node) = self.known.entry(name).or_insert_with(|| tree.root.column(name)) {
            Walk::<Borrowed>::new(node, slots).take_scalar(scalar(value));
        }
    }
}
