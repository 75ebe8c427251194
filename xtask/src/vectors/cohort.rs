//! Families of cohorts: periods, viewers who come back, funnels, breakdowns.

mod breakdown;
mod funnel;
mod periods;
mod repeat;
mod visits;

use super::Family;

/// Families that have an answer, by subject.
pub(super) const FAMILIES: &[&[(&str, Family)]] =
    &[breakdown::FAMILIES, funnel::FAMILIES, periods::FAMILIES, repeat::FAMILIES, visits::FAMILIES];
