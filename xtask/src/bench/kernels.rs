//! What criterion measured, as tables.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use anyhow::Context;
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
    ("one more session", "What one more session adds to our states, by the length of the content; per session."),
    ("core", "Sessions of 10 minutes, one thread; per session. The last three take facts that are made already."),
    ("ingest", "Reading lines and grouping them by session, by the number of threads."),
    ("logs", "Reading logs of HTTP requests that carry CMCD, beside canonical NDJSON; one thread."),
];

/// Writes a table for each group.
pub(super) fn write(page: &mut String, folder: &Path) -> anyhow::Result<()> {
    let mut groups = BTreeMap::<String, Vec<Row>>::new();
    collect(folder, &mut groups)?;
    for (group, about) in GROUPS {
        let Some(rows) = groups.get_mut(*group) else { continue };
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
