//! What nobody needs to see is in no output.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::{EVENTS, command, output, run};

const SECRETS: [&str; 5] = ["viewer-of-", "session-of-", "203.0.113.", "2001:db8:7:", "TOKEN"];

/// Telemetry with secrets in every place that has a rule, and lines that cannot be used with more of them.
fn telemetry() -> String {
    let mut lines = Vec::new();
    for number in 0..60_u64 {
        let ts = 1_767_225_600_000 + number * 3_600_000;
        let ids =
            format!(r#""session_id":"session-of-{number}","viewer_id":"viewer-of-{}","content_id":"film""#, number % 7);
        let token = format!("TOKEN{number}");
        for (at, rest) in [
            format!(
                r#""load","duration_ms":60000,"url":"https://u{token}:{token}@h/a.m3u8?{token}#{token}","client_ip":"203.0.113.{number}","page":"https://h/p?{token}","device":"tv""#
            ),
            format!(r#""play","position_ms":0,"IP_Address":"2001:db8:7:{number}::1","ua":"Firefox""#),
            format!(r#""error","message":"GET http://h/s.ts?{token} failed","code":"https://h/?{token}""#),
            format!(r#""custom","name":"share","data":{{"to":"https:\/\/h\/?{token}"}}"#),
            r#""pause","position_ms":30000"#.to_owned(),
        ]
        .iter()
        .enumerate()
        {
            lines.push(format!("{{{ids},\"ts\":{},\"seq\":{at},\"type\":{rest}}}\n", ts + at as u64 * 8000));
        }
        lines.push(format!("{{{ids},\"ts\":\"viewer-of-{number}\",\"type\":\"play\"}}\n"));
        lines.push(format!("{{{ids},\"url\":\"https://h/?{token}\",\"ip\":\"203.0.113.{number}\"\n"));
        lines.push(format!("{{{ids},\"ts\":1,\"type\":\"rate_change\",\"rate\":\"https://h/?{token}\"}}\n"));
        lines.push(format!("viewer-of-{number} 203.0.113.{number} ?{token}\n"));
    }
    lines.concat()
}

/// All outputs there are, under these flags.
fn outputs(input: &Path, folder: &Path, flags: &[&str]) -> String {
    let input = input.to_str().unwrap();
    let file = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let (csv, page, events, sessions) =
        (file("csv"), file("page.html"), file("events.parquet"), file("sessions.parquet"));
    let mut all = String::new();
    for arguments in [
        &["report", input, "--json", "--by", "device", "--csv", &csv, "--details"][..],
        &["report", input, "--details"],
        &["report", input, "-o", &page],
        &["convert", input],
        &["convert", input, "-o", &events],
        &["convert", input, "--table", "sessions", "-o", &sessions],
    ] {
        let run = run(&[arguments, flags].concat());
        assert_eq!(run.code, 0, "{arguments:?} {}", run.err);
        all = all + &run.out + &run.err;
    }
    all += &fs::read_to_string(page).unwrap();
    for table in fs::read_dir(csv).unwrap() {
        all += &fs::read_to_string(table.unwrap().path()).unwrap();
    }
    // What is in the tables, whatever their compression.
    all += &run(&["convert", &events, "--ip", "keep", "--urls", "keep"]).out;
    all += &run(&["report", &sessions, "--ip", "keep", "--urls", "keep", "--json", "--by", "page"]).out;
    all += &String::from_utf8_lossy(&fs::read(sessions).unwrap());
    all
}

#[test]
fn no_secret_is_in_any_output() {
    let folder = tempfile::tempdir().unwrap();
    let (input, key) = (folder.path().join("in.ndjson"), folder.path().join("key"));
    fs::write(&input, telemetry()).unwrap();
    fs::write(&key, "thirty-two random bytes, in truth\n").unwrap();
    let key = key.to_str().unwrap();
    let found = |flags: &[&str]| -> Vec<&str> {
        let all = outputs(&input, folder.path(), flags);
        assert!(all.contains("film") && all.contains("tv"));
        SECRETS.into_iter().filter(|secret| all.contains(secret)).collect()
    };
    let ids = ["--viewer-key-file", key, "--viewer-key-rotation", "day", "--hash-sessions"];
    assert!(found(&ids).is_empty());
    assert!(found(&[&ids[..], &["--urls", "drop", "--ip", "drop"]].concat()).is_empty());
    assert_eq!(found(&[]), ["viewer-of-", "session-of-"]);
    // The test would see all of them.
    assert_eq!(found(&["--ip", "keep", "--urls", "keep"]), SECRETS);
}

#[test]
fn pseudonyms_change_no_figure() {
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("key");
    fs::write(&key, "thirty-two random bytes, in truth\n").unwrap();
    let json = |flags: &[&str]| -> Value {
        let text = output(&[&["report", EVENTS, "--json", "--by", "device,day"], flags].concat());
        let mut report: Value = serde_json::from_str(&text).unwrap();
        // These are by their ids.
        for wait in report["streams"]["longest_waits"].as_array_mut().unwrap() {
            wait["session_id"].take();
        }
        // And these have viewers in groups by theirs, for their intervals.
        report["streams"]["stall_ratio"].take();
        report["streams"]["excess_stalls"].take();
        let engagement = report["engagement"]["titles"].as_array_mut().unwrap();
        // In another order, where they are ranked by these.
        engagement.sort_by_key(|title| title["content_id"].to_string());
        for title in engagement {
            title["interval"].take();
            title["shrunk"].take();
        }
        report["engagement"]["all"]["interval"].take();
        for title in report["titles"].as_array_mut().unwrap() {
            for of_groups in
                ["low", "high", "design_effect", "survival", "drop_offs", "credits", "rewatched", "skipped", "chapters"]
            {
                title["retention"][of_groups].take();
            }
            title["groups"].take();
        }
        report
    };
    let hashed = json(&["--viewer-key-file", key.to_str().unwrap(), "--hash-sessions"]);
    assert_eq!(hashed, json(&[]));
    let viewers = |report: &Value| report["totals"]["viewers"].as_u64().unwrap();
    let by_day = json(&["--viewer-key-file", key.to_str().unwrap(), "--viewer-key-rotation", "day"]);
    assert!(viewers(&by_day) > viewers(&hashed));
}

#[test]
fn sessions_are_left_out_of_reports_and_of_events() {
    let folder = tempfile::tempdir().unwrap();
    let (input, list) = (folder.path().join("in.ndjson"), folder.path().join("list"));
    fs::write(&input, telemetry()).unwrap();
    fs::write(&list, "viewer-of-3\r\nnobody\n").unwrap();
    let (input, list) = (input.to_str().unwrap(), list.to_str().unwrap());
    let flags = ["--opt-out", list, "--exclude", "viewer_id=viewer-of-5", "--exclude-bots"];
    let report = output(&[&["report", input], &flags[..]].concat());
    assert!(report.contains("opted out 45, excluded 40"), "{report}");
    let page = folder.path().join("page.html");
    output(&[&["report", input, "-o", page.to_str().unwrap()], &flags[..]].concat());
    assert!(fs::read_to_string(page).unwrap().contains("events of sessions that were left out"));
    let events = run(&[&["convert", input], &flags[..]].concat());
    assert_eq!((events.code, events.out.lines().count()), (0, 300 - 45 - 40));
    assert!(!events.out.contains("viewer-of-3") && !events.out.contains("viewer-of-5"));
    let piped = crate::feed(&[&["convert", "-"], &flags[..]].concat(), telemetry().as_bytes());
    assert_eq!(piped.code, 2);
    insta::assert_snapshot!(piped.err, @"error: cannot leave sessions out of what can be read once, as standard input and a file that is followed: it takes reading it twice");
}

#[test]
fn a_key_is_in_a_file_or_in_the_environment_and_nowhere_else() {
    let run_with = |arguments: &[&str], value: &str| {
        let all = [&["report", EVENTS], arguments].concat();
        let output = command(&all).env("AUDIENCE_TEST_KEY", value).output().unwrap();
        format!("{} {}", output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap().trim_end())
    };
    let env = ["--viewer-key-env", "AUDIENCE_TEST_KEY"];
    assert_eq!(run_with(&env, "thirty-two random bytes, in truth"), "0 ");
    insta::assert_snapshot!(run_with(&env, "short"), @"2 error: cannot use a key of 5 bytes: it has at least 16, and they should be random");
    insta::assert_snapshot!(run_with(&["--viewer-key-env", "AUDIENCE_NONE"], ""), @"2 error: cannot find a key in the environment: there is no variable AUDIENCE_NONE");
    insta::assert_snapshot!(run_with(&["--viewer-key-file", "none"], ""), @"1 error: cannot read none: No such file or directory (os error 2)");
    insta::assert_snapshot!(run_with(&["--exclude", "device"], ""), @r#"2 error: cannot filter by "device": it is not name=value"#);
    for wrong in [
        &["--hash-sessions"][..],
        &["--viewer-key-rotation", "day"],
        &["--ip", "hash"],
        &["--viewer-key-file", "a", "--viewer-key-env", "b"],
    ] {
        assert!(run_with(wrong, "").starts_with('2'), "{wrong:?}");
    }
}
