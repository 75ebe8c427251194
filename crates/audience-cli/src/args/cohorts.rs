//! What the command line says of a report on who comes back.

use audience_cohort::{LoyaltySpec, Period};
use audience_core::{Elapsed, MediaTime};
use audience_report::cohorts::CohortsSpec;
use clap::Args;
use jiff::civil::Weekday;

use super::experiment::parse_period;
use super::{FilterArgs, InputArgs, PublishArgs};
use crate::error::Error;

/// Who comes back: cohorts by first visit, days after it, how long viewers stay away, and who is still there.
///
/// Reads telemetry as `report` does. A visit is a session, at the time it was loaded; sessions that name no viewer are left out. What has not
/// happened yet when the data end is left out rather than 0. docs/methods/cohorts.md has the definitions.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct CohortsArgs {
    /// What cohorts are by [default: day, week or month, by how long the data are]
    #[arg(long, value_name = "PERIOD", value_enum)]
    period: Option<PeriodArg>,

    /// The day on which weeks begin
    #[arg(long, value_name = "DAY", value_parser = parse_weekday, default_value = "monday")]
    week_start: Weekday,

    /// How many periods to list, the last ones
    #[arg(long, value_name = "N", default_value_t = 24)]
    periods: usize,

    /// Which days after the first visit to list
    #[arg(long, value_name = "N,…", value_delimiter = ',', default_value = "1,2,3,7,14,30,60,90")]
    days: Vec<u32>,

    /// Compare viewers by ATTRIBUTE, as it was at their first visit (device, campaign)
    #[arg(long, value_name = "ATTRIBUTE")]
    by: Option<String>,

    /// Only count sessions in which a frame was seen as visits
    #[arg(long)]
    only_started: bool,

    /// Do not show cohorts and groups of fewer viewers
    #[arg(long, value_name = "N", default_value_t = 1)]
    min_viewers: u64,

    /// For how many days to expect visits
    #[arg(long, value_name = "N", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=3650))]
    expect_days: u32,

    /// What counts in full for loyalty: visits on N days of the last TIME, with TIME watched each [default: 12,30d,30m]
    #[arg(long, value_name = "N,TIME,TIME", value_parser = parse_loyalty)]
    loyalty: Option<LoyaltySpec>,

    /// List every viewer, those who came often and may be gone first, in JSON and as viewers.csv
    #[arg(long)]
    viewers: bool,

    /// How many values of --by to list, those with most viewers
    #[arg(long, value_name = "N", default_value_t = 20)]
    top: usize,

    #[command(flatten)]
    pub(crate) publish: PublishArgs,

    #[command(flatten)]
    pub(crate) filter: FilterArgs,

    // Last, as what follows would stand below its headings.
    #[command(flatten)]
    pub(crate) input: InputArgs,
}

const AFTER_HELP: &str = "\
Examples:
  audience cohorts logs/ --tz Europe/Berlin
  audience cohorts logs/ --period week --by device -o cohorts.html
  audience cohorts logs/ --from 2026-01-01 --to 2026-04-01 --period month --csv tables/
  audience cohorts logs/ --viewers --csv tables/ --pseudonyms secret.key";

/// What cohorts are by.
#[derive(Clone, Copy, Debug, Eq, PartialEq, clap::ValueEnum)]
enum PeriodArg {
    Day,
    Week,
    Month,
}

impl CohortsArgs {
    /// What is asked for.
    pub(crate) fn spec(&self) -> Result<CohortsSpec, Error> {
        let (filter, zone) = self.filter.filter()?;
        let period = self.period.map(|period| match period {
            PeriodArg::Day => Period::Day,
            PeriodArg::Week => Period::Week(self.week_start),
            PeriodArg::Month => Period::Month,
        });
        let mut days = self.days.clone();
        days.sort_unstable();
        days.dedup();
        Ok(CohortsSpec {
            filter,
            zone,
            period,
            periods: self.periods,
            days,
            by: self.by.clone(),
            only_started: self.only_started,
            min_viewers: self.min_viewers,
            loyalty: self.loyalty.unwrap_or_default(),
            expect_days: self.expect_days,
            list_viewers: self.viewers,
            top: self.top,
        })
    }
}

fn parse_weekday(text: &str) -> Result<Weekday, String> {
    let days = [
        ("monday", Weekday::Monday),
        ("tuesday", Weekday::Tuesday),
        ("wednesday", Weekday::Wednesday),
        ("thursday", Weekday::Thursday),
        ("friday", Weekday::Friday),
        ("saturday", Weekday::Saturday),
        ("sunday", Weekday::Sunday),
    ];
    let name = text.to_ascii_lowercase();
    let found = days.into_iter().find(|(day, _)| name.len() >= 2 && day.starts_with(&name));
    found.map(|(_, day)| day).ok_or_else(|| "it is no day of the week".to_owned())
}

fn parse_loyalty(text: &str) -> Result<LoyaltySpec, String> {
    let [days, window, per_visit] = text.split(',').collect::<Vec<_>>()[..] else {
        return Err("it is not N,TIME,TIME".to_owned());
    };
    let days: u32 = days.trim().parse().map_err(|_| format!("{days:?} is not a number of days"))?;
    let window: Elapsed = parse_period(window.trim())?;
    let per_visit = MediaTime::from_millis(parse_period(per_visit.trim())?.as_millis());
    if days == 0 || window.is_zero() || per_visit.is_zero() {
        return Err("nothing is a part of nothing: all three are above 0".to_owned());
    }
    Ok(LoyaltySpec { days, window, per_visit, ..LoyaltySpec::default() })
}
