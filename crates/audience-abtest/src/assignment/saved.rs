//! Assignments that are kept.

use super::outcome::Enrolled;

/// An assignment that a caller has kept for a unit, to be passed to
/// [`Experiment::assign_saved`](super::Experiment::assign_saved).
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct SavedAssignment {
    /// The name of the variant.
    pub variant: String,
    /// The version of the experiment that it was made in.
    pub version: u32,
}

impl From<Enrolled<'_>> for SavedAssignment {
    fn from(enrolled: Enrolled<'_>) -> Self {
        Self { variant: enrolled.variant.name().to_owned(), version: enrolled.version }
    }
}
