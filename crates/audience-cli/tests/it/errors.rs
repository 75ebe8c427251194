//! What goes wrong has a message that names it, and an exit code.

use std::fs;

use crate::{CATALOG, EVENTS, feed, run};

/// Exit code and message.
fn failure(arguments: &[&str]) -> String {
    let run = run(arguments);
    format!("{} {}", run.code, run.err.trim_end())
}

#[test]
fn messages_and_exit_codes() {
    insta::assert_snapshot!(failure(&["report", "none.ndjson"]), @"1 error: cannot read none.ndjson: there is no such file, folder or match");
    insta::assert_snapshot!(failure(&["report", "docs/*.none"]), @"1 error: cannot read docs/*.none: there is no such file, folder or match");
    insta::assert_snapshot!(failure(&["report", "Cargo.toml"]), @"1 error: cannot read Cargo.toml: it is neither JSON objects, CMCD reports nor a known log, one a line, nor a table of a known system (say which with a format or a map if it is)");
    insta::assert_snapshot!(failure(&["report", "docs/methods"]), @"1 error: cannot read docs/methods: no file in this folder ends in one of .ndjson .jsonl .cmcd .log (also with .gz or .zst) .parquet");
    insta::assert_snapshot!(failure(&["report", EVENTS, "--tz", "Mars"]), @r#"2 error: cannot use the time zone "Mars": failed to find time zone `Mars` in time zone database"#);
    insta::assert_snapshot!(failure(&["report", EVENTS, "--from", "soon"]), @r#"2 error: cannot read the time "soon": failed to parse four digit integer as year: invalid digit, expected 0-9 but got s"#);
    insta::assert_snapshot!(failure(&["report", EVENTS, "--where", "device"]), @r#"2 error: cannot filter by "device": it is not name=value"#);
    insta::assert_snapshot!(failure(&["report", EVENTS, "--by", "device,,day"]), @r#"2 error: cannot break down by "device,,day": there is an empty name in it"#);
    insta::assert_snapshot!(failure(&["report", EVENTS, "--where", "device=fridge"]), @"3 error: no session passes; the data have 500 sessions");
    insta::assert_snapshot!(failure(&["report", EVENTS, "--catalog", "none.csv"]), @"1 error: cannot read none.csv: No such file or directory (os error 2)");
    insta::assert_snapshot!(failure(&["report", EVENTS, "--catalog", "LICENSE-MIT"]), @"1 error: cannot read the catalogue LICENSE-MIT, entry 2: CSV error: record 2 (line: 4, byte: 58): found record with 3 fields, but the previous record has 1 fields");
    insta::assert_snapshot!(failure(&["report", EVENTS, "-o", "no/such/folder/report.txt"]), @"1 error: cannot write no/such/folder/report.txt: No such file or directory (os error 2)");
    insta::assert_snapshot!(failure(&["report", EVENTS, "--rejects", "no/such/folder/rejects"]), @"1 error: cannot write rejected lines to no/such/folder/rejects: No such file or directory (os error 2)");
    insta::assert_snapshot!(failure(&["report", "-", "-"]), @"2 error: cannot read standard input twice: `-` is given more than once");
    insta::assert_snapshot!(failure(&["session", EVENTS, "nobody"]), @r#"3 error: no session "nobody" in docs/sample/events.ndjson.gz"#);
}

#[test]
fn a_wrong_command_line_is_exit_code_2() {
    assert_eq!(run(&["report"]).code, 2);
    assert_eq!(run(&["report", EVENTS, "--top", "many"]).code, 2);
    assert_eq!(run(&["report", EVENTS, "--format", "csv"]).code, 2);
    assert_eq!(run(&["report", EVENTS, "--threads", "0"]).code, 2);
    assert_eq!(run(&["report", EVENTS, "--memory", "1M"]).code, 2);
    assert_eq!(run(&["report", EVENTS, "--memory", "much"]).code, 2);
    assert_eq!(run(&["report", EVENTS, "--memory", "256MiB"]).code, 0);
    assert_eq!(run(&["dance"]).code, 2);
}

#[test]
fn data_without_sessions_are_exit_code_3_and_still_a_report() {
    for input in ["", "\n\n", "oops\n"] {
        let run = feed(&["report", "-", "--format", "ndjson"], input.as_bytes());
        assert_eq!(run.code, 3, "{input:?}");
        assert!(run.out.contains("no sessions"), "{}", run.out);
        assert!(run.err.starts_with("error: no session in the data"), "{}", run.err);
    }
}

#[test]
fn strict_stops_at_the_first_fault_with_exit_code_4() {
    let good = r#"{"session_id":"s","ts":1,"type":"play"}"#;
    let strict = |input: String| {
        let run = feed(&["report", "-", "--strict"], input.as_bytes());
        assert_eq!(run.out.is_empty(), run.code != 0);
        format!("{} {}", run.code, run.err.trim_end())
    };
    insta::assert_snapshot!(strict(format!("{good}\noops\n")), @"4 error: cannot use -:2: not a JSON object: expected value at column 1");
    insta::assert_snapshot!(strict(format!("{good}\n{}\n", good.replace('1', "\"1\""))), @r#"4 error: cannot use -:2: ts is "1" and would have to be retyped"#);
    assert!(strict(format!("{good}\n")).starts_with('0'));
}

#[test]
fn a_cut_off_file_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cut.ndjson.gz");
    let whole = fs::read(crate::root().join(EVENTS)).unwrap();
    fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    let run = run(&["report", path.to_str().unwrap()]);
    assert_eq!((run.code, run.out.as_str()), (1, ""));
    assert!(run.err.contains("cut.ndjson.gz"), "{}", run.err);
}

#[test]
fn a_catalogue_that_is_none_names_the_entry() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("catalog.csv");
    fs::write(&path, "content_id,duration_ms\nc0000,abc\n").unwrap();
    let run = run(&["report", EVENTS, "--catalog", path.to_str().unwrap()]);
    assert_eq!(run.code, 1);
    assert!(run.err.contains("entry 1: duration_ms is \"abc\""), "{}", run.err);
    assert_eq!(crate::run(&["report", EVENTS, "--catalog", CATALOG]).code, 0);
}
