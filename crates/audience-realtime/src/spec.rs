//! What a live audience is asked.

use std::sync::Arc;

use audience_core::{Elapsed, Rules};

use crate::error::Error;
use crate::key::Per;
use crate::window::Window;

/// What a [`LiveAudience`](crate::LiveAudience) is asked, and how long it waits for whom.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct LiveSpec {
    /// The sliding window: five minutes in buckets of a second.
    pub window: Window,
    /// How late an event may come (1 min), by event time, and still be taken in. Later ones are counted and not taken in.
    pub lateness: Elapsed,
    /// After this much silence (5 min) a viewer is taken to have left at the last event. An event after it begins another session. Where players
    /// send heartbeats, three of their intervals are enough; where they send none, it takes as long as any content plays without an event.
    pub timeout: Elapsed,
    /// How far ahead of all others (5 min) a clock may be. What is further ahead is held back until its time comes.
    pub max_ahead: Elapsed,
    /// What audiences are told apart by: everybody together, and each title.
    pub per: Vec<Per>,
    /// How an event is understood.
    pub rules: Rules,
    /// The most audiences that are told apart (100,000), so that no sender of made-up ids can fill memory. More are counted in that of
    /// everybody only.
    pub max_keys: usize,
    /// The most sessions that are followed at once (5 million). Events of more are counted and not taken in.
    pub max_sessions: usize,
    /// The most events that are held back at once (10,000). More are counted and let go of.
    pub max_held: usize,
    /// The precision of the sketches of viewers (12: a standard error of 1.6 %), from 4 to 18.
    pub precision: u8,
}

impl Default for LiveSpec {
    fn default() -> Self {
        Self {
            window: Window::new(Elapsed::from_secs(300), Elapsed::from_secs(1)).expect("300 buckets"),
            lateness: Elapsed::from_secs(60),
            timeout: Elapsed::from_secs(300),
            max_ahead: Elapsed::from_secs(300),
            per: vec![Per::All, Per::Title],
            rules: Rules::default(),
            max_keys: 100_000,
            max_sessions: 5_000_000,
            max_held: 10_000,
            precision: 12,
        }
    }
}

impl LiveSpec {
    /// The same with this window.
    #[must_use]
    pub fn with_window(mut self, window: Window) -> Self {
        self.window = window;
        self
    }

    /// The same for events that come this late.
    #[must_use]
    pub fn with_lateness(mut self, lateness: Elapsed) -> Self {
        self.lateness = lateness;
        self
    }

    /// The same for viewers who are silent this long.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Elapsed) -> Self {
        self.timeout = timeout;
        self
    }

    /// The same, told apart by an attribute too.
    #[must_use]
    pub fn by_attribute(mut self, name: impl Into<Arc<str>>) -> Self {
        self.per.push(Per::Attribute(name.into()));
        self
    }

    /// Whether all of it can be.
    ///
    /// # Errors
    ///
    /// [`Error::ShortTimeout`] when the time-out is not longer than events may be late, [`Error::RepeatedKey`] when audiences are told
    /// apart by the same twice, [`Error::Sketch`] for a precision that is none.
    pub fn check(&self) -> Result<(), Error> {
        audience_stats::DistinctSketch::new(self.precision).map_err(Error::Sketch)?;
        if self.timeout <= self.lateness {
            return Err(Error::ShortTimeout { timeout: self.timeout, lateness: self.lateness });
        }
        let repeated = self.per.iter().enumerate().find(|(at, per)| self.per[..*at].contains(per));
        repeated.map_or(Ok(()), |(_, per)| Err(Error::RepeatedKey(per.clone())))
    }
}
