//! Samples that no sums stand for: resampled as they are.

mod stalls;

pub use stalls::{StallRatio, Stream, simulated_stall_ratio};
