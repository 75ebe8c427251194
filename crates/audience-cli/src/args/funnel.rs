//! What the command line says of a report on funnels.

use std::path::PathBuf;

use audience_cohort::{FunnelSpec, FunnelStep, FunnelUnit, MilestoneReading, Milestones, PositionUnit};
use audience_core::{Elapsed, MediaTime};
use audience_report::funnel::{FunnelReportSpec, PositionsAsked};
use clap::{Args, ValueEnum};

use super::experiment::parse_period;
use super::{FilterArgs, InputArgs, PublishArgs};
use crate::error::Error;

/// How far they come: through steps that are events, or past places in the content.
///
/// With --steps, how many viewers came through events one after the other, in what time, and where most were lost. With --milestones,
/// how many sessions came past places in the content, by four readings of what that means; without either, past 0, 25, 50, 75, 95 and
/// 100 %. docs/funnel.md has the definitions. Events are needed: of a table of sessions there are only the facts.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct FunnelArgs {
    /// Follow these events, one after the other; after a colon, within what time of the one before (load,play:10m,subscribe:1d)
    ///
    /// Names are those of types of events (load, play, seek, end) and of custom events. What follows the last colon of a name and is no time
    /// is part of the name.
    #[arg(long, value_name = "NAME[:TIME],…", value_delimiter = ',', value_parser = parse_step)]
    steps: Vec<FunnelStep>,

    /// Within what time of the one before steps are that have none of their own (30s, 10m, 1d)
    #[arg(long, value_name = "TIME", value_parser = parse_period, requires = "steps")]
    step_limit: Option<Elapsed>,

    /// Within what time all steps are, from the first to the last
    #[arg(long, value_name = "TIME", value_parser = parse_period, requires = "steps")]
    within: Option<Elapsed>,

    /// Take steps in any order: those within --within of each other count together
    #[arg(long, requires = "steps", conflicts_with = "step_limit")]
    unordered: bool,

    /// Look at these places in the content, rising: all in percent of it, or all times (25,50,75 or 30s,5m)
    #[arg(long, value_name = "PLACE,…", value_delimiter = ',', value_parser = parse_place)]
    milestones: Vec<Place>,

    /// Which reading of milestones conversions are of [default: ordered]
    #[arg(long, value_name = "READING", value_enum)]
    reading: Option<Reading>,

    /// What counts once [default: viewer for steps, session for milestones]
    #[arg(long, value_name = "UNIT", value_enum)]
    per: Option<Per>,

    /// Compare groups by ATTRIBUTE: of viewers, as it was at their first session
    #[arg(long, value_name = "ATTRIBUTE")]
    by: Option<String>,

    /// The value of --by that the others are compared with, at each step [default: that of most units]
    #[arg(long, value_name = "VALUE", requires = "by", requires = "steps")]
    baseline: Option<String>,

    /// Do not show groups of fewer units (viewers, or what --per says)
    #[arg(long, value_name = "N", default_value_t = 1)]
    min_viewers: u64,

    /// How many values of --by to list, those of most units
    #[arg(long, value_name = "N", default_value_t = 20)]
    top: usize,

    /// Durations of titles, for milestones in percent: JSON or CSV with `content_id` and `duration_ms`
    #[arg(long, value_name = "FILE")]
    pub(crate) catalog: Option<PathBuf>,

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
  audience funnel logs/ --steps load,play,seek,end --step-limit 10m --by device
  audience funnel logs/ --steps play,trial:7d,subscribe:30d --by campaign --baseline mail -o funnel.html
  audience funnel logs/ --steps like,share --unordered --within 1h --per session
  audience funnel logs/ --milestones 0,25,50,75,95 --reading each --catalog titles.csv
  audience funnel logs/ --milestones 10s,30s,3m --per viewer-title --csv tables/";

/// What counts once.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
enum Per {
    /// A viewer; for milestones, a viewer with a title
    Viewer,
    /// A viewer with a title; for steps, a viewer
    ViewerTitle,
    /// A session
    Session,
}

/// What it means to come to a milestone.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
enum Reading {
    /// Something was played there or later
    Furthest,
    /// That moment was played
    Each,
    /// It and those of all milestones before it were played
    Unordered,
    /// They were played one after the other
    Ordered,
}

/// A place in the content.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Place {
    /// In millionths of it.
    Share(u32),
    Position(MediaTime),
}

/// The percents that are looked at where nothing else is asked for.
const PERCENTS: [u32; 6] = [0, 25, 50, 75, 95, 100];

impl FunnelArgs {
    /// What is asked for, but for where the data end.
    pub(crate) fn spec(&self) -> Result<FunnelReportSpec, Error> {
        let (filter, zone) = self.filter.filter()?;
        let steps = if self.steps.is_empty() { None } else { Some(self.steps()?) };
        let positions = if steps.is_some() && self.milestones.is_empty() { None } else { Some(self.positions()?) };
        if positions.is_none() {
            self.only_for_milestones()?;
        }
        Ok(FunnelReportSpec {
            filter,
            zone,
            steps,
            positions,
            by: self.by.clone(),
            baseline: self.baseline.clone().map(|value| if value == "(none)" { None } else { Some(value) }),
            min_units: self.min_viewers,
            top: self.top,
            ..FunnelReportSpec::default()
        })
    }

    /// The attribute that groups units.
    pub(crate) fn attribute(&self) -> Option<&str> {
        self.by.as_deref()
    }

    fn steps(&self) -> Result<FunnelSpec, Error> {
        let limited = |(at, step): (usize, &FunnelStep)| match self.step_limit {
            Some(limit) if at > 0 && step.limit().is_none() => step.clone().within(limit),
            _ => step.clone(),
        };
        let wrong = |source| Error::Funnel { option: "--steps", source };
        let mut spec = FunnelSpec::new(self.steps.iter().enumerate().map(limited)).map_err(wrong)?;
        if let Some(within) = self.within {
            spec = spec.within(within);
        }
        if self.unordered {
            spec = spec.unordered().map_err(wrong)?;
        }
        let per = match self.per {
            None | Some(Per::Viewer | Per::ViewerTitle) => FunnelUnit::Viewer,
            Some(Per::Session) => FunnelUnit::Session,
        };
        Ok(spec.per(per))
    }

    fn positions(&self) -> Result<PositionsAsked, Error> {
        let wrong = |source| Error::Funnel { option: "--milestones", source };
        let shares: Vec<u32> = self.milestones.iter().filter_map(|place| place.share()).collect();
        let milestones = if self.milestones.is_empty() {
            Milestones::percents(PERCENTS)
        } else if shares.len() == self.milestones.len() {
            Milestones::millionths(shares)
        } else if shares.is_empty() {
            Milestones::positions(self.milestones.iter().filter_map(|place| place.position()))
        } else {
            let value = self.milestones.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
            let reason = "all are percents, or all are times";
            return Err(Error::Option { option: "--milestones", value, reason });
        };
        Ok(PositionsAsked {
            milestones: milestones.map_err(wrong)?,
            per: match self.per {
                None | Some(Per::Session) => PositionUnit::Session,
                Some(Per::Viewer | Per::ViewerTitle) => PositionUnit::ViewerTitle,
            },
            reading: match self.reading {
                Some(Reading::Furthest) => MilestoneReading::Furthest,
                Some(Reading::Each) => MilestoneReading::Each,
                Some(Reading::Unordered) => MilestoneReading::Unordered,
                Some(Reading::Ordered) | None => MilestoneReading::Ordered,
            },
        })
    }

    /// Refuses what would have no meaning for steps.
    fn only_for_milestones(&self) -> Result<(), Error> {
        let named = |value: Option<clap::builder::PossibleValue>| {
            value.map_or_else(String::new, |value| value.get_name().to_owned())
        };
        let reason = "it is about milestones, and there are none";
        if let Some(reading) = self.reading {
            return Err(Error::Option { option: "--reading", value: named(reading.to_possible_value()), reason });
        }
        if let Some(per @ Per::ViewerTitle) = self.per {
            return Err(Error::Option { option: "--per", value: named(per.to_possible_value()), reason });
        }
        Ok(())
    }
}

impl Place {
    const fn share(self) -> Option<u32> {
        match self {
            Self::Share(millionths) => Some(millionths),
            Self::Position(_) => None,
        }
    }

    const fn position(self) -> Option<MediaTime> {
        match self {
            Self::Share(_) => None,
            Self::Position(position) => Some(position),
        }
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Share(millionths) => write!(f, "{}%", f64::from(*millionths) / 10_000.0),
            Self::Position(position) => position.fmt(f),
        }
    }
}

/// A name, and after its last colon a time if that is one.
fn parse_step(text: &str) -> Result<FunnelStep, String> {
    let text = text.trim();
    let limited = text.rsplit_once(':').and_then(|(name, limit)| Some((name.trim(), parse_period(limit.trim()).ok()?)));
    match limited {
        None if text.is_empty() => Err("it names no event".to_owned()),
        None => Ok(FunnelStep::new(text)),
        Some(("", _)) => Err("it names no event".to_owned()),
        Some((name, limit)) => Ok(FunnelStep::new(name).within(limit)),
    }
}

/// A percentage, with or without its sign, or a time.
fn parse_place(text: &str) -> Result<Place, String> {
    let text = text.trim();
    let number = text.strip_suffix('%').unwrap_or(text).trim_end();
    if let Ok(percent) = number.parse::<f64>() {
        // To the millionth, as milestones are.
        let millionths = (percent * 10_000.0).round();
        if !(0.0..=1_000_000.0).contains(&millionths) {
            return Err("it is not from 0 to 100 percent".to_owned());
        }
        return Ok(Place::Share(millionths as u32));
    }
    match parse_period(text) {
        Ok(position) => Ok(Place::Position(MediaTime::from_millis(position.as_millis()))),
        Err(_) => Err("it is neither a percentage, such as 25, nor a time, such as 30s".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(text: &str) -> Result<(String, Option<u64>), String> {
        parse_step(text).map(|step| (step.name().to_owned(), step.limit().map(Elapsed::as_millis)))
    }

    #[test]
    fn the_last_colon_begins_a_limit_if_a_time_follows() {
        assert_eq!(step("play"), Ok(("play".to_owned(), None)));
        assert_eq!(step("play:10m"), Ok(("play".to_owned(), Some(600_000))));
        assert_eq!(step("ad:start"), Ok(("ad:start".to_owned(), None)));
        assert_eq!(step("ad:start:1d"), Ok(("ad:start".to_owned(), Some(86_400_000))));
        assert_eq!(step("play:"), Ok(("play:".to_owned(), None)));
        // Nothing is no time to come in.
        assert_eq!(step("play:0s"), Ok(("play:0s".to_owned(), None)));
        assert!(step("").is_err() && step(":10m").is_err());
    }

    #[test]
    fn places_are_percents_or_times() {
        assert_eq!(parse_place("25"), Ok(Place::Share(250_000)));
        assert_eq!(parse_place("99.9 %"), Ok(Place::Share(999_000)));
        assert_eq!(parse_place("30s"), Ok(Place::Position(MediaTime::from_secs(30))));
        for wrong in ["", "-1", "101", "half", "NaN", "inf"] {
            assert!(parse_place(wrong).is_err(), "{wrong}");
        }
    }
}
