//! Which sessions are attempts to play.

use audience_core::{ExitReason, Failure, SessionFacts};

/// Which sessions that saw no frame are attempts to play. Those that started, and those that failed before they could, are in any
/// case; of those that may still start it is not known yet.
///
/// A page that loads a player nobody starts is no attempt. Whether anybody wanted to start it, only telemetry that reports
/// requests (`play_request`; HTML `play`, CMCD `s`) can tell: of telemetry without, every load must be taken for one.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Attempts {
    /// Every session that is over, whether playback was asked for or not.
    #[default]
    Loads,
    /// Of the sessions that are over without a frame or a fatal error, those that asked for playback.
    Requests,
}

impl Attempts {
    /// Whether a session is an attempt.
    pub fn include(self, facts: &SessionFacts) -> bool {
        let over = facts.exit.reason != ExitReason::Active;
        facts.started() || over && !(self == Self::Requests && is_loaded_only(facts))
    }
}

/// Whether a session is over, saw no frame, did not fail, and nothing in it asked for playback: no request, and no
/// advertisement before the content.
pub(crate) fn is_loaded_only(facts: &SessionFacts) -> bool {
    let began = facts.requested || !facts.wall.in_ads.is_zero() || !facts.wall.ad_waiting.is_zero();
    facts.failure == Some(Failure::ExitBeforeStart) && !began
}
