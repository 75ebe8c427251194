//! Telling repeats from conflicts.

use crate::event::{Event, Seq};

/// Which of `events` (in order, repeats removed) share their key with one before, as indices in no order.
pub(super) fn conflicts<'a>(events: impl Iterator<Item = &'a Event> + Clone) -> Vec<usize> {
    if numbered_in_order(events.clone()) {
        return Vec::new();
    }
    let mut keys: Vec<_> = events.enumerate().filter_map(|(index, event)| Some((key(event)?, index))).collect();
    keys.sort_unstable();
    keys.windows(2).filter(|pair| pair[0].0 == pair[1].0).map(|pair| pair[1].1).collect()
}

/// Whether all events come from one source that numbered them in the order of their times: then no two share a key.
fn numbered_in_order<'a>(mut events: impl Iterator<Item = &'a Event>) -> bool {
    let Some(first) = events.next() else { return true };
    let (mut last, source) = (first.seq, first.source());
    if last.is_none() || first.event_id().is_some() {
        return false;
    }
    events.all(|event| {
        let in_order = event.seq > last && event.event_id().is_none() && event.source() == source;
        last = event.seq;
        in_order
    })
}

/// An event's key: its id, else its source and number. An event with neither is its own.
fn key(event: &Event) -> Option<(Option<&str>, Option<&str>, Option<Seq>)> {
    if let Some(id) = event.event_id() {
        return Some((Some(id), None, None));
    }
    event.seq.map(|seq| (None, event.source(), Some(seq)))
}
