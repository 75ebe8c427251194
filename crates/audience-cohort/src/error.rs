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
    /// A dimension has a name.
    #[error("break down by {text:?}: there is an empty name in it")]
    EmptyName {
        /// What was to be read.
        text: String,
    },
    /// A change is from something before.
    #[error("compare with what is 0 places before: nothing changes")]
    NoLag,
    /// A figure is a finite number.
    #[error("compare {figure}: it is no figure")]
    NotAFigure {
        /// What was given.
        figure: f64,
    },
    /// A table has some rows, and not too many.
    #[error("list {periods} periods of cohorts: there are between 1 and {most}")]
    PeriodsOutOfRange {
        /// How many were asked for.
        periods: usize,
        /// The most there can be.
        most: usize,
    },
    /// What the statistics underneath refuse.
    #[error(transparent)]
    Statistics(#[from] audience_stats::Error),
}
