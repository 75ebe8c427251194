//! A report on retention, as data.

use std::collections::HashMap;

use audience_core::{ContentId, MediaTime, Ratio};
use audience_ingest::Catalog;
use audience_retention::{
    CatalogueCurves, CatalogueSummary, Fall, Independent, RetentionSummary, TitleChapters, TitleCurve,
};
use audience_stats::Accumulator;
use serde::Serialize;

use super::curve::{Around, Retention, independent};
use super::groups::{Grouped, GroupsCompared};
use super::state::{RetentionSeen, RetentionSpec, RetentionState, TitleSeen};
use crate::error::Error;
use crate::report::{Asked, name_of, title_of};
use audience_cohort::{Dimension, Value};

/// A report on where viewers of titles leave, what they watch again and what they skip: plain data. Its JSON form is
/// `docs/retention-json.md` in the repository.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RetentionReport {
    /// [`RetentionReport::SCHEMA`].
    pub schema: &'static str,
    /// What was asked for.
    pub asked: Asked,
    /// Sessions in the data.
    pub sessions_read: u64,
    /// Of these, sessions that passed the filter.
    pub sessions: u64,
    /// The titles, those with most sessions in their curves first.
    pub titles: Vec<TitleRetention>,
    /// Titles that are not listed.
    pub titles_omitted: usize,
}

/// Retention of one title.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TitleRetention {
    /// Its id.
    pub content_id: String,
    /// Its name, where a catalogue has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The longest duration that a session in its curves has.
    pub duration_ms: MediaTime,
    /// Different viewers.
    pub viewers: u64,
    /// Sessions that are in no curve, because they have no weight.
    #[serde(skip_serializing_if = "is_zero")]
    pub without_weight: u64,
    /// Its curves and what follows from them.
    #[serde(flatten)]
    pub retention: Retention,
    /// Falls of the curve by more than was asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub falls: Vec<Fall>,
    /// Its curves by group, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub groups: Option<GroupsCompared>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for this signature")]
fn is_zero(count: &u64) -> bool {
    *count == 0
}

impl RetentionReport {
    /// The version of the JSON form.
    pub const SCHEMA: &str = "audience.retention/1";

    /// The report of what was accumulated, with names from `catalog`.
    ///
    /// # Errors
    ///
    /// [`Error::Retention`] for a weight that is none.
    pub fn new(state: &RetentionState, spec: &RetentionSpec, catalog: &Catalog) -> Result<Self, Error> {
        let RetentionSeen { sessions_read, sessions, mut titles, groups, chapters } = state.summary();
        let wrong = titles.iter().find_map(|(_, title)| title.curves.error.clone());
        if let Some(error) = wrong {
            return Err(Error::Retention(error));
        }
        let known = catalogue(titles.iter().map(|(_, title)| &title.curves.summary));
        titles.sort_by_key(|(_, title)| std::cmp::Reverse(title.curves.summary.sessions));
        let titles_omitted = titles.len().saturating_sub(spec.top);
        titles.truncate(spec.top);
        let groups = by_title(groups.into_iter().map(|(values, seen)| (values, seen.summary)));
        let chapters: HashMap<ContentId, TitleChapters> = chapters.into_iter().collect();
        let around = |id: &ContentId| (chapters.get(id), groups.get(id.as_str()), &known);
        let titles = titles.into_iter().map(|(id, title)| TitleRetention::new(&id, &title, around(&id), spec, catalog));
        Ok(Self {
            schema: Self::SCHEMA,
            asked: Asked::of_filter(&spec.filter, &spec.zone, spec.top),
            sessions_read,
            sessions,
            titles: titles.collect(),
            titles_omitted,
        })
    }
}

/// The curves of all titles, by length.
pub(crate) fn catalogue<'s>(titles: impl Iterator<Item = &'s RetentionSummary>) -> CatalogueSummary {
    let mut curves =
        CatalogueCurves::new(100, CatalogueCurves::LEAST_SESSIONS).expect("a hundred points are not too many");
    for title in titles.filter_map(TitleCurve::of) {
        curves.observe(&title);
    }
    curves.summary()
}

/// The groups of each title: the first value of each is the title.
pub(crate) fn by_title(
    groups: impl IntoIterator<Item = (Vec<Value>, RetentionSummary)>,
) -> HashMap<String, Vec<Grouped>> {
    let mut titles: HashMap<String, Vec<Grouped>> = HashMap::new();
    for (values, summary) in groups {
        let mut values = values.into_iter();
        let Some(Value::Text(id)) = values.next() else { continue };
        let values = values.map(|value| value.known()).collect();
        titles.entry(id.to_string()).or_default().push((values, summary));
    }
    titles
}

type Surroundings<'a> = (Option<&'a TitleChapters>, Option<&'a Vec<Grouped>>, &'a CatalogueSummary);

impl TitleRetention {
    fn new(
        id: &ContentId,
        title: &TitleSeen,
        (chapters, groups, catalogue): Surroundings<'_>,
        spec: &RetentionSpec,
        catalog: &Catalog,
    ) -> Self {
        let summary = &title.curves.summary;
        let of = summary.sessions.saturating_add(title.curves.left_out().left_out());
        let independent: Independent = independent(of, title.viewers);
        let around = Around {
            seeks: Some(&title.seeks),
            chapters,
            catalogue: Some(catalogue),
            benchmark: spec.benchmark.as_ref(),
        };
        let by = spec.by.iter().map(|dimension: &Dimension| dimension.name().to_owned()).collect();
        Self {
            content_id: id.to_string(),
            title: title_of(id.as_str(), catalog),
            duration_ms: summary.longest,
            viewers: title.viewers,
            without_weight: title.curves.without_weight,
            retention: Retention::new(summary, independent, around),
            falls: spec.threshold.map_or(Vec::new(), |threshold: Ratio| summary.falls(threshold)),
            groups: groups.and_then(|groups| GroupsCompared::new(by, groups.clone(), independent)),
        }
    }

    /// Its name, else its id.
    pub fn name(&self) -> &str {
        name_of(self.title.as_deref(), &self.content_id)
    }
}
