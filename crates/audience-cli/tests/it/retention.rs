//! `audience retention`

use std::fs;

use serde_json::Value;

use crate::{CATALOG, EVENTS, output, run};

fn json(flags: &[&str]) -> Value {
    serde_json::from_str(&output(&[&["retention", EVENTS, "--json"], flags].concat())).unwrap()
}

#[test]
fn one_title_in_full() {
    let text = output(&[
        "retention",
        EVENTS,
        "--catalog",
        CATALOG,
        "--content",
        "c0000",
        "--by",
        "device",
        "--benchmark",
        "vod",
        "--fall",
        "20%",
    ]);
    insta::assert_snapshot!(text);
}

#[test]
fn curves_are_as_fine_as_asked_for() {
    let titles = |flags: &[&str]| json(flags)["titles"].as_array().unwrap().clone();
    let points = |title: &Value| title["shares"].as_array().unwrap().len();
    assert_eq!(points(&titles(&["--points", "7"])[0]), 7);
    for title in titles(&["--every", "10s"]) {
        let length = title["duration_ms"].as_u64().unwrap();
        assert_eq!(points(&title) as u64, length.div_ceil(10_000), "{}", title["content_id"]);
    }
    // The same sessions, however fine.
    let (fine, coarse) = (titles(&["--points", "1000"]), titles(&["--points", "10"]));
    for (fine, coarse) in fine.iter().zip(&coarse) {
        assert_eq!(fine["average_view_ms"], coarse["average_view_ms"]);
        assert_eq!(fine["shares"][500], coarse["shares"][5]);
    }
}

#[test]
fn what_the_simulator_put_into_titles_is_found() {
    // Intros that many skip, credits that most leave at, and where they are; clips have neither.
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (events, catalog) = (path("events.ndjson"), path("catalog.json"));
    output(&[
        "simulate",
        "--sessions",
        "6000",
        "--titles",
        "12",
        "--seed",
        "3",
        "-o",
        &events,
        "--catalog-out",
        &catalog,
    ]);
    let truth: Vec<Value> = serde_json::from_str(&fs::read_to_string(&catalog).unwrap()).unwrap();
    let found = output(&["retention", &events, "--json", "--top", "12"]);
    let found: Value = serde_json::from_str(&found).unwrap();
    let (mut intros, mut credits) = (0, 0);
    for title in found["titles"].as_array().unwrap() {
        let id = &title["content_id"];
        let Some(truth) = truth.iter().find(|truth| truth["content_id"] == *id) else { continue };
        let point = title["duration_ms"].as_u64().unwrap() / 100;
        let chapter = |name: &str| truth["chapters"].as_array()?.iter().find(|chapter| chapter["title"] == name);
        let near =
            |ours: &Value, theirs: &Value| ours.as_u64().unwrap().abs_diff(theirs.as_u64().unwrap()) <= 2 * point;
        let skipped = title["skipped"].as_array().unwrap();
        let intro = skipped.iter().find(|part| part["is_intro"] == true);
        match (chapter("intro"), intro) {
            (Some(truth), Some(intro)) => {
                // An intro at the very start has no point before it.
                assert!(near(&intro["part"]["start_ms"], &truth["start_ms"]), "{id}: {intro}, {truth}");
                assert!(near(&intro["part"]["end_ms"], &truth["end_ms"]), "{id}: {intro}, {truth}");
                intros += 1;
            }
            (None, Some(intro)) => panic!("{id} has no intro: {intro}"),
            (_, None) => {}
        }
        match (chapter("credits"), title["credits"].as_object()) {
            (Some(truth), Some(found)) => {
                assert!(near(&found["start_ms"], &truth["start_ms"]), "{id}: {found:?}, {truth}");
                credits += 1;
            }
            (None, Some(found)) => panic!("{id} has no credits: {found:?}"),
            (_, None) => {}
        }
    }
    assert!(intros >= 3 && credits >= 4, "{intros} intros and {credits} sets of credits found");
}

#[test]
fn every_table_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    output(&["retention", EVENTS, "--catalog", CATALOG, "--by", "device", "--csv", path]);
    let mut sizes: Vec<(String, usize)> = fs::read_dir(path)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| {
            let text = fs::read_to_string(entry.path()).unwrap();
            let columns = text.lines().next().unwrap().matches(',').count();
            // Names in this catalogue have commas, and are quoted.
            let mut reader = csv_rows(&text);
            assert!(reader.all(|row| row == columns + 1), "{:?}", entry.path());
            (entry.file_name().into_string().unwrap(), text.lines().count())
        })
        .collect();
    sizes.sort();
    let names: Vec<&str> = sizes.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["chapters.csv", "curves.csv", "findings.csv", "groups.csv", "seeks.csv", "survival.csv"]);
    assert!(sizes.iter().all(|(_, rows)| *rows > 1), "{sizes:?}");
}

/// How many cells each row has.
fn csv_rows(text: &str) -> impl Iterator<Item = usize> + '_ {
    text.lines().map(|line| {
        let mut quoted = false;
        1 + line
            .chars()
            .filter(|c| {
                quoted ^= *c == '"';
                *c == ',' && !quoted
            })
            .count()
    })
}

#[test]
fn weights_change_shares_and_bad_ones_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.ndjson");
    let view = |id: &str, weight: &str, until: u64| {
        format!(
            "{{\"session_id\":\"{id}\",\"content_id\":\"c\",\"ts\":0,\"type\":\"load\",\"duration_ms\":100000,\"w\":{weight},\"country\":\"{id}\"}}\n\
             {{\"session_id\":\"{id}\",\"content_id\":\"c\",\"ts\":0,\"type\":\"play\",\"position_ms\":0}}\n\
             {{\"session_id\":\"{id}\",\"content_id\":\"c\",\"ts\":{until},\"type\":\"pause\",\"position_ms\":{until}}}\n"
        )
    };
    let path = file.to_str().unwrap();
    fs::write(&file, view("DE", "3", 100_000) + &view("FR", "1", 40_000)).unwrap();
    let last = |flags: &[&str]| -> Value {
        let text = output(&[&["retention", path, "--json"], flags].concat());
        serde_json::from_str::<Value>(&text).unwrap()["titles"][0]["shares"][99].clone()
    };
    assert_eq!((last(&[]), last(&["--weight", "w"])), (0.5.into(), 0.75.into()));
    let weighted: Value = serde_json::from_str(&output(&["retention", path, "--json", "--weight", "w"])).unwrap();
    // Of a weight of 4 in all.
    assert_eq!((&weighted["titles"][0]["reached"][0], &weighted["titles"][0]["reached"][99]), (&4.into(), &3.into()));
    assert_eq!(last(&["--weight", "country", "--weight-of", "DE=1", "--weight-of", "FR=9"]), Value::from(0.1));
    fs::write(&file, view("DE", "-3", 100_000)).unwrap();
    let wrong = run(&["retention", path, "--weight", "w"]);
    assert_eq!(wrong.code, 1);
    insta::assert_snapshot!(wrong.err, @r#"error: cannot weigh session "DE" by -3: a weight is a number from 0 to 10000"#);
}

#[test]
fn what_cannot_be_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let catalog = folder.path().join("catalog.json");
    let path = catalog.to_str().unwrap();
    fs::write(&catalog, r#"[{"content_id":"c","duration_ms":1000,"chapters":[{"start_ms":0,"end_ms":800,"title":"a"},{"start_ms":500,"title":"b"}]}]"#).unwrap();
    for command in ["retention", "report"] {
        let wrong = run(&[command, EVENTS, "--catalog", path]);
        assert_eq!(wrong.code, 1);
        insta::allow_duplicates! {
            insta::assert_snapshot!(wrong.err, @r#"error: cannot use the chapters of "c": cannot use chapter 2 ("b"): it begins at 0:00.500, before the end of the one before at 0:00.800"#);
        }
    }
    for wrong in [
        &["--points", "0"][..],
        &["--points", "99999999"],
        &["--every", "0s"],
        &["--every", "soon"],
        &["--benchmark", "theatre"],
        &["--benchmark", "10,20,30"],
        &["--fall", "200"],
        &["--weight-of", "DE=1"],
        &["--weight", "w", "--weight-of", "DE=-1"],
        &["--by", ""],
    ] {
        assert_eq!(run(&[&["retention", EVENTS], wrong].concat()).code, 2, "{wrong:?}");
    }
    let nothing = run(&["retention", EVENTS, "--content", "none"]);
    assert_eq!(nothing.code, 3);
}
