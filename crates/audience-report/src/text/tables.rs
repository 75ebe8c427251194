//! The tables of a report.

use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, Table};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::{DIM, TITLE, draw, line};
use crate::format;
use crate::report::{Breakdown, Row, TitleReport};
use crate::state::TotalsSummary;
use audience_qoe::ExperienceSummary;

/// Columns of a sparkline, at most and at least.
const CURVE: (usize, usize) = (20, 10);
/// The head of a column of bars.
pub(crate) const BARS: &str = " ";
/// Fewest columns of the first column where it is shortened.
const SHORTEST: usize = 16;

/// Writes rows under a header, without lines between them. The first `names` columns, curves and bars are aligned left, the
/// others right. Where the terminal is too narrow, the columns of `dispensable` go, in their order, and then the first
/// column is shortened.
pub(crate) fn write(
    out: &mut String,
    header: &[&str],
    mut rows: Vec<Vec<String>>,
    names: usize,
    dispensable: &[&str],
    width: usize,
) {
    let mut header = header.to_vec();
    let others = |header: &[&str], rows: &[Vec<String>]| -> usize {
        let longest = |column: usize| {
            let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.width());
            cells.max().unwrap_or(0).max(header[column].width())
        };
        (1..header.len()).map(|column| longest(column) + 2).sum::<usize>() + 2
    };
    for name in dispensable {
        if others(&header, &rows) + SHORTEST <= width {
            break;
        }
        if let Some(at) = header.iter().position(|column| column == name) {
            header.remove(at);
            for row in &mut rows {
                row.remove(at);
            }
        }
    }
    let room = width.saturating_sub(others(&header, &rows)).max(SHORTEST);
    for row in &mut rows {
        row[0] = shorten(&row[0], room);
    }

    let mut table = Table::new();
    table.load_style(NOTHING).set_header(&header).add_rows(rows);
    for (index, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, 2));
        if index >= names && header[index] != "Retention" && header[index] != BARS {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
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
        "Title",
        "Length",
        "Sessions",
        "Viewers",
        "Watched",
        "Avg view",
        "Completed",
        "Start-up",
        "p95",
        "Rebuffer",
        "Retention",
    ];
    let curve = (width / 7).clamp(CURVE.1, CURVE.0);
    let row = |title: &TitleReport| {
        let (totals, experience) = (&title.totals, &title.experience);
        vec![
            format::printable(title.name()).into_owned(),
            format::clock(title.duration_ms.map(|millis| millis as f64)),
            format::count(totals.sessions),
            format::some(totals.viewers),
            format::hours(totals.watched_ms),
            format::clock(totals.average_view_duration_ms),
            format::ratio(totals.completion_rate),
            format::seconds(experience.startup_p50_ms),
            format::seconds(experience.startup_p95_ms),
            format::fine_ratio(experience.rebuffer_ratio),
            match title.why_no_curve() {
                None => draw::sparkline(&title.retention.shares, curve),
                Some(why) if why.len() <= curve => why.to_owned(),
                Some(_) => format::NONE.to_owned(),
            },
        ]
    };
    let dispensable = ["p95", "Length", "Viewers", "Start-up", "Rebuffer"];
    write(out, &header, titles.iter().map(row).collect(), 1, &dispensable, width);
}

pub(super) fn write_breakdown(out: &mut String, breakdown: &Breakdown, width: usize) {
    line(out, format_args!("{TITLE}By {}{TITLE:#}", breakdown.by.join(" and ")));
    let header: Vec<&str> = breakdown.by.iter().map(String::as_str).chain(GROUP_COLUMNS).collect();
    let row = |row: &Row| {
        let content = breakdown.content(row);
        let name = |(at, value): (usize, &Option<String>)| {
            let title = row.title.as_deref().filter(|_| content == Some(at));
            let value = title.or(value.as_deref()).unwrap_or("(none)");
            shorten(&format::printable(value), 32)
        };
        let names = row.values.iter().enumerate().map(name);
        names.chain(group_cells(&row.totals, &row.experience)).collect()
    };
    let dispensable = ["p95", "Viewers", "Stalls", "Start-up"];
    write(out, &header, breakdown.rows.iter().map(row).collect(), breakdown.by.len(), &dispensable, width);
    out.push('\n');
}

const GROUP_COLUMNS: [&str; 9] =
    ["Sessions", "Viewers", "Watched", "Avg view", "Completed", "Start-up", "p95", "Stalls", "Rebuffer"];

fn group_cells(totals: &TotalsSummary, experience: &ExperienceSummary) -> [String; 9] {
    [
        format::count(totals.sessions),
        format::some(totals.viewers),
        format::hours(totals.watched_ms),
        format::clock(totals.average_view_duration_ms),
        format::ratio(totals.completion_rate),
        format::seconds(experience.startup_p50_ms),
        format::seconds(experience.startup_p95_ms),
        format::count(experience.stalls),
        format::fine_ratio(experience.rebuffer_ratio),
    ]
}

/// The text in no more than `most` columns, without its middle if it is longer: episodes differ at their ends.
pub(crate) fn shorten(text: &str, most: usize) -> String {
    if text.width() <= most {
        return text.to_owned();
    }
    let room = most.saturating_sub(1);
    let end: Vec<char> = fitting(text.chars().rev(), room * 2 / 5).collect();
    let taken: usize = end.iter().map(|c| c.width().unwrap_or(0)).sum();
    fitting(text.chars(), room - taken).chain(['…']).chain(end.into_iter().rev()).collect()
}

/// The first characters, as many as have room in so many columns.
fn fitting(text: impl Iterator<Item = char>, mut room: usize) -> impl Iterator<Item = char> {
    text.take_while(move |c| {
        let width = c.width().unwrap_or(0);
        let fits = width <= room;
        room = room.saturating_sub(width);
        fits
    })
}
