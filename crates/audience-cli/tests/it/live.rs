//! `audience live`

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use crate::{EVENTS, command, feed, output, run};

/// A minute begins here.
const BEGIN: i64 = 1_790_000_040_000;

/// A line of an event so many seconds after that.
fn event(session: &str, secs: i64, kind: &str) -> String {
    let ts = BEGIN + secs * 1000;
    format!(
        r#"{{"session_id":"{session}","viewer_id":"{session}","content_id":"film","ts":{ts},"type":"{kind}","device":"{session}-tv"}}"#
    ) + "\n"
}

/// Ann watches for 90 s. Bob comes after 30 s, stalls from 50 to 70, and leaves after 100; what he does comes late.
fn two_viewers() -> String {
    let mut lines = event("ann", 0, "play");
    lines += &(1..12).map(|five| event("ann", 5 * five, "heartbeat")).collect::<String>();
    lines += &[65, 75, 85, 87].map(|secs| event("ann", secs, "heartbeat")).concat();
    for (secs, kind) in [(30, "play"), (50, "buffer_start"), (70, "buffer_end")] {
        lines += &event("bob", secs, kind);
    }
    lines + &event("ann", 90, "end") + &event("bob", 100, "end")
}

const MINUTES: [&str; 6] = ["--window", "1m", "--lateness", "1m", "--timeout", "10m"];

/// The lines of a run that succeeds.
fn lines(input: &str, flags: &[&str]) -> Vec<Value> {
    let run = feed(&[&["live", "-", "--json"], &MINUTES[..], flags].concat(), input.as_bytes());
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{flags:?}");
    run.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn of<'a>(lines: &'a [Value], kind: &str) -> Vec<&'a Value> {
    lines.iter().filter(|line| line["type"] == kind).collect()
}

fn of_all<'a>(lines: &'a [Value], kind: &str) -> Vec<&'a Value> {
    of(lines, kind).into_iter().filter(|line| line["per"] == "all").collect()
}

fn written(name: &str, text: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, text).unwrap();
    (folder, path)
}

#[test]
fn windows_are_those_computed_by_hand() {
    let found = lines(&two_viewers(), &[]);
    let all = of_all(&found, "window");
    let figure = |pointer: &str| all.iter().map(|line| line.pointer(pointer).unwrap().clone()).collect::<Vec<_>>();
    assert_eq!(figure("/start"), ["2026-09-21T14:14:00.000Z", "2026-09-21T14:15:00.000Z"]);
    assert_eq!(figure("/viewers/time_ms"), [90_000, 70_000]);
    assert_eq!(figure("/viewers/peak"), [2, 2]);
    assert_eq!(figure("/viewers/last"), [2, 0]);
    assert_eq!(figure("/viewers/mean"), [1.5, 70.0 / 60.0]);
    assert_eq!(figure("/playing/time_ms"), [80_000, 60_000]);
    assert_eq!(figure("/stalled/time_ms"), [10_000, 10_000]);
    assert_eq!(figure("/stall_ratio"), [10.0 / 90.0, 10.0 / 70.0]);
    assert_eq!(figure("/joins"), [2, 0]);
    assert_eq!(figure("/leaves"), [0, 2]);
    assert_eq!(figure("/stalls"), [1, 0]);
    assert_eq!(figure("/events"), [14, 7]);
    assert_eq!(figure("/unique_viewers/estimate"), [2, 2]);
    let titles: Vec<&Value> = of(&found, "window").into_iter().filter(|line| line["per"] == "title").collect();
    assert_eq!(titles.iter().map(|line| &line["value"]).collect::<Vec<_>>(), ["film", "film"]);
    let summary = found.last().unwrap();
    assert_eq!((&summary["type"], &summary["schema"]), (&"summary".into(), &"audience.live/1".into()));
    assert_eq!(summary["arrivals"]["late"], 3);
    assert_eq!(summary["peak"]["viewers"], 2);
}

#[test]
fn what_cannot_be_counted_is_told_apart() {
    // The clock of somebody is ten years ahead; of ann comes something too late, and something twice.
    let wrong = two_viewers() + &event("eve", 315_360_000, "play") + &event("ann", 1, "heartbeat");
    let found = lines(&(wrong + &event("ann", 90, "end")), &[]);
    assert_eq!(of(&found, "window"), of(&lines(&two_viewers(), &[]), "window"));
    let arrivals = &found.last().unwrap()["arrivals"];
    for (what, count) in [("late", 3), ("too_late", 1), ("ahead", 1), ("duplicates", 1), ("refused", 0)] {
        assert_eq!(arrivals[what], count, "{what}");
    }
}

#[test]
fn windows_sum_to_what_a_report_has() {
    let report = feed(&["report", "-", "--json"], two_viewers().as_bytes());
    let report: Value = serde_json::from_str(&report.out).unwrap();
    let found = lines(&two_viewers(), &["--by", "device"]);
    for per in ["all", "title", "device"] {
        let sum = |pointer: &str| -> u64 {
            let lines = of(&found, "window").into_iter().filter(|line| line["per"] == per);
            lines.map(|line| line.pointer(pointer).unwrap().as_u64().unwrap()).sum()
        };
        let experience = &report["experience"];
        assert_eq!(Some(sum("/playing/time_ms")), experience["playing_ms"].as_u64(), "{per}");
        assert_eq!(Some(sum("/stalled/time_ms")), experience["stalled_ms"].as_u64(), "{per}");
        assert_eq!(Some(sum("/stalls")), experience["stalls"].as_u64(), "{per}");
        assert_eq!(Some(sum("/events")), report["totals"]["events"].as_u64(), "{per}");
    }
}

#[test]
fn the_same_file_gives_the_same_bytes() {
    for flags in [&["--json", "--viewers"][..], &["--viewers", "--by", "device"]] {
        let asked = [&["live", EVENTS][..], flags].concat();
        assert_eq!(output(&asked), output(&asked));
    }
}

#[test]
fn no_time_passes_over_a_gap_of_years() {
    let lines: String =
        (0..20).chain((0..20).map(|n| 100_000_000 + n)).map(|secs| event("ann", secs, "play")).collect();
    let begun = Instant::now();
    let run = feed(&["live", "-", "--json", "--window", "1s", "--bucket", "1s"], lines.as_bytes());
    let found: Vec<Value> = run.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(of_all(&found, "window").len(), 40, "{}", run.out);
    assert!(begun.elapsed() < Duration::from_secs(10));
}

#[test]
fn text_is_for_people() {
    let run = feed(&[&["live", "-"], &MINUTES[..]].concat(), (two_viewers() + "oops\n").as_bytes());
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    insta::assert_snapshot!(run.out, @r"
    Live audience 2026-09-21 14:15:40.000 UTC, the last 1 min

      Viewers   0 now, 2 at most; 0 playing, 0 stalled, 0 paused
      Events    0.2 a second; 18 on time, 3 late, 0 too late, 0 ahead, 0 twice
      Read      22 lines, 1 of them rejected, 0 fields repaired

      Title  Viewers  Peak  Joins  Leaves  Playing  Stalled  Stall ratio  Start-up  Bit rate  Errors  Failures
      film         0     2      0       2        0        0      18.52 %         –         –       0         0
    ");
}

#[test]
fn viewers_are_listed_as_they_are() {
    let half: String = two_viewers().lines().take(19).map(|line| line.to_owned() + "\n").collect();
    let found = lines(&half, &["--viewers"]);
    let viewers = of(&found, "viewer");
    assert_eq!(viewers.iter().map(|line| &line["session_id"]).collect::<Vec<_>>(), ["ann", "bob"]);
    assert_eq!(viewers.iter().map(|line| &line["watched_ms"]).collect::<Vec<_>>(), [87_000, 37_000]);
    assert_eq!((&viewers[1]["stalled_ms"], &viewers[1]["activity"]), (&20_000.into(), &"playing".into()));
    let all = of(&found, "viewers");
    assert_eq!((&all[0]["players"], &all[0]["stall_ratio"]), (&2.into(), &(20.0 / 144.0).into()));
    let run = feed(&[&["live", "-", "--viewers", "--top", "1"], &MINUTES[..]].concat(), half.as_bytes());
    assert!(run.out.contains("2 players") && run.out.contains("and 1 more"), "{}", run.out);
}

#[test]
fn alerts_are_raised_and_cleared() {
    let rules = "[[rules]]\nname = \"stalls\"\nseries = \"stalls\"\nabove = 0.5\n";
    let json = r#"{"rules": [{"name": "stalls", "series": "stalls", "above": 0.5}]}"#;
    for (name, text) in [("rules.toml", rules), ("rules.json", json)] {
        let (_folder, path) = written(name, text);
        let found = lines(&two_viewers(), &["--alerts", path.to_str().unwrap()]);
        let alerts = of_all(&found, "alert");
        let told: Vec<_> =
            alerts.iter().map(|line| (line["change"].as_str().unwrap(), line["at"].as_str().unwrap())).collect();
        assert_eq!(told, [("raised", "2026-09-21T14:15:00.000Z"), ("cleared", "2026-09-21T14:16:00.000Z")]);
        assert_eq!((&alerts[1]["lasted_ms"], &alerts[1]["worst"]), (&60_000.into(), &1.0.into()));
        assert_eq!(of(&found, "alert").len(), 4, "of everybody and of the film");
    }
    let (_folder, path) = written("rules.toml", &rules.replace("0.5", "0.5\nclear = 0"));
    let run =
        feed(&[&["live", "-", "--alerts", path.to_str().unwrap()], &MINUTES[..]].concat(), two_viewers().as_bytes());
    assert_eq!(run.code, 0, "{}", run.err);
}

#[test]
fn who_is_gone_is_judged_for_a_while() {
    let rules = "[[rules]]\nname = \"nobody\"\nseries = \"viewers\"\nbelow = 1\nwindows = 3\n";
    let (_folder, path) = written("rules.toml", rules);
    let later: String = (0..20).map(|n| event("cid", 86_400 + n, "play")).collect();
    let found = lines(&(two_viewers() + &later), &["--alerts", path.to_str().unwrap()]);
    let alerts = of_all(&found, "alert");
    let changes: Vec<_> = alerts.iter().map(|line| line["change"].as_str().unwrap()).collect();
    assert_eq!(changes, ["raised"], "{alerts:?}");
    assert_eq!(alerts[0]["at"], "2026-09-21T14:18:00.000Z");
}

#[test]
fn rules_that_are_none_are_refused() {
    let cases = [
        (
            "[[rules]]\nname = \"a\"\nseries = \"rebuffering\"\nabove = 1\n",
            "read the rule \"a\": watch \"rebuffering\": the figures of a window are viewers, peak_viewers,",
        ),
        ("[[rules]]\nname = \"a\"\nseries = \"stalls\"\nabove = 1\nclear = 2\n", "read the rule \"a\": clear at 2"),
        ("[[rules]]\nname = \"a\"\n", "missing field `series`"),
    ];
    for (text, why) in cases {
        let (_folder, path) = written("rules.toml", text);
        let refused = feed(&["live", "-", "--alerts", path.to_str().unwrap()], two_viewers().as_bytes());
        assert_eq!((refused.code, refused.out.as_str()), (2, ""));
        assert!(refused.err.contains(why), "{}", refused.err);
    }
    let none = run(&["live", EVENTS, "--alerts", "none.toml"]);
    assert_eq!((none.code, none.out.as_str()), (1, ""));
    assert!(none.err.contains("none.toml"), "{}", none.err);
}

#[test]
fn what_cannot_be_asked_is_refused() {
    for (flags, why) in [
        (["--window", "7s", "--bucket", "2s"].as_slice(), "divide a window of 7000 ms into buckets of 2000 ms"),
        (&["--lateness", "1h"], "take viewers to have left after 300000 ms"),
        (&["--by", "device", "--by", "device"], "tell audiences apart by device twice"),
        (&["--window", "soon"], "--window <TIME>"),
        (&["--speed", "0"], "it is not a number above 0"),
        (&["--speed", "2", "--follow"], "cannot be used with"),
        (&["--exclude", "device=tv", "--follow"], "what can be read once"),
    ] {
        let refused = run(&[&["live", EVENTS], flags].concat());
        assert_eq!((refused.code, refused.out.as_str()), (2, ""), "{flags:?} {}", refused.err);
        assert!(refused.err.contains(why), "{flags:?}: {}", refused.err);
    }
    assert_eq!(run(&["live"]).code, 2);
    assert_eq!(run(&["live", "none.ndjson"]).code, 1);
}

#[test]
fn nothing_to_watch_is_said_as_elsewhere() {
    for input in ["", "oops\n"] {
        let run = feed(&["live", "-", "--format", "ndjson"], input.as_bytes());
        assert_eq!(run.code, 3, "{input:?}");
        assert!(run.err.starts_with("error: no session in the data"), "{}", run.err);
    }
    let strict = feed(&["live", "-", "--strict"], (two_viewers() + "oops\n").as_bytes());
    assert_eq!(strict.code, 4, "{}", strict.err);
}

#[test]
fn titles_do_not_command_the_terminal() {
    let evil = two_viewers().replace("\"film\"", "\"\\u001b[31m\\u0007evil\\u009b2J\"");
    let run = feed(&[&["live", "-", "--viewers"], &MINUTES[..]].concat(), evil.as_bytes());
    assert!(run.out.contains("evil"), "{}", run.out);
    assert!(!run.out.chars().any(|c| c.is_control() && c != '\n'), "{:?}", run.out);
}

#[test]
fn requests_say_how_cdns_deliver() {
    let request = |cdn: &str, secs: i64, status: u16| {
        let ts = BEGIN + secs * 1000;
        format!(
            r#"{{"session_id":"s{secs}","ts":{ts},"type":"request","http_status":{status},"response_bytes":500000,"response_ms":400,"cdn":"{cdn}"}}"#
        ) + "\n"
    };
    let input: String =
        (0..20).map(|n| request(if n % 4 == 0 { "b" } else { "a" }, n, if n == 4 { 503 } else { 200 })).collect();
    let found = lines(&input, &[]);
    let deliveries = of(&found, "delivery");
    let rows: Vec<_> = deliveries
        .iter()
        .map(|line| {
            (line["value"].as_str(), line["requests"].as_u64().unwrap(), line["responses"]["errors"].as_u64().unwrap())
        })
        .collect();
    assert_eq!(rows, [(None, 20, 1), (Some("a"), 15, 0), (Some("b"), 5, 1)]);
    assert_eq!(found.last().unwrap()["sessions_of_requests"], 20);
    let text = feed(&["live", "-"], input.as_bytes()).out;
    assert!(text.contains("20 sessions consist of requests alone"), "{text}");
}

#[test]
fn a_replay_takes_its_time() {
    let begun = Instant::now();
    let run = feed(&[&["live", "-", "--json", "--speed", "50"], &MINUTES[..]].concat(), two_viewers().as_bytes());
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    assert_eq!(
        run.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect::<Vec<Value>>(),
        lines(&two_viewers(), &[])
    );
    // 13 s from the sixteenth event, with which it is known what time it is.
    assert!(begun.elapsed() >= Duration::from_millis(250));
}

/// What a command that goes on writes, line by line.
struct Going {
    child: Child,
    lines: Receiver<Value>,
}

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(30);

impl Going {
    fn new(file: &str, flags: &[&str]) -> Self {
        let own = if flags.contains(&"--window") { &[][..] } else { &["--window", "1s", "--lateness", "0s"] };
        Self::run(&[&["live", file, "--follow", "--json", "--every", "50ms"], own, flags].concat())
    }

    fn run(asked: &[&str]) -> Self {
        let mut command = command(asked);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let lines = follow(child.stdout.take().unwrap());
        Self { child, lines }
    }

    fn next(&self) -> Value {
        self.lines.recv_timeout(PATIENCE).unwrap()
    }

    fn signal(&self, signal: &str) {
        assert!(Command::new("kill").args([signal, &self.child.id().to_string()]).status().unwrap().success());
    }

    /// Its last lines, and how it ended, having complained of nothing.
    fn end(mut self) -> (Vec<Value>, i32) {
        let begun = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            if begun.elapsed() > PATIENCE {
                self.child.kill().unwrap();
            }
            std::thread::sleep(Duration::from_millis(20));
        };
        (self.lines.iter().collect(), status.code().unwrap())
    }
}

fn follow(out: ChildStdout) -> Receiver<Value> {
    let (sender, lines) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(out).lines() {
            let _ = sender.send(serde_json::from_str(&line.unwrap()).unwrap());
        }
    });
    lines
}

fn append(path: &Path, text: &str) {
    File::options().append(true).open(path).unwrap().write_all(text.as_bytes()).unwrap();
}

#[test]
fn a_file_that_grows_is_followed() {
    let (folder, path) = written("events.ndjson", &event("ann", 0, "play"));
    let going = Going::new(path.to_str().unwrap(), &[]);
    // Time goes on although nothing comes.
    assert_eq!(going.next()["viewers"]["last"], 1);
    // Half a line is none.
    let line = event("bob", 60, "play");
    append(&path, &line[..40]);
    std::thread::sleep(Duration::from_millis(250));
    append(&path, &line[40..]);
    while going.next()["viewers"]["last"] != 2 {}
    // Another file of that name.
    let other = folder.path().join("other.ndjson");
    fs::write(&other, event("cid", 120, "play")).unwrap();
    fs::rename(&other, &path).unwrap();
    while going.next()["viewers"]["last"] != 3 {}
    // It is cut short.
    fs::write(&path, "").unwrap();
    std::thread::sleep(Duration::from_millis(400));
    append(&path, &event("dan", 180, "play"));
    while going.next()["viewers"]["last"] != 4 {}
    going.signal("-INT");
    let (rest, code) = going.end();
    assert_eq!(code, 0);
    let summary = rest.last().unwrap();
    assert_eq!((&summary["type"], &summary["arrivals"]["on_time"]), (&"summary".into(), &4.into()));
}

#[test]
fn what_is_not_final_is_told_at_the_end() {
    let (_folder, path) = written("events.ndjson", &(two_viewers() + &event("cid", 130, "play")));
    let going = Going::new(path.to_str().unwrap(), &["--window", "1m", "--lateness", "1m"]);
    assert_eq!(going.next()["start"], "2026-09-21T14:14:00.000Z");
    going.signal("-INT");
    let (rest, code) = going.end();
    assert_eq!(code, 0);
    let told: Vec<_> = of_all(&rest, "window").iter().map(|line| line["start"].as_str().unwrap()).collect();
    assert_eq!(told, ["2026-09-21T14:15:00.000Z", "2026-09-21T14:16:00.000Z"]);
}

#[test]
fn what_is_replayed_is_told_when_its_time_comes() {
    // The last event says that the window of all others is final, and is waited for as long as it takes after them.
    let others: String = (0..17).map(|number| event(&format!("viewer {number}"), 0, "play")).collect();
    let (_folder, path) = written("events.ndjson", &(others + &event("ann", 15, "play")));
    let file = path.to_str().unwrap();
    let window = ["--window", "10s", "--lateness", "0s", "--every", "50ms"];
    let going = Going::run(&[&["live", file, "--json", "--speed", "0.01"], &window[..]].concat());
    assert_eq!(going.next()["viewers"]["last"], 17);
    going.signal("-INT");
    assert_eq!(going.end().1, 0);
}

#[cfg(unix)]
#[test]
fn a_pipe_with_a_name_is_followed_when_nobody_writes_to_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events.ndjson");
    assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
    let going = Going::new(path.to_str().unwrap(), &[]);
    let write = |line: String| fs::write(&path, line).unwrap();
    write(event("ann", 0, "play"));
    assert_eq!(going.next()["viewers"]["last"], 1);
    write(event("bob", 60, "play"));
    while going.next()["viewers"]["last"] != 2 {}
    std::thread::sleep(Duration::from_millis(400));
    going.signal("-INT");
    let (rest, code) = going.end();
    assert_eq!((code, &rest.last().unwrap()["arrivals"]["on_time"]), (0, &2.into()));
}

#[test]
fn a_pipe_is_followed_until_it_ends() {
    let mut going = Going::new("-", &[]);
    let mut pipe = going.child.stdin.take().unwrap();
    pipe.write_all(event("ann", 0, "play").as_bytes()).unwrap();
    assert_eq!(going.next()["viewers"]["last"], 1);
    pipe.write_all(event("bob", 30, "play").as_bytes()).unwrap();
    while going.next()["viewers"]["last"] != 2 {}
    drop(pipe);
    let (rest, code) = going.end();
    assert_eq!((code, &rest.last().unwrap()["arrivals"]["on_time"]), (0, &2.into()));
}

#[test]
fn who_is_silent_leaves() {
    let mut going = Going::new("-", &["--timeout", "2s"]);
    let mut pipe = going.child.stdin.take().unwrap();
    pipe.write_all(event("ann", 0, "play").as_bytes()).unwrap();
    assert_eq!(going.next()["viewers"]["last"], 1);
    // Nothing is told of windows in which nobody is, so that the next one is of the next viewer.
    std::thread::sleep(Duration::from_secs(4));
    pipe.write_all(event("bob", 30, "play").as_bytes()).unwrap();
    while going.next()["viewers"]["last"] != 1 {}
    // A signal ends it while the pipe is open.
    going.signal("-TERM");
    let (rest, code) = going.end();
    assert_eq!((code, &rest.last().unwrap()["peak"]["viewers"]), (0, &1.into()));
}
