//! Who comes back, by when they came first.

use audience_core::Timestamp;
use audience_stats::Proportion;

use crate::calendar::{Calendar, Period, PeriodBounds, PeriodIndex};
use crate::error::Error;
use crate::visits::{VisitHistory, days_of};

/// How cohorts are made.
#[derive(Clone, Debug, PartialEq)]
pub struct CohortSpec {
    /// In which time zone.
    pub calendar: Calendar,
    /// What time is divided into.
    pub period: Period,
    /// How many periods there are at most: the last ones, up to [`MOST`](Self::MOST). Viewers who came first before these are counted
    /// and left out. By default 400.
    pub periods: usize,
}

impl CohortSpec {
    /// The most periods there can be.
    pub const MOST: usize = 2000;

    /// By these periods.
    pub const fn new(calendar: Calendar, period: Period) -> Self {
        Self { calendar, period, periods: 400 }
    }
}

/// Viewers by the period of their first visit, and how many of each came in each period since.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct CohortMatrix {
    /// All periods from the first with a visit to the last observed, without gaps.
    pub periods: Vec<CohortPeriod>,
    /// The cohort of each of these periods; of those in which nobody came first it is empty.
    pub cohorts: Vec<Cohort>,
    /// Viewers who came first before the periods that are listed.
    pub viewers_before: u64,
}

/// A period.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct CohortPeriod {
    /// From when to when it is.
    #[cfg_attr(feature = "serde", serde(flatten))]
    pub bounds: PeriodBounds,
    /// Whether all of it was observed. Of one that was not, more may have come.
    pub complete: bool,
}

/// The viewers who came first in one period.
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Cohort {
    /// How many they are.
    pub size: u64,
    /// How many of them came in that period, in the next, and so on up to the last observed. What comes after is not known yet: it is not
    /// in the list.
    pub active: Vec<u64>,
}

impl Cohort {
    /// The part of the cohort that came `offset` periods after the first; `None` where that is not known yet, or nobody is in it.
    pub fn retention(&self, offset: usize) -> Option<Proportion> {
        let active = *self.active.get(offset)?;
        Proportion::new(active, self.size).ok().filter(|_| self.size > 0)
    }
}

impl CohortMatrix {
    /// Whether the period `offset` after that of cohort `cohort` was observed in full.
    pub fn complete(&self, cohort: usize, offset: usize) -> bool {
        cohort.checked_add(offset).and_then(|at| self.periods.get(at)).is_some_and(|period| period.complete)
    }

    /// The part that came `offset` periods after their first, over all cohorts for which that period is complete: each viewer counts the
    /// same, so that large cohorts count more.
    pub fn average(&self, offset: usize) -> Proportion {
        let (mut active, mut size) = (0, 0);
        for (at, cohort) in self.cohorts.iter().enumerate() {
            if let Some(came) = cohort.active.get(offset).filter(|_| self.complete(at, offset)) {
                active += came;
                size += cohort.size;
            }
        }
        Proportion::new(active, size).unwrap_or_default()
    }

    /// [`average`](Self::average) of every offset for which there is a complete period, from 0 on.
    pub fn averages(&self) -> Vec<Proportion> {
        (0..self.periods.len()).map(|offset| self.average(offset)).take_while(|average| average.trials() > 0).collect()
    }
}

impl VisitHistory {
    /// Viewers by the period of their first visit, and how many came in each since.
    ///
    /// Offsets count days, weeks and months of the calendar. A viewer counts once in a period. The last period is that of the last
    /// instant observed, which usually has only begun; periods in which nobody could have come yet are not there.
    ///
    /// # Errors
    ///
    /// [`Error::PeriodsOutOfRange`] when `spec` asks for none, or for more than [`CohortSpec::MOST`].
    pub fn cohorts(&self, spec: &CohortSpec) -> Result<CohortMatrix, Error> {
        self.cohorts_of(spec, |_| true)
    }

    /// [`cohorts`](Self::cohorts) of the viewers with this value of the attribute at their first visit, in the same periods.
    ///
    /// # Errors
    ///
    /// Those of [`cohorts`](Self::cohorts).
    pub fn cohorts_with(&self, spec: &CohortSpec, value: Option<&str>) -> Result<CohortMatrix, Error> {
        self.cohorts_of(spec, |theirs| theirs == value)
    }

    /// The values that the attribute had at first visits, in order, missing first, each with the number of viewers.
    pub fn values(&self) -> Vec<(Option<&str>, u64)> {
        let mut values = std::collections::BTreeMap::new();
        for viewer in self.viewers() {
            *values.entry(viewer.value()).or_default() += 1;
        }
        values.into_iter().collect()
    }

    fn cohorts_of(&self, spec: &CohortSpec, passes: impl Fn(Option<&str>) -> bool) -> Result<CohortMatrix, Error> {
        if !(1..=CohortSpec::MOST).contains(&spec.periods) {
            return Err(Error::PeriodsOutOfRange { periods: spec.periods, most: CohortSpec::MOST });
        }
        let mut index = PeriodIndex::new(spec.period);
        let mut of = |at| index.of(spec.calendar.day_number(at)?);
        let empty = CohortMatrix { periods: Vec::new(), cohorts: Vec::new(), viewers_before: 0 };
        let first = self.viewers().filter_map(|viewer| of(viewer.first())).min();
        let (Some(first), Some(last)) = (first, self.until().and_then(of)) else { return Ok(empty) };
        let most = spec.periods as i32;
        let first = first.max(last.saturating_sub(most - 1));
        let periods = self.periods(spec, first, last);
        let length = periods.len();
        let mut cohorts: Vec<Cohort> = (0..length).map(|at| Cohort { size: 0, active: vec![0; length - at] }).collect();
        let mut viewers_before = 0;
        let mut days = Vec::new();
        for viewer in self.viewers().filter(|viewer| passes(viewer.value())) {
            days_of(viewer.times(), &spec.calendar, &mut days);
            let mut came = days.iter().filter_map(|day| index.of(*day));
            let Some(own) = came.next() else { continue };
            let Some(cohort) = usize::try_from(own - first).ok().and_then(|at| cohorts.get_mut(at)) else {
                viewers_before += u64::from(own < first);
                continue;
            };
            cohort.size += 1;
            cohort.active[0] += 1;
            let mut before = own;
            for period in came {
                if period != before
                    && let Some(active) = cohort.active.get_mut((period - own) as usize)
                {
                    *active += 1;
                    before = period;
                }
            }
        }
        Ok(CohortMatrix { periods, cohorts, viewers_before })
    }

    fn periods(&self, spec: &CohortSpec, first: i32, last: i32) -> Vec<CohortPeriod> {
        let until = self.until().map_or(i64::MIN, Timestamp::as_millis);
        let bounds = (first..=last).map_while(|index| spec.calendar.bounds(spec.period, index));
        bounds
            .map(|bounds| CohortPeriod {
                bounds,
                complete: bounds.ends_at.as_millis() <= until.saturating_add(1)
                    && self.since().is_none_or(|since| bounds.starts_at >= since),
            })
            .collect()
    }
}
