//! The section on an experiment, and a page of it alone.

use audience_abtest::{AnalysedArm, AnalysedMetric, ArmValue, Comparison, Severity};

use super::markup::Markup;
use super::page::document;
use super::plot;
use super::table::{Cell, Column, Table, file_names};
use crate::experiment::{ExperimentReport, words};
use crate::format::{self, NONE};

/// A page of nothing else.
pub(super) fn write_page(report: &ExperimentReport) -> Markup {
    document(&format!("Experiment {}", report.attribute), |out| {
        out.leaf("a", &[("class", &"skip"), ("href", &"#main")], "Skip to the experiment");
        out.element("header", &[], |out| {
            out.element("div", &[("class", &"top")], |out| {
                out.element("h1", &[], |out| {
                    out.text("Experiment ");
                    out.name(&report.attribute);
                });
                out.leaf("p", &[("class", &"period")], format::sessions(report.sessions, report.sessions_read));
                out.literal("<p class=\"theme\"></p>");
            });
        });
        out.line();
        out.element("main", &[("id", &"main")], |out| {
            out.element("section", &[("id", &"experiment")], |out| {
                out.leaf("h2", &[("class", &"hidden")], "What it comes to");
                write_parts(out, report);
            });
        });
        out.line();
        out.leaf("footer", &[], concat!("Made by audience ", env!("CARGO_PKG_VERSION"), ". Times are UTC."));
    })
}

/// The section of a report.
pub(super) fn write(out: &mut Markup, report: &ExperimentReport) {
    out.element("section", &[("id", &"experiment")], |out| {
        out.element("h2", &[], |out| {
            out.text("Experiment ");
            out.name(&report.attribute);
        });
        write_parts(out, report);
    });
    out.line();
}

fn write_parts(out: &mut Markup, report: &ExperimentReport) {
    write_warnings(out, report);
    out.element("p", &[("class", &"conclusion")], |out| {
        // One by one: of a text that is very long a page has the beginning.
        for sentence in report.analysis.conclusion.split_inclusive(". ") {
            out.text(sentence);
        }
    });
    out.line();
    out.leaf("h3", &[], "Arms");
    out.leaf("p", &[("class", &"muted")], format_args!("{}. {}", capitalised(&words::about(report)), divided(report)));
    arms(report).write(out);
    out.leaf("h3", &[], "What differs");
    plot::write_effects(out, report);
    plot::write_looks(out, report);
    let names: Vec<String> = report.analysis.metrics.iter().map(|metric| metric.metric.to_string()).collect();
    let files = file_names("metric", names.iter().map(String::as_str));
    for (metric, file) in report.analysis.metrics.iter().zip(files) {
        out.element("h3", &[], |out| {
            out.name(&metric.metric.label());
            out.text(" ");
            out.leaf("span", &[("class", &"muted")], words::notes(metric));
        });
        values(report, metric, file).write(out);
        out.element("ul", &[("class", &"sentences")], |out| {
            for comparison in &metric.comparisons {
                out.element("li", &[], |out| {
                    out.text(&comparison.sentence);
                    if let Some(text) =
                        comparison.finding.as_ref().ok().and_then(|finding| words::beside(metric, finding))
                    {
                        out.text(" ");
                        out.leaf("span", &[("class", &"muted")], text);
                    }
                });
            }
        });
        out.line();
    }
    out.leaf(
        "p",
        &[("class", &"muted")],
        format_args!(
            "{} Intervals in tables are of {}, each for its comparison alone. A difference that is not shown may still be there.",
            words::multiplicity(report),
            words::confidence(report)
        ),
    );
}

/// What to beware of, the worst first: each says in a word how bad it is.
fn write_warnings(out: &mut Markup, report: &ExperimentReport) {
    if report.analysis.warnings.is_empty() {
        return;
    }
    out.element("ul", &[("class", &"warnings"), ("aria-label", &"How far to trust this experiment")], |out| {
        for warning in &report.analysis.warnings {
            let severity = warning.severity();
            let class = match severity {
                Severity::Stop => "notice bad",
                Severity::Caution => "notice care",
                Severity::Note => "notice plain",
            };
            out.element("li", &[("class", &class)], |out| {
                out.leaf("strong", &[], format_args!("{}.", words::severity(severity)));
                out.text(" ");
                out.text(warning);
            });
            out.line();
        }
    });
    out.line();
}

fn divided(report: &ExperimentReport) -> String {
    let all = format!("{}{}", words::sample_ratio(report), words::mixed(report));
    std::iter::once(all).chain(words::sample_ratios_by(report)).collect::<Vec<_>>().join(" ")
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn arms(report: &ExperimentReport) -> Table {
    let all: u64 = report.analysis.arms.iter().map(|arm| arm.units).sum();
    let row = |(at, arm): (usize, &AnalysedArm)| {
        let share = (all > 0).then(|| arm.units as f64 / all as f64);
        let role = if at == 0 { " (control)" } else { "" };
        vec![
            Cell::Name(format!("{}{role}", arm.name), None),
            Cell::Number(format::count(arm.units), Some(arm.units as f64)),
            Cell::Number(format::share(share), share),
            Cell::Number(format::share(Some(arm.planned_share)), Some(arm.planned_share)),
        ]
        .into()
    };
    Table {
        caption: "Arms of the experiment".to_owned(),
        file: "arms".into(),
        columns: vec![
            Column::text("Arm"),
            Column::number("Units", "Units that are compared"),
            Column::number("Share", "Of all units that are compared"),
            Column::number("Planned", "The share it should have"),
        ],
        rows: report.analysis.arms.iter().enumerate().map(row).collect(),
        sortable: false,
    }
}

fn values(report: &ExperimentReport, metric: &AnalysedMetric, file: String) -> Table {
    let row = |(arm, value): (usize, &ArmValue)| {
        let comparison = metric.comparisons.iter().find(|comparison| comparison.arm == arm);
        let mut cells = vec![
            Cell::Name(report.arm(arm).to_owned(), None),
            Cell::Number(format::count(value.units), Some(value.units as f64)),
            Cell::Number(words::value(&metric.metric, value.value), value.value),
            Cell::Text(words::between(&metric.metric, value.interval)),
        ];
        cells.extend(compared(metric, comparison));
        cells.into()
    };
    let percent = words::confidence(report);
    Table {
        caption: format!("{} by arm", metric.metric.label()),
        file: file.into(),
        columns: vec![
            Column::text("Arm"),
            Column::number("Units", "Units that are compared"),
            Column::number("Value", "As it is, without adjustment"),
            Column::text(format!("Value, {percent}")),
            Column::number("Difference", "The arm minus the control"),
            Column::number("Relative", "The difference as a part of the control's value"),
            Column::text(format!("Relative, {percent}")),
            Column::number("p", "The probability of a difference at least this large, if there were none"),
            Column::number("adjusted p", "The same, for the number of comparisons"),
            Column::text("Verdict"),
        ],
        rows: metric.arms.iter().enumerate().map(row).collect(),
        sortable: false,
    }
}

/// What a row says of a comparison; of the control, nothing.
fn compared(metric: &AnalysedMetric, comparison: Option<&Comparison>) -> [Cell; 6] {
    let text = |text: &str| Cell::Text(text.to_owned());
    let empty = || Cell::Number(String::new(), None);
    let none = || Cell::Number(NONE.to_owned(), None);
    match comparison.map(|comparison| &comparison.finding) {
        None => [empty(), empty(), text(""), empty(), empty(), text("")],
        Some(Err(_)) => [none(), none(), text(NONE), none(), none(), text("no answer")],
        Some(Ok(finding)) => [
            Cell::Number(words::difference(&metric.metric, finding.difference), Some(finding.difference)),
            Cell::Number(finding.relative.map_or(NONE.to_owned(), words::relative), finding.relative),
            Cell::Text(words::relative_interval(finding.relative_interval)),
            Cell::Number(words::probability(finding.p), Some(finding.p.value())),
            if metric.margin.is_some() {
                none()
            } else {
                Cell::Number(words::probability(finding.adjusted), Some(finding.adjusted.value()))
            },
            text(words::verdict(finding.verdict)),
        ],
    }
}
