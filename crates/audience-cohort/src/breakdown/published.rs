//! Groups that may be shown.

use std::cmp::{Ordering, Reverse};

use audience_stats::Merge;

use super::group::Counted;
use super::{Breakdown, Group};
use crate::dimension::Value;

/// Which groups are shown.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PublishSpec {
    /// How many groups, those with most first.
    pub top: usize,
    /// Groups with fewer viewers are not shown, so that no figure is about a few people (k-anonymity). 0 and 1 ask for nothing.
    pub min_viewers: u64,
    /// Whether what is not shown is protected, too: as long as all of it together has fewer viewers than that, the last group that would
    /// be shown is not. Else it could be had from the total.
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
    pub total: Option<Group<A>>,
    /// Those with most first.
    pub shown: Vec<Group<A>>,
    /// The values of those with too few viewers, in the same order: for whoever sees to it that they are not shown.
    pub below: Vec<Vec<Value>>,
    /// Everything that is not shown, as one group: viewers of several of its groups count once. `None` when it has fewer viewers than may
    /// be shown, which with [`protect_rest`](PublishSpec::protect_rest) is when there are not as many in all.
    pub other: Option<Group<A>>,
    /// How many groups that is.
    pub other_groups: usize,
}

impl<A: Merge + Clone> Breakdown<A> {
    /// The groups that `spec` lets be shown, in descending order of `measure`, which has the number of viewers and the state of a group;
    /// of equals by their values, missing ones last.
    ///
    /// Groups whose sessions name no viewer have none, which is fewer than any floor.
    ///
    /// One table protects its own rows. Who sees several tables of the same sessions, by other dimensions or of other periods, may still
    /// find small groups as differences between them.
    pub fn publish(&self, spec: &PublishSpec, measure: impl Fn(u64, &A) -> u128) -> Published<A> {
        type Row<'a, A> = (&'a [Value], u64, &'a Counted<A>);
        let row = |(key, counted)| -> (u128, Row<'_, A>) {
            let (key, counted): (&Vec<Value>, &Counted<A>) = (key, counted);
            let viewers = counted.viewers.count();
            (measure(viewers, &counted.state), (key, viewers, counted))
        };
        let mut groups: Vec<_> = self.groups.values().map(|(key, counted)| row((key, counted))).collect();
        groups.sort_unstable_by(|a, b| Reverse(a.0).cmp(&Reverse(b.0)).then_with(|| missing_last(a.1.0, b.1.0)));
        let floor = if spec.min_viewers > 1 { spec.min_viewers } else { 0 };
        let (mut shown, mut below): (Vec<Row<'_, A>>, _) = (Vec::new(), Vec::new());
        let (mut other, mut other_groups) = (self.nothing(), 0);
        for (_, (key, viewers, counted)) in groups {
            let small = viewers < floor;
            if small {
                below.push(key.to_vec());
            }
            if small || shown.len() == spec.top {
                other.add(counted);
                other_groups += 1;
            } else {
                shown.push((key, viewers, counted));
            }
        }
        while spec.protect_rest && other_groups > 0 && other.viewers.count() < floor {
            let Some((.., counted)) = shown.pop() else { break };
            other.add(counted);
            other_groups += 1;
        }
        let group =
            |(key, viewers, counted): Row<'_, A>| Group { key: key.to_vec(), viewers, of: counted.state.clone() };
        let may_be_shown = |group: &Group<A>| !spec.protect_rest || group.viewers >= floor;
        Published {
            total: Some(self.total()).filter(may_be_shown),
            shown: shown.into_iter().map(group).collect(),
            below,
            other: Some(other.into_group(Vec::new())).filter(may_be_shown),
            other_groups,
        }
    }
}

/// In ascending order, missing values last.
fn missing_last(a: &[Value], b: &[Value]) -> Ordering {
    let missing = |value: &Value| *value == Value::Missing;
    let pairs = a.iter().zip(b);
    pairs.map(|(a, b)| missing(a).cmp(&missing(b)).then_with(|| a.cmp(b))).fold(Ordering::Equal, Ordering::then)
}
