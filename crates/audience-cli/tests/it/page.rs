//! Pages, tables and comparisons on the sample data.

use std::fs;

use serde_json::Value;

use crate::{CATALOG, EVENTS, output, run};

/// The report written to a file of this name.
fn written(name: &str, arguments: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    let all = [&["report", EVENTS, "-o", path.to_str().unwrap()], arguments].concat();
    assert_eq!(output(&all), "");
    fs::read_to_string(path).unwrap()
}

#[test]
fn the_ending_of_the_file_says_what_to_write() {
    for name in ["report.html", "report.HTM"] {
        let page = written(name, &[]);
        assert!(page.starts_with("<!DOCTYPE html>") && page.trim_end().ends_with("</html>"), "{name}");
    }
    assert_eq!(written("report.json", &[]), output(&["report", EVENTS, "--json"]));
    assert_eq!(written("report.txt", &[]), output(&["report", EVENTS]));
    assert_eq!(written("report.html", &["--json"]), output(&["report", EVENTS, "--json"]));
}

#[test]
fn a_page_has_names_and_devices_and_is_small() {
    let page = written("report.html", &["--catalog", CATALOG]);
    assert!(page.contains("How bread rises") && page.contains("By <bdi>device</bdi>"));
    assert!(page.len() < 1_000_000, "{} bytes", page.len());
    assert!(written("report.html", &["--by", "variant"]).contains("By <bdi>variant</bdi>"));
    assert!(!output(&["report", EVENTS]).contains("By device"), "only pages break down unasked");
}

#[test]
fn a_page_of_nothing_is_written_and_the_exit_code_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.html");
    let run = run(&["report", EVENTS, "--where", "device=fridge", "-o", path.to_str().unwrap()]);
    assert_eq!(run.code, 3);
    assert!(fs::read_to_string(path).unwrap().contains("None of 500 sessions passes the filter."));
}

#[test]
fn tables_are_written_to_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let tables = folder.path().join("new/tables");
    output(&["report", EVENTS, "--catalog", CATALOG, "--csv", tables.to_str().unwrap()]);
    let mut names: Vec<_> =
        fs::read_dir(&tables).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.sort_unstable();
    assert_eq!(
        names.join(" "),
        "anomalies.csv audience.csv breakdown.csv chapters.csv cohort-averages.csv cohorts.csv comparison.csv daily.csv \
         engagement.csv experiment.csv failures.csv findings.csv frequency.csv good-streams.csv groups.csv heatmap.csv \
         journeys.csv longest-waits.csv quality.csv renditions.csv retention.csv return-days.csv returns.csv scores.csv \
         seeks.csv segments.csv similar.csv slices.csv startup.csv streams.csv survival.csv titles.csv totals.csv trends.csv"
    );
    let titles = fs::read_to_string(tables.join("titles.csv")).unwrap();
    assert!(
        titles.lines().nth(1).unwrap().starts_with("c0005,The Northern Mountain (film),7275738,false,34,"),
        "{titles}"
    );
    let failed = run(&["report", EVENTS, "--csv", "Cargo.toml"]);
    assert_eq!(failed.code, 1);
    assert!(failed.err.starts_with("error: cannot write Cargo.toml"), "{}", failed.err);
}

#[test]
fn a_period_is_compared_with_the_one_before() {
    let day = ["--from", "2026-11-19", "--to", "2026-11-20"];
    let all = [&["report", EVENTS, "--catalog", CATALOG, "--vs", "previous"], day.as_slice()].concat();
    insta::assert_snapshot!(output(&all));
    let both: Value = serde_json::from_str(&output(&[all.as_slice(), &["--json"]].concat())).unwrap();
    let before = ["report", EVENTS, "--json", "--from", "2026-11-18", "--to", "2026-11-19"];
    let before: Value = serde_json::from_str(&output(&before)).unwrap();
    assert_eq!(both["comparison"]["other"]["totals"], before["totals"]);
    assert_eq!(both["comparison"]["titles"][0]["title"], "Slow Letters, episode 1");
}

#[test]
fn what_cannot_be_compared_is_a_wrong_command_line() {
    let failure = |arguments: &[&str]| {
        let run = run(&[&["report", EVENTS, "--vs"], arguments].concat());
        format!("{} {}", run.code, run.err.trim_end())
    };
    insta::assert_snapshot!(failure(&["previous"]), @"2 error: cannot compare with the previous period: it takes a beginning and, after it, an end of this one");
    insta::assert_snapshot!(failure(&["tv"]), @r#"2 error: cannot filter by "tv": it is not name=value"#);
}
