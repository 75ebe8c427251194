//! Why a command failed, and with which exit code.

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use crate::args::Scheme;

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("cannot {0}")]
    Ingest(#[from] audience_ingest::Error),
    #[error("cannot {0}")]
    Asked(#[from] audience_report::Error),
    #[error("cannot read the rule {rule:?}: {source}")]
    Rule { rule: String, source: audience_report::check::RuleError },
    #[error("cannot read the rules in {}, {source}", path.display())]
    RulesFile { path: PathBuf, source: audience_report::check::LineError },
    #[error("cannot check without a rule: there is none in {}", path.display())]
    NoRules { path: PathBuf },
    #[error("{}", not_all_hold(*of, *broken, *not_judged))]
    RulesFail { of: usize, broken: usize, not_judged: usize },
    #[error("cannot {0}")]
    Qoe(#[from] audience_qoe::Error),
    #[error("cannot {0}")]
    Simulate(#[from] audience_simulate::Error),
    #[error("cannot {source} ({})", path.display())]
    Table { path: PathBuf, source: audience_lake::Error },
    #[error("cannot write {} while it is read", path.display())]
    OntoItself { path: PathBuf },
    #[error("cannot write a table of sessions as lines: name an output file that ends in .parquet")]
    SessionsNeedParquet,
    #[error("cannot change the effect of arm B: the scenario has {arms} arm(s), not two")]
    NotTwoArms { arms: usize },
    #[error("cannot {0}")]
    Cohort(#[from] audience_cohort::Error),
    #[error("cannot {source} ({option})")]
    Funnel { option: &'static str, source: audience_cohort::Error },
    #[error("cannot {0}")]
    Live(#[from] audience_realtime::Error),
    #[error("cannot use the rules in {}: {reason}", path.display())]
    AlertRules { path: PathBuf, reason: String },
    #[error("cannot wait for signals: {0}")]
    Signals(#[source] io::Error),
    #[error("cannot {0}")]
    Abtest(#[from] audience_abtest::Error),
    #[error("cannot read the experiment {}{}: {reason}", path.display(), line.map(|line| format!(", line {line}")).unwrap_or_default())]
    Experiment { path: PathBuf, line: Option<usize>, reason: String },
    #[error("cannot plan for {metric}: {reason}")]
    NoPlan { metric: audience_abtest::Metric, reason: String },
    #[error("cannot use {value:?} for {option}: {reason}")]
    Option { option: &'static str, value: String, reason: &'static str },
    #[error("cannot {what} as {} does", scheme.name())]
    NotInScheme { what: &'static str, scheme: Scheme },
    #[error("cannot use {name}:{line}: {value:?} is not UTF-8")]
    NoText { name: String, line: u64, value: String },
    #[error("cannot read {}: {source}", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("cannot read the scenario {}: {source}", path.display())]
    Scenario { path: PathBuf, source: serde_json::Error },
    #[error("cannot write events to {}: its name ends in none of .ndjson .jsonl .json (also with .gz or .zst) .parquet", path.display())]
    UnknownFormat { path: PathBuf },
    #[error("cannot write {}: {source}", path.display())]
    Write { path: PathBuf, source: io::Error },
    #[error("cannot write to standard output: {0}")]
    Stdout(#[source] io::Error),
    #[error("no session {id:?} in {}", path.display())]
    NoSession { id: String, path: PathBuf },
    #[error("no session passes; the data have {read} sessions")]
    NothingPasses { read: u64 },
    #[error("no session in the data: {lines} lines, {rejected} of them rejected")]
    NoData { lines: u64, rejected: u64 },
    #[error("cannot read standard input twice: `-` is given more than once")]
    StdinTwice,
}

impl Error {
    /// Why there is nothing to say, of so many sessions that were read.
    pub(crate) fn no_sessions(read: u64, lines: &audience_ingest::Quality) -> Self {
        match read {
            0 => Self::NoData { lines: lines.lines, rejected: lines.rejected() },
            read => Self::NothingPasses { read },
        }
    }

    pub(crate) fn exit_code(&self) -> ExitCode {
        use audience_ingest::Error as Ingest;
        use audience_report::Error as Asked;
        ExitCode::from(match self {
            // What telemetry or a catalogue says, and not the command line.
            Self::Asked(Asked::Chapters { .. } | Asked::Retention(audience_retention::Error::BadWeight { .. })) => 1,
            Self::Ingest(Ingest::Rejected(_) | Ingest::Repaired(_)) => 4,
            Self::Ingest(Ingest::ShortKey { .. } | Ingest::NoKey { .. } | Ingest::ReadOnce)
            | Self::Asked(_)
            | Self::Rule { .. }
            | Self::RulesFile { .. }
            | Self::NoRules { .. }
            | Self::Qoe(_)
            | Self::Live(_)
            | Self::AlertRules { .. }
            | Self::Abtest(_)
            | Self::Cohort(_)
            | Self::Funnel { .. }
            | Self::NotInScheme { .. }
            | Self::Option { .. }
            | Self::StdinTwice
            | Self::OntoItself { .. }
            | Self::SessionsNeedParquet
            | Self::Simulate(_)
            | Self::NotTwoArms { .. }
            | Self::UnknownFormat { .. } => 2,
            Self::NoSession { .. } | Self::NoPlan { .. } | Self::NothingPasses { .. } | Self::NoData { .. } => 3,
            Self::RulesFail { .. } => 5,
            Self::Ingest(_)
            | Self::Read { .. }
            | Self::Signals(_)
            | Self::Experiment { .. }
            | Self::NoText { .. }
            | Self::Scenario { .. }
            | Self::Table { .. }
            | Self::Write { .. }
            | Self::Stdout(_) => 1,
        })
    }

    /// Whether whoever reads our output has seen enough.
    pub(crate) fn is_broken_pipe(&self) -> bool {
        matches!(self, Self::Stdout(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }
}

/// How many rules fail, and why.
fn not_all_hold(of: usize, broken: usize, not_judged: usize) -> String {
    let of = if of == 1 { "1 rule".to_owned() } else { format!("{of} rules") };
    let broken = (broken > 0).then(|| format!("{broken} of {of} broken"));
    let not_judged = (not_judged > 0).then(|| format!("{not_judged} of {of} judged nothing (see --allow-unjudged)"));
    broken.into_iter().chain(not_judged).collect::<Vec<_>>().join(", ")
}
