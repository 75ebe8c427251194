//! Experiments: who is in which arm, what differs between arms, and whether to believe it.
//!
//! # Features
#![doc = document_features::document_features!()]

mod error;

pub use error::Error;
