//! What a report is asked for.

use std::sync::Arc;

use audience_core::Timestamp;
use audience_qoe::{Attempts, GoodStreamLimits, SliceDimension};
use audience_retention::ChapterIndex;
use jiff::tz::TimeZone;

use crate::cohorts::CohortsSpec;
use crate::engagement::EngagementSpec;
use crate::error::Error;
use crate::filter::Filter;
use audience_cohort::Dimension;

/// What a report is asked for.
#[derive(Clone, Debug)]
pub struct ReportSpec {
    /// Which sessions it is about.
    pub filter: Filter,
    /// By what to break everything down; nothing by default.
    pub by: Vec<Dimension>,
    /// By what to compare the retention curves of each title; nothing by default. Each group of each title takes some kilobytes.
    pub curves_by: Vec<Dimension>,
    /// The chapters of titles: [`chapter_index`](crate::retention::chapter_index); none by default.
    pub chapters: Arc<ChapterIndex>,
    /// The time zone of days; UTC by default.
    pub zone: TimeZone,
    /// The last instant in the data, from `Sessions::horizon`: who had not come back by then may still. The last session's beginning by
    /// default.
    pub horizon: Option<Timestamp>,
    /// What a good stream is, and which failures are none of the technology's.
    pub good: GoodStreamLimits,
    /// Which sessions count as attempts to play.
    pub attempts: Attempts,
    /// Which slices of sessions to lay excess stall time to: titles, and values of these attributes. None by default.
    pub slices: Vec<SliceDimension>,
    /// How many titles to list, those watched most first; 20 by default.
    pub top: usize,
}

impl Default for ReportSpec {
    fn default() -> Self {
        Self {
            filter: Filter::default(),
            by: Vec::new(),
            curves_by: Vec::new(),
            chapters: Arc::default(),
            zone: TimeZone::UTC,
            horizon: None,
            good: GoodStreamLimits::default(),
            attempts: Attempts::default(),
            slices: Vec::new(),
            top: 20,
        }
    }
}

impl ReportSpec {
    /// What a report says of who comes back.
    pub(crate) fn cohorts(&self) -> CohortsSpec {
        CohortsSpec {
            filter: self.filter.clone(),
            zone: self.zone.clone(),
            horizon: self.horizon,
            ..CohortsSpec::default()
        }
    }

    /// What a report says of engagement: by the default weights, without journeys and what is similar.
    pub(crate) fn engagement(&self) -> EngagementSpec {
        EngagementSpec {
            filter: self.filter.clone(),
            chapters: self.chapters.clone(),
            zone: self.zone.clone(),
            top: self.top,
            ..EngagementSpec::default()
        }
    }
}

/// Reads a list of slices such as `cdn,device,content`: attributes, and `content` for the title; `attr:content` is the attribute
/// of that name.
///
/// # Errors
///
/// [`Error::Cohort`] of an empty name, [`Error::SliceTwice`], and [`Error::NoSlice`] for days and classes, which are none.
pub fn parse_slices(text: &str) -> Result<Vec<SliceDimension>, Error> {
    let slice = |dimension| match dimension {
        Dimension::Content => Ok(SliceDimension::Title),
        Dimension::Attribute(name) => Ok(SliceDimension::attribute(name)),
        other => Err(Error::NoSlice { name: other.name().to_owned() }),
    };
    let slices = Dimension::parse_list(text)?.into_iter().map(slice).collect::<Result<Vec<_>, _>>()?;
    match (1..slices.len()).find(|at| slices[..*at].contains(&slices[*at])) {
        Some(at) => Err(Error::SliceTwice { name: slices[at].name().to_owned() }),
        None => Ok(slices),
    }
}

/// The time zone of this IANA name (`Europe/Berlin`).
///
/// # Errors
///
/// [`Error::UnknownTimeZone`].
pub fn parse_zone(name: &str) -> Result<TimeZone, Error> {
    TimeZone::get(name).map_err(|error| Error::UnknownTimeZone { name: name.to_owned(), reason: error.to_string() })
}
