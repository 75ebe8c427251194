//! A funnel over events as bytes.

use std::sync::Arc;

use audience_core::Timestamp;
use audience_stats::{Portable, fingerprint_of};
use serde::{Deserialize, Serialize, Serializer};

use super::part::Part;
use super::{EventFunnel, First};
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
        let mut funnel = funnel.clone();
        funnel.settle();
        let parts = &funnel.parts;
        let mut values: Vec<(&Arc<str>, usize)> = funnel.values.iter().zip(1..).collect();
        // A value of which nothing is left is not written.
        let mut used = vec![false; funnel.values.len() + 1];
        parts.iter().flat_map(Part::firsts).for_each(|first| used[first.value as usize] = true);
        values.retain(|(_, place)| used[*place]);
        values.sort_unstable();
        let mut value_places = vec![0; funnel.values.len() + 1];
        for ((_, old), new) in values.iter().zip(1..) {
            value_places[*old] = new;
        }
        let mut written = Self {
            spec: (*funnel.spec).clone(),
            values: values.into_iter().map(|(value, _)| value.clone()).collect(),
            keys: Vec::new(),
            firsts: Vec::new(),
            log: Vec::new(),
        };
        // Keys of a part come before those of the next.
        for part in parts {
            let mut units: Vec<(UnitKey, usize)> = part.keys().into_iter().zip(0..).collect();
            units.sort_unstable();
            let mut places = vec![0; units.len()];
            for (key, unit) in units {
                places[unit] = written.keys.len() as u32;
                written.keys.push(key);
                let first = part.firsts().get(unit);
                written
                    .firsts
                    .extend(first.map(|first| First { value: value_places[first.value as usize], ..first.clone() }));
            }
            written.log.extend(part.logged().map(|(unit, Wide { at, tail })| (places[unit], at, tail)));
        }
        written.log.sort_unstable();
        written
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
        let mut parts = Vec::with_capacity(UnitKey::PARTS);
        let mut rest = (&*keys, &*firsts);
        for part in 0..UnitKey::PARTS {
            let here = rest.0.partition_point(|key| key.part() == part);
            let (some, others) = (rest.0.split_at(here), rest.1.split_at(here.min(rest.1.len())));
            parts.push(Part::of(some.0, others.0));
            rest = (some.1, others.1);
        }
        for (unit, at, tail) in log {
            let key = keys[unit as usize];
            parts[key.part()].push(key, Wide { at, tail });
        }
        let places = values.iter().cloned().zip(1..).collect();
        Ok(Self { spec: Arc::new(spec), parts, places, values })
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
        self.parts.iter().map(Part::size_bytes).sum::<usize>()
            + self.values.iter().map(|value| value.len() + 3 * size_of::<Arc<str>>()).sum::<usize>()
    }
}
