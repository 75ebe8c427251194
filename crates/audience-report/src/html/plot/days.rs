//! Figures day by day, with the days that are unlike the others.

use audience_core::Timestamp;
use jiff::tz::TimeZone;

use super::{Figure, Tick, below, chart, levels, path, scale, shapes, steps};
use crate::engagement::{DailyFigure, DailyFigures, DayFigures, words};
use crate::format::{self, NONE};
use crate::html::markup::Markup;
use crate::html::table::{Cell, Column, Table};

/// Views, watch time and scores of days; nothing of a single day.
pub(in crate::html) fn write(out: &mut Markup, daily: &DailyFigures) {
    let days = &daily.days;
    if days.len() < 2 {
        return;
    }
    let rows = days.iter().map(|day| {
        vec![
            Cell::Text(if day.whole { day.day.to_string() } else { format!("{} (in part)", day.day) }),
            Cell::Number(format::count(day.views), Some(day.views as f64)),
            Cell::Number(format::hours(day.watched_ms), Some(day.watched_ms as f64)),
            Cell::Number(day.score.map_or(NONE.to_owned(), words::points), day.score),
        ]
        .into()
    });
    let figure = Figure {
        name: "Day by day",
        note: "circles are days unlike the others",
        kind: "cell",
        table: Table {
            caption: "Engagement day by day".to_owned(),
            file: "engagement-days".into(),
            columns: vec![
                Column::text("Day").raw("day"),
                Column::number("Views", "Sessions in which a frame was seen").raw("views"),
                Column::number("Watched", "Content played").raw("watched_ms"),
                Column::number("Score", "The engagement score of the day's views, 0 to 100").raw("score"),
            ],
            rows: rows.collect(),
            sortable: false,
        },
    };
    let midnight = |day: &DayFigures| {
        let at = day.day.to_zoned(TimeZone::UTC).map(|at| at.timestamp().as_millisecond());
        Timestamp::from_millis(at.unwrap_or_default())
    };
    let times: Vec<Timestamp> = days.iter().map(midnight).collect();
    let times = scale::of_times(&times, &TimeZone::UTC);
    figure.write(out, |out| {
        for figure in [DailyFigure::Views, DailyFigure::WatchTime, DailyFigure::Score] {
            // The days stand below the last.
            let times: &[_] = if figure == DailyFigure::Score { &times } else { &[] };
            write_figure(out, daily, figure, times);
        }
    });
    out.element("ul", &[("class", &"sentences")], |out| {
        for trend in &daily.trends {
            out.element("li", &[], |out| {
                out.leaf("strong", &[], format_args!("{}.", words::capitalised(trend.figure.name())));
                for sentence in words::trend(trend).iter().chain(&words::odd_days(trend)) {
                    out.text(" ");
                    out.text(sentence);
                }
            });
        }
        if daily.trends.is_empty() {
            out.leaf("li", &[], "Trends take five whole days.");
        }
    });
    out.line();
}

/// Its height, in the unit that its axis has.
fn height(figure: DailyFigure, day: &DayFigures) -> f64 {
    match figure {
        DailyFigure::Views => day.views as f64,
        DailyFigure::WatchTime => day.watched_ms as f64 / 3_600_000.0,
        DailyFigure::Score => 100.0 * day.score.unwrap_or_default(),
    }
}

fn write_figure(out: &mut Markup, daily: &DailyFigures, figure: DailyFigure, times: &[Tick]) {
    let values: Vec<f64> = daily.days.iter().map(|day| height(figure, day)).collect();
    let (top, marks) = match figure {
        DailyFigure::Score => scale::of_values(100.0),
        _ => scale::of_values(values.iter().copied().fold(0.0, f64::max)),
    };
    let unit = match figure {
        DailyFigure::WatchTime => ", hours",
        DailyFigure::Score => ", 0 to 100",
        DailyFigure::Views => "",
    };
    let name = format!("{}{unit}", words::capitalised(figure.name()));
    out.leaf("p", &[("class", &"series")], &name);
    let trend = daily.trends.iter().find(|trend| trend.figure == figure);
    let description = trend.map_or(String::new(), |trend| words::trend(trend).join(" "));
    chart(out, "chart low", &format!("{name}, day by day"), &description, |out| {
        levels(out, &marks);
        shapes(out, |out| {
            let line = steps(&values, top);
            path(out, "fill", &format_args!("{line}V1000H0Z"));
            path(out, "curve", &line);
        });
        for odd in trend.into_iter().flat_map(|trend| &trend.anomalies) {
            let Some(at) = daily.days.iter().position(|day| day.day == odd.day) else { continue };
            let cx = format!("{:.2}%", 100.0 * (at as f64 + 0.5) / values.len() as f64);
            let cy = format!("{:.2}%", 100.0 * (1.0 - values[at] / top));
            out.element("circle", &[("class", &"drop-off"), ("cx", &cx), ("cy", &cy), ("r", &5)], |out| {
                let (value, expected) = (words::figure(figure, odd.value), words::figure(figure, odd.expected));
                out.leaf("title", &[], format_args!("{}: {value} instead of {expected}", odd.day));
            });
        }
        below(out, times);
    });
}
