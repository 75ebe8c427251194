//! How far to trust a report, in words.

use std::fmt::Write;

use super::{DIM, TITLE, format, line};
use crate::report::Report;

/// How many names of a list are shown.
const NAMES: usize = 8;

pub(super) fn write(out: &mut String, report: &Report) {
    let lines = &report.quality.lines;
    line(out, format_args!("{TITLE}Data{TITLE:#}"));
    let note = |out: &mut String, text: String| line(out, format_args!("  {text}"));
    note(
        out,
        format!(
            "{} lines in {} file{}: {} events, {} lines rejected, {} fields repaired, {} duplicates removed",
            format::count(lines.lines),
            format::count(lines.files),
            if lines.files == 1 { "" } else { "s" },
            format::count(lines.events),
            format::count(lines.rejected()),
            format::count(lines.repaired()),
            format::count(report.quality.sessions.duplicate_events),
        ),
    );
    for example in &lines.examples {
        note(out, format!("{DIM}rejected{DIM:#} {example}"));
    }
    if lines.repaired() > 0 {
        let repairs = lines
            .repairs
            .iter()
            .map(|((field, repair), count)| format!("{field} {} {}", repair.as_str().replace('_', " "), format::count(*count)));
        note(out, format!("{DIM}repaired{DIM:#} {}", list(repairs)));
    }
    if !lines.ignored.is_empty() {
        let ignored = lines
            .ignored
            .iter()
            .map(|(why, count)| format!("{} {}", why.as_str().replace('_', " "), format::count(*count)));
        note(out, format!("{DIM}passed over{DIM:#} {}", list(ignored)));
    }
    let named = |names: &std::collections::BTreeMap<Box<str>, u64>| {
        list(names.iter().map(|(name, count)| format!("{name} {}", format::count(*count))))
    };
    if !lines.attributes.is_empty() {
        note(out, format!("{DIM}attributes{DIM:#} {}", named(&lines.attributes)));
    }
    if !lines.custom_types.is_empty() {
        note(out, format!("{DIM}unknown event types, kept as custom events{DIM:#} {}", named(&lines.custom_types)));
    }
    if !lines.unused_fields.is_empty() {
        let unused = lines.unused_fields.iter().map(|(name, count)| format!("{name} {}", format::count(*count)));
        note(out, format!("{DIM}fields that their events have no use for{DIM:#} {}", list(unused)));
    }
    if lines.nested_values > 0 {
        note(out, format!("{DIM}nested values dropped{DIM:#} {}", format::count(lines.nested_values)));
    }
    write_sessions(out, report);
}

fn write_sessions(out: &mut String, report: &Report) {
    let sessions = &report.quality.sessions;
    let of = report.totals.sessions;
    let notes = [
        (sessions.unknown_duration, "sessions of titles of unknown duration: not in retention or completion"),
        (sessions.unknown_positions, "sessions played content at positions nobody reported: not in retention"),
        (sessions.inferred_runs, "sessions have played runs whose ends were inferred from wall time and rate"),
        (sessions.inferred_seeks, "sessions have seeks inferred from where the playhead was found"),
        (sessions.startup_from_load, "start-up times count from the load or the first event: upper bounds"),
        (sessions.unknown_viewer, "sessions name no viewer: not in the count of viewers"),
        (sessions.conflicting_events, "events share their number with a different one: both count"),
        (sessions.repaired_positions, "positions lay past the end of their title and were left out"),
        (sessions.repaired_durations, "durations were too long to be right and were left out"),
        (sessions.live, "sessions are live streams"),
        (sessions.still_active, "sessions may still go on at the end of the data"),
    ];
    for (count, text) in notes.into_iter().filter(|(count, _)| *count > 0) {
        let share = audience_core::Ratio::of(count, of).filter(|_| text.contains("sessions")).map(|share| format!(" ({share})"));
        line(out, format_args!("  {}{} {text}", format::count(count), share.unwrap_or_default()));
    }
    if !report.quality.durations_disagree.is_empty() {
        let titles = report.quality.durations_disagree.iter().map(|range| {
            let clock = |millis: u64| format::clock(Some(millis as f64));
            format!("{} ({} to {})", range.content_id, clock(range.shortest_ms), clock(range.longest_ms))
        });
        line(out, format_args!("  sessions disagree about the duration of {}", list(titles)));
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
