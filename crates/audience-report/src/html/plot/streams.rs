//! How streams felt: start-up times, and how stalls, failures and renditions went over time.

use std::fmt::Write;

use audience_core::Ratio;
use audience_qoe::{Rung, StartUpBin, StartUpHistogram};

use super::attendance::in_words;
use super::{Figure, bars, below, chart, levels, path, scale, shapes, steps};
use crate::format;
use crate::html::markup::Markup;
use crate::html::page::Context;
use crate::html::table::{Cell, Column, Table};
use crate::report::StreamsOverTime;

/// Classes of stacked areas, from the lowest rung to the highest.
const SHADES: [&str; 8] = ["h1", "h2", "h3", "h4", "h5", "h6", "h7", "h8"];

pub(in crate::html) fn write_startup(out: &mut Markup, startup: &StartUpHistogram) {
    let whole: u64 = startup.bins.iter().map(|bin| bin.sessions).sum::<u64>() + startup.never_started;
    if whole == 0 {
        return;
    }
    let share = |sessions: u64| sessions as f64 / whole as f64;
    let row = |name: String, sessions: u64| {
        vec![
            Cell::Text(name),
            Cell::Number(format::count(sessions), Some(sessions as f64)),
            Cell::Number(format::share(Some(share(sessions))), Some(share(sessions))),
        ]
        .into()
    };
    let mut rows: Vec<_> = startup.bins.iter().map(|bin| row(between(bin), bin.sessions)).collect();
    rows.push(row("never started".to_owned(), startup.never_started));
    let counts: Vec<u64> = startup.bins.iter().map(|bin| bin.sessions).chain([0]).collect();
    let never: Vec<u64> = startup.bins.iter().map(|_| 0).chain([startup.never_started]).collect();
    let unknown = match startup.unknown {
        0 => String::new(),
        unknown => format!("; of {} that started it is not known", format::things(unknown, "session", "sessions")),
    };
    let figure = Figure {
        name: "Start-up times",
        note: &format!("seconds to the first frame, beside the sessions that never saw one{unknown}"),
        kind: "cell",
        table: Table {
            caption: "Start-up times".to_owned(),
            file: "startup".into(),
            columns: vec![
                Column::text("Start-up").raw("from_ms"),
                Column::number("Sessions", "Sessions whose start-up took so long").raw("sessions"),
                Column::number("Share", "Of sessions whose start-up is known and those that never started")
                    .raw("share"),
            ],
            rows,
            sortable: false,
        },
    };
    figure.write(out, |out| {
        let description =
            format!("{} of the sessions never started.", format::share(Some(share(startup.never_started))));
        chart(out, "chart", "Start-up times", &description, |out| {
            let (top, marks) = scale::of_counts(counts.iter().chain(&never).copied().max().unwrap_or(0));
            levels(out, &marks);
            shapes(out, |out| {
                path(out, "bars", &bars(&counts, top));
                path(out, "bars bad", &bars(&never, top));
            });
            below(out, &edges(&startup.bins));
        });
    });
}

/// `0.25 to 0.5 s`.
fn between(bin: &StartUpBin) -> String {
    let from = bin.from_ms as f64 / 1000.0;
    match bin.to_ms {
        Some(to) => format!("{from} to {} s", to as f64 / 1000.0),
        None => format!("{from} s and more"),
    }
}

/// Where each bin begins, and those that never started.
fn edges(bins: &[StartUpBin]) -> Vec<scale::Tick> {
    let count = bins.len() as f64 + 1.0;
    let edge = |(at, bin): (usize, &StartUpBin)| scale::Tick {
        at: at as f64 / count,
        label: format!("{}", bin.from_ms as f64 / 1000.0),
    };
    let mut ticks: Vec<_> = bins.iter().enumerate().map(edge).collect();
    ticks.push(scale::Tick { at: 1.0, label: "never".to_owned() });
    ticks
}

pub(in crate::html) fn write_course(out: &mut Markup, context: &Context<'_>) {
    let (report, course) = (context.report, &context.report.streams.over_time);
    let audience = &report.audience;
    if audience.starts.is_empty() {
        return;
    }
    let bucket = audience.bucket.as_deref().map_or("bucket", in_words);
    let lost: Vec<Option<f64>> = (0..audience.starts.len())
        .map(|at| {
            let lost = course.never_started[at];
            Ratio::of(lost, course.attempts[at]).map(Ratio::as_f64)
        })
        .collect();
    let rows = (0..audience.starts.len()).map(|at| {
        let ratio = course.rebuffer_ratio[at];
        let bitrate = course.average_bitrate_bps[at];
        vec![
            Cell::Text(format::local(audience.starts[at], &context.zone)),
            Cell::Number(format::fine_ratio(ratio), ratio.map(Ratio::as_f64)),
            Cell::Number(format::share(lost[at]), lost[at]),
            Cell::Number(format::count(course.failures[at]), Some(course.failures[at] as f64)),
            Cell::Number(format::bitrate(bitrate), bitrate),
            Cell::Number(format::count(course.attempts[at]), Some(course.attempts[at] as f64)),
        ]
        .into()
    });
    let figure = Figure {
        name: "Stalls, failed starts and bit rate over time",
        note: &format!("each {bucket}, by when sessions began, {}", report.asked.time_zone),
        kind: "cell",
        table: Table {
            caption: format!("Streams over time, each {bucket}"),
            file: "streams".into(),
            columns: vec![
                Column::text("From").raw("start"),
                Column::number("Rebuffer", "Time stalled, as a share of time stalled and playing")
                    .raw("rebuffer_ratio"),
                Column::number("Never started", "As a share of the attempts").raw("never_started_rate"),
                Column::number("Failures", "Fatal errors before or after the first frame").raw("failures"),
                Column::number("Bit rate", "Average declared bit rate of what was played").raw("average_bitrate_bps"),
                Column::number("Attempts", "Sessions that started, or are over").raw("attempts"),
            ],
            rows: rows.collect(),
            sortable: false,
        },
    };
    let times = scale::of_times(&audience.starts, &context.zone);
    let stalled: Vec<Option<f64>> = course.rebuffer_ratio.iter().map(|ratio| ratio.map(Ratio::as_f64)).collect();
    let megabits: Vec<Option<f64>> = course.average_bitrate_bps.iter().map(|bps| bps.map(|bps| bps / 1e6)).collect();
    let known = megabits.iter().any(Option::is_some);
    figure.write(out, |out| {
        out.leaf("p", &[("class", &"series")], "Rebuffer ratio");
        let description = most(&stalled, bucket);
        chart(out, "chart", "Rebuffer ratio over time", &description, |out| {
            write_levels(out, &in_percent(&stalled), " %");
        });
        out.leaf("p", &[("class", &"series")], "Sessions that never started");
        let description = most(&lost, bucket);
        chart(out, "chart low", "Sessions that never started, over time", &description, |out| {
            write_levels(out, &in_percent(&lost), " %");
            if !known {
                below(out, &times);
            }
        });
        if known {
            out.leaf("p", &[("class", &"series")], "Average bit rate, in Mbit/s");
            let description = "Declared bits of the content played, over how much content that was.";
            chart(out, "chart low", "Average bit rate over time", description, |out| {
                write_levels(out, &megabits, "");
                below(out, &times);
            });
        }
    });
}

fn in_percent(shares: &[Option<f64>]) -> Vec<Option<f64>> {
    shares.iter().map(|share| share.map(|share| share * 100.0)).collect()
}

fn most(shares: &[Option<f64>], bucket: &str) -> String {
    let most = shares.iter().flatten().copied().fold(0.0, f64::max);
    format!("The {bucket} with most has {:.2} %.", most * 100.0)
}

/// A level for each bucket that has one, from 0.
fn write_levels(out: &mut Markup, values: &[Option<f64>], unit: &str) {
    let (top, marks) = scale::of_values(values.iter().flatten().copied().fold(0.0, f64::max));
    let marks: Vec<_> = marks.into_iter().map(|(at, label)| (at, format!("{label}{unit}"))).collect();
    levels(out, &marks);
    shapes(out, |out| {
        let mut at = 0;
        // A gap is where there is nothing to have a share of.
        for run in values.chunk_by(|a, b| a.is_some() == b.is_some()) {
            let level: Vec<f64> = run.iter().flatten().copied().collect();
            if !level.is_empty() {
                let line = steps_from(&level, top, at, values.len());
                let end = 1000.0 * at as f64 / values.len() as f64;
                path(out, "fill", &format_args!("{line}V1000H{end:.1}Z"));
                path(out, "curve", &line);
            }
            at += run.len();
        }
    });
}

/// As [`steps`], of values that begin in the middle.
fn steps_from(values: &[f64], top: f64, first: usize, count: usize) -> String {
    let x = |at: usize| 1000.0 * at as f64 / count as f64;
    let mut d = format!("M{:.1} ", x(first));
    for (at, value) in values.iter().enumerate() {
        let y = 1000.0 * (1.0 - value / top);
        let _ = write!(d, "{}{y:.0}H{:.1}", if at == 0 { "" } else { "V" }, x(first + at + 1));
    }
    d
}

/// What is stacked: rungs with at least a two-hundredth of the content, from the lowest to the highest, and what is left
/// below them.
fn stack(course: &StreamsOverTime) -> Vec<(&'static str, Vec<u64>)> {
    let whole: u128 = course.rungs.iter().map(|rung| sum(&rung.played_ms)).sum();
    let (large, small): (Vec<_>, Vec<_>) =
        course.rungs.iter().partition(|rung| rung.rung != Rung::Unknown && sum(&rung.played_ms) * 200 >= whole);
    let buckets = course.attempts.len();
    let others: Vec<u64> = (0..buckets).map(|at| small.iter().map(|rung| rung.played_ms[at]).sum()).collect();
    let others = (sum(&others) > 0).then_some(("others", others));
    others.into_iter().chain(large.into_iter().map(|rung| (rung.rung.name(), rung.played_ms.clone()))).collect()
}

fn sum(parts: &[u64]) -> u128 {
    parts.iter().map(|part| u128::from(*part)).sum()
}

pub(in crate::html) fn write_rungs(out: &mut Markup, context: &Context<'_>) {
    let audience = &context.report.audience;
    let stack = stack(&context.report.streams.over_time);
    if stack.is_empty() || audience.starts.is_empty() {
        return;
    }
    let bucket = audience.bucket.as_deref().map_or("bucket", in_words);
    let whole: Vec<u64> =
        (0..audience.starts.len()).map(|at| stack.iter().map(|(_, played)| played[at]).sum()).collect();
    let share = |rung: usize, at: usize| stack[rung].1[at] as f64 / whole[at].max(1) as f64;
    let mut columns = vec![Column::text("From").raw("start")];
    columns.extend(stack.iter().map(|(name, _)| Column::number(*name, "Share of the content played")));
    let row = |at: usize| {
        let mut cells = vec![Cell::Text(format::local(audience.starts[at], &context.zone))];
        cells.extend((0..stack.len()).map(|rung| {
            let share = (whole[at] > 0).then(|| share(rung, at));
            Cell::Number(format::share(share), share)
        }));
        cells.into()
    };
    let figure = Figure {
        name: "Renditions over time",
        note: &format!("share of the content that was played in each, each {bucket}; darker is higher"),
        kind: "cell",
        table: Table {
            caption: format!("Renditions over time, each {bucket}"),
            file: "renditions-over-time".into(),
            columns,
            rows: (0..audience.starts.len()).map(row).collect(),
            sortable: false,
        },
    };
    let shade = |rung: usize| SHADES[((rung + 1) * SHADES.len()).div_ceil(stack.len()).clamp(1, SHADES.len()) - 1];
    figure.write(out, |out| {
        out.element("p", &[("class", &"key")], |out| {
            for (number, (name, _)) in stack.iter().enumerate() {
                out.element("span", &[("class", &"entry")], |out| {
                    out.element("svg", &[("class", &"patch"), ("aria-hidden", &"true")], |out| {
                        out.empty("rect", &[("class", &shade(number)), ("width", &"100%"), ("height", &"100%")]);
                    });
                    out.text(name);
                });
            }
        });
        let description = "From the lowest at the bottom to the highest at the top.";
        chart(out, "chart", "Renditions over time", description, |out| {
            let marks = [0.0, 0.5, 1.0].map(|share| (share, format!("{:.0} %", share * 100.0)));
            levels(out, &marks);
            shapes(out, |out| {
                // From the top, so that each covers what is below it.
                for rung in (0..stack.len()).rev() {
                    let level = |at: usize| (0..=rung).map(|rung| share(rung, at)).sum::<f64>();
                    let levels: Vec<f64> = (0..whole.len()).map(level).collect();
                    path(out, shade(rung), &format_args!("{}V1000H0Z", steps(&levels, 1.0)));
                }
            });
            below(out, &scale::of_times(&audience.starts, &context.zone));
        });
    });
}
