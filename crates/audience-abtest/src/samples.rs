//! Samples that are given value by value.

mod means;
mod stalls;

pub use means::{TRIM, student, trimmed};
pub use stalls::{SimulatedStallRatio, StallRatio, Stream, simulated_stall_ratio};
