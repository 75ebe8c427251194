//! Findings as tables of comma-separated values.

use super::findings::{CohortsFindings, OffsetRow, Rate};
use super::report::CohortsReport;
use crate::csv::{Cell, CsvTable, Sheet};

type WriteTable = fn(&CohortsFindings) -> String;

/// The tables, which are the same wherever findings are.
pub(crate) const TABLES: [(&str, WriteTable); 5] = [
    ("cohorts.csv", cohorts),
    ("cohort-averages.csv", averages),
    ("return-days.csv", days),
    ("returns.csv", returns),
    ("frequency.csv", frequency),
];

impl CohortsReport {
    /// Its tables, always the same files; those that were not asked for have no rows. Documented in `docs/cohorts.md` in the repository.
    pub fn to_csv(&self) -> Vec<CsvTable> {
        let tables = TABLES.into_iter().chain([("viewers.csv", viewers as WriteTable)]);
        tables.map(|(file_name, write)| CsvTable { file_name, text: write(&self.findings) }).collect()
    }
}

fn rate(rate: Rate) -> [Cell<'static>; 5] {
    [Cell::of(rate.count), Cell::of(rate.of), Cell::some(rate.rate), Cell::some(rate.low), Cell::some(rate.high)]
}

fn cohorts(findings: &CohortsFindings) -> String {
    let mut sheet = Sheet::new(["cohort", "offset", "active", "size", "rate", "low", "high", "complete"]);
    for row in &findings.cohorts {
        for offset in 0..row.active.len() {
            let Some(came) = row.rate(offset) else { continue };
            let complete = if offset == 0 { row.complete } else { offset < row.over };
            let cells = [Cell::of(row.start), Cell::of(offset)].into_iter().chain(rate(came));
            sheet.row(cells.chain([Cell::of(complete)]));
        }
    }
    sheet.finish()
}

fn averages(findings: &CohortsFindings) -> String {
    let mut sheet = Sheet::new(["attribute", "value", "viewers", "offset", "active", "of", "rate", "low", "high"]);
    let mut write = |attribute: Option<&str>, value: Option<&str>, viewers: u64, rows: &[OffsetRow]| {
        for row in rows {
            let named = [Cell::text(attribute), Cell::text(value), Cell::of(viewers), Cell::of(row.offset)];
            sheet.row(named.into_iter().chain(rate(row.came)));
        }
    };
    write(None, None, findings.viewers, &findings.averages);
    if let Some(by) = &findings.by {
        for value in &by.values {
            write(Some(&by.attribute), value.value.as_deref(), value.viewers, &value.averages);
        }
    }
    sheet.finish()
}

fn days(findings: &CohortsFindings) -> String {
    let mut sheet = Sheet::new(["day", "retention", "active", "eligible", "rate", "low", "high"]);
    for row in &findings.days {
        for (name, came) in [("on_day", row.on_day), ("within", row.within), ("on_or_after", row.on_or_after)] {
            sheet.row([Cell::of(row.day), Cell::Text(name)].into_iter().chain(rate(came)));
        }
    }
    sheet.finish()
}

fn returns(findings: &CohortsFindings) -> String {
    let mut sheet = Sheet::new(["days", "not_yet_back", "low", "high"]);
    for point in findings.returns.iter().flat_map(|returns| &returns.not_yet_back) {
        sheet.row([Cell::of(point.days), Cell::of(point.share), Cell::some(point.low), Cell::some(point.high)]);
    }
    sheet.finish()
}

fn frequency(findings: &CohortsFindings) -> String {
    let mut sheet = Sheet::new(["from_days", "to_days", "viewers", "visits", "watched_ms"]);
    for band in &findings.frequency {
        let bounds = [Cell::of(band.from), Cell::some(band.to)];
        let amounts = [Cell::of(band.viewers), Cell::of(band.visits), Cell::of(band.watched_ms)];
        sheet.row(bounds.into_iter().chain(amounts));
    }
    sheet.finish()
}

fn viewers(findings: &CohortsFindings) -> String {
    let mut sheet = Sheet::new([
        "viewer_id",
        "first_at_ms",
        "last_at_ms",
        "visits",
        "days",
        "watched_ms",
        "loyalty",
        "recency",
        "frequency",
        "duration",
        "alive",
        "expected_visit_days",
    ]);
    for row in &findings.viewer_rows {
        sheet.row([
            Cell::Text(&row.viewer_id),
            Cell::of(row.first_at.as_millis()),
            Cell::of(row.last_at.as_millis()),
            Cell::of(row.visits),
            Cell::of(row.days),
            Cell::of(row.watched_ms),
            Cell::of(row.loyalty.score),
            Cell::of(row.loyalty.recency),
            Cell::of(row.loyalty.frequency),
            Cell::of(row.loyalty.duration),
            Cell::some(row.alive),
            Cell::some(row.expected_visit_days),
        ]);
    }
    sheet.finish()
}
