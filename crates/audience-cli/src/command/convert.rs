//! `audience convert`

use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::process::ExitCode;

use audience_core::Rules;
use audience_ingest::{Catalog, Input, Quality, read_events};
use audience_lake::SessionsWriter;

use crate::args::{ConvertArgs, Table};
use crate::command::report;
use crate::error::Error;
use crate::events::{Format, Writer};
use crate::output::Unfinished;
use crate::progress::Bar;

pub(crate) fn run(args: &ConvertArgs) -> Result<ExitCode, Error> {
    let output = args.output.as_deref().filter(|path| *path != Path::new("-"));
    let format = Format::of(output)?;
    let inputs = report::inputs(&args.input)?;
    // What is read is gone when it is written to.
    if let Some(input) = inputs.iter().find(|input| output.is_some_and(|output| same_file(input.path(), output))) {
        return Err(Error::OntoItself { path: input.path().to_owned() });
    }
    let (quality, rows) = match args.table {
        Table::Events => convert_events(inputs, args, output)?,
        Table::Sessions => match output.filter(|_| format == Format::Parquet) {
            Some(output) => convert_sessions(args, output)?,
            None => return Err(Error::SessionsNeedParquet),
        },
    };
    summary(&quality, rows, args.table);
    Ok(ExitCode::SUCCESS)
}

fn convert_events(inputs: Vec<Input>, args: &ConvertArgs, output: Option<&Path>) -> Result<(Quality, u64), Error> {
    let options = report::options(&args.input)?;
    let mut writer = Writer::create(output)?;
    let mut failed = None;
    let quality = {
        let _bar = Bar::new(&inputs, &options.progress);
        read_events(inputs, &options, |event| {
            writer.write(&event).map_err(|error| {
                let text = error.to_string();
                failed = Some(error);
                text
            })
        })
    };
    if let Some(error) = failed {
        return Err(error);
    }
    let quality = quality?;
    writer.finish()?;
    let events = quality.events;
    Ok((quality, events))
}

fn convert_sessions(args: &ConvertArgs, output: &Path) -> Result<(Quality, u64), Error> {
    let catalog = args.catalog.as_deref().map_or(Ok(Catalog::new()), Catalog::read)?;
    let sessions = report::read(&args.input)?;
    let failed = |source| Error::Write { path: output.to_owned(), source };
    let table_failed = |source| Error::Table { path: output.to_owned(), source };
    let (unfinished, file) = Unfinished::create(output).map_err(failed)?;
    let mut writer = SessionsWriter::new(BufWriter::new(file)).map_err(table_failed)?;
    let mut rows = 0;
    sessions.each_facts(&Rules::default(), &catalog, |facts| {
        rows += 1;
        writer.write(&facts)
    })?;
    writer.finish().map_err(table_failed)?.flush().map_err(failed)?;
    unfinished.finish();
    Ok((sessions.quality().clone(), rows))
}

/// Says on standard error what became of the telemetry.
fn summary(quality: &Quality, rows: u64, table: Table) {
    let what = match table {
        Table::Events => "events",
        Table::Sessions => "sessions",
    };
    let (rejected, repaired) = (quality.rejected(), quality.repaired());
    // The work is done; who closed standard error does not want to know.
    let _ = writeln!(io::stderr(), "{rows} {what} written, {rejected} lines rejected, {repaired} fields repaired");
}

pub(crate) fn same_file(a: &Path, b: &Path) -> bool {
    a.canonicalize().ok().zip(b.canonicalize().ok()).is_some_and(|(a, b)| a == b)
}
