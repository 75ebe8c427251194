//! Tasks of the workspace: `cargo xtask --help`.

mod behaviour;
mod bench;
mod captures;
mod cdn_logs;
mod check;
mod ci;
mod compare;
#[cfg(test)]
mod docs;
mod fuzz;
mod lint;
mod oracle;
mod package;
mod scores;
mod shell;
mod snowplow;
mod tables;
mod test;
mod tidy;
mod vectors;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Tasks of the workspace.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Args {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Everything a change must pass: lint, tidy, check and test
    Ci,
    /// Formatting, clippy and rustdoc, with every warning an error
    Lint,
    /// Rules that no compiler knows: which crate may use which, what every file starts with, how long it may be
    Tidy,
    /// Compile the umbrella crate with no, each and all features, and every library on its own
    Check,
    /// All tests of all crates, with all features, those in the documentation included
    Test,
    /// Package every published crate and build it from its package, as if it came from a registry
    Package,
    /// Compute all reference values anew with other programs (needs Python 3)
    Oracle,
    Captures(captures::Captures),
    CdnLogs(cdn_logs::CdnLogs),
    Behaviour(behaviour::Behaviour),
    Compare(compare::Compare),
    CompareSnowplow(snowplow::CompareSnowplow),
    Tables(tables::Tables),
    Scores(scores::ScoresTask),
    Vectors(vectors::Vectors),
    Fuzz(fuzz::Fuzz),
    Bench(bench::Bench),
}

#[expect(clippy::print_stderr, reason = "whoever runs a task sees why it failed")]
fn main() -> ExitCode {
    match run(&Args::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: &Task) -> anyhow::Result<()> {
    match task {
        Task::Ci => ci::run(),
        Task::Lint => lint::run(),
        Task::Tidy => tidy::run(),
        Task::Check => check::run(),
        Task::Test => test::run(),
        Task::Package => package::run(),
        Task::Oracle => oracle::run(),
        Task::Captures(task) => task.run(),
        Task::CdnLogs(task) => task.run(),
        Task::Behaviour(task) => task.run(),
        Task::Compare(task) => task.run(),
        Task::CompareSnowplow(task) => task.run(),
        Task::Tables(task) => task.run(),
        Task::Scores(task) => task.run(),
        Task::Vectors(task) => task.run(),
        Task::Fuzz(task) => task.run(),
        Task::Bench(task) => task.run(),
    }
}
