//! One title.

use audience_core::Ratio;
use audience_stats::Interval;

use super::markup::Markup;
use super::overview;
use super::page::Context;
use super::plot::{self, Curve};
use super::table::{Cell, Column, Table};
use crate::format;
use crate::report::TitleReport;
use crate::retention::{ChapterReport, ShareWithInterval};
use crate::text::retention::findings;

pub(super) fn write(out: &mut Markup, context: &Context<'_>, number: usize) {
    let report = context.report;
    let title = &report.titles[number];
    let search = format!("{} {}", title.name(), title.content_id).to_lowercase();
    let id = format!("t{number}");
    out.element("section", &[("id", &id), ("class", &"title"), ("data-search", &search)], |out| {
        out.element("h2", &[], |out| out.name(title.name()));
        write_line(out, title);
        write_curves(out, context, number);
        write_chapters(out, title);
        if title.why_no_curve().is_none() {
            plot::write_seeks(out, &title.retention);
        }
        write_figures(out, title);
        if let Some(breakdown) = report.breakdown.as_ref() {
            let rows = || breakdown.by_title.iter().filter(|row| row.content_id.as_ref() == Some(&title.content_id));
            if rows().nth(1).is_some() {
                out.element("details", &[("class", &"numbers")], |out| {
                    out.element("summary", &[], |out| {
                        out.text("By ");
                        out.name(&breakdown.by.join(" and "));
                    });
                    overview::write_groups(out, breakdown, rows(), title.totals.watched_ms);
                });
            }
        }
        out.element("p", &[("class", &"back")], |out| out.leaf("a", &[("href", &"#titles")], "All titles"));
    });
    out.line();
}

/// What is known of it besides its figures.
fn write_line(out: &mut Markup, title: &TitleReport) {
    out.element("p", &[("class", &"muted")], |out| {
        if title.title.is_some() {
            out.element("code", &[], |out| out.name(&title.content_id));
            out.text(" · ");
        }
        match title.duration_ms {
            _ if title.live => out.text("live stream"),
            Some(length) => out.text(format::clock(Some(length as f64))),
            None => out.text("unknown duration"),
        };
        for (name, value) in &title.extra {
            out.text(" · ");
            out.name(name);
            out.text(": ");
            out.name(value);
        }
    });
    out.line();
}

fn write_curves(out: &mut Markup, context: &Context<'_>, number: usize) {
    let report = context.report;
    let title = &report.titles[number];
    let beside = report
        .comparison
        .as_ref()
        .and_then(|found| Some((&found.titles.get(number)?.retention, found.other.name.as_str())));
    let uneven = report.quality.durations_disagree.iter().any(|range| range.content_id == title.content_id);
    match title.why_no_curve() {
        None => plot::write_curve(out, &Curve { title, beside, uneven }),
        Some(why) => {
            out.leaf("p", &[("class", &"none")], format_args!("No retention curve: {}.", in_words(why)));
        }
    }
    let left_out = title.retention.unknown_duration + title.retention.unknown_positions;
    if left_out > 0 && title.why_no_curve().is_none() {
        let sessions = format::things(left_out, "session is", "sessions are");
        let why = "not in the curve: without a duration, or at positions nobody reported";
        out.leaf("p", &[("class", &"muted")], format_args!("{sessions} {why}."));
    }
    write_findings(out, title);
    plot::write_strip(out, title);
    if let Some(groups) = &title.groups {
        plot::write_group_curves(out, title, groups, title.duration_ms.filter(|_| !uneven));
    }
}

fn in_words(why: &str) -> &str {
    match why {
        "live" => "positions in a live stream have no common start",
        "no positions" => "most sessions do not say where in the title they were",
        "no duration" => "most sessions do not say how long the title is; a catalogue can",
        other => other,
    }
}

/// What follows from the curve, in words.
fn write_findings(out: &mut Markup, title: &TitleReport) {
    if title.why_no_curve().is_some() {
        return;
    }
    let findings = findings(&title.retention);
    out.element("dl", &[("class", &"findings")], |out| {
        for (name, text) in findings {
            out.element("div", &[], |out| {
                out.leaf("dt", &[], name);
                out.leaf("dd", &[], text);
            });
        }
    });
    out.line();
}

/// Chapters with how they hold those who enter them.
fn write_chapters(out: &mut Markup, title: &TitleReport) {
    let chapters = &title.retention.chapters;
    // One chapter is the title.
    if chapters.len() < 2 {
        return;
    }
    let share = |share: &ShareWithInterval| {
        let value = share.share.map(Ratio::as_f64);
        Cell::Number(format::ratio(share.share), value)
    };
    let interval = |interval: Option<Interval>| {
        let between = |ends: Interval| format!("{:.1}–{:.1} %", ends.low * 100.0, ends.high * 100.0);
        Cell::Text(interval.map_or(format::NONE.to_owned(), between))
    };
    let row = |(number, chapter): (u32, &ChapterReport)| {
        let start = chapter.start_ms.as_millis() as f64;
        vec![
            Cell::Number(format!("{number}"), Some(f64::from(number))),
            Cell::Name(chapter.title.clone(), None),
            Cell::Number(format::clock(Some(start)), Some(start)),
            share(&chapter.entered),
            share(&chapter.completed),
            interval(chapter.completed.interval),
            Cell::Number(format::ratio(chapter.average_completion), chapter.average_completion.map(Ratio::as_f64)),
            interval(chapter.average_completion_interval),
            share(&chapter.exits),
        ]
        .into()
    };
    let table = Table {
        caption: format!("Chapters of {}", title.name()),
        file: "chapters".into(),
        columns: vec![
            Column::number("No.", ""),
            Column::text("Chapter"),
            Column::number("From", ""),
            Column::number("Entered", "Sessions that watched any of it, as a share of those in the curve"),
            Column::number("Completed", "Sessions that watched its end, as a share of those that entered it"),
            Column::text("95 % interval"),
            Column::number("Watched", "The share of it that those who entered it watched, on average"),
            Column::text("95 % interval"),
            Column::number("Exits", "Sessions that watched nothing after it, as a share of those that entered it"),
        ],
        rows: (1..).zip(chapters).map(row).collect(),
        sortable: false,
    };
    table.write(out);
}

fn write_figures(out: &mut Markup, title: &TitleReport) {
    let (totals, experience) = (&title.totals, &title.experience);
    let sessions = |count: u64| format::things(count, "session", "sessions");
    out.element("dl", &[("class", &"figures")], |out| {
        let mut figure = |name: &'static str, value: String| {
            out.element("div", &[], |out| {
                out.leaf("dt", &[], name);
                out.leaf("dd", &[], value);
            });
        };
        let started = format::ratio(Ratio::of(totals.started, totals.sessions));
        figure("Sessions", format!("{}, {started} started", format::count(totals.sessions)));
        figure("Viewers", format::some(totals.viewers));
        figure(
            "Watched",
            format!("{}, {} again", format::hours(totals.watched_ms), format::hours(totals.rewatched_ms)),
        );
        figure("Average view", format::clock(totals.average_view_duration_ms));
        figure("Completed", format::ratio(totals.completion_rate));
        figure("Reached the end", format::ratio(totals.reached_end_rate));
        let stalls = format::things(experience.stalls, "stall", "stalls");
        figure("Stalls", format!("{stalls} in {}", sessions(experience.stalled_sessions)));
        figure("Rebuffer ratio", format::fine_ratio(experience.rebuffer_ratio));
        figure("Waits after seeks", format::count(experience.seek_waits));
        figure("Bit rate", format::bitrate(experience.average_bitrate_bps));
        figure("Failures", format!("{} at start, {} later", experience.start_failures, experience.playback_failures));
        figure("Left before start", sessions(experience.exits_before_start));
    });
    out.line();
    let times =
        [experience.startup_p25_ms, experience.startup_p50_ms, experience.startup_p75_ms, experience.startup_p95_ms];
    let [Some(p25), Some(p50), Some(p75), Some(p95)] = times else { return };
    if p25 >= p95 {
        let all = sessions(experience.startups);
        out.leaf("p", &[("class", &"muted")], format_args!("Start-up: {} in {all}.", format::seconds(times[1])));
        return;
    }
    out.element("div", &[("class", &"startup")], |out| {
        out.leaf("span", &[], "Start-up");
        out.append(&plot::quantiles([p25, p50, p75, p95], p95 * 1.05));
        let seconds = |millis: f64| format::seconds(Some(millis));
        out.leaf(
            "span",
            &[("class", &"muted")],
            format_args!(
                "of {}: half within {}, the middle half {} to {}, 95 % within {}",
                sessions(experience.startups),
                seconds(p50),
                seconds(p25),
                seconds(p75),
                seconds(p95)
            ),
        );
    });
    out.line();
}
