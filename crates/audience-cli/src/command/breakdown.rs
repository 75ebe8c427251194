//! `audience breakdown`

use std::process::ExitCode;

use audience_core::Rules;
use audience_ingest::Catalog;
use audience_report::groups::{GroupsReport, GroupsState};
use audience_stats::Accumulator;

use crate::args::BreakdownArgs;
use crate::command::report;
use crate::error::Error;

pub(crate) fn run(args: &BreakdownArgs) -> Result<ExitCode, Error> {
    let spec = args.spec()?;
    let empty = GroupsState::new(&spec)?;
    let catalog = args.catalog.as_deref().map_or(Ok(Catalog::new()), Catalog::read)?;
    let sessions = report::read(&args.input)?;
    let state = sessions.fold_facts(&Rules::default(), &catalog, &empty, |state, facts| state.observe(&facts))?;
    if state.sessions() == 0 {
        return Err(Error::no_sessions(state.sessions_read(), sessions.quality()));
    }
    let report = GroupsReport::new(&state, &spec, &catalog)?;
    args.publish.publish(&report)?;
    Ok(ExitCode::SUCCESS)
}
