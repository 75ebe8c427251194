//! `audience report`

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use audience_core::Rules;
use audience_ingest::{Catalog, Input, Options, Quality, Sessions, load};
use audience_report::experiment::{ExperimentReport, ExperimentSpec, ExperimentState};
use audience_report::retention::chapter_index;
use audience_report::{ComparedState, Dimension, Report, ReportSpec, TextOptions, parse_versus};
use audience_stats::Accumulator;

use crate::args::{InputArgs, ReportArgs};
use crate::error::Error;
use crate::output::{self, OutputFormat};
use crate::progress::Bar;

pub(crate) fn run(args: &ReportArgs) -> Result<ExitCode, Error> {
    let output = OutputFormat::of(args.output.as_deref(), args.json);
    let mut spec = spec(args)?;
    let versus = args.vs.as_deref().map(|text| versus(text, &spec)).transpose()?;
    let catalog = args.catalog.as_deref().map_or(Ok(Catalog::new()), Catalog::read)?;
    let sessions = read(&args.input)?;
    if output == OutputFormat::Html && spec.by.is_empty() {
        spec.by = by_device(sessions.quality());
    }
    spec.chapters = chapter_index(&catalog)?;
    spec.horizon = sessions.horizon();
    spec.slices = args.streams.slices(&sessions.quality().attributes)?;
    let rules = Rules::default();
    let experiment = experiment(args, &spec);
    let empty = (ComparedState::new(&spec, versus.as_ref()), experiment.as_ref().map(ExperimentState::new));
    let (state, exposed) = sessions.fold_facts(&rules, &catalog, &empty, |(state, exposed), facts| {
        state.observe(&facts);
        if let Some(exposed) = exposed {
            exposed.observe(&facts);
        }
    })?;
    let mut report = Report::new(&state.this, &spec, sessions.quality(), &catalog);
    if let (Some(other), Some(versus)) = (&state.other, &versus) {
        let name = match args.vs.as_deref().unwrap_or_default().trim() {
            "previous" => "previous period",
            name => name,
        };
        report = report.compared_with(other, versus, name, state.in_both);
    }
    if let (Some(exposed), Some(experiment)) = (&exposed, &experiment)
        && report.totals.sessions > 0
    {
        report.experiment = Some(ExperimentReport::new(exposed, experiment)?);
    }
    let text = match output {
        OutputFormat::Html => report.to_html(),
        OutputFormat::Json => output::json(&report)?,
        OutputFormat::Text => {
            let mut options = TextOptions::default();
            options.width = output::width(args.output.as_deref(), options.width);
            options.details = args.details || args.filter.content.is_some();
            report.to_text(options)
        }
    };
    if let Some(folder) = &args.csv {
        output::write_tables(&report.to_csv(), folder)?;
    }
    output.write(&text, args.output.as_deref())?;
    if report.totals.sessions == 0 {
        return Err(Error::no_sessions(report.quality.sessions.sessions_read, &report.quality.lines));
    }
    Ok(ExitCode::SUCCESS)
}

/// A page shows devices, where the telemetry names them.
fn by_device(quality: &Quality) -> Vec<Dimension> {
    let names = ["device", "device_type", "platform"].into_iter();
    let found = names.filter(|name| quality.attributes.contains_key(*name)).take(1);
    found.map(|name| Dimension::Attribute(name.to_owned())).collect()
}

fn spec(args: &ReportArgs) -> Result<ReportSpec, Error> {
    let (filter, zone) = args.filter.filter()?;
    let by = args.by.as_deref().map_or(Ok(Vec::new()), Dimension::parse_list)?;
    let good = &args.streams.good;
    let (attempts, good) = (good.attempts(), good.limits()?);
    let curves_by = by.iter().filter(|dimension| **dimension != Dimension::Content).cloned().collect();
    Ok(ReportSpec { filter, by, curves_by, zone, good, attempts, top: args.top, ..ReportSpec::default() })
}

/// The experiment of the same sessions, if one is asked for.
fn experiment(args: &ReportArgs, spec: &ReportSpec) -> Option<ExperimentSpec> {
    let attribute = args.experiment.as_deref()?;
    Some(ExperimentSpec {
        filter: spec.filter.clone(),
        control: args.control.clone(),
        ..ExperimentSpec::new(attribute)
    })
}

/// What the report is compared with.
fn versus(text: &str, spec: &ReportSpec) -> Result<ReportSpec, Error> {
    Ok(ReportSpec { filter: parse_versus(text, &spec.filter, &spec.zone)?, ..spec.clone() })
}

/// Reads everything the command line names.
pub(crate) fn read(args: &InputArgs) -> Result<Sessions, Error> {
    let (inputs, options) = (inputs(args)?, options(args)?);
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
pub(crate) fn options(args: &InputArgs) -> Result<Options, Error> {
    let mut options = Options::default();
    options.format = args.format;
    if let Some(map) = &args.map {
        options.read_map(map)?;
    }
    options.strict = args.strict;
    options.rejects.clone_from(&args.rejects);
    options.threads = args.threads;
    options.memory = args.memory.map(|size| size.as_u64());
    options.temporary_folder.clone_from(&args.temp_dir);
    options.title_folders = args.segments.title_folders;
    options.segments = Arc::new(args.segments.segments()?);
    options.privacy = args.privacy.privacy()?;
    Ok(options)
}
