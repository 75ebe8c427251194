//! Times and durations as logs write them.

use jiff::civil::Date;

use crate::draft::MAX_TS;

/// A time, and how exact it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Instant {
    /// Milliseconds since 1970.
    pub(super) millis: i64,
    /// By how many milliseconds it may have been later.
    pub(super) precision: u32,
}

/// What a number counts.
#[derive(Clone, Copy, Debug, Eq, PartialEq, serde::Deserialize)]
pub(super) enum Unit {
    #[serde(rename = "s")]
    Seconds,
    #[serde(rename = "ms")]
    Millis,
    #[serde(rename = "us")]
    Micros,
}

impl Unit {
    const fn micros(self) -> i64 {
        match self {
            Self::Seconds => 1_000_000,
            Self::Millis => 1000,
            Self::Micros => 1,
        }
    }
}

/// How a time is written.
#[derive(Clone, Copy, Debug, Eq, PartialEq, serde::Deserialize)]
pub(super) enum TimeFormat {
    /// Seconds since 1970, perhaps with decimals.
    #[serde(rename = "s")]
    Seconds,
    /// Milliseconds since 1970.
    #[serde(rename = "ms")]
    Millis,
    /// Microseconds since 1970.
    #[serde(rename = "us")]
    Micros,
    /// `2026-11-20T20:00:04.125Z`; without a zone, it is UTC.
    #[serde(rename = "rfc3339")]
    Rfc3339,
    /// `20/Nov/2026:20:00:04 +0000`, as in the Common Log Format.
    #[serde(rename = "clf")]
    Clf,
}

impl TimeFormat {
    /// What should stand there.
    pub(super) const fn expected(self) -> &'static str {
        match self {
            Self::Seconds => "a time in seconds since 1970",
            Self::Millis => "a time in milliseconds since 1970",
            Self::Micros => "a time in microseconds since 1970",
            Self::Rfc3339 => "a time such as 2026-11-20T20:00:04Z",
            Self::Clf => "a time such as 20/Nov/2026:20:00:04 +0000",
        }
    }

    pub(super) fn read(self, text: &str) -> Option<Instant> {
        let since = |unit| {
            let (micros, decimals) = decimal(text, unit)?;
            let precision = if unit == Unit::Seconds { fineness(decimals) } else { 1 };
            Some(Instant { millis: micros.div_euclid(1000), precision })
        };
        let instant = match self {
            Self::Seconds => since(Unit::Seconds),
            Self::Millis => since(Unit::Millis),
            Self::Micros => since(Unit::Micros),
            Self::Rfc3339 => rfc3339(text),
            Self::Clf => clf(text),
        };
        instant.filter(|instant| instant.millis.abs() <= MAX_TS)
    }
}

/// A duration in microseconds.
pub(super) fn duration(text: &str, unit: Unit) -> Option<u64> {
    decimal(text, unit).and_then(|(micros, _)| u64::try_from(micros).ok())
}

/// Milliseconds from 1970 to the start of a day such as `2026-11-20`.
pub(super) fn date(text: &str) -> Option<i64> {
    let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text.as_bytes() else { return None };
    start_of_day(two(y1, y2)? * 100 + two(y3, y4)?, two(m1, m2)?, two(d1, d2)?)
}

/// The time of day of `20:00:04` or `20:00:04.125`.
pub(super) fn time_of_day(text: &str) -> Option<Instant> {
    let (&[h1, h2, b':', m1, m2, b':', s1, s2], rest) = text.as_bytes().split_first_chunk()? else { return None };
    let fraction = match rest {
        [] => "0",
        [b'.', rest @ ..] if rest.iter().all(u8::is_ascii_digit) && !rest.is_empty() => &text[9..],
        _ => return None,
    };
    let (hour, minute, second) = (two(h1, h2)?, two(m1, m2)?, two(s1, s2)?);
    // A leap second is the last one of its minute once more.
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let digits = if rest.is_empty() { 0 } else { fraction.len() };
    let thousandths = fraction.bytes().chain(*b"000").take(3).fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0'));
    let seconds = i64::from((hour * 60 + minute) * 60 + second.min(59));
    Some(Instant { millis: seconds * 1000 + thousandths, precision: fineness(digits) })
}

/// How much finer than a second a time with so many decimals can be known.
const fn fineness(decimals: usize) -> u32 {
    match decimals {
        0 => 1000,
        1 => 100,
        2 => 10,
        _ => 1,
    }
}

/// A decimal number of the unit as microseconds, without what is finer, and how many decimals it has.
fn decimal(text: &str, unit: Unit) -> Option<(i64, usize)> {
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |digits| (true, digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    // So few that no product is too large.
    if whole.is_empty() || whole.len() > 17 || !whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit()) {
        return None;
    }
    let mut micros = whole.parse::<i64>().ok()?.checked_mul(unit.micros())?;
    let mut place = unit.micros();
    for digit in fraction.bytes() {
        place /= 10;
        if place == 0 {
            break;
        }
        micros = micros.checked_add(i64::from(digit - b'0') * place)?;
    }
    Some((if negative { -micros } else { micros }, fraction.len()))
}

fn rfc3339(text: &str) -> Option<Instant> {
    let day = date(text.get(..10)?)?;
    let rest = text.get(10..)?.strip_prefix(['T', 't', ' '])?;
    let end = rest.bytes().position(|byte| !matches!(byte, b'0'..=b'9' | b':' | b'.')).unwrap_or(rest.len());
    let (time, zone) = rest.split_at(end);
    let time = time_of_day(time)?;
    Some(Instant { millis: day + time.millis - offset(zone)?, ..time })
}

const MONTHS: [&[u8]; 12] =
    [b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec"];

fn clf(text: &str) -> Option<Instant> {
    let (day, time) = text.split_once(':')?;
    let &[d1, d2, b'/', ref month @ .., b'/', y1, y2, y3, y4] = day.as_bytes() else { return None };
    let month = MONTHS.iter().position(|name| *name == month)? as u32 + 1;
    let day = start_of_day(two(y1, y2)? * 100 + two(y3, y4)?, month, two(d1, d2)?)?;
    let (time, zone) = time.split_once(' ')?;
    let time = time_of_day(time)?;
    Some(Instant { millis: day + time.millis - offset(zone)?, ..time })
}

/// How many milliseconds a zone such as `+0530`, `-03:00`, `Z` or none at all is ahead of UTC.
fn offset(zone: &str) -> Option<i64> {
    let (sign, h1, h2, m1, m2) = match *zone.as_bytes() {
        [] | [b'Z' | b'z'] => return Some(0),
        [sign, h1, h2, m1, m2] | [sign, h1, h2, b':', m1, m2] => (sign, h1, h2, m1, m2),
        _ => return None,
    };
    let (hours, minutes) = (two(h1, h2)?, two(m1, m2)?);
    let millis = i64::from(hours * 60 + minutes) * 60_000;
    match sign {
        _ if hours > 23 || minutes > 59 => None,
        b'+' => Some(millis),
        b'-' => Some(-millis),
        _ => None,
    }
}

fn start_of_day(year: u32, month: u32, day: u32) -> Option<i64> {
    let date = Date::new(year as i16, month as i8, day as i8).ok()?;
    Some(date.duration_since(Date::constant(1970, 1, 1)).as_secs() * 1000)
}

fn two(tens: u8, ones: u8) -> Option<u32> {
    let digit = |byte: u8| char::from(byte).to_digit(10);
    Some(digit(tens)? * 10 + digit(ones)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(format: TimeFormat, text: &str) -> Option<(i64, u32)> {
        format.read(text).map(|instant| (instant.millis, instant.precision))
    }

    #[test]
    fn times_are_read_as_exactly_as_they_are_written() {
        // By `date -d … +%s`.
        assert_eq!(read(TimeFormat::Seconds, "1795204803.449"), Some((1_795_204_803_449, 1)));
        assert_eq!(read(TimeFormat::Seconds, "1795204803.4"), Some((1_795_204_803_400, 100)));
        assert_eq!(read(TimeFormat::Seconds, "1795204803"), Some((1_795_204_803_000, 1000)));
        assert_eq!(read(TimeFormat::Millis, "1795204803449.99"), Some((1_795_204_803_449, 1)));
        assert_eq!(read(TimeFormat::Micros, "1795204803449999"), Some((1_795_204_803_449, 1)));
        assert_eq!(read(TimeFormat::Rfc3339, "2026-11-20T20:00:03Z"), Some((1_795_204_803_000, 1000)));
        assert_eq!(read(TimeFormat::Rfc3339, "2026-11-20 21:30:03.449123+01:30"), Some((1_795_204_803_449, 1)));
        assert_eq!(read(TimeFormat::Rfc3339, "2026-11-20T20:00:03.44+0000"), Some((1_795_204_803_440, 10)));
        assert_eq!(read(TimeFormat::Clf, "20/Nov/2026:16:30:03 -0330"), Some((1_795_204_803_000, 1000)));
        assert_eq!(read(TimeFormat::Clf, "31/Dec/2016:23:59:60 +0000"), Some((1_483_228_799_000, 1000)));
        assert_eq!(read(TimeFormat::Millis, "-1"), Some((-1, 1)));
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in ["", "-", ".5", "1e9", "99999999999999999999", "99999999999999999", "1.2.3", "+1", "12a"] {
            assert_eq!(read(TimeFormat::Seconds, text), None, "{text}");
        }
        for text in [
            "2026-11-20",
            "2026-13-20T20:00:03Z",
            "2026-02-29T20:00:03Z",
            "2026-11-20T24:00:03Z",
            "2026-11-20T20:00:03X",
        ] {
            assert_eq!(read(TimeFormat::Rfc3339, text), None, "{text}");
        }
        for text in ["20/Nov/2026:20:00:03", "20/nov/2026:20:00:03 +0000", "20/Nov/26:20:00:03 +0000", "é/Nov/2026:20"]
        {
            assert_eq!(read(TimeFormat::Clf, text), None, "{text}");
        }
        assert_eq!(time_of_day("20:00:03."), None);
        assert_eq!(read(TimeFormat::Rfc3339, "2026-11-20T20:00:03+9999"), None);
    }

    #[test]
    fn durations_are_whole_microseconds() {
        assert_eq!(duration("0.029", Unit::Seconds), Some(29_000));
        assert_eq!(duration("426", Unit::Micros), Some(426));
        assert_eq!(duration("2", Unit::Millis), Some(2000));
        assert_eq!(duration("-1", Unit::Millis), None);
    }
}
