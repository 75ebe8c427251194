//! Tables as other engines write them.

use std::sync::Arc;

use audience_lake::{Error, EventsTable, Table};
use parquet::data_type::{
    ByteArray, ByteArrayType, DoubleType, FixedLenByteArray, FixedLenByteArrayType, Int32Type, Int64Type,
};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{WriterProperties, WriterPropertiesBuilder, WriterVersion};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

use crate::events::rows;
use crate::file;

/// What one column has: values, and the levels at which they are.
enum Column {
    Text(Vec<&'static str>, Option<Vec<i16>>, Option<Vec<i16>>),
    Names(Vec<String>),
    Fixed(Vec<Vec<u8>>),
    Whole(Vec<i64>),
    Wholes(Vec<i64>, Vec<i16>, Vec<i16>),
    Small(Vec<i32>),
    Number(Vec<f64>),
}

fn write(schema: &str, version: Option<&str>, columns: Vec<Column>) -> (tempfile::TempDir, std::path::PathBuf) {
    let pair = |version: &str| vec![KeyValue::new("audience.version".to_owned(), version.to_owned())];
    write_with(WriterProperties::builder().set_key_value_metadata(version.map(pair)), schema, columns)
}

fn write_with(
    properties: WriterPropertiesBuilder,
    schema: &str,
    columns: Vec<Column>,
) -> (tempfile::TempDir, std::path::PathBuf) {
    let (folder, path) = file();
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let properties = properties.build();
    let out = std::fs::File::create(&path).unwrap();
    let mut writer = SerializedFileWriter::new(out, schema, Arc::new(properties)).unwrap();
    let mut group = writer.next_row_group().unwrap();
    for column in columns {
        let mut into = group.next_column().unwrap().unwrap();
        match column {
            Column::Text(values, defined, repeats) => {
                let values: Vec<ByteArray> = values.into_iter().map(|text| ByteArray::from(text.as_bytes())).collect();
                let into = into.typed::<ByteArrayType>();
                into.write_batch(&values, defined.as_deref(), repeats.as_deref()).unwrap();
            }
            Column::Names(values) => {
                let values: Vec<ByteArray> = values.iter().map(|text| ByteArray::from(text.as_bytes())).collect();
                into.typed::<ByteArrayType>().write_batch(&values, None, None).unwrap();
            }
            Column::Fixed(values) => {
                let values: Vec<FixedLenByteArray> = values.into_iter().map(FixedLenByteArray::from).collect();
                into.typed::<FixedLenByteArrayType>().write_batch(&values, None, None).unwrap();
            }
            Column::Whole(values) => {
                into.typed::<Int64Type>().write_batch(&values, None, None).unwrap();
            }
            Column::Wholes(values, defined, repeats) => {
                into.typed::<Int64Type>().write_batch(&values, Some(&defined), Some(&repeats)).unwrap();
            }
            Column::Small(values) => {
                into.typed::<Int32Type>().write_batch(&values, None, None).unwrap();
            }
            Column::Number(values) => {
                into.typed::<DoubleType>().write_batch(&values, None, None).unwrap();
            }
        }
        into.close().unwrap();
    }
    group.close().unwrap();
    writer.close().unwrap();
    (folder, path)
}

#[test]
fn columns_of_other_types_are_understood() {
    let schema = "message m {
        REQUIRED FIXED_LEN_BYTE_ARRAY(16) session_id (UUID);
        REQUIRED INT64 ts (TIMESTAMP(MICROS,true));
        REQUIRED BYTE_ARRAY type;
        REQUIRED INT32 seq (INTEGER(32,false));
        REQUIRED DOUBLE position_ms;
        REQUIRED INT32 price (DECIMAL(9,2));
        REQUIRED INT32 day (DATE);
        OPTIONAL BYTE_ARRAY device (UTF8);
        OPTIONAL group attributes (MAP) { REPEATED group entries {
            REQUIRED BYTE_ARRAY key (UTF8); OPTIONAL BYTE_ARRAY value (UTF8); } }
        OPTIONAL group tags (LIST) { REPEATED group list { OPTIONAL BYTE_ARRAY element (UTF8); } }
    }";
    let id: Vec<u8> = (0..16).map(|byte| byte * 17).collect();
    let columns = vec![
        Column::Fixed(vec![id.clone(), id.clone(), id]),
        Column::Whole(vec![1_767_225_606_141_999, -1, 0]),
        Column::Text(vec!["play", "pause", "\u{7}"], None, None),
        Column::Small(vec![1, -1, 0]),
        Column::Number(vec![2.0, 2.5, f64::NAN]),
        Column::Small(vec![1250, -5, 0]),
        Column::Small(vec![1, 0, -1]),
        Column::Text(vec!["tv"], Some(vec![0, 1, 0]), None),
        // Two pairs, the second without a value; no map; an empty map.
        Column::Text(vec!["a", "b"], Some(vec![2, 2, 0, 1]), Some(vec![0, 1, 0, 0])),
        Column::Text(vec!["x"], Some(vec![3, 2, 0, 1]), Some(vec![0, 1, 0, 0])),
        Column::Text(vec!["t"], Some(vec![3, 0, 0]), Some(vec![0, 0, 0])),
    ];
    let (_folder, path) = write(schema, None, columns);
    let Table::Events(table) = Table::open(&path).unwrap() else { panic!("it has no runs") };
    assert_eq!(table.unread(), ["tags"]);
    let text: Vec<String> = rows(&table)
        .into_iter()
        .map(|row| row.into_iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" "))
        .collect();
    let id = r#"session_id="00112233-4455-6677-8899-aabbccddeeff""#;
    let expected = [
        format!(
            r#"{id} ts=1767225606141 type="play" seq=1 position_ms=2 attribute price=12.5 attribute day=86400000 attribute a="x""#
        ),
        format!(
            r#"{id} ts=-1 type="pause" seq=4294967295 position_ms=2.5 attribute price=-0.05 attribute day=0 attribute device="tv""#
        ),
        format!(r#"{id} ts=0 type="\u{{7}}" seq=0 position_ms=NaN attribute price=0 attribute day=-86400000"#),
    ];
    assert_eq!(text, expected);
}

#[test]
fn texts_are_the_same_with_a_dictionary_without_one_and_with_one_that_became_too_large() {
    let schema =
        "message m { REQUIRED BYTE_ARRAY session_id (UTF8); REQUIRED INT64 ts; REQUIRED BYTE_ARRAY type (UTF8);
        OPTIONAL BYTE_ARRAY device (UTF8); }";
    let rows_of = 20_000_usize;
    let names: Vec<String> = (0..rows_of).map(|row| format!("session {}", row * 7919 % 5000)).collect();
    let kinds = ["play", "pause", "seek"].into_iter().cycle().take(rows_of).collect::<Vec<_>>();
    // Every third row has a device, all of them different.
    let devices: Vec<&str> = names.iter().step_by(3).map(|name| &*name.clone().leak()).collect();
    let defined: Vec<i16> = (0..rows_of).map(|row| i16::from(row % 3 == 0)).collect();
    let read = |properties: WriterPropertiesBuilder| {
        let columns = vec![
            Column::Names(names.clone()),
            Column::Whole((0..rows_of as i64).collect()),
            Column::Text(kinds.clone(), None, None),
            Column::Text(devices.clone(), Some(defined.clone()), None),
        ];
        let (_folder, path) = write_with(properties.set_data_page_size_limit(5000), schema, columns);
        let Table::Events(table) = Table::open(&path).unwrap() else { panic!("it has no runs") };
        rows(&table)
    };
    let with = read(WriterProperties::builder());
    assert_eq!(with.len(), rows_of);
    assert_eq!(with[4][0], ("session_id".to_owned(), format!("{:?}", names[4])));
    assert_eq!(with[6][3], ("attribute device".to_owned(), format!("{:?}", names[6])));
    assert_eq!(with[7].len(), 3);
    let limited = || WriterProperties::builder().set_dictionary_page_size_limit(20_000).set_write_batch_size(100);
    for properties in [
        WriterProperties::builder().set_dictionary_enabled(false),
        WriterProperties::builder().set_writer_version(WriterVersion::PARQUET_2_0),
        limited(),
        limited().set_writer_version(WriterVersion::PARQUET_2_0),
    ] {
        assert!(read(properties) == with);
    }
}

#[test]
fn a_table_of_neither_kind_or_another_version_is_refused() {
    let schema = "message m { REQUIRED BYTE_ARRAY session_id (UTF8); REQUIRED INT64 ts; }";
    let columns = || vec![Column::Text(vec!["s"], None, None), Column::Whole(vec![1])];
    let (_folder, path) = write(schema, None, columns());
    let error = Table::open(&path).unwrap_err();
    assert!(matches!(&error, Error::UnknownTable { no_event: "type", no_session: "started_at_ms", .. }), "{error}");
    let (_folder, path) = write(schema, Some("2"), columns());
    let error = Table::open(&path).unwrap_err().to_string();
    assert!(error.ends_with("it has version 2 of the schema; this program reads version 1"), "{error}");
}

#[test]
fn a_value_that_no_session_can_have_is_named() {
    let schema = "message m { REQUIRED BYTE_ARRAY session_id (UTF8); REQUIRED INT64 started_at_ms;
        REQUIRED INT64 watched_ms; REQUIRED BYTE_ARRAY exit_reason (UTF8); REQUIRED INT64 runs; }";
    let columns = vec![
        Column::Text(vec!["s", "t"], None, None),
        Column::Whole(vec![1, 2]),
        Column::Whole(vec![3, -4]),
        Column::Text(vec!["ended", "bored"], None, None),
        Column::Whole(vec![0, 0]),
    ];
    let (_folder, path) = write(schema, None, columns);
    let Table::Sessions(table) = Table::open(&path).unwrap() else { panic!("it has no types") };
    let mut read = 0;
    let error = table.read(0, |_| read += 1).unwrap_err().to_string();
    assert_eq!(read, 1);
    assert!(error.ends_with("row 2, column watched_ms: -4 is not a whole number that fits"), "{error}");
}

#[test]
fn tables_of_older_versions_do_not_say_in_which_order_content_was_played() {
    let schema = "message m { REQUIRED BYTE_ARRAY session_id (UTF8); REQUIRED INT64 started_at_ms;
        REQUIRED INT64 watched_ms;
        REQUIRED group runs (LIST) { REPEATED group list { REQUIRED group element {
            REQUIRED INT64 start_ms; REQUIRED INT64 end_ms; REQUIRED INT64 plays; } } } }";
    let list = |values: Vec<i64>| Column::Wholes(values, vec![1, 1], vec![0, 1]);
    let columns = vec![
        Column::Text(vec!["s"], None, None),
        Column::Whole(vec![1]),
        Column::Whole(vec![30]),
        list(vec![0, 50]),
        list(vec![10, 70]),
        list(vec![1, 1]),
    ];
    let (_folder, path) = write(schema, None, columns);
    let Table::Sessions(table) = Table::open(&path).unwrap() else { panic!("it has no types") };
    table
        .read(0, |facts| {
            assert_eq!((facts.map.unique().as_millis(), facts.map.runs().len(), facts.played.len()), (30, 2, 0));
        })
        .unwrap();
}

#[test]
fn damage_anywhere_is_no_panic() {
    let schema =
        "message m { REQUIRED BYTE_ARRAY session_id (UTF8); REQUIRED INT64 ts; REQUIRED BYTE_ARRAY type (UTF8); }";
    let texts = || Column::Text(vec!["one", "two", "one"], None, None);
    let (folder, path) = write(schema, None, vec![texts(), Column::Whole(vec![1, 2, 3]), texts()]);
    let bytes = std::fs::read(&path).unwrap();
    let damaged = folder.path().join("damaged.parquet");
    let mut refused = 0;
    for at in 0..bytes.len() {
        for change in [0xff, 0x01] {
            let mut bytes = bytes.clone();
            bytes[at] ^= change;
            std::fs::write(&damaged, bytes).unwrap();
            let Ok(Table::Events(table)) = Table::open(&damaged) else {
                refused += 1;
                continue;
            };
            for row_group in 0..table.row_groups() {
                let Ok(mut reader) = table.read(row_group) else { continue };
                while let Ok(Some(mut batch)) = reader.next_batch() {
                    while batch.next_row(|_, _| {}) {}
                }
            }
        }
    }
    assert!(refused > 100);
}

#[test]
fn columns_of_any_table_are_read_by_their_names() {
    let schema = "message m {
        REQUIRED INT64 at;
        OPTIONAL group player { OPTIONAL BYTE_ARRAY name (UTF8); REQUIRED DOUBLE time; }
        OPTIONAL group list (LIST) { REPEATED group list { OPTIONAL BYTE_ARRAY element (UTF8); } }
        REQUIRED INT64 unwanted;
    }";
    let (folder, path) = file();
    let out = std::fs::File::create(&path).unwrap();
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let mut writer = SerializedFileWriter::new(out, schema, Arc::new(WriterProperties::builder().build())).unwrap();
    let mut group = writer.next_row_group().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    column.typed::<Int64Type>().write_batch(&[1, 2], None, None).unwrap();
    column.close().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    column.typed::<ByteArrayType>().write_batch(&[ByteArray::from("web")], Some(&[2, 0]), None).unwrap();
    column.close().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    column.typed::<DoubleType>().write_batch(&[2.5], Some(&[1, 0]), None).unwrap();
    column.close().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    column.typed::<ByteArrayType>().write_batch(&[ByteArray::from("x")], Some(&[3, 0]), Some(&[0, 0])).unwrap();
    column.close().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    column.typed::<Int64Type>().write_batch(&[8, 9], None, None).unwrap();
    column.close().unwrap();
    group.close().unwrap();
    writer.close().unwrap();

    let table = EventsTable::open_foreign(&path, |name| name != "unwanted").unwrap();
    assert_eq!(table.unread(), ["list"]);
    let mut rows = table.read(0).unwrap();
    let mut batch = rows.next_batch().unwrap().unwrap();
    let mut cells = Vec::new();
    while batch.next_row(|key, value| cells.push(format!("{} {value}", key.name()))) {}
    assert_eq!(cells, ["at 1", "player.name \"web\"", "player.time 2.5", "at 2"]);
    drop(folder);
}
