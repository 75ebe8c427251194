//! Numbers and names for people.

use std::borrow::Cow;

use audience_core::{MediaTime, Ratio, Timestamp};

/// What stands where there is no number.
pub(crate) const NONE: &str = "–";

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
pub(crate) fn count(count: u64) -> String {
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
pub(crate) fn some(count: u64) -> String {
    if count == 0 { NONE.to_owned() } else { self::count(count) }
}

/// A number of things: `1 stall`, `12,345 stalls`.
pub(crate) fn things(count: u64, one: &str, many: &str) -> String {
    format!("{} {}", self::count(count), if count == 1 { one } else { many })
}

/// A number of sessions, and of how many where a filter left some out.
pub(crate) fn sessions(passed: u64, read: u64) -> String {
    let sessions = things(passed, "session", "sessions");
    if passed < read { format!("{sessions} of {}", self::count(read)) } else { sessions }
}

/// A percentage with one decimal.
pub(crate) fn ratio(ratio: Option<Ratio>) -> String {
    ratio.map_or(NONE.to_owned(), |ratio| ratio.to_string())
}

/// A percentage with two decimals, for small shares: `0.25 %`; `–` when there is none.
pub(crate) fn fine_ratio(ratio: Option<Ratio>) -> String {
    ratio.map_or(NONE.to_owned(), |ratio| format!("{:.2} %", ratio.as_f64() * 100.0))
}

/// Milliseconds as seconds: `0.83 s`.
pub(crate) fn seconds(millis: Option<f64>) -> String {
    millis.map_or(NONE.to_owned(), |millis| format!("{:.2} s", millis / 1000.0))
}

/// Milliseconds as a clock shows them: `1:02:03`, `2:03`.
pub(crate) fn clock(millis: Option<f64>) -> String {
    let Some(millis) = millis else { return NONE.to_owned() };
    let rounded = MediaTime::from_secs((millis / 1000.0).round() as u64).to_string();
    rounded.trim_end_matches(".000").to_owned()
}

/// Milliseconds as hours, or as minutes and seconds when there are few: `4,392 h`, `12.3 h`, `2:03 min`.
pub(crate) fn hours(millis: u64) -> String {
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
pub(crate) fn bitrate(bps: Option<f64>) -> String {
    match bps {
        None => NONE.to_owned(),
        Some(bps) if bps >= 1e6 => format!("{:.1} Mbit/s", bps / 1e6),
        Some(bps) => format!("{:.0} kbit/s", bps / 1e3),
    }
}

/// To the millisecond, in UTC: `2026-11-20 19:59:35.599 UTC`.
pub fn utc(at: Timestamp) -> String {
    match jiff::Timestamp::from_millisecond(at.as_millis()) {
        Ok(at) => at.strftime("%Y-%m-%d %H:%M:%S%.3f UTC").to_string(),
        Err(_) => format!("{} ms", at.as_millis()),
    }
}

/// To the minute, in UTC.
pub(crate) fn time(at: Timestamp) -> String {
    match jiff::Timestamp::from_millisecond(at.as_millis()) {
        Ok(at) => at.strftime("%Y-%m-%d %H:%M UTC").to_string(),
        Err(_) => format!("{} ms", at.as_millis()),
    }
}

/// To the minute, in a time zone.
pub(crate) fn local(at: Timestamp, zone: &jiff::tz::TimeZone) -> String {
    match jiff::Timestamp::from_millisecond(at.as_millis()) {
        Ok(at) => zone.to_datetime(at).strftime("%Y-%m-%d %H:%M").to_string(),
        Err(_) => format!("{} ms", at.as_millis()),
    }
}

/// A figure of a comparison, by its name in the JSON.
pub(crate) fn figure(name: &str, value: Option<f64>) -> String {
    let Some(known) = value else { return NONE.to_owned() };
    match name {
        "watched_ms" => hours(known.max(0.0).round() as u64),
        "average_view_duration_ms" => clock(value),
        "startup_p50_ms" | "startup_p95_ms" => seconds(value),
        "rebuffer_ratio" => format!("{:.2} %", known * 100.0),
        "average_bitrate_bps" => bitrate(value),
        _ => count(known.max(0.0).round() as u64),
    }
}

/// By how much a figure of a comparison differs, with its sign; ratios in percentage points.
pub(crate) fn change(name: &str, by: Option<f64>) -> String {
    let Some(known) = by else { return NONE.to_owned() };
    let amount = match name {
        "rebuffer_ratio" => format!("{:.2} pp", known.abs() * 100.0),
        name => figure(name, Some(known.abs())),
    };
    format!("{}{amount}", sign(known))
}

/// A difference of shares in percentage points: `+1.2 pp`.
pub(crate) fn points(by: Option<f64>) -> String {
    by.map_or(NONE.to_owned(), |by| format!("{}{:.1} pp", sign(by), by.abs() * 100.0))
}

/// An interval of such differences: `−0.4 to +2.8 pp`.
pub(crate) fn points_between(low: Option<f64>, high: Option<f64>) -> String {
    match (low, high) {
        (Some(low), Some(high)) => {
            format!("{}{:.1} to {}{:.1} pp", sign(low), low.abs() * 100.0, sign(high), high.abs() * 100.0)
        }
        _ => NONE.to_owned(),
    }
}

/// A relative difference: `+12.3 %`.
pub(crate) fn relative(by: Option<f64>) -> String {
    by.map_or(NONE.to_owned(), |by| match by.abs() * 100.0 {
        percent if percent >= 1000.0 => format!("{}{} %", sign(by), count(percent.round() as u64)),
        percent => format!("{}{percent:.1} %", sign(by)),
    })
}

/// A share with one decimal, of a number.
pub(crate) fn share(share: Option<f64>) -> String {
    share.map_or(NONE.to_owned(), |share| format!("{:.1} %", share * 100.0))
}

/// The sign of what is not zero.
pub(crate) fn sign(of: f64) -> &'static str {
    if of > 0.0 {
        "+"
    } else if of < 0.0 {
        "−"
    } else {
        "±"
    }
}

/// What figures and shares of a comparison are called.
pub(crate) fn label(name: &str) -> &str {
    match name {
        "sessions" => "Sessions",
        "viewers" => "Viewers",
        "watched_ms" => "Watched",
        "average_view_duration_ms" => "Average view",
        "startup_p50_ms" => "Start-up, median",
        "startup_p95_ms" => "Start-up, p95",
        "rebuffer_ratio" => "Rebuffer ratio",
        "average_bitrate_bps" => "Average bit rate",
        "started" => "Started",
        "exits_before_start" => "Left before start",
        "start_failures" => "Failed to start",
        "playback_failures" => "Failed in playback",
        "stalled_sessions" => "Stalled",
        "completed" => "Completed",
        "reached_end" => "Reached the end",
        name => name,
    }
}
