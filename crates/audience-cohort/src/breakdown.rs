//! The same figures for every group of sessions.

mod group;
mod number_set;
mod published;
mod slice;

pub use group::Group;
pub use published::{PublishSpec, Published};
pub use slice::{Slice, SliceSummary};

use std::collections::HashMap;
use std::fmt;

use audience_core::SessionFacts;
use audience_stats::{Accumulator, DistinctSketch, KeyOf, Merge};
use foldhash::fast::RandomState;

use crate::dimension::{Grouping, Value};
use crate::error::Error;
use crate::unit_index::UnitIndex;
use group::{Counted, GroupViewers};

/// The same analysis for each group of sessions by some dimensions, with the number of different viewers of each.
///
/// Memory grows with groups and what `A` keeps of each, and with viewers: some 20 to 40 bytes for each of them, and for each group they
/// are in 2 bytes, or a bit for each of 65,536 where more than 256 are in it; with [sketches](Self::with_sketches) it does not grow with viewers. It does not grow with sessions.
///
/// # Examples
///
/// ```
/// use audience_cohort::{Breakdown, Dimension, Grouping, Slice};
/// use audience_core::{Accumulator, Event, EventKind, Rules, Session, Timestamp};
/// use jiff::tz::TimeZone;
///
/// let by = Grouping::new(Dimension::parse_list("country,device")?, TimeZone::UTC);
/// let mut breakdown = Breakdown::new(by, Slice::default());
/// for (session, country) in [("s1", "DE"), ("s2", "FR"), ("s3", "DE")] {
///     let session = Session::new(session, "film", [Event::new(Timestamp::from_millis(0), EventKind::Play)])
///         .with_viewer("ann")
///         .with_attribute("country", country)
///         .with_attribute("device", "tv");
///     breakdown.observe(&session.facts(&Rules::default(), None));
/// }
/// let groups = breakdown.summary();
/// assert_eq!((groups[0].of.sessions, groups[1].of.sessions), (2, 1));
///
/// // One viewer in two countries is one viewer of the device.
/// let by_device = breakdown.rolled_up(&[1]).summary();
/// assert_eq!((by_device[0].of.sessions, by_device[0].viewers), (3, 1));
/// # Ok::<(), audience_cohort::Error>(())
/// ```
#[derive(Clone)]
pub struct Breakdown<A> {
    grouping: Grouping,
    prototype: A,
    /// How viewers are counted, without any.
    no_viewers: GroupViewers,
    viewers: UnitIndex,
    groups: HashMap<u128, (Vec<Value>, Counted<A>), RandomState>,
}

impl<A> Breakdown<A> {
    /// No group yet; each will start as a clone of `prototype`, which must not have observed anything. Viewers are counted exactly.
    pub fn new(grouping: Grouping, prototype: A) -> Self {
        Self {
            grouping,
            prototype,
            no_viewers: GroupViewers::default(),
            viewers: UnitIndex::default(),
            groups: HashMap::default(),
        }
    }

    /// The same, with viewers counted by sketches of 2^`precision` registers, 4 to 18: a standard error of 1.04 / √(2^precision), 0.8 % at
    /// 14, and at most 2^precision bytes a group. It must not have observed anything yet.
    ///
    /// # Errors
    ///
    /// [`Error::Statistics`] for a precision that there is not.
    pub fn with_sketches(self, precision: u8) -> Result<Self, Error> {
        Ok(Self { no_viewers: GroupViewers::Sketch(Box::new(DistinctSketch::new(precision)?)), ..self })
    }

    /// By what it is.
    pub fn grouping(&self) -> &Grouping {
        &self.grouping
    }

    /// How many groups there are.
    pub fn len(&self) -> usize {
        self.groups.len()
    }

    /// Whether nothing was observed yet.
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// The groups in no particular order: values, number of viewers, state.
    pub fn iter(&self) -> impl Iterator<Item = (&[Value], u64, &A)> {
        self.groups.values().map(|(key, counted)| (key.as_slice(), counted.viewers.count(), &counted.state))
    }
}

impl<A: Clone> Breakdown<A> {
    /// The state of the group with these values, which `viewer` is taken to be in: for who has other things than facts of sessions.
    pub fn group_of(&mut self, values: &[Option<&str>], viewer: Option<&str>) -> &mut A {
        let key = || values.iter().map(|value| value.map_or(Value::Missing, |text| Value::Text(text.into()))).collect();
        let Self { prototype, no_viewers, viewers, groups, .. } = self;
        let (_, counted) = groups
            .entry(Grouping::hash_of_texts(values))
            .or_insert_with(|| (key(), Counted { viewers: no_viewers.clone(), state: prototype.clone() }));
        if let Some(viewer) = viewer {
            counted.viewers.insert(viewer, viewers);
        }
        &mut counted.state
    }
}

impl<A: Merge + Clone> Breakdown<A> {
    /// Everything, as one group without values.
    pub fn total(&self) -> Group<A> {
        self.together(|_| true)
    }

    /// The groups whose values are among those asked for, as one group without values: viewers of several of them count once.
    pub fn together(&self, among: impl Fn(&[Value]) -> bool) -> Group<A> {
        let mut all = self.nothing();
        for (_, counted) in self.groups.values().filter(|(key, _)| among(key)) {
            all.add(counted);
        }
        all.into_group(Vec::new())
    }

    /// The same by some of the dimensions only, given by their places from 0 on. What is no place is passed over.
    #[must_use]
    pub fn rolled_up(&self, places: &[usize]) -> Self {
        let mut groups = HashMap::default();
        for (key, counted) in self.groups.values() {
            let key: Vec<Value> = places.iter().filter_map(|at| key.get(*at).cloned()).collect();
            let group = groups.entry(Grouping::hash_of_key(&key));
            let (_, group) = group.or_insert_with(|| (key, self.nothing()));
            group.add(counted);
        }
        Self {
            grouping: self.grouping.of(places),
            prototype: self.prototype.clone(),
            no_viewers: self.no_viewers.clone(),
            viewers: self.viewers.clone(),
            groups,
        }
    }

    fn nothing(&self) -> Counted<A> {
        Counted { viewers: self.no_viewers.clone(), state: self.prototype.clone() }
    }
}

impl<A: Merge> Merge for Breakdown<A> {
    fn merge(&mut self, other: Self) {
        // Viewers have other numbers there.
        let numbers: Vec<Option<u32>> =
            other.viewers.into_keys().into_iter().map(|key| self.viewers.number(key)).collect();
        for (hash, (key, mut counted)) in other.groups {
            counted.viewers.renumber(&numbers);
            match self.groups.entry(hash) {
                std::collections::hash_map::Entry::Occupied(mut own) => own.get_mut().1.merge(counted),
                std::collections::hash_map::Entry::Vacant(own) => {
                    own.insert((key, counted));
                }
            }
        }
    }
}

impl<A: Accumulator<Item = SessionFacts> + Clone> Accumulator for Breakdown<A> {
    type Item = SessionFacts;
    /// In the order of their values.
    type Summary = Vec<Group<A::Summary>>;

    fn observe(&mut self, facts: &SessionFacts) {
        let Self { grouping, prototype, no_viewers, viewers, groups } = self;
        let (_, counted) = groups.entry(grouping.hash(facts)).or_insert_with(|| {
            (grouping.key(facts), Counted { viewers: no_viewers.clone(), state: prototype.clone() })
        });
        if let Some(viewer) = &facts.identity.viewer_id {
            counted.viewers.insert(viewer.as_str(), viewers);
        }
        counted.state.observe(facts);
    }

    fn summary(&self) -> Self::Summary {
        let group =
            |(key, viewers, state): (&[Value], u64, &A)| Group { key: key.to_vec(), viewers, of: state.summary() };
        let mut groups: Vec<_> = self.iter().map(group).collect();
        groups.sort_unstable_by(|a, b| a.key.cmp(&b.key));
        groups
    }
}

impl<A: fmt::Debug> fmt::Debug for Breakdown<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let groups = self.iter().map(|(key, viewers, state)| (key, (viewers, state)));
        f.debug_map().entries(groups).finish()
    }
}
