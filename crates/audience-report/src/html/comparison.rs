//! The comparison, if one was asked for.

use super::markup::Markup;
use super::page::Context;
use super::plot;
use super::table::{Cell, Column, Row, Table};
use crate::format;
use crate::report::{Comparison, Difference, ShareDifference, TitleComparison, name_of};

pub(super) fn write(out: &mut Markup, comparison: &Comparison, context: &Context<'_>) {
    out.element("section", &[("id", &"comparison")], |out| {
        out.element("h2", &[], |out| {
            out.text("Compared with ");
            out.name(&comparison.other.name);
        });
        let both = match comparison.sessions_in_both {
            0 => "Intervals are of 95 % and take sessions to be independent.".to_owned(),
            both => format!(
                "{} in both, so that differences have no intervals.",
                format::things(both, "session is", "sessions are")
            ),
        };
        let note = "A description, not a randomised experiment: other things differ between the two as well.";
        out.leaf("p", &[("class", &"muted")], format_args!("{note} {both}"));
        let asked = &comparison.other.asked;
        if let (Some(from), Some(to)) = (asked.from, asked.to) {
            let (from, to) = (format::local(from, &context.zone), format::local(to, &context.zone));
            out.element("p", &[("class", &"muted")], |out| {
                out.name(&comparison.other.name);
                out.text(format_args!(
                    ": {from} to {to}, {}",
                    format::things(comparison.other.totals.sessions, "session", "sessions")
                ));
            });
        }
        figures(comparison).write(out);
        shares(comparison).write(out);
        titles(comparison).write(out);
    });
    out.line();
}

fn sides(comparison: &Comparison) -> [Column; 2] {
    [Column::number("This report", ""), Column::number(comparison.other.name.clone(), "")]
}

fn figures(comparison: &Comparison) -> Table {
    let row = |row: &Difference| {
        let cell = |value: Option<f64>| Cell::Number(format::figure(row.figure, value), value);
        vec![
            Cell::Text(format::label(row.figure).to_owned()),
            cell(row.this),
            cell(row.other),
            Cell::Number(format::change(row.figure, row.difference), row.difference),
            Cell::Number(format::relative(row.relative), row.relative),
        ]
        .into()
    };
    let [this, other] = sides(comparison);
    Table {
        caption: "Figures compared".to_owned(),
        file: "comparison".into(),
        columns: vec![
            Column::text("Figure"),
            this,
            other,
            Column::number("Difference", "This report minus the other"),
            Column::number("Relative", "The difference as a share of the other"),
        ],
        rows: comparison.figures.iter().map(row).collect(),
        sortable: false,
    }
}

fn shares(comparison: &Comparison) -> Table {
    let ends = comparison.shares.iter().flat_map(|row| [row.low, row.high]).flatten();
    let most = ends.map(f64::abs).fold(0.005, f64::max);
    // A round number of percentage points.
    let reach =
        [0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1.0].into_iter().find(|reach| *reach >= most).unwrap_or(1.0);
    let row = |row: &ShareDifference| {
        let share = |share: crate::report::Share| Cell::Number(format::share(share.rate), share.rate);
        let drawing = match (row.difference, row.low, row.high) {
            (Some(by), Some(low), Some(high)) => Cell::Drawing(plot::interval(by, low, high, reach)),
            _ => Cell::Text(String::new()),
        };
        vec![
            Cell::Text(format::label(row.share).to_owned()),
            share(row.this),
            share(row.other),
            Cell::Number(format::points(row.difference), row.difference),
            Cell::Text(format::points_between(row.low, row.high)),
            drawing,
        ]
        .into()
    };
    let [this, other] = sides(comparison);
    Table {
        caption: "Shares compared".to_owned(),
        file: "shares".into(),
        columns: vec![
            Column::text("Share of sessions"),
            this,
            other,
            Column::number("Difference", "This report minus the other, in percentage points"),
            Column::text("95 % interval"),
            Column::drawing(
                format!("−{0:.0} to +{0:.0} pp", reach * 100.0),
                "The interval, with a line at no difference",
            ),
        ],
        rows: comparison.shares.iter().map(row).collect(),
        sortable: false,
    }
}

fn titles(comparison: &Comparison) -> Table {
    let row = |(number, title): (usize, &TitleComparison)| {
        let figure = |name: &str| title.figures.iter().find(|row| row.figure == name);
        let relative = |name: &str| {
            let relative = figure(name).and_then(|row| row.relative);
            Cell::Number(format::relative(relative), relative)
        };
        let completed = title.shares.iter().find(|row| row.share == "completed");
        let by = completed.and_then(|row| row.difference);
        let interval = completed.map_or(String::new(), |row| format::points_between(row.low, row.high));
        let other = figure("sessions").and_then(|row| row.other).unwrap_or(0.0);
        let name = name_of(title.title.as_deref(), &title.content_id).to_owned();
        Row {
            search: Some(format!("{name} {}", title.content_id).to_lowercase()),
            cells: vec![
                Cell::Name(name, Some(format!("#t{number}"))),
                Cell::Number(format::count(other as u64), Some(other)),
                relative("sessions"),
                relative("watched_ms"),
                relative("average_view_duration_ms"),
                Cell::Number(format::points(by), by),
                Cell::Text(interval),
            ],
        }
    };
    Table {
        caption: "Titles compared".to_owned(),
        file: "titles-compared".into(),
        columns: vec![
            Column::text("Title"),
            Column::number(format!("Sessions, {}", comparison.other.name), ""),
            Column::number("Sessions", "Relative difference"),
            Column::number("Watched", "Relative difference"),
            Column::number("Average view", "Relative difference"),
            Column::number("Completed", "Difference in percentage points"),
            Column::text("95 % interval"),
        ],
        rows: comparison.titles.iter().enumerate().map(row).collect(),
        sortable: true,
    }
}
