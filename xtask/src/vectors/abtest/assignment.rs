//! Who is in which arm, as other systems assign.

use super::Family;

/// Families by name.
pub(super) const FAMILIES: &[(&str, Family)] = &[];
