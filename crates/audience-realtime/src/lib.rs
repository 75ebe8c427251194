//! What is watched right now, from events that come late, twice, with wrong clocks, or not at all.
//!
//! # Features
#![doc = document_features::document_features!()]

mod buckets;
mod error;
mod window;

pub use error::Error;
pub use window::Window;
