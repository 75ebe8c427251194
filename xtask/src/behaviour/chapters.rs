//! How the quarters of each title hold their viewers.

use std::sync::Arc;

use audience_core::{MediaTime, SessionFacts};
use audience_ingest::Sessions;
use audience_retention::{ChapterCounts, ChapterCurves, ChapterIndex, Chapters, RetentionCurves};
use audience_stats::Keyed;
use serde_json::{Value, json};

use super::{digest, observed};

/// The columns of the table, in the order of its digest.
const COLUMNS: [&str; 6] = ["content_id", "chapter", "length_ms", "entered", "completed", "unique_ms"];
const QUARTERS: usize = 4;

/// The table of all quarters of all titles as a digest, the rows that are expected one by one, and all titles together.
pub(super) fn figures(sessions: &Sessions, expected: &Value) -> anyhow::Result<Value> {
    let by_content = |facts: &SessionFacts| facts.identity.content_id.clone();
    let titles = observed(sessions, &Keyed::new(by_content, RetentionCurves::default()))?;
    let quarters = |duration: MediaTime| Chapters::equal_parts(QUARTERS, duration);
    let index: ChapterIndex = titles
        .into_iter()
        .map(|(content, curves)| Ok((content, quarters(curves.longest)?)))
        .collect::<Result<_, audience_retention::Error>>()?;
    let titles = observed(sessions, &ChapterCurves::new(Arc::new(index)))?;

    let chapters =
        || titles.iter().flat_map(|(content, title)| title.chapters.iter().zip(0..).map(move |at| (content, at)));
    let row = |(content, (counts, number)): (&audience_core::ContentId, (&ChapterCounts, usize))| {
        let length = counts.chapter.length().as_millis();
        let unique = counts.unique_ms as u64;
        vec![
            json!(content.as_str()),
            json!(number),
            json!(length),
            json!(counts.entered),
            json!(counts.completed),
            json!(unique),
        ]
    };
    let rows: Vec<Vec<Value>> = chapters().map(row).collect();
    let shown = expected["by_content"].as_array().into_iter().flatten();
    let shown: Vec<_> =
        shown.map(|theirs| rows.iter().find(|ours| ours[..2] == [theirs[0].clone(), theirs[1].clone()])).collect();
    let total = |quarter: usize| {
        let all = || titles.iter().filter_map(|(_, title)| title.chapters.get(quarter));
        let sum = |of: fn(&ChapterCounts) -> u128| all().map(of).sum::<u128>() as u64;
        let (unique, entered_ms) = (sum(|counts| counts.unique_ms), sum(|counts| counts.entered_ms));
        json!({
            "chapter": quarter,
            "entered": sum(|counts| counts.entered.into()),
            "completed": sum(|counts| counts.completed.into()),
            "unique_ms": unique,
            "entered_length_ms": entered_ms,
            "average_completion": unique as f64 / entered_ms as f64,
        })
    };
    Ok(json!({
        "columns": COLUMNS,
        "csv_sha256": digest::of_rows(&rows),
        "by_content": shown,
        "total": (0..QUARTERS).map(total).collect::<Vec<_>>(),
    }))
}
