//! How far to trust a report, in words.

use std::fmt::Write;

use audience_core::Ratio;

use super::{DIM, TITLE, line, paragraph};
use crate::format;
use crate::report::{Report, name_of};

/// How many names of a list are shown.
const NAMES: usize = 8;

pub(super) fn write(out: &mut String, report: &Report, width: usize) {
    let lines = &report.quality.lines;
    line(out, format_args!("{TITLE}Data{TITLE:#}"));
    let note = |out: &mut String, text: String| paragraph(out, width, "  ", &text);
    note(
        out,
        format!(
            "{} in {}: {}, {} rejected, {} repaired, {} removed",
            format::things(lines.lines, "line", "lines"),
            format::things(lines.files, "file", "files"),
            format::things(lines.events, "event", "events"),
            format::count(lines.rejected()),
            format::things(lines.repaired(), "field", "fields"),
            format::things(report.quality.sessions.duplicate_events, "duplicate", "duplicates"),
        ),
    );
    if lines.session_rows > 0 {
        let rows = format::things(lines.session_rows, "session", "sessions");
        note(out, format!("{rows} from tables of sessions: what became of their lines is not known here"));
    }
    for example in &lines.examples {
        note(out, format!("{DIM}rejected{DIM:#} {}", format::printable(&example.to_string())));
    }
    if lines.repaired() > 0 {
        let repairs = lines.repairs.iter().map(|((field, repair), count)| {
            format!("{field} {} {}", repair.as_str().replace('_', " "), format::count(*count))
        });
        note(out, format!("{DIM}repaired{DIM:#} {}", list(repairs)));
    }
    if !lines.ignored.is_empty() {
        let ignored = lines
            .ignored
            .iter()
            .map(|(why, count)| format!("{} {}", why.as_str().replace('_', " "), format::count(*count)));
        note(out, format!("{DIM}passed over{DIM:#} {}", list(ignored)));
    }
    if !lines.removed.is_empty() {
        let removed = lines
            .removed
            .iter()
            .map(|(what, count)| format!("{} {}", what.as_str().replace('_', " "), format::count(*count)));
        note(out, format!("{DIM}removed for privacy{DIM:#} {}", list(removed)));
    }
    let named = |names: &std::collections::BTreeMap<Box<str>, u64>| {
        list(names.iter().map(|(name, count)| format!("{} {}", format::printable(name), format::count(*count))))
    };
    if !lines.ignored_events.is_empty() {
        note(out, format!("{DIM}events without use here{DIM:#} {}", named(&lines.ignored_events)));
    }
    if !lines.attributes.is_empty() {
        note(out, format!("{DIM}attributes{DIM:#} {}", named(&lines.attributes)));
    }
    if !lines.ip_like.is_empty() {
        note(out, format!("{DIM}attributes with values like IP addresses, kept{DIM:#} {}", named(&lines.ip_like)));
    }
    if !lines.custom_types.is_empty() {
        note(out, format!("{DIM}unknown event types, kept as custom events{DIM:#} {}", named(&lines.custom_types)));
    }
    if !lines.unused_fields.is_empty() {
        let unused = lines.unused_fields.iter().map(|(name, count)| format!("{name} {}", format::count(*count)));
        note(out, format!("{DIM}fields that their events have no use for{DIM:#} {}", list(unused)));
    }
    if lines.clocks_ahead > 0 {
        let events = format::things(lines.clocks_ahead, "event", "events");
        note(out, format!("{DIM}clocks far ahead of all others{DIM:#} {events}"));
    }
    if lines.nested_values > 0 {
        note(out, format!("{DIM}nested values dropped{DIM:#} {}", format::count(lines.nested_values)));
    }
    write_sessions(report, &mut |text| note(out, text));
}

fn write_sessions(report: &Report, note: &mut dyn FnMut(String)) {
    let sessions = &report.quality.sessions;
    let of = report.totals.sessions;
    let notes = [
        (sessions.unknown_duration, "of a title of unknown duration: not in retention or completion"),
        (sessions.unknown_positions, "with content played at positions nobody reported: not in retention"),
        (sessions.inferred_runs, "with played runs whose ends were inferred from wall time and rate"),
        (sessions.inferred_seeks, "with seeks inferred from where the playhead was found"),
        (sessions.startup_from_load, "with start-up counted from the load or the first event: an upper bound"),
        (sessions.unknown_viewer, "without a viewer: not in the count of viewers"),
        (sessions.live, "of live streams"),
        (sessions.still_active, "that may still go on at the end of the data"),
    ];
    for (count, text) in notes.into_iter().filter(|(count, _)| *count > 0) {
        let share = format::ratio(Ratio::of(count, of));
        note(format!("{} ({share}) {text}", format::things(count, "session", "sessions")));
    }
    if sessions.from_requests > 0 {
        let clock = |millis: u64| format::clock(Some(millis as f64));
        note(format!(
            "{} inferred from requests alone: played {}, {} to {} of wall-clock time; stalls are a lower bound",
            format::things(sessions.from_requests, "session", "sessions"),
            clock(sessions.from_requests_playing_ms),
            clock(sessions.from_requests_playing_least_ms),
            clock(sessions.from_requests_playing_most_ms)
        ));
    }
    let repairs = [
        (sessions.conflicting_events, "event", "events", "with the number of a different one: both count"),
        (sessions.repaired_positions, "position", "positions", "past the end of the title: left out"),
        (sessions.repaired_durations, "duration", "durations", "too long to be right: left out"),
        (sessions.dropped_attributes, "attribute", "attributes", "past the most a session keeps: left out"),
        (sessions.dropped_marks, "custom event", "custom events", "past the names a session keeps: left out"),
    ];
    for (count, one, many, text) in repairs.into_iter().filter(|(count, ..)| *count > 0) {
        note(format!("{} {text}", format::things(count, one, many)));
    }
    if !report.quality.durations_disagree.is_empty() {
        let titles = report.quality.durations_disagree.iter().map(|range| {
            let clock = |millis: u64| format::clock(Some(millis as f64));
            format!(
                "{} ({} to {})",
                format::printable(name_of(range.title.as_deref(), &range.content_id)),
                clock(range.shortest_ms),
                clock(range.longest_ms)
            )
        });
        note(format!("sessions disagree about the duration of {}", list(titles)));
    }
}

fn list(items: impl ExactSizeIterator<Item = String>) -> String {
    let more = items.len().saturating_sub(NAMES);
    let mut text = items.take(NAMES).collect::<Vec<_>>().join(", ");
    if more > 0 {
        let _ = write!(text, " and {more} more");
    }
    text
}
