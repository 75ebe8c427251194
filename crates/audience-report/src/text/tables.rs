//! The tables of a report.

use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, Table, Width};

use super::{DIM, TITLE, draw, format, line};
use crate::report::{Breakdown, Row, TitleReport};
use crate::state::{ExperienceSummary, TotalsSummary};

/// Columns of a sparkline.
const CURVE: usize = 25;

/// A table without lines; the first `left` columns are aligned left, the others right.
fn table(header: &[&str], left: &[usize], width: usize) -> Table {
    let mut table = Table::new();
    table.load_style(NOTHING).set_content_arrangement(ContentArrangement::Dynamic).set_width(width.min(500) as u16);
    table.set_header(header);
    for (index, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, 2));
        if !left.contains(&index) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

fn write(out: &mut String, table: &Table) {
    for (index, row) in table.lines().enumerate() {
        let row = row.trim_end();
        if index == 0 {
            line(out, format_args!("  {DIM}{row}{DIM:#}"));
        } else {
            line(out, format_args!("  {row}"));
        }
    }
}

pub(super) fn write_titles(out: &mut String, titles: &[TitleReport], width: usize) {
    let header = [
        "Title", "Length", "Sessions", "Viewers", "Watched", "Avg view", "Completed", "Start-up", "p95", "Rebuffer",
        "Retention",
    ];
    let mut table = table(&header, &[0, 10], width.saturating_sub(2));
    for title in titles {
        let (totals, experience) = (&title.totals, &title.experience);
        table.add_row([
            shorten(title.name(), 32),
            title.duration_ms.map_or(format::NONE.to_owned(), |millis| format::clock(Some(millis as f64))),
            format::count(totals.sessions),
            format::count(totals.viewers),
            format::hours(totals.watched_ms),
            format::clock(totals.average_view_duration_ms),
            format::ratio(totals.completion_rate),
            format::seconds(experience.startup_p50_ms),
            format::seconds(experience.startup_p95_ms),
            format::fine_ratio(experience.rebuffer_ratio),
            if title.retention.shares.is_empty() {
                why_no_curve(title).to_owned()
            } else {
                draw::sparkline(&title.retention.shares, CURVE)
            },
        ]);
    }
    // Numbers are of no use in pieces: of narrow terminals, the title gives way.
    for (index, column) in table.column_iter_mut().enumerate() {
        if index > 0 {
            column.set_constraint(ColumnConstraint::ContentWidth);
        } else {
            column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(10)));
        }
    }
    write(out, &table);
}

/// Why there is no retention curve of a title.
pub(super) fn why_no_curve(title: &TitleReport) -> &'static str {
    let retention = &title.retention;
    if retention.unknown_duration >= retention.unknown_positions { "duration unknown" } else { "positions unknown" }
}

pub(super) fn write_breakdown(out: &mut String, breakdown: &Breakdown, width: usize) {
    line(out, format_args!("{TITLE}By {}{TITLE:#}", breakdown.by.join(" and ")));
    let values = breakdown.by.len();
    let header: Vec<&str> = breakdown.by.iter().map(String::as_str).chain(GROUP_COLUMNS).collect();
    let left: Vec<usize> = (0..values).collect();
    let mut table = table(&header, &left, width.saturating_sub(2));
    for Row { values, totals, experience, .. } in &breakdown.rows {
        let names = values.iter().map(|value| shorten(value.as_deref().unwrap_or("(none)"), 32));
        table.add_row(names.chain(group_cells(totals, experience)).collect::<Vec<_>>());
    }
    write(out, &table);
    out.push('\n');
}

const GROUP_COLUMNS: [&str; 9] =
    ["Sessions", "Viewers", "Watched", "Avg view", "Completed", "Start-up", "p95", "Stalls", "Rebuffer"];

fn group_cells(totals: &TotalsSummary, experience: &ExperienceSummary) -> [String; 9] {
    [
        format::count(totals.sessions),
        format::count(totals.viewers),
        format::hours(totals.watched_ms),
        format::clock(totals.average_view_duration_ms),
        format::ratio(totals.completion_rate),
        format::seconds(experience.startup_p50_ms),
        format::seconds(experience.startup_p95_ms),
        format::count(experience.stalls),
        format::fine_ratio(experience.rebuffer_ratio),
    ]
}

fn shorten(name: &str, most: usize) -> String {
    if name.chars().count() <= most {
        return name.to_owned();
    }
    name.chars().take(most - 1).chain(['…']).collect()
}
