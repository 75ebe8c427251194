//! What a player says of itself in passing: mostly what it said before, or nearly.

use audience_core::{Bitrate, Elapsed, MediaTime, Rate, Vitals};

use super::number::{Numbers, some};
use super::{byte, next};
use crate::spool;

/// The numbers said before.
#[derive(Clone, Debug, Default)]
pub(super) struct Last {
    numbers: [u64; 7],
}

/// The seven lower bits of the first byte say which numbers there are.
const STATE: u8 = 0x80;
/// Rates are held in millionths.
const MILLIONTHS: f64 = 1e6;

pub(super) fn write(vitals: &Vitals, last: &mut Last, out: &mut Vec<u8>) {
    let Vitals { state, rate, bitrate, buffer, duration, dropped_frames, decoded_frames, watched } = vitals;
    let mut numbers = Numbers::<70>::default();
    let there = numbers.some(
        &mut last.numbers,
        [
            rate.map(|rate| (rate.as_f64() * MILLIONTHS).round() as u64),
            bitrate.map(Bitrate::as_bps),
            buffer.map(MediaTime::as_millis),
            duration.map(MediaTime::as_millis),
            *dropped_frames,
            *decoded_frames,
            watched.map(Elapsed::as_millis),
        ],
    );
    out.push(there | if state.is_some() { STATE } else { 0 });
    out.extend_from_slice(numbers.bytes());
    if let Some(state) = state {
        spool::write(state, out);
    }
}

pub(super) fn read(bytes: &mut &[u8], last: &mut Last) -> Result<Vitals, postcard::Error> {
    let first = byte(bytes)?;
    let [rate, bitrate, buffer, duration, dropped_frames, decoded_frames, watched] =
        some(bytes, &mut last.numbers, first)?;
    let rate = rate.map(|millionths| Rate::new(millionths as f64 / MILLIONTHS)).transpose();
    Ok(Vitals {
        state: if first & STATE == 0 { None } else { Some(next(bytes)?) },
        rate: rate.map_err(|_| postcard::Error::DeserializeBadVarint)?,
        bitrate: bitrate.and_then(Bitrate::from_bps),
        buffer: buffer.map(MediaTime::from_millis),
        duration: duration.map(MediaTime::from_millis),
        dropped_frames,
        decoded_frames,
        watched: watched.map(Elapsed::from_millis),
    })
}
