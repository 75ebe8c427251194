//! Experiments: who is in which arm, what differs between arms, and whether to believe it.
//!
//! # Features
#![doc = document_features::document_features!()]

mod assignment;
mod error;

#[cfg(feature = "bucketing")]
pub use assignment::bucketing;
pub use assignment::{
    ArmCounters, ArmCounts, Assignment, Balance, BetaPrior, Enrolled, Exclusion, Experiment, HoldOut, Layer, Origin,
    Outcome, Ranked, SavedAssignment, Slot, Switch, Switchback, Variant, rank_by_shrinkage, rank_by_wilson,
};
pub use error::Error;
