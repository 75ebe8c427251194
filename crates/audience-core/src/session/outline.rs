//! What must be known of a session before its first event can be understood.

use super::Session;
use crate::event::{Event, EventKind, PlayerState};
use crate::time::MediaTime;

/// What the events of a session say of it as a whole.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Outline {
    /// The last duration reported that can be right.
    pub(crate) duration: Option<MediaTime>,
    /// Durations reported that cannot.
    pub(crate) wrong_durations: u64,
    pub(crate) is_live: bool,
    /// Whether any event says that frames move.
    pub(crate) says_play: bool,
}

impl Outline {
    pub(super) fn of(events: &[Event]) -> Self {
        let mut outline = Self::default();
        for event in events {
            match &event.kind {
                EventKind::Load { duration, is_live, .. } => {
                    outline.is_live |= is_live;
                    outline.take_duration(*duration);
                }
                EventKind::Play | EventKind::StateChange { to: PlayerState::Playing, .. } => outline.says_play = true,
                _ => {}
            }
            if let Some(vitals) = &event.vitals {
                outline.says_play |= vitals.state == Some(PlayerState::Playing);
                outline.take_duration(vitals.duration);
            }
        }
        outline
    }

    fn take_duration(&mut self, reported: Option<MediaTime>) {
        match reported {
            Some(duration) if duration > Session::MAX_DURATION => self.wrong_durations += 1,
            Some(duration) if !duration.is_zero() => self.duration = Some(duration),
            _ => {}
        }
    }
}
