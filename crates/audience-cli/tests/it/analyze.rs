//! `audience experiment analyze`: what differs between arms.

use std::fmt::Write;
use std::fs;

use serde_json::Value;

use crate::{EVENTS, output, run};

/// Telemetry of players that draw an arm for each session, so that nearly all viewers are in both.
const BOTH: &str = "xtask/fixtures/behaviour/60-8.ndjson.gz";

fn analyze(file: &str, flags: &[&str]) -> String {
    output(&[&["experiment", "analyze", file, "--arm", "variant"], flags].concat())
}

fn json(file: &str, flags: &[&str]) -> Value {
    serde_json::from_str(&analyze(file, &[flags, &["--as", "json"]].concat())).unwrap()
}

/// A file of sessions whose viewers stay in one of three arms.
fn divided(folder: &std::path::Path) -> String {
    let mut text = String::new();
    for number in 0..300_u64 {
        let (arm, device) = (["old", "new", "newer"][number as usize % 3], ["tv", "web"][number as usize / 3 % 2]);
        let (start, watched) = (1_767_225_600_000 + number * 60_000, 20_000 + number * 7919 % 30_000);
        let head = format!(r#""session_id":"s{number}","viewer_id":"v{number}","content_id":"film""#);
        let attributes = format!(r#""variant":"{arm}","device":"{device}","household":"h{}""#, number / 6);
        for (after, event) in [
            (0, format!(r#""type":"load","position_ms":0,"duration_ms":60000,{attributes}"#)),
            (500 + number % 50, r#""type":"play","position_ms":0"#.to_owned()),
            (500 + watched, format!(r#""type":"end","position_ms":{watched}"#)),
        ] {
            writeln!(text, "{{{head},\"ts\":{},{event}}}", start + after).unwrap();
        }
    }
    let path = folder.join("divided.ndjson");
    fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn the_help_names_options_metrics_and_defaults() {
    let help = output(&["experiment", "analyze", "--help"]);
    for word in [
        "--arm",
        "--pre-period",
        "--margin",
        "--correction",
        "--as",
        "rebuffer-ratio",
        "conversion:NAME",
        "[default: holm]",
    ] {
        assert!(help.contains(word), "{word}");
    }
}

#[test]
fn viewers_in_both_arms_are_told_of_first() {
    let text = analyze(BOTH, &[]);
    let second = text.lines().nth(2).unwrap();
    assert!(second.starts_with("  STOP") && second.contains("were in more than one arm"), "{text}");
    assert!(text.contains("Do not decide by these figures"), "{text}");
    let value = json(BOTH, &[]);
    assert_eq!(value["warnings"][0]["severity"], "stop");
    assert_eq!(value["warnings"][0]["warning"], "mixed_arms");
    assert!(value["mixed"].as_u64() > Some(0));
    // Those in both count where they were first, if that is asked for.
    let first = json(BOTH, &["--first-arm"]);
    assert_eq!(first["mixed"], value["mixed"]);
    let units =
        |value: &Value| value["arms"].as_array().unwrap().iter().map(|arm| arm["units"].as_u64().unwrap()).sum::<u64>();
    assert_eq!(units(&first), units(&value) + value["mixed"].as_u64().unwrap());
}

#[test]
fn arms_and_metrics_are_those_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let file = divided(folder.path());
    let names = |flags: &[&str]| -> Vec<String> {
        let value = json(&file, flags);
        value["arms"].as_array().unwrap().iter().map(|arm| arm["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(&[]), ["new", "newer", "old"]);
    assert_eq!(names(&["--control", "old"]), ["old", "new", "newer"]);
    assert_eq!(names(&["--arms", "old,new"]), ["old", "new"]);
    assert_eq!(names(&["--arms", "old,new", "--control", "new"]), ["new", "old"]);
    assert_eq!(names(&["--weights", "old=1,new=2"]), ["old", "new"]);
    let metrics = |flags: &[&str]| -> Vec<String> {
        let value = json(&file, flags);
        value["metrics"]
            .as_array()
            .unwrap()
            .iter()
            .map(|metric| metric["metric"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(metrics(&[]), ["watch-time", "started", "completed", "rebuffer-ratio", "startup-p95"]);
    let several = [
        "--metric",
        "completed,sessions",
        "--metric",
        "completed",
        "--conversion",
        "buy",
        "--margin",
        "startup-p50=3%",
    ];
    assert_eq!(metrics(&several), ["completed", "sessions", "conversion:buy", "startup-p50"]);
    let value = json(&file, &several);
    assert_eq!(value["metrics"][3]["margin"], 0.03);
    let unknown = json(&file, &["--arms", "old,new"]);
    assert!(unknown["warnings"].as_array().unwrap().iter().any(|warning| warning["arm"] == "newer"));
}

#[test]
fn how_it_is_analysed_is_as_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let file = divided(folder.path());
    let flags = [
        "--confidence",
        "90%",
        "--correction",
        "preferential:0.7",
        "--cap",
        "none",
        "--by",
        "device",
        "--stratify",
        "device",
    ];
    let value = json(&file, &flags);
    assert_eq!(value["confidence"], 0.9);
    assert_eq!(value["multiplicity"]["preferential"], 0.7);
    assert_eq!((&value["stratified_by"], &value["metrics"][0]["cap"]), (&"device".into(), &Value::Null));
    assert_eq!(value["metrics"][0]["comparisons"][0]["finding"]["method"], "stratified");
    assert_eq!(value["sample_ratio_by"]["device"]["tested"].as_array().unwrap().len(), 2);
    let value =
        json(&file, &["--pre-period", "14d", "--unit", "household", "--first-arm", "--start", "2026-01-01T01:00"]);
    assert_eq!((&value["pre_period_ms"], &value["unit"]), (&1_209_600_000_u64.into(), &"household".into()));
    assert_eq!((&value["starts_at"], &value["exposed"]), (&"2026-01-01T01:00:00.000Z".into(), &40.into()));
    let value = json(&file, &["--end", "2026-02-01", "--minimum-units", "500"]);
    let warnings: Vec<_> =
        value["warnings"].as_array().unwrap().iter().map(|warning| warning["warning"].as_str().unwrap()).collect();
    assert_eq!(warnings, ["too_few_units", "too_few_units", "too_few_units", "not_ended"]);
}

#[test]
fn an_experiment_in_a_file_says_most_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = divided(folder.path());
    let path = folder.path().join("x.toml");
    let text = "key = \"variant\"\ncontrol = \"old\"\nminimum_units = 1000\nends_at_ms = 1767229200000\n[[variants]]\nname = \"new\"\nweight = 3\n[[variants]]\nname = \"old\"\n";
    fs::write(&path, text).unwrap();
    let value: Value = serde_json::from_str(&output(&[
        "experiment",
        "analyze",
        &file,
        "--experiment",
        path.to_str().unwrap(),
        "--as",
        "json",
    ]))
    .unwrap();
    assert_eq!((&value["attribute"], &value["arms"][0]["name"]), (&"variant".into(), &"old".into()));
    assert_eq!((&value["arms"][0]["planned_share"], &value["exposed"]), (&0.25.into(), &40.into()));
    let warnings: Vec<_> =
        value["warnings"].as_array().unwrap().iter().map(|warning| warning["warning"].as_str().unwrap()).collect();
    assert_eq!(warnings, ["sample_ratio", "too_few_units", "too_few_units", "unknown_arm"]);
}

#[test]
fn the_ending_of_the_file_says_what_to_write() {
    let folder = tempfile::tempdir().unwrap();
    let written = |name: &str, flags: &[&str]| {
        let path = folder.path().join(name);
        assert_eq!(analyze(EVENTS, &[&["-o", path.to_str().unwrap()], flags].concat()), "");
        fs::read_to_string(path).unwrap()
    };
    assert!(written("x.html", &[]).starts_with("<!DOCTYPE html>"));
    assert!(written("x.csv", &[]).starts_with("metric,kind,primary,"));
    assert_eq!(written("x.json", &[]), analyze(EVENTS, &["--as", "json"]));
    assert_eq!(written("x.txt", &[]), analyze(EVENTS, &["--as", "text"]));
    assert_eq!(written("x.txt", &["--as", "csv"]), analyze(EVENTS, &["--as", "csv"]));
    assert_eq!(analyze(EVENTS, &["--as", "csv"]).lines().count(), 1 + 5 * 2);
}

#[test]
fn a_report_has_it_too() {
    let text = output(&["report", EVENTS, "--experiment", "variant"]);
    assert!(text.contains("Experiment variant") && text.contains("Relative differences"), "{text}");
    let both: Value =
        serde_json::from_str(&output(&["report", EVENTS, "--experiment", "variant", "--control", "B", "--json"]))
            .unwrap();
    assert_eq!(both["experiment"], json(EVENTS, &["--control", "B"]));
    let tables = tempfile::tempdir().unwrap();
    output(&["report", EVENTS, "--experiment", "variant", "--csv", tables.path().to_str().unwrap()]);
    assert_eq!(fs::read_to_string(tables.path().join("experiment.csv")).unwrap(), analyze(EVENTS, &["--as", "csv"]));
    let without: Value = serde_json::from_str(&output(&["report", EVENTS, "--json"])).unwrap();
    assert_eq!(without["experiment"], Value::Null);
    assert_eq!(run(&["report", EVENTS, "--control", "B"]).code, 2);
}

#[test]
fn simulated_viewers_without_an_effect() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.ndjson").to_str().unwrap().to_owned();
    output(&["simulate", "--sessions", "300", "--viewers", "300", "--faults", "off", "-o", &file]);
    let value = json(&file, &["--first-arm"]);
    assert_eq!(value["metrics"].as_array().unwrap().len(), 5);
    assert!(value["data_until"].is_string());
}

#[test]
fn what_is_wrong_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = divided(folder.path());
    let failure = |flags: &[&str]| {
        let run = run(&[&["experiment", "analyze", file.as_str()], flags].concat());
        let first = run.err.lines().next().unwrap_or_default().to_owned();
        format!("{} {first}", run.code)
    };
    let of = |flags: &[&str]| failure(&[&["--arm", "variant"], flags].concat());
    assert_eq!(failure(&[]), "2 error: the following required arguments were not provided:");
    insta::assert_snapshot!(failure(&["--arm", "varient"]), @r#"2 error: cannot compare the arms of "varient": no session has this attribute; they have device, household, variant"#);
    insta::assert_snapshot!(of(&["--control", "older"]), @r#"2 error: cannot find arm "older": there are "new", "newer", "old""#);
    insta::assert_snapshot!(of(&["--arms", "old,new", "--control", "newer"]), @r#"2 error: cannot use "newer" for --control: it is none of the arms"#);
    insta::assert_snapshot!(of(&["--arms", "old,old"]), @r#"2 error: cannot use "old" for --arms: the arm is there twice"#);
    insta::assert_snapshot!(of(&["--weights", "old=0"]), @r#"2 error: invalid value 'old=0' for '--weights <NAME=WEIGHT,…>': its weight "0" is not a number above 0"#);
    insta::assert_snapshot!(of(&["--arms", "old,new", "--weights", "old=1,knew=1"]), @r#"2 error: cannot find arm "knew": there are "old", "new""#);
    insta::assert_snapshot!(of(&["--metric", "watch"]), @"2 error: invalid value 'watch' for '--metric <METRIC,…>': it is none of started, completed, reached-end, conversion:NAME, watch-time, sessions, click-through, completion-rate, rebuffer-ratio, startup-p50");
    insta::assert_snapshot!(of(&["--margin", "watch-time=200%"]), @"2 error: invalid value 'watch-time=200%' for '--margin <METRIC=2%>': its margin is not a part of the control, such as 2% or 0.02");
    insta::assert_snapshot!(of(&["--pre-period", "soon"]), @r#"2 error: invalid value 'soon' for '--pre-period <TIME>': failed to parse input in the "friendly" duration format: expected duration to start with a unit value (a decimal integer) after an optional sign, but no integer was found"#);
    insta::assert_snapshot!(of(&["--confidence", "95"]), @"2 error: invalid value '95' for '--confidence <SHARE>': it is not from 0.5 to 0.9999");
    insta::assert_snapshot!(of(&["--correction", "some"]), @"2 error: invalid value 'some' for '--correction <METHOD>': it is none of none, bonferroni, sidak, holm, hochberg, hommel, bh, by, preferential, preferential:SHARE");
    insta::assert_snapshot!(of(&["--cap", "2"]), @"2 error: invalid value '2' for '--cap <SHARE>': it is neither none nor a share above 0, up to 1");
    insta::assert_snapshot!(of(&["--start", "soon"]), @r#"2 error: cannot read the time "soon": failed to parse four digit integer as year: invalid digit, expected 0-9 but got s"#);
    insta::assert_snapshot!(of(&["--start", "2026-02-01", "--end", "2026-01-01"]), @r#"2 error: cannot use "2026-01-01" for --end: the experiment ends before it begins"#);
    insta::assert_snapshot!(of(&["--where", "device=fridge"]), @"3 error: no session passes; the data have 300 sessions");
    insta::assert_snapshot!(of(&["--where", "variant=old"]), @"2 error: cannot compare 1 arms that may have units: there must be 2");
}
