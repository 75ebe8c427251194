//! Times written as text.

use jiff::civil::DateTime;
use jiff::fmt::temporal::DateTimeParser;
use jiff::tz::TimeZone;

static PARSER: DateTimeParser = DateTimeParser::new();

/// Milliseconds since 1970 of a time as RFC 3339 or SQL write it; `zone` is meant where the text names none.
pub(super) fn millis(text: &str, zone: &TimeZone) -> Option<i64> {
    let text = text.trim();
    if let Some(text) = text.strip_suffix(" UTC") {
        return civil(text, &TimeZone::UTC);
    }
    let names_zone = text.get(10..).is_some_and(|time| time.contains(['Z', 'z', '+', '-']));
    if names_zone {
        return PARSER.parse_timestamp(text).ok().map(jiff::Timestamp::as_millisecond);
    }
    civil(text, zone)
}

fn civil(text: &str, zone: &TimeZone) -> Option<i64> {
    let local: DateTime = PARSER.parse_datetime(text).ok()?;
    let timestamp = zone.to_ambiguous_timestamp(local).compatible().ok()?;
    Some(timestamp.as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utc(text: &str) -> Option<i64> {
        millis(text, &TimeZone::UTC)
    }

    #[test]
    fn times_are_read_as_rfc_3339_and_sql_write_them() {
        for text in [
            "2026-01-02T03:04:05.678Z",
            "2026-01-02 03:04:05.678",
            "2026-01-02 03:04:05.678 UTC",
            "2026-01-02T05:04:05.678+02:00",
            "2026-01-02 05:04:05.678+02",
            " 2026-01-02t03:04:05.678999z",
        ] {
            assert_eq!(utc(text), Some(1_767_323_045_678), "{text}");
        }
        assert_eq!(utc("2026-01-02"), Some(1_767_312_000_000));
    }

    #[test]
    fn a_time_without_a_zone_is_in_the_one_that_is_assumed() {
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        assert_eq!(millis("2026-07-01 02:00:00", &berlin), utc("2026-07-01T00:00:00Z"));
        assert_eq!(millis("2026-07-01T02:00:00Z", &berlin), utc("2026-07-01T02:00:00Z"));
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in ["", "yesterday", "12:00", "2026-13-01T00:00:00Z", "2026-01-02T03:04:05+99:00", "ää-ää-äääää"]
        {
            assert_eq!(utc(text), None, "{text}");
        }
    }
}
