//! Families of experiments: assignment, trust, tests and intervals.

mod anytime;
mod assignment;
mod effects;
mod planning;
mod posteriors;
mod samples;
mod spotify;
mod trust;

use super::Family;

/// Families that have an answer, by subject.
pub(super) const FAMILIES: &[&[(&str, Family)]] = &[
    anytime::FAMILIES,
    assignment::FAMILIES,
    effects::FAMILIES,
    planning::FAMILIES,
    posteriors::FAMILIES,
    samples::FAMILIES,
    spotify::FAMILIES,
    trust::FAMILIES,
];
