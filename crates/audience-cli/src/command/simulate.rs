//! `audience simulate`

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::ExitCode;

use audience_report::{parse_time, parse_zone};
use audience_simulate::{Scenario, Simulation};

use crate::args::SimulateArgs;
use crate::error::Error;
use crate::events::Writer;
use crate::output;
use crate::progress::Steps;

pub(crate) fn run(args: &SimulateArgs) -> Result<ExitCode, Error> {
    let scenario = scenario(args)?;
    let output = args.output.as_deref().filter(|path| *path != Path::new("-"));
    if args.print_scenario {
        scenario.check()?;
        output::write(&output::json(&scenario)?, output)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut writer = Writer::create(output)?;
    let simulation = Simulation::new(scenario, args.seed)?;
    if let Some(path) = &args.catalog_out {
        output::write(&output::json(&simulation.catalog())?, Some(path))?;
    }
    if let Some(path) = &args.truth {
        write_truth(&simulation, path).map_err(|source| Error::Write { path: path.clone(), source })?;
    }
    let steps = Steps::new("sessions", simulation.sessions(), output);
    let mut arrivals = simulation.arrivals();
    let mut count = 0_u32;
    while let Some(event) = arrivals.next() {
        writer.write(&event)?;
        count = count.wrapping_add(1);
        if count.is_multiple_of(4096) {
            steps.done(arrivals.begun());
        }
    }
    writer.finish()?;
    Ok(ExitCode::SUCCESS)
}

/// The scenario of the file, with what the options say instead.
fn scenario(args: &SimulateArgs) -> Result<Scenario, Error> {
    let mut scenario = args.scenario.as_deref().map_or_else(|| Ok(Scenario::default()), read)?;
    scenario.sessions = args.sessions.unwrap_or(scenario.sessions);
    scenario.titles.count = args.titles.unwrap_or(scenario.titles.count);
    scenario.viewers.count = args.viewers.or(scenario.viewers.count);
    scenario.days = args.days.unwrap_or(scenario.days);
    if let Some(start) = &args.start {
        scenario.start = parse_time(start, &parse_zone("UTC")?)?;
    }
    if let Some(effect) = args.effect {
        match scenario.experiment.arms.as_mut_slice() {
            [_, second] => second.effect = effect,
            arms => return Err(Error::NotTwoArms { arms: arms.len() }),
        }
    }
    scenario.faults = scenario.faults.times(args.faults);
    Ok(scenario)
}

fn read(path: &Path) -> Result<Scenario, Error> {
    let text = std::fs::read_to_string(path).map_err(|source| Error::Read { path: path.to_owned(), source })?;
    serde_json::from_str(&text).map_err(|source| Error::Scenario { path: path.to_owned(), source })
}

fn write_truth(simulation: &Simulation, path: &Path) -> std::io::Result<()> {
    let mut out = BufWriter::new(File::create(path)?);
    for number in 0..simulation.sessions() {
        serde_json::to_writer(&mut out, &simulation.session(number).truth)?;
        out.write_all(b"\n")?;
    }
    out.flush()
}
