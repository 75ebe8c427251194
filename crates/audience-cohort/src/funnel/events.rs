//! Through what they do.

mod part;
#[cfg(feature = "serde")]
mod portable;
mod shelf;

use std::collections::HashMap;
use std::sync::Arc;

use audience_core::{EventKind, Session, Timestamp};
use audience_stats::hash::{hash64, hash128};
use audience_stats::{Accumulator, Merge, Quantiles};
use foldhash::fast::RandomState;

use self::part::Part;
use self::shelf::Room;
use super::chain::{Chain, Matcher};
use super::figures::{EventFunnelSummary, FunnelFigures};
use super::moment::Wide;
use super::spec::{FunnelSpec, FunnelUnit};
use crate::unit_index::UnitKey;

/// How many units come through steps that are events: an accumulator over sessions.
///
/// A unit comes to a step if there is *any* chain of different events that leads there within the limits ([`Chain`]). So it counts
/// once, however often it tries, no step is reached more often than the one before, and a first try that comes to nothing does
/// not lose who tries again. Programs that take the first event that fits say less, and less than half in real data.
///
/// Memory grows with the events that are steps, at 8 bytes each but for the last 100,000 or, if there are more units, as many as these, at
/// 24 bytes; and with units. States merge exactly.
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
    /// None, or as many as keys of units have [parts](UnitKey::part).
    parts: Vec<Part>,
    /// All values, in the order in which they were seen.
    values: Vec<Arc<str>>,
    /// The place of each, from 1 on.
    places: HashMap<Arc<str>, u32, RandomState>,
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

/// What has been seen of some units.
#[derive(Default)]
struct Seen {
    figures: FunnelFigures,
    times: Quantiles,
}

impl EventFunnel {
    /// How many units a funnel can tell apart, about: 2³². Of more, those that come last are not counted.
    pub const MAX_UNITS: u64 = 1 << 32;

    /// Nothing seen yet.
    pub fn new(spec: FunnelSpec) -> Self {
        Self { spec: Arc::new(spec), parts: Vec::new(), values: Vec::new(), places: HashMap::default() }
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
        session: (Timestamp, &str),
        value: Option<&str>,
        events: impl IntoIterator<Item = (Timestamp, &'n str)>,
    ) {
        self.take(key_of_viewer(unit), session, value, events);
    }

    #[inline]
    fn take<'n>(
        &mut self,
        key: UnitKey,
        (at, session): (Timestamp, &str),
        value: Option<&str>,
        events: impl IntoIterator<Item = (Timestamp, &'n str)>,
    ) {
        if self.parts.is_empty() {
            self.parts.resize_with(UnitKey::PARTS, Part::default);
        }
        if self.spec.attribute().is_some() {
            let value = self.place_of(value);
            self.parts[key.part()].take_session(key, at, session, value, &self.values);
        }
        let part = &mut self.parts[key.part()];
        let mut before = 0;
        for (at, name) in events {
            if let Some(name) = self.spec.place_of(name) {
                part.push(key, Wide { at, tail: self.spec.tail(before, name) });
                before += 1;
            }
        }
        if before == 0 {
            part.push_unit(key);
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

    /// Looks up the units of all events, as far as that has not been done yet.
    fn settle(&mut self) {
        self.parts.iter_mut().for_each(Part::settle);
    }

    fn events(&self) -> usize {
        self.parts.iter().map(Part::events).sum()
    }

    /// Gives each unit with its chain to `take`, by the value of its first session.
    fn each_chain(&self, mut take: impl FnMut(usize, Chain)) {
        let mut matcher = Matcher::new(&self.spec);
        let mut room = Room::default();
        for part in &self.parts {
            part.each_chain(&mut matcher, &mut room, |first, chain| {
                take(first.map_or(0, |first| first.value as usize), chain);
            });
        }
    }
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

impl Seen {
    fn take(&mut self, chain: Chain) {
        self.figures.units += 1;
        self.figures.reached[..chain.depth].iter_mut().for_each(|reached| *reached += 1);
        if let Some(fastest) = chain.fastest {
            self.times.observe(&fastest.as_millis());
        }
    }

    fn figures(self) -> FunnelFigures {
        FunnelFigures { times: self.times.into(), ..self.figures }
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
        if self.parts.is_empty() {
            self.parts.resize_with(other.parts.len(), Part::default);
        }
        let values: Vec<u32> = other.values.iter().map(|value| self.place_of(Some(value))).collect();
        other.settle();
        for (part, theirs) in self.parts.iter_mut().zip(&other.parts) {
            part.merge(theirs, |value| (value as usize).checked_sub(1).map_or(0, |at| values[at]), &self.values);
        }
    }
}

impl Accumulator for EventFunnel {
    type Item = Session;
    type Summary = EventFunnelSummary;

    fn observe(&mut self, session: &Session) {
        let viewer = session.viewer_id().filter(|_| self.spec.unit() == FunnelUnit::Viewer);
        let key = viewer.map_or_else(|| key_of_session(session), |viewer| key_of_viewer(viewer.as_str()));
        let value = self.spec.clone().attribute().and_then(|name| session.attributes().get(name));
        let at = (session.started_at().unwrap_or_default(), session.session_id().as_str());
        let events = session.events().iter().map(|event| {
            let name = match &event.kind {
                EventKind::Custom(custom) => &*custom.name,
                kind => kind.name(),
            };
            (event.ts, name)
        });
        self.take(key, at, value, events);
    }

    fn summary(&self) -> EventFunnelSummary {
        let steps = self.spec.steps();
        let empty = || Seen {
            figures: FunnelFigures { reached: vec![0; steps.len()], ..FunnelFigures::default() },
            times: Quantiles::new(),
        };
        let grouped = self.spec.attribute().is_some();
        let mut groups: Vec<Seen> = (0..=self.values.len()).map(|_| empty()).collect();
        self.each_chain(|value, chain| groups[value].take(chain));
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
            mixed: self.parts.iter().map(Part::mixed).sum(),
        }
    }
}
