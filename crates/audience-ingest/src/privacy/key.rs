//! The secret that pseudonyms are made with.

use std::fmt;
use std::path::Path;

use audience_core::Timestamp;

use crate::error::Error;

/// A secret that pseudonyms are made with: who does not have it can neither undo nor repeat them.
#[derive(Clone)]
pub struct Key([u8; 32]);

impl Key {
    /// The fewest bytes a secret has.
    pub const LEAST: usize = 16;

    /// The key that follows from a secret of at least [`LEAST`](Self::LEAST) bytes, which should be random. White space
    /// around it is no part of it.
    ///
    /// # Errors
    ///
    /// [`Error::ShortKey`].
    pub fn new(secret: &[u8]) -> Result<Self, Error> {
        let secret = secret.trim_ascii();
        if secret.len() < Self::LEAST {
            return Err(Error::ShortKey { bytes: secret.len() });
        }
        Ok(Self(blake3::derive_key("audience 1: pseudonyms, from a secret", secret)))
    }

    /// The key whose secret is in a file.
    ///
    /// # Errors
    ///
    /// [`Error::Io`], [`Error::ShortKey`].
    pub fn read(path: &Path) -> Result<Self, Error> {
        Self::new(&std::fs::read(path).map_err(|source| Error::Io { path: path.to_owned(), source })?)
    }

    /// The key whose secret is in an environment variable.
    ///
    /// # Errors
    ///
    /// [`Error::NoKey`], [`Error::ShortKey`].
    pub fn from_env(variable: &str) -> Result<Self, Error> {
        let secret = std::env::var_os(variable).ok_or_else(|| Error::NoKey { variable: variable.to_owned() })?;
        Self::new(secret.as_encoded_bytes())
    }

    /// A key for one purpose, from which this one cannot be had.
    pub(super) fn derive(&self, purpose: &str) -> [u8; 32] {
        *blake3::keyed_hash(&self.0, purpose.as_bytes()).as_bytes()
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key")
    }
}

/// How long a viewer keeps a pseudonym. Periods begin at midnight UTC.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Rotation {
    /// For good.
    #[default]
    Never,
    /// For a day.
    Day,
    /// From Monday to Sunday.
    Week,
    /// For a month of the calendar.
    Month,
}

impl Rotation {
    /// The number of the period that a time is in.
    pub(super) fn period(self, at: Timestamp) -> i64 {
        // 1970-01-01 was a Thursday.
        const THURSDAY: i64 = 3;
        let day = at.as_millis().div_euclid(86_400_000);
        match self {
            Self::Never => 0,
            Self::Day => day,
            Self::Week => (day + THURSDAY).div_euclid(7),
            Self::Month => month(day),
        }
    }

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }
}

/// The number of the month that a day since 1970-01-01 is in. Years begin in March here, so that the leap day is the last.
fn month(day: i64) -> i64 {
    const DAYS_OF_400_YEARS: i64 = 146_097;
    // 1970-01-01 is so many days after 0000-03-01.
    let day = day + 719_468;
    let (era, day) = (day.div_euclid(DAYS_OF_400_YEARS), day.rem_euclid(DAYS_OF_400_YEARS));
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day_of_year = day - (365 * year + year / 4 - year / 100);
    (era * 400 + year) * 12 + (5 * day_of_year + 2) / 153
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_begin_at_midnight_on_mondays_and_on_the_first() {
        const DAY: i64 = 86_400_000;
        let differs = |rotation: Rotation, days: i64| {
            let midnight = Timestamp::from_millis(days * DAY);
            let before = Timestamp::from_millis(days * DAY - 1);
            match rotation.period(midnight) - rotation.period(before) {
                0 => false,
                1 => true,
                other => panic!("{other} periods at once"),
            }
        };
        // Days since 1970 of: Monday 2026-01-05, Sunday 2026-02-01, Friday 2024-03-01, Thursday 2024-02-29,
        // Wednesday 2100-02-28, Monday 2100-03-01, Monday 1969-12-29.
        for (days, week, month) in [
            (20_458, true, false),
            (20_485, false, true),
            (19_783, false, true),
            (19_782, false, false),
            (47_540, false, false),
            (47_541, true, true),
            (-3, true, false),
            (0, false, true),
        ] {
            let found = (differs(Rotation::Week, days), differs(Rotation::Month, days));
            assert_eq!(found, (week, month), "{days}");
            assert!(differs(Rotation::Day, days) && !differs(Rotation::Never, days));
        }
        let months = (0..146_097).filter(|day| differs(Rotation::Month, *day)).count();
        assert_eq!(months, 4800);
        for extreme in [i64::MIN, i64::MAX] {
            Rotation::Month.period(Timestamp::from_millis(extreme));
        }
    }

    #[test]
    fn short_secrets_are_refused_and_none_is_shown() {
        assert!(matches!(Key::new(b"  fifteen  bytes  "), Err(Error::ShortKey { bytes: 14 })));
        let key = Key::new(b" sixteen bytes ok\n").unwrap();
        assert_eq!(key.0, Key::new(b"sixteen bytes ok").unwrap().0);
        assert_eq!(format!("{key:?}"), "Key");
        assert!(matches!(Key::from_env("AUDIENCE_NO_SUCH_VARIABLE"), Err(Error::NoKey { .. })));
    }
}
