//! Visits in order.

use audience_core::{Elapsed, MediaTime, Timestamp};

use super::{Viewer, VisitCounts, Visits};
use crate::calendar::{Calendar, DAY_MS};

/// When each viewer was there, in order.
#[derive(Clone, Debug, PartialEq)]
pub struct VisitHistory {
    calendar: Calendar,
    since: Option<Timestamp>,
    until: Option<Timestamp>,
    counts: VisitCounts,
    /// Each with visits in order; together in an order that follows from their ids.
    viewers: Vec<Viewer>,
}

/// One viewer's visits.
#[derive(Clone, Copy, Debug)]
pub struct ViewerVisits<'h>(&'h Viewer);

impl<'h> ViewerVisits<'h> {
    /// Who it is.
    pub fn id(&self) -> &'h str {
        &self.0.id
    }

    /// The attribute's value at the first visit, where [`Visits::by`] asked for it and the visit had it.
    pub fn value(&self) -> Option<&'h str> {
        self.0.value.as_deref()
    }

    /// Content played in all visits, each pass counted.
    pub fn watched(&self) -> MediaTime {
        MediaTime::from_millis(u64::try_from(self.0.watched_ms).unwrap_or(u64::MAX))
    }

    /// How many there were.
    pub fn count(&self) -> u64 {
        self.0.visits.len() as u64
    }

    /// When they were, in order.
    pub fn times(&self) -> impl ExactSizeIterator<Item = Timestamp> + use<'h> {
        self.0.visits.iter().map(|at| Timestamp::from_millis(*at))
    }

    /// The first. A viewer has one at least.
    pub fn first(&self) -> Timestamp {
        Timestamp::from_millis(self.0.visits.first().copied().unwrap_or_default())
    }

    /// The last.
    pub fn last(&self) -> Timestamp {
        Timestamp::from_millis(self.0.visits.last().copied().unwrap_or_default())
    }

    /// Times from each visit to the next.
    pub fn gaps(&self) -> impl Iterator<Item = Elapsed> + use<'h> {
        self.0.visits.windows(2).map(|pair| Elapsed::from_millis(pair[1].abs_diff(pair[0])))
    }
}

/// What a day after the first visit is.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum DayCount {
    /// A civil day: who comes in the evening and again the next morning came on day 0 and on day 1.
    #[default]
    Calendar,
    /// 24 hours from the first visit: the same viewer came on day 0 only.
    Hours24,
}

impl VisitHistory {
    pub(super) fn new(visits: Visits) -> Self {
        let Visits { calendar, since, until, viewers, counts, .. } = visits;
        let mut viewers: Vec<(u128, Viewer)> = viewers.into_iter().collect();
        viewers.sort_unstable_by_key(|(hash, _)| *hash);
        let in_order = |(_, mut viewer): (u128, Viewer)| {
            viewer.visits.sort_unstable();
            viewer
        };
        Self { calendar, since, until, counts, viewers: viewers.into_iter().map(in_order).collect() }
    }

    /// Sessions, and why some are no visits.
    pub fn counts(&self) -> VisitCounts {
        self.counts
    }

    /// The calendar by which days are counted.
    pub fn calendar(&self) -> &Calendar {
        &self.calendar
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
        self.viewers.iter().map(ViewerVisits)
    }

    /// The dates of a viewer's visits, each once, as days since 1970.
    pub(crate) fn days(&self, viewer: ViewerVisits<'_>, days: &mut Vec<i32>) {
        days.clear();
        days.extend(viewer.times().filter_map(|at| self.calendar.day_number(at)));
        // Where clocks go back over midnight, dates do too.
        days.sort_unstable();
        days.dedup();
    }

    /// How many days after the first the visits were, each number once.
    pub(crate) fn offsets(&self, viewer: ViewerVisits<'_>, count: DayCount, offsets: &mut Vec<i32>) {
        match count {
            DayCount::Calendar => {
                self.days(viewer, offsets);
                let first = offsets.first().copied().unwrap_or_default();
                offsets.iter_mut().for_each(|day| *day -= first);
            }
            DayCount::Hours24 => {
                let first = viewer.first().as_millis();
                offsets.clear();
                offsets.extend(viewer.times().map(|at| ((at.as_millis() - first) / DAY_MS) as i32));
                offsets.dedup();
            }
        }
    }

    /// The last day after the first visit that is over at `until`, the last instant observed; negative when the first is not.
    pub(crate) fn days_over(&self, viewer: ViewerVisits<'_>, count: DayCount, until: UntilDay) -> i32 {
        match count {
            DayCount::Calendar => {
                let first = viewer.times().filter_map(|at| self.calendar.day_number(at)).min();
                until.last_over.saturating_sub(first.unwrap_or_default())
            }
            DayCount::Hours24 => {
                let seen = until.at.as_millis().saturating_sub(viewer.first().as_millis()).saturating_add(1);
                i32::try_from(seen.div_euclid(DAY_MS) - 1).unwrap_or(i32::MAX)
            }
        }
    }

    /// The last instant observed, and the last day that is over then.
    pub(crate) fn until_day(&self) -> Option<UntilDay> {
        let at = self.until()?;
        let day = self.calendar.day_number(at)?;
        let over = |day: i32| {
            self.calendar.begins(day.checked_add(1)?).map(|end| end.as_millis() <= at.as_millis().saturating_add(1))
        };
        let last_over = if over(day).unwrap_or(false) { day } else { day - 1 };
        Some(UntilDay { at, last_over })
    }
}

/// The last instant observed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct UntilDay {
    pub(crate) at: Timestamp,
    /// The last date that was over then.
    pub(crate) last_over: i32,
}
