//! One event in a few bytes: what differs from the event before it in its group.
//!
//! The first byte says which kind it is, if the kind says all, and what follows: the time since the event before, the
//! number and the position as differences, and whatever else there is. Two numbers in order half a minute apart take eight
//! bytes.

mod number;
mod request;
#[cfg(test)]
mod tests;
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
