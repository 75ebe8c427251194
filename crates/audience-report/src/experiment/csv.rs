//! A report on an experiment as comma-separated values.

use audience_abtest::{ArmValue, Finding, RelativeInterval};
use audience_stats::Interval;
use serde::Serialize;

use super::report::ExperimentReport;
use crate::csv::{Cell, Sheet};

const COLUMNS: [&str; 29] = [
    "metric",
    "kind",
    "primary",
    "margin",
    "cap",
    "arm",
    "control",
    "units",
    "planned_share",
    "value",
    "low",
    "high",
    "method",
    "difference",
    "difference_low",
    "difference_high",
    "simultaneous_low",
    "simultaneous_high",
    "relative",
    "relative_interval",
    "relative_low",
    "relative_high",
    "p",
    "ln_p",
    "adjusted_p",
    "ln_adjusted_p",
    "variance_reduction",
    "verdict",
    "refused",
];

impl ExperimentReport {
    /// A row for each metric and arm, with numbers as they are: times in milliseconds, shares from 0 to 1. Cells of what there is not
    /// are empty, as is an end that an interval does not have. Documented in `docs/experiments.md` in the repository.
    pub fn to_csv(&self) -> String {
        to_csv(Some(self))
    }

    fn write_rows(&self, sheet: &mut Sheet) {
        for metric in &self.analysis.metrics {
            for (at, value) in metric.arms.iter().enumerate() {
                let comparison = metric.comparisons.iter().find(|comparison| comparison.arm == at);
                let finding = comparison.and_then(|comparison| comparison.finding.as_ref().ok());
                let refused = comparison.and_then(|comparison| comparison.finding.as_ref().err());
                let name = metric.metric.to_string();
                let planned = self.analysis.arms.get(at).map(|arm| arm.planned_share);
                let cells = [
                    Cell::Text(&name),
                    named(&metric.kind),
                    Cell::of(metric.primary),
                    Cell::some(metric.margin),
                    Cell::some(metric.cap),
                    Cell::Text(self.arm(at)),
                    Cell::of(at == 0),
                    Cell::of(value.units),
                    Cell::some(planned),
                ];
                sheet.row(cells.into_iter().chain(own(value)).chain(found(finding)).chain([Cell::some(refused)]));
            }
        }
    }
}

/// The same of a report that need not have an experiment: without one there are no rows.
pub(crate) fn to_csv(report: Option<&ExperimentReport>) -> String {
    let mut sheet = Sheet::new(COLUMNS);
    if let Some(report) = report {
        report.write_rows(&mut sheet);
    }
    sheet.finish()
}

fn own(value: &ArmValue) -> [Cell<'_>; 3] {
    let [low, high] = ends(value.interval);
    [Cell::some(value.value), low, high]
}

fn found(finding: Option<&Finding>) -> [Cell<'_>; 16] {
    let Some(finding) = finding else { return [const { Cell::Empty }; 16] };
    let (what, relative) = match finding.relative_interval {
        None => (Cell::Empty, None),
        Some(RelativeInterval::Within(ends)) => (Cell::name("within"), Some(ends)),
        Some(RelativeInterval::Outside(ends)) => (Cell::name("outside"), Some(ends)),
        Some(RelativeInterval::Anything) => (Cell::name("anything"), None),
    };
    let [low, high] = ends(Some(finding.interval));
    let [simultaneous_low, simultaneous_high] = ends(Some(finding.simultaneous));
    let [relative_low, relative_high] = ends(relative);
    [
        named(&finding.method),
        Cell::of(finding.difference),
        low,
        high,
        simultaneous_low,
        simultaneous_high,
        Cell::some(finding.relative),
        what,
        relative_low,
        relative_high,
        Cell::of(finding.p.value()),
        finite(finding.p.ln()),
        Cell::of(finding.adjusted.value()),
        finite(finding.adjusted.ln()),
        Cell::some(finding.variance_reduction),
        named(&finding.verdict),
    ]
}

fn ends<'a>(interval: Option<Interval>) -> [Cell<'a>; 2] {
    interval.map_or([Cell::Empty, Cell::Empty], |ends| [finite(ends.low), finite(ends.high)])
}

fn finite<'a>(number: f64) -> Cell<'a> {
    Cell::some(Some(number).filter(|number| number.is_finite()))
}

/// The name that a choice has in the JSON.
fn named<'a>(choice: &impl Serialize) -> Cell<'a> {
    match serde_json::to_value(choice) {
        Ok(serde_json::Value::String(name)) => Cell::of(name),
        _ => Cell::Empty,
    }
}
