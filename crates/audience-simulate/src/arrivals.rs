//! Events of many sessions in the order in which they arrive.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;
use std::iter::FusedIterator;
use std::ops::Range;
use std::vec::IntoIter;

use audience_core::{ContentId, Envelope, Event, EventKind, SessionId, ViewerId};

use crate::delivery::deliver;
use crate::session::SimulatedSession;
use crate::simulation::Simulation;

/// The events of sessions in the order in which they arrive at the log: sessions interleaved, late ones late, lost ones
/// missing. Made by [`Simulation::arrivals`].
///
/// Sessions are played when the first of their events may be next, and forgotten after their last one: memory holds the
/// events of sessions that are on at the same time, however many there are in all. What is next does not depend on how
/// many sessions come after it.
#[derive(Debug)]
pub struct Arrivals<'a> {
    simulation: &'a Simulation,
    numbers: Range<u64>,
    /// When the next session begins.
    next_begin: i64,
    /// The next arrival of each session that is on.
    heap: BinaryHeap<Reverse<Next>>,
    slots: Vec<Slot>,
    free: Vec<usize>,
}

/// The next event of a session: when it arrives, of which session it is, and where that is kept.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
struct Next {
    arrival: i64,
    number: u64,
    slot: usize,
}

/// A session that is on.
#[derive(Debug)]
struct Slot {
    session: SimulatedSession,
    arriving: IntoIter<(i64, Event)>,
}

impl<'a> Arrivals<'a> {
    pub(crate) fn new(simulation: &'a Simulation, numbers: Range<u64>) -> Self {
        let numbers = numbers.start..numbers.end.min(simulation.sessions());
        let mut arrivals =
            Self { simulation, numbers, next_begin: 0, heap: BinaryHeap::new(), slots: Vec::new(), free: Vec::new() };
        arrivals.look_ahead();
        arrivals
    }

    /// How many sessions have begun or are about to.
    pub fn begun(&self) -> u64 {
        self.numbers.start
    }

    fn look_ahead(&mut self) {
        if !self.numbers.is_empty() {
            self.next_begin = self.simulation.begin(self.numbers.start);
        }
    }

    /// Plays the next session.
    fn admit(&mut self) {
        let Some(number) = self.numbers.next() else { return };
        self.look_ahead();
        let mut session = self.simulation.session(number);
        let arriving = deliver(self.simulation, number, &mut session).into_iter();
        let Some((arrival, _)) = arriving.as_slice().first() else { return };
        let arrival = *arrival;
        let kept = Slot { session, arriving };
        let slot = if let Some(slot) = self.free.pop() {
            self.slots[slot] = kept;
            slot
        } else {
            self.slots.push(kept);
            self.slots.len() - 1
        };
        self.heap.push(Reverse(Next { arrival, number, slot }));
    }
}

impl Iterator for Arrivals<'_> {
    type Item = Envelope;

    fn next(&mut self) -> Option<Envelope> {
        // Nothing of a session arrives before it begins.
        while !self.numbers.is_empty() && self.heap.peek().is_none_or(|first| self.next_begin <= first.0.arrival) {
            self.admit();
        }
        let mut first = self.heap.peek_mut()?;
        let slot = first.0.slot;
        let kept = &mut self.slots[slot];
        let (_, event) = kept.arriving.next()?;
        let envelope = envelope(&kept.session, event);
        if let Some((arrival, _)) = kept.arriving.as_slice().first() {
            first.0.arrival = *arrival;
        } else {
            PeekMut::pop(first);
            self.free.push(slot);
        }
        Some(envelope)
    }
}

impl FusedIterator for Arrivals<'_> {}

/// What identifies the session goes with every event, what describes it with the load.
fn envelope(session: &SimulatedSession, event: Event) -> Envelope {
    let truth = &session.truth;
    let describes = matches!(event.kind, EventKind::Load { .. });
    Envelope {
        session_id: SessionId::clone(&truth.session_id),
        viewer_id: Some(ViewerId::clone(&truth.viewer_id)),
        content_id: Some(ContentId::clone(&truth.content_id)),
        event,
        attributes: if describes { session.attributes.clone() } else { Vec::new() },
    }
}
