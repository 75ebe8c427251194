//! A funnel over events as bytes.

use std::sync::Arc;

use audience_core::Timestamp;
use audience_stats::{Portable, fingerprint_of};
use serde::{Deserialize, Serialize, Serializer};

use super::shelf::Shelf;
use super::{EventFunnel, First, shelf_of};
use crate::funnel::moment::Wide;
use crate::funnel::spec::FunnelSpec;
use crate::unit_index::UnitKey;

/// What is written: units in order of their keys, values in theirs, events in order of their units, so that the same sessions are the
/// same bytes.
#[derive(Serialize, Deserialize)]
pub(super) struct Written {
    spec: FunnelSpec,
    values: Vec<Arc<str>>,
    keys: Vec<UnitKey>,
    /// One for each unit where an attribute groups them, else none.
    firsts: Vec<First>,
    log: Vec<(u32, Timestamp, u32)>,
}

impl From<&EventFunnel> for Written {
    fn from(funnel: &EventFunnel) -> Self {
        let mut units: Vec<(UnitKey, u32)> = funnel.numbers.iter().collect();
        units.sort_unstable();
        let mut places = vec![0; units.len()];
        for ((_, number), place) in units.iter().zip(0..) {
            places[*number as usize] = place;
        }
        let mut values: Vec<(&Arc<str>, usize)> = funnel.values.iter().zip(1..).collect();
        // A value of which nothing is left is not written.
        let mut used = vec![false; funnel.values.len() + 1];
        funnel.firsts.iter().for_each(|first| used[first.value as usize] = true);
        values.retain(|(_, place)| used[*place]);
        values.sort_unstable();
        let mut value_places = vec![0; funnel.values.len() + 1];
        for ((_, old), new) in values.iter().zip(1..) {
            value_places[*old] = new;
        }
        let first = |(_, number): &(UnitKey, u32)| {
            let first = funnel.firsts.get(*number as usize)?;
            Some(First { value: value_places[first.value as usize], ..first.clone() })
        };
        let mut log: Vec<_> = funnel.logged().map(|(unit, Wide { at, tail })| (places[unit], at, tail)).collect();
        log.sort_unstable();
        Self {
            spec: (*funnel.spec).clone(),
            values: values.into_iter().map(|(value, _)| value.clone()).collect(),
            firsts: units.iter().filter_map(first).collect(),
            keys: units.into_iter().map(|(key, _)| key).collect(),
            log,
        }
    }
}

impl TryFrom<Written> for EventFunnel {
    type Error = &'static str;

    fn try_from(written: Written) -> Result<Self, &'static str> {
        let Written { spec, values, keys, firsts, log } = written;
        if !keys.is_sorted_by(|a, b| a < b) || u32::try_from(keys.len()).is_err() {
            return Err("units are not in order");
        }
        if !values.is_sorted_by(|a, b| a < b) {
            return Err("values are not in order");
        }
        let expected = if spec.attribute().is_some() { keys.len() } else { 0 };
        if firsts.len() != expected || firsts.iter().any(|first| first.value as usize > values.len()) {
            return Err("units do not have a value each");
        }
        let names = spec.names().len();
        if log.iter().any(|(unit, _, tail)| *unit as usize >= keys.len() || (*tail & 0xFF) as usize >= names) {
            return Err("an event is of no unit, or no step");
        }
        let mut shelves = Vec::new();
        for (unit, at, tail) in log {
            shelf_of(&mut shelves, unit).push(unit as usize % Shelf::UNITS, Wide { at, tail });
        }
        Ok(Self {
            spec: Arc::new(spec),
            numbers: keys.into_iter().collect(),
            firsts,
            places: values.iter().cloned().zip(1..).collect(),
            values,
            log: shelves,
        })
    }
}

impl Serialize for EventFunnel {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Written::from(self).serialize(serializer)
    }
}

impl Portable for EventFunnel {
    fn fingerprint(&self) -> u64 {
        fingerprint_of("audience.event_funnel/1", self.spec())
    }

    fn size_bytes(&self) -> usize {
        let texts = self.firsts.iter().map(|first| first.session.len()).sum::<usize>();
        self.numbers.size_bytes()
            + self.firsts.capacity() * size_of::<First>()
            + texts
            + self.values.iter().map(|value| value.len() + 3 * size_of::<Arc<str>>()).sum::<usize>()
            + self.log.iter().map(Shelf::size_bytes).sum::<usize>()
    }
}
