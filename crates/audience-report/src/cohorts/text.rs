//! Findings for a terminal.

use super::findings::{CohortRow, CohortsFindings, OffsetRow};
use super::report::CohortsReport;
use super::words;
use crate::format::{self, NONE};
use crate::text::{DIM, TITLE, TextOptions, draw, line, paragraph, tables};

/// Columns of a cell, and of what stands before them.
const CELL: usize = 6;
const HEAD: usize = 24;

/// Columns of a curve.
const CURVE: usize = 40;

impl CohortsReport {
    /// The report as text, with ANSI styles for headings.
    pub fn to_text(&self, options: TextOptions) -> String {
        let mut out = String::new();
        let of = format::sessions(self.sessions, self.sessions_read);
        let viewers = format::things(self.findings.viewers, "viewer", "viewers");
        line(&mut out, format_args!("{TITLE}Who comes back{TITLE:#} {DIM}{viewers}, {of}{DIM:#}"));
        out.push('\n');
        self.findings.write(&mut out, options.width);
        out
    }
}

impl CohortsFindings {
    /// Whether there is more than one period, so that somebody could have come back.
    pub(crate) fn says_something(&self) -> bool {
        self.viewers > 0 && self.cohorts.len() > 1
    }

    /// Cohorts, and how soon viewers come back.
    pub(crate) fn write_brief(&self, out: &mut String, width: usize) {
        if !self.says_something() {
            return;
        }
        self.write_matrix(out, "Who comes back, by", width);
        if let Some(returns) = &self.returns {
            // Below its table, as what belongs to it.
            out.pop();
            paragraph(out, width, "  ", &words::returned(returns));
            out.push('\n');
        }
    }

    /// Cohorts, days, groups, returns, loyalty.
    pub(crate) fn write(&self, out: &mut String, width: usize) {
        self.write_matrix(out, "By", width);
        self.write_days(out, width);
        self.write_groups(out, width);
        self.write_returns(out, width);
        self.write_frequency(out, width);
        self.write_viewers(out, width);
        for sentence in words::caveats(self) {
            paragraph(out, width, "  ", &sentence);
        }
    }

    fn write_matrix(&self, out: &mut String, by: &str, width: usize) {
        let period = self.period;
        line(out, format_args!("{TITLE}{by} {period} of the first visit{TITLE:#}"));
        let longest = self.cohorts.iter().map(|row| row.active.len()).max().unwrap_or(0);
        let offsets = longest.min(width.saturating_sub(HEAD) / CELL).max(1);
        let names: Vec<String> = (1..offsets).map(|offset| format!("+{offset}")).collect();
        let header: Vec<&str> = ["", "Viewers"].into_iter().chain(names.iter().map(String::as_str)).collect();
        let row = |row: &CohortRow| {
            let size = row.size.map_or_else(|| format!("< {}", self.min_viewers), format::count);
            let cell = |offset: usize| match row.rate(offset).and_then(|came| came.rate) {
                Some(rate) => format!("{:.0}%{}", rate * 100.0, if offset < row.over { "" } else { "*" }),
                None => String::new(),
            };
            [format!("{}{}", row.start, if row.complete { "" } else { "*" }), size]
                .into_iter()
                .chain((1..offsets).map(cell))
                .collect()
        };
        let average = |offset: usize| {
            let rate = self.averages.get(offset).and_then(|row| row.came.rate);
            rate.map_or(String::new(), |rate| format!("{:.0}%", rate * 100.0))
        };
        let all = ["all".to_owned(), format::count(self.viewers - self.viewers_before)];
        let all = all.into_iter().chain((1..offsets).map(average)).collect();
        let rows = self.cohorts.iter().map(row).chain([all]).collect();
        tables::write(out, &header, rows, 1, &[], width);
        if longest > offsets {
            let more = format::things((longest - offsets) as u64, "column", "columns");
            line(out, format_args!("  {DIM}{more} more than there is room for: see --csv, --json or a page{DIM:#}"));
        }
        paragraph(out, width, "  ", &words::cells(period));
        out.push('\n');
    }

    fn write_days(&self, out: &mut String, width: usize) {
        if self.days.is_empty() {
            return;
        }
        line(out, format_args!("{TITLE}Days after the first visit{TITLE:#}"));
        let rows = self.days.iter().map(|row| {
            vec![
                format!("day {}", row.day),
                format::count(row.on_day.of),
                format::share(row.on_day.rate),
                words::interval(row.on_day),
                format::share(row.within.rate),
                format::share(row.on_or_after.rate),
            ]
        });
        let header = ["", "Viewers", "On the day", "95 %", "By then", "On it or later"];
        tables::write(out, &header, rows.collect(), 1, &["95 %"], width);
        paragraph(out, width, "  ", "Only viewers for whom the day is over.");
        out.push('\n');
    }

    fn write_groups(&self, out: &mut String, width: usize) {
        let Some(by) = &self.by else { return };
        let attribute = format::printable(&by.attribute);
        line(
            out,
            format_args!("{TITLE}By {attribute} at the first visit{TITLE:#} {DIM}by {}s since{DIM:#}", self.period),
        );
        let offsets = (width.saturating_sub(HEAD + 10) / 8).clamp(1, 8);
        let names: Vec<String> = (1..=offsets).map(|offset| format!("+{offset}")).collect();
        let header: Vec<&str> = ["", "Viewers"].into_iter().chain(names.iter().map(String::as_str)).collect();
        let cell = |averages: &[OffsetRow], offset: usize| {
            averages.get(offset).map_or(NONE.to_owned(), |row| format::share(row.came.rate))
        };
        let rows = by.values.iter().map(|value| {
            let name = format::printable(value.value.as_deref().unwrap_or("(none)")).into_owned();
            let cells = (1..=offsets).map(|offset| cell(&value.averages, offset));
            [name, format::count(value.viewers)].into_iter().chain(cells).collect()
        });
        tables::write(out, &header, rows.collect(), 1, &[], width);
        if by.omitted > 0 {
            let more = format::things(by.omitted as u64, "more value", "more values");
            line(out, format_args!("  {DIM}and {more} not shown{DIM:#}"));
        }
        out.push('\n');
    }

    fn write_returns(&self, out: &mut String, width: usize) {
        let Some(returns) = &self.returns else { return };
        line(out, format_args!("{TITLE}How long viewers stay away{TITLE:#}"));
        paragraph(out, width, "  ", &words::returned(returns));
        let shares: Vec<f64> = returns.not_yet_back.iter().map(|point| point.share).collect();
        if let Some(last) = returns.not_yet_back.last().filter(|_| shares.len() > 2) {
            let curve = draw::sparkline(&shares, CURVE.min(width.saturating_sub(40)));
            line(
                out,
                format_args!(
                    "  Not yet back  {curve} {DIM}{} after {} days{DIM:#}",
                    words::percent(Some(last.share)),
                    last.days
                ),
            );
        }
        let rows = returns
            .silence
            .iter()
            .map(|band| vec![words::silence(band), format::count(band.viewers), words::percent(band.back_in_a_week)]);
        tables::write(out, &["Away for", "Viewers now", "Back in a week"], rows.collect(), 1, &[], width);
        out.push('\n');
    }

    fn write_frequency(&self, out: &mut String, width: usize) {
        line(out, format_args!("{TITLE}On how many days viewers came{TITLE:#}"));
        let watched: u128 = self.frequency.iter().map(|band| band.watched_ms).sum();
        let share = |part: f64, of: f64| if of > 0.0 { Some(part / of) } else { None };
        let rows = self.frequency.iter().map(|band| {
            vec![
                band.to_string(),
                format::count(band.viewers),
                format::share(share(band.viewers as f64, self.viewers as f64)),
                format::hours(u64::try_from(band.watched_ms).unwrap_or(u64::MAX)),
                format::share(share(band.watched_ms as f64, watched as f64)),
            ]
        });
        let header = ["Days", "Viewers", "of all", "Watched", "of it all"];
        tables::write(out, &header, rows.collect(), 1, &[], width);
        if let Some([low, _, middle, _, high]) = self.loyalty_quantiles {
            let sentence = format!(
                "Loyalty, 0 to 1: half of the viewers have {middle:.2} or more, a tenth {high:.2} or more, a tenth {low:.2} or less."
            );
            paragraph(out, width, "  ", &sentence);
        }
        out.push('\n');
    }

    fn write_viewers(&self, out: &mut String, width: usize) {
        line(out, format_args!("{TITLE}Who is still there{TITLE:#}"));
        match (&self.model, &self.no_model) {
            (Some(model), _) => {
                let rows = model.alive.iter().map(|band| {
                    vec![
                        format!("{:.0} to {:.0} %", band.from * 100.0, band.to * 100.0),
                        format::count(band.viewers),
                        format::count(band.expected_visit_days.round() as u64),
                    ]
                });
                let expected = format!("Days in the next {}", model.expect_days);
                tables::write(out, &["Still there", "Viewers", &expected], rows.collect(), 1, &[], width);
                let once = format::things(model.once, "viewer", "viewers");
                paragraph(
                    out,
                    width,
                    "  ",
                    &format!("{once} came on one day only, and are in no row. {}", words::model(model)),
                );
            }
            (None, why) => paragraph(out, width, "  ", &format!("No model: {}.", why.as_deref().unwrap_or(NONE))),
        }
        out.push('\n');
    }
}
