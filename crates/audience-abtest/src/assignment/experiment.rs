//! An experiment, and which arm of it a unit is in.

use audience_core::{Ratio, Timestamp};

use super::draw::{Arms, Gate, Purpose};
use super::layer::{HoldOut, Slot};
use super::outcome::{Assignment, Enrolled, Exclusion, Origin};
use super::saved::SavedAssignment;
use crate::error::Error;

/// One of the things that an experiment compares.
#[derive(Clone, Debug, PartialEq)]
pub struct Variant {
    name: String,
    share: f64,
    /// The weight as it was given, so that what is written is what was read.
    given: f64,
}

impl Variant {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The share of enrolled units that it gets, above 0 and below 1; those of an experiment add up to 1.
    pub const fn weight(&self) -> f64 {
        self.share
    }

    /// The weight as it was given, of which [`weight`](Self::weight) is the share.
    pub const fn given_weight(&self) -> f64 {
        self.given
    }
}

/// An experiment: what it compares, on which share of the units, and when.
///
/// Which arm a unit is in follows from its id alone: [`assign`](Self::assign) says the same on every machine, in every
/// version of this crate. Nothing is kept.
///
/// # How
///
/// With h(bytes, seed) the 64 bits of XXH3 ([`hash64`](audience_stats::hash::hash64)), and seeds of purposes the eight bytes
/// `arm.....`, `coverage`, `hold-out`, `layer...` as numbers, lowest byte first: a unit is covered if h(unit, h(salt,
/// coverage)) is below coverage · 2⁶⁴. Its arm is the first for which h(unit, h(salt, arm)) is below (the shares up to and with
/// it) · 2⁶⁴, or the last. Hold-out and layer are alike, by their own salts. Products are rounded down; texts are UTF-8. Twenty
/// lines in any language that has XXH3 say the same.
///
/// # What moves units
///
/// | a change of | moves |
/// |---|---|
/// | coverage, upwards | nobody: units join, and those enrolled stay in their arms |
/// | coverage, downwards | nobody: units leave |
/// | start, end, hold-out, slot | nobody: units leave or join |
/// | weights | those between the old borders of the arms and the new: 50/50 to 60/40 moves a tenth of the units |
/// | order or number of variants | those whose arm is now elsewhere: about as many as there are |
/// | salt (and so the key, if it has none) | everybody: arms are drawn anew |
///
/// After a change that moves some, what the movers did before counts for an arm they are no longer in. Save assignments
/// ([`assign_saved`](Self::assign_saved)), or begin anew with another salt.
///
/// # Units
///
/// A unit may be a viewer, a device, a household, a region; ids of any kind are assigned alike. What is assigned must be
/// what is analysed: if households are assigned, sessions or viewers of one household are not independent of each other, and
/// an analysis that takes them for units finds differences where there are none. Say what ids name with
/// [`with_unit`](Self::with_unit), and group by it.
///
/// # Examples
///
/// ```
/// use audience_abtest::{Exclusion, Experiment};
/// use audience_core::{Ratio, Timestamp};
///
/// let now = Timestamp::from_millis(1_790_000_000_000);
/// let experiment = Experiment::new("start-up", [("control", 1.0), ("preload", 1.0)])?;
/// assert_eq!(experiment.assign("viewer-1", now).variant().map(|variant| variant.name()), Some("control"));
///
/// let beginning = experiment.with_coverage(Ratio::new(0.01)?);
/// assert_eq!(beginning.assign("viewer-1", now).exclusion(), Some(Exclusion::NotCovered));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(try_from = "super::form::Form", into = "super::form::Form")
)]
pub struct Experiment {
    key: String,
    salt: Option<String>,
    unit: String,
    variants: Vec<Variant>,
    control: usize,
    version: u32,
    minimum_version: u32,
    coverage: Ratio,
    starts_at: Option<Timestamp>,
    ends_at: Option<Timestamp>,
    minimum_units: u64,
    slot: Option<Slot>,
    hold_out: Option<HoldOut>,
    arms: Arms,
    covered: Gate,
}

impl Experiment {
    /// What an experiment assigns unless told otherwise.
    pub const UNIT: &'static str = "viewer_id";

    /// An experiment on all units, with variants and their weights. The first is the control. Weights are any positive
    /// numbers: of 1 and 3, the second gets three quarters.
    ///
    /// # Errors
    ///
    /// [`Error::EmptyName`] for an empty key or name; [`Error::TooFewVariants`] for less than two;
    /// [`Error::DuplicateVariant`]; [`Error::NotPositive`] for a weight that is not a finite number above 0;
    /// [`Error::WeightTooSmall`] when it is so small beside the others that no unit would get the variant.
    pub fn new<N: Into<String>>(
        key: impl Into<String>,
        variants: impl IntoIterator<Item = (N, f64)>,
    ) -> Result<Self, Error> {
        let key = key.into();
        if key.is_empty() {
            return Err(Error::EmptyName { of: "experiment" });
        }
        let variants = shares(variants.into_iter().map(|(name, weight)| (name.into(), weight)).collect())?;
        if variants.len() < 2 {
            return Err(Error::TooFewVariants { variants: variants.len() });
        }
        let arms = arms(&key, &variants)?;
        let coverage = Ratio::ONE;
        let covered = Gate::new(&key, Purpose::Coverage, 0.0, coverage.as_f64());
        Ok(Self {
            key,
            salt: None,
            unit: Self::UNIT.to_owned(),
            variants,
            control: 0,
            version: 0,
            minimum_version: 0,
            coverage,
            starts_at: None,
            ends_at: None,
            minimum_units: 0,
            slot: None,
            hold_out: None,
            arms,
            covered,
        })
    }

    /// As [`new`](Self::new), with variants that get equal shares.
    ///
    /// # Errors
    ///
    /// Those of [`new`](Self::new).
    pub fn equal<N: Into<String>>(
        key: impl Into<String>,
        variants: impl IntoIterator<Item = N>,
    ) -> Result<Self, Error> {
        Self::new(key, variants.into_iter().map(|name| (name, 1.0)))
    }

    /// What is hashed with units instead of the key. Two experiments of one salt and equal weights have the same units in
    /// their arms.
    ///
    /// # Errors
    ///
    /// [`Error::EmptyName`] for an empty salt.
    pub fn with_salt(mut self, salt: impl Into<String>) -> Result<Self, Error> {
        let salt = salt.into();
        if salt.is_empty() {
            return Err(Error::EmptyName { of: "salt of an experiment" });
        }
        self.arms = arms(&salt, &self.variants)?;
        self.covered = Gate::new(&salt, Purpose::Coverage, 0.0, self.coverage.as_f64());
        self.salt = Some(salt);
        Ok(self)
    }

    /// The control, if it is not the first variant.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownVariant`].
    pub fn with_control(mut self, name: &str) -> Result<Self, Error> {
        self.control =
            self.variant(name).ok_or_else(|| Error::UnknownVariant { key: self.key.clone(), name: name.to_owned() })?;
        Ok(self)
    }

    /// The share of units that are enrolled. Raising it adds units and moves none: who is covered goes by a hash of its own.
    #[must_use]
    pub fn with_coverage(mut self, coverage: Ratio) -> Self {
        self.coverage = coverage;
        self.covered = Gate::new(self.salt(), Purpose::Coverage, 0.0, coverage.as_f64());
        self
    }

    /// When it begins and ends; the end is not part of it.
    ///
    /// # Errors
    ///
    /// [`Error::EndsBeforeStart`] unless it ends after it starts.
    pub fn with_period(mut self, starts_at: Option<Timestamp>, ends_at: Option<Timestamp>) -> Result<Self, Error> {
        if let (Some(starts_at), Some(ends_at)) = (starts_at, ends_at)
            && starts_at >= ends_at
        {
            return Err(Error::EndsBeforeStart { key: self.key, starts_at, ends_at });
        }
        (self.starts_at, self.ends_at) = (starts_at, ends_at);
        Ok(self)
    }

    /// How many units each arm must have before the experiment is judged.
    #[must_use]
    pub const fn with_minimum_units(mut self, units: u64) -> Self {
        self.minimum_units = units;
        self
    }

    /// The name of what is assigned, such as the attribute that has the ids: `viewer_id`, `household`, `region`.
    ///
    /// # Errors
    ///
    /// [`Error::EmptyName`].
    pub fn with_unit(mut self, unit: impl Into<String>) -> Result<Self, Error> {
        self.unit = unit.into();
        if self.unit.is_empty() { Err(Error::EmptyName { of: "unit of an experiment" }) } else { Ok(self) }
    }

    /// The version, which is saved with assignments, and the oldest one that may go on: see
    /// [`assign_saved`](Self::assign_saved).
    ///
    /// # Errors
    ///
    /// [`Error::MinimumAboveVersion`].
    pub fn with_version(mut self, version: u32, minimum: u32) -> Result<Self, Error> {
        if minimum > version {
            return Err(Error::MinimumAboveVersion { key: self.key, version, minimum });
        }
        (self.version, self.minimum_version) = (version, minimum);
        Ok(self)
    }

    /// The part of a [`Layer`](super::Layer) that the experiment has.
    #[must_use]
    pub fn with_slot(mut self, slot: Slot) -> Self {
        self.slot = Some(slot);
        self
    }

    /// The units that are kept out of it, and of others.
    #[must_use]
    pub fn with_hold_out(mut self, hold_out: HoldOut) -> Self {
        self.hold_out = Some(hold_out);
        self
    }

    /// Which arm a unit is in at some time, or why in none. The same for the same id, always.
    ///
    /// Asked in this order: is there an id, has the experiment begun and not ended, is the unit held out, is it in the slot of
    /// the layer, is it covered; then which arm. Nothing is allocated.
    #[inline]
    pub fn assign(&self, unit: &str, at: Timestamp) -> Assignment<'_> {
        match self.closed(unit, at) {
            Some(exclusion) => Assignment::Excluded(exclusion),
            None => self.draw(unit, Origin::Drawn),
        }
    }

    /// As [`assign`](Self::assign), for a unit whose assignment was saved.
    ///
    /// | saved | then |
    /// |---|---|
    /// | this version | it stays in its variant, whatever weights, coverage and slot are now |
    /// | an older version than the minimum | it is kept out: [`Exclusion::BlockedVersion`] |
    /// | another version | it is assigned by its hash, as if nothing were saved: [`Origin::OtherVersion`] |
    /// | a variant that is gone | likewise: [`Origin::VariantGone`] |
    ///
    /// The period and the hold-out count also for units that were saved. A new version does not draw arms anew: with the
    /// same salt and weights a unit's hash finds the same arm.
    ///
    /// As GrowthBook does by `bucketVersion` and `minBucketVersion`, except that of a unit only its latest assignment is
    /// asked for, and not one for each version.
    pub fn assign_saved(&self, unit: &str, at: Timestamp, saved: Option<&SavedAssignment>) -> Assignment<'_> {
        let Some(saved) = saved else { return self.assign(unit, at) };
        if let Some(exclusion) = self.closed(unit, at) {
            return Assignment::Excluded(exclusion);
        }
        if saved.version < self.minimum_version {
            let (saved, minimum) = (saved.version, self.minimum_version);
            return Assignment::Excluded(Exclusion::BlockedVersion { saved, minimum });
        }
        if saved.version != self.version {
            return self.draw(unit, Origin::OtherVersion { saved: saved.version });
        }
        match self.variant(&saved.variant) {
            Some(arm) => self.enrolled(arm, Origin::Saved),
            None => self.draw(unit, Origin::VariantGone),
        }
    }

    /// Why nobody, or not this unit, can be in the experiment, whatever was saved.
    #[inline]
    fn closed(&self, unit: &str, at: Timestamp) -> Option<Exclusion> {
        if unit.is_empty() {
            return Some(Exclusion::NoId);
        }
        if let Some(exclusion) = self.out_of_period(at) {
            return Some(exclusion);
        }
        self.hold_out.as_ref().is_some_and(|hold_out| hold_out.holds(unit)).then_some(Exclusion::HeldOut)
    }

    /// Whether the experiment has not begun, or is over.
    #[inline]
    pub fn out_of_period(&self, at: Timestamp) -> Option<Exclusion> {
        match (self.starts_at, self.ends_at) {
            (Some(starts_at), _) if at < starts_at => Some(Exclusion::NotStarted { starts_at }),
            (_, Some(ends_at)) if at >= ends_at => Some(Exclusion::Ended { ends_at }),
            _ => None,
        }
    }

    /// Why a unit that may be in the experiment is not drawn.
    #[inline]
    fn passed_over(&self, unit: &str) -> Option<Exclusion> {
        if self.slot.as_ref().is_some_and(|slot| !slot.contains(unit)) {
            return Some(Exclusion::OutsideSlot);
        }
        (!self.covered.admits(unit)).then_some(Exclusion::NotCovered)
    }

    /// Why a unit is in no arm, whichever it would be.
    pub(super) fn exclusion(&self, unit: &str, at: Timestamp) -> Option<Exclusion> {
        self.closed(unit, at).or_else(|| self.passed_over(unit))
    }

    #[inline]
    fn draw(&self, unit: &str, origin: Origin) -> Assignment<'_> {
        match self.passed_over(unit) {
            Some(exclusion) => Assignment::Excluded(exclusion),
            None => self.enrolled(self.arms.of(unit), origin),
        }
    }

    #[inline]
    pub(super) fn enrolled(&self, arm: usize, origin: Origin) -> Assignment<'_> {
        // There are as many arms as variants.
        let variant = &self.variants[arm];
        Assignment::Enrolled(Enrolled { arm, variant, version: self.version, origin })
    }

    /// The arms on the line of hashes.
    pub(super) const fn arms(&self) -> &Arms {
        &self.arms
    }

    /// Its key.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// What is hashed with units: the salt, or the key.
    pub fn salt(&self) -> &str {
        self.salt.as_deref().unwrap_or(&self.key)
    }

    /// The salt, where it is not the key.
    #[cfg(feature = "serde")]
    pub(super) fn own_salt(&self) -> Option<&str> {
        self.salt.as_deref()
    }

    /// The name of what is assigned, by which an analysis groups.
    pub fn unit(&self) -> &str {
        &self.unit
    }

    /// The variants, with weights that add up to 1. Arms are places in this list.
    pub fn variants(&self) -> &[Variant] {
        &self.variants
    }

    /// The arm of the variant of this name.
    pub fn variant(&self, name: &str) -> Option<usize> {
        self.variants.iter().position(|variant| variant.name == name)
    }

    /// The arm that the others are compared with.
    pub const fn control(&self) -> usize {
        self.control
    }

    /// The share of units that are enrolled.
    pub const fn coverage(&self) -> Ratio {
        self.coverage
    }

    /// When it begins; `None`: it always has.
    pub const fn starts_at(&self) -> Option<Timestamp> {
        self.starts_at
    }

    /// From when on it is over; `None`: it never is.
    pub const fn ends_at(&self) -> Option<Timestamp> {
        self.ends_at
    }

    /// How many units each arm must have before the experiment is judged.
    pub const fn minimum_units(&self) -> u64 {
        self.minimum_units
    }

    /// The version, which is saved with assignments.
    pub const fn version(&self) -> u32 {
        self.version
    }

    /// The oldest version whose units may go on.
    pub const fn minimum_version(&self) -> u32 {
        self.minimum_version
    }

    /// The part of a layer that it has.
    pub const fn slot(&self) -> Option<&Slot> {
        self.slot.as_ref()
    }

    /// The units that are kept out of it.
    pub const fn hold_out(&self) -> Option<&HoldOut> {
        self.hold_out.as_ref()
    }
}

/// Variants of these names and weights, with their shares.
fn shares(given: Vec<(String, f64)>) -> Result<Vec<Variant>, Error> {
    let mut largest = 0.0_f64;
    for (at, (name, weight)) in given.iter().enumerate() {
        if name.is_empty() {
            return Err(Error::EmptyName { of: "variant" });
        }
        if given.iter().take(at).any(|(other, _)| other == name) {
            return Err(Error::DuplicateVariant { name: name.clone() });
        }
        if !(weight.is_finite() && *weight > 0.0) {
            return Err(Error::NotPositive { variant: name.clone(), weight: *weight });
        }
        largest = largest.max(*weight);
    }
    // The sum of weights may be more than there are numbers; of their parts of the largest it is not.
    let sum: f64 = given.iter().map(|(_, weight)| weight / largest).sum();
    Ok(given.into_iter().map(|(name, weight)| Variant { name, share: weight / largest / sum, given: weight }).collect())
}

fn arms(salt: &str, variants: &[Variant]) -> Result<Arms, Error> {
    Arms::new(salt, variants.iter().map(|variant| variant.share)).map_err(|arm| {
        let Variant { name, given, .. } = &variants[arm];
        Error::WeightTooSmall { variant: name.clone(), weight: *given }
    })
}
