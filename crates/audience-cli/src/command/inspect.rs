//! `audience inspect`

use std::fmt::Write;
use std::process::ExitCode;

use anstyle::{AnsiColor, Style};
use audience_core::Timestamp;
use audience_ingest::{Answer, Catalog, Contents, Inspection, Quality, Verdict, inspect};
use audience_report::{printable, utc};
use serde::Serialize;

use crate::args::InspectArgs;
use crate::command::report;
use crate::error::Error;
use crate::output;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const GOOD: Style = AnsiColor::Green.on_default();
const FAIR: Style = AnsiColor::Yellow.on_default();
const BAD: Style = AnsiColor::Red.on_default();

/// How many names are listed.
const NAMES: usize = 12;

pub(crate) fn run(args: &InspectArgs) -> Result<ExitCode, Error> {
    let catalog = args.catalog.as_deref().map_or(Ok(Catalog::new()), Catalog::read)?;
    let sessions = report::read(&args.input)?;
    let found = Found { inspection: inspect(&sessions, &catalog)?, lines: sessions.quality() };
    let text = if args.json { output::json(&found)? } else { found.to_text() };
    output::write(&text, None)?;
    Ok(ExitCode::SUCCESS)
}

/// What was found.
#[derive(Serialize)]
struct Found<'q> {
    #[serde(flatten)]
    inspection: Inspection,
    lines: &'q Quality,
}

impl Found<'_> {
    fn to_text(&self) -> String {
        let mut out = String::new();
        let Inspection { contents, answers, .. } = &self.inspection;
        // A `String` takes all.
        let _ = self
            .write_files(&mut out)
            .and_then(|()| write_sessions(&mut out, contents))
            .and_then(|()| self.write_events(&mut out, contents))
            .and_then(|()| answers.iter().try_for_each(|answer| write_answer(&mut out, answer)));
        out
    }

    fn write_files(&self, out: &mut String) -> std::fmt::Result {
        let lines = self.lines;
        let formats = lines.formats.iter().map(|(format, files)| format!("{files} {format}"));
        writeln!(out, "{BOLD}Files{BOLD:#}")?;
        let empty = lines.files.saturating_sub(lines.formats.values().sum());
        let empty = (empty > 0).then(|| format!("{empty} without a line"));
        writeln!(out, "  {}", list(formats.chain(empty).collect()))?;
        if lines.session_rows > 0 {
            writeln!(
                out,
                "  {}",
                things(lines.session_rows, "row of a table of sessions", "rows of tables of sessions")
            )?;
        }
        if lines.lines > 0 {
            let (rejected, repaired) = (lines.rejected(), lines.repaired());
            writeln!(
                out,
                "  {}: {}, {rejected} rejected, {} repaired",
                things(lines.lines, "line", "lines"),
                things(lines.events, "event", "events"),
                things(repaired, "field", "fields")
            )?;
        }
        if !lines.ignored.is_empty() {
            let ignored =
                lines.ignored.iter().map(|(why, count)| format!("{} {count}", why.as_str().replace('_', " ")));
            writeln!(out, "  {DIM}passed over{DIM:#} {}", list(ignored.collect()))?;
        }
        for reject in &lines.examples {
            writeln!(out, "  {DIM}rejected{DIM:#} {}", printable(&reject.to_string()))?;
        }
        Ok(())
    }

    fn write_events(&self, out: &mut String, contents: &Contents) -> std::fmt::Result {
        let lines = self.lines;
        if !contents.events.is_empty() {
            writeln!(out, "\n{BOLD}Events{BOLD:#}")?;
            let events: u64 = contents.events.values().sum();
            writeln!(out, "  {}", by_count(contents.events.iter().map(|(name, count)| (*name, *count))))?;
            writeln!(
                out,
                "  {} with a position, {} with a sequence number",
                share(contents.events_with_position, events),
                share(contents.events_with_number, events)
            )?;
            let requests = contents.events_of("request");
            if requests > 0 {
                let placed = share(contents.placed_requests, requests);
                writeln!(out, "  {placed} of the requests are for a segment whose place in the content is known")?;
            }
        }
        let named = |names: &std::collections::BTreeMap<Box<str>, u64>| {
            by_count(names.iter().map(|(name, count)| (&**name, *count)))
        };
        if !lines.custom_types.is_empty() {
            writeln!(out, "  {DIM}types outside the vocabulary{DIM:#} {}", named(&lines.custom_types))?;
        }
        if !lines.ignored_events.is_empty() {
            writeln!(out, "  {DIM}records of no use{DIM:#} {}", named(&lines.ignored_events))?;
        }
        if !lines.attributes.is_empty() {
            writeln!(out, "\n{BOLD}Attributes{BOLD:#}\n  {}", named(&lines.attributes))?;
        }
        writeln!(out, "\n{BOLD}Questions{BOLD:#}")
    }
}

fn write_sessions(out: &mut String, contents: &Contents) -> std::fmt::Result {
    writeln!(out, "\n{BOLD}Sessions{BOLD:#}")?;
    write!(out, "  {}", things(contents.sessions, "session", "sessions"))?;
    if contents.titles.count() > 0 {
        write!(out, " of {}", things(contents.titles.count(), "title", "titles"))?;
    }
    if contents.viewers.count() > 0 {
        write!(out, " by {}", things(contents.viewers.count(), "viewer", "viewers"))?;
    }
    writeln!(out, ", {} started", contents.started)?;
    if let (Some(first), Some(last)) = (contents.began_at, contents.ended_at) {
        let time = |millis| utc(Timestamp::from_millis(millis));
        writeln!(out, "  {} to {}", time(first), time(last))?;
    }
    let notes = [
        (contents.from_requests, "inferred from requests alone"),
        (contents.live, "of live streams"),
        (contents.without_title, "without a content_id"),
        (contents.sessions - contents.with_viewer, "without a viewer_id"),
    ];
    for (count, text) in notes.into_iter().filter(|(count, _)| *count > 0) {
        writeln!(out, "  {count} {text}")?;
    }
    Ok(())
}

fn write_answer(out: &mut String, answer: &Answer) -> std::fmt::Result {
    let Answer { question, verdict, sessions, of, note } = answer;
    let style = match verdict {
        Verdict::Yes => GOOD,
        Verdict::Partly => FAIR,
        Verdict::No => BAD,
    };
    write!(out, "  {style}{:<7}{style:#}{question:<47}", verdict.as_str())?;
    if *verdict != Verdict::No {
        write!(out, "{sessions} of {of}")?;
    }
    match note {
        Some(note) if *verdict == Verdict::No => writeln!(out, "{note}"),
        Some(note) => writeln!(out, "; {note}"),
        None => writeln!(out),
    }
}

/// Names with their counts, the most frequent first.
fn by_count<'n>(names: impl Iterator<Item = (&'n str, u64)>) -> String {
    let mut names: Vec<(&str, u64)> = names.collect();
    names.sort_by_key(|(name, count)| (std::cmp::Reverse(*count), *name));
    list(names.into_iter().map(|(name, count)| format!("{} {count}", printable(name))).collect())
}

fn list(names: Vec<String>) -> String {
    let more = names.len().saturating_sub(NAMES);
    let mut text = names.into_iter().take(NAMES).collect::<Vec<_>>().join(", ");
    if more > 0 {
        let _ = write!(text, " and {more} more");
    }
    text
}

fn share(part: u64, whole: u64) -> String {
    format!("{:.0} %", if whole == 0 { 0.0 } else { part as f64 / whole as f64 * 100.0 })
}

fn things(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
