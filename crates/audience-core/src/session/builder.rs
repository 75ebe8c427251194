//! From events in any order, of any titles, to sessions.

use std::sync::Arc;

use super::outline::Outline;
use super::{Attributes, Identity, Session, Tidied, order};
use crate::event::{Envelope, Event, EventKind, PlayerState, Seq};
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
    entries: Vec<Entry>,
    attributes: Vec<Assigned>,
}

/// Names a viewer and a title within a [`SessionBuilder`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ContextId(u32);

#[derive(Clone, Debug)]
struct Context {
    viewer: Option<ViewerId>,
    content: Option<ContentId>,
}

#[derive(Clone, Debug)]
struct Entry {
    event: Event,
    context: u32,
}

#[derive(Clone, Debug)]
struct Assigned {
    name: Arc<str>,
    at: (Timestamp, Option<Seq>),
    value: Arc<str>,
}

impl SessionBuilder {
    /// A builder without events.
    pub fn new(session_id: impl Into<SessionId>) -> Self {
        Self { session_id: session_id.into(), contexts: Vec::new(), entries: Vec::new(), attributes: Vec::new() }
    }

    /// The handle for events of this viewer and title; the same handle for the same two.
    ///
    /// Events without a title belong to what the session was watching then; events without a viewer say nothing about
    /// who watches.
    pub fn context(&mut self, viewer: Option<ViewerId>, content: Option<ContentId>) -> ContextId {
        let known = self.contexts.iter().position(|known| known.viewer == viewer && known.content == content);
        ContextId(known.unwrap_or_else(|| {
            self.contexts.push(Context { viewer, content });
            self.contexts.len() - 1
        }) as u32)
    }

    /// Adds an event.
    pub fn push(&mut self, context: ContextId, event: Event) {
        self.entries.push(Entry { event, context: context.0 });
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
        let tidied = self.tidy();
        let viewer_id = self.viewer();
        let attributes = self.take_attributes();
        let titles = self.titles();
        if let [title] = titles.as_slice() {
            let events: Vec<Event> = self.entries.into_iter().map(|entry| entry.event).collect();
            return vec![Session {
                identity: Arc::new(Identity {
                    session_id: self.session_id,
                    content_id: title.clone(),
                    viewer_id,
                    attributes,
                }),
                outline: Outline::of(&events),
                events,
                breaks: Vec::new(),
                known_duration: None,
                tidied,
            }];
        }
        self.split(&titles, viewer_id.as_ref(), &attributes, tidied)
    }

    /// Puts the entries in order and removes repeats.
    fn tidy(&mut self) -> Tidied {
        let contexts = &self.contexts;
        let content = |entry: &Entry| contexts[entry.context as usize].content.as_ref();
        if contexts.len() > 1 {
            self.entries.sort_unstable_by(|a, b| a.event.cmp(&b.event).then_with(|| content(a).cmp(&content(b))));
        } else {
            self.entries.sort_unstable_by(|a, b| a.event.cmp(&b.event));
        }
        let before = self.entries.len();
        self.entries.dedup_by(|later, kept| {
            let same = later.event == kept.event && content(later) == content(kept);
            // The copy that says who watches is as good as the one that does not.
            if same && contexts[kept.context as usize].viewer < contexts[later.context as usize].viewer {
                kept.context = later.context;
            }
            same
        });
        Tidied {
            duplicates: (before - self.entries.len()) as u64,
            conflicts: order::conflicts(self.entries.iter().map(|entry| &entry.event)),
        }
    }

    /// The last viewer named.
    fn viewer(&self) -> Option<ViewerId> {
        let mut named = self.entries.iter().rev().map(|entry| &self.contexts[entry.context as usize].viewer);
        named.find_map(Clone::clone)
    }

    fn take_attributes(&mut self) -> Attributes {
        let mut assigned = std::mem::take(&mut self.attributes);
        assigned.sort_unstable_by(|a, b| (&a.name, a.at, &a.value).cmp(&(&b.name, b.at, &b.value)));
        // The last of each name.
        assigned.reverse();
        assigned.dedup_by(|earlier, kept| earlier.name == kept.name);
        assigned.into_iter().rev().map(|last| (last.name, last.value)).collect()
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

    fn split(
        self,
        titles: &[ContentId],
        viewer_id: Option<&ViewerId>,
        attributes: &Attributes,
        tidied: Tidied,
    ) -> Vec<Session> {
        let title_of = |entry: &Entry| {
            let content = self.contexts[entry.context as usize].content.as_ref()?;
            titles.binary_search(content).ok()
        };
        let mut current = self.entries.iter().find_map(title_of).unwrap_or(0);
        let mut parts: Vec<Part> = titles.iter().map(|_| Part::default()).collect();
        for entry in &self.entries {
            current = title_of(entry).unwrap_or(current);
            if shows_frames(&entry.event) {
                for (title, part) in parts.iter_mut().enumerate() {
                    part.interrupted |= title != current && !part.events.is_empty();
                }
            }
            let part = &mut parts[current];
            if std::mem::take(&mut part.interrupted) {
                part.breaks.push(part.events.len() as u32);
            }
            part.events.push(entry.event.clone());
        }
        let mut tidied = Some(tidied);
        parts
            .into_iter()
            .zip(titles)
            .filter(|(part, _)| !part.events.is_empty())
            .map(|(part, title)| Session {
                identity: Arc::new(Identity {
                    session_id: self.session_id.clone(),
                    content_id: title.clone(),
                    viewer_id: viewer_id.cloned(),
                    attributes: attributes.clone(),
                }),
                outline: Outline::of(&part.events),
                events: part.events,
                breaks: part.breaks,
                known_duration: None,
                tidied: tidied.take().unwrap_or_default(),
            })
            .collect()
    }
}

#[derive(Default)]
struct Part {
    events: Vec<Event>,
    breaks: Vec<u32>,
    interrupted: bool,
}

/// Whether the event says that its title is on screen and moving, so that no other is.
fn shows_frames(event: &Event) -> bool {
    matches!(event.kind, EventKind::Play | EventKind::StateChange { to: PlayerState::Playing, .. })
        || event.vitals.as_ref().is_some_and(|vitals| vitals.state == Some(PlayerState::Playing))
}
