//! Families of what is around views: series, samples, credit.

mod series;

use super::Family;

/// Families that have an answer, by subject.
pub(super) const FAMILIES: &[&[(&str, Family)]] = &[series::FAMILIES];
