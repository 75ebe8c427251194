//! How streams felt.

use audience_core::{Failure, Ratio};
use audience_qoe::Score;

use super::markup::Markup;
use super::page::Context;
use super::plot;
use super::slices;
use super::table::{Cell, Column, Table};
use crate::format;
use crate::report::StreamsReport;

/// Most rows of a table of renditions or codes.
const ROWS: usize = 12;

pub(super) fn write(out: &mut Markup, context: &Context<'_>) {
    let streams = &context.report.streams;
    out.element("section", &[("id", &"streams")], |out| {
        out.leaf("h2", &[], "How streams felt");
        write_figures(out, context);
        plot::write_startup(out, &streams.startup);
        plot::write_course(out, context);
        plot::write_rungs(out, context);
        write_renditions(out, streams);
        if let Some(excess) = &streams.excess_stalls {
            slices::write(out, excess);
        }
        write_good(out, streams);
        write_scores(out, streams);
        write_failures(out, streams);
        write_waits(out, context);
    });
    out.line();
}

fn write_figures(out: &mut Markup, context: &Context<'_>) {
    let experience = &context.report.experience;
    let good = &context.report.streams.good;
    out.element("dl", &[("class", &"figures")], |out| {
        let mut figure = |name: &'static str, definition: &'static str, value: String| {
            out.element("div", &[], |out| {
                out.element("dt", &[], |out| out.leaf("a", &[("href", &definition)], name));
                out.leaf("dd", &[], value);
            });
        };
        let per_hour = |rate: Option<f64>| rate.map_or(format::NONE.to_owned(), |rate| format!("{rate:.2} an hour"));
        let seconds = format::seconds;
        let interval = good.seen.interval.map_or(String::new(), |interval| {
            format!(" ({:.1} to {:.1})", interval.low * 100.0, interval.high * 100.0)
        });
        figure("Good streams", "#def-good", format!("{}{interval}", format::ratio(good.seen.share)));
        let index = context.report.streams.scores.scores.experience.mean;
        figure(
            "Experience index",
            "#def-index",
            index.map_or(format::NONE.to_owned(), |mean| format!("{mean:.1} of 100")),
        );
        figure("Failed to start", "#def-failures", format::fine_ratio(experience.start_failure_rate));
        figure("Left before start", "#def-failures", format::fine_ratio(experience.exit_before_start_rate));
        if experience.loaded_only > 0 {
            figure("Only loaded", "#def-attempt", format::things(experience.loaded_only, "session", "sessions"));
        }
        figure("Failed while playing", "#def-failures", format::fine_ratio(experience.playback_failure_rate));
        figure("Stalls", "#def-stall", per_hour(experience.stalls_per_hour));
        figure("Longest stall", "#def-stall", seconds(Some(experience.longest_stall_ms as f64)));
        let ratio = &context.report.streams.stall_ratio;
        let between = ratio.interval.map_or(String::new(), |interval| {
            format!(" ({:.2} to {:.2})", interval.low * 100.0, interval.high * 100.0)
        });
        figure("Rebuffer ratio", "#def-rebuffer", format!("{}{between}", format::fine_ratio(ratio.ratio)));
        figure("Stalled of watched time", "#def-stalled-time", format::fine_ratio(experience.stalled_time_ratio));
        figure("Switches", "#def-switch", per_hour(experience.switches_per_hour));
        figure("Bit rate", "#def-bitrate", format::bitrate(experience.average_bitrate_bps));
        if let (Some(half), Some(most)) = (experience.restart_p50_ms, experience.restart_p95_ms) {
            let times = format!("{}; p95 {}", seconds(Some(half)), seconds(Some(most)));
            figure("Restart after a seek", "#def-restart", times);
        }
        if experience.dropped_frame_ratio.is_some() {
            figure("Dropped frames", "#def-frames", format::fine_ratio(experience.dropped_frame_ratio));
        }
        if experience.average_live_latency_ms.is_some() {
            figure("Live latency", "#def-latency", seconds(experience.average_live_latency_ms));
        }
    });
    out.line();
}

fn write_renditions(out: &mut Markup, streams: &StreamsReport) {
    let all = &streams.renditions.renditions;
    if all.is_empty() {
        return;
    }
    let mut listed: Vec<_> = all.iter().collect();
    listed.sort_by_key(|row| std::cmp::Reverse(row.played_ms));
    listed.truncate(ROWS);
    listed.sort_by_key(|row| (row.bitrate_bps, row.height, row.width));
    let pixels = |row: &audience_qoe::RenditionShare| match (row.width, row.height) {
        (0, 0) => format::NONE.to_owned(),
        (0, height) => format!("{height} lines"),
        (width, height) => format!("{width} × {height}"),
    };
    let rows = listed.iter().map(|row| {
        let mut drawing = plot::bar(row.share.as_f64());
        drawing.leaf("span", &[], format_args!(" {}", format::fine_ratio(Some(row.share))));
        vec![
            Cell::Number(format::bitrate(row.bitrate_bps.map(|bps| bps as f64)), row.bitrate_bps.map(|bps| bps as f64)),
            Cell::Text(pixels(row)),
            Cell::Number(format::count(row.sessions), Some(row.sessions as f64)),
            Cell::Number(format::hours(row.played_ms), Some(row.played_ms as f64)),
            Cell::Drawing(drawing),
        ]
        .into()
    });
    let table = Table {
        caption: "Renditions".to_owned(),
        file: "renditions".into(),
        columns: vec![
            Column::number("Bit rate", "Declared bit rate").raw("bitrate_bps"),
            Column::text("Picture"),
            Column::number("Sessions", "Sessions that played some of it").raw("sessions"),
            Column::number("Played", "Content played in it").raw("played_ms"),
            Column::drawing("Share", "Of the content played in known renditions"),
        ],
        rows: rows.collect(),
        sortable: false,
    };
    out.leaf("h3", &[], "Renditions");
    table.write(out);
    if all.len() > listed.len() {
        let more = format::things((all.len() - listed.len()) as u64, "rendition", "renditions");
        out.leaf("p", &[("class", &"muted")], format_args!("And {more} more, played less; JSON has them all."));
    }
}

fn write_good(out: &mut Markup, streams: &StreamsReport) {
    let (limits, counts) = (&streams.good.limits, &streams.good.seen.counts);
    let bitrate = match limits.bitrate_bps {
        None => String::new(),
        floor => format!(" and an average bit rate of at least {}", format::bitrate(floor.map(|bps| bps as f64))),
    };
    out.leaf("h3", &[], "Good streams");
    out.leaf(
        "p",
        &[],
        format_args!(
            "{} of {} are good: no technical failure, start-up within {}, a rebuffer ratio of at most {}{bitrate}. Not \
             judged: {} before the first frame, and {}.",
            format::ratio(streams.good.seen.share),
            format::things(counts.judged, "stream", "streams"),
            format::seconds(Some(limits.startup_ms as f64)),
            format::fine_ratio(Some(limits.rebuffer_ratio)),
            format::things(counts.early_exits, "viewer who left soon", "viewers who left soon"),
            format::things(counts.business_failures, "business failure", "business failures"),
        ),
    );
    let faults = [
        ("Started too late", counts.slow_starts),
        ("Stalled too much", counts.stalled),
        ("Too low a bit rate", counts.low_bitrates),
        ("Left after waiting too long for the first frame", counts.gave_up_waiting),
        ("Failed to start", counts.start_failures),
        ("Failed while playing", counts.playback_failures),
    ];
    let mut faults: Vec<_> = faults.into_iter().filter(|(_, count)| *count > 0).collect();
    if faults.is_empty() {
        return;
    }
    faults.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let rows = faults.into_iter().map(|(name, count)| {
        let share = Ratio::of(count, counts.judged);
        let mut drawing = plot::bar(share.unwrap_or_default().as_f64());
        drawing.leaf("span", &[], format_args!(" {}", format::fine_ratio(share)));
        vec![
            Cell::Text(name.to_owned()),
            Cell::Number(format::count(count), Some(count as f64)),
            Cell::Drawing(drawing),
        ]
        .into()
    });
    let table = Table {
        caption: "What was wrong with the others".to_owned(),
        file: "faults".into(),
        columns: vec![
            Column::text("Fault"),
            Column::number("Streams", "A stream may have several faults").raw("streams"),
            Column::drawing("Share", "Of the streams that were judged"),
        ],
        rows: rows.collect(),
        sortable: false,
    };
    table.write(out);
}

/// What a score is called, its range, and what it is about.
pub(super) fn in_words(score: Score) -> (&'static str, &'static str, &'static str) {
    match score {
        Score::Experience => ("Experience index", "0 to 100", "Our own policy index, no MOS"),
        Score::MuxStartup => ("Mux start-up", "0 to 100", "8 s make 50"),
        Score::MuxSmoothness => ("Mux smoothness", "0 to 100", "Number of stalls and their share"),
        Score::MuxVideoQuality => ("Mux video quality", "0 to 100", "Pictures smaller than the player"),
        Score::Linear => {
            ("Linear QoE, Mbit/s", "to the bit rate", "Bit rate less switches and stalls, per chunk of 4 s")
        }
        Score::StallingMos => ("Stalling MOS", "1.5 to 5", "Opinion of short clips with such stalls"),
        Score::Kino => ("kino", "0 to 100", "Not normalised by time"),
        Score::KinoPerHour => ("kino, per hour", "0 to 100", "The same for an hour of playback"),
        Score::KinoQuality => ("kino, picture", "0 to 100", "Height of the picture, stalls, switches"),
    }
}

fn write_scores(out: &mut Markup, streams: &StreamsReport) {
    let scores = &streams.scores;
    if scores.sessions == scores.never_played {
        return;
    }
    let mut order = Score::ALL;
    order.reverse();
    let rows = order.into_iter().filter(|score| scores.scores.get(*score).sessions > 0).map(|score| {
        let (name, range, about) = in_words(score);
        let seen = scores.scores.get(score);
        let number = |value: Option<f64>| {
            Cell::Number(value.map_or(format::NONE.to_owned(), |value| format!("{value:.1}")), value)
        };
        vec![
            Cell::Text(name.to_owned()),
            Cell::Text(range.to_owned()),
            Cell::Number(format::count(seen.sessions), Some(seen.sessions as f64)),
            number(seen.mean),
            number(seen.p5),
            number(seen.p25),
            number(seen.p50),
            number(seen.p75),
            Cell::Text(about.to_owned()),
        ]
        .into()
    });
    let table = Table {
        caption: "Scores".to_owned(),
        file: "scores".into(),
        columns: vec![
            Column::text("Score"),
            Column::text("Range"),
            Column::number("Sessions", "Sessions of which what it needs is known").raw("sessions"),
            Column::number("Mean", "Each session counted alike"),
            Column::number("p5", "5 % of the sessions have no more"),
            Column::number("p25", "A quarter has no more"),
            Column::number("Median", "Half have no more"),
            Column::number("p75", "Three quarters have no more"),
            Column::text("About"),
        ],
        rows: rows.collect(),
        sortable: false,
    };
    out.leaf("h3", &[], "Scores");
    out.leaf(
        "p",
        &[("class", &"muted")],
        format_args!(
            "More is better in all. None is an opinion of these viewers. {} never played and have none.",
            format::things(scores.never_played, "session", "sessions")
        ),
    );
    table.write(out);
}

fn write_failures(out: &mut Markup, streams: &StreamsReport) {
    if streams.failures.is_empty() {
        return;
    }
    let rows = streams.failures.iter().take(ROWS).map(|failure| {
        vec![
            Cell::Name(failure.code.as_deref().unwrap_or("(no code)").to_owned(), None),
            Cell::Text(failure.cause.as_str().to_owned()),
            Cell::Number(format::count(failure.start), Some(failure.start as f64)),
            Cell::Number(format::count(failure.playback), Some(failure.playback as f64)),
        ]
        .into()
    });
    let table = Table {
        caption: "Failures by code".to_owned(),
        file: "failures".into(),
        columns: vec![
            Column::text("Code"),
            Column::text("Cause"),
            Column::number("At start", "Before the first frame").raw("start"),
            Column::number("Later", "After the first frame").raw("playback"),
        ],
        rows: rows.collect(),
        sortable: false,
    };
    out.leaf("h3", &[], "Failures by code");
    table.write(out);
    if streams.failures.len() > ROWS {
        let more = format::things((streams.failures.len() - ROWS) as u64, "code", "codes");
        out.leaf("p", &[("class", &"muted")], format_args!("And {more} more, less often; JSON has them all."));
    }
}

fn write_waits(out: &mut Markup, context: &Context<'_>) {
    let waits = &context.report.streams.longest_waits;
    if waits.is_empty() {
        return;
    }
    let titles = &context.report.titles;
    let rows = waits.iter().map(|wait| {
        let id = wait.content_id.as_str();
        let place = titles.iter().position(|title| title.content_id == id).map(|number| format!("#t{number}"));
        let name = crate::report::name_of(wait.title.as_deref(), id);
        let failure = match wait.failure {
            None => "",
            Some(Failure::Start) => "failed to start",
            Some(Failure::Playback) => "failed",
            Some(Failure::ExitBeforeStart) => "left before start",
        };
        let time = |millis: u64| Cell::Number(format::seconds(Some(millis as f64)), Some(millis as f64));
        vec![
            Cell::Name(wait.session_id.clone(), None),
            Cell::Name(name.to_owned(), place),
            Cell::Text(format::local(wait.started_at, &context.zone)),
            time(wait.starting_ms),
            Cell::Number(format::count(wait.stalls), Some(wait.stalls as f64)),
            time(wait.stalled_ms),
            Cell::Number(format::clock(Some(wait.playing_ms as f64)), Some(wait.playing_ms as f64)),
            Cell::Text(failure.to_owned()),
        ]
        .into()
    });
    let table = Table {
        caption: "The sessions whose viewers waited longest".to_owned(),
        file: "longest-waits".into(),
        columns: vec![
            Column::text("Session").raw("session_id"),
            Column::text("Title"),
            Column::text("Began"),
            Column::number("Start-up", "Waited for the first frame").raw("starting_ms"),
            Column::number("Stalls", "Waits in the middle of playback").raw("stalls"),
            Column::number("Stalled", "Time in them").raw("stalled_ms"),
            Column::number("Played", "Time in which frames moved").raw("playing_ms"),
            Column::text("Failure"),
        ],
        rows: rows.collect(),
        sortable: true,
    };
    out.leaf("h3", &[], "Longest waits");
    out.element("p", &[("class", &"muted")], |out| {
        out.text("What happened in one of them, from moment to moment: ");
        out.leaf("code", &[], "audience session FILE SESSION");
        out.text(".");
    });
    table.write(out);
}
