//! When a viewer is there, who may watch with several players at once.

use audience_core::Timestamp;
use smallvec::SmallVec;

use crate::audience_window::AudienceWindow;

/// How many players of one viewer are on, over time.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct Presence {
    /// How many before the first change that is kept.
    base: i64,
    /// How many after the last.
    now: i64,
    /// Changes before this time are not kept apart any more.
    since: i64,
    /// By how many it changes when, in order of time.
    changes: SmallVec<[(i64, i64); 2]>,
}

/// The viewer comes (1) or goes (−1) at a time; or does not after all.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Coming {
    pub(crate) at: i64,
    pub(crate) by: i64,
    pub(crate) is_so: bool,
}

impl Coming {
    /// Tells the window of the key.
    #[inline]
    pub(crate) fn tell(self, window: &mut AudienceWindow) {
        let at = Timestamp::from_millis(self.at);
        if self.is_so {
            window.step_viewers(at, self.by);
        } else {
            window.unstep_viewers(at, self.by);
        }
    }
}

impl Default for Presence {
    fn default() -> Self {
        Self { base: 0, now: 0, since: i64::MIN, changes: SmallVec::new() }
    }
}

impl Presence {
    /// From `at` on, `by` more players are on. Gives what follows of when the viewer is there.
    pub(crate) fn step(&mut self, at: i64, by: i64, mut told: impl FnMut(Coming)) {
        let at = at.max(self.since);
        let place = self.changes.partition_point(|(other, _)| *other < at);
        let later = self.changes[place..].iter().fold(0_i64, |sum, (_, by)| sum.wrapping_add(*by));
        let mut before = self.now.wrapping_sub(later);
        let known = self.changes.get(place).is_some_and(|(other, _)| *other == at);
        let old = if known { self.changes[place].1 } else { 0 };
        // At this time, and at all later ones.
        let mut after = before;
        let mut say = |at: i64, (was, was_by): (i64, i64), (is, is_by): (i64, i64)| {
            let (was, is) = (turn(was, was_by), turn(is, is_by));
            if was != is {
                if was != 0 {
                    told(Coming { at, by: was, is_so: false });
                }
                if is != 0 {
                    told(Coming { at, by: is, is_so: true });
                }
            }
        };
        let new = old.wrapping_add(by);
        say(at, (before, old), (after, new));
        (before, after) = (before.wrapping_add(old), after.wrapping_add(new));
        for (at, by) in &self.changes[place + usize::from(known)..] {
            say(*at, (before, *by), (after, *by));
            (before, after) = (before.wrapping_add(*by), after.wrapping_add(*by));
        }
        self.now = self.now.wrapping_add(by);
        if !known {
            self.changes.insert(place, (at, by));
        } else if new == 0 {
            self.changes.remove(place);
        } else {
            self.changes[place].1 = new;
        }
    }

    /// Nothing changes before this time any more.
    pub(crate) fn settle(&mut self, since: i64) {
        if since > self.since {
            self.since = since;
            let settled = self.changes.partition_point(|(at, _)| *at < since);
            self.base = self.changes.drain(..settled).fold(self.base, |sum, (_, by)| sum.wrapping_add(by));
        }
    }

    /// Whether nothing is known that was not so of nobody.
    pub(crate) fn is_nothing(&self) -> bool {
        self.base == 0 && self.now == 0 && self.changes.is_empty()
    }

    /// Whether it can have come of steps.
    #[cfg(feature = "serde")]
    pub(crate) fn is_whole(&self) -> bool {
        let sum = self.changes.iter().fold(self.base, |sum, (_, by)| sum.wrapping_add(*by));
        self.changes.is_sorted_by(|a, b| a.0 < b.0) && sum == self.now
    }

    /// Takes in what is known of the same viewer elsewhere; when the viewer is there by that alone is told already.
    pub(crate) fn merge(&mut self, other: Self, mut told: impl FnMut(Coming)) {
        let mut theirs = Self::default();
        let steps = std::iter::once((other.since.max(self.since), other.base)).chain(other.changes);
        for (at, by) in steps.filter(|(_, by)| *by != 0) {
            // Once more alone, to take it back.
            theirs.step(at, by, |coming| told(Coming { is_so: !coming.is_so, ..coming }));
            self.step(at, by, &mut told);
        }
    }
}

/// Whether somebody with `before` players comes or goes when there are `by` more.
fn turn(before: i64, by: i64) -> i64 {
    i64::from(before.wrapping_add(by) > 0) - i64::from(before > 0)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    #[derive(Default)]
    struct Told(BTreeMap<(i64, i64), i64>);

    impl Told {
        fn take(&mut self, coming: Coming) {
            *self.0.entry((coming.at, coming.by)).or_default() += if coming.is_so { 1 } else { -1 };
        }

        fn is_so(&self) -> Vec<(i64, i64)> {
            assert!(self.0.values().all(|times| (0..=1).contains(times)), "{:?}", self.0);
            self.0.iter().filter(|(_, times)| **times == 1).map(|(coming, _)| *coming).collect()
        }
    }

    #[test]
    fn two_players_are_one_viewer() {
        let (mut presence, mut told) = (Presence::default(), Told::default());
        for (at, by) in [(10, 1), (20, 1), (30, -1), (40, -1)] {
            presence.step(at, by, |coming| told.take(coming));
        }
        assert_eq!(told.is_so(), [(10, 1), (40, -1)]);
        // The first one had left before the second one came.
        presence.step(30, 1, |coming| told.take(coming));
        presence.step(15, -1, |coming| told.take(coming));
        assert_eq!(told.is_so(), [(10, 1), (15, -1), (20, 1), (40, -1)]);
    }

    proptest! {
        /// In whatever order players come and go, and on however many collectors.
        #[test]
        fn it_is_where_one_player_is(
            spans in prop::collection::vec((0_i64..40, 1_i64..10), 1..6),
            order in prop::collection::vec((any::<prop::sample::Index>(), any::<bool>()), 12),
        ) {
            let mut steps: Vec<(i64, i64)> = spans.iter().flat_map(|(at, length)| [(*at, 1), (at + length, -1)]).collect();
            let (mut presence, mut told) = (Presence::default(), Told::default());
            let mut elsewhere = Presence::default();
            for (index, there) in order {
                if steps.is_empty() {
                    break;
                }
                let (at, by) = steps.swap_remove(index.index(steps.len()));
                let on = if there { &mut elsewhere } else { &mut presence };
                on.step(at, by, |coming| told.take(coming));
            }
            presence.merge(elsewhere, |coming| told.take(coming));
            for (at, by) in steps {
                presence.step(at, by, |coming| told.take(coming));
            }
            let there = |at: i64| spans.iter().any(|(start, length)| (*start..start + length).contains(&at));
            let expected: Vec<(i64, i64)> = (0..60)
                .filter(|at| there(*at) != there(at - 1))
                .map(|at| (at, if there(at) { 1 } else { -1 }))
                .collect();
            let mut found = told.is_so();
            found.sort_unstable();
            prop_assert_eq!(found, expected);
        }
    }
}
