//! What positions and states say of what happened between events.

use super::live::correct;
use super::{Machine, Phase};
use crate::event::{Event, EventKind, PlayerState, Rendition, Vitals};
use crate::facts::{StartUp, StartUpBasis};
use crate::time::{MediaTime, Rate, Timestamp};
use crate::timeline::playhead::Arrival;
use crate::timeline::{Activity, Ending, Seek, StartUpFrom, WaitKind};

impl Machine {
    /// The playhead is seen at `position` when `event` happens.
    #[inline]
    pub(super) fn see(&mut self, position: MediaTime, event: &Event) {
        let position = self.tally.duration.map_or(position, |duration| position.min(duration));
        if self.phase != Phase::Playing {
            self.see_standing(position, event);
        } else if let Arrival::Jumped(from) = self.head.arrive(position, &self.rules, &mut self.log) {
            self.log.saw_nothing();
            self.jump(from, position);
        } else {
            self.log.saw(position);
        }
    }

    /// The playhead is seen although nothing said that it moves.
    fn see_standing(&mut self, position: MediaTime, event: &Event) {
        let Some(anchor) = self.head.anchor() else {
            self.head.place(Some(position));
            self.stand_still();
            return;
        };
        let slack = self.rules.slack;
        if position > anchor.saturating_add(slack) {
            if let Some(since) = self.has_played_since(position.saturating_sub(anchor), event) {
                self.had_played(since);
                self.see(position, event);
                return;
            }
        } else if position.saturating_add(slack) >= anchor {
            // As good as the same place; only the very same is sure to be one where it stood still.
            if position == anchor {
                self.stand_still();
            }
            self.head.stand(position);
            return;
        }
        // Until a frame of what was loaded is seen, the playhead is put where playback begins; and playing it once more
        // from the start is no seek either.
        let replay = self.phase == Phase::Ended && event.kind == EventKind::Play && position <= slack;
        if self.fresh || replay {
            self.head.place(Some(position));
        } else {
            self.jump(anchor, position);
        }
        self.stand_still();
    }

    /// The playhead jumped and nobody reported a seek.
    #[cold]
    fn jump(&mut self, from: MediaTime, to: MediaTime) {
        self.log.seek(Seek { at: self.now, from: Some(from), to: Some(to), inferred: true });
        self.head.seek(Some(to));
        if self.phase == Phase::Waiting && !self.fresh {
            self.log.begin_wait(WaitKind::Seek, self.now);
            self.refresh();
        }
    }

    /// Since when the player has been playing, if that explains why the playhead is `ahead` of where it stood.
    ///
    /// Events get lost. What was paused, over or not begun has been played all along when the playhead is just where that
    /// would have brought it; a wait has ended unnoticed when the playhead is no further than that.
    fn has_played_since(&self, ahead: MediaTime, event: &Event) -> Option<Timestamp> {
        if says_still(event) || self.rate == Rate::ZERO {
            return None;
        }
        let could = self.rate.advance(self.now.since(self.still));
        let fits = ahead.saturating_add(self.rules.slack) >= could && ahead <= could.saturating_add(self.rules.slack);
        match self.phase {
            Phase::Waiting if !begins_now(event) && ahead <= could.saturating_add(self.rules.slack) => {
                let needed = self.rate.time_for(ahead)?.min(self.now.since(self.still));
                Some(self.still + self.now.since(self.still).saturating_sub(needed))
            }
            Phase::Ended | Phase::Failed if fits => Some(self.still),
            Phase::Paused | Phase::Idle if fits && !begins_now(event) => {
                Some(self.ready.map_or(self.still, |ready| ready.max(self.still)))
            }
            _ => None,
        }
    }

    /// The player has been playing since `since`, although nothing said so at the time.
    #[cold]
    pub(super) fn had_played(&mut self, since: Timestamp) {
        let millis = self.now.since(since).as_millis();
        let mut until = self.now;
        let first = (self.still, self.still_as);
        for (from, activity) in self.changes.iter().rev().copied().chain([first]) {
            let from = from.max(since);
            self.tally.wall.take_for(Activity::Playing, activity, until.since(from).as_millis());
            correct(&mut self.corrections, (from, until), activity, Activity::Playing);
            until = from;
        }
        self.log.had_ended_wait(since);
        self.log.had_played(since);
        self.survived |= self.phase == Phase::Failed;
        self.head.had_moved();
        self.enter(Phase::Playing);
        self.start(since);
        self.head.play(millis, self.rate);
    }

    /// Frames of what was loaded move since `at`.
    pub(super) fn start(&mut self, at: Timestamp) {
        if !self.fresh {
            return;
        }
        self.fresh = false;
        if self.tally.first_frame.is_none() {
            self.tally.first_frame = Some(at);
            self.tally.startup = self.startup(at);
        }
    }

    /// How long the viewer waited for the first frame: without pauses, advertisements, and what a failed player shows.
    fn startup(&self, first_frame: Timestamp) -> Option<StartUp> {
        let StartUpFrom { request, load } = self.tally.start_up_from;
        let (request, load) = (request.filter(|(at, _)| *at <= first_frame), load.filter(|(at, _)| *at <= first_frame));
        let ((from, before), since) = match (request, load) {
            (Some(request), Some(load)) if load.0 <= request.0 => (request, StartUpBasis::Request),
            (Some(request), _) => (request, StartUpBasis::FirstRequest),
            (None, Some(load)) => (load, StartUpBasis::Load),
            (None, None) => return None,
        };
        let elsewhere = self.tally.wall.elsewhere().saturating_sub(before);
        Some(StartUp { time: first_frame.since(from).saturating_sub(elsewhere), since })
    }

    /// What the player says about itself sets right what an event lost on the way would have said.
    pub(super) fn take_vitals(&mut self, vitals: &Vitals, position: Option<MediaTime>) {
        if let Some(rate) = vitals.rate {
            self.rate = rate;
        }
        if vitals.bitrate.is_some() && vitals.bitrate != self.rendition.bitrate {
            // A switch that got lost. What else is known of the rendition was told when it was played before.
            let told = self.tally.renditions.iter().map(|played| played.rendition);
            let known = told.filter(|told| told.bitrate == vitals.bitrate).max();
            self.switch(known.unwrap_or(Rendition { bitrate: vitals.bitrate, width: 0, height: 0 }));
        }
        self.tally.reported_watch = vitals.watched.or(self.tally.reported_watch);
        self.tally.dropped_frames = vitals.dropped_frames.or(self.tally.dropped_frames);
        self.tally.decoded_frames = vitals.decoded_frames.or(self.tally.decoded_frames);
        if vitals.live_latency.is_some() {
            self.lag(vitals.live_latency);
        }
        let over = matches!(self.phase, Phase::Ended | Phase::Failed);
        match vitals.state {
            Some(PlayerState::Playing) if self.phase != Phase::Playing => match self.ready {
                Some(ready) if self.phase == Phase::Idle => self.had_played(ready.max(self.still)),
                _ => self.play(),
            },
            Some(PlayerState::Paused) if !over && (self.asked || !self.fresh) => self.pause(),
            Some(PlayerState::Buffering) if !over && self.phase != Phase::Waiting => self.wait(),
            Some(PlayerState::Seeking) if !over && !self.fresh => self.seek_by_state(position),
            Some(PlayerState::Ended) if self.phase != Phase::Ended => {
                self.end(Ending::ContentOver);
            }
            _ => {}
        }
    }

    /// A pause, or another wait, of a player that had all it needs says that it had begun to play; positions say it better
    /// where both ends are known.
    #[inline]
    pub(super) fn show_start(&mut self, event: &Event) {
        if let Some(ready) = self.ready {
            self.show_start_since(ready, event);
        }
    }

    #[cold]
    fn show_start_since(&mut self, ready: Timestamp, event: &Event) {
        let says_so = matches!(event.kind, EventKind::Pause | EventKind::BufferStart);
        let judged = event.position.is_some() && self.head.anchor().is_some();
        if says_so && !judged && self.phase == Phase::Idle {
            let since = ready.max(self.still);
            if self.now.since(since).as_millis() > self.rules.slack.as_millis() {
                self.had_played(since);
            }
        }
    }
}

/// Whether the event says that the player is in a state in which the playhead does not move.
fn says_still(event: &Event) -> bool {
    let state = event.vitals.as_ref().and_then(|vitals| vitals.state);
    state.is_some_and(|state| state != PlayerState::Playing)
}

/// Whether the event says that the playhead begins to move only now.
fn begins_now(event: &Event) -> bool {
    matches!(
        event.kind,
        EventKind::Play
            | EventKind::PlayRequest
            | EventKind::BufferEnd { .. }
            | EventKind::StateChange { to: PlayerState::Playing, .. }
    )
}
