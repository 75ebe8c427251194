//! Who is in which arm, and what became of them by hand.

#[cfg(feature = "bucketing")]
pub mod bucketing;
mod counters;
mod draw;
mod experiment;
#[cfg(feature = "serde")]
mod form;
mod layer;
mod outcome;
mod saved;
mod switchback;

pub use counters::{ArmCounters, ArmCounts, Outcome};
pub use experiment::{Experiment, Variant};
pub use layer::{HoldOut, Layer, Slot};
pub use outcome::{Assignment, Enrolled, Exclusion, Origin};
pub use saved::SavedAssignment;
pub use switchback::{Balance, Switch, Switchback};
