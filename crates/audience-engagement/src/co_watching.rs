//! What is watched by the same viewers.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use audience_core::{ContentId, SessionFacts};
use audience_stats::{Accumulator, Merge};

use crate::error::Error;
use crate::similarity::keep_best;

/// Which titles are watched by the same viewers: an accumulator over session facts. A viewer watched a title who saw a frame of it; how
/// often does not matter. Sessions without a viewer say nothing and are left out.
///
/// Exact: memory grows with viewers and their titles.
///
/// # Examples
///
/// ```
/// use audience_core::{Accumulator, Event, EventKind, Rules, Session, Timestamp};
/// use audience_engagement::CoWatching;
///
/// let mut watching = CoWatching::new();
/// for (viewer, title) in [("ann", "a"), ("ann", "b"), ("bob", "a"), ("bob", "b"), ("cid", "b"), ("cid", "c")] {
///     let play = Event::new(Timestamp::from_millis(0), EventKind::Play);
///     let session = Session::new(format!("{viewer} {title}"), title, [play]).with_viewer(viewer);
///     watching.observe(&session.facts(&Rules::default(), None));
/// }
/// let titles = watching.summary();
/// let pair = titles.pair(0, 1)?;
/// assert_eq!((pair.both, pair.jaccard()), (2, Some(2.0 / 3.0)));
/// // Shrunk towards 0, as if ten more viewers had watched only one of them.
/// assert_eq!(titles.similar(0, 10.0, 5)?, [(1, 2.0 / 6.0_f64.sqrt() * 2.0 / 12.0)]);
/// # Ok::<(), audience_engagement::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct CoWatching {
    viewers: HashMap<Arc<str>, BTreeSet<ContentId>>,
    unknown_viewer: u64,
}

/// Titles in order of their ids, and which of them are watched by the same viewers.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CoWatched {
    /// Titles, and how many viewers watched each.
    pub titles: Vec<(ContentId, u64)>,
    /// Viewers.
    pub viewers: u64,
    /// Viewers with more titles than [`MOST_TITLES`](Self::MOST_TITLES): programs, or accounts of many. They count for titles, and not for
    /// pairs.
    pub too_many_titles: u64,
    /// Sessions that name no viewer.
    pub unknown_viewer: u64,
    /// Of each title, others with how many watched both.
    both: Vec<BTreeMap<u32, u64>>,
}

/// Two titles.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct CoWatchedPair {
    /// Viewers of the first.
    pub first: u64,
    /// Viewers of the second.
    pub second: u64,
    /// Viewers of both.
    pub both: u64,
}

impl CoWatchedPair {
    /// The viewers of both by those of either, 0–1; `None` when nobody watched either.
    pub fn jaccard(&self) -> Option<f64> {
        let either = self.first + self.second - self.both;
        (either > 0).then(|| self.both as f64 / either as f64)
    }

    /// The viewers of both by the geometric mean of those of each, 0–1; `None` when one of them was watched by nobody.
    pub fn cosine(&self) -> Option<f64> {
        let of_each = (self.first as f64 * self.second as f64).sqrt();
        (of_each > 0.0).then(|| self.both as f64 / of_each)
    }

    /// [`cosine`](Self::cosine) times n / (n + `shrinkage`), with n viewers of both: what few viewers have in common says little.
    pub fn shrunk_cosine(&self, shrinkage: f64) -> Option<f64> {
        let both = self.both as f64;
        let shrunk = self.cosine()? * both / (both + shrinkage.max(0.0));
        Some(if shrunk.is_nan() { 0.0 } else { shrunk })
    }
}

impl CoWatching {
    /// Nothing seen yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// A viewer watched a title.
    pub fn watched(&mut self, viewer: &str, title: impl Into<ContentId>) {
        if !self.viewers.contains_key(viewer) {
            self.viewers.insert(viewer.into(), BTreeSet::new());
        }
        if let Some(titles) = self.viewers.get_mut(viewer) {
            titles.insert(title.into());
        }
    }
}

impl Merge for CoWatching {
    fn merge(&mut self, other: Self) {
        for (viewer, titles) in other.viewers {
            self.viewers.entry(viewer).or_default().extend(titles);
        }
        self.unknown_viewer.merge(other.unknown_viewer);
    }
}

impl Accumulator for CoWatching {
    type Item = SessionFacts;
    type Summary = CoWatched;

    fn observe(&mut self, facts: &SessionFacts) {
        if !facts.started() {
            return;
        }
        match &facts.identity.viewer_id {
            Some(viewer) => self.watched(viewer.as_str(), facts.identity.content_id.clone()),
            None => self.unknown_viewer.merge(1),
        }
    }

    fn summary(&self) -> CoWatched {
        let mut titles: BTreeMap<&ContentId, u64> = BTreeMap::new();
        for title in self.viewers.values().flatten() {
            *titles.entry(title).or_default() += 1;
        }
        let places: HashMap<&ContentId, u32> = titles.keys().copied().zip(0..).collect();
        let mut both = vec![BTreeMap::new(); titles.len()];
        let mut too_many_titles = 0;
        for watched in self.viewers.values() {
            if watched.len() > CoWatched::MOST_TITLES {
                too_many_titles += 1;
                continue;
            }
            let watched: Vec<u32> = watched.iter().map(|title| places[title]).collect();
            for one in &watched {
                for other in watched.iter().filter(|other| *other != one) {
                    *both[*one as usize].entry(*other).or_default() += 1;
                }
            }
        }
        CoWatched {
            titles: titles.into_iter().map(|(title, viewers)| (title.clone(), viewers)).collect(),
            viewers: self.viewers.len() as u64,
            too_many_titles,
            unknown_viewer: self.unknown_viewer,
            both,
        }
    }
}

impl CoWatched {
    /// The most titles of a viewer whose pairs count.
    pub const MOST_TITLES: usize = 1000;

    /// Two titles by their places in the list.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownItem`].
    pub fn pair(&self, first: usize, second: usize) -> Result<CoWatchedPair, Error> {
        let viewers = |item: usize| {
            let title = self.titles.get(item).ok_or(Error::UnknownItem { item, items: self.titles.len() })?;
            Ok::<_, Error>(title.1)
        };
        let (of_first, of_second) = (viewers(first)?, viewers(second)?);
        let both = u32::try_from(second).ok().and_then(|second| self.both[first].get(&second)).copied();
        let both = both.unwrap_or(if first == second { of_first } else { 0 });
        Ok(CoWatchedPair { first: of_first, second: of_second, both })
    }

    /// The titles watched by the same viewers as one of them, by [`CoWatchedPair::shrunk_cosine`], the most similar first and of those
    /// that are equal the first in the list. Titles with no viewer in common are left out.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownItem`].
    pub fn similar(&self, title: usize, shrinkage: f64, most: usize) -> Result<Vec<(usize, f64)>, Error> {
        self.pair(title, title)?;
        let mut scored = Vec::new();
        for other in self.both[title].keys() {
            let other = *other as usize;
            scored.extend(self.pair(title, other)?.shrunk_cosine(shrinkage).map(|score| (other, score)));
        }
        keep_best(&mut scored, most, 1);
        Ok(scored)
    }
}
