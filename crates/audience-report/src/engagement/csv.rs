//! Findings as tables of comma-separated values.

use audience_stats::TrendDirection;

use super::findings::{EngagementFindings, TitleEngagement};
use super::report::EngagementReport;
use crate::csv::{Cell, CsvTable, Sheet};

type WriteTable = fn(&EngagementFindings) -> String;

/// The tables, which are the same wherever findings are.
pub(crate) const TABLES: [(&str, WriteTable); 7] = [
    ("engagement.csv", titles),
    ("segments.csv", segments),
    ("daily.csv", daily),
    ("trends.csv", trends),
    ("anomalies.csv", anomalies),
    ("journeys.csv", journeys),
    ("similar.csv", similar),
];

impl EngagementReport {
    /// Its tables, always the same files; those that were not asked for have no rows. Documented in `docs/engagement.md` in the
    /// repository.
    pub fn to_csv(&self) -> Vec<CsvTable> {
        TABLES.map(|(file_name, write)| CsvTable { file_name, text: write(&self.findings) }).to_vec()
    }
}

fn named(title: &TitleEngagement) -> impl Iterator<Item = Cell<'_>> {
    [Cell::Text(&title.content_id), Cell::text(title.title.as_deref())].into_iter()
}

fn titles(findings: &EngagementFindings) -> String {
    let mut sheet = Sheet::new([
        "content_id",
        "title",
        "rank",
        "views",
        "score",
        "low",
        "high",
        "shrunk",
        "at_least",
        "watch_time",
        "completion",
        "rewatch",
        "social",
        "skip_penalty",
        "watched_ms",
        "likes",
        "shares",
        "comments",
        "not_started",
        "unknown_duration",
    ]);
    for (rank, title) in findings.titles.iter().enumerate() {
        let (parts, counts) = (&title.components, &title.counts);
        sheet.row(named(title).chain([
            Cell::of(rank + 1),
            Cell::of(counts.views),
            Cell::some(title.score),
            Cell::some(title.interval.map(|interval| interval.low)),
            Cell::some(title.interval.map(|interval| interval.high)),
            Cell::some(title.shrunk.map(|shrunk| shrunk.mean)),
            Cell::some(title.shrunk.map(|shrunk| shrunk.at_least)),
            Cell::some(parts.watch_time),
            Cell::some(parts.completion),
            Cell::some(parts.rewatch),
            Cell::some(parts.social),
            Cell::some(parts.skip_penalty),
            Cell::of(counts.watched_ms),
            Cell::of(counts.likes),
            Cell::of(counts.shares),
            Cell::of(counts.comments),
            Cell::of(title.not_started),
            Cell::of(title.unknown_duration),
        ]));
    }
    sheet.finish()
}

fn segments(findings: &EngagementFindings) -> String {
    let mut sheet = Sheet::new([
        "content_id",
        "title",
        "segment",
        "chapter",
        "start_ms",
        "sessions",
        "reached",
        "unique_ms",
        "played_ms",
        "watch_time",
        "position",
        "plays",
        "conversions",
        "first",
        "last",
        "shapley",
    ]);
    for title in &findings.titles {
        let Some(segments) = &title.segments else { continue };
        for (at, segment) in segments.attribution.segments.iter().enumerate() {
            let chapter = segment.chapter.as_ref();
            sheet.row(named(title).chain([
                Cell::of(at + 1),
                Cell::text(chapter.map(|chapter| chapter.name.as_str())),
                Cell::some(chapter.map(|chapter| chapter.start.as_millis())),
                Cell::of(segment.sessions),
                Cell::of(segment.reached),
                Cell::of(segment.unique_ms),
                Cell::of(segment.played_ms),
                Cell::some(segments.watch_time.get(at)),
                Cell::some(segments.position.get(at)),
                Cell::some(segments.plays.get(at)),
                Cell::some(segments.conversions.get(at)),
                Cell::of(segment.first),
                Cell::of(segment.last),
                Cell::of(segment.shapley),
            ]));
        }
    }
    sheet.finish()
}

fn daily(findings: &EngagementFindings) -> String {
    let mut sheet = Sheet::new(["day", "whole", "views", "watched_ms", "score"]);
    for day in &findings.daily.days {
        sheet.row([
            Cell::of(day.day),
            Cell::of(day.whole),
            Cell::of(day.views),
            Cell::of(day.watched_ms),
            Cell::some(day.score),
        ]);
    }
    sheet.finish()
}

fn trends(findings: &EngagementFindings) -> String {
    let mut sheet = Sheet::new([
        "figure",
        "days",
        "mean",
        "direction",
        "p",
        "slope",
        "slope_low",
        "slope_high",
        "r_squared",
        "theil_sen",
        "by_week",
    ]);
    for trend in &findings.daily.trends {
        sheet.row([
            Cell::name(trend.figure.name()),
            Cell::of(trend.days),
            Cell::of(trend.mean),
            Cell::name(match trend.direction {
                TrendDirection::Rising => "rising",
                TrendDirection::Falling => "falling",
                TrendDirection::NotShown => "not_shown",
            }),
            Cell::of(trend.p.value()),
            Cell::of(trend.slope),
            Cell::some(trend.slope_interval.map(|interval| interval.low)),
            Cell::some(trend.slope_interval.map(|interval| interval.high)),
            Cell::some(trend.r_squared),
            Cell::of(trend.theil_sen),
            Cell::of(trend.by_week),
        ]);
    }
    sheet.finish()
}

fn anomalies(findings: &EngagementFindings) -> String {
    let mut sheet = Sheet::new(["figure", "kind", "day", "value", "expected", "deviations"]);
    for trend in &findings.daily.trends {
        let name = trend.figure.name();
        for odd in &trend.anomalies {
            let cells = [Cell::of(odd.value), Cell::of(odd.expected), Cell::of(odd.deviations)];
            sheet.row([Cell::name(name), Cell::name("anomaly"), Cell::of(odd.day)].into_iter().chain(cells));
        }
        for shift in &trend.shifts {
            let cells = [Cell::of(shift.after), Cell::of(shift.before), Cell::some(None::<f64>)];
            sheet.row([Cell::name(name), Cell::name("shift"), Cell::of(shift.day)].into_iter().chain(cells));
        }
    }
    sheet.finish()
}

fn journeys(findings: &EngagementFindings) -> String {
    let mut sheet = Sheet::new(["name", "first", "last", "linear", "time_decay", "position_based"]);
    for credit in findings.journeys.iter().flat_map(|journeys| &journeys.credits) {
        sheet.row([
            Cell::Text(&credit.name),
            Cell::of(credit.first),
            Cell::of(credit.last),
            Cell::of(credit.linear),
            Cell::of(credit.time_decay),
            Cell::of(credit.position_based),
        ]);
    }
    sheet.finish()
}

fn similar(findings: &EngagementFindings) -> String {
    let mut sheet =
        Sheet::new(["content_id", "title", "similar_content_id", "similar_title", "viewers_of_both", "similarity"]);
    for title in &findings.titles {
        for other in &title.similar {
            sheet.row(named(title).chain([
                Cell::Text(&other.content_id),
                Cell::text(other.title.as_deref()),
                Cell::of(other.viewers),
                Cell::of(other.similarity),
            ]));
        }
    }
    sheet.finish()
}
