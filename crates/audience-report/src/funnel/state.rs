//! What a report on funnels accumulates.

use std::sync::Arc;

use audience_cohort::{
    EventFunnel, FunnelSpec, FunnelStep, MilestoneReading, Milestones, PositionFunnel, PositionUnit,
};
use audience_core::{Rules, Session, SessionFacts, Timestamp};
use audience_stats::{Accumulator, KeyOf, Keyed, Merge, merge_fields};
use jiff::tz::TimeZone;

use super::names::EventNames;
use crate::filter::Filter;

/// What a report on funnels is asked for.
#[derive(Clone, Debug)]
pub struct FunnelReportSpec {
    /// Which sessions it is about.
    pub filter: Filter,
    /// The time zone in which the filter was given; UTC by default.
    pub zone: TimeZone,
    /// The last instant in the data, from `Sessions::horizon`.
    pub horizon: Option<Timestamp>,
    /// Steps that are events; without, none are followed. Its attribute is [`by`](Self::by), whatever it says itself.
    pub steps: Option<FunnelSpec>,
    /// Places in the content; without, none are looked at.
    pub positions: Option<PositionsAsked>,
    /// The attribute to group by: of viewers, as it was at their first session; none by default.
    pub by: Option<String>,
    /// The value that the others are compared with, `None` within for those without one; by default that of most units.
    pub baseline: Option<Option<String>>,
    /// Groups of fewer units are not shown, nor times of fewer; 1 by default.
    pub min_units: u64,
    /// How many groups to list, those with most units; 20 by default.
    pub top: usize,
}

/// Which places in the content are looked at, and how.
#[derive(Clone, Debug)]
pub struct PositionsAsked {
    /// Where they are.
    pub milestones: Milestones,
    /// What counts once.
    pub per: PositionUnit,
    /// What it means to come to one, where one meaning is shown in full.
    pub reading: MilestoneReading,
}

impl Default for FunnelReportSpec {
    fn default() -> Self {
        Self {
            filter: Filter::default(),
            zone: TimeZone::UTC,
            horizon: None,
            steps: None,
            positions: None,
            by: None,
            baseline: None,
            min_units: 1,
            top: 20,
        }
    }
}

/// The value of an attribute.
#[derive(Clone, Debug)]
pub(super) struct ValueOf(Arc<str>);

impl KeyOf<SessionFacts> for ValueOf {
    type Key = Option<Arc<str>>;

    fn key(&self, facts: &SessionFacts) -> Self::Key {
        facts.identity.attributes.get(&self.0).map(Arc::from)
    }
}

/// All a report on funnels is made of: an accumulator over sessions.
#[derive(Clone, Debug)]
pub struct FunnelState {
    filter: Filter,
    horizon: Option<Timestamp>,
    rules: Arc<Rules>,
    by: Option<Arc<str>>,
    pub(super) sessions_read: u64,
    pub(super) sessions: u64,
    /// Sessions with a value of the attribute.
    pub(super) with_value: u64,
    pub(super) events: Option<EventFunnel>,
    pub(super) names: EventNames,
    pub(super) positions: Option<PositionFunnel>,
    pub(super) positions_by: Option<Keyed<PositionFunnel, ValueOf>>,
}

impl FunnelState {
    /// A report of nothing yet, to be made as `spec` says.
    pub fn new(spec: &FunnelReportSpec) -> Self {
        let events = spec.steps.clone().map(|steps| match &spec.by {
            Some(attribute) => steps.by(attribute.as_str()),
            None => steps,
        });
        let positions = spec.positions.as_ref().map(|asked| PositionFunnel::new(asked.milestones.clone(), asked.per));
        let by: Option<Arc<str>> = spec.by.as_deref().map(Arc::from);
        let groups = |(funnel, name): (&PositionFunnel, &Arc<str>)| Keyed::new(ValueOf(name.clone()), funnel.clone());
        Self {
            filter: spec.filter.clone(),
            horizon: spec.horizon,
            rules: Arc::default(),
            sessions_read: 0,
            sessions: 0,
            with_value: 0,
            names: EventNames::new(events.iter().flat_map(FunnelSpec::steps).map(FunnelStep::name)),
            events: events.map(EventFunnel::new),
            positions_by: positions.as_ref().zip(by.as_ref()).map(groups),
            positions,
            by,
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

merge_fields!(FunnelState { sessions_read, sessions, with_value, events, names, positions, positions_by });

impl Accumulator for FunnelState {
    type Item = Session;
    /// Sessions that passed the filter: what else there is to say is in [`FunnelFindings`](super::FunnelFindings).
    type Summary = u64;

    fn observe(&mut self, session: &Session) {
        self.sessions_read.merge(1);
        if !self.filter.passes_identity(session.identity()) {
            return;
        }
        // When a session began is one of its facts, which take time to find out.
        if self.positions.is_some() || self.filter.asks_when() {
            let facts = session.facts(&self.rules, self.horizon);
            if !self.filter.passes(&facts) {
                return;
            }
            if let Some(funnel) = &mut self.positions {
                funnel.observe(&facts);
            }
            if let Some(funnels) = &mut self.positions_by {
                funnels.observe(&facts);
            }
        }
        self.sessions.merge(1);
        let value = self.by.as_deref().and_then(|name| session.attributes().get(name));
        self.with_value.merge(u64::from(value.is_some()));
        if let Some(funnel) = &mut self.events {
            funnel.observe(session);
            self.names.observe(session);
        }
    }

    fn summary(&self) -> u64 {
        self.sessions
    }
}
