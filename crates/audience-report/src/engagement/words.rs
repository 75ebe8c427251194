//! What text and pages say alike.

use audience_engagement::{SegmentCredit, TitleAttribution};
use audience_stats::{Interval, TrendDirection};

use super::findings::{EngagementFindings, JourneyFindings};
use super::series::{DailyFigure, DailyTrend};
use crate::format;

/// A part of 1 as points of 100.
pub(crate) fn points(part: f64) -> String {
    format!("{:.1}", 100.0 * part)
}

/// From … to ….
pub(crate) fn interval(interval: Interval) -> String {
    format!("{} to {}", points(interval.low), points(interval.high))
}

pub(crate) fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// How scores were made.
pub(crate) fn how(findings: &EngagementFindings) -> String {
    let weights = &findings.weights;
    let social = if findings.social {
        format!(", social signals {}", weights.social)
    } else {
        " (nobody reports likes, shares or comments)".to_owned()
    };
    format!(
        "Weights: watch time {}, completion {}, watched again {}{social}, less skips {}. Titles are in the order of what their \
         score is at least, in view of all titles: few views prove little.",
        weights.watch_time, weights.completion, weights.rewatch, weights.skip_penalty
    )
}

/// A figure of a day, or how much it changes.
pub(crate) fn figure(figure: DailyFigure, value: f64) -> String {
    match figure {
        DailyFigure::Views if value.abs() < 10.0 && value.fract() != 0.0 => format!("{value:.1}"),
        DailyFigure::Views => format::count(value.max(0.0).round() as u64),
        DailyFigure::WatchTime => format::hours(value.max(0.0).round() as u64),
        DailyFigure::Score => points(value),
    }
}

/// How much a figure changes, without its unit.
fn change(figure: DailyFigure, by: f64) -> String {
    let amount = match figure {
        DailyFigure::Views => by.abs(),
        DailyFigure::WatchTime => by.abs() / 3_600_000.0,
        DailyFigure::Score => 100.0 * by.abs(),
    };
    format!("{}{amount:.2}", format::sign(by))
}

/// Whether a figure rises or falls, in a sentence.
pub(crate) fn trend(trend: &DailyTrend) -> Vec<String> {
    let goes = match trend.direction {
        TrendDirection::Rising => "Rises",
        TrendDirection::Falling => "Falls",
        TrendDirection::NotShown => "No trend is shown",
    };
    let unit = match trend.figure {
        DailyFigure::Views => "views",
        DailyFigure::WatchTime => "h",
        DailyFigure::Score => "points",
    };
    let interval = trend.slope_interval.map_or(String::new(), |interval| {
        format!(" ({} to {})", change(trend.figure, interval.low), change(trend.figure, interval.high))
    });
    let week = if trend.by_week { ", the week taken off" } else { "" };
    vec![format!(
        "{goes}: {} {unit} a day{interval}, {} over {} days{week}.",
        change(trend.figure, trend.slope),
        crate::experiment::words::p(trend.p),
        trend.days
    )]
}

/// Days that are unlike the others, and where the mean shifted.
pub(crate) fn odd_days(trend: &DailyTrend) -> Vec<String> {
    let anomaly = |odd: &super::series::DailyAnomaly| {
        let (value, expected) = (figure(trend.figure, odd.value), figure(trend.figure, odd.expected));
        format!("{}: {value} instead of {expected}", odd.day)
    };
    let shift = |shift: &super::series::Shift| {
        let (before, after) = (figure(trend.figure, shift.before), figure(trend.figure, shift.after));
        format!("From {} on {after} on average, {before} before.", shift.day)
    };
    let mut sentences: Vec<String> = trend.shifts.iter().map(shift).collect();
    if !trend.anomalies.is_empty() {
        let days: Vec<String> = trend.anomalies.iter().map(anomaly).collect();
        sentences.push(format!("Odd: {}.", days.join("; ")));
    }
    sentences
}

pub(crate) fn conversions(journeys: &JourneyFindings) -> String {
    let converted =
        format!("{} of {}", format::things(journeys.conversions, "viewer", "viewers"), format::count(journeys.viewers));
    match journeys.without_touch {
        0 => format!("{converted} converted"),
        without => format!("{converted} converted, {} of them without a touch", format::count(without)),
    }
}

/// Of how many sessions segments are.
pub(crate) fn placed(attribution: &TitleAttribution) -> String {
    let sessions = format::things(attribution.sessions - attribution.left_out, "session", "sessions");
    let left_out = match attribution.left_out {
        0 => String::new(),
        count => format!(", {} at unknown positions left out", format::count(count)),
    };
    let conversions = match attribution.conversions {
        0 => String::new(),
        count => format!(", {}", format::things(count, "conversion", "conversions")),
    };
    format!("{sessions}{left_out}{conversions}")
}

/// A chapter's name, or which part of the content it is.
pub(crate) fn segment(segment: &SegmentCredit, at: usize, of: usize) -> String {
    match &segment.chapter {
        Some(chapter) => {
            let start = format::clock(Some(chapter.start.as_millis() as f64));
            format!("{start} {}", format::printable(&chapter.name))
        }
        None => format!("{} to {} %", 100 * at / of, 100 * (at + 1) / of),
    }
}
