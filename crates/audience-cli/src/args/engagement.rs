//! What the command line says of a report on engagement.

use std::path::PathBuf;

use audience_core::Elapsed;
use audience_engagement::{EngagementWeights, TouchOf};
use audience_report::engagement::EngagementSpec;
use clap::Args;

use super::experiment::parse_period;
use super::{FilterArgs, InputArgs, PublishArgs};
use crate::error::Error;

/// How much viewers cared, whether that changes, and which titles, parts of titles and sessions earned it.
///
/// Reads telemetry as `report` does and prints the engagement score of each title with what it is made of and how sure it is, daily figures
/// with their trend and odd days, and what parts of titles earned. docs/methods/engagement.md has the definitions.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct EngagementArgs {
    /// What counts how much: watch-time, completion, rewatch, social, skip-penalty (completion=0.5,social=0); `even` for 0.2 each
    /// [default: watch-time=0.4,completion=0.3,rewatch=0.1,social=0.2,skip-penalty=0.2]
    #[arg(long, value_name = "NAME=W,…", value_parser = parse_weights)]
    weights: Option<EngagementWeights>,

    /// Leave likes, shares and comments out, also where there are any
    #[arg(long)]
    no_social: bool,

    /// Into how many equal parts titles without chapters are divided
    #[arg(long, value_name = "N", default_value_t = 10)]
    parts: usize,

    /// The custom event that is a conversion
    #[arg(long, value_name = "NAME", default_value = "conversion")]
    conversion: String,

    /// Credit conversions over all sessions of a viewer to `content`, the titles, or to the values of an attribute (campaign)
    ///
    /// For an attribute that is named `content`, write `attr:content`. Memory grows with sessions.
    #[arg(long, value_name = "NAME", value_parser = parse_touch)]
    touch: Option<TouchOf>,

    /// Sessions longer before a conversion than TIME are not credited (30d, 12h)
    #[arg(long, value_name = "TIME", value_parser = parse_period, requires = "touch")]
    look_back: Option<Elapsed>,

    /// List N titles that are watched by the same viewers for each; memory grows with viewers
    #[arg(long, value_name = "N", default_value_t = 0)]
    similar: usize,

    /// Resamples of viewers for the intervals of scores
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u32).range(2..=10_000))]
    resamples: u32,

    /// How many titles to list, the best first
    #[arg(long, value_name = "N", default_value_t = 20)]
    top: usize,

    #[command(flatten)]
    pub(crate) publish: PublishArgs,

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
  audience engagement logs/ --catalog titles.json
  audience engagement logs/ --weights watch-time=1,completion=1,social=0 --top 50 -o engagement.html
  audience engagement logs/ --conversion subscribe --touch campaign --look-back 30d
  audience engagement logs/ --similar 5 --json -o engagement.json
  audience engagement logs/ --tz Europe/Berlin --csv tables/";

impl EngagementArgs {
    /// What is asked for, but for the chapters of titles.
    pub(crate) fn spec(&self) -> Result<EngagementSpec, Error> {
        let (filter, zone) = self.filter.filter()?;
        let spec = EngagementSpec::default();
        Ok(EngagementSpec {
            filter,
            zone,
            weights: self.weights.unwrap_or_default(),
            social: !self.no_social,
            bootstrap: audience_stats::Bootstrap { replicates: self.resamples, ..spec.bootstrap },
            parts: self.parts,
            conversion: self.conversion.clone(),
            touches: self.touch.clone(),
            look_back: self.look_back,
            similar: self.similar,
            top: self.top,
            ..spec
        })
    }
}

fn parse_weights(text: &str) -> Result<EngagementWeights, String> {
    if text.trim() == "even" {
        return Ok(EngagementWeights::EVEN);
    }
    let mut weights = EngagementWeights::default();
    for pair in text.split(',') {
        let (name, weight) = pair.split_once('=').ok_or_else(|| format!("{pair:?} is not NAME=W"))?;
        let weight: f64 = weight.trim().parse().map_err(|_| format!("{:?} is not a number", weight.trim()))?;
        *match name.trim().replace('_', "-").as_str() {
            "watch-time" => &mut weights.watch_time,
            "completion" => &mut weights.completion,
            "rewatch" => &mut weights.rewatch,
            "social" => &mut weights.social,
            "skip-penalty" => &mut weights.skip_penalty,
            other => {
                return Err(format!("{other:?} is none of watch-time, completion, rewatch, social, skip-penalty"));
            }
        } = weight;
    }
    weights.check().map_err(|error| format!("cannot {error}"))?;
    Ok(weights)
}

fn parse_touch(text: &str) -> Result<TouchOf, String> {
    match text.trim() {
        "" | "attr:" => Err("it is an empty name".to_owned()),
        "content" => Ok(TouchOf::Content),
        name => Ok(TouchOf::Attribute(name.strip_prefix("attr:").unwrap_or(name).to_owned())),
    }
}
