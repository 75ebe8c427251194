//! What reports look like.

use audience_core::test_util::various_facts;
use audience_core::{Accumulator, ContentId};
use audience_ingest::{Catalog, Quality};
use audience_report::{Dimension, Filter, Report, ReportSpec, ReportState, TextOptions, to_json};

use unicode_width::UnicodeWidthStr;

use crate::{facts, report, various, view};

fn plain(report: &Report, width: usize, details: bool) -> String {
    let mut options = TextOptions::default();
    options.width = width;
    options.details = details;
    anstream::adapter::strip_str(&report.to_text(options)).to_string()
}

fn by_device() -> ReportSpec {
    ReportSpec { by: Dimension::parse_list("device").unwrap(), ..ReportSpec::default() }
}

#[test]
fn the_json_of_a_report() {
    insta::assert_snapshot!(to_json(&various(&by_device())).unwrap());
}

#[test]
fn the_text_of_a_report() {
    insta::assert_snapshot!(plain(&various(&by_device()), 120, false));
}

#[test]
fn the_text_of_a_report_in_a_narrow_terminal() {
    let text = plain(&various(&by_device()), 60, false);
    insta::assert_snapshot!(text);
}

#[test]
fn the_text_of_one_title() {
    let filter = Filter { content: Some(ContentId::from("film")), ..Filter::default() };
    insta::assert_snapshot!(plain(&various(&ReportSpec { filter, ..ReportSpec::default() }), 80, true));
}

#[test]
fn the_text_of_nothing() {
    insta::assert_snapshot!(plain(&report(&ReportSpec::default(), &[]), 120, true));
}

#[test]
fn everything_fits_the_terminal() {
    for width in [60, 80, 100, 120, 200] {
        for line in plain(&various(&by_device()), width, true).lines() {
            assert!(line.width() <= width, "{width}: {line}");
            assert_eq!(line, line.trim_end());
        }
    }
}

#[test]
fn names_of_any_script_are_shortened_to_their_columns_and_cannot_steer_the_terminal() {
    let rows = [("夜の長い旅".repeat(9), 50), ("\u{1b}[31mred\u{7}".to_owned(), 40)]
        .map(|(title, secs)| facts(&view("s", &title, 0, secs)));
    let text = plain(&report(&ReportSpec::default(), &rows), 80, true);
    assert!(text.contains("…") && text.contains("\u{fffd}[31mred\u{fffd}"), "{text}");
    let table = text.lines().skip_while(|line| !line.starts_with("Titles")).take(4);
    assert!(table.clone().all(|line| line.width() <= 80), "{text}");
    assert!(!text.chars().any(|c| c.is_control() && c != '\n'));
}

#[test]
fn names_come_from_the_catalogue() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("catalog.csv");
    std::fs::write(&path, "content_id,title\nfilm,The Long Ferry\n").unwrap();
    let spec = ReportSpec::default();
    let mut state = ReportState::new(&spec);
    state.observe_all(&various_facts());
    let report = Report::new(&state, &spec, &Quality::default(), &Catalog::read(&path).unwrap());
    let film = report.titles.iter().find(|title| title.content_id == "film").unwrap();
    assert_eq!((film.title.as_deref(), film.name()), (Some("The Long Ferry"), "The Long Ferry"));
    assert!(plain(&report, 120, false).contains("The Long Ferry"));
}
