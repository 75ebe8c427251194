//! One session, whose events come in about the right order.

use std::collections::BTreeMap;
use std::sync::Arc;

use audience_core::{Attributes, Envelope, EventKind, LiveChange, LiveSession, SessionBuilder, Timestamp};
use audience_stats::hash::hash64;
use smallvec::SmallVec;

use crate::key::{Keys, key_of};
use crate::spec::LiveSpec;

/// The numbers of the keys that a view is of, and the viewer, by a hash.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct Belongs {
    pub(crate) keys: SmallVec<[u32; 4]>,
    pub(crate) viewer: u64,
}

/// What a session tells of its audiences.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Told {
    Event(Timestamp),
    Change(LiveChange),
}

/// A session up to some event.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct State {
    pub(crate) session: LiveSession,
    /// How many sessions of the same id there were before it, which silence ended.
    generation: u32,
    /// Of each view; of none before the first event.
    belongs: SmallVec<[Belongs; 1]>,
    /// What of the session that goes back to; `None` before the first event.
    revision: Option<u64>,
}

/// A session before its first event, knowing what must be known beforehand, and which of those of its id it is.
type Hint = (u32, LiveSession);

impl State {
    fn new(generation: u32, session: LiveSession) -> Self {
        Self { session, generation, belongs: SmallVec::new(), revision: None }
    }

    /// Takes in the next event, which counts unless it only tells of others. Gives what would have been good to know from the start.
    #[inline]
    fn step(
        &mut self,
        envelope: &Envelope,
        counts: bool,
        hints: &[Hint],
        spec: &LiveSpec,
        keys: &mut Keys,
        mut tell: impl FnMut(&Belongs, Told),
    ) -> Option<Hint> {
        let at = envelope.event.ts;
        if self.session.last_event_at().is_some_and(|last| at.since(last) > spec.timeout) {
            self.close(&mut tell);
            let generation = self.generation.wrapping_add(1);
            let hint = hints.iter().find(|(of, _)| *of == generation);
            *self = Self::new(generation, hint.map_or_else(|| LiveSession::new(spec.rules), |(_, hint)| hint.clone()));
        }
        let mut changes: SmallVec<[(usize, LiveChange); 4]> = SmallVec::new();
        let (view, learned) = self.session.observe(envelope, |view, change| changes.push((view, change)));
        if self.revision != Some(self.session.revision()) {
            self.revise(envelope, &mut changes, spec, keys, &mut tell);
        }
        if counts {
            tell(&self.belongs[view], Told::Event(at));
        }
        for (view, change) in changes {
            tell(&self.belongs[view], Told::Change(change));
        }
        learned.then(|| (self.generation, self.session.restart()))
    }

    /// The session is about something else now: what a player does counts where it belongs from now on.
    #[cold]
    fn revise(
        &mut self,
        envelope: &Envelope,
        changes: &mut SmallVec<[(usize, LiveChange); 4]>,
        spec: &LiveSpec,
        keys: &mut Keys,
        tell: &mut impl FnMut(&Belongs, Told),
    ) {
        let now = envelope.event.ts;
        self.revision = Some(self.session.revision());
        let id = self.session.viewer_id().map_or(envelope.session_id.as_str(), |viewer| viewer.as_str());
        let viewer = hash64(id.as_bytes(), 0);
        for view in 0..self.session.view_count() {
            let mut belongs = Belongs { keys: SmallVec::new(), viewer };
            belongs.keys.extend(spec.per.iter().filter_map(|per| keys.number(&key_of(per, &self.session, view))));
            let Some(old) = self.belongs.get(view).cloned() else {
                self.belongs.push(belongs);
                continue;
            };
            if old == belongs {
                continue;
            }
            // What comes of the time before now is of where it belonged then.
            changes.retain(|(of, change)| {
                let earlier = *of == view && change.at() < now;
                if earlier {
                    tell(&old, Told::Change(*change));
                }
                !earlier
            });
            let first = changes.iter().find_map(|(of, change)| match change {
                LiveChange::Doing { from, .. } if *of == view => Some(*from),
                _ => None,
            });
            if let Some(doing) = first.unwrap_or_else(|| self.session.doing(view)) {
                tell(&old, Told::Change(LiveChange::Doing { at: now, from: Some(doing), to: None }));
                tell(&belongs, Told::Change(LiveChange::Doing { at: now, from: None, to: Some(doing) }));
            }
            self.belongs[view] = belongs;
        }
    }

    /// What is so if no other event comes.
    fn close(&self, mut tell: impl FnMut(&Belongs, Told)) {
        self.session.close(|view, change| tell(&self.belongs[view], Told::Change(change)));
    }

    fn keys(&self) -> impl Iterator<Item = u32> + '_ {
        self.belongs.iter().flat_map(|belongs| belongs.keys.iter().copied())
    }
}

/// A session that is followed: as it is after all events that have come, and what it takes to take in one that is late.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own about one session")]
pub(crate) struct Tracked {
    /// Up to the last event that none can come before any more.
    start: Box<State>,
    /// Whether any event of that session is settled.
    is_settled: bool,
    /// Of sessions whose events are all recent.
    hints: SmallVec<[Hint; 1]>,
    /// The events after that, in order.
    #[cfg_attr(feature = "serde", serde(with = "crate::stored::many"))]
    recent: Vec<Envelope>,
    now: Box<State>,
    /// Whether there are requests, and whether anything else tells what the player does.
    asks: bool,
    tells: bool,
    /// What requests show, where nothing else tells it, as events in order.
    #[cfg_attr(feature = "serde", serde(with = "crate::stored::many"))]
    story: Vec<Envelope>,
    /// How many requests came since that was told.
    untold: usize,
    /// Whether it is taken to have ended at its last event.
    left: bool,
}

/// What comes late: an event, or what else is known of one.
enum Late {
    New(usize, Envelope),
    Known(usize, Envelope),
}

/// So many events are settled at once, at least.
const SETTLED: usize = 8;
/// So many events are kept until one says that frames move, which must be known beforehand.
const UNTOLD: usize = 64;
/// So many requests are kept where they are all there is: four hours' worth.
const MOST_REQUESTS: usize = 1 << 12;
/// So often a session is started again, having learned what must be known beforehand.
const RESTARTS: usize = 8;

impl Tracked {
    pub(crate) fn new(spec: &LiveSpec) -> Self {
        let start = Box::new(State::new(0, LiveSession::new(spec.rules)));
        Self {
            now: start.clone(),
            start,
            is_settled: false,
            hints: SmallVec::new(),
            recent: Vec::new(),
            asks: false,
            tells: false,
            story: Vec::new(),
            untold: 0,
            left: false,
        }
    }

    pub(crate) fn state(&self) -> &State {
        &self.now
    }

    /// Keys have other numbers now, or none.
    pub(crate) fn renumber(&mut self, numbers: &[Option<u32>]) {
        for belongs in self.start.belongs.iter_mut().chain(&mut self.now.belongs) {
            let number = |key: &u32| numbers.get(*key as usize).copied().flatten();
            belongs.keys = belongs.keys.iter().filter_map(number).collect();
        }
    }

    /// The numbers of the keys that it is of.
    pub(crate) fn keys(&self) -> impl Iterator<Item = u32> + '_ {
        self.start.keys().chain(self.now.keys())
    }

    /// Whether it can have come of events.
    #[cfg(feature = "serde")]
    pub(crate) fn is_whole(&self) -> bool {
        let whole = |state: &State| {
            let (known, views) = (state.belongs.len(), state.session.view_count());
            // Where each belongs is found out at the next event.
            let knows_all = state.revision == Some(state.session.revision());
            let acts = |view: usize| state.session.doing(view).is_some();
            if knows_all { known == views } else { known <= views && !(known..views).any(acts) }
        };
        whole(&self.start)
            && whole(&self.now)
            && self.recent.is_sorted_by(|a, b| a.event <= b.event)
            && self.story.is_sorted_by_key(|told| told.event.ts)
    }

    /// Bytes held, about: without what events and ids share.
    #[cfg(feature = "serde")]
    pub(crate) fn size_bytes(&self) -> usize {
        let recent = self.recent.capacity() * size_of::<Envelope>();
        let session = |state: &State| size_of::<State>() + state.session.size_bytes();
        size_of::<Self>() + recent + session(&self.start) + session(&self.now)
    }

    pub(crate) fn has_left(&self) -> bool {
        self.left
    }

    /// Takes in an event; `tell` is told what changes, and whether it is so or, having been told before, not. What has been told of the
    /// same events is the same in whatever order they came. Gives whether the event is new.
    pub(crate) fn observe(
        &mut self,
        envelope: Envelope,
        now: Timestamp,
        spec: &LiveSpec,
        keys: &mut Keys,
        mut tell: impl FnMut(bool, &Belongs, Told),
    ) -> bool {
        let place = match self.place(&envelope) {
            Ok(place) => place,
            Err(known) => {
                self.join(known, envelope, spec, keys, tell);
                return false;
            }
        };
        if std::mem::take(&mut self.left) {
            self.now.close(|belongs, told| tell(false, belongs, told));
        }
        let is_request = matches!(envelope.event.kind, EventKind::Request(_));
        if is_request || self.asks {
            self.observe_asking(place, envelope, now, spec, keys, tell);
        } else if place == self.recent.len() {
            self.tells = self.tells || envelope.event.tells_playback();
            let hint =
                self.now.step(&envelope, true, &self.hints, spec, keys, |belongs, told| tell(true, belongs, told));
            self.recent.push(envelope);
            if hint.is_some() {
                self.retell(hint, None, spec, keys, tell);
            }
        } else {
            self.tells = self.tells || envelope.event.tells_playback();
            self.retell(None, Some(Late::New(place, envelope)), spec, keys, tell);
        }
        true
    }

    /// Takes in an event of a session that has requests. As long as these are all there is, what was played is told by them together, and
    /// anew when a sixteenth of them has come since.
    #[cold]
    fn observe_asking(
        &mut self,
        place: usize,
        envelope: Envelope,
        now: Timestamp,
        spec: &LiveSpec,
        keys: &mut Keys,
        mut tell: impl FnMut(bool, &Belongs, Told),
    ) {
        let was_asking = self.is_asking();
        self.asks |= matches!(envelope.event.kind, EventKind::Request(_));
        self.tells = self.tells || envelope.event.tells_playback();
        let in_order = place == self.recent.len()
            && self.story.last().is_none_or(|told| told.event.ts <= envelope.event.ts)
            && was_asking == self.is_asking();
        if in_order && (!self.is_asking() || self.untold < self.recent.len() / 16) {
            let step =
                self.now.step(&envelope, true, &self.hints, spec, keys, |belongs, told| tell(true, belongs, told));
            self.recent.push(envelope);
            self.untold += 1;
            if step.is_some() {
                self.retell(step, None, spec, keys, tell);
            }
        } else {
            self.follow(spec, keys, |belongs, told| tell(false, belongs, told));
            self.recent.insert(place, envelope);
            self.tell_story(now, spec);
            self.follow_anew(None, spec, keys, tell);
        }
    }

    /// Whether requests are all there is.
    pub(crate) fn is_asking(&self) -> bool {
        self.asks && !self.tells
    }

    /// Tells what requests show, up to now.
    fn tell_story(&mut self, now: Timestamp, spec: &LiveSpec) {
        self.story.clear();
        self.untold = 0;
        let Some(first) = self.recent.first().filter(|_| self.is_asking()) else { return };
        let mut builder = SessionBuilder::new(first.session_id.clone());
        for envelope in &self.recent {
            builder.envelope(envelope.clone());
        }
        for session in builder.finish() {
            let title = Some(session.content_id().clone()).filter(|title| !title.as_str().is_empty());
            let told = session.told_by_requests(&spec.rules, Some(now)).unwrap_or_default();
            self.story.extend(told.into_iter().map(|event| Envelope {
                session_id: first.session_id.clone(),
                viewer_id: None,
                content_id: title.clone(),
                event,
                attributes: Vec::new(),
            }));
        }
        self.story.sort_by_key(|envelope| envelope.event.ts);
    }

    /// Requests are told of anew, as time has passed.
    pub(crate) fn refresh(
        &mut self,
        now: Timestamp,
        spec: &LiveSpec,
        keys: &mut Keys,
        mut tell: impl FnMut(bool, &Belongs, Told),
    ) {
        if self.is_asking() && !self.left {
            self.follow(spec, keys, |belongs, told| tell(false, belongs, told));
            self.tell_story(now, spec);
            self.follow_anew(None, spec, keys, tell);
        }
    }

    /// An event that had come before may say more of who watches what.
    #[cold]
    fn join(
        &mut self,
        known: usize,
        envelope: Envelope,
        spec: &LiveSpec,
        keys: &mut Keys,
        mut tell: impl FnMut(bool, &Belongs, Told),
    ) {
        let kept = &self.recent[known];
        if kept.viewer_id == envelope.viewer_id && kept.attributes == envelope.attributes {
            return;
        }
        // Of what is said differently, the greater one, whichever came first.
        let mut attributes: BTreeMap<Arc<str>, Arc<str>> = kept.attributes.iter().cloned().collect();
        let others: Attributes = envelope.attributes.iter().cloned().collect();
        for (name, value) in others.iter() {
            let joined = attributes.entry(name.into()).or_insert_with(|| value.into());
            if **joined < *value {
                *joined = value.into();
            }
        }
        let joined = Envelope {
            viewer_id: kept.viewer_id.clone().max(envelope.viewer_id),
            attributes: attributes.into_iter().collect(),
            ..kept.clone()
        };
        if joined != *kept {
            if std::mem::take(&mut self.left) {
                self.now.close(|belongs, told| tell(false, belongs, told));
            }
            self.retell(None, Some(Late::Known(known, joined)), spec, keys, tell);
        }
    }

    /// Where among the recent events it belongs; an error if it is there.
    #[inline]
    fn place(&self, envelope: &Envelope) -> Result<usize, usize> {
        if self.recent.last().is_none_or(|last| last.event < envelope.event) {
            return Ok(self.recent.len());
        }
        let place = self.recent.binary_search_by(|other| {
            other.event.cmp(&envelope.event).then_with(|| other.content_id.cmp(&envelope.content_id))
        });
        match place {
            Ok(known) => Err(known),
            Err(place) => Ok(place),
        }
    }

    /// Takes back what was told of the recent events, and tells it anew with one that came late, or knowing what has been learned.
    #[cold]
    fn retell(
        &mut self,
        hint: Option<Hint>,
        late: Option<Late>,
        spec: &LiveSpec,
        keys: &mut Keys,
        mut tell: impl FnMut(bool, &Belongs, Told),
    ) {
        self.follow(spec, keys, |belongs, told| tell(false, belongs, told));
        if let Some(late) = late {
            match late {
                Late::New(place, envelope) => self.recent.insert(place, envelope),
                Late::Known(place, envelope) => self.recent[place] = envelope,
            }
            // What was learned without it may not be so.
            self.hints.clear();
            if !self.is_settled {
                *self.start = State::new(self.start.generation, LiveSession::new(spec.rules));
            }
        }
        self.follow_anew(hint, spec, keys, tell);
    }

    /// Tells what comes of the recent events, as often as something is learned that must be known beforehand.
    fn follow_anew(
        &mut self,
        mut hint: Option<Hint>,
        spec: &LiveSpec,
        keys: &mut Keys,
        mut tell: impl FnMut(bool, &Belongs, Told),
    ) {
        for again in 0..=RESTARTS {
            if let Some(hint) = hint.take() {
                self.heed(hint);
            }
            let (now, learned) = self.follow(spec, keys, |belongs, told| tell(true, belongs, told));
            *self.now = now;
            hint = learned.filter(|_| again < RESTARTS);
            if hint.is_none() {
                break;
            }
            self.follow(spec, keys, |belongs, told| tell(false, belongs, told));
        }
    }

    /// Knows from the start what has been learned.
    fn heed(&mut self, (generation, session): Hint) {
        if generation == self.start.generation && self.is_settled {
            self.start.session.learn_from(&session);
            return;
        }
        if generation == self.start.generation {
            *self.start = State::new(generation, session);
            return;
        }
        self.hints.retain(|(of, _)| *of != generation);
        self.hints.push((generation, session));
    }

    /// What comes of the recent events, and what would have been good to know from the start of the first session of which there is
    /// something.
    fn follow(&self, spec: &LiveSpec, keys: &mut Keys, mut tell: impl FnMut(&Belongs, Told)) -> (State, Option<Hint>) {
        let mut state = (*self.start).clone();
        let mut learned: Option<Hint> = None;
        for (envelope, counts) in in_order(&self.recent, &self.story) {
            let hint = state.step(envelope, counts, &self.hints, spec, keys, &mut tell);
            if let Some(hint) = hint.filter(|hint| learned.as_ref().is_none_or(|first| first.0 == hint.0)) {
                learned = Some(hint);
            }
        }
        (state, learned)
    }

    /// No event comes any more that is before `limit`.
    #[inline]
    pub(crate) fn settle(&mut self, limit: Timestamp, spec: &LiveSpec, keys: &mut Keys) {
        if self.recent.len() >= 2 * SETTLED && self.recent[SETTLED - 1].event.ts < limit {
            self.settle_some(limit, spec, keys);
        }
    }

    fn settle_some(&mut self, limit: Timestamp, spec: &LiveSpec, keys: &mut Keys) {
        // Of requests alone, all are needed.
        if self.is_asking() && self.recent.len() < MOST_REQUESTS {
            return;
        }
        let before = |events: &[Envelope]| events.partition_point(|envelope| envelope.event.ts < limit);
        let (settled, told) = (before(&self.recent), before(&self.story));
        let mut start = self.start.clone();
        for (envelope, counts) in in_order(&self.recent[..settled], &self.story[..told]) {
            start.step(envelope, counts, &self.hints, spec, keys, |_, _| {});
        }
        // What later events say may not be so when all have come.
        if start.session.is_told() || self.recent.len() >= UNTOLD {
            self.recent.drain(..settled);
            self.story.drain(..told);
            let generation = start.generation;
            self.hints.retain(|(of, _)| *of != generation && of.wrapping_sub(generation) < 1 << 31);
            self.start = start;
            self.is_settled = true;
        }
    }

    /// The session is taken to have ended at its last event, until another one comes.
    pub(crate) fn leave(&mut self, mut tell: impl FnMut(&Belongs, Told)) {
        if !std::mem::replace(&mut self.left, true) {
            self.now.close(|belongs, told| tell(belongs, told));
        }
    }
}

/// Events, which count, and what is told by them, which does not, in order.
fn in_order<'e>(events: &'e [Envelope], story: &'e [Envelope]) -> impl Iterator<Item = (&'e Envelope, bool)> {
    let (mut events, mut story) = (events.iter().peekable(), story.iter().peekable());
    std::iter::from_fn(move || {
        let told = story.next_if(|told| events.peek().is_none_or(|event| told.event.ts <= event.event.ts));
        told.map(|told| (told, false)).or_else(|| events.next().map(|event| (event, true)))
    })
}
