//! The way of the playhead, told as events.

use std::collections::BTreeMap;

use super::path::{Step, Stop};
use super::sighting::{ROUNDING, Requests, Sighting, instant, millis, played};
use crate::event::{Bitrate, EndReason, Event, EventKind, PlayerError, PlayerState, QualityReason, Rendition};
use crate::facts::Estimates;
use crate::time::{Elapsed, MediaTime, Rate, Timestamp};

/// A playhead that is seen this much further has moved, in milliseconds.
const MOVED: i64 = 250;
/// A playhead that is seen this much less far than playing would have brought it has stood still for a while.
const STOOD: i64 = 400;
/// With so little in the buffer, a playhead that stands still waits for data.
const DRY: i64 = 600;

/// What stands still.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Standing {
    /// The playhead plays.
    No,
    /// Nothing was played yet since the session began, or the playhead was moved.
    Fresh,
    /// The viewer paused, since the time, at the place.
    Paused(i64, i64),
    /// Data ran out, since the time, at the place.
    Stalled(i64, i64),
}

/// Tells what a session's requests show, up to the horizon.
pub(super) fn tell(
    requests: &Requests,
    path: &[Stop],
    duration: Option<MediaTime>,
    horizon: Option<Timestamp>,
) -> (Vec<Event>, Estimates) {
    let (Some(first), Some(last)) = (requests.first, requests.last) else { return Default::default() };
    let mut story = Story {
        requests,
        events: vec![Event::new(first, EventKind::load())],
        standing: Standing::Fresh,
        rate: Rate::NORMAL,
        renditions: BTreeMap::new(),
        known: 0,
        bitrate: None,
        least: 0,
        most: 0,
        unsure: 0,
        surplus: 0,
    };
    for (at, status) in &requests.failures {
        let code = Some(format!("http_{status}").into());
        let error = PlayerError { code, message: None, fatal: false };
        story.tell(*at, EventKind::Error(Box::new(error)), None);
    }
    let mut exit = (None, None);
    if path.is_empty() {
        story.tell_unplaced(first, last);
    } else {
        let runs: Vec<Run> =
            path.chunk_by(|_, next| next.step != Step::Jump).map(|run| Run::new(requests, run)).collect();
        for (index, run) in runs.iter().enumerate() {
            if let Some(before) = index.checked_sub(1).map(|before| &runs[before]) {
                story.jump(before, run);
            }
            story.follow(run);
        }
        if let Some(run) = runs.last() {
            let end = duration.map(|duration| millis(duration.as_millis()));
            exit = story.leave(run, runs.len() as i64, end, horizon.map(instant));
        }
    }
    // What was told out of order is put in order; the rest stays as it was told.
    story.events.sort_by_key(|event| event.ts);
    let estimates = Estimates {
        playing_least: elapsed(story.least),
        playing_most: elapsed(story.most),
        exit_least: exit.0.map(media),
        exit_most: exit.1.map(media),
        position_error: media(requests.longest.saturating_add(requests.error)),
    };
    (story.events, estimates)
}

/// Stops between two jumps, with the place of each.
pub(super) struct Run {
    pub(super) stops: Vec<(Sighting, i64)>,
    /// When the playhead was moved here.
    moved_at: i64,
}

impl Run {
    pub(super) fn new(requests: &Requests, path: &[Stop]) -> Self {
        let sightings: Vec<Sighting> = path.iter().map(|stop| requests.sightings[stop.sighting]).collect();
        let mut stops: Vec<(Sighting, i64)> = Vec::with_capacity(sightings.len());
        for (at, sighting) in sightings.iter().enumerate() {
            let before = stops.last().map(|(_, place)| *place);
            let mut place = sighting.place();
            if !sighting.is_sharp() {
                // Within its segment: as the next sharp sighting has it, else as the one before.
                let next = sightings[at..].iter().find(|next| next.is_sharp());
                let from_next = next.map(|next| next.place() - played(next.at - sighting.at, next.rate));
                place = from_next.or(before).unwrap_or(place).clamp(sighting.low, sighting.high);
            }
            // It does not go backwards within a run; what seems so is rounded.
            stops.push((*sighting, before.map_or(place, |before| place.max(before))));
        }
        let moved_at = path.first().and_then(|stop| stop.moved_at).or_else(|| Some(sightings.first()?.at));
        Self { stops, moved_at: moved_at.unwrap_or_default() }
    }

    fn first(&self) -> &(Sighting, i64) {
        &self.stops[0]
    }

    fn last(&self) -> &(Sighting, i64) {
        &self.stops[self.stops.len() - 1]
    }

    /// Up to where there was content to play at the end of it, with what had been asked for.
    fn asked_to(&self) -> i64 {
        let of = |sound: bool| {
            let stops = self.stops.iter().filter(move |(sighting, _)| sighting.sound == sound);
            stops.map(|(sighting, _)| sighting.asked_to).max()
        };
        let end = match (of(false), of(true)) {
            (Some(picture), Some(sound)) => picture.min(sound),
            (one, other) => one.or(other).unwrap_or(0),
        };
        end.max(self.last().1)
    }
}

struct Story<'r> {
    requests: &'r Requests,
    events: Vec<Event>,
    standing: Standing,
    rate: Rate,
    /// The bit rates of what was asked for so far, by where in the content it begins.
    renditions: BTreeMap<i64, Option<Bitrate>>,
    /// How many of the segments are among them.
    known: usize,
    bitrate: Option<Bitrate>,
    /// Wall time of playing, at least and at most.
    least: i64,
    most: i64,
    /// What may have been played before jumps and around changes of the rate, or not.
    unsure: i64,
    /// By how much the playhead was seen further ahead than the rate explains, in this run.
    surplus: i64,
}

impl Story<'_> {
    fn tell(&mut self, at: i64, kind: EventKind, place: Option<i64>) {
        // Nothing was before the first request, also where its time is beyond what can be reckoned with.
        let at = Timestamp::from_millis(at).max(self.requests.first.unwrap_or(Timestamp::from_millis(at)));
        let mut event = Event::new(at, kind);
        event.position = place.map(media);
        self.events.push(event);
    }

    /// The playhead was moved from where `before` ended to where `to` begins.
    fn jump(&mut self, before: &Run, to: &Run) {
        let (sighting, place) = *before.last();
        let at = to.moved_at.clamp(sighting.at, to.first().0.at.max(sighting.at));
        let could = (at - sighting.at).min(time_for(before.asked_to() - place, sighting.rate));
        // Who plays for longer than a segment asks for another.
        let likely = if sighting.state == Some(PlayerState::Error) { 0 } else { could.min(self.requests.longest) };
        self.unsure = self.unsure.saturating_add(likely);
        self.most = self.most.saturating_add(could - likely);
        self.go_on(before);
        let from = if self.standing == Standing::No {
            self.play_over(sighting.at, place, place + played(could, sighting.rate), sighting.rate);
            place + played(could, sighting.rate)
        } else {
            place
        };
        self.tell(at, EventKind::Seek { from: Some(media(from)) }, Some(to.first().1));
        self.standing = Standing::Fresh;
    }

    /// Who stood still for one gap between requests, and then asked for more, has most probably gone on.
    fn go_on(&mut self, run: &Run) {
        let (sighting, _) = *run.last();
        let (since, place) = match self.standing {
            Standing::Paused(..) if sighting.state == Some(PlayerState::Paused) => return,
            Standing::Paused(since, place) | Standing::Stalled(since, place) => (since, place),
            Standing::No | Standing::Fresh => return,
        };
        let seen = run.stops.iter().map(|(sighting, _)| sighting.at).find(|at| *at > since);
        if seen.is_some_and(|seen| sighting.at - seen < STOOD) {
            self.tell(sighting.at, EventKind::Play, Some(place));
            self.standing = Standing::No;
        }
    }

    fn follow(&mut self, run: &Run) {
        self.surplus = 0;
        let (first, place) = *run.first();
        self.learn(first.at);
        self.take_rate(first.at, first.rate);
        let moving = run.stops.iter().position(|(_, seen)| seen - place >= MOVED);
        let fresh = run.moved_at;
        let is_first = self.events.iter().all(|event| !matches!(event.kind, EventKind::Seek { .. }));
        let begin = match moving {
            Some(at) => {
                let (sighting, seen) = run.stops[at];
                Some((sighting.at - time_for(seen - place, sighting.rate)).max(if is_first { first.at } else { fresh }))
            }
            None => self.plays_unseen(run, is_first),
        };
        let Some(begin) = begin else {
            if !is_first {
                self.tell(fresh, EventKind::BufferStart, Some(place));
            }
            return;
        };
        if !is_first && begin > fresh {
            self.tell(fresh, EventKind::BufferStart, Some(place));
        }
        self.tell(begin, EventKind::Play, Some(place));
        self.standing = Standing::No;
        self.play_over(begin, place, place, first.rate);
        let Some(moving) = moving else { return };
        let (sighting, seen) = run.stops[moving];
        self.learn(sighting.at);
        self.play_over(begin, place, seen, sighting.rate);
        self.tell(sighting.at, EventKind::Heartbeat, Some(seen));
        self.bound(&run.stops[..=moving], begin);
        for pair in run.stops[moving..].windows(2) {
            self.step(pair[0], pair[1]);
        }
    }

    /// When a player began to play that was not seen to move, if it says that it did.
    fn plays_unseen(&self, run: &Run, is_first: bool) -> Option<i64> {
        let last = run.last().0;
        if last.state == Some(PlayerState::Paused) || self.requests.gave_up {
            return None;
        }
        if !is_first {
            return Some(last.at);
        }
        let told = self.requests.says_play.or(self.requests.at_ease)?;
        Some(told.clamp(run.first().0.at, last.at.max(run.first().0.at)))
    }

    /// From one sighting to the next.
    fn step(&mut self, from: (Sighting, i64), to: (Sighting, i64)) {
        let ((a, place), (b, seen)) = (from, to);
        self.learn(b.at);
        let stood_back = self.bound(&[from, to], a.at);
        let (wall, moved) = (b.at - a.at, seen - place);
        if self.standing != Standing::No {
            let stood = match self.standing {
                Standing::Paused(_, stood) | Standing::Stalled(_, stood) => stood,
                Standing::No | Standing::Fresh => place,
            };
            if seen - stood > MOVED {
                let begin = (b.at - time_for(seen - stood, b.rate)).max(a.at);
                self.tell(begin, EventKind::Play, Some(stood));
                self.standing = Standing::No;
                self.play_over(begin, stood, seen, b.rate);
                self.tell(b.at, EventKind::Heartbeat, Some(seen));
            }
            self.take_rate(b.at, b.rate);
            return;
        }
        if a.rate != b.rate {
            // As much of the time at each rate as explains how far it came.
            let (fast, slow) = (a.rate.max(b.rate), a.rate.min(b.rate));
            let gained = (moved - played(wall, slow)).clamp(0, played(wall, fast) - played(wall, slow));
            let at_fast = wall.saturating_mul(gained) / (played(wall, fast) - played(wall, slow)).max(1);
            let change = if b.rate > a.rate { wall - at_fast } else { at_fast };
            self.take_rate(a.at + change, b.rate);
            self.play_over(a.at, place, seen, b.rate);
            self.tell(b.at, EventKind::Heartbeat, Some(seen));
            return;
        }
        self.play_over(a.at, place, seen, b.rate);
        if moved + stood_back + STOOD + a.error + b.error >= played(wall, b.rate) {
            self.tell(b.at, EventKind::Heartbeat, Some(seen));
            return;
        }
        let since = a.at + time_for(moved, b.rate);
        let dry = b.starved
            || b.state == Some(PlayerState::Buffering)
            || (b.state != Some(PlayerState::Paused) && a.buffered_to - seen < DRY + 2 * ROUNDING);
        let waits = dry && a.state != Some(PlayerState::Paused);
        // No longer than it must have been.
        let since = if waits { (since + a.error + b.error).min(b.at) } else { since };
        self.standing = if waits { Standing::Stalled(since, seen) } else { Standing::Paused(since, seen) };
        self.tell(since, if waits { EventKind::BufferStart } else { EventKind::Pause }, Some(seen));
    }

    /// Adds what the stretch between sightings is of playing, at least and at most. How much of what it lacks is made up for
    /// by what was too much before: players with a wrong buffer are seen too far ahead, and later where they are.
    fn bound(&mut self, stops: &[(Sighting, i64)], begin: i64) -> i64 {
        let (Some((a, place)), Some((b, seen))) = (stops.first(), stops.last()) else { return 0 };
        let (wall, moved) = (b.at - begin.min(b.at), seen - place);
        let (fast, slow) = (a.rate.max(b.rate), a.rate.min(b.rate));
        if moved > played(wall, fast) + STOOD + a.error + b.error {
            self.surplus = self.surplus.saturating_add(moved - played(wall, fast));
            self.least = self.least.saturating_add(wall);
            self.most = self.most.saturating_add(wall);
            return 0;
        }
        // What playing throughout explains was played throughout.
        if fast != slow {
            let throughout = moved + STOOD + a.error + b.error >= played(wall, slow);
            if throughout {
                self.least = self.least.saturating_add(wall);
                self.most = self.most.saturating_add(wall);
            } else {
                let quick = time_for(moved, fast);
                self.least = self.least.saturating_add(quick);
                self.most = self.most.saturating_add(quick);
                self.unsure = self.unsure.saturating_add(time_for(moved, slow).min(wall) - quick);
            }
            return 0;
        }
        let lacks = (played(wall, slow) - moved).max(0);
        let stood_back = lacks.min(self.surplus);
        if lacks > STOOD {
            self.surplus = 0;
        }
        self.least = self.least.saturating_add(time_for(moved, slow));
        self.most = self.most.saturating_add(time_for(moved + stood_back, slow));
        stood_back
    }

    /// The session ends after this run. Where its viewer left: at least, at most.
    fn leave(&mut self, run: &Run, runs: i64, end: Option<i64>, horizon: Option<i64>) -> (Option<i64>, Option<i64>) {
        let (sighting, place) = *run.last();
        self.go_on(run);
        let asked_to = end.map_or(run.asked_to(), |end| run.asked_to().min(end).max(place));
        let left = asked_to - place;
        let over = end.is_some_and(|end| asked_to + self.requests.longest / 2 >= end);
        let plays =
            self.standing == Standing::No && !self.requests.gave_up && self.requests.state != Some(PlayerState::Paused);
        // Before a jump it was played on, or paused, and nothing shows which; for more than two segments in all it was not
        // paused.
        let rounded = 2 * ROUNDING * runs + 2 * sighting.error;
        let unsure = self.unsure.min((2 * self.requests.longest - 2 * rounded).max(0));
        self.least = self.least.saturating_add(self.unsure - unsure).saturating_sub(rounded).max(0);
        if self.most > 0 || left > 0 {
            self.most = self.most.saturating_add(self.unsure).saturating_add(time_for(left, sighting.rate) + rounded);
        }
        if plays {
            // Half a segment after the last request on average, but to the end where there is nothing left to ask for.
            let mut tail = if over { left } else { left.min(self.requests.longest / 2) };
            let mut wall = time_for(tail, sighting.rate);
            let most = horizon.map_or(i64::MAX, |horizon| horizon.saturating_sub(sighting.at).max(0));
            let cut = wall > most;
            if cut {
                wall = most;
                tail = played(wall, sighting.rate);
            }
            self.learn(i64::MAX);
            self.play_over(sighting.at, place, place + tail, sighting.rate);
            let kind =
                if over && !cut { EventKind::End { reason: Some(EndReason::Ended) } } else { EventKind::Heartbeat };
            self.tell(sighting.at + wall, kind, Some(place + tail));
        } else if let Some(last) = self.requests.last.map(instant).filter(|last| *last > sighting.at) {
            self.tell(last, EventKind::Heartbeat, None);
        }
        (Some(place), Some(asked_to))
    }

    /// Requests whose place in the content nobody knows: what is played is not placed.
    fn tell_unplaced(&mut self, first: Timestamp, last: Timestamp) {
        let begin = self.requests.says_play.or(self.requests.at_ease);
        if let Some(begin) = begin {
            self.tell(begin, EventKind::Play, None);
        }
        let requests = self.requests;
        for (at, bitrate) in &requests.unplaced_bitrates {
            self.switch(*at, Some(*bitrate), None);
        }
        if last > first {
            self.tell(instant(last), EventKind::Heartbeat, None);
        }
        // Nobody knows when it began, so it may have been at once.
        if let Some(left) = requests.unplaced_left {
            self.most = instant(last) - instant(first) + left + 2 * requests.error;
        }
    }

    fn take_rate(&mut self, at: i64, rate: Rate) {
        if rate != self.rate {
            self.rate = rate;
            self.tell(at, EventKind::RateChange { rate }, None);
        }
    }

    /// Takes in what was asked for up to a time.
    fn learn(&mut self, until: i64) {
        while let Some(segment) = self.requests.segments.get(self.known).filter(|segment| segment.at <= until) {
            self.renditions.insert(segment.start, segment.bitrate);
            self.known += 1;
        }
    }

    /// Content from `from` to `to` is played, beginning at `at`: tells which renditions that is.
    fn play_over(&mut self, at: i64, from: i64, to: i64, rate: Rate) {
        let here = self.renditions.range(..=from).next_back().map(|(_, bitrate)| (from, *bitrate));
        let ahead = self.renditions.range(from + 1..=to.max(from + 1)).map(|(start, bitrate)| (*start, *bitrate));
        let mut last = self.bitrate;
        // Nearly always there is no change, and nothing to be kept.
        let changes: Vec<(i64, Option<Bitrate>)> = here
            .into_iter()
            .chain(ahead)
            .filter(|(start, now)| {
                let changes = *start <= to && now.is_some() && *now != last;
                if changes {
                    last = *now;
                }
                changes
            })
            .collect();
        for (start, bitrate) in changes {
            self.switch(at + time_for(start - from, rate), bitrate, Some(start));
        }
    }

    /// Another bit rate is played, unless it is the same, or not known.
    fn switch(&mut self, at: i64, bitrate: Option<Bitrate>, place: Option<i64>) {
        if bitrate.is_some() && bitrate != self.bitrate {
            let reason = if self.bitrate.is_none() { QualityReason::Initial } else { QualityReason::Other };
            let to = Rendition { bitrate, ..Rendition::default() };
            let kind = EventKind::QualityChange { from: self.bitrate, to, reason: Some(reason) };
            self.bitrate = bitrate;
            self.tell(at, kind, place);
        }
    }
}

/// How long it takes to play so much, in milliseconds; standing still takes for ever, which is no time.
fn time_for(content: i64, rate: Rate) -> i64 {
    let content = MediaTime::from_millis(content.max(0).unsigned_abs());
    rate.time_for(content).map_or(0, |time| millis(time.as_millis()))
}

fn media(millis: i64) -> MediaTime {
    MediaTime::from_millis(millis.max(0).unsigned_abs())
}

fn elapsed(millis: i64) -> Elapsed {
    Elapsed::from_millis(millis.max(0).unsigned_abs())
}
