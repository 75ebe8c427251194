//! Telemetry of other systems: `--map`, and formats by name.

use std::fs;

use crate::run;

const KINO: &str = "crates/audience-ingest/tests/fixtures/maps/kino.ndjson";

#[test]
fn a_map_is_read_from_a_file_and_its_mistakes_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let table = file("player.csv", "who;when;what;at\na;1767603600;on;0\na;1767603612;off;12.5\n");
    let map = file(
        "player.toml",
        "name = \"what\"\n[fields]\nsession_id = \"who\"\nts = { path = \"when\", unit = \"s\" }\n\
         position_ms = { path = \"at\", unit = \"s\" }\n[types]\non = \"play\"\noff = \"pause\"\n",
    );
    let lines = run(&["convert", &table, "--map", &map]);
    insta::assert_snapshot!(lines.out, @r#"
    {"session_id":"a","ts":1767603600000,"type":"play","position_ms":0}
    {"session_id":"a","ts":1767603612000,"type":"pause","position_ms":12500}
    "#);

    let session = run(&["session", &table, "a", "--map", &map]);
    assert_eq!(session.code, 0, "{}", session.err);

    let wrong = file("wrong.toml", "name = \"what\"\n[fields]\nsesion_id = \"who\"\n");
    let failed = run(&["report", &table, "--map", &wrong]);
    assert_eq!(failed.code, 1);
    assert!(
        failed.err.starts_with("error: cannot read the map ")
            && failed.err.contains("wrong.toml, line 3: fields.sesion_id"),
        "{}",
        failed.err
    );
    assert_eq!(run(&["report", &table, "--map", "none.toml"]).code, 1);
    assert_eq!(run(&["report", &table, "--map", &map, "--format", "kino"]).code, 2, "either a map or a format");
}

#[test]
fn a_map_of_an_access_log_is_told_by_its_syntax() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let map = file(
        "log.toml",
        "syntax = \"delimited\"\ndelimiter = \";\"\ntime = { field = \"when\", format = \"ms\", is = \"start\" }\n\
         fields = { path = \"path\", query = \"query\" }\n",
    );
    let log = file(
        "edge.csv",
        "when;path;query\n1795204803449;/film/00003.m4s;CMCD=bl%3D4000%2Cot%3Dv%2Csid%3D%22s%22\n1795204803450;/;\n",
    );
    let lines = run(&["convert", &log, "--map", &map, "--segment-duration", "2", "--title-folders", "1"]);
    insta::assert_snapshot!(lines.out);
    let wrong = file("wrong.toml", "syntax = \"delimitd\"\n");
    let failed = run(&["report", &log, "--map", &wrong]);
    assert!(failed.err.contains("wrong.toml") && failed.err.contains("delimitd"), "{}", failed.err);
}

#[test]
fn formats_of_other_systems_have_names() {
    let named = run(&["report", KINO, "--format", "kino"]);
    assert_eq!(named.code, 0, "{}", named.err);
    assert_eq!(run(&["report", KINO]).out, named.out, "and are found");
    let other = run(&["report", KINO, "--format", "ga4"]);
    assert!(other.err.contains("13 rejected") || other.code == 3, "{}", other.err);
    let unknown = run(&["report", KINO, "--format", "keno"]);
    assert_eq!(unknown.code, 2);
    assert!(unknown.err.contains("\"keno\" is not one of ndjson, cmcd, requests, w3c"), "{}", unknown.err);
}
