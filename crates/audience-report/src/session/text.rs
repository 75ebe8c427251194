//! A session for a terminal.

use std::fmt::{self, Write};

use anstyle::{AnsiColor, Style};
use audience_core::{Activity, Rate, Span};

use super::{Happening, SessionView, Tone, position, seek_words};
use crate::format::printable;
use crate::text::paragraph;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

impl Tone {
    const fn style(self) -> Style {
        match self {
            Self::Plain => Style::new(),
            Self::Good => AnsiColor::Green.on_default(),
            Self::Wait => AnsiColor::Yellow.on_default(),
            Self::Bad => AnsiColor::Red.on_default(),
        }
    }
}

pub(super) fn of(view: &SessionView, width: usize) -> String {
    let mut out = String::new();
    // A `String` takes all.
    let _ = write_head(&mut out, view)
        .and_then(|()| write_log(&mut out, view))
        .and_then(|()| write_sums(&mut out, view))
        .and_then(|()| write_experience(&mut out, view, width));
    out
}

fn write_head(out: &mut String, view: &SessionView) -> fmt::Result {
    let identity = &view.facts.identity;
    let length = view.facts.duration.map_or(String::new(), |length| format!(", {length} long"));
    writeln!(out, "{BOLD}Session {}{BOLD:#}", printable(identity.session_id.as_str()))?;
    writeln!(out, "  title    {}{length}", printable(&view.title_words()))?;
    if let Some(viewer) = &identity.viewer_id {
        writeln!(out, "  viewer   {}", printable(viewer.as_str()))?;
    }
    let attributes: Vec<String> = identity.attributes.iter().map(|(name, value)| format!("{name}={value}")).collect();
    if !attributes.is_empty() {
        writeln!(out, "  with     {}", printable(&attributes.join(" ")))?;
    }
    writeln!(out, "  began    {}, {}", view.began(), view.lasted())?;
    writeln!(out)
}

fn write_log(out: &mut String, view: &SessionView) -> fmt::Result {
    let (first, last) = view.timeline.bounds().unwrap_or_default();
    for entry in view.log() {
        let offset = entry.at.since(first).to_string();
        match entry.what {
            Happening::Activity(span) => writeln!(out, "  {offset:>12}  {}", activity(&span))?,
            Happening::Seek(seek) => {
                let (how, from, to) = (seek_words(&seek), position(seek.from), position(seek.to));
                writeln!(out, "  {offset:>12}    {DIM}{how} {from} to {to}{DIM:#}")?;
            }
            Happening::Remark(remark) => writeln!(out, "  {offset:>12}    {DIM}{}{DIM:#}", printable(&remark.text))?,
        }
    }
    let (tone, exit) = view.exit();
    let style = tone.style();
    writeln!(out, "  {:>12}  {style}{exit}{style:#}", last.since(first).to_string())?;
    writeln!(out)
}

fn activity(span: &Span) -> String {
    let style = Tone::of(span.activity).style();
    let mut text = format!("{style}{:<21}{style:#} {:>10}", span.activity.as_str(), span.length().to_string());
    if span.activity == Activity::Playing {
        if let (Some(from), Some(to)) = (span.from, span.to) {
            let _ = write!(text, "  {from} to {to}");
        }
        if span.rate != Rate::NORMAL {
            let _ = write!(text, "  at {}x", span.rate.as_f64());
        }
    }
    text
}

fn write_sums(out: &mut String, view: &SessionView) -> fmt::Result {
    for (name, text) in view.sums() {
        writeln!(out, "  {name:<8} {text}")?;
    }
    if let Some(estimates) = view.estimates() {
        writeln!(out, "  {estimates}")?;
    }
    writeln!(out)
}

fn write_experience(out: &mut String, view: &SessionView, width: usize) -> fmt::Result {
    write!(out, "{BOLD}Quality of experience{BOLD:#}")?;
    if view.facts.inferred.from_requests.is_some() {
        write!(out, "  {DIM}from requests alone: start-up at most, stalls at least{DIM:#}")?;
    }
    writeln!(out)?;
    let scored = &view.scored;
    let last = [("index", Some(scored.index())), ("scores", scored.others())];
    let last = last.into_iter().filter_map(|(name, text)| Some((name, text?)));
    for (name, text) in super::felt_rows(&view.facts).into_iter().chain(last) {
        paragraph(out, width, &format!("  {name:<8} "), &printable(&text));
    }
    writeln!(out)
}
