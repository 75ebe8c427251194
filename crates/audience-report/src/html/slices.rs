//! Which slices excess stall time goes with.

use audience_core::Ratio;
use audience_stats::Interval;

use super::markup::Markup;
use super::plot;
use super::table::{Cell, Column, Table};
use crate::format;
use crate::report::{ExcessStallsReport, Slice};

/// Most slices that are listed.
const LISTED: usize = 15;

pub(super) fn write(out: &mut Markup, excess: &ExcessStallsReport) {
    out.leaf("h3", &[], "Which slices excess stalls go with");
    out.element("p", &[], |out| {
        out.text("Each slice beside sessions that are alike in all else of ");
        out.name(&excess.dimensions.join(", "));
        out.text(format_args!(
            ". {} An association, not a cause: what is not among these may differ too.",
            verdict(excess)
        ));
    });
    let comparable = excess.slices.iter().filter(|slice| slice.comparison.is_some());
    let listed: Vec<&Slice> = comparable.take(LISTED).collect();
    if listed.is_empty() {
        return;
    }
    let table = Table {
        caption: "Slices by excess stall time, the surest first".to_owned(),
        file: "slices".into(),
        columns: vec![
            Column::text("Slice"),
            Column::number("Sessions", "Sessions that played").raw("sessions"),
            Column::number("Stalled", "Time stalled per time playing, whatever else differs").raw("crude_ratio"),
            Column::number("Excess", "Time stalled beyond what others like them stalled").raw("excess_ms"),
            Column::text("95 % interval"),
            Column::number("Times expected", "Time stalled, as a multiple of what was expected").raw("relative"),
            Column::text("95 % interval"),
            Column::drawing("1/4 to 4 times", "The interval, with a line at what was expected"),
            Column::number("Comparable", "Share of the time played that others can be compared with").raw("comparable"),
            Column::text("Stalls"),
        ],
        rows: listed.iter().map(|slice| row(slice).into()).collect(),
        sortable: false,
    };
    table.write(out);
    let more = excess.slices.len() - listed.len();
    if more > 0 {
        let more = format::things(more as u64, "slice", "slices");
        out.leaf("p", &[("class", &"muted")], format_args!("And {more} more; JSON and CSV have them all."));
    }
}

/// How many slices stand out.
fn verdict(excess: &ExcessStallsReport) -> String {
    match excess.findings().count() {
        0 => "None stalls more than those: whatever differs is no more than chance would make.".to_owned(),
        found => format!(
            "{} more than those; of such findings, one in twenty is expected to be false.",
            format::things(found as u64, "slice stalls", "slices stall")
        ),
    }
}

fn row(slice: &Slice) -> Vec<Cell> {
    let comparison = slice.comparison.as_ref();
    let millis = |millis: f64| {
        let sign = if millis < 0.0 { "−" } else { "" };
        format!("{sign}{}", format::hours(millis.abs().round() as u64))
    };
    let between = |interval: Option<Interval>, text: &dyn Fn(f64) -> String| {
        Cell::Text(interval.map_or(String::new(), |ends| format!("{} to {}", text(ends.low), text(ends.high))))
    };
    let times = |times: f64| format!("{times:.2}");
    let relative = comparison.and_then(|comparison| comparison.relative);
    let relative_interval = comparison.and_then(|comparison| comparison.relative_interval);
    let excess = comparison.map(|comparison| comparison.excess_ms);
    let drawing = match (relative, relative_interval) {
        // Twice as much is as far from what was expected as half as much.
        (Some(relative), Some(Interval { low, high })) if relative > 0.0 => {
            let four = 4_f64.ln();
            Cell::Drawing(plot::interval(relative.ln(), low.ln(), high.ln(), four))
        }
        _ => Cell::Text(String::new()),
    };
    let finding = match comparison {
        Some(comparison) if comparison.is_finding && comparison.excess_ms > 0.0 => "more",
        Some(comparison) if comparison.is_finding => "less",
        _ => "",
    };
    vec![
        Cell::Name(format!("{} {}", slice.dimension, slice.name()), None),
        Cell::Number(format::count(slice.sessions), Some(slice.sessions as f64)),
        Cell::Number(format::fine_ratio(slice.crude_ratio.and_then(|ratio| Ratio::new(ratio).ok())), slice.crude_ratio),
        Cell::Number(excess.map_or(format::NONE.to_owned(), millis), excess),
        between(comparison.and_then(|comparison| comparison.excess_interval), &millis),
        Cell::Number(relative.map_or(format::NONE.to_owned(), times), relative),
        between(relative_interval, &times),
        drawing,
        Cell::Number(format::ratio(slice.comparable), slice.comparable.map(Ratio::as_f64)),
        Cell::Text(finding.to_owned()),
    ]
}
