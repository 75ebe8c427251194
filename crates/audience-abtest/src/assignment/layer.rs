//! Experiments that keep out of each other's way, and units that are kept out of all.

use audience_core::Ratio;

use super::draw::{Gate, Purpose};
use crate::error::Error;

/// A share of the units of a layer: those whose hash, by the layer's name, lies in a range.
///
/// Experiments whose slots of one layer do not overlap share no unit: see [`Layer`].
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(try_from = "SlotForm", into = "SlotForm")
)]
pub struct Slot {
    layer: String,
    start: Ratio,
    end: Ratio,
    gate: Gate,
}

impl Slot {
    /// The units of `layer` from the share `start` on and before `end`.
    ///
    /// # Errors
    ///
    /// [`Error::EmptyName`] for a layer without a name; [`Error::EmptySlot`] when it does not end after it starts.
    pub fn new(layer: impl Into<String>, start: Ratio, end: Ratio) -> Result<Self, Error> {
        let layer = layer.into();
        if layer.is_empty() {
            return Err(Error::EmptyName { of: "layer" });
        }
        if start >= end {
            return Err(Error::EmptySlot { layer, start: start.as_f64(), end: end.as_f64() });
        }
        let gate = Gate::new(&layer, Purpose::Layer, start.as_f64(), end.as_f64());
        Ok(Self { layer, start, end, gate })
    }

    /// The layer's name, which is its salt.
    pub fn layer(&self) -> &str {
        &self.layer
    }

    /// Where it starts.
    pub const fn start(&self) -> Ratio {
        self.start
    }

    /// Where it ends.
    pub const fn end(&self) -> Ratio {
        self.end
    }

    /// Whether a unit is in it.
    #[inline]
    pub fn contains(&self, unit: &str) -> bool {
        self.gate.admits(unit)
    }
}

/// How a slot is written.
#[cfg(feature = "serde")]
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct SlotForm {
    name: String,
    start: Ratio,
    end: Ratio,
}

#[cfg(feature = "serde")]
impl TryFrom<SlotForm> for Slot {
    type Error = Error;

    fn try_from(form: SlotForm) -> Result<Self, Error> {
        Self::new(form.name, form.start, form.end)
    }
}

#[cfg(feature = "serde")]
impl From<Slot> for SlotForm {
    fn from(slot: Slot) -> Self {
        Self { name: slot.layer, start: slot.start, end: slot.end }
    }
}

/// Experiments that exclude each other: each has a [`Slot`] of the units, and no two slots overlap.
///
/// A slot stays where it is when others are added. Where one that has ended is to be used again, give its range: the units
/// that were in the one experiment are then all in the other, and bring with them what the first one did to them.
///
/// # Examples
///
/// ```
/// use audience_abtest::{Experiment, Layer};
/// use audience_core::{Ratio, Timestamp};
///
/// let layer = Layer::new("player")?.with_share("buffer", Ratio::new(0.5)?)?.with_share("start-up", Ratio::new(0.5)?)?;
/// let experiment = |key: &str| -> Result<Experiment, Box<dyn std::error::Error>> {
///     let slot = layer.slot(key).ok_or("no slot")?.clone();
///     Ok(Experiment::equal(key, ["control", "treatment"])?.with_slot(slot))
/// };
/// let (buffer, start_up) = (experiment("buffer")?, experiment("start-up")?);
/// let now = Timestamp::from_millis(0);
/// for unit in ["ada", "grace", "katherine"] {
///     assert_eq!(buffer.assign(unit, now).arm().is_some(), start_up.assign(unit, now).arm().is_none());
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Layer {
    name: String,
    slots: Vec<(String, Slot)>,
}

impl Layer {
    /// One without experiments. Its name is the salt of its hashes.
    ///
    /// # Errors
    ///
    /// [`Error::EmptyName`].
    pub fn new(name: impl Into<String>) -> Result<Self, Error> {
        let name = name.into();
        if name.is_empty() { Err(Error::EmptyName { of: "layer" }) } else { Ok(Self { name, slots: Vec::new() }) }
    }

    /// Gives an experiment a share of the units, after the last slot there is.
    ///
    /// # Errors
    ///
    /// [`Error::LayerFull`] when less is left (up to rounding); and those of [`with_range`](Self::with_range).
    pub fn with_share(self, key: impl Into<String>, share: Ratio) -> Result<Self, Error> {
        /// What sums of shares may be off by.
        const ROUNDING: f64 = 1e-12;
        let start = self.slots.iter().map(|(_, slot)| slot.end.as_f64()).fold(0.0, f64::max);
        let end = start + share.as_f64();
        if end > 1.0 + ROUNDING {
            return Err(Error::LayerFull { layer: self.name, share: share.as_f64(), left: 1.0 - start });
        }
        // Both lie in 0–1.
        let ratio = |value: f64| Ratio::new(value.clamp(0.0, 1.0)).unwrap_or(Ratio::ONE);
        self.with_range(key, ratio(start), ratio(end))
    }

    /// Gives an experiment the units from the share `start` on and before `end`.
    ///
    /// # Errors
    ///
    /// [`Error::EmptyName`]; [`Error::EmptySlot`]; [`Error::DuplicateExperiment`]; [`Error::SlotsOverlap`].
    pub fn with_range(mut self, key: impl Into<String>, start: Ratio, end: Ratio) -> Result<Self, Error> {
        let key = key.into();
        if key.is_empty() {
            return Err(Error::EmptyName { of: "experiment" });
        }
        let slot = Slot::new(self.name.as_str(), start, end)?;
        for (other, taken) in &self.slots {
            if *other == key {
                return Err(Error::DuplicateExperiment { layer: self.name, key });
            }
            if start < taken.end && taken.start < end {
                return Err(Error::SlotsOverlap { layer: self.name, key, other: other.clone() });
            }
        }
        self.slots.push((key, slot));
        Ok(self)
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The slot of an experiment.
    pub fn slot(&self, key: &str) -> Option<&Slot> {
        self.slots.iter().find(|(other, _)| other == key).map(|(_, slot)| slot)
    }

    /// The key of the experiment that a unit is for; `None` where no slot has it.
    pub fn experiment_of(&self, unit: &str) -> Option<&str> {
        self.slots.iter().find(|(_, slot)| slot.contains(unit)).map(|(key, _)| key.as_str())
    }
}

/// A share of all units that is kept out of all experiments, to see what these do together.
///
/// Give the same one to each experiment. It goes by its own salt: who is held out has nothing to do with layers,
/// coverage or arms. A larger share of the same salt holds out those of a smaller one, and more.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(try_from = "HoldOutForm", into = "HoldOutForm")
)]
pub struct HoldOut {
    salt: String,
    share: Ratio,
    gate: Gate,
}

impl HoldOut {
    /// A share of the units, chosen by a salt.
    ///
    /// # Errors
    ///
    /// [`Error::EmptyName`] for an empty salt.
    pub fn new(salt: impl Into<String>, share: Ratio) -> Result<Self, Error> {
        let salt = salt.into();
        if salt.is_empty() {
            return Err(Error::EmptyName { of: "salt of a hold-out" });
        }
        let gate = Gate::new(&salt, Purpose::HoldOut, 0.0, share.as_f64());
        Ok(Self { salt, share, gate })
    }

    /// Its salt.
    pub fn salt(&self) -> &str {
        &self.salt
    }

    /// The share that it holds out.
    pub const fn share(&self) -> Ratio {
        self.share
    }

    /// Whether a unit is held out.
    #[inline]
    pub fn holds(&self, unit: &str) -> bool {
        self.gate.admits(unit)
    }
}

/// How a hold-out is written.
#[cfg(feature = "serde")]
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct HoldOutForm {
    salt: String,
    share: Ratio,
}

#[cfg(feature = "serde")]
impl TryFrom<HoldOutForm> for HoldOut {
    type Error = Error;

    fn try_from(form: HoldOutForm) -> Result<Self, Error> {
        Self::new(form.salt, form.share)
    }
}

#[cfg(feature = "serde")]
impl From<HoldOut> for HoldOutForm {
    fn from(hold_out: HoldOut) -> Self {
        Self { salt: hold_out.salt, share: hold_out.share }
    }
}
