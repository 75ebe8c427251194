//! Findings for a terminal.

use audience_cohort::MilestoneReading;

use super::findings::{EventFindings, FunnelFindings, FunnelGroup, FunnelGroups};
use super::places::{PositionFindings, PositionGroups};
use super::report::FunnelReport;
use super::words;
use crate::cohorts::words::interval;
use crate::experiment::words::probability;
use crate::format::{self, NONE};
use crate::text::tables::{self, BARS};
use crate::text::{DIM, TITLE, TextOptions, draw, line, paragraph};

/// Columns of a bar.
const BAR: usize = 20;

/// The most differences that are listed one by one: of more, those of the last step are.
const DIFFERENCES: usize = 24;

/// The most steps that groups have a column for.
const COLUMNS: usize = 6;

impl FunnelReport {
    /// The report as text, with ANSI styles for headings.
    pub fn to_text(&self, options: TextOptions) -> String {
        let mut out = String::new();
        let of = format::sessions(self.sessions, self.sessions_read);
        line(&mut out, format_args!("{TITLE}How far they come{TITLE:#} {DIM}{of}{DIM:#}"));
        out.push('\n');
        self.findings.write(&mut out, options.width);
        out
    }
}

impl FunnelFindings {
    fn write(&self, out: &mut String, width: usize) {
        if let Some(events) = &self.events {
            events.write(out, width, self.min_units);
        }
        if let Some(positions) = &self.positions {
            positions.write(out, width, self.min_units);
        }
    }
}

/// A sentence in which there may be text from telemetry.
fn sentence(out: &mut String, width: usize, text: &str) {
    paragraph(out, width, "  ", &format::printable(text));
}

fn name(value: Option<&str>) -> String {
    format::printable(words::value(value)).into_owned()
}

impl EventFindings {
    fn write(&self, out: &mut String, width: usize, least: u64) {
        for notice in words::notices(self) {
            paragraph(out, width, "  ! ", &format::printable(&notice));
        }
        if !words::notices(self).is_empty() {
            out.push('\n');
        }
        self.write_steps(out, width);
        if let Some(by) = &self.by {
            self.write_groups(out, width, by, least);
            self.write_differences(out, width, by);
        }
        sentence(out, width, &words::counted(self));
        sentence(out, width, words::independence(self.per));
        out.push('\n');
    }

    fn write_steps(&self, out: &mut String, width: usize) {
        let units = words::units(self.per, self.all.units);
        line(out, format_args!("{TITLE}Steps{TITLE:#} {DIM}of {units}: {}{DIM:#}", words::order(self)));
        let limited = self.asked_steps.iter().any(|step| step.limit_ms.is_some());
        let rows = self.all.steps.iter().map(|row| {
            let from_start = row.from_start.and_then(|rate| rate.rate);
            let mut cells = vec![
                format::printable(words::step(self, row.step)).into_owned(),
                draw::bar(from_start.unwrap_or_default(), BAR),
                format::count(row.reached),
                row.from_previous.map_or(NONE.to_owned(), |rate| format::share(rate.rate)),
                row.from_previous.map_or(NONE.to_owned(), interval),
                format::share(from_start),
                row.from_start.map_or(NONE.to_owned(), interval),
            ];
            if limited {
                cells.insert(3, words::step_limit(self, row.step));
            }
            cells
        });
        let mut header =
            vec!["Step", BARS, words::unit_column(self.per), "From previous", "95 %", "From start", "95 % "];
        if limited {
            header.insert(3, "Limit");
        }
        tables::write(out, &header, rows.collect(), 1, &["95 %", "Limit", BARS, "95 % "], width);
        if let Some(entered) = self.all.entered {
            let (share, first) = (format::share(entered.rate), words::step(self, 1));
            let units = words::unit_column(self.per).to_lowercase();
            sentence(out, width, &format!("{share} of all {units} came to the first step, {first}."));
        }
        if let Some(lost) = words::most_lost(self, &self.all) {
            sentence(out, width, &lost);
        }
        if let Some(time) = &self.all.time {
            sentence(out, width, &words::takes(self, time));
        }
        out.push('\n');
    }

    fn write_groups(&self, out: &mut String, width: usize, by: &FunnelGroups, least: u64) {
        let attribute = format::printable(&by.attribute);
        let first = if self.per == "viewer" { " at the first session" } else { "" };
        let note = "of those who came to the first step";
        line(out, format_args!("{TITLE}By {attribute}{first}{TITLE:#} {DIM}{note}{DIM:#}"));
        // The last steps, and not the first of all, which has a column of counts.
        let steps: Vec<usize> = (2..=self.asked_steps.len()).collect();
        let steps = &steps[steps.len().saturating_sub(COLUMNS)..];
        let names: Vec<String> = steps.iter().map(|step| short(words::step(self, *step))).collect();
        let first = short(words::step(self, 1));
        let row = |group: &FunnelGroup| {
            let rate = |step: &usize| format::share(group.steps.get(step - 1).and_then(|row| row.from_start?.rate));
            let reached = group.steps.first().map_or(0, |step| step.reached);
            [name(group.value.as_deref()), format::count(group.units), format::count(reached)]
                .into_iter()
                .chain(steps.iter().map(rate))
                .chain([group.time.as_ref().map_or(NONE.to_owned(), |time| words::time(time.p50_ms))])
                .collect::<Vec<_>>()
        };
        let header: Vec<&str> = ["", words::unit_column(self.per), &first]
            .into_iter()
            .chain(names.iter().map(String::as_str))
            .chain(["Median time"])
            .collect();
        if !by.groups.is_empty() {
            tables::write(out, &header, by.groups.iter().map(row).collect(), 1, &["Median time"], width);
        }
        let notes = [words::left_out(by.too_few, by.omitted, least), words::mixed(self, by)];
        notes.iter().flatten().for_each(|note| sentence(out, width, note));
        out.push('\n');
    }

    fn write_differences(&self, out: &mut String, width: usize, by: &FunnelGroups) {
        if by.comparisons.iter().all(|group| group.steps.is_empty()) {
            return;
        }
        let baseline = name(by.baseline.as_deref());
        let all: usize = by.comparisons.iter().map(|group| group.steps.len()).sum();
        let only = if all > DIFFERENCES { self.asked_steps.len() } else { 0 };
        let which = if only > 0 { ", at the last step" } else { "" };
        line(out, format_args!("{TITLE}Beside {baseline}{TITLE:#} {DIM}conversion from the start{which}{DIM:#}"));
        let rows = by.comparisons.iter().flat_map(|group| {
            group.steps.iter().filter(|step| only == 0 || step.step == only).map(|step| {
                vec![
                    name(group.value.as_deref()),
                    format::printable(words::step(self, step.step)).into_owned(),
                    format::share(Some(step.rate)),
                    format::share(Some(step.baseline_rate)),
                    format::points(Some(step.difference)),
                    format::points_between(Some(step.low), Some(step.high)),
                    probability(step.p),
                    probability(step.adjusted_p),
                ]
            })
        });
        let other = short(&baseline);
        let header = ["", "Step", "Here", &other, "Difference", "95 %", "p", "adjusted"];
        tables::write(out, &header, rows.collect(), 2, &["p"], width);
        sentence(out, width, &words::differences(by));
        out.push('\n');
        write_longer(out, width, by);
    }
}

/// Which groups take longer than the baseline.
fn write_longer(out: &mut String, width: usize, by: &FunnelGroups) {
    let baseline = name(by.baseline.as_deref());
    let rows: Vec<Vec<String>> = by
        .comparisons
        .iter()
        .filter_map(|group| {
            let (times, own) = (group.times.as_ref()?, by.group(group.value.as_deref())?.time.as_ref()?);
            Some(vec![
                name(group.value.as_deref()),
                words::time(own.p50_ms),
                format::share(Some(times.longer)),
                words::longer_interval(times),
                probability(times.p),
            ])
        })
        .collect();
    if rows.is_empty() {
        return;
    }
    let time = by.group(by.baseline.as_deref()).and_then(|group| group.time.as_ref());
    let median = time.map_or(NONE.to_owned(), |time| words::time(time.p50_ms));
    line(out, format_args!("{TITLE}Takes longer than {baseline}{TITLE:#} {DIM}whose median is {median}{DIM:#}"));
    tables::write(out, &["", "Median time", "Longer", "95 %", "p"], rows, 1, &[], width);
    sentence(out, width, &words::longer(&baseline));
    out.push('\n');
}

/// As the head of a column.
fn short(text: &str) -> String {
    tables::shorten(&format::printable(text), 14)
}

impl PositionFindings {
    fn write(&self, out: &mut String, width: usize, least: u64) {
        let units = words::units(self.per, self.all.units);
        let reading = words::reading(self.reading).to_lowercase();
        line(out, format_args!("{TITLE}Milestones{TITLE:#} {DIM}of {units}, conversion {reading}{DIM:#}"));
        let rows = self.all.milestones.iter().zip(&self.milestones).map(|(row, at)| {
            let from_start = row.from_start.and_then(|rate| rate.rate);
            let readings = MilestoneReading::ALL.map(|reading| format::count(row.by(reading)));
            [words::milestone(*at), draw::bar(from_start.unwrap_or_default(), BAR)]
                .into_iter()
                .chain(readings)
                .chain([
                    row.from_previous.map_or(NONE.to_owned(), |rate| format::share(rate.rate)),
                    format::share(from_start),
                    row.from_start.map_or(NONE.to_owned(), interval),
                ])
                .collect()
        });
        let readings = MilestoneReading::ALL.map(words::reading);
        let header: Vec<&str> =
            ["At", BARS].into_iter().chain(readings).chain(["From previous", "Of all", "95 %"]).collect();
        tables::write(out, &header, rows.collect(), 1, &[BARS, "95 %"], width);
        out.push('\n');
        if let Some(by) = &self.by {
            self.write_groups(out, width, by, least);
        }
        for reading in MilestoneReading::ALL {
            let start = format!("  {:<12}", words::reading(reading));
            paragraph(out, width, &start, words::meaning(reading));
        }
        for caveat in words::caveats(self) {
            sentence(out, width, &caveat);
        }
    }

    fn write_groups(&self, out: &mut String, width: usize, by: &PositionGroups, least: u64) {
        let attribute = format::printable(&by.attribute);
        let reading = words::reading(self.reading).to_lowercase();
        line(out, format_args!("{TITLE}By {attribute}{TITLE:#} {DIM}of all, {reading}{DIM:#}"));
        let names: Vec<String> = self.milestones.iter().map(|at| words::milestone(*at)).collect();
        let names = &names[..names.len().min((width.saturating_sub(30) / 9).max(1))];
        let rows = by.groups.iter().map(|group| {
            let rates = group.milestones.iter().take(names.len());
            [name(group.value.as_deref()), format::count(group.units)]
                .into_iter()
                .chain(rates.map(|row| format::share(row.from_start.and_then(|rate| rate.rate))))
                .collect()
        });
        let header: Vec<&str> =
            ["", words::unit_column(self.per)].into_iter().chain(names.iter().map(String::as_str)).collect();
        if !by.groups.is_empty() {
            tables::write(out, &header, rows.collect(), 1, &[], width);
        }
        if let Some(note) = words::left_out(by.too_few, by.omitted, least) {
            sentence(out, width, &note);
        }
        out.push('\n');
    }
}
