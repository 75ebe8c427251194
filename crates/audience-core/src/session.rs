//! The events of one run of a player over one title.

mod attributes;
mod builder;
mod identity;
mod live;
mod order;
mod outline;
mod screen;

pub use attributes::Attributes;
pub use builder::{ContextId, SessionBuilder};
pub use identity::Identity;
pub use live::{Doing, Happening, LiveChange, LiveSession, LiveView};

use std::sync::Arc;

use crate::event::Event;
use crate::facts::SessionFacts;
use crate::ids::{ContentId, SessionId, ViewerId};
use crate::rules::Rules;
use crate::time::{MediaTime, Timestamp};
use crate::timeline::Timeline;
pub(crate) use outline::{Asked, Outline};
#[cfg(feature = "serde")]
use screen::Screen;

/// A playback session: one session id and one title, its events in order and without repeats.
///
/// As in CTA-2066, a session ends where the next title begins: a session id that plays two titles makes two of these.
/// Pauses, stalls, silence and errors do not split it.
///
/// # Examples
///
/// By hand, in any order:
///
/// ```
/// use audience_core::{Event, EventKind, MediaTime, Rules, Session, Timestamp};
///
/// let at = |secs: i64| Timestamp::from_millis(secs * 1000);
/// let session = Session::new("s1", "film", [
///     Event::new(at(25), EventKind::Pause).at(MediaTime::from_secs(20)),
///     Event::new(at(0), EventKind::load_of(MediaTime::from_secs(100))),
///     Event::new(at(5), EventKind::Play).at(MediaTime::ZERO),
/// ])
/// .with_viewer("ann")
/// .with_attribute("device", "tv");
///
/// let facts = session.facts(&Rules::default(), None);
/// assert_eq!(facts.watched, MediaTime::from_secs(20));
/// assert_eq!(facts.identity.attributes.get("device"), Some("tv"));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    identity: Arc<Identity>,
    events: Vec<Event>,
    breaks: Vec<u32>,
    outline: Outline,
    known_duration: Option<MediaTime>,
    tidied: Tidied,
}

/// What was done to a session's events to put them in order.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Tidied {
    /// Events that were there twice and are kept once.
    pub duplicates: u64,
    /// Events that share their key (event id, or source and number) with a different one; all are kept.
    pub conflicts: u64,
    /// Attributes that were left out, because the session has more names than [`Attributes::MAX`].
    pub dropped_attributes: u64,
}

impl Session {
    /// The longest content there can be: a year.
    pub const MAX_DURATION: MediaTime = MediaTime::from_secs(366 * 86_400);

    /// The session with these events, which may come in any order and more than once.
    pub fn new(
        session_id: impl Into<SessionId>,
        content_id: impl Into<ContentId>,
        events: impl IntoIterator<Item = Event>,
    ) -> Self {
        let mut events: Vec<Event> = events.into_iter().collect();
        events.sort_unstable();
        let before = events.len();
        events.dedup();
        let conflicts = order::conflicts(events.iter()).len() as u64;
        let tidied = Tidied { duplicates: (before - events.len()) as u64, conflicts, ..Tidied::default() };
        Self {
            identity: Arc::new(Identity {
                session_id: session_id.into(),
                content_id: content_id.into(),
                viewer_id: None,
                attributes: Attributes::new(),
            }),
            outline: Outline::of(&events),
            events,
            breaks: Vec::new(),
            known_duration: None,
            tidied,
        }
    }

    /// The same, watched by `viewer`.
    #[must_use]
    pub fn with_viewer(mut self, viewer: impl Into<ViewerId>) -> Self {
        Arc::make_mut(&mut self.identity).viewer_id = Some(viewer.into());
        self
    }

    /// The same with an attribute.
    #[must_use]
    pub fn with_attribute(mut self, name: &str, value: &str) -> Self {
        Arc::make_mut(&mut self.identity).attributes.set(name, value);
        self
    }

    /// The same with the title's duration from elsewhere (a catalogue), used where the session reports none.
    #[must_use]
    pub fn with_known_duration(mut self, duration: Option<MediaTime>) -> Self {
        self.known_duration = duration;
        self
    }

    /// Whose session it is, and of what.
    pub fn identity(&self) -> &Arc<Identity> {
        &self.identity
    }

    /// The run of the player.
    pub fn session_id(&self) -> &SessionId {
        &self.identity.session_id
    }

    /// The title.
    pub fn content_id(&self) -> &ContentId {
        &self.identity.content_id
    }

    /// Who watched.
    pub fn viewer_id(&self) -> Option<&ViewerId> {
        self.identity.viewer_id.as_ref()
    }

    /// What describes the session.
    pub fn attributes(&self) -> &Attributes {
        &self.identity.attributes
    }

    /// The events in order.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// Indices of events before which the player was playing something else.
    pub fn breaks(&self) -> &[u32] {
        &self.breaks
    }

    /// The title's duration: the last one the session reports, else the one known from elsewhere. Live streams have none.
    ///
    /// A reported duration of 0 is none, and one above [`MAX_DURATION`](Self::MAX_DURATION) is taken for a mistake.
    pub fn duration(&self) -> Option<MediaTime> {
        let known = self.known_duration.filter(|known| !known.is_zero());
        if self.is_live() { None } else { self.outline.duration.or(known) }
    }

    /// Whether it is a live stream: a load says so, or the attribute `stream_type`, which CMCD has, is `live` or
    /// `low_latency_live`.
    pub fn is_live(&self) -> bool {
        let stream = || self.identity.attributes.get("stream_type");
        self.outline.is_live || matches!(stream(), Some("live" | "low_latency_live"))
    }

    pub(crate) fn outline(&self) -> &Outline {
        &self.outline
    }

    /// What was done to put the events in order.
    pub fn tidied(&self) -> Tidied {
        self.tidied
    }

    /// The first event's time.
    pub fn started_at(&self) -> Option<Timestamp> {
        self.events.first().map(|event| event.ts)
    }

    /// What the player did, from moment to moment.
    pub fn timeline(&self, rules: &Rules) -> Timeline {
        Timeline::new(self, rules)
    }

    /// What its requests show of playback, told as events, where nothing else tells it: `None` where the player reports it, or asks for
    /// nothing. Nothing is told of what comes after `horizon`.
    pub fn told_by_requests(&self, rules: &Rules, horizon: Option<Timestamp>) -> Option<Vec<Event>> {
        (self.outline.requests == Asked::Alone).then(|| crate::timeline::tell(self, rules, horizon))
    }

    /// The session as one row. `horizon` is the time up to which the data reaches: see [`SessionFacts::exit`].
    pub fn facts(&self, rules: &Rules, horizon: Option<Timestamp>) -> SessionFacts {
        SessionFacts::new(self, rules, horizon)
    }
}
