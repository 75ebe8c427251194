//! By what sessions are grouped.

use std::fmt;
use std::sync::Arc;

use audience_core::SessionFacts;
use audience_stats::KeyOf;
use audience_stats::hash::hash128;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::calendar::{Calendar, date_of};
use crate::device::DeviceClass;
use crate::error::Error;
use crate::region::WorldRegion;

/// One thing to break down by.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub enum Dimension {
    /// The title.
    Content,
    /// The civil day on which a session began.
    Day,
    /// The part of the world that the country lies in: [`WorldRegion`] of the first of the attributes
    /// [`WorldRegion::ATTRIBUTES`] that the session has.
    WorldRegion,
    /// What kind of device it is: [`DeviceClass`] of the first of the attributes [`DeviceClass::ATTRIBUTES`] that says it.
    DeviceClass,
    /// An attribute.
    Attribute(String),
}

impl Dimension {
    /// Reads a list such as `day` or `device,day`. `content`, `day`, `world-region` and `device-class` are what they say, any other name is
    /// an attribute; `attr:day` is the attribute of that name.
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
                "world-region" => Ok(Self::WorldRegion),
                "device-class" => Ok(Self::DeviceClass),
                name => Ok(Self::Attribute(name.strip_prefix("attr:").unwrap_or(name).to_owned())),
            })
            .collect()
    }

    /// Its name.
    pub fn name(&self) -> &str {
        match self {
            Self::Content => "content",
            Self::Day => "day",
            Self::WorldRegion => "world-region",
            Self::DeviceClass => "device-class",
            Self::Attribute(name) => name,
        }
    }
}

/// What a session has in one dimension.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Value {
    /// The session does not have the attribute.
    Missing,
    /// A day.
    Day(Date),
    /// A title, an attribute's value, or the name of a class.
    Text(Arc<str>),
}

impl Value {
    /// The value as text; `None` where there is none.
    pub fn known(&self) -> Option<String> {
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
#[derive(Clone, Debug, PartialEq)]
pub struct Grouping {
    dimensions: Arc<[Dimension]>,
    calendar: Calendar,
}

/// A value that is not copied.
#[derive(Clone, Copy, Debug)]
enum Part<'a> {
    Missing,
    Day(i32),
    Text(&'a str),
}

impl Grouping {
    /// By these dimensions; days are those of the time zone.
    pub fn new(dimensions: impl Into<Arc<[Dimension]>>, zone: TimeZone) -> Self {
        Self { dimensions: dimensions.into(), calendar: Calendar::new(zone) }
    }

    /// The dimensions.
    pub fn dimensions(&self) -> &[Dimension] {
        &self.dimensions
    }

    /// The calendar of days.
    pub fn calendar(&self) -> &Calendar {
        &self.calendar
    }

    /// The same by some of the dimensions, given by their places.
    pub(crate) fn of(&self, places: &[usize]) -> Self {
        let dimensions = places.iter().filter_map(|at| self.dimensions.get(*at).cloned()).collect::<Vec<_>>();
        Self { dimensions: dimensions.into(), calendar: self.calendar.clone() }
    }

    /// Stands for the group of a session.
    pub(crate) fn hash(&self, facts: &SessionFacts) -> u128 {
        hash_of(self.parts(facts))
    }

    /// The same of what [`KeyOf::key`] gives.
    pub(crate) fn hash_of_key(key: &[Value]) -> u128 {
        hash_of(key.iter().map(|value| match value {
            Value::Missing => Part::Missing,
            Value::Day(date) => Part::Day(crate::calendar::number_of(*date)),
            Value::Text(text) => Part::Text(text),
        }))
    }

    /// The same of a key of texts.
    pub(crate) fn hash_of_texts(values: &[Option<&str>]) -> u128 {
        hash_of(values.iter().map(|value| value.map_or(Part::Missing, Part::Text)))
    }

    fn parts<'a>(&'a self, facts: &'a SessionFacts) -> impl Iterator<Item = Part<'a>> {
        let attribute = |name: &str| facts.identity.attributes.get(name);
        self.dimensions.iter().map(move |dimension| {
            let text = match dimension {
                Dimension::Content => Some(facts.identity.content_id.as_str()),
                Dimension::Day => {
                    return self.calendar.day_number(facts.started_at).map_or(Part::Missing, Part::Day);
                }
                Dimension::WorldRegion => {
                    let country = WorldRegion::ATTRIBUTES.iter().find_map(|name| attribute(name));
                    country.map(|country| WorldRegion::of_country(country).label())
                }
                Dimension::DeviceClass => DeviceClass::of(attribute).map(DeviceClass::label),
                Dimension::Attribute(name) => attribute(name),
            };
            text.map_or(Part::Missing, Part::Text)
        })
    }
}

/// Stands for these parts, in this order. Those that have room in a few hundred bytes are hashed as one text.
fn hash_of<'a>(parts: impl Iterator<Item = Part<'a>>) -> u128 {
    let mut buffer = [0; 240];
    let (mut length, mut hash) = (0, 0_u128);
    for part in parts {
        let day;
        let (kind, bytes): (u8, &[u8]) = match part {
            Part::Missing => (0, &[]),
            Part::Day(number) => {
                day = number.to_le_bytes();
                (1, &day)
            }
            Part::Text(text) => (2, text.as_bytes()),
        };
        let end = length + 5 + bytes.len();
        if end > buffer.len() {
            // What there is stands for itself, and so does a part that is longer than all the room.
            hash = mixed(hash, &buffer[..length]);
            length = 0;
            if bytes.len() + 5 > buffer.len() {
                hash = mixed(hash ^ u128::from(kind), bytes);
                continue;
            }
        }
        buffer[length] = kind;
        // No text has more bytes than fit here, or it would not be in the buffer.
        buffer[length + 1..length + 5].copy_from_slice(&(bytes.len() as u32).to_le_bytes());
        buffer[length + 5..length + 5 + bytes.len()].copy_from_slice(bytes);
        length += 5 + bytes.len();
    }
    mixed(hash, &buffer[..length])
}

/// Goes on from a hash.
fn mixed(before: u128, bytes: &[u8]) -> u128 {
    hash128(bytes, (before as u64) ^ ((before >> 64) as u64))
}

impl KeyOf<SessionFacts> for Grouping {
    type Key = Vec<Value>;

    fn key(&self, facts: &SessionFacts) -> Vec<Value> {
        let value = |part| match part {
            Part::Missing => Value::Missing,
            Part::Day(day) => date_of(day).map_or(Value::Missing, Value::Day),
            Part::Text(text) => Value::Text(text.into()),
        };
        self.parts(facts).map(value).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn different_keys_have_different_hashes() {
        let long = "x".repeat(300);
        let longer = "x".repeat(301);
        let keys: [&[Option<&str>]; 14] = [
            &[],
            &[None],
            &[Some("")],
            &[None, None],
            &[Some(""), None],
            &[None, Some("")],
            &[Some("ab"), Some("c")],
            &[Some("a"), Some("bc")],
            &[Some("c"), Some("ab")],
            &[Some("abc")],
            // Longer than what is hashed at once.
            &[Some(&long)],
            &[Some(&longer)],
            &[Some(&long), Some("a")],
            &[Some("a"), Some(&long)],
        ];
        let hashes: HashSet<u128> = keys.iter().map(|key| Grouping::hash_of_texts(key)).collect();
        assert_eq!(hashes.len(), keys.len());
        // Days are numbers, and no texts.
        let day = Value::Day(jiff::civil::date(1970, 1, 2));
        assert_ne!(Grouping::hash_of_key(&[day]), Grouping::hash_of_texts(&[Some("\u{1}\0\0\0")]));
        assert_eq!(Grouping::hash_of_key(&[Value::Text("ab".into())]), Grouping::hash_of_texts(&[Some("ab")]));
    }
}
