//! How far to trust it, in full.

use std::collections::BTreeMap;

use audience_core::Ratio;
use audience_ingest::Ignored;

use super::markup::Markup;
use super::page::Context;
use super::table::{Cell, Column, Row, Table};
use super::verdict::Level;
use crate::format;
use crate::report::name_of;

/// Most rows of a list of names.
const NAMES: usize = 100;

pub(super) fn write(out: &mut Markup, context: &Context<'_>) {
    let verdict = &context.verdict;
    out.element("section", &[("id", &"quality")], |out| {
        out.leaf("h2", &[], "Data quality");
        let class = match verdict.level {
            Level::Fine => "verdict fine",
            Level::Care => "verdict care",
            Level::Bad => "verdict bad",
        };
        out.leaf("p", &[("class", &class)], verdict.headline());
        if !verdict.findings.is_empty() {
            out.element("ul", &[], |out| {
                for finding in &verdict.findings {
                    out.leaf("li", &[], &finding.text);
                }
            });
        }
        lines(context).write(out);
        rejects(context, out);
        sessions(context, out);
        names(context, out);
    });
    out.line();
}

fn counted(name: impl Into<String>, count: u64) -> Row {
    vec![Cell::Text(name.into()), Cell::Number(format::count(count), Some(count as f64))].into()
}

fn table(caption: &str, file: &'static str, first: &str, rows: Vec<Row>) -> Table {
    let columns = vec![Column::text(first), Column::number("Count", "")];
    Table { caption: caption.to_owned(), file: file.into(), columns, rows, sortable: false }
}

fn lines(context: &Context<'_>) -> Table {
    let (lines, sessions) = (&context.report.quality.lines, &context.report.quality.sessions);
    let words = |text: &str| text.replace('_', " ");
    let mut rows = vec![
        counted("Files read", lines.files),
        counted("Rows read of tables of sessions, whose lines were read another time", lines.session_rows),
        counted("Lines read", lines.lines),
        counted("Events found in them", lines.events),
        counted("Lines that could not be used", lines.rejected()),
    ];
    if lines.session_rows == 0 {
        rows.remove(1);
    }
    rows.extend(lines.rejects.iter().map(|(why, count)| counted(format!("— {}", words(why.as_str())), *count)));
    let left_out = lines.ignored.keys().any(|why| matches!(why, Ignored::OptedOut | Ignored::Excluded | Ignored::Bot));
    let ignored = if left_out {
        "Lines that are no telemetry, and events of sessions that were left out"
    } else {
        "Lines that are no telemetry"
    };
    rows.push(counted(ignored, lines.ignored.values().sum()));
    rows.extend(lines.ignored.iter().map(|(why, count)| counted(format!("— {}", words(why.as_str())), *count)));
    rows.extend(lines.ignored_events.iter().map(|(name, count)| counted(format!("— — {name}"), *count)));
    rows.push(counted("Fields that were repaired", lines.repaired()));
    let repairs = lines.repairs.iter();
    rows.extend(
        repairs.map(|((field, repair), count)| counted(format!("— {field}: {}", words(repair.as_str())), *count)),
    );
    if !lines.removed.is_empty() {
        rows.push(counted("Values removed for privacy", lines.removed.values().sum()));
        rows.extend(lines.removed.iter().map(|(what, count)| counted(format!("— {}", words(what.as_str())), *count)));
    }
    rows.push(counted("Events that were there twice, counted once", sessions.duplicate_events));
    rows.push(counted("Events that share their number with a different one", sessions.conflicting_events));
    table("What became of every line", "quality", "What was read", rows)
}

/// The first rejected lines of each kind.
fn rejects(context: &Context<'_>, out: &mut Markup) {
    let examples = &context.report.quality.lines.examples;
    if examples.is_empty() {
        return;
    }
    let row = |reject: &audience_ingest::Reject| {
        vec![
            Cell::Name(reject.file.to_string(), None),
            Cell::Number(format::count(reject.line), Some(reject.line as f64)),
            Cell::Name(reject.problem.to_string(), None),
            Cell::Name(reject.text.to_string(), None),
        ]
        .into()
    };
    out.leaf("h3", &[], "Examples of lines that could not be used");
    let table = Table {
        caption: "Examples of lines that could not be used".to_owned(),
        file: "rejects".into(),
        columns: vec![
            Column::text("File"),
            Column::number("Line", ""),
            Column::text("Why"),
            Column::text("What it says"),
        ],
        rows: examples.iter().map(row).collect(),
        sortable: false,
    };
    table.write(out);
}

fn sessions(context: &Context<'_>, out: &mut Markup) {
    let sessions = &context.report.quality.sessions;
    let all = context.report.totals.sessions;
    let share = |name: &str, count: u64| {
        let share = Ratio::of(count, all);
        vec![
            Cell::Text(name.to_owned()),
            Cell::Number(format::count(count), Some(count as f64)),
            Cell::Number(format::ratio(share), share.map(Ratio::as_f64)),
        ]
        .into()
    };
    let rows: Vec<Row> = vec![
        share("of titles of unknown duration", sessions.unknown_duration),
        share("with content played at unknown positions", sessions.unknown_positions),
        share("inferred from requests alone", sessions.from_requests),
        share("with ends of playback inferred from wall time and rate", sessions.inferred_runs),
        share("with inferred seeks", sessions.inferred_seeks),
        share("whose start-up time is an upper bound", sessions.startup_from_load),
        share("without a viewer", sessions.unknown_viewer),
        share("of live streams", sessions.live),
        share("that may still go on", sessions.still_active),
    ];
    if all > 0 {
        out.leaf("h3", &[], "What had to be inferred");
        if sessions.from_requests > 0 {
            let clock = |millis: u64| format::clock(Some(millis as f64));
            let text = format!(
                "Of {}, only requests for pieces of the content are known. Their frames moved for {}, and for no less than {} \
                 and no more than {}; positions are known to about a segment; stalls are a lower bound.",
                format::things(sessions.from_requests, "session", "sessions"),
                clock(sessions.from_requests_playing_ms),
                clock(sessions.from_requests_playing_least_ms),
                clock(sessions.from_requests_playing_most_ms)
            );
            out.leaf("p", &[], &text);
        }
        let table = Table {
            caption: "Sessions by what had to be inferred".to_owned(),
            file: "inferred".into(),
            columns: vec![Column::text("Sessions"), Column::number("Count", ""), Column::number("Share", "")],
            rows,
            sortable: false,
        };
        table.write(out);
    }
    let left_out: Vec<Row> = [
        ("Positions past the end of their title", sessions.repaired_positions),
        ("Durations too long to be right", sessions.repaired_durations),
        ("Attributes past the most a session keeps", sessions.dropped_attributes),
        ("Custom events past the names a session keeps", sessions.dropped_marks),
        ("Nested values of unknown fields", context.report.quality.lines.nested_values),
    ]
    .into_iter()
    .filter(|(_, count)| *count > 0)
    .map(|(name, count)| counted(name, count))
    .collect();
    if !left_out.is_empty() {
        table("What was left out", "left-out", "Left out", left_out).write(out);
    }
}

fn names(context: &Context<'_>, out: &mut Markup) {
    let quality = &context.report.quality;
    let lines = &quality.lines;
    if !quality.durations_disagree.is_empty() {
        out.leaf("h3", &[], "Titles about whose duration sessions disagree");
        let clock = |millis: u64| Cell::Number(format::clock(Some(millis as f64)), Some(millis as f64));
        let rows = quality.durations_disagree.iter().take(NAMES).map(|range| {
            let name = name_of(range.title.as_deref(), &range.content_id).to_owned();
            vec![Cell::Name(name, None), clock(range.shortest_ms), clock(range.longest_ms)].into()
        });
        let table = Table {
            caption: "Titles about whose duration sessions disagree".to_owned(),
            file: "durations".into(),
            columns: vec![Column::text("Title"), Column::number("Shortest", ""), Column::number("Longest", "")],
            rows: rows.collect(),
            sortable: true,
        };
        table.write(out);
        and_more(out, quality.durations_disagree.len());
    }
    list(out, "Attributes found, with the events that carried them", "attributes", &lines.attributes);
    list(out, "Attributes with values like IP addresses, kept", "ip-like", &lines.ip_like);
    list(out, "Unknown event types, kept as custom events", "types", &lines.custom_types);
    let unused = lines.unused_fields.iter().map(|(name, count)| ((*name).into(), *count)).collect();
    list(out, "Fields that their events have no use for", "unused", &unused);
}

fn list(out: &mut Markup, caption: &str, file: &'static str, names: &BTreeMap<Box<str>, u64>) {
    if names.is_empty() {
        return;
    }
    out.element("details", &[("class", &"numbers")], |out| {
        out.leaf("summary", &[], format_args!("{caption}: {}", format::count(names.len() as u64)));
        let rows = names.iter().take(NAMES).map(|(name, count)| {
            vec![Cell::Name(name.to_string(), None), Cell::Number(format::count(*count), Some(*count as f64))].into()
        });
        table(caption, file, "Name", rows.collect()).write(out);
        and_more(out, names.len());
    });
    out.line();
}

/// How many are not shown.
fn and_more(out: &mut Markup, all: usize) {
    if all > NAMES {
        out.leaf("p", &[("class", &"muted")], format_args!("And {} more.", all - NAMES));
    }
}
