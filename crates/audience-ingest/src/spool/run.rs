//! Blocks on disk.

use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use super::{Block, SHARDS};

/// Runs of blocks in one file, which has no name: it is gone when the program is, however that ends.
#[derive(Debug)]
pub(super) struct Runs {
    file: Mutex<File>,
    index: Vec<Run>,
    /// The length of the file.
    end: u64,
}

/// Some blocks put together shard by shard.
#[derive(Debug)]
struct Run {
    start: u64,
    /// Where each shard ends, from the start.
    ends: Box<[u64]>,
}

impl Runs {
    /// No runs yet, in a new file in `folder`.
    pub(super) fn new(folder: &Path) -> io::Result<Self> {
        Ok(Self { file: Mutex::new(tempfile::tempfile_in(folder)?), index: Vec::new(), end: 0 })
    }

    /// Appends a run of these blocks.
    pub(super) fn push(&mut self, blocks: &[Block]) -> io::Result<()> {
        let file = self.file.get_mut().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(self.end))?;
        let mut writer = BufWriter::with_capacity(1 << 18, file);
        let mut ends = Vec::with_capacity(SHARDS);
        let mut length = 0;
        for shard in 0..SHARDS {
            for block in blocks {
                let bytes = block.shard(shard);
                writer.write_all(bytes)?;
                length += bytes.len() as u64;
            }
            ends.push(length);
        }
        writer.flush()?;
        self.index.push(Run { start: self.end, ends: ends.into() });
        self.end += length;
        Ok(())
    }

    /// How many runs there are.
    pub(super) fn len(&self) -> usize {
        self.index.len()
    }

    /// How many bytes all runs have.
    pub(super) fn end(&self) -> u64 {
        self.end
    }

    /// How many bytes all runs have of a shard.
    pub(super) fn size(&self, shard: usize) -> u64 {
        self.index.iter().map(|run| run.range(shard)).map(|(start, end)| end - start).sum()
    }

    /// Reads what a run has of a shard, in place of what is in `bytes`.
    pub(super) fn read(&self, run: usize, shard: usize, bytes: &mut Vec<u8>) -> io::Result<()> {
        let (start, end) = self.index[run].range(shard);
        bytes.clear();
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(start))?;
        (&mut *file).take(end - start).read_to_end(bytes)?;
        if (bytes.len() as u64) < end - start {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(())
    }
}

impl Run {
    fn range(&self, shard: usize) -> (u64, u64) {
        let start = shard.checked_sub(1).map_or(0, |before| self.ends[before]);
        (self.start + start, self.start + self.ends[shard])
    }
}
