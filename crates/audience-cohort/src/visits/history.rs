//! Visits in order.

use std::ops::Range;

use audience_core::{Elapsed, MediaTime, Timestamp};

use super::{VisitCounts, Visits};
use crate::calendar::{Calendar, DAY_MS};

/// When each viewer was there, in order.
#[derive(Clone, Debug, PartialEq)]
pub struct VisitHistory {
    since: Option<Timestamp>,
    until: Option<Timestamp>,
    counts: VisitCounts,
    /// In an order that follows from who they are.
    viewers: Vec<Viewer>,
    /// Visits of all viewers, those of each in order, in milliseconds.
    visits: Vec<i64>,
}

#[derive(Clone, Debug, PartialEq)]
struct Viewer {
    id: Box<str>,
    value: Option<Box<str>>,
    watched_ms: u64,
    /// Where in the list the visits are.
    visits: Range<usize>,
}

/// One viewer's visits.
#[derive(Clone, Copy, Debug)]
pub struct ViewerVisits<'h> {
    viewer: &'h Viewer,
    /// In order.
    visits: &'h [i64],
}

impl<'h> ViewerVisits<'h> {
    /// Who it is.
    pub fn id(&self) -> &'h str {
        &self.viewer.id
    }

    /// The attribute's value at the first visit, where [`Visits::by`] asked for it and the visit had it.
    pub fn value(&self) -> Option<&'h str> {
        self.viewer.value.as_deref()
    }

    /// Content played in all visits, each pass counted.
    pub fn watched(&self) -> MediaTime {
        MediaTime::from_millis(self.viewer.watched_ms)
    }

    /// How many there were.
    pub fn count(&self) -> u64 {
        self.visits.len() as u64
    }

    /// When they were, in order.
    pub fn times(&self) -> impl ExactSizeIterator<Item = Timestamp> + use<'h> {
        self.visits.iter().map(|at| Timestamp::from_millis(*at))
    }

    /// The first. A viewer has one at least.
    pub fn first(&self) -> Timestamp {
        Timestamp::from_millis(self.visits.first().copied().unwrap_or_default())
    }

    /// The last.
    pub fn last(&self) -> Timestamp {
        Timestamp::from_millis(self.visits.last().copied().unwrap_or_default())
    }

    /// Times from each visit to the next.
    pub fn gaps(&self) -> impl Iterator<Item = Elapsed> + use<'h> {
        self.visits.windows(2).map(|pair| Elapsed::from_millis(pair[1].abs_diff(pair[0])))
    }
}

/// What a day after the first visit is.
#[derive(Clone, Copy, Debug)]
pub enum DayCount<'c> {
    /// A civil day: who comes in the evening and again the next morning came on day 0 and on day 1.
    Calendar(&'c Calendar),
    /// 24 hours from the first visit: the same viewer came on day 0 only.
    Hours24,
}

impl VisitHistory {
    pub(super) fn new(visits: Visits) -> Self {
        let Visits { since, until, index, ids, firsts, log, counts, .. } = visits;
        // Where the visits of each viewer begin, in the order of their hashes.
        let mut sizes = vec![0; ids.len()];
        for visit in &log {
            sizes[visit.viewer as usize] += 1;
        }
        let keys = index.into_keys();
        let mut order: Vec<u32> = (0..).take(ids.len()).collect();
        order.sort_unstable_by_key(|viewer| keys[*viewer as usize]);
        let (mut next, mut sum) = (vec![0; ids.len()], 0);
        for viewer in &order {
            next[*viewer as usize] = sum;
            sum += sizes[*viewer as usize];
        }
        let mut visits = vec![0; log.len()];
        let mut watched = vec![0_u64; ids.len()];
        for visit in log {
            let viewer = visit.viewer as usize;
            visits[next[viewer]] = visit.at_ms;
            next[viewer] += 1;
            watched[viewer] = watched[viewer].saturating_add(visit.watched_ms);
        }
        let mut values: Vec<Option<Box<str>>> = firsts.into_iter().map(|first| first.value).collect();
        values.resize(ids.len(), None);
        let mut ids = ids;
        let viewers = order.iter().map(|viewer| {
            let viewer = *viewer as usize;
            let own = next[viewer] - sizes[viewer]..next[viewer];
            visits[own.clone()].sort_unstable();
            Viewer {
                id: std::mem::take(&mut ids[viewer]),
                value: values[viewer].take(),
                watched_ms: watched[viewer],
                visits: own,
            }
        });
        Self { since, until, counts, viewers: viewers.collect(), visits }
    }

    /// Sessions, and why some are no visits.
    pub fn counts(&self) -> VisitCounts {
        self.counts
    }

    /// The first instant observed, if that was said.
    pub fn since(&self) -> Option<Timestamp> {
        self.since
    }

    /// The last instant observed: what was said, else the last visit. `None` when neither is there.
    pub fn until(&self) -> Option<Timestamp> {
        self.until.or_else(|| self.viewers().map(|viewer| viewer.last()).max())
    }

    /// The viewers, in an order that depends on nothing but who they are.
    pub fn viewers(&self) -> impl ExactSizeIterator<Item = ViewerVisits<'_>> {
        self.viewers.iter().map(|viewer| ViewerVisits { viewer, visits: &self.visits[viewer.visits.clone()] })
    }

    /// How many days after the first the visits were, each number once, and the last day after the first that is over at the end of what
    /// was observed, which is negative when the first is not; of each viewer.
    pub(crate) fn each_day(&self, count: DayCount<'_>, mut take: impl FnMut(&[i32], i32)) {
        let Some(until) = self.until() else { return };
        let mut days = Vec::new();
        match count {
            DayCount::Calendar(calendar) => {
                let Some(last_over) = last_day_over(calendar, until) else { return };
                for viewer in self.viewers() {
                    days_of(viewer.times(), calendar, &mut days);
                    let Some(first) = days.first().copied() else { continue };
                    days.iter_mut().for_each(|day| *day -= first);
                    take(&days, last_over - first);
                }
            }
            DayCount::Hours24 => {
                let day =
                    |from: i64, to: i64| i32::try_from(to.saturating_sub(from).div_euclid(DAY_MS)).unwrap_or(i32::MAX);
                for viewer in self.viewers() {
                    let first = viewer.first().as_millis();
                    days.clear();
                    days.extend(viewer.times().map(|at| day(first, at.as_millis())));
                    days.dedup();
                    take(&days, day(first, until.as_millis().saturating_add(1)) - 1);
                }
            }
        }
    }
}

/// The dates of visits, each once, as days since 1970.
pub(crate) fn days_of(visits: impl Iterator<Item = Timestamp>, calendar: &Calendar, days: &mut Vec<i32>) {
    days.clear();
    days.extend(visits.filter_map(|at| calendar.day_number(at)));
    // Where clocks go back over midnight, dates do too.
    days.sort_unstable();
    days.dedup();
}

/// The last date that is over after this instant.
fn last_day_over(calendar: &Calendar, until: Timestamp) -> Option<i32> {
    let day = calendar.day_number(until)?;
    let next = calendar.begins(day.checked_add(1)?);
    let over = next.is_some_and(|next| next.as_millis() <= until.as_millis().saturating_add(1));
    Some(if over { day } else { day - 1 })
}
