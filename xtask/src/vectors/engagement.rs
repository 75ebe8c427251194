//! Families of engagement: figures of items, and series.

mod figures;

use super::Family;

/// Families that have an answer, by subject.
pub(super) fn families() -> Vec<(&'static str, Family)> {
    [figures::FAMILIES].concat()
}
