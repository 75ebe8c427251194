//! The same figures for every group of sessions.

mod published;
mod slice;

pub use published::{CountsViewers, PublishSpec, Published};
pub use slice::{Slice, SliceSummary, Uniques};

use std::collections::HashMap;
use std::fmt;
use std::hash::BuildHasherDefault;

use audience_core::SessionFacts;
use audience_stats::{Accumulator, KeyOf, Merge};

use crate::dimension::{Grouping, Value};
use crate::visits::Ready;

/// The same analysis for each group of sessions by some dimensions.
///
/// Memory grows with groups and with what `A` keeps, not with sessions.
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
/// assert_eq!((groups[0].1.sessions, groups[1].1.sessions), (2, 1));
///
/// // One viewer in two countries is one viewer of the device.
/// let by_device = breakdown.rolled_up(&[1]).summary();
/// assert_eq!((by_device[0].1.sessions, by_device[0].1.viewers), (3, 1));
/// # Ok::<(), audience_cohort::Error>(())
/// ```
#[derive(Clone)]
pub struct Breakdown<A> {
    grouping: Grouping,
    prototype: A,
    groups: HashMap<u128, Group<A>, BuildHasherDefault<Ready>>,
}

#[derive(Clone, Debug)]
struct Group<A> {
    key: Vec<Value>,
    state: A,
}

impl<A: Merge> Merge for Group<A> {
    fn merge(&mut self, other: Self) {
        self.state.merge(other.state);
    }
}

impl<A> Breakdown<A> {
    /// No group yet; each will start as a clone of `prototype`, which must not have observed anything.
    pub fn new(grouping: Grouping, prototype: A) -> Self {
        Self { grouping, prototype, groups: HashMap::default() }
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

    /// The state of one group, by its values in each dimension.
    pub fn get(&self, key: &[Value]) -> Option<&A> {
        self.groups.get(&Grouping::hash_of_key(key)).map(|group| &group.state)
    }

    /// The groups in no particular order.
    pub fn iter(&self) -> impl Iterator<Item = (&[Value], &A)> {
        self.groups.values().map(|group| (group.key.as_slice(), &group.state))
    }

    /// The groups in the order of their values.
    pub fn into_sorted(self) -> Vec<(Vec<Value>, A)> {
        let mut groups: Vec<_> = self.groups.into_values().map(|group| (group.key, group.state)).collect();
        groups.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        groups
    }
}

impl<A: Merge + Clone> Breakdown<A> {
    /// Everything, as one group.
    pub fn total(&self) -> A {
        let mut total = self.prototype.clone();
        for (_, state) in self.iter() {
            total.merge(state.clone());
        }
        total
    }

    /// The same by some of the dimensions only, given by their places from 0 on. What is no place is passed over.
    #[must_use]
    pub fn rolled_up(&self, places: &[usize]) -> Self {
        let mut rolled = Self::new(self.grouping.of(places), self.prototype.clone());
        for (key, state) in self.iter() {
            let key: Vec<Value> = places.iter().filter_map(|at| key.get(*at).cloned()).collect();
            let group = rolled.groups.entry(Grouping::hash_of_key(&key));
            let group = group.or_insert_with(|| Group { key, state: self.prototype.clone() });
            group.state.merge(state.clone());
        }
        rolled
    }
}

impl<A: Merge> Merge for Breakdown<A> {
    fn merge(&mut self, other: Self) {
        self.groups.merge(other.groups);
    }
}

impl<A: Accumulator<Item = SessionFacts> + Clone> Accumulator for Breakdown<A> {
    type Item = SessionFacts;
    type Summary = Vec<(Vec<Value>, A::Summary)>;

    fn observe(&mut self, facts: &SessionFacts) {
        let group = self.groups.entry(self.grouping.hash(facts));
        let group = group.or_insert_with(|| Group { key: self.grouping.key(facts), state: self.prototype.clone() });
        group.state.observe(facts);
    }

    fn summary(&self) -> Self::Summary {
        let mut groups: Vec<_> = self.iter().map(|(key, state)| (key.to_vec(), state.summary())).collect();
        groups.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        groups
    }
}

impl<A: fmt::Debug> fmt::Debug for Breakdown<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Breakdown")
            .field("grouping", &self.grouping)
            .field("groups", &self.groups)
            .finish_non_exhaustive()
    }
}
