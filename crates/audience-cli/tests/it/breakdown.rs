//! `audience breakdown`

use std::fs;

use serde_json::Value;

use crate::{CATALOG, EVENTS, output, run};

fn json(flags: &[&str]) -> Value {
    serde_json::from_str(&output(&[&["breakdown", EVENTS, "--json"], flags].concat())).unwrap()
}

#[test]
fn groups_are_counted_and_the_rest_is_one_row() {
    let found = json(&["--by", "country,device", "--top", "3", "--order-by", "viewers", "--rollups"]);
    assert_eq!((&found["schema"], &found["sessions"]), (&Value::from("audience.breakdown/1"), &Value::from(500)));
    let rows = found["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 3);
    let viewers: Vec<u64> = rows.iter().map(|row| row["viewers"].as_u64().unwrap()).collect();
    assert!(viewers.is_sorted_by(|a, b| a >= b), "{viewers:?}");
    let sessions = |row: &Value| row["sessions"].as_u64().unwrap();
    assert_eq!(rows.iter().map(sessions).sum::<u64>() + sessions(&found["other"]), sessions(&found["total"]));
    assert_eq!(found["rollups"].as_array().unwrap().len(), 2);
    assert_eq!(found["other_groups"], found["groups"].as_u64().unwrap() - 3);
    // The total is that of a report.
    let report: Value = serde_json::from_str(&output(&["report", EVENTS, "--json"])).unwrap();
    for (key, other) in [("viewers", "viewers"), ("watched_ms", "watched_ms"), ("completion_rate", "completion_rate")] {
        assert_eq!(found["total"][key], report["totals"][other], "{key}");
    }
    let experience = &report["experience"];
    assert_eq!(found["total"]["startup_p50_ms"], experience["startup_p50_ms"]);
}

#[test]
fn tables_pages_and_changes_are_written() {
    let folder = tempfile::tempdir().unwrap();
    let (page, tables) = (folder.path().join("page.html"), folder.path().join("tables"));
    let (page, tables) = (page.to_str().unwrap(), tables.to_str().unwrap());
    let period = ["--from", "2026-11-19", "--to", "2026-11-20", "--vs", "previous"];
    let asked = ["breakdown", EVENTS, "--by", "content", "--catalog", CATALOG, "-o", page, "--csv", tables];
    output(&[&asked[..], &period].concat());
    assert!(fs::read_to_string(page).unwrap().contains("Compared with <bdi>the previous period</bdi>."));
    let table = |name: &str| fs::read_to_string(folder.path().join("tables").join(name)).unwrap();
    let breakdown = table("breakdown.csv");
    let rows = |kind: &str| breakdown.lines().filter(|line| line.split(',').next() == Some(kind)).count();
    let titles = json(&[&["--by", "content"], &period[..]].concat())["groups"].as_u64().unwrap();
    assert_eq!((rows("group") as u64, rows("other"), rows("total")), (titles, 0, 1));
    assert_eq!(table("breakdown-rollups.csv").lines().count(), 1);
    let found = json(&[&["--by", "device"], &period[..]].concat());
    assert!(found["total"]["change"]["viewers"]["difference"].is_number());
}

#[test]
fn a_floor_that_hides_all_is_no_failure() {
    let shown = output(&["breakdown", EVENTS, "--by", "device", "--min-viewers", "1000000"]);
    assert!(shown.contains("nothing is shown"), "{shown}");
    let found = json(&["--by", "device", "--min-viewers", "1000000"]);
    assert_eq!((&found["total"], &found["sessions"]), (&Value::Null, &Value::Null));
}

#[test]
fn what_cannot_be_grouped_is_said() {
    let refused = |flags: &[&str], code, why: &str| {
        let refused = run(&[&["breakdown", EVENTS], flags].concat());
        assert_eq!(refused.code, code, "{flags:?}");
        assert!(refused.err.contains(why) && refused.out.is_empty(), "{flags:?}: {}", refused.err);
    };
    refused(&[], 2, "--by");
    refused(&["--by", "contry"], 2, "no session has this attribute, perhaps \"country\" is meant; they have ");
    refused(&["--by", "device,"], 2, "there is an empty name in it");
    refused(&["--by", "device,device"], 2, "cannot break down by \"device\" twice");
    refused(&["--by", "device", "--vs", "previous"], 2, "compare with the previous period");
    refused(&["--by", "device", "--where", "device=fridge"], 3, "no session passes");
}
