//! Whether to believe an experiment.

use super::Family;

/// Families by name.
pub(super) const FAMILIES: &[(&str, Family)] = &[];
