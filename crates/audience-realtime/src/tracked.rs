//! One session, whose events come in about the right order.

use std::collections::BTreeMap;
use std::sync::Arc;

use audience_core::{Attributes, Envelope, EventKind, LiveChange, LiveSession, Timestamp};
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

    /// Takes in the next event. Gives what would have been good to know from the start.
    #[inline]
    fn step(
        &mut self,
        envelope: &Envelope,
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
        tell(&self.belongs[view], Told::Event(at));
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
    /// Whether it is taken to have ended at its last event.
    left: bool,
    /// Whether no event was anything but a request.
    requests_alone: bool,
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
            left: false,
            requests_alone: true,
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
        whole(&self.start) && whole(&self.now) && self.recent.is_sorted_by(|a, b| a.event <= b.event)
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

    pub(crate) fn is_requests_alone(&self) -> bool {
        self.requests_alone
    }

    /// Takes in an event; `tell` is told what changes, and whether it is so or, having been told before, not. What has been told of the
    /// same events is the same in whatever order they came. Gives whether the event is new.
    pub(crate) fn observe(
        &mut self,
        envelope: Envelope,
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
        self.requests_alone &= matches!(envelope.event.kind, EventKind::Request(_));
        if place == self.recent.len() {
            let hint = self.now.step(&envelope, &self.hints, spec, keys, |belongs, told| tell(true, belongs, told));
            self.recent.push(envelope);
            if hint.is_some() {
                self.retell(hint, None, spec, keys, tell);
            }
        } else {
            self.retell(None, Some(Late::New(place, envelope)), spec, keys, tell);
        }
        true
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
        mut hint: Option<Hint>,
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
        for envelope in &self.recent {
            let hint = state.step(envelope, &self.hints, spec, keys, &mut tell);
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
        let settled = self.recent.partition_point(|envelope| envelope.event.ts < limit);
        let mut start = self.start.clone();
        for envelope in &self.recent[..settled] {
            start.step(envelope, &self.hints, spec, keys, |_, _| {});
        }
        // What later events say may not be so when all have come.
        if start.session.is_told() || self.recent.len() >= UNTOLD {
            self.recent.drain(..settled);
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
