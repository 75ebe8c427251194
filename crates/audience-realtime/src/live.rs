//! Who watches what right now.

mod merge;
#[cfg(feature = "serde")]
mod portable;
mod viewers;

use std::collections::HashMap;
use std::sync::Arc;

pub use viewers::{ViewerRow, ViewersSummary};

use audience_core::{Activity, Doing, Envelope, LiveChange, LiveSession, SessionId, Timestamp};
use foldhash::fast::RandomState;

use crate::audience_window::AudienceWindow;
use crate::clock::Clock;
use crate::error::Error;
use crate::figures::WindowFigures;
use crate::key::{Key, Keys, Per};
use crate::presence::Presence;
use crate::spec::LiveSpec;
use crate::tracked::{Belongs, Told, Tracked};

/// Who watches what right now: follows all sessions that are going on, and keeps a sliding window of each audience.
///
/// Events may come in any order, twice, and late by up to [`LiveSpec::lateness`]: what is shown is what it would be had they come in
/// order. Each is understood by the rules of [`Timeline`](audience_core::Timeline), so that in the end the time spent playing is that of
/// [`SessionFacts`](audience_core::SessionFacts). There is no clock in here: time comes with events, and from [`advance`](Self::advance).
///
/// States of different sessions merge exactly. A viewer with sessions in both is one viewer.
///
/// # Examples
///
/// ```
/// use audience_core::{Envelope, Event, EventKind, Timestamp};
/// use audience_realtime::{Key, LiveAudience, LiveSpec};
///
/// let event = |session: &str, secs: i64, kind| Envelope {
///     session_id: session.into(),
///     viewer_id: Some("ann".into()),
///     content_id: Some("film".into()),
///     event: Event::new(Timestamp::from_millis(secs * 1000), kind),
///     attributes: Vec::new(),
/// };
/// let mut live = LiveAudience::new(LiveSpec::default())?;
/// live.advance(Timestamp::from_millis(0));
/// live.observe(event("tv", 0, EventKind::Play));
/// live.observe(event("phone", 60, EventKind::Play));
/// live.observe(event("phone", 60, EventKind::Play)); // sent twice
/// live.advance(Timestamp::from_millis(300_000));
///
/// let figures = live.figures(&Key::title("film")).expect("it is watched");
/// assert_eq!(figures.viewers.peak, 1);
/// assert_eq!(figures.playing.peak, 2);
/// assert_eq!(live.arrivals().duplicates, 1);
/// # Ok::<(), audience_realtime::Error>(())
/// ```
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize), serde(try_from = "portable::Written"))]
pub struct LiveAudience {
    spec: Arc<LiveSpec>,
    clock: Clock,
    sessions: HashMap<SessionId, Tracked, RandomState>,
    keys: Keys,
    /// Of each key.
    windows: Vec<AudienceWindow>,
    /// Of each key and viewer.
    presence: HashMap<(u32, u64), Presence, RandomState>,
    arrivals: Arrivals,
    /// Up to when it has been looked through for those who are silent.
    swept: Option<Timestamp>,
    /// From when on what happened is kept, though no sliding window needs it.
    kept: Option<Timestamp>,
    /// Sessions of requests alone that are not followed any more.
    requests_alone: u64,
}

/// What came of an event.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Arrival {
    /// It was taken in, and none is later.
    OnTime,
    /// It was taken in although later ones came before it.
    Late,
    /// It came later than is waited for.
    TooLate,
    /// It had come before.
    Duplicate,
    /// It is of a time that cannot be yet, and is held back.
    Ahead,
    /// There was no room for it.
    Refused,
}

/// What came of all events.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Arrivals {
    /// Taken in, none being later.
    pub on_time: u64,
    /// Taken in although later ones came before.
    pub late: u64,
    /// Not taken in: they came later than is waited for.
    pub too_late: u64,
    /// Not taken in: they had come before.
    pub duplicates: u64,
    /// Held back for now: of a time that cannot be yet.
    pub ahead: u64,
    /// Not taken in: there were more sessions, or more events held back, than there may be.
    pub refused: u64,
}

impl Arrivals {
    /// Those that were taken in.
    pub const fn taken(&self) -> u64 {
        self.on_time + self.late
    }
}

impl LiveAudience {
    /// Nobody watches.
    ///
    /// # Errors
    ///
    /// Those of [`LiveSpec::check`].
    pub fn new(spec: LiveSpec) -> Result<Self, Error> {
        spec.check()?;
        Ok(Self {
            clock: Clock::new(spec.max_ahead),
            sessions: HashMap::default(),
            keys: Keys::new(spec.max_keys),
            windows: Vec::new(),
            presence: HashMap::default(),
            arrivals: Arrivals::default(),
            swept: None,
            kept: None,
            requests_alone: 0,
            spec: Arc::new(spec),
        })
    }

    /// What it is asked.
    pub fn spec(&self) -> &LiveSpec {
        &self.spec
    }

    /// Takes in an event that has just come. What it is of may only be shown by those that follow: of the first events nobody knows which
    /// clocks are right, so they are held back until there are 16, or until [`advance`](Self::advance) or [`finish`](Self::finish).
    pub fn observe(&mut self, envelope: Envelope) -> Arrival {
        if !self.clock.believes(envelope.event.ts) {
            if self.clock.held() >= self.spec.max_held {
                self.arrivals.refused += 1;
                return Arrival::Refused;
            }
            self.clock.hold(envelope);
            self.release();
            return Arrival::Ahead;
        }
        let arrival = self.admit(envelope);
        self.release();
        arrival
    }

    /// Takes in events whose time has come.
    #[inline]
    fn release(&mut self) {
        while let Some(envelope) = self.clock.release() {
            self.admit(envelope);
        }
    }

    fn admit(&mut self, envelope: Envelope) -> Arrival {
        let at = envelope.event.ts;
        let watermark = self.clock.watermark().unwrap_or(at);
        let behind = watermark.since(at);
        if behind > self.spec.lateness {
            self.arrivals.too_late += 1;
            return Arrival::TooLate;
        }
        let full = self.sessions.len() >= self.spec.max_sessions;
        let tracked = match self.sessions.get_mut(&envelope.session_id) {
            Some(tracked) => tracked,
            None if full => {
                self.arrivals.refused += 1;
                return Arrival::Refused;
            }
            None => self.sessions.entry(envelope.session_id.clone()).or_insert_with(|| Tracked::new(&self.spec)),
        };
        let (windows, presence, spec) = (&mut self.windows, &mut self.presence, &self.spec);
        let is_new = tracked.observe(envelope, watermark, spec, &mut self.keys, |is_so, belongs, told| {
            tell(windows, presence, spec, is_so, belongs, told);
        });
        if !is_new {
            self.arrivals.duplicates += 1;
            return Arrival::Duplicate;
        }
        let limit = Timestamp::from_millis(watermark.as_millis().saturating_sub_unsigned(spec.lateness.as_millis()));
        tracked.settle(limit, spec, &mut self.keys);
        self.sweep_in_time(watermark);
        if behind.is_zero() {
            self.arrivals.on_time += 1;
            Arrival::OnTime
        } else {
            self.arrivals.late += 1;
            Arrival::Late
        }
    }

    /// It is `now`, by a clock that is right: events may come up to then, and who has been silent for too long has left.
    pub fn advance(&mut self, now: Timestamp) {
        self.clock.set(now);
        self.release();
        self.sweep();
    }

    /// What was held back for want of others is taken in, as if no more events came; those of a time that cannot be yet are not.
    pub fn take_held(&mut self) {
        self.clock.finish();
        self.release();
    }

    /// No more events come: what was held back for want of others is taken in, and all who are there left at their last event.
    pub fn finish(&mut self) {
        self.take_held();
        let (windows, presence, spec) = (&mut self.windows, &mut self.presence, &self.spec);
        let now = self.clock.watermark();
        for tracked in self.sessions.values_mut() {
            if let Some(now) = now {
                tracked.refresh(now, spec, &mut self.keys, |is_so, belongs, told| {
                    tell(windows, presence, spec, is_so, belongs, told);
                });
            }
            tracked.leave(|belongs, told| tell(windows, presence, spec, true, belongs, told));
        }
        self.sweep();
    }

    fn window_mut(&mut self, key: u32) -> &mut AudienceWindow {
        window_of(&mut self.windows, key, &self.spec)
    }

    #[inline]
    fn sweep_in_time(&mut self, watermark: Timestamp) {
        let every = self.spec.timeout.as_millis() / 8;
        let swept = *self.swept.get_or_insert(watermark);
        if watermark.since(swept).as_millis() >= every {
            self.sweep();
        }
    }

    /// Who has been silent for too long has left; lets go of what no window needs any more.
    #[cold]
    fn sweep(&mut self) {
        let Some(watermark) = self.clock.watermark() else { return };
        self.swept = self.swept.max(Some(watermark));
        let (windows, presence, spec) = (&mut self.windows, &mut self.presence, &self.spec);
        let mut used = Vec::new();
        self.sessions.retain(|_, tracked| {
            let silent = tracked
                .state()
                .session
                .last_event_at()
                .map_or(watermark.since(watermark), |last| watermark.since(last));
            tracked.refresh(watermark, spec, &mut self.keys, |is_so, belongs, told| {
                tell(windows, presence, spec, is_so, belongs, told);
            });
            if silent > spec.timeout {
                tracked.leave(|belongs, told| tell(windows, presence, spec, true, belongs, told));
            }
            // None comes any more that could be of it.
            let kept = silent <= spec.timeout.saturating_add(spec.lateness);
            if kept {
                for key in tracked.keys() {
                    used.resize(used.len().max(key as usize + 1), false);
                    used[key as usize] = true;
                }
            } else if tracked.is_asking() {
                self.requests_alone += 1;
            }
            kept
        });
        let first = spec.lateness.saturating_add(spec.window.length()).saturating_add(spec.window.bucket());
        let settled = watermark.as_millis().saturating_sub_unsigned(first.as_millis());
        presence.retain(|_, presence| {
            presence.settle(settled);
            !presence.is_nothing()
        });
        used.resize(self.keys.all().len(), false);
        for (used, number) in used.into_iter().zip(0_u32..) {
            let mut window = windows.get_mut(number as usize);
            if let Some(window) = &mut window {
                window.advance_but(watermark, self.kept);
            }
            if !used && window.is_none_or(|window| window.is_idle()) {
                self.keys.remove(number);
            }
        }
    }

    /// Up to when events have come, those of wrong clocks aside.
    pub fn watermark(&self) -> Option<Timestamp> {
        self.clock.watermark()
    }

    /// What came of all events so far.
    pub fn arrivals(&self) -> Arrivals {
        Arrivals { ahead: self.clock.held() as u64, ..self.arrivals }
    }

    /// Sessions so far that consist of requests alone. What their players do is estimated from all of them, anew as they come: see
    /// [`Session::told_by_requests`](audience_core::Session::told_by_requests).
    pub fn sessions_of_requests(&self) -> u64 {
        self.requests_alone + self.sessions.values().filter(|tracked| tracked.is_asking()).count() as u64
    }

    /// Keeps what happens from then on for [`Tumbling`](crate::Tumbling) windows; that is no part of what is written of a state.
    pub(crate) fn keep_from(&mut self, at: Timestamp) {
        self.kept = Some(at);
    }

    /// All audiences there are, in order.
    pub(crate) fn audiences(&self) -> Vec<(&Key, &AudienceWindow)> {
        let of = |(number, key)| Some((key, self.windows.get(number as usize)?));
        let mut audiences: Vec<(&Key, &AudienceWindow)> = self.keys.iter().filter_map(of).collect();
        audiences.sort_unstable_by_key(|(key, _)| *key);
        audiences
    }

    /// How often an audience could not be told apart, because there were [too many](LiveSpec::max_keys).
    pub fn refused_keys(&self) -> u64 {
        self.keys.refused
    }

    /// The window of an audience that ends with the last bucket that is over; `None` of one that nobody was in lately.
    pub fn figures(&self, key: &Key) -> Option<WindowFigures> {
        self.figures_until(key, self.clock.watermark()?)
    }

    /// The window of an audience that ends with the last bucket that is over at `end`, which is not earlier than events may be late.
    pub fn figures_until(&self, key: &Key, end: Timestamp) -> Option<WindowFigures> {
        Some(self.windows.get(self.keys.known(key)? as usize)?.figures_until(end))
    }

    /// The window of an audience.
    pub fn window(&self, key: &Key) -> Option<&AudienceWindow> {
        self.windows.get(self.keys.known(key)? as usize)
    }

    /// The audiences that are told apart by this, those with the most viewers right now first.
    pub fn top(&self, per: &Per) -> Vec<(&Key, u64)> {
        let of = |(number, key)| Some((key, self.windows.get(number as usize)?.viewers()));
        let mut keys: Vec<(&Key, u64)> = self.keys.iter().filter(|(_, key)| key.per == *per).filter_map(of).collect();
        keys.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
        keys
    }

    /// The sessions that are followed, in no particular order; those that are silent for too long are not among them.
    pub fn sessions(&self) -> impl Iterator<Item = (&SessionId, &LiveSession)> {
        self.sessions
            .iter()
            .filter(|(_, tracked)| !tracked.has_left())
            .map(|(id, tracked)| (id, &tracked.state().session))
    }
}

/// Whether a viewer is there.
fn is_there(doing: Option<Doing>) -> bool {
    doing.is_some_and(|doing| doing.activity != Activity::Paused)
}

/// Tells the windows of what a session tells.
#[inline]
fn tell(
    windows: &mut Vec<AudienceWindow>,
    presence: &mut HashMap<(u32, u64), Presence, RandomState>,
    spec: &LiveSpec,
    is_so: bool,
    belongs: &Belongs,
    told: Told,
) {
    for key in &belongs.keys {
        let window = window_of(windows, *key, spec);
        match told {
            Told::Event(at) => {
                window.count_events(at, if is_so { 1 } else { -1 });
                if is_so {
                    window.see_viewer(at, belongs.viewer);
                }
            }
            Told::Change(change) => {
                let change = if is_so { change } else { change.undone() };
                window.change(change);
                let LiveChange::Doing { at, from, to } = change else { continue };
                let by = i64::from(is_there(to)) - i64::from(is_there(from));
                if by == 0 {
                    continue;
                }
                let presence = presence.entry((*key, belongs.viewer)).or_default();
                presence.step(at.as_millis(), by, |coming| coming.tell(window));
            }
        }
    }
}

/// The window of this key.
#[inline]
fn window_of<'w>(windows: &'w mut Vec<AudienceWindow>, key: u32, spec: &LiveSpec) -> &'w mut AudienceWindow {
    while windows.len() <= key as usize {
        let window = AudienceWindow::new(spec.window, spec.lateness, spec.precision).expect("it was checked");
        windows.push(window);
    }
    &mut windows[key as usize]
}
