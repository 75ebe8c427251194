//! Behaviour through the public API.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod breakdown;
mod cohorts;
mod funnel;
mod repeat;
