//! The vocabulary of events.

use std::cmp::Ordering;
use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;

use crate::error::Error;
use crate::time::{Elapsed, MediaTime, Rate};

/// What happened. The order of the variants is the order of events in the same millisecond without sequence numbers.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum EventKind {
    /// Content was loaded into the player.
    Load {
        /// Where it was loaded from.
        url: Option<Word>,
        /// How long it is.
        duration: Option<MediaTime>,
        /// Whether it is a live stream.
        is_live: bool,
    },
    /// The viewer, or autoplay, asked for playback; frames may not move yet. HTML `play`, CMCD `s`.
    PlayRequest,
    /// An advertisement began; what is played until [`AdEnd`](Self::AdEnd) is not content.
    AdStart(Option<Box<Ad>>),
    /// The advertisement ended.
    AdEnd,
    /// The playhead was moved. The event's position is the target.
    Seek {
        /// Where the playhead was before.
        from: Option<MediaTime>,
    },
    /// Playback is waiting for data.
    BufferStart,
    /// The wait is over.
    BufferEnd {
        /// How long the player says it was. Kept for comparison; the timeline measures.
        reported: Option<Elapsed>,
    },
    /// Another rendition is played.
    QualityChange {
        /// The bit rate before.
        from: Option<Bitrate>,
        /// The rendition now.
        to: Rendition,
        /// Why.
        reason: Option<QualityReason>,
    },
    /// The playback rate changed.
    RateChange {
        /// The rate now.
        rate: Rate,
    },
    /// Frames move. HTML `playing`, CMCD `p`.
    Play,
    /// The player says which state it is in now: means what the event that leads there means.
    StateChange {
        /// The state before.
        from: Option<PlayerState>,
        /// The state now.
        to: PlayerState,
    },
    /// Still there; the position and [`Vitals`](crate::Vitals) say the rest.
    Heartbeat,
    /// The player asked a server for a piece of the content, as the server's log or the player says. What was played follows
    /// from many of these.
    Request(Box<Request>),
    /// Anything else, by name; see [`Custom`].
    Custom(Box<Custom>),
    /// Something went wrong.
    Error(Box<PlayerError>),
    /// The viewer paused.
    Pause,
    /// Playback ended.
    End {
        /// Why.
        reason: Option<EndReason>,
    },
}

impl EventKind {
    /// The type's name on the wire.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Load { .. } => "load",
            Self::PlayRequest => "play_request",
            Self::AdStart(_) => "ad_start",
            Self::AdEnd => "ad_end",
            Self::Seek { .. } => "seek",
            Self::BufferStart => "buffer_start",
            Self::BufferEnd { .. } => "buffer_end",
            Self::QualityChange { .. } => "quality_change",
            Self::RateChange { .. } => "rate_change",
            Self::Play => "play",
            Self::StateChange { .. } => "state_change",
            Self::Heartbeat => "heartbeat",
            Self::Request(_) => "request",
            Self::Custom(_) => "custom",
            Self::Error(_) => "error",
            Self::Pause => "pause",
            Self::End { .. } => "end",
        }
    }
}

/// An event outside the vocabulary. Well-known names: `impression`, `click`, `conversion`, `like`, `share`, `comment`.
#[derive(Clone, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Custom {
    /// What happened.
    pub name: Box<str>,
    /// A number that goes with it.
    pub value: Option<Finite>,
    /// Anything else, as JSON text.
    pub data: Option<Box<str>>,
}

/// An advertisement.
#[derive(Clone, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Ad {
    /// Which one.
    pub id: Option<Box<str>>,
    /// Where it stands: `preroll`, `midroll`, a break's number.
    pub slot: Option<Box<str>>,
}

/// An error as the player reports it.
#[derive(Clone, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct PlayerError {
    /// A code, for counting.
    pub code: Option<Box<str>>,
    /// A message, for people.
    pub message: Option<Box<str>>,
    /// Whether the player gave up.
    pub fatal: bool,
}

/// A request for a piece of the content, with what came of it. The event's time is when the server received it.
#[derive(Clone, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Request {
    /// What was asked for.
    pub object: Object,
    /// Its address, where its place in the content is not known.
    pub url: Option<Word>,
    /// Where in the content it begins.
    pub start: Option<MediaTime>,
    /// How much of the content it is.
    pub length: Option<MediaTime>,
    /// The player ran out of data since its last request.
    pub starved: bool,
    /// The player needs it at once: it starts, has moved or has run out of data.
    pub urgent: bool,
    /// The status of the response.
    pub status: Option<u16>,
    /// How long the response took, to its last byte.
    pub elapsed: Option<Elapsed>,
    /// How much was sent.
    pub bytes: Option<u64>,
    /// The response was not taken to its end.
    pub aborted: bool,
    /// By how much the event's time may be off, either way, because of what writes it down.
    pub time_error: Elapsed,
    /// How long the first byte of the response took.
    pub first_byte: Option<Elapsed>,
    /// What the cache of the server made of it.
    pub cache: Option<CacheResult>,
}

impl Request {
    /// Whether it was answered with what was asked for, as far as is known.
    pub fn succeeded(&self) -> bool {
        self.status.is_none_or(|status| (200..400).contains(&status))
    }
}

/// A text that few events have, one pointer wide so that the others do not pay for it.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
#[expect(clippy::box_collection, reason = "a boxed text is two pointers wide")]
pub struct Word(Box<String>);

impl Word {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Word {
    fn from(text: &str) -> Self {
        Self(Box::new(text.to_owned()))
    }
}

/// A bit rate in bits per second, never zero and at most 4.29 Gbit/s. `Option` of it is no larger than it is.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
pub struct Bitrate(NonZeroU32);

impl Bitrate {
    /// So many bits per second; `None` for 0, which is no bit rate. What is more than the most is taken for the most.
    pub fn from_bps(bps: u64) -> Option<Self> {
        NonZeroU32::new(u32::try_from(bps).unwrap_or(u32::MAX)).map(Self)
    }

    /// Bits per second.
    pub fn as_bps(self) -> u64 {
        u64::from(self.0.get())
    }
}

/// One encoding of the content.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Rendition {
    /// Declared bit rate of all tracks together.
    pub bitrate: Option<Bitrate>,
    /// Width of the picture in pixels; 0 when unknown.
    pub width: u32,
    /// Height of the picture in pixels; 0 when unknown.
    pub height: u32,
}

/// A number that is one: finite, and so with an order.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(try_from = "f64", into = "f64"))]
pub struct Finite(f64);

impl Finite {
    /// The number `value`.
    ///
    /// # Errors
    ///
    /// [`Error::NotFinite`] for NaN and the infinities.
    pub fn new(value: f64) -> Result<Self, Error> {
        // −0 and 0 are one number.
        if value.is_finite() { Ok(Self(value + 0.0)) } else { Err(Error::NotFinite { value }) }
    }

    /// The number.
    pub const fn get(self) -> f64 {
        self.0
    }
}

impl TryFrom<f64> for Finite {
    type Error = Error;

    fn try_from(value: f64) -> Result<Self, Error> {
        Self::new(value)
    }
}

impl From<Finite> for f64 {
    fn from(number: Finite) -> Self {
        number.0
    }
}

impl PartialEq for Finite {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Finite {}

impl PartialOrd for Finite {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Finite {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident, $field:literal { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)+
        }

        impl $name {
            /// The word for it on the wire.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }
        }

        impl FromStr for $name {
            type Err = Error;

            fn from_str(word: &str) -> Result<Self, Error> {
                match word {
                    $($word => Ok(Self::$variant),)+
                    _ => Err(Error::UnknownWord {
                        field: $field,
                        value: word.to_owned(),
                        expected: concat!($($word, " "),+).trim_ascii_end(),
                    }),
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}

words! {
    /// The states players speak of, in the order in which they follow each other within a millisecond.
    PlayerState, "state" {
        /// Nothing to play.
        Idle = "idle",
        /// Preparing content, playback not asked for.
        Loading = "loading",
        /// Moving the playhead.
        Seeking = "seeking",
        /// Waiting for data.
        Buffering = "buffering",
        /// Frames move.
        Playing = "playing",
        /// Stopped by the viewer.
        Paused = "paused",
        /// At the end.
        Ended = "ended",
        /// Given up.
        Error = "error",
    }
}

words! {
    /// Why the rendition changed.
    QualityReason, "reason" {
        /// The player's own adaptation.
        Abr = "abr",
        /// The viewer chose.
        Manual = "manual",
        /// The buffer ran low.
        Buffer = "buffer",
        /// The first rendition.
        Initial = "initial",
        /// Something else.
        Other = "other",
    }
}

words! {
    /// What a player asks for. CMCD `ot`.
    #[derive(Default)]
    Object, "object" {
        /// Frames of the picture. CMCD `v`.
        Video = "video",
        /// Sound. CMCD `a`.
        Audio = "audio",
        /// Both in one. CMCD `av`.
        Muxed = "muxed",
        /// A manifest or playlist. CMCD `m`.
        Manifest = "manifest",
        /// What a decoder needs before the first segment. CMCD `i`.
        Init = "init",
        /// Captions, or other text that goes with the picture. CMCD `c`, `tt`.
        Text = "text",
        /// A key or licence. CMCD `k`.
        Key = "key",
        /// Something else. CMCD `o`.
        #[default]
        Other = "other",
    }
}

words! {
    /// What the cache of a CDN or server made of a request.
    CacheResult, "cache_result" {
        /// It was in the cache.
        Hit = "hit",
        /// It was in the cache and too old, and the origin said that it is still good.
        Refreshed = "refreshed",
        /// It was in the cache and too old, and was sent all the same.
        Stale = "stale",
        /// It came from the origin.
        Miss = "miss",
        /// The cache was not asked, as for what is not to be cached.
        Bypass = "bypass",
        /// The answer was made up on the way, as a redirection is.
        Synthetic = "synthetic",
        /// The answer was an error.
        Error = "error",
    }
}

impl CacheResult {
    /// Whether what was sent came from the cache, rather than from the origin. `None` where the cache had no part in it.
    ///
    /// # Examples
    ///
    /// ```
    /// use audience_core::CacheResult;
    ///
    /// assert_eq!(CacheResult::Stale.from_cache(), Some(true));
    /// assert_eq!(CacheResult::Miss.from_cache(), Some(false));
    /// assert_eq!("bypass".parse::<CacheResult>()?.from_cache(), None);
    /// # Ok::<(), audience_core::Error>(())
    /// ```
    pub const fn from_cache(self) -> Option<bool> {
        match self {
            Self::Hit | Self::Refreshed | Self::Stale => Some(true),
            Self::Miss => Some(false),
            Self::Bypass | Self::Synthetic | Self::Error => None,
        }
    }
}

/// Why playback ended.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum EndReason {
    /// The content was over: `ended`.
    Ended,
    /// The viewer left: `abandon`.
    Abandoned,
    /// The player gave up: `error`.
    Error,
    /// In the player's own words.
    Other(Word),
}

impl EndReason {
    /// The word for it on the wire.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Ended => "ended",
            Self::Abandoned => "abandon",
            Self::Error => "error",
            Self::Other(word) => word.as_str(),
        }
    }
}

impl From<&str> for EndReason {
    fn from(word: &str) -> Self {
        match word {
            "ended" => Self::Ended,
            "abandon" => Self::Abandoned,
            "error" => Self::Error,
            _ => Self::Other(Word::from(word)),
        }
    }
}
