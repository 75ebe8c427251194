//! The part of viewers that comes back, and that has not yet.

use super::{Figure, Tick, below, chart, levels, line_through, path, shapes};
use crate::cohorts::{CohortsFindings, ReturnPoint, words};
use crate::format;
use crate::html::markup::Markup;
use crate::html::table::{Cell, Column, Table};

/// Who has not come a second time, over the days since the first visit.
pub(in crate::html) fn write(out: &mut Markup, findings: &CohortsFindings) {
    let Some(returns) = &findings.returns else { return };
    let points = &returns.not_yet_back;
    let Some(last) = points.last().filter(|last| last.days > 1) else { return };
    let row = |point: &ReturnPoint| {
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
                path(out, "band", &band(points, at));
                path(out, "curve", &line_through(points.iter().map(|point| (at(point.days), point.share))));
            });
            below(out, &ticks);
        });
    });
}

/// The area between the ends of the intervals, each at the day of its point, as the curve is.
fn band(points: &[ReturnPoint], at: impl Fn(u64) -> f64) -> String {
    let end = |point: &ReturnPoint, end: Option<f64>| (at(point.days), end.unwrap_or(point.share));
    let high = points.iter().map(|point| end(point, point.high));
    let low = points.iter().rev().map(|point| end(point, point.low));
    format!("{}Z", line_through(high.chain(low)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_band_is_where_the_curve_is() {
        let point = |days, share| ReturnPoint { days, share, low: Some(share - 0.1), high: Some(share + 0.1) };
        let points = [point(0, 0.8), point(1, 0.6), point(2, 0.4)];
        assert_eq!(band(&points, |days| days as f64 / 2.0), "M0 100L500 300L1000 500L1000 700L500 500L0 300Z");
    }
}
