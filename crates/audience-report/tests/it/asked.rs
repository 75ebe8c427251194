//! Filters, breakdowns, time zones, and what is refused.

use audience_core::Timestamp;
use audience_report::{Dimension, Error, Filter, ReportSpec, parse_attribute, parse_time, parse_zone};
use jiff::tz::TimeZone;

use crate::{facts, report, view};

const HOUR: i64 = 3_600_000;

fn tagged(id: &str, start: i64, tags: &[(&str, &str)]) -> audience_core::SessionFacts {
    let session =
        tags.iter().fold(view(id, "a", start, 10), |session, (name, value)| session.with_attribute(name, value));
    facts(&session)
}

/// The rows of a breakdown as `values: sessions`.
fn rows(by: &str, zone: TimeZone, sessions: &[audience_core::SessionFacts]) -> Vec<String> {
    let spec = ReportSpec { by: Dimension::parse_list(by).unwrap(), zone, ..ReportSpec::default() };
    let breakdown = report(&spec, sessions).breakdown.unwrap();
    let text = |row: &audience_report::Row| {
        let values: Vec<&str> = row.values.iter().map(|value| value.as_deref().unwrap_or("?")).collect();
        format!("{}: {}", values.join(" "), row.totals.sessions)
    };
    breakdown.rows.iter().map(text).collect()
}

#[test]
fn groups_are_in_order_and_sessions_without_the_attribute_are_one() {
    let sessions = [
        tagged("1", 0, &[("device", "web")]),
        tagged("2", 0, &[("device", "tv"), ("country", "DE")]),
        tagged("3", 0, &[("device", "tv")]),
        tagged("4", 0, &[]),
    ];
    assert_eq!(rows("device", TimeZone::UTC, &sessions), ["?: 1", "tv: 2", "web: 1"]);
    assert_eq!(rows("device, country", TimeZone::UTC, &sessions), ["? ?: 1", "tv ?: 1", "tv DE: 1", "web ?: 1"]);
}

#[test]
fn an_attribute_may_be_named_like_a_dimension() {
    let sessions = [tagged("1", 0, &[("day", "Monday")])];
    assert_eq!(rows("attr:day", TimeZone::UTC, &sessions), ["Monday: 1"]);
    assert_eq!(rows("day", TimeZone::UTC, &sessions), ["1970-01-01: 1"]);
}

#[test]
fn days_are_those_of_the_time_zone_also_across_a_change_of_the_clocks() {
    let berlin = parse_zone("Europe/Berlin").unwrap();
    // 2026-03-29T00:00 in Berlin is 23:00 UTC the day before; that day has 23 hours.
    let midnight = parse_time("2026-03-29", &berlin).unwrap().as_millis();
    assert_eq!(midnight, parse_time("2026-03-28T23:00:00Z", &berlin).unwrap().as_millis());
    let sessions: Vec<_> = [-1, 0, 23 * HOUR - 1, 23 * HOUR]
        .iter()
        .map(|after| tagged(&after.to_string(), midnight + after, &[]))
        .collect();
    assert_eq!(rows("day", berlin, &sessions), ["2026-03-28: 1", "2026-03-29: 2", "2026-03-30: 1"]);
    assert_eq!(rows("day", TimeZone::UTC, &sessions), ["2026-03-28: 2", "2026-03-29: 2"]);
}

#[test]
fn breakdowns_by_title_come_along_except_where_the_title_is_a_dimension() {
    let by = |by: &str| ReportSpec { by: Dimension::parse_list(by).unwrap(), ..ReportSpec::default() };
    let sessions = [facts(&view("1", "a", 0, 10)), facts(&view("2", "b", 0, 20))];
    let breakdown = report(&by("day"), &sessions).breakdown.unwrap();
    let titles: Vec<_> = breakdown.by_title.iter().map(|row| row.content_id.clone().unwrap()).collect();
    assert_eq!(titles, ["b", "a"], "watched most first");
    assert_eq!(report(&by("content,day"), &sessions).breakdown.unwrap().by_title, []);
}

#[test]
fn filters_are_all_to_be_passed_and_values_of_one_name_are_alternatives() {
    let sessions = [
        tagged("1", 0, &[("device", "tv"), ("country", "DE")]),
        tagged("2", HOUR, &[("device", "web"), ("country", "DE")]),
        tagged("3", 2 * HOUR, &[("device", "web"), ("country", "FR")]),
        tagged("4", 3 * HOUR, &[]),
    ];
    let kept = |filter: Filter| {
        let report = report(&ReportSpec { filter, ..ReportSpec::default() }, &sessions);
        assert_eq!(report.quality.sessions.sessions_read, 4);
        assert_eq!(report.quality.sessions.filtered_out, 4 - report.totals.sessions);
        report.totals.sessions
    };
    let with = |pairs: &[&str]| Filter {
        attributes: pairs.iter().map(|pair| parse_attribute(pair).unwrap()).collect(),
        ..Filter::default()
    };
    assert_eq!(kept(Filter::default()), 4);
    assert_eq!(kept(with(&["device=web"])), 2);
    assert_eq!(kept(with(&["device=web", "device=tv"])), 3);
    assert_eq!(kept(with(&["device=web", "device=tv", "country=DE"])), 2);
    assert_eq!(kept(with(&["device=none"])), 0);
    let at = |hours: i64| Some(Timestamp::from_millis(hours * HOUR));
    assert_eq!(kept(Filter { from: at(1), to: at(3), ..Filter::default() }), 2, "the end is not part of it");
    assert_eq!(kept(Filter { content: Some("b".into()), ..Filter::default() }), 0);
}

#[test]
fn times_are_read_in_the_time_zone_unless_they_have_one() {
    let tokyo = parse_zone("Asia/Tokyo").unwrap();
    let millis = |text: &str| parse_time(text, &tokyo).unwrap().as_millis();
    assert_eq!(millis("2026-01-01"), 1_767_193_200_000);
    assert_eq!(millis("2026-01-01T09:00"), 1_767_225_600_000);
    assert_eq!(millis("2026-01-01 09:00:00"), 1_767_225_600_000);
    assert_eq!(millis("2026-01-01T00:00:00Z"), 1_767_225_600_000);
    assert_eq!(millis("2026-01-01T01:00:00+01:00"), 1_767_225_600_000);
    assert_eq!(millis("1767225600000"), 1_767_225_600_000);
}

#[test]
fn what_cannot_be_read_is_an_error_that_names_it() {
    assert!(matches!(parse_zone("Mars/Olympus"), Err(Error::UnknownTimeZone { name, .. }) if name == "Mars/Olympus"));
    assert!(matches!(parse_time("soon", &TimeZone::UTC), Err(Error::NotATime { text, .. }) if text == "soon"));
    assert!(parse_time("2026-02-30", &TimeZone::UTC).is_err());
    assert_eq!(parse_attribute("device"), Err(Error::NotAFilter { text: "device".into() }));
    assert_eq!(parse_attribute("=tv").unwrap_err().to_string(), "filter by \"=tv\": it is not name=value");
    assert_eq!(parse_attribute(" a = b=c ").unwrap(), ("a".to_owned(), "b=c".to_owned()));
    for text in ["", "device,", ",", "attr:"] {
        assert_eq!(Dimension::parse_list(text), Err(audience_cohort::Error::EmptyName { text: text.into() }));
    }
}
