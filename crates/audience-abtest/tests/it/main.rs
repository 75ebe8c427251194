//! Behaviour through the public API.

mod assignment;
mod assignment_bucketing;
mod assignment_counters;
mod assignment_layers;
mod assignment_saved;
mod assignment_switchback;
mod assignment_uniform;
mod calibration_trust;
mod means;
mod stalls;
mod trust;
