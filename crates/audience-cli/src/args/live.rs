//! What the command line says of what is watched right now.

use std::path::PathBuf;

use audience_core::Elapsed;
use audience_realtime::{LiveSpec, Window};
use clap::Args;

use super::InputArgs;
use super::experiment::parse_period;
use crate::error::Error;

/// What is watched right now: viewers, stalls, start-up times and deliveries over sliding windows, and alerts.
///
/// Replays telemetry in the order in which it came, or follows a file that is written to, and shows how many watch what, as far as the events
/// say that have come. On a terminal it is redrawn as it goes; else it is printed once, at the end. Events may be late, come twice, or have wrong
/// clocks. docs/live.md has every figure and key, docs/methods/live.md the definitions.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct LiveArgs {
    /// How long the windows are that figures are of (10s, 5m, 1h)
    #[arg(long, value_name = "TIME", value_parser = parse_period, default_value = "5m")]
    window: Elapsed,

    /// How wide the buckets are that windows consist of
    #[arg(long, value_name = "TIME", value_parser = parse_period, default_value = "1s")]
    bucket: Elapsed,

    /// How late events may come, by their own time; later ones are counted and left out
    #[arg(long, value_name = "TIME", value_parser = parse_time, default_value = "1m")]
    lateness: Elapsed,

    /// After this time without an event a viewer is taken to have left at the last one
    #[arg(long, value_name = "TIME", value_parser = parse_period, default_value = "5m")]
    timeout: Elapsed,

    /// How far ahead of all others a clock may be; what is further ahead waits until its time comes
    #[arg(long, value_name = "TIME", value_parser = parse_period, default_value = "5m")]
    max_ahead: Elapsed,

    /// Tell audiences apart by the attribute NAME too; may be repeated
    #[arg(long, value_name = "NAME")]
    by: Vec<String>,

    /// How many titles, values of --by and viewers to list
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub(crate) top: usize,

    /// List viewers one by one, those who have watched longest first
    #[arg(long)]
    pub(crate) viewers: bool,

    /// Write JSON instead of text, one object a line: each window when it is final, deliveries, alerts (documented in docs/live.md)
    #[arg(long, visible_alias = "ndjson")]
    pub(crate) json: bool,

    /// Raise alerts by the rules in FILE, TOML or (.json) JSON, judged for every window that is final
    #[arg(long, value_name = "FILE")]
    pub(crate) alerts: Option<PathBuf>,

    /// Wait for what is written to the last FILE, as `tail -F` does; the clock tells who has been silent for too long
    ///
    /// When the file is cut short or replaced by another of its name, it is read from its start. Ends with Ctrl-C or SIGTERM; standard input
    /// with its end.
    #[arg(long)]
    pub(crate) follow: bool,

    /// Replay at N times the speed of the events, instead of as fast as it goes
    #[arg(long, value_name = "N", value_parser = parse_speed, conflicts_with = "follow")]
    pub(crate) speed: Option<f64>,

    /// How often the terminal is redrawn
    #[arg(long, value_name = "TIME", value_parser = parse_period, default_value = "1s")]
    pub(crate) every: Elapsed,

    // Last, as what follows would stand below its headings.
    #[command(flatten)]
    pub(crate) input: InputArgs,
}

const AFTER_HELP: &str = "\
Examples:
  audience live events.ndjson
  audience live /var/log/player.ndjson --follow --by country --by cdn
  tail -F player.ndjson | audience live - --follow --json > windows.ndjson
  audience live events.ndjson --window 1m --alerts rules.toml --json
  audience live yesterday.ndjson.gz --speed 60 --viewers
  audience live access.log --follow";

impl LiveArgs {
    /// What is asked for.
    pub(crate) fn spec(&self) -> Result<LiveSpec, Error> {
        let window = Window::new(self.window, self.bucket)?;
        let mut spec = LiveSpec::default().with_window(window).with_lateness(self.lateness).with_timeout(self.timeout);
        spec.max_ahead = self.max_ahead;
        Ok(self.by.iter().fold(spec, |spec, name| spec.by_attribute(name.as_str())))
    }
}

/// A time that may be none.
fn parse_time(text: &str) -> Result<Elapsed, String> {
    match text.trim().trim_end_matches(|c: char| c.is_ascii_alphabetic()) {
        "0" => Ok(Elapsed::ZERO),
        _ => parse_period(text),
    }
}

fn parse_speed(text: &str) -> Result<f64, String> {
    match text.trim_end_matches('x').parse::<f64>() {
        Ok(speed) if speed.is_finite() && speed > 0.0 => Ok(speed),
        _ => Err("it is not a number above 0".to_owned()),
    }
}
