//! By what a report is broken down.

use std::fmt;
use std::sync::Arc;

use audience_core::SessionFacts;
use audience_stats::KeyOf;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::error::Error;

/// One thing to break down by.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Dimension {
    /// The title.
    Content,
    /// The civil day on which a session began, in the report's time zone.
    Day,
    /// An attribute.
    Attribute(String),
}

impl Dimension {
    /// Reads a list such as `day` or `device,day`. Any name but `content` and `day` is an attribute; `attr:day` is the
    /// attribute of that name.
    ///
    /// # Errors
    ///
    /// [`Error::EmptyName`].
    pub fn parse_list(text: &str) -> Result<Vec<Self>, Error> {
        text.split(',')
            .map(|name| match name.trim() {
                "" | "attr:" => Err(Error::EmptyName { text: text.to_owned() }),
                "content" => Ok(Self::Content),
                "day" => Ok(Self::Day),
                name => Ok(Self::Attribute(name.strip_prefix("attr:").unwrap_or(name).to_owned())),
            })
            .collect()
    }

    /// Its name.
    pub fn name(&self) -> &str {
        match self {
            Self::Content => "content",
            Self::Day => "day",
            Self::Attribute(name) => name,
        }
    }
}

/// What a session has in one dimension.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Value {
    /// The session does not have the attribute.
    Missing,
    /// A day.
    Day(Date),
    /// A title or an attribute's value.
    Text(Arc<str>),
}

impl Value {
    /// The value as text; `None` where there is none.
    pub(crate) fn known(&self) -> Option<String> {
        (*self != Self::Missing).then(|| self.to_string())
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.pad("(none)"),
            Self::Day(date) => f.pad(&date.to_string()),
            Self::Text(text) => f.pad(text),
        }
    }
}

/// The group of a session: its values in several dimensions.
#[derive(Clone, Debug)]
pub struct Grouping {
    /// The dimensions.
    pub dimensions: Vec<Dimension>,
    /// The time zone of days.
    pub zone: TimeZone,
}

impl KeyOf<SessionFacts> for Grouping {
    type Key = Vec<Value>;

    fn key(&self, facts: &SessionFacts) -> Vec<Value> {
        let value = |dimension: &Dimension| match dimension {
            Dimension::Content => Value::Text(facts.identity.content_id.as_str().into()),
            Dimension::Day => day(facts.started_at, &self.zone).map_or(Value::Missing, Value::Day),
            Dimension::Attribute(name) => {
                facts.identity.attributes.get(name).map_or(Value::Missing, |value| Value::Text(value.into()))
            }
        };
        self.dimensions.iter().map(value).collect()
    }
}

/// The civil day of a time; `None` past the year 9999.
pub(crate) fn day(at: audience_core::Timestamp, zone: &TimeZone) -> Option<Date> {
    let at = jiff::Timestamp::from_millisecond(at.as_millis()).ok()?;
    Some(zone.to_datetime(at).date())
}
