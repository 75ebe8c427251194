//! What criterion measured, as tables.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use anyhow::{Context, bail};
use serde::Deserialize;

#[derive(Deserialize)]
struct Benchmark {
    group_id: String,
    function_id: Option<String>,
    value_str: Option<String>,
    throughput: Option<Throughput>,
}

#[derive(Clone, Copy, Deserialize)]
enum Throughput {
    Elements(u64),
    Bytes(u64),
}

#[derive(Deserialize)]
struct Estimates {
    median: Estimate,
}

#[derive(Deserialize)]
struct Estimate {
    point_estimate: f64,
}

/// One benchmark: who, on what, and how many nanoseconds it takes.
struct Row {
    function: String,
    value: String,
    nanos: f64,
    throughput: Option<Throughput>,
}

/// The group whose rows are compared with the first format there is.
const ADAPTERS: &str = "adapters";
const CANONICAL: &str = "canonical NDJSON";

/// What each group measures.
const GROUPS: &[(&str, &str)] = &[
    (
        "all answers",
        "All that `oximedia-analytics` 0.2.1 answers about sessions (session analysis, heatmaps of 1 s and 5 s, retention of 100 \
         points, re-watching, engagement), asked of both for the same sessions in memory, on one thread; per session. Ours is one \
         pass: facts, and four accumulators. Our heatmaps have at most 20,000 buckets, so that the one of 1 s is one of 2 s at \
         10 h and of 32 s at 100 h.",
    ),
    (
        "coverage",
        "From the stretches a session watched to the share of the content: ours by a map of runs, exact to the millisecond and with \
         replays, theirs by a map of seconds; given the same stretches, or as it makes its map from its events. One thread; per \
         session.",
    ),
    (
        "heatmap",
        "A heatmap of 5 s buckets over all sessions: ours from facts, exact milliseconds with replays; theirs from events, which is \
         the only way it has; one thread; per session.",
    ),
    (
        "retention",
        "Reach, plays and survival of 100 points with the design effects of their bands: ours from facts, each of three times as many \
         figures as theirs; theirs reach alone, from events, which is the only way it has. One thread; per session.",
    ),
    (
        "merge",
        "100,000 sessions of 1,000 titles in partial states of their retention curves, put together on one thread; per state.",
    ),
    (
        "assignment",
        "Which arm each of 10,000 units is in, by the text of its id: ours by a hash of the experiment and the id, with arms of any share, \
         theirs of equal arms. One thread; per unit.",
    ),
    (
        "experiment",
        "The analysis of an experiment from the sums of 10⁹ units, two such sums put together, and the way to sums from 10,000 units, per \
         unit; one thread.",
    ),
    (
        "bandit",
        "1,000 pulls by Thompson's sampling: an arm is chosen, and what comes of it is learnt. One thread; per pull.",
    ),
    (
        "better rate",
        "The probability that one of two rates is the better, of 10,000 trials each: ours computed, theirs from 10,000 draws; and which of ten \
         means is the best. One thread.",
    ),
    (
        "engagement score",
        "The score of a title: ours from facts, theirs from events, which is the only way it has; and ours with an interval by 200 \
         resamples of viewers, which theirs has not. One thread; per session.",
    ),
    (
        "attribution to ten segments",
        "Watch time by segment: ours from facts, to the millisecond, with plays, positions and conversions; theirs from events, by \
         seconds. One thread; per session.",
    ),
    (
        "cohort matrix, 30 days",
        "1,000,000 visits of 100,000 viewers, text in memory, by day: ours in two time zones, theirs in the only one it has. One \
         thread; per visit.",
    ),
    (
        "breakdown by region, device, both",
        "300,000 sessions of 100,000 viewers by two attributes, by each of them, and all together, viewers counted exactly where nothing \
         else is said: ours from the same records as theirs, and from session facts, with more figures. One thread; per session.",
    ),
    (
        "event funnel",
        "1,000,000 events of 100,000 users, text in memory, through three steps in a day each: ours the best chain of each user, with \
         times to convert; theirs the first events that fit, which is another answer. One thread; per event.",
    ),
    (
        "position funnel",
        "Five milestones of a title: ours from facts, by four readings; theirs from events, which is the only way it has, by one. One \
         thread; per session.",
    ),
    (
        "live window",
        "Viewers who come and go, bit rates and stalls of one key in a sliding window of buckets of 1 s that is full, by in-order events or with \
         one in twenty late by up to the window: ours knows what each viewer does, so that who joins twice is one, and has steps of which \
         all can be taken back; theirs counts joins and leaves, and its time includes freeing the texts of ids, which it takes by value. \
         One thread; per event.",
    ),
    (
        "live audience",
        "The same from 200,000 events of 10,000 sessions and 100 titles: put in order, understood by the state machine, told apart by title; \
         one thread; per event.",
    ),
    (
        "quantile insert",
        "100,000 exponential numbers into a sketch of quantiles, beside a t-digest; one thread; per number.",
    ),
    ("quantile merge", "1,000 sketches of 100 numbers put together on one thread; per sketch."),
    ("quantile query", "One quantile of a sketch of 100,000 numbers."),
    (
        "frequent items",
        "100,000 ids, of which a few are frequent, through the counters of the 100 most frequent; per id.",
    ),
    ("one more session", "What one more session adds to our states, by the length of the content; per session."),
    ("core", "Sessions of 10 minutes, one thread; per session. The last three take facts that are made already."),
    (
        "emit",
        "What emitting an event costs the thread that emits, while the endpoint hangs and each event makes another give way; per event.",
    ),
    (
        "deliver",
        "Emitting 20,000 events and delivering them to a server on the same machine, one request at a time, from memory or written to \
         the spool first; per event.",
    ),
    ("ingest", "Reading lines and grouping them by session, by the number of threads."),
    (
        ADAPTERS,
        "Reading files and grouping their events by session, on one thread, as a ratio to canonical NDJSON in the same run. Each \
         file is made up, some 20,000 events in sessions of fifty one after the other (canonical NDJSON: sessions of 24 events, of \
         all kinds), in the size and with the fields of what is real: reports as hls.js posts them; logs with requests for \
         segments, whose CMCD of 13 keys is in the query, for Apache in headers, for CloudFront real-time of version 1 in the query \
         and once more in fields; telemetry of other systems that tells the position every now and then, in Snowplow's table with 60 \
         columns of no use. Where lines are short, each event costs the same and the ratio is lower.",
    ),
];

/// Writes a table for each group.
pub(super) fn write(page: &mut String, folder: &Path) -> anyhow::Result<()> {
    let mut groups = BTreeMap::<String, Vec<Row>>::new();
    collect(folder, &mut groups)?;
    if let Some(group) = groups.keys().find(|group| GROUPS.iter().all(|(known, _)| known != group)) {
        bail!("nothing says what the benchmarks of {group:?} measure: write it into GROUPS");
    }
    for (group, about) in GROUPS {
        let Some(rows) = groups.get_mut(*group) else { continue };
        if *group == ADAPTERS {
            writeln!(page, "## Adapters: MB/s as a ratio to canonical NDJSON (same run, one thread)\n\n{about}\n")?;
            adapters(page, rows)?;
            continue;
        }
        rows.sort_by(|a, b| {
            (length(&a.value), &a.function)
                .partial_cmp(&(length(&b.value), &b.function))
                .unwrap_or(std::cmp::Ordering::Equal)
        });
        let mut title = (*group).to_owned();
        title[..1].make_ascii_uppercase();
        writeln!(page, "## {title}\n\n{about}\n")?;
        table(page, rows)?;
    }
    Ok(())
}

fn table(page: &mut String, rows: &[Row]) -> anyhow::Result<()> {
    let ours = |row: &Row| row.function == "audience";
    let compared = rows.iter().any(ours) && !rows.iter().all(ours);
    writeln!(page, "| | | time | rate |{}", if compared { " as a multiple of ours |" } else { "" })?;
    writeln!(page, "|---|---|---|---|{}", if compared { "---|" } else { "" })?;
    for row in rows {
        write!(page, "| {} | {} | {} | {} |", row.function, row.value, per_item(row), rate(row))?;
        if compared {
            let ours = rows.iter().find(|other| other.value == row.value && ours(other));
            write!(page, " {} |", ours.map_or(String::new(), |ours| format!("{:.1}", row.nanos / ours.nanos)))?;
        }
        page.push('\n');
    }
    page.push('\n');
    Ok(())
}

/// Formats in order of their ratio.
fn adapters(page: &mut String, rows: &mut [Row]) -> anyhow::Result<()> {
    let canonical = rows.iter().find(|row| row.function == CANONICAL).map(bytes_per_nano);
    let canonical = canonical.context("no benchmark of canonical NDJSON")?;
    rows.sort_by(|a, b| bytes_per_nano(b).total_cmp(&bytes_per_nano(a)));
    writeln!(page, "| | bytes an event | rate | ratio |\n|---|---|---|---|")?;
    for row in rows {
        writeln!(
            page,
            "| {} | {} | {} | **{:.2}** |",
            row.function,
            row.value,
            rate(row),
            bytes_per_nano(row) / canonical
        )?;
    }
    page.push('\n');
    Ok(())
}

fn bytes_per_nano(row: &Row) -> f64 {
    match row.throughput {
        Some(Throughput::Bytes(bytes)) => bytes as f64 / row.nanos,
        _ => 0.0,
    }
}

fn per_item(row: &Row) -> String {
    match row.throughput {
        Some(Throughput::Elements(items)) => duration(row.nanos / items as f64),
        _ => duration(row.nanos),
    }
}

fn rate(row: &Row) -> String {
    match row.throughput {
        Some(Throughput::Bytes(bytes)) => format!("{:.0} MB/s", bytes as f64 * 1000.0 / row.nanos),
        Some(Throughput::Elements(items)) => format!("{:.0} k/s", items as f64 * 1e6 / row.nanos),
        None => String::new(),
    }
}

fn duration(nanos: f64) -> String {
    match nanos {
        nanos if nanos < 1e3 => format!("{nanos:.0} ns"),
        nanos if nanos < 1e6 => format!("{:.1} µs", nanos / 1e3),
        nanos => format!("{:.1} ms", nanos / 1e6),
    }
}

/// A length such as `10 min` in minutes, so that tables are in order of it; numbers as they are.
fn length(value: &str) -> f64 {
    let (number, unit) = value.split_once(' ').unwrap_or((value, ""));
    number.parse::<f64>().unwrap_or(0.0) * if unit == "h" { 60.0 } else { 1.0 }
}

fn collect(folder: &Path, groups: &mut BTreeMap<String, Vec<Row>>) -> anyhow::Result<()> {
    for entry in std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        if path.file_name().is_some_and(|name| name == "new") {
            let benchmark: Benchmark = read(&path.join("benchmark.json"))?;
            let estimates: Estimates = read(&path.join("estimates.json"))?;
            groups.entry(benchmark.group_id).or_default().push(Row {
                function: benchmark.function_id.unwrap_or_default(),
                value: benchmark.value_str.unwrap_or_default(),
                nanos: estimates.median.point_estimate,
                throughput: benchmark.throughput,
            });
        } else if path.is_dir() {
            collect(&path, groups)?;
        }
    }
    Ok(())
}

fn read<T: for<'de> Deserialize<'de>>(path: &Path) -> anyhow::Result<T> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("cannot read {}", path.display()))
}
