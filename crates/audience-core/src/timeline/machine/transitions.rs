//! What each kind of event changes.

use super::{Doubt, Machine, Phase};
use crate::event::{EndReason, EventKind, PlayerState, QualityReason, Rendition, Vitals};
use crate::facts::{Mark, SessionFacts};
use crate::time::MediaTime;
use crate::timeline::{Ending, Seek, WaitKind};

impl Machine<'_> {
    /// What an event changes, with the playhead seen at `seen` when it happened and at `position` after it.
    pub(super) fn apply(&mut self, kind: &EventKind, seen: Option<MediaTime>, position: Option<MediaTime>) {
        match kind {
            EventKind::Load { .. } => self.load(position),
            EventKind::PlayRequest => self.request(),
            EventKind::Play => self.play(),
            EventKind::Pause => self.pause(),
            EventKind::Seek { .. } => self.seek(seen.or_else(|| self.head.position()), position),
            EventKind::BufferStart => self.wait(),
            EventKind::BufferEnd { .. } => self.resume(),
            EventKind::QualityChange { from, to, reason } => {
                self.tally.quality_changes += 1;
                let before = self.rendition.bitrate.or(*from);
                if let (Some(before), Some(after)) = (before, to.bitrate)
                    && *reason != Some(QualityReason::Initial)
                {
                    self.tally.switches_up += u64::from(after > before);
                    self.tally.switches_down += u64::from(after < before);
                }
                self.switch(*to);
            }
            EventKind::RateChange { rate } => {
                self.tally.rate_changes += u64::from(*rate != self.rate);
                self.rate = *rate;
            }
            EventKind::StateChange { to, .. } => self.change_state(*to, position),
            EventKind::Error(error) => {
                self.tally.errors += 1;
                if error.fatal {
                    self.fail();
                }
            }
            EventKind::AdStart(_) => self.start_ad(),
            EventKind::AdEnd => self.end_ad(position),
            EventKind::End { reason } => {
                self.end();
                self.tally.ending = reason.as_ref().map(|reason| match reason {
                    EndReason::Ended => Ending::ContentOver,
                    EndReason::Error => Ending::Failure,
                    EndReason::Abandoned | EndReason::Other(_) => Ending::Other,
                });
            }
            EventKind::Custom(custom) => self.mark(&custom.name),
            EventKind::Heartbeat => {}
        }
    }

    fn change_state(&mut self, to: PlayerState, position: Option<MediaTime>) {
        match to {
            PlayerState::Idle => self.enter(Phase::Idle),
            PlayerState::Loading => self.load(position),
            PlayerState::Buffering => self.wait(),
            PlayerState::Playing => self.play(),
            PlayerState::Paused => self.pause(),
            PlayerState::Seeking => {
                self.seek(self.head.position(), position);
                if self.started {
                    self.enter(Phase::Waiting);
                }
            }
            PlayerState::Ended => self.end(),
            PlayerState::Error => self.fail(),
        }
    }

    /// What the player says about itself sets right what an event lost on the way would have said.
    pub(super) fn take_vitals(&mut self, vitals: &Vitals) {
        if let Some(rate) = vitals.rate {
            self.rate = rate;
        }
        if vitals.bitrate.is_some() && vitals.bitrate != self.rendition.bitrate {
            self.switch(Rendition { bitrate: vitals.bitrate, width: 0, height: 0 });
        }
        self.tally.reported_watch = vitals.watched.or(self.tally.reported_watch);
        self.tally.dropped_frames = vitals.dropped_frames.or(self.tally.dropped_frames);
        let differs = match vitals.state {
            Some(PlayerState::Playing) => self.phase != Phase::Playing,
            Some(PlayerState::Paused) => self.phase != Phase::Paused,
            Some(PlayerState::Buffering | PlayerState::Seeking) => self.phase != Phase::Waiting && !self.paused,
            Some(PlayerState::Ended) => self.phase != Phase::Ended,
            Some(PlayerState::Idle | PlayerState::Loading | PlayerState::Error) | None => false,
        };
        if let Some(state) = vitals.state.filter(|_| differs && self.ad.is_none()) {
            self.change_state(state, None);
        }
    }

    fn load(&mut self, position: Option<MediaTime>) {
        self.tally.load.get_or_insert(self.now);
        self.enter(Phase::Idle);
        self.head.place(position);
    }

    fn request(&mut self) {
        if !self.started {
            self.tally.request.get_or_insert(self.now);
            self.refresh();
        }
    }

    fn play(&mut self) {
        self.paused = false;
        match &mut self.ad {
            Some(waits) => *waits = false,
            None => self.start(),
        }
        self.enter(Phase::Playing);
    }

    /// Frames of the content move.
    fn start(&mut self) {
        self.started = true;
        self.tally.first_frame.get_or_insert(self.now);
    }

    fn pause(&mut self) {
        self.paused = true;
        self.tally.pauses += 1;
        self.enter(Phase::Paused);
    }

    fn seek(&mut self, from: Option<MediaTime>, to: Option<MediaTime>) {
        if self.ad.is_some() {
            return;
        }
        self.head.stop(&mut self.log);
        self.log.seek(Seek { at: self.now, from, to, inferred: false });
        self.head.seek(to);
        if self.phase == Phase::Waiting && self.started {
            self.log.begin_wait(WaitKind::Seek, self.now);
            self.refresh();
        }
    }

    /// Data is missing. Nobody waits for it while paused.
    fn wait(&mut self) {
        if let Some(waits) = &mut self.ad {
            *waits = true;
            self.refresh();
        } else if self.phase != Phase::Paused {
            self.enter(Phase::Waiting);
        }
    }

    /// Data is there again.
    fn resume(&mut self) {
        if let Some(waits) = &mut self.ad {
            *waits = false;
            self.refresh();
            return;
        }
        match self.phase {
            Phase::Waiting | Phase::Idle if self.paused => self.enter(Phase::Paused),
            Phase::Waiting | Phase::Idle => {
                if !self.says_play {
                    self.start();
                }
                self.enter(Phase::Playing);
            }
            Phase::Playing | Phase::Paused | Phase::Ended => {}
        }
    }

    /// What was on when the advertisement began goes on after it, unless something happens in it; waits do not.
    fn start_ad(&mut self) {
        self.head.stop(&mut self.log);
        self.log.end_wait(self.now, false);
        if self.phase == Phase::Waiting {
            self.phase = if self.started { Phase::Playing } else { Phase::Idle };
        }
        self.ad = Some(false);
        self.refresh();
    }

    fn end_ad(&mut self, position: Option<MediaTime>) {
        self.ad = None;
        if position.is_some() {
            self.head.place(position);
        }
        if self.phase == Phase::Playing {
            self.start();
        }
        self.refresh();
    }

    fn end(&mut self) {
        self.ad = None;
        self.enter(Phase::Ended);
        self.tally.ended_at = Some(self.now);
    }

    fn fail(&mut self) {
        self.tally.failed_for_good = true;
        if self.doubt.is_none() && matches!(self.phase, Phase::Playing | Phase::Waiting) {
            self.head.stop(&mut self.log);
            self.switch(self.rendition);
            self.doubt = Some(Doubt {
                since: self.now,
                first_span: self.log.spans.len(),
                wall: self.tally.wall,
                millibits: self.tally.millibits,
                bits_over: self.tally.bits_over,
            });
        }
    }

    /// Counts a custom event.
    fn mark(&mut self, name: &str) {
        const MOST: usize = SessionFacts::MAX_MARKS;
        let marks = &mut self.tally.marks;
        match marks.binary_search_by(|mark| mark.name.as_ref().cmp(name)) {
            Ok(at) => marks[at].count += 1,
            Err(at) if at < MOST => {
                marks.insert(at, Mark { name: name.into(), count: 1, first_at: self.now });
                marks.truncate(MOST);
            }
            Err(_) => {}
        }
    }
}
