//! `audience check`

use std::process::ExitCode;

use audience_core::Rules;
use audience_ingest::Catalog;
use audience_report::check::{CheckReport, CheckSpec, CheckState, metrics_text};
use audience_stats::Accumulator;

use crate::args::CheckArgs;
use crate::command::report;
use crate::error::Error;
use crate::output;

pub(crate) fn run(args: &CheckArgs) -> Result<ExitCode, Error> {
    if args.list_metrics {
        output::write(&metrics_text(), None)?;
        return Ok(ExitCode::SUCCESS);
    }
    let (filter, zone) = args.filter.filter()?;
    let spec =
        CheckSpec { rules: args.rules()?, filter, zone, good: args.good.limits()?, attempts: args.good.attempts() };
    let catalog = args.catalog.as_deref().map_or(Ok(Catalog::new()), Catalog::read)?;
    let sessions = report::read(&args.input)?;
    let empty = CheckState::new(&spec);
    let state = sessions.fold_facts(&Rules::default(), &catalog, &empty, |state, facts| state.observe(&facts))?;
    let check = CheckReport::new(&state, &spec, &catalog);
    let text = if args.as_json() { output::json(&check)? } else { check.to_text() };
    match args.output.as_deref() {
        Some(path) if args.as_json() => output::write_bytes(&text, path)?,
        path => output::write(&text, path)?,
    }
    if check.sessions == 0 {
        return Err(Error::no_sessions(check.sessions_read, sessions.quality()));
    }
    let not_judged = if args.allow_unjudged { 0 } else { check.not_judged };
    match check.broken + not_judged {
        0 => Ok(ExitCode::SUCCESS),
        _ => Err(Error::RulesFail { of: check.rules.len(), broken: check.broken, not_judged }),
    }
}
