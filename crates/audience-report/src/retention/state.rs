//! What a report on retention accumulates.

use std::sync::Arc;

use audience_core::{ContentId, SessionFacts};
use audience_retention::{
    Benchmark, ChapterCurves, ChapterIndex, Grid, Placement, RetentionCurves, RetentionSummary, SeekCounts, SeekMatrix,
    SeekSource, TitleChapters, WeightedCurves, Weighting,
};
use audience_stats::{Accumulator, Distinct, Keyed, Merge, merge_fields};
use jiff::tz::TimeZone;

use crate::filter::Filter;
use audience_cohort::{Dimension, Grouping, Value};

/// What a report on retention is asked for.
#[derive(Clone, Debug)]
pub struct RetentionSpec {
    /// Which sessions it is about.
    pub filter: Filter,
    /// At which points; a hundred shares of the content by default.
    pub grid: Grid,
    /// By what to compare the curves of each title; nothing by default.
    pub by: Vec<Dimension>,
    /// How much sessions count; alike by default.
    pub weighting: Option<Weighting>,
    /// What is expected of curves; nothing by default.
    pub benchmark: Option<Benchmark>,
    /// By how much a curve must fall from one point to the next for a line of its own, as a share of all sessions; by default
    /// only what is no chance has one.
    pub threshold: Option<audience_core::Ratio>,
    /// The chapters of titles.
    pub chapters: Arc<ChapterIndex>,
    /// The time zone of days; UTC by default.
    pub zone: TimeZone,
    /// How many titles to list, those with most sessions in their curves first; 20 by default.
    pub top: usize,
}

impl Default for RetentionSpec {
    fn default() -> Self {
        Self {
            filter: Filter::default(),
            grid: Grid::default(),
            by: Vec::new(),
            weighting: None,
            benchmark: None,
            threshold: None,
            chapters: Arc::default(),
            zone: TimeZone::UTC,
            top: 20,
        }
    }
}

type ContentOf = fn(&SessionFacts) -> ContentId;

/// All a report on retention is made of: an accumulator over session facts.
#[derive(Clone, Debug)]
pub struct RetentionState {
    filter: Filter,
    sessions_read: u64,
    sessions: u64,
    titles: Keyed<Title, ContentOf>,
    groups: Option<Keyed<Curves, Grouping>>,
    chapters: ChapterCurves,
}

/// What a [`RetentionState`] has seen.
#[derive(Clone, Debug, PartialEq)]
pub struct RetentionSeen {
    pub(super) sessions_read: u64,
    pub(super) sessions: u64,
    pub(super) titles: Vec<(ContentId, TitleSeen)>,
    pub(super) groups: Vec<(Vec<Value>, Seen)>,
    pub(super) chapters: Vec<(ContentId, TitleChapters)>,
}

/// One title.
#[derive(Clone, Debug)]
struct Title {
    curves: Curves,
    seeks: SeekMatrix,
    viewers: Distinct,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct TitleSeen {
    pub(super) curves: Seen,
    pub(super) seeks: SeekCounts,
    pub(super) viewers: u64,
}

/// Curves of sessions that count alike, or as much as they weigh.
#[derive(Clone, Debug)]
enum Curves {
    Plain(Box<RetentionCurves>),
    Weighted(Box<WeightedCurves>),
}

/// What these have seen.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Seen {
    pub(super) summary: RetentionSummary,
    pub(super) without_weight: u64,
    /// A weight that is none.
    pub(super) error: Option<audience_retention::Error>,
}

impl Curves {
    fn new(spec: &RetentionSpec) -> Self {
        match &spec.weighting {
            None => Self::Plain(Box::new(RetentionCurves::new(spec.grid.clone()))),
            Some(weighting) => Self::Weighted(Box::new(WeightedCurves::new(spec.grid.clone(), weighting.clone()))),
        }
    }
}

impl Merge for Curves {
    fn merge(&mut self, other: Self) {
        match (self, other) {
            (Self::Plain(mine), Self::Plain(other)) => mine.merge(*other),
            (Self::Weighted(mine), Self::Weighted(other)) => mine.merge(*other),
            (mine, other) => panic!("weighted and plain curves do not merge: {mine:?}, {other:?}"),
        }
    }
}

impl Accumulator for Curves {
    type Item = SessionFacts;
    type Summary = Seen;

    fn observe(&mut self, facts: &SessionFacts) {
        match self {
            Self::Plain(curves) => curves.observe(facts),
            Self::Weighted(curves) => curves.observe(facts),
        }
    }

    fn summary(&self) -> Seen {
        match self {
            Self::Plain(curves) => Seen { summary: curves.summary(), ..Seen::default() },
            Self::Weighted(curves) => match curves.summary() {
                Ok(seen) => Seen { summary: seen.retention, without_weight: seen.without_weight, error: None },
                Err(error) => Seen { error: Some(error), ..Seen::default() },
            },
        }
    }
}

merge_fields!(Title { curves, seeks, viewers });

impl Accumulator for Title {
    type Item = SessionFacts;
    type Summary = TitleSeen;

    fn observe(&mut self, facts: &SessionFacts) {
        self.curves.observe(facts);
        self.seeks.observe(facts);
        if let Some(viewer) = &facts.identity.viewer_id {
            self.viewers.observe(viewer.as_str());
        }
    }

    fn summary(&self) -> TitleSeen {
        let (curves, seeks, viewers) = (self.curves.summary(), self.seeks.summary(), self.viewers.summary());
        TitleSeen { curves, seeks, viewers }
    }
}

/// Tenths of the content, as long as few are wanted.
pub(crate) fn seek_matrix() -> SeekMatrix {
    SeekMatrix::new(10, SeekSource::All).expect("ten parts are between one and a hundred")
}

impl RetentionState {
    /// A report of nothing yet, to be made as `spec` says.
    pub fn new(spec: &RetentionSpec) -> Self {
        let curves = Curves::new(spec);
        let title = Title { curves: curves.clone(), seeks: seek_matrix(), viewers: Distinct::new() };
        let groups = (!spec.by.is_empty()).then(|| {
            let dimensions: Vec<_> = std::iter::once(Dimension::Content).chain(spec.by.iter().cloned()).collect();
            Keyed::new(Grouping::new(dimensions, spec.zone.clone()), curves)
        });
        Self {
            filter: spec.filter.clone(),
            sessions_read: 0,
            sessions: 0,
            titles: Keyed::new(|facts| facts.identity.content_id.clone(), title),
            groups,
            chapters: ChapterCurves::new(spec.chapters.clone()),
        }
    }
}

merge_fields!(RetentionState { sessions_read, sessions, titles, groups, chapters });

impl Accumulator for RetentionState {
    type Item = SessionFacts;
    type Summary = RetentionSeen;

    fn observe(&mut self, facts: &SessionFacts) {
        self.sessions_read.merge(1);
        if !self.filter.passes(facts) {
            return;
        }
        self.sessions.merge(1);
        self.titles.observe(facts);
        self.chapters.observe(facts);
        if let Some(groups) = &mut self.groups {
            groups.observe(facts);
        }
    }

    fn summary(&self) -> RetentionSeen {
        RetentionSeen {
            sessions_read: self.sessions_read,
            sessions: self.sessions,
            titles: self.titles.summary(),
            groups: self.groups.as_ref().map(Accumulator::summary).unwrap_or_default(),
            chapters: self.chapters.summary(),
        }
    }
}

impl Seen {
    /// Sessions that are in no curve.
    pub(super) fn left_out(&self) -> Placement {
        self.summary.placement
    }
}
