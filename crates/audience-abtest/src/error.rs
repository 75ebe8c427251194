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
}
