//! `audience cohorts`

use std::fmt::Write;
use std::fs;

use serde_json::Value;

use crate::{EVENTS, output, run};

const DAY: i64 = 86_400_000;

/// Sessions of viewers at these hours after 2026-03-27T00:00Z, of which each plays a minute.
fn file(folder: &tempfile::TempDir, sessions: &[(&str, i64, &str)]) -> String {
    let mut lines = String::new();
    for (number, (viewer, hours, device)) in sessions.iter().enumerate() {
        let at = 1_774_569_600_000 + hours * DAY / 24;
        let common =
            format!(r#""session_id":"s{number}","viewer_id":"{viewer}","content_id":"film","device":"{device}""#);
        for (ts, kind, position) in [(at, "play", 0), (at + 60_000, "pause", 60_000)] {
            writeln!(lines, "{{{common},\"ts\":{ts},\"type\":\"{kind}\",\"position_ms\":{position}}}").unwrap();
        }
    }
    let path = folder.path().join("in.ndjson");
    fs::write(&path, lines).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn cohorts_follow_the_time_zone_and_end_where_the_data_do() {
    let folder = tempfile::tempdir().unwrap();
    // Ann comes at 22:30Z and 45 hours later, which in Berlin are three dates, bob on the last.
    let input = file(&folder, &[("ann", 22, "tv"), ("ann", 67, "web"), ("bob", 70, "web")]);
    let json = |flags: &[&str]| -> Value {
        serde_json::from_str(&output(&[&["cohorts", &input, "--json"], flags].concat())).unwrap()
    };
    let active = |found: &Value| -> Vec<Value> {
        found["cohorts"].as_array().unwrap().iter().map(|row| row["active"].clone()).collect()
    };
    let utc = json(&["--period", "day"]);
    assert_eq!(utc["schema"], "audience.cohorts/1");
    assert_eq!(active(&utc), [serde_json::json!([1, 0, 1]), serde_json::json!([0, 0]), serde_json::json!([1])]);
    // In Berlin 22:00Z on the 29th is midnight of the 30th: clocks have changed.
    let berlin = json(&["--period", "day", "--tz", "Europe/Berlin"]);
    let starts: Vec<&str> =
        berlin["cohorts"].as_array().unwrap().iter().map(|row| row["start"].as_str().unwrap()).collect();
    assert_eq!(starts, ["2026-03-27", "2026-03-28", "2026-03-29", "2026-03-30"]);
    assert_eq!(active(&berlin)[0], serde_json::json!([1, 0, 1, 0]));
    // The last day of the data has not ended: its cells are known, and in no average.
    assert_eq!(utc["averages"].as_array().unwrap().len(), 2);
    let by = json(&["--by", "device"]);
    let values: Vec<&str> =
        by["by"]["values"].as_array().unwrap().iter().map(|value| value["value"].as_str().unwrap()).collect();
    assert_eq!(values, ["tv", "web"]);
    let few = json(&["--by", "device", "--min-viewers", "2"]);
    assert!(few["by"]["values"].as_array().unwrap().is_empty() && few["by"]["omitted"] == 2);
    assert!(few["cohorts"].as_array().unwrap().iter().all(|row| row["size"].is_null() || row["size"] == 0));
}

#[test]
fn viewers_are_listed_only_where_that_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let tables = folder.path().join("tables");
    let tables = tables.to_str().unwrap();
    let rows = || fs::read_to_string(format!("{tables}/viewers.csv")).unwrap().lines().count();
    let viewers = output(&["cohorts", EVENTS, "--csv", tables, "--json"]);
    assert!(!viewers.contains("viewer_id") && rows() == 1);
    let found: Value =
        serde_json::from_str(&output(&["cohorts", EVENTS, "--csv", tables, "--json", "--viewers"])).unwrap();
    assert_eq!(rows() as u64, found["viewers"].as_u64().unwrap() + 1);
    assert_eq!(found["viewer_rows"].as_array().unwrap().len() as u64, found["viewers"].as_u64().unwrap());
    for file in ["cohorts", "cohort-averages", "return-days", "returns", "frequency"] {
        assert!(fs::read_to_string(format!("{tables}/{file}.csv")).unwrap().lines().count() > 1, "{file}");
    }
}

#[test]
fn pages_and_text_say_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("page.html");
    output(&["cohorts", EVENTS, "-o", page.to_str().unwrap()]);
    let page = fs::read_to_string(page).unwrap();
    let text = output(&["cohorts", EVENTS]);
    for words in ["of the first visit", "How long viewers stay away", "came a second time", "BG/NBD model"] {
        assert!(page.contains(words) && text.contains(words), "{words}");
    }
    assert!(page.contains("class=\"matrix\"") && page.contains("Kaplan-Meier"));
}

#[test]
fn what_cannot_be_asked_is_refused() {
    for (flags, why) in [
        (["--period", "year"], "invalid value 'year'"),
        (["--week-start", "someday"], "it is no day of the week"),
        (["--loyalty", "12"], "it is not N,TIME,TIME"),
        (["--loyalty", "0,30d,30m"], "nothing is a part of nothing"),
        (["--periods", "2001"], "cannot list 2001 periods of cohorts: there are between 1 and 2000"),
        (["--expect-days", "0"], "0 is not in 1..=3650"),
        (["--tz", "Mars/Olympus"], "Mars/Olympus"),
    ] {
        let refused = run(&[&["cohorts", EVENTS], &flags[..]].concat());
        assert_eq!(refused.code, 2, "{flags:?}: {}", refused.err);
        assert!(refused.err.contains(why), "{flags:?}: {}", refused.err);
    }
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().join("empty.ndjson");
    fs::write(&empty, "").unwrap();
    assert_eq!(run(&["cohorts", empty.to_str().unwrap()]).code, 3);
    assert_eq!(run(&["cohorts", EVENTS, "--content", "nothing"]).code, 3);
    assert_eq!(run(&["cohorts", "there-is-none.ndjson"]).code, 1);
}
