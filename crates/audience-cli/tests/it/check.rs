//! `audience check`: verdicts, exit codes and where they are written.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::{CATALOG, EVENTS, PLAYERS, feed, output, root, run};

/// Exit code and message, of rules on the sample data.
fn failure(arguments: &[&str]) -> String {
    let run = run(&[&["check", EVENTS], arguments].concat());
    format!("{} {}", run.code, run.err.trim_end())
}

#[test]
fn rules_that_hold_are_exit_code_0() {
    insta::assert_snapshot!(output(&["check", EVENTS, "--rule", "startup_p95 < 4s", "--rule", "rebuffer_ratio < 1% by device"]), @"
    Audience check 500 sessions

    ok          startup_p95 < 4s               2.29 s
    ok          rebuffer_ratio < 1% by device  3 groups judged, worst phone 0.21 %, 2 with fewer than 100 sessions
    ");
}

#[test]
fn broken_rules_are_exit_code_5_and_say_who_breaks_them() {
    let rules =
        ["--rule", "failure_rate < 1% by cdn", "--rule", "sessions >= 60 by content", "--rule", "startup_p95 < 4s"];
    let run = run(&[&["check", EVENTS, "--catalog", CATALOG], rules.as_slice()].concat());
    assert_eq!(run.code, 5);
    insta::assert_snapshot!(run.out, @"
    Audience check 500 sessions

    BROKEN      failure_rate < 1% by cdn   1 of 2 groups, worst south 1.27 %, 2 with fewer than 100 sessions
    BROKEN      sessions >= 60 by content  5 of 8 groups, worst A bicycle chain, cleaned 18
    ok          startup_p95 < 4s           2.29 s

    failure_rate < 1% by cdn
      cdn    Sessions   Value   Limit
      south       157  1.27 %  1.00 %

    sessions >= 60 by content
      content                       Sessions  Value  Limit
      A bicycle chain, cleaned            18     18     60
      Slow Letters, episode 2             25     25     60
      The Northern Mountain (film)        34     34     60
      Knots in minutes                    37     37     60
      Reading clouds                      38     38     60
    ");
    insta::assert_snapshot!(run.err, @"error: 2 of 3 rules broken");
}

#[test]
fn a_rule_that_judged_nothing_fails_unless_that_is_allowed() {
    insta::assert_snapshot!(failure(&["--rule", "failure_rate < 1% by isp"]), @"5 error: 1 of 1 rule judged nothing (see --allow-unjudged)");
    assert_eq!(failure(&["--rule", "failure_rate < 1% by isp", "--allow-unjudged"]), "0 ");
    let broken = ["--rule", "failure_rate < 1% by isp", "--rule", "startup_p50 > 1h"];
    insta::assert_snapshot!(failure(&broken), @"5 error: 1 of 2 rules broken, 1 of 2 rules judged nothing (see --allow-unjudged)");
    insta::assert_snapshot!(failure(&[broken.as_slice(), &["--allow-unjudged"]].concat()), @"5 error: 1 of 2 rules broken");
}

#[test]
fn without_any_session_it_is_exit_code_3_whatever_is_allowed() {
    let rule = ["--rule", "sessions > 10", "--allow-unjudged"];
    for input in ["", "oops\n"] {
        let run = feed(&[&["check", "-", "--format", "ndjson"], rule.as_slice()].concat(), input.as_bytes());
        assert_eq!(run.code, 3, "{input:?}");
        assert!(run.out.contains("not judged  sessions > 10"), "{}", run.out);
    }
    insta::assert_snapshot!(failure(&[rule.as_slice(), &["--where", "device=fridge"]].concat()), @"3 error: no session passes; the data have 500 sessions");
}

#[test]
fn mistakes_are_exit_code_2_and_found_before_anything_is_read() {
    let wrong = |arguments: &[&str]| {
        let run = run(&[&["check", "none.ndjson"], arguments].concat());
        format!("{} {}", run.code, run.err.lines().next().unwrap())
    };
    insta::assert_snapshot!(wrong(&["--rule", "startup_p95 < 4000"]), @r#"2 error: cannot read the rule "startup_p95 < 4000": expected a time with its unit (4s, 400ms, 2min) after startup_p95 <, found "4000""#);
    insta::assert_snapshot!(wrong(&["--rule", "rebufer_ratio < 1%"]), @r#"2 error: cannot read the rule "rebufer_ratio < 1%": there is no metric "rebufer_ratio"; there is rebuffer_ratio"#);
    insta::assert_snapshot!(wrong(&["--rule", "failure_rate < 1%", "--business-error", "*"]), @r#"2 error: cannot take "*" for the code of an error: a code is a name, or the beginning of one and a *"#);
    insta::assert_snapshot!(wrong(&["--rule", "failure_rate < 1%", "--tz", "Mars"]), @r#"2 error: cannot use the time zone "Mars": failed to find time zone `Mars` in time zone database"#);
    insta::assert_snapshot!(wrong(&[]), @"2 error: the following required arguments were not provided:");
    insta::assert_snapshot!(wrong(&["--rule", "startup_p95 < 4s"]), @"1 error: cannot read none.ndjson: there is no such file, folder or match");
}

#[test]
fn files_of_rules_have_comments_and_their_mistakes_have_a_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rules.txt");
    let check = |rules: &str| {
        fs::write(&path, rules).unwrap();
        let run = run(&["check", EVENTS, "--rules", path.to_str().unwrap(), "--rule", "sessions > 1"]);
        (run.code, run.out, run.err.replace(folder.path().to_str().unwrap(), ""))
    };
    let (code, out, _) = check("# Start-up\n\nstartup_p95 < 4s # of all\n");
    assert_eq!(code, 0);
    let at = |rule: &str| out.find(rule).unwrap();
    assert!(at("sessions > 1") < at("startup_p95 < 4s"), "{out}");

    let (code, out, err) = check("# Start-up\nstartup_p95 < 4s\nrebuffer_ratio < 1% for cdn\n");
    assert_eq!((code, out.as_str()), (2, ""));
    insta::assert_snapshot!(err, @r#"error: cannot read the rules in /rules.txt, line 3: expected by, where, min_sessions or confidence, found "for""#);
    let (code, _, err) = check("# none yet\n");
    assert_eq!(code, 2);
    insta::assert_snapshot!(err, @"error: cannot check without a rule: there is none in /rules.txt");
    assert_eq!(run(&["check", EVENTS, "--rules", "none.txt"]).code, 1);
}

#[test]
fn verdicts_are_written_as_json_and_to_files_also_when_a_rule_is_broken() {
    let folder = tempfile::tempdir().unwrap();
    let (json, text) = (folder.path().join("check.json"), folder.path().join("check.txt"));
    let rules =
        ["check", EVENTS, "--rule", "failure_rate < 1% by cdn", "--rule", "failure_rate < 1% by cdn confidence 0.95"];
    let to = |file: &std::path::Path| run(&[rules.as_slice(), &["-o", file.to_str().unwrap()]].concat());
    for file in [&json, &text] {
        assert_eq!((to(file).code, to(file).out.as_str()), (5, ""));
    }
    let printed = run(&[rules.as_slice(), &["--json"]].concat());
    assert_eq!((printed.code, &printed.out), (5, &fs::read_to_string(&json).unwrap()));
    assert_eq!(run(&rules).out, fs::read_to_string(&text).unwrap());

    let check: Value = serde_json::from_str(&printed.out).unwrap();
    assert_eq!((&check["schema"], &check["broken"]), (&Value::from("audience.check/1"), &Value::from(1)));
    let (broken, held) = (&check["rules"][0], &check["rules"][1]);
    assert_eq!((&broken["verdict"], &held["verdict"]), (&Value::from("broken"), &Value::from("held")));
    assert_eq!(held["uncertain"], Value::from(1));
    // It is the figure of the report.
    let report = output(&["report", EVENTS, "--json", "--by", "cdn"]);
    let report: Value = serde_json::from_str(&report).unwrap();
    let rows = report["breakdown"]["rows"].as_array().unwrap();
    let offender = &broken["offenders"][0];
    let row = rows.iter().find(|row| row["values"] == offender["values"]).unwrap();
    assert_eq!(row["experience"]["failure_rate"], offender["value"]);
}

#[test]
fn sessions_are_chosen_and_read_as_by_a_report() {
    let sessions = |arguments: &[&str]| {
        let all = [&["check", EVENTS, PLAYERS, "--rule", "sessions > 0", "--json"], arguments].concat();
        let check: Value = serde_json::from_str(&output(&all)).unwrap();
        let report = output(&[&["report", EVENTS, PLAYERS, "--json"], arguments].concat());
        let report: Value = serde_json::from_str(&report).unwrap();
        assert_eq!(check["sessions"], report["totals"]["sessions"], "{arguments:?}");
        assert_eq!(check["rules"][0]["worst"]["value"].as_f64(), report["totals"]["sessions"].as_f64());
        check["sessions"].as_u64().unwrap()
    };
    let all = sessions(&[]);
    for some in [["--where", "device=tv"], ["--content", "c0000"], ["--from", "2026-11-19"], ["--to", "2026-11-19"]] {
        assert!((1..all).contains(&sessions(&some)), "{some:?}");
    }
    // A table of sessions has the same facts.
    let folder = tempfile::tempdir().unwrap();
    let table = folder.path().join("sessions.parquet");
    let table = table.to_str().unwrap();
    assert_eq!(run(&["convert", EVENTS, "--table", "sessions", "-o", table]).code, 0);
    let check =
        |file: &str| output(&["check", file, "--rule", "rebuffer_ratio < 5% by device confidence 0.9", "--json"]);
    assert_eq!(check(table), check(EVENTS));
}

#[test]
fn the_metrics_are_listed_without_reading_anything() {
    let list = output(&["check", "--list-metrics"]);
    assert!(list.lines().any(|line| line.starts_with("rebuffer_ratio ") && line.contains("stalled")), "{list}");
    assert_eq!(run(&["check", EVENTS, "--list-metrics"]).code, 2);
}

/// The indented block of the page that begins so, as it would be typed.
fn block(start: &str) -> String {
    let page = fs::read_to_string(root().join("docs/check.md")).unwrap();
    let lines = page.lines().skip_while(|line| line.strip_prefix("    ") != Some(start));
    let lines = lines.map_while(|line| if line.is_empty() { Some(line) } else { line.strip_prefix("    ") });
    let block = lines.collect::<Vec<_>>().join("\n");
    assert!(!block.is_empty(), "{start}");
    block
}

/// What a shell makes of a script, with the command in its path.
fn shell(script: &str) -> (i32, String) {
    let folder = Path::new(env!("CARGO_BIN_EXE_audience")).parent().unwrap();
    let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap_or_default());
    let mut shell = Command::new("sh");
    let output =
        shell.args(["-c", script]).env("PATH", path).env("NO_COLOR", "1").current_dir(root()).output().unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
}

#[test]
fn the_example_of_the_page_prints_what_it_says() {
    let page = block(
        "audience check docs/sample/events.ndjson.gz --rule 'startup_p95 < 4s' --rule 'failure_rate < 1% by cdn'",
    );
    let (command, expected) = page.split_once("\n\n").unwrap();
    assert_eq!(shell(command), (5, format!("{}\n", expected.trim_end())));
}

#[test]
fn the_scheduled_job_of_the_page_prints_only_what_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let rules = folder.path().join("streams.txt");
    let job = |rule: &str| {
        fs::write(&rules, rule).unwrap();
        let script =
            block("#!/bin/sh").replace("/srv/telemetry", EVENTS).replace("/srv/streams.txt", rules.to_str().unwrap());
        // Its yesterday is a day of the sample.
        let date = "date() { case \"$*\" in *yesterday*) echo 2026-11-18;; *) echo 2026-11-19;; esac; }";
        shell(&format!("{date}\n{script}"))
    };
    assert_eq!(job("startup_p95 < 4s"), (0, String::new()));
    let (code, out) = job("startup_p50 < 1ms");
    assert_eq!(code, 1);
    assert!(out.contains("BROKEN      startup_p50 < 1ms") && out.contains("error: 1 of 1 rule broken"), "{out}");
    assert!(out.contains(" of 500"), "only of one day: {out}");
}

#[test]
fn what_an_attempt_is_decides_and_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let events = folder.path().join("events.ndjson");
    let line = |id: &str, ts: u32, kind: &str| {
        format!(
            "{{\"session_id\":\"{id}\",\"content_id\":\"film\",\"ts\":{ts},\"type\":\"{kind}\",\"position_ms\":0}}\n"
        )
    };
    // One viewer watches; on another page, nobody starts the player.
    let lines = [
        line("watched", 0, "load"),
        line("watched", 100, "play_request"),
        line("watched", 900, "play"),
        line("watched", 9000, "pause"),
        line("idle", 0, "load"),
        line("idle", 60_000, "end"),
    ];
    fs::write(&events, lines.concat()).unwrap();
    let check = |flags: &[&str]| {
        let rule = ["check", events.to_str().unwrap(), "--rule", "exit_before_start_rate < 10%"];
        run(&[rule.as_slice(), flags].concat()).code
    };
    assert_eq!((check(&[]), check(&["--attempts", "loads"]), check(&["--attempts", "requests"])), (5, 5, 0));
    let attempts = |flags: &[&str]| {
        let report = [["report", events.to_str().unwrap(), "--json"].as_slice(), flags].concat();
        let report: Value = serde_json::from_str(&output(&report)).unwrap();
        let experience = &report["experience"];
        [&experience["attempts"], &experience["exits_before_start"], &experience["loaded_only"]]
            .map(|n| n.as_u64().unwrap())
    };
    assert_eq!((attempts(&[]), attempts(&["--attempts", "requests"])), ([2, 1, 1], [1, 0, 1]));
}
