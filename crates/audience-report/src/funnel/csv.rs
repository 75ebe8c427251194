//! Findings as tables of comma-separated values.

use super::findings::{EventFindings, FunnelFindings, FunnelGroup};
use super::places::{MilestoneAt, PositionGroup};
use super::report::FunnelReport;
use super::words;
use crate::cohorts::Rate;
use crate::csv::{Cell, CsvTable, Sheet};

type WriteTable = fn(&FunnelFindings) -> String;

const TABLES: [(&str, WriteTable); 4] = [
    ("funnel.csv", steps),
    ("funnel-comparison.csv", comparison),
    ("funnel-times.csv", times),
    ("funnel-positions.csv", positions),
];

impl FunnelReport {
    /// Its tables, always the same files; those that were not asked for have no rows. Documented in `docs/funnel.md` in the repository.
    pub fn to_csv(&self) -> Vec<CsvTable> {
        TABLES.map(|(file_name, write)| CsvTable { file_name, text: write(&self.findings) }).to_vec()
    }
}

fn rate(rate: Option<Rate>) -> [Cell<'static>; 3] {
    let of = |part: fn(Rate) -> Option<f64>| Cell::some(rate.and_then(part));
    [of(|rate| rate.rate), of(|rate| rate.low), of(|rate| rate.high)]
}

/// All, then groups, each with the attribute that made it one.
fn groups(findings: &EventFindings) -> impl Iterator<Item = (Option<&str>, &FunnelGroup)> {
    let by = findings.by.iter().flat_map(|by| by.groups.iter().map(|group| (Some(by.attribute.as_str()), group)));
    std::iter::once((None, &findings.all)).chain(by)
}

fn steps(findings: &FunnelFindings) -> String {
    let mut sheet = Sheet::new([
        "attribute",
        "value",
        "units",
        "step",
        "name",
        "limit_ms",
        "reached",
        "lost",
        "from_start",
        "from_start_low",
        "from_start_high",
        "from_previous",
        "from_previous_low",
        "from_previous_high",
    ]);
    if let Some(events) = &findings.events {
        for (attribute, group) in groups(events) {
            for (row, asked) in group.steps.iter().zip(&events.asked_steps) {
                let named = [Cell::text(attribute), Cell::text(group.value.as_deref()), Cell::of(group.units)];
                let step = [Cell::of(row.step), Cell::Text(&asked.name), Cell::some(asked.limit_ms)];
                let counts = [Cell::of(row.reached), Cell::of(row.lost)];
                let cells = named.into_iter().chain(step).chain(counts).chain(rate(row.from_start));
                sheet.row(cells.chain(rate(row.from_previous)));
            }
        }
    }
    sheet.finish()
}

fn comparison(findings: &FunnelFindings) -> String {
    let mut sheet = Sheet::new([
        "attribute",
        "value",
        "baseline",
        "figure",
        "step",
        "name",
        "rate",
        "baseline_rate",
        "difference",
        "low",
        "high",
        "p",
        "adjusted_p",
    ]);
    if let Some(events) = &findings.events {
        for (by, group) in events.by.iter().flat_map(|by| by.comparisons.iter().map(move |group| (by, group))) {
            let named = || {
                let values = [&group.value, &by.baseline].map(|value| Cell::text(value.as_deref()));
                std::iter::once(Cell::Text(&by.attribute)).chain(values)
            };
            for step in &group.steps {
                let what = [Cell::name("conversion"), Cell::of(step.step), Cell::Text(words::step(events, step.step))];
                let numbers = [step.rate, step.baseline_rate, step.difference, step.low, step.high];
                let p_values = [step.p, step.adjusted_p].map(|p| Cell::of(p.value()));
                sheet.row(named().chain(what).chain(numbers.map(Cell::of)).chain(p_values));
            }
            if let Some(times) = &group.times {
                let what =
                    [Cell::name("longer"), Cell::Empty, Cell::Empty, Cell::of(times.longer), Cell::Empty, Cell::Empty];
                let ends = [Cell::some(times.low), Cell::some(times.high), Cell::of(times.p.value()), Cell::Empty];
                sheet.row(named().chain(what).chain(ends));
            }
        }
    }
    sheet.finish()
}

fn times(findings: &FunnelFindings) -> String {
    let mut sheet = Sheet::new(["attribute", "value", "units", "quantile", "time_ms"]);
    for (attribute, group) in findings.events.iter().flat_map(groups) {
        let Some(time) = &group.time else { continue };
        for point in &time.quantiles {
            let named = [Cell::text(attribute), Cell::text(group.value.as_deref()), Cell::of(time.units)];
            sheet.row(named.into_iter().chain([Cell::of(point.quantile), Cell::of(point.time_ms)]));
        }
    }
    sheet.finish()
}

fn positions(findings: &FunnelFindings) -> String {
    let mut sheet = Sheet::new([
        "attribute",
        "value",
        "units",
        "order_unknown",
        "milestone",
        "share",
        "position_ms",
        "furthest",
        "each",
        "unordered",
        "ordered",
        "reading",
        "from_start",
        "from_start_low",
        "from_start_high",
        "from_previous",
        "from_previous_low",
        "from_previous_high",
    ]);
    if let Some(positions) = &findings.positions {
        let mut write = |attribute: Option<&str>, group: &PositionGroup| {
            for (row, at) in group.milestones.iter().zip(&positions.milestones) {
                let (share, position) = match at {
                    MilestoneAt::Share(share) => (Cell::of(share), Cell::Empty),
                    MilestoneAt::PositionMs(millis) => (Cell::Empty, Cell::of(millis)),
                };
                let named = [Cell::text(attribute), Cell::text(group.value.as_deref())];
                let counts =
                    [Cell::of(group.units), Cell::of(group.order_unknown), Cell::of(row.milestone), share, position];
                let readings = [row.furthest, row.each, row.unordered, row.ordered].map(Cell::of);
                let reading = Cell::name(positions.reading.name());
                let cells =
                    named.into_iter().chain(counts).chain(readings).chain([reading]).chain(rate(row.from_start));
                sheet.row(cells.chain(rate(row.from_previous)));
            }
        };
        write(None, &positions.all);
        if let Some(by) = &positions.by {
            by.groups.iter().for_each(|group| write(Some(&by.attribute), group));
        }
    }
    sheet.finish()
}
