//! What the command line says of a report on retention.

use std::path::PathBuf;

use audience_core::{MediaTime, Ratio};
use audience_report::retention::RetentionSpec;
use audience_report::{Dimension, Error as Asked};
use audience_retention::{Benchmark, Grid, Weight, Weighting};
use clap::Args;

use super::{FilterArgs, InputArgs};
use crate::error::Error;

/// Where viewers of titles leave, what they watch again and what they skip, with how sure that is.
///
/// Reads telemetry as `report` does and prints for each title its retention curve, average view, drop-offs against the local
/// trend, credits, what is watched again and skipped, chapters, and how it compares with titles of its length and between
/// groups. docs/methods/retention.md has the definitions.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct RetentionArgs {
    /// Points of the curves, at equal shares of the content
    #[arg(long, value_name = "N", default_value_t = 100)]
    points: u32,

    /// A point every TIME of content instead (500ms, 10s, 1m)
    #[arg(long, value_name = "TIME", value_parser = parse_width, conflicts_with = "points")]
    every: Option<MediaTime>,

    /// Compare the curves of each title by NAMES: `day`, or any attribute, several with commas
    #[arg(long, value_name = "NAMES")]
    by: Option<String>,

    /// Sessions count as much as their attribute NAME says, a number from 0 on; those without it are left out and counted
    #[arg(long, value_name = "NAME")]
    weight: Option<String>,

    /// Sessions whose attribute of --weight is VALUE count as much as W; may be repeated
    #[arg(long = "weight-of", value_name = "VALUE=W", requires = "weight", value_parser = parse_weight)]
    weights: Vec<(String, Weight)>,

    /// Score curves by what is expected at 25, 50 and 75 %: broadcast, vod, short-form, or three percentages (80,60,40)
    #[arg(long, value_name = "NAME", value_parser = parse_benchmark)]
    benchmark: Option<Benchmark>,

    /// List every fall of a curve by more than PERCENT of the sessions from one point to the next, whatever its chance
    #[arg(long, value_name = "PERCENT", value_parser = parse_percent)]
    fall: Option<Ratio>,

    /// How many titles to list, those with most sessions first
    #[arg(long, value_name = "N", default_value_t = 20)]
    top: usize,

    /// Write JSON instead of text (documented in docs/retention.md)
    #[arg(long)]
    pub(crate) json: bool,

    /// Write to FILE instead of standard output: .json for JSON, text for all others
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,

    /// Write curves, survival, findings, seeks, chapters and groups to DIR too, as CSV (documented in docs/retention.md)
    #[arg(long, value_name = "DIR")]
    pub(crate) csv: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) filter: FilterArgs,

    /// What is known of titles: JSON or CSV with `content_id`, title, `duration_ms`, live, chapters
    #[arg(long, value_name = "FILE")]
    pub(crate) catalog: Option<PathBuf>,

    // Last, as what follows would stand below its headings.
    #[command(flatten)]
    pub(crate) input: InputArgs,
}

const AFTER_HELP: &str = "\
Examples:
  audience retention logs/ --catalog titles.json
  audience retention logs/ --content film --by device
  audience retention logs/ --every 10s --json -o retention.json
  audience retention logs/ --weight country --weight-of DE=1.4 --weight-of FR=0.8
  audience retention logs/ --benchmark vod --csv tables/";

impl RetentionArgs {
    /// What is asked for, but for the chapters of titles.
    pub(crate) fn spec(&self) -> Result<RetentionSpec, Error> {
        let (filter, zone) = self.filter.filter()?;
        let grid = self.every.map_or_else(|| Grid::shares(self.points), Grid::every).map_err(Asked::Retention)?;
        let weights = || self.weights.iter().map(|(value, weight)| (value.as_str(), *weight));
        let weighting = self.weight.as_deref().map(|name| {
            if self.weights.is_empty() { Weighting::by_attribute(name) } else { Weighting::by_value(name, weights()) }
        });
        Ok(RetentionSpec {
            filter,
            zone,
            grid,
            by: self.by.as_deref().map_or(Ok(Vec::new()), Dimension::parse_list)?,
            weighting,
            benchmark: self.benchmark,
            threshold: self.fall,
            top: self.top,
            ..RetentionSpec::default()
        })
    }
}

fn parse_width(text: &str) -> Result<MediaTime, String> {
    let width = text.parse::<jiff::SignedDuration>().map_err(|error| error.to_string())?;
    match u64::try_from(width.as_millis()) {
        Ok(millis) if millis > 0 => Ok(MediaTime::from_millis(millis)),
        _ => Err("it is not a millisecond or more".to_owned()),
    }
}

fn parse_weight(text: &str) -> Result<(String, Weight), String> {
    let (value, weight) = text.rsplit_once('=').ok_or("it is not VALUE=W")?;
    let weight = weight.trim().parse::<f64>().ok().and_then(Weight::new);
    let wrong = || format!("its weight is not a number from 0 to {}", Weight::MOST);
    Ok((value.to_owned(), weight.ok_or_else(wrong)?))
}

fn parse_benchmark(text: &str) -> Result<Benchmark, String> {
    match text.to_ascii_lowercase().replace('_', "-").as_str() {
        "broadcast" => return Ok(Benchmark::BROADCAST),
        "vod" => return Ok(Benchmark::VOD),
        "short-form" => return Ok(Benchmark::SHORT_FORM),
        _ => {}
    }
    let shares: Vec<f64> = text
        .split(',')
        .map(|part| parse_percent(part).map(Ratio::as_f64))
        .collect::<Result<_, _>>()
        .map_err(|_| "it is neither broadcast, vod, short-form nor three percentages".to_owned())?;
    let shares =
        <[f64; 3]>::try_from(shares).map_err(|shares| format!("it has {} percentages, not three", shares.len()))?;
    Benchmark::new(shares).map_err(|error| error.to_string())
}

fn parse_percent(text: &str) -> Result<Ratio, String> {
    let number = text.trim().trim_end_matches('%').trim_end().parse::<f64>().ok();
    let ratio = number.and_then(|percent| Ratio::new(percent / 100.0).ok());
    ratio.ok_or_else(|| "it is not a percentage from 0 to 100".to_owned())
}
