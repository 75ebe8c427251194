//! Quality of experience: how streams felt, in the industry's own terms.
//!
//! Accumulators over session facts, each exact and mergeable:
//!
//! - [`Experience`]: start-up, stalls, bit rate, switches, failures, frames, latency, by the definitions of CTA-2066.
//!
//! # Features
#![doc = document_features::document_features!()]

mod error;
mod experience;
mod failure;
mod startup;

pub use error::Error;
pub use experience::{Experience, ExperienceSummary};
pub use failure::{BusinessErrors, FailureCause};
pub use startup::{StartUpBin, StartUpHistogram};
