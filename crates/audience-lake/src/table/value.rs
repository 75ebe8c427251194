//! Values of cells.

use std::fmt;

/// A value of a cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// Text.
    Text(&'a str),
    /// Bytes that are not UTF-8.
    Bytes(&'a [u8]),
    /// A whole number that is not negative.
    Whole(u64),
    /// A whole number below zero.
    Negative(i64),
    /// Any other number.
    Decimal(f64),
    /// True or false.
    Truth(bool),
}

impl<'a> Value<'a> {
    pub(crate) fn from_i64(value: i64) -> Self {
        u64::try_from(value).map_or(Self::Negative(value), Self::Whole)
    }

    pub(crate) fn from_bytes(bytes: &'a [u8]) -> Self {
        std::str::from_utf8(bytes).map_or(Self::Bytes(bytes), Self::Text)
    }

    pub(crate) fn as_text(self) -> Option<&'a str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    pub(crate) fn as_truth(self) -> Option<bool> {
        if let Self::Truth(truth) = self { Some(truth) } else { None }
    }

    /// A whole number, also when an engine made a float of it.
    pub(crate) fn as_whole(self) -> Option<u64> {
        match self {
            Self::Whole(value) => Some(value),
            Self::Decimal(value) if value >= 0.0 && value <= 2_f64.powi(53) && value.fract() == 0.0 => {
                Some(value as u64)
            }
            _ => None,
        }
    }

    /// The same below zero.
    pub(crate) fn as_signed(self) -> Option<i64> {
        match self {
            Self::Negative(value) => Some(value),
            Self::Decimal(value) if value < 0.0 => Self::Decimal(-value).as_whole().map(|value| -(value as i64)),
            _ => self.as_whole().and_then(|value| i64::try_from(value).ok()),
        }
    }
}

impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "{text:?}"),
            Self::Bytes(bytes) => write!(f, "{:?}", String::from_utf8_lossy(bytes)),
            Self::Whole(value) => value.fmt(f),
            Self::Negative(value) => value.fmt(f),
            Self::Decimal(value) => value.fmt(f),
            Self::Truth(truth) => truth.fmt(f),
        }
    }
}
