//! Groups for a terminal.

use super::findings::{GroupRow, GroupTable, GroupsFindings};
use super::report::GroupsReport;
use super::words;
use crate::format;
use crate::text::{DIM, TITLE, TextOptions, line, paragraph, tables};

/// Columns of a value that is not the first.
const VALUE: usize = 32;

/// Columns that go where there is little room, in this order.
const DISPENSABLE: [&str; 7] = ["Start-up", "Rebuffer", "Avg view", "± sessions", "± completed", "Share", "Completed"];

impl GroupsReport {
    /// The report as text, with ANSI styles for headings.
    pub fn to_text(&self, options: TextOptions) -> String {
        let mut out = String::new();
        let by = words::by(&self.findings.table);
        let size = words::size(self).map_or(String::new(), |size| format!(" {DIM}{size}{DIM:#}"));
        line(&mut out, format_args!("{TITLE}By {}{TITLE:#}{size}", format::printable(&by)));
        if let Some(versus) = &self.findings.versus {
            line(&mut out, format_args!("{DIM}compared with {}{DIM:#}", format::printable(&versus.name)));
        }
        out.push('\n');
        self.findings.write(&mut out, options.width);
        out
    }
}

impl GroupsFindings {
    fn write(&self, out: &mut String, width: usize) {
        self.write_table(&self.table, out, width);
        for table in &self.rollups {
            line(out, format_args!("{TITLE}By {}{TITLE:#}", format::printable(&words::by(table))));
            self.write_table(table, out, width);
        }
        for sentence in words::caveats(self) {
            paragraph(out, width, "  ", &sentence);
        }
    }

    fn write_table(&self, table: &GroupTable, out: &mut String, width: usize) {
        if let Some(sentence) = words::nothing(table, self.min_viewers) {
            paragraph(out, width, "  ", &sentence);
        }
        let names = table.by.len().max(1);
        let named = |first: String| std::iter::once(first).chain(vec![String::new(); names - 1]);
        let values = |row: &GroupRow| -> Vec<String> {
            let value = |at| tables::shorten(&format::printable(words::value(table, row, at)), VALUE);
            if table.by.is_empty() { vec!["all".to_owned()] } else { (0..table.by.len()).map(value).collect() }
        };
        let cells = |row| self.cells(row);
        let mut rows: Vec<Vec<String>> =
            table.rows.iter().map(|row| values(row).into_iter().chain(cells(row)).collect()).collect();
        if let (Some(other), Some(name)) = (&table.other, words::other(table)) {
            rows.push(named(name).chain(cells(other)).collect());
        }
        if let Some(total) = table.total.as_ref().filter(|_| table.groups > 1 || table.rows.is_empty()) {
            rows.push(named("total".to_owned()).chain(cells(total)).collect());
        }
        if !rows.is_empty() {
            let by: Vec<String> = table.by.iter().map(|by| format::printable(by).into_owned()).collect();
            let first = if by.is_empty() { &[""][..] } else { &[] };
            let header: Vec<&str> =
                first.iter().copied().chain(by.iter().map(String::as_str)).chain(self.columns()).collect();
            tables::write(out, &header, rows, names, &DISPENSABLE, width);
        }
        if let Some(sentence) = words::hidden(table, self.min_viewers) {
            paragraph(out, width, "  ", &sentence);
        }
        out.push('\n');
    }

    fn columns(&self) -> Vec<&'static str> {
        let viewers = if self.viewers_standard_error.is_some() { "≈ Viewers" } else { "Viewers" };
        let figures =
            [viewers, "Sessions", "Watched", "Share", "Avg view", "Completed", "Start-up", "Rebuffer"].into_iter();
        let changes = ["± viewers", "± sessions", "± watched", "± completed"].into_iter();
        figures.chain(changes.filter(|_| self.versus.is_some())).collect()
    }

    fn cells(&self, row: &GroupRow) -> Vec<String> {
        let figures = [
            format::count(row.viewers),
            format::count(row.of.sessions),
            format::hours(row.watched_ms()),
            format::share(row.watched_share),
            format::clock(row.of.average_view_ms),
            format::ratio(row.of.completion_rate),
            format::seconds(row.startup_p50_ms),
            row.of.rebuffer_ratio.map_or(format::NONE.to_owned(), |ratio| format!("{:.2} %", ratio * 100.0)),
        ];
        let changes = self.versus.as_ref().map(|_| {
            let change = row.change.unwrap_or_default();
            [
                format::relative(change.viewers.relative),
                format::relative(change.sessions.relative),
                format::relative(change.watched_ms.relative),
                format::points(change.completion_rate.difference),
            ]
        });
        figures.into_iter().chain(changes.into_iter().flatten()).collect()
    }
}
