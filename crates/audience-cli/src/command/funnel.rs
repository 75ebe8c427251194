//! `audience funnel`

use std::process::ExitCode;

use audience_ingest::{Catalog, CatalogEntry};
use audience_report::funnel::{FunnelReport, FunnelState};
use audience_stats::Accumulator;

use crate::args::FunnelArgs;
use crate::command::report;
use crate::error::Error;

pub(crate) fn run(args: &FunnelArgs) -> Result<ExitCode, Error> {
    let mut spec = args.spec()?;
    let catalog = args.catalog.as_deref().map_or(Ok(Catalog::new()), Catalog::read)?;
    let sessions = report::read(&args.input)?;
    spec.horizon = sessions.horizon();
    let empty = FunnelState::new(&spec);
    let state = sessions.fold(&empty, |state, session| {
        let known = catalog.get(session.content_id().as_str()).and_then(CatalogEntry::known_duration);
        state.observe(&session.with_known_duration(known));
    })?;
    if state.sessions() == 0 {
        return Err(Error::no_sessions(state.sessions_read(), sessions.quality()));
    }
    let quality = sessions.quality();
    if let Some(attribute) = args.attribute().filter(|name| !quality.attributes.contains_key(*name))
        && quality.further_attributes == 0
    {
        let known = quality.attributes.keys().map(ToString::to_string).collect();
        return Err(audience_report::Error::NoGroups { attribute: attribute.to_owned(), known }.into());
    }
    let report = FunnelReport::new(&state, &spec)?;
    args.publish.publish(&report)?;
    Ok(ExitCode::SUCCESS)
}
