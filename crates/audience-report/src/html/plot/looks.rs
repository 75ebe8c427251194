//! The primary metric of an experiment, look by look.

use audience_abtest::{Finding, Look};
use jiff::tz::TimeZone;

use super::curve::{between, points};
use super::{Figure, below, chart, levels, line_through, scale, shapes};
use crate::experiment::{ExperimentReport, words};
use crate::format::{self, NONE};
use crate::html::markup::Markup;
use crate::html::table::{Cell, Column, Table};

/// Colours and dashes: the most arms that can be told apart.
const DRAWN: [&str; 4] = ["g1", "g2", "g3", "g4"];

/// Differences look by look, with what holds however often one looks; nothing of less than three looks.
pub(in crate::html) fn write(out: &mut Markup, report: &ExperimentReport) {
    let (looks, Some(metric)) = (&report.over_time, report.analysis.metrics.first()) else { return };
    let first = looks.iter().position(|look| look.arms.iter().any(|arm| sequence(arm.finding.as_ref()).is_some()));
    let Some(looks) = first.and_then(|first| looks.get(first..)).filter(|looks| looks.len() > 2) else { return };
    let arms = looks[0].arms.len().min(DRAWN.len());
    let reach = reach(looks, arms);
    if reach <= 0.0 {
        return;
    }
    let label = metric.metric.label();
    let figure = Figure {
        name: "Over time",
        note: &format!(
            "{label}: difference from the control, and the {} interval that holds however often one looks",
            words::confidence(report)
        ),
        kind: "point",
        table: table(report, looks, arms),
    };
    figure.write(out, |out| {
        out.element("p", &[("class", &"key")], |out| {
            for (arm, class) in (0..arms).zip(DRAWN) {
                out.element("span", &[("class", &"entry")], |out| {
                    out.leaf("span", &[("class", &format_args!("swatch {class}"))], "");
                    out.name(report.arm(arm + 1));
                });
            }
        });
        chart(out, "chart", &format!("{label} over time"), &in_words(report, looks, arms), |out| {
            let label = |by: f64| words::difference(&metric.metric, by);
            levels(out, &[(0.0, label(-reach)), (0.5, "0".to_owned()), (1.0, label(reach))]);
            shapes(out, |out| {
                for (arm, class) in (0..arms).zip(DRAWN) {
                    let ends = |end: fn(&Finding) -> Option<(f64, f64)>, high: bool| -> Vec<f64> {
                        let of = |look: &Look| {
                            let ends = look.arms[arm].finding.as_ref().and_then(end);
                            // Before there is an interval, anything is possible.
                            let (low, top) = ends.unwrap_or((f64::NEG_INFINITY, f64::INFINITY));
                            place(if high { top } else { low }, reach)
                        };
                        looks.iter().map(of).collect()
                    };
                    let area = between(&ends(interval, false), &ends(interval, true));
                    out.empty("path", &[("class", &format_args!("band {class}")), ("d", &area)]);
                }
                for (arm, class) in (0..arms).zip(DRAWN) {
                    let by = |look: &Look| {
                        let finding = look.arms[arm].finding.as_ref();
                        place(finding.map_or(0.0, |finding| finding.difference), reach)
                    };
                    let line = line_through(points(&looks.iter().map(by).collect::<Vec<_>>()));
                    out.empty("path", &[("class", &format_args!("curve {class}")), ("d", &line)]);
                }
            });
            let times: Vec<_> = looks.iter().map(|look| look.until).collect();
            below(out, &scale::of_times(&times, &TimeZone::UTC));
        });
    });
    out.leaf("p", &[("class", &"muted")], in_words(report, looks, arms));
}

fn sequence(finding: Option<&Finding>) -> Option<audience_abtest::Sequence> {
    finding.and_then(|finding| finding.sequence)
}

fn interval(finding: &Finding) -> Option<(f64, f64)> {
    finding.sequence.map(|sequence| (sequence.interval.low, sequence.interval.high))
}

/// A difference as a share of the height, which is from −`reach` to `reach`.
fn place(by: f64, reach: f64) -> f64 {
    (by / reach).midpoint(1.0).clamp(0.0, 1.0)
}

/// What the last half of the looks takes, with some room.
fn reach(looks: &[Look], arms: usize) -> f64 {
    let late = &looks[looks.len() / 2..];
    let ends = late.iter().flat_map(|look| look.arms.iter().take(arms)).filter_map(|arm| arm.finding.as_ref());
    let ends = ends.flat_map(|finding| {
        let (low, high) = interval(finding).unwrap_or((0.0, 0.0));
        [low.abs(), high.abs(), finding.difference.abs()]
    });
    1.1 * ends.filter(|end| end.is_finite()).fold(0.0, f64::max)
}

/// Whether and when it might have been stopped.
fn in_words(report: &ExperimentReport, looks: &[Look], arms: usize) -> String {
    let texts = (0..arms).map(|arm| {
        let name = format::printable(report.arm(arm + 1)).into_owned();
        match looks.iter().find(|look| look.arms[arm].decided) {
            Some(look) => {
                let at = format::local(look.until, &TimeZone::UTC);
                format!("{name} differed from the control at {at}, and the experiment might have been stopped by that.")
            }
            None => format!("At no look did {name} differ from the control."),
        }
    });
    texts.collect::<Vec<_>>().join(" ")
}

fn table(report: &ExperimentReport, looks: &[Look], arms: usize) -> Table {
    let metric = &report.analysis.metrics[0].metric;
    let mut columns = vec![Column::text("Until").raw("until"), Column::number("Units", "Of all arms").raw("units")];
    for arm in 0..arms {
        columns.push(Column::number(report.arm(arm + 1).to_owned(), "The arm minus the control"));
        columns.push(Column::text("However often one looks"));
        columns.push(Column::number("p", "The least so far, right at any number of looks"));
    }
    let row = |look: &Look| {
        let units: u64 = look.units.iter().sum();
        let mut cells = vec![
            Cell::Text(format::local(look.until, &TimeZone::UTC)),
            Cell::Number(format::count(units), Some(units as f64)),
        ];
        for arm in look.arms.iter().take(arms) {
            let by = arm.finding.as_ref().map(|finding| finding.difference);
            cells.push(Cell::Number(by.map_or(NONE.to_owned(), |by| words::difference(metric, by)), by));
            let ends =
                arm.finding.as_ref().and_then(interval).filter(|(low, high)| low.is_finite() && high.is_finite());
            let ends = ends.map(|(low, high)| {
                format!("{} to {}", words::difference(metric, low), words::difference(metric, high))
            });
            cells.push(Cell::Text(ends.unwrap_or_else(|| NONE.to_owned())));
            cells.push(Cell::Number(
                arm.least_p.map_or(NONE.to_owned(), words::probability),
                arm.least_p.map(audience_stats::PValue::value),
            ));
        }
        cells.into()
    };
    Table {
        caption: "The primary metric over time".to_owned(),
        file: "experiment-over-time".into(),
        columns,
        rows: looks.iter().map(row).collect(),
        sortable: false,
    }
}
