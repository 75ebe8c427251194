//! What can be wrong with the values given to this crate.

/// A value this crate cannot work with.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A one-sided confidence sequence is only there for more than half of all cases.
    #[error("be sure of one side with a probability of {}: it must be above a half", confidence.as_f64())]
    OneSidedBelowHalf {
        /// The confidence that was asked for.
        confidence: audience_stats::Confidence,
    },
    /// A metric has a name that is known.
    #[error("compare by {metric:?}: there is no such metric")]
    UnknownMetric {
        /// What was asked for.
        metric: String,
    },
    /// A value that the statistics underneath cannot work with.
    #[error(transparent)]
    Statistics(#[from] audience_stats::Error),
    /// The data do not say.
    #[error(transparent)]
    Refused(#[from] crate::refusal::Refusal),
    /// Arms are compared with each other.
    #[error("compare {found} arms that may have units: there must be {needed}")]
    TooFewArms {
        /// How many there must be.
        needed: usize,
        /// How many there are.
        found: usize,
    },
    /// The division of a handful of units says nothing.
    #[error("test the division of units: an arm is expected to have {expected}, not {needed}")]
    TooFewUnits {
        /// How many units every arm must be expected to have.
        needed: f64,
        /// How many the smallest is expected to have.
        expected: f64,
    },
    /// There must be something to divide a level over.
    #[error("divide a level over {metrics} metrics in {comparisons} comparisons")]
    NothingToCompare {
        /// How many metrics were given.
        metrics: u32,
        /// How many comparisons were given.
        comparisons: u32,
    },
    /// Times of a stream are finite and not below 0, and it waits no longer than it lasts.
    #[error("take in stream {at}: it lasts {watch_seconds} s and waits {stall_seconds} s")]
    NotAStream {
        /// Its place in the list, from 0.
        at: usize,
        /// How long it lasts.
        watch_seconds: f64,
        /// How long it waits.
        stall_seconds: f64,
    },
    /// A part of the time watched needs time watched.
    #[error("take a part of the time watched: there is none")]
    NothingWatched,
}
