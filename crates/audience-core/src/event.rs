//! What players report.

mod kind;
mod wire;

use std::sync::Arc;

pub use kind::{
    Ad, Bitrate, CacheResult, Custom, EndReason, EventKind, Finite, Object, PlayerError, PlayerState, QualityReason,
    Rendition, Request, Word,
};
pub use wire::{Field, FieldKind, FieldValue, Fields, SCHEMA};

use crate::ids::{ContentId, SessionId, ViewerId};
use crate::time::{Elapsed, MediaTime, Rate, Timestamp};

/// One thing a player reported, at one time.
///
/// The ids are not repeated in each event: the [`Session`](crate::Session) has them, and on the wire the [`Envelope`].
///
/// Events order by time, then sequence number, then kind (what opens a millisecond before what closes it), then by all
/// that is left, so that the order of arrival never matters.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Event {
    /// When it happened, by the player's clock.
    pub ts: Timestamp,
    /// The number the sender gave it, counting from its own start.
    pub seq: Option<Seq>,
    /// What happened.
    pub kind: EventKind,
    /// Where the playhead is after it; for a seek, the target.
    pub position: Option<MediaTime>,
    /// What else the player said about itself at that moment.
    pub vitals: Option<Box<Vitals>>,
    /// Who sent it, for telling repeats apart.
    pub origin: Option<Arc<Origin>>,
}

impl Event {
    /// An event without position, number or anything else.
    pub const fn new(ts: Timestamp, kind: EventKind) -> Self {
        Self { ts, seq: None, kind, position: None, vitals: None, origin: None }
    }

    /// The same with the playhead at `position` after it.
    #[must_use]
    pub fn at(mut self, position: MediaTime) -> Self {
        self.position = Some(position);
        self
    }

    /// The same with a sequence number.
    #[must_use]
    pub fn numbered(mut self, seq: u64) -> Self {
        self.seq = Some(Seq::new(seq));
        self
    }

    /// The same with what else the player said.
    #[must_use]
    pub fn with_vitals(mut self, vitals: Vitals) -> Self {
        self.vitals = (vitals != Vitals::default()).then(|| Box::new(vitals));
        self
    }

    /// The same from a named source.
    #[must_use]
    pub fn from_source(mut self, source: &str) -> Self {
        let event_id = self.origin.as_ref().and_then(|origin| origin.event_id.clone());
        self.origin = Some(Arc::new(Origin { source: Some(source.into()), event_id }));
        self
    }

    /// The name of what sent it, where several number their events apart.
    pub fn source(&self) -> Option<&str> {
        self.origin.as_ref()?.source.as_deref()
    }

    /// Its own unique id.
    pub fn event_id(&self) -> Option<&str> {
        self.origin.as_ref()?.event_id.as_deref()
    }
}

/// A sequence number. `Option` of it is no larger than it is.
// Held as the number + 1, which leaves 0 for `None`; 2⁶⁴ − 1 is taken as 2⁶⁴ − 2.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(from = "u64", into = "u64"))]
pub struct Seq(MediaTime);

impl Seq {
    /// The sequence number `n`.
    pub const fn new(n: u64) -> Self {
        Self(MediaTime::from_millis(n))
    }

    /// The number.
    pub const fn get(self) -> u64 {
        self.0.as_millis()
    }
}

impl From<u64> for Seq {
    fn from(n: u64) -> Self {
        Self::new(n)
    }
}

impl From<Seq> for u64 {
    fn from(seq: Seq) -> Self {
        seq.get()
    }
}

/// What told an event apart from others when it was sent.
#[derive(Clone, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Origin {
    /// What numbered the event: several sources of one session count apart (in CMCD, each mode and target).
    pub source: Option<Box<str>>,
    /// A unique id of the event.
    pub event_id: Option<Box<str>>,
}

/// What a player may say about itself with any event.
#[derive(Clone, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Vitals {
    /// The state it is in.
    pub state: Option<PlayerState>,
    /// The rate it plays at.
    pub rate: Option<Rate>,
    /// The bit rate it plays.
    pub bitrate: Option<Bitrate>,
    /// How much content it has buffered ahead.
    pub buffer: Option<MediaTime>,
    /// How long the content is, where a heartbeat repeats it.
    pub duration: Option<MediaTime>,
    /// Frames dropped so far.
    pub dropped_frames: Option<u64>,
    /// Frames decoded so far.
    pub decoded_frames: Option<u64>,
    /// How long it says was watched so far. Kept for comparison; the timeline measures.
    pub watched: Option<Elapsed>,
    /// How far behind the live edge the playhead is, in wall-clock time: from the glass of the camera, or of the encoder,
    /// as the player knows it. CMCD `ltc`.
    pub live_latency: Option<Elapsed>,
}

/// An event on its way: with the ids of its session, viewer and content, and attributes of the session.
///
/// With feature `serde`, its text form is the canonical wire format: one flat JSON object whose keys are those of
/// [`Field`]; any other scalar is an attribute, and what is nested is left out. Values must have the types of [`Fields`];
/// `audience-ingest` reads the same lines and repairs what others write. What the kind of the event says already is not
/// written once more as [`Vitals`].
///
/// # Examples
///
/// ```
/// # #[cfg(feature = "serde")] {
/// use audience_core::{Envelope, EventKind, MediaTime};
///
/// let line = r#"{"session_id":"s1","content_id":"c1","ts":1000,"type":"seek","position_ms":9000,"from_ms":2000,"device":"tv"}"#;
/// let envelope: Envelope = serde_json::from_str(line).unwrap();
/// assert_eq!(envelope.event.kind, EventKind::Seek { from: Some(MediaTime::from_secs(2)) });
/// assert_eq!(envelope.attributes, [("device".into(), "tv".into())]);
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Envelope {
    /// The run of the player.
    pub session_id: SessionId,
    /// Who watched, where known.
    pub viewer_id: Option<ViewerId>,
    /// What was watched. Without it, the event belongs to what the session was watching then.
    pub content_id: Option<ContentId>,
    /// What happened.
    pub event: Event,
    /// Names and values that describe the session (device, country, player, experiment arms …).
    pub attributes: Vec<(Arc<str>, Arc<str>)>,
}

impl EventKind {
    /// A load without address or duration.
    pub const fn load() -> Self {
        Self::Load { url: None, duration: None, is_live: false }
    }

    /// A load of content of a known duration.
    pub const fn load_of(duration: MediaTime) -> Self {
        Self::Load { url: None, duration: Some(duration), is_live: false }
    }

    /// A custom event of this name: see [`Mark`](crate::Mark) for those that mean the same everywhere.
    pub fn custom(name: impl Into<Box<str>>) -> Self {
        Self::Custom(Box::new(Custom { name: name.into(), ..Custom::default() }))
    }

    /// A seek that says where it came from.
    pub const fn seek_from(from: MediaTime) -> Self {
        Self::Seek { from: Some(from) }
    }

    /// The end of a wait, without a duration of its own.
    pub const fn buffer_end() -> Self {
        Self::BufferEnd { reported: None::<Elapsed> }
    }

    /// The end of playback for a reason.
    pub const fn end(reason: EndReason) -> Self {
        Self::End { reason: Some(reason) }
    }
}
