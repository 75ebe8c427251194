//! What a report on an experiment accumulates.

use audience_abtest::{AnalysisSpec, ExposureSpec, Exposures, Metric};
use audience_core::{SessionFacts, Timestamp};
use audience_stats::{Accumulator, Merge};

use crate::filter::Filter;
use crate::state::AttributeNames;

/// What a report on an experiment is asked for.
#[derive(Clone, Debug)]
pub struct ExperimentSpec {
    /// Which sessions it is about. Those that are filtered out are not there at all, also not for the period before.
    pub filter: Filter,
    /// Who is in the experiment, and how arms are compared.
    pub analysis: AnalysisSpec,
    /// The arm that the others are compared with, where arms are those that are found; `None` for the first by its name.
    pub control: Option<String>,
}

impl ExperimentSpec {
    /// Of the arms that this attribute has, by the metrics that are looked at unless told otherwise: watch time, who started, who
    /// completed, the rebuffer ratio, and the start-up time that 95 % are below.
    pub fn new(attribute: impl Into<String>) -> Self {
        Self {
            filter: Filter::default(),
            analysis: AnalysisSpec::new(ExposureSpec::new(attribute), Self::metrics()),
            control: None,
        }
    }

    /// Of no arms, to plan by: all sessions are of one, by the same metrics.
    pub fn everyone() -> Self {
        Self {
            filter: Filter::default(),
            analysis: AnalysisSpec::new(ExposureSpec::everyone(), Self::metrics()),
            control: None,
        }
    }

    /// The metrics that are looked at unless told otherwise.
    pub fn metrics() -> Vec<Metric> {
        vec![Metric::WatchTime, Metric::Started, Metric::Completed, Metric::RebufferRatio, Metric::StartUp(950)]
    }
}

/// All a report on an experiment is made of: an accumulator over session facts.
#[derive(Clone, Debug)]
pub struct ExperimentState {
    filter: Filter,
    pub(super) exposures: Exposures,
    pub(super) sessions_read: u64,
    pub(super) sessions: u64,
    /// The latest event.
    pub(super) data_until: Option<Timestamp>,
    pub(super) attributes: AttributeNames,
}

impl ExperimentState {
    /// A report of nothing yet, to be made as `spec` says.
    pub fn new(spec: &ExperimentSpec) -> Self {
        Self {
            filter: spec.filter.clone(),
            exposures: Exposures::new(spec.analysis.exposures.clone()),
            sessions_read: 0,
            sessions: 0,
            data_until: None,
            attributes: AttributeNames::default(),
        }
    }

    /// Sessions in the data.
    pub const fn sessions_read(&self) -> u64 {
        self.sessions_read
    }

    /// Of these, sessions that passed the filter.
    pub const fn sessions(&self) -> u64 {
        self.sessions
    }
}

impl Merge for ExperimentState {
    fn merge(&mut self, other: Self) {
        self.exposures.merge(other.exposures);
        self.sessions_read.merge(other.sessions_read);
        self.sessions.merge(other.sessions);
        self.data_until = self.data_until.max(other.data_until);
        self.attributes.merge(other.attributes);
    }
}

impl Accumulator for ExperimentState {
    type Item = SessionFacts;
    type Summary = audience_abtest::ExperimentUnits;

    fn observe(&mut self, facts: &SessionFacts) {
        self.sessions_read.merge(1);
        if !self.filter.passes(facts) {
            return;
        }
        self.sessions.merge(1);
        self.data_until = self.data_until.max(Some(facts.last_event_at));
        self.attributes.observe(facts);
        self.exposures.observe(facts);
    }

    fn summary(&self) -> audience_abtest::ExperimentUnits {
        self.exposures.summary()
    }
}
