//! Where events wait for the thread that sends them.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use audience_core::{Envelope, EventKind, Vitals};
use crossbeam_queue::ArrayQueue;
use tokio::sync::Notify;

use crate::config::{Overflow, QueueLimits};
use crate::status::DropReason;

/// A queue with room for so many events and so many bytes. Nothing in it waits for anything.
#[derive(Debug)]
pub(crate) struct Queue {
    slots: ArrayQueue<Waiting>,
    bytes: AtomicUsize,
    limits: QueueLimits,
    overflow: Overflow,
    evicted: AtomicU64,
    /// From how many events or bytes on the thread wants to be woken.
    wake_events: AtomicUsize,
    wake_bytes: AtomicUsize,
    bell: Notify,
}

#[derive(Debug)]
struct Waiting {
    envelope: Envelope,
    weight: usize,
}

impl Queue {
    pub(crate) fn new(limits: QueueLimits, overflow: Overflow) -> Self {
        Self {
            slots: ArrayQueue::new(limits.max_events),
            bytes: AtomicUsize::new(0),
            limits,
            overflow,
            evicted: AtomicU64::new(0),
            wake_events: AtomicUsize::new(usize::MAX),
            wake_bytes: AtomicUsize::new(usize::MAX),
            bell: Notify::new(),
        }
    }

    /// Takes an event in, or says why not.
    pub(crate) fn push(&self, envelope: Envelope) -> Result<(), DropReason> {
        let weight = weight(&envelope);
        if weight > self.limits.max_bytes {
            return Err(DropReason::TooLarge);
        }
        let waiting = Waiting { envelope, weight };
        match self.overflow {
            Overflow::DropNewest => {
                let before = self.bytes.fetch_add(weight, Ordering::AcqRel);
                if before + weight > self.limits.max_bytes || self.slots.push(waiting).is_err() {
                    self.bytes.fetch_sub(weight, Ordering::AcqRel);
                    return Err(DropReason::QueueFull);
                }
            }
            Overflow::DropOldest => {
                self.bytes.fetch_add(weight, Ordering::AcqRel);
                while self.bytes.load(Ordering::Acquire) > self.limits.max_bytes && self.pop().is_some() {
                    self.evicted.fetch_add(1, Ordering::AcqRel);
                }
                if let Some(oldest) = self.slots.force_push(waiting) {
                    self.bytes.fetch_sub(oldest.weight, Ordering::AcqRel);
                    self.evicted.fetch_add(1, Ordering::AcqRel);
                }
            }
        }
        self.wake();
        Ok(())
    }

    fn wake(&self) {
        let events = self.wake_events.load(Ordering::SeqCst);
        if self.slots.len() >= events || self.bytes.load(Ordering::SeqCst) >= self.wake_bytes.load(Ordering::SeqCst) {
            self.listen(usize::MAX, usize::MAX);
            self.bell.notify_one();
        }
    }

    pub(crate) fn pop(&self) -> Option<Envelope> {
        let waiting = self.slots.pop()?;
        self.bytes.fetch_sub(waiting.weight, Ordering::AcqRel);
        Some(waiting.envelope)
    }

    pub(crate) fn len(&self) -> usize {
        self.slots.len()
    }

    /// Bytes of memory, estimated.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes.load(Ordering::Acquire)
    }

    /// How many events made room for later ones.
    pub(crate) fn evicted(&self) -> u64 {
        self.evicted.load(Ordering::Acquire)
    }

    pub(crate) fn half_full(&self) -> bool {
        self.len() * 2 >= self.limits.max_events || self.bytes() * 2 >= self.limits.max_bytes
    }

    /// Where the queue is half full.
    pub(crate) fn half(&self) -> (usize, usize) {
        (self.limits.max_events.div_ceil(2), self.limits.max_bytes.div_ceil(2))
    }

    /// Asks to be woken from so many events or bytes on.
    pub(crate) fn listen(&self, events: usize, bytes: usize) {
        self.wake_events.store(events, Ordering::SeqCst);
        self.wake_bytes.store(bytes, Ordering::SeqCst);
    }

    /// Whether there are so many events or bytes.
    pub(crate) fn reaches(&self, events: usize, bytes: usize) -> bool {
        self.len() >= events || self.bytes() >= bytes
    }

    /// Waits for what was asked for by [`listen`](Self::listen).
    pub(crate) async fn rung(&self) {
        self.bell.notified().await;
    }
}

/// About how much memory an event takes. What events share is counted with each.
fn weight(envelope: &Envelope) -> usize {
    let event = &envelope.event;
    let text = |text: &Option<Box<str>>| text.as_ref().map_or(0, |text| text.len());
    let kind = match &event.kind {
        EventKind::Load { url, .. } => url.as_ref().map_or(0, |url| url.as_str().len() + 32),
        EventKind::AdStart(Some(ad)) => 32 + text(&ad.id) + text(&ad.slot),
        EventKind::Request(request) => 160 + request.url.as_ref().map_or(0, |url| url.as_str().len()),
        EventKind::Custom(custom) => 64 + custom.name.len() + text(&custom.data),
        EventKind::Error(error) => 48 + text(&error.code) + text(&error.message),
        EventKind::End { reason } => reason.as_ref().map_or(0, |reason| reason.as_str().len()),
        _ => 0,
    };
    let ids = envelope.session_id.as_str().len()
        + envelope.viewer_id.as_ref().map_or(0, |id| id.as_str().len())
        + envelope.content_id.as_ref().map_or(0, |id| id.as_str().len())
        + event.origin.as_ref().map_or(0, |origin| 48 + text(&origin.source) + text(&origin.event_id));
    let vitals = if event.vitals.is_some() { size_of::<Vitals>() } else { 0 };
    let attributes: usize = envelope.attributes.iter().map(|(name, value)| 64 + name.len() + value.len()).sum();
    size_of::<Waiting>() + ids + kind + vitals + attributes
}

#[cfg(test)]
mod tests {
    use audience_core::{Event, Timestamp};

    use super::*;

    fn event(n: u64) -> Envelope {
        Envelope {
            session_id: "s".into(),
            viewer_id: None,
            content_id: None,
            event: Event::new(Timestamp::from_millis(0), EventKind::Play).numbered(n),
            attributes: Vec::new(),
        }
    }

    fn kept(overflow: Overflow, limits: QueueLimits, events: u64) -> (Vec<u64>, u64) {
        let queue = Queue::new(limits, overflow);
        let refused = (0..events).filter(|n| queue.push(event(*n)).is_err()).count() as u64;
        assert_eq!(refused + queue.evicted() + queue.len() as u64, events);
        let kept = std::iter::from_fn(|| queue.pop()).filter_map(|envelope| envelope.event.seq).map(u64::from);
        let kept = kept.collect();
        assert_eq!(queue.bytes(), 0, "all that was weighed is gone");
        (kept, queue.evicted())
    }

    #[test]
    fn what_gives_way_is_the_newest_or_the_oldest_by_count_and_by_bytes() {
        let few = QueueLimits { max_events: 3, max_bytes: 1 << 20 };
        let light = QueueLimits { max_events: 100, max_bytes: 3 * weight(&event(0)) };
        for limits in [few, light] {
            assert_eq!(kept(Overflow::DropNewest, limits, 5), (vec![0, 1, 2], 0));
            assert_eq!(kept(Overflow::DropOldest, limits, 5), (vec![2, 3, 4], 2));
        }
    }

    #[test]
    fn an_event_larger_than_the_queue_is_not_let_in() {
        for overflow in [Overflow::DropNewest, Overflow::DropOldest] {
            let queue = Queue::new(QueueLimits { max_events: 3, max_bytes: 10 }, overflow);
            assert_eq!(queue.push(event(0)), Err(DropReason::TooLarge));
        }
    }
}
