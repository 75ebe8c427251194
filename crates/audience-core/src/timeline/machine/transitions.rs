//! What each kind of event changes.

use super::live::correct;
use super::{Ad, Machine, Phase};
use crate::event::{EndReason, Event, EventKind, PlayerState, QualityReason};
use crate::facts::{Mark, SessionFacts};
use crate::time::{Elapsed, MediaTime};
use crate::timeline::{Activity, Ending, Seek, WaitKind};

/// Players report a pause when the content is over, and when an advertisement takes its place. Nobody paused who is done
/// with it this soon.
const NO_PAUSE: Elapsed = Elapsed::from_millis(100);

impl Machine {
    /// What an event changes, with the playhead seen at `seen` when it happened and at `position` after it.
    // Twice in the program: here, and in advertisements, which are rare.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "the innermost loop, and the compiler decides otherwise")]
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
                    let (before, after) = (before.as_bps(), after.as_bps());
                    self.tally.switches_up += u64::from(after > before);
                    self.tally.switches_down += u64::from(after < before);
                    self.tally.up_bps = self.tally.up_bps.saturating_add(after.saturating_sub(before));
                    self.tally.down_bps = self.tally.down_bps.saturating_add(before.saturating_sub(after));
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
                    self.tally.fatal_code.clone_from(&error.code);
                    self.fail();
                }
            }
            EventKind::AdStart(_) => self.start_ad(),
            EventKind::AdEnd | EventKind::Heartbeat | EventKind::Request(_) => {}
            EventKind::End { reason } => {
                self.end(match reason {
                    Some(EndReason::Ended) => Ending::ContentOver,
                    Some(EndReason::Error) => Ending::Failure,
                    Some(EndReason::Abandoned | EndReason::Other(_)) => Ending::Other,
                    None => Ending::Unsaid,
                });
            }
            EventKind::Custom(custom) => self.mark(&custom.name),
        }
    }

    /// An event while an advertisement is on is about the advertisement, except where only the content can be meant.
    #[cold]
    pub(super) fn step_in_ad(&mut self, event: &Event) {
        match &event.kind {
            EventKind::AdStart(_) => self.start_ad(),
            EventKind::AdEnd => self.end_ad(event.position),
            EventKind::Load { .. } => {
                // Content is loaded while the advertisement before it is on; in the middle, the end of one got lost.
                if !self.fresh {
                    self.ad = None;
                }
                let position = self.credible(event.position);
                self.load(position);
            }
            EventKind::PlayRequest => self.request(),
            EventKind::BufferStart => self.wait_in_ad(true),
            EventKind::BufferEnd { .. } | EventKind::Play => self.wait_in_ad(false),
            EventKind::StateChange { to, .. } => match to {
                PlayerState::Buffering => self.wait_in_ad(true),
                PlayerState::Playing => self.wait_in_ad(false),
                PlayerState::Error => self.fail(),
                PlayerState::Ended => self.end(Ending::ContentOver),
                _ => {}
            },
            EventKind::End { .. } | EventKind::Error(_) | EventKind::Custom(_) => {
                self.apply(&event.kind, None, None);
            }
            _ => {}
        }
        self.log.saw_nothing();
    }

    fn change_state(&mut self, to: PlayerState, position: Option<MediaTime>) {
        match to {
            PlayerState::Idle => {
                self.asked = false;
                self.enter(Phase::Idle);
            }
            PlayerState::Loading => self.load(position),
            PlayerState::Buffering => self.wait(),
            PlayerState::Playing => self.play(),
            PlayerState::Paused => self.pause(),
            PlayerState::Seeking => self.seek_by_state(position),
            PlayerState::Ended => self.end(Ending::ContentOver),
            PlayerState::Error => self.fail(),
        }
    }

    fn load(&mut self, position: Option<MediaTime>) {
        let from = &mut self.tally.start_up_from;
        from.load.get_or_insert((self.now, self.tally.wall.elsewhere()));
        self.tally.load.get_or_insert(self.now);
        if !self.fresh {
            self.fresh = true;
            self.asked = false;
            self.paused = false;
        }
        self.ready = None;
        self.enter(Phase::Idle);
        self.head.place(position);
        self.stand_still();
    }

    fn request(&mut self) {
        self.tally.requested = true;
        if self.tally.first_frame.is_none() {
            let from = &mut self.tally.start_up_from;
            from.request.get_or_insert((self.now, self.tally.wall.elsewhere()));
        }
        self.asked |= self.fresh;
        self.paused = false;
        // What was paused goes on when frames are reported, or a wait for them.
        match self.phase {
            Phase::Paused if self.fresh => self.enter(Phase::Idle),
            Phase::Failed => self.enter(Phase::Idle),
            _ => self.refresh(),
        }
    }

    /// Frames of the content move.
    pub(super) fn play(&mut self) {
        self.paused = false;
        self.survived = false;
        self.enter(Phase::Playing);
        self.start(self.now);
    }

    pub(super) fn pause(&mut self) {
        let was_paused = std::mem::replace(&mut self.paused, true);
        let begun = self.asked || !self.fresh;
        if !begun || matches!(self.phase, Phase::Ended | Phase::Failed) {
            return;
        }
        if !was_paused || self.phase != Phase::Paused {
            self.tally.pauses += 1;
            self.paused_at = self.now;
        }
        self.enter(Phase::Paused);
    }

    /// Takes back a pause that was none.
    fn take_back_pause(&mut self) {
        if self.phase == Phase::Paused && self.now.since(self.paused_at) <= NO_PAUSE {
            self.tally.pauses = self.tally.pauses.saturating_sub(1);
        }
    }

    fn seek(&mut self, from: Option<MediaTime>, to: Option<MediaTime>) {
        self.head.stop(&mut self.log);
        if self.head.settling(self.rules.seek_settle) && self.log.awaits_target() {
            // The state said so already, but not where to.
            self.log.seek_went_to(to);
        } else {
            self.log.seek(Seek { at: self.now, from, to, inferred: false });
        }
        self.move_head(to);
    }

    /// The player says that it is seeking: news, unless the latest seek is still going on.
    pub(super) fn seek_by_state(&mut self, to: Option<MediaTime>) {
        if self.fresh {
            // Where playback will begin.
            self.head.place(to);
            return;
        }
        if self.head.settling(self.rules.seek_settle) {
            if to.is_some() {
                self.log.seek_went_to(to);
                self.move_head(to);
            }
        } else {
            self.head.stop(&mut self.log);
            self.log.seek_by_state(Seek { at: self.now, from: self.head.position(), to, inferred: false });
            self.move_head(to);
        }
        if matches!(self.phase, Phase::Playing | Phase::Waiting) {
            self.enter(Phase::Waiting);
        }
    }

    /// The playhead is moved; from then on a wait is for the seek.
    fn move_head(&mut self, to: Option<MediaTime>) {
        self.head.seek(to);
        self.stand_still();
        self.failed_playing = false;
        if self.phase == Phase::Waiting && !self.fresh {
            self.log.begin_wait(WaitKind::Seek, self.now);
            self.refresh();
        }
    }

    /// Data is missing. Nobody waits for it while paused.
    pub(super) fn wait(&mut self) {
        match self.phase {
            Phase::Paused if self.paused => {}
            // A player that runs out of data has been playing.
            Phase::Failed if self.failed_playing => {
                self.had_played(self.still);
                self.enter(Phase::Waiting);
            }
            Phase::Failed => {}
            _ => {
                self.ready = None;
                self.enter(Phase::Waiting);
            }
        }
    }

    /// Data is there again.
    fn resume(&mut self) {
        match self.phase {
            Phase::Waiting | Phase::Idle if self.paused && !self.fresh => self.enter(Phase::Paused),
            Phase::Waiting | Phase::Idle if self.fresh && self.says_play => {
                self.enter(Phase::Idle);
                self.ready = Some(self.now);
            }
            Phase::Paused if self.paused => {}
            Phase::Waiting | Phase::Idle | Phase::Paused | Phase::Failed => self.play(),
            Phase::Playing | Phase::Ended => {}
        }
    }

    /// What was on when the advertisement began goes on after it.
    fn start_ad(&mut self) {
        self.take_back_pause();
        if self.phase == Phase::Playing {
            self.head.stop(&mut self.log);
        }
        self.log.end_wait(self.now, false);
        self.ad = Some(Ad { since: self.now, follows: self.ad.is_some(), waits: false });
        self.refresh();
    }

    fn wait_in_ad(&mut self, waits: bool) {
        if let Some(ad) = &mut self.ad {
            ad.waits = waits;
        }
        self.refresh();
    }

    fn end_ad(&mut self, position: Option<MediaTime>) {
        // Of two advertisements that meet in one millisecond, the first one's end may come after the second one's start.
        if let Some(ad) = self.ad.as_mut().filter(|ad| ad.follows && ad.since == self.now) {
            ad.follows = false;
            return;
        }
        self.ad = None;
        let position = self.credible(position);
        // An advertisement may tell its own position. The content's is where it was, as far as that is known.
        let believed = position.filter(|position| {
            self.fresh || self.head.anchor().is_none_or(|anchor| near(anchor, *position, self.rules.slack))
        });
        if believed.is_some() {
            self.head.place(believed);
        }
        self.stand_still();
        if self.phase == Phase::Waiting {
            self.log.begin_wait(self.kind_of_wait(), self.now);
        } else if self.phase == Phase::Idle && self.fresh {
            self.ready = Some(self.now);
        }
        self.refresh();
    }

    /// Playback is over. The first reason given stands, until playback goes on.
    pub(super) fn end(&mut self, ending: Ending) {
        self.give_up_waiting();
        self.ad = None;
        if ending == Ending::ContentOver {
            self.take_back_pause();
            // Who played to the end had not given up.
            let duration = self.tally.duration.unwrap_or_default();
            if self.head.known().is_none_or(|position| self.rules.reached_end.reached(position, duration)) {
                self.tally.failed = false;
            }
        }
        if self.phase != Phase::Ended && !self.tally.failed {
            self.tally.exit_waiting = self.activity.is_wait();
        }
        let told = self.tally.ended.filter(|told| *told != Ending::Unsaid);
        self.tally.ended = Some(told.unwrap_or(ending));
        self.enter(Phase::Ended);
    }

    /// The player gave up. What comes after is only playback if something shows it.
    #[cold]
    pub(super) fn fail(&mut self) {
        if matches!(self.phase, Phase::Ended | Phase::Failed) {
            return;
        }
        self.ad = None;
        self.refresh();
        self.tally.failed = true;
        self.tally.exit_waiting = self.activity.is_wait();
        self.failed_playing = self.phase == Phase::Playing;
        self.enter(Phase::Failed);
    }

    /// A player that went on after it said that it gave up, and then waited until playback was over, had played what it
    /// had left.
    pub(super) fn give_up_waiting(&mut self) {
        if self.survived && self.phase == Phase::Waiting {
            let since = self.log.drop_wait().unwrap_or(self.now);
            self.tally.wall.take_for(Activity::Failed, self.activity, self.now.since(since).as_millis());
            self.log.relabel(since, Activity::Failed);
            correct(&mut self.corrections, (since, self.now), self.activity, Activity::Failed);
            self.tally.failed = true;
            self.tally.exit_waiting = true;
            self.enter(Phase::Failed);
        }
    }

    /// Counts a custom event.
    #[cold]
    fn mark(&mut self, name: &str) {
        const MOST: usize = SessionFacts::MAX_MARKS;
        let marks = &mut self.tally.marks;
        match marks.binary_search_by(|mark| mark.name.as_ref().cmp(name)) {
            Ok(at) => marks[at].count += 1,
            Err(at) => {
                marks.insert(at, Mark { name: name.into(), count: 1, first_at: self.now });
                if marks.len() > MOST {
                    let dropped = marks.pop().map_or(0, |mark| mark.count);
                    self.tally.dropped_marks += dropped;
                }
            }
        }
    }
}

/// Whether two positions are no further apart than `slack`.
fn near(a: MediaTime, b: MediaTime, slack: MediaTime) -> bool {
    a.max(b).saturating_sub(a.min(b)) <= slack
}
