//! When each viewer was there.

#[cfg(feature = "serde")]
mod form;
mod history;

pub(crate) use history::days_of;
pub use history::{DayCount, ViewerVisits, VisitHistory};

use std::sync::Arc;

use audience_core::{SessionFacts, Timestamp};
use audience_stats::hash::hash128;
use audience_stats::{Accumulator, Merge, merge_fields};

use crate::calendar::has_a_date;
use crate::unit_index::UnitIndex;

/// When each viewer was there: what cohorts, returns, loyalty and churn are made of.
///
/// A visit is a session, at the time it was loaded. Sessions that name no viewer cannot be known to come back; they are counted and
/// left out.
///
/// Memory grows with viewers and visits: some hundred bytes a viewer and 24 a visit.
///
/// # Examples
///
/// ```
/// use audience_cohort::{Calendar, CohortSpec, Period, Visits};
/// use audience_core::{Accumulator, Timestamp};
///
/// let day = |day: i64| Timestamp::from_millis(day * 86_400_000);
/// let mut visits = Visits::new().until(day(2));
/// for (viewer, at) in [("ann", 0), ("bob", 0), ("ann", 1), ("cid", 1)] {
///     visits.visit(viewer, day(at));
/// }
/// let matrix = visits.summary().cohorts(&CohortSpec::new(Calendar::utc(), Period::Day))?;
/// assert_eq!(matrix.cohorts[0].active, [2, 1, 0]); // of two, one came back the day after
/// assert_eq!(matrix.cohorts[1].active, [1, 0]); // what is not yet over is not 0: it is not there
/// # Ok::<(), audience_cohort::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "form::Form", into = "form::Form"))]
pub struct Visits {
    /// Earlier visits are left out.
    since: Option<Timestamp>,
    /// Later visits are left out.
    until: Option<Timestamp>,
    /// Whether sessions in which no frame was seen are left out.
    only_started: bool,
    /// The attribute that tells cohorts apart.
    by: Option<Arc<str>>,
    index: UnitIndex,
    /// Their ids, by number.
    ids: Vec<Box<str>>,
    /// What is known of their first visits, by number, where an attribute is asked for.
    firsts: Vec<First>,
    /// In the order in which they came.
    log: Vec<Visit>,
    counts: VisitCounts,
}

/// Sessions, and why some are no visits.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct VisitCounts {
    /// Visits.
    pub visits: u64,
    /// Sessions before the time from which on visits count.
    pub before_the_beginning: u64,
    /// Sessions after the time up to which visits count.
    pub after_the_end: u64,
    /// Sessions that name no viewer.
    pub unknown_viewer: u64,
    /// Sessions in which no frame was seen, where these are left out.
    pub not_started: u64,
    /// Sessions at a time that no calendar has.
    pub no_date: u64,
}

merge_fields!(VisitCounts { visits, before_the_beginning, after_the_end, unknown_viewer, not_started, no_date });

/// One visit.
#[derive(Clone, Copy, Debug)]
struct Visit {
    viewer: u32,
    at_ms: i64,
    watched_ms: u64,
}

/// The earliest visit of a viewer by time and session, and the attribute's value then.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
struct First {
    at_ms: i64,
    session: u128,
    value: Option<Box<str>>,
}

impl Visits {
    /// No visit yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same from `since` on, the first instant that was observed: earlier visits are counted and left out, and a period that began
    /// before is not complete. What viewers did before is not known: who comes for the first time since then is not always new.
    #[must_use]
    pub fn since(self, since: Timestamp) -> Self {
        Self { since: Some(since), ..self }
    }

    /// The same up to `until`, the last instant that was observed: later visits are counted and left out, and what had not happened by
    /// then is not known. Without it, the last visit is taken for that.
    #[must_use]
    pub fn until(self, until: Timestamp) -> Self {
        Self { until: Some(until), ..self }
    }

    /// The same without sessions in which no frame was seen.
    #[must_use]
    pub fn only_started(self) -> Self {
        Self { only_started: true, ..self }
    }

    /// The same with the value of an attribute, as it was at each viewer's first visit.
    #[must_use]
    pub fn by(self, attribute: impl Into<Arc<str>>) -> Self {
        Self { by: Some(attribute.into()), ..self }
    }

    /// A visit of `viewer`.
    pub fn visit(&mut self, viewer: &str, at: Timestamp) {
        self.take(viewer, at, 0, |_| First { at_ms: at.as_millis(), session: 0, value: None });
    }

    /// What was seen, without a copy of it: [`summary`](Accumulator::summary) for who has no more visits.
    pub fn into_history(self) -> VisitHistory {
        VisitHistory::new(self)
    }

    /// The number of viewers.
    pub fn viewers(&self) -> usize {
        self.ids.len()
    }

    /// Bytes held, for reports of memory.
    pub fn size_bytes(&self) -> usize {
        let texts: usize = self.ids.iter().map(|id| id.len()).sum();
        let values = self.firsts.iter().map(|first| size_of::<First>() + first.value.as_deref().map_or(0, str::len));
        self.index.size_bytes()
            + self.ids.capacity() * size_of::<Box<str>>()
            + texts
            + values.sum::<usize>()
            + self.log.capacity() * size_of::<Visit>()
    }

    fn take(&mut self, id: &str, at: Timestamp, watched_ms: u64, first: impl FnOnce(&str) -> First) {
        if self.since.is_some_and(|since| at < since) {
            self.counts.before_the_beginning.merge(1);
            return;
        }
        if self.until.is_some_and(|until| at > until) {
            self.counts.after_the_end.merge(1);
            return;
        }
        if !has_a_date(at) {
            self.counts.no_date.merge(1);
            return;
        }
        let Some(viewer) = self.index.number(hash128(id.as_bytes(), 0).into()) else {
            self.counts.unknown_viewer.merge(1);
            return;
        };
        self.counts.visits.merge(1);
        self.log.push(Visit { viewer, at_ms: at.as_millis(), watched_ms });
        if self.ids.len() < self.index.len() {
            self.ids.push(id.into());
        }
        if let Some(attribute) = &self.by {
            let first = first(attribute);
            self.take_first(viewer, first);
        }
    }

    /// `viewer` has a first visit already, or is the next to have one.
    fn take_first(&mut self, viewer: u32, first: First) {
        match self.firsts.get_mut(viewer as usize) {
            Some(known) if *known <= first => {}
            Some(known) => *known = first,
            None => self.firsts.push(first),
        }
    }
}

impl Merge for Visits {
    fn merge(&mut self, other: Self) {
        let Self { index, ids, firsts, log, counts, .. } = other;
        let mut firsts = firsts.into_iter();
        let mut numbers = Vec::with_capacity(ids.len());
        for (key, id) in index.into_keys().into_iter().zip(ids) {
            let number = self.index.number(key);
            numbers.push(number);
            if self.ids.len() < self.index.len() {
                self.ids.push(id);
            }
            if let Some((first, number)) = firsts.next().zip(number) {
                self.take_first(number, first);
            }
        }
        let known = |visit: Visit| Some(Visit { viewer: numbers[visit.viewer as usize]?, ..visit });
        self.log.extend(log.into_iter().filter_map(known));
        self.counts.merge(counts);
    }
}

impl Accumulator for Visits {
    type Item = SessionFacts;
    type Summary = VisitHistory;

    fn observe(&mut self, facts: &SessionFacts) {
        let identity = &facts.identity;
        let Some(viewer) = &identity.viewer_id else {
            self.counts.unknown_viewer.merge(1);
            return;
        };
        if self.only_started && !facts.started() {
            self.counts.not_started.merge(1);
            return;
        }
        let at = facts.started_at;
        self.take(viewer.as_str(), at, facts.watched.as_millis(), |attribute| First {
            at_ms: at.as_millis(),
            session: hash128(identity.session_id.as_str().as_bytes(), 0),
            value: identity.attributes.get(attribute).map(Into::into),
        });
    }

    fn summary(&self) -> VisitHistory {
        self.clone().into_history()
    }
}
