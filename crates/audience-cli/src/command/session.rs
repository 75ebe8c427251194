//! `audience session`

use std::process::ExitCode;

use audience_core::Rules;
use audience_ingest::Catalog;
use audience_report::{SessionReport, TextOptions};

use crate::args::{InputArgs, SessionArgs};
use crate::command::report;
use crate::error::Error;
use crate::output::{self, OutputFormat};

pub(crate) fn run(args: &SessionArgs) -> Result<ExitCode, Error> {
    let catalog = args.catalog.as_deref().map_or(Ok(Catalog::new()), Catalog::read)?;
    let input = InputArgs {
        files: vec![args.file.clone()],
        format: args.format,
        segments: args.segments.clone(),
        privacy: args.privacy.clone(),
        map: args.map.clone(),
        ..InputArgs::default()
    };
    let sessions = report::read(&input)?;
    let found = sessions.get(&args.id)?;
    if found.is_empty() {
        return Err(Error::NoSession { id: args.id.clone(), path: args.file.clone() });
    }
    let report = SessionReport::new(found, &catalog, &Rules::default(), sessions.horizon());
    let (file, mut options) = (args.output.as_deref(), TextOptions::default());
    options.width = output::width(file, options.width);
    let output = OutputFormat::of(file, args.json);
    let text = match output {
        OutputFormat::Html => report.to_html(),
        OutputFormat::Json => output::json(&report)?,
        OutputFormat::Text => report.to_text(options),
    };
    output.write(&text, file)?;
    Ok(ExitCode::SUCCESS)
}
