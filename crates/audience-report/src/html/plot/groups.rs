//! Retention curves of several groups.

use super::curve::{between, points};
use super::{Figure, below, chart, levels, line_through, scale, shapes};
use crate::format;
use crate::html::markup::Markup;
use crate::html::table::{Cell, Column, Table};
use crate::report::TitleReport;
use crate::retention::{GroupRetention, GroupsCompared};
use crate::text::retention::leave_alike;

/// Colours and dashes: the most curves that can be told apart.
const DRAWN: [&str; 4] = ["g1", "g2", "g3", "g4"];

pub(in crate::html) fn write(out: &mut Markup, title: &TitleReport, groups: &GroupsCompared, length: Option<u64>) {
    let drawn: Vec<&GroupRetention> = groups.groups.iter().take(DRAWN.len()).collect();
    if drawn.len() < 2 {
        return;
    }
    let more = groups.groups.len() + groups.groups_omitted - drawn.len();
    let smaller = format::things(more as u64, "smaller group is", "smaller groups are");
    let more = if more > 0 { format!("; {smaller} not drawn") } else { String::new() };
    let note = format!("the same by group, with 95 % intervals{more}");
    let figure = Figure { name: "By group", note: &note, kind: "point", table: table(title, &drawn, length) };
    figure.write(out, |out| {
        out.element("p", &[("class", &"key")], |out| {
            for (group, class) in drawn.iter().zip(DRAWN) {
                out.element("span", &[("class", &"entry")], |out| {
                    out.leaf("span", &[("class", &format_args!("swatch {class}"))], "");
                    out.name(&group.name());
                    out.text(format_args!(" ({})", format::count(group.sessions)));
                });
            }
        });
        let name = format!("Retention of {} by group", title.name());
        chart(out, "chart", &name, "", |out| {
            levels(out, &[0.0, 0.25, 0.5, 0.75, 1.0].map(|share| (share, format!("{:.0} %", share * 100.0))));
            shapes(out, |out| {
                for (group, class) in drawn.iter().zip(DRAWN) {
                    let area = between(&group.low, &group.high);
                    out.empty("path", &[("class", &format_args!("band {class}")), ("d", &area)]);
                }
                for (group, class) in drawn.iter().zip(DRAWN) {
                    let line = line_through(points(&group.shares));
                    out.empty("path", &[("class", &format_args!("curve {class}")), ("d", &line)]);
                }
            });
            super::curve::chapters(out, title, true);
            below(out, &length.map_or_else(scale::of_shares, scale::of_content));
        });
    });
    if let Some(words) = leave_alike(groups) {
        out.leaf("p", &[("class", &"muted")], words);
    }
}

/// Where the page's script puts the curves of two titles beside each other; without script it is not there.
pub(in crate::html) fn write_two_titles(out: &mut Markup) {
    out.element("figure", &[("class", &"plot two-titles"), ("hidden", &"hidden")], |out| {
        out.literal(concat!(
            "<figcaption><strong>Two titles</strong> <span class=\"muted\">share of their sessions that watched each part, with ",
            "95 % intervals</span></figcaption>\n<p class=\"key\"><label class=\"entry\"><span class=\"swatch\"></span>",
            "<select aria-label=\"One title\"></select></label> <label class=\"entry\"><span class=\"swatch other\"></span>",
            "<select aria-label=\"The other title\"></select></label></p>\n"
        ));
        out.element("div", &[("class", &"area")], |out| {
            chart(out, "chart", "Retention of two titles", "Choose them above.", |out| {
                levels(out, &[0.0, 0.25, 0.5, 0.75, 1.0].map(|share| (share, format!("{:.0} %", share * 100.0))));
                shapes(out, |out| {
                    for class in ["band", "band other", "curve", "curve other"] {
                        out.empty("path", &[("class", &class)]);
                    }
                });
                below(out, &scale::of_shares());
            });
        });
        out.leaf("p", &[("class", &"muted"), ("role", &"status")], "");
    });
    out.line();
}

fn table(title: &TitleReport, drawn: &[&GroupRetention], length: Option<u64>) -> Table {
    let count = title.retention.shares.len();
    let mut columns = vec![Column::text("Position").raw("position")];
    for (at, group) in drawn.iter().enumerate() {
        columns.push(Column::number(group.name(), "Share of the group that watched this moment"));
        if at > 0 {
            columns.push(Column::number("± largest", "The same minus that of the largest group, in percentage points"));
        }
    }
    let row = |at: usize| {
        let position = match length {
            Some(length) => format::clock(Some(length as f64 * at as f64 / count as f64)),
            None => format!("{:.0} %", at as f64 * 100.0 / count as f64),
        };
        let mut cells = vec![Cell::Text(position)];
        for (number, group) in drawn.iter().enumerate() {
            let share = group.shares.get(at).copied();
            cells.push(Cell::Number(format::share(share), share));
            if number > 0 {
                let by = group.difference.get(at).copied();
                cells.push(Cell::Number(format::points(by), by));
            }
        }
        cells.into()
    };
    Table {
        caption: format!("Retention of {} by group", title.name()),
        file: "retention-groups".into(),
        columns,
        rows: (0..count).map(row).collect(),
        sortable: false,
    }
}
