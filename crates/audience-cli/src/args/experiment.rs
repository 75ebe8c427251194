//! What the command line says of experiments.

mod analyze;
mod plan;

use std::path::{Path, PathBuf};

use audience_abtest::Experiment;
use audience_core::Ratio;
use clap::{Args, Subcommand, ValueEnum};

pub(super) use analyze::parse::period as parse_period;
pub(crate) use analyze::{AnalyzeArgs, AnalyzeFormat};
pub(crate) use plan::PlanArgs;

use crate::error::Error;

/// Experiments: how many units they take, who is in which arm, and what differs between arms.
#[derive(Debug, Args)]
pub(crate) struct ExperimentArgs {
    #[command(subcommand)]
    pub(crate) command: ExperimentCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ExperimentCommand {
    Assign(AssignArgs),
    Analyze(Box<AnalyzeArgs>),
    Plan(Box<PlanArgs>),
}

/// Which arm each id is in, or why in none.
///
/// Reads ids, one a line, and writes a row for each: unit, arm, reason. The same id has the same arm on every machine and in
/// every version. What there is of each arm, beside what there should be, goes to standard error.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct AssignArgs {
    /// A file of ids, one a line, or `-` for standard input
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,

    /// The experiment: a file in TOML, or JSON if its name ends in .json
    #[arg(long, value_name = "FILE", required_unless_present = "key")]
    pub(crate) experiment: Option<PathBuf>,

    /// The experiment's key, instead of a file
    #[arg(long, value_name = "KEY", conflicts_with = "experiment", requires = "variants")]
    key: Option<String>,

    /// Its variants and their weights, any numbers above 0 (control=1,treatment=1); the first is the control
    #[arg(long, value_name = "NAME=WEIGHT,…", conflicts_with = "experiment", value_delimiter = ',', value_parser = parse_variant)]
    variants: Vec<(String, f64)>,

    /// The share of units that it covers, 0 to 1 [default: all, or what the file says]
    #[arg(long, value_name = "SHARE", value_parser = parse_share)]
    coverage: Option<Ratio>,

    /// What ids are hashed with [default: the key, or what the file says]
    #[arg(long, value_name = "TEXT")]
    salt: Option<String>,

    /// The time at which it is asked, which matters where it has a start or end (2026-01-31, …Z, or milliseconds) [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<String>,

    /// How arms are found
    #[arg(long, value_name = "SCHEME", value_enum, default_value = "native")]
    pub(crate) scheme: Scheme,

    /// Hash UTF-16 instead of bytes, as GrowthBook's SDK in JavaScript does: it matters for ids beyond ASCII
    #[arg(long)]
    pub(crate) utf16: bool,

    /// What to write
    #[arg(long, value_name = "FORMAT", value_enum, default_value = "csv")]
    pub(crate) format: RowFormat,

    /// Write to FILE instead of standard output
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

const AFTER_HELP: &str = "\
Examples:
  audience experiment assign viewers.txt --key start-up --variants control=1,preload=1
  audience experiment assign viewers.txt --experiment start-up.toml --format json > arms.ndjson
  cut -d, -f1 viewers.csv | audience experiment assign - --key start-up --variants a=9,b=1 --coverage 0.1
  audience experiment assign viewers.txt --key exp --variants a=1,b=1 --scheme growthbook-v2 --utf16";

/// How arms are found.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum Scheme {
    /// By 64 bits of XXH3, with a seed of its own for coverage
    Native,
    /// As GrowthBook does with hashVersion 1
    GrowthbookV1,
    /// As GrowthBook does with hashVersion 2
    GrowthbookV2,
    /// As Optimizely does; the salt is the experiment's id
    Optimizely,
    /// As Eppo does; the salt is that of the split, over 10,000 shards
    Eppo,
}

impl Scheme {
    /// Its name on the command line.
    pub(crate) fn name(self) -> String {
        // None is hidden.
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }
}

/// How rows are written.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum RowFormat {
    /// Comma-separated values, with a header
    Csv,
    /// JSON, one object a line
    Json,
}

impl AssignArgs {
    /// The experiment that is asked for; `read` is for one in a file.
    pub(crate) fn asked(&self, read: impl FnOnce(&Path) -> Result<Experiment, Error>) -> Result<Experiment, Error> {
        let mut experiment = match (&self.experiment, &self.key) {
            (Some(file), _) => read(file)?,
            (None, key) => Experiment::new(key.as_deref().unwrap_or_default(), self.variants.iter().cloned())?,
        };
        if let Some(salt) = &self.salt {
            experiment = experiment.with_salt(salt)?;
        }
        Ok(match self.coverage {
            Some(coverage) => experiment.with_coverage(coverage),
            None => experiment,
        })
    }
}

fn parse_variant(text: &str) -> Result<(String, f64), String> {
    let Some((name, weight)) = text.rsplit_once('=') else { return Ok((text.to_owned(), 1.0)) };
    match weight.trim().parse() {
        Ok(weight) => Ok((name.to_owned(), weight)),
        Err(_) => Err(format!("its weight {weight:?} is not a number")),
    }
}

fn parse_share(text: &str) -> Result<Ratio, String> {
    let share = text.trim().parse().map_err(|_| "it is not a number".to_owned())?;
    Ratio::new(share).map_err(|_| "it is not from 0 to 1".to_owned())
}
