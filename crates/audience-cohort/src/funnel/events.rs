//! Through what they do.

#[cfg(feature = "serde")]
mod portable;
mod shelf;

use std::collections::HashMap;
use std::sync::Arc;

use audience_core::{EventKind, Session, Timestamp};
use audience_stats::hash::{hash64, hash128};
use audience_stats::{Accumulator, Merge, Quantiles};
use foldhash::fast::RandomState;

use self::shelf::{Room, Shelf};
use super::chain::{Chain, Matcher};
use super::figures::{EventFunnelSummary, FunnelFigures};
use super::moment::Wide;
use super::spec::{FunnelSpec, FunnelUnit};
use crate::unit_index::{UnitIndex, UnitKey};

/// How many units come through steps that are events: an accumulator over sessions.
///
/// A unit comes to a step if there is *any* chain of different events that leads there within the limits ([`Chain`]). So it counts
/// once, however often it tries, no step is reached more often than the one before, and a first try that comes to nothing does
/// not lose who tries again. Programs that take the first event that fits say less, and less than half in real data.
///
/// Memory grows with the events that are steps, at 8 bytes each, and with units. States merge exactly.
///
/// # Examples
///
/// ```
/// use audience_cohort::{EventFunnel, FunnelSpec, FunnelStep};
/// use audience_core::{Accumulator, Elapsed, Event, EventKind, Session, Timestamp};
///
/// let steps = [FunnelStep::new("play"), FunnelStep::new("subscribe").within(Elapsed::from_secs(3600))];
/// let mut funnel = EventFunnel::new(FunnelSpec::new(steps)?.by("device"));
/// for (viewer, minute, name) in [("ann", 0, "play"), ("ann", 30, "subscribe"), ("bob", 0, "play"), ("bob", 90, "subscribe")] {
///     let kind = if name == "play" { EventKind::Play } else { EventKind::custom(name) };
///     let event = Event::new(Timestamp::from_millis(minute * 60_000), kind);
///     let session = Session::new(format!("{viewer} {minute}"), "film", [event]);
///     funnel.observe(&session.with_viewer(viewer).with_attribute("device", "tv"));
/// }
/// let summary = funnel.summary();
/// assert_eq!(summary.all.reached, [2, 1]);
/// assert_eq!(summary.all.from_start(1).unwrap().rate(), Some(0.5));
/// assert_eq!(summary.group(Some("tv")).unwrap().time_to_convert().unwrap().p50, 1_800_000.0);
/// # Ok::<(), audience_cohort::Error>(())
/// ```
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize), serde(try_from = "portable::Written"))]
pub struct EventFunnel {
    spec: Arc<FunnelSpec>,
    /// The number of each unit, by a hash of what names it.
    numbers: UnitIndex,
    /// Of each unit, where a value is asked for.
    firsts: Vec<First>,
    /// All values, in the order in which they were seen.
    values: Vec<Arc<str>>,
    /// The place of each, from 1 on.
    places: HashMap<Arc<str>, u32, RandomState>,
    /// What happened, apart for each so many units.
    log: Vec<Shelf>,
}

/// The first session of a unit.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
struct First {
    at: Timestamp,
    session: Arc<str>,
    /// The place of its value, from 1 on; 0 without one.
    value: u32,
    /// Whether another session has another.
    mixed: bool,
}

/// Events of one unit in one session.
struct Part<'n, E> {
    key: UnitKey,
    /// When the session began, and its id.
    session: (Timestamp, &'n str),
    value: Option<&'n str>,
    events: E,
}

/// Of so many parts it is looked up at once of which units they are.
const AT_ONCE: usize = 64;

/// What has been seen of some units.
#[derive(Default)]
struct Seen {
    figures: FunnelFigures,
    times: Quantiles,
}

impl EventFunnel {
    /// The most units that a funnel can tell apart: 2³². Of more, those that come last are not counted.
    pub const MAX_UNITS: u64 = 1 << 32;

    /// Nothing seen yet.
    pub fn new(spec: FunnelSpec) -> Self {
        Self {
            spec: Arc::new(spec),
            numbers: UnitIndex::default(),
            firsts: Vec::new(),
            values: Vec::new(),
            places: HashMap::default(),
            log: Vec::new(),
        }
    }

    /// What it asks.
    pub fn spec(&self) -> &FunnelSpec {
        &self.spec
    }

    /// Takes in events of a unit, given as when and what, in any order and in any number of calls. `session` says which session they are
    /// of, as when it began and its id, and `value` is that of the attribute that groups units, if one does: that of the earliest session
    /// counts.
    pub fn observe_events<'n>(
        &mut self,
        unit: &str,
        session: (Timestamp, &'n str),
        value: Option<&'n str>,
        events: impl IntoIterator<Item = (Timestamp, &'n str)>,
    ) {
        let key = key_of_viewer(unit);
        let number = self.numbers.number(key);
        self.take(number, Part { key, session, value, events });
    }

    /// [`observe_events`](Self::observe_events) for each of many parts of a log, and faster: of some at once it is looked up which units they
    /// are of.
    ///
    /// ```
    /// use audience_cohort::{EventFunnel, FunnelSpec, FunnelStep};
    /// use audience_core::{Accumulator, Timestamp};
    ///
    /// let log = [("ann", 1, "play"), ("bob", 2, "play"), ("ann", 3, "subscribe")];
    /// let mut funnel = EventFunnel::new(FunnelSpec::new([FunnelStep::new("play"), FunnelStep::new("subscribe")])?);
    /// funnel.observe_log(log.map(|(viewer, second, name)| {
    ///     let at = Timestamp::from_millis(second * 1000);
    ///     (viewer, (at, "session"), None, [(at, name)])
    /// }));
    /// assert_eq!(funnel.summary().all.reached, [2, 1]);
    /// # Ok::<(), audience_cohort::Error>(())
    /// ```
    pub fn observe_log<'n, E>(
        &mut self,
        log: impl IntoIterator<Item = (&'n str, (Timestamp, &'n str), Option<&'n str>, E)>,
    ) where
        E: IntoIterator<Item = (Timestamp, &'n str)>,
    {
        self.take_all(log.into_iter().map(|(unit, session, value, events)| Part {
            key: key_of_viewer(unit),
            session,
            value,
            events,
        }));
    }

    /// Where units are known is in memory that is waited for, and so for all of some parts at once.
    fn take_all<'n, E>(&mut self, mut parts: impl Iterator<Item = Part<'n, E>>)
    where
        E: IntoIterator<Item = (Timestamp, &'n str)>,
    {
        let mut some = Vec::with_capacity(AT_ONCE);
        let mut numbers = Vec::with_capacity(AT_ONCE);
        loop {
            some.extend(parts.by_ref().take(AT_ONCE));
            if some.is_empty() {
                return;
            }
            numbers.extend(some.iter().map(|part: &Part<'n, E>| self.numbers.number(part.key)));
            some.drain(..).zip(numbers.drain(..)).for_each(|(part, number)| self.take(number, part));
        }
    }

    #[inline]
    fn take<'n>(&mut self, number: Option<u32>, part: Part<'n, impl IntoIterator<Item = (Timestamp, &'n str)>>) {
        let Some(unit) = number else { return };
        if self.spec.attribute().is_some() {
            let value = self.place_of(part.value);
            let (at, session) = part.session;
            match self.firsts.get_mut(unit as usize) {
                // Most sessions come after the first of their unit.
                Some(first) if first.at < at => first.mixed |= first.value != value,
                _ => self.take_session(unit, First { at, session: session.into(), value, mixed: false }),
            }
        }
        let shelf = shelf_of(&mut self.log, unit);
        let mut before = 0;
        for (at, name) in part.events {
            if let Some(name) = self.spec.place_of(name) {
                shelf.push(unit as usize % Shelf::UNITS, Wide { at, tail: self.spec.tail(before, name) });
                before += 1;
            }
        }
    }

    fn place_of(&mut self, value: Option<&str>) -> u32 {
        let Some(value) = value else { return 0 };
        if let Some(place) = self.places.get(value) {
            return *place;
        }
        // No memory has room for as many texts as do not fit.
        let place = u32::try_from(self.values.len() + 1).unwrap_or_default();
        let value: Arc<str> = value.into();
        self.places.insert(value.clone(), place);
        self.values.push(value);
        place
    }

    /// A session of a unit, which may be its first.
    fn take_session(&mut self, unit: u32, session: First) {
        let Some(first) = self.firsts.get_mut(unit as usize) else {
            self.firsts.push(session);
            return;
        };
        let values = &self.values;
        let text = |place: u32| (place as usize).checked_sub(1).map(|at| &values[at]);
        let mixed = first.mixed || session.mixed || first.value != session.value;
        let order = |first: &First| (first.at, first.session.clone(), text(first.value).cloned());
        if session.at < first.at || (session.at == first.at && order(&session) < order(first)) {
            *first = session;
        }
        first.mixed = mixed;
    }

    fn events(&self) -> usize {
        self.log.iter().map(Shelf::len).sum()
    }

    /// All events, each with the number of its unit.
    fn logged(&self) -> impl Iterator<Item = (usize, Wide)> {
        let shelves = self.log.iter().enumerate();
        shelves.flat_map(|(at, shelf)| shelf.iter().map(move |(unit, moment)| (at * Shelf::UNITS + unit, moment)))
    }

    /// Gives each unit with its chain to `take`, in order of their numbers.
    fn each_chain(&self, mut take: impl FnMut(usize, Chain)) {
        let mut matcher = Matcher::new(&self.spec);
        let mut room = Room::default();
        let (units, empty) = (self.numbers.len(), Shelf::default());
        for (at, first) in (0..units).step_by(Shelf::UNITS).enumerate() {
            let shelf = self.log.get(at).unwrap_or(&empty);
            let here = Shelf::UNITS.min(units - first);
            shelf.each_chain(here, &mut matcher, &mut room, |unit, chain| take(first + unit, chain));
        }
    }
}

/// Where events of a unit are kept.
#[inline]
fn shelf_of(log: &mut Vec<Shelf>, unit: u32) -> &mut Shelf {
    let at = unit as usize / Shelf::UNITS;
    if at >= log.len() {
        log.resize_with(at + 1, Shelf::default);
    }
    &mut log[at]
}

/// What names a viewer.
fn key_of_viewer(viewer: &str) -> UnitKey {
    hash128(viewer.as_bytes(), 0).into()
}

/// What names a session, which is of one title.
fn key_of_session(session: &Session) -> UnitKey {
    let title = hash64(session.content_id().as_str().as_bytes(), 1);
    hash128(session.session_id().as_str().as_bytes(), title).into()
}

/// What a session is to a funnel.
fn part_of<'s>(
    spec: &FunnelSpec,
    session: &'s Session,
) -> Part<'s, impl Iterator<Item = (Timestamp, &'s str)> + use<'s>> {
    let viewer = session.viewer_id().filter(|_| spec.unit() == FunnelUnit::Viewer);
    Part {
        key: viewer.map_or_else(|| key_of_session(session), |viewer| key_of_viewer(viewer.as_str())),
        session: (session.started_at().unwrap_or_default(), session.session_id().as_str()),
        value: spec.attribute().and_then(|name| session.attributes().get(name)),
        events: session.events().iter().map(|event| {
            let name = match &event.kind {
                EventKind::Custom(custom) => &*custom.name,
                kind => kind.name(),
            };
            (event.ts, name)
        }),
    }
}

impl Seen {
    fn take(&mut self, chain: Chain) {
        self.figures.units += 1;
        self.figures.reached[..chain.depth].iter_mut().for_each(|reached| *reached += 1);
        if let Some(fastest) = chain.fastest {
            self.times.observe(&fastest.as_millis());
        }
    }

    fn figures(self) -> FunnelFigures {
        FunnelFigures { times: self.times.summary(), ..self.figures }
    }
}

/// # Panics
///
/// When the two ask something else, which is a bug in the program.
impl Merge for EventFunnel {
    fn merge(&mut self, mut other: Self) {
        let same = Arc::ptr_eq(&self.spec, &other.spec) || self.spec == other.spec;
        assert!(same, "funnels of other steps do not merge: {:?} and {:?}", self.spec, other.spec);
        if other.events() > self.events() {
            std::mem::swap(self, &mut other);
        }
        let values: Vec<u32> = other.values.iter().map(|value| self.place_of(Some(value))).collect();
        let mut numbers = Vec::with_capacity(other.numbers.len());
        for (theirs, key) in std::mem::take(&mut other.numbers).into_keys().into_iter().enumerate() {
            let number = self.numbers.number(key);
            numbers.push(number);
            if let (Some(number), Some(first)) = (number, other.firsts.get(theirs)) {
                let value = (first.value as usize).checked_sub(1).map_or(0, |at| values[at]);
                self.take_session(number, First { value, ..first.clone() });
            }
        }
        for (unit, moment) in other.logged() {
            if let Some(unit) = numbers[unit] {
                shelf_of(&mut self.log, unit).push(unit as usize % Shelf::UNITS, moment);
            }
        }
    }
}

impl Accumulator for EventFunnel {
    type Item = Session;
    type Summary = EventFunnelSummary;

    fn observe(&mut self, session: &Session) {
        let part = part_of(&self.spec, session);
        let number = self.numbers.number(part.key);
        self.take(number, part);
    }

    fn observe_all<'a, I>(&mut self, sessions: I)
    where
        I: IntoIterator<Item = &'a Session>,
    {
        let spec = self.spec.clone();
        self.take_all(sessions.into_iter().map(|session| part_of(&spec, session)));
    }

    fn summary(&self) -> EventFunnelSummary {
        let steps = self.spec.steps();
        let empty = || Seen {
            figures: FunnelFigures { reached: vec![0; steps.len()], ..FunnelFigures::default() },
            times: Quantiles::new(),
        };
        let grouped = self.spec.attribute().is_some();
        let mut groups: Vec<Seen> = (0..=self.values.len()).map(|_| empty()).collect();
        self.each_chain(|unit, chain| {
            let value = self.firsts.get(unit).map_or(0, |first| first.value as usize);
            groups[value].take(chain);
        });
        // Those of one group are all.
        let mut all = if grouped { empty() } else { groups.swap_remove(0) };
        for group in &groups {
            all.figures.units += group.figures.units;
            all.figures.reached.iter_mut().zip(&group.figures.reached).for_each(|(all, group)| *all += group);
            all.times.merge(group.times.clone());
        }
        let values = std::iter::once(None).chain(self.values.iter().map(|value| Some(Box::from(&**value))));
        let mut groups: Vec<(Option<Box<str>>, FunnelFigures)> =
            values.zip(groups.into_iter().map(Seen::figures)).filter(|(_, figures)| figures.units > 0).collect();
        groups.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        EventFunnelSummary {
            steps: steps.iter().map(|step| step.name().into()).collect(),
            all: all.figures(),
            groups,
            mixed: self.firsts.iter().filter(|first| first.mixed).count() as u64,
        }
    }
}
