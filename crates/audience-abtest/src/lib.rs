//! Experiments: who is in which arm, what differs between arms, and whether to believe it.
//!
//! # Features
#![doc = document_features::document_features!()]

mod correction;
mod error;
pub mod samples;
pub mod trust;

pub use correction::{PreferentialLevels, interval_of_adjusted, preferential_levels};
pub use error::Error;
