//! One event in a few bytes: what differs from the event before it in its group.
//!
//! The first byte says which kind it is, if the kind says all, and what follows: the time since the event before, the
//! number and the position as differences, and whatever else there is in full. Two numbers in order half a minute apart
//! take eight bytes.

use audience_core::{EndReason, Event, EventKind, MediaTime, Seq, Timestamp, Vitals};
use serde::{Deserialize, Serialize};

use super::origin;

/// What the differences are to.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Last {
    ts: u64,
    seq: u64,
    position: u64,
}

/// What few events have.
#[derive(Debug, Deserialize, Serialize)]
struct Rest<'a> {
    vitals: Option<Box<Vitals>>,
    event_id: Option<&'a str>,
    #[serde(borrow)]
    attributes: Vec<(&'a str, &'a str)>,
}

const NUMBERED: u8 = 0x10;
const PLACED: u8 = 0x20;
const REST: u8 = 0x40;
/// The bits of the first byte that say the kind; zero when the kind is written in full.
const KIND: u8 = 0x0f;

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
        _ => 0,
    }
}

/// Appends an event with its attributes. What sent it is not written: the group says that.
pub(super) fn write<'a>(
    event: &'a Event,
    attributes: impl ExactSizeIterator<Item = (&'a str, &'a str)>,
    last: &mut Last,
    out: &mut Vec<u8>,
) {
    let event_id = event.event_id();
    let code = code_of(&event.kind);
    let has_rest = event.vitals.is_some() || event_id.is_some() || attributes.len() > 0;
    let mut head = Head::default();
    head.bytes[0] = code
        | if event.seq.is_some() { NUMBERED } else { 0 }
        | if event.position.is_some() { PLACED } else { 0 }
        | if has_rest { REST } else { 0 };
    head.difference(&mut last.ts, event.ts.as_millis() as u64);
    if let Some(seq) = event.seq {
        head.difference(&mut last.seq, seq.get());
    }
    if let Some(position) = event.position {
        head.difference(&mut last.position, position.as_millis());
    }
    out.extend_from_slice(&head.bytes[..head.length]);
    if code == 0 {
        super::write(&event.kind, out);
    }
    if has_rest {
        let rest = Rest { vitals: event.vitals.clone(), event_id, attributes: attributes.collect() };
        super::write(&rest, out);
    }
}

/// The start of a record.
struct Head {
    bytes: [u8; 1 + 3 * 10],
    length: usize,
}

impl Default for Head {
    fn default() -> Self {
        Self { bytes: [0; 31], length: 1 }
    }
}

impl Head {
    /// Appends what `value` is more or less than the one before it, seven bits a byte, the sign in the lowest.
    #[inline]
    fn difference(&mut self, last: &mut u64, value: u64) {
        let difference = value.wrapping_sub(std::mem::replace(last, value)) as i64;
        let mut left = ((difference << 1) ^ (difference >> 63)) as u64;
        while left >= 0x80 {
            self.bytes[self.length] = left as u8 | 0x80;
            self.length += 1;
            left >>= 7;
        }
        self.bytes[self.length] = left as u8;
        self.length += 1;
    }
}

/// Gives `take` so many events that [`write`] wrote, each with its attributes. `source` is what sent them.
#[inline]
pub(super) fn read<'a>(
    mut bytes: &'a [u8],
    events: u32,
    source: Option<&str>,
    mut take: impl FnMut(Event, &[(&'a str, &'a str)]),
) -> Result<(), postcard::Error> {
    // Without ids of their own, all events share one origin.
    let shared = source.map(|source| origin(Some(source), None));
    let mut last = Last::default();
    for _ in 0..events {
        let (&first, after) = bytes.split_first().ok_or(postcard::Error::DeserializeUnexpectedEnd)?;
        bytes = after;
        let ts = Timestamp::from_millis(difference(&mut bytes, &mut last.ts)? as i64);
        let (mut seq, mut position) = (None, None);
        if first & NUMBERED != 0 {
            seq = Some(Seq::new(difference(&mut bytes, &mut last.seq)?));
        }
        if first & PLACED != 0 {
            position = Some(MediaTime::from_millis(difference(&mut bytes, &mut last.position)?));
        }
        if first & KIND != 0 && first & REST == 0 {
            let kind = kind_of(first & KIND);
            take(Event { ts, seq, kind, position, vitals: None, origin: shared.clone() }, &[]);
            continue;
        }
        let kind = match first & KIND {
            0 => next(&mut bytes)?,
            code => kind_of(code),
        };
        let none = Rest { vitals: None, event_id: None, attributes: Vec::new() };
        let rest = if first & REST == 0 { none } else { next(&mut bytes)? };
        let origin = match rest.event_id {
            Some(id) => Some(origin(source, Some(id))),
            None => shared.clone(),
        };
        take(Event { ts, seq, kind, position, vitals: rest.vitals, origin }, &rest.attributes);
    }
    Ok(())
}

fn next<'a, T: Deserialize<'a>>(bytes: &mut &'a [u8]) -> Result<T, postcard::Error> {
    let (value, rest) = postcard::take_from_bytes(bytes)?;
    *bytes = rest;
    Ok(value)
}

#[inline]
fn difference(bytes: &mut &[u8], last: &mut u64) -> Result<u64, postcard::Error> {
    let mut value = 0u64;
    let mut shift = 0;
    loop {
        let (&byte, rest) = bytes.split_first().ok_or(postcard::Error::DeserializeUnexpectedEnd)?;
        *bytes = rest;
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            break;
        }
        shift += 7;
        if shift > 63 {
            return Err(postcard::Error::DeserializeBadVarint);
        }
    }
    let difference = (value >> 1) as i64 ^ -((value & 1) as i64);
    *last = last.wrapping_add(difference as u64);
    Ok(*last)
}

#[cfg(test)]
mod tests {
    use audience_core::{
        Ad, Bitrate, Custom, Elapsed, Finite, PlayerError, PlayerState, QualityReason, Rate, Rendition, Word,
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
        ]
    }

    fn any_event() -> impl Strategy<Value = (Event, Vec<(&'static str, &'static str)>)> {
        let numbers = || prop_oneof![0..1000_u64, any::<u64>().prop_map(|number| number.min(u64::MAX - 1))];
        let vitals = Vitals { watched: Some(Elapsed::from_secs(9)), dropped_frames: Some(0), ..Vitals::default() };
        (
            prop_oneof![0..1_000_000_i64, any::<i64>()],
            proptest::option::of(numbers()),
            proptest::option::of(numbers()),
            proptest::sample::select(kinds()),
            proptest::option::weighted(0.2, Just(Box::new(vitals))),
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

    /// The events and attributes, encoded.
    fn encoded(events: &[(Event, Vec<(&'static str, &'static str)>)]) -> Vec<u8> {
        let (mut bytes, mut last) = (Vec::new(), Last::default());
        for (event, attributes) in events {
            write(event, attributes.iter().copied(), &mut last, &mut bytes);
        }
        bytes
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(events in vec(any_event(), 0..20)) {
            let bytes = encoded(&events);
            let mut read_back = Vec::new();
            read(&bytes, events.len() as u32, None, |event, attributes| read_back.push((event, attributes.to_vec()))).unwrap();
            prop_assert_eq!(read_back, events);
        }

        #[test]
        fn the_source_of_the_group_is_that_of_each_event(events in vec(any_event(), 1..5)) {
            let bytes = encoded(&events);
            let mut origins = Vec::new();
            read(&bytes, events.len() as u32, Some("app"), |event, _| origins.push(event.origin)).unwrap();
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
            let _ = read(&bytes, events.len() as u32, None, |_, _| {});
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
}
