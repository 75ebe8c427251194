//! When sessions were there.

use std::collections::HashMap;

use audience_core::SessionFacts;
use audience_stats::{Accumulator, Merge, Portable, fingerprint_of, merge_fields};
use foldhash::fast::RandomState;
use serde::{Deserialize, Serialize};

use crate::error::Error;

/// Width of the finest buckets, in milliseconds: a quarter of an hour, of which every time zone's offset is a multiple.
pub(crate) const QUARTER: i64 = 900_000;

/// When sessions began and how many were there at a time, by quarters of an hour of the wall clock. A session is there from
/// when it was loaded to its last event, whatever its player did in between.
///
/// A session costs at most three entries, however long it lasts: what it fills of its first and of its last quarter, and
/// where the whole quarters in between begin and end. So memory depends on the number of sessions, never on a time.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(try_from = "AttendanceSummary", into = "AttendanceSummary")]
pub struct Attendance {
    quarters: HashMap<i64, Quarter, RandomState>,
}

/// What an [`Attendance`] has seen: the quarters in which something changed, in order. [`AudienceOverTime`] makes a series
/// of it.
///
/// [`AudienceOverTime`]: crate::AudienceOverTime
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct AttendanceSummary {
    /// Quarters, counted from the Unix epoch, in ascending order.
    pub quarters: Vec<(i64, Quarter)>,
}

/// One quarter of an hour.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct Quarter {
    /// Sessions that began in it.
    pub started: u64,
    /// How long sessions were there that began or ended in it, in milliseconds.
    pub part_ms: u64,
    /// By how many more sessions than the one before it is filled from its start to its end.
    pub step: i64,
}

impl Attendance {
    /// Nobody there.
    pub fn new() -> Self {
        Self::default()
    }

    /// A session that was there from `start` to `end`, in milliseconds since the Unix epoch.
    fn add(&mut self, start: i64, end: i64) {
        let end = end.max(start);
        let (first, last) = (start.div_euclid(QUARTER), end.div_euclid(QUARTER));
        let (after_start, before_end) = (start.rem_euclid(QUARTER), end.rem_euclid(QUARTER));
        let quarter = self.quarters.entry(first).or_default();
        quarter.started.merge(1);
        if first == last {
            quarter.part_ms.merge((before_end - after_start) as u64);
            return;
        }
        quarter.part_ms.merge((QUARTER - after_start) as u64);
        let whole = last > first + 1;
        let quarter = self.quarters.entry(last).or_default();
        quarter.part_ms.merge(before_end as u64);
        if whole {
            quarter.step = quarter.step.wrapping_sub(1);
            let quarter = self.quarters.entry(first + 1).or_default();
            quarter.step = quarter.step.wrapping_add(1);
        }
    }
}

merge_fields!(Attendance { quarters });

impl Merge for Quarter {
    fn merge(&mut self, other: Self) {
        self.started.merge(other.started);
        self.part_ms.merge(other.part_ms);
        self.step = self.step.wrapping_add(other.step);
    }
}

impl Accumulator for Attendance {
    type Item = SessionFacts;
    type Summary = AttendanceSummary;

    fn observe(&mut self, facts: &SessionFacts) {
        self.add(facts.started_at.as_millis(), facts.last_event_at.as_millis());
    }

    fn summary(&self) -> AttendanceSummary {
        self.clone().into()
    }
}

impl From<Attendance> for AttendanceSummary {
    fn from(state: Attendance) -> Self {
        let mut quarters: Vec<_> = state.quarters.into_iter().collect();
        quarters.sort_unstable_by_key(|&(quarter, _)| quarter);
        Self { quarters }
    }
}

/// Takes quarters in any order, and the same one several times.
impl TryFrom<AttendanceSummary> for Attendance {
    type Error = Error;

    fn try_from(summary: AttendanceSummary) -> Result<Self, Error> {
        const LAST: i64 = i64::MAX / QUARTER;
        let mut state = Self::new();
        for (at, quarter) in summary.quarters {
            if !(-LAST - 1..=LAST).contains(&at) {
                return Err(Error::NoSuchQuarter { quarter: at });
            }
            state.quarters.entry(at).or_default().merge(quarter);
        }
        Ok(state)
    }
}

impl Portable for Attendance {
    fn fingerprint(&self) -> u64 {
        fingerprint_of("audience.attendance/1", &QUARTER)
    }

    fn size_bytes(&self) -> usize {
        self.quarters.capacity() * (size_of::<(i64, Quarter)>() + 1)
    }
}
