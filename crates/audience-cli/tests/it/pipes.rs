//! Standard input and output, and files.

use std::fs;
use std::io::Read;
use std::process::Stdio;

use crate::{EVENTS, PLAYERS, command, feed, output, run};

#[test]
fn standard_input_gives_what_the_file_gives() {
    let bytes = fs::read(crate::root().join(EVENTS)).unwrap();
    let from_pipe = feed(&["report", "-", "--json"], &bytes);
    assert_eq!((from_pipe.code, from_pipe.err.as_str()), (0, ""));
    assert_eq!(from_pipe.out, output(&["report", EVENTS, "--json"]));
}

#[test]
fn nothing_but_the_report_is_written_when_nobody_watches() {
    let run = run(&["report", EVENTS]);
    assert_eq!(run.err, "", "no progress bar");
    assert!(!run.out.contains('\u{1b}'), "no colours");
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let mut child =
        command(&["report", EVENTS, "--json"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut first = [0; 10];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr), (Some(0), Vec::new()));
}

#[test]
fn output_goes_to_a_file_when_asked() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.txt");
    assert_eq!(output(&["report", EVENTS, "-o", path.to_str().unwrap()]), "");
    assert_eq!(fs::read_to_string(path).unwrap(), output(&["report", EVENTS]));
}

#[test]
fn the_same_input_gives_the_same_bytes_on_any_number_of_threads() {
    let one = output(&["report", EVENTS, PLAYERS, "--json", "--by", "device", "--threads", "1"]);
    for threads in ["2", "5"] {
        assert_eq!(output(&["report", EVENTS, PLAYERS, "--json", "--by", "device", "--threads", threads]), one);
    }
}

#[test]
fn rejects_are_written_with_line_and_reason() {
    let folder = tempfile::tempdir().unwrap();
    let rejects = folder.path().join("rejects.ndjson");
    let input = "{\"session_id\":\"s\",\"ts\":1,\"type\":\"play\"}\noops\n{\"ts\":1}\n";
    let run = feed(&["report", "-", "--rejects", rejects.to_str().unwrap()], input.as_bytes());
    assert_eq!(run.code, 0);
    insta::assert_snapshot!(fs::read_to_string(rejects).unwrap(), @r#"
    {"file":"-","line":2,"reason":"not_json","detail":"expected value at column 1","text":"oops"}
    {"file":"-","line":3,"reason":"missing_field","field":"type","text":"{\"ts\":1}"}
    "#);
}
