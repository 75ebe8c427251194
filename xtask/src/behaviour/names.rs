//! What our figures of a group of sessions are called elsewhere.

use audience_qoe::ExperienceSummary;
use audience_report::TotalsSummary;
use serde_json::{Map, Value, json};

/// The figures that more than one family has, by their names there. `completed` there is `reached_end` here, and what is
/// called re-buffering are all waits, those after seeks included.
pub(super) fn shared(totals: &TotalsSummary, experience: &ExperienceSummary) -> Map<String, Value> {
    let figures = [
        ("sessions", totals.sessions),
        ("viewers", totals.viewers),
        ("started", totals.started),
        ("watch_ms", totals.watched_ms),
        ("unique_ms", totals.unique_ms),
        ("completed", totals.reached_end),
        ("play_wall_ms", experience.playing_ms),
        ("rebuffer_ms", experience.stalled_ms.saturating_add(experience.seek_waiting_ms)),
        ("rebuffer_n", experience.stalls.saturating_add(experience.seek_waits)),
    ];
    figures.into_iter().map(|(name, figure)| (name.to_owned(), json!(figure))).collect()
}
