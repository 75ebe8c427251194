//! Who comes back, by how many days after the first visit.

use audience_stats::Proportion;

use crate::error::Error;
use crate::visits::{DayCount, VisitHistory};

/// How many came back some days after their first visit.
///
/// Only viewers count for whom that day is over: of the others it is not known yet.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct DayRetention {
    /// How many days after the first.
    pub day: u32,
    /// Viewers for whom that day is over.
    pub eligible: u64,
    /// Of these, who came on that very day: "N-day", "classic" or "bounded" retention.
    pub on_day: u64,
    /// Who came again up to that day, the first day aside: who was back within N days.
    pub within: u64,
    /// Who came on that day or after it: "rolling" or "unbounded" retention. It is lower where less time has passed since, so that only
    /// viewers who came first at the same time compare.
    pub on_or_after: u64,
}

impl DayRetention {
    /// [`on_day`](Self::on_day) as a part of those that are eligible.
    pub fn on_day_rate(&self) -> Proportion {
        self.rate(self.on_day)
    }

    /// [`within`](Self::within) as a part of those that are eligible.
    pub fn within_rate(&self) -> Proportion {
        self.rate(self.within)
    }

    /// [`on_or_after`](Self::on_or_after) as a part of those that are eligible.
    pub fn on_or_after_rate(&self) -> Proportion {
        self.rate(self.on_or_after)
    }

    fn rate(&self, came: u64) -> Proportion {
        Proportion::new(came, self.eligible).unwrap_or_default()
    }
}

impl VisitHistory {
    /// How many came back so many days after their first visit, for each of `days`.
    pub fn day_retention(&self, days: &[u32], count: DayCount<'_>) -> Vec<DayRetention> {
        let mut rows: Vec<DayRetention> =
            days.iter().map(|day| DayRetention { day: *day, ..DayRetention::default() }).collect();
        self.each_day(count, |offsets, over| {
            for row in &mut rows {
                let Some(day) = i32::try_from(row.day).ok().filter(|day| *day <= over) else { continue };
                // Where the day is, or would be, among those with a visit; the first is always there.
                let (at, on_day) = match offsets.binary_search(&day) {
                    Ok(at) => (at, true),
                    Err(at) => (at, false),
                };
                row.eligible += 1;
                row.on_day += u64::from(on_day);
                row.within += u64::from(at + usize::from(on_day) > 1);
                row.on_or_after += u64::from(at < offsets.len());
            }
        });
        rows
    }

    /// The part of viewers who came at least once from day `first` to day `last` after their first visit, of those for whom day `last` is
    /// over: "bracket" retention.
    ///
    /// # Errors
    ///
    /// [`Error::BracketEndsBeforeItBegins`].
    pub fn bracket_retention(&self, first: u32, last: u32, count: DayCount<'_>) -> Result<Proportion, Error> {
        if last < first {
            return Err(Error::BracketEndsBeforeItBegins { first, last });
        }
        let (mut came, mut eligible) = (0, 0);
        if let (Ok(first), Ok(last)) = (i32::try_from(first), i32::try_from(last)) {
            self.each_day(count, |offsets, over| {
                if last <= over {
                    let at = offsets.partition_point(|offset| *offset < first);
                    eligible += 1;
                    came += u64::from(offsets.get(at).is_some_and(|offset| *offset <= last));
                }
            });
        }
        Ok(Proportion::new(came, eligible)?)
    }
}
