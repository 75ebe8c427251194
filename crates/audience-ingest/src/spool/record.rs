//! One event in a few bytes: what differs from the event before it in its group.
//!
//! The first byte says which kind it is, if the kind says all, and what follows: the time since the event before, the
//! number and the position as differences, and whatever else there is. Two numbers in order half a minute apart take eight
//! bytes.

mod number;
mod request;
mod vitals;

use audience_core::{EndReason, Event, EventKind, MediaTime, Seq, Timestamp};
use number::{Numbers, difference};
use serde::Deserialize;

use super::origin;

/// What the differences are to.
#[derive(Clone, Debug, Default)]
pub(super) struct Last {
    ts: u64,
    seq: u64,
    position: u64,
    vitals: vitals::Last,
    request: request::Last,
}

/// What an event says of the session.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Described<I> {
    /// Nothing.
    Not,
    /// The same as the last one before it that said something.
    Again,
    /// These attributes.
    As(I),
}

/// What is read: events in order, and what they said of the session.
#[derive(Debug, PartialEq)]
pub(crate) enum Record<'s, 'a> {
    Event(Event),
    /// Names and values, as of the latest of the events that said so in a row. It comes after those.
    Attributes((Timestamp, Option<Seq>), &'s [(&'a str, &'a str)]),
}

const NUMBERED: u8 = 0x10;
const PLACED: u8 = 0x20;
/// A byte follows that says what else there is.
const REST: u8 = 0x40;
/// The bits of the first byte that say the kind; zero when the kind is written in full.
const KIND: u8 = 0x0f;
/// A request, which is written in a way of its own.
const REQUEST: u8 = 13;

const VITALS: u8 = 1;
const EVENT_ID: u8 = 2;
const ATTRIBUTES: u8 = 4;
const SAME_ATTRIBUTES: u8 = 8;

/// The kind that a few bits say all of.
#[inline]
fn kind_of(code: u8) -> EventKind {
    match code {
        1 => EventKind::PlayRequest,
        2 => EventKind::Play,
        3 => EventKind::Pause,
        4 => EventKind::Heartbeat,
        5 => EventKind::BufferStart,
        6 => EventKind::BufferEnd { reported: None },
        7 => EventKind::Seek { from: None },
        8 => EventKind::AdStart(None),
        9 => EventKind::AdEnd,
        10 => EventKind::End { reason: None },
        11 => EventKind::End { reason: Some(EndReason::Ended) },
        _ => EventKind::End { reason: Some(EndReason::Abandoned) },
    }
}

fn code_of(kind: &EventKind) -> u8 {
    match kind {
        EventKind::PlayRequest => 1,
        EventKind::Play => 2,
        EventKind::Pause => 3,
        EventKind::Heartbeat => 4,
        EventKind::BufferStart => 5,
        EventKind::BufferEnd { reported: None } => 6,
        EventKind::Seek { from: None } => 7,
        EventKind::AdStart(None) => 8,
        EventKind::AdEnd => 9,
        EventKind::End { reason: None } => 10,
        EventKind::End { reason: Some(EndReason::Ended) } => 11,
        EventKind::End { reason: Some(EndReason::Abandoned) } => 12,
        EventKind::Request(_) => REQUEST,
        _ => 0,
    }
}

/// Appends an event with its attributes. What sent it is not written: the group says that.
pub(super) fn write<'a>(
    event: &Event,
    described: Described<impl ExactSizeIterator<Item = (&'a str, &'a str)>>,
    last: &mut Last,
    out: &mut Vec<u8>,
) {
    let event_id = event.event_id();
    let code = code_of(&event.kind);
    let rest = if event.vitals.is_some() { VITALS } else { 0 }
        | if event_id.is_some() { EVENT_ID } else { 0 }
        | match described {
            Described::Not => 0,
            Described::Again => SAME_ATTRIBUTES,
            Described::As(_) => ATTRIBUTES,
        };
    let mut head = Numbers::<32>::default();
    head.byte(
        code | if event.seq.is_some() { NUMBERED } else { 0 }
            | if event.position.is_some() { PLACED } else { 0 }
            | if rest != 0 { REST } else { 0 },
    );
    if rest != 0 {
        head.byte(rest);
    }
    head.difference(&mut last.ts, event.ts.as_millis() as u64);
    if let Some(seq) = event.seq {
        head.difference(&mut last.seq, seq.get());
    }
    if let Some(position) = event.position {
        head.difference(&mut last.position, position.as_millis());
    }
    out.extend_from_slice(head.bytes());
    match &event.kind {
        EventKind::Request(request) => request::write(request, &mut last.request, out),
        kind if code == 0 => super::write(kind, out),
        _ => {}
    }
    if let Some(vitals) = &event.vitals {
        vitals::write(vitals, &mut last.vitals, out);
    }
    if let Some(id) = event_id {
        super::write(id, out);
    }
    if let Described::As(attributes) = described {
        super::write(&(attributes.len() as u32), out);
        for attribute in attributes {
            super::write(&attribute, out);
        }
    }
}

/// Gives `take` so many events that [`write`] wrote, and their attributes. `source` is what sent them.
#[inline]
pub(super) fn read<'a>(
    mut bytes: &'a [u8],
    events: u32,
    source: Option<&str>,
    mut take: impl FnMut(Record<'_, 'a>),
) -> Result<(), postcard::Error> {
    // Without ids of their own, all events share one origin.
    let shared = source.map(|source| origin(Some(source), None));
    let mut last = Last::default();
    let mut described = Run::default();
    for _ in 0..events {
        let first = byte(&mut bytes)?;
        let rest = if first & REST == 0 { 0 } else { byte(&mut bytes)? };
        let ts = Timestamp::from_millis(difference(&mut bytes, &mut last.ts)? as i64);
        let (mut seq, mut position) = (None, None);
        if first & NUMBERED != 0 {
            seq = Some(Seq::new(difference(&mut bytes, &mut last.seq)?));
        }
        if first & PLACED != 0 {
            position = Some(MediaTime::from_millis(difference(&mut bytes, &mut last.position)?));
        }
        let kind = match first & KIND {
            0 => next(&mut bytes)?,
            REQUEST => EventKind::Request(Box::new(request::read(&mut bytes, &mut last.request)?)),
            code => kind_of(code),
        };
        if rest == 0 {
            take(Record::Event(Event { ts, seq, kind, position, vitals: None, origin: shared.clone() }));
            continue;
        }
        let vitals = match rest & VITALS {
            0 => None,
            _ => Some(Box::new(vitals::read(&mut bytes, &mut last.vitals)?)),
        };
        let origin = match rest & EVENT_ID {
            0 => shared.clone(),
            _ => Some(origin(source, Some(next(&mut bytes)?))),
        };
        if rest & ATTRIBUTES != 0 {
            described.end(&mut take);
            described.begin((ts, seq), &mut bytes)?;
        } else if rest & SAME_ATTRIBUTES != 0 {
            described.go_on((ts, seq));
        }
        take(Record::Event(Event { ts, seq, kind, position, vitals, origin }));
    }
    described.end(&mut take);
    Ok(())
}

/// Events in a row that say the same of the session.
#[derive(Default)]
struct Run<'a> {
    latest: Option<(Timestamp, Option<Seq>)>,
    attributes: Vec<(&'a str, &'a str)>,
}

impl<'a> Run<'a> {
    fn begin(&mut self, at: (Timestamp, Option<Seq>), bytes: &mut &'a [u8]) -> Result<(), postcard::Error> {
        self.latest = Some(at);
        self.attributes.clear();
        for _ in 0..next::<u32>(bytes)? {
            self.attributes.push(next(bytes)?);
        }
        Ok(())
    }

    fn go_on(&mut self, at: (Timestamp, Option<Seq>)) {
        self.latest = self.latest.max(Some(at));
    }

    fn end(&mut self, take: &mut impl FnMut(Record<'_, 'a>)) {
        if let Some(latest) = self.latest.take() {
            take(Record::Attributes(latest, &self.attributes));
        }
    }
}

fn next<'a, T: Deserialize<'a>>(bytes: &mut &'a [u8]) -> Result<T, postcard::Error> {
    let (value, rest) = postcard::take_from_bytes(bytes)?;
    *bytes = rest;
    Ok(value)
}

#[inline]
fn byte(bytes: &mut &[u8]) -> Result<u8, postcard::Error> {
    let (&first, rest) = bytes.split_first().ok_or(postcard::Error::DeserializeUnexpectedEnd)?;
    *bytes = rest;
    Ok(first)
}

#[cfg(test)]
mod tests {
    use audience_core::{
        Ad, Bitrate, Custom, Elapsed, Finite, Object, PlayerError, PlayerState, QualityReason, Rate, Rendition,
        Request, Vitals, Word,
    };
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn kinds() -> Vec<EventKind> {
        vec![
            EventKind::load(),
            EventKind::Load { url: Some(Word::from("u")), duration: Some(MediaTime::MAX), is_live: true },
            EventKind::PlayRequest,
            EventKind::Play,
            EventKind::Pause,
            EventKind::Seek { from: None },
            EventKind::seek_from(MediaTime::from_secs(3)),
            EventKind::BufferStart,
            EventKind::buffer_end(),
            EventKind::BufferEnd { reported: Some(Elapsed::from_secs(1)) },
            EventKind::QualityChange {
                from: Bitrate::from_bps(1),
                to: Rendition { bitrate: Bitrate::from_bps(u64::MAX), width: 640, height: 360 },
                reason: Some(QualityReason::Abr),
            },
            EventKind::RateChange { rate: Rate::new(1.5).unwrap() },
            EventKind::Heartbeat,
            EventKind::StateChange { from: Some(PlayerState::Playing), to: PlayerState::Paused },
            EventKind::Error(Box::new(PlayerError { code: Some("é".into()), message: None, fatal: true })),
            EventKind::AdStart(None),
            EventKind::AdStart(Some(Box::new(Ad { id: Some("a".into()), slot: None }))),
            EventKind::AdEnd,
            EventKind::End { reason: None },
            EventKind::end(EndReason::Ended),
            EventKind::end(EndReason::Abandoned),
            EventKind::end(EndReason::from("bored")),
            EventKind::Custom(Box::new(Custom {
                name: "n".into(),
                value: Finite::new(-0.5).ok(),
                data: Some("".into()),
            })),
            EventKind::Request(Box::default()),
            EventKind::Request(Box::new(Request {
                object: Object::Key,
                url: Some(Word::from("/é")),
                start: Some(MediaTime::from_millis(u64::MAX - 1)),
                length: Some(MediaTime::from_secs(2)),
                starved: true,
                urgent: false,
                status: Some(u16::MAX),
                elapsed: Some(Elapsed::from_millis(u64::MAX)),
                bytes: Some(u64::MAX),
                aborted: true,
                time_error: Elapsed::from_millis(u64::MAX),
            })),
            EventKind::Request(Box::new(Request { urgent: true, status: Some(0), ..Request::default() })),
        ]
    }

    fn vitals() -> Vec<Vitals> {
        vec![
            Vitals { watched: Some(Elapsed::from_secs(9)), dropped_frames: Some(0), ..Vitals::default() },
            Vitals { state: Some(PlayerState::Error), rate: Some(Rate::new(0.123_457).unwrap()), ..Vitals::default() },
            Vitals {
                state: Some(PlayerState::Idle),
                rate: Rate::new(100.0).ok(),
                bitrate: Bitrate::from_bps(u64::MAX),
                buffer: Some(MediaTime::from_millis(u64::MAX - 1)),
                duration: Some(MediaTime::from_millis(0)),
                dropped_frames: Some(u64::MAX),
                decoded_frames: Some(u64::MAX),
                watched: Some(Elapsed::from_millis(u64::MAX)),
            },
        ]
    }

    fn any_event() -> impl Strategy<Value = (Event, Vec<(&'static str, &'static str)>)> {
        let numbers = || prop_oneof![0..1000_u64, any::<u64>().prop_map(|number| number.min(u64::MAX - 1))];
        (
            prop_oneof![0..1_000_000_i64, any::<i64>()],
            proptest::option::of(numbers()),
            proptest::option::of(numbers()),
            proptest::sample::select(kinds()),
            proptest::option::weighted(0.2, proptest::sample::select(vitals()).prop_map(Box::new)),
            proptest::option::weighted(0.2, Just("id")),
            vec(proptest::sample::select(vec![("device", "tv"), ("", "")]), 0..3),
        )
            .prop_map(|(ts, seq, position, kind, vitals, event_id, attributes)| {
                let event = Event {
                    ts: Timestamp::from_millis(ts),
                    seq: seq.map(Seq::new),
                    kind,
                    position: position.map(MediaTime::from_millis),
                    vitals,
                    origin: event_id.map(|id| origin(None, Some(id))),
                };
                (event, attributes)
            })
    }

    /// The events and attributes, encoded; attributes that are those of the event before as the same.
    fn encoded(events: &[(Event, Vec<(&'static str, &'static str)>)]) -> Vec<u8> {
        let (mut bytes, mut last, mut before) = (Vec::new(), Last::default(), None);
        for (event, attributes) in events {
            let described = match attributes {
                none if none.is_empty() => Described::Not,
                same if before == Some(same) => Described::Again,
                new => Described::As(new.iter().copied()),
            };
            before = Some(attributes).filter(|attributes| !attributes.is_empty()).or(before);
            write(event, described, &mut last, &mut bytes);
        }
        bytes
    }

    /// The events, and for each run of the same attributes those with when they were said last.
    fn decoded(bytes: &[u8], events: usize, source: Option<&str>) -> (Vec<Event>, Vec<Said>) {
        let (mut decoded, mut said) = (Vec::new(), Vec::new());
        let take = |record: Record<'_, '_>| match record {
            Record::Event(event) => decoded.push(event),
            Record::Attributes(at, attributes) => {
                said.push((at, attributes.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect()));
            }
        };
        read(bytes, events as u32, source, take).unwrap();
        (decoded, said)
    }

    type Said = ((Timestamp, Option<Seq>), Vec<(String, String)>);

    proptest! {
        #[test]
        fn what_is_written_is_read(events in vec(any_event(), 0..20)) {
            let bytes = encoded(&events);
            let (read_back, said) = decoded(&bytes, events.len(), None);
            prop_assert_eq!(&read_back, &events.iter().map(|(event, _)| event.clone()).collect::<Vec<_>>());
            let describing: Vec<_> = events.iter().filter(|(_, attributes)| !attributes.is_empty()).collect();
            let expected: Vec<Said> = describing
                .chunk_by(|a, b| a.1 == b.1)
                .map(|run| {
                    let latest = run.iter().map(|(event, _)| (event.ts, event.seq)).max().unwrap();
                    (latest, run[0].1.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect())
                })
                .collect();
            prop_assert_eq!(said, expected);
        }

        #[test]
        fn the_source_of_the_group_is_that_of_each_event(events in vec(any_event(), 1..5)) {
            let bytes = encoded(&events);
            let (read_back, _) = decoded(&bytes, events.len(), Some("app"));
            let origins: Vec<_> = read_back.into_iter().map(|event| event.origin).collect();
            let expected: Vec<_> = events.iter().map(|(event, _)| Some(origin(Some("app"), event.event_id()))).collect();
            prop_assert_eq!(origins, expected);
        }

        #[test]
        fn damage_is_an_error_or_other_events_but_never_a_panic(
            events in vec(any_event(), 1..5),
            at: proptest::sample::Index,
            byte: u8,
            cut: proptest::sample::Index,
        ) {
            let mut bytes = encoded(&events);
            let place = at.index(bytes.len());
            bytes[place] = byte;
            bytes.truncate(cut.index(bytes.len() + 1));
            let _ = read(&bytes, events.len() as u32, None, |_| {});
        }
    }

    #[test]
    fn a_heartbeat_in_order_takes_few_bytes() {
        let beat = |n: u64| {
            let event = Event::new(Timestamp::from_millis(n as i64 * 30_000), EventKind::Heartbeat);
            (event.numbered(n).at(MediaTime::from_millis(n * 30_000)), Vec::new())
        };
        let events: Vec<_> = (0..100).map(beat).collect();
        assert!(encoded(&events).len() <= 100 * 8, "{}", encoded(&events).len());
    }

    #[test]
    fn a_request_like_the_one_before_takes_few_bytes() {
        let request = |n: u64| {
            let request = Request {
                object: Object::Video,
                start: Some(MediaTime::from_secs(2 * n)),
                length: Some(MediaTime::from_secs(2)),
                status: Some(200),
                elapsed: Some(Elapsed::from_millis(30)),
                bytes: Some(490_000 + n * 1000),
                ..Request::default()
            };
            let vitals = Vitals {
                state: Some(PlayerState::Playing),
                bitrate: Bitrate::from_bps(2_095_000),
                buffer: Some(MediaTime::from_millis(20_000 - n * 100)),
                ..Vitals::default()
            };
            let event = Event::new(Timestamp::from_millis(n as i64 * 2000), EventKind::Request(Box::new(request)));
            (event.numbered(n).with_vitals(vitals), vec![("host", "a"), ("country", "de")])
        };
        let events: Vec<_> = (0..100).map(request).collect();
        assert!(encoded(&events).len() <= 100 * 23, "{}", encoded(&events).len());
    }
}
