//! Families of cohorts: periods, viewers who come back, funnels, breakdowns.

mod funnel;
mod periods;

use super::Family;

/// Families that have an answer, by subject.
pub(super) const FAMILIES: &[&[(&str, Family)]] = &[funnel::FAMILIES, periods::FAMILIES];
