//! What can be wrong with the values given to this crate.

/// A value this crate cannot work with.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A weight is a finite number that is not negative, and skipping takes no more than all.
    #[error("weigh {of} by {value}: a weight is finite and not below 0, and that of skips at most 1")]
    BadWeight {
        /// Whose weight it is.
        of: &'static str,
        /// What was given.
        value: f64,
    },
    /// Something must count.
    #[error("weigh nothing: no part of the score has a weight above 0")]
    NoWeight,
    /// A grid has at least one cell and not too many.
    #[error("divide {width} x {height} into cells of {cell}: there are between 1 and {most}")]
    NotAGrid {
        /// The width that was given.
        width: f64,
        /// The height that was given.
        height: f64,
        /// The size of a cell that was given.
        cell: f64,
        /// The most cells there can be.
        most: usize,
    },
    /// A point has two numbers.
    #[error("point at ({x}, {y}): it is not a place")]
    NotAPoint {
        /// From the left.
        x: f64,
        /// From the top.
        y: f64,
    },
    /// Content is divided into some parts.
    #[error("divide content into {parts} parts: there are between 1 and {most}")]
    PartsOutOfRange {
        /// How many were asked for.
        parts: usize,
        /// The most there can be.
        most: usize,
    },
    /// Shares of the first and of the last touch are parts of one.
    #[error(
        "credit the first touch with {first} and the last with {last}: they are not below 0, and together at most 1"
    )]
    NotShares {
        /// Of the first.
        first: f64,
        /// Of the last.
        last: f64,
    },
    /// Something decays in some time.
    #[error("halve credit in no time")]
    NoHalfLife,
    /// Touches come in order, and none after what they are credited with.
    #[error("credit touch {at}: it is before the one before it, or after the conversion")]
    TouchOutOfOrder {
        /// Its place in the list, from 0.
        at: usize,
    },
    /// Every set of players has a value.
    #[error("divide a value among {players} players with the values of {found} sets: it takes {expected}")]
    SetsMissing {
        /// How many players there are.
        players: usize,
        /// How many sets that makes.
        expected: usize,
        /// How many values were given.
        found: usize,
    },
    /// Sets of many players are too many.
    #[error("divide a value among {players} players: there are at most {most}")]
    TooManyPlayers {
        /// How many there are.
        players: usize,
        /// The most there can be.
        most: usize,
    },
    /// There is no such item.
    #[error("look for what is similar to item {item}: there are {items}, from 0 on")]
    UnknownItem {
        /// What was asked for.
        item: usize,
        /// How many there are.
        items: usize,
    },
    /// What the statistics underneath refuse.
    #[error(transparent)]
    Statistics(#[from] audience_stats::Error),
}
