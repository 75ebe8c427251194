//! Behaviour of the statistics through their public API.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod accumulators;
mod calibration;
mod calibration_trust;
mod capping;
mod confidence;
mod corrections;
mod distinct;
mod distributions;
mod fits;
mod frequent;
mod grouped;
mod hashes;
mod log_ranks;
mod mann_whitney;
mod moments;
mod noncentral;
mod portable;
mod proportions;
mod quantiles;
mod ranges;
mod ranks;
mod ratios;
mod resamples;
mod samples;
mod shrinking;
mod sizes;
mod sketches;
mod survival;
mod survival_calibration;
mod tails;
mod two_proportions;
mod windows;
