//! `audience retention`

use std::process::ExitCode;

use audience_core::Rules;
use audience_ingest::Catalog;
use audience_report::TextOptions;
use audience_report::retention::{RetentionReport, RetentionState, chapter_index};
use audience_stats::Accumulator;

use crate::args::RetentionArgs;
use crate::command::report;
use crate::error::Error;
use crate::output;

pub(crate) fn run(args: &RetentionArgs) -> Result<ExitCode, Error> {
    let mut spec = args.spec()?;
    let catalog = args.catalog.as_deref().map_or(Ok(Catalog::new()), Catalog::read)?;
    spec.chapters = chapter_index(&catalog)?;
    let sessions = report::read(&args.input)?;
    let empty = RetentionState::new(&spec);
    let state = sessions.fold_facts(&Rules::default(), &catalog, &empty, |state, facts| state.observe(&facts))?;
    let report = RetentionReport::new(&state, &spec, &catalog)?;
    if let Some(folder) = &args.csv {
        output::write_tables(&report.to_csv(), folder)?;
    }
    if args.as_json() {
        let json = output::json(&report)?;
        match args.output.as_deref() {
            Some(path) => output::write_bytes(&json, path)?,
            None => output::write(&json, None)?,
        }
    } else {
        let mut options = TextOptions::default();
        options.width = if args.output.is_some() { options.width } else { output::width(options.width) };
        output::write(&report.to_text(options), args.output.as_deref())?;
    }
    if report.sessions == 0 {
        return Err(Error::no_sessions(report.sessions_read, sessions.quality()));
    }
    Ok(ExitCode::SUCCESS)
}
