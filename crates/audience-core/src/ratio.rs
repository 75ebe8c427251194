//! Fractions.

use std::fmt;

use crate::error::Error;
use crate::time::MediaTime;

/// A fraction from 0 to 1. Percent exists only where text is shown to people.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(try_from = "f64", into = "f64"))]
pub struct Ratio(f64);

impl Ratio {
    /// Nothing.
    pub const ZERO: Self = Self(0.0);
    /// All of it.
    pub const ONE: Self = Self(1.0);

    /// The fraction `value`.
    ///
    /// # Errors
    ///
    /// [`Error::RatioOutOfRange`] when `value` is not a number from 0 to 1.
    pub fn new(value: f64) -> Result<Self, Error> {
        if (0.0..=1.0).contains(&value) { Ok(Self(value)) } else { Err(Error::RatioOutOfRange { value }) }
    }

    /// `part` of `whole`; `None` when `whole` is zero, 1 when `part` is larger.
    pub fn of(part: u64, whole: u64) -> Option<Self> {
        (whole > 0).then(|| Self((part as f64 / whole as f64).min(1.0)))
    }

    /// As [`Ratio::of`], for sums.
    pub fn of_sums(part: u128, whole: u128) -> Option<Self> {
        (whole > 0).then(|| Self((part as f64 / whole as f64).min(1.0)))
    }

    /// The fraction as a number.
    pub const fn as_f64(self) -> f64 {
        self.0
    }

    /// Whether `part` is at least this fraction of `whole`, compared in whole numbers (the fraction to a millionth),
    /// so that 95 of 100 has reached 0.95. Nothing reaches a part of zero.
    pub fn reached(self, part: MediaTime, whole: MediaTime) -> bool {
        // Rounded: a call of `round` costs more than all the rest.
        let millionths = (self.0 * 1e6 + 0.5) as u64;
        !whole.is_zero()
            && u128::from(part.as_millis()) * 1_000_000 >= u128::from(whole.as_millis()) * u128::from(millionths)
    }
}

impl TryFrom<f64> for Ratio {
    type Error = Error;

    fn try_from(value: f64) -> Result<Self, Error> {
        Self::new(value)
    }
}

impl From<Ratio> for f64 {
    fn from(ratio: Ratio) -> Self {
        ratio.0
    }
}

/// As a percentage with one decimal: `12.3 %`.
impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{:.1} %", self.0 * 100.0))
    }
}
