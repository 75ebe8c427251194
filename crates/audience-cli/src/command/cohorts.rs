//! `audience cohorts`

use std::process::ExitCode;

use audience_core::Rules;
use audience_ingest::Catalog;
use audience_report::cohorts::{CohortsReport, CohortsState};
use audience_stats::Accumulator;

use crate::args::CohortsArgs;
use crate::command::report;
use crate::error::Error;

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
    args.publish.publish(&report)?;
    Ok(ExitCode::SUCCESS)
}
