//! Tests and intervals of samples.

use super::Family;

/// Families by name.
pub(super) const FAMILIES: &[(&str, Family)] = &[];
