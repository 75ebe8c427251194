//! What the command line says of a report on groups of sessions.

use std::path::PathBuf;

use audience_report::groups::{GroupOrder, GroupsSpec, Versus};
use audience_report::{Dimension, parse_versus};
use clap::Args;

use super::{FilterArgs, InputArgs, PublishArgs};
use crate::error::Error;

/// The same figures for every group of sessions: by country, device, day, or any attributes together.
///
/// Reads telemetry as `report` does, and counts viewers, sessions, what they watched and how it went for each group, those with most first
/// and all others as one row. --min-viewers keeps groups out of every output that are about too few viewers.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct BreakdownArgs {
    /// What groups are by: `content`, `day`, `world-region`, `device-class`, or any attribute, several with commas
    ///
    /// Regions follow from the attribute country (`country_code`, `geo_country`, `country_iso`), classes from what devices, platforms and
    /// operating systems are called. For an attribute that is named like one of these, write `attr:day`.
    #[arg(long, value_name = "NAMES")]
    by: String,

    /// Which groups come first
    #[arg(long, value_name = "FIGURE", value_enum, default_value = "watch-time")]
    order_by: OrderArg,

    /// How many groups to list
    #[arg(long, value_name = "N", default_value_t = 20)]
    top: usize,

    /// Do not show groups of fewer viewers, nor what they could be worked out from
    #[arg(long, value_name = "N", default_value_t = 1)]
    min_viewers: u64,

    /// Count viewers by sketches, about: memory does not grow with viewers
    #[arg(long)]
    approx_viewers: bool,

    /// Say by how much groups changed since `previous` (the period just before --from to --to) or other sessions (device=tv, from=…)
    ///
    /// Pairs NAME=VALUE, several with commas, replace parts of the filter: `from`, `to`, `content` and attributes. For an
    /// attribute that is named like one of these, write `attr:from`.
    #[arg(long, value_name = "SPEC")]
    vs: Option<String>,

    /// List groups by each single name of --by, too
    #[arg(long)]
    rollups: bool,

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
  audience breakdown logs/ --by country,device
  audience breakdown logs/ --by world-region,device-class --rollups -o breakdown.html
  audience breakdown logs/ --by country --min-viewers 50 --csv tables/
  audience breakdown logs/ --by content --catalog titles.csv --from 2026-01-08 --to 2026-01-15 --vs previous";

/// Which groups come first.
#[derive(Clone, Copy, Debug, Eq, PartialEq, clap::ValueEnum)]
enum OrderArg {
    Viewers,
    Sessions,
    WatchTime,
}

impl BreakdownArgs {
    /// What is asked for.
    pub(crate) fn spec(&self) -> Result<GroupsSpec, Error> {
        let (filter, zone) = self.filter.filter()?;
        let versus = |text: &String| -> Result<Versus, Error> {
            let name = match text.trim() {
                "previous" => "the previous period",
                name => name,
            };
            Ok(Versus { name: name.to_owned(), filter: parse_versus(text, &filter, &zone)? })
        };
        Ok(GroupsSpec {
            versus: self.vs.as_ref().map(versus).transpose()?,
            filter,
            by: Dimension::parse_list(&self.by)?,
            zone,
            order: match self.order_by {
                OrderArg::Viewers => GroupOrder::Viewers,
                OrderArg::Sessions => GroupOrder::Sessions,
                OrderArg::WatchTime => GroupOrder::WatchTime,
            },
            top: self.top,
            min_viewers: self.min_viewers,
            approximate_viewers: self.approx_viewers,
            rollups: self.rollups,
        })
    }
}
