//! Which sessions have a share of stalled time.

use audience_core::SessionFacts;
use audience_stats::merge_fields;

/// Sessions that stall ratios leave out, each by the first reason that holds.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct LeftOut {
    /// No frame was seen: what was waited for is start-up.
    pub never_started: u64,
    /// Frames were seen, but no time passed with them moving or stalled.
    pub nothing_played: u64,
    /// Nothing but requests is known of them, so that their stalls are only a lower bound.
    pub from_requests: u64,
}

merge_fields!(LeftOut { never_started, nothing_played, from_requests });

/// Wall-clock time of a session in playback.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Playback {
    pub(crate) stalled_ms: u64,
    pub(crate) playing_ms: u64,
}

impl LeftOut {
    /// How many there are.
    pub fn total(&self) -> u64 {
        self.never_started.saturating_add(self.nothing_played).saturating_add(self.from_requests)
    }

    /// The time of a session in playback; without any that counts, the session is left out.
    pub(crate) fn sift(&mut self, facts: &SessionFacts) -> Option<Playback> {
        let playback =
            Playback { stalled_ms: facts.wall.stalled.as_millis(), playing_ms: facts.wall.playing.as_millis() };
        let reason = if !facts.started() {
            &mut self.never_started
        } else if playback.stalled_ms == 0 && playback.playing_ms == 0 {
            &mut self.nothing_played
        } else if facts.inferred.from_requests.is_some() {
            &mut self.from_requests
        } else {
            return Some(playback);
        };
        *reason = reason.saturating_add(1);
        None
    }
}
