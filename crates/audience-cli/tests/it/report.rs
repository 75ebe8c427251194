//! `audience report` on the sample data.

use serde_json::Value;

use crate::{CATALOG, EVENTS, PLAYERS, SEGMENTS, output};

fn json(arguments: &[&str]) -> Value {
    serde_json::from_str(&output(&[&["report", "--json"], arguments].concat())).unwrap()
}

#[test]
fn the_report_of_the_readme() {
    insta::assert_snapshot!(output(&["report", "docs/sample", "--catalog", CATALOG, "--segments", SEGMENTS]));
}

#[test]
fn one_title_in_detail() {
    insta::assert_snapshot!(output(&["report", EVENTS, "--catalog", CATALOG, "--content", "c0000", "--by", "device"]));
}

#[test]
fn two_titles_stand_beside_each_other() {
    let report = json(&[EVENTS, "--content", "c0000", "--vs", "content=c0001"]);
    let retention = &report["comparison"]["titles"][0]["retention"];
    let other = json(&[EVENTS, "--content", "c0001"]);
    assert_eq!(retention["other"]["shares"], other["titles"][0]["retention"]["shares"]);
    assert_eq!(retention["this"]["shares"], report["titles"][0]["retention"]["shares"]);
    let at = |list: &str| retention[list][50].as_f64().unwrap();
    assert!(at("low") < at("difference") && at("difference") < at("high"), "{retention}");
}

#[test]
fn curves_by_group_are_those_of_the_groups_alone() {
    let by = json(&[EVENTS, "--by", "device", "--content", "c0000"]);
    let groups = &by["titles"][0]["groups"];
    let tv = json(&[EVENTS, "--where", "device=tv", "--content", "c0000"]);
    let group = groups["groups"].as_array().unwrap().iter().find(|group| group["values"][0] == "tv").unwrap();
    assert_eq!(group["shares"], tv["titles"][0]["retention"]["shares"]);
    assert!(groups["p"].as_f64().unwrap() > 0.0);
    // Nobody asked for them.
    assert!(json(&[EVENTS])["titles"][0].get("groups").is_none());
}

#[test]
fn filters_breakdowns_and_time_zones_reach_the_report() {
    let all = json(&[EVENTS]);
    let tv = json(&[EVENTS, "--where", "device=tv"]);
    let by = json(&[EVENTS, "--by", "device"]);
    let row = by["breakdown"]["rows"].as_array().unwrap().iter().find(|row| row["values"][0] == "tv").unwrap();
    assert_eq!(row["totals"], tv["totals"]);
    assert!(tv["totals"]["sessions"].as_u64() < all["totals"]["sessions"].as_u64());
    assert_eq!(tv["quality"]["sessions"]["sessions_read"], all["totals"]["sessions"]);

    let days = |zone: &str| -> Vec<String> {
        let report = json(&[EVENTS, "--by", "day", "--tz", zone]);
        let rows = report["breakdown"]["rows"].as_array().unwrap().clone();
        rows.iter().map(|row| format!("{} {}", row["values"][0].as_str().unwrap(), row["totals"]["sessions"])).collect()
    };
    assert_ne!(days("UTC"), days("Pacific/Auckland"));

    let sessions =
        |from: &str, to: &str| json(&[EVENTS, "--from", from, "--to", to])["totals"]["sessions"].as_u64().unwrap();
    let (first, second) = (sessions("2026-11-18", "2026-11-19"), sessions("2026-11-19", "2026-11-22"));
    assert_eq!(first + second, all["totals"]["sessions"].as_u64().unwrap());
    assert!(first > 0 && second > 0);
}

#[test]
fn captures_of_real_players_are_read() {
    // Together with later data, so that those who fell silent have left.
    let report = |content: &str| json(&[PLAYERS, EVENTS, "--catalog", CATALOG, "--content", content]);
    let (hls, dash) = (report("teststream-hls-40s"), report("teststream-dash-40s"));
    let of = |report: &Value, part: &str, figure: &str| report[part][figure].as_u64().unwrap();
    assert_eq!((of(&hls, "totals", "sessions"), of(&dash, "totals", "sessions")), (4, 8));
    for (report, failures) in [(&hls, 0), (&dash, 1)] {
        assert_eq!(of(report, "experience", "exits_before_start"), 1);
        assert_eq!(of(report, "experience", "playback_failures"), failures);
    }
    assert_eq!((of(&hls, "experience", "stalls"), of(&dash, "experience", "stalls")), (1, 3));
}

#[test]
fn top_says_how_many_titles() {
    let report = json(&[EVENTS, "--top", "3"]);
    assert_eq!((report["titles"].as_array().unwrap().len(), &report["titles_omitted"]), (3, &Value::from(5)));
    assert!(output(&["report", EVENTS, "--top", "3"]).contains("and 5 more titles"));
}
