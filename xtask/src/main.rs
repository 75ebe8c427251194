//! Tasks of the workspace: `cargo xtask --help`.

mod captures;
mod compare;

use clap::{Parser, Subcommand};

/// Tasks of the workspace.
#[derive(Debug, Parser)]
struct Args {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    Captures(captures::Captures),
    Compare(compare::Compare),
}

fn main() -> anyhow::Result<()> {
    match Args::parse().task {
        Task::Captures(task) => task.run(),
        Task::Compare(task) => task.run(),
    }
}
