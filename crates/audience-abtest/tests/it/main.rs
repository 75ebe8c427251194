//! Behaviour through the public API.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod anytime;
mod anytime_calibration;
mod assignment;
mod assignment_bucketing;
mod assignment_counters;
mod assignment_layers;
mod assignment_saved;
mod assignment_switchback;
mod assignment_uniform;
mod bandits;
mod calibration_analysis;
mod calibration_effects;
mod calibration_trust;
mod effects;
mod factorial;
mod means;
mod planning;
mod posteriors;
mod stalls;
mod trust;
mod units;
