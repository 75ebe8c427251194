//! A retention curve with its band.

use std::fmt::{Display, Write};

use audience_retention::Independent;

use super::{Figure, below, chart, levels, line_through, marks, path, scale, shapes};
use crate::format;
use crate::html::markup::Markup;
use crate::html::table::{Cell, Column, Table};
use crate::report::{RetentionComparison, TitleReport};
use crate::retention::{Retention, SurvivalCurve};

/// What to draw.
pub(in crate::html) struct Curve<'a> {
    pub(in crate::html) title: &'a TitleReport,
    /// Beside which curve, and what to call that.
    pub(in crate::html) beside: Option<(&'a RetentionComparison, &'a str)>,
    /// Whether sessions disagree about the length, so that there are only shares of it.
    pub(in crate::html) uneven: bool,
}

pub(in crate::html) fn write(out: &mut Markup, curve: &Curve<'_>) {
    let (title, retention) = (curve.title, &curve.title.retention);
    let length = title.duration_ms.filter(|_| !curve.uneven);
    let beside = curve.beside.filter(|(comparison, _)| !comparison.other.shares.is_empty());
    let note = format!(
        "share of {} that watched each moment; band: 95 % interval, point by point{}",
        format::things(retention.sessions, "session", "sessions"),
        match retention.independent {
            Independent::Viewers => ", wider because viewers come back",
            Independent::Sessions => "",
        }
    );
    let figure = Figure { name: "Retention", note: &note, kind: "point", table: table(curve, length, beside) };
    figure.write(out, |out| {
        if let Some((_, name)) = beside {
            out.element("p", &[("class", &"key")], |out| {
                out.leaf("span", &[("class", &"swatch this")], "");
                out.text("this report ");
                out.leaf("span", &[("class", &"swatch other")], "");
                out.name(name);
            });
        }
        marks::key(out, retention);
        let name = format!("Retention of {}", title.name());
        chart(out, "chart", &name, &description(&retention.shares), |out| {
            let marks = [0.0, 0.25, 0.5, 0.75, 1.0].map(|share| (share, format!("{:.0} %", share * 100.0)));
            levels(out, &marks);
            shapes(out, |out| {
                marks::below_curves(out, retention, length);
                if let Some((comparison, _)) = beside {
                    path(out, "band other", &band(&comparison.other));
                    path(out, "curve other", &line_through(points(&comparison.other.shares)));
                }
                path(out, "band", &band(retention));
                if let Some(survival) = retention.survival.as_ref().filter(|_| beside.is_none()) {
                    path(out, "stays", &stays(survival, length.or(title.duration_ms)));
                }
                path(out, "curve", &line_through(points(&retention.shares)));
            });
            if let Some(length) = length {
                marks::drop_offs(out, retention, length);
            }
            chapters(out, title, true);
            below(out, &length.map_or_else(scale::of_shares, scale::of_content));
        });
    });
}

/// Point k of n is at k/n.
pub(super) fn points(values: &[f64]) -> impl DoubleEndedIterator<Item = (f64, f64)> + ExactSizeIterator {
    let count = values.len() as f64;
    values.iter().enumerate().map(move |(at, value)| (at as f64 / count, *value))
}

fn band(retention: &Retention) -> String {
    between(&retention.low, &retention.high)
}

/// The share that stays, from all of them at the start.
fn stays(survival: &SurvivalCurve, length: Option<u64>) -> String {
    let length = length.unwrap_or_default().max(1) as f64;
    let steps = survival.positions_ms.iter().zip(&survival.shares);
    let steps = steps.map(|(position, share)| (position.as_millis() as f64 / length, *share));
    line_through(std::iter::once((0.0, 1.0)).chain(steps))
}

/// The area between two lines through points.
pub(super) fn between(low: &[f64], high: &[f64]) -> String {
    let mut d = line_through(points(high));
    for (x, y) in points(low).rev() {
        let _ = write!(d, "L{:.0} {:.0}", x * 1000.0, (1.0 - y) * 1000.0);
    }
    d.push('Z');
    d
}

fn description(shares: &[f64]) -> String {
    let at = |part: usize| format::share(shares.get(shares.len() * part / 4).copied());
    format!(
        "{} of the sessions watched the start, {} a quarter of the way, {} the middle, {} three quarters, {} the end.",
        at(0),
        at(1),
        at(2),
        at(3),
        format::share(shares.last().copied())
    )
}

fn table(curve: &Curve<'_>, length: Option<u64>, beside: Option<(&RetentionComparison, &str)>) -> Table {
    let retention = &curve.title.retention;
    let count = retention.shares.len();
    let mut columns = vec![
        Column::text("Position").raw("position"),
        Column::number("Watching", "Sessions that watched this moment, as a share of those in the curve").raw("share"),
        Column::number("From", "The lower end of the 95 % interval").raw("low"),
        Column::number("To", "The upper end of the 95 % interval").raw("high"),
        Column::number("Sessions", "Sessions that watched this moment").raw("reached"),
        Column::number("Plays", "How often this moment was played, per session").raw("plays"),
    ];
    let catalogue = retention.catalogue.as_ref().filter(|beside| beside.bands.len() == count);
    if catalogue.is_some() {
        columns.push(Column::number("Catalogue", "The median of the titles of similar length").raw("catalogue_p50"));
    }
    if let Some((_, name)) = beside {
        columns.push(Column::number(name.to_owned(), "The same of what this is compared with"));
        columns.push(Column::number("Difference", "In percentage points"));
    }
    let number = |share: f64| Cell::Number(format!("{:.1} %", share * 100.0), Some(share));
    let row = |at: usize| {
        let position = match length {
            Some(length) => format::clock(Some(length as f64 * at as f64 / count as f64)),
            None => format!("{:.0} %", at as f64 * 100.0 / count as f64),
        };
        let mut cells = vec![
            Cell::Text(position),
            number(retention.shares[at]),
            number(retention.low[at]),
            number(retention.high[at]),
            Cell::Number(format::count(retention.reached[at]), Some(retention.reached[at] as f64)),
            Cell::Number(format!("{:.2}", retention.plays[at]), Some(retention.plays[at])),
        ];
        cells.extend(catalogue.map(|beside| number(beside.bands[at].p50)));
        if let Some((comparison, _)) = beside {
            cells.push(number(comparison.other.shares[at]));
            let difference = comparison.difference.get(at).copied();
            cells.push(Cell::Number(format::points(difference), difference));
        }
        cells.into()
    };
    Table {
        caption: format!("Retention of {}", curve.title.name()),
        file: "retention".into(),
        columns,
        rows: (0..count).map(row).collect(),
        sortable: false,
    }
}

/// Where chapters begin. Numbers that would touch each other are left out: the list of chapters has them all.
pub(super) fn chapters(out: &mut Markup, title: &TitleReport, numbers: bool) {
    let Some(length) = title.duration_ms.filter(|length| *length > 0) else { return };
    let (mut wide, mut narrow) = (-1.0, -1.0);
    for (number, chapter) in title.chapters.iter().enumerate() {
        let at = chapter.start.as_millis() as f64 / length as f64;
        if at >= 1.0 {
            break;
        }
        let x = format!("{:.2}%", at * 100.0);
        out.empty("line", &[("class", &"chapter"), ("x1", &x), ("x2", &x), ("y1", &0), ("y2", &"100%")]);
        if numbers && at - wide >= 0.025 {
            wide = at;
            let class: &dyn Display =
                if at - narrow >= 0.08 { &"tick middle number" } else { &"tick middle number minor" };
            if at - narrow >= 0.08 {
                narrow = at;
            }
            out.leaf("text", &[("class", class), ("x", &x), ("y", &0), ("dy", &"-0.4em")], number + 1);
        }
    }
}
