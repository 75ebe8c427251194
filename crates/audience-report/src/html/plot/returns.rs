//! The part of viewers that comes back, and that has not yet.

use super::curve::between;
use super::{Figure, Tick, below, chart, levels, line_through, path, shapes};
use crate::cohorts::{CohortsFindings, words};
use crate::format;
use crate::html::markup::Markup;
use crate::html::table::{Cell, Column, Table};

/// Who has not come a second time, over the days since the first visit.
pub(in crate::html) fn write(out: &mut Markup, findings: &CohortsFindings) {
    let Some(returns) = &findings.returns else { return };
    let points = &returns.not_yet_back;
    let Some(last) = points.last().filter(|last| last.days > 1) else { return };
    let row = |point: &crate::cohorts::ReturnPoint| {
        let end = |end: Option<f64>| Cell::Number(format::share(end), end);
        vec![
            Cell::Text(format!("{} d", point.days)),
            Cell::Number(format::share(Some(point.share)), Some(point.share)),
            end(point.low),
            end(point.high),
        ]
        .into()
    };
    let figure = Figure {
        name: "Not yet back",
        note: "the part of viewers that had not come a second time, by days since the first visit, with 95 % intervals",
        kind: "point",
        table: Table {
            caption: "Viewers who had not come a second time".to_owned(),
            file: "returns".into(),
            columns: vec![
                Column::text("Since the first visit").raw("days"),
                Column::number("Not yet back", "Kaplan-Meier").raw("not_yet_back"),
                Column::number("From", "The lower end of the 95 % interval").raw("low"),
                Column::number("To", "The upper end").raw("high"),
            ],
            rows: points.iter().map(row).collect(),
            sortable: false,
        },
    };
    let at = |days: u64| days as f64 / last.days as f64;
    let steps = [1, 2, 5, 7, 14, 30, 60, 90, 180, 365];
    let step = steps.into_iter().find(|step| last.days / step <= 8).unwrap_or_else(|| last.days.div_ceil(8));
    let ticks: Vec<Tick> = (0..=last.days / step)
        .map(|number| Tick { at: at(number * step), label: format!("{} d", number * step) })
        .collect();
    figure.write(out, |out| {
        let description = words::returned(returns);
        chart(out, "chart", "Viewers who had not come a second time", &description, |out| {
            levels(out, &[0.0, 0.25, 0.5, 0.75, 1.0].map(|share| (share, format!("{:.0} %", share * 100.0))));
            shapes(out, |out| {
                // Points are evenly spaced, as the area takes them to be.
                let ends =
                    |end: fn(&crate::cohorts::ReturnPoint) -> f64| -> Vec<f64> { points.iter().map(end).collect() };
                let low = ends(|point| point.low.unwrap_or(point.share));
                let high = ends(|point| point.high.unwrap_or(point.share));
                path(out, "band", &between(&low, &high));
                path(out, "curve", &line_through(points.iter().map(|point| (at(point.days), point.share))));
            });
            below(out, &ticks);
        });
    });
}
