//! `audience experiment plan`

use std::process::ExitCode;

use audience_abtest::planning::{PlannedMetric, PlannedUnits};
use serde::Serialize;

use crate::args::PlanArgs;
use crate::error::Error;
use crate::output;

/// What an effect takes.
#[derive(Debug, Serialize)]
struct Row {
    /// As a part of the control, and in its unit.
    effect: f64,
    difference: f64,
    units_per_arm: f64,
    units: f64,
    days: Option<f64>,
}

/// A plan as JSON.
#[derive(Debug, Serialize)]
struct Plan {
    schema: &'static str,
    control: f64,
    arms: u32,
    power: f64,
    sequential: bool,
    effects: Vec<Row>,
}

pub(super) fn run(args: &PlanArgs) -> Result<ExitCode, Error> {
    let (control, metric) = args.metric()?;
    let effects =
        args.effects.iter().map(|effect| row(args, *effect, control, &metric)).collect::<Result<_, Error>>()?;
    let (arms, power, sequential) = (args.arms, args.power, args.sequential);
    let plan = Plan { schema: "audience.plan/1", control, arms, power, sequential, effects };
    let text = if args.json { output::json(&plan)? } else { text(&plan) };
    output::write(&text, None)?;
    Ok(ExitCode::SUCCESS)
}

fn row(args: &PlanArgs, effect: f64, control: f64, metric: &PlannedMetric) -> Result<Row, Error> {
    let difference = effect * control;
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
    let units = per_arm * f64::from(args.arms);
    let of_all = PlannedUnits { control: per_arm, treatment: units - per_arm };
    let days = args.per_day.map(|per_day| of_all.days(per_day)).transpose()?;
    Ok(Row { effect, difference, units_per_arm: per_arm, units, days })
}

fn text(plan: &Plan) -> String {
    let looks = if plan.sequential { "looking as often as one likes" } else { "looking once, when they are reached" };
    let power = tidy(100.0 * plan.power);
    let mut out = format!("Units to find an effect in {power} % of experiments, {looks}\n\n");
    let days = plan.effects.iter().any(|row| row.days.is_some());
    let mut line = |cells: [String; 5]| {
        let [effect, difference, per_arm, units, time] = cells;
        let line = format!("{effect:>10}{difference:>16}{per_arm:>16}{units:>16}{time:>10}");
        out.push_str(if days { &line } else { line.trim_end() });
        out.push('\n');
    };
    let last = if days { "Days" } else { "" };
    line(["Effect", "Difference", "Units per arm", "Units", last].map(str::to_owned));
    for row in &plan.effects {
        let difference = format!("{:+.6}", row.difference);
        line([
            format!("{:+} %", tidy(100.0 * row.effect)),
            difference.trim_end_matches('0').trim_end_matches('.').to_owned(),
            row.units_per_arm.to_string(),
            row.units.to_string(),
            row.days.map_or(String::new(), |days| days.ceil().to_string()),
        ]);
    }
    out
}

/// Without what rounding left.
fn tidy(percent: f64) -> f64 {
    (percent * 1e6).round() / 1e6
}
