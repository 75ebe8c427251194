//! All events, in memory and past a limit on disk.

use std::io;
use std::path::PathBuf;

use super::run::Runs;
use super::{Block, Groups};
use crate::error::Error;

/// Blocks in the order in which they came: all in memory, or all on disk when they are more than memory may hold.
#[derive(Debug)]
pub(crate) struct Store {
    blocks: Vec<Block>,
    /// The memory the blocks take, in bytes.
    held: usize,
    /// The memory that everything may take, in bytes.
    budget: Option<u64>,
    folder: PathBuf,
    runs: Option<Runs>,
}

/// The least of a shard that is worth reading it all for, in bytes.
const LEAST_SHARE: u64 = 1 << 16;

/// Memory for putting shards together, used again and again.
#[derive(Debug, Default)]
pub(crate) struct Share {
    /// What was read back of the shard.
    bytes: Vec<u8>,
    /// What one run has of it.
    of_run: Vec<u8>,
}

impl Store {
    /// Without blocks. Past `budget` bytes of memory, if there is one, it goes on in a file in `folder`.
    pub(crate) fn new(budget: Option<u64>, folder: PathBuf) -> Self {
        Self { blocks: Vec::new(), held: 0, budget, folder, runs: None }
    }

    /// Adds a block.
    pub(crate) fn push(&mut self, block: Block) -> Result<(), Error> {
        self.held += block.size();
        self.blocks.push(block);
        // The other half is for what is done with sessions, for reading, and for the program itself.
        if self.budget.is_some_and(|budget| self.held as u64 > budget / 2) { self.spill() } else { Ok(()) }
    }

    fn spill(&mut self) -> Result<(), Error> {
        let written = match &mut self.runs {
            Some(runs) => runs.push(&self.blocks),
            none => Runs::new(&self.folder).and_then(|runs| none.insert(runs).push(&self.blocks)),
        };
        written.map_err(|source| self.failed(source))?;
        self.blocks.clear();
        self.held = 0;
        Ok(())
    }

    /// How many bytes are on disk.
    pub(crate) fn spilled(&self) -> u64 {
        self.runs.as_ref().map_or(0, Runs::end)
    }

    /// No more blocks will come.
    pub(crate) fn finish(&mut self) -> Result<(), Error> {
        // What is done with sessions has the more room.
        if self.runs.is_some() && !self.blocks.is_empty() { self.spill() } else { Ok(()) }
    }

    /// Gives the groups of a shard to `take`, in `share`, the memory of one of `shares` that do this at the same time.
    ///
    /// Mostly `take` is called once. Where a shard is larger than its share of the memory, it is called several times, each
    /// time with all groups of other sessions.
    pub(crate) fn shard(
        &self,
        shard: usize,
        shares: usize,
        share: &mut Share,
        mut take: impl FnMut(&mut dyn Iterator<Item = Groups<'_>>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let Some(runs) = &self.runs else {
            return take(&mut self.blocks.iter().map(|block| Groups::new(block.shard(shard))));
        };
        let parts = self.parts(runs.size(shard), shares);
        for part in 0..parts {
            share.bytes.clear();
            for run in 0..runs.len() {
                runs.read(run, shard, &mut share.of_run).map_err(|source| self.failed(source))?;
                Groups::new(&share.of_run).copy_part(part, parts, &mut share.bytes)?;
            }
            take(&mut std::iter::once(Groups::new(&share.bytes)))?;
        }
        Ok(())
    }

    /// In how many parts to put together a shard that has so many bytes on disk.
    fn parts(&self, bytes: u64, shares: usize) -> u64 {
        // Besides the bytes, a group takes memory of its own, hardly more than that.
        let allowed = self.budget.unwrap_or(u64::MAX) / 16 / shares as u64;
        bytes.div_ceil(allowed.max(LEAST_SHARE)).max(1)
    }

    fn failed(&self, source: io::Error) -> Error {
        Error::Temporary { folder: self.folder.clone(), source }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use audience_core::{Event, EventKind, Timestamp};

    use super::*;
    use crate::batch::Ids;
    use crate::spool::{Encoder, Record, SHARDS, shard_of};

    /// Blocks of these sessions, one event of each in each block.
    fn blocks(sessions: &[String], blocks: i64) -> Vec<Block> {
        let mut encoder = Encoder::default();
        let block = |ts| {
            for session in sessions {
                let ids = Ids { session, viewer: None, content: Some("c"), source: None };
                let group = encoder.add_group(ids, 0);
                let event = Event::new(Timestamp::from_millis(ts), EventKind::Play);
                encoder.push(group, &event, [("device", "tv")].into_iter());
            }
            encoder.finish().unwrap()
        };
        (0..blocks).map(block).collect()
    }

    fn filled(sessions: &[String], budget: Option<u64>, folder: &std::path::Path) -> Store {
        let mut store = Store::new(budget, folder.into());
        for block in blocks(sessions, 10) {
            store.push(block).unwrap();
        }
        store.finish().unwrap();
        store
    }

    /// The times of each session, and how often `take` was called.
    fn times(store: &Store, shares: usize) -> (BTreeMap<String, Vec<i64>>, usize) {
        let (mut times, mut calls) = (BTreeMap::<String, Vec<i64>>::new(), 0);
        let mut share = Share::default();
        for shard in 0..SHARDS {
            store
                .shard(shard, shares, &mut share, |pieces| {
                    calls += 1;
                    let mut of_call = BTreeMap::<String, Vec<i64>>::new();
                    for group in pieces.flatten() {
                        let group = group?;
                        let times = of_call.entry(group.header.session.to_owned()).or_default();
                        group.records(|record| match record {
                            Record::Event(event) => times.push(event.ts.as_millis()),
                            Record::Attributes(_, attributes) => assert_eq!(attributes, [("device", "tv")]),
                        })?;
                    }
                    for (session, of_session) in of_call {
                        assert_eq!(times.insert(session, of_session), None, "a session was torn apart");
                    }
                    Ok(())
                })
                .unwrap();
        }
        (times, calls)
    }

    #[test]
    fn memory_and_disk_hold_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let named = || (0..).map(|number| format!("session {number}"));
        let many: Vec<String> = named().take(5000).collect();
        let of_one_shard: Vec<String> = named().filter(|name| shard_of(name) == 7).take(400).collect();
        for (sessions, calls) in [(&many, SHARDS), (&of_one_shard, SHARDS + 2)] {
            let in_memory = filled(sessions, None, folder.path());
            let expected = times(&in_memory, 1);
            assert_eq!((in_memory.spilled(), expected.0.len(), expected.1), (0, sessions.len(), SHARDS));
            assert_eq!(expected.0[&sessions[17]], (0..10).collect::<Vec<_>>());
            // A run for each block; a few blocks a run.
            for budget in [0, 100_000] {
                let on_disk = filled(sessions, Some(budget), folder.path());
                assert!(on_disk.spilled() > 100_000 && on_disk.held == 0);
                assert_eq!(times(&on_disk, 2), (expected.0.clone(), calls));
            }
        }
        // The file has no name.
        assert_eq!(folder.path().read_dir().unwrap().count(), 0);
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let gone = folder.path().join("gone");
        let mut store = Store::new(Some(0), gone);
        let error = store.push(blocks(&["s".to_owned()], 1).remove(0)).unwrap_err().to_string();
        assert!(error.starts_with("keep events in a temporary file in") && error.contains("gone"), "{error}");
    }

    #[test]
    fn damage_on_disk_is_an_error() {
        let mut bytes = Vec::new();
        assert!(Groups::new(&[9, 1, 2]).copy_part(0, 2, &mut bytes).is_err());
    }
}
