//! What a report accumulates.

mod attendance;
mod compared;
mod names;
mod streams;
mod title;
mod totals;

use audience_core::{ContentId, SessionFacts};
use audience_qoe::{Experience, ExperienceSummary, StartUpHistogram};
use audience_retention::{ChapterCurves, RetentionCurves, RetentionSummary, TitleChapters};
use audience_stats::{Accumulator, Keyed, Merge};

pub(crate) use attendance::QUARTER;
pub use attendance::{Attendance, AttendanceSummary, Quarter};
pub use compared::ComparedState;
pub(crate) use names::AttributeNames;
pub use streams::{Moment, Streams, StreamsSummary};
pub use title::{Title, TitleSummary};
pub use totals::{Totals, TotalsSummary};

use crate::cohorts::CohortsState;
use crate::engagement::EngagementState;
use crate::filter::Filter;
use crate::spec::ReportSpec;
use audience_cohort::{Dimension, Grouping, Value};

/// The group of everything, or of one title: totals and experience.
pub type Group = (Totals, Experience);

type ContentOf = fn(&SessionFacts) -> ContentId;

/// All a report is made of: an accumulator over session facts.
#[derive(Clone, Debug)]
pub struct ReportState {
    filter: Filter,
    all: Group,
    attendance: Attendance,
    streams: Streams,
    titles: Keyed<Title, ContentOf>,
    groups: Option<Keyed<Group, Grouping>>,
    groups_by_title: Option<Keyed<Group, Grouping>>,
    curves_by_title: Option<Keyed<RetentionCurves, Grouping>>,
    chapters: ChapterCurves,
    pub(crate) engagement: EngagementState,
    pub(crate) cohorts: CohortsState,
    quality: SessionQuality,
}

/// What a [`ReportState`] has seen.
#[derive(Clone, Debug, PartialEq)]
pub struct ReportSummary {
    /// Everything.
    pub all: (TotalsSummary, ExperienceSummary),
    /// When sessions were there.
    pub attendance: AttendanceSummary,
    /// Start-up times.
    pub startup: StartUpHistogram,
    /// How streams felt.
    pub streams: StreamsSummary,
    /// Title by title, in order of their ids.
    pub titles: Vec<(ContentId, TitleSummary)>,
    /// Group by group, in order.
    pub groups: Vec<(Vec<Value>, (TotalsSummary, ExperienceSummary))>,
    /// Title and group by title and group; the first value is the title.
    pub groups_by_title: Vec<(Vec<Value>, (TotalsSummary, ExperienceSummary))>,
    /// Retention curves by title and group, where they were asked for; the first value is the title.
    pub curves_by_title: Vec<(Vec<Value>, RetentionSummary)>,
    /// The chapters of titles that have any.
    pub chapters: Vec<(ContentId, TitleChapters)>,
    /// How far to trust it.
    pub quality: SessionQuality,
}

/// How much of the sessions' facts had to be inferred or repaired.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, serde::Serialize)]
pub struct SessionQuality {
    /// Sessions in the data, whether they passed the filter or not.
    pub sessions_read: u64,
    /// Sessions that did not pass the filter.
    pub filtered_out: u64,
    /// Events that were there twice and are counted once.
    pub duplicate_events: u64,
    /// Events that share their key with a different one; all are counted.
    pub conflicting_events: u64,
    /// Sessions whose title has no known duration.
    pub unknown_duration: u64,
    /// Sessions that are live streams.
    pub live: u64,
    /// Sessions that name no viewer.
    pub unknown_viewer: u64,
    /// Sessions with content played at positions nobody reported.
    pub unknown_positions: u64,
    /// Sessions with ends of played runs inferred from wall time and rate.
    pub inferred_runs: u64,
    /// Sessions with seeks inferred from where the playhead was found.
    pub inferred_seeks: u64,
    /// Sessions of which only requests for pieces of the content are known, so that everything was inferred.
    pub from_requests: u64,
    /// How long frames moved in these, as inferred: wall-clock time.
    pub from_requests_playing_ms: u64,
    /// The least that may have been.
    pub from_requests_playing_least_ms: u64,
    /// The most.
    pub from_requests_playing_most_ms: u64,
    /// Sessions whose start-up time is an upper bound, for want of a play request apart from the load.
    pub startup_from_load: u64,
    /// Positions that could not be right, left out.
    pub repaired_positions: u64,
    /// Durations that could not be right, left out.
    pub repaired_durations: u64,
    /// Attributes that were left out, because their sessions have too many names.
    pub dropped_attributes: u64,
    /// Custom events that were left out, because their sessions have too many names.
    pub dropped_marks: u64,
    /// Sessions that may still go on at the end of the data.
    pub still_active: u64,
}

audience_stats::merge_fields!(SessionQuality {
    sessions_read,
    filtered_out,
    duplicate_events,
    conflicting_events,
    unknown_duration,
    live,
    unknown_viewer,
    unknown_positions,
    inferred_runs,
    inferred_seeks,
    from_requests,
    from_requests_playing_ms,
    from_requests_playing_least_ms,
    from_requests_playing_most_ms,
    startup_from_load,
    repaired_positions,
    repaired_durations,
    dropped_attributes,
    dropped_marks,
    still_active,
});

impl SessionQuality {
    fn observe(&mut self, facts: &SessionFacts) {
        let count = |counter: &mut u64, yes: bool| *counter += u64::from(yes);
        self.duplicate_events += facts.tidied.duplicates;
        self.conflicting_events += facts.tidied.conflicts;
        count(&mut self.unknown_duration, facts.duration.is_none() && !facts.is_live);
        count(&mut self.live, facts.is_live);
        count(&mut self.unknown_viewer, facts.identity.viewer_id.is_none());
        count(&mut self.unknown_positions, facts.inferred.positions_missing);
        count(&mut self.inferred_runs, facts.inferred.runs);
        count(&mut self.inferred_seeks, facts.inferred.seeks);
        if let Some(estimates) = facts.inferred.from_requests {
            self.from_requests += 1;
            self.from_requests_playing_ms += facts.wall.playing.as_millis();
            self.from_requests_playing_least_ms += estimates.playing_least.as_millis();
            self.from_requests_playing_most_ms += estimates.playing_most.as_millis();
        }
        let basis = facts.startup.map(|startup| startup.since);
        count(&mut self.startup_from_load, basis.is_some_and(|basis| basis != audience_core::StartUpBasis::Request));
        self.repaired_positions += facts.inferred.repaired_positions;
        self.repaired_durations += facts.inferred.repaired_durations;
        self.dropped_attributes += facts.tidied.dropped_attributes;
        self.dropped_marks += facts.dropped_marks;
        count(&mut self.still_active, facts.exit.reason == audience_core::ExitReason::Active);
    }
}

impl ReportState {
    /// A report of nothing yet, to be made as `spec` says.
    #[expect(clippy::missing_panics_doc, reason = "weights and parts are the default ones")]
    pub fn new(spec: &ReportSpec) -> Self {
        let business = &spec.good.business;
        let group: Group = (Totals::default(), Experience::new(business.clone(), spec.attempts));
        let grouping = |dimensions: Vec<Dimension>| Grouping::new(dimensions, spec.zone.clone());
        let groups = (!spec.by.is_empty()).then(|| Keyed::new(grouping(spec.by.clone()), group.clone()));
        let groups_by_title = (!spec.by.is_empty() && !spec.by.contains(&Dimension::Content)).then(|| {
            let dimensions = std::iter::once(Dimension::Content).chain(spec.by.iter().cloned()).collect();
            Keyed::new(grouping(dimensions), group.clone())
        });
        let curves_by_title = (!spec.curves_by.is_empty()).then(|| {
            let dimensions = std::iter::once(Dimension::Content).chain(spec.curves_by.iter().cloned()).collect();
            Keyed::new(grouping(dimensions), RetentionCurves::default())
        });
        Self {
            filter: spec.filter.clone(),
            all: group,
            attendance: Attendance::new(),
            streams: Streams::new(spec),
            titles: Keyed::new(|facts| facts.identity.content_id.clone(), Title::new(business, spec.attempts)),
            groups,
            groups_by_title,
            curves_by_title,
            chapters: ChapterCurves::new(spec.chapters.clone()),
            engagement: EngagementState::new(&spec.engagement()).expect("weights and parts that are ours"),
            cohorts: CohortsState::new(&spec.cohorts()),
            quality: SessionQuality::default(),
        }
    }
}

impl Merge for ReportState {
    fn merge(&mut self, other: Self) {
        self.all.merge(other.all);
        self.attendance.merge(other.attendance);
        self.streams.merge(other.streams);
        self.titles.merge(other.titles);
        self.groups.merge(other.groups);
        self.groups_by_title.merge(other.groups_by_title);
        self.curves_by_title.merge(other.curves_by_title);
        self.chapters.merge(other.chapters);
        self.engagement.merge(other.engagement);
        self.cohorts.merge(other.cohorts);
        self.quality.merge(other.quality);
    }
}

impl Accumulator for ReportState {
    type Item = SessionFacts;
    type Summary = ReportSummary;

    fn observe(&mut self, facts: &SessionFacts) {
        self.quality.sessions_read += 1;
        self.cohorts.see(facts);
        if !self.filter.passes(facts) {
            self.quality.filtered_out += 1;
            return;
        }
        self.quality.observe(facts);
        self.all.observe(facts);
        self.attendance.observe(facts);
        self.streams.observe(facts);
        self.titles.observe(facts);
        for groups in [&mut self.groups, &mut self.groups_by_title].into_iter().flatten() {
            groups.observe(facts);
        }
        if let Some(curves) = &mut self.curves_by_title {
            curves.observe(facts);
        }
        self.chapters.observe(facts);
        self.engagement.take(facts);
        self.cohorts.take(facts);
    }

    fn summary(&self) -> ReportSummary {
        let groups =
            |groups: &Option<Keyed<Group, Grouping>>| groups.as_ref().map(Accumulator::summary).unwrap_or_default();
        ReportSummary {
            all: self.all.summary(),
            attendance: self.attendance.summary(),
            startup: self.all.1.startup_histogram(),
            streams: self.streams.summary(),
            titles: self.titles.summary(),
            groups: groups(&self.groups),
            groups_by_title: groups(&self.groups_by_title),
            curves_by_title: self.curves_by_title.as_ref().map(Accumulator::summary).unwrap_or_default(),
            chapters: self.chapters.summary(),
            quality: self.quality,
        }
    }
}
