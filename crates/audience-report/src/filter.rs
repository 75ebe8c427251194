//! Which sessions a report is about.

use audience_core::{ContentId, Identity, SessionFacts, Timestamp};
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

use crate::error::Error;

/// Which sessions a report is about: those that pass all of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    /// Only this title.
    pub content: Option<ContentId>,
    /// Only sessions with all of these attributes; several values of one name are alternatives.
    pub attributes: Vec<(String, String)>,
    /// Only sessions that began at this time or later.
    pub from: Option<Timestamp>,
    /// Only sessions that began before this time.
    pub to: Option<Timestamp>,
}

impl Filter {
    /// Whether the session passes.
    pub fn passes(&self, facts: &SessionFacts) -> bool {
        self.passes_identity(&facts.identity)
            && self.from.is_none_or(|from| facts.started_at >= from)
            && self.to.is_none_or(|to| facts.started_at < to)
    }

    /// Whether a session of this title with these attributes passes, whenever it began.
    pub(crate) fn passes_identity(&self, identity: &Identity) -> bool {
        self.content.as_ref().is_none_or(|content| *content == identity.content_id)
            && self.attributes.iter().all(|(name, _)| {
                let value = identity.attributes.get(name);
                self.attributes.iter().any(|(other, wanted)| other == name && value == Some(wanted))
            })
    }

    /// Whether it matters when a session began.
    pub(crate) const fn asks_when(&self) -> bool {
        self.from.is_some() || self.to.is_some()
    }
}

/// Reads `name=value`.
///
/// # Errors
///
/// [`Error::NotAFilter`].
pub fn parse_attribute(text: &str) -> Result<(String, String), Error> {
    match text.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() => Ok((name.trim().to_owned(), value.trim().to_owned())),
        _ => Err(Error::NotAFilter { text: text.to_owned() }),
    }
}

/// Reads a time: a date (its midnight in the zone), a date and time (in the zone), a time with an offset or `Z`, or
/// milliseconds since 1970.
///
/// # Errors
///
/// [`Error::NotATime`].
pub fn parse_time(text: &str, zone: &TimeZone) -> Result<Timestamp, Error> {
    if let Ok(millis) = text.parse::<i64>()
        && text.len() > 8
    {
        return Ok(Timestamp::from_millis(millis));
    }
    let fail = |error: jiff::Error| Error::NotATime { text: text.to_owned(), reason: error.to_string() };
    let instant = if let Ok(instant) = text.parse::<jiff::Timestamp>() {
        instant
    } else {
        let civil = match text.parse::<Date>() {
            Ok(date) if !text.contains([':', 'T', ' ']) => date.to_datetime(jiff::civil::Time::midnight()),
            _ => text.parse::<DateTime>().map_err(fail)?,
        };
        zone.to_timestamp(civil).map_err(fail)?
    };
    Ok(Timestamp::from_millis(instant.as_millisecond()))
}
