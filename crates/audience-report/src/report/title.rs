//! One title of a report.

use std::collections::{BTreeMap, HashMap};

use audience_core::ContentId;
use audience_ingest::{Catalog, Chapter};
use audience_retention::{CatalogueSummary, TitleChapters};
use serde::Serialize;

use super::name_of;
use crate::retention::{Around, Grouped, GroupsCompared, Retention, independent};
use crate::state::{TitleSummary, TotalsSummary};
use audience_qoe::ExperienceSummary;

/// One title.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TitleReport {
    /// Its id.
    pub content_id: String,
    /// Its name, where a catalogue has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The longest duration that sessions have of it.
    pub duration_ms: Option<u64>,
    /// Whether it is a live stream, as its sessions or the catalogue say.
    pub live: bool,
    /// Its chapters, where a catalogue has them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub chapters: Vec<Chapter>,
    /// What else the catalogue says of it.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub extra: BTreeMap<String, String>,
    /// How many and how much.
    pub totals: TotalsSummary,
    /// How it felt.
    pub experience: ExperienceSummary,
    /// Who watched which part, where they left, what they watched again and skipped.
    pub retention: Retention,
    /// Curves by group, where they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub groups: Option<GroupsCompared>,
    /// How much of which part was watched.
    pub heatmap: Heatmap,
}

/// A heatmap: see [`audience_core::AttentionHeatmap`].
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Heatmap {
    /// The width of a bucket.
    pub bucket_ms: u64,
    /// Sessions that watched any part of each bucket.
    pub sessions: Vec<u64>,
    /// Content watched in each bucket, each pass counted.
    pub watched_ms: Vec<u64>,
    /// The part of it beyond each session's first pass.
    pub rewatched_ms: Vec<u64>,
    /// Content watched as a share of the bucket with most.
    pub intensity: Vec<f64>,
    /// Sessions not in the buckets, because their duration asks for wider ones.
    pub sessions_elsewhere: u64,
    /// Sessions not in the buckets, because they are of a live stream.
    pub live: u64,
}

/// What is known beside a title's own sessions.
pub(super) struct Beside<'a> {
    pub(super) catalog: &'a Catalog,
    /// The curves of all titles by length.
    pub(super) catalogue: CatalogueSummary,
    pub(super) chapters: HashMap<ContentId, TitleChapters>,
    /// By what curves are grouped, and the groups of each title.
    pub(super) by: Vec<String>,
    pub(super) groups: HashMap<String, Vec<Grouped>>,
}

impl TitleReport {
    pub(super) fn new(id: &ContentId, title: TitleSummary, beside: &Beside<'_>) -> Self {
        let known = beside.catalog.get(id.as_str()).cloned().unwrap_or_default();
        let independent = independent(title.totals.sessions, title.totals.viewers);
        let around = Around {
            seeks: Some(&title.seeks),
            chapters: beside.chapters.get(id),
            catalogue: Some(&beside.catalogue),
            benchmark: None,
        };
        let groups = beside.groups.get(id.as_str()).cloned();
        Self {
            content_id: id.to_string(),
            title: known.title,
            duration_ms: title.durations.map(|(_, longest)| longest.as_millis()),
            live: known.live || title.heatmap.live > 0,
            chapters: known.chapters,
            extra: known.extra,
            totals: title.totals,
            experience: title.experience,
            retention: Retention::new(&title.curves, independent, around),
            groups: groups.and_then(|groups| GroupsCompared::new(beside.by.clone(), groups, independent)),
            heatmap: Heatmap {
                bucket_ms: title.heatmap.width.as_millis(),
                sessions: title.heatmap.buckets.iter().map(|bucket| bucket.sessions).collect(),
                watched_ms: title.heatmap.buckets.iter().map(|bucket| bucket.watched_ms).collect(),
                rewatched_ms: title.heatmap.buckets.iter().map(|bucket| bucket.replayed_ms).collect(),
                intensity: title.heatmap.buckets.iter().map(|bucket| bucket.intensity.as_f64()).collect(),
                sessions_elsewhere: title.heatmap.sessions_elsewhere,
                live: title.heatmap.live,
            },
        }
    }

    /// Why there is no retention curve worth drawing, one that most of its sessions are in; `None` when there is one.
    pub(crate) fn why_no_curve(&self) -> Option<&'static str> {
        let Retention { sessions, unknown_duration, unknown_positions, .. } = self.retention;
        if sessions > unknown_duration + unknown_positions {
            None
        } else if self.live {
            Some("live")
        } else if unknown_duration >= unknown_positions {
            Some("no duration")
        } else {
            Some("no positions")
        }
    }

    /// Its name, else its id.
    pub fn name(&self) -> &str {
        name_of(self.title.as_deref(), &self.content_id)
    }
}
