//! What can be wrong with the values given to this crate.

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
}
