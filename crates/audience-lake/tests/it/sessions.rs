//! The table of sessions.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;

use audience_core::test_util::{various_facts, various_sessions};
use audience_core::{
    Bitrate, Elapsed, Estimates, Jump, LiveLatency, MediaTime, Rendition, RenditionTime, Rules, SessionFacts, Tidied,
    Timestamp,
};
use audience_lake::{Error, SessionsTable, SessionsWriter, Table};
use parquet::file::reader::{FileReader, SerializedFileReader};

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

/// Facts that differ in everything there is.
fn told_apart() -> Vec<SessionFacts> {
    let mut all = various_facts();
    // As left in the middle, and as still going on.
    let horizons = [None, Some(Timestamp::from_millis(12 * 3_600_000))];
    for horizon in horizons {
        all.extend(various_sessions().iter().map(|session| session.facts(&Rules::default(), horizon)));
    }
    let mut told = all[0].clone();
    told.reported_watch = Some(Elapsed::from_secs(7));
    told.tidied = Tidied { duplicates: 2, conflicts: 3, dropped_attributes: 5 };
    told.inferred.repaired_positions = 4;
    told.inferred.repaired_durations = 6;
    told.inferred.from_requests = Some(Estimates {
        playing_least: Elapsed::from_secs(21),
        playing_most: Elapsed::from_secs(22),
        exit_least: Some(MediaTime::from_secs(23)),
        exit_most: Some(MediaTime::from_secs(24)),
        position_error: MediaTime::from_secs(25),
    });
    told.inferred.positions = true;
    told.dropped_marks = 8;
    told.rate_changes = 9;
    told.wall.idle = Elapsed::from_secs(10);
    told.wall.in_ads = Elapsed::from_secs(11);
    told.wall.ad_waiting = Elapsed::from_secs(12);
    told.wall.failed = Elapsed::from_secs(13);
    told.seeks.back = 14;
    told.seeks.other = 15;
    told.seeks.inferred_forward = 16;
    told.exit.waiting = true;
    told.wall.ended = Elapsed::from_secs(17);
    told.wall.paused = Elapsed::from_secs(18);
    told.wall.starting = Elapsed::from_secs(19);
    told.requested = true;
    told.quality.switches_up = 20;
    told.quality.up_bps = 26;
    told.quality.down_bps = 27;
    told.quality.decoded_frames = Some(28);
    told.failure_code = Some("GEO".into());
    told.longest_stall = Elapsed::from_secs(29);
    told.restarts = vec![Elapsed::from_secs(30), Elapsed::from_secs(31)];
    told.jumps = vec![
        Jump { from: MediaTime::from_secs(40), to: MediaTime::from_secs(41), inferred: false },
        Jump { from: MediaTime::from_secs(43), to: MediaTime::from_secs(42), inferred: true },
    ];
    told.renditions = vec![
        RenditionTime { rendition: Rendition::default(), played: MediaTime::from_secs(32) },
        RenditionTime {
            rendition: Rendition { bitrate: Bitrate::from_bps(33), width: 34, height: 35 },
            played: MediaTime::from_secs(36),
        },
    ];
    told.latency = Some(LiveLatency { square_ms: 37, over: Elapsed::from_millis(38), most: Elapsed::from_millis(39) });
    told.started_at = Timestamp::from_millis(-5);
    all.push(told);
    all
}

#[test]
fn facts_come_back_as_they_were() {
    let all = told_apart();
    let (_folder, table) = written(&all);
    assert_eq!(table.rows(), all.len() as u64);
    assert_eq!(read(&table), all);
}

#[test]
fn what_comes_back_has_several_values_in_every_column() {
    // Else a column that is forgotten, or read into another's place, would come back as it was.
    let (folder, path) = file();
    let mut writer = SessionsWriter::new(File::create(&path).unwrap()).unwrap();
    for facts in told_apart() {
        writer.write(&facts).unwrap();
    }
    writer.finish().unwrap();
    let reader = SerializedFileReader::new(File::open(&path).unwrap()).unwrap();
    let mut values = BTreeMap::<String, BTreeSet<String>>::new();
    for row in reader.get_row_iter(None).unwrap() {
        for (name, value) in row.unwrap().get_column_iter() {
            values.entry(name.clone()).or_default().insert(value.to_string());
        }
    }
    let constant: Vec<_> = values.iter().filter(|(_, values)| values.len() < 2).map(|(name, _)| name).collect();
    assert_eq!(constant, Vec::<&String>::new());
    drop(folder);
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
