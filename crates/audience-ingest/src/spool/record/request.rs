//! Requests: of one session they are much alike, and follow each other.

use audience_core::{Elapsed, MediaTime, Request, Word};

use super::number::{Numbers, difference, some};
use super::{byte, next};
use crate::spool;

/// The numbers of the request before.
#[derive(Clone, Debug, Default)]
pub(super) struct Last {
    numbers: [u64; 5],
    time_error: u64,
}

/// The five lower bits of the first byte say which numbers there are.
const STARVED: u8 = 0x20;
const URGENT: u8 = 0x40;
const ABORTED: u8 = 0x80;

pub(super) fn write(request: &Request, last: &mut Last, out: &mut Vec<u8>) {
    let Request { object, url, start, length, starved, urgent, status, elapsed, bytes, aborted, time_error } = request;
    let mut numbers = Numbers::<60>::default();
    let there = numbers.some(
        &mut last.numbers,
        [
            start.map(MediaTime::as_millis),
            length.map(MediaTime::as_millis),
            status.map(u64::from),
            elapsed.map(Elapsed::as_millis),
            *bytes,
        ],
    );
    numbers.difference(&mut last.time_error, time_error.as_millis());
    out.push(
        there
            | if *starved { STARVED } else { 0 }
            | if *urgent { URGENT } else { 0 }
            | if *aborted { ABORTED } else { 0 },
    );
    out.extend_from_slice(numbers.bytes());
    spool::write(&(object, url.as_ref().map(Word::as_str)), out);
}

pub(super) fn read(bytes: &mut &[u8], last: &mut Last) -> Result<Request, postcard::Error> {
    let first = byte(bytes)?;
    let [start, length, status, elapsed, sent] = some(bytes, &mut last.numbers, first)?;
    let time_error = Elapsed::from_millis(difference(bytes, &mut last.time_error)?);
    let (object, url): (_, Option<&str>) = next(bytes)?;
    let status = status.map(u16::try_from).transpose().map_err(|_| postcard::Error::DeserializeBadVarint)?;
    Ok(Request {
        object,
        url: url.map(Word::from),
        start: start.map(MediaTime::from_millis),
        length: length.map(MediaTime::from_millis),
        starved: first & STARVED != 0,
        urgent: first & URGENT != 0,
        status,
        elapsed: elapsed.map(Elapsed::from_millis),
        bytes: sent,
        aborted: first & ABORTED != 0,
        time_error,
    })
}
