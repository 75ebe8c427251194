//! Groups that may be shown.

use std::cmp::{Ordering, Reverse};

use audience_stats::Merge;

use super::Breakdown;
use crate::dimension::Value;

/// What can say how many different viewers it has seen.
pub trait CountsViewers {
    /// How many; sessions that name no viewer are none.
    fn viewers(&self) -> u64;
}

impl<A: CountsViewers, B> CountsViewers for (A, B) {
    fn viewers(&self) -> u64 {
        self.0.viewers()
    }
}

/// Which groups are shown.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PublishSpec {
    /// How many groups, those with most first.
    pub top: usize,
    /// Groups with fewer viewers are not shown, so that no figure is about a few people (k-anonymity).
    pub min_viewers: u64,
    /// Whether what is not shown is protected, too: as long as all of it together has some viewers, but fewer than that, the last group
    /// that would be shown is not. Else it could be had from the total.
    pub protect_rest: bool,
}

impl Default for PublishSpec {
    /// All groups.
    fn default() -> Self {
        Self { top: usize::MAX, min_viewers: 1, protect_rest: true }
    }
}

/// Groups that are shown, and all others together.
#[derive(Clone, Debug)]
pub struct Published<A> {
    /// All groups together; `None` when they have fewer viewers than may be shown.
    pub total: Option<A>,
    /// Those with most first.
    pub shown: Vec<(Vec<Value>, A)>,
    /// The values of those with too few viewers, in the same order: for whoever sees to it that they are not shown.
    pub below: Vec<Vec<Value>>,
    /// Everything that is not shown, as one group: viewers of several of its groups count once.
    pub other: A,
    /// How many groups that is.
    pub other_groups: usize,
}

impl<A: CountsViewers + Merge + Clone> Breakdown<A> {
    /// The groups that `spec` lets be shown, in descending order of `measure`; of equals by their values, missing ones last.
    ///
    /// Groups that have no viewers at all, since no session names one, have fewer than any floor above 0.
    ///
    /// One table protects its own rows. Who sees several tables of the same sessions, by other dimensions or of other periods, may still
    /// find small groups as differences between them.
    pub fn publish(&self, spec: &PublishSpec, measure: impl Fn(&A) -> u128) -> Published<A> {
        let mut groups: Vec<(u128, &[Value], &A)> =
            self.iter().map(|(key, state)| (measure(state), key, state)).collect();
        groups.sort_unstable_by(|a, b| Reverse(a.0).cmp(&Reverse(b.0)).then_with(|| missing_last(a.1, b.1)));
        // A floor of 1 asks for nothing.
        let floor = if spec.min_viewers > 1 { spec.min_viewers } else { 0 };
        let (mut shown, mut hidden, mut below) = (Vec::new(), Vec::new(), Vec::new());
        for (_, key, state) in groups {
            if state.viewers() < floor {
                below.push(key.to_vec());
                hidden.push(state);
            } else if shown.len() < spec.top {
                shown.push((key, state));
            } else {
                hidden.push(state);
            }
        }
        let mut other = self.prototype.clone();
        let mut other_groups = 0;
        for state in hidden {
            other.merge(state.clone());
            other_groups += 1;
        }
        while spec.protect_rest && other_groups > 0 && other.viewers() < floor {
            let Some((_, state)) = shown.pop() else { break };
            other.merge(state.clone());
            other_groups += 1;
        }
        let total = Some(self.total()).filter(|total| total.viewers() >= floor);
        let shown = shown.into_iter().map(|(key, state)| (key.to_vec(), state.clone())).collect();
        Published { total, shown, below, other, other_groups }
    }
}

/// In ascending order, missing values last.
fn missing_last(a: &[Value], b: &[Value]) -> Ordering {
    let order = |value: &Value| *value == Value::Missing;
    let pairs = a.iter().zip(b);
    pairs.map(|(a, b)| order(a).cmp(&order(b)).then_with(|| a.cmp(b))).fold(Ordering::Equal, Ordering::then)
}
