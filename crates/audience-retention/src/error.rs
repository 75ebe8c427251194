//! What can be wrong with the values given to this crate.

use audience_core::MediaTime;

/// A value this crate cannot work with.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A curve has between `least` and `most` points.
    #[error("make a curve of {points} points: it has between {least} and {most}")]
    PointsOutOfRange {
        /// The number that was asked for.
        points: u32,
        /// The fewest there can be.
        least: u32,
        /// The most there can be.
        most: u32,
    },
    /// Points need a distance.
    #[error("make a curve with a point every 0 ms")]
    ZeroWidth,
    /// Positions come in order, each once.
    #[error("make a curve at {next} after {before}: positions must rise")]
    PositionsDoNotRise {
        /// The one before.
        before: MediaTime,
        /// The one that is no later.
        next: MediaTime,
    },
    /// Nothing can be a part of content that has no length.
    #[error("divide content of length 0")]
    ZeroDuration,
    /// A share of no sessions is undefined.
    #[error("take a share of no sessions")]
    NoSessions,
    /// A weight is a finite number that is not negative.
    #[error("weigh session {session_id:?} by {value}: a weight is a number from 0 to {most}")]
    BadWeight {
        /// The session it was given to.
        session_id: String,
        /// What was given, as it stood there.
        value: String,
        /// The largest weight.
        most: f64,
    },
    /// A threshold is a share between 0 and 1.
    #[error("use the threshold {value}: it is not between 0 and 1")]
    ThresholdOutOfRange {
        /// What was given.
        value: f64,
    },
    /// An expected share is a number above 0 and up to 1, and shares do not rise.
    #[error("expect {shares:?} at 25, 50 and 75 %: shares are above 0, at most 1, and do not rise")]
    BadBenchmark {
        /// What was given.
        shares: [f64; 3],
    },
    /// Curves are compared point by point.
    #[error("compare curves at {ours} points with curves at {theirs}")]
    OtherGrid {
        /// Points of the one.
        ours: usize,
        /// Points of the other.
        theirs: usize,
    },
    /// A comparison needs two groups.
    #[error("compare {groups} groups: it takes two")]
    TooFewGroups {
        /// How many were given.
        groups: usize,
    },
    /// A group without sessions cannot be compared.
    #[error("compare group {group}: it has no sessions")]
    EmptyGroup {
        /// Its place in the list, from 0.
        group: usize,
    },
    /// Parts of a seek matrix are few.
    #[error("divide content into {parts} parts: there are between 1 and {most}")]
    PartsOutOfRange {
        /// How many were asked for.
        parts: u32,
        /// The most there can be.
        most: u32,
    },
    /// What the core underneath refuses, such as chapters.
    #[error(transparent)]
    Core(#[from] audience_core::Error),
    /// What the statistics underneath refuse.
    #[error(transparent)]
    Statistics(#[from] audience_stats::Error),
}
