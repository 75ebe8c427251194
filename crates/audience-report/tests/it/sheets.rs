//! Reports as CSV.

use audience_report::{Dimension, ReportSpec};

use crate::{facts, report, various, view};

fn table(report: &audience_report::Report, name: &str) -> String {
    report.to_csv().into_iter().find(|table| table.file_name == name).unwrap().text
}

fn rows(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

fn by_device() -> ReportSpec {
    let by = Dimension::parse_list("device").unwrap();
    ReportSpec { by: by.clone(), curves_by: by, ..ReportSpec::default() }
}

#[test]
fn every_table_is_one_and_says_what_the_report_says() {
    let report = various(&by_device());
    for table in report.to_csv() {
        let rows = rows(&table.text);
        assert!(rows.iter().all(|row| row.len() == rows[0].len()), "{}", table.file_name);
        // So few sessions leave nothing that is no chance, of one day there is no trend and nobody to come back, and neither a catalogue nor an experiment was
        // given.
        let empty = [
            "anomalies.csv",
            "chapters.csv",
            "cohort-averages.csv",
            "comparison.csv",
            "experiment.csv",
            "findings.csv",
            "journeys.csv",
            "return-days.csv",
            "similar.csv",
            "slices.csv",
            "trends.csv",
            "viewers.csv",
        ];
        let asked = !empty.contains(&table.file_name);
        assert_eq!(rows.len() > 1, asked, "{}", table.file_name);
    }
    let titles = rows(&table(&report, "titles.csv"));
    let watched = titles[0].iter().position(|name| name == "watched_ms").unwrap();
    assert_eq!(titles[1][watched], report.titles[0].totals.watched_ms.to_string());
    let points: usize = report.titles.iter().map(|title| title.retention.shares.len()).sum();
    assert_eq!(rows(&table(&report, "retention.csv")).len(), points + 1);
    insta::assert_snapshot!(table(&report, "totals.csv"));
}

#[test]
fn the_same_files_with_headers_come_of_nothing() {
    for table in report(&ReportSpec::default(), &[]).to_csv() {
        let rows = rows(&table.text);
        let counts = ["totals.csv", "good-streams.csv", "quality.csv"].contains(&table.file_name);
        assert_eq!(rows.len() > 1, counts, "{}", table.file_name);
    }
}

#[test]
fn what_a_spreadsheet_would_run_is_text_and_numbers_stay_numbers() {
    for id in ["=cmd|'/c calc'!A1", "+1", "-1", "@SUM(A1)", "\t=1", "\r\n=1", "'=1", "＝1"] {
        let session = view("s", id, 0, 50).with_attribute("device", id);
        let report = report(&by_device(), &[facts(&session)]);
        for name in ["titles.csv", "retention.csv", "heatmap.csv", "survival.csv", "groups.csv"] {
            let row = rows(&table(&report, name)).swap_remove(1);
            assert_eq!(row[0], format!("'{id}"), "{name}");
        }
        assert_eq!(rows(&table(&report, "breakdown.csv"))[1][2], format!("'{id}"));
    }
    let plain = report(&by_device(), &[facts(&view("s", "a=b, \"c\"", 0, 50))]);
    assert_eq!(rows(&table(&plain, "titles.csv"))[1][0], "a=b, \"c\"");
}
