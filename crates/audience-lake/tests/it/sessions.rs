//! The table of sessions.

use std::fs::File;

use audience_core::test_util::{various_facts, various_sessions};
use audience_core::{Elapsed, Rules, SessionFacts, Timestamp};
use audience_lake::{Error, SessionsTable, SessionsWriter, Table};

use crate::file;

fn written(all: &[SessionFacts]) -> (tempfile::TempDir, SessionsTable) {
    let (folder, path) = file();
    let mut writer = SessionsWriter::new(File::create(&path).unwrap()).unwrap();
    for facts in all {
        writer.write(facts).unwrap();
    }
    writer.finish().unwrap();
    match Table::open(&path).unwrap() {
        Table::Sessions(table) => (folder, table),
        Table::Events(table) => panic!("{table:?}"),
    }
}

fn read(table: &SessionsTable) -> Vec<SessionFacts> {
    let mut all = Vec::new();
    for row_group in 0..table.row_groups() {
        table.read(row_group, |facts| all.push(facts)).unwrap();
    }
    all
}

#[test]
fn facts_come_back_as_they_were() {
    let mut all = various_facts();
    // As left in the middle, and as still going on.
    let horizons = [None, Some(Timestamp::from_millis(12 * 3_600_000))];
    for horizon in horizons {
        all.extend(various_sessions().iter().map(|session| session.facts(&Rules::default(), horizon)));
    }
    let mut told = all[0].clone();
    told.reported_watch = Some(Elapsed::from_secs(7));
    told.tidied.conflicts = 3;
    told.inferred.repaired_positions = 4;
    told.started_at = Timestamp::from_millis(-5);
    all.push(told);
    let (_folder, table) = written(&all);
    assert_eq!(table.rows(), all.len() as u64);
    assert_eq!(read(&table), all);
}

#[test]
fn every_column_tells_rows_apart() {
    // A column that was forgotten, or read into another's place, makes two different facts the same.
    let all = various_facts();
    let (_folder, table) = written(&all);
    let text: Vec<String> = read(&table).iter().map(|facts| format!("{facts:?}")).collect();
    let expected: Vec<String> = all.iter().map(|facts| format!("{facts:?}")).collect();
    assert_eq!(text, expected);
}

#[test]
fn many_rows_are_several_row_groups() {
    let some = various_facts();
    let all: Vec<SessionFacts> = some.iter().cycle().take(140_000).cloned().collect();
    let (_folder, table) = written(&all);
    assert_eq!((table.row_groups(), table.rows()), (2, 140_000));
    assert!(read(&table) == all);
}

#[test]
fn no_rows_are_a_table_too() {
    let (_folder, table) = written(&[]);
    assert_eq!((table.rows(), read(&table)), (0, Vec::new()));
}

#[test]
fn what_is_no_table_is_an_error() {
    let (folder, path) = file();
    let message = |bytes: &[u8]| {
        std::fs::write(&path, bytes).unwrap();
        Table::open(&path).unwrap_err().to_string().replace(&*folder.path().to_string_lossy(), "")
    };
    assert_eq!(message(b""), "read /table.parquet: EOF: Parquet file too small. Size is 0 but need 8");
    assert!(message(b"PAR1 and so on PAR1").starts_with("read /table.parquet: "));
    assert!(matches!(Table::open(&folder.path().join("gone")), Err(Error::Io { .. })));
}
