//! What happened, exactly.

use audience_core::{Activity, Bitrate, Elapsed, MediaTime, Rendition, Span, Wait, WaitKind};

use super::rate;
use crate::format;
use crate::html::markup::Markup;
use crate::html::plot::state_class;
use crate::html::table::{Cell, Column, Row, Table};
use crate::session::{Entry, Happening, Remark, SessionView, rendition, seek_words};

/// Most waits that are listed.
const WAITS: usize = 200;

/// Most rows of the log.
const ROWS: usize = 1000;

/// Most rows that are there without asking.
const OPEN: usize = 100;

pub(super) fn write_waits(out: &mut Markup, view: &SessionView) {
    let all = view.timeline.waits();
    out.leaf("h3", &[], "Waits");
    if all.is_empty() {
        out.leaf("p", &[("class", &"muted")], "No stalls, and no waits after seeks.");
        return;
    }
    let first = view.timeline.bounds().unwrap_or_default().0;
    let mut waits: Vec<&Wait> = all.iter().collect();
    waits.sort_by_key(|wait| std::cmp::Reverse(wait.length()));
    waits.truncate(WAITS);
    waits.sort_by_key(|wait| wait.start);
    let row = |wait: &Wait| {
        let (activity, kind) = match wait.kind {
            WaitKind::StartUp => (Activity::StartUp, "for the first frame"),
            WaitKind::Seek => (Activity::SeekWait, "after a seek"),
            WaitKind::Stall => (Activity::Stall, "stall"),
        };
        let frame = view.timeline.frame_at(wait.start);
        vec![
            time(wait.start.since(first)),
            state(activity, kind),
            time(wait.length()),
            place(frame.and_then(|frame| frame.position)),
            Cell::Text(frame.map_or(String::new(), |frame| picture(&frame.rendition))),
            Cell::Text(if wait.open { "playback was over" } else { "waited out" }.to_owned()),
        ]
        .into()
    };
    let table = Table {
        caption: "Waits".to_owned(),
        file: "waits".into(),
        columns: vec![
            Column::number("At", "Since the first event").raw("at_ms"),
            Column::text("Wait"),
            Column::number("Length", "How long frames stood still").raw("length_ms"),
            Column::number("Position", "Where in the content").raw("position_ms"),
            Column::text("Rendition"),
            Column::text("End"),
        ],
        rows: waits.into_iter().map(row).collect(),
        sortable: true,
    };
    write_long(out, &table, "waits");
    if all.len() > WAITS {
        let more = format::things((all.len() - WAITS) as u64, "wait", "waits");
        out.leaf("p", &[("class", &"muted")], format_args!("And {more} more, shorter; JSON has them all."));
    }
}

pub(super) fn write_log(out: &mut Markup, view: &SessionView) {
    let log = view.log();
    out.leaf("h3", &[], "All that happened");
    let (first, last) = view.timeline.bounds().unwrap_or_default();
    let mut rows: Vec<Row> = log.iter().take(ROWS).map(|entry| row(entry, entry.at.since(first))).collect();
    if log.len() <= ROWS {
        let mut end = Markup::new();
        end.leaf("strong", &[], view.exit().1);
        let none = || Cell::Text(String::new());
        let rest = [none(), place(None), place(view.facts.exit.position), none()];
        rows.push([time(last.since(first)), Cell::Drawing(end)].into_iter().chain(rest).collect::<Vec<_>>().into());
    }
    let table = Table {
        caption: "All that happened".to_owned(),
        file: "log".into(),
        columns: vec![
            Column::number("At", "Since the first event").raw("at_ms"),
            Column::text("What"),
            Column::number("Length", "How long the player did it").raw("length_ms"),
            Column::number("From", "Position in the content").raw("from_ms"),
            Column::number("To", "Position in the content").raw("to_ms"),
            Column::text("Played as"),
        ],
        rows,
        sortable: false,
    };
    write_long(out, &table, "rows");
    if log.len() > ROWS {
        let more = format::things((log.len() - ROWS) as u64, "row", "rows");
        out.leaf("p", &[("class", &"muted")], format_args!("And {more} more; the text form has them all."));
    }
}

/// A table that only opens on demand when it is long.
fn write_long(out: &mut Markup, table: &Table, rows: &str) {
    if table.rows.len() <= OPEN {
        table.write(out);
        return;
    }
    out.element("details", &[], |out| {
        out.leaf("summary", &[], format_args!("{} {rows}", format::count(table.rows.len() as u64)));
        table.write(out);
    });
    out.line();
}

fn row(entry: &Entry, at: Elapsed) -> Row {
    let none = || Cell::Text(String::new());
    let at = time(at);
    let cells = match &entry.what {
        Happening::Activity(span) => vec![
            at,
            state(span.activity, span.activity.as_str()),
            time(span.length()),
            place(span.from),
            place(span.to),
            Cell::Text(played(span)),
        ],
        Happening::Seek(seek) => {
            let mut what = Markup::new();
            what.leaf("span", &[("class", &"muted")], seek_words(seek));
            vec![at, Cell::Drawing(what), none(), place(seek.from), place(seek.to), none()]
        }
        Happening::Remark(remark) => vec![at, said(remark), none(), none(), none(), none()],
    };
    cells.into()
}

/// What was said in so many words.
fn said(remark: &Remark) -> Cell {
    let mut what = Markup::new();
    let class = if remark.is_error { "wrong" } else { "muted" };
    what.element("span", &[("class", &class)], |out| out.name(&remark.text));
    Cell::Drawing(what)
}

/// The rendition, and the rate where it is not the normal one.
fn played(span: &Span) -> String {
    let parts = [rate(span.rate), picture(&span.rendition)];
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    if span.activity == Activity::Playing { parts.join(", ") } else { String::new() }
}

/// A word with the mark of what the player did.
fn state(activity: Activity, word: &str) -> Cell {
    let mut out = Markup::new();
    out.element("span", &[("class", &"entry")], |out| {
        out.element("svg", &[("class", &"patch"), ("aria-hidden", &"true")], |out| {
            let size = ("width", &"100%" as &dyn std::fmt::Display);
            out.empty("rect", &[("class", &state_class(activity)), size, ("height", &"100%")]);
        });
        out.text(word);
    });
    Cell::Drawing(out)
}

fn time(time: Elapsed) -> Cell {
    Cell::Number(time.to_string(), Some(time.as_millis() as f64))
}

fn place(position: Option<MediaTime>) -> Cell {
    match position {
        Some(position) => Cell::Number(position.to_string(), Some(position.as_millis() as f64)),
        None => Cell::Number(format::NONE.to_owned(), None),
    }
}

fn picture(played: &Rendition) -> String {
    if *played == Rendition::default() {
        return String::new();
    }
    rendition(played.bitrate.map(Bitrate::as_bps), played.width, played.height)
}
