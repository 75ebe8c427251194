//! Where sessions leave, from where to where they seek, and what they watch again.

use audience_core::{AttentionHeatmap, HeatmapSummary, MediaTime, SessionFacts};
use audience_ingest::Sessions;
use audience_retention::{Grid, RetentionCurves, RetentionSummary, SeekCounts, SeekMatrix, SeekSource};
use audience_stats::{Accumulator, Keyed};
use serde_json::{Map, Value, json};

use super::{digest, observed};

/// Bins of the content in which sessions leave.
const BINS: u32 = 20;
/// Parts of the content from and to which they seek.
const PARTS: u32 = 10;
/// Width of the buckets that are watched again.
const BUCKET: MediaTime = MediaTime::from_secs(5);
/// Buckets that are named for each title.
const TOP: usize = 10;

/// Everything of all sessions, and of each title in the order of the ids.
type Seen<S> = (S, Vec<(audience_core::ContentId, S)>);

fn by_title<A>(sessions: &Sessions, empty: &A) -> anyhow::Result<Seen<A::Summary>>
where
    A: Accumulator<Item = SessionFacts> + Clone + Send + Sync,
{
    let by_content = |facts: &SessionFacts| facts.identity.content_id.clone();
    observed(sessions, &(empty.clone(), Keyed::new(by_content, empty.clone())))
}

/// What is said of those titles that are expected, in an object by title.
fn shown<S>(titles: &[(audience_core::ContentId, S)], expected: &Value, of: impl Fn(&S) -> Value) -> Value {
    let wanted = expected["by_content"].as_object();
    let titles = titles.iter().filter(|(id, _)| wanted.is_some_and(|wanted| wanted.contains_key(id.as_str())));
    Value::Object(titles.map(|(id, seen)| (id.to_string(), of(seen))).collect::<Map<_, _>>())
}

/// In which bin of the content the last watched position of each session is.
pub(super) fn drop_offs(sessions: &Sessions, expected: &Value) -> anyhow::Result<Value> {
    let (all, titles) = by_title(sessions, &RetentionCurves::new(Grid::shares(BINS)?))?;
    let bins = |seen: &RetentionSummary| -> Vec<u64> { seen.intervals.iter().map(|interval| interval.exits).collect() };
    let figures = |seen: &RetentionSummary| json!({"bins": bins(seen), "never_watched": seen.never_watched});
    let mut rows = Vec::new();
    for (content, seen) in &titles {
        let never = (-1_i64, seen.never_watched);
        for (bin, sessions) in std::iter::once(never).chain((0..).zip(bins(seen))).filter(|(_, sessions)| *sessions > 0)
        {
            rows.push(vec![json!(content.as_str()), json!(bin), json!(sessions)]);
        }
    }
    Ok(json!({
        "csv_sha256": digest::of_rows(&rows),
        "by_content": shown(&titles, expected, figures),
        "total": figures(&all),
    }))
}

/// From which tenth of the content to which sessions seek.
pub(super) fn skips(sessions: &Sessions, expected: &Value) -> anyhow::Result<Value> {
    let (all, titles) = by_title(sessions, &SeekMatrix::new(PARTS, SeekSource::Reported)?)?;
    let mut rows = Vec::new();
    for (content, seen) in &titles {
        for (from, row) in seen.rows.iter().enumerate() {
            for (to, count) in row.iter().enumerate().filter(|(_, count)| **count > 0) {
                rows.push(vec![json!(content.as_str()), json!(from), json!(to), json!(count)]);
            }
        }
    }
    let matrix = |seen: &SeekCounts| json!(seen.rows);
    Ok(json!({
        "csv_sha256": digest::of_rows(&rows),
        "by_content": shown(&titles, expected, matrix),
        "total": matrix(&all),
    }))
}

/// How much of each bucket of content is watched again.
pub(super) fn rewatch(sessions: &Sessions, expected: &Value) -> anyhow::Result<Value> {
    let (_, titles) = by_title(sessions, &AttentionHeatmap::new(BUCKET)?)?;
    let again = |seen: &HeatmapSummary| -> Vec<(usize, u64)> {
        let buckets = seen.buckets.iter().map(|bucket| bucket.replayed_ms).enumerate();
        buckets.filter(|(_, millis)| *millis > 0).collect()
    };
    let total = |seen: &HeatmapSummary| again(seen).iter().map(|(_, millis)| millis).sum::<u64>();
    let figures = |seen: &HeatmapSummary| {
        let mut top = again(seen);
        top.sort_by_key(|(bucket, millis)| (std::cmp::Reverse(*millis), *bucket));
        top.truncate(TOP);
        json!({"top": top, "total_ms": total(seen)})
    };
    let mut rows = Vec::new();
    let mut weighted = 0;
    for (content, seen) in &titles {
        for (bucket, millis) in again(seen) {
            weighted += bucket as u64 * millis;
            rows.push(vec![json!(content.as_str()), json!(bucket), json!(millis)]);
        }
    }
    Ok(json!({
        "bucket_ms": BUCKET.as_millis(),
        "cells": rows.len(),
        "csv_sha256": digest::of_rows(&rows),
        "by_content": shown(&titles, expected, figures),
        "total_ms": titles.iter().map(|(_, seen)| total(seen)).sum::<u64>(),
        "weighted": weighted,
    }))
}
