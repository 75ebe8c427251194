//! The first section.

use audience_core::Ratio;

use super::markup::Markup;
use super::page::Context;
use super::plot;
use super::table::{Cell, Column, Row, Table};
use super::verdict::Level;
use crate::format;
use crate::report::{Breakdown, Report, Row as GroupRow, TitleReport};
use crate::state::TotalsSummary;
use audience_qoe::ExperienceSummary;

pub(super) fn write(out: &mut Markup, context: &Context<'_>) {
    let report = context.report;
    out.element("section", &[("id", &"overview")], |out| {
        out.leaf("h2", &[], "Overview");
        write_notice(out, context);
        write_headline(out, report);
        plot::write_attendance(out, &report.audience, &context.zone, &report.asked.time_zone);
        if report.audience.sessions_elsewhere > 0 {
            let strays = format::things(report.audience.sessions_elsewhere, "session is", "sessions are");
            out.leaf(
                "p",
                &[("class", &"muted")],
                format_args!("{strays} more than a week away from all others and not shown: clocks that are wrong."),
            );
        }
    });
    out.line();
    out.element("section", &[("id", &"titles")], |out| {
        out.leaf("h2", &[], "Titles");
        write_titles(out, report);
    });
    out.line();
    if let Some(breakdown) = &report.breakdown {
        out.element("section", &[("id", &"breakdown")], |out| {
            out.element("h2", &[], |out| {
                out.text("By ");
                out.name(&breakdown.by.join(" and "));
            });
            write_groups(out, breakdown, breakdown.rows.iter(), report.totals.watched_ms);
        });
        out.line();
    }
}

pub(super) fn write_nothing(out: &mut Markup, context: &Context<'_>) {
    out.element("section", &[("id", &"overview")], |out| {
        out.leaf("h2", &[], "There is nothing to report");
        let sessions = &context.report.quality.sessions;
        let lines = &context.report.quality.lines;
        let why = match (sessions.sessions_read, lines.lines) {
            (0, 0) => "The data have no lines.".to_owned(),
            (0, _) => format!(
                "No session was found in {}; {} could not be used.",
                format::things(lines.lines, "line", "lines"),
                format::count(lines.rejected())
            ),
            (read, _) => format!("None of {} passes the filter.", format::things(read, "session", "sessions")),
        };
        out.leaf("p", &[], why);
    });
    out.line();
}

/// A word of warning where one is due.
fn write_notice(out: &mut Markup, context: &Context<'_>) {
    let verdict = &context.verdict;
    if verdict.level == Level::Fine {
        return;
    }
    let class = if verdict.level == Level::Bad { "notice bad" } else { "notice care" };
    out.element("aside", &[("class", &class), ("aria-label", &"How far to trust this report")], |out| {
        out.leaf("strong", &[], verdict.headline());
        for finding in verdict.findings.iter().filter(|finding| finding.level != Level::Fine).take(3) {
            out.text(" ");
            out.text(&finding.text);
        }
        out.text(" ");
        out.leaf("a", &[("href", &"#quality")], "More on data quality");
    });
}

fn write_headline(out: &mut Markup, report: &Report) {
    let (totals, experience) = (&report.totals, &report.experience);
    let viewers = match totals.viewers {
        0 => "viewers unknown".to_owned(),
        viewers => format::things(viewers, "viewer", "viewers"),
    };
    // A share of few of the sessions says so.
    let completed = if totals.completion_known * 10 < totals.sessions * 9 {
        format!("of the {} where that is known", format::things(totals.completion_known, "session", "sessions"))
    } else {
        format!("{} reached the end", format::ratio(totals.reached_end_rate))
    };
    let mut cards: Vec<(&'static str, &'static str, String, String)> = vec![
        (
            "Sessions",
            "#def-sessions",
            format::count(totals.sessions),
            format!("{viewers}, {} started", format::ratio(Ratio::of(totals.started, totals.sessions))),
        ),
        (
            "Watched",
            "#def-watched",
            format::hours(totals.watched_ms),
            format!("{} watched again", format::hours(totals.rewatched_ms)),
        ),
        (
            "Average view",
            "#def-average-view",
            format::clock(totals.average_view_duration_ms),
            "of sessions that started".to_owned(),
        ),
        ("Completed", "#def-completed", format::ratio(totals.completion_rate), completed),
        (
            "Start-up",
            "#def-startup",
            format::seconds(experience.startup_p50_ms),
            format!("median; p95 {}", format::seconds(experience.startup_p95_ms)),
        ),
        (
            "Rebuffer ratio",
            "#def-rebuffer",
            format::fine_ratio(experience.rebuffer_ratio),
            format!(
                "{} in {}",
                format::things(experience.stalls, "stall", "stalls"),
                format::things(experience.stalled_sessions, "session", "sessions")
            ),
        ),
        (
            "Failures",
            "#def-failures",
            format::count(experience.start_failures + experience.playback_failures),
            format!("{} left before the first frame", format::count(experience.exits_before_start)),
        ),
    ];
    if let Some(peak) = report.audience.peak {
        let average = plot::concurrent(peak.average_concurrent);
        cards.push((
            "Peak audience",
            "#def-concurrent",
            average,
            "at a time, in the best quarter of an hour".to_owned(),
        ));
    }
    out.element("dl", &[("class", &"headline")], |out| {
        for (name, definition, value, note) in &cards {
            out.element("div", &[], |out| {
                out.element("dt", &[], |out| out.leaf("a", &[("href", definition)], name));
                out.leaf("dd", &[("class", &"value")], value);
                out.leaf("dd", &[("class", &"muted")], note);
            });
        }
    });
    out.line();
}

fn write_titles(out: &mut Markup, report: &Report) {
    out.literal(concat!(
        "<p class=\"search\" hidden=\"hidden\"><label>Find a title ",
        "<input type=\"search\" autocomplete=\"off\" /></label> <span role=\"status\"></span></p>\n"
    ));
    let mut columns = vec![
        Column::text("Title"),
        Column::number("Length", "The longest duration that sessions have").raw("duration_ms"),
    ];
    columns.extend(group_columns());
    columns.push(Column::drawing("Retention", "Share of sessions that watched each moment"));
    let row = |(number, title): (usize, &TitleReport)| {
        let length = title.duration_ms.map(|millis| millis as f64);
        let mut cells = vec![
            Cell::Name(title.name().to_owned(), Some(format!("#t{number}"))),
            Cell::Number(if title.live { "live".to_owned() } else { format::clock(length) }, length),
        ];
        cells.extend(group_cells(&title.totals, &title.experience));
        cells.push(match title.why_no_curve() {
            None => Cell::Drawing(plot::sparkline(&title.retention.shares)),
            Some(why) => Cell::Text(why.to_owned()),
        });
        Row { cells, search: Some(format!("{} {}", title.name(), title.content_id).to_lowercase()) }
    };
    let table = Table {
        caption: "Titles, those watched most first".to_owned(),
        file: "titles".into(),
        columns,
        rows: report.titles.iter().enumerate().map(row).collect(),
        sortable: true,
    };
    table.write(out);
    if report.titles.iter().filter(|title| title.why_no_curve().is_none()).nth(1).is_some() {
        plot::write_two_titles(out);
    }
    if report.titles_omitted > 0 {
        let more = format::things(report.titles_omitted as u64, "title", "titles");
        out.leaf("p", &[("class", &"muted")], format_args!("And {more} more, watched less."));
    }
}

/// Most groups of a breakdown that are shown.
const GROUPS: usize = 100;

/// A table of groups, each with its share of `watched_ms`; of very many, those watched most.
pub(super) fn write_groups<'a>(
    out: &mut Markup,
    breakdown: &Breakdown,
    rows: impl Iterator<Item = &'a GroupRow>,
    watched_ms: u64,
) {
    let mut rows: Vec<(usize, &GroupRow)> = rows.enumerate().collect();
    let more = rows.len().saturating_sub(GROUPS);
    if more > 0 {
        rows.sort_by_key(|(_, row)| std::cmp::Reverse(row.totals.watched_ms));
        rows.truncate(GROUPS);
        rows.sort_by_key(|(place, _)| *place);
    }
    groups(breakdown, rows.into_iter().map(|(_, row)| row), watched_ms).write(out);
    if more > 0 {
        let more = format::things(more as u64, "group", "groups");
        out.leaf(
            "p",
            &[("class", &"muted")],
            format_args!("And {more} more, watched less; JSON and CSV have them all."),
        );
    }
}

fn groups<'a>(breakdown: &Breakdown, rows: impl Iterator<Item = &'a GroupRow>, watched_ms: u64) -> Table {
    let mut columns: Vec<Column> = breakdown.by.iter().map(Column::text).collect();
    columns.extend(group_columns());
    columns.push(Column::drawing("Share of watched", "Watched, as a share of all that was watched"));
    let row = |row: &GroupRow| {
        let content = breakdown.content(row);
        let name = |(at, value): (usize, &Option<String>)| {
            let title = row.title.clone().filter(|_| content == Some(at));
            Cell::Name(title.or_else(|| value.clone()).unwrap_or_else(|| "(none)".to_owned()), None)
        };
        let mut cells: Vec<Cell> = row.values.iter().enumerate().map(name).collect();
        cells.extend(group_cells(&row.totals, &row.experience));
        let share = row.totals.watched_ms as f64 / watched_ms.max(1) as f64;
        let mut drawing = plot::bar(share);
        drawing.leaf("span", &[], format_args!(" {:.1} %", share * 100.0));
        cells.push(Cell::Drawing(drawing));
        cells.into()
    };
    Table {
        caption: format!("By {}", breakdown.by.join(" and ")),
        file: "breakdown".into(),
        columns,
        rows: rows.map(row).collect(),
        sortable: true,
    }
}

fn group_columns() -> [Column; 9] {
    [
        Column::number("Sessions", "Titles played, each in one run of a player").raw("sessions"),
        Column::number("Viewers", "Different viewers, of sessions that name one").raw("viewers"),
        Column::number("Watched", "Content played, every pass counted").raw("watched_ms"),
        Column::number("Average view", "Watched, per session that started").raw("average_view_duration_ms"),
        Column::number("Completed", "Sessions that played at least 90 % of the title").raw("completion_rate"),
        Column::number("Start-up", "The median time from asking for playback to the first frame").raw("startup_p50_ms"),
        Column::number("p95", "95 % of the start-up times are no longer").raw("startup_p95_ms"),
        Column::number("Stalls", "Waits in the middle of playback").raw("stalls"),
        Column::number("Rebuffer", "Time stalled, as a share of time stalled and playing").raw("rebuffer_ratio"),
    ]
}

fn group_cells(totals: &TotalsSummary, experience: &ExperienceSummary) -> [Cell; 9] {
    let ratio = |ratio: Option<Ratio>| ratio.map(Ratio::as_f64);
    [
        Cell::Number(format::count(totals.sessions), Some(totals.sessions as f64)),
        Cell::Number(format::some(totals.viewers), Some(totals.viewers as f64)),
        Cell::Number(format::hours(totals.watched_ms), Some(totals.watched_ms as f64)),
        Cell::Number(format::clock(totals.average_view_duration_ms), totals.average_view_duration_ms),
        Cell::Number(format::ratio(totals.completion_rate), ratio(totals.completion_rate)),
        Cell::Number(format::seconds(experience.startup_p50_ms), experience.startup_p50_ms),
        Cell::Number(format::seconds(experience.startup_p95_ms), experience.startup_p95_ms),
        Cell::Number(format::count(experience.stalls), Some(experience.stalls as f64)),
        Cell::Number(format::fine_ratio(experience.rebuffer_ratio), ratio(experience.rebuffer_ratio)),
    ]
}
