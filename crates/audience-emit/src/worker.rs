//! The thread that sends: takes events from the queue, keeps them on disk if it is told to, and posts them in order.

mod batch;
mod command;
mod storage;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use audience_core::Timestamp;
use bytes::Bytes;
use rand_xoshiro::Xoshiro256PlusPlus;
use reqwest::Url;
use tokio::sync::mpsc::UnboundedReceiver;

use self::batch::{Batch, Place};
use self::command::Waiter;
pub(crate) use self::command::{Command, Reply};
use crate::body::body;
use crate::config::{Batching, Format, Retry};
use crate::lines::Lines;
use crate::shared::{Shared, Tally};
use crate::spool::Disk;
use crate::status::{EndpointState, Failure, LastError};
use crate::transport::{Outcome, Transport};

/// How long to leave a disk alone that has failed.
const DISK_REST: Duration = Duration::from_secs(1);

type Request = Pin<Box<dyn Future<Output = Outcome> + Send>>;

/// Events go from the queue to `staged`, from there to the spool or into the batch, and from the spool into the batch; whatever is
/// further along is older.
pub(crate) struct Worker {
    shared: Arc<Shared>,
    commands: UnboundedReceiver<Command>,
    transport: Transport,
    endpoint: Url,
    format: Format,
    batching: Batching,
    retry: Retry,
    rng: Xoshiro256PlusPlus,
    disk: Option<Disk>,
    /// Until when the disk is left alone.
    disk_rests: Option<Instant>,
    staged: Lines,
    batch: Option<Batch>,
    request: Option<(Request, usize)>,
    /// The most events in one request now: fewer than asked for after a 413.
    limit: usize,
    failures: u32,
    not_before: Option<Instant>,
    /// Whether the collector has asked for that.
    told_to_wait: bool,
    /// Since when something waits that is in no batch.
    waiting_since: Option<Instant>,
    waiters: Vec<Waiter>,
    tally: Tally,
    stopped: bool,
}

/// What a worker is made of.
pub(crate) struct Parts {
    pub(crate) shared: Arc<Shared>,
    pub(crate) commands: UnboundedReceiver<Command>,
    pub(crate) transport: Transport,
    pub(crate) endpoint: Url,
    pub(crate) format: Format,
    pub(crate) batching: Batching,
    pub(crate) retry: Retry,
    pub(crate) rng: Xoshiro256PlusPlus,
    pub(crate) disk: Option<Disk>,
}

impl Worker {
    pub(crate) fn new(parts: Parts) -> Self {
        let Parts { shared, commands, transport, endpoint, format, batching, retry, rng, disk } = parts;
        let mut tally = Tally::default();
        tally.status.recovered = disk.as_ref().map_or(0, Disk::events);
        // What an earlier process has left has waited long enough.
        let waiting_since =
            (tally.status.recovered > 0).then(|| Instant::now().checked_sub(batching.max_wait)).flatten();
        let mut worker = Self {
            shared,
            commands,
            transport,
            endpoint,
            format,
            limit: batching.max_events,
            batching,
            retry,
            rng,
            disk,
            disk_rests: None,
            staged: Lines::default(),
            batch: None,
            request: None,
            failures: 0,
            not_before: None,
            told_to_wait: false,
            waiting_since,
            waiters: Vec::new(),
            tally,
            stopped: false,
        };
        worker.publish();
        worker
    }

    pub(crate) async fn run(mut self) {
        while !self.stopped {
            let now = Instant::now();
            self.store(now);
            self.answer_waiters(now);
            if self.stopped {
                break;
            }
            self.form_batch(now);
            self.start(now);
            self.publish();
            self.wait(now).await;
        }
        self.shared.finish();
    }

    /// Waits until there is something to do, and does what cannot wait.
    async fn wait(&mut self, now: Instant) {
        let (events, bytes) = self.levels();
        self.shared.queue.listen(events, bytes);
        // More has come meanwhile: answers and commands are looked at all the same.
        let more = self.shared.queue.reaches(events, bytes);
        let until = if more { Some(now) } else { self.next_time(now) };
        if more {
            tokio::task::yield_now().await;
        }
        let shared = Arc::clone(&self.shared);
        tokio::select! {
            outcome = answered(&mut self.request) => self.resolve(outcome),
            command = self.commands.recv() => match command {
                Some(command) => self.obey(command),
                // The emitter is gone.
                None => self.stop(),
            },
            () = shared.queue.rung() => {}
            () = sleep_until(until) => {}
        }
    }

    /// From how many queued events or bytes on there is something to do with them.
    fn levels(&self) -> (usize, usize) {
        const NEVER: (usize, usize) = (usize::MAX, usize::MAX);
        const AT_ONCE: (usize, usize) = (1, usize::MAX);
        if !self.staged.is_empty() || self.disk_is_in_the_way() {
            return NEVER;
        }
        match &self.batch {
            _ if self.writes_ahead() => AT_ONCE,
            None if self.waiting_since.is_none() => AT_ONCE,
            None => (self.batching.max_events, self.batching.max_bytes),
            Some(_) if self.disk_usable() => self.shared.queue.half(),
            Some(_) => NEVER,
        }
    }

    /// When there is something to do even if nothing happens.
    fn next_time(&self, now: Instant) -> Option<Instant> {
        let idle = self.request.is_none();
        let again = if idle && self.batch.is_some() && !self.is_gone() { self.not_before } else { None };
        let forms = self.batch.is_none() && !self.disk_is_in_the_way();
        let ripe = if forms { self.waiting_since.map(|since| later(since, self.batching.max_wait)) } else { None };
        let waiters = self.waiters.iter().map(|waiter| waiter.deadline).min();
        let times = [again, ripe, self.disk_rests, waiters].into_iter().flatten();
        // What is due but cannot be done now is looked at again a little later, never in a tight loop.
        times.min().map(|time| time.max(now + Duration::from_millis(1)))
    }

    fn is_gone(&self) -> bool {
        self.tally.status.endpoint == EndpointState::Gone
    }

    fn is_offline(&self) -> bool {
        !matches!(self.tally.status.endpoint, EndpointState::Unknown | EndpointState::Answering)
    }

    /// Makes the next batch if enough waits, or if it has waited long enough.
    fn form_batch(&mut self, now: Instant) {
        let on_disk = self.disk.as_ref().map_or((0, 0), |disk| (disk.events() as usize, disk.unread() as usize));
        let in_batch =
            self.batch.as_ref().filter(|batch| batch.place != Place::Memory).map_or(0, |batch| batch.lines.len());
        let events = self.shared.queue.len() + self.staged.len() + on_disk.0 - in_batch;
        if events == 0 {
            self.waiting_since = None;
            return;
        }
        let waited = now.saturating_duration_since(*self.waiting_since.get_or_insert(now));
        if self.batch.is_some() {
            return;
        }
        let bytes = self.shared.queue.bytes() + self.staged.bytes(self.staged.len()) + on_disk.1;
        let enough = events >= self.batching.max_events || bytes >= self.batching.max_bytes;
        if !(enough || waited >= self.batching.max_wait || !self.waiters.is_empty()) {
            return;
        }
        self.batch = if on_disk.0 > 0 { self.read_batch(now) } else { self.take_batch() };
        if self.batch.is_some() {
            self.waiting_since = None;
        }
    }

    fn take_batch(&mut self) -> Option<Batch> {
        self.stage();
        let lines = std::mem::take(&mut self.staged);
        (!lines.is_empty()).then_some(Batch { lines, place: Place::Memory })
    }

    /// Takes events from the queue, up to one batch.
    fn stage(&mut self) {
        while self.staged.len() < self.batching.max_events
            && self.staged.bytes(self.staged.len()) < self.batching.max_bytes
            && let Some(envelope) = self.shared.queue.pop()
        {
            self.tally.taken += 1;
            self.staged.push(&envelope);
        }
    }

    /// Begins the next request if it is time.
    fn start(&mut self, now: Instant) {
        let due = self.not_before.is_none_or(|time| time <= now);
        let Some(batch) = self.batch.as_ref().filter(|_| due && self.request.is_none() && !self.is_gone()) else {
            return;
        };
        let count = batch.lines.len().min(self.limit).min(batch.lines.fitting(self.batching.max_bytes as u64).max(1));
        let body = body(self.format, &batch.lines, count);
        let status = &mut self.tally.status;
        status.requests += 1;
        status.retries += u64::from(self.failures > 0);
        status.bytes_sent += body.len() as u64;
        let post = self.transport.clone().post(self.endpoint.clone(), Bytes::from(body));
        self.request = Some((Box::pin(post), count));
    }

    /// Does what the answer says.
    fn resolve(&mut self, outcome: Outcome) {
        let Some((_, count)) = self.request.take() else { return };
        let now = Instant::now();
        match outcome {
            Outcome::Delivered => {
                self.tally.status.delivered += count as u64;
                let from_disk = self.batch.as_ref().is_some_and(|batch| batch.place != Place::Memory);
                self.tally.status.replayed += if from_disk { count as u64 } else { 0 };
                self.done(count);
                self.succeed();
            }
            Outcome::Rejected(failure) => {
                self.tally.status.rejected += count as u64;
                self.done(count);
                self.succeed();
                self.note(failure);
            }
            Outcome::TooLarge(failure) => {
                if count > 1 {
                    self.limit = count.div_ceil(2);
                } else {
                    self.tally.status.rejected += 1;
                    self.done(1);
                }
                self.failures = 0;
                self.not_before = None;
                self.tally.status.endpoint = EndpointState::Answering;
                self.note(failure);
            }
            Outcome::Again { asked, failure } => {
                self.failures = self.failures.saturating_add(1);
                self.told_to_wait = asked.is_some();
                self.not_before = Some(later(now, self.retry.delay(self.failures, asked, &mut self.rng)));
                self.tally.status.endpoint = EndpointState::Failing { failures: self.failures };
                self.note(failure);
            }
            Outcome::Refused { status, failure } => {
                self.failures = self.failures.saturating_add(1);
                self.told_to_wait = true;
                self.not_before = Some(later(now, self.retry.long_delay(&mut self.rng)));
                self.tally.status.endpoint = EndpointState::Refusing { status };
                self.note(failure);
            }
            Outcome::Gone(failure) => {
                self.tally.status.endpoint = EndpointState::Gone;
                self.note(failure);
            }
        }
    }

    fn succeed(&mut self) {
        self.failures = 0;
        self.not_before = None;
        self.limit = self.limit.saturating_mul(2).min(self.batching.max_events);
        self.tally.status.endpoint = EndpointState::Answering;
    }

    /// The first `count` events of the batch are done with.
    fn done(&mut self, count: usize) {
        let Some(mut batch) = self.batch.take() else { return };
        if let Place::Disk(offsets) = &mut batch.place {
            let acked = offsets.drain(..count).next_back();
            if let (Some(disk), Some(offset)) = (&mut self.disk, acked)
                && let Err(error) = disk.ack(offset, count as u64)
            {
                // What is sent again after a crash is no reason to stop reading.
                self.note_disk(&error);
            }
        }
        batch.lines.drop_first(count);
        if !batch.lines.is_empty() {
            self.batch = Some(batch);
        }
    }

    fn note(&mut self, failure: Failure) {
        let at = Timestamp::from_millis(jiff::Timestamp::now().as_millisecond());
        self.tally.status.last_error = Some(LastError { at, failure });
    }

    fn publish(&mut self) {
        let in_batch =
            self.batch.as_ref().filter(|batch| batch.place == Place::Memory).map_or(0, |batch| batch.lines.len());
        let status = &mut self.tally.status;
        status.pending.held = (self.staged.len() + in_batch) as u64;
        status.pending.spooled = self.disk.as_ref().map_or(0, Disk::events);
        status.spool = self.disk.as_ref().map(Disk::status);
        self.shared.publish(&self.tally);
    }
}

/// So much later, or in a century, which is as good as for ever and can be added to any time.
fn later(time: Instant, by: Duration) -> Instant {
    time + by.min(Duration::from_hours(876_600))
}

/// What the request comes to; never, while there is none.
async fn answered(request: &mut Option<(Request, usize)>) -> Outcome {
    match request {
        Some((request, _)) => request.await,
        None => std::future::pending().await,
    }
}

async fn sleep_until(time: Option<Instant>) {
    match time {
        Some(time) => tokio::time::sleep_until(time.into()).await,
        None => std::future::pending().await,
    }
}
