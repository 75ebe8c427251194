//! What each request says of the playhead.

use crate::event::{Bitrate, Event, EventKind, Object, PlayerState, Request};
use crate::time::{Elapsed, Rate, Timestamp};

/// Players round what they have buffered to a tenth of a second, and look it up some time before they ask.
pub(super) const ROUNDING: i64 = 100;

/// How much content a segment is taken to be that does not say, in milliseconds.
const USUAL_SEGMENT: i64 = 6000;

/// Where the playhead was when a request was made, in milliseconds of content.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own about one request")]
pub(super) struct Sighting {
    /// When, in milliseconds since 1970.
    pub(super) at: i64,
    /// By how much that may be off.
    pub(super) error: i64,
    pub(super) low: i64,
    pub(super) high: i64,
    /// Nobody knows how long the response took, so that its time may be the request's or the end of it.
    pub(super) untimed: bool,
    /// The playback rate then.
    pub(super) rate: Rate,
    /// The state of the player then, where it says so.
    pub(super) state: Option<PlayerState>,
    /// It ran out of data since its last request.
    pub(super) starved: bool,
    /// The player needed the segment at once.
    pub(super) urgent: bool,
    /// When segments were first asked for out of their order, since the sighting before.
    pub(super) moved_at: Option<i64>,
    /// Of sound, which is buffered apart from the picture.
    pub(super) sound: bool,
    /// Up to where content was buffered.
    pub(super) buffered_to: i64,
    /// The same once the request is answered.
    pub(super) asked_to: i64,
}

impl Sighting {
    /// Whether the place is known, rather than the segment it is in.
    pub(super) fn is_sharp(&self) -> bool {
        self.high - self.low <= 2 * ROUNDING
    }

    /// The place where it is known, else the earliest it may be.
    pub(super) fn place(&self) -> i64 {
        if self.is_sharp() { i64::midpoint(self.low, self.high) } else { self.low }
    }
}

/// A segment of the picture that was asked for, and came.
#[derive(Clone, Copy, Debug)]
pub(super) struct Segment {
    pub(super) at: i64,
    pub(super) start: i64,
    pub(super) bitrate: Option<Bitrate>,
}

/// The requests of a session.
#[derive(Debug, Default)]
pub(super) struct Requests {
    /// When the first and the last were made.
    pub(super) first: Option<Timestamp>,
    pub(super) last: Option<Timestamp>,
    pub(super) sightings: Vec<Sighting>,
    /// What can be played: of the picture, or of the sound where there is no picture.
    pub(super) segments: Vec<Segment>,
    /// Requests for segments that failed, with the status.
    pub(super) failures: Vec<(i64, u16)>,
    /// When the player first asked for a segment that it did not need at once, after it had needed some.
    pub(super) at_ease: Option<i64>,
    /// The last state the player told.
    pub(super) state: Option<PlayerState>,
    /// The player gave up, and has not played since.
    pub(super) gave_up: bool,
    /// By how much the last time may be off.
    pub(super) error: i64,
    /// The longest segment.
    pub(super) longest: i64,
    /// The player said that frames move.
    pub(super) says_play: Option<i64>,
    /// The bit rates of segments of the picture whose place is not known, by when they were asked for.
    pub(super) unplaced_bitrates: Vec<(i64, Bitrate)>,
    /// How much could be played after the last request for a segment whose place is not known.
    pub(super) unplaced_left: Option<i64>,
}

/// The segments of one kind as they were asked for.
#[derive(Clone, Copy, Debug, Default)]
struct Track {
    /// The last one: its start and end.
    last: Option<(i64, i64)>,
    /// When its last segment was asked for first with so much in the buffer.
    asked: Option<(i64, i64, i64)>,
}

impl Track {
    /// When a segment was asked for first with so much in the buffer: who asks again tells what was so then.
    fn first_asked(&mut self, at: i64, start: i64, buffer: i64) -> i64 {
        match self.asked {
            Some((since, last, then)) if (last, then) == (start, buffer) => since,
            _ => {
                self.asked = Some((at, start, buffer));
                at
            }
        }
    }

    /// Takes the next segment; whether it does not follow from the one before.
    fn jumps(&mut self, start: i64, end: i64, empty: bool) -> bool {
        let Some((last_start, last_end)) = self.last.replace((start, end)) else { return false };
        let slack = (end - start) / 2;
        // What lies behind is asked for again in another quality, with what is in front of it still in the buffer.
        start > last_end + slack || (empty && start + slack < last_start)
    }
}

impl Requests {
    /// Those among `events`, which are in order.
    pub(super) fn of(events: &[Event]) -> Self {
        let mut requests = Self::default();
        let (mut tracks, mut moved_at, mut was_urgent) = ([Track::default(); 3], None, false);
        let has_picture = events.iter().any(|event| {
            matches!(&event.kind, EventKind::Request(request) if matches!(request.object, Object::Video | Object::Muxed))
        });
        for event in events {
            let EventKind::Request(request) = &event.kind else { continue };
            requests.first.get_or_insert(event.ts);
            requests.last = Some(event.ts);
            requests.error = millis(request.time_error.as_millis());
            requests.see_state(event);
            let track = match request.object {
                Object::Video => 0,
                Object::Audio => 1,
                Object::Muxed => 2,
                _ => continue,
            };
            let at = instant(event.ts);
            if let Some(status) = request.status.filter(|_| !request.succeeded()) {
                requests.failures.push((at, status));
            }
            if !request.urgent && was_urgent {
                requests.at_ease.get_or_insert(at);
            }
            was_urgent |= request.urgent;
            let vitals = event.vitals.as_deref();
            let buffer = vitals.and_then(|vitals| vitals.buffer).map(|buffer| millis(buffer.as_millis()));
            let Some(start) = request.start.map(|start| millis(start.as_millis())) else {
                let length = request.length.map_or(USUAL_SEGMENT, |length| millis(length.as_millis()));
                requests.unplaced_left = Some(buffer.unwrap_or(0) + length);
                let bitrate = vitals.and_then(|vitals| vitals.bitrate).filter(|_| request.succeeded());
                if track != 1 || !has_picture {
                    requests.unplaced_bitrates.extend(bitrate.map(|bitrate| (at, bitrate)));
                }
                continue;
            };
            let length = request.length.map_or(USUAL_SEGMENT, |length| millis(length.as_millis())).max(1);
            let end = start + length;
            requests.longest = requests.longest.max(length);
            // Players say nothing of an empty buffer, or that it is empty.
            if tracks[track].jumps(start, end, buffer.is_none_or(|buffer| buffer == 0)) {
                moved_at = moved_at.or(Some(at));
            }
            if request.succeeded() && (track != 1 || !has_picture) {
                let bitrate = vitals.and_then(|vitals| vitals.bitrate);
                requests.segments.push(Segment { at, start, bitrate });
            }
            let Some(buffer) = buffer else { continue };
            let rate = vitals.and_then(|vitals| vitals.rate).unwrap_or_default();
            let ago = at - tracks[track].first_asked(at, start, buffer);
            if let Some((low, high)) = place(start, end, buffer, request) {
                requests.sightings.push(Sighting {
                    at,
                    error: millis(request.time_error.as_millis()),
                    untimed: request.elapsed.is_none(),
                    low,
                    high: high + played(ago, rate),
                    rate,
                    state: vitals.and_then(|vitals| vitals.state),
                    starved: request.starved,
                    urgent: request.urgent,
                    moved_at: moved_at.take(),
                    sound: track == 1,
                    buffered_to: start,
                    asked_to: if request.succeeded() { end } else { start },
                });
            }
        }
        requests
    }

    fn see_state(&mut self, event: &Event) {
        let Some(state) = event.vitals.as_ref().and_then(|vitals| vitals.state) else { return };
        self.state = Some(state);
        match state {
            PlayerState::Error | PlayerState::Ended => self.gave_up = true,
            PlayerState::Playing => {
                self.gave_up = false;
                self.says_play.get_or_insert(instant(event.ts));
            }
            _ => {}
        }
    }
}

/// Where the playhead may be, from the segment asked for and what is buffered in front of it.
fn place(start: i64, end: i64, buffer: i64, request: &Request) -> Option<(i64, i64)> {
    if buffer == 0 {
        // Nothing in front of it: the playhead waits for it, or was moved somewhere into it.
        return Some((start, if request.urgent || request.starved { end } else { start + ROUNDING }));
    }
    // What is buffered already is asked for again in another quality.
    let place = start - buffer;
    (place >= -2 * ROUNDING).then(|| (place.max(0) - ROUNDING, place.max(0) + ROUNDING))
}

/// How much content plays in so many milliseconds.
pub(super) fn played(wall: i64, rate: Rate) -> i64 {
    millis(rate.advance(Elapsed::from_millis(wall.max(0).unsigned_abs())).as_millis())
}

/// Whether it can be reckoned with a time.
pub(super) fn is_reckonable(ts: Timestamp) -> bool {
    ts.as_millis().unsigned_abs() <= MOST.unsigned_abs()
}

/// A time in milliseconds, within what can be reckoned with.
pub(super) fn instant(ts: Timestamp) -> i64 {
    ts.as_millis().clamp(-MOST, MOST)
}

/// More than this is no time and no amount of content: 140,000 years.
const MOST: i64 = 1 << 52;

/// Milliseconds, of no more than there can be of content or time.
pub(super) fn millis(value: u64) -> i64 {
    value.min(MOST.unsigned_abs()) as i64
}
