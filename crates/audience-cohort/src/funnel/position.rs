//! Through a title.

#[cfg(feature = "serde")]
mod portable;

use std::collections::HashMap;
use std::hint::black_box;
use std::sync::Arc;

use audience_core::{MediaTime, Run, SessionFacts, SessionId, Timestamp};
use audience_stats::hash::{hash64, hash128};
use audience_stats::{Accumulator, Merge, Proportion};
use foldhash::fast::RandomState;

use super::figures::part;
use super::milestones::{Milestones, Place};

/// What comes past milestones, and counts once.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum PositionUnit {
    /// A session.
    #[default]
    Session,
    /// A viewer with a title: what was played of it in all of their sessions, one after the other as they began. A session without
    /// a viewer stands for itself. Memory grows with sessions, at some 60 bytes each.
    ViewerTitle,
}

impl PositionUnit {
    /// Its name: `session` or `viewer_title`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::ViewerTitle => "viewer_title",
        }
    }
}

/// What it means to come to a milestone.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum MilestoneReading {
    /// Something was played no earlier than there: jumping ahead and watching a moment is enough.
    Furthest,
    /// The millisecond of the milestone was played, whatever else was: seeking past it is not enough.
    Each,
    /// Those of this milestone and of all before it were played, in any order.
    Unordered,
    /// They were, in order: each no earlier than the one before.
    Ordered,
}

impl MilestoneReading {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Furthest, Self::Each, Self::Unordered, Self::Ordered];

    /// Its name: `furthest`, `each`, `unordered` or `ordered`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Furthest => "furthest",
            Self::Each => "each",
            Self::Unordered => "unordered",
            Self::Ordered => "ordered",
        }
    }
}

/// How many units come past each of some places in the content: an accumulator over session facts, and with
/// [`Keyed`](audience_stats::Keyed) the same for each title or each value of an attribute.
///
/// Of sessions it holds counts alone. States merge exactly.
///
/// # Examples
///
/// Seeking past the middle is not watching it:
///
/// ```
/// use audience_cohort::{MilestoneReading, Milestones, PositionFunnel, PositionUnit};
/// use audience_core::{Accumulator, Event, EventKind, MediaTime, Rules, Session, Timestamp};
///
/// let at = |secs: i64| Timestamp::from_millis(secs * 1000);
/// let secs = MediaTime::from_secs;
/// let session = Session::new("s1", "film", [
///     Event::new(at(0), EventKind::load_of(secs(100))),
///     Event::new(at(0), EventKind::Play).at(secs(0)),
///     Event::new(at(30), EventKind::seek_from(secs(30))).at(secs(80)),
///     Event::new(at(50), EventKind::Pause).at(secs(100)),
/// ]);
/// let mut funnel = PositionFunnel::new(Milestones::percents([0, 50, 100])?, PositionUnit::Session);
/// funnel.observe(&session.facts(&Rules::default(), None));
/// let summary = funnel.summary();
/// assert_eq!(summary.reached(MilestoneReading::Each), [1, 0, 1]);
/// assert_eq!(summary.reached(MilestoneReading::Ordered), [1, 0, 0]);
/// assert_eq!(summary.reached(MilestoneReading::Furthest), [1, 1, 1]);
/// # Ok::<(), audience_cohort::Error>(())
/// ```
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize), serde(try_from = "portable::Written"))]
pub struct PositionFunnel {
    milestones: Arc<Milestones>,
    unit: PositionUnit,
    /// Of sessions; and what is known of sessions whatever the unit.
    counts: PositionFunnelSummary,
    /// Sessions that are not in these yet, by how many milestones they came past: the first so many by any reading, and no others. Most are
    /// such, and are counted once here rather than at each milestone.
    straight: Vec<u64>,
    /// Of each viewer with a title, by a hash of the two, their sessions in order.
    units: HashMap<u128, Vec<Passed>, RandomState>,
    /// Where the milestones are in content of the duration that was seen last: that of a title is mostly the same.
    places: Vec<Place>,
    places_of: Option<MediaTime>,
}

/// What a [`PositionFunnel`] has seen. Counts of units, a number for each milestone.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct PositionFunnelSummary {
    /// All units: those that played nothing, too.
    pub units: u64,
    /// Of these, units of which it is not known in which order they played what they did: facts from an older table. They are not
    /// in [`ordered`](Self::ordered), nor in what that is a part of.
    pub order_unknown: u64,
    /// Sessions left out, because the milestones are shares of a duration that is not known.
    pub unknown_duration: u64,
    /// By [`MilestoneReading::Furthest`].
    pub furthest: Vec<u64>,
    /// By [`MilestoneReading::Each`]. One milestone may have more than the one before.
    pub each: Vec<u64>,
    /// Of these, units that played the milestone before, too; of the first milestone, all.
    pub each_with_previous: Vec<u64>,
    /// By [`MilestoneReading::Unordered`].
    pub unordered: Vec<u64>,
    /// By [`MilestoneReading::Ordered`].
    pub ordered: Vec<u64>,
}

/// Which milestones a session came past.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
struct Passed {
    at: Timestamp,
    session: SessionId,
    /// Those it came as far as, as bits.
    furthest: u64,
    /// Those it played, as bits.
    each: u64,
    /// Those of each stretch that it played, as the first and the one after the last; `None` when the order is not known.
    crossed: Option<Box<[(u8, u8)]>>,
}

/// How far through the milestones a unit came that came so far, and past these next.
#[inline]
fn go_on(reached: u8, (first, end): (u8, u8)) -> u8 {
    if (first..end).contains(&reached) { end } else { reached }
}

impl PositionFunnel {
    /// Nothing seen yet.
    pub fn new(milestones: Milestones, unit: PositionUnit) -> Self {
        let counts = PositionFunnelSummary::empty(milestones.len());
        Self {
            straight: vec![0; milestones.len() + 1],
            milestones: Arc::new(milestones),
            unit,
            counts,
            units: HashMap::default(),
            places: Vec::new(),
            places_of: None,
        }
    }

    /// Where the milestones are.
    pub fn milestones(&self) -> &Milestones {
        &self.milestones
    }

    /// What counts once.
    pub const fn unit(&self) -> PositionUnit {
        self.unit
    }

    /// What is counted, with the sessions that came straight through.
    fn counts(&self) -> PositionFunnelSummary {
        let mut counts = self.counts.clone();
        for (units, reached) in self.straight.iter().zip(0..) {
            let straight = bits((0, reached));
            counts.count_alike(straight, straight, Some(reached), *units);
        }
        counts
    }

    /// Makes sure that the places are those for content of this duration; whether they are known.
    #[inline]
    fn place(&mut self, duration: Option<MediaTime>) -> bool {
        if self.places.is_empty() || self.places_of != duration {
            self.place_anew(duration);
        }
        !self.places.is_empty()
    }

    #[cold]
    fn place_anew(&mut self, duration: Option<MediaTime>) {
        self.places_of = duration;
        self.places = self.milestones.places(duration).unwrap_or_default();
    }

    /// Those that a stretch comes past, as the first and the one after the last.
    #[inline]
    fn within(&self, start: MediaTime, end: MediaTime) -> (u8, u8) {
        // All of them: they are few, and which is the first cannot be guessed.
        self.places.iter().fold((0, 0), |(first, last), place| {
            (first + u8::from(place.crossed < start), last + u8::from(place.crossed < end))
        })
    }

    /// Goes through what a session played, in order if that is known, and gives what each stretch comes past to `take`:
    /// what it came as far as and what it played, as bits, and whether the order is known.
    #[inline]
    fn follow(&self, facts: &SessionFacts, mut take: impl FnMut((u8, u8))) -> (u64, u64, bool) {
        let (mut each, mut far, mut known) = (0, MediaTime::ZERO, true);
        let mut stretch = |start, end: MediaTime| {
            let some = self.within(start, end);
            each |= bits(some);
            far = far.max(end);
            take(some);
        };
        if facts.played.is_empty() {
            let runs = facts.map.runs();
            // What was played at once was played in order.
            known = matches!(runs, [] | [Run { plays: 1, .. }]);
            facts.map.covered().for_each(|(start, end)| stretch(start, end));
        } else {
            facts.played.iter().for_each(|played| stretch(played.start, played.end));
        }
        let furthest = self.places.iter().map(|place| u8::from(place.reached <= far)).sum();
        (if far.is_zero() { 0 } else { bits((0, furthest)) }, each, known)
    }

    /// How far a session came in order, if that is how far it came by any reading, as it mostly is.
    #[inline]
    fn straight(&self, facts: &SessionFacts) -> Option<usize> {
        let (mut reached, mut far) = (0, MediaTime::ZERO);
        for played in &facts.played {
            while let Some(place) = self.places.get(reached)
                && (played.start..played.end).contains(&place.crossed)
            {
                reached += 1;
            }
            far = far.max(played.end);
        }
        // By any reading it came past those before, and not to the next, nor to one after that.
        let no_further = self.places.get(reached).is_none_or(|next| far < next.reached);
        (no_further && !far.is_zero()).then_some(reached)
    }

    /// A session that is a unit.
    #[inline(never)]
    fn take_session(&mut self, facts: &SessionFacts) {
        let mut reached = 0;
        let (furthest, each, known) = self.follow(facts, |some| reached = go_on(reached, some));
        self.counts.count_alike(furthest, each, known.then_some(reached), 1);
    }

    /// A session of a viewer with a title.
    #[inline(never)]
    fn take_of_viewer(&mut self, facts: &SessionFacts) {
        let mut crossed = Vec::new();
        let (furthest, each, known) = self.follow(facts, |some| {
            // To play the same again leads no further.
            if some.0 < some.1 && crossed.last() != Some(&some) {
                crossed.push(some);
            }
        });
        let crossed = known.then(|| crossed.into());
        let session = facts.identity.session_id.clone();
        let passed = Passed { at: facts.started_at, session, furthest, each, crossed };
        let unit = self.units.entry(key_of(facts)).or_default();
        let place = unit.partition_point(|other| *other <= passed);
        unit.insert(place, passed);
    }
}

/// The numbers from the first on up to the one before the end, as bits.
fn bits((first, end): (u8, u8)) -> u64 {
    let below = |end: u8| 1_u64.checked_shl(u32::from(end)).map_or(u64::MAX, |bit| bit - 1);
    below(end) & !below(first)
}

/// What names a viewer with a title; of a session without a viewer, the session with its title.
fn key_of(facts: &SessionFacts) -> u128 {
    let identity = &facts.identity;
    let seed = u64::from(identity.viewer_id.is_none());
    hash128(facts.unit().as_bytes(), hash64(identity.content_id.as_str().as_bytes(), seed))
}

impl PositionFunnelSummary {
    fn empty(milestones: usize) -> Self {
        let none = || vec![0; milestones];
        Self {
            furthest: none(),
            each: none(),
            each_with_previous: none(),
            unordered: none(),
            ordered: none(),
            ..Self::default()
        }
    }

    /// A unit with these sessions, in order.
    fn count(&mut self, sessions: &[Passed]) {
        let together = |of: fn(&Passed) -> u64| sessions.iter().map(of).fold(0, |all, some| all | some);
        let ordered = sessions
            .iter()
            .try_fold(0, |reached, passed| Some(passed.crossed.as_deref()?.iter().copied().fold(reached, go_on)));
        self.count_alike(together(|passed| passed.furthest), together(|passed| passed.each), ordered, 1);
    }

    /// So many units that came as far as these, played these, and came through so many in order.
    fn count_alike(&mut self, furthest: u64, each: u64, ordered: Option<u8>, units: u64) {
        self.units.merge(units);
        self.order_unknown.merge(if ordered.is_none() { units } else { 0 });
        add(&mut self.furthest, furthest, units);
        add(&mut self.each, each, units);
        add(&mut self.each_with_previous, each & (each << 1 | 1), units);
        add(&mut self.unordered, bits((0, each.trailing_ones() as u8)), units);
        add(&mut self.ordered, bits((0, ordered.unwrap_or(0))), units);
    }

    /// How many units came to each milestone.
    pub fn reached(&self, reading: MilestoneReading) -> &[u64] {
        match reading {
            MilestoneReading::Furthest => &self.furthest,
            MilestoneReading::Each => &self.each,
            MilestoneReading::Unordered => &self.unordered,
            MilestoneReading::Ordered => &self.ordered,
        }
    }

    /// Of all units of which it is known, those that came to this milestone, counted from 0. `None` without units, and without such a
    /// milestone.
    pub fn from_start(&self, reading: MilestoneReading, milestone: usize) -> Option<Proportion> {
        let unknown = if reading == MilestoneReading::Ordered { self.order_unknown } else { 0 };
        part(*self.reached(reading).get(milestone)?, self.units.checked_sub(unknown)?)
    }

    /// Of the units that came to the milestone before, those that came to this one. `None` when none did, of the first, and without
    /// such a milestone.
    ///
    /// By [`MilestoneReading::Each`] some came to this one alone, and are not counted.
    pub fn from_previous(&self, reading: MilestoneReading, milestone: usize) -> Option<Proportion> {
        let before = *self.reached(reading).get(milestone.checked_sub(1)?)?;
        let reached = if reading == MilestoneReading::Each { &self.each_with_previous } else { self.reached(reading) };
        part(*reached.get(milestone)?, before)
    }
}

/// So many more for each milestone whose bit is set.
fn add(counts: &mut [u64], bits: u64, units: u64) {
    counts.iter_mut().zip(0..).for_each(|(count, at)| count.merge((bits >> at & 1) * units));
}

impl Merge for PositionFunnelSummary {
    fn merge(&mut self, other: Self) {
        let merge = |counts: &mut Vec<u64>, others: Vec<u64>| {
            counts.iter_mut().zip(others).for_each(|(count, other)| count.merge(other));
        };
        self.units.merge(other.units);
        self.order_unknown.merge(other.order_unknown);
        self.unknown_duration.merge(other.unknown_duration);
        merge(&mut self.furthest, other.furthest);
        merge(&mut self.each, other.each);
        merge(&mut self.each_with_previous, other.each_with_previous);
        merge(&mut self.unordered, other.unordered);
        merge(&mut self.ordered, other.ordered);
    }
}

/// # Panics
///
/// When the two have other milestones or units, which is a bug in the program.
impl Merge for PositionFunnel {
    fn merge(&mut self, mut other: Self) {
        let same = self.unit == other.unit && self.milestones == other.milestones;
        assert!(same, "funnels to other milestones do not merge: {:?} and {:?}", self.milestones, other.milestones);
        if other.units.len() > self.units.len() {
            std::mem::swap(self, &mut other);
        }
        self.counts.merge(other.counts);
        self.straight.iter_mut().zip(other.straight).for_each(|(count, other)| count.merge(other));
        for (key, sessions) in other.units {
            let unit = self.units.entry(key).or_default();
            unit.extend(sessions);
            unit.sort_unstable();
        }
    }
}

impl Accumulator for PositionFunnel {
    type Item = SessionFacts;
    type Summary = PositionFunnelSummary;

    #[inline]
    fn observe(&mut self, facts: &SessionFacts) {
        if !self.place(facts.duration) {
            self.counts.unknown_duration.merge(1);
            return;
        }
        match self.unit {
            PositionUnit::Session => match self.straight(facts) {
                Some(reached) => self.straight[reached].merge(1),
                None => self.take_session(facts),
            },
            PositionUnit::ViewerTitle => self.take_of_viewer(facts),
        }
    }

    /// The same as one after the other. What many of them played is asked for before any of it is waited for, which takes less time when it is
    /// in no cache.
    fn observe_all<'a, I>(&mut self, sessions: I)
    where
        I: IntoIterator<Item = &'a SessionFacts>,
    {
        const AT_ONCE: usize = 32;
        let mut sessions = sessions.into_iter();
        let mut some = Vec::with_capacity(AT_ONCE);
        loop {
            some.extend(sessions.by_ref().take(AT_ONCE));
            if some.is_empty() {
                return;
            }
            // Nothing depends on these, so none is waited for before the next is asked for.
            black_box(some.iter().map(|facts| facts.played.len()).max());
            black_box(some.iter().map(|facts| facts.played.first().map(|played| played.end)).max());
            black_box(some.iter().map(|facts| facts.played.last().map(|played| played.end)).max());
            some.drain(..).for_each(|facts| self.observe(facts));
        }
    }

    fn summary(&self) -> PositionFunnelSummary {
        let mut summary = self.counts();
        self.units.values().for_each(|sessions| summary.count(sessions));
        summary
    }
}
