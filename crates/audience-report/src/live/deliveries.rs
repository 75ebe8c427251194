//! What CDNs did with requests, window by window.

use std::collections::BTreeMap;

use audience_core::{Envelope, Merge, Timestamp};
use audience_realtime::{Delivery, DeliverySummary, Key, Table, Window};

/// The most CDNs that are told apart.
const MOST_KEYS: usize = 1000;
/// The most windows that are kept until they are final, so that clocks that are wrong cannot fill memory.
const MOST_WINDOWS: usize = 10_000;

/// Deliveries of everybody together and of each CDN, in windows that do not overlap.
#[derive(Debug)]
pub(super) struct Deliveries {
    window: Window,
    /// Of those that are final.
    sum: Table<Key, Delivery>,
    /// Of each that is not, by when it begins.
    open: BTreeMap<Timestamp, Table<Key, Delivery>>,
    /// All before this time are final.
    until: Option<Timestamp>,
}

impl Deliveries {
    pub(super) fn new(window: Window) -> Self {
        Self { window, sum: table(window), open: BTreeMap::new(), until: None }
    }

    pub(super) fn observe(&mut self, envelope: &Envelope) {
        let length = self.window.length().as_millis() as i64;
        let at = envelope.event.ts.as_millis();
        let start = Timestamp::from_millis(at.div_euclid(length).saturating_mul(length));
        let is_final = self.until.is_some_and(|until| start < until);
        if is_final || (self.open.len() >= MOST_WINDOWS && !self.open.contains_key(&start)) {
            return;
        }
        let window = self.window;
        let table = self.open.entry(start).or_insert_with(|| table(window));
        table.observe(&Key::ALL, &envelope.event);
        if let Some((name, value)) = envelope.attributes.iter().find(|(name, _)| **name == *"cdn") {
            table.observe(&Key::attribute(name, value), &envelope.event);
        }
    }

    /// The windows that end by then, with what they have of whom; they are final.
    pub(super) fn close(&mut self, until: Timestamp) -> Vec<(Timestamp, Vec<(Key, DeliverySummary)>)> {
        let mut closed = Vec::new();
        while let Some(first) = self.open.first_entry() {
            let end = *first.key() + self.window.length();
            if end > until {
                break;
            }
            self.sum.merge(first.remove());
            closed.push((end, summaries(&self.sum, end)));
        }
        self.until = self.until.max(Some(until));
        closed
    }

    /// The sliding window that ends now.
    pub(super) fn until(&self, now: Timestamp) -> Vec<(Key, DeliverySummary)> {
        let mut sum = self.sum.clone();
        for (_, table) in self.open.range(..=now) {
            sum.merge(table.clone());
        }
        summaries(&sum, now)
    }
}

fn table(window: Window) -> Table<Key, Delivery> {
    Table::new(MOST_KEYS, Delivery::new(window))
}

fn summaries(table: &Table<Key, Delivery>, end: Timestamp) -> Vec<(Key, DeliverySummary)> {
    let of = |(key, delivery): (&Key, &Delivery)| (key.clone(), delivery.summary_until(end));
    table.iter().map(of).filter(|(_, summary)| summary.requests > 0).collect()
}
