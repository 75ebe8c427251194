//! Groups of sessions, and a page of them alone.

use audience_cohort::Delta;
use audience_core::Ratio;

use super::markup::Markup;
use super::page::document;
use super::plot;
use super::table::{Cell, Column, Row, Table, file_names};
use crate::format;
use crate::groups::{GroupChange, GroupRow, GroupTable, GroupsFindings, GroupsReport, words};

/// A page of nothing else.
pub(super) fn write_page(report: &GroupsReport) -> Markup {
    let by = words::by(&report.findings.table);
    document("Breakdown", |out| {
        out.leaf("a", &[("class", &"skip"), ("href", &"#main")], "Skip to the groups");
        out.element("header", &[], |out| {
            out.element("div", &[("class", &"top")], |out| {
                out.element("h1", &[], |out| {
                    out.text("By ");
                    out.name(&by);
                });
                out.leaf("p", &[("class", &"period")], words::size(report).unwrap_or_default());
                out.literal("<p class=\"theme\"></p>");
            });
            if let Some(versus) = &report.findings.versus {
                out.element("p", &[("class", &"asked")], |out| {
                    out.text("Compared with ");
                    out.name(&versus.name);
                    out.text(".");
                });
            }
        });
        out.line();
        out.element("main", &[("id", &"main")], |out| {
            out.element("section", &[("id", &"groups")], |out| {
                out.leaf("h2", &[("class", &"hidden")], "Groups");
                write_parts(out, &report.findings);
            });
        });
        out.line();
        out.element("footer", &[], |out| {
            out.text(concat!("Made by audience ", env!("CARGO_PKG_VERSION"), ". Days are those of "));
            out.name(&report.asked.time_zone);
            out.text(".");
        });
    })
}

fn write_parts(out: &mut Markup, findings: &GroupsFindings) {
    write_table(out, findings, &findings.table, "breakdown".to_owned());
    let names = findings.rollups.iter().filter_map(|table| table.by.first()).map(String::as_str);
    for (rollup, file) in findings.rollups.iter().zip(file_names("breakdown", names)) {
        out.element("h3", &[], |out| {
            out.text("By ");
            out.name(&words::by(rollup));
        });
        write_table(out, findings, rollup, file);
    }
    out.element("ul", &[("class", &"sentences muted")], |out| {
        for sentence in words::caveats(findings) {
            out.leaf("li", &[], sentence);
        }
    });
}

fn write_table(out: &mut Markup, findings: &GroupsFindings, table: &GroupTable, file: String) {
    if let Some(sentence) = words::nothing(table, findings.min_viewers) {
        out.leaf("p", &[], sentence);
    }
    let places = table.by.len().max(1);
    let named = |name: String| std::iter::once(Cell::Text(name)).chain((1..places).map(|_| Cell::Text(String::new())));
    let group = |row: &GroupRow| -> Row {
        let value = |at| Cell::Name(words::value(table, row, at).to_owned(), None);
        let values: Vec<Cell> =
            if table.by.is_empty() { named("all".to_owned()).collect() } else { (0..places).map(value).collect() };
        values.into_iter().chain(cells(findings, row)).collect::<Vec<_>>().into()
    };
    let last =
        |name: String, row: &GroupRow| -> Row { named(name).chain(cells(findings, row)).collect::<Vec<_>>().into() };
    let other = table.other.as_ref().zip(words::other(table)).map(|(row, name)| last(name, row));
    let total = table.total.as_ref().filter(|_| table.groups > 1 || table.rows.is_empty());
    let foot: Vec<Row> = other.into_iter().chain(total.map(|row| last("total".to_owned(), row))).collect();
    if table.rows.is_empty() && foot.is_empty() {
        return;
    }
    let by = words::by(table);
    let dimensions = table.by.iter().map(Column::text);
    let none = table.by.is_empty().then(|| Column::text("Group"));
    Table {
        caption: format!("By {by}"),
        file: file.into(),
        columns: none.into_iter().chain(dimensions).chain(columns(findings)).collect(),
        rows: table.rows.iter().map(group).collect(),
        sortable: true,
    }
    .write_with_foot(out, &foot);
    if let Some(sentence) = words::hidden(table, findings.min_viewers) {
        out.leaf("p", &[("class", &"muted")], sentence);
    }
}

fn columns(findings: &GroupsFindings) -> Vec<Column> {
    let viewers = if findings.viewers_standard_error.is_some() { "≈ Viewers" } else { "Viewers" };
    let columns = [
        Column::number(viewers, "Different viewers, of sessions that name one; they do not add up").raw("viewers"),
        change("Relative change of viewers").raw("viewers_relative"),
        Column::number("Sessions", "Titles played, each in one run of a player").raw("sessions"),
        change("Relative change of sessions").raw("sessions_relative"),
        Column::number("Of all", "Sessions as a share of all sessions").raw("sessions_share"),
        Column::number("Watched", "Content played, every pass counted").raw("watched_ms"),
        change("Relative change of what was watched").raw("watched_ms_relative"),
        Column::number("Of all", "Watched, as a share of all that was watched").raw("watched_share"),
        Column::drawing("Share of watched", "The same, drawn"),
        Column::number("Average view", "Watched, per session that started").raw("average_view_ms"),
        Column::number("Completed", "Sessions that played at least 90 % of the title").raw("completion_rate"),
        change("Change of the share that completed, in percentage points").raw("completion_rate_difference"),
        Column::number("Start-up", "The median time from asking for playback to the first frame").raw("startup_p50_ms"),
        Column::number("Rebuffer", "Time stalled, as a share of time stalled and playing").raw("rebuffer_ratio"),
    ];
    let compared = findings.versus.is_some();
    columns.into_iter().filter(|column| compared || column.name != CHANGE).collect()
}

/// What columns of changes are called; they stand behind what changed.
const CHANGE: &str = "±";

fn change(help: &'static str) -> Column {
    Column::number(CHANGE, help)
}

fn cells(findings: &GroupsFindings, row: &GroupRow) -> Vec<Cell> {
    let of = &row.of;
    let count = |count: u64| Cell::Number(format::count(count), Some(count as f64));
    let share = |share: Option<f64>| Cell::Number(format::share(share), share);
    let fine = of.rebuffer_ratio.map_or(format::NONE.to_owned(), |ratio| format!("{:.2} %", ratio * 100.0));
    let change = findings.versus.as_ref().map(|_| row.change.unwrap_or_default());
    let relative = |of: fn(&GroupChange) -> Delta| {
        change.as_ref().map(|change| of(change).relative).map(|by| Cell::Number(format::relative(by), by))
    };
    let points = change.map(|change| change.completion_rate.difference);
    let cells = [
        Some(count(row.viewers)),
        relative(|change| change.viewers),
        Some(count(of.sessions)),
        relative(|change| change.sessions),
        Some(share(row.sessions_share)),
        Some(Cell::Number(format::hours(row.watched_ms()), Some(of.watched_ms as f64))),
        relative(|change| change.watched_ms),
        Some(share(row.watched_share)),
        Some(Cell::Drawing(row.watched_share.map(plot::bar).unwrap_or_default())),
        Some(Cell::Number(format::clock(of.average_view_ms), of.average_view_ms)),
        Some(Cell::Number(format::ratio(of.completion_rate), of.completion_rate.map(Ratio::as_f64))),
        points.map(|points| Cell::Number(format::points(points), points)),
        Some(Cell::Number(format::seconds(row.startup_p50_ms), row.startup_p50_ms)),
        Some(Cell::Number(fine, of.rebuffer_ratio)),
    ];
    cells.into_iter().flatten().collect()
}
