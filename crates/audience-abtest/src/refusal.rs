//! Why there is no answer.

/// Why a question has no answer: the data do not say. Unlike an [`Error`](crate::Error), nothing is wrong with them.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(tag = "refusal", rename_all = "snake_case")
)]
#[non_exhaustive]
pub enum Refusal {
    /// An arm has too few units.
    #[error("an arm has {units} units, and it takes {needed}")]
    TooFewUnits {
        /// How many it has.
        units: u64,
        /// How many it takes.
        needed: u64,
    },
    /// Units are all alike in both arms, so that they do not say how they vary.
    #[error("units do not vary")]
    NoVariance,
    /// A relative difference is measured in the control's metric, and that is 0.
    #[error("the control's metric is 0, so that nothing can be said in parts of it")]
    ZeroBaseline,
    /// A ratio has nothing to divide by.
    #[error("the denominator of the ratio is 0")]
    ZeroDenominator,
    /// An extreme quantile needs more values than there are.
    #[error("the quantile {level} of {values} values is beyond what they say")]
    TooFewValues {
        /// The quantile.
        level: f64,
        /// How many values there are.
        values: u64,
    },
    /// How units come in is not to be seen in so short a time.
    #[error("the data have {days} of the {needed} whole days that it takes to see how units come in")]
    TooFewDays {
        /// How many whole days there are.
        days: u64,
        /// How many it takes.
        needed: u64,
    },
    /// The data go on for longer than anything that was measured: some clock was wrong.
    #[error("the data span {days} days, more than {most}, so that some of their times are wrong")]
    TooManyDays {
        /// How many whole days there are.
        days: u64,
        /// The most there may be.
        most: u64,
    },
    /// All units that come have come.
    #[error("no new units come in at the end of the data")]
    NobodyNew,
}
