//! One record: what stands at the paths of a map.

use super::tree::Slot;
use crate::scalar::Scalar;

/// Where a value of a record is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Place {
    /// In the line the record stands in, and not in the record itself.
    pub(super) in_line: bool,
    pub(super) slot: Slot,
}

/// Values by their slots; the memory is reused from record to record.
#[derive(Debug, Default)]
pub(super) struct Slots<'a> {
    values: Vec<Scalar<'a>>,
    /// Slots whose value came more than once.
    pub(super) repeated: Vec<Slot>,
    /// A text that goes on as JSON, but is none, as far as it is worth showing.
    pub(super) broken: Option<Box<str>>,
}

impl<'a> Slots<'a> {
    /// The same memory, empty, for values of other places.
    pub(super) fn reuse<'b>(mut self, slots: usize) -> Slots<'b> {
        self.values.clear();
        self.repeated.clear();
        let mut values: Vec<Scalar<'b>> = self.values.into_iter().map(|_| Scalar::Null).collect();
        values.resize(slots, Scalar::Null);
        Slots { values, repeated: self.repeated, broken: None }
    }

    /// Forgets all values.
    pub(super) fn clear(&mut self) {
        self.values.fill(Scalar::Null);
        self.repeated.clear();
        self.broken = None;
    }

    /// Keeps a value; null and an empty text are as good as nothing.
    pub(super) fn put(&mut self, slot: Slot, value: Scalar<'a>) {
        if value == Scalar::Null || matches!(&value, Scalar::Text(text) if text.is_empty()) {
            return;
        }
        if let Some(kept) = self.values.get_mut(slot) {
            if *kept != Scalar::Null {
                self.repeated.push(slot);
            }
            *kept = value;
        }
    }

    pub(super) fn get(&self, slot: Slot) -> &Scalar<'a> {
        self.values.get(slot).unwrap_or(&Scalar::Null)
    }
}

/// What stands in a record, and around it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Record<'r> {
    pub(super) own: &'r Slots<'r>,
    /// What stands in the line around it.
    pub(super) line: Option<&'r Slots<'r>>,
    /// The how-manieth of its line it is, from 0.
    pub(super) index: usize,
}

impl<'r> Record<'r> {
    pub(super) fn get(&self, place: Place) -> &'r Scalar<'r> {
        const NOTHING: &Scalar<'static> = &Scalar::Null;
        if place.in_line { self.line.map_or(NOTHING, |line| line.get(place.slot)) } else { self.own.get(place.slot) }
    }
}
