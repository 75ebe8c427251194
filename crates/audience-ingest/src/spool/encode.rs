//! Writing the events of a chunk.

use std::ops::Range;

use audience_core::Event;
use postcard::ser_flavors::Flavor;
use serde::Serialize;

use super::{Block, Header, SHARDS, shard_of};
use crate::batch::Ids;

/// Encodes events as they come and puts them in order of shard and group at the end of the chunk.
#[derive(Debug, Default)]
pub(crate) struct Encoder {
    groups: Vec<Pending>,
    entries: Vec<Entry>,
    bytes: Vec<u8>,
    names: String,
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
    bytes: u32,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    start: u32,
    end: u32,
    next: u32,
}

/// Marks the last entry of a group.
const NONE: u32 = u32::MAX;

impl Encoder {
    /// Whom a group is about.
    pub(crate) fn ids(&self, group: u32) -> Ids<'_> {
        let group = &self.groups[group as usize];
        let name = |range: &Range<u32>| &self.names[range.start as usize..range.end as usize];
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
        let mut name = |text: &str| {
            let start = self.names.len() as u32;
            self.names.push_str(text);
            start..self.names.len() as u32
        };
        self.groups.push(Pending {
            session: name(ids.session),
            viewer: ids.viewer.map(&mut name),
            content: ids.content.map(&mut name),
            source: ids.source.map(&mut name),
            table_hash,
            shard: shard_of(ids.session),
            first: NONE,
            last: NONE,
            events: 0,
            bytes: 0,
        });
        self.groups.len() as u32 - 1
    }

    /// Adds an event to a group.
    pub(crate) fn push<'a>(
        &mut self,
        group: u32,
        event: &Event,
        attributes: impl ExactSizeIterator<Item = (&'a str, &'a str)>,
    ) {
        let start = self.bytes.len() as u32;
        write(event, &mut self.bytes);
        write(&attributes.len(), &mut self.bytes);
        for attribute in attributes {
            write(&attribute, &mut self.bytes);
        }
        let end = self.bytes.len() as u32;
        let entry = self.entries.len() as u32;
        self.entries.push(Entry { start, end, next: NONE });
        let group = &mut self.groups[group as usize];
        match self.entries.get_mut(group.last as usize) {
            Some(last) => last.next = entry,
            None => group.first = entry,
        }
        group.last = entry;
        group.events += 1;
        group.bytes += end - start;
    }

    /// The block of all groups; the encoder is empty then.
    pub(crate) fn finish(&mut self) -> Block {
        let mut order: Vec<u32> = (0..self.groups.len() as u32).collect();
        order.sort_by_key(|&group| self.groups[group as usize].shard);
        let mut block = Vec::with_capacity(self.bytes.len() + self.names.len() + self.groups.len() * 12);
        let mut ends = Box::new([0; SHARDS]);
        for &index in &order {
            let group = &self.groups[index as usize];
            let Ids { session, viewer, content, source } = self.ids(index);
            write(&Header { session, viewer, content, source, events: group.events, bytes: group.bytes }, &mut block);
            let mut entry = group.first;
            while let Some(&Entry { start, end, next }) = self.entries.get(entry as usize) {
                block.extend_from_slice(&self.bytes[start as usize..end as usize]);
                entry = next;
            }
            ends[group.shard] = block.len() as u32;
        }
        // A shard without groups ends where the one before it does.
        let mut last = 0;
        for end in ends.iter_mut() {
            last = last.max(*end);
            *end = last;
        }
        self.groups.clear();
        self.entries.clear();
        self.bytes.clear();
        self.names.clear();
        Block { bytes: block.into_boxed_slice(), ends }
    }
}

fn write(value: &impl Serialize, bytes: &mut Vec<u8>) {
    postcard::serialize_with_flavor(value, Append(bytes)).expect("memory takes all that postcard can encode");
}

struct Append<'a>(&'a mut Vec<u8>);

impl Flavor for Append<'_> {
    type Output = ();

    fn try_extend(&mut self, data: &[u8]) -> postcard::Result<()> {
        self.0.extend_from_slice(data);
        Ok(())
    }

    fn try_push(&mut self, data: u8) -> postcard::Result<()> {
        self.0.push(data);
        Ok(())
    }

    fn finalize(self) -> postcard::Result<()> {
        Ok(())
    }
}
