//! What a report says, as an event.

use std::borrow::Cow;

use audience_core::{
    Bitrate, Custom, Elapsed, EndReason, Event, EventKind, Finite, MediaTime, Object, PlayerError, PlayerState, Rate,
    Rendition, Timestamp, Vitals,
};
use smallvec::SmallVec;

use super::Carrier;
use super::dictionary::{Dictionary, Item, Key, Member, Value};
use crate::batch::{Batch, Ids};
use crate::draft::MAX_TS;
use crate::quality::{Problem, Repair};

/// Takes the event of one report into the batch.
pub(super) fn push(keys: &Dictionary<'_>, carrier: Carrier<'_>, batch: &mut Batch) -> Result<(), Problem> {
    let mut report = Report { keys, batch };
    let session =
        report.text(Key::Session).filter(|sid| !sid.is_empty()).ok_or(Problem::missing(Key::Session.as_str()))?;
    let ts = report.ts(carrier)?;
    let content = report.text(Key::Content).filter(|cid| !cid.is_empty());
    let seq = report.count(Key::Number);

    let kind = report.kind();
    let mut event = Event::new(Timestamp::from_millis(ts), kind);
    event.position = report.count(Key::Position).map(MediaTime::from_millis);
    if let Some(seq) = seq {
        event = event.numbered(seq);
    }
    // A response report tells what was so when the request was made or answered, whichever; its own time is neither's.
    if !report.is(Key::Event, "rr") {
        let vitals = report.vitals(&event.kind);
        event = event.with_vitals(vitals);
    }

    let attributes = report.attributes();
    let source = carrier.target.map(|target| format!("event:{target}"));
    let ids = Ids {
        session: &session,
        viewer: None,
        content: content.as_deref(),
        source: Some(source.as_deref().unwrap_or("event")),
    };
    batch.push(ids, event, attributes.iter().map(|(name, value)| (*name, value.as_ref())));
    Ok(())
}

/// What keys and values say, and a place to count what had to be repaired.
pub(super) struct Report<'s, 'a, 'b> {
    pub(super) keys: &'s Dictionary<'a>,
    pub(super) batch: &'b mut Batch,
}

impl<'s, 'a> Report<'s, 'a, '_> {
    /// The one value of a key; of a list, the first.
    fn value(&self, key: Key) -> Option<&'s Value<'a>> {
        self.keys.get(key)?.first()
    }

    fn token(&self, key: Key) -> Option<&'s str> {
        self.keys.text(key)
    }

    pub(super) fn has(&self, key: Key) -> bool {
        self.keys.has(key)
    }

    /// Whether a key is there that is left out when it is not true.
    pub(super) fn truth(&self, key: Key) -> bool {
        match self.value(key) {
            Some(Value::Truth(truth)) => *truth,
            Some(Value::Integer(number)) => *number != 0,
            Some(Value::Token(text)) => *text == "true",
            Some(Value::Text(text)) => text == "true",
            Some(Value::Decimal(_) | Value::Other) | None => false,
        }
    }

    /// Whether it is of the second version, in which some keys have lists.
    fn has_lists(&self) -> bool {
        matches!(self.value(Key::Version), Some(Value::Integer(version)) if *version >= 2)
    }

    pub(super) fn is(&self, key: Key, token: &str) -> bool {
        self.token(key) == Some(token)
    }

    pub(super) fn text(&mut self, key: Key) -> Option<Cow<'s, str>> {
        match self.value(key)? {
            Value::Text(text) => Some(Cow::Borrowed(text)),
            Value::Token(text) => {
                self.batch.repair(key.as_str(), Repair::Retyped, text);
                Some(Cow::Borrowed(text))
            }
            Value::Integer(number) => {
                self.batch.repair(key.as_str(), Repair::Retyped, number);
                Some(Cow::Owned(number.to_string()))
            }
            value @ (Value::Decimal(_) | Value::Truth(_) | Value::Other) => {
                self.batch.repair(key.as_str(), Repair::Dropped, value);
                None
            }
        }
    }

    fn number(&mut self, key: Key) -> Option<f64> {
        let text = match self.value(key)? {
            Value::Integer(number) => return Some(*number as f64),
            Value::Decimal(number) => return Some(*number),
            Value::Text(text) => text.as_ref(),
            Value::Token(text) => text,
            value @ (Value::Truth(_) | Value::Other) => {
                self.batch.repair(key.as_str(), Repair::Dropped, value);
                return None;
            }
        };
        let number = text.parse().ok().filter(|number: &f64| number.is_finite());
        let repair = if number.is_some() { Repair::Retyped } else { Repair::Dropped };
        self.batch.repair(key.as_str(), repair, text);
        number
    }

    /// A whole number that is not negative.
    pub(super) fn count(&mut self, key: Key) -> Option<u64> {
        if let Some(Value::Integer(number)) = self.value(key)
            && let Ok(count) = u64::try_from(*number)
        {
            return Some(count);
        }
        let number = self.number(key)?;
        if !(-0.5..9e15).contains(&number) {
            self.batch.repair(key.as_str(), Repair::Dropped, number);
            return None;
        }
        if number.fract() != 0.0 {
            self.batch.repair(key.as_str(), Repair::Rounded, number);
        }
        Some(number.round().max(0.0) as u64)
    }

    fn ts(&mut self, carrier: Carrier<'_>) -> Result<i64, Problem> {
        if let Some(ts) = self.count(Key::Time).and_then(|ts| i64::try_from(ts).ok()).filter(|ts| *ts <= MAX_TS) {
            return Ok(ts);
        }
        let Some(received) = carrier.received else {
            return Err(match self.value(Key::Time) {
                Some(ts) => Problem::bad(Key::Time.as_str(), ts, "a time in milliseconds since 1970"),
                None => Problem::missing(Key::Time.as_str()),
            });
        };
        self.batch.repair(Key::Time.as_str(), Repair::TakenFromRequest, received);
        Ok(received)
    }

    /// The values of a key that should be a list.
    fn list(&mut self, key: Key) -> impl Iterator<Item = (f64, Option<&'s str>)> + Clone + use<'s, 'a> {
        let number = |item: &'s Item<'a>| {
            let number = match &item.value {
                Value::Integer(number) => *number as f64,
                Value::Decimal(number) => *number,
                _ => return None,
            };
            Some((number, item.object))
        };
        let items = match self.keys.get(key) {
            None => &[],
            Some(Member::List(items)) => {
                for item in items.iter().filter(|item| number(item).is_none()) {
                    self.batch.repair(key.as_str(), Repair::Dropped, &item.value);
                }
                items
            }
            Some(Member::Single(item)) => {
                if self.has_lists() {
                    self.batch.repair(key.as_str(), Repair::Listed, &item.value);
                }
                std::slice::from_ref(item)
            }
        };
        items.iter().filter_map(number)
    }

    /// The declared bit rate of all tracks together, in kilobits per second on the wire.
    pub(super) fn bitrate(&mut self) -> Option<Bitrate> {
        let sum: f64 = self.list(Key::Bitrate).map(|(kbps, _)| kbps).filter(|kbps| *kbps > 0.0).sum();
        Bitrate::from_bps(if sum < 1e9 { (sum * 1000.0 + 0.5) as u64 } else { 0 })
    }

    /// How much is buffered: of this track if that is told apart, else of the shortest one.
    pub(super) fn buffer(&mut self, track: &str) -> Option<MediaTime> {
        let levels = self.list(Key::Buffer);
        let mut told =
            levels.clone().filter(|(_, object)| object.is_some_and(|object| object == track || object == "av"));
        let millis = told.next().map(|(level, _)| level).or_else(|| levels.map(|(level, _)| level).reduce(f64::min))?;
        (millis >= 0.0).then(|| MediaTime::from_millis((millis + 0.5) as u64))
    }

    fn kind(&mut self) -> EventKind {
        let event = self.token(Key::Event).unwrap_or_default();
        match event {
            "ps" => self.state_event(),
            "pr" => EventKind::RateChange { rate: self.rate() },
            "bc" => EventKind::QualityChange {
                from: None,
                to: Rendition { bitrate: self.bitrate(), ..Rendition::default() },
                reason: None,
            },
            "t" => EventKind::Heartbeat,
            "rr" => match self.count(Key::Status) {
                Some(code) if code == 0 || code >= 400 => error(Some(&format!("http_{code}"))),
                _ => EventKind::Heartbeat,
            },
            "e" => {
                let codes = self.error_codes();
                error((!codes.is_empty()).then_some(codes.as_str()))
            }
            "c" => EventKind::load(),
            "as" | "abs" => EventKind::AdStart(None),
            "ae" | "abe" | "sk" => EventKind::AdEnd,
            "m" => custom("mute", None),
            "um" => custom("unmute", None),
            "pe" => custom("player_expand", None),
            "pc" => custom("player_collapse", None),
            "b" => {
                let hidden = matches!(self.value(Key::Background), Some(Value::Truth(true) | Value::Integer(1)));
                custom("background", Some(f64::from(u8::from(hidden))))
            }
            "ce" => {
                let name = self.text(Key::Custom).unwrap_or(Cow::Borrowed("ce"));
                custom(&name, None)
            }
            other => {
                self.batch.quality.name_custom_type(other);
                custom(other, None)
            }
        }
    }

    /// The event that leads to the state reported.
    fn state_event(&mut self) -> EventKind {
        match self.token(Key::State) {
            Some("s") => EventKind::PlayRequest,
            Some("p") => EventKind::Play,
            Some("a") => EventKind::Pause,
            Some("r" | "w") => EventKind::BufferStart,
            Some("k") => EventKind::StateChange { from: None, to: PlayerState::Seeking },
            Some("d") => EventKind::StateChange { from: None, to: PlayerState::Loading },
            Some("f") => EventKind::StateChange { from: None, to: PlayerState::Error },
            Some("e") => EventKind::end(EndReason::Ended),
            Some("q") => EventKind::end(EndReason::Abandoned),
            other => {
                self.batch.repair(Key::State.as_str(), Repair::Dropped, other.unwrap_or("missing"));
                EventKind::Heartbeat
            }
        }
    }

    /// What a request asks for.
    pub(super) fn object(&self) -> Object {
        match self.token(Key::Object) {
            Some("v") => Object::Video,
            Some("a") => Object::Audio,
            Some("av") => Object::Muxed,
            Some("m") => Object::Manifest,
            Some("i") => Object::Init,
            Some("c" | "tt") => Object::Text,
            Some("k") => Object::Key,
            _ => Object::Other,
        }
    }

    /// The state a report mentions in passing.
    pub(super) fn state(&self) -> Option<PlayerState> {
        match self.token(Key::State)? {
            "p" => Some(PlayerState::Playing),
            "a" => Some(PlayerState::Paused),
            "r" | "w" => Some(PlayerState::Buffering),
            "k" => Some(PlayerState::Seeking),
            "e" => Some(PlayerState::Ended),
            _ => None,
        }
    }

    /// The playback rate, which is left out when it is 1.
    pub(super) fn rate(&mut self) -> Rate {
        let Some(number) = self.number(Key::Rate) else { return Rate::NORMAL };
        Rate::new(number).unwrap_or_else(|_| {
            self.batch.repair(Key::Rate.as_str(), Repair::Dropped, number);
            Rate::NORMAL
        })
    }

    fn vitals(&mut self, kind: &EventKind) -> Vitals {
        Vitals {
            state: if self.is(Key::Event, "ps") { None } else { self.state() },
            rate: (!matches!(kind, EventKind::RateChange { .. })).then(|| self.rate()),
            bitrate: if matches!(kind, EventKind::QualityChange { .. }) { None } else { self.bitrate() },
            buffer: self.buffer("v"),
            dropped_frames: self.count(Key::Dropped),
            live_latency: self.count(Key::Latency).map(Elapsed::from_millis),
            ..Vitals::default()
        }
    }

    fn error_codes(&mut self) -> String {
        let code = |item: &Item<'_>| match &item.value {
            Value::Text(text) => Some(text.to_string()),
            Value::Token(text) => Some((*text).to_owned()),
            Value::Integer(number) => Some(number.to_string()),
            Value::Decimal(number) => Some(number.to_string()),
            Value::Truth(_) | Value::Other => None,
        };
        match self.keys.get(Key::Error) {
            None => String::new(),
            Some(Member::List(items)) => items.iter().filter_map(code).collect::<Vec<_>>().join(" "),
            Some(Member::Single(item)) => {
                self.batch.repair(Key::Error.as_str(), Repair::Listed, &item.value);
                code(item).unwrap_or_default()
            }
        }
    }

    /// What describes the session: format, kind of stream, CDN, and the sender's own keys (they have a hyphen).
    pub(super) fn attributes(&mut self) -> Described<'s> {
        let mut attributes = Described::new();
        if let Some(format) = self.token(Key::Format) {
            let name = match format {
                "d" => "dash",
                "h" => "hls",
                "s" => "smooth",
                "e" => "hesp",
                other => other,
            };
            attributes.push(("streaming_format", Cow::Borrowed(name)));
        }
        if let Some(stream) = self.token(Key::Stream) {
            let name = match stream {
                "v" => "vod",
                "l" => "live",
                "ll" => "low_latency_live",
                other => other,
            };
            attributes.push(("stream_type", Cow::Borrowed(name)));
        }
        if let Some(cdn) = self.text(Key::Cdn) {
            attributes.push(("cdn", cdn));
        }
        for (key, member) in self.keys.own() {
            let Member::Single(item) = member else { continue };
            let text = match &item.value {
                Value::Text(text) => Cow::Borrowed(text.as_ref()),
                Value::Token(text) => Cow::Borrowed(*text),
                Value::Integer(number) => Cow::Owned(number.to_string()),
                Value::Decimal(number) => Cow::Owned(number.to_string()),
                Value::Truth(truth) => Cow::Owned(truth.to_string()),
                Value::Other => continue,
            };
            attributes.push((key, text));
        }
        attributes
    }
}

/// Names and values that describe the session; few, so that they need no memory of their own.
pub(super) type Described<'s> = SmallVec<[(&'s str, Cow<'s, str>); 4]>;

fn error(code: Option<&str>) -> EventKind {
    EventKind::Error(Box::new(PlayerError { code: code.map(Into::into), message: None, fatal: false }))
}

fn custom(name: &str, value: Option<f64>) -> EventKind {
    let value = value.and_then(|value| Finite::new(value).ok());
    EventKind::Custom(Box::new(Custom { name: name.into(), value, data: None }))
}
