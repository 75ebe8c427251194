//! What must be known of a session before its first event can be understood.

use super::Session;
use crate::event::{Event, EventKind, PlayerState};
use crate::time::MediaTime;

/// What the events of a session say of it as a whole.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
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
pub(crate) enum Asked {
    /// None.
    #[default]
    Nothing,
    /// Some, and nothing else says what the player does.
    Alone,
    /// Some, and the player reports what it does besides.
    Besides,
}

impl Outline {
    pub(super) fn of(events: &[Event]) -> Self {
        let mut outline = Self::default();
        let mut mentioned = None;
        let mut in_ad = false;
        let (mut asks, mut tells) = (false, false);
        for event in events {
            if matches!(event.kind, EventKind::Request(_)) {
                asks = true;
            } else if !tells {
                tells = tells_playback(event);
            }
            match &event.kind {
                EventKind::Load { duration, is_live, .. } => {
                    outline.is_live |= is_live;
                    outline.duration = outline.credible(*duration).or(outline.duration);
                }
                EventKind::AdStart(_) => in_ad = true,
                EventKind::AdEnd | EventKind::End { .. } => in_ad = false,
                kind => outline.says_play |= !in_ad && says_play(kind),
            }
            // While an advertisement is on, the player may speak of it.
            if let Some(vitals) = event.vitals.as_ref().filter(|_| !in_ad) {
                let request = matches!(event.kind, EventKind::Request(_));
                outline.says_play |= !request && vitals.state == Some(PlayerState::Playing);
                mentioned = outline.credible(vitals.duration).or(mentioned);
            }
        }
        outline.requests = match (asks, tells) {
            (false, _) => Asked::Nothing,
            (true, false) => Asked::Alone,
            (true, true) => Asked::Besides,
        };
        outline.duration = outline.duration.or(mentioned);
        outline
    }

    fn credible(&mut self, reported: Option<MediaTime>) -> Option<MediaTime> {
        self.wrong_durations += u64::from(reported > Some(Session::MAX_DURATION));
        reported.filter(|duration| !duration.is_zero() && *duration <= Session::MAX_DURATION)
    }
}

/// Whether the event says anything of what the player does.
fn tells_playback(event: &Event) -> bool {
    let says_nothing = matches!(
        event.kind,
        EventKind::Load { .. }
            | EventKind::Heartbeat
            | EventKind::Error(_)
            | EventKind::Custom(_)
            | EventKind::QualityChange { .. }
            | EventKind::Request(_)
    );
    !says_nothing || event.position.is_some() || event.vitals.as_ref().is_some_and(|vitals| vitals.state.is_some())
}

/// Whether the event says that frames move.
pub(super) const fn says_play(kind: &EventKind) -> bool {
    matches!(kind, EventKind::Play | EventKind::StateChange { to: PlayerState::Playing, .. })
}
