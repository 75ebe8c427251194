//! What the emitter and its thread both see.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use audience_core::{Envelope, Origin};

use crate::queue::Queue;
use crate::sampling::Sample;
use crate::status::{DropReason, Emitted, Pending, Status};

#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) queue: Queue,
    pub(crate) sample: Sample,
    numbers: AtomicU64,
    origin: Arc<Origin>,
    emitted: AtomicU64,
    sampled_out: AtomicU64,
    pushed: AtomicU64,
    queue_full: AtomicU64,
    too_large: AtomicU64,
    shut_down: AtomicU64,
    closed: AtomicBool,
    finished: AtomicBool,
    tally: Mutex<Tally>,
}

/// What the thread has done, as of the last time it said so. No emitting thread ever waits for it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    /// Taken from the queue.
    pub(crate) taken: u64,
    /// The rest of it, save what the emitting threads count themselves.
    pub(crate) status: Status,
}

impl Shared {
    pub(crate) fn new(queue: Queue, sample: Sample, source: String) -> Self {
        Self {
            queue,
            sample,
            numbers: AtomicU64::new(1),
            origin: Arc::new(Origin { source: Some(source.into()), event_id: None }),
            emitted: AtomicU64::new(0),
            sampled_out: AtomicU64::new(0),
            pushed: AtomicU64::new(0),
            queue_full: AtomicU64::new(0),
            too_large: AtomicU64::new(0),
            shut_down: AtomicU64::new(0),
            closed: AtomicBool::new(false),
            finished: AtomicBool::new(false),
            tally: Mutex::default(),
        }
    }

    pub(crate) fn emit(&self, mut envelope: Envelope) -> Emitted {
        let count = |counter: &AtomicU64| counter.fetch_add(1, Ordering::AcqRel);
        count(&self.emitted);
        if self.closed.load(Ordering::SeqCst) {
            count(&self.shut_down);
            return Emitted::Dropped(DropReason::ShutDown);
        }
        if !self.sample.has(&envelope.session_id) {
            count(&self.sampled_out);
            return Emitted::SampledOut;
        }
        self.number(&mut envelope);
        match self.queue.push(envelope) {
            Ok(()) => {
                count(&self.pushed);
                if self.finished.load(Ordering::SeqCst) && self.drain() > 0 {
                    return Emitted::Dropped(DropReason::ShutDown);
                }
                Emitted::Queued
            }
            Err(reason) => {
                count(match reason {
                    DropReason::TooLarge => &self.too_large,
                    DropReason::QueueFull => &self.queue_full,
                    DropReason::ShutDown => &self.shut_down,
                });
                Emitted::Dropped(reason)
            }
        }
    }

    /// Gives the event the next number and the name of this emitter, unless it has a number already.
    fn number(&self, envelope: &mut Envelope) {
        let event = &mut envelope.event;
        if event.seq.is_some() {
            return;
        }
        event.seq = Some(self.numbers.fetch_add(1, Ordering::AcqRel).into());
        event.origin = Some(match event.event_id() {
            None => Arc::clone(&self.origin),
            Some(id) => Arc::new(Origin { source: self.origin.source.clone(), event_id: Some(id.into()) }),
        });
    }

    pub(crate) fn source(&self) -> &str {
        self.origin.source.as_deref().unwrap_or_default()
    }

    /// Takes nothing from now on.
    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
    }

    /// The thread is gone: what still comes in is taken out by whoever brought it.
    pub(crate) fn finish(&self) {
        self.finished.store(true, Ordering::SeqCst);
        self.drain();
    }

    fn drain(&self) -> u64 {
        let drained = std::iter::from_fn(|| self.queue.pop()).fold(0, |drained, _| drained + 1);
        self.shut_down.fetch_add(drained, Ordering::AcqRel);
        // They were never taken by the thread.
        self.pushed.fetch_sub(drained, Ordering::AcqRel);
        drained
    }

    pub(crate) fn publish(&self, tally: &Tally) {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner).clone_from(tally);
    }

    pub(crate) fn status(&self) -> Status {
        let Tally { taken, mut status } = self.tally.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let read = |counter: &AtomicU64| counter.load(Ordering::Acquire);
        status.dropped.evicted = self.queue.evicted();
        let queued = read(&self.pushed).saturating_sub(status.dropped.evicted + taken);
        status.pending = Pending { queued, ..status.pending };
        status.dropped.queue_full = read(&self.queue_full);
        status.dropped.too_large += read(&self.too_large);
        status.dropped.shut_down += read(&self.shut_down);
        status.sampled_out = read(&self.sampled_out);
        status.emitted = read(&self.emitted);
        status
    }
}
