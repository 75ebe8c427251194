//! What a value stalled, beside what others stalled in like circumstances.

use std::num::NonZeroU16;

use audience_stats::{Estimate, GroupedSums};

use super::cells::Ordered;

/// One value of a dimension: its sums, and the comparison with all other values.
#[derive(Clone, Debug)]
pub(super) struct Standardised {
    pub(super) totals: [u128; 3],
    pub(super) comparison: Option<Comparison>,
}

/// Sums over the strata in which both the value and others have played, and the same without each group.
#[derive(Clone, Debug)]
pub(super) struct Comparison {
    pub(super) playing_ms: f64,
    whole: Stalled,
    /// By how much the whole differs without each group.
    change: Vec<Stalled>,
    /// Which groups the value is in, and which others are in.
    own: Vec<bool>,
    others: Vec<bool>,
}

/// Milliseconds stalled, and expected to be.
#[derive(Clone, Copy, Debug, Default)]
struct Stalled {
    observed: f64,
    expected: f64,
}

/// Every value of a dimension by its number, compared with the others where it has at least so many sessions.
///
/// Takes O(cells · groups) time: what changes without a group changes in the strata that have the group.
pub(super) fn standardised(ordered: &Ordered<'_>, dimension: usize, min_sessions: u64) -> Vec<Standardised> {
    let nothing = Standardised { totals: [0; 3], comparison: None };
    let mut values = vec![nothing; ordered.values[dimension].len() + 1];
    for (key, sums) in &ordered.cells {
        let totals = &mut values[key[dimension] as usize].totals;
        for (total, sum) in totals.iter_mut().zip(sums.totals()) {
            *total += sum;
        }
    }
    let others = |key: &'_ [u32]| -> Vec<u32> { [&key[..dimension], &key[dimension + 1..]].concat() };
    let mut cells: Vec<(Vec<u32>, u32, &GroupedSums<3>)> =
        ordered.cells.iter().map(|(key, sums)| (others(key), key[dimension], *sums)).collect();
    cells.sort_unstable_by(|a, b| (&a.0, a.1).cmp(&(&b.0, b.1)));
    for stratum in cells.chunk_by(|a, b| a.0 == b.0).filter(|stratum| stratum.len() > 1) {
        let mut whole = GroupedSums::new(stratum[0].2.groups());
        for (group, sums) in stratum.iter().flat_map(|(_, _, sums)| sums.iter()) {
            whole.add(group, *sums);
        }
        for (_, value, sums) in stratum {
            let value = &mut values[*value as usize];
            if value.totals[0] >= u128::from(min_sessions) {
                compare(&mut value.comparison, sums, &whole);
            }
        }
    }
    values
}

/// Takes in a stratum: what the value has there, and what all have.
fn compare(comparison: &mut Option<Comparison>, sums: &GroupedSums<3>, all: &GroupedSums<3>) {
    let (totals, of_all) = (sums.totals().map(stays), all.totals().map(stays));
    let Some(whole) = Stalled::of(totals, of_all) else { return };
    let comparison = comparison.get_or_insert_with(|| Comparison::new(all.groups().count() as usize));
    comparison.playing_ms += totals[2] as f64;
    comparison.whole.add(whole, 1.0);
    let mut own = sums.iter().peekable();
    for (group, all_of_group) in all.iter() {
        let of_group = own.next_if(|(own, _)| *own == group).map_or([0; 3], |(_, sums)| *sums);
        let at = usize::from(group);
        comparison.own[at] |= of_group[2] > 0;
        comparison.others[at] |= all_of_group[2] > of_group[2];
        let without = Stalled::of(less(totals, &of_group), less(of_all, all_of_group)).unwrap_or_default();
        comparison.change[at].add(without, 1.0);
        comparison.change[at].add(whole, -1.0);
    }
}

/// A sum that stays at the largest number: wide numbers take several times as long, and this is done for every group.
fn stays(sum: u128) -> u64 {
    u64::try_from(sum).unwrap_or(u64::MAX)
}

fn less(totals: [u64; 3], sums: &[u64; 3]) -> [u64; 3] {
    let mut rest = totals;
    for (rest, sum) in rest.iter_mut().zip(sums) {
        // A sum that stays at the largest number may be more than the rest of it.
        *rest = rest.saturating_sub(*sum);
    }
    rest
}

impl Stalled {
    /// What the value stalled in a stratum, and what it would have if it had stalled as often as others there; `None`
    /// where one of them has not played.
    fn of([_, stalled, playing]: [u64; 3], [_, all_stalled, all_playing]: [u64; 3]) -> Option<Self> {
        let others = all_playing.saturating_sub(playing);
        let expected = playing as f64 * (all_stalled.saturating_sub(stalled) as f64 / others as f64);
        (playing > 0 && others > 0).then_some(Self { observed: stalled as f64, expected })
    }

    fn add(&mut self, other: Self, times: f64) {
        self.observed += times * other.observed;
        self.expected += times * other.expected;
    }
}

impl Comparison {
    fn new(groups: usize) -> Self {
        Self {
            playing_ms: 0.0,
            whole: Stalled::default(),
            change: vec![Stalled::default(); groups],
            own: vec![false; groups],
            others: vec![false; groups],
        }
    }

    pub(super) fn observed_ms(&self) -> f64 {
        self.whole.observed
    }

    pub(super) fn expected_ms(&self) -> f64 {
        self.whole.expected
    }

    /// Time stalled beyond what was expected. A total, so that the groups that are left weigh more. `None` when it does
    /// not vary.
    pub(super) fn excess(&self) -> Option<Estimate> {
        let groups = self.held().count() as f64;
        let weight = groups / (groups - 1.0);
        // Both sums may be large where their difference is nothing but rounding.
        let rounding = 1e-9 * (self.whole.observed + self.whole.expected);
        self.jackknife(|stalled| Some(stalled.observed - stalled.expected), weight)
            .filter(|excess| excess.standard_error > rounding)
    }

    /// The logarithm of time stalled over time expected to be; `None` when one of them is 0, with all groups or without
    /// one, or when it does not vary.
    pub(super) fn log_relative(&self) -> Option<Estimate> {
        let log = |stalled: Stalled| {
            // What rounding leaves of nothing is nothing.
            let least = 1e-9 * self.whole.observed.min(self.whole.expected);
            let positive = stalled.observed > least && stalled.expected > least;
            positive.then(|| libm::log(stalled.observed / stalled.expected))
        };
        self.jackknife(log, 1.0).filter(|log| log.standard_error > 1e-9)
    }

    fn jackknife(&self, function: impl Fn(Stalled) -> Option<f64>, weight: f64) -> Option<Estimate> {
        let without = |change: Stalled| {
            let mut rest = self.whole;
            rest.add(change, 1.0);
            Some(weight * function(rest)?)
        };
        let replicates: Vec<f64> = self.held().map(|group| without(self.change[group])).collect::<Option<_>>()?;
        let estimate = Estimate::from_jackknife(function(self.whole)?, &replicates)?;
        Some(Estimate { degrees: self.degrees()?, ..estimate })
    }

    /// Groups that have the value or others.
    fn held(&self) -> impl Iterator<Item = usize> {
        (0..self.change.len()).filter(|group| self.own[*group] || self.others[*group])
    }

    /// The fewer of the groups that have the value and those that have others, less one: few viewers on one side make the
    /// comparison as unsure as few on both.
    fn degrees(&self) -> Option<NonZeroU16> {
        let count = |groups: &[bool]| groups.iter().filter(|held| **held).count();
        let fewer = count(&self.own).min(count(&self.others));
        fewer.checked_sub(1).and_then(|degrees| u16::try_from(degrees).ok()).and_then(NonZeroU16::new)
    }
}
