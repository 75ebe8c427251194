//! `audience cohorts`

use std::process::ExitCode;

use audience_core::Rules;
use audience_ingest::Catalog;
use audience_report::TextOptions;
use audience_report::cohorts::{CohortsReport, CohortsState};
use audience_stats::Accumulator;

use crate::args::CohortsArgs;
use crate::command::report;
use crate::error::Error;
use crate::output::{self, OutputFormat};

pub(crate) fn run(args: &CohortsArgs) -> Result<ExitCode, Error> {
    let spec = args.spec()?;
    let sessions = report::read(&args.input)?;
    let empty = CohortsState::new(&spec);
    let state =
        sessions.fold_facts(&Rules::default(), &Catalog::new(), &empty, |state, facts| state.observe(&facts))?;
    if state.sessions() == 0 {
        return Err(Error::no_sessions(state.sessions_read(), sessions.quality()));
    }
    let report = CohortsReport::new(state, &spec)?;
    if let Some(folder) = &args.csv {
        output::write_tables(&report.to_csv(), folder)?;
    }
    let output = args.output.as_deref();
    let format = OutputFormat::of(output, args.json);
    let text = match format {
        OutputFormat::Json => output::json(&report)?,
        OutputFormat::Html => report.to_html(),
        OutputFormat::Text => {
            let mut options = TextOptions::default();
            options.width = output::width(output, options.width);
            report.to_text(options)
        }
    };
    format.write(&text, output)?;
    Ok(ExitCode::SUCCESS)
}
