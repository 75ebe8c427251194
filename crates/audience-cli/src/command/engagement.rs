//! `audience engagement`

use std::process::ExitCode;

use audience_core::Rules;
use audience_ingest::Catalog;
use audience_report::engagement::{EngagementReport, EngagementState};
use audience_report::retention::chapter_index;
use audience_stats::Accumulator;

use crate::args::EngagementArgs;
use crate::command::report;
use crate::error::Error;

pub(crate) fn run(args: &EngagementArgs) -> Result<ExitCode, Error> {
    let mut spec = args.spec()?;
    let catalog = args.catalog.as_deref().map_or(Ok(Catalog::new()), Catalog::read)?;
    spec.chapters = chapter_index(&catalog)?;
    let empty = EngagementState::new(&spec)?;
    let sessions = report::read(&args.input)?;
    let state = sessions.fold_facts(&Rules::default(), &catalog, &empty, |state, facts| state.observe(&facts))?;
    if state.sessions() == 0 {
        return Err(Error::no_sessions(state.sessions_read(), sessions.quality()));
    }
    let report = EngagementReport::new(&state, &spec, &catalog)?;
    args.publish.publish(&report)?;
    Ok(ExitCode::SUCCESS)
}
