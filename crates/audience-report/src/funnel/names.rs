//! What events are called.

use std::collections::BTreeMap;

use audience_core::{EventKind, Session};
use audience_stats::Merge;

/// How many events of each name there are: of each step, and of no more than [`MAX`](Self::MAX) names.
///
/// Of more names, those that come first in alphabetical order are kept: which these are does not depend on what was seen first, so states
/// merge exactly.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct EventNames {
    of_steps: BTreeMap<Box<str>, u64>,
    counts: BTreeMap<Box<str>, u64>,
    more: bool,
}

impl EventNames {
    /// The most names that are kept.
    pub const MAX: usize = 200;

    /// Names with the number of their events, those with most first.
    pub fn most_first(&self) -> Vec<(&str, u64)> {
        let mut names: Vec<(&str, u64)> = self.counts.iter().map(|(name, count)| (&**name, *count)).collect();
        names.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        names
    }

    /// Whether there are names that are not kept.
    pub const fn more(&self) -> bool {
        self.more
    }

    /// How many events a step has.
    pub fn of_step(&self, name: &str) -> u64 {
        self.of_steps.get(name).copied().unwrap_or_default()
    }

    /// None seen yet, of these steps.
    pub(super) fn new<'s>(steps: impl Iterator<Item = &'s str>) -> Self {
        Self { of_steps: steps.map(|name| (name.into(), 0)).collect(), ..Self::default() }
    }

    pub(super) fn observe(&mut self, session: &Session) {
        // Many events follow one of the same name.
        let (mut last, mut count) = ("", 0);
        for event in session.events() {
            let name = name_of(&event.kind);
            if name != last {
                self.add(last, count);
                (last, count) = (name, 0);
            }
            count += 1;
        }
        self.add(last, count);
    }

    fn add(&mut self, name: &str, count: u64) {
        if count == 0 {
            return;
        }
        if let Some(known) = self.of_steps.get_mut(name) {
            known.merge(count);
        }
        self.add_any(name, count);
    }

    fn add_any(&mut self, name: &str, count: u64) {
        if let Some(known) = self.counts.get_mut(name) {
            known.merge(count);
            return;
        }
        self.counts.insert(name.into(), count);
        if self.counts.len() > Self::MAX {
            self.counts.pop_last();
            self.more = true;
        }
    }
}

impl Merge for EventNames {
    fn merge(&mut self, other: Self) {
        self.more |= other.more;
        Merge::merge(&mut self.of_steps, other.of_steps);
        for (name, count) in other.counts {
            self.add_any(&name, count);
        }
    }
}

/// What steps call an event.
fn name_of(kind: &EventKind) -> &str {
    match kind {
        EventKind::Custom(custom) => &custom.name,
        kind => kind.name(),
    }
}

/// The name that may have been meant by one that no event has.
pub(super) fn nearest<'n>(name: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    // Whoever mistakes a limit has named the event before it.
    let name = name.to_lowercase();
    let start = name.split(':').next().unwrap_or_default();
    let distance = |other: &str| {
        let other = other.to_lowercase();
        let begins = name.len() > 2 && other.starts_with(&name);
        if begins || other == start { 0 } else { strsim::damerau_levenshtein(&name, &other) }
    };
    let most = 2.max(name.chars().count() / 3);
    let near = names.map(|other| (distance(other), other)).filter(|(distance, _)| *distance <= most);
    near.min().map(|(_, name)| name)
}
