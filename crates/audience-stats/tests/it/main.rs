//! Behaviour of the statistics through their public API.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod accumulators;
mod calibration;
mod confidence;
mod distinct;
mod distributions;
mod grouped;
mod hashes;
mod log_ranks;
mod moments;
mod portable;
mod proportions;
mod quantiles;
mod ranges;
mod ranks;
mod ratios;
mod samples;
mod sizes;
mod survival;
mod survival_calibration;
mod tails;
mod windows;
