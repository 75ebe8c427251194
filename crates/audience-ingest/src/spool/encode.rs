//! Writing the events of a chunk.

use std::ops::Range;

use audience_core::Event;

use super::record::{self, Last};
use super::{Block, Header, SHARDS, shard_of, write};
use crate::batch::Ids;

/// Holds events as they come and encodes them in order of shard and group at the end of the chunk.
#[derive(Debug, Default)]
pub(crate) struct Encoder {
    groups: Vec<Pending>,
    entries: Vec<Entry>,
    /// Names and values, as places in `names`.
    attributes: Vec<[Range<u32>; 2]>,
    names: String,
    body: Vec<u8>,
}

#[derive(Debug)]
struct Pending {
    session: Range<u32>,
    viewer: Option<Range<u32>>,
    content: Option<Range<u32>>,
    source: Option<Range<u32>>,
    table_hash: u64,
    shard: usize,
    first: u32,
    last: u32,
    events: u32,
}

#[derive(Debug)]
struct Entry {
    event: Event,
    attributes: Range<u32>,
    next: u32,
}

/// So many events, or bytes of names, are a block.
const FULL_AT: (usize, usize) = (1 << 13, 1 << 20);

/// Marks the last entry of a group.
const NONE: u32 = u32::MAX;

impl Encoder {
    fn name(&self, range: &Range<u32>) -> &str {
        &self.names[range.start as usize..range.end as usize]
    }

    /// Whom a group is about.
    pub(crate) fn ids(&self, group: u32) -> Ids<'_> {
        let group = &self.groups[group as usize];
        let name = |range: &Range<u32>| self.name(range);
        Ids {
            session: name(&group.session),
            viewer: group.viewer.as_ref().map(name),
            content: group.content.as_ref().map(name),
            source: group.source.as_ref().map(name),
        }
    }

    /// The hash under which a group is in the table of groups.
    pub(crate) fn table_hash(&self, group: u32) -> u64 {
        self.groups[group as usize].table_hash
    }

    /// Begins a group without events.
    pub(crate) fn add_group(&mut self, ids: Ids<'_>, table_hash: u64) -> u32 {
        let names = &mut self.names;
        self.groups.push(Pending {
            session: keep(names, ids.session),
            viewer: ids.viewer.map(|id| keep(names, id)),
            content: ids.content.map(|id| keep(names, id)),
            source: ids.source.map(|id| keep(names, id)),
            table_hash,
            shard: shard_of(ids.session),
            first: NONE,
            last: NONE,
            events: 0,
        });
        self.groups.len() as u32 - 1
    }

    /// Adds an event to a group.
    pub(crate) fn push<'a>(
        &mut self,
        group: u32,
        event: Event,
        attributes: impl ExactSizeIterator<Item = (&'a str, &'a str)>,
    ) {
        let start = self.attributes.len() as u32;
        for (name, value) in attributes {
            self.attributes.push([keep(&mut self.names, name), keep(&mut self.names, value)]);
        }
        let entry = self.entries.len() as u32;
        self.entries.push(Entry { event, attributes: start..self.attributes.len() as u32, next: NONE });
        let group = &mut self.groups[group as usize];
        match self.entries.get_mut(group.last as usize) {
            Some(last) => last.next = entry,
            None => group.first = entry,
        }
        group.last = entry;
        group.events += 1;
    }

    /// Whether it holds so much that a larger block would gain little.
    pub(crate) fn is_full(&self) -> bool {
        self.entries.len() >= FULL_AT.0 || self.names.len() >= FULL_AT.1
    }

    /// The block of all groups, if there are any; the encoder is empty then.
    pub(crate) fn finish(&mut self) -> Option<Block> {
        if self.groups.is_empty() {
            return None;
        }
        let mut order: Vec<u32> = (0..self.groups.len() as u32).collect();
        order.sort_by_key(|&group| self.groups[group as usize].shard);
        // Events mostly take less than half of this.
        let mut block = Vec::with_capacity(self.entries.len() * 20 + self.names.len() + self.groups.len() * 12);
        let mut ends = Box::new([0; SHARDS]);
        let mut body = std::mem::take(&mut self.body);
        for &index in &order {
            let group = &self.groups[index as usize];
            self.encode(group, &mut body);
            let Ids { session, viewer, content, source } = self.ids(index);
            write(
                &Header { session, viewer, content, source, events: group.events, bytes: body.len() as u32 },
                &mut block,
            );
            block.extend_from_slice(&body);
            ends[group.shard] = block.len() as u32;
        }
        // A shard without groups ends where the one before it does.
        let mut last = 0;
        for end in ends.iter_mut() {
            last = last.max(*end);
            *end = last;
        }
        self.body = body;
        self.groups.clear();
        self.entries.clear();
        self.attributes.clear();
        self.names.clear();
        Some(Block { bytes: block.into_boxed_slice(), ends })
    }

    /// Encodes the events of a group.
    fn encode(&self, group: &Pending, body: &mut Vec<u8>) {
        body.clear();
        let mut last = Last::default();
        let mut next = group.first;
        while let Some(entry) = self.entries.get(next as usize) {
            let attributes = &self.attributes[entry.attributes.start as usize..entry.attributes.end as usize];
            let texts = attributes.iter().map(|[name, value]| (self.name(name), self.name(value)));
            record::write(&entry.event, texts, &mut last, body);
            next = entry.next;
        }
    }
}

/// Appends a text, and says where it is.
fn keep(names: &mut String, text: &str) -> Range<u32> {
    let start = names.len() as u32;
    names.push_str(text);
    start..names.len() as u32
}
