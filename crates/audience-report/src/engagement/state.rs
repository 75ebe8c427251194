//! What a report on engagement accumulates.

use std::sync::Arc;

use audience_core::{ChapterIndex, ContentId, Elapsed, Mark, SessionFacts, Timestamp};
use audience_engagement::{CoWatching, Engagement, EngagementWeights, Journeys, SegmentAttribution, TouchOf};
use audience_stats::{Accumulator, Bootstrap, Keyed, Merge, merge_fields};
use jiff::tz::TimeZone;

use crate::error::Error;
use crate::filter::Filter;
use audience_cohort::{Dimension, Grouping};

/// What a report on engagement is asked for.
#[derive(Clone, Debug)]
pub struct EngagementSpec {
    /// Which sessions it is about.
    pub filter: Filter,
    /// What counts how much in scores.
    pub weights: EngagementWeights,
    /// Whether likes, shares and comments count, where there are any; they do by default.
    pub social: bool,
    /// How intervals of scores are made: 200 resamples by default.
    pub bootstrap: Bootstrap,
    /// The chapters of titles, by which they are credited.
    pub chapters: Arc<ChapterIndex>,
    /// Into how many equal parts titles without chapters are divided; 10 by default.
    pub parts: usize,
    /// The name of the custom event that is a conversion.
    pub conversion: String,
    /// What is credited with conversions over all sessions of a viewer; nothing by default, since memory then grows with sessions.
    pub touches: Option<TouchOf>,
    /// How long before a conversion sessions count; any time by default.
    pub look_back: Option<Elapsed>,
    /// How many similar titles to list for each; none by default, since memory then grows with viewers.
    pub similar: usize,
    /// The time zone of days; UTC by default.
    pub zone: TimeZone,
    /// How many titles to list; 20 by default.
    pub top: usize,
}

impl Default for EngagementSpec {
    fn default() -> Self {
        Self {
            filter: Filter::default(),
            weights: EngagementWeights::default(),
            social: true,
            bootstrap: Bootstrap { replicates: 200, ..Bootstrap::default() },
            chapters: Arc::default(),
            parts: 10,
            conversion: Mark::CONVERSION.to_owned(),
            touches: None,
            look_back: None,
            similar: 0,
            zone: TimeZone::UTC,
            top: 20,
        }
    }
}

type ContentOf = fn(&SessionFacts) -> ContentId;

/// All a report on engagement is made of: an accumulator over session facts.
#[derive(Clone, Debug)]
pub struct EngagementState {
    filter: Filter,
    pub(super) sessions_read: u64,
    pub(super) sessions: u64,
    pub(super) all: Engagement,
    pub(super) titles: Keyed<Engagement, ContentOf>,
    pub(super) segments: SegmentAttribution,
    pub(super) days: Keyed<Engagement, Grouping>,
    pub(super) bounds: Bounds,
    pub(super) journeys: Option<Journeys>,
    pub(super) watching: Option<CoWatching>,
}

/// From the first event to the last.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Bounds(pub(super) Option<(Timestamp, Timestamp)>);

impl EngagementState {
    /// A report of nothing yet, to be made as `spec` says.
    ///
    /// # Errors
    ///
    /// [`Error::Engagement`] when weights are none, or titles are divided into no parts or too many.
    pub fn new(spec: &EngagementSpec) -> Result<Self, Error> {
        spec.weights.check()?;
        let segments = SegmentAttribution::new(spec.chapters.clone(), spec.parts)?;
        let journeys = spec.touches.clone().map(|of| {
            let journeys = Journeys::new().of(of).with_conversion(spec.conversion.as_str());
            spec.look_back.map_or(journeys.clone(), |look_back| journeys.within(look_back))
        });
        let by_day = Grouping::new(vec![Dimension::Day], spec.zone.clone());
        Ok(Self {
            filter: spec.filter.clone(),
            sessions_read: 0,
            sessions: 0,
            all: Engagement::with_bootstrap(spec.bootstrap),
            titles: Keyed::new(|facts| facts.identity.content_id.clone(), Engagement::with_bootstrap(spec.bootstrap)),
            segments: segments.with_conversion(spec.conversion.as_str()),
            days: Keyed::new(by_day, Engagement::new()),
            bounds: Bounds::default(),
            journeys,
            watching: (spec.similar > 0).then(CoWatching::new),
        })
    }

    /// Sessions in the data.
    pub const fn sessions_read(&self) -> u64 {
        self.sessions_read
    }

    /// Of these, sessions that passed the filter.
    pub const fn sessions(&self) -> u64 {
        self.sessions
    }

    /// Takes in a session that has passed the filter.
    pub(crate) fn take(&mut self, facts: &SessionFacts) {
        self.sessions.merge(1);
        self.all.observe(facts);
        self.titles.observe(facts);
        self.segments.observe(facts);
        self.days.observe(facts);
        self.bounds.merge(Bounds(Some((facts.started_at, facts.last_event_at))));
        if let Some(journeys) = &mut self.journeys {
            journeys.observe(facts);
        }
        if let Some(watching) = &mut self.watching {
            watching.observe(facts);
        }
    }
}

impl Merge for Bounds {
    fn merge(&mut self, other: Self) {
        self.0 = match (self.0, other.0) {
            (Some(mine), Some(theirs)) => Some((mine.0.min(theirs.0), mine.1.max(theirs.1))),
            (mine, theirs) => mine.or(theirs),
        };
    }
}

merge_fields!(EngagementState { sessions_read, sessions, all, titles, segments, days, bounds, journeys, watching });

impl Accumulator for EngagementState {
    type Item = SessionFacts;
    /// Sessions that passed the filter: what else there is to say is in [`EngagementFindings`](super::EngagementFindings).
    type Summary = u64;

    fn observe(&mut self, facts: &SessionFacts) {
        self.sessions_read.merge(1);
        if self.filter.passes(facts) {
            self.take(facts);
        }
    }

    fn summary(&self) -> u64 {
        self.sessions
    }
}
