//! What a funnel over events asks.

use audience_core::{Elapsed, Timestamp};

use super::chain::{Chain, Matcher};
use super::moment::Wide;
use crate::error::Error;

/// One step: an event by name, and in what time after the step before.
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct FunnelStep {
    name: Box<str>,
    limit: Option<Elapsed>,
}

impl FunnelStep {
    /// The event of this name: [`EventKind::name`](audience_core::EventKind::name), or the name of a custom event.
    pub fn new(name: impl Into<Box<str>>) -> Self {
        Self { name: name.into(), limit: None }
    }

    /// The same, no later than this after the step before; exactly so late is in time.
    #[must_use]
    pub fn within(self, limit: Elapsed) -> Self {
        Self { limit: Some(limit), ..self }
    }

    /// The name of the event.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How long after the step before it may be; `None` when at any time.
    pub const fn limit(&self) -> Option<Elapsed> {
        self.limit
    }
}

/// Whether steps follow each other.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum StepOrder {
    /// Each after the one before.
    #[default]
    Ordered,
    /// In any order: so many steps as are covered by events within one stretch of time as long as the total limit. A step that
    /// is there several times needs that many events.
    Unordered,
}

/// Which of two events in the same millisecond is the earlier.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Ties {
    /// Whichever serves: clocks of players are no better than that.
    #[default]
    AnyOrder,
    /// The one that was given first. Of sessions given one by one, how many steps of the funnel the session had before it
    /// decides, up to 2²⁴ of them, then the place of the step.
    AsGiven,
}

/// Whose events are followed together, and counted once.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum FunnelUnit {
    /// A viewer's, of all sessions and titles. A session without a viewer stands for itself.
    #[default]
    Viewer,
    /// A session's.
    Session,
}

impl FunnelUnit {
    /// Its name: `viewer` or `session`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Session => "session",
        }
    }
}

/// What a funnel over events asks: its steps, in what time, of whom.
///
/// # Examples
///
/// ```
/// use audience_cohort::{FunnelSpec, FunnelStep};
/// use audience_core::{Elapsed, Timestamp};
///
/// let trial = FunnelStep::new("trial");
/// let spec = FunnelSpec::new([trial, FunnelStep::new("subscribe").within(Elapsed::from_secs(60))])?;
/// let at = |secs: i64| Timestamp::from_millis(secs * 1000);
/// // The first trial comes to nothing, the second does not.
/// let chain = spec.chain([(at(0), "trial"), (at(100), "trial"), (at(130), "subscribe")]);
/// assert_eq!((chain.depth, chain.fastest), (2, Some(Elapsed::from_secs(30))));
/// # Ok::<(), audience_cohort::Error>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Asked", into = "Asked"))]
pub struct FunnelSpec {
    asked: Asked,
    /// Each name once, in order of its first step.
    names: Vec<Box<str>>,
    /// Of each, what tells it from others at a glance.
    glances: Vec<Glance>,
    /// Of each name, its steps as bits.
    steps_of: Vec<u64>,
    /// Of each step, the place of its name.
    name_of: Vec<u8>,
}

/// What was asked for.
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
struct Asked {
    steps: Vec<FunnelStep>,
    total: Option<Elapsed>,
    order: StepOrder,
    ties: Ties,
    unit: FunnelUnit,
    by: Option<Box<str>>,
}

impl FunnelSpec {
    /// The most steps there can be.
    pub const MAX_STEPS: usize = 64;

    /// These steps one after the other, of viewers, in no more time than the steps say.
    ///
    /// # Errors
    ///
    /// [`Error::StepsOutOfRange`]; [`Error::StepWithoutName`]; [`Error::LimitOfFirstStep`], for there is no step before it.
    pub fn new(steps: impl IntoIterator<Item = FunnelStep>) -> Result<Self, Error> {
        let steps: Vec<FunnelStep> = steps.into_iter().take(Self::MAX_STEPS + 1).collect();
        Self::try_from(Asked {
            steps,
            total: None,
            order: StepOrder::default(),
            ties: Ties::default(),
            unit: FunnelUnit::default(),
            by: None,
        })
    }

    /// The same, with no more than this from the first step to the last; exactly so much is in time.
    #[must_use]
    pub fn within(mut self, total: Elapsed) -> Self {
        self.asked.total = Some(total);
        self
    }

    /// The same, in any order.
    ///
    /// # Errors
    ///
    /// [`Error::LimitWithoutOrder`] when a step has a time after the one before: only [`within`](Self::within) has a meaning
    /// then.
    pub fn unordered(self) -> Result<Self, Error> {
        Self::try_from(Asked { order: StepOrder::Unordered, ..self.asked })
    }

    /// The same, with events of one millisecond in another order.
    #[must_use]
    pub fn with_ties(mut self, ties: Ties) -> Self {
        self.asked.ties = ties;
        self
    }

    /// The same, of other units.
    #[must_use]
    pub fn per(mut self, unit: FunnelUnit) -> Self {
        self.asked.unit = unit;
        self
    }

    /// The same, also by the value of this attribute at each unit's first session.
    #[must_use]
    pub fn by(mut self, attribute: impl Into<Box<str>>) -> Self {
        self.asked.by = Some(attribute.into());
        self
    }

    /// The steps.
    pub fn steps(&self) -> &[FunnelStep] {
        &self.asked.steps
    }

    /// How long it may take from the first step to the last; `None` when any time.
    pub const fn total_limit(&self) -> Option<Elapsed> {
        self.asked.total
    }

    /// Whether steps follow each other.
    pub const fn order(&self) -> StepOrder {
        self.asked.order
    }

    /// Which of two events in the same millisecond is the earlier.
    pub const fn ties(&self) -> Ties {
        self.asked.ties
    }

    /// Whose events are followed together.
    pub const fn unit(&self) -> FunnelUnit {
        self.asked.unit
    }

    /// The attribute that groups units.
    pub fn attribute(&self) -> Option<&str> {
        self.asked.by.as_deref()
    }

    /// How far the events of one unit, given as when and what in any order, lead: see [`Chain`]. Takes O(n log n) time for n events that
    /// are steps.
    pub fn chain<'n>(&self, events: impl IntoIterator<Item = (Timestamp, &'n str)>) -> Chain {
        let mut moments: Vec<Wide> = Vec::new();
        for (at, name) in events {
            if let Some(name) = self.place_of(name) {
                moments.push(Wide { at, tail: self.tail(moments.len(), name) });
            }
        }
        Matcher::new(self).follow(&mut moments)
    }

    /// The place of a name among those of the steps.
    #[inline]
    pub(super) fn place_of(&self, name: &str) -> Option<u8> {
        let glance = Glance::of(name);
        // All of them, as which one it is cannot be guessed.
        let mut place = None;
        for (known, at) in self.glances.iter().zip(0..) {
            if *known == glance {
                place = Some(at);
            }
        }
        if place.is_none_or(|place| glance.says_all() || *self.names[usize::from(place)] == *name) {
            return place;
        }
        // Another that looks the same at a glance.
        self.names.iter().zip(0..).find(|(known, _)| ***known == *name).map(|(_, place)| place)
    }

    pub(super) fn names(&self) -> &[Box<str>] {
        &self.names
    }

    pub(super) fn steps_of(&self, name: u8) -> u64 {
        self.steps_of[usize::from(name)]
    }

    pub(super) fn name_of(&self, step: usize) -> u8 {
        self.name_of[step]
    }

    /// What tells events of one millisecond apart: how many there were before, where that matters, and the name.
    #[inline]
    pub(super) fn tail(&self, before: usize, name: u8) -> u32 {
        let before = match self.asked.ties {
            Ties::AnyOrder => 0,
            Ties::AsGiven => before.min(0xFF_FFFF) as u32,
        };
        before << 8 | u32::from(name)
    }
}

/// What tells most names apart: the length of one, and four bytes each from its ends and its middle, which of a short one is all of it.
#[derive(Clone, Copy, Debug)]
struct Glance([u64; 2]);

impl Glance {
    /// Names of several lengths come one after the other, so that the same is done for all but the shortest.
    #[inline]
    fn of(name: &str) -> Self {
        let bytes = name.as_bytes();
        let four = |four: &[u8; 4]| u64::from(u32::from_le_bytes(*four));
        let middle = bytes.len().saturating_sub(4) / 2;
        let length = bytes.len().min(u32::MAX as usize) as u64;
        match (bytes.first_chunk(), bytes.last_chunk(), bytes.get(middle..).and_then(|rest| rest.first_chunk())) {
            (Some(first), Some(last), Some(middle)) => {
                Self([four(first) | four(last) << 32, four(middle) | length << 32])
            }
            _ => Self([bytes.iter().fold(0, |all, byte| all << 8 | u64::from(*byte)), length << 32]),
        }
    }

    const fn says_all(self) -> bool {
        self.0[1] >> 32 <= 12
    }
}

impl Eq for Glance {}

impl PartialEq for Glance {
    /// Asked all at once.
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        (self.0[0] ^ other.0[0]) | (self.0[1] ^ other.0[1]) == 0
    }
}

impl TryFrom<Asked> for FunnelSpec {
    type Error = Error;

    fn try_from(asked: Asked) -> Result<Self, Error> {
        let steps = &asked.steps;
        if steps.is_empty() || steps.len() > Self::MAX_STEPS {
            return Err(Error::StepsOutOfRange { steps: steps.len(), most: Self::MAX_STEPS });
        }
        if let Some(at) = steps.iter().position(|step| step.name.is_empty()) {
            return Err(Error::StepWithoutName { at });
        }
        if let Some(limit) = steps[0].limit {
            return Err(Error::LimitOfFirstStep { limit });
        }
        let limited = steps.iter().position(|step| step.limit.is_some());
        if let (StepOrder::Unordered, Some(step)) = (asked.order, limited) {
            return Err(Error::LimitWithoutOrder { step });
        }
        let (mut names, mut steps_of, mut name_of): (Vec<Box<str>>, Vec<u64>, Vec<u8>) = Default::default();
        for (at, step) in steps.iter().enumerate() {
            let place = names.iter().position(|name| *name == step.name).unwrap_or_else(|| {
                names.push(step.name.clone());
                steps_of.push(0);
                names.len() - 1
            });
            steps_of[place] |= 1 << at;
            name_of.push(place as u8);
        }
        let glances = names.iter().map(|name| Glance::of(name)).collect();
        Ok(Self { asked, names, glances, steps_of, name_of })
    }
}

impl From<FunnelSpec> for Asked {
    fn from(spec: FunnelSpec) -> Self {
        spec.asked
    }
}
