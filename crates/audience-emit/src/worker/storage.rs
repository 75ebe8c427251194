//! What the thread does with the disk.

use std::io;
use std::time::Instant;

use super::batch::{Batch, Place};
use super::{DISK_REST, Worker};
use crate::config::SpoolWhen;
use crate::lines::Lines;
use crate::spool::Disk;
use crate::status::Failure;

/// How many batches go to disk before the network is looked at again, however fast events come in.
const ROUNDS: usize = 1000;

impl Worker {
    /// Whether there is a disk that has not just failed.
    pub(super) fn disk_usable(&self) -> bool {
        self.disk.is_some() && self.disk_rests.is_none()
    }

    /// Whether what is sent next is on a disk that has just failed.
    pub(super) fn disk_is_in_the_way(&self) -> bool {
        self.disk_rests.is_some() && self.disk.as_ref().is_some_and(|disk| disk.events() > 0)
    }

    /// Whether new events go to disk, whatever the queue has.
    pub(super) fn writes_ahead(&self) -> bool {
        self.disk_usable()
            && self
                .disk
                .as_ref()
                .is_some_and(|disk| disk.when() == SpoolWhen::Always || disk.events() > 0 || self.is_offline())
    }

    /// Writes to disk what is to be there.
    pub(super) fn store(&mut self, now: Instant) {
        if self.disk_rests.is_some_and(|until| until <= now) {
            self.disk_rests = None;
        }
        let late = self.batch.is_some() && self.shared.queue.half_full();
        if self.disk_usable() && (self.writes_ahead() || late) {
            self.store_all();
        }
    }

    /// Writes to disk all that is in memory, as far as there is room.
    pub(super) fn store_all(&mut self) {
        if !self.disk_usable() {
            return;
        }
        self.store_batch();
        for _ in 0..ROUNDS {
            self.stage();
            if self.staged.is_empty() {
                break;
            }
            let mut staged = std::mem::take(&mut self.staged);
            let stored = self.append(&mut staged);
            self.staged = staged;
            if !stored {
                break;
            }
        }
    }

    /// The same for the last time, when it is worth more to keep events than to keep their order.
    pub(super) fn store_last(&mut self) {
        self.store_batch();
        if self.disk.is_some()
            && let Some(mut batch) = self.batch.take_if(|batch| batch.place == Place::Memory)
        {
            self.append(&mut batch.lines);
            self.batch = (!batch.lines.is_empty()).then_some(batch);
        }
        self.store_all();
    }

    /// Puts the batch on disk, where it is in front of all that follows; only possible while nothing is there, and as a whole.
    fn store_batch(&mut self) {
        let (Some(disk), Some(batch)) = (&mut self.disk, &mut self.batch) else { return };
        if batch.place != Place::Memory || disk.events() > 0 {
            return;
        }
        let count = batch.lines.len();
        let stored = match disk.room(&batch.lines) {
            Ok((room, _)) if room == count => disk.append(&batch.lines, count),
            Ok(_) => return,
            Err(error) => Err(error),
        };
        match stored {
            Ok(start) => {
                let offsets = (1..=count).map(|lines| start + batch.lines.bytes(lines) as u64).collect();
                batch.place = Place::Disk(offsets);
                self.tally.status.spooled += count as u64;
            }
            Err(error) => self.disk_failed(&error),
        }
    }

    /// Moves lines to the disk; false if not all went there.
    fn append(&mut self, lines: &mut Lines) -> bool {
        let Some(disk) = &mut self.disk else { return false };
        while !lines.is_empty() {
            if disk.is_too_large(lines.bytes(1)) {
                self.tally.status.dropped.too_large += 1;
                lines.drop_first(1);
                continue;
            }
            let appended = disk.room(lines).and_then(|(room, given_up)| {
                self.tally.status.dropped.spool_full += given_up;
                if room > 0 { disk.append(lines, room).map(|_| room) } else { Ok(0) }
            });
            match appended {
                Ok(0) => return false,
                Ok(count) => {
                    self.tally.status.spooled += count as u64;
                    lines.drop_first(count);
                }
                Err(error) => {
                    self.disk_failed(&error);
                    return false;
                }
            }
        }
        true
    }

    /// The oldest events on disk.
    pub(super) fn read_batch(&mut self, now: Instant) -> Option<Batch> {
        if self.disk_rests.is_some_and(|until| until > now) {
            return None;
        }
        loop {
            let disk = self.disk.as_mut()?;
            match disk.read(self.batching.max_events, self.batching.max_bytes) {
                Ok(None) => return None,
                Ok(Some(reading)) => {
                    self.tally.status.dropped.unreadable += reading.unreadable;
                    if !reading.lines.is_empty() {
                        return Some(Batch { lines: reading.lines, place: Place::Disk(reading.offsets) });
                    }
                }
                Err(error) => {
                    self.disk_failed(&error);
                    return None;
                }
            }
        }
    }

    /// Leaves the disk alone for a while. What is in memory is sent from there.
    pub(super) fn disk_failed(&mut self, error: &io::Error) {
        self.disk_rests = Some(Instant::now() + DISK_REST);
        self.note_disk(error);
    }

    pub(super) fn note_disk(&mut self, error: &io::Error) {
        let Some(disk) = &mut self.disk else { return };
        disk.count_error();
        let failure = Failure::Spool { path: disk.dir().to_owned(), text: error.to_string() };
        self.note(failure);
    }

    /// Gives up all there is, and says how many events that was.
    pub(super) fn give_up(&mut self) -> u64 {
        let mut given_up = self.staged.len() as u64;
        self.staged = Lines::default();
        self.request = None;
        if let Some(batch) = self.batch.take()
            && batch.place == Place::Memory
        {
            given_up += batch.lines.len() as u64;
        }
        while self.shared.queue.pop().is_some() {
            self.tally.taken += 1;
            given_up += 1;
        }
        if let Some((cleared, result)) = self.disk.as_mut().map(Disk::clear) {
            given_up += cleared;
            if let Err(error) = result {
                self.disk_failed(&error);
            }
        }
        given_up
    }
}
