//! Samples that no sums stand for: resampled as they are.

mod stalls;

pub use stalls::{Stream, StallRatio, simulated_stall_ratio};
