//! Time, three kinds of it, in whole milliseconds.
//!
//! The clock on the wall ([`Timestamp`]), an amount of that time ([`Elapsed`]), and time inside the content
//! ([`MediaTime`]) are different types: adding one to another is a mistake the compiler finds. [`Rate`] converts.

use std::fmt;
use std::num::NonZeroU64;
use std::ops::Add;

use crate::error::Error;

/// An instant on the wall clock: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
pub struct Timestamp(i64);

impl Timestamp {
    /// The instant `millis` milliseconds after the Unix epoch.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the Unix epoch.
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// How long after `earlier` this is; zero when it is not after.
    pub const fn since(self, earlier: Self) -> Elapsed {
        if self.0 > earlier.0 { Elapsed::from_millis(self.0.abs_diff(earlier.0)) } else { Elapsed::ZERO }
    }
}

impl Add<Elapsed> for Timestamp {
    type Output = Self;

    /// Stays at the last instant there is rather than wrap.
    fn add(self, amount: Elapsed) -> Self {
        Self(self.0.saturating_add_unsigned(amount.as_millis()))
    }
}

macro_rules! milliseconds {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        ///
        /// `Option` of it is no larger than it is.
        // Held as milliseconds + 1, which leaves 0 for `None`.
        #[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
        pub struct $name(NonZeroU64);

        impl $name {
            /// No time at all.
            pub const ZERO: Self = Self(NonZeroU64::MIN);
            /// The longest there is: 2⁶⁴ − 2 milliseconds.
            pub const MAX: Self = Self(NonZeroU64::MAX);

            /// So many milliseconds; 2⁶⁴ − 1 is taken as [`MAX`](Self::MAX).
            pub const fn from_millis(millis: u64) -> Self {
                match NonZeroU64::MIN.checked_add(millis) {
                    Some(held) => Self(held),
                    None => Self::MAX,
                }
            }

            /// So many seconds.
            pub const fn from_secs(secs: u64) -> Self {
                Self::from_millis(secs.saturating_mul(1000))
            }

            /// Whole milliseconds.
            pub const fn as_millis(self) -> u64 {
                self.0.get() - 1
            }

            /// Seconds, for display and statistics.
            pub fn as_secs_f64(self) -> f64 {
                self.as_millis() as f64 / 1000.0
            }

            /// Whether this is no time at all.
            pub const fn is_zero(self) -> bool {
                self.as_millis() == 0
            }

            /// The sum, or [`MAX`](Self::MAX).
            #[must_use]
            pub const fn saturating_add(self, other: Self) -> Self {
                Self::from_millis(self.as_millis().saturating_add(other.as_millis()))
            }

            /// The difference, or [`ZERO`](Self::ZERO) when `other` is longer.
            #[must_use]
            pub const fn saturating_sub(self, other: Self) -> Self {
                Self::from_millis(self.as_millis().saturating_sub(other.as_millis()))
            }

            /// This many times over, or [`MAX`](Self::MAX).
            #[must_use]
            pub const fn saturating_mul(self, times: u64) -> Self {
                Self::from_millis(self.as_millis().saturating_mul(times))
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::ZERO
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}ms", self.as_millis())
            }
        }

        /// Hours, minutes, seconds and milliseconds: `1:02:03.004`, `2:03.004`.
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let millis = self.as_millis();
                let (hours, minutes, seconds) = (millis / 3_600_000, millis / 60_000 % 60, millis / 1000 % 60);
                let text = if hours > 0 {
                    format!("{hours}:{minutes:02}:{seconds:02}.{:03}", millis % 1000)
                } else {
                    format!("{minutes}:{seconds:02}.{:03}", millis % 1000)
                };
                f.pad(&text)
            }
        }

        #[cfg(feature = "serde")]
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.as_millis().serialize(serializer)
            }
        }

        #[cfg(feature = "serde")]
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                u64::deserialize(deserializer).map(Self::from_millis)
            }
        }
    };
}

milliseconds! {
    /// A position in content, or an amount of it.
    MediaTime
}

milliseconds! {
    /// An amount of wall-clock time.
    Elapsed
}

/// How fast content plays: 1 is normal speed. Held in millionths, 0 to 100.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(try_from = "f64", into = "f64"))]
pub struct Rate(u32);

impl Rate {
    /// Normal speed.
    pub const NORMAL: Self = Self(Self::ONE);
    /// Standing still.
    pub const ZERO: Self = Self(0);

    /// Normal speed as it is held.
    pub(crate) const ONE: u32 = 1_000_000;

    /// The rate nearest to `rate`.
    ///
    /// # Errors
    ///
    /// [`Error::RateOutOfRange`] when `rate` is not a number from 0 to 100. (Players offer 0.0625 to 16.)
    pub fn new(rate: f64) -> Result<Self, Error> {
        if (0.0..=100.0).contains(&rate) {
            Ok(Self((rate * f64::from(Self::ONE)).round() as u32))
        } else {
            Err(Error::RateOutOfRange { rate })
        }
    }

    /// The rate as a factor.
    pub fn as_f64(self) -> f64 {
        f64::from(self.0) / f64::from(Self::ONE)
    }

    /// How much content plays in so many milliseconds, in millionths of a millisecond.
    #[inline]
    pub(crate) const fn millionths_in(self, millis: u64) -> u64 {
        millis.saturating_mul(self.0 as u64)
    }

    /// How long it takes to play so much content, rounded up; `None` when it stands still.
    pub fn time_for(self, content: MediaTime) -> Option<Elapsed> {
        if self == Self::NORMAL {
            return Some(Elapsed::from_millis(content.as_millis()));
        }
        let (content, one) = (u128::from(content.as_millis()), u128::from(Self::ONE));
        let time = (content * one).checked_add(u128::from(self.0.checked_sub(1)?))? / u128::from(self.0);
        Some(Elapsed::from_millis(u64::try_from(time).unwrap_or(u64::MAX)))
    }

    /// How much content plays in `time`, rounded down.
    pub fn advance(self, time: Elapsed) -> MediaTime {
        if self == Self::NORMAL {
            return MediaTime::from_millis(time.as_millis());
        }
        let (millis, rate, one) = (time.as_millis(), u64::from(self.0), u64::from(Self::ONE));
        MediaTime::from_millis(match millis.checked_mul(rate) {
            Some(scaled) => scaled / one,
            None => u64::try_from(u128::from(millis) * u128::from(rate) / u128::from(one)).unwrap_or(u64::MAX),
        })
    }
}

impl Default for Rate {
    fn default() -> Self {
        Self::NORMAL
    }
}

impl TryFrom<f64> for Rate {
    type Error = Error;

    fn try_from(rate: f64) -> Result<Self, Error> {
        Self::new(rate)
    }
}

impl From<Rate> for f64 {
    fn from(rate: Rate) -> Self {
        rate.as_f64()
    }
}
