//! What can be wrong with the values given to this crate.

/// A value this crate cannot work with.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A value that the statistics underneath cannot work with.
    #[error(transparent)]
    Statistics(#[from] audience_stats::Error),
}
