//! Samples of a fixed size from more items than fit in memory.
//!
//! [`algorithm_r`] and [`algorithm_l`] draw from an iterator; both are seeded and neither can be merged. For a sample
//! that can be merged, and that holds the same items whatever their order, use [`BottomK`].

mod bottom_k;
mod reservoir;

pub use bottom_k::BottomK;
pub use reservoir::{Sampled, algorithm_l, algorithm_r};
