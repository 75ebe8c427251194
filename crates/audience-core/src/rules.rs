//! The thresholds of reconstruction.

use crate::ratio::Ratio;
use crate::time::{Elapsed, MediaTime, Rate};

/// Where the lines are drawn when events become a [`Timeline`](crate::Timeline) and a timeline becomes
/// [`SessionFacts`](crate::SessionFacts). The defaults are those of every published figure.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Rules {
    /// The fastest rate a player offers (4×). A playhead that gains more than this, plus [`slack`](Self::slack), has
    /// jumped without saying so.
    pub max_rate: Rate,
    /// How far a reported playhead may be off (1 s): rounding, timers.
    pub slack: MediaTime,
    /// A wait that begins before the playhead has moved this far (250 ms) past a seek's target belongs to the seek.
    pub seek_settle: MediaTime,
    /// How far past the end of the content a position may lie (10 s) before it is taken for a mistake and dropped.
    pub past_end: MediaTime,
    /// A session whose furthest watched position is at least this share of the content (0.95) reached the end.
    pub reached_end: Ratio,
    /// A session that watched at least this share of the content (0.9), each part counted once, completed it.
    pub completed: Ratio,
    /// After this much silence (30 min) at the end of the data, a session without an end has left.
    pub inactivity: Elapsed,
}

impl Default for Rules {
    fn default() -> Self {
        let ratio = |value| Ratio::new(value).expect("between 0 and 1");
        Self {
            max_rate: Rate::new(4.0).expect("between 0 and 100"),
            slack: MediaTime::from_secs(1),
            seek_settle: MediaTime::from_millis(250),
            past_end: MediaTime::from_secs(10),
            reached_end: ratio(0.95),
            completed: ratio(0.9),
            inactivity: Elapsed::from_secs(30 * 60),
        }
    }
}
