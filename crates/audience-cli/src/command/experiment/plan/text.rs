//! A plan for a terminal.

use std::fmt::{self, Write};

use audience_abtest::{Metric, MetricKind};
use audience_report::experiment::Baseline;
use audience_report::printable;

use super::{Of, Row, Table, tidy};
use crate::args::PlanArgs;

/// A plan by what the command line says.
pub(super) fn by_numbers(args: &PlanArgs, table: &Table) -> String {
    let mut out = format!("{}\n\n", title(args));
    let difference = |row: &Row| {
        let difference = format!("{:+.6}", row.difference);
        difference.trim_end_matches('0').trim_end_matches('.').to_owned()
    };
    rows(&mut out, &table.effects, difference);
    out
}

/// A plan by what telemetry says.
pub(super) fn by_telemetry(args: &PlanArgs, data: &Baseline, metrics: &[Of]) -> String {
    let mut out = format!("{}\nPlanned by {}\n", title(args), data.in_words());
    for (of, found) in metrics.iter().zip(&data.metrics) {
        line(&mut out, format_args!("\n{} ({})", printable(&of.metric.label()), printable(&of.metric.to_string())));
        match (&of.table, found) {
            (Some(table), Ok(found)) => {
                for text in [Some(data.figure(found)), data.adjustment(found)].into_iter().flatten() {
                    line(&mut out, format_args!("  {text}"));
                }
                rows(&mut out, &table.effects, |row| difference(&of.metric, row));
                refused(&mut out, &table.effects);
            }
            _ => line(&mut out, format_args!("  No plan: {}", of.refused.as_deref().unwrap_or_default())),
        }
    }
    out.push('\n');
    for note in notes(args, data, metrics) {
        line(&mut out, format_args!("{note}"));
    }
    out
}

/// Why there are effects without a plan, each reason once.
fn refused(out: &mut String, rows: &[Row]) {
    let mut reasons: Vec<(&str, Vec<String>)> = Vec::new();
    for row in rows {
        let Some(reason) = row.refused.as_deref() else { continue };
        let effect = format!("{:+} %", tidy(100.0 * row.effect));
        match reasons.iter_mut().find(|(known, _)| *known == reason) {
            Some((_, effects)) => effects.push(effect),
            None => reasons.push((reason, vec![effect])),
        }
    }
    for (reason, effects) in reasons {
        line(out, format_args!("  No plan for {}: {reason}", effects.join(", ")));
    }
}

fn line(out: &mut String, text: fmt::Arguments<'_>) {
    // A `String` takes all.
    let _ = writeln!(out, "{text}");
}

fn difference(metric: &Metric, row: &Row) -> String {
    Baseline::difference(metric, row.difference)
}

/// What a reader should know of it.
fn notes(args: &PlanArgs, data: &Baseline, metrics: &[Of]) -> Vec<String> {
    let rows = || metrics.iter().filter_map(|of| of.table.as_ref()).flat_map(|table| &table.effects);
    let mut notes = Vec::new();
    if data.without_unit > 0 {
        let unit = printable(&data.unit);
        notes.push(match data.without_unit {
            1 => format!("1 session has no {unit}; it is taken for a unit."),
            sessions => format!("{sessions} sessions have no {unit}; each of them is taken for a unit."),
        });
    }
    match &data.arrivals {
        _ if args.per_day.is_some() => {}
        Err(refusal) => notes.push(format!("Days are unknown: {refusal}.")),
        Ok(arrivals) => {
            let share = match args.telemetry.share() {
                share if share < 1.0 => format!(", {} % of whom are in the experiment", tidy(100.0 * share)),
                _ => String::new(),
            };
            notes.push(format!("Days are until so many units have come, as they come in the data{share}."));
            let days = arrivals.new_units().len();
            if rows().any(|row| row.extrapolated == Some(true)) {
                let per_day = (10.0 * arrivals.per_day()).round() / 10.0;
                notes.push(format!("~ is beyond the {days} whole days of data, with {per_day} new units a day."));
            }
            if rows().any(|row| row.units.is_some() && row.days.is_none()) {
                notes.push(
                    "Days are unknown where more units are needed than come: no new units come in at the end."
                        .to_owned(),
                );
            }
        }
    }
    let grows = |of: &Of| matches!(of.metric.kind(), MetricKind::Mean | MetricKind::Proportion) && of.table.is_some();
    if metrics.iter().any(grows) {
        let grow =
            "Totals of a unit grow with time, as does the share of units that did something once: plan by data that";
        notes.extend([grow, "are about as long as the experiment will be."].map(str::to_owned));
    }
    notes
}

/// Days of ten years: how many more says nothing.
const TOO_LONG: f64 = 3652.5;

fn title(args: &PlanArgs) -> String {
    let looks = if args.sequential { "looking as often as one likes" } else { "looking once, when they are reached" };
    format!("Units to find an effect in {} % of experiments, {looks}", tidy(100.0 * args.power))
}

/// A line for each effect.
fn rows(out: &mut String, rows: &[Row], difference: impl Fn(&Row) -> String) {
    let days = rows.iter().any(|row| row.days.is_some());
    let mut line = |cells: [String; 5]| {
        let [effect, difference, per_arm, units, time] = cells;
        let line = format!("{effect:>10}{difference:>16}{per_arm:>16}{units:>16}{time:>10}");
        out.push_str(if days { &line } else { line.trim_end() });
        out.push('\n');
    };
    let last = if days { "Days" } else { "" };
    line(["Effect", "Difference", "Units per arm", "Units", last].map(str::to_owned));
    for row in rows {
        let number = |units: Option<f64>| units.map_or("–".to_owned(), |units| units.to_string());
        let beyond = if row.extrapolated == Some(true) { "~" } else { "" };
        line([
            format!("{:+} %", tidy(100.0 * row.effect)),
            difference(row),
            number(row.units_per_arm),
            number(row.units),
            match row.days {
                Some(time) if time > TOO_LONG => ">10 years".to_owned(),
                Some(time) => format!("{beyond}{}", time.ceil()),
                None => if days { "–" } else { "" }.to_owned(),
            },
        ]);
    }
}
