//! Units whose keys begin alike.

use std::sync::Arc;

use audience_core::Timestamp;

use super::First;
use super::shelf::{Room, Shelf};
use crate::funnel::chain::{Chain, Matcher};
use crate::funnel::moment::Wide;
use crate::unit_index::{UnitIndex, UnitKey};

/// What is known of some units, few enough that the index of them mostly fits into a cache: who looks up many of them in a row finds it
/// there.
#[derive(Clone, Debug, Default)]
pub(super) struct Part {
    /// The number of each unit, by a hash of what names it.
    numbers: UnitIndex,
    /// Of each unit, where a value is asked for.
    firsts: Vec<First>,
    /// What happened, apart for each so many units.
    log: Vec<Shelf>,
    /// What happened since units were looked up.
    waiting: Vec<Waiting>,
}

/// An event whose unit has not been looked up yet, or that there is such a unit. In 24 bytes.
#[derive(Clone, Copy, Debug)]
struct Waiting {
    key: UnitKey,
    /// That of an event, or [`NOTHING`](Self::NOTHING).
    tail: u32,
    at: Timestamp,
}

impl Waiting {
    /// No name has such a number.
    const NOTHING: u32 = u32::MAX;
}

impl Part {
    /// How many events wait before their units are looked up; of more units, as many as there are units.
    const WAITING: usize = 2048;

    /// How many units it can tell apart.
    const MAX_UNITS: u32 = 1 << 26;

    /// There is such a unit.
    #[inline]
    pub(super) fn push_unit(&mut self, key: UnitKey) {
        self.wait(Waiting { key, tail: Waiting::NOTHING, at: Timestamp::default() });
    }

    /// There is such an event of a unit.
    #[inline]
    pub(super) fn push(&mut self, key: UnitKey, Wide { at, tail }: Wide) {
        self.wait(Waiting { key, tail, at });
    }

    #[inline]
    fn wait(&mut self, waiting: Waiting) {
        if self.waiting.len() >= Self::WAITING && self.waiting.len() >= self.numbers.len() {
            self.settle();
        }
        self.waiting.push(waiting);
    }

    /// Looks up the units of what waits.
    #[inline(never)]
    pub(super) fn settle(&mut self) {
        put(&mut self.numbers, &mut self.log, &self.waiting);
        self.waiting.clear();
    }

    /// A session of a unit, which may be its first, with the place of its value among these.
    pub(super) fn take_session(&mut self, key: UnitKey, at: Timestamp, session: &str, value: u32, values: &[Arc<str>]) {
        let Some(unit) = self.numbers.number(key).and_then(unit_of) else { return };
        match self.firsts.get_mut(unit) {
            // Most sessions come after the first of their unit.
            Some(first) if first.at < at => first.mixed |= first.value != value,
            _ => self.take_first(unit, First { at, session: session.into(), value, mixed: false }, values),
        }
    }

    fn take_first(&mut self, unit: usize, session: First, values: &[Arc<str>]) {
        let Some(first) = self.firsts.get_mut(unit) else {
            self.firsts.push(session);
            return;
        };
        let text = |place: u32| (place as usize).checked_sub(1).map(|at| &values[at]);
        let mixed = first.mixed || session.mixed || first.value != session.value;
        let order = |first: &First| (first.at, first.session.clone(), text(first.value).cloned());
        if session.at < first.at || (session.at == first.at && order(&session) < order(first)) {
            *first = session;
        }
        first.mixed = mixed;
    }

    /// How many units have sessions of several values.
    pub(super) fn mixed(&self) -> u64 {
        self.firsts.iter().filter(|first| first.mixed).count() as u64
    }

    pub(super) fn events(&self) -> usize {
        self.log.iter().map(Shelf::len).sum::<usize>() + self.waiting.len()
    }

    /// Gives each unit, by its first session if a value is asked for, with its chain to `take`.
    pub(super) fn each_chain(
        &self,
        matcher: &mut Matcher,
        room: &mut Room,
        mut take: impl FnMut(Option<&First>, Chain),
    ) {
        // Those that wait are put on shelves of their own.
        let mut numbers = self.numbers.clone();
        let mut late = Vec::new();
        put(&mut numbers, &mut late, &self.waiting);
        let units = numbers.len().min(Self::MAX_UNITS as usize);
        let empty = Shelf::default();
        for (at, first) in (0..units).step_by(Shelf::UNITS).enumerate() {
            let shelves = [self.log.get(at).unwrap_or(&empty), late.get(at).unwrap_or(&empty)];
            let here = Shelf::UNITS.min(units - first);
            Shelf::each_chain(shelves, here, matcher, room, |unit, chain| take(self.firsts.get(first + unit), chain));
        }
    }

    /// The key of each unit, in the order of their numbers.
    #[cfg(feature = "serde")]
    pub(super) fn keys(&self) -> Vec<UnitKey> {
        let mut keys = self.numbers.clone().into_keys();
        keys.truncate(Self::MAX_UNITS as usize);
        keys
    }

    #[cfg(feature = "serde")]
    pub(super) fn firsts(&self) -> &[First] {
        &self.firsts
    }

    /// One of these units, with their first sessions if a value is asked for.
    #[cfg(feature = "serde")]
    pub(super) fn of(keys: &[UnitKey], firsts: &[First]) -> Self {
        Self { numbers: keys.iter().copied().collect(), firsts: firsts.to_vec(), ..Self::default() }
    }

    /// Bytes held, for reports of memory.
    #[cfg(feature = "serde")]
    pub(super) fn size_bytes(&self) -> usize {
        self.numbers.size_bytes()
            + self.firsts.capacity() * size_of::<First>()
            + self.firsts.iter().map(|first| first.session.len()).sum::<usize>()
            + self.log.iter().map(Shelf::size_bytes).sum::<usize>()
            + self.waiting.capacity() * size_of::<Waiting>()
    }

    /// Takes in what has been settled of the same part, whose values have other places now.
    pub(super) fn merge(&mut self, other: &Self, value: impl Fn(u32) -> u32, values: &[Arc<str>]) {
        let mut units = Vec::with_capacity(other.numbers.len());
        for (theirs, key) in other.numbers.clone().into_keys().into_iter().enumerate() {
            let unit = self.numbers.number(key).and_then(unit_of);
            units.push(unit);
            if let (Some(unit), Some(first)) = (unit, other.firsts.get(theirs)) {
                self.take_first(unit, First { value: value(first.value), ..first.clone() }, values);
            }
        }
        for (unit, moment) in other.logged() {
            if let Some(unit) = units[unit] {
                shelf_of(&mut self.log, unit).push(unit % Shelf::UNITS, moment);
            }
        }
    }

    /// All events that do not wait, each with the number of its unit.
    pub(super) fn logged(&self) -> impl Iterator<Item = (usize, Wide)> {
        let shelves = self.log.iter().enumerate();
        shelves.flat_map(|(at, shelf)| shelf.iter().map(move |(unit, moment)| (at * Shelf::UNITS + unit, moment)))
    }
}

/// Puts what waits on the shelves of its units.
fn put(numbers: &mut UnitIndex, log: &mut Vec<Shelf>, waiting: &[Waiting]) {
    if waiting.is_empty() {
        return;
    }
    numbers.read_for(waiting.len());
    let mut known = None;
    for Waiting { key, tail, at } in waiting.iter().copied() {
        let unit = match known {
            // That of the event before, of the same session.
            Some((before, unit)) if before == key => unit,
            _ => numbers.number(key).and_then(unit_of),
        };
        known = Some((key, unit));
        if let Some(unit) = unit
            && tail != Waiting::NOTHING
        {
            shelf_of(log, unit).push(unit % Shelf::UNITS, Wide { at, tail });
        }
    }
}

/// The unit of a number, if it is not one too many.
fn unit_of(number: u32) -> Option<usize> {
    (number < Part::MAX_UNITS).then_some(number as usize)
}

/// Where events of a unit are kept.
#[inline]
fn shelf_of(log: &mut Vec<Shelf>, unit: usize) -> &mut Shelf {
    let at = unit / Shelf::UNITS;
    if at >= log.len() {
        log.resize_with(at + 1, Shelf::default);
    }
    &mut log[at]
}
