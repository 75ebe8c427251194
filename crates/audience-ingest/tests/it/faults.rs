//! Lines that cannot be used, and lines that are too much.

use std::fmt::Write;
use std::fs;

use audience_ingest::{Error, MAX_LINE, Options, Quality, Reason};
use proptest::prelude::*;
use serde_json::Value;

use crate::{facts, folder, load_path, quality, read, sample};

#[test]
fn rejects_are_numbered_by_their_line_however_large_the_file() {
    // Several chunks, with faults in each.
    let mut text = String::new();
    let mut expected = Vec::new();
    for number in 1..=90_000_u64 {
        if number % 9973 == 0 {
            expected.push(number);
            text.push_str("broken\n");
        } else {
            writeln!(
                text,
                r#"{{"session_id":"s{}","ts":{number},"type":"heartbeat","note":"some padding"}}"#,
                number % 50
            )
            .unwrap();
        }
    }
    let folder = folder("input.ndjson", &text);
    let mut options = Options::default();
    options.rejects = Some(folder.path().join("rejects"));
    let sessions = load_path(&folder.path().join("input.ndjson"), &options).unwrap();
    assert_eq!(sessions.quality().rejected(), expected.len() as u64);
    let examples: Vec<u64> = sessions.quality().examples.iter().map(|reject| reject.line).collect();
    assert_eq!(examples, expected[..Quality::MAX_EXAMPLES]);

    let written = fs::read_to_string(folder.path().join("rejects")).unwrap();
    let rows: Vec<Value> = written.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rows.iter().map(|row| row["line"].as_u64().unwrap()).collect::<Vec<_>>(), expected);
    assert_eq!(rows[0]["text"], "broken");
    assert_eq!(rows[0]["reason"], "not_json");
}

#[test]
fn strict_reading_stops_at_the_first_fault_of_the_file() {
    let fault = |text: String| {
        let folder = folder("input.ndjson", text);
        let mut options = Options::default();
        options.strict = true;
        let error = load_path(&folder.path().join("input.ndjson"), &options).unwrap_err();
        assert!(matches!(error, Error::Rejected(_) | Error::Repaired(_)));
        let text = error.to_string();
        assert!(text.starts_with("use "), "{text}");
        text.split_once("input.ndjson:").unwrap().1.to_owned()
    };
    let good = sample();
    insta::assert_snapshot!(fault(format!("{good}oops\n{{}}\n")), @"281: not a JSON object: expected value at column 1");
    insta::assert_snapshot!(fault(format!("{good}{{\"session_id\":\"s\",\"ts\":1,\"type\":\"play\",\"position_ms\":\"7\"}}\noops\n")), @r#"281: position_ms is "7" and would have to be retyped"#);
}

#[test]
fn strict_reading_passes_what_needs_no_repair() {
    let folder = folder("input.ndjson", sample());
    let mut options = Options::default();
    options.strict = true;
    assert!(load_path(&folder.path().join("input.ndjson"), &options).is_ok());
}

#[test]
fn a_line_that_is_too_long_is_rejected_and_the_next_one_is_read() {
    let play = r#"{"session_id":"s","ts":1,"type":"play"}"#;
    for length in [MAX_LINE - 50, MAX_LINE + 1, 2 * MAX_LINE, 7 * MAX_LINE + 3] {
        let long = format!(r#"{{"session_id":"long","ts":1,"type":"play","pad":"{}"}}"#, "x".repeat(length - 51));
        let quality = quality(format!("{play}\n{long}\n{play}\noops"));
        assert_eq!(quality.lines, 4, "{length}");
        let too_long = quality.rejects.get(&Reason::TooLong).copied().unwrap_or(0);
        assert_eq!(too_long, u64::from(long.len() > MAX_LINE), "{length}");
        let oops = quality.examples.iter().find(|reject| reject.problem.reason == Reason::NotJson).unwrap();
        assert_eq!(oops.line, 4, "{length}");
        assert!(quality.examples.iter().all(|reject| reject.text.len() <= 200));
    }
}

#[test]
fn bytes_that_are_no_text_cost_their_line_only() {
    let play = br#"{"session_id":"s","ts":1,"type":"play"}"#;
    let text = [&play[..], b"\n\xff\xfe{\n", &play[..], b"\n{\"session_id\":\"\xc3(\",\"ts\":1}\n"].concat();
    let quality = quality(text);
    assert_eq!((quality.lines, quality.events, quality.rejects[&Reason::NotUtf8]), (4, 2, 2));
    assert_eq!(quality.examples[0].line, 2);
}

#[test]
fn rejects_that_cannot_be_written_are_an_error_that_names_the_file() {
    let folder = folder("input.ndjson", "oops\n");
    let mut options = Options::default();
    options.rejects = Some(folder.path().join("no/such/folder"));
    let error = load_path(&folder.path().join("input.ndjson"), &options).unwrap_err();
    assert!(matches!(&error, Error::Rejects { path, .. } if path.ends_with("no/such/folder")), "{error}");
}

#[test]
fn a_deeply_nested_value_is_passed_over_without_harm() {
    let deep = format!(
        "{{\"session_id\":\"s\",\"ts\":1,\"type\":\"play\",\"x\":{}1{}}}",
        "[".repeat(200_000),
        "]".repeat(200_000)
    );
    let quality = quality(deep);
    assert_eq!((quality.events, quality.nested_values), (1, 1));
}

#[test]
fn names_without_number_do_not_take_memory_without_end() {
    let mut text = String::new();
    for n in 0..5000 {
        writeln!(text, "{{\"session_id\":\"s\",\"ts\":{n},\"type\":\"t{n:04}\",\"a{n:04}\":1}}").unwrap();
    }
    let quality = quality(&text);
    assert_eq!(quality.attributes.len(), Quality::MAX_NAMES);
    assert_eq!(quality.attributes.values().sum::<u64>() + quality.further_attributes, 5000);
    assert_eq!(quality.custom_types.len(), Quality::MAX_NAMES);
    assert_eq!(quality.attributes.keys().next_back().map(AsRef::as_ref), Some("a0999"), "the alphabetically first");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_the_bytes_every_line_is_accounted_for(
        lines in proptest::collection::vec(
            prop_oneof![
                proptest::collection::vec(any::<u8>(), 0..60),
                "[ -~]{0,80}".prop_map(String::into_bytes),
                Just(br#"{"session_id":"s","ts":1,"type":"play"}"#.to_vec()),
                r#"\{"session_id":"[ab]","ts":[0-9]{1,20},"type":"[a-z_]{1,12}","position_ms":-?[0-9.]{1,5}\}"#
                    .prop_map(String::into_bytes),
            ],
            1..30,
        ),
    ) {
        // The first line decides on the format.
        let head = b"{\"session_id\":\"s\",\"ts\":1,\"type\":\"play\"}".to_vec();
        let text = std::iter::once(head).chain(lines).collect::<Vec<_>>().join(&b'\n');
        let sessions = read(&text);
        let quality = sessions.quality();
        let expected = text.split(|byte| *byte == b'\n').count() - usize::from(text.ends_with(b"\n"));
        prop_assert_eq!(quality.lines, expected as u64);
        let ignored: u64 = quality.ignored.values().sum();
        prop_assert_eq!(quality.events + quality.rejected() + ignored, quality.lines);
        let kept: u64 = facts(&sessions).iter().map(|facts| facts.events + facts.tidied.duplicates).sum();
        prop_assert_eq!(kept, quality.events);
    }
}
