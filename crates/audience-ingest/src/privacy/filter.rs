//! Sessions that are left out.
//!
//! Attributes and viewers may be named by one event of a session only, so that no event can be judged alone: a session is
//! left out when any of its events says so, whatever the order in which they are read.

use std::borrow::Borrow;
use std::collections::{HashMap, HashSet};

use foldhash::fast::RandomState;

use super::bots;
use crate::quality::Ignored;

/// Which sessions are left out.
#[derive(Clone, Debug, Default)]
pub(super) struct SessionFilter {
    opted_out: HashSet<Box<str>, RandomState>,
    excluded: Vec<(Box<str>, Pattern)>,
    bots: bool,
}

impl SessionFilter {
    pub(super) fn exclude(&mut self, name: &str, pattern: &str) {
        self.excluded.push((name.into(), Pattern(pattern.into())));
    }

    pub(super) fn exclude_bots(&mut self) {
        self.bots = true;
    }

    pub(super) fn opt_out(&mut self, ids: impl Iterator<Item = Box<str>>) {
        self.opted_out.extend(ids);
    }

    /// Whether it looks at attributes of this name.
    pub(super) fn looks_at(&self, name: &str) -> bool {
        (self.bots && bots::is_agent(name)) || self.excluded.iter().any(|(excluded, _)| &**excluded == name)
    }

    pub(super) fn has_opted_out(&self) -> bool {
        !self.opted_out.is_empty()
    }

    /// Why the session of this viewer and these attributes is left out, if it is; of several reasons, the first.
    pub(super) fn verdict<'a>(
        &self,
        viewer: Option<&'a str>,
        attributes: impl Iterator<Item = (&'a str, &'a str)> + Clone,
    ) -> Option<Ignored> {
        if viewer.is_some_and(|viewer| self.opted_out.contains(viewer)) {
            return Some(Ignored::OptedOut);
        }
        let viewer = viewer.map(|viewer| ("viewer_id", viewer));
        for (name, value) in attributes.clone().chain(viewer) {
            if self.excluded.iter().any(|(other, pattern)| other.as_ref() == name && pattern.matches(value)) {
                return Some(Ignored::Excluded);
            }
        }
        let bot = self.bots && { attributes }.any(|(name, value)| bots::is_bot(name, value));
        bot.then_some(Ignored::Bot)
    }
}

/// A text in which `*` stands for anything.
#[derive(Clone, Debug)]
struct Pattern(Box<str>);

impl Pattern {
    fn matches(&self, value: &str) -> bool {
        let Some((start, rest)) = self.0.split_once('*') else { return *self.0 == *value };
        let Some(mut value) = value.strip_prefix(start) else { return false };
        let (middle, end) = rest.rsplit_once('*').unwrap_or(("", rest));
        for part in middle.split('*') {
            match value.find(part) {
                Some(at) => value = &value[at + part.len()..],
                None => return false,
            }
        }
        value.ends_with(end)
    }
}

/// The sessions that are left out, and why: of several reasons, the first in order.
#[derive(Clone, Debug, Default)]
pub(crate) struct LeftOut(HashMap<Box<str>, Ignored, RandomState>);

impl LeftOut {
    /// Why this session is left out, if it is.
    pub(crate) fn get(&self, session: &str) -> Option<Ignored> {
        if self.0.is_empty() { None } else { self.0.get(session).copied() }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds a session.
    pub(crate) fn insert(&mut self, session: impl Borrow<str> + Into<Box<str>>, why: Ignored) {
        match self.0.get_mut(session.borrow()) {
            Some(known) => *known = why.min(*known),
            None => {
                self.0.insert(session.into(), why);
            }
        }
    }

    /// Takes in what was found elsewhere.
    pub(crate) fn merge(&mut self, other: Self) {
        for (session, why) in other.0 {
            self.insert(session, why);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_anything() {
        let matches = |pattern: &str, value: &str| Pattern(pattern.into()).matches(value);
        for (pattern, value) in [
            ("tv", "tv"),
            ("", ""),
            ("*", ""),
            ("*", "tv"),
            ("10.*", "10.0.0.1"),
            ("*@example.com", "ann@example.com"),
            ("a*b*c", "a-b-b-c"),
            ("*b*", "abc"),
            ("a**", "a"),
            ("é*é", "éé"),
        ] {
            assert!(matches(pattern, value), "{pattern} {value}");
        }
        for (pattern, value) in [
            ("tv", "TV"),
            ("", "tv"),
            ("10.*", "110.0.0.1"),
            ("*@example.com", "ann@example.com.evil"),
            ("a*a", "a"),
            ("a*b*c", "a-c"),
            ("*b*b", "b"),
        ] {
            assert!(!matches(pattern, value), "{pattern} {value}");
        }
    }

    #[test]
    fn the_first_reason_counts_whatever_the_order() {
        let mut filter = SessionFilter::default();
        filter.opt_out(["ann".into()].into_iter());
        filter.exclude("staff", "y*");
        filter.exclude("viewer_id", "test-*");
        filter.exclude_bots();
        let verdict =
            |viewer, attributes: &[(&'static str, &'static str)]| filter.verdict(viewer, attributes.iter().copied());
        let (staff, bot) = (("staff", "yes"), ("ua", "Googlebot"));
        assert_eq!(verdict(Some("ann"), &[bot, staff]), Some(Ignored::OptedOut));
        assert_eq!(verdict(Some("bob"), &[bot, staff]), Some(Ignored::Excluded));
        assert_eq!(verdict(Some("test-1"), &[bot]), Some(Ignored::Excluded));
        assert_eq!(verdict(Some("bob"), &[bot]), Some(Ignored::Bot));
        assert_eq!(verdict(Some("bob"), &[("staff", "no")]), None);
        assert_eq!(verdict(None, &[]), None);

        let (mut one, mut other) = (LeftOut::default(), LeftOut::default());
        one.insert("s", Ignored::Bot);
        other.insert("s", Ignored::OptedOut);
        other.insert("t", Ignored::Bot);
        let mut turned = other.clone();
        turned.merge(one.clone());
        one.merge(other);
        for left_out in [one, turned] {
            assert_eq!((left_out.get("s"), left_out.get("t")), (Some(Ignored::OptedOut), Some(Ignored::Bot)));
        }
    }
}
