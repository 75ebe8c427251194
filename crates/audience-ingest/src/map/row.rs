//! One row of a table, whatever the table is written in.

use super::Map;
use super::apply::Applier;
use super::lines::records_in;
use super::record::{Record, Slots};
use crate::batch::Batch;
use crate::quality::{Problem, Reason};
use crate::scalar::Scalar;

/// Gives the events of a row to the batch. `show` is the row as text.
pub(super) fn apply(
    map: &Map,
    around: &Slots<'_>,
    own: &Slots<'_>,
    applier: &mut Applier,
    show: &mut dyn FnMut() -> String,
    batch: &mut Batch,
) {
    applier.begin_line();
    let mut take = |record: Record<'_>| {
        if let Err(problem) = applier.apply(map, record, batch) {
            batch.reject(problem, &show());
        }
    };
    let line = map.each.is_some().then_some(around);
    match map.each.map(|each| around.get(each)) {
        Some(Scalar::Text(list)) => {
            if let Err(error) = records_in(map, list, around, &mut take) {
                let detail = crate::scalar::without_line(&error);
                batch.reject(Problem::detailed(Reason::NotJson, detail), &show());
            }
        }
        _ => take(Record { own, line, index: 0 }),
    }
}
