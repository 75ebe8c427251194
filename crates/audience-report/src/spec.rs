//! What a report is asked for.

use audience_qoe::GoodStreamLimits;
use jiff::tz::TimeZone;

use crate::breakdown::Dimension;
use crate::error::Error;
use crate::filter::Filter;

/// What a report is asked for.
#[derive(Clone, Debug)]
pub struct ReportSpec {
    /// Which sessions it is about.
    pub filter: Filter,
    /// By what to break everything down; nothing by default.
    pub by: Vec<Dimension>,
    /// The time zone of days; UTC by default.
    pub zone: TimeZone,
    /// What a good stream is, and which failures are none of the technology's.
    pub good: GoodStreamLimits,
    /// How many titles to list, those watched most first; 20 by default.
    pub top: usize,
}

impl Default for ReportSpec {
    fn default() -> Self {
        Self {
            filter: Filter::default(),
            by: Vec::new(),
            zone: TimeZone::UTC,
            good: GoodStreamLimits::default(),
            top: 20,
        }
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
