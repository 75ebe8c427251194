//! How streams felt, as tables.

use audience_qoe::{Score, StallComparison};
use audience_stats::Interval;

use super::sheet::{Cell, Figures, Sheet};
use crate::report::Report;

pub(super) fn startup(report: &Report) -> String {
    let mut sheet = Sheet::new(["from_ms", "to_ms", "sessions"]);
    let startup = &report.streams.startup;
    if report.totals.sessions == 0 {
        return sheet.finish();
    }
    for bin in &startup.bins {
        sheet.row([Cell::of(bin.from_ms), Cell::some(bin.to_ms), Cell::of(bin.sessions)]);
    }
    sheet.row([Cell::name("never"), Cell::Empty, Cell::of(startup.never_started)]);
    sheet.row([Cell::name("unknown"), Cell::Empty, Cell::of(startup.unknown)]);
    sheet.finish()
}

pub(super) fn over_time(report: &Report) -> String {
    let (audience, course) = (&report.audience, &report.streams.over_time);
    let names = ["attempts", "never_started", "failures", "playing_ms", "stalled_ms", "rebuffer_ratio"];
    let rungs = course.rungs.iter().map(|rung| rung.rung.name());
    let header = ["start", "end"].into_iter().chain(names).chain(["average_bitrate_bps"]).chain(rungs);
    let mut sheet = Sheet::new(header);
    let ends = audience.starts.iter().skip(1).copied().chain(audience.end);
    for (at, (start, end)) in audience.starts.iter().zip(ends).enumerate() {
        let cells = [
            Cell::time(*start),
            Cell::time(end),
            Cell::of(course.attempts[at]),
            Cell::of(course.never_started[at]),
            Cell::of(course.failures[at]),
            Cell::of(course.playing_ms[at]),
            Cell::of(course.stalled_ms[at]),
            Cell::some(course.rebuffer_ratio[at].map(audience_core::Ratio::as_f64)),
            Cell::some(course.average_bitrate_bps[at]),
        ];
        sheet.row(cells.into_iter().chain(course.rungs.iter().map(|rung| Cell::of(rung.played_ms[at]))));
    }
    sheet.finish()
}

pub(super) fn renditions(report: &Report) -> String {
    let mut sheet = Sheet::new(["bitrate_bps", "width", "height", "sessions", "played_ms", "share"]);
    for row in &report.streams.renditions.renditions {
        let pixels = |pixels: u32| Cell::some((pixels > 0).then_some(pixels));
        sheet.row([
            Cell::some(row.bitrate_bps),
            pixels(row.width),
            pixels(row.height),
            Cell::of(row.sessions),
            Cell::of(row.played_ms),
            Cell::of(row.share.as_f64()),
        ]);
    }
    sheet.finish()
}

pub(super) fn good(report: &Report) -> String {
    let mut sheet = Sheet::new(["figure", "value"]);
    let good = &report.streams.good;
    let (limits, counts) = (Figures::of(&good.limits), Figures::of(&good.seen.counts));
    for (name, value) in limits.names().zip(limits.cells()) {
        sheet.row([Cell::of(format_args!("limit_{name}")), value]);
    }
    let ends = good.seen.interval.map(|Interval { low, high }| (low, high));
    sheet.row([Cell::name("share"), Cell::some(good.seen.share.map(audience_core::Ratio::as_f64))]);
    sheet.row([Cell::name("low"), Cell::some(ends.map(|(low, _)| low))]);
    sheet.row([Cell::name("high"), Cell::some(ends.map(|(_, high)| high))]);
    for (name, value) in counts.names().zip(counts.cells()) {
        sheet.row([Cell::name(name), value]);
    }
    sheet.finish()
}

pub(super) fn slices(report: &Report) -> String {
    let mut sheet = Sheet::new([
        "dimension",
        "value",
        "title",
        "sessions",
        "stalled_ms",
        "playing_ms",
        "crude_ratio",
        "comparable",
        "observed_ms",
        "expected_ms",
        "excess_ms",
        "excess_low_ms",
        "excess_high_ms",
        "relative",
        "relative_low",
        "relative_high",
        "p_value",
        "adjusted_p_value",
        "is_finding",
    ]);
    for slice in report.streams.excess_stalls.iter().flat_map(|excess| &excess.slices) {
        let seen = slice.comparison;
        let of = |figure: fn(&StallComparison) -> Option<f64>| Cell::some(seen.as_ref().and_then(figure));
        sheet.row([
            Cell::Text(&slice.dimension),
            Cell::text(slice.value.as_deref()),
            Cell::text(slice.title.as_deref()),
            Cell::of(slice.sessions),
            Cell::of(slice.stalled_ms),
            Cell::of(slice.playing_ms),
            Cell::some(slice.crude_ratio),
            Cell::some(slice.comparable.map(audience_core::Ratio::as_f64)),
            of(|seen| Some(seen.observed_ms)),
            of(|seen| Some(seen.expected_ms)),
            of(|seen| Some(seen.excess_ms)),
            of(|seen| Some(seen.excess_interval?.low)),
            of(|seen| Some(seen.excess_interval?.high)),
            of(|seen| seen.relative),
            of(|seen| Some(seen.relative_interval?.low)),
            of(|seen| Some(seen.relative_interval?.high)),
            of(|seen| seen.p_value),
            of(|seen| seen.adjusted_p_value),
            Cell::some(seen.map(|seen| seen.is_finding)),
        ]);
    }
    sheet.finish()
}

pub(super) fn scores(report: &Report) -> String {
    let mut sheet = Sheet::new(["score", "sessions", "mean", "p5", "p25", "p50", "p75"]);
    let scores = &report.streams.scores.scores;
    for score in Score::ALL {
        let seen = scores.get(score);
        if seen.sessions > 0 {
            let figures = [seen.mean, seen.p5, seen.p25, seen.p50, seen.p75];
            let first = [Cell::name(score.name()), Cell::of(seen.sessions)];
            sheet.row(first.into_iter().chain(figures.into_iter().map(Cell::some)));
        }
    }
    sheet.finish()
}

pub(super) fn failures(report: &Report) -> String {
    let mut sheet = Sheet::new(["code", "cause", "start", "playback"]);
    for failure in &report.streams.failures {
        sheet.row([
            Cell::text(failure.code.as_deref()),
            Cell::name(failure.cause.as_str()),
            Cell::of(failure.start),
            Cell::of(failure.playback),
        ]);
    }
    sheet.finish()
}

pub(super) fn waits(report: &Report) -> String {
    let mut sheet = Sheet::new([
        "session_id",
        "content_id",
        "title",
        "started_at",
        "starting_ms",
        "stalls",
        "stalled_ms",
        "playing_ms",
        "failure",
    ]);
    for wait in &report.streams.longest_waits {
        sheet.row([
            Cell::Text(&wait.session_id),
            Cell::Text(&wait.content_id),
            Cell::text(wait.title.as_deref()),
            Cell::time(wait.started_at),
            Cell::of(wait.starting_ms),
            Cell::of(wait.stalls),
            Cell::of(wait.stalled_ms),
            Cell::of(wait.playing_ms),
            Cell::some(wait.failure.map(audience_core::Failure::as_str)),
        ]);
    }
    sheet.finish()
}
