//! Requests: of one session they are much alike, and follow each other.

use audience_core::{CacheResult, Elapsed, MediaTime, Request, Word};

use super::number::{Numbers, difference, some};
use super::{byte, next};
use crate::spool;

/// The numbers of the request before.
#[derive(Clone, Debug, Default)]
pub(super) struct Last {
    numbers: [u64; 5],
    time_error: u64,
    first_byte: u64,
}

/// The five lower bits of the first byte say which numbers there are.
const STARVED: u8 = 0x20;
const URGENT: u8 = 0x40;
const ABORTED: u8 = 0x80;

/// The bits of the second byte.
const URL: u8 = 0x01;
const FIRST_BYTE: u8 = 0x02;
/// What the cache made of it is in the bits from this one on; 0 for nothing.
const CACHE: u8 = 2;

/// In the order of their numbers, from 1.
const CACHE_RESULTS: [CacheResult; 7] = [
    CacheResult::Hit,
    CacheResult::Refreshed,
    CacheResult::Stale,
    CacheResult::Miss,
    CacheResult::Bypass,
    CacheResult::Synthetic,
    CacheResult::Error,
];

pub(super) fn write(request: &Request, last: &mut Last, out: &mut Vec<u8>) {
    let Request { object, url, start, length, starved, urgent, status, elapsed, bytes, aborted, time_error, .. } =
        request;
    let Request { first_byte, cache, .. } = request;
    let mut numbers = Numbers::<70>::default();
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
    if let Some(first_byte) = first_byte {
        numbers.difference(&mut last.first_byte, first_byte.as_millis());
    }
    let cached = cache.and_then(|cache| CACHE_RESULTS.iter().position(|result| *result == cache));
    out.push(
        there
            | if *starved { STARVED } else { 0 }
            | if *urgent { URGENT } else { 0 }
            | if *aborted { ABORTED } else { 0 },
    );
    out.push(
        if url.is_some() { URL } else { 0 }
            | if first_byte.is_some() { FIRST_BYTE } else { 0 }
            | (cached.map_or(0, |at| at as u8 + 1) << CACHE),
    );
    out.extend_from_slice(numbers.bytes());
    spool::write(object, out);
    if let Some(url) = url {
        spool::write(url.as_str(), out);
    }
}

pub(super) fn read(bytes: &mut &[u8], last: &mut Last) -> Result<Request, postcard::Error> {
    let (first, second) = (byte(bytes)?, byte(bytes)?);
    let [start, length, status, elapsed, sent] = some(bytes, &mut last.numbers, first)?;
    let time_error = Elapsed::from_millis(difference(bytes, &mut last.time_error)?);
    let first_byte = if second & FIRST_BYTE != 0 { Some(difference(bytes, &mut last.first_byte)?) } else { None };
    let object = next(bytes)?;
    let url: Option<&str> = if second & URL != 0 { Some(next(bytes)?) } else { None };
    let cache = match usize::from(second >> CACHE) {
        0 => None,
        at => Some(*CACHE_RESULTS.get(at - 1).ok_or(postcard::Error::DeserializeBadEncoding)?),
    };
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
        first_byte: first_byte.map(Elapsed::from_millis),
        cache,
    })
}
