//! Differences between arms, from sums of units.

use super::Family;

/// Families by name.
pub(super) const FAMILIES: &[(&str, Family)] = &[];
