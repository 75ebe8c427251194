//! The `audience` command.

mod args;
mod command;
mod error;
mod events;
mod output;
mod progress;

use std::process::ExitCode;

use clap::Parser;

use crate::args::{Args, Command};

fn main() -> ExitCode {
    let args = Args::parse();
    let done = match args.command {
        Command::Report(args) => command::report::run(&args),
        Command::Breakdown(args) => command::breakdown::run(&args),
        Command::Check(args) => command::check::run(&args),
        Command::Cohorts(args) => command::cohorts::run(&args),
        Command::Funnel(args) => command::funnel::run(&args),
        Command::Live(args) => command::live::run(&args),
        Command::Engagement(args) => command::engagement::run(&args),
        Command::Retention(args) => command::retention::run(&args),
        Command::Experiment(args) => command::experiment::run(&args),
        Command::Session(args) => command::session::run(&args),
        Command::Inspect(args) => command::inspect::run(&args),
        Command::Convert(args) => command::convert::run(&args),
        Command::Simulate(args) => command::simulate::run(&args),
        Command::Completions(args) => command::completions::run(&args),
    };
    match done {
        Ok(code) => code,
        Err(error) if error.is_broken_pipe() => ExitCode::SUCCESS,
        Err(error) => {
            output::complain(&error);
            error.exit_code()
        }
    }
}
