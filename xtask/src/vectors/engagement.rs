//! Families of engagement: figures of items, and series.

mod figures;
mod series;

use super::Family;

/// Families that have an answer, by subject.
pub(super) const FAMILIES: &[&[(&str, Family)]] = &[figures::FAMILIES, series::FAMILIES];
