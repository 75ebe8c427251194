//! The report for a terminal.

mod comparison;
pub(crate) mod draw;
mod quality;
pub(crate) mod retention;
pub(crate) mod tables;

use std::fmt::Write;

use anstyle::Style;
use audience_core::Ratio;

use crate::format;
use crate::report::{Report, Slice, TitleReport};

/// How a report is laid out as text.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct TextOptions {
    /// Columns of the terminal.
    pub width: usize,
    /// Whether to describe each listed title on its own, below the table.
    pub details: bool,
}

impl Default for TextOptions {
    fn default() -> Self {
        Self { width: 120, details: false }
    }
}

pub(crate) const TITLE: Style = Style::new().bold();
pub(crate) const DIM: Style = Style::new().dimmed();

impl Report {
    /// The report as text, with ANSI styles for headings.
    pub fn to_text(&self, options: TextOptions) -> String {
        let mut out = String::new();
        self.write_head(&mut out, options.width);
        if self.totals.sessions > 0 {
            self.write_totals(&mut out, options.width);
            self.write_titles(&mut out, options);
            self.engagement.write(&mut out, options.width);
            self.cohorts.write_brief(&mut out, options.width);
            if let Some(breakdown) = &self.breakdown {
                tables::write_breakdown(&mut out, breakdown, options.width);
            }
            if let Some(comparison) = &self.comparison {
                comparison::write(&mut out, comparison, options.width);
            }
            if let Some(experiment) = &self.experiment {
                experiment.write(&mut out, options.width);
            }
            if options.details {
                for title in &self.titles {
                    write_details(&mut out, title, options.width);
                }
            }
        }
        quality::write(&mut out, self, options.width);
        out
    }

    fn write_head(&self, out: &mut String, width: usize) {
        let period = match (self.totals.first_at, self.totals.last_at) {
            (Some(first), Some(last)) => format!("{} to {}", format::time(first), format::time(last)),
            _ => "no sessions".to_owned(),
        };
        line(out, format_args!("{TITLE}Audience report{TITLE:#} {DIM}{period}{DIM:#}"));
        let asked = &self.asked;
        let mut filters: Vec<String> = asked.attributes.clone();
        filters.extend(asked.content.iter().map(|content| format!("content {content}")));
        filters.extend(asked.from.map(|from| format!("from {}", format::time(from))));
        filters.extend(asked.to.map(|to| format!("to {}", format::time(to))));
        if !filters.is_empty() {
            let kept = self.quality.sessions.sessions_read - self.quality.sessions.filtered_out;
            let of = format::count(self.quality.sessions.sessions_read);
            let filters = format::printable(&filters.join(", ")).into_owned();
            paragraph(out, width, "", &format!("only {filters}: {} of {of} sessions", format::count(kept)));
        }
        out.push('\n');
    }

    fn write_totals(&self, out: &mut String, width: usize) {
        let (totals, experience) = (&self.totals, &self.experience);
        let mut row = |name: &str, text: String| paragraph(out, width, &format!("  {name:<14}"), &text);
        let started = format::ratio(Ratio::of(totals.started, totals.sessions));
        // Telemetry that names no viewers does not say that there were none.
        let by = match totals.viewers {
            0 => String::new(),
            viewers => format!(" by {}", format::things(viewers, "viewer", "viewers")),
        };
        row("Sessions", format!("{}{by}, {started} started", format::count(totals.sessions)));
        let unplaced = match totals.unplaced_ms {
            0 => String::new(),
            millis => format!(", {} at unknown positions", format::hours(millis)),
        };
        row(
            "Watched",
            format!(
                "{}: {} unique, {} again{unplaced}; {} a view",
                format::hours(totals.watched_ms),
                format::hours(totals.unique_ms),
                format::hours(totals.rewatched_ms),
                format::clock(totals.average_view_duration_ms),
            ),
        );
        row(
            "Completed",
            format!(
                "{} watched 90 % of the title; {} reached its end",
                format::ratio(totals.completion_rate),
                format::ratio(totals.reached_end_rate),
            ),
        );
        row(
            "Start-up",
            format!(
                "{} (median), {} (p95); {} left before the first frame, {} failed to start",
                format::seconds(experience.startup_p50_ms),
                format::seconds(experience.startup_p95_ms),
                format::count(experience.exits_before_start),
                format::count(experience.start_failures),
            ),
        );
        row(
            "Stalls",
            format!(
                "{} in {}, {} of playing time; {} after seeks; {}",
                format::count(experience.stalls),
                format::things(experience.stalled_sessions, "session", "sessions"),
                format::fine_ratio(experience.rebuffer_ratio),
                format::things(experience.seek_waits, "wait", "waits"),
                format::things(experience.playback_failures, "playback failure", "playback failures"),
            ),
        );
        let good = &self.streams.good;
        row(
            "Good streams",
            format!(
                "{} of {}: no technical failure, start-up within {}, rebuffer ratio at most {}",
                format::ratio(good.seen.share),
                format::count(good.seen.counts.judged),
                format::seconds(Some(good.limits.startup_ms as f64)),
                format::fine_ratio(Some(good.limits.rebuffer_ratio)),
            ),
        );
        let index = &self.streams.scores.scores.experience;
        if let (Some(mean), Some(p5)) = (index.mean, index.p5) {
            row("Experience", format!("index {mean:.1} of 100 on average, {p5:.1} at p5: a policy index, no MOS"));
        }
        if experience.average_bitrate_bps.is_some() {
            let per_hour = experience.switches_per_hour.unwrap_or_default();
            let average = format::bitrate(experience.average_bitrate_bps);
            row("Bit rate", format!("{average} on average, {per_hour:.1} switches an hour"));
        }
        self.write_slices(&mut row);
        out.push('\n');
    }

    /// The slices that stall more than others like them.
    fn write_slices(&self, row: &mut impl FnMut(&str, String)) {
        let Some(excess) = &self.streams.excess_stalls else { return };
        let mut found: Vec<String> = excess.findings().take(3).filter_map(in_words).collect();
        let more = excess.findings().count() - found.len();
        if more > 0 {
            found.push(format!("and {}", format::things(more as u64, "more slice", "more slices")));
        }
        if !found.is_empty() {
            row("Excess stalls", format!("{} (association, not cause)", found.join("; ")));
        }
    }

    fn write_titles(&self, out: &mut String, options: TextOptions) {
        line(out, format_args!("{TITLE}Titles{TITLE:#} {DIM}watched most first{DIM:#}"));
        tables::write_titles(out, &self.titles, options.width);
        if self.titles_omitted > 0 {
            line(out, format_args!("{DIM}  and {} more titles{DIM:#}", format::count(self.titles_omitted as u64)));
        }
        out.push('\n');
    }
}

/// `cdn north stalls 2.1 times as much as expected (1.8 to 2.5)`.
fn in_words(slice: &Slice) -> Option<String> {
    let (seen, name) = (slice.comparison?, format!("{} {}", slice.dimension, slice.name()));
    let interval = seen.relative_interval.map(|ends| format!(" ({:.1} to {:.1})", ends.low, ends.high));
    let name = format::printable(&name).into_owned();
    Some(format!("{name} stalls {:.1} times as much as expected{}", seen.relative?, interval.unwrap_or_default()))
}

fn write_details(out: &mut String, title: &TitleReport, width: usize) {
    let id = format::printable(&title.content_id);
    let id = if title.title.is_some() { format!(" {DIM}{id}{DIM:#}") } else { String::new() };
    let length = title.duration_ms.map_or("unknown duration".to_owned(), |millis| format::clock(Some(millis as f64)));
    line(out, format_args!("{TITLE}{}{TITLE:#}{id} {DIM}{length}{DIM:#}", format::printable(title.name())));
    if let Some(why) = title.why_no_curve() {
        line(out, format_args!("  No retention curve: {why}."));
    } else {
        retention::write_curve(out, &title.retention, title.duration_ms, width);
        draw::strip(out, &title.heatmap.intensity, retention::columns(width));
        retention::write_findings(out, &title.retention, width);
        if let Some(groups) = &title.groups {
            retention::write_groups(out, groups, width);
        }
    }
    out.push('\n');
}

/// Writes text after `start`, on as many lines of `width` columns (at least 40) as it takes; the text stays in its column.
pub(crate) fn paragraph(out: &mut String, width: usize, start: &str, text: &str) {
    let indent = " ".repeat(start.len());
    let options = textwrap::Options::new(width.max(40)).initial_indent(start).subsequent_indent(&indent);
    line(out, format_args!("{}", textwrap::fill(text, options)));
}

/// Writes a line; a `String` takes all.
pub(crate) fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    let _ = writeln!(out, "{text}");
}
