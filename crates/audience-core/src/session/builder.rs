//! From events in any order, of any titles, to sessions.

use std::collections::HashMap;
use std::sync::Arc;

use super::outline::{Outline, says_play};
use super::screen::Screen;
use super::{Attributes, Identity, Session, Tidied, order};
use crate::event::{Envelope, Event, Seq};
use crate::ids::{ContentId, SessionId, ViewerId};
use crate::time::Timestamp;

/// Collects the events of one session id and makes its sessions: one per title.
///
/// # Examples
///
/// ```
/// use audience_core::{Event, EventKind, SessionBuilder, Timestamp};
///
/// let mut builder = SessionBuilder::new("s1");
/// let first = builder.context(None, Some("pilot".into()));
/// let second = builder.context(None, Some("episode-2".into()));
/// builder.push(second, Event::new(Timestamp::from_millis(60_000), EventKind::Play));
/// builder.push(first, Event::new(Timestamp::from_millis(0), EventKind::Play));
/// builder.push(first, Event::new(Timestamp::from_millis(0), EventKind::Play)); // sent twice
///
/// let sessions = builder.finish();
/// assert_eq!(sessions.len(), 2);
/// assert_eq!(sessions[0].content_id().as_str(), "episode-2");
/// assert_eq!(sessions[1].events().len(), 1);
/// ```
#[derive(Clone, Debug)]
pub struct SessionBuilder {
    session_id: SessionId,
    contexts: Vec<Context>,
    /// The contexts by what they are; empty while there are few.
    index: HashMap<Context, u32>,
    events: Vec<Event>,
    /// The context of each event; empty while all have the first one.
    contexts_of: Vec<u32>,
    attributes: Vec<Assigned>,
}

/// Names a viewer and a title within a [`SessionBuilder`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ContextId(u32);

#[derive(Clone, Debug, Eq, Hash, PartialEq)]
struct Context {
    viewer: Option<ViewerId>,
    content: Option<ContentId>,
}

#[derive(Clone, Debug)]
struct Entry {
    event: Event,
    context: u32,
    /// How often it came again.
    repeats: u32,
}

#[derive(Clone, Debug)]
struct Assigned {
    name: Arc<str>,
    at: (Timestamp, Option<Seq>),
    value: Arc<str>,
}

/// So many contexts are searched one by one.
const FEW: usize = 8;

impl SessionBuilder {
    /// A builder without events.
    pub fn new(session_id: impl Into<SessionId>) -> Self {
        Self {
            session_id: session_id.into(),
            contexts: Vec::new(),
            index: HashMap::new(),
            events: Vec::new(),
            contexts_of: Vec::new(),
            attributes: Vec::new(),
        }
    }

    /// Makes room for so many more events at once.
    pub fn reserve(&mut self, events: usize) {
        self.events.reserve(events);
    }

    /// The handle for events of this viewer and title; the same handle for the same two.
    ///
    /// Events without a title belong to what the session was watching then; events without a viewer say nothing about
    /// who watches.
    pub fn context(&mut self, viewer: Option<ViewerId>, content: Option<ContentId>) -> ContextId {
        let context = Context { viewer, content };
        // Most sessions have one.
        let known = if self.index.is_empty() {
            self.contexts.iter().zip(0..).find(|(known, _)| **known == context).map(|(_, at)| at)
        } else {
            self.index.get(&context).copied()
        };
        if let Some(known) = known {
            return ContextId(known);
        }
        let new = self.contexts.len() as u32;
        self.contexts.push(context.clone());
        if self.contexts.len() > FEW {
            if self.index.is_empty() {
                self.index = self.contexts.iter().cloned().zip(0..).collect();
            }
            self.index.insert(context, new);
        }
        ContextId(new)
    }

    /// Adds an event.
    pub fn push(&mut self, context: ContextId, event: Event) {
        if context.0 != 0 || !self.contexts_of.is_empty() {
            self.contexts_of.resize(self.events.len(), 0);
            self.contexts_of.push(context.0);
        }
        self.events.push(event);
    }

    /// Sets an attribute as of the event at `ts` with number `seq`: the latest value wins.
    pub fn attribute(
        &mut self,
        ts: Timestamp,
        seq: Option<Seq>,
        name: impl Into<Arc<str>>,
        value: impl Into<Arc<str>>,
    ) {
        self.attributes.push(Assigned { name: name.into(), at: (ts, seq), value: value.into() });
    }

    /// Adds an event with all that came with it. Its session id is taken to be this builder's.
    pub fn envelope(&mut self, envelope: Envelope) {
        let context = self.context(envelope.viewer_id, envelope.content_id);
        for (name, value) in envelope.attributes {
            self.attribute(envelope.event.ts, envelope.event.seq, name, value);
        }
        self.push(context, envelope.event);
    }

    /// The sessions, in order of their titles. Every one has the session's viewer (the last one named) and attributes.
    pub fn finish(mut self) -> Vec<Session> {
        let (attributes, dropped_attributes) = self.take_attributes();
        let titles = self.titles();
        let (viewer_id, parts) = if self.contexts.len() <= 1 {
            let context = self.contexts.first().filter(|_| !self.events.is_empty());
            (context.and_then(|context| context.viewer.clone()), vec![self.take_all()])
        } else {
            let entries = self.take_entries();
            (self.viewer(&entries), self.split(entries, &titles))
        };
        let session = |(part, content_id): (Part, ContentId)| Session {
            identity: Arc::new(Identity {
                session_id: self.session_id.clone(),
                content_id,
                viewer_id: viewer_id.clone(),
                attributes: attributes.clone(),
            }),
            outline: Outline::of(&part.events),
            events: part.events,
            breaks: part.breaks,
            known_duration: None,
            tidied: Tidied { duplicates: part.repeats, conflicts: part.conflicts, dropped_attributes },
        };
        // A builder without events makes one session without events.
        let one = titles.len() == 1;
        parts.into_iter().zip(titles).filter(|(part, _)| one || !part.events.is_empty()).map(session).collect()
    }

    /// The events in order and without repeats, when all have the same context.
    fn take_all(&mut self) -> Part {
        let mut events = std::mem::take(&mut self.events);
        let before = events.len();
        // Mostly they are in order, and no two the same.
        if !events.is_sorted_by(|a, b| a < b) {
            events.sort_unstable();
            events.dedup();
        }
        let repeats = (before - events.len()) as u64;
        let conflicts = order::conflicts(events.iter()).len() as u64;
        Part { events, breaks: Vec::new(), repeats, conflicts }
    }

    /// The events with their contexts, in order and without repeats.
    fn take_entries(&mut self) -> Vec<Entry> {
        self.contexts_of.resize(self.events.len(), 0);
        let pairs = std::mem::take(&mut self.events).into_iter().zip(std::mem::take(&mut self.contexts_of));
        let mut entries: Vec<Entry> = pairs.map(|(event, context)| Entry { event, context, repeats: 0 }).collect();
        let contexts = &self.contexts;
        let content = |entry: &Entry| contexts[entry.context as usize].content.as_ref();
        entries.sort_unstable_by(|a, b| a.event.cmp(&b.event).then_with(|| content(a).cmp(&content(b))));
        entries.dedup_by(|later, kept| {
            let same = later.event == kept.event && content(later) == content(kept);
            // The copy that says who watches is as good as the one that does not.
            if same && contexts[kept.context as usize].viewer < contexts[later.context as usize].viewer {
                kept.context = later.context;
            }
            kept.repeats = kept.repeats.saturating_add(u32::from(same));
            same
        });
        entries
    }

    /// The last viewer named.
    fn viewer(&self, entries: &[Entry]) -> Option<ViewerId> {
        let mut named = entries.iter().rev().map(|entry| &self.contexts[entry.context as usize].viewer);
        named.find_map(Clone::clone)
    }

    /// The last value of each name, and how many names are too many.
    fn take_attributes(&mut self) -> (Attributes, u64) {
        let mut assigned = std::mem::take(&mut self.attributes);
        assigned.sort_unstable_by(|a, b| (&a.name, a.at, &a.value).cmp(&(&b.name, b.at, &b.value)));
        assigned.reverse();
        assigned.dedup_by(|earlier, kept| earlier.name == kept.name);
        let names = assigned.len();
        let attributes: Attributes = assigned.into_iter().rev().map(|last| (last.name, last.value)).collect();
        let dropped = (names - attributes.len()) as u64;
        (attributes, dropped)
    }

    /// The different titles in order; one empty title when none is named.
    fn titles(&self) -> Vec<ContentId> {
        let mut titles: Vec<ContentId> = self.contexts.iter().filter_map(|context| context.content.clone()).collect();
        titles.sort_unstable();
        titles.dedup();
        if titles.is_empty() {
            titles.push(ContentId::from(""));
        }
        titles
    }

    /// The events of each title. What names no title belongs to the title on screen, else to the last one named.
    fn split(&self, entries: Vec<Entry>, titles: &[ContentId]) -> Vec<Part> {
        let conflicts = order::conflicts(entries.iter().map(|entry| &entry.event));
        let title_of = |entry: &Entry| {
            let content = self.contexts[entry.context as usize].content.as_ref()?;
            titles.binary_search(content).ok()
        };
        let named: Vec<Option<usize>> = entries.iter().map(title_of).collect();
        let mut says: Vec<bool> = vec![false; titles.len()];
        for (entry, title) in entries.iter().zip(&named) {
            if let Some(title) = title {
                says[*title] |= says_play(&entry.event.kind);
            }
        }
        let mut parts: Vec<Part> = titles.iter().map(|_| Part::default()).collect();
        let mut screen = Screen::default();
        let mut last = named.iter().find_map(|title| *title).unwrap_or(0);
        let mut seen_at = vec![0; titles.len()];
        let mut homes = Vec::with_capacity(entries.len());
        for ((entry, title), at) in entries.into_iter().zip(named).zip(1..) {
            last = title.unwrap_or(last);
            let home = title.or(screen.on()).unwrap_or(last);
            screen.see(home, &entry.event, says[home], at);
            let part = &mut parts[home];
            if !part.events.is_empty() && screen.other_since(home) > seen_at[home] {
                part.breaks.push(part.events.len() as u32);
            }
            seen_at[home] = at;
            part.repeats += u64::from(entry.repeats);
            part.events.push(entry.event);
            homes.push(home);
        }
        for conflict in conflicts {
            parts[homes[conflict]].conflicts += 1;
        }
        parts
    }
}

/// The events of one title.
#[derive(Default)]
struct Part {
    events: Vec<Event>,
    breaks: Vec<u32>,
    repeats: u64,
    conflicts: u64,
}
