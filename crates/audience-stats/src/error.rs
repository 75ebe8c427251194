//! What can be wrong with the values given to this crate.

/// A value this crate cannot work with.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A window needs a positive width and at least one bucket.
    #[error("make a window of {buckets} buckets of width {width}")]
    EmptyWindow {
        /// The width that was asked for.
        width: i64,
        /// The number of buckets that was asked for.
        buckets: usize,
    },
    /// A sample needs room for at least one item.
    #[error("sample into a reservoir of size 0")]
    EmptyReservoir,
    /// A quantile lies between 0 and 1.
    #[error("take the quantile {q}: it is not between 0 and 1")]
    QuantileOutOfRange {
        /// The quantile that was asked for.
        q: f64,
    },
    /// A confidence lies between 0 and 1, without either.
    #[error("be sure with a probability of {share}: it is not between 0 and 1")]
    ConfidenceOutOfRange {
        /// The confidence that was asked for.
        share: f64,
    },
    /// No group may have more successes than trials.
    #[error("compare proportions: {successes} successes in {trials} trials")]
    MoreSuccessesThanTrials {
        /// Successes of the offending group.
        successes: u64,
        /// Trials of the offending group.
        trials: u64,
    },
    /// What is no number has no place in an order.
    #[error("rank value {at}: it is not a number")]
    NotANumber {
        /// Its place in the list, from 0.
        at: usize,
    },
    /// Values are correlated in pairs.
    #[error("correlate {x} values with {y}")]
    UnpairedValues {
        /// How many the first list has.
        x: usize,
        /// How many the second list has.
        y: usize,
    },
    /// A probability lies between 0 and 1.
    #[error("take {value} for a probability: it is not between 0 and 1")]
    NotAProbability {
        /// What was given.
        value: f64,
    },
    /// Groups are told apart by the bits of a hash.
    #[error("divide units into {groups} groups: their number is a power of two from 2 to 65536")]
    NumberOfGroups {
        /// The number that was asked for.
        groups: u32,
    },
    /// A state from elsewhere has another number of sums in each group.
    #[cfg(feature = "serde")]
    #[error("read {found} sums of a group that has {expected}")]
    NumberOfSums {
        /// How many there should be.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// A state from elsewhere was not made like the one it should be merged with.
    #[cfg(feature = "serde")]
    #[error("merge a state of another kind or configuration: its fingerprint is {found:016x}, not {expected:016x}")]
    ForeignState {
        /// The fingerprint of the state it should be merged with.
        expected: u64,
        /// Its own fingerprint.
        found: u64,
    },
    /// The bytes of a state are not what was written.
    #[cfg(feature = "serde")]
    #[error("read a state: {0}")]
    DamagedState(postcard::Error),
}
