//! What the thread is asked to do.

use std::time::{Duration, Instant};

use reqwest::Url;

use super::batch::Place;
use super::{Worker, later};
use crate::spool::Disk;
use crate::status::{EndpointState, Flushed, Status};

/// Something to do, and whom to tell.
pub(crate) enum Command {
    /// Send what there is.
    Flush { within: Duration, done: Reply<Flushed> },
    /// Send what there is, and stop.
    ShutDown { within: Duration, done: Reply<Flushed> },
    /// Give up what there is.
    Clear { done: Reply<u64> },
    /// Send to another address.
    Endpoint(Url),
}

/// Tells whoever asked; false if nobody waits for it any more.
pub(crate) type Reply<T> = Box<dyn FnOnce(T) -> bool + Send>;

/// Somebody who waits for what there was to be sent.
pub(super) struct Waiter {
    pub(super) deadline: Instant,
    /// How many events are to be resolved until then.
    target: u64,
    before: Status,
    then: Then,
    done: Reply<Flushed>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Then {
    GoOn,
    Stop,
}

impl Worker {
    pub(super) fn obey(&mut self, command: Command) {
        match command {
            Command::Flush { within, done } => self.flush(within, Then::GoOn, done),
            Command::ShutDown { within, done } => {
                self.shared.close();
                self.flush(within, Then::Stop, done);
            }
            Command::Clear { done } => {
                let cleared = self.give_up();
                self.tally.status.dropped.cleared += cleared;
                self.publish();
                done(cleared);
            }
            Command::Endpoint(endpoint) => {
                self.endpoint = endpoint;
                self.request = None;
                self.failures = 0;
                self.not_before = None;
                self.limit = self.batching.max_events;
                self.tally.status.endpoint = EndpointState::Unknown;
            }
        }
    }

    fn flush(&mut self, within: Duration, then: Then, done: Reply<Flushed>) {
        self.publish();
        let before = self.shared.status();
        let target = self.resolved() + before.pending.total();
        let now = Instant::now();
        let deadline = later(now, within);
        self.waiters.push(Waiter { deadline, target, before, then, done });
        if !self.told_to_wait {
            self.not_before = None;
        }
    }

    /// Tells those whose wait is over.
    pub(super) fn answer_waiters(&mut self, now: Instant) {
        if self.waiters.is_empty() {
            return;
        }
        let resolved = self.resolved();
        let hopeless = self.is_gone();
        let over = |waiter: &Waiter| waiter.target <= resolved || waiter.deadline <= now || hopeless;
        if !self.waiters.iter().any(over) {
            return;
        }
        if self.waiters.iter().any(|waiter| over(waiter) && waiter.target > resolved) {
            // What could not be sent in time goes where it is safe.
            self.store_all();
        }
        let (over, waiting): (Vec<_>, Vec<_>) = std::mem::take(&mut self.waiters).into_iter().partition(over);
        self.waiters = waiting;
        if over.iter().any(|waiter| waiter.then == Then::Stop) {
            self.stop();
        } else {
            self.publish();
        }
        let status = self.shared.status();
        for waiter in over {
            (waiter.done)(flushed(&waiter.before, &status));
        }
    }

    /// How many events that were taken in are no longer on their way.
    fn resolved(&self) -> u64 {
        let status = &self.tally.status;
        status.delivered + status.rejected + status.dropped.total() + self.shared.queue.evicted()
    }

    /// Stops, with what can be spooled in the spool, and the rest counted.
    pub(super) fn stop(&mut self) {
        self.request = None;
        self.disk_rests = None;
        self.shared.close();
        self.store_last();
        let mut lost = self.staged.len();
        self.staged = crate::lines::Lines::default();
        if let Some(batch) = self.batch.take().filter(|batch| batch.place == Place::Memory) {
            lost += batch.lines.len();
        }
        self.tally.status.dropped.shut_down += lost as u64;
        if let Some(Err(error)) = self.disk.as_mut().map(Disk::close) {
            self.disk_failed(&error);
        }
        self.shared.finish();
        self.stopped = true;
        self.publish();
        // Another emitter may use the directory by the time anybody is told that this one has stopped.
        self.disk = None;
    }
}

fn flushed(before: &Status, now: &Status) -> Flushed {
    Flushed {
        delivered: now.delivered - before.delivered,
        rejected: now.rejected - before.rejected,
        dropped: now.dropped.total() - before.dropped.total(),
        spooled: now.pending.spooled,
        in_memory: now.pending.queued + now.pending.held,
    }
}
