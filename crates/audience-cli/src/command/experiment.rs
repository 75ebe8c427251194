//! `audience experiment`

mod analyze;
mod assign;
mod plan;

use std::path::Path;
use std::process::ExitCode;

use audience_abtest::Experiment;

use crate::args::{ExperimentArgs, ExperimentCommand};
use crate::error::Error;

pub(crate) fn run(args: &ExperimentArgs) -> Result<ExitCode, Error> {
    match &args.command {
        ExperimentCommand::Assign(args) => assign::run(args),
        ExperimentCommand::Analyze(args) => analyze::run(args),
        ExperimentCommand::Plan(args) => plan::run(args),
    }
}

/// The experiment in a file: JSON if its name ends so, else TOML.
fn read(path: &Path) -> Result<Experiment, Error> {
    let text = std::fs::read_to_string(path).map_err(|source| Error::Read { path: path.to_owned(), source })?;
    let is_json = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json"));
    let wrong = |line: Option<usize>, reason: String| Error::Experiment { path: path.to_owned(), line, reason };
    if is_json {
        // Its messages end with the line.
        serde_json::from_str(&text).map_err(|error| wrong(None, error.to_string()))
    } else {
        toml::from_str(&text).map_err(|error| {
            let line = error.span().map(|span| 1 + text.bytes().take(span.start).filter(|byte| *byte == b'\n').count());
            wrong(line, error.message().to_owned())
        })
    }
}
