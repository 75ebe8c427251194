//! One report beside another.

use audience_core::{Accumulator, SessionFacts, Timestamp};
use audience_ingest::{Catalog, Quality};
use audience_report::{ComparedState, Comparison, Error, Filter, Report, ReportSpec, parse_time, parse_versus};
use jiff::tz::TimeZone;

use crate::{facts, report, view};

const DAY: i64 = 86_400_000;

fn with(filter: Filter) -> ReportSpec {
    ReportSpec { filter, ..ReportSpec::default() }
}

fn between(from: i64, to: i64) -> Filter {
    let at = |day: i64| Some(Timestamp::from_millis(day * DAY));
    Filter { from: at(from), to: at(to), ..Filter::default() }
}

/// The report on `filter`, compared with `versus`.
fn compared(filter: Filter, versus: &str, sessions: &[SessionFacts]) -> Report {
    let other = with(parse_versus(versus, &filter, &TimeZone::UTC).unwrap());
    let this = with(filter);
    let mut state = ComparedState::new(&this, Some(&other));
    state.observe_all(sessions);
    Report::new(&state.this, &this, &Quality::default(), &Catalog::new()).compared_with(
        state.other.as_ref().unwrap(),
        &other,
        versus,
        state.in_both,
    )
}

/// On the first day 40 of 50 watch all of it, on the second 20 of 80.
fn two_days() -> Vec<SessionFacts> {
    let views = |day: i64, all: usize, some: usize| {
        (0..all + some)
            .map(move |n| facts(&view(&format!("{day}-{n}"), "a", day * DAY, if n < all { 100 } else { 30 })))
    };
    views(1, 40, 10).chain(views(2, 20, 60)).collect()
}

fn comparison(report: &Report) -> &Comparison {
    report.comparison.as_ref().unwrap()
}

#[test]
fn the_previous_period_is_as_long_and_just_before() {
    let report = compared(between(2, 3), "previous", &two_days());
    let comparison = comparison(&report);
    assert_eq!(comparison.other.asked.from, Some(Timestamp::from_millis(DAY)));
    assert_eq!(comparison.other.asked.to, Some(Timestamp::from_millis(2 * DAY)));
    assert_eq!((report.totals.sessions, comparison.other.totals.sessions), (80, 50));
    assert_eq!((&comparison.this.totals, comparison.sessions_in_both), (&report.totals, 0));
}

#[test]
fn each_side_is_what_a_report_of_its_own_says() {
    let sessions = two_days();
    let first = report(&with(between(1, 2)), &sessions);
    let both = compared(between(2, 3), "previous", &sessions);
    let comparison = comparison(&both);
    assert_eq!((&comparison.other.totals, &comparison.other.experience), (&first.totals, &first.experience));
    assert_eq!(comparison.titles[0].retention.other, first.titles[0].retention);
    assert_eq!(comparison.titles[0].retention.this, both.titles[0].retention);
}

#[test]
fn shares_have_the_intervals_of_newcombe() {
    let report = compared(between(2, 3), "previous", &two_days());
    let completed = comparison(&report).shares.iter().find(|row| row.share == "completed").unwrap();
    assert_eq!((completed.this.successes, completed.this.trials), (20, 80));
    assert_eq!((completed.other.successes, completed.other.trials), (40, 50));
    assert_eq!(completed.difference, Some(20.0 / 80.0 - 40.0 / 50.0));
    // statsmodels 0.15.0: confint_proportions_2indep(20, 80, 40, 50, method="newcomb", compare="diff")
    let (low, high) = (completed.low.unwrap(), completed.high.unwrap());
    assert!(
        (low - -0.669_920_703_032_701_7).abs() < 1e-12 && (high - -0.382_699_511_967_453_3).abs() < 1e-12,
        "{low} to {high}"
    );
    let retention = &comparison(&report).titles[0].retention;
    assert_eq!(retention.difference.len(), 100);
    assert_eq!((retention.difference[0], retention.difference[50]), (0.0, completed.difference.unwrap()));
    assert!((retention.low[50] - low).abs() < 1e-12 && (retention.high[50] - high).abs() < 1e-12);
}

#[test]
fn groups_that_share_sessions_have_no_intervals() {
    let report = compared(Filter::default(), "to=1970-01-03", &two_days());
    let comparison = comparison(&report);
    assert_eq!(comparison.sessions_in_both, 50);
    assert!(comparison.shares.iter().all(|row| row.low.is_none() && row.difference.is_some()));
    assert!(comparison.titles[0].retention.low.is_empty());
}

#[test]
fn what_one_side_does_not_have_is_null() {
    let report = compared(between(1, 2), "from=2001-01-01,to=2001-01-02", &two_days());
    let comparison = comparison(&report);
    let of = |name: &str| *comparison.figures.iter().find(|row| row.figure == name).unwrap();
    assert_eq!((of("sessions").difference, of("sessions").relative), (Some(50.0), None));
    assert_eq!(of("average_view_duration_ms").difference, None);
    assert!(comparison.titles[0].retention.difference.is_empty());
    assert_eq!(comparison.shares[0].difference, None);
}

#[test]
fn a_slice_replaces_what_it_names_and_keeps_the_rest() {
    let main = Filter {
        attributes: [("device", "web"), ("device", "ios"), ("country", "DE")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec(),
        ..between(1, 2)
    };
    let read = |text: &str| parse_versus(text, &main, &TimeZone::UTC).unwrap();
    let pairs = |filter: &Filter| -> Vec<String> {
        filter.attributes.iter().map(|(name, value)| format!("{name}={value}")).collect()
    };
    assert_eq!(pairs(&read("device=tv")), ["country=DE", "device=tv"]);
    assert_eq!(pairs(&read("device=tv, device=console")), ["country=DE", "device=tv", "device=console"]);
    assert_eq!(pairs(&read("attr:from=web")), ["device=web", "device=ios", "country=DE", "from=web"]);
    assert_eq!(read("device=tv").from, main.from);
    assert_eq!(read("from=1970-01-03").from, Some(parse_time("1970-01-03", &TimeZone::UTC).unwrap()));
    assert_eq!(read("content=b").content, Some("b".into()));
}

#[test]
fn what_cannot_be_compared_is_an_error() {
    let error = |text: &str, filter: &Filter| parse_versus(text, filter, &TimeZone::UTC).unwrap_err();
    assert_eq!(error("previous", &Filter::default()), Error::NoPeriod);
    assert_eq!(error("previous", &between(2, 2)), Error::NoPeriod);
    assert_eq!(error("tv", &Filter::default()), Error::NotAFilter { text: "tv".into() });
    assert!(matches!(error("from=soon", &Filter::default()), Error::NotATime { text, .. } if text == "soon"));
}
