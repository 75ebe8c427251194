//! What models of repeat visits know of a viewer.

use super::LARGEST;
use crate::error::Error;

/// When a viewer came, as far as models of repeat visits want to know: how often after the first time, when last, and for how long the
/// viewer is known. Times are in any unit, the same for all, and count from the viewer's first visit.
///
/// Models suppose that visits are separate: count days with visits rather than sessions, of which viewers have several in a row.
///
/// # Examples
///
/// ```
/// use audience_cohort::RepeatHistory;
///
/// // Came on three days, the last of them 20 days after the first, and that was 50 days ago.
/// let history = RepeatHistory::new(2, 20.0, 50.0)?;
/// assert_eq!(history.recency(), 20.0);
/// assert!(RepeatHistory::new(2, 51.0, 50.0).is_err());
/// # Ok::<(), audience_cohort::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct RepeatHistory {
    frequency: u64,
    recency: f64,
    age: f64,
}

impl RepeatHistory {
    /// Of `frequency` visits after the first, the last of them `recency` after the first, until `age` after the first.
    ///
    /// # Errors
    ///
    /// [`Error::NotAHistory`] when a time is below 0 or not finite (above 10¹²), the last visit is after the end, or there is a time of the
    /// last repeat visit without repeat visits, or none with some.
    pub fn new(frequency: u64, recency: f64, age: f64) -> Result<Self, Error> {
        let times = (0.0..=LARGEST).contains(&age) && (0.0..=age).contains(&recency);
        if times && (frequency == 0) == (recency == 0.0) {
            // One zero, so that equal histories have equal bits.
            Ok(Self { frequency, recency: recency + 0.0, age: age + 0.0 })
        } else {
            Err(Error::NotAHistory { frequency, recency, age })
        }
    }

    /// How often the viewer came after the first time.
    pub const fn frequency(&self) -> u64 {
        self.frequency
    }

    /// When the viewer came last, after the first time; 0 of one who came once.
    pub const fn recency(&self) -> f64 {
        self.recency
    }

    /// How long ago the first visit is.
    pub const fn age(&self) -> f64 {
        self.age
    }

    /// Those that are the same, with how many of each there are; in an order that does not depend on that of the list.
    pub(super) fn grouped(histories: &[Self]) -> Vec<(Self, u64)> {
        let mut sorted = histories.to_vec();
        // Of numbers from 0 on, bits are in the order of values.
        sorted.sort_unstable_by_key(|history| (history.frequency, history.recency.to_bits(), history.age.to_bits()));
        let mut grouped: Vec<(Self, u64)> = Vec::new();
        for history in sorted {
            match grouped.last_mut() {
                Some((last, count)) if *last == history => *count += 1,
                _ => grouped.push((history, 1)),
            }
        }
        grouped
    }
}
