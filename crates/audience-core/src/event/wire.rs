//! The canonical wire format: which keys there are, and how they make an event.

mod line;
mod value;

use std::borrow::Cow;
use std::sync::Arc;

pub use value::{FieldKind, FieldValue};

use self::value::Held;
use super::kind::{
    Ad, Bitrate, Custom, EndReason, EventKind, Finite, PlayerError, PlayerState, Rendition, Request, Word,
};
use super::{Envelope, Event, Origin, Seq, Vitals};
use crate::error::Error;
use crate::ids::{ContentId, SessionId, ViewerId};
use crate::time::{Elapsed, MediaTime, Rate, Timestamp};

/// The version of the wire format this crate reads and writes, in the key `schema`.
pub const SCHEMA: u64 = 1;

macro_rules! fields {
    ($($(#[$doc:meta])* $variant:ident $name:ident $key:literal: $ty:ty,)+) => {
        /// A key of the wire format.
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        #[repr(u8)]
        pub enum Field {
            $($(#[$doc])* $variant,)+
        }

        impl Field {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The key.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $key,)+
                }
            }

            /// The field with this key.
            #[inline]
            pub fn from_name(name: &str) -> Option<Self> {
                match name {
                    $($key => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }

        /// The fields of one event on the wire, not yet checked against each other: what a decoder fills in.
        #[derive(Clone, Debug, Default, PartialEq)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
        pub struct Fields<'a> {
            $(
                $(#[$doc])*
                #[cfg_attr(feature = "serde", serde(rename = $key, skip_serializing_if = "Option::is_none", default))]
                pub $name: Option<$ty>,
            )+
        }

        impl<'a> Fields<'a> {
            /// The value of a field, if it is there.
            pub fn get(&self, field: Field) -> Option<FieldValue<'_>> {
                match field {
                    $(Field::$variant => self.$name.as_ref().map(Held::value),)+
                }
            }

            const fn kind_of(field: Field) -> FieldKind {
                match field {
                    $(Field::$variant => <$ty as Held>::KIND,)+
                }
            }
        }
    };
}

impl Field {
    /// What kind of value it holds.
    pub const fn kind(self) -> FieldKind {
        Fields::kind_of(self)
    }
}

fields! {
    /// The run of the player. Always there.
    SessionId session_id "session_id": Cow<'a, str>,
    /// Who watched.
    ViewerId viewer_id "viewer_id": Cow<'a, str>,
    /// What was watched.
    ContentId content_id "content_id": Cow<'a, str>,
    /// When it happened: milliseconds since 1970. Always there.
    Ts ts "ts": i64,
    /// The sender's number.
    Seq seq "seq": u64,
    /// What numbered the event.
    Source source "source": Cow<'a, str>,
    /// The event's unique id.
    EventId event_id "event_id": Cow<'a, str>,
    /// The kind of event. Always there.
    Type kind "type": Cow<'a, str>,
    /// Playhead after the event.
    PositionMs position_ms "position_ms": u64,
    /// Playhead before a seek.
    FromMs from_ms "from_ms": u64,
    /// Duration of the content; with `buffer_end`, of the wait.
    DurationMs duration_ms "duration_ms": u64,
    /// Where content was loaded from.
    Url url "url": Cow<'a, str>,
    /// Whether it is a live stream.
    IsLive is_live "is_live": bool,
    /// Bit rate now.
    BitrateBps bitrate_bps "bitrate_bps": u64,
    /// Bit rate before a quality change.
    FromBitrateBps from_bitrate_bps "from_bitrate_bps": u64,
    /// Width of the picture.
    Width width "width": u64,
    /// Height of the picture.
    Height height "height": u64,
    /// Playback rate now.
    Rate rate "rate": f64,
    /// Content buffered ahead.
    BufferMs buffer_ms "buffer_ms": u64,
    /// Frames dropped so far.
    DroppedFrames dropped_frames "dropped_frames": u64,
    /// Frames decoded so far.
    DecodedFrames decoded_frames "decoded_frames": u64,
    /// How far behind the live edge the playhead is.
    LiveLatencyMs live_latency_ms "live_latency_ms": u64,
    /// State now.
    State state "state": Cow<'a, str>,
    /// State before.
    FromState from_state "from_state": Cow<'a, str>,
    /// Error code.
    Code code "code": Cow<'a, str>,
    /// Error message.
    Message message "message": Cow<'a, str>,
    /// Whether the error was fatal.
    Fatal fatal "fatal": bool,
    /// Why: of `quality_change` and `end`.
    Reason reason "reason": Cow<'a, str>,
    /// Watch time so far, as the player reports it.
    WatchMs watch_ms "watch_ms": u64,
    /// Which advertisement.
    AdId ad_id "ad_id": Cow<'a, str>,
    /// Where the advertisement stands.
    Slot slot "slot": Cow<'a, str>,
    /// Name of a custom event.
    Name name "name": Cow<'a, str>,
    /// Number of a custom event.
    Value value "value": f64,
    /// Data of a custom event, as text.
    Data data "data": Cow<'a, str>,
    /// What was asked for.
    Object object "object": Cow<'a, str>,
    /// Where in the content it begins.
    SegmentStartMs segment_start_ms "segment_start_ms": u64,
    /// How much of the content it is.
    SegmentMs segment_ms "segment_ms": u64,
    /// Whether the player ran out of data since its last request.
    Starved starved "starved": bool,
    /// Whether the player needs it at once.
    Urgent urgent "urgent": bool,
    /// Status of the response.
    HttpStatus http_status "http_status": u64,
    /// How long the response took.
    ResponseMs response_ms "response_ms": u64,
    /// How much was sent.
    ResponseBytes response_bytes "response_bytes": u64,
    /// Whether the response was not taken to its end.
    Aborted aborted "aborted": bool,
    /// By how much the time may be off, either way.
    TsErrorMs ts_error_ms "ts_error_ms": u64,
    /// How long the first byte of the response took.
    FirstByteMs first_byte_ms "first_byte_ms": u64,
    /// What the cache of the server made of it.
    CacheResult cache_result "cache_result": Cow<'a, str>,
    /// Version of the wire format.
    Schema schema "schema": u64,
}

impl Fields<'_> {
    /// The event these fields make, with everything but the ids.
    ///
    /// A type outside the vocabulary becomes a [`Custom`] event of that name.
    ///
    /// # Errors
    ///
    /// [`Error::MissingField`] when the type needs a field that is not there, [`Error::UnknownWord`] for a state that
    /// does not exist, [`Error::RateOutOfRange`], [`Error::NotFinite`].
    #[inline]
    pub fn event(&self) -> Result<Event, Error> {
        let missing = |field: Field| Error::MissingField { kind: "telemetry", field: field.name() };
        let name = self.kind.as_deref().ok_or_else(|| missing(Field::Type))?;
        let ts = self.ts.ok_or_else(|| missing(Field::Ts))?;
        let kind = self.event_kind(name)?;
        let vitals = self.vitals(&kind)?;
        let origin = (self.source.is_some() || self.event_id.is_some())
            .then(|| Arc::new(Origin { source: text(self.source.as_ref()), event_id: text(self.event_id.as_ref()) }));
        Ok(Event {
            ts: Timestamp::from_millis(ts),
            seq: self.seq.map(Seq::new),
            kind,
            position: self.position_ms.map(MediaTime::from_millis),
            vitals,
            origin,
        })
    }

    #[inline]
    fn event_kind(&self, name: &str) -> Result<EventKind, Error> {
        Ok(match name {
            "load" => EventKind::Load {
                url: self.url.as_deref().map(Word::from),
                duration: self.duration_ms.map(MediaTime::from_millis),
                is_live: self.is_live.unwrap_or(false),
            },
            "play_request" => EventKind::PlayRequest,
            "play" => EventKind::Play,
            "pause" => EventKind::Pause,
            "seek" => EventKind::Seek { from: self.from_ms.map(MediaTime::from_millis) },
            "buffer_start" => EventKind::BufferStart,
            "buffer_end" => EventKind::BufferEnd { reported: self.duration_ms.map(Elapsed::from_millis) },
            "quality_change" => EventKind::QualityChange {
                from: self.from_bitrate_bps.and_then(Bitrate::from_bps),
                to: Rendition {
                    bitrate: self.bitrate_bps.and_then(Bitrate::from_bps),
                    width: pixels(self.width),
                    height: pixels(self.height),
                },
                reason: self.reason.as_deref().map(str::parse).transpose()?,
            },
            "rate_change" => {
                let rate = self.rate.ok_or(Error::MissingField { kind: "rate_change", field: Field::Rate.name() })?;
                EventKind::RateChange { rate: Rate::new(rate)? }
            }
            "heartbeat" => EventKind::Heartbeat,
            "state_change" => {
                let to = self
                    .state
                    .as_deref()
                    .ok_or(Error::MissingField { kind: "state_change", field: Field::State.name() })?;
                EventKind::StateChange {
                    from: self.from_state.as_deref().map(str::parse).transpose()?,
                    to: to.parse()?,
                }
            }
            "error" => EventKind::Error(Box::new(PlayerError {
                code: text(self.code.as_ref()),
                message: text(self.message.as_ref()),
                fatal: self.fatal.unwrap_or(false),
            })),
            "ad_start" => {
                let ad = Ad { id: text(self.ad_id.as_ref()), slot: text(self.slot.as_ref()) };
                EventKind::AdStart((ad != Ad::default()).then(|| Box::new(ad)))
            }
            "ad_end" => EventKind::AdEnd,
            "end" => EventKind::End { reason: self.reason.as_deref().map(EndReason::from) },
            "request" => EventKind::Request(Box::new(self.request()?)),
            "custom" => {
                let name =
                    self.name.as_deref().ok_or(Error::MissingField { kind: "custom", field: Field::Name.name() })?;
                self.custom(name)?
            }
            name => self.custom(name)?,
        })
    }

    #[cold]
    fn request(&self) -> Result<Request, Error> {
        Ok(Request {
            object: self.object.as_deref().map(str::parse).transpose()?.unwrap_or_default(),
            url: self.url.as_deref().map(Word::from),
            start: self.segment_start_ms.map(MediaTime::from_millis),
            length: self.segment_ms.map(MediaTime::from_millis),
            starved: self.starved.unwrap_or(false),
            urgent: self.urgent.unwrap_or(false),
            status: self.http_status.and_then(|status| u16::try_from(status).ok()),
            elapsed: self.response_ms.map(Elapsed::from_millis),
            bytes: self.response_bytes,
            aborted: self.aborted.unwrap_or(false),
            time_error: Elapsed::from_millis(self.ts_error_ms.unwrap_or(0)),
            first_byte: self.first_byte_ms.map(Elapsed::from_millis),
            cache: self.cache_result.as_deref().map(str::parse).transpose()?,
        })
    }

    fn custom(&self, name: &str) -> Result<EventKind, Error> {
        Ok(EventKind::Custom(Box::new(Custom {
            name: name.into(),
            value: self.value.map(Finite::new).transpose()?,
            data: text(self.data.as_ref()),
        })))
    }

    #[inline]
    fn vitals(&self, kind: &EventKind) -> Result<Option<Box<Vitals>>, Error> {
        let mut vitals = Vitals {
            buffer: self.buffer_ms.map(MediaTime::from_millis),
            dropped_frames: self.dropped_frames,
            decoded_frames: self.decoded_frames,
            watched: self.watch_ms.map(Elapsed::from_millis),
            live_latency: self.live_latency_ms.map(Elapsed::from_millis),
            ..Vitals::default()
        };
        if !matches!(kind, EventKind::QualityChange { .. }) {
            vitals.bitrate = self.bitrate_bps.and_then(Bitrate::from_bps);
        }
        if !matches!(kind, EventKind::RateChange { .. }) {
            vitals.rate = self.rate.map(Rate::new).transpose()?;
        }
        if !matches!(kind, EventKind::StateChange { .. }) {
            vitals.state = self.state.as_deref().map(str::parse::<PlayerState>).transpose()?;
        }
        if !matches!(kind, EventKind::Load { .. } | EventKind::BufferEnd { .. }) {
            vitals.duration = self.duration_ms.map(MediaTime::from_millis);
        }
        Ok((vitals != Vitals::default()).then(|| Box::new(vitals)))
    }

    /// The fields that are there although an event of this kind has no use for them.
    pub fn unused(&self, kind: &EventKind) -> impl Iterator<Item = Field> {
        let load = matches!(kind, EventKind::Load { .. });
        let quality = matches!(kind, EventKind::QualityChange { .. });
        let error = matches!(kind, EventKind::Error(_));
        let ad = matches!(kind, EventKind::AdStart(_));
        let custom = matches!(kind, EventKind::Custom(_));
        let end = matches!(kind, EventKind::End { .. });
        let request = matches!(kind, EventKind::Request(_));
        let no = |there: bool, used: bool, field: Field| (there && !used).then_some(field);
        [
            no(self.from_ms.is_some(), matches!(kind, EventKind::Seek { .. }), Field::FromMs),
            no(self.url.is_some(), load || request, Field::Url),
            no(self.is_live.is_some(), load, Field::IsLive),
            no(self.from_bitrate_bps.is_some(), quality, Field::FromBitrateBps),
            no(self.width.is_some(), quality, Field::Width),
            no(self.height.is_some(), quality, Field::Height),
            no(self.from_state.is_some(), matches!(kind, EventKind::StateChange { .. }), Field::FromState),
            no(self.code.is_some(), error, Field::Code),
            no(self.message.is_some(), error, Field::Message),
            no(self.fatal.is_some(), error, Field::Fatal),
            no(self.reason.is_some(), quality || end, Field::Reason),
            no(self.ad_id.is_some(), ad, Field::AdId),
            no(self.slot.is_some(), ad, Field::Slot),
            no(self.name.is_some(), custom, Field::Name),
            no(self.value.is_some(), custom, Field::Value),
            no(self.data.is_some(), custom, Field::Data),
            no(self.object.is_some(), request, Field::Object),
            no(self.segment_start_ms.is_some(), request, Field::SegmentStartMs),
            no(self.segment_ms.is_some(), request, Field::SegmentMs),
            no(self.starved.is_some(), request, Field::Starved),
            no(self.urgent.is_some(), request, Field::Urgent),
            no(self.http_status.is_some(), request, Field::HttpStatus),
            no(self.response_ms.is_some(), request, Field::ResponseMs),
            no(self.response_bytes.is_some(), request, Field::ResponseBytes),
            no(self.aborted.is_some(), request, Field::Aborted),
            no(self.ts_error_ms.is_some(), request, Field::TsErrorMs),
            no(self.first_byte_ms.is_some(), request, Field::FirstByteMs),
            no(self.cache_result.is_some(), request, Field::CacheResult),
        ]
        .into_iter()
        .flatten()
    }
}

impl<'a> From<&'a Envelope> for Fields<'a> {
    fn from(envelope: &'a Envelope) -> Self {
        let event = &envelope.event;
        let mut fields = Self {
            session_id: Some(envelope.session_id.as_str().into()),
            viewer_id: envelope.viewer_id.as_ref().map(|id| id.as_str().into()),
            content_id: envelope.content_id.as_ref().map(|id| id.as_str().into()),
            ts: Some(event.ts.as_millis()),
            seq: event.seq.map(Seq::get),
            source: event.source().map(Cow::Borrowed),
            event_id: event.event_id().map(Cow::Borrowed),
            kind: Some(event.kind.name().into()),
            position_ms: event.position.map(MediaTime::as_millis),
            ..Self::default()
        };
        fields.take_vitals(event.vitals.as_deref());
        fields.take_kind(&event.kind);
        fields
    }
}

impl<'a> Fields<'a> {
    fn take_vitals(&mut self, vitals: Option<&Vitals>) {
        let Some(vitals) = vitals else { return };
        self.state = vitals.state.map(|state| state.as_str().into());
        self.rate = vitals.rate.map(Rate::as_f64);
        self.bitrate_bps = vitals.bitrate.map(Bitrate::as_bps);
        self.buffer_ms = vitals.buffer.map(MediaTime::as_millis);
        self.duration_ms = vitals.duration.map(MediaTime::as_millis);
        self.dropped_frames = vitals.dropped_frames;
        self.decoded_frames = vitals.decoded_frames;
        self.watch_ms = vitals.watched.map(Elapsed::as_millis);
        self.live_latency_ms = vitals.live_latency.map(Elapsed::as_millis);
    }

    fn take_kind(&mut self, kind: &'a EventKind) {
        match kind {
            EventKind::Load { url, duration, is_live } => {
                self.url = url.as_ref().map(|url| Cow::Borrowed(url.as_str()));
                self.duration_ms = duration.map(MediaTime::as_millis);
                self.is_live = is_live.then_some(true);
            }
            EventKind::AdStart(ad) => {
                self.ad_id = ad.as_ref().and_then(|ad| ad.id.as_deref()).map(Cow::Borrowed);
                self.slot = ad.as_ref().and_then(|ad| ad.slot.as_deref()).map(Cow::Borrowed);
            }
            EventKind::Seek { from } => self.from_ms = from.map(MediaTime::as_millis),
            EventKind::BufferEnd { reported } => self.duration_ms = reported.map(Elapsed::as_millis),
            EventKind::QualityChange { from, to, reason } => {
                self.from_bitrate_bps = from.map(Bitrate::as_bps);
                self.bitrate_bps = to.bitrate.map(Bitrate::as_bps);
                self.width = (to.width > 0).then_some(u64::from(to.width));
                self.height = (to.height > 0).then_some(u64::from(to.height));
                self.reason = reason.map(|reason| reason.as_str().into());
            }
            EventKind::RateChange { rate } => self.rate = Some(rate.as_f64()),
            EventKind::StateChange { from, to } => {
                self.from_state = from.map(|state| state.as_str().into());
                self.state = Some(to.as_str().into());
            }
            EventKind::Custom(custom) => {
                self.name = Some(Cow::Borrowed(&custom.name));
                self.value = custom.value.map(Finite::get);
                self.data = custom.data.as_deref().map(Cow::Borrowed);
            }
            EventKind::Error(error) => {
                self.code = error.code.as_deref().map(Cow::Borrowed);
                self.message = error.message.as_deref().map(Cow::Borrowed);
                self.fatal = Some(error.fatal);
            }
            EventKind::Request(request) => self.take_request(request),
            EventKind::End { reason } => self.reason = reason.as_ref().map(|reason| reason.as_str().into()),
            EventKind::PlayRequest
            | EventKind::AdEnd
            | EventKind::BufferStart
            | EventKind::Play
            | EventKind::Heartbeat
            | EventKind::Pause => {}
        }
    }
}

impl<'a> Fields<'a> {
    fn take_request(&mut self, request: &'a Request) {
        let yes = |truth: bool| truth.then_some(true);
        self.object = Some(request.object.as_str().into());
        self.url = request.url.as_ref().map(|url| Cow::Borrowed(url.as_str()));
        self.segment_start_ms = request.start.map(MediaTime::as_millis);
        self.segment_ms = request.length.map(MediaTime::as_millis);
        self.starved = yes(request.starved);
        self.urgent = yes(request.urgent);
        self.http_status = request.status.map(u64::from);
        self.response_ms = request.elapsed.map(Elapsed::as_millis);
        self.response_bytes = request.bytes;
        self.aborted = yes(request.aborted);
        self.ts_error_ms = (!request.time_error.is_zero()).then_some(request.time_error.as_millis());
        self.first_byte_ms = request.first_byte.map(Elapsed::as_millis);
        self.cache_result = request.cache.map(|cache| cache.as_str().into());
    }
}

impl TryFrom<Fields<'_>> for Envelope {
    type Error = Error;

    fn try_from(fields: Fields<'_>) -> Result<Self, Error> {
        let session_id = fields
            .session_id
            .as_deref()
            .ok_or(Error::MissingField { kind: "telemetry", field: Field::SessionId.name() })?;
        Ok(Self {
            session_id: SessionId::from(session_id),
            viewer_id: fields.viewer_id.as_deref().map(ViewerId::from),
            content_id: fields.content_id.as_deref().map(ContentId::from),
            event: fields.event()?,
            attributes: Vec::new(),
        })
    }
}

fn text(value: Option<&Cow<'_, str>>) -> Option<Box<str>> {
    value.map(|text| Box::from(text.as_ref()))
}

fn pixels(value: Option<u64>) -> u32 {
    value.and_then(|pixels| u32::try_from(pixels).ok()).unwrap_or(0)
}

#[cfg(feature = "serde")]
mod text_form {
    use std::collections::BTreeMap;

    use serde::de::{Error as _, IgnoredAny};
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::{Envelope, Field, Fields};

    #[derive(Serialize)]
    struct Written<'a> {
        #[serde(flatten)]
        fields: Fields<'a>,
        #[serde(flatten)]
        attributes: BTreeMap<&'a str, &'a str>,
    }

    #[derive(Deserialize)]
    struct Read<'a> {
        #[serde(flatten)]
        fields: Fields<'a>,
        #[serde(flatten)]
        attributes: BTreeMap<String, Scalar>,
    }

    /// A value of a key that is no field: an attribute if it is a scalar.
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Scalar {
        Bool(bool),
        Unsigned(u64),
        Integer(i64),
        Number(f64),
        Text(String),
        Other(IgnoredAny),
    }

    impl Scalar {
        fn into_text(self) -> Option<String> {
            match self {
                Self::Bool(value) => Some(value.to_string()),
                Self::Unsigned(value) => Some(value.to_string()),
                Self::Integer(value) => Some(value.to_string()),
                Self::Number(value) => Some(value.to_string()),
                Self::Text(value) => Some(value),
                Self::Other(_) => None,
            }
        }
    }

    impl Serialize for Envelope {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let attributes = self.attributes.iter().map(|(name, value)| (name.as_ref(), value.as_ref()));
            // An attribute cannot stand where a field does.
            let attributes = attributes.filter(|(name, _)| Field::from_name(name).is_none()).collect();
            Written { fields: Fields::from(self), attributes }.serialize(serializer)
        }
    }

    impl<'de> Deserialize<'de> for Envelope {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let line = Read::deserialize(deserializer)?;
            let mut envelope = Self::try_from(line.fields).map_err(D::Error::custom)?;
            envelope.attributes = line
                .attributes
                .into_iter()
                .filter_map(|(name, value)| Some((name.into(), value.into_text()?.into())))
                .collect();
            Ok(envelope)
        }
    }
}
