//! A report on an experiment for a terminal.

use anstyle::{AnsiColor, Color, Style};
use audience_abtest::{AnalysedMetric, Comparison, Finding, Severity};
use unicode_width::UnicodeWidthStr;

use super::plot::{End, Scale};
use super::report::ExperimentReport;
use super::words;
use crate::format::{self, NONE};
use crate::text::{DIM, TITLE, TextOptions, line, paragraph, tables};

const STOP: Style = Style::new().bold().fg_color(Some(Color::Ansi(AnsiColor::Red)));
const CAUTION: Style = Style::new().bold().fg_color(Some(Color::Ansi(AnsiColor::Yellow)));

/// Fewest and most columns of the plot.
const PLOT: (usize, usize) = (21, 61);

impl ExperimentReport {
    /// The report as text, with ANSI styles for headings. What to beware of comes first.
    pub fn to_text(&self, options: TextOptions) -> String {
        let mut out = String::new();
        self.write(&mut out, options.width);
        out
    }

    pub(crate) fn write(&self, out: &mut String, width: usize) {
        let of = format::sessions(self.sessions, self.sessions_read);
        let name = format::printable(&self.attribute);
        let name = tables::shorten(&name, width.saturating_sub(20).max(10));
        line(out, format_args!("{TITLE}Experiment {name}{TITLE:#} {DIM}{of}{DIM:#}"));
        out.push('\n');
        self.write_warnings(out, width);
        sentences(out, width, "  ", &format::printable(&self.analysis.conclusion));
        out.push('\n');
        self.write_arms(out, width);
        self.write_plot(out, width);
        for metric in &self.analysis.metrics {
            self.write_metric(out, metric, width);
        }
        sentences(out, width, "  ", &format!("{DIM}{}{DIM:#}", self.how()));
        out.push('\n');
    }

    /// How the figures were made, in a few sentences.
    fn how(&self) -> String {
        format!(
            "{} Intervals are of {}, each for its comparison alone. A difference that is not shown may still be there.",
            words::multiplicity(self),
            words::confidence(self)
        )
    }

    fn write_warnings(&self, out: &mut String, width: usize) {
        for warning in &self.analysis.warnings {
            let (word, style) = match warning.severity() {
                Severity::Stop => ("STOP", STOP),
                Severity::Caution => ("CAUTION", CAUTION),
                Severity::Note => ("note", DIM),
            };
            let mut text = String::new();
            sentences(&mut text, width, &format!("  {word:<9}"), &format::printable(&warning.to_string()));
            out.push_str(&text.replacen(word, &format!("{style}{word}{style:#}"), 1));
        }
        if !self.analysis.warnings.is_empty() {
            out.push('\n');
        }
    }

    fn write_arms(&self, out: &mut String, width: usize) {
        sentences(out, width, "", &format!("{TITLE}Arms{TITLE:#} {DIM}{}{DIM:#}", words::about(self)));
        let all: u64 = self.analysis.arms.iter().map(|arm| arm.units).sum();
        let row = |(at, arm): (usize, &audience_abtest::AnalysedArm)| {
            let seen = (all > 0).then(|| arm.units as f64 / all as f64);
            let role = if at == 0 { " (control)" } else { "" };
            vec![
                format!("{}{role}", format::printable(&arm.name)),
                format::count(arm.units),
                format::share(seen),
                format::share(Some(arm.planned_share)),
            ]
        };
        let rows = self.analysis.arms.iter().enumerate().map(row).collect();
        tables::write(out, &["", "Units", "Share", "Planned"], rows, 1, &[], width);
        sentences(out, width, "  ", &format!("{}{}", words::sample_ratio(self), words::mixed(self)));
        for text in words::sample_ratios_by(self) {
            sentences(out, width, "  ", &text);
        }
        out.push('\n');
    }

    /// All relative differences on one scale, a line for each.
    fn write_plot(&self, out: &mut String, width: usize) {
        let scale = Scale::of(self);
        let mut rows: Vec<(String, &AnalysedMetric, &Finding)> = Vec::new();
        for metric in &self.analysis.metrics {
            for comparison in &metric.comparisons {
                if let Ok(finding) = &comparison.finding
                    && finding.relative.is_some()
                {
                    let arm = format::printable(self.arm(comparison.arm)).into_owned();
                    let label = format::printable(&metric.metric.label()).into_owned();
                    rows.push((format!("{label}, {}", tables::shorten(&arm, 20)), metric, finding));
                }
            }
        }
        if rows.is_empty() {
            return;
        }
        let control = format::printable(self.control());
        line(
            out,
            format_args!(
                "{TITLE}Relative differences{TITLE:#} {DIM}from {}, with intervals of {}{DIM:#}",
                tables::shorten(&control, 30),
                words::confidence(self)
            ),
        );
        let names = rows.iter().map(|(name, ..)| name.width()).max().unwrap_or(0).min(width / 3);
        // Names, the plot, the difference itself.
        let room = width
            .saturating_sub(names + 2 + 2 + rows.iter().map(|row| words::estimate(row.2).width()).fold(12, usize::max));
        let columns = room.clamp(PLOT.0, PLOT.1) / 2 * 2 - 1;
        for (name, metric, finding) in rows {
            let name = tables::shorten(&name, names);
            let pad = names - name.width();
            let cells = cells(scale, metric, finding, columns);
            let by = words::estimate(finding);
            line(out, format_args!("  {name}{:pad$}  {cells}  {by}", ""));
        }
        let reach = words::trimmed(100.0 * scale.reach);
        let (low, high) = (format!("−{reach} %"), format!("+{reach} %"));
        let gap = (columns / 2).saturating_sub(low.width());
        let after = columns.saturating_sub(low.width() + gap + 1 + high.width());
        line(out, format_args!("  {:names$}  {DIM}{low}{:gap$}0{:after$}{high}{DIM:#}", "", "", ""));
        let guarded = self.analysis.metrics.iter().any(|metric| metric.margin.is_some());
        if guarded {
            line(out, format_args!("  {DIM}! is the margin of a guardrail{DIM:#}"));
        }
        out.push('\n');
    }

    fn write_metric(&self, out: &mut String, metric: &AnalysedMetric, width: usize) {
        let label = metric.metric.label();
        let label = format::printable(&label);
        sentences(out, width, "", &format!("{TITLE}{label}{TITLE:#} {DIM}{}{DIM:#}", words::notes(metric)));
        let percent = words::confidence(self);
        let (own, interval) = (format!("Value, {percent}"), format!("Relative, {percent}"));
        let header = ["Arm", "Units", "Value", &own, "Difference", "Relative", &interval, "p", "adjusted p", "Verdict"];
        let row = |(arm, value): (usize, &audience_abtest::ArmValue)| {
            let comparison = metric.comparisons.iter().find(|comparison| comparison.arm == arm);
            let mut cells = vec![
                format::printable(self.arm(arm)).into_owned(),
                format::count(value.units),
                words::value(&metric.metric, value.value),
                words::between(&metric.metric, value.interval),
            ];
            cells.extend(compared(metric, comparison));
            cells
        };
        let rows = metric.arms.iter().enumerate().map(row).collect();
        tables::write(out, &header, rows, 1, &["Units", &own, "p", "Difference"], width);
        for comparison in &metric.comparisons {
            sentences(out, width, "  ", &format::printable(&comparison.sentence));
            if let Some(text) = comparison.finding.as_ref().ok().and_then(|finding| words::beside(metric, finding)) {
                sentences(out, width, "  ", &format!("{DIM}{text}{DIM:#}"));
            }
        }
        out.push('\n');
    }
}

/// Writes text after `start`, in lines that do not part a number from its unit.
fn sentences(out: &mut String, width: usize, start: &str, text: &str) {
    let mut wrapped = String::new();
    paragraph(&mut wrapped, width, start, &text.replace(" %", "\u{a0}%"));
    out.push_str(&wrapped.replace('\u{a0}', " "));
}

/// What a row says of a comparison; of the control, nothing.
fn compared(metric: &AnalysedMetric, comparison: Option<&Comparison>) -> [String; 6] {
    match comparison.map(|comparison| &comparison.finding) {
        None => [const { String::new() }; 6],
        Some(Err(_)) => {
            let none = || NONE.to_owned();
            [none(), none(), none(), none(), none(), "no answer".to_owned()]
        }
        Some(Ok(finding)) => [
            words::difference(&metric.metric, finding.difference),
            finding.relative.map_or(NONE.to_owned(), words::relative),
            words::relative_interval(finding.relative_interval),
            words::probability(finding.p),
            // A guardrail is held against its margin alone.
            if metric.margin.is_some() { NONE.to_owned() } else { words::probability(finding.adjusted) },
            words::verdict(finding.verdict).to_owned(),
        ],
    }
}

/// An interval in block characters: `·····├──●──┤·│······`.
fn cells(scale: Scale, metric: &AnalysedMetric, finding: &Finding, columns: usize) -> String {
    let column = |place: f64| ((place * (columns - 1) as f64).round() as usize).min(columns - 1);
    let mut cells = vec![' '; columns];
    cells[columns / 2] = '│';
    for bar in scale.bars(finding.relative_interval) {
        let (low, high) = bar.places();
        let (low, high) = (column(low), column(high));
        cells[low..=high].fill('─');
        cells[low] = if bar.low == End::Beyond { '◂' } else { '├' };
        cells[high] = if bar.high == End::Beyond { '▸' } else { '┤' };
        if low < columns / 2 && columns / 2 < high {
            cells[columns / 2] = '┼';
        }
    }
    if let Some(place) = scale.margin(metric) {
        cells[column(place)] = '!';
    }
    if let Some(place) = scale.estimate(finding) {
        cells[column(place)] = if finding.relative_interval.is_some() { '●' } else { '○' };
    }
    cells.into_iter().collect()
}
