//! Events in memory: compact, grouped by session within each chunk, and divided into shards by session.
//!
//! Telemetry arrives with sessions interleaved, but the events of one session mostly arrive near each other. Grouped per
//! chunk, the ids are stored once per chunk and session instead of once per event; divided by a hash of the session id,
//! all events of a session are in the same shard of every chunk, so that shards can be put together one by one and in
//! parallel. Past a limit of memory, shards go on in a file.

mod encode;
mod record;
mod run;
mod store;

pub(crate) use encode::Encoder;
pub(crate) use record::Record;
pub(crate) use store::{Share, Store};

use audience_core::Origin;
use audience_stats::hash::hash64;
use postcard::ser_flavors::Flavor;
use serde::Serialize;

use crate::error::Error;

/// How many shards there are: so many that one of them fits into memory where all do not by far.
pub(crate) const SHARDS: usize = 1024;

/// The shard of a session: the same in every run.
pub(crate) fn shard_of(session: &str) -> usize {
    hash64(session.as_bytes(), 0) as usize % SHARDS
}

/// The part of its shard a session is in, when shards are put together in so many parts.
fn part_of(session: &str, parts: u64) -> u64 {
    hash64(session.as_bytes(), 0) / SHARDS as u64 % parts
}

/// The events of one chunk, encoded.
#[derive(Debug)]
pub(crate) struct Block {
    bytes: Box<[u8]>,
    /// Where each shard ends.
    ends: Box<[u32; SHARDS]>,
}

impl Block {
    /// The groups of one shard.
    fn shard(&self, shard: usize) -> &[u8] {
        let start = shard.checked_sub(1).map_or(0, |before| self.ends[before] as usize);
        &self.bytes[start..self.ends[shard] as usize]
    }

    /// The memory it takes, in bytes.
    fn size(&self) -> usize {
        self.bytes.len() + size_of::<[u32; SHARDS]>() + size_of::<Self>()
    }
}

/// What stands before the events of a group.
#[derive(Clone, Copy, Debug, serde::Serialize, serde::Deserialize)]
pub(crate) struct Header<'a> {
    pub(crate) session: &'a str,
    pub(crate) viewer: Option<&'a str>,
    pub(crate) content: Option<&'a str>,
    pub(crate) source: Option<&'a str>,
    pub(crate) events: u32,
    bytes: u32,
}

/// Some groups, one after the other.
#[derive(Clone, Debug)]
pub(crate) struct Groups<'a> {
    bytes: &'a [u8],
}

/// The events of one session, viewer, title and source in one chunk.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Group<'a> {
    pub(crate) header: Header<'a>,
    body: &'a [u8],
}

impl<'a> Iterator for Groups<'a> {
    type Item = Result<Group<'a>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.bytes.is_empty() {
            return None;
        }
        Some(self.take_group().map_err(|source| {
            self.bytes = &[];
            Error::Spool { source }
        }))
    }
}

impl<'a> Groups<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    /// Appends the groups whose sessions are in one of `parts` to `bytes`.
    fn copy_part(mut self, part: u64, parts: u64, bytes: &mut Vec<u8>) -> Result<(), Error> {
        if parts == 1 {
            bytes.extend_from_slice(self.bytes);
            return Ok(());
        }
        loop {
            let before = self.bytes;
            let Some(group) = self.next() else { return Ok(()) };
            if part_of(group?.header.session, parts) == part {
                bytes.extend_from_slice(&before[..before.len() - self.bytes.len()]);
            }
        }
    }

    fn take_group(&mut self) -> Result<Group<'a>, postcard::Error> {
        let (header, rest) = postcard::take_from_bytes::<Header<'a>>(self.bytes)?;
        let (body, rest) =
            rest.split_at_checked(header.bytes as usize).ok_or(postcard::Error::DeserializeUnexpectedEnd)?;
        self.bytes = rest;
        Ok(Group { header, body })
    }
}

impl<'a> Group<'a> {
    /// How many events it has. None takes less than two bytes.
    pub(crate) fn len(&self) -> usize {
        (self.header.events as usize).min(self.body.len() / 2)
    }

    /// Gives each event to `take`, and what they say of the session.
    #[inline]
    pub(crate) fn records(&self, take: impl FnMut(Record<'_, 'a>)) -> Result<(), Error> {
        record::read(self.body, self.header.events, self.header.source, take).map_err(|source| Error::Spool { source })
    }
}

fn origin(source: Option<&str>, event_id: Option<&str>) -> std::sync::Arc<Origin> {
    std::sync::Arc::new(Origin { source: source.map(Into::into), event_id: event_id.map(Into::into) })
}

fn write(value: &(impl Serialize + ?Sized), bytes: &mut Vec<u8>) {
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
