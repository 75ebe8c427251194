//! Verdicts for a terminal.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, Table};
use unicode_width::UnicodeWidthStr;

use super::metric::{Better, Metric};
use super::verdict::{CheckReport, Outcome, RuleReport, Verdict};
use crate::format;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const GOOD: Style = AnsiColor::Green.on_default();
const FAIR: Style = AnsiColor::Yellow.on_default();
const BAD: Style = AnsiColor::Red.on_default().bold();

/// Columns that longer rules go beyond.
const WIDEST: usize = 72;

impl CheckReport {
    /// The verdicts as text, with ANSI styles: a line for each rule, then who breaks them.
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        // A `String` takes all.
        let _ = self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) -> std::fmt::Result {
        let sessions = format::things(self.sessions, "session", "sessions");
        let of = match self.sessions_read {
            read if read == self.sessions => String::new(),
            read => format!(" of {}", format::count(read)),
        };
        writeln!(out, "{BOLD}Audience check{BOLD:#} {DIM}{sessions}{of}{DIM:#}\n")?;
        let width = self.rules.iter().map(|rule| rule.rule.width()).max().unwrap_or(0).min(WIDEST);
        for rule in &self.rules {
            rule.write_line(out, width)?;
        }
        for rule in self.rules.iter().filter(|rule| !rule.by.is_empty() && !rule.offenders.is_empty()) {
            writeln!(out, "\n{BOLD}{}{BOLD:#}", format::printable(&rule.rule))?;
            rule.write_offenders(out)?;
        }
        Ok(())
    }
}

impl RuleReport {
    fn write_line(&self, out: &mut String, width: usize) -> std::fmt::Result {
        let (style, verdict) = match self.verdict {
            Verdict::Held => (GOOD, "ok"),
            Verdict::Broken => (BAD, "BROKEN"),
            Verdict::NotJudged => (FAIR, "not judged"),
        };
        let rule = format::printable(&self.rule);
        let room = " ".repeat(width.saturating_sub(rule.width()));
        let mut notes = vec![self.judged_text()];
        if self.too_small > 0 && self.verdict != Verdict::NotJudged {
            notes.push(format!("{} with fewer than {} sessions", format::count(self.too_small), self.min_sessions));
        }
        if self.undefined > 0 && self.verdict != Verdict::NotJudged {
            notes.push(format!("{} where it is undefined", format::count(self.undefined)));
        }
        if self.uncertain > 0 {
            notes.push(format!("{} beyond the limit, but not for sure", format::count(self.uncertain)));
        }
        if self.verdict == Verdict::Broken && self.asks_for_worse() {
            notes.push("a rule says what must hold: is it the other way round?".to_owned());
        }
        writeln!(out, "{style}{verdict:<10}{style:#}  {rule}{room}  {DIM}{}{DIM:#}", notes.join(", "))
    }

    /// What was judged, or why nothing was.
    fn judged_text(&self) -> String {
        if let Some(why) = &self.why {
            return format::printable(&why.to_string()).into_owned();
        }
        let worst = self.worst.as_ref().map(|worst| self.unit.text(worst.value, self.limit)).unwrap_or_default();
        if self.by.is_empty() {
            let interval = self.worst.as_ref().zip(self.interval_name());
            let interval = interval.map(|(worst, name)| format!(", {name} {}", self.interval_text(worst)));
            return format!("{worst}{}", interval.unwrap_or_default());
        }
        let name = self.worst.as_ref().map(|worst| self.names(worst).join(", ")).unwrap_or_default();
        let groups = format::things(self.judged, "group", "groups");
        let offenders = format::count(self.offenders.len() as u64);
        let judged =
            if self.offenders.is_empty() { format!("{groups} judged") } else { format!("{offenders} of {groups}") };
        format!("{judged}, worst {name} {worst}")
    }

    fn write_offenders(&self, out: &mut String) -> std::fmt::Result {
        let header = self.by.iter().map(|name| format::printable(name).into_owned());
        let header = header.chain(["Sessions", "Value", "Limit"].map(str::to_owned)).chain(self.interval_name());
        let row = |offender: &Outcome| {
            let numbers = [
                format::count(offender.sessions),
                self.unit.text(offender.value, self.limit),
                self.unit.text(self.limit, offender.value),
            ];
            let interval = self.confidence.map(|_| self.interval_text(offender));
            self.names(offender).into_iter().chain(numbers).chain(interval).collect::<Vec<_>>()
        };
        let mut table = Table::new();
        table.load_style(NOTHING).set_header(header).add_rows(self.offenders.iter().map(row));
        for (index, column) in table.column_iter_mut().enumerate() {
            column.set_padding((0, 2));
            if index >= self.by.len() {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        for (index, row) in table.lines().enumerate() {
            let style = if index == 0 { DIM } else { Style::new() };
            writeln!(out, "  {style}{}{style:#}", row.trim_end())?;
        }
        Ok(())
    }

    /// The group's values, the title by its name.
    fn names(&self, group: &Outcome) -> Vec<String> {
        let name = |(by, value): (&String, &Option<String>)| {
            let title = group.title.as_deref().filter(|_| by == "content");
            format::printable(title.or(value.as_deref()).unwrap_or("(none)")).into_owned()
        };
        self.by.iter().zip(&group.values).map(name).collect()
    }

    /// What the interval is called, where one was asked for.
    fn interval_name(&self) -> Option<String> {
        // To what people write: 0.57 · 100 is 56.99….
        self.confidence.map(|share| format!("{} % interval", (share * 1e6).round() / 1e4))
    }

    fn interval_text(&self, of: &Outcome) -> String {
        let end = |end: Option<f64>| end.map_or("?".to_owned(), |end| self.unit.text(end, self.limit));
        format!("{} to {}", end(of.low), end(of.high))
    }

    /// Whether the rule wants a metric to be what nobody wants it to be.
    fn asks_for_worse(&self) -> bool {
        let better = Metric::named(&self.metric).map(|metric| metric.better());
        let upper = self.operator.starts_with('<');
        matches!((better, upper), (Some(Better::Lower), false) | (Some(Better::Higher), true))
    }
}
