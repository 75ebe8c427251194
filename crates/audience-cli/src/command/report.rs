//! `audience report`

use std::path::Path;
use std::process::ExitCode;

use audience_core::Rules;
use audience_ingest::{Catalog, Input, Options, Sessions, load};
use audience_report::{
    Dimension, Filter, Report, ReportSpec, ReportState, TextOptions, parse_attribute, parse_time, parse_zone,
};
use audience_stats::Accumulator;

use crate::args::{InputArgs, ReportArgs};
use crate::error::Error;
use crate::output;
use crate::progress::Bar;

pub(crate) fn run(args: &ReportArgs) -> Result<ExitCode, Error> {
    let spec = spec(args)?;
    let catalog = args.catalog.as_deref().map_or(Ok(Catalog::new()), Catalog::read)?;
    let sessions = read(&args.input)?;
    let rules = Rules::default();
    let state =
        sessions.fold_facts(&rules, &catalog, &ReportState::new(&spec), |state, facts| state.observe(&facts))?;
    let report = Report::new(&state, &spec, sessions.quality(), &catalog);
    let text = if args.json {
        output::json(&report)?
    } else {
        let mut options = TextOptions::default();
        options.width = if args.output.is_some() { options.width } else { output::width(options.width) };
        options.details = args.details || args.content.is_some();
        report.to_text(options)
    };
    output::write(&text, args.output.as_deref())?;
    if report.totals.sessions == 0 {
        let (read, lines) = (report.quality.sessions.sessions_read, &report.quality.lines);
        return Err(if read > 0 {
            Error::NothingPasses { read }
        } else {
            Error::NoData { lines: lines.lines, rejected: lines.rejected() }
        });
    }
    Ok(ExitCode::SUCCESS)
}

fn spec(args: &ReportArgs) -> Result<ReportSpec, Error> {
    let zone = parse_zone(&args.tz)?;
    let time = |text: &Option<String>| text.as_deref().map(|text| parse_time(text, &zone)).transpose();
    let filter = Filter {
        content: args.content.as_deref().map(Into::into),
        attributes: args.filters.iter().map(|text| parse_attribute(text)).collect::<Result<_, _>>()?,
        from: time(&args.from)?,
        to: time(&args.to)?,
    };
    let by = args.by.as_deref().map_or(Ok(Vec::new()), Dimension::parse_list)?;
    Ok(ReportSpec { filter, by, zone, top: args.top })
}

/// Reads everything the command line names.
pub(crate) fn read(args: &InputArgs) -> Result<Sessions, Error> {
    let (inputs, options) = (inputs(args)?, options(args));
    let _bar = Bar::new(&inputs, &options.progress);
    Ok(load(inputs, &options)?)
}

/// What the command line names.
pub(crate) fn inputs(args: &InputArgs) -> Result<Vec<Input>, Error> {
    let mut inputs = Vec::new();
    for path in &args.files {
        inputs.extend(Input::find(path)?);
    }
    if args.files.iter().filter(|path| path.as_path() == Path::new("-")).count() > 1 {
        return Err(Error::StdinTwice);
    }
    Ok(inputs)
}

/// How the command line says to read.
pub(crate) fn options(args: &InputArgs) -> Options {
    let mut options = Options::default();
    options.format = args.format;
    options.strict = args.strict;
    options.rejects.clone_from(&args.rejects);
    options.threads = args.threads;
    options.memory = args.memory.map(|size| size.as_u64());
    options.temporary_folder.clone_from(&args.temp_dir);
    options
}
