//! A session that is still going on.

#[cfg(feature = "serde")]
mod written;

use super::outline::{Outliner, says_play};
use super::screen::Screen;
use super::{Attributes, Outline};
use crate::event::{Bitrate, Envelope, Event, EventKind};
use crate::facts::{StartUp, WallTime};
use crate::ids::{ContentId, ViewerId};
use crate::rules::Rules;
use crate::time::{Elapsed, MediaTime, Timestamp};
use crate::timeline::{Activity, Correction, Counted, Frame, Machine};

/// A session that is still going on, followed from event to event by the rules of [`Timeline`](crate::Timeline).
///
/// Events are taken in in their order. Each says what changes: what the player does from some time on, what happened how often. What
/// is told later may correct what was told before, as when a position shows that the player had been playing all along; so changes are
/// signed, and their sum up to any event is what a [`Timeline`](crate::Timeline) of the events up to it says.
///
/// A clone is a place to go back to, where an event comes late.
///
/// Of requests alone nothing is told: what was played follows from all of them together, as events that
/// [`Session::told_by_requests`](crate::Session::told_by_requests) gives.
///
/// # Examples
///
/// ```
/// use audience_core::{Activity, Envelope, Event, EventKind, LiveChange, LiveSession, MediaTime, Rules, Timestamp};
///
/// let event = |secs: i64, kind| Envelope {
///     session_id: "s1".into(),
///     viewer_id: None,
///     content_id: Some("film".into()),
///     event: Event::new(Timestamp::from_millis(secs * 1000), kind).at(MediaTime::from_secs(secs as u64)),
///     attributes: Vec::new(),
/// };
/// let mut session = LiveSession::new(Rules::default());
/// let mut playing = 0;
/// for envelope in [event(0, EventKind::Play), event(10, EventKind::BufferStart), event(12, EventKind::buffer_end())] {
///     session.observe(&envelope, |_, change| {
///         if let LiveChange::Doing { from, to, .. } = change {
///             let plays = |doing: Option<audience_core::Doing>| i32::from(doing.is_some_and(|doing| doing.activity == Activity::Playing));
///             playing += plays(to) - plays(from);
///         }
///     });
/// }
/// assert_eq!(playing, 1);
/// let view = session.views().next().unwrap();
/// assert_eq!(view.stalls(), 1);
/// assert_eq!(view.wall().playing.as_secs_f64(), 10.0);
/// ```
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "written::Written"))]
pub struct LiveSession {
    rules: Rules,
    /// In order of appearance.
    views: Vec<View>,
    screen: Screen,
    /// The title named last.
    latest: usize,
    events: u64,
    viewer: Option<ViewerId>,
    attributes: Attributes,
    last: Option<Timestamp>,
    /// How often viewer, titles or attributes changed.
    revision: u64,
    /// Whether events may have been taken to be of a title that was not on screen.
    mistook_screen: bool,
}

/// One title of the session.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own about one title")]
struct View {
    /// `None` until an event names it.
    content: Option<ContentId>,
    outliner: Outliner,
    /// What the player follows of the outline.
    known: Outline,
    is_live: bool,
    /// Whether any of its events says that frames move, as far as is known; it may be known before the first.
    says_play: bool,
    /// The same of events that name the title, which is what tells whether it is on screen.
    says_play_itself: bool,
    /// The same of events that were taken in already.
    said_play_itself: bool,
    /// Whether the end of a wait was taken for frames that move, because no event said so.
    took_wait_for_play: bool,
    machine: Option<Machine>,
    doing: Option<Doing>,
    /// Whether another title was on screen since the last event.
    is_away: bool,
    failed_at: Option<Timestamp>,
}

/// What a player does.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Doing {
    /// Neither [`Idle`](Activity::Idle) nor [`Ended`](Activity::Ended) nor [`Failed`](Activity::Failed).
    pub activity: Activity,
    /// What it plays, while frames move and as far as the player said.
    pub bitrate: Option<Bitrate>,
}

/// What an event changed in what is known of a session.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum LiveChange {
    /// From `at` on, one player less does `from` and one more does `to`; `None` is to do nothing.
    Doing {
        /// Since when.
        at: Timestamp,
        /// What it is not doing.
        from: Option<Doing>,
        /// What it is doing instead.
        to: Option<Doing>,
    },
    /// Something happened, or had not happened.
    Happened {
        /// When.
        at: Timestamp,
        /// What.
        what: Happening,
        /// How often; less than 0 where it was told of before and had not happened.
        times: i64,
    },
}

impl LiveChange {
    /// Since when.
    pub const fn at(self) -> Timestamp {
        match self {
            Self::Doing { at, .. } | Self::Happened { at, .. } => at,
        }
    }

    /// What takes the change back.
    #[must_use]
    pub const fn undone(self) -> Self {
        match self {
            Self::Doing { at, from, to } => Self::Doing { at, from: to, to: from },
            Self::Happened { at, what, times } => Self::Happened { at, what, times: -times },
        }
    }
}

/// What happens in a session.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum Happening {
    /// The first frame was seen; how long the viewer had waited for it, where that is known.
    Start(Option<Elapsed>),
    /// A stall began.
    Stall,
    /// The playhead was moved.
    Seek,
    /// Another rendition is played.
    QualityChange,
    /// The player reported an error.
    Error,
    /// The player gave up.
    Failure,
}

/// One title of a [`LiveSession`], as it is after the last event.
#[derive(Clone, Copy, Debug)]
pub struct LiveView<'s> {
    view: &'s View,
    machine: &'s Machine,
}

impl LiveSession {
    /// A session before its first event.
    pub fn new(rules: Rules) -> Self {
        Self {
            rules,
            views: Vec::new(),
            screen: Screen::default(),
            latest: 0,
            events: 0,
            viewer: None,
            attributes: Attributes::new(),
            last: None,
            revision: 0,
            mistook_screen: false,
        }
    }

    /// The same session before its first event, knowing what of it must be known beforehand: which titles' events say that frames
    /// move.
    #[must_use]
    pub fn restart(&self) -> Self {
        let blank = |view: &View| View {
            says_play: view.says_play && !self.mistook_screen,
            says_play_itself: view.says_play_itself,
            ..View::new(view.content.clone())
        };
        Self { views: self.views.iter().map(blank).collect(), ..Self::new(self.rules) }
    }

    /// Knows from now on what the other, which is the same session further on, has learned: which titles' events say that frames move.
    pub fn learn_from(&mut self, further: &Self) {
        for view in &further.views {
            let known = self.views.iter_mut().find(|known| known.content == view.content);
            if let Some(known) = known {
                known.says_play |= view.says_play;
                known.says_play_itself |= view.says_play_itself;
            } else {
                let (says_play, says_play_itself) = (view.says_play, view.says_play_itself);
                self.views.push(View { says_play, says_play_itself, ..View::new(view.content.clone()) });
                self.revision += 1;
            }
        }
    }

    /// Takes in the next event, whose session id is taken to be this one's, and gives what it changes to `changed`, with the number of the
    /// view. Gives the number of the view that the event is of, and whether all would be understood better from the [start](Self::restart).
    pub fn observe(&mut self, envelope: &Envelope, mut changed: impl FnMut(usize, LiveChange)) -> (usize, bool) {
        let event = &envelope.event;
        self.events += 1;
        self.last = self.last.max(Some(event.ts));
        if envelope.viewer_id.is_some() && envelope.viewer_id != self.viewer {
            self.viewer.clone_from(&envelope.viewer_id);
            self.revision += 1;
        }
        for (name, value) in &envelope.attributes {
            if self.attributes.get(name) != Some(value) {
                self.attributes.set(name.clone(), value.clone());
                self.revision += 1;
            }
        }
        let at = self.view_of(envelope.content_id.as_ref());
        let view = &mut self.views[at];
        let mut learned = false;
        if envelope.content_id.is_some() && says_play(&event.kind) {
            view.said_play_itself = true;
            if !std::mem::replace(&mut view.says_play_itself, true) {
                learned = view.took_wait_for_play;
                self.mistook_screen |= learned;
            }
        }
        if self.screen.see(at, event, view.says_play_itself, self.events) {
            for (other, view) in self.views.iter_mut().enumerate().filter(|(other, _)| *other != at) {
                view.leave(|change| changed(other, change));
            }
        }
        let is_live = matches!(self.attributes.get("stream_type"), Some("live" | "low_latency_live"));
        learned |= self.views[at].observe(event, is_live, &self.rules, |change| changed(at, change));
        (at, learned)
    }

    /// What changes if no other event comes: what the player did ended at the last one.
    pub fn close(&self, mut changed: impl FnMut(usize, LiveChange)) {
        for (at, view) in self.views.iter().enumerate() {
            view.close(|change| changed(at, change));
        }
    }

    /// The number of the view of this title; without a title, of the one on screen, or else of the latest.
    fn view_of(&mut self, content: Option<&ContentId>) -> usize {
        let Some(content) = content else {
            if self.views.is_empty() {
                self.views.push(View::new(None));
                self.revision += 1;
            }
            return self.screen.on().unwrap_or(self.latest);
        };
        // Most sessions have one.
        let known = self.views.iter().position(|view| view.content.as_ref().is_none_or(|known| known == content));
        self.latest = known.unwrap_or(self.views.len());
        match known {
            Some(at) if self.views[at].content.is_some() => return self.latest,
            Some(at) => self.views[at].content = Some(content.clone()),
            None => self.views.push(View::new(Some(content.clone()))),
        }
        self.revision += 1;
        self.latest
    }

    /// Who watches: the last one named.
    pub fn viewer_id(&self) -> Option<&ViewerId> {
        self.viewer.as_ref()
    }

    /// What describes it: of each name, the last value.
    pub fn attributes(&self) -> &Attributes {
        &self.attributes
    }

    /// How often what it is about has changed so far: its viewer, its titles, its attributes.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// When the last event was.
    pub fn last_event_at(&self) -> Option<Timestamp> {
        self.last
    }

    /// How many events there were.
    pub fn events(&self) -> u64 {
        self.events
    }

    /// Whether what must be known of it beforehand has been said by the events that were taken in.
    pub fn is_told(&self) -> bool {
        let mut seen = self.views.iter().filter(|view| view.machine.is_some());
        seen.all(|view| view.said_play_itself && view.outliner.outline().says_play)
    }

    /// The title of the view of this number.
    pub fn content_id(&self, view: usize) -> Option<&ContentId> {
        self.views.get(view)?.content.as_ref()
    }

    /// What the player does in the view of this number.
    pub fn doing(&self, view: usize) -> Option<Doing> {
        self.views.get(view)?.doing
    }

    /// How many titles there are, those of which no event is known yet among them.
    pub fn view_count(&self) -> usize {
        self.views.len()
    }

    /// Bytes held, about: without what ids and attributes share.
    pub fn size_bytes(&self) -> usize {
        size_of::<Self>() + self.views.capacity() * size_of::<View>()
    }

    /// The titles of which there are events.
    pub fn views(&self) -> impl Iterator<Item = LiveView<'_>> {
        self.views.iter().filter_map(|view| Some(LiveView { view, machine: view.machine.as_ref()? }))
    }
}

impl View {
    fn new(content: Option<ContentId>) -> Self {
        Self {
            content,
            outliner: Outliner::default(),
            known: Outline::default(),
            is_live: false,
            says_play: false,
            says_play_itself: false,
            said_play_itself: false,
            took_wait_for_play: false,
            machine: None,
            doing: None,
            is_away: false,
            failed_at: None,
        }
    }

    #[inline]
    fn observe(&mut self, event: &Event, is_live: bool, rules: &Rules, mut changed: impl FnMut(LiveChange)) -> bool {
        self.outliner.see(event);
        let outline = self.outliner.outline();
        let learned = outline.says_play && !self.says_play && self.took_wait_for_play;
        self.says_play |= outline.says_play;
        let said = self.says_play && self.says_play_itself;
        self.took_wait_for_play |= !said && matches!(event.kind, EventKind::BufferEnd { .. });
        let outline = Outline { says_play: self.says_play, ..outline };
        let machine = self.machine.get_or_insert_with(|| Machine::live(event.ts, rules));
        let is_live = is_live || outline.is_live;
        if outline != self.known || is_live != self.is_live {
            machine.learn(&outline, outline.duration.filter(|_| !is_live), is_live);
            (self.known, self.is_live) = (outline, is_live);
        }
        let before = machine.counted();
        if std::mem::take(&mut self.is_away) {
            machine.interrupt();
        }
        let bitrate = machine.bitrate();
        machine.take_in(event, |correction| correct(correction, bitrate, &mut changed));
        let after = machine.counted();
        if before != after {
            count(&before, &after, event.ts, self.failed_at, &mut changed);
            if before.failed != after.failed {
                self.failed_at = after.failed.then_some(event.ts);
            }
        }
        self.go_on(event.ts, changed);
        learned
    }

    /// Says what the player does from `at` on, if that is something else.
    #[inline]
    fn go_on(&mut self, at: Timestamp, mut changed: impl FnMut(LiveChange)) {
        let doing = self.machine.as_ref().and_then(|machine| Doing::of(&machine.now()));
        let before = std::mem::replace(&mut self.doing, doing);
        if before != doing {
            changed(LiveChange::Doing { at, from: before, to: doing });
        }
    }

    /// Another title is on screen: what the player did here ended at the last event.
    fn leave(&mut self, mut changed: impl FnMut(LiveChange)) {
        let Some(machine) = &self.machine else { return };
        self.is_away = true;
        if let Some(doing) = self.doing.take() {
            changed(LiveChange::Doing { at: machine.now().at, from: Some(doing), to: None });
        }
    }

    fn close(&self, mut changed: impl FnMut(LiveChange)) {
        let Some(machine) = &self.machine else { return };
        let at = machine.now().at;
        if let Some(ended) = machine.ended(|correction| correct(correction, machine.bitrate(), &mut changed)) {
            count(&machine.counted(), &ended.counted(), at, self.failed_at, &mut changed);
        }
        if self.doing.is_some() {
            changed(LiveChange::Doing { at, from: self.doing, to: None });
        }
    }
}

impl Doing {
    /// What a player does that is seen like this.
    fn of(frame: &Frame) -> Option<Self> {
        Self::at(frame.activity, frame.rendition.bitrate)
    }

    fn at(activity: Activity, bitrate: Option<Bitrate>) -> Option<Self> {
        let there = !matches!(activity, Activity::Idle | Activity::Ended | Activity::Failed);
        there.then_some(Self { activity, bitrate: bitrate.filter(|_| activity == Activity::Playing) })
    }
}

/// Says what was counted at `now`.
#[cold]
fn count(
    before: &Counted,
    after: &Counted,
    now: Timestamp,
    failed_at: Option<Timestamp>,
    changed: &mut impl FnMut(LiveChange),
) {
    let mut happened = |at: Timestamp, what: Happening, times: i64| {
        if times != 0 {
            changed(LiveChange::Happened { at, what, times });
        }
    };
    let more = |before: u64, after: u64| after as i64 - before as i64;
    // One that was none is taken back from when it was told of.
    let stalls = more(before.stalls, after.stalls);
    let of_stall = if stalls < 0 { before.stalled_since } else { after.stalled_since };
    happened(of_stall.unwrap_or(now), Happening::Stall, stalls);
    happened(now, Happening::Seek, more(before.seeks, after.seeks));
    happened(now, Happening::QualityChange, more(before.quality_changes, after.quality_changes));
    happened(now, Happening::Error, more(before.errors, after.errors));
    match (before.failed, after.failed) {
        (false, true) => happened(now, Happening::Failure, 1),
        (true, false) => happened(failed_at.unwrap_or(now), Happening::Failure, -1),
        _ => {}
    }
    if let Some(at) = after.first_frame.filter(|_| before.first_frame.is_none()) {
        happened(at, Happening::Start(after.startup.map(|startup| startup.time)), 1);
    }
}

/// A correction is a change at its start and one back at its end.
#[cold]
fn correct(correction: Correction, bitrate: Option<Bitrate>, changed: &mut impl FnMut(LiveChange)) {
    let (was, is) = (Doing::at(correction.was, bitrate), Doing::at(correction.is, bitrate));
    changed(LiveChange::Doing { at: correction.from, from: was, to: is });
    changed(LiveChange::Doing { at: correction.until, from: is, to: was });
}

impl<'s> LiveView<'s> {
    /// What is watched, where an event says so.
    pub fn content_id(self) -> Option<&'s ContentId> {
        self.view.content.as_ref()
    }

    /// What the player does, if anything.
    pub fn doing(self) -> Option<Doing> {
        self.view.doing
    }

    /// The player after the last event of this title.
    pub fn frame(self) -> Frame {
        self.machine.now()
    }

    /// Whether it is a live stream.
    pub fn is_live(self) -> bool {
        self.view.is_live
    }

    /// How long the content is, where the session says so.
    pub fn duration(self) -> Option<MediaTime> {
        self.machine.tally().duration
    }

    /// When the first event was.
    pub fn started_at(self) -> Timestamp {
        self.machine.tally().first.unwrap_or_default()
    }

    /// How long the viewer waited for the first frame.
    pub fn startup(self) -> Option<StartUp> {
        self.machine.tally().startup
    }

    /// Wall-clock time by activity, up to the last event.
    pub fn wall(self) -> WallTime {
        self.machine.wall()
    }

    /// Stalls, the one that is going on among them.
    pub fn stalls(self) -> u64 {
        self.machine.counted().stalls
    }

    /// Quality changes.
    pub fn quality_changes(self) -> u64 {
        self.machine.tally().quality_changes
    }

    /// Errors that the player reported.
    pub fn errors(self) -> u64 {
        self.machine.tally().errors
    }
}
