//! `audience experiment analyze`

use std::process::ExitCode;

use audience_core::Rules;
use audience_ingest::Catalog;
use audience_report::TextOptions;
use audience_report::experiment::{ExperimentReport, ExperimentState};
use audience_stats::Accumulator;

use crate::args::{AnalyzeArgs, AnalyzeFormat};
use crate::command::report;
use crate::error::Error;
use crate::output;

pub(super) fn run(args: &AnalyzeArgs) -> Result<ExitCode, Error> {
    let experiment = args.experiment.as_deref().map(super::read).transpose()?;
    let spec = args.spec(experiment.as_ref())?;
    let catalog = args.catalog.as_deref().map_or(Ok(Catalog::new()), Catalog::read)?;
    let sessions = report::read(&args.input)?;
    let empty = ExperimentState::new(&spec);
    let state = sessions.fold_facts(&Rules::default(), &catalog, &empty, |state, facts| state.observe(&facts))?;
    if state.sessions() == 0 {
        return Err(Error::no_sessions(state.sessions_read(), sessions.quality()));
    }
    let report = ExperimentReport::new(&state, &spec)?;
    let output = args.output.as_deref();
    let form = args.form();
    let text = match form {
        AnalyzeFormat::Html => report.to_html(),
        AnalyzeFormat::Json => output::json(&report)?,
        AnalyzeFormat::Csv => report.to_csv(),
        AnalyzeFormat::Text => {
            let mut options = TextOptions::default();
            options.width = output::width(output, options.width);
            report.to_text(options)
        }
    };
    match output {
        Some(path) if form != AnalyzeFormat::Text => output::write_bytes(&text, path)?,
        output => output::write(&text, output)?,
    }
    Ok(ExitCode::SUCCESS)
}
