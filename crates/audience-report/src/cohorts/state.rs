//! What a report on who comes back accumulates.

use audience_cohort::{LoyaltySpec, Period, VisitHistory, Visits};
use audience_core::{Horizon, SessionFacts, Timestamp};
use audience_stats::{Accumulator, Merge, merge_fields};
use jiff::tz::TimeZone;

use crate::filter::Filter;

/// What a report on who comes back is asked for.
#[derive(Clone, Debug)]
pub struct CohortsSpec {
    /// Which sessions it is about.
    pub filter: Filter,
    /// The time zone of days, weeks and months; UTC by default.
    pub zone: TimeZone,
    /// What time is divided into; by default days, weeks or months, by how long the data are.
    pub period: Option<Period>,
    /// How many periods to list, the last ones; 24 by default.
    pub periods: usize,
    /// Which days after the first visit to list; 1, 2, 3, 7, 14, 30, 60 and 90 by default.
    pub days: Vec<u32>,
    /// The attribute to compare viewers by, as it was at their first visit; none by default.
    pub by: Option<String>,
    /// Whether sessions in which no frame was seen are no visits; they are by default.
    pub only_started: bool,
    /// Cohorts and groups of fewer viewers are not shown; 1 by default.
    pub min_viewers: u64,
    /// How loyalty is scored.
    pub loyalty: LoyaltySpec,
    /// For how many days visits are expected; 30 by default.
    pub expect_days: u32,
    /// Whether to list every viewer; not by default.
    pub list_viewers: bool,
    /// How many values of the attribute to list, those with most viewers; 20 by default.
    pub top: usize,
}

impl Default for CohortsSpec {
    fn default() -> Self {
        Self {
            filter: Filter::default(),
            zone: TimeZone::UTC,
            period: None,
            periods: 24,
            days: vec![1, 2, 3, 7, 14, 30, 60, 90],
            by: None,
            only_started: false,
            min_viewers: 1,
            loyalty: LoyaltySpec::default(),
            expect_days: 30,
            list_viewers: false,
            top: 20,
        }
    }
}

/// All a report on who comes back is made of: an accumulator over session facts.
#[derive(Clone, Debug)]
pub struct CohortsState {
    filter: Filter,
    pub(super) sessions_read: u64,
    pub(super) sessions: u64,
    visits: Visits,
    /// Up to when the data reach, filter or not: what had not happened by then is not known.
    horizon: Horizon,
}

impl CohortsState {
    /// A report of nothing yet, to be made as `spec` says.
    pub fn new(spec: &CohortsSpec) -> Self {
        let mut visits = Visits::new();
        if let Some(since) = spec.filter.from {
            visits = visits.since(since);
        }
        if spec.only_started {
            visits = visits.only_started();
        }
        if let Some(attribute) = &spec.by {
            visits = visits.by(attribute.as_str());
        }
        Self { filter: spec.filter.clone(), sessions_read: 0, sessions: 0, visits, horizon: Horizon::new() }
    }

    /// Sessions in the data.
    pub const fn sessions_read(&self) -> u64 {
        self.sessions_read
    }

    /// Of these, sessions that passed the filter.
    pub const fn sessions(&self) -> u64 {
        self.sessions
    }

    /// Sees how far the data reach.
    pub(crate) fn see(&mut self, facts: &SessionFacts) {
        self.horizon.observe(&facts.last_event_at);
    }

    /// Takes in a session that has passed the filter.
    pub(crate) fn take(&mut self, facts: &SessionFacts) {
        self.sessions.merge(1);
        self.visits.observe(facts);
    }
}

impl CohortsState {
    /// When each viewer was there, up to the end of the data or of the period that was asked for.
    pub(super) fn into_history(self) -> VisitHistory {
        let asked = self.filter.to.map(|to| Timestamp::from_millis(to.as_millis().saturating_sub(1)));
        let until = self.horizon.summary().latest.into_iter().chain(asked).min();
        match until {
            Some(until) => self.visits.until(until),
            None => self.visits,
        }
        .into_history()
    }
}

merge_fields!(CohortsState { sessions_read, sessions, visits, horizon });

impl Accumulator for CohortsState {
    type Item = SessionFacts;
    /// Sessions that passed the filter: what else there is to say is in [`CohortsFindings`](super::CohortsFindings).
    type Summary = u64;

    fn observe(&mut self, facts: &SessionFacts) {
        self.sessions_read.merge(1);
        self.see(facts);
        if self.filter.passes(facts) {
            self.take(facts);
        }
    }

    fn summary(&self) -> u64 {
        self.sessions
    }
}
