//! Groups as tables of comma-separated values.

use audience_cohort::Delta;

use super::findings::{GroupRow, GroupTable};
use super::report::GroupsReport;
use crate::csv::{Cell, CsvTable, Sheet};

const FIGURES: [&str; 15] = [
    "viewers",
    "sessions",
    "sessions_share",
    "unknown_viewer",
    "started",
    "watched_ms",
    "watched_share",
    "average_view_ms",
    "reached_end",
    "reached_end_rate",
    "completed",
    "completion_rate",
    "startup_p50_ms",
    "stalls",
    "rebuffer_ratio",
];

const CHANGES: [&str; 10] = [
    "viewers_difference",
    "viewers_relative",
    "sessions_difference",
    "sessions_relative",
    "watched_ms_difference",
    "watched_ms_relative",
    "completion_rate_difference",
    "completion_rate_relative",
    "rebuffer_ratio_difference",
    "rebuffer_ratio_relative",
];

impl GroupsReport {
    /// Its tables, always the same files; rows by single dimensions are there where they were asked for. Documented in
    /// `docs/breakdown.md` in the repository.
    pub fn to_csv(&self) -> Vec<CsvTable> {
        let findings = &self.findings;
        let by = findings.table.by.iter().map(String::as_str);
        let named = ["row", "groups"].into_iter().chain(by).chain(["title"]);
        let mut groups = Sheet::new(named.chain(FIGURES).chain(CHANGES));
        for (kind, row, of) in rows(&findings.table) {
            let values = (0..findings.table.by.len()).map(|at| value(row, at));
            let named = [Cell::name(kind), Cell::of(of)].into_iter().chain(values);
            groups.row(named.chain([Cell::text(row.title.as_deref())]).chain(figures(row)));
        }
        let named = ["by", "row", "groups", "value", "title"].into_iter();
        let mut rollups = Sheet::new(named.chain(FIGURES).chain(CHANGES));
        for table in &findings.rollups {
            for (kind, row, of) in rows(table) {
                let by = Cell::text(table.by.first().map(String::as_str));
                let named = [by, Cell::name(kind), Cell::of(of), value(row, 0), Cell::text(row.title.as_deref())];
                rollups.row(named.into_iter().chain(figures(row)));
            }
        }
        vec![
            CsvTable { file_name: "breakdown.csv", text: groups.finish() },
            CsvTable { file_name: "breakdown-rollups.csv", text: rollups.finish() },
        ]
    }
}

/// What kind of row each is, and how many groups it stands for.
fn rows(table: &GroupTable) -> impl Iterator<Item = (&'static str, &GroupRow, usize)> {
    let groups = table.rows.iter().map(|row| ("group", row, 1));
    let other = table.other.iter().map(|row| ("other", row, table.other_groups));
    groups.chain(other).chain(table.total.iter().map(|row| ("total", row, table.groups)))
}

fn value(row: &GroupRow, at: usize) -> Cell<'_> {
    Cell::text(row.values.get(at).and_then(Option::as_deref))
}

fn figures(row: &GroupRow) -> impl Iterator<Item = Cell<'_>> {
    let of = &row.of;
    let figures: [Cell<'_>; 15] = [
        Cell::of(row.viewers),
        Cell::of(of.sessions),
        Cell::some(row.sessions_share),
        Cell::of(of.unknown_viewer),
        Cell::of(of.started),
        Cell::of(of.watched_ms),
        Cell::some(row.watched_share),
        Cell::some(of.average_view_ms),
        Cell::of(of.reached_end),
        Cell::some(of.reached_end_rate.map(audience_core::Ratio::as_f64)),
        Cell::of(of.completed),
        Cell::some(of.completion_rate.map(audience_core::Ratio::as_f64)),
        Cell::some(row.startup_p50_ms),
        Cell::of(of.stalls),
        Cell::some(of.rebuffer_ratio),
    ];
    let change = row.change.unwrap_or_default();
    let deltas = [change.viewers, change.sessions, change.watched_ms, change.completion_rate, change.rebuffer_ratio];
    let changes =
        deltas.into_iter().flat_map(|Delta { difference, relative }| [Cell::some(difference), Cell::some(relative)]);
    figures.into_iter().chain(changes)
}
