//! Where the value of a field comes from, and how it becomes one.

use std::borrow::Cow;

use audience_core::FieldKind;
use jiff::tz::TimeZone;

use super::record::{Place, Record};
use super::time;
use super::unit::{Target, Unit};
use crate::draft::MAX_TS;
use crate::quality::Name;
use crate::scalar::Scalar;

/// Alternatives, of which the first that is there counts.
#[derive(Clone, Debug, Default)]
pub(super) struct Source {
    pub(super) alternatives: Vec<Alternative>,
}

/// One way to come by a value.
#[derive(Clone, Debug)]
pub(super) struct Alternative {
    /// What the source calls it.
    pub(super) name: Name,
    pub(super) origin: Origin,
    pub(super) unit: Unit,
    /// Words and what they mean; `*` is all others.
    pub(super) table: Option<Vec<(Box<str>, Box<str>)>>,
    /// The zone of times that name none.
    pub(super) zone: TimeZone,
}

/// What a value is made of.
#[derive(Clone, Debug)]
pub(super) enum Origin {
    Path(Place),
    Constant(Box<str>),
    /// All of them, with a text in between.
    Join(Vec<Place>, Box<str>),
    /// All of them that are there, added up.
    Sum(Vec<Alternative>),
    /// The number of the record in its line.
    Index,
}

/// What came of reading a source.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Found<'r> {
    Nothing,
    /// Of just the type the field has.
    Value(Scalar<'r>),
    /// What stands there cannot be used.
    Unusable {
        name: Name,
        value: Scalar<'r>,
        expected: Cow<'r, str>,
    },
}

impl Source {
    /// What the source calls the value.
    pub(super) fn name(&self) -> Option<Name> {
        self.alternatives.first().map(|alternative| alternative.name.clone())
    }

    /// Whether any part of it is a part of the duration.
    pub(super) fn needs_duration(&self) -> bool {
        self.alternatives.iter().any(|alternative| matches!(alternative.unit, Unit::Percent | Unit::Fraction))
    }

    /// The value for `target`. `duration` is that of the content, in ms, for what is a part of it.
    pub(super) fn read<'r>(&'r self, target: Target, record: Record<'r>, duration: Option<u64>) -> Found<'r> {
        let there = self.alternatives.iter().find_map(|alternative| {
            let value = alternative.origin.value(record);
            (value != Scalar::Null).then_some((alternative, value))
        });
        let Some((alternative, value)) = there else { return Found::Nothing };
        let unusable = |value, expected| Found::Unusable { name: alternative.name.clone(), value, expected };
        let value = match alternative.translate(value) {
            Ok(value) => value,
            Err((value, expected)) => return unusable(value, expected.into()),
        };
        if value == Scalar::Text("".into()) {
            return Found::Nothing;
        }
        match alternative.typed(&value, target, duration) {
            Some(typed) => Found::Value(typed),
            None => unusable(value, target.expected().into()),
        }
    }

    /// The value as text; for names of events.
    pub(super) fn text<'r>(&'r self, record: Record<'r>) -> Option<Cow<'r, str>> {
        match self.read(Target::TEXT, record, None) {
            Found::Value(Scalar::Text(text)) => Some(text),
            _ => None,
        }
    }
}

impl Origin {
    fn value<'r>(&'r self, record: Record<'r>) -> Scalar<'r> {
        match self {
            Self::Path(place) => borrowed(record.get(*place)),
            Self::Constant(text) => Scalar::Text(Cow::Borrowed(text)),
            Self::Join(places, separator) => {
                let mut joined = String::new();
                for (index, place) in places.iter().enumerate() {
                    let Some(text) = record.get(*place).as_text() else { return Scalar::Null };
                    if index > 0 {
                        joined.push_str(separator);
                    }
                    joined.push_str(&text);
                }
                Scalar::Text(Cow::Owned(joined))
            }
            Self::Sum(parts) => {
                let numbers =
                    parts.iter().filter_map(|part| number(&part.origin.value(record)).map(|n| (n, part.unit)));
                let mut sum = None;
                for (number, unit) in numbers {
                    let factor = if let Unit::Factor(factor) = unit { factor } else { 1.0 };
                    sum = Some(sum.unwrap_or(0.0) + number * factor);
                }
                sum.map_or(Scalar::Null, Scalar::Float)
            }
            Self::Index => Scalar::Unsigned(record.index as u64),
        }
    }
}

impl Alternative {
    /// What the table says that the value means; otherwise the value, and what the table has.
    fn translate<'r>(&'r self, value: Scalar<'r>) -> Result<Scalar<'r>, (Scalar<'r>, String)> {
        let Some(table) = &self.table else { return Ok(value) };
        let text = value.as_text().unwrap_or_default();
        let meaning =
            table.iter().find(|(word, _)| **word == *text).or_else(|| table.iter().find(|(word, _)| &**word == "*"));
        if let Some((_, meaning)) = meaning {
            return Ok(Scalar::Text(Cow::Borrowed(meaning)));
        }
        let words: Vec<&str> = table.iter().map(|(word, _)| &**word).collect();
        drop(text);
        Err((value, format!("one of {}", words.join(" "))))
    }

    fn typed<'r>(&self, value: &Scalar<'r>, target: Target, duration: Option<u64>) -> Option<Scalar<'r>> {
        match target.kind {
            FieldKind::Text => match value {
                Scalar::Text(text) => Some(Scalar::Text(text.clone())),
                value => value.as_text().map(|text| Scalar::Text(Cow::Owned(text.into_owned()))),
            },
            FieldKind::Truth => truth(value).map(Scalar::Bool),
            FieldKind::Number => self.scaled(value, duration).map(Scalar::Float),
            FieldKind::Whole => self.whole(value, duration).map(Scalar::Unsigned),
            FieldKind::Time => {
                self.time(value).map(|time| u64::try_from(time).map_or(Scalar::Negative(time), Scalar::Unsigned))
            }
        }
    }

    fn scaled(&self, value: &Scalar<'_>, duration: Option<u64>) -> Option<f64> {
        let number = number(value)?;
        Some(match self.unit {
            Unit::Factor(factor) => number * factor,
            Unit::Percent => number / 100.0 * duration? as f64,
            Unit::Fraction => number * duration? as f64,
        })
    }

    fn whole(&self, value: &Scalar<'_>, duration: Option<u64>) -> Option<u64> {
        if let (Scalar::Unsigned(number), Unit::Factor(1.0)) = (value, self.unit) {
            return Some(*number);
        }
        // Below zero by less than rounding is zero; past 2⁵³ a float is no count.
        let number = self.scaled(value, duration).filter(|number| *number > -0.5 && *number < 9e15)?;
        Some(number.round().max(0.0) as u64)
    }

    fn time(&self, value: &Scalar<'_>) -> Option<i64> {
        let millis = match (self.scaled(value, None), value) {
            // Past what fits, the nearest that does, which is no time either.
            (Some(number), _) => number.round() as i64,
            (None, Scalar::Text(text)) => time::millis(text, &self.zone)?,
            (None, _) => return None,
        };
        Some(millis).filter(|millis| millis.unsigned_abs() <= MAX_TS as u64)
    }
}

/// The same value, its text not copied.
fn borrowed<'r>(value: &'r Scalar<'r>) -> Scalar<'r> {
    match value {
        Scalar::Text(text) => Scalar::Text(Cow::Borrowed(text)),
        value => value.clone(),
    }
}

/// The number that a value is or spells; `1.5x` is 1.5.
fn number(value: &Scalar<'_>) -> Option<f64> {
    match value {
        Scalar::Unsigned(number) => Some(*number as f64),
        Scalar::Negative(number) => Some(*number as f64),
        Scalar::Float(number) => Some(*number),
        Scalar::Text(text) => {
            let text = text.trim();
            let number: f64 = text.strip_suffix('x').unwrap_or(text).parse().ok()?;
            Some(number).filter(|number| number.is_finite())
        }
        Scalar::Null | Scalar::Bool(_) | Scalar::Nested => None,
    }
}

fn truth(value: &Scalar<'_>) -> Option<bool> {
    match value {
        Scalar::Bool(truth) => Some(*truth),
        Scalar::Unsigned(1) => Some(true),
        Scalar::Unsigned(0) => Some(false),
        Scalar::Text(text) => match text.trim() {
            "1" => Some(true),
            "0" => Some(false),
            text if text.eq_ignore_ascii_case("true") => Some(true),
            text if text.eq_ignore_ascii_case("false") => Some(false),
            _ => None,
        },
        _ => None,
    }
}
