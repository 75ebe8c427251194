//! What a report says, as an event.

use std::borrow::Cow;

use audience_core::{
    Bitrate, Custom, EndReason, Event, EventKind, Finite, MediaTime, Object, PlayerError, PlayerState, Rate, Rendition,
    Timestamp, Vitals,
};

use super::Carrier;
use super::dictionary::{Item, Member, Value};
use crate::batch::{Batch, Ids};
use crate::draft::MAX_TS;
use crate::quality::{Problem, Repair};

/// Takes the event of one report into the batch.
pub(super) fn push(
    keys: &[(Cow<'_, str>, Member<'_>)],
    carrier: Carrier<'_>,
    batch: &mut Batch,
) -> Result<(), Problem> {
    let mut report = Report { keys, batch };
    let session = report.text("sid").filter(|sid| !sid.is_empty()).ok_or(Problem::missing("sid"))?;
    let ts = report.ts(carrier)?;
    let content = report.text("cid").filter(|cid| !cid.is_empty());
    let seq = report.count("sn");

    let kind = report.kind();
    let mut event = Event::new(Timestamp::from_millis(ts), kind);
    event.position = report.count("pt").map(MediaTime::from_millis);
    if let Some(seq) = seq {
        event = event.numbered(seq);
    }
    // A response report tells what was so when the request was made or answered, whichever; its own time is neither's.
    if !report.is("e", "rr") {
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
    batch.push(ids, event, attributes.iter().map(|(name, value)| (name.as_ref(), value.as_ref())));
    Ok(())
}

/// What keys and values say, and a place to count what had to be repaired.
pub(super) struct Report<'s, 'a, 'b> {
    pub(super) keys: &'s [(Cow<'a, str>, Member<'a>)],
    pub(super) batch: &'b mut Batch,
}

impl<'s, 'a> Report<'s, 'a, '_> {
    fn member(&self, key: &str) -> Option<&'s Member<'a>> {
        self.keys.iter().find(|(known, _)| known == key).map(|(_, member)| member)
    }

    /// The one value of a key; of a list, the first.
    fn value(&self, key: &str) -> Option<&'s Value<'a>> {
        match self.member(key)? {
            Member::Single(item) => Some(&item.value),
            Member::List(items) => items.first().map(|item| &item.value),
        }
    }

    fn token(&self, key: &str) -> Option<&'s str> {
        match self.value(key)? {
            Value::Token(text) | Value::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.member(key).is_some()
    }

    /// Whether a key is there that is left out when it is not true.
    pub(super) fn truth(&self, key: &str) -> bool {
        match self.value(key) {
            Some(Value::Truth(truth)) => *truth,
            Some(Value::Integer(number)) => *number != 0,
            Some(Value::Token(text) | Value::Text(text)) => text == "true",
            Some(Value::Decimal(_) | Value::Other) | None => false,
        }
    }

    /// Whether it is of the second version, in which some keys have lists.
    fn has_lists(&self) -> bool {
        matches!(self.value("v"), Some(Value::Integer(version)) if *version >= 2)
    }

    pub(super) fn is(&self, key: &str, token: &str) -> bool {
        self.token(key) == Some(token)
    }

    pub(super) fn text(&mut self, key: &'static str) -> Option<Cow<'s, str>> {
        match self.value(key)? {
            Value::Text(text) => Some(Cow::Borrowed(text)),
            Value::Token(text) => {
                self.batch.repair(key, Repair::Retyped, text);
                Some(Cow::Borrowed(text))
            }
            Value::Integer(number) => {
                self.batch.repair(key, Repair::Retyped, number);
                Some(Cow::Owned(number.to_string()))
            }
            value @ (Value::Decimal(_) | Value::Truth(_) | Value::Other) => {
                self.batch.repair(key, Repair::Dropped, value);
                None
            }
        }
    }

    fn number(&mut self, key: &'static str) -> Option<f64> {
        match self.value(key)? {
            Value::Integer(number) => Some(*number as f64),
            Value::Decimal(number) => Some(*number),
            Value::Text(text) | Value::Token(text) => {
                let number = text.parse().ok().filter(|number: &f64| number.is_finite());
                let repair = if number.is_some() { Repair::Retyped } else { Repair::Dropped };
                self.batch.repair(key, repair, text);
                number
            }
            value @ (Value::Truth(_) | Value::Other) => {
                self.batch.repair(key, Repair::Dropped, value);
                None
            }
        }
    }

    /// A whole number that is not negative.
    pub(super) fn count(&mut self, key: &'static str) -> Option<u64> {
        if let Some(Value::Integer(number)) = self.value(key)
            && let Ok(count) = u64::try_from(*number)
        {
            return Some(count);
        }
        let number = self.number(key)?;
        if !(-0.5..9e15).contains(&number) {
            self.batch.repair(key, Repair::Dropped, number);
            return None;
        }
        if number.fract() != 0.0 {
            self.batch.repair(key, Repair::Rounded, number);
        }
        Some(number.round().max(0.0) as u64)
    }

    fn ts(&mut self, carrier: Carrier<'_>) -> Result<i64, Problem> {
        if let Some(ts) = self.count("ts").and_then(|ts| i64::try_from(ts).ok()).filter(|ts| *ts <= MAX_TS) {
            return Ok(ts);
        }
        let Some(received) = carrier.received else {
            return Err(match self.value("ts") {
                Some(ts) => Problem::bad("ts", ts, "a time in milliseconds since 1970"),
                None => Problem::missing("ts"),
            });
        };
        self.batch.repair("ts", Repair::TakenFromRequest, received);
        Ok(received)
    }

    /// The values of a key that should be a list.
    fn list(&mut self, key: &'static str) -> Vec<(f64, Option<&'s str>)> {
        let number = |item: &'s Item<'a>| {
            let number = match &item.value {
                Value::Integer(number) => *number as f64,
                Value::Decimal(number) => *number,
                _ => return None,
            };
            Some((number, item.object.as_deref()))
        };
        match self.member(key) {
            None => Vec::new(),
            Some(Member::List(items)) => {
                for item in items.iter().filter(|item| number(item).is_none()) {
                    self.batch.repair(key, Repair::Dropped, &item.value);
                }
                items.iter().filter_map(number).collect()
            }
            Some(Member::Single(item)) => {
                if self.has_lists() {
                    self.batch.repair(key, Repair::Listed, &item.value);
                }
                number(item).into_iter().collect()
            }
        }
    }

    /// The declared bit rate of all tracks together, in kilobits per second on the wire.
    pub(super) fn bitrate(&mut self) -> Option<Bitrate> {
        let sum: f64 = self.list("br").iter().map(|(kbps, _)| kbps).filter(|kbps| **kbps > 0.0).sum();
        Bitrate::from_bps(if sum < 1e9 { (sum * 1000.0).round() as u64 } else { 0 })
    }

    /// How much is buffered: of this track if that is told apart, else of the shortest one.
    pub(super) fn buffer(&mut self, track: &str) -> Option<MediaTime> {
        let levels = self.list("bl");
        let told = levels.iter().find(|(_, object)| object.is_some_and(|object| object == track || object == "av"));
        let millis =
            told.map(|(level, _)| *level).or_else(|| levels.iter().map(|(level, _)| *level).reduce(f64::min))?;
        (millis >= 0.0).then(|| MediaTime::from_millis(millis.round() as u64))
    }

    fn kind(&mut self) -> EventKind {
        let event = self.token("e").unwrap_or_default();
        match event {
            "ps" => self.state_event(),
            "pr" => EventKind::RateChange { rate: self.rate() },
            "bc" => EventKind::QualityChange {
                from: None,
                to: Rendition { bitrate: self.bitrate(), ..Rendition::default() },
                reason: None,
            },
            "t" => EventKind::Heartbeat,
            "rr" => match self.count("rc") {
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
                let hidden = matches!(self.value("bg"), Some(Value::Truth(true) | Value::Integer(1)));
                custom("background", Some(f64::from(u8::from(hidden))))
            }
            "ce" => {
                let name = self.text("cen").unwrap_or(Cow::Borrowed("ce"));
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
        match self.token("sta") {
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
                self.batch.repair("sta", Repair::Dropped, other.unwrap_or("missing"));
                EventKind::Heartbeat
            }
        }
    }

    /// What a request asks for.
    pub(super) fn object(&self) -> Object {
        match self.token("ot") {
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
        match self.token("sta")? {
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
        let Some(number) = self.number("pr") else { return Rate::NORMAL };
        Rate::new(number).unwrap_or_else(|_| {
            self.batch.repair("pr", Repair::Dropped, number);
            Rate::NORMAL
        })
    }

    fn vitals(&mut self, kind: &EventKind) -> Vitals {
        Vitals {
            state: if self.is("e", "ps") { None } else { self.state() },
            rate: (!matches!(kind, EventKind::RateChange { .. })).then(|| self.rate()),
            bitrate: if matches!(kind, EventKind::QualityChange { .. }) { None } else { self.bitrate() },
            buffer: self.buffer("v"),
            dropped_frames: self.count("dfa"),
            ..Vitals::default()
        }
    }

    fn error_codes(&mut self) -> String {
        let code = |item: &Item<'_>| match &item.value {
            Value::Text(text) | Value::Token(text) => Some(text.to_string()),
            Value::Integer(number) => Some(number.to_string()),
            Value::Decimal(number) => Some(number.to_string()),
            Value::Truth(_) | Value::Other => None,
        };
        match self.member("ec") {
            None => String::new(),
            Some(Member::List(items)) => items.iter().filter_map(code).collect::<Vec<_>>().join(" "),
            Some(Member::Single(item)) => {
                self.batch.repair("ec", Repair::Listed, &item.value);
                code(item).unwrap_or_default()
            }
        }
    }

    /// What describes the session: format, kind of stream, CDN, and the sender's own keys (they have a hyphen).
    pub(super) fn attributes(&mut self) -> Vec<(Cow<'s, str>, Cow<'s, str>)> {
        let mut attributes = Vec::new();
        if let Some(format) = self.token("sf") {
            let name = match format {
                "d" => "dash",
                "h" => "hls",
                "s" => "smooth",
                "e" => "hesp",
                other => other,
            };
            attributes.push((Cow::Borrowed("streaming_format"), Cow::Borrowed(name)));
        }
        if let Some(stream) = self.token("st") {
            let name = match stream {
                "v" => "vod",
                "l" => "live",
                "ll" => "low_latency_live",
                other => other,
            };
            attributes.push((Cow::Borrowed("stream_type"), Cow::Borrowed(name)));
        }
        if let Some(cdn) = self.text("cdn") {
            attributes.push((Cow::Borrowed("cdn"), cdn));
        }
        for (key, member) in self.keys.iter().filter(|(key, _)| key.contains('-')) {
            let Member::Single(item) = member else { continue };
            let text = match &item.value {
                Value::Text(text) | Value::Token(text) => Cow::Borrowed(text.as_ref()),
                Value::Integer(number) => Cow::Owned(number.to_string()),
                Value::Decimal(number) => Cow::Owned(number.to_string()),
                Value::Truth(truth) => Cow::Owned(truth.to_string()),
                Value::Other => continue,
            };
            attributes.push((Cow::Borrowed(key.as_ref()), text));
        }
        attributes
    }
}

fn error(code: Option<&str>) -> EventKind {
    EventKind::Error(Box::new(PlayerError { code: code.map(Into::into), message: None, fatal: false }))
}

fn custom(name: &str, value: Option<f64>) -> EventKind {
    let value = value.and_then(|value| Finite::new(value).ok());
    EventKind::Custom(Box::new(Custom { name: name.into(), value, data: None }))
}
