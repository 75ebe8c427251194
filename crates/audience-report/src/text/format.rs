//! Numbers and names for people.

use std::borrow::Cow;

use audience_core::{MediaTime, Ratio, Timestamp};

/// What stands where there is no number.
pub(super) const NONE: &str = "–";

/// Text from telemetry as a terminal may show it: control characters, which could move the cursor or change colours, are
/// replaced.
pub fn printable(text: &str) -> Cow<'_, str> {
    if text.chars().any(char::is_control) {
        Cow::Owned(text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect())
    } else {
        Cow::Borrowed(text)
    }
}

/// With thousands apart: `12,345`.
pub(super) fn count(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A count of what may not be known at all.
pub(super) fn some(count: u64) -> String {
    if count == 0 { NONE.to_owned() } else { self::count(count) }
}

/// A number of things: `1 stall`, `12,345 stalls`.
pub(super) fn things(count: u64, one: &str, many: &str) -> String {
    format!("{} {}", self::count(count), if count == 1 { one } else { many })
}

/// A percentage with one decimal.
pub(super) fn ratio(ratio: Option<Ratio>) -> String {
    ratio.map_or(NONE.to_owned(), |ratio| ratio.to_string())
}

/// A percentage with two decimals, for small shares.
pub(super) fn fine_ratio(ratio: Option<Ratio>) -> String {
    ratio.map_or(NONE.to_owned(), |ratio| format!("{:.2} %", ratio.as_f64() * 100.0))
}

/// Milliseconds as seconds: `0.83 s`.
pub(super) fn seconds(millis: Option<f64>) -> String {
    millis.map_or(NONE.to_owned(), |millis| format!("{:.2} s", millis / 1000.0))
}

/// Milliseconds as a clock shows them: `1:02:03`, `2:03`.
pub(super) fn clock(millis: Option<f64>) -> String {
    let Some(millis) = millis else { return NONE.to_owned() };
    let rounded = MediaTime::from_secs((millis / 1000.0).round() as u64).to_string();
    rounded.trim_end_matches(".000").to_owned()
}

/// Milliseconds as hours, or as minutes and seconds when there are few: `4,392 h`, `12.3 h`, `2:03 min`.
pub(super) fn hours(millis: u64) -> String {
    let hours = millis as f64 / 3_600_000.0;
    if hours >= 100.0 {
        format!("{} h", count(hours.round() as u64))
    } else if hours >= 1.0 {
        format!("{hours:.1} h")
    } else {
        format!("{} min", clock(Some(millis as f64)))
    }
}

/// `3.2 Mbit/s`, `640 kbit/s`.
pub(super) fn bitrate(bps: Option<f64>) -> String {
    match bps {
        None => NONE.to_owned(),
        Some(bps) if bps >= 1e6 => format!("{:.1} Mbit/s", bps / 1e6),
        Some(bps) => format!("{:.0} kbit/s", bps / 1e3),
    }
}

/// To the minute, in UTC.
pub(super) fn time(at: Timestamp) -> String {
    match jiff::Timestamp::from_millisecond(at.as_millis()) {
        Ok(at) => at.strftime("%Y-%m-%d %H:%M UTC").to_string(),
        Err(_) => format!("{} ms", at.as_millis()),
    }
}
