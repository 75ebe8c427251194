//! `audience session`

mod experience;

use std::fmt::Write;
use std::process::ExitCode;

use anstyle::{AnsiColor, Style};
use audience_core::{Activity, Bitrate, EventKind, MediaTime, Rules, Session, SessionFacts, Span, Timeline, Timestamp};
use audience_ingest::Catalog;
use audience_report::{TextOptions, printable};
use serde::Serialize;

use crate::args::{InputArgs, SessionArgs};
use crate::command::report;
use crate::error::Error;
use crate::output;
use experience::Scored;

pub(crate) fn run(args: &SessionArgs) -> Result<ExitCode, Error> {
    let catalog = args.catalog.as_deref().map_or(Ok(Catalog::new()), Catalog::read)?;
    let input = InputArgs {
        files: vec![args.file.clone()],
        format: args.format,
        segments: args.segments.clone(),
        privacy: args.privacy.clone(),
        map: args.map.clone(),
        ..InputArgs::default()
    };
    let sessions = report::read(&input)?;
    let found = sessions.get(&args.id)?;
    if found.is_empty() {
        return Err(Error::NoSession { id: args.id.clone(), path: args.file.clone() });
    }
    let rules = Rules::default();
    let views: Vec<View> = found
        .into_iter()
        .map(|session| {
            let entry = catalog.get(session.content_id().as_str());
            let session = session.with_known_duration(entry.and_then(|entry| entry.duration));
            let timeline = session.timeline(&rules);
            let facts = session.facts(&rules, sessions.horizon());
            let scored = Scored::of(&facts);
            View { title: entry.and_then(|entry| entry.title.clone()), facts, timeline, scored, session }
        })
        .collect();
    let width = output::width(TextOptions::default().width);
    let text = if args.json { output::json(&views)? } else { views.iter().map(|view| view.to_text(width)).collect() };
    output::write(&text, None)?;
    Ok(ExitCode::SUCCESS)
}

/// One title that the session played.
#[derive(Serialize)]
struct View {
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    facts: SessionFacts,
    timeline: Timeline,
    #[serde(flatten)]
    scored: Scored,
    #[serde(skip)]
    session: Session,
}

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const GOOD: Style = AnsiColor::Green.on_default();
const BAD: Style = AnsiColor::Red.on_default();
const WAIT: Style = AnsiColor::Yellow.on_default();

impl View {
    fn to_text(&self, width: usize) -> String {
        let mut out = String::new();
        // A `String` takes all.
        let _ = self
            .write_head(&mut out)
            .and_then(|()| self.write_timeline(&mut out))
            .and_then(|()| self.write_sums(&mut out))
            .and_then(|()| self.scored.write(&self.facts, &mut out, width));
        out
    }

    fn write_head(&self, out: &mut String) -> std::fmt::Result {
        let facts = &self.facts;
        let title = match (&self.title, facts.identity.content_id.as_str()) {
            (Some(title), id) => format!("{} ({})", printable(title), printable(id)),
            (None, "") => "(no content id)".to_owned(),
            (None, id) => printable(id).into_owned(),
        };
        writeln!(out, "{BOLD}Session {}{BOLD:#}", printable(facts.identity.session_id.as_str()))?;
        writeln!(
            out,
            "  title    {title}{}",
            facts.duration.map_or(String::new(), |length| format!(", {length} long"))
        )?;
        if let Some(viewer) = &facts.identity.viewer_id {
            writeln!(out, "  viewer   {}", printable(viewer.as_str()))?;
        }
        let attributes: Vec<String> =
            facts.identity.attributes.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if !attributes.is_empty() {
            writeln!(out, "  with     {}", printable(&attributes.join(" ")))?;
        }
        let (first, last) = self.timeline.bounds().unwrap_or_default();
        writeln!(out, "  began    {}, {} events over {}", utc(first), facts.events, last.since(first))?;
        writeln!(out)
    }

    fn write_timeline(&self, out: &mut String) -> std::fmt::Result {
        let (first, last) = self.timeline.bounds().unwrap_or_default();
        let mut rows: Vec<(Timestamp, bool, String)> = Vec::new();
        rows.extend(self.timeline.activities().map(|span| (span.start, true, activity(&span))));
        rows.extend(self.timeline.seeks().iter().map(|seek| {
            let to = |position: Option<MediaTime>| position.map_or("?".to_owned(), |position| position.to_string());
            let how = if seek.inferred { "seek (inferred)" } else { "seek" };
            (seek.at, false, format!("{how} {} to {}", to(seek.from), to(seek.to)))
        }));
        rows.extend(
            self.session
                .events()
                .iter()
                .filter_map(|event| Some((event.ts, false, printable(&remark(&event.kind)?).into_owned()))),
        );
        rows.sort_by_key(|(at, is_span, _)| (*at, *is_span));
        for (at, is_span, text) in rows {
            let offset = at.since(first).to_string();
            if is_span {
                writeln!(out, "  {offset:>12}  {text}")?;
            } else {
                writeln!(out, "  {offset:>12}    {DIM}{text}{DIM:#}")?;
            }
        }
        writeln!(out, "  {:>12}  {}", last.since(first).to_string(), self.exit())?;
        writeln!(out)
    }

    /// How it ended.
    fn exit(&self) -> String {
        use audience_core::ExitReason;
        let (style, text) = match self.facts.exit.reason {
            ExitReason::Ended => (GOOD, "over: the end of the content"),
            ExitReason::Stopped => (Style::new(), "over: the viewer stopped"),
            ExitReason::Failed => (BAD, "over: the player failed"),
            ExitReason::Left => (WAIT, "last event: it fell silent"),
            ExitReason::Active => (Style::new(), "last event: it may go on"),
        };
        let position = self.facts.exit.position.map_or(String::new(), |position| format!(" at {position}"));
        let waiting = if self.facts.exit.waiting { ", waiting for data" } else { "" };
        format!("{style}{text}{position}{waiting}{style:#}")
    }

    fn write_sums(&self, out: &mut String) -> std::fmt::Result {
        let facts = &self.facts;
        writeln!(
            out,
            "  watched  {}: {} unique{}",
            facts.watched,
            facts.unique,
            if facts.unplaced.is_zero() { String::new() } else { format!(", {} at unknown positions", facts.unplaced) }
        )?;
        let coverage = facts.duration.and_then(|duration| facts.map.coverage(duration));
        if let Some(coverage) = coverage.filter(|_| facts.unplaced.is_zero()) {
            writeln!(out, "  covered  {coverage} of the title")?;
        }
        if let Some(estimates) = facts.inferred.from_requests {
            let at = |position: Option<MediaTime>| position.map_or("?".to_owned(), |position| position.to_string());
            writeln!(
                out,
                "  inferred from requests alone: played {} ({} to {}), left at {} to {}, positions to {}",
                facts.wall.playing,
                estimates.playing_least,
                estimates.playing_most,
                at(estimates.exit_least),
                at(estimates.exit_most),
                estimates.position_error
            )?;
        }
        writeln!(out)
    }
}

fn things(count: u64, one: &str) -> String {
    format!("{count} {one}{}", if count == 1 { "" } else { "s" })
}

fn activity(span: &Span) -> String {
    let style = match span.activity {
        Activity::Playing => GOOD,
        Activity::Stall | Activity::Failed => BAD,
        Activity::SeekWait | Activity::StartUp | Activity::AdWait => WAIT,
        Activity::Idle | Activity::Paused | Activity::Ad | Activity::Ended => Style::new(),
    };
    let mut text = format!("{style}{:<21}{style:#} {:>10}", span.activity.as_str(), span.length().to_string());
    if span.activity == Activity::Playing {
        if let (Some(from), Some(to)) = (span.from, span.to) {
            let _ = write!(text, "  {from} to {to}");
        }
        if span.rate != audience_core::Rate::NORMAL {
            let _ = write!(text, "  at {}x", span.rate.as_f64());
        }
    }
    text
}

/// What is worth saying of an event that the activities and seeks do not say.
fn remark(kind: &EventKind) -> Option<String> {
    Some(match kind {
        EventKind::Load { duration: Some(duration), .. } => format!("load, {duration} long"),
        EventKind::Load { .. } => "load".to_owned(),
        EventKind::PlayRequest => "play requested".to_owned(),
        EventKind::QualityChange { to, .. } => {
            let bps = to.bitrate.map(Bitrate::as_bps);
            format!("quality {}", experience::rendition(bps, to.width, to.height))
        }
        EventKind::RateChange { rate } => format!("rate {}x", rate.as_f64()),
        EventKind::Error(error) => {
            let fatal = if error.fatal { "fatal error" } else { "error" };
            format!("{fatal} {} {}", error.code.as_deref().unwrap_or(""), error.message.as_deref().unwrap_or(""))
                .trim_end()
                .to_owned()
        }
        EventKind::StateChange { to: audience_core::PlayerState::Error, .. } => "the player says it failed".to_owned(),
        EventKind::Custom(custom) => custom.name.to_string(),
        EventKind::End { reason: Some(reason), .. } => format!("end: {}", reason.as_str()),
        EventKind::End { .. } => "end".to_owned(),
        _ => return None,
    })
}

pub(crate) fn utc(at: Timestamp) -> String {
    match jiff::Timestamp::from_millisecond(at.as_millis()) {
        Ok(at) => at.strftime("%Y-%m-%d %H:%M:%S%.3f UTC").to_string(),
        Err(_) => format!("{} ms", at.as_millis()),
    }
}
