//! `audience simulate`, and what the other commands make of it.

use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::Stdio;

use serde_json::Value;

use crate::{command, feed, output, run};

fn path(folder: &tempfile::TempDir, name: &str) -> String {
    folder.path().join(name).to_str().unwrap().to_owned()
}

fn failure(arguments: &[&str]) -> String {
    let run = run(&[&["simulate"], arguments].concat());
    assert_eq!(run.out, "");
    format!("{} {}", run.code, run.err.trim_end())
}

#[test]
fn the_same_events_whatever_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["simulate", "--sessions", "30", "--seed", "5"];
    let lines = output(&arguments);
    assert!(lines.lines().count() > 200);
    let report = |from: &str| -> Value { serde_json::from_str(&output(&["report", from, "--json"])).unwrap() };
    let plain = path(&folder, "a.ndjson");
    assert_eq!(output(&[&arguments[..], &["-o", &plain]].concat()), "");
    assert_eq!(fs::read_to_string(&plain).unwrap(), lines);
    for name in ["a.ndjson.gz", "a.ndjson.zst"] {
        let file = path(&folder, name);
        assert_eq!(output(&[&arguments[..], &["-o", &file]].concat()), "");
        assert!(fs::metadata(&file).unwrap().len() * 4 < lines.len() as u64, "{name} is compressed");
        for part in ["totals", "titles", "experience"] {
            assert_eq!(report(&file)[part], report(&plain)[part]);
        }
    }
}

#[test]
fn every_line_is_used_and_nothing_is_repaired() {
    let lines = output(&["simulate", "--sessions", "60", "--faults", "3"]);
    let report = feed(&["report", "-", "--json", "--strict"], lines.as_bytes());
    assert_eq!((report.code, report.err.as_str()), (0, ""));
    let report: Value = serde_json::from_str(&report.out).unwrap();
    assert_eq!(report["totals"]["sessions"], 60);
    let names: Vec<&String> =
        report["quality"]["attributes"].as_object().map_or_else(Vec::new, |names| names.keys().collect());
    assert!(names.is_empty() || names == ["cdn", "country", "device", "variant"], "{names:?}");
}

#[test]
fn catalogue_and_truth_fit_the_events() {
    let folder = tempfile::tempdir().unwrap();
    let (events, catalog, truth) = (path(&folder, "e.ndjson"), path(&folder, "c.json"), path(&folder, "t.ndjson"));
    let made = ["simulate", "--sessions", "40", "--titles", "6", "--faults", "off", "-o", &events];
    output(&[&made[..], &["--catalog-out", &catalog, "--truth", &truth]].concat());
    let report: Value = serde_json::from_str(&output(&["report", &events, "--catalog", &catalog, "--json"])).unwrap();
    let truths: Vec<Value> =
        fs::read_to_string(&truth).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(truths.len(), 40);
    let watched: u64 = truths.iter().map(|truth| truth["watched_ms"].as_u64().unwrap()).sum();
    assert_eq!(report["totals"]["watched_ms"], watched);
    let titles: Vec<Value> = serde_json::from_str(&fs::read_to_string(&catalog).unwrap()).unwrap();
    assert_eq!(titles.len(), 6);
    for title in report["titles"].as_array().unwrap() {
        let entry = titles.iter().find(|entry| entry["content_id"] == title["content_id"]).unwrap();
        assert_eq!(title["title"], entry["title"]);
    }
}

#[test]
fn the_options_reach_the_scenario_and_come_on_top_of_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = path(&folder, "scenario.json");
    fs::write(&file, r#"{"sessions": 9, "days": 3, "titles": {"zipf": 1.5}, "faults": {"late": 0.2}}"#).unwrap();
    let print = ["simulate", "--scenario", &file, "--print-scenario"];
    let options =
        ["--days", "2", "--titles", "5", "--viewers", "4", "--start", "2026-03-01T06:00", "--effect", "-0.25"];
    let printed: Value = serde_json::from_str(&output(&[&print[..], &options, &["--faults", "2"]].concat())).unwrap();
    let expected = [
        ("/sessions", Value::from(9)),
        ("/days", Value::from(2)),
        ("/titles/zipf", Value::from(1.5)),
        ("/titles/count", Value::from(5)),
        ("/viewers/count", Value::from(4)),
        ("/start", Value::from(1_772_344_800_000_u64)),
        ("/experiment/arms/0/effect", Value::from(0.0)),
        ("/experiment/arms/1/effect", Value::from(-0.25)),
        ("/faults/late", Value::from(0.4)),
        ("/faults/repeated", Value::from(0.01)),
    ];
    for (pointer, value) in expected {
        assert_eq!(printed.pointer(pointer), Some(&value), "{pointer}");
    }
    // What is printed can be read.
    fs::write(&file, serde_json::to_string(&printed).unwrap()).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&output(&print)).unwrap(), printed);
}

#[test]
fn what_cannot_be_simulated_or_written_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let file = path(&folder, "scenario.json");
    insta::assert_snapshot!(failure(&["--days", "0"]), @"2 error: cannot simulate with days = 0: it is not between 1 and 3660");
    insta::assert_snapshot!(failure(&["--effect", "-2"]), @"2 error: cannot simulate with experiment.arms.effect = -2: it is not between -1 and 100");
    insta::assert_snapshot!(failure(&["--start", "soon"]), @r#"2 error: cannot read the time "soon": failed to parse four digit integer as year: invalid digit, expected 0-9 but got s"#);
    insta::assert_snapshot!(failure(&["-o", "events.csv"]), @"2 error: cannot write events to events.csv: its name ends in none of .ndjson .jsonl .json (also with .gz or .zst) .parquet");
    insta::assert_snapshot!(failure(&["-o", "no/such/events.ndjson"]), @"1 error: cannot write no/such/events.ndjson: No such file or directory (os error 2)");
    insta::assert_snapshot!(failure(&["--scenario", "none.json"]), @"1 error: cannot read none.json: No such file or directory (os error 2)");
    fs::write(&file, r#"{"faults": {"lost": 7}}"#).unwrap();
    insta::assert_snapshot!(failure(&["--scenario", &file]), @"2 error: cannot simulate with faults.lost = 7: it is not between 0 and 1");
    fs::write(&file, r#"{"fautls": {}}"#).unwrap();
    let unknown = failure(&["--scenario", &file]);
    assert!(unknown.starts_with("1 error: cannot read the scenario") && unknown.contains("`fautls`"), "{unknown}");
    fs::write(&file, r#"{"experiment": {"arms": [{"name": "A", "share": 1, "effect": 0}]}}"#).unwrap();
    insta::assert_snapshot!(failure(&["--scenario", &file, "--effect", "0.1"]), @"2 error: cannot change the effect of arm B: the scenario has 1 arm(s), not two");
    for wrong in [["--faults", "maybe"], ["--faults", "-1"], ["--faults", "NaN"], ["--sessions", "-1"]] {
        assert_eq!(run(&[&["simulate"], &wrong[..]].concat()).code, 2, "{wrong:?}");
    }
    assert!(!Path::new("events.csv").exists());
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let mut child = command(&["simulate", "--sessions", "100000000", "--viewers", "100"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = [0; 10];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr), (Some(0), Vec::new()));
}

/// All keys of a value, and of what is in it.
fn keys(value: &Value, into: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                into.push(key.clone());
                keys(value, into);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| keys(value, into)),
        _ => {}
    }
}

#[test]
fn every_parameter_and_every_key_of_the_truth_is_documented() {
    let folder = tempfile::tempdir().unwrap();
    let truth = path(&folder, "t.ndjson");
    output(&["simulate", "--sessions", "1", "--truth", &truth]);
    let mut all = Vec::new();
    keys(&serde_json::from_str(&output(&["simulate", "--print-scenario"])).unwrap(), &mut all);
    keys(&serde_json::from_str(&fs::read_to_string(&truth).unwrap()).unwrap(), &mut all);
    let page = fs::read_to_string(crate::root().join("docs/simulate.md")).unwrap();
    let words: Vec<&str> = page.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
    let missing: Vec<_> = all.iter().filter(|key| !words.contains(&key.as_str())).collect();
    assert_eq!(missing, Vec::<&String>::new());
}
