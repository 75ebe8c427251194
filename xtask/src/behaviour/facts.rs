//! Sums of session facts by title.

use audience_core::{ExitReason, MediaTime, SessionFacts};
use audience_ingest::Sessions;
use audience_qoe::{Experience, ExperienceSummary};
use audience_report::{Totals, TotalsSummary};
use audience_stats::{Accumulator, Keyed, Merge};
use serde_json::{Map, Value, json};

use super::{digest, names, observed};

/// The columns of the table, in the order of its digest. The first two are of the title, the others of its sessions.
const COLUMNS: [&str; 19] = [
    "content_id",
    "duration_ms",
    "sessions",
    "viewers",
    "started",
    "watch_ms",
    "unique_ms",
    "rewatch_ms",
    "play_wall_ms",
    "rebuffer_ms",
    "rebuffer_n",
    "startup_ms_sum",
    "seeks",
    "seeks_forward",
    "seeks_back",
    "pauses",
    "quality_changes",
    "completed",
    "furthest_ms_max",
];

/// The table of all titles as a digest, the rows of those that are expected one by one, and all sessions together.
pub(super) fn figures(sessions: &Sessions, expected: &Value) -> anyhow::Result<Value> {
    let by_content = |facts: &SessionFacts| facts.identity.content_id.clone();
    let group = <(Totals, Experience, Counts)>::default();
    let (all, by_content) = observed(sessions, &(group.clone(), Keyed::new(by_content, group)))?;

    let rows: Vec<Vec<Value>> = by_content.iter().map(|(content, group)| row(content.as_str(), group)).collect();
    let shown = expected["by_content"].as_array().into_iter().flatten();
    let shown: Vec<_> = shown.map(|theirs| rows.iter().find(|ours| ours[0] == theirs[0])).collect();

    let mut total = by_name(&all);
    total.retain(|name, _| COLUMNS[2..].contains(&name.as_str()));
    let (totals, _, counts) = &all;
    total.insert("events".to_owned(), totals.events.into());
    total.insert("lines".to_owned(), sessions.quality().lines.into());
    total.insert("ends".to_owned(), counts.ends.into());
    let durations = by_content.iter().map(|(_, (_, _, counts))| counts.duration_ms).fold(0, u64::saturating_add);
    total.insert("duration_ms_sum".to_owned(), durations.into());

    Ok(json!({
        "columns": COLUMNS,
        "contents": rows.len(),
        "csv_sha256": digest::of_rows(&rows),
        "by_content": shown,
        "total": total,
    }))
}

type Group = (TotalsSummary, ExperienceSummary, Counts);

fn row(content: &str, group: &Group) -> Vec<Value> {
    let mut cells = by_name(group);
    cells.insert("content_id".to_owned(), content.into());
    COLUMNS.iter().map(|column| cells.remove(*column).unwrap_or_default()).collect()
}

fn by_name((totals, experience, counts): &Group) -> Map<String, Value> {
    let more = [
        ("duration_ms", counts.duration_ms),
        ("rewatch_ms", totals.rewatched_ms),
        ("startup_ms_sum", counts.startup_ms),
        ("seeks", totals.seeks),
        ("seeks_forward", counts.seeks_forward),
        ("seeks_back", counts.seeks_back),
        ("pauses", counts.pauses),
        ("quality_changes", counts.quality_changes),
        ("furthest_ms_max", counts.furthest_ms),
    ];
    let mut figures = names::shared(totals, experience);
    figures.extend(more.into_iter().map(|(name, figure)| (name.to_owned(), figure.into())));
    figures
}

/// Sums and maxima of facts that no published summary has.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    startup_ms: u64,
    seeks_forward: u64,
    seeks_back: u64,
    pauses: u64,
    quality_changes: u64,
    ends: u64,
    duration_ms: u64,
    furthest_ms: u64,
}

impl Merge for Counts {
    fn merge(&mut self, other: Self) {
        self.startup_ms.merge(other.startup_ms);
        self.seeks_forward.merge(other.seeks_forward);
        self.seeks_back.merge(other.seeks_back);
        self.pauses.merge(other.pauses);
        self.quality_changes.merge(other.quality_changes);
        self.ends.merge(other.ends);
        self.duration_ms = self.duration_ms.max(other.duration_ms);
        self.furthest_ms = self.furthest_ms.max(other.furthest_ms);
    }
}

impl Accumulator for Counts {
    type Item = SessionFacts;
    type Summary = Self;

    fn observe(&mut self, facts: &SessionFacts) {
        self.merge(Self {
            startup_ms: facts.startup.map_or(0, |startup| startup.time.as_millis()),
            seeks_forward: facts.seeks.forward,
            seeks_back: facts.seeks.back,
            pauses: facts.pauses,
            quality_changes: facts.quality.changes,
            // Files that are compared have one `end` at most in a session, and no failures.
            ends: u64::from(matches!(facts.exit.reason, ExitReason::Ended | ExitReason::Stopped)),
            duration_ms: facts.duration.map_or(0, MediaTime::as_millis),
            furthest_ms: facts.furthest.map_or(0, MediaTime::as_millis),
        });
    }

    fn summary(&self) -> Self {
        *self
    }
}
