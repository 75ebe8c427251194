//! The state machine behind [`Timeline`]: what holds between events, and where the playhead is seen.

mod evidence;
mod live;
mod transitions;

pub(crate) use live::{Correction, Counted};

use super::log::Log;
use super::playhead::Playhead;
use super::replay::Frame;
use super::requests;
use super::{Activity, Seek, Span, Tally, Timeline, WaitKind, Watched};
use crate::event::{Event, EventKind, PlayerState, Rendition};
use crate::facts::{Estimates, RenditionTime};
use crate::rules::Rules;
use crate::session::{Asked, Session};
use crate::time::{Elapsed, MediaTime, Rate, Timestamp};

/// What the player did, from moment to moment.
pub(super) fn reconstruct(session: &Session, rules: &Rules) -> Timeline {
    let mut machine = Machine::new(session, rules);
    machine.log.keep_all(session.events().len());
    machine.follow(session, None);
    let end = machine.tally.last.map(|_| machine.frame());
    let Machine { log, tally, .. } = machine;
    Timeline { spans: log.spans, watched: log.watched.into_vec(), seeks: log.seeks, waits: log.waits, end, tally }
}

/// What the content is doing, advertisements aside.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
enum Phase {
    /// Nothing, or getting ready for the first frame.
    Idle,
    Waiting,
    Playing,
    Paused,
    Ended,
    /// The player said that it gave up.
    Failed,
}

/// An advertisement, or a pod of them.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
struct Ad {
    since: Timestamp,
    /// Whether it followed another one at once, so that the end of that one may still be reported.
    follows: bool,
    waits: bool,
}

/// Follows one session.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own about one player")]
pub(crate) struct Machine {
    rules: Rules,
    head: Playhead,
    log: Log,
    tally: Tally,
    /// No position can lie past this one.
    furthest: MediaTime,
    now: Timestamp,
    phase: Phase,
    /// When the phase began, or when the playhead was last seen standing where it stood then.
    still: Timestamp,
    /// The activity then.
    still_as: Activity,
    /// How the activity has changed since, each with its start; mostly it has not.
    changes: Vec<(Timestamp, Activity)>,
    ad: Option<Ad>,
    /// What follows from phase and advertisement.
    activity: Activity,
    /// Whether the last of play and pause was a pause.
    paused: bool,
    paused_at: Timestamp,
    /// Whether playback of what was loaded last was asked for.
    asked: bool,
    /// Whether no frame of what was loaded last was seen yet.
    fresh: bool,
    /// Since when the player has had all it needs for the first frame, which the session is going to report.
    ready: Option<Timestamp>,
    /// Whether the player was playing when it gave up.
    failed_playing: bool,
    /// Whether playback went on after the player said that it gave up, and nothing says that this was more than what it had
    /// left.
    survived: bool,
    /// Whether the session says somewhere that frames move, so that the end of a wait need not be taken for it.
    says_play: bool,
    rate: Rate,
    rendition: Rendition,
    /// Content played when the rendition was switched to.
    moved_at_switch: u64,
    /// The latest live latency, and how long frames had moved when it was reported.
    latency: Option<(Elapsed, Elapsed)>,
    /// What of the time before now was taken for something else; kept where somebody has been told of it already.
    corrections: Option<Vec<Correction>>,
}

impl Machine {
    /// At the start of a session. Keeps the sums of what happens, but not the moments.
    pub(crate) fn new(session: &Session, rules: &Rules) -> Self {
        let (events, outline) = (session.events(), session.outline());
        Self::at_start(
            Tally {
                events: events.len() as u64,
                first: events.first().map(|event| event.ts),
                last: events.last().map(|event| event.ts),
                duration: session.duration(),
                is_live: session.is_live(),
                repaired_durations: outline.wrong_durations,
                ..Tally::default()
            },
            outline.says_play,
            rules,
        )
    }

    /// Before the first event.
    fn at_start(tally: Tally, says_play: bool, rules: &Rules) -> Self {
        let duration = tally.duration;
        let now = tally.first.unwrap_or_default();
        Self {
            rules: *rules,
            head: Playhead::new(duration),
            log: Log::new(duration),
            furthest: duration.map_or(MediaTime::MAX, |duration| duration.saturating_add(rules.past_end)),
            now,
            tally,
            phase: Phase::Idle,
            still: now,
            still_as: Activity::Idle,
            changes: Vec::new(),
            ad: None,
            activity: Activity::Idle,
            paused: false,
            paused_at: now,
            asked: false,
            fresh: true,
            ready: None,
            failed_playing: false,
            survived: false,
            says_play,
            rate: Rate::NORMAL,
            rendition: Rendition::default(),
            moved_at_switch: 0,
            latency: None,
            corrections: None,
        }
    }

    /// The sums.
    pub(crate) fn tally(&self) -> &Tally {
        &self.tally
    }

    /// The stretches of content that were played.
    pub(crate) fn watched(&self) -> &[Watched] {
        &self.log.watched
    }

    /// The longest stall.
    pub(crate) fn longest_stall(&self) -> Elapsed {
        self.log.longest_stall
    }

    /// Where the playhead jumped.
    pub(crate) fn seeks(&self) -> &[Seek] {
        &self.log.seeks
    }

    /// How long waits after seeks took.
    pub(crate) fn restarts(&self) -> &[Elapsed] {
        &self.log.restarts
    }

    /// Follows the session to its end. Of requests alone, it follows what they show, up to the horizon; says how far off
    /// that may be.
    pub(crate) fn follow(&mut self, session: &Session, horizon: Option<Timestamp>) -> Option<Estimates> {
        if session.outline().requests == Asked::Alone {
            let (events, estimates) = requests::tell(session, &self.rules, horizon);
            for event in &events {
                self.step(event);
            }
            self.tally.last.into_iter().for_each(|last| self.pass_time_until(last.max(self.now)));
            self.tally.last = Some(self.now);
            self.finish();
            self.infer_all();
            return Some(estimates);
        }
        if session.outline().requests == Asked::Besides
            && let Some(events) = requests::place(session, &self.rules)
        {
            for event in &events {
                self.step(event);
            }
            self.tally.last.into_iter().for_each(|last| self.pass_time_until(last.max(self.now)));
            self.tally.last = Some(self.now);
            self.finish();
            self.log.watched.iter_mut().for_each(|piece| piece.inferred = true);
            self.tally.placed_by_requests = true;
            return None;
        }
        let mut breaks = session.breaks().iter().copied();
        let mut next_break = breaks.next();
        for (event, index) in session.events().iter().zip(0..) {
            if next_break == Some(index) {
                self.interrupt();
                next_break = breaks.next();
            }
            self.step(event);
        }
        self.finish();
        None
    }

    /// Everything so far was inferred.
    fn infer_all(&mut self) {
        self.log.watched.iter_mut().for_each(|piece| piece.inferred = true);
        self.log.seeks.iter_mut().for_each(|seek| seek.inferred = true);
        self.tally.seeks = self.tally.seeks.as_inferred();
    }

    fn step(&mut self, event: &Event) {
        self.pass_time_until(event.ts);
        if matches!(event.kind, EventKind::Request(_)) {
            return;
        }
        if self.ad.is_some() {
            self.step_in_ad(event);
            return;
        }
        let position = self.credible(event.position);
        // Where the playhead is seen when it happens: before a seek, after anything else.
        let seen = match event.kind {
            EventKind::Seek { from } => self.credible(from),
            EventKind::Load { .. } | EventKind::StateChange { to: PlayerState::Seeking | PlayerState::Loading, .. } => {
                None
            }
            // What an advertisement says of its own position is none of the content's.
            EventKind::AdStart(_) if self.phase == Phase::Playing => {
                position.filter(|position| self.head.could_lead_to(*position, &self.rules))
            }
            _ => position,
        };
        self.show_start(event);
        match seen {
            Some(seen) => self.see(seen, event),
            None => self.log.saw_nothing(),
        }
        self.apply(&event.kind, seen, position);
        if let Some(vitals) = &event.vitals {
            self.take_vitals(vitals, position);
        }
    }

    /// The position, unless it cannot be right.
    fn credible(&mut self, position: Option<MediaTime>) -> Option<MediaTime> {
        if position > Some(self.furthest) {
            self.tally.repaired_positions += 1;
            return None;
        }
        position
    }

    fn pass_time_until(&mut self, ts: Timestamp) {
        // Events are in order.
        let (gap, activity) = (ts.as_millis().abs_diff(self.now.as_millis()), self.activity);
        if gap == 0 {
            return;
        }
        let from = if self.log.keeps_all { self.head.position() } else { None };
        if activity == Activity::Playing {
            self.start(self.now);
            self.head.play(gap, self.rate);
        }
        self.tally.wall.add(activity, gap);
        if self.log.keeps_all {
            let (to, rate, rendition) = (self.head.position(), self.rate, self.rendition);
            self.log.span(Span { start: self.now, end: ts, activity, rate, from, to, rendition });
        }
        self.now = ts;
    }

    /// Another phase begins, with all that follows from it.
    #[inline]
    fn enter(&mut self, phase: Phase) {
        let before = self.phase;
        if phase == Phase::Playing {
            if before != Phase::Playing {
                self.head.go_on();
            }
            self.tally.failed = false;
            self.tally.ended = None;
            self.ready = None;
        } else if before == Phase::Playing {
            self.head.stop(&mut self.log);
        }
        if phase == Phase::Waiting {
            self.log.begin_wait(self.kind_of_wait(), self.now);
        } else if before == Phase::Waiting {
            self.log.end_wait(self.now, matches!(phase, Phase::Ended | Phase::Failed));
        }
        if phase == before {
            self.refresh();
        } else {
            self.phase = phase;
            self.activity = self.activity_now();
            self.stand_still();
        }
    }

    /// The playhead stands still now, unless it plays.
    #[inline]
    fn stand_still(&mut self) {
        self.still = self.now;
        self.still_as = self.activity;
        if !self.changes.is_empty() {
            self.changes.clear();
        }
    }

    /// What a wait that begins or goes on now belongs to.
    fn kind_of_wait(&self) -> WaitKind {
        match self.log.waiting() {
            Some(kind) => kind,
            None if self.fresh => WaitKind::StartUp,
            None if self.head.settling(self.rules.seek_settle) => WaitKind::Seek,
            None => WaitKind::Stall,
        }
    }

    /// Puts the activity in line with phase, wait and advertisement.
    fn refresh(&mut self) {
        let activity = self.activity_now();
        if activity != self.activity {
            self.activity = activity;
            if self.phase != Phase::Playing {
                self.changes.push((self.now, activity));
            }
        }
    }

    /// What follows from phase, wait and advertisement.
    #[inline]
    fn activity_now(&self) -> Activity {
        match (self.ad, self.phase) {
            (Some(Ad { waits: true, .. }), _) => Activity::AdWait,
            (Some(_), _) => Activity::Ad,
            (None, Phase::Playing) => Activity::Playing,
            (None, Phase::Paused) => Activity::Paused,
            (None, Phase::Ended) => Activity::Ended,
            (None, Phase::Failed) => Activity::Failed,
            (None, Phase::Idle) if self.asked && self.fresh => Activity::StartUp,
            (None, Phase::Idle) => Activity::Idle,
            (None, Phase::Waiting) => match self.log.waiting() {
                Some(WaitKind::Seek) => Activity::SeekWait,
                Some(WaitKind::Stall) => Activity::Stall,
                Some(WaitKind::StartUp) | None => Activity::StartUp,
            },
        }
    }

    /// Another rendition is played: what was played of the one before goes to the tally.
    fn switch(&mut self, to: Rendition) {
        let moved = self.head.moved();
        let played = moved.saturating_sub(std::mem::replace(&mut self.moved_at_switch, moved));
        if played > 0 && self.rendition != Rendition::default() {
            RenditionTime::add(&mut self.tally.renditions, self.rendition, MediaTime::from_millis(played));
        }
        if let Some(bitrate) = self.rendition.bitrate {
            let bits = u128::from(bitrate.as_bps()) * u128::from(played);
            self.tally.millibits = self.tally.millibits.saturating_add(bits);
            self.tally.bits_over = self.tally.bits_over.saturating_add(played);
        }
        self.rendition = to;
    }

    /// The live latency is `latency` from now on: the one before held while frames moved.
    #[cold]
    fn lag(&mut self, latency: Option<Elapsed>) {
        let playing = self.tally.wall.of(Activity::Playing);
        if let Some((before, since)) = self.latency {
            self.tally.latency.get_or_insert_default().add(before, playing.saturating_sub(since));
        }
        self.latency = latency.map(|latency| (latency, playing));
    }

    /// The player went to another title: what it did here ended at the last event.
    pub(crate) fn interrupt(&mut self) {
        self.ad = None;
        self.asked = false;
        self.ready = None;
        self.enter(Phase::Idle);
        self.head.place(None);
        self.stand_still();
        if self.tally.first_frame.is_none() {
            self.tally.start_up_from = super::StartUpFrom::default();
        }
    }

    fn finish(&mut self) {
        self.give_up_waiting();
        self.head.stop(&mut self.log);
        self.switch(self.rendition);
        if self.latency.is_some() {
            self.lag(None);
        }
        self.log.end_piece();
        if !matches!(self.phase, Phase::Ended | Phase::Failed) {
            self.tally.exit_waiting = self.activity.is_wait();
        }
        self.log.end_wait(self.now, true);
        self.tally.exit_position = self.head.known();
        self.tally.unplaced = MediaTime::from_millis(self.log.unplaced);
        self.tally.waits = self.log.wait_counts;
        self.tally.seeks = self.log.seek_counts;
    }

    /// The player now.
    fn frame(&self) -> Frame {
        Frame {
            at: self.now,
            activity: self.activity,
            position: self.head.position(),
            rate: self.rate,
            rendition: self.rendition,
        }
    }
}
