//! From sessions to units: who was exposed to which arm, and what they did after.

mod resolve;
mod row;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use audience_core::{Elapsed, SessionFacts, Timestamp};
use audience_stats::{Accumulator, Merge};

pub use resolve::{ExperimentUnit, ExperimentUnits};
use row::Row;
pub use row::Totals;

/// What to do with a unit that was in more than one arm.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Mixed {
    /// It is left out, and counted: what it did is of no arm.
    #[default]
    Excluded,
    /// It counts for the arm it was exposed to first, with all it did since: intention to treat. What it saw of other arms makes
    /// arms more alike than they are.
    FirstArm,
}

/// What is known of an experiment that runs in the telemetry.
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ExposureSpec {
    /// The attribute of sessions that has the arm; `None` where there are none yet, and all sessions are of one arm, which is
    /// called [`EVERYONE`](Self::EVERYONE).
    pub attribute: Option<String>,
    /// The arms, the control first; of none, those that are found, in order of their names.
    pub arms: Vec<String>,
    /// The attribute that has the unit that was assigned, such as the household; `None` for the viewer.
    pub unit: Option<String>,
    /// Sessions before this are of no arm.
    pub starts_at: Option<Timestamp>,
    /// Sessions from this on do not count.
    pub ends_at: Option<Timestamp>,
    /// How long before its first exposure a unit is looked at, for what was known of it then.
    pub pre_period: Option<Elapsed>,
    /// Attributes that units are told apart by, as they were at the first exposure.
    pub dimensions: Vec<String>,
    /// Names of custom events that are counted.
    pub marks: Vec<String>,
    /// What to do with units in more than one arm.
    pub mixed: Mixed,
}

impl ExposureSpec {
    /// The name of the only arm where no attribute has one.
    pub const EVERYONE: &str = "everyone";

    /// Of the arms that this attribute has.
    pub fn new(attribute: impl Into<String>) -> Self {
        Self { attribute: Some(attribute.into()), ..Self::everyone() }
    }

    /// Of one arm, which all sessions are of: what is there before an experiment, to plan one by.
    ///
    /// ```
    /// use audience_abtest::{ExposureSpec, Exposures};
    /// use audience_core::{Accumulator, Event, EventKind, Rules, Session, Timestamp};
    ///
    /// let mut exposures = Exposures::new(ExposureSpec::everyone());
    /// for (session, viewer) in [("s1", "ann"), ("s2", "bob"), ("s3", "ann")] {
    ///     let play = Event::new(Timestamp::from_millis(0), EventKind::Play);
    ///     exposures.observe(&Session::new(session, "film", [play]).with_viewer(viewer).facts(&Rules::default(), None));
    /// }
    /// let units = exposures.summary();
    /// assert_eq!((&*units.arms[0], units.units.len()), ("everyone", 2));
    /// ```
    pub const fn everyone() -> Self {
        Self {
            attribute: None,
            arms: Vec::new(),
            unit: None,
            starts_at: None,
            ends_at: None,
            pre_period: None,
            dimensions: Vec::new(),
            marks: Vec::new(),
            mixed: Mixed::Excluded,
        }
    }
}

/// An accumulator over session facts that makes one row for each unit of an experiment.
///
/// When a unit was first exposed is known only at the end, so that a short row of each session is kept: some 150 bytes.
///
/// # Examples
///
/// ```
/// use audience_abtest::{ExposureSpec, Exposures};
/// use audience_core::{Accumulator, Event, EventKind, Rules, Session, Timestamp};
///
/// let mut exposures = Exposures::new(ExposureSpec::new("variant"));
/// for (session, viewer, arm) in [("s1", "ann", "A"), ("s2", "bob", "B"), ("s3", "ann", "A"), ("s4", "cid", "A"), ("s5", "cid", "B")] {
///     let play = Event::new(Timestamp::from_millis(0), EventKind::Play);
///     let session = Session::new(session, "film", [play]).with_viewer(viewer).with_attribute("variant", arm);
///     exposures.observe(&session.facts(&Rules::default(), None));
/// }
/// let units = exposures.summary();
/// assert_eq!((units.arms.len(), units.units.len(), units.mixed), (2, 2, 1));
/// assert_eq!(units.units[0].totals.sessions, 2); // ann's
/// ```
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Exposures {
    spec: Arc<ExposureSpec>,
    units: HashMap<Arc<str>, Vec<Row>>,
    /// Values of attributes, so that each is held once.
    #[cfg_attr(feature = "serde", serde(skip))]
    names: HashSet<Arc<str>>,
    without_unit: u64,
}

impl Exposures {
    /// Nothing seen yet.
    pub fn new(spec: ExposureSpec) -> Self {
        Self { spec: Arc::new(spec), units: HashMap::new(), names: HashSet::new(), without_unit: 0 }
    }

    /// What it was made with.
    pub fn spec(&self) -> &ExposureSpec {
        &self.spec
    }

    /// The units as they would have been at some time, of sessions that began before it, in these arms.
    pub fn until(&self, time: Timestamp, arms: &[Arc<str>]) -> ExperimentUnits {
        let ends_at = self.spec.ends_at.map_or(time, |ends_at| ends_at.min(time));
        let arms = arms.iter().map(ToString::to_string).collect();
        let spec = ExposureSpec { arms, ends_at: Some(ends_at), ..ExposureSpec::clone(&self.spec) };
        ExperimentUnits::of(&spec, &self.units, self.without_unit)
    }

    /// The units as they would be if the experiment began at this time, and not before: what they did earlier is of the pre-period,
    /// if one is looked at.
    pub fn since(&self, time: Timestamp) -> ExperimentUnits {
        let starts_at = self.spec.starts_at.map_or(time, |starts_at| starts_at.max(time));
        let spec = ExposureSpec { starts_at: Some(starts_at), ..ExposureSpec::clone(&self.spec) };
        ExperimentUnits::of(&spec, &self.units, self.without_unit)
    }

    /// When the first and the last session began, of an arm or not; `None` when there are none.
    pub fn began(&self) -> Option<(Timestamp, Timestamp)> {
        let times = || self.units.values().flatten().map(|row| row.at);
        times().min().zip(times().max())
    }

    fn name(&mut self, value: &str) -> Arc<str> {
        if let Some(name) = self.names.get(value) {
            return name.clone();
        }
        let name: Arc<str> = value.into();
        self.names.insert(name.clone());
        name
    }
}

impl Merge for Exposures {
    /// # Panics
    ///
    /// When the two are of different experiments, which is a bug in the program.
    fn merge(&mut self, other: Self) {
        assert_eq!(self.spec, other.spec, "exposures of different experiments");
        self.without_unit.merge(other.without_unit);
        self.names.extend(other.names);
        for (unit, rows) in other.units {
            self.units.entry(unit).or_default().extend(rows);
        }
    }
}

impl Accumulator for Exposures {
    type Item = SessionFacts;
    type Summary = ExperimentUnits;

    fn observe(&mut self, facts: &SessionFacts) {
        let spec = self.spec.clone();
        let attributes = &facts.identity.attributes;
        let unit = match &spec.unit {
            Some(attribute) => attributes.get(attribute),
            None => facts.identity.viewer_id.as_ref().map(audience_core::ViewerId::as_str),
        };
        let arm = match &spec.attribute {
            Some(attribute) => attributes.get(attribute),
            None => Some(ExposureSpec::EVERYONE),
        };
        let arm = arm.map(|arm| self.name(arm));
        if unit.is_none() {
            self.without_unit.merge(u64::from(arm.is_some()));
        }
        let dimension = |name: &String| attributes.get(name).map(|value| self.name(value));
        let dimensions = spec.dimensions.iter().map(dimension).collect();
        // A session of nobody known stands for itself.
        let unit = unit.unwrap_or_else(|| facts.identity.session_id.as_str());
        let row = Row::of(facts, arm, dimensions, &spec.marks);
        match self.units.get_mut(unit) {
            Some(rows) => rows.push(row),
            None => _ = self.units.insert(unit.into(), vec![row]),
        }
    }

    fn summary(&self) -> ExperimentUnits {
        ExperimentUnits::of(&self.spec, &self.units, self.without_unit)
    }
}

#[cfg(feature = "serde")]
impl audience_stats::Portable for Exposures {
    fn fingerprint(&self) -> u64 {
        // A damaged state, with rows of other dimensions, is none of any experiment.
        let (dimensions, marks) = (self.spec.dimensions.len(), self.spec.marks.len());
        let whole = self.units.values().flatten().all(|row| row.is_of(dimensions, marks));
        audience_stats::fingerprint_of("audience.exposures/1", &(&self.spec, whole))
    }

    fn size_bytes(&self) -> usize {
        let rows = |rows: &Vec<Row>| rows.iter().map(Row::size_bytes).sum::<usize>();
        self.units.iter().map(|(unit, kept)| unit.len() + rows(kept)).sum()
    }
}
