//! The state machine behind [`Timeline`]: what holds between events, and where the playhead is seen.

mod transitions;

use super::log::Log;
use super::playhead::{Arrival, Playhead};
use super::{Activity, Seek, Span, Tally, Timeline, WaitKind, WallClock, Watched};
use crate::event::{Event, EventKind, PlayerState, Rendition};
use crate::rules::Rules;
use crate::session::Session;
use crate::time::{MediaTime, Rate, Timestamp};

/// What the player did, from moment to moment.
pub(super) fn reconstruct(session: &Session, rules: &Rules) -> Timeline {
    let mut machine = Machine::new(session, rules);
    machine.log.keep_all(session.events().len());
    machine.follow(session);
    let Machine { log, tally, .. } = machine;
    Timeline { spans: log.spans, watched: log.watched.into_vec(), seeks: log.seeks, waits: log.waits, tally }
}

/// What the content is doing, advertisements aside.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Phase {
    Idle,
    Waiting,
    Playing,
    Paused,
    Ended,
}

/// What was counted before a fatal error. What comes after holds only if something shows that playback survived it.
#[derive(Clone, Copy, Debug)]
struct Doubt {
    since: Timestamp,
    first_span: usize,
    wall: WallClock,
    millibits: u128,
    bits_over: u64,
}

/// Follows one session.
#[derive(Debug)]
pub(crate) struct Machine<'a> {
    rules: &'a Rules,
    head: Playhead,
    log: Log,
    tally: Tally,
    /// No position can lie past this one.
    furthest: MediaTime,
    now: Timestamp,
    phase: Phase,
    /// In an advertisement, and whether it waits.
    ad: Option<bool>,
    /// What follows from phase and advertisement.
    activity: Activity,
    /// Whether the last of play and pause was a pause.
    paused: bool,
    /// Whether the session says somewhere that frames move, so that the end of a wait need not be taken for it.
    says_play: bool,
    started: bool,
    rate: Rate,
    rendition: Rendition,
    /// Milliseconds of content played of this rendition that are not in the tally yet.
    played: u64,
    doubt: Option<Doubt>,
}

impl<'a> Machine<'a> {
    /// At the start of a session. Keeps the sums of what happens, but not the moments.
    pub(crate) fn new(session: &Session, rules: &'a Rules) -> Self {
        let (events, outline) = (session.events(), session.outline());
        let duration = session.duration();
        let tally = Tally {
            events: events.len() as u64,
            first: events.first().map(|event| event.ts),
            last: events.last().map(|event| event.ts),
            duration,
            is_live: outline.is_live,
            repaired_durations: outline.wrong_durations,
            ..Tally::default()
        };
        Self {
            rules,
            head: Playhead::default(),
            log: Log::new(duration),
            furthest: duration.map_or(MediaTime::MAX, |duration| duration.saturating_add(rules.past_end)),
            now: tally.first.unwrap_or_default(),
            tally,
            phase: Phase::Idle,
            ad: None,
            activity: Activity::Idle,
            paused: false,
            says_play: outline.says_play,
            started: false,
            rate: Rate::NORMAL,
            rendition: Rendition::default(),
            played: 0,
            doubt: None,
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

    /// Follows the session to its end.
    pub(crate) fn follow(&mut self, session: &Session) {
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
    }

    fn step(&mut self, event: &Event) {
        let position = self.credible(event.position);
        // Where the playhead is seen when it happens: before a seek, after anything else.
        let seen = match event.kind {
            EventKind::Seek { from } => self.credible(from),
            EventKind::Load { .. } | EventKind::StateChange { to: PlayerState::Seeking | PlayerState::Loading, .. } => {
                None
            }
            _ => position,
        };
        if self.phase == Phase::Ended && self.goes_on_after_end(event, position) {
            self.enter(Phase::Playing);
        }
        let playing = self.activity == Activity::Playing;
        self.pass_time_until(event.ts);
        if let Some(seen) = seen.filter(|_| self.ad.is_none()) {
            self.arrive(seen, playing);
        }
        if self.doubt.is_some() && shows_life(event) {
            self.survive();
        }
        self.apply(&event.kind, seen, position);
        if let Some(vitals) = &event.vitals {
            self.take_vitals(vitals);
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
            self.played = self.played.saturating_add(self.head.play(gap, self.rate));
        }
        self.tally.wall.add(activity, gap);
        if self.log.keeps_all {
            let (to, rate, rendition) = (self.head.position(), self.rate, self.rendition);
            self.log.spans.push(Span { start: self.now, end: ts, activity, rate, from, to, rendition });
        }
        self.now = ts;
    }

    /// The playhead is seen at a position.
    fn arrive(&mut self, position: MediaTime, playing: bool) {
        if self.doubt.is_some()
            && self.head.known().is_some_and(|known| position > known.saturating_add(self.rules.slack))
        {
            self.survive();
        }
        if self.log.keeps_all
            && let Some(span) = self.log.spans.last_mut().filter(|span| span.end == self.now)
        {
            span.to = Some(position);
        }
        if let Arrival::Jumped(from) = self.head.arrive(position, playing, self.rules, &mut self.log)
            // Before the first frame the playhead is put where playback begins, which is no seek.
            && self.started
        {
            self.log.seek(Seek { at: self.now, from: Some(from), to: Some(position), inferred: true });
            self.head.seek(Some(position));
        }
    }

    /// Whether an end was not the end: the playhead moves on as playback moves it.
    fn goes_on_after_end(&self, event: &Event, position: Option<MediaTime>) -> bool {
        if event.kind != EventKind::Heartbeat {
            return false;
        }
        let (Some(position), Some(before)) = (position, self.head.position()) else { return false };
        let ahead = position.saturating_sub(before);
        ahead > self.rules.slack
            && ahead <= self.rules.max_rate.advance(event.ts.since(self.now)).saturating_add(self.rules.slack)
    }

    /// Playback visibly went on after a fatal error.
    fn survive(&mut self) {
        self.doubt = None;
        self.tally.failed_for_good = false;
    }

    /// Another phase begins, with all that follows from it.
    #[inline]
    fn enter(&mut self, phase: Phase) {
        if self.phase == Phase::Playing && phase != Phase::Playing {
            self.head.stop(&mut self.log);
        }
        if phase == Phase::Playing {
            self.tally.failed_for_good = false;
            self.tally.ended_at = None;
        }
        // What happens under an advertisement shows when it is over.
        if self.ad.is_none() && (phase == Phase::Waiting || self.phase == Phase::Waiting) {
            self.change_wait(phase == Phase::Waiting);
        }
        self.phase = phase;
        self.refresh();
    }

    /// A wait begins, goes on or ends.
    fn change_wait(&mut self, waiting: bool) {
        if !waiting {
            self.log.end_wait(self.now, false);
            return;
        }
        let kind = match self.log.waiting() {
            Some(kind) => kind,
            None if !self.started => WaitKind::StartUp,
            None if self.head.settling(self.rules.seek_settle) => WaitKind::Seek,
            None => WaitKind::Stall,
        };
        self.log.begin_wait(kind, self.now);
    }

    /// Puts the activity in line with phase, wait and advertisement.
    fn refresh(&mut self) {
        self.activity = match (self.ad, self.phase) {
            (None, Phase::Playing) => Activity::Playing,
            (None, Phase::Paused) => Activity::Paused,
            (None, Phase::Ended) => Activity::Ended,
            (None, Phase::Idle) if self.tally.request.is_some() && !self.started => Activity::StartUp,
            (None, Phase::Idle) => Activity::Idle,
            (None, Phase::Waiting) => match self.log.waiting() {
                Some(WaitKind::Seek) => Activity::SeekWait,
                Some(WaitKind::Stall) => Activity::Stall,
                Some(WaitKind::StartUp) | None => Activity::StartUp,
            },
            (Some(true), _) => Activity::AdWait,
            (Some(false), _) => Activity::Ad,
        };
    }

    /// Another rendition is played: what was played of the one before goes to the tally.
    fn switch(&mut self, to: Rendition) {
        let played = std::mem::take(&mut self.played);
        if let Some(bitrate) = self.rendition.bitrate {
            let bits = u128::from(bitrate.as_bps()) * u128::from(played);
            self.tally.millibits = self.tally.millibits.saturating_add(bits);
            self.tally.bits_over = self.tally.bits_over.saturating_add(played);
        }
        self.rendition = to;
    }

    /// The player went to another title: what it did here ended at the last event.
    fn interrupt(&mut self) {
        self.ad = None;
        self.enter(Phase::Idle);
        self.head.place(None);
    }

    fn finish(&mut self) {
        self.switch(Rendition::default());
        let mut end = self.now;
        if let Some(doubt) = self.doubt {
            end = doubt.since;
            self.tally.wall.fail_since(&doubt.wall);
            for span in self.log.spans.iter_mut().skip(doubt.first_span) {
                if span.activity.is_in_doubt() {
                    span.activity = Activity::Failed;
                }
            }
            self.tally.millibits = doubt.millibits;
            self.tally.bits_over = doubt.bits_over;
        } else {
            self.head.stop(&mut self.log);
        }
        self.log.end_piece();
        self.tally.exit_waiting = self.phase == Phase::Waiting;
        self.log.end_wait(end, true);
        self.tally.exit_position = self.head.known();
        self.tally.unplaced = MediaTime::from_millis(self.log.unplaced);
        self.tally.waits = self.log.wait_counts;
        self.tally.seeks = self.log.seek_counts;
    }
}

/// Whether the event shows that a player which reported a fatal error plays on.
fn shows_life(event: &Event) -> bool {
    let lives = |state: PlayerState| !matches!(state, PlayerState::Idle | PlayerState::Loading | PlayerState::Error);
    let by_kind = match &event.kind {
        EventKind::Play
        | EventKind::Pause
        | EventKind::Seek { .. }
        | EventKind::BufferStart
        | EventKind::End { .. } => true,
        EventKind::StateChange { to, .. } => lives(*to),
        _ => false,
    };
    by_kind || event.vitals.as_ref().and_then(|vitals| vitals.state).is_some_and(lives)
}
