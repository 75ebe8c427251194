//! The command line.

mod breakdown;
mod check;
mod cohorts;
mod engagement;
mod experiment;
mod filter;
mod funnel;
mod live;
mod privacy;
mod publish;
mod retention;
mod segments;
mod streams;

use std::num::NonZeroUsize;
use std::path::PathBuf;

use audience_ingest::Format;
use bytesize::ByteSize;
use clap::builder::styling::{AnsiColor, Styles};
use clap::{Args as ClapArgs, Parser, Subcommand};

pub(crate) use breakdown::BreakdownArgs;
pub(crate) use check::CheckArgs;
pub(crate) use cohorts::CohortsArgs;
pub(crate) use engagement::EngagementArgs;
pub(crate) use experiment::{
    AnalyzeArgs, AnalyzeFormat, AssignArgs, ExperimentArgs, ExperimentCommand, PlanArgs, RowFormat, Scheme,
};
pub(crate) use filter::FilterArgs;
pub(crate) use funnel::FunnelArgs;
pub(crate) use live::LiveArgs;
pub(crate) use privacy::PrivacyArgs;
pub(crate) use publish::PublishArgs;
pub(crate) use retention::RetentionArgs;
pub(crate) use segments::SegmentArgs;
pub(crate) use streams::{GoodArgs, StreamArgs};

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

const AFTER_HELP: &str = "\
Examples:
  audience report events.ndjson
  audience report logs/ --catalog titles.csv -o report.html
  audience report logs/ --by device --where country=DE
  audience report logs/ --from 2026-01-08 --to 2026-01-15 --vs previous
  audience report 'logs/2026-01-*.ndjson.gz' --by day --tz Europe/Berlin --json > report.json
  zcat old.gz | audience report -
  audience check logs/ --rule 'rebuffer_ratio < 1% by cdn' --rule 'startup_p95 < 4s'
  audience retention logs/ --content film --by device
  audience engagement logs/ --touch campaign --conversion subscribe
  audience cohorts logs/ --period week --by device -o cohorts.html
  audience breakdown logs/ --by country,device --min-viewers 50
  audience funnel logs/ --steps load,play,seek,end --step-limit 10m --by device
  audience live player.ndjson --follow --by cdn --alerts rules.toml
  audience experiment assign viewers.txt --key start-up --variants control=1,preload=1
  audience experiment analyze logs/ --arm variant --control old --by device
  audience inspect logs/
  audience session events.ndjson 5f2d1c1e-8c6d-4f0e-9a53-0d3a1f2b4c5d -o session.html
  audience convert logs/ -o events.parquet
  audience report 'export/*.csv' --map player.toml
  audience simulate --sessions 100000 -o events.ndjson.zst --catalog-out catalog.json

Exit codes:
  0  done
  1  something could not be read or written; the message names the file
  2  the command line is wrong
  3  there is no session in the data that was asked for
  4  --strict, and a line could not be used or a field had to be repaired
  5  check, and a rule is broken or judged nothing";

/// Playback analytics from real telemetry.
#[derive(Debug, Parser)]
#[command(name = "audience", version, styles = STYLES, after_help = AFTER_HELP, arg_required_else_help = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Report(Box<ReportArgs>),
    Check(Box<CheckArgs>),
    Retention(Box<RetentionArgs>),
    Engagement(Box<EngagementArgs>),
    Cohorts(Box<CohortsArgs>),
    Breakdown(Box<BreakdownArgs>),
    Funnel(Box<FunnelArgs>),
    Live(Box<LiveArgs>),
    Experiment(Box<ExperimentArgs>),
    Session(SessionArgs),
    Inspect(InspectArgs),
    Convert(ConvertArgs),
    Simulate(SimulateArgs),
    Completions(CompletionsArgs),
}

/// Who watched what, where they left, and how the stream felt.
///
/// Reads telemetry once and prints totals, the titles watched most with their retention curves, start-up times and
/// stalls, and how far the data can be trusted.
#[derive(Debug, ClapArgs)]
pub(crate) struct ReportArgs {
    /// Write JSON instead of text (documented in docs/report-json.md)
    #[arg(long)]
    pub(crate) json: bool,

    /// Write to FILE instead of standard output: .html for a page, .json for JSON, text for all others
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,

    /// Write every table and plot to DIR too, as CSV (documented in docs/report-csv.md)
    #[arg(long, value_name = "DIR")]
    pub(crate) csv: Option<PathBuf>,

    /// Break down by NAMES: `day`, `content`, or any attribute, several with commas
    ///
    /// Attributes are fields of the telemetry outside the vocabulary, such as device, country or cdn; the report lists
    /// those it found. For an attribute that is named `day` or `content`, write `attr:day`.
    #[arg(long, value_name = "NAMES")]
    pub(crate) by: Option<String>,

    #[command(flatten)]
    pub(crate) filter: FilterArgs,

    /// Compare with `previous` (the period just before --from to --to) or with other sessions (device=tv, from=…)
    ///
    /// Pairs NAME=VALUE, several with commas, replace parts of the filter: `from`, `to`, `content` and attributes. For an
    /// attribute that is named like one of these, write `attr:from`.
    #[arg(long, value_name = "SPEC")]
    pub(crate) vs: Option<String>,

    /// Compare the arms of an experiment: sessions have theirs in the attribute ATTRIBUTE
    ///
    /// By watch time, who started, who completed, the rebuffer ratio and the start-up time, with all that tells whether to believe it.
    /// `audience experiment analyze` has other metrics, and more to set.
    #[arg(long, value_name = "ATTRIBUTE")]
    pub(crate) experiment: Option<String>,

    /// The arm of --experiment that the others are compared with [default: the first by its name]
    #[arg(long, value_name = "NAME", requires = "experiment")]
    pub(crate) control: Option<String>,

    /// How many titles to list, those watched most first
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub(crate) top: usize,

    /// Draw the retention curve and heatmap of every title listed
    #[arg(long)]
    pub(crate) details: bool,

    /// What is known of titles: JSON or CSV with `content_id`, title, `duration_ms`, live, chapters
    #[arg(long, value_name = "FILE")]
    pub(crate) catalog: Option<PathBuf>,

    // Those without a heading come before those that have one.
    #[command(flatten)]
    pub(crate) input: InputArgs,

    #[command(flatten)]
    pub(crate) streams: StreamArgs,
}

/// What one session's player did, from moment to moment, and how the stream felt.
///
/// Prints what happened in order, what was watched, and the experience index with what each part cost; with `-o FILE.html`,
/// draws it: states, playhead, bit rate and buffer over time.
#[derive(Debug, ClapArgs)]
pub(crate) struct SessionArgs {
    /// A file, folder, pattern, or `-` for standard input
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,

    /// The session's id
    #[arg(value_name = "ID")]
    pub(crate) id: String,

    /// Write JSON instead of text: facts, timeline, scores (documented in docs/session.md)
    #[arg(long)]
    pub(crate) json: bool,

    /// Write to FILE instead of standard output: .html for a page, .json for JSON, text for all others
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,

    /// The files' format, instead of finding out
    #[arg(long, value_name = "FORMAT", value_parser = parse_format)]
    pub(crate) format: Option<Format>,

    /// Read the files as the map in FILE says (documented in docs/formats/maps.md, for access logs in docs/formats/logs.md)
    #[arg(long, value_name = "FILE", conflicts_with = "format")]
    pub(crate) map: Option<PathBuf>,

    /// What is known of titles: JSON or CSV with `content_id`, title, `duration_ms`, live, chapters
    #[arg(long, value_name = "FILE")]
    pub(crate) catalog: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) segments: SegmentArgs,

    #[command(flatten)]
    pub(crate) privacy: PrivacyArgs,
}

/// Make telemetry of viewers who do not exist, with what really happened.
///
/// Viewers, players, networks and what goes wrong on the way are simulated from a seed: the same options give the same
/// bytes on every machine. Writes events in the canonical format, as they would arrive. The model and all its parameters
/// are in docs/simulate.md.
#[derive(Debug, ClapArgs)]
pub(crate) struct SimulateArgs {
    /// How many sessions begin [default: 1000]
    #[arg(long, value_name = "N")]
    pub(crate) sessions: Option<u64>,

    /// How many titles there are [default: 40]
    #[arg(long, value_name = "N")]
    pub(crate) titles: Option<u32>,

    /// How many viewers there are [default: one for three sessions]
    #[arg(long, value_name = "N")]
    pub(crate) viewers: Option<u64>,

    /// Over how many days sessions begin [default: 7]
    #[arg(long, value_name = "N")]
    pub(crate) days: Option<u32>,

    /// When the first day begins (2026-01-31, 2026-01-31T18:00, …Z, or milliseconds), UTC [default: 2026-01-05]
    #[arg(long, value_name = "TIME")]
    pub(crate) start: Option<String>,

    /// What all random numbers follow from
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) seed: u64,

    /// How much more viewers of arm B leave than those of arm A: -0.2 is a fifth less, 1 twice as much [default: 0]
    #[arg(long, value_name = "X", allow_negative_numbers = true)]
    pub(crate) effect: Option<f64>,

    /// How often telemetry goes wrong: `on`, `off`, or a factor on all rates of the scenario (2 is twice as often)
    #[arg(long, value_name = "FACTOR", value_parser = parse_factor, default_value = "on", allow_negative_numbers = true)]
    pub(crate) faults: f64,

    /// Take the scenario from a JSON file; what it leaves out has its default, other options come on top
    #[arg(long, value_name = "FILE")]
    pub(crate) scenario: Option<PathBuf>,

    /// Write events to FILE instead of standard output: .ndjson, .ndjson.gz, .ndjson.zst or .parquet
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,

    /// Write names, durations and chapters of the titles to FILE, as JSON for `--catalog`
    #[arg(long, value_name = "FILE")]
    pub(crate) catalog_out: Option<PathBuf>,

    /// Write what really happened to FILE, one JSON object a session
    #[arg(long, value_name = "FILE")]
    pub(crate) truth: Option<PathBuf>,

    /// Print the scenario as JSON instead of simulating it: all parameters there are
    #[arg(long)]
    pub(crate) print_scenario: bool,
}

/// Write telemetry in another format: canonical lines, or tables in Parquet.
///
/// Events are written as they are and in their order, repeats as well; lines that cannot be used are counted, and kept with
/// --rejects. Of a table of sessions, which is what follows from the events, reports are made faster
/// (docs/formats/tables.md).
#[derive(Debug, ClapArgs)]
pub(crate) struct ConvertArgs {
    /// Where to: its name ends in .parquet, or in .ndjson, also with .gz or .zst; standard output gets lines
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,

    /// What to write
    #[arg(long, value_name = "TABLE", value_enum, default_value = "events")]
    pub(crate) table: Table,

    /// Durations of titles, for a table of sessions: JSON or CSV with `content_id` and `duration_ms`
    #[arg(long, value_name = "FILE")]
    pub(crate) catalog: Option<PathBuf>,

    // Last, as what follows would stand below its headings.
    #[command(flatten)]
    pub(crate) input: InputArgs,
}

/// What a table has a row for.
#[derive(Clone, Copy, Debug, Eq, PartialEq, clap::ValueEnum)]
pub(crate) enum Table {
    /// Each event
    Events,
    /// Each session and title; only in Parquet
    Sessions,
}

/// What telemetry is, what is in it, and which questions it can answer.
///
/// Reads the files once and prints their formats, their events, fields and attributes, what could not be used, and for
/// each question that people ask of telemetry whether it can be answered, for how many sessions, and what is missing.
#[derive(Debug, ClapArgs)]
pub(crate) struct InspectArgs {
    /// Durations of titles: JSON or CSV with `content_id` and `duration_ms`
    #[arg(long, value_name = "FILE")]
    pub(crate) catalog: Option<PathBuf>,

    /// Write JSON instead of text
    #[arg(long)]
    pub(crate) json: bool,

    // Last, as what follows would stand below its headings.
    #[command(flatten)]
    pub(crate) input: InputArgs,
}

/// Print a script that completes the command in a shell.
///
/// For bash: audience completions bash > ~/.local/share/bash-completion/completions/audience
#[derive(Debug, ClapArgs)]
pub(crate) struct CompletionsArgs {
    /// The shell
    pub(crate) shell: clap_complete::Shell,
}

#[derive(Debug, Default, ClapArgs)]
pub(crate) struct InputArgs {
    /// Files, folders, patterns, or `-` for standard input; .gz and .zst are decompressed
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<PathBuf>,

    /// The files' format, instead of finding out: ndjson, cmcd, parquet, an access log's, or another system's
    ///
    /// Of access logs there are requests, w3c, cloudfront-realtime, combined, akamai, fastly and delimited
    /// (docs/formats/logs.md); of other systems adobe, edx, ga4, kino, mux, oximedia, segment, snowplow and xapi
    /// (docs/formats/maps.md).
    #[arg(long, value_name = "FORMAT", value_parser = parse_format)]
    pub(crate) format: Option<Format>,

    /// Read the files as the map in FILE says (documented in docs/formats/maps.md, for access logs in docs/formats/logs.md)
    #[arg(long, value_name = "FILE", conflicts_with = "format")]
    pub(crate) map: Option<PathBuf>,

    /// Stop at the first line that cannot be used or field that must be repaired
    #[arg(long)]
    pub(crate) strict: bool,

    /// Write lines that cannot be used to FILE, with their line number and what is wrong
    #[arg(long, value_name = "FILE")]
    pub(crate) rejects: Option<PathBuf>,

    /// Threads to use; as many as the machine offers by default
    #[arg(long, value_name = "N")]
    pub(crate) threads: Option<NonZeroUsize>,

    /// Memory to use, at least 64M: past about half of it, events go to a temporary file (2G, 512MiB)
    ///
    /// Without it all events are kept in memory, which takes about a ninth of the size of NDJSON. The report is the same.
    #[arg(long, value_name = "SIZE", value_parser = parse_memory)]
    pub(crate) memory: Option<ByteSize>,

    /// Where the temporary file is; it is gone with the process, however that ends
    #[arg(long, value_name = "FOLDER")]
    pub(crate) temp_dir: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) segments: SegmentArgs,

    #[command(flatten)]
    pub(crate) privacy: PrivacyArgs,
}

/// The least `--memory`: what the program needs for itself.
const LEAST_MEMORY: ByteSize = ByteSize::mb(64);

fn parse_memory(text: &str) -> Result<ByteSize, String> {
    let size = text.parse::<ByteSize>()?;
    if size < LEAST_MEMORY { Err(format!("{text} is less than {}", LEAST_MEMORY.display().si())) } else { Ok(size) }
}

fn parse_factor(text: &str) -> Result<f64, String> {
    match text {
        "on" => Ok(1.0),
        "off" => Ok(0.0),
        number => match number.parse::<f64>() {
            Ok(factor) if factor.is_finite() && factor >= 0.0 => Ok(factor),
            _ => Err("it is neither on, nor off, nor a number from 0 on".to_owned()),
        },
    }
}

fn parse_format(name: &str) -> Result<Format, String> {
    name.parse::<Format>().map_err(|error| error.to_string())
}
