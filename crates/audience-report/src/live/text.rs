//! What is watched right now, for a terminal.

use audience_core::{ContentId, Elapsed, MediaTime, ViewerId};
use audience_realtime::{Arrivals, DeliverySummary, Key, RaisedAlert, WindowFigures};

use super::line::name;
use super::snapshot::{Audiences, LiveSnapshot, Viewers};
use crate::format;
use crate::text::{DIM, TITLE, TextOptions, line, paragraph, tables};

/// What is said of each audience.
const COLUMNS: [&str; 12] = [
    "Viewers",
    "Peak",
    "Joins",
    "Leaves",
    "Playing",
    "Stalled",
    "Stall ratio",
    "Start-up",
    "Bit rate",
    "Errors",
    "Failures",
    "Events",
];

/// Columns that go first where there is no room.
const DISPENSABLE: [&str; 7] = ["Events", "Leaves", "Joins", "Failures", "Bit rate", "Start-up", "Errors"];

impl LiveSnapshot {
    /// As text, with ANSI styles for headings, and nothing else that a terminal would obey, whatever titles are called.
    pub fn to_text(&self, options: TextOptions) -> String {
        let (mut out, width) = (String::new(), options.width);
        let at = self.at.map_or("nothing yet".to_owned(), format::utc);
        line(&mut out, format_args!("{TITLE}Live audience{TITLE:#} {DIM}{at}, the last {}{DIM:#}", span(self.window)));
        out.push('\n');
        self.write_head(&mut out, width);
        for audiences in &self.audiences {
            audiences.write(&mut out, width);
        }
        write_deliveries(&mut out, &self.deliveries, width);
        if let Some(viewers) = &self.viewers {
            viewers.write(&mut out, width);
        }
        out
    }

    fn write_head(&self, out: &mut String, width: usize) {
        let mut row = |name: &str, text: String| paragraph(out, width, &format!("  {name:<10}"), &text);
        if let Some(figures) = &self.everybody {
            let (now, most) = (figures.viewers.last, figures.viewers.peak);
            let peak = self.peak.filter(|peak| peak.viewers > most).map_or(String::new(), |peak| {
                format!(", {} in the window to {}", format::count(peak.viewers), format::utc(peak.end))
            });
            row(
                "Viewers",
                format!(
                    "{} now, {} at most{peak}; {} playing, {} stalled, {} paused",
                    format::count(now),
                    format::count(most),
                    format::count(figures.playing.last),
                    format::count(figures.stalled.last),
                    format::count(figures.paused.last),
                ),
            );
            let seconds = self.window.as_secs_f64();
            row("Events", format!("{:.1} a second; {}", figures.events as f64 / seconds, arrivals(self.arrivals)));
        } else {
            row("Events", arrivals(self.arrivals));
        }
        if let Some((lines, rejected, repaired)) = self.read {
            let fields = format::things(repaired, "field", "fields");
            let lines = format::things(lines, "line", "lines");
            row("Read", format!("{lines}, {} of them rejected, {fields} repaired", format::count(rejected)));
        }
        for alert in &self.raised {
            row("Alert", raised(alert));
        }
        if self.sessions_of_requests > 0 {
            let sessions = format::things(self.sessions_of_requests, "session consists", "sessions consist");
            let text = format!("{sessions} of requests alone: what is watched is estimated from these");
            row("Requests", text);
        }
        if self.refused_audiences > 0 {
            row("Note", "there are more audiences than are told apart; the others are among all".to_owned());
        }
        out.push('\n');
    }
}

/// What came of events.
fn arrivals(of: Arrivals) -> String {
    let refused = match of.refused {
        0 => String::new(),
        refused => format!(", {} without room", format::count(refused)),
    };
    format!(
        "{} on time, {} late, {} too late, {} ahead, {} twice{refused}",
        format::count(of.on_time),
        format::count(of.late),
        format::count(of.too_late),
        format::count(of.ahead),
        format::count(of.duplicates),
    )
}

fn raised(alert: &RaisedAlert<Key>) -> String {
    let usual = alert.usual.map_or(String::new(), |usual| format!(", usually {}", number(usual)));
    let text = format!(
        "{} ({}): {}{usual}, since {}, at worst {}",
        alert.rule,
        whom(&alert.key),
        number(alert.value),
        format::utc(alert.since),
        number(alert.worst),
    );
    format::printable(&text).into_owned()
}

/// To three decimals, where there are any.
fn number(of: f64) -> String {
    let text = format!("{of:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn whom(key: &Key) -> String {
    match &key.value {
        None if *key == Key::ALL => "everybody".to_owned(),
        value => format!("{} {}", name(&key.per), value.as_deref().unwrap_or(format::NONE)),
    }
}

fn span(of: Elapsed) -> String {
    match of.as_millis() {
        millis if millis >= 60_000 && millis.is_multiple_of(60_000) => format!("{} min", millis / 60_000),
        millis => format!("{} s", number(millis as f64 / 1000.0)),
    }
}

/// As a clock shows it.
fn wait(of: Elapsed) -> String {
    format::clock(Some(of.as_millis() as f64))
}

fn percent(share: Option<f64>) -> String {
    share.map_or(format::NONE.to_owned(), |share| format!("{:.2} %", share * 100.0))
}

/// The value of a key, as a cell.
fn value(key: &Key) -> String {
    key.value.as_deref().map_or("(none)".to_owned(), |value| format::printable(value).into_owned())
}

impl Audiences {
    fn write(&self, out: &mut String, width: usize) {
        if self.rows.is_empty() {
            return;
        }
        let name = format::printable(&name(&self.per)).into_owned();
        let name = if self.per == audience_realtime::Per::Title { "Title" } else { name.as_str() };
        let header: Vec<&str> = std::iter::once(name).chain(COLUMNS).collect();
        let rows = self.rows.iter().map(|(key, figures)| cells(key, figures)).collect();
        tables::write(out, &header, rows, 1, &DISPENSABLE, width);
        omitted(out, self.omitted);
    }
}

fn cells(key: &Key, figures: &WindowFigures) -> Vec<String> {
    vec![
        value(key),
        format::count(figures.viewers.last),
        format::count(figures.viewers.peak),
        format::count(figures.joins),
        format::count(figures.leaves),
        format::count(figures.playing.last),
        format::count(figures.stalled.last),
        percent(figures.stall_ratio),
        format::seconds(figures.startup.map(|startup| startup.p95_ms as f64)),
        format::bitrate(figures.bitrate.map(|bitrate| bitrate.mean_bps)),
        format::count(figures.errors),
        format::count(figures.failures),
        format::count(figures.events),
    ]
}

fn omitted(out: &mut String, omitted: usize) {
    if omitted > 0 {
        line(out, format_args!("  {DIM}and {} more{DIM:#}", format::count(omitted as u64)));
    }
    out.push('\n');
}

fn write_deliveries(out: &mut String, deliveries: &[(Key, DeliverySummary)], width: usize) {
    if deliveries.is_empty() {
        return;
    }
    let header =
        ["Delivered by", "Requests", "Answers", "Errors", "Error ratio", "Hit ratio", "Per response", "First byte p95"];
    let row = |(key, summary): &(Key, DeliverySummary)| {
        vec![
            if *key == Key::ALL { "all".to_owned() } else { value(key) },
            format::count(summary.requests),
            format::count(summary.responses.codes.iter().map(|code| code.requests).sum()),
            format::count(summary.responses.errors),
            format::fine_ratio(summary.responses.error_ratio),
            format::ratio(summary.cache.hit_ratio),
            format::bitrate(summary.throughput_bps),
            format::seconds(summary.first_byte.as_ref().map(|took| took.p95_ms)),
        ]
    };
    tables::write(out, &header, deliveries.iter().map(row).collect(), 1, &["Answers", "Per response"], width);
    out.push('\n');
}

impl Viewers {
    fn write(&self, out: &mut String, width: usize) {
        let summary = &self.summary;
        let text = format!(
            "{}, watched {}; {} of {}, {} of the time; {} on average",
            format::things(summary.players, "player", "players"),
            format::hours(summary.watched.as_millis()),
            format::things(summary.stalls, "stall", "stalls"),
            wait(summary.stalled),
            percent(summary.stall_ratio),
            format::bitrate(summary.mean_bps),
        );
        paragraph(out, width, "  Players   ", &text);
        out.push('\n');
        if self.rows.is_empty() {
            return;
        }
        let header = [
            "Session", "Viewer", "Title", "Does", "At", "Watched", "Stalls", "Stalled", "Start-up", "Bit rate",
            "Where", "With",
        ];
        let text = |text: Option<&str>| text.map_or(format::NONE.to_owned(), |text| clipped(&format::printable(text)));
        let rows = self.rows.iter().map(|row| {
            vec![
                format::printable(row.session_id.as_str()).into_owned(),
                text(row.viewer_id.as_ref().map(ViewerId::as_str)),
                text(row.content_id.as_ref().map(ContentId::as_str)),
                row.activity.to_string(),
                format::clock(row.position.map(MediaTime::as_millis).map(|millis| millis as f64)),
                wait(row.watched),
                format::count(row.stalls),
                wait(row.stalled),
                format::seconds(row.startup.map(|time| time.as_millis() as f64)),
                format::bitrate(row.rendition.bitrate.map(|bitrate| bitrate.as_bps() as f64)),
                text(row.location.as_deref()),
                text(row.user_agent.as_deref()),
            ]
        });
        let dispensable = ["With", "Where", "Start-up", "Bit rate", "Viewer", "At"];
        tables::write(out, &header, rows.collect(), 4, &dispensable, width);
        omitted(out, self.omitted);
    }
}

/// The first 20 characters.
fn clipped(text: &str) -> String {
    const MOST: usize = 20;
    match text.char_indices().nth(MOST) {
        None => text.to_owned(),
        Some(_) => text.chars().take(MOST - 1).chain(['…']).collect(),
    }
}
