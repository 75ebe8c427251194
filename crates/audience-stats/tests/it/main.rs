//! Behaviour of the statistics through their public API.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod accumulators;
mod calibration;
mod calibration_trust;
mod capping;
mod changes;
mod confidence;
mod corrections;
mod distinct;
mod distributions;
mod fits;
mod grouped;
mod hashes;
mod lines;
mod log_ranks;
mod mann_whitney;
mod moments;
mod noise;
mod noncentral;
mod outliers;
mod portable;
mod proportions;
mod quantiles;
mod ranges;
mod ranks;
mod ratios;
mod resamples;
mod samples;
mod seasons;
mod sizes;
mod survival;
mod survival_calibration;
mod tails;
mod trends;
mod two_proportions;
mod windows;
