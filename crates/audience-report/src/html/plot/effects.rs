//! Differences between arms of an experiment, with their intervals, on one scale.

use std::fmt::Display;

use audience_abtest::{AnalysedMetric, Finding};

use super::{Figure, chart_of_height};
use crate::experiment::{Bar, End, ExperimentReport, Scale, words};
use crate::html::markup::Markup;
use crate::html::table::{Cell, Column, Table};

/// Pixels of a row: a line of text, and the bar under it.
const ROW: usize = 44;

/// A difference that has a place on the scale.
struct Effect<'a> {
    metric: &'a AnalysedMetric,
    arm: &'a str,
    finding: &'a Finding,
}

impl Effect<'_> {
    fn name(&self) -> String {
        format!("{}, {}", self.metric.metric.label(), self.arm)
    }
}

/// One row for each metric and arm: its relative difference from the control, with its own interval and, lighter, that for all
/// comparisons.
pub(in crate::html) fn write(out: &mut Markup, report: &ExperimentReport) {
    let mut effects = Vec::new();
    for metric in &report.analysis.metrics {
        for comparison in &metric.comparisons {
            if let Ok(finding) = &comparison.finding
                && finding.relative.is_some()
            {
                effects.push(Effect { metric, arm: report.arm(comparison.arm), finding });
            }
        }
    }
    if effects.is_empty() {
        return;
    }
    let scale = Scale::of(report);
    let note = format!("from {}, as a part of it, with intervals of {}", report.control(), words::confidence(report));
    let figure = Figure { name: "Relative differences", note: &note, kind: "row", table: table(report, &effects) };
    let guarded = effects.iter().any(|effect| effect.metric.margin.is_some());
    figure.write(out, |out| {
        write_key(out, guarded);
        let shown = effects.iter().filter(|effect| words::is_shown(effect.finding.verdict)).count();
        let description = format!("{} comparisons, of which {shown} show something.", effects.len());
        let height = ROW * effects.len();
        let title = "Relative differences between arms";
        chart_of_height(out, "effects", height, [title, &description], |out| {
            out.empty("line", &[("class", &"zero"), ("x1", &"50%"), ("x2", &"50%"), ("y1", &0), ("y2", &"100%")]);
            for (at, effect) in effects.iter().enumerate() {
                write_row(out, scale, effect, at * ROW);
            }
            for (place, relative) in [(0.0, -scale.reach), (0.5, 0.0), (1.0, scale.reach)] {
                let anchor = if place == 0.5 {
                    "tick middle"
                } else if place > 0.5 {
                    "tick end"
                } else {
                    "tick"
                };
                let label = match words::trimmed(100.0 * relative.abs()) {
                    _ if relative == 0.0 => "no difference".to_owned(),
                    percent if relative < 0.0 => format!("−{percent} %"),
                    percent => format!("+{percent} %"),
                };
                let x = percent(place);
                out.leaf("text", &[("class", &anchor), ("x", &x), ("y", &"100%"), ("dy", &"1.5em")], label);
            }
        });
    });
}

fn write_key(out: &mut Markup, guarded: bool) {
    let mut entries =
        vec![("own", "interval of this comparison alone"), ("simultaneous", "for all comparisons together")];
    if guarded {
        entries.push(("margin", "margin of a guardrail"));
    }
    out.element("p", &[("class", &"key")], |out| {
        for (class, text) in entries {
            out.element("span", &[("class", &"entry")], |out| {
                out.leaf("span", &[("class", &format_args!("patch {class}"))], "");
                out.text(text);
            });
        }
    });
}

fn percent(place: f64) -> String {
    format!("{:.2}%", place * 100.0)
}

fn write_row(out: &mut Markup, scale: Scale, effect: &Effect<'_>, top: usize) {
    let (text, middle) = (top + 15, top + 30);
    let less = if words::less_is_better(&effect.metric.metric) { " (less is better)" } else { "" };
    out.leaf("text", &[("class", &"name"), ("x", &0), ("y", &text)], format_args!("{}{less}", effect.name()));
    let size = format!("{}: {}", words::estimate(effect.finding), words::verdict(effect.finding.verdict));
    out.leaf("text", &[("class", &"size end"), ("x", &"100%"), ("y", &text)], size);
    let (wide, own) = (effect.finding.relative_simultaneous, effect.finding.relative_interval);
    let (wide, own) = (scale.bars(wide), scale.bars(own));
    for bar in &wide {
        write_bar(out, "band", *bar, middle, 12);
    }
    for bar in &own {
        write_bar(out, "own", *bar, middle, 8);
    }
    let mut beyond = |end: fn(&Bar) -> End, x: &'static str, anchor: &'static str, arrow: &'static str| {
        let class = match [&own, &wide].map(|bars| bars.iter().any(|bar| end(bar) == End::Beyond)) {
            [true, _] => "beyond",
            [false, true] => "beyond band",
            [false, false] => return,
        };
        let attributes: [(&'static str, &dyn Display); 4] =
            [("class", &format_args!("{class} {anchor}")), ("x", &x), ("y", &middle), ("dy", &"0.35em")];
        out.leaf("text", &attributes, arrow);
    };
    beyond(|bar| bar.low, "0", "end", "◂");
    beyond(|bar| bar.high, "100%", "start", "▸");
    if let Some(place) = scale.margin(effect.metric) {
        let x = percent(place);
        let ends: [&dyn Display; 2] = [&(middle - 10), &(middle + 10)];
        out.empty("line", &[("class", &"margin"), ("x1", &x), ("x2", &x), ("y1", ends[0]), ("y2", ends[1])]);
    }
    if let Some(place) = scale.estimate(effect.finding) {
        let class = if effect.finding.relative_interval.is_some() { "point" } else { "point unsure" };
        out.empty("circle", &[("class", &class), ("cx", &percent(place)), ("cy", &middle), ("r", &5)]);
    }
}

fn write_bar(out: &mut Markup, class: &'static str, bar: Bar, middle: usize, height: usize) {
    let (low, high) = bar.places();
    let attributes: [(&'static str, &dyn Display); 5] = [
        ("class", &class),
        ("x", &percent(low)),
        ("y", &(middle - height / 2)),
        ("width", &percent(high - low)),
        ("height", &height),
    ];
    out.empty("rect", &attributes);
}

fn table(report: &ExperimentReport, effects: &[Effect<'_>]) -> Table {
    let row = |effect: &Effect<'_>| {
        let finding = effect.finding;
        vec![
            Cell::Text(effect.name()),
            Cell::Number(finding.relative.map_or_else(String::new, words::relative), finding.relative),
            Cell::Text(words::relative_interval(finding.relative_interval)),
            Cell::Text(words::relative_interval(finding.relative_simultaneous)),
            Cell::Text(words::verdict(finding.verdict).to_owned()),
        ]
        .into()
    };
    Table {
        caption: "Relative differences between arms".to_owned(),
        file: "effects".into(),
        columns: vec![
            Column::text("Metric and arm"),
            Column::number("Relative", "The difference as a part of the control's value"),
            Column::text(format!("{} interval", words::confidence(report))),
            Column::text("For all comparisons"),
            Column::text("Verdict"),
        ],
        rows: effects.iter().map(row).collect(),
        sortable: false,
    }
}
