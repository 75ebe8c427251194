//! What can be wrong with the values given to this crate.

use crate::excess_stalls::SliceDimension;

/// A value this crate cannot work with.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Codes are names, with `*` at the end or not at all.
    #[error("take {code:?} for the code of an error: a code is a name, or the beginning of one and a *")]
    NotACode {
        /// What was given.
        code: String,
    },
    /// Times, counts and shares that scores are made of have bounds.
    #[error("score a session with {field} = {value}: it is not between {least} and {most}")]
    OutOfRange {
        /// Which value it is.
        field: &'static str,
        /// What was given; NaN and the infinities are in no range.
        value: f64,
        /// The least there may be.
        least: f64,
        /// The most there may be.
        most: f64,
    },
    /// Sessions are told apart by each dimension once.
    #[error("tell sessions apart by {0:?} twice")]
    RepeatedDimension(SliceDimension),
    /// A state from elsewhere has sums of what is none of its values.
    #[cfg(feature = "serde")]
    #[error("read sums of {key:?}, which are not the numbers of values")]
    UnknownCell {
        /// The numbers of the values.
        key: Vec<u32>,
    },
}
