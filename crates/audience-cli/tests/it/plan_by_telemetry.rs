//! `audience experiment plan` with files: what units do is found in telemetry, and how they come in.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::{output, run};

const DAY: u64 = 86_400_000;
/// 2026-01-01.
const START: u64 = 1_767_225_600_000;

fn plan(file: &str, flags: &[&str]) -> Value {
    serde_json::from_str(&output(&[&["experiment", "plan", file, "--json"], flags].concat())).unwrap()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

fn units(plan: &Value) -> f64 {
    number(&plan["effects"][0]["units_per_arm"])
}

fn near(found: &Value, expected: f64) {
    let found = number(found);
    assert!((found / expected - 1.0).abs() < 1e-9, "{found} and not {expected}");
}

/// A session of a film of a hundred seconds, which is started unless it lasts none.
struct Session {
    viewer: String,
    at: u64,
    seconds: u64,
}

fn written(folder: &Path, sessions: &[Session]) -> String {
    let mut text = String::new();
    for (number, Session { viewer, at, seconds }) in sessions.iter().enumerate() {
        let head = format!(r#""session_id":"s{number}","viewer_id":"{viewer}","content_id":"film""#);
        let house = viewer.len();
        writeln!(text, r#"{{{head},"ts":{at},"type":"load","duration_ms":100000,"house":"{house}"}}"#).unwrap();
        if *seconds > 0 {
            let play = at + 400 + 10 * (number as u64 % 7);
            writeln!(text, r#"{{{head},"ts":{play},"type":"play","position_ms":0}}"#).unwrap();
            let (end, position) = (play + 1000 * seconds, 1000 * seconds);
            writeln!(text, r#"{{{head},"ts":{end},"type":"pause","position_ms":{position}}}"#).unwrap();
        }
    }
    let path = folder.join("events.ndjson");
    fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

/// Viewers that come first on these days, at noon; each comes again on all days that follow, and half of them watch.
fn coming(new: &[u64]) -> Vec<Session> {
    let mut sessions = Vec::new();
    for (day, count) in new.iter().enumerate() {
        for number in 0..*count {
            for later in day..new.len() {
                let (viewer, at) = (format!("v{day}-{number}"), START + later as u64 * DAY + DAY / 2 + number);
                sessions.push(Session { viewer, at, seconds: 50 * (number % 2) });
            }
        }
    }
    // The data begin with the first day.
    sessions.push(Session { viewer: "first".to_owned(), at: START, seconds: 50 });
    sessions
}

/// A session as it really was.
struct Truth {
    viewer: String,
    at: u64,
    watched: f64,
}

/// Simulated telemetry without faults, and the truth.
fn simulated(folder: &Path) -> (String, Vec<Truth>) {
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let (events, truth) = (path("events.ndjson"), path("truth.ndjson"));
    let flags =
        ["--sessions", "3000", "--days", "20", "--seed", "5", "--faults", "off", "--truth", &truth, "-o", &events];
    output(&[&["simulate"], &flags[..]].concat());
    let line = |line: &str| {
        let value: Value = serde_json::from_str(line).unwrap();
        let viewer = value["viewer_id"].as_str().unwrap().to_owned();
        Truth { viewer, at: value["started_at_ms"].as_u64().unwrap(), watched: number(&value["watched_ms"]) }
    };
    (events, fs::read_to_string(truth).unwrap().lines().map(line).collect())
}

/// Sums by viewer, from a time on, and in the time before the first of these sessions.
fn by_viewer(truth: &[Truth], from: u64, pre_period: u64) -> BTreeMap<&str, (u64, f64, f64)> {
    let mut viewers: BTreeMap<&str, (u64, f64, f64)> = BTreeMap::new();
    for session in truth.iter().filter(|session| session.at >= from) {
        let viewer = viewers.entry(&session.viewer).or_insert((u64::MAX, 0.0, 0.0));
        viewer.0 = viewer.0.min(session.at);
        viewer.1 += session.watched;
    }
    for session in truth {
        let Some(viewer) = viewers.get_mut(session.viewer.as_str()) else { continue };
        if session.at < viewer.0 && session.at + pre_period >= viewer.0 {
            viewer.2 += session.watched;
        }
    }
    viewers
}

fn mean(of: &[f64]) -> f64 {
    of.iter().sum::<f64>() / of.len() as f64
}

fn covariance(of: &[f64], with: &[f64]) -> f64 {
    let (own, other) = (mean(of), mean(with));
    of.iter().zip(with).map(|(x, y)| (x - own) * (y - other)).sum::<f64>() / (of.len() - 1) as f64
}

/// z of 97.5 % and of 80 %, added and squared, times two arms.
const TWICE_Z_SQUARED: f64 = 15.697_759_4;

#[test]
fn the_baseline_is_what_viewers_really_did() {
    let folder = tempfile::tempdir().unwrap();
    let (events, truth) = simulated(folder.path());
    let plan = plan(&events, &["--metric", "watch-time", "--effect", "10%", "--cap", "none"]);
    let viewers = by_viewer(&truth, 0, 0);
    let watched: Vec<f64> = viewers.values().map(|viewer| viewer.1).collect();
    let (value, variance) = (mean(&watched), covariance(&watched, &watched));
    let baseline = &plan["baseline"];
    assert_eq!((&baseline["metric"], &baseline["kind"]), (&"watch-time".into(), &"mean".into()));
    assert_eq!(baseline["units"], viewers.len());
    assert!(baseline["variance_reduction"].is_null() && baseline["cap"].is_null());
    near(&baseline["value"], value);
    near(&plan["control"], value);
    near(&baseline["variance"], variance);
    let expected = TWICE_Z_SQUARED * variance / (0.1 * value).powi(2);
    assert!((units(&plan) - expected).abs() <= 1.0, "{} and not {expected}", units(&plan));
    // A cap takes the tail away, and so units.
    assert!(
        units(&self::plan(&events, &["--metric", "watch-time", "--effect", "10%", "--cap", "95%"])) < 0.9 * expected
    );
}

#[test]
fn what_viewers_did_before_makes_it_fewer() {
    let folder = tempfile::tempdir().unwrap();
    let (events, truth) = simulated(folder.path());
    let begins = truth.iter().map(|session| session.at).min().unwrap();
    let (from, pre_period) = (begins + 10 * DAY, 10 * DAY);
    let asked = ["--metric", "watch-time", "--effect", "10%", "--cap", "none"];
    let adjusted = plan(&events, &[&asked[..], &["--pre-period", "10d"]].concat());
    let from_text = from.to_string();
    let plain = plan(&events, &[&asked[..], &["--from", &from_text]].concat());
    let viewers = by_viewer(&truth, from, pre_period);
    let column = |of: fn(&(u64, f64, f64)) -> f64| viewers.values().map(of).collect::<Vec<f64>>();
    let (after, before) = (column(|viewer| viewer.1), column(|viewer| viewer.2));
    let reduction = covariance(&after, &before).powi(2) / covariance(&after, &after) / covariance(&before, &before);
    assert!(reduction > 0.1 && before.contains(&0.0), "{reduction}");
    let (baseline, without) = (&adjusted["baseline"], &plain["baseline"]);
    assert_eq!((&baseline["units"], &without["units"]), (&viewers.len().into(), &viewers.len().into()));
    near(&baseline["value"], mean(&after));
    near(&without["variance"], covariance(&after, &after));
    near(&baseline["variance_reduction"], reduction);
    near(&baseline["variance"], (1.0 - reduction) * covariance(&after, &after));
    assert!((units(&adjusted) - (1.0 - reduction) * units(&plain)).abs() <= 1.0);
    assert_eq!(adjusted["data"]["new_units_by_day"], plain["data"]["new_units_by_day"]);
}

/// Of every kind of metric, a plan by the viewers of one arm has the value and the standard error that an analysis has of it.
#[test]
fn the_baseline_is_that_of_an_analysis() {
    let folder = tempfile::tempdir().unwrap();
    let (events, _) = simulated(folder.path());
    let metrics = ["--metric", "watch-time,completed,completion-rate,rebuffer-ratio,startup-p50", "--cap", "none"];
    let analysis = [&["experiment", "analyze", &events, "--arm", "variant", "--as", "json"], &metrics[..]].concat();
    let analysis: Value = serde_json::from_str(&output(&analysis)).unwrap();
    let plan = plan(&events, &[&metrics[..], &["--where", "variant=A"]].concat());
    assert_eq!(plan["metrics"].as_array().unwrap().len(), 5);
    for (planned, analysed) in plan["metrics"].as_array().unwrap().iter().zip(analysis["metrics"].as_array().unwrap()) {
        let (baseline, arm) = (&planned["baseline"], &analysed["arms"][0]);
        assert_eq!((&planned["metric"], &baseline["units"]), (&analysed["metric"], &arm["units"]));
        near(&baseline["value"], number(&arm["value"]));
        // Wilson's interval of a share is not so many standard errors wide.
        if analysed["kind"] != "proportion" {
            let error =
                (number(&arm["interval"]["high"]) - number(&arm["interval"]["low"])) / 2.0 / 1.959_963_984_540_054;
            near(&baseline["variance"], error * error * number(&arm["units"]));
        }
    }
}

#[test]
fn a_share_of_viewers_is_planned_for_as_a_rate() {
    let folder = tempfile::tempdir().unwrap();
    let file = written(folder.path(), &coming(&[41, 20, 9]));
    let flags = ["--metric", "started", "--effect", "5%,-10%", "--arms", "3", "--confidence", "99%"];
    let found = plan(&file, &flags);
    // Of 41 the numbers 1, 3 … start, of 20 and 9 too, and the first one does.
    let rate = (20.0 + 10.0 + 4.0 + 1.0) / 71.0;
    near(&found["baseline"]["value"], rate);
    near(&found["baseline"]["variance"], rate * (1.0 - rate));
    let rate = found["control"].to_string();
    let mut number_form = flags.to_vec();
    number_form.splice(..2, ["--rate", &rate]);
    let expected: Value =
        serde_json::from_str(&output(&[&["experiment", "plan", "--json"], &number_form[..]].concat())).unwrap();
    for at in 0..2 {
        for key in ["effect", "difference", "units_per_arm", "units"] {
            assert_eq!(found["effects"][at][key], expected["effects"][at][key], "{key}");
        }
    }
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(&expected), ["arms", "control", "effects", "power", "schema", "sequential"]);
    assert_eq!(keys(&expected["effects"][0]), ["days", "difference", "effect", "units", "units_per_arm"]);
}

#[test]
fn days_follow_how_viewers_come_in() {
    let folder = tempfile::tempdir().unwrap();
    // On the first day one more, and of the last day there is half.
    let file = written(folder.path(), &coming(&[399, 200, 120, 100, 80, 60, 30]));
    let by_day = [400.0, 200.0, 120.0, 100.0, 80.0, 60.0];
    let found = plan(&file, &["--metric", "started", "--effect", "15%,20%,40%"]);
    assert_eq!(found["data"]["new_units_by_day"], serde_json::json!([400, 200, 120, 100, 80, 60]));
    assert_eq!((number(&found["data"]["units"]), number(&found["baseline"]["units"])), (990.0, 990.0));
    let days_of_data = number(&found["baseline"]["days_of_data"]);
    assert!((6.5..6.51).contains(&days_of_data), "{days_of_data}");
    assert_eq!(found["baseline"]["new_units_per_day"], 70.0);
    let expected = |needed: f64| {
        let mut come = 0.0;
        for (day, new) in by_day.iter().enumerate() {
            if come + new >= needed {
                return (day as f64 + (needed - come) / new, false);
            }
            come += new;
        }
        (6.0 + (needed - come) / 70.0, true)
    };
    let check = |found: &Value, share: f64, per: &[bool]| {
        for (row, extrapolated) in found["effects"].as_array().unwrap().iter().zip(per) {
            let (days, beyond) = expected(number(&row["units"]) / share);
            near(&row["days"], days);
            assert_eq!((row["extrapolated"].as_bool(), beyond), (Some(*extrapolated), *extrapolated));
        }
    };
    check(&found, 1.0, &[true, false, false]);
    let half = ["--metric", "started", "--effect", "15%,20%,40%", "--share", "50%"];
    check(&plan(&file, &half), 0.5, &[true, true, false]);
    let half = output(&[&["experiment", "plan", &file], &half[..]].concat());
    assert!(half.contains("50 % of whom are in the experiment") && half.contains('~'), "{half}");
    // What is known better counts instead.
    let told = plan(&file, &["--metric", "started", "--effect", "40%", "--per-day", "10"]);
    near(&told["effects"][0]["days"], number(&told["effects"][0]["units"]) / 10.0);
    assert!(told["effects"][0].get("extrapolated").is_none());
}

#[test]
fn in_less_than_two_days_nobody_knows_how_long_it_takes() {
    let folder = tempfile::tempdir().unwrap();
    let file = written(folder.path(), &coming(&[100, 50]));
    let asked = ["--metric", "started", "--effect", "20%"];
    let found = plan(&file, &asked);
    assert!(found["effects"][0]["days"].is_null() && found["baseline"]["new_units_per_day"].is_null());
    assert!(units(&found) > 100.0);
    let text = output(&[&["experiment", "plan", &file], &asked[..]].concat());
    assert!(text.contains("Days are unknown: the data have 1 of the 2 whole days"), "{text}");
}

#[test]
fn each_metric_has_its_table_or_the_reason_why_not() {
    let folder = tempfile::tempdir().unwrap();
    let file = written(folder.path(), &coming(&[60, 30]));
    let metrics = "started,watch-time,startup-p50,started,startup-p99,conversion:buy";
    insta::assert_snapshot!(output(&["experiment", "plan", &file, "--metric", metrics, "--effect", "20%,150%"]), @r"
    Units to find an effect in 80 % of experiments, looking once, when they are reached
    Planned by 91 viewers in 1.5 days from 2026-01-01 00:00 UTC on; 151 sessions read

    Started to watch (started)
      share of units 50.5 %
        Effect      Difference   Units per arm           Units
         +20 %       +10.11 pp             378             756
        +150 %       +75.82 pp               –               –
      No plan for +150 %: it would be 100 % or more

    Watch time (watch-time)
      mean over units 41.8 s, standard deviation 44.9 s; each unit counts up to 1:40
        Effect      Difference   Units per arm           Units
         +20 %         +8.35 s             454             908
        +150 %           +1:03               9              18

    Start-up time, p50 (startup-p50)
      quantile of values 0.43 s
        Effect      Difference   Units per arm           Units
         +20 %        +0.086 s               6              12
        +150 %        +0.645 s               2               4

    Start-up time, p99 (startup-p99)
      No plan: units do not vary

    Conversion buy (conversion:buy)
      No plan: the control's metric is 0, so that nothing can be said in parts of it

    Days are unknown: the data have 1 of the 2 whole days that it takes to see how units come in.
    Totals of a unit grow with time, as does the share of units that did something once: plan by data that
    are about as long as the experiment will be.
    ");
    let found = plan(&file, &["--effect", "20%,150%"]);
    let metrics = found["metrics"].as_array().unwrap();
    let names: Vec<&str> = metrics.iter().map(|of| of["metric"].as_str().unwrap()).collect();
    assert_eq!(names, ["watch-time", "started", "completed", "rebuffer-ratio", "startup-p95"]);
    assert!(metrics[0]["refused"].is_null() && number(&metrics[0]["effects"][1]["units"]) > 0.0);
    assert!(metrics[1]["effects"][1]["units"].is_null());
    assert_eq!(metrics[1]["effects"][1]["refused"], "it would be 100 % or more");
    assert!(metrics[3]["refused"].as_str().unwrap().contains("is 0") && metrics[3].get("effects").is_none());
}

#[test]
fn units_are_what_will_be_assigned() {
    let folder = tempfile::tempdir().unwrap();
    // The house is the length of the viewer's name: v0-0 to v0-9, v0-10 to v0-99, and first, which is as long as the latter.
    let file = written(folder.path(), &coming(&[100]));
    let houses = plan(&file, &["--metric", "watch-time", "--unit", "house", "--effect", "50%", "--cap", "none"]);
    assert_eq!((houses["data"]["unit"].as_str(), number(&houses["baseline"]["units"])), (Some("house"), 2.0));
    let watched = [5.0 * 50_000.0, 46.0 * 50_000.0];
    near(&houses["baseline"]["value"], mean(&watched));
    near(&houses["baseline"]["variance"], covariance(&watched, &watched));
}

#[test]
fn what_cannot_be_asked_of_data_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let file = written(folder.path(), &coming(&[60, 30]));
    for (code, flags, said) in [
        (2, &["--rate", "12%", "--metric", "started"][..], "--metric is for telemetry, and there is no FILE"),
        (2, &["--rate", "12%", "--from", "2026-01-01"], "--from is for telemetry"),
        (2, &[&file, "--rate", "12%"], "cannot be used with '--rate"),
        (2, &[&file, "--variance-reduction", "12%"], "cannot be used with '--variance-reduction"),
        (2, &[&file, "--metric", "joy"], "invalid value 'joy' for '--metric"),
        (2, &[&file, "--share", "0%"], "invalid value '0%' for '--share"),
        (2, &[&file, "--share", "5%", "--per-day", "9"], "'--share <SHARE>' cannot be used with '--per-day"),
        (2, &[&file, "--per-day", "0"], "cannot plan with 0 for the units per day"),
        (
            2,
            &[&file, "--unit", "flat"],
            "cannot plan for units of \"flat\": no session has this attribute; they have house",
        ),
        (2, &[&file, "--pre-period", "3d"], "cannot plan with a pre-period of 3 days: the data end after 1.5"),
        (3, &[&file, "--metric", "conversion:buy"], "cannot plan for conversion:buy: the control's metric is 0"),
        (
            3,
            &[&file, "--metric", "started", "--effect", "150%"],
            "cannot plan for started: with an effect of 150 %, it would be 100 %",
        ),
        (3, &[&file, "--metric", "sessions", "--from", "2026-01-02"], "cannot plan for sessions: units do not vary"),
        (3, &[&file, "--from", "2027-01-01"], "no session passes"),
    ] {
        let run = run(&[&["experiment", "plan"], flags].concat());
        assert!(run.code == code && run.err.contains(said), "{flags:?}: {} {}", run.code, run.err);
    }
}
