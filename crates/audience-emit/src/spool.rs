//! Events on disk: lines in segments, read in order, gone once they are delivered.
//!
//! A directory has `lock`, held while an emitter uses it; segments `0000000001.ndjson` and on, each only ever appended to by the
//! process that began it; and `acked`, which says up to where the first segment is done with, replaced as a whole. A process that
//! is killed leaves at most one line that has no end, and delivers again at most what it had sent and not yet noted.

mod segment;

use std::collections::VecDeque;
use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::Path;

use self::segment::Segment;
use crate::config::{Overflow, Spool, SpoolSync, SpoolWhen};
use crate::error::Error;
use crate::lines::Lines;
use crate::status::SpoolStatus;

const LOCK: &str = "lock";
const ACKED: &str = "acked";
const ACKED_NEXT: &str = "acked.next";

/// Into how many segments a full spool is divided, so that what is delivered or given up frees room piece by piece.
const SEGMENTS: u64 = 8;

#[derive(Debug)]
pub(crate) struct Disk {
    spool: Spool,
    /// Unlocked when it is closed.
    _lock: File,
    overflow: Overflow,
    /// Oldest first. The first is where reading goes on.
    segments: VecDeque<Segment>,
    /// The last segment, open for writing, if this process began it.
    tail: Option<File>,
    next: u64,
    status: SpoolStatus,
}

/// What was read from the first segment.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    pub(crate) lines: Lines,
    /// Up to where the segment is done with after each line.
    pub(crate) offsets: Vec<u64>,
    /// Lines that are no events, passed over.
    pub(crate) unreadable: u64,
}

impl Disk {
    /// Takes the directory and finds what is in it.
    pub(crate) fn open(spool: Spool, overflow: Overflow) -> Result<Self, Error> {
        let fail = |path: &Path| {
            let path = path.to_owned();
            |source| Error::Spool { path, source }
        };
        fs::create_dir_all(&spool.dir).map_err(fail(&spool.dir))?;
        let lock_path = spool.dir.join(LOCK);
        let lock = File::options().create(true).append(true).open(&lock_path).map_err(fail(&lock_path))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(Error::SpoolInUse { dir: spool.dir }),
            Err(TryLockError::Error(source)) => return Err(Error::Spool { path: lock_path, source }),
        }
        let mut disk = Self {
            _lock: lock,
            overflow,
            segments: VecDeque::new(),
            tail: None,
            next: 1,
            status: SpoolStatus::default(),
            spool,
        };
        let dir = disk.spool.dir.clone();
        disk.find().map_err(fail(&dir))?;
        Ok(disk)
    }

    fn find(&mut self) -> io::Result<()> {
        let acked = self.acked()?;
        self.next = acked.map_or(1, |(number, _)| number + 1);
        let mut numbers = Vec::new();
        for entry in fs::read_dir(&self.spool.dir)? {
            let path = entry?.path();
            match path.file_name().and_then(|name| name.to_str()) {
                Some(LOCK | ACKED | ACKED_NEXT) => {}
                Some(name) if name.ends_with(segment::DAMAGED) => self.status.damaged.push(path),
                Some(name) => match segment::number(name) {
                    Some(number) if path.is_file() => numbers.push(number),
                    _ => self.status.foreign.push(path),
                },
                None => self.status.foreign.push(path),
            }
        }
        self.status.foreign.sort_unstable();
        self.status.damaged.sort_unstable();
        numbers.sort_unstable();
        for number in numbers {
            self.next = self.next.max(number + 1);
            let done = match acked {
                Some((acked, _)) if number < acked => u64::MAX,
                Some((acked, offset)) if number == acked => offset,
                _ => 0,
            };
            let (segment, torn) = Segment::find(&self.spool.dir, number, done)?;
            self.status.torn += u64::from(torn);
            self.segments.push_back(segment);
        }
        self.retire()
    }

    /// The segment that was being read, and up to where it is done with.
    fn acked(&self) -> io::Result<Option<(u64, u64)>> {
        let text = match fs::read_to_string(self.spool.dir.join(ACKED)) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            // Not text: as if it were not there, so that events are sent again rather than not at all.
            Err(error) if error.kind() == io::ErrorKind::InvalidData => String::new(),
            Err(error) => return Err(error),
        };
        let mut numbers = text.split_whitespace().map(str::parse::<u64>);
        match (numbers.next(), numbers.next()) {
            (Some(Ok(number)), Some(Ok(offset))) if number < u64::MAX => Ok(Some((number, offset))),
            _ => Ok(None),
        }
    }

    /// Events not yet delivered.
    pub(crate) fn events(&self) -> u64 {
        self.segments.iter().map(|segment| segment.events).sum()
    }

    /// Bytes of events not yet delivered.
    pub(crate) fn unread(&self) -> u64 {
        self.segments.iter().map(|segment| segment.len - segment.acked).sum()
    }

    pub(crate) fn status(&self) -> SpoolStatus {
        SpoolStatus { bytes: self.bytes(), segments: self.segments.len(), ..self.status.clone() }
    }

    pub(crate) fn dir(&self) -> &Path {
        &self.spool.dir
    }

    pub(crate) fn when(&self) -> SpoolWhen {
        self.spool.when
    }

    pub(crate) fn count_error(&mut self) {
        self.status.errors += 1;
    }

    fn bytes(&self) -> u64 {
        self.segments.iter().map(|segment| segment.len).sum()
    }

    /// Whether a line can never be written here.
    pub(crate) fn is_too_large(&self, line: usize) -> bool {
        line as u64 > self.spool.max_bytes
    }

    /// How many of the first lines there is room for. May give up segments to make room for one, and says how many events went
    /// with them.
    pub(crate) fn room(&mut self, lines: &Lines) -> io::Result<(usize, u64)> {
        let mut given_up = 0;
        let wanted = lines.bytes(lines.len().min(1)) as u64;
        while self.bytes() + wanted > self.spool.max_bytes {
            if let Some(first) = self.segments.front()
                && first.events == 0
            {
                self.drop_segment(0)?;
            } else if self.overflow == Overflow::DropOldest && self.segments.len() > 1 {
                given_up += self.segments[1].events;
                self.drop_segment(1)?;
            } else {
                break;
            }
        }
        Ok((lines.fitting(self.spool.max_bytes.saturating_sub(self.bytes())), given_up))
    }

    /// Appends the first `count` lines, in one piece, and says where in the segment they begin. When it fails, none is there.
    pub(crate) fn append(&mut self, lines: &Lines, count: usize) -> io::Result<u64> {
        let text = lines.text(count);
        let full = self.segments.back().is_some_and(|last| last.len + text.len() as u64 > self.segment_bytes());
        if full {
            self.tail = None;
            self.retire()?;
        }
        if self.tail.is_none() {
            let segment = Segment::new(&self.spool.dir, self.next);
            self.tail = Some(File::options().create_new(true).append(true).open(&segment.path)?);
            self.next += 1;
            self.segments.push_back(segment);
            if self.spool.sync == SpoolSync::EachWrite {
                sync_dir(&self.spool.dir)?;
            }
        }
        let (Some(tail), Some(segment)) = (&mut self.tail, self.segments.back_mut()) else {
            return Err(io::Error::other("no segment to write to"));
        };
        let written = tail.write_all(text).and_then(|()| match self.spool.sync {
            SpoolSync::EachWrite => tail.sync_data(),
            SpoolSync::Never => Ok(()),
        });
        if let Err(error) = written {
            // What was written of it must not be there for a later process. Where it cannot be taken back, that one sends it twice.
            if tail.set_len(segment.len).is_err() {
                self.tail = None;
            }
            return Err(error);
        }
        let start = segment.len;
        segment.len += text.len() as u64;
        segment.events += count as u64;
        Ok(start)
    }

    fn segment_bytes(&self) -> u64 {
        self.spool.max_bytes / SEGMENTS
    }

    /// The next events, from one segment.
    pub(crate) fn read(&mut self, max_events: usize, max_bytes: usize) -> io::Result<Option<Reading>> {
        self.retire()?;
        let Some(first) = self.segments.front_mut().filter(|first| first.events > 0) else { return Ok(None) };
        let reading = match first.read(max_events, max_bytes) {
            // Somebody took it away: waiting does not bring it back.
            Err(error) if error.kind() == io::ErrorKind::NotFound => Reading::default(),
            read => read?,
        };
        if reading.unreadable > 0 {
            first.events -= reading.unreadable.min(first.events);
            if !first.damaged {
                first.damaged = true;
                self.status.damaged.push(first.path.clone());
            }
        }
        if reading.lines.is_empty() {
            // The rest of it is unreadable, or shorter than it was.
            let reading = Reading { unreadable: reading.unreadable + first.events, ..reading };
            first.events = 0;
            first.acked = first.len;
            return Ok(Some(reading));
        }
        Ok(Some(reading))
    }

    /// So many events of the first segment are done with, which is now done with up to `offset`.
    pub(crate) fn ack(&mut self, offset: u64, events: u64) -> io::Result<()> {
        let Some(first) = self.segments.front_mut() else { return Ok(()) };
        first.acked = offset;
        first.events -= events.min(first.events);
        let number = first.number;
        let next = self.spool.dir.join(ACKED_NEXT);
        fs::write(&next, format!("{number} {offset}\n"))?;
        fs::rename(&next, self.spool.dir.join(ACKED))?;
        self.retire()
    }

    /// Removes segments that are done with, from the first; that which is written to stays unless it is full.
    fn retire(&mut self) -> io::Result<()> {
        while let Some(first) = self.segments.front()
            && first.events == 0
        {
            let is_tail = self.segments.len() == 1 && self.tail.is_some();
            if is_tail && self.spool.when == SpoolWhen::Always && first.len < self.segment_bytes() {
                break;
            }
            self.drop_segment(0)?;
        }
        Ok(())
    }

    fn drop_segment(&mut self, at: usize) -> io::Result<()> {
        if at + 1 == self.segments.len() {
            self.tail = None;
        }
        let Some(segment) = self.segments.get(at) else { return Ok(()) };
        let gone = if segment.damaged { segment.set_aside() } else { fs::remove_file(&segment.path) };
        match gone {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => {
                self.segments.remove(at);
                Ok(())
            }
        }
    }

    /// Gives up all events, and says how many it could give up.
    pub(crate) fn clear(&mut self) -> (u64, io::Result<()>) {
        let mut cleared = 0;
        while let Some(first) = self.segments.front() {
            let events = first.events;
            if let Err(error) = self.drop_segment(0) {
                return (cleared, Err(error));
            }
            cleared += events;
        }
        (cleared, Ok(()))
    }

    /// Leaves nothing behind that is done with.
    pub(crate) fn close(&mut self) -> io::Result<()> {
        self.tail = None;
        self.retire()
    }
}

/// So that a new file is found after a loss of power.
fn sync_dir(dir: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(dir)?.sync_all() } else { Ok(()) }
}
