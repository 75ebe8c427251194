//! When each viewer was there.

mod history;

pub use history::{DayCount, ViewerVisits, VisitHistory};

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;

use audience_core::{SessionFacts, Timestamp};
use audience_stats::hash::hash128;
use audience_stats::{Accumulator, Merge, merge_fields};

use crate::calendar::Calendar;

/// When each viewer was there: what cohorts, returns, loyalty and churn are made of.
///
/// A visit is a session, at the time it was loaded. Sessions that name no viewer cannot be known to come back; they are counted and
/// left out.
///
/// Memory grows with viewers and visits: some hundred bytes a viewer and 8 a visit.
///
/// # Examples
///
/// ```
/// use audience_cohort::{Calendar, CohortSpec, Period, Visits};
/// use audience_core::{Accumulator, Timestamp};
///
/// let day = |day: i64| Timestamp::from_millis(day * 86_400_000);
/// let mut visits = Visits::new(Calendar::utc()).until(day(2));
/// for (viewer, at) in [("ann", 0), ("bob", 0), ("ann", 1), ("cid", 1)] {
///     visits.visit(viewer, day(at));
/// }
/// let matrix = visits.summary().cohorts(&CohortSpec::new(Period::Day))?;
/// assert_eq!(matrix.cohorts[0].active, [2, 1, 0]); // of two, one came back the day after
/// assert_eq!(matrix.cohorts[1].active, [1, 0]); // what is not yet over is not 0: it is not there
/// # Ok::<(), audience_cohort::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Visits {
    calendar: Calendar,
    /// Earlier visits are left out.
    since: Option<Timestamp>,
    /// Later visits are left out.
    until: Option<Timestamp>,
    /// Whether sessions in which no frame was seen are left out.
    only_started: bool,
    /// The attribute that tells cohorts apart.
    by: Option<Arc<str>>,
    viewers: HashMap<u128, Viewer, BuildHasherDefault<Ready>>,
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

/// One viewer.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
struct Viewer {
    id: Box<str>,
    /// In milliseconds, in the order in which they came.
    visits: Vec<i64>,
    watched_ms: u128,
    /// The earliest visit by time and session, and the attribute's value then.
    first: (i64, u128),
    value: Option<Box<str>>,
}

/// A key that is a hash already.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Ready(u64);

impl Hasher for Ready {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u128(&mut self, hash: u128) {
        self.0 = hash as u64;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

impl Visits {
    /// No visit yet; days are those of `calendar`.
    pub fn new(calendar: Calendar) -> Self {
        Self {
            calendar,
            since: None,
            until: None,
            only_started: false,
            by: None,
            viewers: HashMap::default(),
            counts: VisitCounts::default(),
        }
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
        self.take(viewer, at, 0, 0, None);
    }

    /// What was seen, without a copy of it: [`summary`](Accumulator::summary) for who has no more visits.
    pub fn into_history(self) -> VisitHistory {
        VisitHistory::new(self)
    }

    /// The number of viewers.
    pub fn viewers(&self) -> usize {
        self.viewers.len()
    }

    /// Bytes held, for reports of memory.
    pub fn size_bytes(&self) -> usize {
        let of = |viewer: &Viewer| {
            viewer.id.len() + viewer.visits.capacity() * size_of::<i64>() + viewer.value.as_deref().map_or(0, str::len)
        };
        self.viewers.capacity() * size_of::<(u128, Viewer)>() + self.viewers.values().map(of).sum::<usize>()
    }

    fn take(&mut self, id: &str, at: Timestamp, session: u128, watched_ms: u64, value: Option<&str>) {
        if self.since.is_some_and(|since| at < since) {
            self.counts.before_the_beginning.merge(1);
            return;
        }
        if self.until.is_some_and(|until| at > until) {
            self.counts.after_the_end.merge(1);
            return;
        }
        if self.calendar.day_number(at).is_none() {
            self.counts.no_date.merge(1);
            return;
        }
        self.counts.visits.merge(1);
        let first = (at.as_millis(), session);
        let viewer = self.viewers.entry(hash128(id.as_bytes(), 0)).or_insert_with(|| Viewer {
            id: id.into(),
            visits: Vec::new(),
            watched_ms: 0,
            first,
            value: value.map(Into::into),
        });
        viewer.visits.push(at.as_millis());
        viewer.watched_ms.merge(watched_ms.into());
        if (first, value) < (viewer.first, viewer.value.as_deref()) {
            (viewer.first, viewer.value) = (first, value.map(Into::into));
        }
    }
}

impl Merge for Viewer {
    fn merge(&mut self, other: Self) {
        self.visits.extend_from_slice(&other.visits);
        self.watched_ms.merge(other.watched_ms);
        if (other.first, &other.value) < (self.first, &self.value) {
            (self.first, self.value) = (other.first, other.value);
        }
    }
}

merge_fields!(Visits { viewers, counts });

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
        let value = self.by.clone();
        let value = value.as_deref().and_then(|name| identity.attributes.get(name));
        let session = hash128(identity.session_id.as_str().as_bytes(), 0);
        self.take(viewer.as_str(), facts.started_at, session, facts.watched.as_millis(), value);
    }

    fn summary(&self) -> VisitHistory {
        self.clone().into_history()
    }
}
