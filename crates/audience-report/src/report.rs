//! The report itself, as data.

mod audience;

use audience_core::ContentId;
use audience_ingest::{Catalog, Quality};
use audience_retention::ReachSummary;
use audience_stats::{Accumulator, Interval, Proportion, Z_95};
use serde::Serialize;

use crate::breakdown::Value;
use crate::filter::Filter;
use crate::spec::ReportSpec;
pub use audience::{AudienceOverTime, Peak};

use crate::state::{ExperienceSummary, ReportState, SessionQuality, TitleSummary, TotalsSummary};

/// The version of the JSON form.
pub const SCHEMA: &str = "audience.report/1";

/// A report: plain data, in an order that depends on nothing but the telemetry and what was asked for.
///
/// Its JSON form is `docs/report-json.md` in the repository.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// What was asked for.
    pub asked: Asked,
    /// Everything.
    pub totals: TotalsSummary,
    /// How it felt, over everything.
    pub experience: ExperienceSummary,
    /// How many were there, and when.
    pub audience: AudienceOverTime,
    /// The titles, those watched most first.
    pub titles: Vec<TitleReport>,
    /// Titles that are not listed.
    pub titles_omitted: usize,
    /// The breakdown, if one was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub breakdown: Option<Breakdown>,
    /// How far to trust it.
    pub quality: QualityReport,
}

/// What a report was asked for.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Asked {
    /// Only this title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
    /// Only these attributes, as `name=value`.
    #[serde(skip_serializing_if = "Vec::is_empty", rename = "where")]
    pub attributes: Vec<String>,
    /// Only sessions that began at this time or later.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "crate::json::time")]
    pub from: Option<audience_core::Timestamp>,
    /// Only sessions that began before this time.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "crate::json::time")]
    pub to: Option<audience_core::Timestamp>,
    /// The time zone of days.
    pub time_zone: String,
    /// How many titles to list.
    pub top: usize,
}

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
    /// How many and how much.
    pub totals: TotalsSummary,
    /// How it felt.
    pub experience: ExperienceSummary,
    /// Who watched which part.
    pub retention: Retention,
    /// How much of which part was watched.
    pub heatmap: Heatmap,
}

/// A retention curve: see [`audience_retention::ReachCurve`].
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Retention {
    /// Sessions in the curve.
    pub sessions: u64,
    /// Sessions left out, because the title's duration is unknown.
    pub unknown_duration: u64,
    /// Sessions left out, because it is not known where in the title they were.
    pub unknown_positions: u64,
    /// Sessions that watched each point; point k of n is at k/n of the title.
    pub reached: Vec<u64>,
    /// The same as shares of `sessions`; empty when there are none.
    pub shares: Vec<f64>,
    /// The lower ends of the shares' intervals of 95 %: [`Proportion::wilson`], point by point, as if sessions were
    /// independent of each other.
    pub low: Vec<f64>,
    /// Their upper ends.
    pub high: Vec<f64>,
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

/// Everything by some dimensions.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Breakdown {
    /// The dimensions.
    pub by: Vec<String>,
    /// Over all titles, in order of the values.
    pub rows: Vec<Row>,
    /// Title by title, those watched most first; only of the titles listed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub by_title: Vec<Row>,
}

/// One group of a breakdown.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    /// The title, in [`Breakdown::by_title`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_id: Option<String>,
    /// The value in each dimension; `None` for sessions that have none.
    pub values: Vec<Option<String>>,
    /// How many and how much.
    pub totals: TotalsSummary,
    /// How it felt.
    pub experience: ExperienceSummary,
}

/// How far to trust a report.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct QualityReport {
    /// What became of every line and field.
    pub lines: Quality,
    /// What had to be inferred or repaired in the sessions.
    pub sessions: SessionQuality,
    /// Titles about whose duration sessions disagree by more than a second.
    pub durations_disagree: Vec<DurationRange>,
}

/// A title with several durations.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DurationRange {
    /// The title.
    pub content_id: String,
    /// The shortest duration.
    pub shortest_ms: u64,
    /// The longest duration.
    pub longest_ms: u64,
}

impl Report {
    /// The report of what was accumulated, with names from `catalog`.
    pub fn new(state: &ReportState, spec: &ReportSpec, lines: &Quality, catalog: &Catalog) -> Self {
        let summary = state.summary();
        let durations_disagree = summary
            .titles
            .iter()
            .filter(|(_, title)| title.durations_disagree())
            .filter_map(|(id, title)| {
                let (shortest, longest) = title.durations?;
                Some(DurationRange {
                    content_id: id.to_string(),
                    shortest_ms: shortest.as_millis(),
                    longest_ms: longest.as_millis(),
                })
            })
            .collect();
        let mut titles = summary.titles;
        titles.sort_by_key(|(_, title)| std::cmp::Reverse(title.totals.watched_ms));
        let titles_omitted = titles.len().saturating_sub(spec.top);
        titles.truncate(spec.top);
        let listed: Vec<ContentId> = titles.iter().map(|(id, _)| id.clone()).collect();
        let breakdown = (!spec.by.is_empty()).then(|| Breakdown {
            by: spec.by.iter().map(|dimension| dimension.name().to_owned()).collect(),
            rows: summary.groups.into_iter().map(|(values, group)| row(None, &values, group)).collect(),
            by_title: rows_by_title(summary.groups_by_title, &listed),
        });
        Self {
            schema: SCHEMA,
            asked: Asked::from(spec),
            totals: summary.all.0,
            experience: summary.all.1,
            audience: AudienceOverTime::new(&summary.attendance, &spec.zone),
            titles: titles.into_iter().map(|(id, title)| TitleReport::new(&id, title, catalog)).collect(),
            titles_omitted,
            breakdown,
            quality: QualityReport { lines: lines.clone(), sessions: summary.quality, durations_disagree },
        }
    }
}

impl From<&ReportSpec> for Asked {
    fn from(spec: &ReportSpec) -> Self {
        let Filter { content, attributes, from, to } = &spec.filter;
        Self {
            content: content.as_ref().map(ToString::to_string),
            attributes: attributes.iter().map(|(name, value)| format!("{name}={value}")).collect(),
            from: *from,
            to: *to,
            time_zone: spec.zone.iana_name().unwrap_or("UTC").to_owned(),
            top: spec.top,
        }
    }
}

impl TitleReport {
    fn new(id: &ContentId, title: TitleSummary, catalog: &Catalog) -> Self {
        Self {
            content_id: id.to_string(),
            title: catalog.get(id.as_str()).and_then(|entry| entry.title.clone()),
            duration_ms: title.durations.map(|(_, longest)| longest.as_millis()),
            totals: title.totals,
            experience: title.experience,
            retention: Retention::from(&title.reach),
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

    /// Its name, else its id.
    pub fn name(&self) -> &str {
        match &self.title {
            Some(title) => title,
            None if self.content_id.is_empty() => "(no content id)",
            None => &self.content_id,
        }
    }
}

impl From<&ReachSummary> for Retention {
    fn from(reach: &ReachSummary) -> Self {
        let reached: Vec<u64> = reach.points.iter().map(|point| point.sessions).collect();
        let band: Vec<Interval> =
            reached.iter().filter_map(|reached| Proportion::new(*reached, reach.sessions).ok()?.wilson(Z_95)).collect();
        Self {
            sessions: reach.sessions,
            unknown_duration: reach.unknown_duration,
            unknown_positions: reach.unknown_positions,
            reached,
            shares: reach.points.iter().filter_map(|point| Some(point.share?.as_f64())).collect(),
            low: band.iter().map(|interval| interval.low).collect(),
            high: band.iter().map(|interval| interval.high).collect(),
        }
    }
}

fn row(content_id: Option<String>, values: &[Value], group: (TotalsSummary, ExperienceSummary)) -> Row {
    let text = |value: &Value| (*value != Value::Missing).then(|| value.to_string());
    Row { content_id, values: values.iter().map(text).collect(), totals: group.0, experience: group.1 }
}

fn rows_by_title(groups: Vec<(Vec<Value>, (TotalsSummary, ExperienceSummary))>, listed: &[ContentId]) -> Vec<Row> {
    let place = |values: &[Value]| {
        let id = values.first()?.to_string();
        Some((listed.iter().position(|listed| listed.as_str() == id)?, id))
    };
    let mut rows: Vec<(usize, Row)> = groups
        .into_iter()
        .filter_map(|(values, group)| {
            let (place, id) = place(&values)?;
            Some((place, row(Some(id), &values[1..], group)))
        })
        .collect();
    rows.sort_by_key(|(place, _)| *place);
    rows.into_iter().map(|(_, row)| row).collect()
}
