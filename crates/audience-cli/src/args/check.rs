//! What the command line says of a check.

use std::path::{Path, PathBuf};

use audience_report::check::{Rule, parse_rules};
use clap::Args;

use super::{FilterArgs, GoodArgs, InputArgs};
use crate::error::Error;

/// Whether rules hold: fails a build, or a scheduled job, when one is broken.
///
/// Reads telemetry as `report` does, prints for each rule whether it holds and which groups break it, and exits with 5 when
/// a rule is broken or judged nothing. Rules say what must hold: METRIC < LIMIT (or <=, >, >=), then in any order `by
/// NAMES`, `where NAME=VALUE`, `min_sessions N` and `confidence SHARE` (documented in docs/check.md).
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct CheckArgs {
    /// What must hold, such as `startup_p95 < 4s by cdn`; may be repeated
    #[arg(long = "rule", value_name = "RULE", required_unless_present_any = ["rules_files", "list_metrics"])]
    rules: Vec<String>,

    /// Rules from FILE too: one a line; empty lines, and what follows a # are passed over; may be repeated
    #[arg(long = "rules", value_name = "FILE")]
    rules_files: Vec<PathBuf>,

    /// Print the metrics that rules may be about, and nothing else
    #[arg(long, exclusive = true)]
    pub(crate) list_metrics: bool,

    /// A rule that judged nothing is no failure: too few sessions, an attribute that is missing, an undefined metric
    #[arg(long)]
    pub(crate) allow_unjudged: bool,

    /// Write JSON instead of text (documented in docs/check.md)
    #[arg(long)]
    pub(crate) json: bool,

    /// Write to FILE instead of standard output: .json for JSON, text for all others
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) filter: FilterArgs,

    /// What is known of titles: JSON or CSV with `content_id`, title, `duration_ms`, live, chapters
    #[arg(long, value_name = "FILE")]
    pub(crate) catalog: Option<PathBuf>,

    // Those without a heading come before those that have one.
    #[command(flatten)]
    pub(crate) input: InputArgs,

    #[command(flatten)]
    pub(crate) good: GoodArgs,
}

const AFTER_HELP: &str = "\
Examples:
  audience check logs/ --rule 'startup_p95 < 4s' --rule 'rebuffer_ratio < 1% by cdn min_sessions 200'
  audience check logs/ --rule 'technical_failure_rate < 2% by device confidence 0.99' --business-error 'GEO_*'
  audience check logs/ --rules rules.txt --from 2026-01-31 --json -o check.json
  audience check --list-metrics

Exit codes:
  0  every rule holds
  5  a rule is broken or judged nothing
  1, 2, 3, 4  as of all commands: see audience --help";

impl CheckArgs {
    /// The rules, those of the command line first.
    pub(crate) fn rules(&self) -> Result<Vec<Rule>, Error> {
        let rule = |text: &String| text.parse().map_err(|source| Error::Rule { rule: text.clone(), source });
        let mut rules = self.rules.iter().map(rule).collect::<Result<Vec<Rule>, Error>>()?;
        for path in &self.rules_files {
            rules.extend(rules_of(path)?);
        }
        Ok(rules)
    }

    /// Whether to write JSON.
    pub(crate) fn as_json(&self) -> bool {
        let ending = self.output.as_deref().and_then(Path::extension);
        self.json || ending.is_some_and(|ending| ending.eq_ignore_ascii_case("json"))
    }
}

/// The rules in a file, at least one.
fn rules_of(path: &Path) -> Result<Vec<Rule>, Error> {
    let path = path.to_owned();
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(source) => return Err(Error::Read { path, source }),
    };
    match parse_rules(&text) {
        Ok(rules) if rules.is_empty() => Err(Error::NoRules { path }),
        Ok(rules) => Ok(rules),
        Err(source) => Err(Error::RulesFile { path, source }),
    }
}
