//! The command as its users run it.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod analyze;
mod breakdown;
mod check;
mod cohorts;
mod convert;
mod engagement;
mod errors;
mod experiment;
mod funnel;
mod help;
mod inspect;
mod live;
mod maps;
mod page;
mod pipes;
mod plan;
mod plan_by_telemetry;
mod privacy;
mod report;
mod retention;
mod segments;
mod session;
mod simulate;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What a run left behind.
struct Run {
    code: i32,
    out: String,
    err: String,
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_audience"));
    command.args(arguments).current_dir(root()).env_remove("COLUMNS").env("NO_COLOR", "1");
    command
}

fn run(arguments: &[&str]) -> Run {
    feed(arguments, b"")
}

/// Runs the command with `input` on its standard input.
fn feed(arguments: &[&str], input: &[u8]) -> Run {
    let mut child =
        command(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // A command that does not read its input closes it.
    let _ = child.stdin.take().unwrap().write_all(input);
    let output = child.wait_with_output().unwrap();
    Run {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// The output of a run that succeeds and complains of nothing.
fn output(arguments: &[&str]) -> String {
    let run = run(arguments);
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{arguments:?}");
    run.out
}

/// The folder in which the documentation's commands are run.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

const EVENTS: &str = "docs/sample/events.ndjson.gz";
const PLAYERS: &str = "docs/sample/players";
const CATALOG: &str = "docs/sample/catalog.json";
const SEGMENTS: &str = "docs/sample/segments.json";
