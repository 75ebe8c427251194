//! What a report on groups accumulates.

use audience_cohort::{Breakdown, Dimension, Grouping, Slice};
use audience_core::SessionFacts;
use audience_qoe::Experience;
use audience_stats::{Accumulator, Merge, merge_fields};
use jiff::tz::TimeZone;
use serde::Serialize;

use crate::error::Error;
use crate::filter::Filter;
use crate::state::AttributeNames;

/// Of sketches: 2^14 registers, a standard error of 0.8 %.
const PRECISION: u8 = 14;

/// What is counted of a group.
pub type Measured = (Slice, Experience);

/// What a report on groups is asked for.
#[derive(Clone, Debug)]
pub struct GroupsSpec {
    /// Which sessions it is about.
    pub filter: Filter,
    /// The sessions it is compared with; none by default.
    pub versus: Option<Versus>,
    /// By what sessions are grouped; by nothing by default, which makes one group of all.
    pub by: Vec<Dimension>,
    /// The time zone of days; UTC by default.
    pub zone: TimeZone,
    /// Which groups come first; those watched most by default.
    pub order: GroupOrder,
    /// How many groups to list; 20 by default. All others are one row.
    pub top: usize,
    /// Groups with fewer viewers are not shown, and can not be worked out from those that are; 1 by default, which shows all.
    pub min_viewers: u64,
    /// Whether viewers are counted by sketches, so that memory does not grow with them; they are not by default.
    pub approximate_viewers: bool,
    /// Whether to list groups by each single dimension, too; not by default.
    pub rollups: bool,
}

/// What groups are compared with.
#[derive(Clone, Debug)]
pub struct Versus {
    /// What it is called.
    pub name: String,
    /// Which sessions it is.
    pub filter: Filter,
}

/// Which groups come first.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum GroupOrder {
    /// Those with most viewers.
    Viewers,
    /// Those with most sessions.
    Sessions,
    /// Those in which most was watched.
    #[default]
    WatchTime,
}

impl Default for GroupsSpec {
    fn default() -> Self {
        Self {
            filter: Filter::default(),
            versus: None,
            by: Vec::new(),
            zone: TimeZone::UTC,
            order: GroupOrder::default(),
            top: 20,
            min_viewers: 1,
            approximate_viewers: false,
            rollups: false,
        }
    }
}

impl GroupsSpec {
    /// The standard error of the number of viewers as a part of it; `None` where they are counted one by one.
    pub(super) fn standard_error(&self) -> Option<f64> {
        self.approximate_viewers.then(|| 1.04 / f64::from(1_u32 << PRECISION).sqrt())
    }
}

impl GroupOrder {
    /// How much a group has of it.
    pub(super) fn of(self, viewers: u64, slice: &Slice) -> u128 {
        match self {
            Self::Viewers => viewers.into(),
            Self::Sessions => slice.sessions().into(),
            Self::WatchTime => slice.watched_ms(),
        }
    }

    /// What it is called.
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::Viewers => "viewers",
            Self::Sessions => "sessions",
            Self::WatchTime => "watch time",
        }
    }
}

/// All a report on groups is made of: an accumulator over session facts. Memory grows with groups and how many different waits, to the
/// millisecond, each has, and with viewers unless they are sketched; else not with sessions.
#[derive(Clone, Debug)]
pub struct GroupsState {
    filter: Filter,
    versus: Option<Filter>,
    pub(super) sessions_read: u64,
    pub(super) sessions: u64,
    pub(super) this: Breakdown<Measured>,
    pub(super) other: Option<Breakdown<Measured>>,
    pub(super) in_both: u64,
    pub(super) attributes: AttributeNames,
}

impl GroupsState {
    /// A report of nothing yet, to be made as `spec` says.
    ///
    /// # Errors
    ///
    /// [`Error::GroupTwice`] when a dimension is there twice.
    pub fn new(spec: &GroupsSpec) -> Result<Self, Error> {
        if let Some(at) = (1..spec.by.len()).find(|at| spec.by[..*at].contains(&spec.by[*at])) {
            return Err(Error::GroupTwice { name: spec.by[at].name().to_owned() });
        }
        let exact = Breakdown::new(Grouping::new(spec.by.clone(), spec.zone.clone()), Measured::default());
        let empty = if spec.approximate_viewers { exact.with_sketches(PRECISION)? } else { exact };
        let versus = spec.versus.as_ref().map(|versus| versus.filter.clone());
        Ok(Self {
            filter: spec.filter.clone(),
            other: versus.is_some().then(|| empty.clone()),
            versus,
            sessions_read: 0,
            sessions: 0,
            this: empty,
            in_both: 0,
            attributes: AttributeNames::default(),
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
}

merge_fields!(GroupsState { sessions_read, sessions, this, other, in_both, attributes });

impl Accumulator for GroupsState {
    type Item = SessionFacts;
    /// Sessions that passed the filter: what else there is to say is in [`GroupsFindings`](super::GroupsFindings).
    type Summary = u64;

    fn observe(&mut self, facts: &SessionFacts) {
        self.sessions_read.merge(1);
        let passes = self.filter.passes(facts);
        if passes {
            self.sessions.merge(1);
            self.this.observe(facts);
            self.attributes.observe(facts);
        }
        if let Some(other) = &mut self.other
            && self.versus.as_ref().is_some_and(|versus| versus.passes(facts))
        {
            other.observe(facts);
            self.in_both.merge(u64::from(passes));
        }
    }

    fn summary(&self) -> u64 {
        self.sessions
    }
}
