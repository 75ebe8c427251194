//! `audience convert`

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::{EVENTS, run};

/// Runs the command, which succeeds, and gives its messages.
fn convert(arguments: &[&str]) -> String {
    let run = run(&[&["convert"], arguments].concat());
    assert_eq!(run.code, 0, "{}", run.err);
    run.err
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// The report without what is only about files.
fn report(path: &str) -> Value {
    report_with(path, &[])
}

fn report_with(path: &str, more: &[&str]) -> Value {
    let run = run(&[&["report", "--json", "--by", "device,day", path], more].concat());
    assert_eq!(run.code, 0, "{}", run.err);
    let mut report: Value = serde_json::from_str(&run.out).unwrap();
    report["quality"]["lines"]["bytes"].take();
    report["quality"]["lines"]["formats"].take();
    report
}

#[test]
fn requests_of_a_log_are_inferred_from_alike_in_every_form() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    let segments = ["--segments", "xtask/fixtures/cdn-logs/segments.json"];
    for log in ["akamai-datastream2.json.gz", "nginx-combined.log.gz"] {
        let log = format!("xtask/fixtures/cdn-logs/{log}");
        let mut expected = report_with(&log, &segments);
        expected["quality"]["lines"].take();
        for (name, table) in [("events.ndjson", "events"), ("events.parquet", "events"), ("s.parquet", "sessions")] {
            let path = file(name);
            convert(&[&[log.as_str(), "--table", table, "-o", text(&path)], &segments[..]].concat());
            let mut again = report(text(&path));
            again["quality"]["lines"].take();
            assert!(again == expected, "{log} as {name}");
        }
    }
}

#[test]
fn every_form_gives_the_same_report() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    let events = file("events.parquet");
    let said = convert(&[EVENTS, "-o", text(&events)]);
    assert!(said.ends_with(" events written, 0 lines rejected, 0 fields repaired\n"), "{said}");
    let expected = report(EVENTS);
    assert_eq!(report(text(&events)), expected);

    let lines = file("events.ndjson.zst");
    convert(&[text(&events), "-o", text(&lines)]);
    assert_eq!(report(text(&lines)), expected);

    let sessions = file("sessions.parquet");
    convert(&[EVENTS, "--table", "sessions", "-o", text(&sessions)]);
    let (mut of_sessions, mut expected) = (report(text(&sessions)), expected);
    assert_eq!(of_sessions["quality"]["lines"]["session_rows"], of_sessions["totals"]["sessions"]);
    // Lines were read another time.
    of_sessions["quality"]["lines"].take();
    expected["quality"]["lines"].take();
    assert_eq!(of_sessions, expected);
}

#[test]
fn lines_go_to_standard_output_as_they_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("in.ndjson");
    let line = r#"{"session_id":"s","content_id":"c","ts":1000,"type":"play","position_ms":0,"device":"tv"}"#;
    fs::write(&path, format!("{line}\r\n\noops\n{line}\n")).unwrap();
    let run = run(&["convert", text(&path)]);
    assert_eq!((run.code, run.out), (0, format!("{line}\n{line}\n")));
    assert_eq!(run.err, "2 events written, 1 lines rejected, 0 fields repaired\n");
}

#[test]
fn half_a_file_is_not_left_behind() {
    let folder = tempfile::tempdir().unwrap();
    let (from, to) = (folder.path().join("in.ndjson"), folder.path().join("out.parquet"));
    fs::write(&from, "{\"session_id\":\"s\",\"ts\":1,\"type\":\"play\"}\noops\n").unwrap();
    let run = run(&["convert", "--strict", text(&from), "-o", text(&to)]);
    assert_eq!(run.code, 4, "{}", run.err);
    assert!(!to.exists());
}

#[test]
fn what_cannot_be_done_is_refused_before_anything_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("in.ndjson");
    fs::write(&path, "{}").unwrap();
    let failure = |arguments: &[&str]| {
        let run = run(&[&["convert"], arguments].concat());
        format!("{} {}", run.code, run.err.trim_end().replace(text(folder.path()), "DIR"))
    };
    let path = text(&path);
    insta::assert_snapshot!(failure(&[path, "-o", path]), @"2 error: cannot write DIR/in.ndjson while it is read");
    insta::assert_snapshot!(failure(&[path, "--table", "sessions"]), @"2 error: cannot write a table of sessions as lines: name an output file that ends in .parquet");
    insta::assert_snapshot!(failure(&[path, "-o", "a.csv"]), @"2 error: cannot write events to a.csv: its name ends in none of .ndjson .jsonl .json (also with .gz or .zst) .parquet");
    insta::assert_snapshot!(failure(&[path, "-o", "no/such/folder/a.parquet"]), @"1 error: cannot write no/such/folder/a.parquet: No such file or directory (os error 2)");
    assert_eq!(fs::read_to_string(path).unwrap(), "{}");
    let table = folder.path().join("sessions.parquet");
    convert(&[EVENTS, "--table", "sessions", "-o", text(&table)]);
    insta::assert_snapshot!(failure(&[text(&table)]), @"1 error: cannot read events of DIR/sessions.parquet: it is a table of sessions, in which there are none");
}
