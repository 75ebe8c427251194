//! Past places in the content.

use audience_cohort::{MilestoneReading, Milestones, PositionFunnelSummary};
use audience_stats::Accumulator;
use serde::Serialize;

use super::state::{FunnelReportSpec, FunnelState};
use crate::cohorts::Rate;

/// Past places in the content.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PositionFindings {
    /// What counts once: `session` or `viewer_title`.
    pub per: &'static str,
    /// The reading of which conversions are: `furthest`, `each`, `unordered` or `ordered`.
    pub reading: MilestoneReading,
    /// Where the milestones are.
    pub milestones: Vec<MilestoneAt>,
    /// Of all units.
    pub all: PositionGroup,
    /// By an attribute of sessions, where one was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<PositionGroups>,
}

/// A place in the content.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MilestoneAt {
    /// A share of the duration, 0–1.
    Share(f64),
    /// A position in milliseconds.
    PositionMs(u64),
}

/// How far some units come.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PositionGroup {
    /// The value that they have in common; `None` of all, and of those without one.
    pub value: Option<String>,
    /// How many there are, also those that played nothing.
    pub units: u64,
    /// Of these, units of which it is not known in which order they played what they did.
    pub order_unknown: u64,
    /// Sessions left out, because milestones are shares of a duration that is not known.
    pub unknown_duration: u64,
    /// The milestones, in order.
    pub milestones: Vec<MilestoneRow>,
}

/// How many come to a milestone.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct MilestoneRow {
    /// The milestone, counted from 1.
    pub milestone: usize,
    /// Units that played something no earlier.
    pub furthest: u64,
    /// Units that played it, whatever else they played.
    pub each: u64,
    /// Units that played it and all before it.
    pub unordered: u64,
    /// Units that did so in order.
    pub ordered: u64,
    /// By the reading asked for: of all units, those that came to it.
    pub from_start: Option<Rate>,
    /// Of those that came to the milestone before.
    pub from_previous: Option<Rate>,
}

/// Units by an attribute.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PositionGroups {
    /// The attribute.
    pub attribute: String,
    /// Whether no session has it.
    pub unknown: bool,
    /// Groups, those of most units first.
    pub groups: Vec<PositionGroup>,
    /// Groups of too few units, which are not shown.
    pub too_few: usize,
    /// Groups past the number asked for.
    pub omitted: usize,
}

impl PositionFindings {
    pub(super) fn new(state: &FunnelState, spec: &FunnelReportSpec) -> Option<Self> {
        let (funnel, asked) = (state.positions.as_ref()?, spec.positions.as_ref()?);
        let by = state.positions_by.as_ref().map(|groups| {
            let mut found = groups.summary();
            // Those without units have sessions of unknown duration alone.
            found.retain(|(_, summary)| summary.units > 0);
            found.sort_by_key(|(_, summary)| std::cmp::Reverse(summary.units));
            let all = found.len();
            found.retain(|(_, summary)| summary.units >= spec.floor());
            let shown = found.len();
            found.truncate(spec.top);
            let group = |(value, summary): &(Option<std::sync::Arc<str>>, PositionFunnelSummary)| {
                PositionGroup::new(value.as_deref().map(str::to_owned), summary, asked.reading)
            };
            PositionGroups {
                attribute: spec.by.clone().unwrap_or_default(),
                unknown: state.with_value == 0,
                too_few: all - shown,
                omitted: shown - found.len(),
                groups: found.iter().map(group).collect(),
            }
        });
        Some(Self {
            per: funnel.unit().name(),
            reading: asked.reading,
            milestones: places(funnel.milestones()),
            all: PositionGroup::new(None, &funnel.summary(), asked.reading),
            by,
        })
    }
}

fn places(milestones: &Milestones) -> Vec<MilestoneAt> {
    let place = |at: usize| match milestones.millionths_at(at) {
        Some(millionths) => Some(MilestoneAt::Share(millionths as f64 / 1e6)),
        None => milestones.position(at, None).map(|position| MilestoneAt::PositionMs(position.as_millis())),
    };
    (0..milestones.len()).filter_map(place).collect()
}

impl PositionGroup {
    fn new(value: Option<String>, summary: &PositionFunnelSummary, reading: MilestoneReading) -> Self {
        let at = |counts: &[u64], at: usize| counts.get(at).copied().unwrap_or_default();
        let row = |milestone: usize| MilestoneRow {
            milestone: milestone + 1,
            furthest: at(&summary.furthest, milestone),
            each: at(&summary.each, milestone),
            unordered: at(&summary.unordered, milestone),
            ordered: at(&summary.ordered, milestone),
            from_start: summary.from_start(reading, milestone).map(Rate::from),
            from_previous: summary.from_previous(reading, milestone).map(Rate::from),
        };
        Self {
            value,
            units: summary.units,
            order_unknown: summary.order_unknown,
            unknown_duration: summary.unknown_duration,
            milestones: (0..summary.furthest.len()).map(row).collect(),
        }
    }
}

impl MilestoneRow {
    /// How many come to it by this reading.
    pub const fn by(&self, reading: MilestoneReading) -> u64 {
        match reading {
            MilestoneReading::Furthest => self.furthest,
            MilestoneReading::Each => self.each,
            MilestoneReading::Unordered => self.unordered,
            MilestoneReading::Ordered => self.ordered,
        }
    }
}
