//! What a player says of itself in passing: mostly what it said before, or nearly.

use audience_core::{Bitrate, Elapsed, MediaTime, PlayerState, Rate, Vitals};

use super::byte;
use super::number::{Numbers, some};

/// The numbers said before.
#[derive(Clone, Debug, Default)]
pub(super) struct Last {
    numbers: [u64; 7],
    latency: [u64; 1],
}

/// The seven lower bits of the first byte say which numbers there are; the last one, whether another byte follows.
const MORE: u8 = 0x80;
/// In the second byte: whether its three lower bits are a state.
const STATE: u8 = 0x08;
/// In the second byte: whether there is a live latency.
const LATENCY: u8 = 0x10;
/// States by their number.
const STATES: [PlayerState; 8] = [
    PlayerState::Idle,
    PlayerState::Loading,
    PlayerState::Seeking,
    PlayerState::Buffering,
    PlayerState::Playing,
    PlayerState::Paused,
    PlayerState::Ended,
    PlayerState::Error,
];
/// Rates are held in millionths.
const MILLIONTHS: f64 = 1e6;

pub(super) fn write(vitals: &Vitals, last: &mut Last, out: &mut Vec<u8>) {
    let Vitals { state, rate, bitrate, buffer, duration, dropped_frames, decoded_frames, watched, live_latency } =
        vitals;
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
    let more = state.is_some() || live_latency.is_some();
    out.push(there | if more { MORE } else { 0 });
    out.extend_from_slice(numbers.bytes());
    if more {
        let state = state.map_or(0, |state| STATE | state as u8);
        out.push(state | if live_latency.is_some() { LATENCY } else { 0 });
        let mut number = Numbers::<10>::default();
        number.some(&mut last.latency, [live_latency.map(Elapsed::as_millis)]);
        out.extend_from_slice(number.bytes());
    }
}

pub(super) fn read(bytes: &mut &[u8], last: &mut Last) -> Result<Vitals, postcard::Error> {
    let first = byte(bytes)?;
    let [rate, bitrate, buffer, duration, dropped_frames, decoded_frames, watched] =
        some(bytes, &mut last.numbers, first)?;
    let more = if first & MORE == 0 { 0 } else { byte(bytes)? };
    let [live_latency] = some(bytes, &mut last.latency, u8::from(more & LATENCY != 0))?;
    let rate = rate.map(|millionths| Rate::new(millionths as f64 / MILLIONTHS)).transpose();
    Ok(Vitals {
        state: (more & STATE != 0).then(|| STATES[usize::from(more & 7)]),
        rate: rate.map_err(|_| postcard::Error::DeserializeBadVarint)?,
        bitrate: bitrate.and_then(Bitrate::from_bps),
        buffer: buffer.map(MediaTime::from_millis),
        duration: duration.map(MediaTime::from_millis),
        dropped_frames,
        decoded_frames,
        watched: watched.map(Elapsed::from_millis),
        live_latency: live_latency.map(Elapsed::from_millis),
    })
}
