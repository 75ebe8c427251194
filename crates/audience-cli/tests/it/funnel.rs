//! `audience funnel`

use std::fs;

use serde_json::Value;

use crate::{CATALOG, EVENTS, feed, output, run};

fn json(flags: &[&str]) -> Value {
    serde_json::from_str(&output(&[&["funnel", EVENTS, "--json"], flags].concat())).unwrap()
}

/// Five events of three viewers; names with colons are names.
const LINES: &str = concat!(
    r#"{"session_id":"s1","viewer_id":"ann","content_id":"film","ts":1790000000000,"type":"play","position_ms":0}"#,
    "\n",
    r#"{"session_id":"s1","viewer_id":"ann","content_id":"film","ts":1790000030000,"type":"custom","name":"ad:start"}"#,
    "\n",
    r#"{"session_id":"s2","viewer_id":"bob","content_id":"film","ts":1790000000000,"type":"play","position_ms":0}"#,
    "\n",
    r#"{"session_id":"s3","viewer_id":"bob","content_id":"film","ts":1790000090000,"type":"custom","name":"ad:start"}"#,
    "\n",
    r#"{"session_id":"s4","viewer_id":"cid","content_id":"film","ts":1790000000000,"type":"play","position_ms":0}"#,
    "\n",
);

fn reached(steps: &[&str]) -> Vec<u64> {
    let found = feed(&[&["funnel", "-", "--json"], steps].concat(), LINES.as_bytes());
    assert_eq!((found.code, found.err.as_str()), (0, ""));
    let found: Value = serde_json::from_str(&found.out).unwrap();
    let steps = found["events"]["all"]["steps"].as_array().unwrap();
    steps.iter().map(|step| step["reached"].as_u64().unwrap()).collect()
}

#[test]
fn steps_have_limits_after_their_last_colon() {
    assert_eq!(reached(&["--steps", "play,ad:start"]), [3, 2]);
    assert_eq!(reached(&["--steps", "play,ad:start:1m"]), [3, 1]);
    assert_eq!(reached(&["--steps", "play,ad:start", "--step-limit", "1m"]), [3, 1]);
    // What a step has of its own counts.
    assert_eq!(reached(&["--steps", "play,ad:start:2m", "--step-limit", "1m"]), [3, 2]);
    assert_eq!(reached(&["--steps", "play,ad:start", "--within", "90s"]), [3, 2]);
    assert_eq!(reached(&["--steps", "play,ad:start", "--within", "89s"]), [3, 1]);
    assert_eq!(reached(&["--steps", "play,ad:start", "--per", "session"]), [3, 1]);
    assert_eq!(reached(&["--steps", "ad:start,play"]), [2, 0]);
    assert_eq!(reached(&["--steps", "ad:start,play", "--unordered"]), [3, 2]);
}

#[test]
fn both_kinds_are_in_one_report() {
    let found = json(&["--steps", "load,play,end", "--milestones", "0,50,100", "--by", "device", "--catalog", CATALOG]);
    assert_eq!((&found["schema"], &found["sessions"]), (&Value::from("audience.funnel/1"), &Value::from(500)));
    let events = &found["events"];
    assert_eq!((&events["per"], &events["order"]), (&Value::from("viewer"), &Value::from("ordered")));
    let groups = events["by"]["groups"].as_array().unwrap();
    let units: u64 = groups.iter().map(|group| group["units"].as_u64().unwrap()).sum();
    assert_eq!(Some(units), events["all"]["units"].as_u64());
    assert_eq!(events["by"]["comparisons"].as_array().unwrap().len(), groups.len() - 1);
    let positions = &found["positions"];
    assert_eq!((&positions["per"], &positions["reading"]), (&Value::from("session"), &Value::from("ordered")));
    for row in positions["all"]["milestones"].as_array().unwrap() {
        let of = |reading: &str| row[reading].as_u64().unwrap();
        assert!(of("ordered") <= of("unordered") && of("unordered") <= of("each") && of("each") <= of("furthest"));
        assert_eq!(row["from_start"]["count"], row["ordered"]);
    }
}

#[test]
fn milestones_are_looked_at_by_default_and_as_asked() {
    let found = json(&[]);
    assert!(found["events"].is_null());
    let shares: Vec<f64> =
        found["positions"]["milestones"].as_array().unwrap().iter().map(|at| at["share"].as_f64().unwrap()).collect();
    assert_eq!(shares, [0.0, 0.25, 0.5, 0.75, 0.95, 1.0]);
    let times = json(&["--milestones", "30s,5m", "--per", "viewer-title", "--reading", "each"]);
    let positions = &times["positions"];
    assert_eq!(positions["milestones"][1]["position_ms"], 300_000);
    assert_eq!((&positions["per"], &positions["reading"]), (&Value::from("viewer_title"), &Value::from("each")));
    assert_eq!(positions["all"]["milestones"][0]["from_start"]["count"], positions["all"]["milestones"][0]["each"]);
}

#[test]
fn it_writes_pages_and_tables() {
    let folder = tempfile::tempdir().unwrap();
    let (page, tables) = (folder.path().join("funnel.html"), folder.path().join("tables"));
    let asked = ["funnel", EVENTS, "--steps", "load,play,end", "--by", "device", "-o", page.to_str().unwrap()];
    assert_eq!(output(&[&asked[..], &["--csv", tables.to_str().unwrap()]].concat()), "");
    assert!(fs::read_to_string(page).unwrap().starts_with("<!DOCTYPE html>"));
    let table = |name: &str| fs::read_to_string(tables.join(name)).unwrap();
    assert!(table("funnel.csv").starts_with("attribute,value,units,step,name,limit_ms,reached,"));
    assert!(table("funnel-comparison.csv").contains("device,"));
    assert!(table("funnel-times.csv").contains(",0.5,"));
    assert_eq!(table("funnel-positions.csv").lines().count(), 1);
}

#[test]
fn what_cannot_be_asked_is_refused_with_the_option() {
    for (flags, why) in [
        (
            ["--steps", "play:1m,end"].as_slice(),
            "cannot reach the first step within 1:00.000: there is no step before it (--steps)",
        ),
        (&["--steps", "play,,end"], "invalid value '' for '--steps <NAME[:TIME],…>': it names no event"),
        (&["--steps", ":5m"], "it names no event"),
        (&["--steps", "play,end:1m", "--unordered"], "(--steps)"),
        (&["--steps", "play,end", "--step-limit", "soon"], "--step-limit <TIME>"),
        (&["--steps", "play,end", "--within", "0s"], "--within <TIME>"),
        (&["--steps", "play,end", "--unordered", "--step-limit", "1m"], "cannot be used with"),
        (&["--step-limit", "1m"], "--steps"),
        (&["--by", "device", "--baseline", "tv"], "--steps"),
        (
            &["--milestones", "50,30s"],
            "cannot use \"50%,0:30.000\" for --milestones: all are percents, or all are times",
        ),
        (&["--milestones", "50,25"], "(--milestones)"),
        (&["--milestones", "101"], "it is not from 0 to 100 percent"),
        (&["--milestones", "half"], "it is neither a percentage"),
        (&["--steps", "play", "--reading", "each"], "cannot use \"each\" for --reading"),
        (&["--steps", "play", "--per", "viewer-title"], "cannot use \"viewer-title\" for --per"),
        (&["--steps", "play", "--by", "devise"], "no session has this attribute; they have"),
        (
            &["--steps", "play", "--by", "device", "--baseline", "radio"],
            "cannot compare units of \"radio\": there are none",
        ),
    ] {
        let refused = run(&[&["funnel", EVENTS], flags].concat());
        assert_eq!((refused.code, refused.out.as_str()), (2, ""), "{flags:?} {}", refused.err);
        assert!(refused.err.contains(why), "{flags:?}: {}", refused.err);
    }
}

#[test]
fn without_sessions_or_events_there_is_nothing_to_follow() {
    let none = run(&["funnel", EVENTS, "--where", "device=radio"]);
    assert_eq!((none.code, none.out.as_str()), (3, ""));
    let folder = tempfile::tempdir().unwrap();
    let table = folder.path().join("sessions.parquet");
    assert_eq!(run(&["convert", EVENTS, "--table", "sessions", "-o", table.to_str().unwrap()]).code, 0);
    let facts = run(&["funnel", table.to_str().unwrap(), "--steps", "load,play"]);
    assert_eq!((facts.code, facts.out.as_str()), (1, ""));
    assert!(facts.err.contains("events"), "{}", facts.err);
}

#[test]
fn unknown_steps_are_named_with_what_may_be_meant() {
    let text = output(&["funnel", EVENTS, "--steps", "load,paly"]);
    assert!(
        text.contains("No event is named paly. Did you mean play?") && text.contains("Events are named "),
        "{text}"
    );
}
