//! Writing the events of a chunk.

use std::ops::Range;

use audience_core::Event;

use super::record::{self, Described, Last};
use super::{Block, Header, SHARDS, shard_of, write};
use crate::batch::Ids;

/// Encodes events as they come, and puts them in order of shard and group at the end of the chunk.
#[derive(Debug, Default)]
pub(crate) struct Encoder {
    groups: Vec<Pending>,
    /// The events, in the order in which they came.
    records: Vec<u8>,
    extents: Vec<Extent>,
    events: usize,
    lists: Vec<List>,
    /// Names and values, as places in `names`.
    attributes: Vec<[Range<u32>; 2]>,
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
    first_extent: u32,
    last_extent: u32,
    events: u32,
    bytes: u32,
    /// The attributes its events had last.
    list: u32,
    last: Last,
}

/// Some records of one group that are next to each other.
#[derive(Debug)]
struct Extent {
    records: Range<u32>,
    next: u32,
}

/// Attributes as events had them.
#[derive(Debug)]
struct List {
    attributes: Range<u32>,
    /// How many events had them since they were counted.
    times: u64,
}

/// So many events, or bytes of names, are a block.
const FULL_AT: (usize, usize) = (1 << 13, 1 << 20);

/// Marks the last extent of a group, and what a group does not have.
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
            first_extent: NONE,
            last_extent: NONE,
            events: 0,
            bytes: 0,
            list: NONE,
            last: Last::default(),
        });
        self.groups.len() as u32 - 1
    }

    /// Adds an event to a group.
    pub(crate) fn push<'a>(
        &mut self,
        group: u32,
        event: &Event,
        attributes: impl ExactSizeIterator<Item = (&'a str, &'a str)> + Clone,
    ) {
        let described = self.describe(group, attributes);
        let group = &mut self.groups[group as usize];
        let start = self.records.len() as u32;
        record::write(event, described, &mut group.last, &mut self.records);
        let end = self.records.len() as u32;
        group.bytes += end - start;
        group.events += 1;
        self.events += 1;
        let new = self.extents.len() as u32;
        match self.extents.get_mut(group.last_extent as usize) {
            // Events of one session mostly come one after the other.
            Some(last) if last.records.end == start => {
                last.records.end = end;
                return;
            }
            Some(last) => last.next = new,
            None => group.first_extent = new,
        }
        group.last_extent = new;
        self.extents.push(Extent { records: start..end, next: NONE });
    }

    /// Keeps the attributes of an event, unless they are those of the last one in its group.
    fn describe<'a, I>(&mut self, group: u32, attributes: I) -> Described<I>
    where
        I: ExactSizeIterator<Item = (&'a str, &'a str)> + Clone,
    {
        if attributes.len() == 0 {
            return Described::Not;
        }
        let list = self.groups[group as usize].list as usize;
        let same = |list| self.texts(list).zip(attributes.clone()).all(|(one, other)| one == other);
        if self.lists.get(list).is_some_and(|list| list.attributes.len() == attributes.len() && same(list)) {
            self.lists[list].times += 1;
            return Described::Again;
        }
        let start = self.attributes.len() as u32;
        for (name, value) in attributes.clone() {
            self.attributes.push([keep(&mut self.names, name), keep(&mut self.names, value)]);
        }
        self.groups[group as usize].list = self.lists.len() as u32;
        self.lists.push(List { attributes: start..self.attributes.len() as u32, times: 1 });
        Described::As(attributes)
    }

    fn texts(&self, list: &List) -> impl Iterator<Item = (&str, &str)> {
        let attributes = &self.attributes[list.attributes.start as usize..list.attributes.end as usize];
        attributes.iter().map(|[name, value]| (self.name(name), self.name(value)))
    }

    /// Gives the names of attributes to `count`, each with how often an event had it, since that was asked last.
    pub(crate) fn count_attributes(&mut self, mut count: impl FnMut(&str, u64)) {
        for list in &self.lists {
            if list.times > 0 {
                self.texts(list).for_each(|(name, _)| count(name, list.times));
            }
        }
        self.lists.iter_mut().for_each(|list| list.times = 0);
    }

    /// Whether it holds so much that a larger block would gain little.
    pub(crate) fn is_full(&self) -> bool {
        self.events >= FULL_AT.0 || self.names.len().max(self.records.len()) >= FULL_AT.1
    }

    /// The block of all groups, if there are any; the encoder is empty then.
    pub(crate) fn finish(&mut self) -> Option<Block> {
        if self.groups.is_empty() {
            return None;
        }
        let mut order: Vec<u32> = (0..self.groups.len() as u32).collect();
        order.sort_by_key(|&group| self.groups[group as usize].shard);
        let headers = self.names.len() + self.groups.len() * 12;
        let mut block = Vec::with_capacity(self.records.len() + headers);
        let mut ends = Box::new([0; SHARDS]);
        for &index in &order {
            let group = &self.groups[index as usize];
            let Ids { session, viewer, content, source } = self.ids(index);
            write(&Header { session, viewer, content, source, events: group.events, bytes: group.bytes }, &mut block);
            let mut next = group.first_extent;
            while let Some(extent) = self.extents.get(next as usize) {
                block.extend_from_slice(&self.records[extent.records.start as usize..extent.records.end as usize]);
                next = extent.next;
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
        self.records.clear();
        self.extents.clear();
        self.events = 0;
        self.lists.clear();
        self.attributes.clear();
        self.names.clear();
        Some(Block { bytes: block.into_boxed_slice(), ends })
    }
}

/// Appends a text, and says where it is.
fn keep(names: &mut String, text: &str) -> Range<u32> {
    let start = names.len() as u32;
    names.push_str(text);
    start..names.len() as u32
}
