//! One group of sessions.

use audience_stats::hash::hash128;
use audience_stats::{Accumulator, DistinctSketch, Merge};

use super::number_set::NumberSet;
use crate::dimension::Value;
use crate::unit_index::UnitIndex;

/// One group of a breakdown.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Group<T> {
    /// Its value in each dimension; of everything, and of all that is not shown, there are none.
    pub key: Vec<Value>,
    /// Different viewers, of the sessions that name one: exact, or about so many where they are sketched.
    pub viewers: u64,
    /// What was seen of it.
    pub of: T,
}

/// What was seen of a group.
#[derive(Clone, Debug)]
pub(super) struct Counted<A> {
    pub(super) viewers: GroupViewers,
    pub(super) state: A,
}

/// The viewers of a group.
#[derive(Clone, Debug)]
pub(super) enum GroupViewers {
    /// By their numbers.
    Exact(NumberSet),
    /// About.
    Sketch(Box<DistinctSketch>),
}

impl<A: Merge + Clone> Counted<A> {
    /// Takes in another group of the same breakdown.
    pub(super) fn add(&mut self, other: &Self) {
        match (&mut self.viewers, &other.viewers) {
            (GroupViewers::Exact(mine), GroupViewers::Exact(theirs)) => mine.unite(theirs),
            (mine, theirs) => mine.merge(theirs.clone()),
        }
        self.state.merge(other.state.clone());
    }

    pub(super) fn into_group(self, key: Vec<Value>) -> Group<A> {
        Group { key, viewers: self.viewers.count(), of: self.state }
    }
}

impl<A: Merge> Merge for Counted<A> {
    fn merge(&mut self, other: Self) {
        self.viewers.merge(other.viewers);
        self.state.merge(other.state);
    }
}

impl Default for GroupViewers {
    fn default() -> Self {
        Self::Exact(NumberSet::default())
    }
}

impl GroupViewers {
    pub(super) fn count(&self) -> u64 {
        match self {
            Self::Exact(numbers) => numbers.len(),
            Self::Sketch(sketch) => sketch.estimate().count(),
        }
    }

    pub(super) fn insert(&mut self, id: &str, index: &mut UnitIndex) {
        match self {
            Self::Exact(numbers) => {
                if let Some(number) = index.number(hash128(id.as_bytes(), 0).into()) {
                    numbers.insert(number);
                }
            }
            Self::Sketch(sketch) => sketch.observe(id),
        }
    }

    /// Numbers viewers in another way: each as the list says.
    pub(super) fn renumber(&mut self, numbers: &[Option<u32>]) {
        if let Self::Exact(own) = self {
            *own = own.iter().filter_map(|number| *numbers.get(number as usize)?).collect();
        }
    }
}

impl Merge for GroupViewers {
    fn merge(&mut self, other: Self) {
        match (self, other) {
            (Self::Exact(mine), Self::Exact(theirs)) => mine.unite(&theirs),
            (Self::Sketch(mine), Self::Sketch(theirs)) => mine.merge(*theirs),
            (mine, theirs) => panic!("merge {mine:?} with {theirs:?}: viewers are counted in two ways"),
        }
    }
}
