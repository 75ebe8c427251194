//! Behaviour through the public API.

mod calibration_trust;
mod means;
mod stalls;
mod trust;
