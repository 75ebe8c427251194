//! What an assignment says.

use std::fmt;

use audience_core::Timestamp;

use super::experiment::Variant;

/// Which arm a unit is in, or why in none.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Assignment<'e> {
    /// It is in an arm.
    Enrolled(Enrolled<'e>),
    /// It is in none: it gets what everybody gets, and the analysis leaves it out.
    Excluded(Exclusion),
}

/// The arm that a unit is in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Enrolled<'e> {
    /// Its place in [`Experiment::variants`](super::Experiment::variants).
    pub arm: usize,
    /// What it gets.
    pub variant: &'e Variant,
    /// The experiment's version, to be saved with the name.
    pub version: u32,
    /// How it got there.
    pub origin: Origin,
}

/// How a unit got into its arm.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Origin {
    /// By its hash; nothing was saved.
    Drawn,
    /// By what was saved.
    Saved,
    /// By its hash: what was saved is of another version.
    OtherVersion {
        /// That version.
        saved: u32,
    },
    /// By its hash: there is no variant of the saved name any more.
    VariantGone,
}

/// Why a unit is in no arm.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Exclusion {
    /// Its id is empty. All such units would be in one arm.
    NoId,
    /// The experiment has not begun.
    NotStarted {
        /// When it does.
        starts_at: Timestamp,
    },
    /// The experiment is over.
    Ended {
        /// Since when.
        ends_at: Timestamp,
    },
    /// It is kept out of all experiments.
    HeldOut,
    /// The layer keeps it for another experiment, or for none.
    OutsideSlot,
    /// The experiment covers a part of the units, and not this one yet.
    NotCovered,
    /// It was enrolled in a version too old to go on with.
    BlockedVersion {
        /// That version.
        saved: u32,
        /// The oldest that may go on.
        minimum: u32,
    },
}

impl Exclusion {
    /// The name it has in files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoId => "no_id",
            Self::NotStarted { .. } => "not_started",
            Self::Ended { .. } => "ended",
            Self::HeldOut => "held_out",
            Self::OutsideSlot => "outside_slot",
            Self::NotCovered => "not_covered",
            Self::BlockedVersion { .. } => "blocked_version",
        }
    }
}

/// The name it has in files.
impl fmt::Display for Exclusion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl<'e> Assignment<'e> {
    /// The arm, if it is in one.
    #[inline]
    pub const fn arm(&self) -> Option<usize> {
        match self {
            Self::Enrolled(enrolled) => Some(enrolled.arm),
            Self::Excluded(_) => None,
        }
    }

    /// The variant, if it is in an arm.
    pub const fn variant(&self) -> Option<&'e Variant> {
        match self {
            Self::Enrolled(enrolled) => Some(enrolled.variant),
            Self::Excluded(_) => None,
        }
    }

    /// Why it is in no arm, if so.
    pub const fn exclusion(&self) -> Option<Exclusion> {
        match self {
            Self::Enrolled(_) => None,
            Self::Excluded(exclusion) => Some(*exclusion),
        }
    }
}
