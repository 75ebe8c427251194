//! Which arm each unit is in, when all its sessions are known.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use audience_core::Timestamp;

use super::row::{Row, Totals};
use super::{ExposureSpec, Mixed};
use crate::error::Error;

/// The units of an experiment, and what did not make it into one.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ExperimentUnits {
    /// The arms, the control first.
    pub arms: Vec<Arc<str>>,
    /// The units, in order of their ids; those in more than one arm only if they are asked for.
    pub units: Vec<ExperimentUnit>,
    /// Units that were exposed to an arm, with those that are left out.
    pub exposed: u64,
    /// Units that were in more than one arm.
    pub mixed: u64,
    /// Sessions of an arm that is none of the experiment's, by its name.
    pub unknown_arms: BTreeMap<Arc<str>, u64>,
    /// Sessions with an arm that do not say whose they are, each of which is a unit for itself.
    pub without_unit: u64,
}

/// One unit of an experiment.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ExperimentUnit {
    /// Its id.
    pub id: Arc<str>,
    /// Its arm: the place in [`ExperimentUnits::arms`].
    pub arm: usize,
    /// When the first session in the arm began.
    pub exposed_at: Timestamp,
    /// The dimensions at the first exposure, in their order.
    pub dimensions: Vec<Option<Arc<str>>>,
    /// What it did from then on.
    pub totals: Totals,
    /// What it did in the period before, if one is looked at.
    pub before: Option<Totals>,
}

impl ExperimentUnits {
    /// The same with this arm as the control: it comes first, and the others stay in their order. For arms that were found in the
    /// telemetry, and come in order of their names.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownArmName`] when no arm has this name.
    ///
    /// # Examples
    ///
    /// ```
    /// use audience_abtest::{ExposureSpec, Exposures};
    /// use audience_core::{Accumulator, Event, EventKind, Rules, Session, Timestamp};
    ///
    /// let mut exposures = Exposures::new(ExposureSpec::new("variant"));
    /// for (viewer, arm) in [("ann", "new"), ("bob", "old")] {
    ///     let play = Event::new(Timestamp::from_millis(0), EventKind::Play);
    ///     let session = Session::new(viewer, "film", [play]).with_viewer(viewer).with_attribute("variant", arm);
    ///     exposures.observe(&session.facts(&Rules::default(), None));
    /// }
    /// let units = exposures.summary().with_control("old")?;
    /// assert_eq!(units.arms.iter().map(AsRef::as_ref).collect::<Vec<&str>>(), ["old", "new"]);
    /// assert_eq!((&*units.units[0].id, units.units[0].arm), ("ann", 1));
    /// # Ok::<(), audience_abtest::Error>(())
    /// ```
    pub fn with_control(mut self, name: &str) -> Result<Self, Error> {
        let place = self.arms.iter().position(|arm| arm.as_ref() == name);
        let control = place.ok_or_else(|| Error::unknown_arm(name, &self.arms))?;
        self.arms[..=control].rotate_right(1);
        for unit in &mut self.units {
            unit.arm = match unit.arm {
                arm if arm == control => 0,
                arm if arm < control => arm + 1,
                arm => arm,
            };
        }
        Ok(self)
    }

    pub(super) fn of(spec: &ExposureSpec, units: &HashMap<Arc<str>, Vec<Row>>, without_unit: u64) -> Self {
        let mut resolved = Self { arms: arms(spec, units), without_unit, ..Self::default() };
        let places: HashMap<Arc<str>, usize> = resolved.arms.iter().cloned().zip(0..).collect();
        let mut ids: Vec<&Arc<str>> = units.keys().collect();
        ids.sort_unstable();
        for id in ids {
            resolved.add(spec, &places, id, &units[id]);
        }
        resolved
    }

    fn add(&mut self, spec: &ExposureSpec, places: &HashMap<Arc<str>, usize>, id: &Arc<str>, rows: &[Row]) {
        let runs = |row: &Row| {
            spec.starts_at.is_none_or(|start| row.at >= start) && spec.ends_at.is_none_or(|end| row.at < end)
        };
        let mut first: Option<(&Row, usize)> = None;
        let mut mixed = false;
        for row in rows.iter().filter(|row| runs(row)) {
            let Some(name) = &row.arm else { continue };
            let Some(&arm) = places.get(name) else {
                *self.unknown_arms.entry(name.clone()).or_default() += 1;
                continue;
            };
            mixed |= first.is_some_and(|(_, other)| other != arm);
            if first.is_none_or(|(earlier, _)| (row.at, &row.session) < (earlier.at, &earlier.session)) {
                first = Some((row, arm));
            }
        }
        let Some((exposure, arm)) = first else { return };
        self.exposed += 1;
        self.mixed += u64::from(mixed);
        if mixed && spec.mixed == Mixed::Excluded {
            return;
        }
        let after = rows.iter().filter(|row| row.at >= exposure.at && runs(row));
        let before = spec.pre_period.map(|period| {
            let from = exposure.at.as_millis().saturating_sub_unsigned(period.as_millis());
            let known = rows.iter().filter(move |row| row.at < exposure.at && row.at.as_millis() >= from);
            Totals::of(known, spec.marks.len())
        });
        self.units.push(ExperimentUnit {
            id: id.clone(),
            arm,
            exposed_at: exposure.at,
            dimensions: exposure.dimensions.to_vec(),
            totals: Totals::of(after, spec.marks.len()),
            before,
        });
    }
}

/// The arms as they are given, or all that are found, in order of their names.
fn arms(spec: &ExposureSpec, units: &HashMap<Arc<str>, Vec<Row>>) -> Vec<Arc<str>> {
    if !spec.arms.is_empty() {
        return spec.arms.iter().map(|arm| arm.as_str().into()).collect();
    }
    let found: BTreeSet<&Arc<str>> = units.values().flatten().filter_map(|row| row.arm.as_ref()).collect();
    found.into_iter().cloned().collect()
}
