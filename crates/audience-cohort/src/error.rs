//! What can be wrong with the values given to this crate.

/// A value this crate cannot work with.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A bracket of days ends after it begins.
    #[error("look at days {first} to {last} after the first: a bracket does not end before it begins")]
    BracketEndsBeforeItBegins {
        /// Its first day.
        first: u32,
        /// Its last day.
        last: u32,
    },
    /// What the statistics underneath refuse.
    #[error(transparent)]
    Statistics(#[from] audience_stats::Error),
}
