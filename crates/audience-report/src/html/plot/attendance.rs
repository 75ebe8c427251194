//! The audience over time.

use jiff::tz::TimeZone;

use super::{Figure, bars, below, chart, levels, path, scale, shapes, steps};
use crate::format;
use crate::html::markup::Markup;
use crate::html::table::{Cell, Column, Table};
use crate::report::AudienceOverTime;

pub(in crate::html) fn write(out: &mut Markup, audience: &AudienceOverTime, zone: &TimeZone, zone_name: &str) {
    let buckets = audience.starts.len();
    if buckets == 0 {
        return;
    }
    let bucket = audience.bucket.as_deref().map_or("bucket", in_words);
    let rows = (0..buckets).map(|at| {
        let average = audience.average_concurrent[at];
        vec![
            Cell::Text(format::local(audience.starts[at], zone)),
            Cell::Number(concurrent(average), Some(average)),
            Cell::Number(format::count(audience.started[at]), Some(audience.started[at] as f64)),
        ]
        .into()
    });
    let figure = Figure {
        name: "Audience over time",
        note: &format!("each {bucket}, {zone_name}"),
        kind: "cell",
        table: Table {
            caption: format!("Audience over time, each {bucket}"),
            file: "audience".into(),
            columns: vec![
                Column::text("From").raw("start"),
                Column::number("Average concurrent", "The time sessions were there, over the length of the bucket")
                    .raw("average_concurrent"),
                Column::number("Sessions started", "Sessions that began").raw("started"),
            ],
            rows: rows.collect(),
            sortable: false,
        },
    };
    let most = audience.average_concurrent.iter().copied().fold(0.0, f64::max);
    let most_started = audience.started.iter().copied().max().unwrap_or(0);
    let peak = audience.peak.map_or(String::new(), |peak| {
        let at = format::local(peak.at, zone);
        format!("The quarter of an hour with most is {at}, with {} on average.", concurrent(peak.average_concurrent))
    });
    let times = scale::of_times(&audience.starts, zone);
    figure.write(out, |out| {
        out.leaf("p", &[("class", &"series")], "Concurrent sessions, on average");
        chart(out, "chart", "Concurrent sessions over time", &peak, |out| {
            let (top, marks) = scale::of_values(most);
            levels(out, &marks);
            shapes(out, |out| {
                let line = steps(&audience.average_concurrent, top);
                path(out, "fill", &format_args!("{line}V1000H0Z"));
                path(out, "curve", &line);
            });
        });
        out.leaf("p", &[("class", &"series")], "Sessions started");
        let description = format!("No {bucket} has more than {}.", format::count(most_started));
        chart(out, "chart low", "Sessions started over time", &description, |out| {
            let (top, marks) = scale::of_counts(most_started);
            levels(out, &marks);
            shapes(out, |out| path(out, "bars", &bars(&audience.started, top)));
            below(out, &times);
        });
    });
}

/// Averages below ten have a decimal.
pub(in crate::html) fn concurrent(average: f64) -> String {
    if average < 10.0 { format!("{average:.1}") } else { format::count(average.round() as u64) }
}

/// `PT15M` for people.
pub(super) fn in_words(bucket: &str) -> &str {
    match bucket {
        "PT15M" => "quarter of an hour",
        "PT1H" => "hour",
        "PT6H" => "six hours",
        "P1D" => "day",
        "P7D" => "week",
        other => other,
    }
}
