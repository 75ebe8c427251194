//! What must be known of a session before its first event can be understood.

use super::Session;
use crate::event::{Event, EventKind, PlayerState};
use crate::time::MediaTime;

/// What the events of a session say of it as a whole.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct Outline {
    /// The last duration that can be right: of a load, else mentioned in passing.
    pub(crate) duration: Option<MediaTime>,
    /// Durations reported that cannot.
    pub(crate) wrong_durations: u64,
    pub(crate) is_live: bool,
    /// Whether any event outside of advertisements says that frames move.
    pub(crate) says_play: bool,
    /// What requests there are.
    pub(crate) requests: Asked,
}

/// What a session has of requests for pieces of the content.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(crate) enum Asked {
    /// None.
    #[default]
    Nothing,
    /// Some, and nothing else says what the player does.
    Alone,
    /// Some, and the player reports what it does besides.
    Besides,
}

/// Finds the outline event by event.
#[derive(Clone, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct Outliner {
    outline: Outline,
    /// The last duration mentioned in passing.
    mentioned: Option<MediaTime>,
    in_ad: bool,
    asks: bool,
    tells: bool,
}

impl Outliner {
    /// Takes in the next event.
    #[inline]
    pub(crate) fn see(&mut self, event: &Event) {
        self.asks |= matches!(event.kind, EventKind::Request(_));
        self.tells = self.tells || event.tells_playback();
        match &event.kind {
            EventKind::Load { duration, is_live, .. } => {
                self.outline.is_live |= is_live;
                self.outline.duration = self.credible(*duration).or(self.outline.duration);
            }
            EventKind::AdStart(_) => self.in_ad = true,
            EventKind::AdEnd | EventKind::End { .. } => self.in_ad = false,
            kind => self.outline.says_play |= !self.in_ad && says_play(kind),
        }
        // While an advertisement is on, the player may speak of it.
        if let Some(vitals) = event.vitals.as_ref().filter(|_| !self.in_ad) {
            let request = matches!(event.kind, EventKind::Request(_));
            self.outline.says_play |= !request && vitals.state == Some(PlayerState::Playing);
            self.mentioned = self.credible(vitals.duration).or(self.mentioned);
        }
    }

    /// The outline of the events so far.
    pub(crate) fn outline(&self) -> Outline {
        let requests = match (self.asks, self.tells) {
            (false, _) => Asked::Nothing,
            (true, false) => Asked::Alone,
            (true, true) => Asked::Besides,
        };
        Outline { requests, duration: self.outline.duration.or(self.mentioned), ..self.outline }
    }

    fn credible(&mut self, reported: Option<MediaTime>) -> Option<MediaTime> {
        self.outline.wrong_durations += u64::from(reported > Some(Session::MAX_DURATION));
        reported.filter(|duration| !duration.is_zero() && *duration <= Session::MAX_DURATION)
    }
}

impl Outline {
    pub(super) fn of(events: &[Event]) -> Self {
        let mut outliner = Outliner::default();
        for event in events {
            outliner.see(event);
        }
        outliner.outline()
    }
}

impl Event {
    /// Whether it says anything of what the player does, be it where the playhead is.
    pub fn tells_playback(&self) -> bool {
        let says_nothing = matches!(
            self.kind,
            EventKind::Load { .. }
                | EventKind::Heartbeat
                | EventKind::Error(_)
                | EventKind::Custom(_)
                | EventKind::QualityChange { .. }
                | EventKind::Request(_)
        );
        let has_state = || self.vitals.as_ref().is_some_and(|vitals| vitals.state.is_some());
        !matches!(self.kind, EventKind::Request(_)) && (!says_nothing || self.position.is_some() || has_state())
    }
}

/// Whether the event says that frames move.
pub(super) const fn says_play(kind: &EventKind) -> bool {
    matches!(kind, EventKind::Play | EventKind::StateChange { to: PlayerState::Playing, .. })
}
