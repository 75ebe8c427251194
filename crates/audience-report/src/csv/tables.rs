//! The tables.

use super::sheet::{Cell, Figures, Sheet};
use crate::report::{Difference, Report, ShareDifference, TitleReport};
use crate::retention::Retention;
use crate::state::TotalsSummary;
use audience_qoe::ExperienceSummary;

pub(super) fn totals(report: &Report) -> String {
    let mut sheet = Sheet::new(["figure", "value"]);
    for figures in [Figures::of(&report.totals), Figures::of(&report.experience)] {
        for (name, value) in figures.names().zip(figures.cells()) {
            sheet.row([Cell::name(name), value]);
        }
    }
    sheet.finish()
}

fn headed<'a>(first: impl Iterator<Item = &'a str>) -> Sheet {
    let (totals, experience) = (Figures::of(&TotalsSummary::default()), Figures::of(&ExperienceSummary::default()));
    let names: Vec<&'a str> = first.collect();
    Sheet::new(names.iter().copied().chain(totals.names()).chain(experience.names()))
}

fn named(title: &TitleReport) -> [Cell<'_>; 2] {
    [Cell::Text(&title.content_id), Cell::text(title.title.as_deref())]
}

pub(super) fn titles(report: &Report) -> String {
    let mut sheet = headed(["content_id", "title", "duration_ms", "live"].into_iter());
    for title in &report.titles {
        let (totals, experience) = (Figures::of(&title.totals), Figures::of(&title.experience));
        let first = named(title).into_iter().chain([Cell::some(title.duration_ms), Cell::of(title.live)]);
        sheet.row(first.chain(totals.cells()).chain(experience.cells()));
    }
    sheet.finish()
}

pub(super) fn retention(report: &Report) -> String {
    let mut sheet = Sheet::new([
        "content_id",
        "title",
        "position",
        "position_ms",
        "reached",
        "sessions",
        "share",
        "low",
        "high",
        "plays",
    ]);
    for title in &report.titles {
        let Retention { sessions, reached, shares, low, high, plays, .. } = &title.retention;
        for (point, share) in shares.iter().enumerate() {
            let part = |whole: u64| u128::from(whole) * point as u128 / shares.len() as u128;
            sheet.row(named(title).into_iter().chain([
                Cell::of(point as f64 / shares.len() as f64),
                Cell::some(title.duration_ms.map(part)),
                Cell::of(reached[point]),
                Cell::of(sessions),
                Cell::of(share),
                Cell::some(low.get(point)),
                Cell::some(high.get(point)),
                Cell::some(plays.get(point)),
            ]));
        }
    }
    sheet.finish()
}

pub(super) fn heatmap(report: &Report) -> String {
    let mut sheet = Sheet::new([
        "content_id",
        "title",
        "start_ms",
        "bucket_ms",
        "sessions",
        "watched_ms",
        "rewatched_ms",
        "intensity",
    ]);
    for title in &report.titles {
        let heatmap = &title.heatmap;
        for (bucket, sessions) in heatmap.sessions.iter().enumerate() {
            sheet.row(named(title).into_iter().chain([
                Cell::of(heatmap.bucket_ms.saturating_mul(bucket as u64)),
                Cell::of(heatmap.bucket_ms),
                Cell::of(sessions),
                Cell::of(heatmap.watched_ms[bucket]),
                Cell::of(heatmap.rewatched_ms[bucket]),
                Cell::of(heatmap.intensity[bucket]),
            ]));
        }
    }
    sheet.finish()
}

pub(super) fn audience(report: &Report) -> String {
    let audience = &report.audience;
    let mut sheet = Sheet::new(["start", "end", "started", "average_concurrent"]);
    let ends = audience.starts.iter().skip(1).copied().chain(audience.end);
    for (bucket, (start, end)) in audience.starts.iter().zip(ends).enumerate() {
        sheet.row([
            Cell::time(*start),
            Cell::time(end),
            Cell::of(audience.started[bucket]),
            Cell::of(audience.average_concurrent[bucket]),
        ]);
    }
    sheet.finish()
}

pub(super) fn breakdown(report: &Report) -> String {
    let by = report.breakdown.iter().flat_map(|breakdown| &breakdown.by).map(String::as_str);
    let mut sheet = headed(["content_id", "title"].into_iter().chain(by));
    for row in report.breakdown.iter().flat_map(|breakdown| breakdown.rows.iter().chain(&breakdown.by_title)) {
        let (totals, experience) = (Figures::of(&row.totals), Figures::of(&row.experience));
        let first = [Cell::text(row.content_id.as_deref()), Cell::text(row.title.as_deref())].into_iter();
        let values = row.values.iter().map(|value| Cell::text(value.as_deref()));
        sheet.row(first.chain(values).chain(totals.cells()).chain(experience.cells()));
    }
    sheet.finish()
}

pub(super) fn comparison(report: &Report) -> String {
    let mut sheet = Sheet::new([
        "content_id",
        "title",
        "figure",
        "position",
        "this",
        "other",
        "difference",
        "relative",
        "low",
        "high",
    ]);
    let Some(comparison) = &report.comparison else { return sheet.finish() };
    write_differences(&mut sheet, || [Cell::Empty, Cell::Empty], &comparison.figures, &comparison.shares);
    for title in &comparison.titles {
        let named = || [Cell::Text(&title.content_id), Cell::text(title.title.as_deref())];
        write_differences(&mut sheet, named, &title.figures, &title.shares);
        let retention = &title.retention;
        let points = retention.this.shares.len().max(retention.other.shares.len());
        for point in 0..points {
            sheet.row(named().into_iter().chain([
                Cell::name("retention"),
                Cell::of(point as f64 / points as f64),
                Cell::some(retention.this.shares.get(point)),
                Cell::some(retention.other.shares.get(point)),
                Cell::some(retention.difference.get(point)),
                Cell::Empty,
                Cell::some(retention.low.get(point)),
                Cell::some(retention.high.get(point)),
            ]));
        }
    }
    sheet.finish()
}

fn write_differences<'a>(
    sheet: &mut Sheet,
    named: impl Fn() -> [Cell<'a>; 2],
    figures: &[Difference],
    shares: &[ShareDifference],
) {
    for row in figures {
        sheet.row(named().into_iter().chain([
            Cell::name(row.figure),
            Cell::Empty,
            Cell::some(row.this),
            Cell::some(row.other),
            Cell::some(row.difference),
            Cell::some(row.relative),
            Cell::Empty,
            Cell::Empty,
        ]));
    }
    for row in shares {
        sheet.row(named().into_iter().chain([
            Cell::name(row.share),
            Cell::Empty,
            Cell::some(row.this.rate),
            Cell::some(row.other.rate),
            Cell::some(row.difference),
            Cell::Empty,
            Cell::some(row.low),
            Cell::some(row.high),
        ]));
    }
}

pub(super) fn quality(report: &Report) -> String {
    let mut sheet = Sheet::new(["part", "name", "detail", "count"]);
    let mut row = |part, name: Cell<'_>, detail: Cell<'_>, count: u64| {
        sheet.row([Cell::name(part), name, detail, Cell::of(count)]);
    };
    let lines = &report.quality.lines;
    for (name, count) in [
        ("files", lines.files),
        ("bytes", lines.bytes),
        ("session_rows", lines.session_rows),
        ("lines", lines.lines),
        ("events", lines.events),
        ("nested_values", lines.nested_values),
        ("clocks_ahead", lines.clocks_ahead),
        ("further_attributes", lines.further_attributes),
    ] {
        row("lines", Cell::name(name), Cell::Empty, count);
    }
    for (reason, count) in &lines.rejects {
        row("rejects", Cell::name(reason.as_str()), Cell::Empty, *count);
    }
    for (reason, count) in &lines.ignored {
        row("ignored", Cell::name(reason.as_str()), Cell::Empty, *count);
    }
    for (name, count) in &lines.ignored_events {
        row("ignored_events", Cell::Text(name), Cell::Empty, *count);
    }
    for ((field, repair), count) in &lines.repairs {
        row("repairs", Cell::Text(field), Cell::name(repair.as_str()), *count);
    }
    for (what, count) in &lines.removed {
        row("removed", Cell::name(what.as_str()), Cell::Empty, *count);
    }
    for (name, count) in &lines.ip_like {
        row("ip_like", Cell::Text(name), Cell::Empty, *count);
    }
    for (field, count) in &lines.unused_fields {
        row("unused_fields", Cell::Text(field), Cell::Empty, *count);
    }
    for (name, count) in &lines.attributes {
        row("attributes", Cell::Text(name), Cell::Empty, *count);
    }
    for (name, count) in &lines.custom_types {
        row("custom_types", Cell::Text(name), Cell::Empty, *count);
    }
    for title in &report.quality.durations_disagree {
        row("durations_disagree", Cell::Text(&title.content_id), Cell::name("shortest_ms"), title.shortest_ms);
        row("durations_disagree", Cell::Text(&title.content_id), Cell::name("longest_ms"), title.longest_ms);
    }
    let sessions = Figures::of(&report.quality.sessions);
    for (name, count) in sessions.names().zip(sessions.cells()) {
        sheet.row([Cell::name("sessions"), Cell::name(name), Cell::Empty, count]);
    }
    sheet.finish()
}
