//! Reports on engagement.

use audience_core::{Accumulator, Event, EventKind, Merge, SessionFacts, Timestamp};
use audience_ingest::Catalog;
use audience_report::engagement::{
    DailyFigure, DailyFigures, DailyTrend, EngagementReport, EngagementSpec, EngagementState,
};
use audience_report::{TextOptions, parse_zone};
use audience_stats::TrendDirection;

use crate::page::check_page;
use crate::{facts, report, view};

const DAY: i64 = 86_400_000;
/// A Monday.
const START: i64 = 1_767_571_200_000;

fn engagement(spec: &EngagementSpec, sessions: &[SessionFacts]) -> EngagementReport {
    let mut state = EngagementState::new(spec).unwrap();
    state.observe_all(sessions);
    EngagementReport::new(&state, spec, &Catalog::new()).unwrap()
}

/// So many views on each day, evenly from midnight to midnight, of half of the content.
fn views(counts: impl IntoIterator<Item = u64>) -> Vec<SessionFacts> {
    let mut sessions = Vec::new();
    for (day, count) in counts.into_iter().enumerate() {
        for number in 0..count {
            let at = START + day as i64 * DAY + number as i64 * DAY / count as i64;
            // The last is there until shortly before midnight.
            let at = if number + 1 == count { START + (day as i64 + 1) * DAY - 120_000 } else { at };
            sessions.push(facts(&view(&format!("{day} {number}"), "film", at, 50)));
        }
    }
    sessions
}

fn daily(counts: impl IntoIterator<Item = u64>) -> DailyFigures {
    engagement(&EngagementSpec::default(), &views(counts)).findings.daily
}

fn of_views(daily: &DailyFigures) -> &DailyTrend {
    daily.trends.iter().find(|trend| trend.figure == DailyFigure::Views).unwrap()
}

/// What looks like noise, from −4 to 4.
fn noise(day: u64) -> i64 {
    (day * day * 31 % 97 * 13 % 9) as i64 - 4
}

/// Views of a day with more at weekends, and noise.
fn usual(day: u64) -> u64 {
    (40 + noise(day) + if day % 7 > 4 { 25 } else { 0 }) as u64
}

#[test]
fn weekends_are_neither_odd_nor_a_trend() {
    let daily = daily((0..42).map(usual));
    let trend = of_views(&daily);
    assert_eq!((trend.days, trend.by_week, trend.direction), (42, true, TrendDirection::NotShown));
    assert!(trend.anomalies.is_empty() && trend.shifts.is_empty(), "{trend:?}");
    assert!(trend.slope_interval.unwrap().contains(0.0));
}

#[test]
fn a_rise_is_found() {
    let daily = daily((0..35).map(|day| usual(day) + day));
    let trend = of_views(&daily);
    assert_eq!(trend.direction, TrendDirection::Rising);
    assert!(trend.slope_interval.unwrap().contains(1.0) && (trend.theil_sen - 1.0).abs() < 0.4, "{trend:?}");
    assert!(trend.anomalies.is_empty() && trend.shifts.is_empty(), "{trend:?}");
}

#[test]
fn odd_days_are_found_with_what_they_should_have_been() {
    let daily = daily((0..42).map(|day| match day {
        // A Tuesday as full as a Saturday would be twice, and a Sunday as empty as a working day.
        15 => 110,
        34 => 40,
        day => usual(day),
    }));
    let trend = of_views(&daily);
    let odd: Vec<(String, f64)> = trend.anomalies.iter().map(|odd| (odd.day.to_string(), odd.value)).collect();
    assert_eq!(odd, [("2026-01-20".to_owned(), 110.0), ("2026-02-08".to_owned(), 40.0)]);
    assert!((trend.anomalies[0].expected - 40.0).abs() < 6.0 && trend.anomalies[0].deviations > 10.0, "{trend:?}");
    assert!((trend.anomalies[1].expected - 65.0).abs() < 6.0 && trend.anomalies[1].deviations < -5.0, "{trend:?}");
}

#[test]
fn a_shift_is_found_where_it_was() {
    let daily = daily((0..42).map(|day| usual(day) + if day >= 20 { 30 } else { 0 }));
    let trend = of_views(&daily);
    assert_eq!(trend.shifts.len(), 1, "{trend:?}");
    let shift = &trend.shifts[0];
    assert_eq!(shift.day.to_string(), "2026-01-25");
    assert!((shift.after - shift.before - 30.0).abs() < 5.0, "{shift:?}");
    assert!(trend.anomalies.is_empty(), "{trend:?}");
}

#[test]
fn half_a_day_is_no_fall() {
    let mut sessions = views([40; 8]);
    // The data end at noon.
    sessions.retain(|session| session.started_at.as_millis() < START + 7 * DAY + DAY / 2);
    let daily = engagement(&EngagementSpec::default(), &sessions).findings.daily;
    let whole: Vec<bool> = daily.days.iter().map(|day| day.whole).collect();
    assert_eq!(whole, [true, true, true, true, true, true, true, false]);
    assert_eq!((of_views(&daily).days, of_views(&daily).direction), (7, TrendDirection::NotShown));
    assert_eq!(of_views(&daily).slope, 0.0);
}

#[test]
fn days_without_views_have_none_and_no_score() {
    let daily = daily([10, 10, 0, 10, 10, 10]);
    let day = &daily.days[2];
    assert_eq!((day.views, day.watched_ms, day.score), (0, 0, None));
    let days = |figure| daily.trends.iter().find(|trend| trend.figure == figure).unwrap().days;
    assert_eq!((days(DailyFigure::Views), days(DailyFigure::Score)), (6, 5));
}

#[test]
fn clocks_that_are_wrong_do_not_make_twenty_thousand_days() {
    let mut sessions = views([60; 6]);
    sessions.push(facts(&view("stray", "film", 0, 50)));
    let daily = engagement(&EngagementSpec::default(), &sessions).findings.daily;
    assert_eq!((daily.days.len(), daily.views_elsewhere), (6, 1));
    // Where they are no exception, all are listed, without the days between.
    let few = engagement(
        &EngagementSpec::default(),
        &[facts(&view("a", "film", 0, 50)), facts(&view("b", "film", START, 50))],
    );
    assert_eq!((few.findings.daily.days.len(), few.findings.daily.views_elsewhere), (2, 0));
}

#[test]
fn days_are_those_of_the_time_zone() {
    // Clocks go forward on 2026-03-29 in Berlin: that day has 23 hours.
    let midnight = 1_774_738_800_000; // 2026-03-29T00:00+01:00
    let at = |hour: i64| facts(&view(&hour.to_string(), "film", midnight + hour * 3_600_000, 50));
    let sessions: Vec<SessionFacts> = (-24..47).map(at).collect();
    let spec = EngagementSpec { zone: parse_zone("Europe/Berlin").unwrap(), ..EngagementSpec::default() };
    let days = engagement(&spec, &sessions).findings.daily.days;
    let days: Vec<(String, u64, bool)> = days.iter().map(|day| (day.day.to_string(), day.views, day.whole)).collect();
    assert_eq!(
        days,
        [("2026-03-28".to_owned(), 24, true), ("2026-03-29".to_owned(), 23, true), ("2026-03-30".to_owned(), 24, true),]
    );
}

#[test]
fn a_few_full_views_do_not_come_before_many_good_ones() {
    let mut sessions: Vec<SessionFacts> = (0..3)
        .map(|number| facts(&view(&format!("few {number}"), "few", START, 100).with_viewer(format!("f{number}"))))
        .collect();
    for number in 0..600_i64 {
        // Viewers stay to the end or leave at once: four of five, or one.
        let watched = |stays: bool| if stays { 100 } else { 10 };
        for (title, watched) in [("good", watched(number % 5 > 0)), ("poor", watched(number % 5 == 0))] {
            let session = view(&format!("{title} {number}"), title, START + number * 1000, watched);
            sessions.push(facts(&session.with_viewer(format!("v{number}"))));
        }
    }
    let report = engagement(&EngagementSpec::default(), &sessions);
    let titles = &report.findings.titles;
    let order: Vec<&str> = titles.iter().map(|title| title.content_id.as_str()).collect();
    assert_eq!(order, ["good", "few", "poor"]);
    // By their scores alone they would.
    assert!(titles[1].score > titles[0].score);
    assert_eq!((titles[1].interval, titles[1].counts.views), (None, 3));
    assert!(titles.windows(2).all(|pair| pair[0].shrunk.unwrap().at_least >= pair[1].shrunk.unwrap().at_least));
}

/// Everything that can be asked for, of sessions that have little in common.
fn all() -> EngagementSpec {
    EngagementSpec {
        touches: Some(audience_engagement::TouchOf::Attribute("device".to_owned())),
        similar: 3,
        conversion: "like".to_owned(),
        ..EngagementSpec::default()
    }
}

#[test]
fn reports_of_halves_together_are_those_of_the_whole() {
    let sessions = [audience_core::test_util::various_facts(), views([5, 3, 4, 6, 2])].concat();
    let spec = all();
    let whole = engagement(&spec, &sessions);
    for split in [0, 1, 7, sessions.len()] {
        let (mut first, mut second) = (EngagementState::new(&spec).unwrap(), EngagementState::new(&spec).unwrap());
        first.observe_all(&sessions[..split]);
        second.observe_all(&sessions[split..]);
        second.merge(first);
        assert_eq!(EngagementReport::new(&second, &spec, &Catalog::new()).unwrap(), whole);
    }
}

#[test]
fn pages_and_text_say_what_was_found() {
    let report = engagement(&all(), &audience_core::test_util::various_facts());
    insta::assert_snapshot!(anstream::adapter::strip_str(&report.to_text(TextOptions::default())).to_string());
    let page = report.to_html();
    check_page(&page);
    for found in ["What led to conversions, by ", "Watched by the same viewers:", "What parts of titles earned"] {
        assert!(page.contains(found), "{found}");
    }
    check_page(&engagement(&all(), &[]).to_html());
}

#[test]
fn what_telemetry_says_is_text() {
    let nasty = "<script>alert(1)</script>\u{1b}[31m";
    let session = view("s", nasty, START, 50).with_viewer(nasty).with_attribute("campaign", nasty);
    let marked = [Event::new(Timestamp::from_millis(START + 60_000), EventKind::custom("conversion"))];
    let session = audience_core::Session::new("s", nasty, session.events().iter().cloned().chain(marked))
        .with_viewer(nasty)
        .with_attribute("campaign", nasty);
    let spec = EngagementSpec {
        touches: Some(audience_engagement::TouchOf::Attribute("campaign".to_owned())),
        ..EngagementSpec::default()
    };
    let report = engagement(&spec, &[facts(&session)]);
    assert_eq!(report.findings.journeys.as_ref().unwrap().credits[0].linear, 1.0);
    check_page(&report.to_html());
    let text = anstream::adapter::strip_str(&report.to_text(TextOptions::default())).to_string();
    assert!(!text.contains('\u{1b}'), "{text:?}");
}

#[test]
fn a_report_has_the_same_findings() {
    let sessions = [audience_core::test_util::various_facts(), views([5, 3, 4])].concat();
    let whole = report(&audience_report::ReportSpec::default(), &sessions);
    assert_eq!(whole.engagement, engagement(&EngagementSpec::default(), &sessions).findings);
}
