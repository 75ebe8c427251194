//! The report itself, as data.

mod audience;
mod breakdown;
mod comparison;
mod streams;
mod title;

use audience_core::ContentId;
use audience_ingest::{Catalog, Quality};
use audience_stats::Accumulator;
use serde::Serialize;

use crate::cohorts::CohortsFindings;
use crate::engagement::EngagementFindings;
use crate::experiment::ExperimentReport;
use crate::filter::Filter;
use crate::retention::{by_title, catalogue};
use crate::spec::ReportSpec;
pub use audience::{AudienceOverTime, Peak};
pub use breakdown::{Breakdown, Row};
pub use comparison::{Comparison, Difference, RetentionComparison, Share, ShareDifference, Side, TitleComparison};
pub use streams::{
    ExcessStallsReport, GoodStreamsReport, Limits, LongestWait, RungOverTime, Slice, StreamsOverTime, StreamsReport,
};
pub use title::{Heatmap, TitleReport};

use crate::state::{ReportState, SessionQuality, TotalsSummary};
use audience_qoe::ExperienceSummary;

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
    /// How it felt, in more detail.
    pub streams: StreamsReport,
    /// How many were there, and when.
    pub audience: AudienceOverTime,
    /// How much viewers cared.
    pub engagement: EngagementFindings,
    /// Who comes back.
    pub cohorts: CohortsFindings,
    /// The titles, those watched most first.
    pub titles: Vec<TitleReport>,
    /// Titles that are not listed.
    pub titles_omitted: usize,
    /// The breakdown, if one was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub breakdown: Option<Breakdown>,
    /// The comparison, if one was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comparison: Option<Comparison>,
    /// The experiment, if one was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub experiment: Option<ExperimentReport>,
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
    /// Its name, where a catalogue has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The shortest duration.
    pub shortest_ms: u64,
    /// The longest duration.
    pub longest_ms: u64,
}

impl Report {
    /// The report of what was accumulated, with names from `catalog`.
    #[expect(clippy::missing_panics_doc, reason = "weights and periods are the default ones")]
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
                    title: title_of(id.as_str(), catalog),
                    shortest_ms: shortest.as_millis(),
                    longest_ms: longest.as_millis(),
                })
            })
            .collect();
        let mut titles = summary.titles;
        let beside = title::Beside {
            catalog,
            catalogue: catalogue(titles.iter().map(|(_, title)| &title.curves)),
            chapters: summary.chapters.into_iter().collect(),
            by: spec.curves_by.iter().map(|dimension| dimension.name().to_owned()).collect(),
            groups: by_title(summary.curves_by_title),
        };
        titles.sort_by_key(|(_, title)| std::cmp::Reverse(title.totals.watched_ms));
        let titles_omitted = titles.len().saturating_sub(spec.top);
        titles.truncate(spec.top);
        let listed: Vec<ContentId> = titles.iter().map(|(id, _)| id.clone()).collect();
        let breakdown = (!spec.by.is_empty())
            .then(|| Breakdown::new(&spec.by, summary.groups, summary.groups_by_title, &listed, catalog));
        let audience = AudienceOverTime::new(&summary.attendance, &spec.zone);
        let streams = StreamsReport::new(summary.startup, summary.streams, &audience, spec, catalog);
        let engagement = EngagementFindings::new(&state.engagement, &spec.engagement(), catalog)
            .expect("the default weights are weights");
        let cohorts = CohortsFindings::new(state.cohorts.clone(), &spec.cohorts()).expect("the defaults can be had");
        Self {
            schema: SCHEMA,
            asked: Asked::from(spec),
            totals: summary.all.0,
            experience: summary.all.1,
            streams,
            audience,
            engagement,
            cohorts,
            titles: titles.into_iter().map(|(id, title)| TitleReport::new(&id, title, &beside)).collect(),
            titles_omitted,
            breakdown,
            comparison: None,
            experiment: None,
            quality: QualityReport { lines: lines.clone(), sessions: summary.quality, durations_disagree },
        }
    }
}

impl From<&ReportSpec> for Asked {
    fn from(spec: &ReportSpec) -> Self {
        Self::of_filter(&spec.filter, &spec.zone, spec.top)
    }
}

impl Asked {
    pub(crate) fn of_filter(filter: &Filter, zone: &jiff::tz::TimeZone, top: usize) -> Self {
        let Filter { content, attributes, from, to } = filter;
        Self {
            content: content.as_ref().map(ToString::to_string),
            attributes: attributes.iter().map(|(name, value)| format!("{name}={value}")).collect(),
            from: *from,
            to: *to,
            time_zone: zone.iana_name().unwrap_or("UTC").to_owned(),
            top,
        }
    }
}

pub(crate) fn title_of(content_id: &str, catalog: &Catalog) -> Option<String> {
    catalog.get(content_id).and_then(|entry| entry.title.clone())
}

/// What to call a title: its name, else its id.
pub(crate) fn name_of<'a>(title: Option<&'a str>, content_id: &'a str) -> &'a str {
    match title {
        Some(title) => title,
        None if content_id.is_empty() => "(no content id)",
        None => content_id,
    }
}
