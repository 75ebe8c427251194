//! What may be shown of what was accumulated.

use std::collections::{HashMap, HashSet};

use audience_cohort::{Breakdown, Delta, DeviceClass, Dimension, Group, PublishSpec, SliceSummary, Value, WorldRegion};
use audience_ingest::Catalog;
use audience_stats::Accumulator;
use serde::Serialize;

use super::state::{GroupOrder, GroupsSpec, GroupsState, Measured};
use crate::error::Error;
use crate::report::{Asked, title_of};

/// The same figures for every group of sessions.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GroupsFindings {
    /// Which groups come first.
    pub order_by: GroupOrder,
    /// Groups with fewer viewers are not shown.
    pub min_viewers: u64,
    /// Where numbers of viewers are estimates, their standard error as a part of them.
    pub viewers_standard_error: Option<f64>,
    /// What groups are compared with, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub versus: Option<GroupsVersus>,
    /// The groups.
    #[serde(flatten)]
    pub table: GroupTable,
    /// The same by each dimension alone, where that was asked for and there are several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rollups: Vec<GroupTable>,
}

/// What groups are compared with.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GroupsVersus {
    /// What it is called.
    pub name: String,
    /// Which sessions it is.
    pub asked: Asked,
    /// Whether any session is in both.
    pub overlaps: bool,
    /// Whether there is no session to compare with.
    pub empty: bool,
}

/// Groups by some dimensions.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GroupTable {
    /// The dimensions.
    pub by: Vec<String>,
    /// How many groups there are, shown or not.
    pub groups: usize,
    /// Groups with too few viewers to be shown.
    pub too_few: usize,
    /// Groups with viewers enough that are not shown, since those with too few could be worked out from what is.
    pub protecting: usize,
    /// All groups together; `None` when that is about too few viewers.
    pub total: Option<GroupRow>,
    /// The groups, in descending order.
    pub rows: Vec<GroupRow>,
    /// All that is not shown, together; `None` when there is none of it, or it is about too few viewers.
    pub other: Option<GroupRow>,
    /// How many groups that is.
    pub other_groups: usize,
    /// Groups of what this is compared with that are not there now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gone: Option<usize>,
}

/// One group.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GroupRow {
    /// Its value in each dimension; `None` of sessions without. Of the total and of all others there is none.
    pub values: Vec<Option<String>>,
    /// The name of the title, where it is by `content` and a catalogue has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Different viewers. A viewer is in each group that they have a session in, so that these do not add up.
    pub viewers: u64,
    /// How many sessions, how much they watched, and how it went.
    #[serde(flatten)]
    pub of: SliceSummary,
    /// Sessions as a share of all, 0–1.
    pub sessions_share: Option<f64>,
    /// What they watched as a share of all that was watched, 0–1.
    pub watched_share: Option<f64>,
    /// The median time to start, in milliseconds.
    pub startup_p50_ms: Option<f64>,
    /// By how much it changed, where it is compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<GroupChange>,
}

/// By how much a group changed; nothing where it was not there before, or where that was about too few viewers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct GroupChange {
    /// Viewers.
    pub viewers: Delta,
    /// Sessions.
    pub sessions: Delta,
    /// What was watched, in milliseconds.
    pub watched_ms: Delta,
    /// The share that completed.
    pub completion_rate: Delta,
    /// Time stalled by time playing or stalled.
    pub rebuffer_ratio: Delta,
}

impl GroupsFindings {
    pub(super) fn new(state: &GroupsState, spec: &GroupsSpec, catalog: &Catalog) -> Result<Self, Error> {
        check_dimensions(state, spec)?;
        let (this, other) = (&state.this, state.other.as_ref());
        let places = if spec.rollups && spec.by.len() > 1 { 0..spec.by.len() } else { 0..0 };
        let rollup = |at: usize| {
            let before = other.map(|other| other.rolled_up(&[at]));
            GroupTable::new(&this.rolled_up(&[at]), before.as_ref(), spec, catalog)
        };
        Ok(Self {
            order_by: spec.order,
            min_viewers: spec.min_viewers,
            viewers_standard_error: spec.standard_error(),
            versus: spec.versus.as_ref().map(|versus| GroupsVersus {
                name: versus.name.clone(),
                asked: Asked::of_filter(&versus.filter, &spec.zone, spec.top),
                overlaps: state.in_both > 0,
                empty: other.is_none_or(Breakdown::is_empty),
            }),
            table: GroupTable::new(this, other, spec, catalog),
            rollups: places.map(rollup).collect(),
        })
    }
}

/// Whether any session has each of the dimensions, where there are sessions.
fn check_dimensions(state: &GroupsState, spec: &GroupsSpec) -> Result<(), Error> {
    let has = |breakdown: &Breakdown<Measured>, at: usize| {
        breakdown.iter().any(|(key, ..)| key.get(at).is_some_and(|value| *value != Value::Missing))
    };
    for (at, dimension) in spec.by.iter().enumerate() {
        if state.this.is_empty() || has(&state.this, at) {
            continue;
        }
        let (name, known) = (dimension.name().to_owned(), state.attributes.summary());
        return Err(match dimension {
            Dimension::WorldRegion => Error::NoClass { name, by: WorldRegion::ATTRIBUTES, known },
            Dimension::DeviceClass => Error::NoClass { name, by: DeviceClass::ATTRIBUTES, known },
            Dimension::Attribute(_) if !state.attributes.contains(&name) => Error::NoDimension { name, known },
            // An attribute past those whose names are kept would be there; days and titles are what they are.
            _ => continue,
        });
    }
    Ok(())
}

impl GroupTable {
    fn new(
        this: &Breakdown<Measured>,
        before: Option<&Breakdown<Measured>>,
        spec: &GroupsSpec,
        catalog: &Catalog,
    ) -> Self {
        let publish = PublishSpec { top: spec.top, min_viewers: spec.min_viewers, protect_rest: true };
        let published = this.publish(&publish, |viewers, (slice, _)| spec.order.of(viewers, slice));
        let (shown, below) = (published.shown.len(), published.below.len());
        let whole = published.total.as_ref().map_or((0, 0), |total| (total.of.0.sessions(), total.of.0.watched_ms()));
        let row = |group: &Group<Measured>| GroupRow::new(group, whole);
        let mut rows: Vec<GroupRow> = published.shown.iter().map(row).collect();
        let content = this.grouping().dimensions().iter().position(|by| *by == Dimension::Content);
        for row in &mut rows {
            let id = content.and_then(|at| row.values.get(at)?.as_deref());
            row.title = id.and_then(|id| title_of(id, catalog));
        }
        let mut table = Self {
            by: this.grouping().dimensions().iter().map(|by| by.name().to_owned()).collect(),
            groups: this.len(),
            too_few: below,
            protecting: spec.top.min(this.len() - below) - shown,
            total: published.total.as_ref().map(row),
            rows,
            other: published.other.as_ref().filter(|_| published.other_groups > 0).map(row),
            other_groups: published.other_groups,
            gone: None,
        };
        if let Some(before) = before {
            table.compare(&published.shown, this, before, spec.min_viewers);
        }
        table
    }

    /// Adds by how much each row changed, but for what would tell of groups that had too few viewers before.
    fn compare(
        &mut self,
        shown: &[Group<Measured>],
        this: &Breakdown<Measured>,
        before: &Breakdown<Measured>,
        min_viewers: u64,
    ) {
        let floor = if min_viewers > 1 { min_viewers } else { 0 };
        let earlier: HashMap<&[Value], (u64, &Measured)> =
            before.iter().map(|(key, viewers, state)| (key, (viewers, state))).collect();
        let told = |key: &[Value]| earlier.get(key).filter(|(viewers, _)| *viewers >= floor).copied();
        let mut all_told = true;
        for (row, group) in self.rows.iter_mut().zip(shown) {
            let then = told(&group.key);
            all_told &= then.is_some() || !earlier.contains_key(group.key.as_slice());
            row.change = Some(then.map_or_else(GroupChange::default, |(viewers, of)| row.since(viewers, of)));
        }
        let shown: HashSet<&[Value]> = shown.iter().map(|group| group.key.as_slice()).collect();
        let is_shown = |key: &[Value]| shown.contains(key);
        // What is told of all others and of everything is also told of what is left of them.
        let others = before.together(|key| !is_shown(key));
        let any_other = earlier.keys().any(|key| !is_shown(key));
        let other_told = self.other.is_some() && any_other && all_told && others.viewers >= floor;
        let rest = before.together(|key| !(is_shown(key) && told(key).is_some()));
        let any_rest = earlier.keys().any(|key| !(is_shown(key) && told(key).is_some()));
        if let Some(other) = &mut self.other {
            let change = other_told.then(|| other.since(others.viewers, &others.of));
            other.change = Some(change.unwrap_or_default());
        }
        if let Some(total) = &mut self.total {
            let then = before.total();
            let safe = then.viewers >= floor && (other_told || !any_rest || rest.viewers >= floor);
            let change = (safe && !before.is_empty()).then(|| total.since(then.viewers, &then.of));
            total.change = Some(change.unwrap_or_default());
        }
        let now: HashSet<&[Value]> = this.iter().map(|(key, ..)| key).collect();
        self.gone = Some(earlier.keys().filter(|key| !now.contains(*key)).count());
    }
}

impl GroupRow {
    fn new(group: &Group<Measured>, (sessions, watched): (u64, u128)) -> Self {
        let (slice, experience) = &group.of;
        let share = |part: f64, whole: f64| (whole > 0.0).then(|| part / whole);
        Self {
            values: group.key.iter().map(Value::known).collect(),
            title: None,
            viewers: group.viewers,
            of: slice.summary(),
            sessions_share: share(slice.sessions() as f64, sessions as f64),
            watched_share: share(slice.watched_ms() as f64, watched as f64),
            startup_p50_ms: experience.summary().startup_p50_ms,
            change: None,
        }
    }

    /// By how much it changed since what it was before.
    fn since(&self, viewers: u64, (slice, _): &Measured) -> GroupChange {
        let then = slice.summary();
        // Shares and ratios are finite.
        let figure = |then: Option<f64>, now: Option<f64>| Delta::of_figures(then, now).unwrap_or_default();
        let rate = |of: &SliceSummary| of.completion_rate.map(audience_core::Ratio::as_f64);
        let millis = |of: &SliceSummary| Some(u64::try_from(of.watched_ms).unwrap_or(u64::MAX));
        GroupChange {
            viewers: Delta::of_counts(Some(viewers), Some(self.viewers)),
            sessions: Delta::of_counts(Some(then.sessions), Some(self.of.sessions)),
            watched_ms: Delta::of_counts(millis(&then), millis(&self.of)),
            completion_rate: figure(rate(&then), rate(&self.of)),
            rebuffer_ratio: figure(then.rebuffer_ratio, self.of.rebuffer_ratio),
        }
    }

    /// What was watched, in milliseconds.
    pub(crate) fn watched_ms(&self) -> u64 {
        u64::try_from(self.of.watched_ms).unwrap_or(u64::MAX)
    }
}
