//! `audience experiment plan`

mod text;

use std::process::ExitCode;

use audience_abtest::planning::{Arrivals, DaysToCome, PlannedMetric, PlannedUnits};
use audience_abtest::{Metric, MetricKind, Refusal};
use audience_core::Rules;
use audience_ingest::Catalog;
use audience_report::experiment::{Baseline, ExperimentState};
use audience_stats::Accumulator;
use serde::Serialize;

use crate::args::{InputArgs, PlanArgs};
use crate::command::report;
use crate::error::Error;
use crate::output;

/// What an effect takes.
#[derive(Debug, Serialize)]
struct Row {
    /// As a part of the control, and in its unit.
    effect: f64,
    difference: f64,
    /// `None` of an effect that cannot be planned for.
    units_per_arm: Option<f64>,
    units: Option<f64>,
    days: Option<f64>,
    /// Whether that is longer than there are data.
    #[serde(skip_serializing_if = "Option::is_none")]
    extrapolated: Option<bool>,
    /// Why there is no plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    refused: Option<String>,
}

/// What a metric takes.
#[derive(Debug, Serialize)]
struct Table {
    control: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    baseline: Option<Seen>,
    effects: Vec<Row>,
}

/// What the data say of a metric.
#[derive(Debug, Serialize)]
struct Seen {
    #[serde(flatten)]
    of: audience_abtest::planning::Baseline,
    days_of_data: f64,
    new_units_per_day: Option<f64>,
}

/// A metric of several.
#[derive(Debug, Serialize)]
struct Of {
    metric: Metric,
    #[serde(flatten)]
    table: Option<Table>,
    refused: Option<String>,
}

/// A plan as JSON: of one metric, or of several.
#[derive(Debug, Serialize)]
struct Plan<T> {
    schema: &'static str,
    arms: u32,
    power: f64,
    sequential: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    share: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<Baseline>,
    #[serde(flatten)]
    what: T,
}

/// The form of several metrics.
#[derive(Debug, Serialize)]
struct Several {
    metrics: Vec<Of>,
}

impl<T> Plan<T> {
    fn new(args: &PlanArgs, data: Option<Baseline>, what: T) -> Self {
        let share = data.as_ref().map(|_| args.telemetry.share());
        let (arms, power, sequential) = (args.arms, args.power, args.sequential);
        Self { schema: "audience.plan/1", arms, power, sequential, share, data, what }
    }
}

pub(super) fn run(args: &PlanArgs) -> Result<ExitCode, Error> {
    let text = match args.telemetry.input() {
        Some(input) => by_telemetry(args, input)?,
        None => by_numbers(args)?,
    };
    output::write(&text, None)?;
    Ok(ExitCode::SUCCESS)
}

fn by_numbers(args: &PlanArgs) -> Result<String, Error> {
    let (control, metric) = args.metric()?;
    let row = |effect: &f64| {
        let (per_arm, units) = units(args, *effect * control, &metric)?;
        let days = args.per_day.map(|per_day| all(per_arm, units).days(per_day)).transpose()?;
        let difference = effect * control;
        let (units_per_arm, units) = (Some(per_arm), Some(units));
        Ok(Row { effect: *effect, difference, units_per_arm, units, days, extrapolated: None, refused: None })
    };
    let effects = args.effects.iter().map(row).collect::<Result<_, Error>>()?;
    let table = Table { control, baseline: None, effects };
    if args.json { output::json(&Plan::new(args, None, table)) } else { Ok(text::by_numbers(args, &table)) }
}

fn by_telemetry(args: &PlanArgs, input: &InputArgs) -> Result<String, Error> {
    let spec = args.telemetry.spec()?;
    // Before anything is read that may take long.
    args.design(None)?;
    if let Some(per_day) = args.per_day {
        PlannedUnits { control: 1.0, treatment: 1.0 }.days(per_day)?;
    }
    let catalog = args.telemetry.catalog().map_or(Ok(Catalog::new()), |path| Catalog::read(path))?;
    let sessions = report::read(input)?;
    let empty = ExperimentState::new(&spec);
    let state = sessions.fold_facts(&Rules::default(), &catalog, &empty, |state, facts| state.observe(&facts))?;
    if state.sessions() == 0 {
        return Err(Error::no_sessions(state.sessions_read(), sessions.quality()));
    }
    let data = Baseline::new(&state, &spec)?;
    let metrics: Vec<Of> = spec.analysis.metrics.iter().zip(&data.metrics).map(|of| planned(args, &data, of)).collect();
    if let Some((metric, reason)) = nothing(&metrics) {
        return Err(Error::NoPlan { metric, reason });
    }
    if !args.json {
        return Ok(text::by_telemetry(args, &data, &metrics));
    }
    match <[Of; 1]>::try_from(metrics) {
        Ok([Of { table, .. }]) => output::json(&Plan::new(args, Some(data), table)),
        Err(metrics) => output::json(&Plan::new(args, Some(data), Several { metrics })),
    }
}

/// The first metric and why it has no plan, if none has.
fn nothing(metrics: &[Of]) -> Option<(Metric, String)> {
    let rows =
        |of: &Of| of.table.as_ref().map_or(0, |table| table.effects.iter().filter(|row| row.units.is_some()).count());
    if metrics.iter().any(|of| rows(of) > 0) {
        return None;
    }
    let of = metrics.first()?;
    let of_row = || {
        let row = of.table.as_ref()?.effects.first()?;
        Some(format!("with an effect of {} %, {}", tidy(100.0 * row.effect), row.refused.as_ref()?))
    };
    Some((of.metric.clone(), of.refused.clone().or_else(of_row).unwrap_or_default()))
}

/// Percent without what rounding left.
fn tidy(percent: f64) -> f64 {
    (percent * 1e6).round() / 1e6
}

/// What a metric takes that the data have.
fn planned(
    args: &PlanArgs,
    data: &Baseline,
    (metric, found): (&Metric, &Result<audience_abtest::planning::Baseline, Refusal>),
) -> Of {
    let of = match found {
        Ok(of) => of,
        Err(refusal) => return Of { metric: metric.clone(), table: None, refused: Some(refusal.to_string()) },
    };
    let planned = of.planned();
    let row = |effect: &f64| {
        let difference = effect * of.value;
        let none = Row {
            effect: *effect,
            difference,
            units_per_arm: None,
            units: None,
            days: None,
            extrapolated: None,
            refused: None,
        };
        if let Some(reason) = beyond(metric, of.value + difference) {
            return Row { refused: Some(reason.to_owned()), ..none };
        }
        match units(args, difference, &planned) {
            Err(error) => Row { refused: Some(error.to_string()), ..none },
            Ok((per_arm, units)) => {
                let (days, extrapolated) = days(args, data, per_arm, units);
                Row { units_per_arm: Some(per_arm), units: Some(units), days, extrapolated, ..none }
            }
        }
    };
    let seen = Seen {
        of: of.clone(),
        days_of_data: data.days_of_data,
        new_units_per_day: data.arrivals.as_ref().ok().map(Arrivals::per_day),
    };
    let table = Table { control: of.value, effects: args.effects.iter().map(row).collect(), baseline: Some(seen) };
    Of { metric: metric.clone(), table: Some(table), refused: None }
}

/// Why a metric cannot become this.
fn beyond(metric: &Metric, value: f64) -> Option<&'static str> {
    let is_a_part =
        metric.kind() == MetricKind::Proportion || matches!(metric, Metric::CompletionRate | Metric::RebufferRatio);
    match value {
        value if value <= 0.0 => Some("nothing would be left of it"),
        value if is_a_part && value >= 1.0 => Some("it would be 100 % or more"),
        _ => None,
    }
}

/// How many days it takes, and whether that is beyond the data: as units come in there, or as the command line says.
fn days(args: &PlanArgs, data: &Baseline, per_arm: f64, units: f64) -> (Option<f64>, Option<bool>) {
    if let Some(per_day) = args.per_day {
        return (all(per_arm, units).days(per_day).ok(), None);
    }
    let come = data.arrivals.as_ref().map(|arrivals| arrivals.days(units / args.telemetry.share()));
    let Ok(Ok(DaysToCome { days, extrapolated })) = come else { return (None, None) };
    (Some(days), Some(extrapolated))
}

/// How many units a difference takes: in each arm, and in all.
fn units(args: &PlanArgs, difference: f64, metric: &PlannedMetric) -> Result<(f64, f64), Error> {
    let units = |tuned_for: Option<f64>| -> Result<PlannedUnits, Error> {
        Ok(args.design(tuned_for)?.units(metric, difference, args.power)?)
    };
    let mut found = units(None)?;
    if args.sequential {
        // Narrowest where it ends, which it takes to know first.
        for _ in 0..8 {
            found = units(Some(found.total()))?;
        }
    }
    let per_arm = found.control.ceil().max(found.treatment.ceil());
    Ok((per_arm, per_arm * f64::from(args.arms)))
}

/// The units of all arms, as it is asked how long they take to come.
fn all(per_arm: f64, units: f64) -> PlannedUnits {
    PlannedUnits { control: per_arm, treatment: units - per_arm }
}
