//! What can be wrong with the values given to this crate.

/// A value this crate cannot work with.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A playback rate is a number from 0 to 100.
    #[error("use the playback rate {rate}: it is not between 0 and 100")]
    RateOutOfRange {
        /// The rate that was given.
        rate: f64,
    },
    /// A fraction is a number from 0 to 1.
    #[error("use the fraction {value}: it is not between 0 and 1")]
    RatioOutOfRange {
        /// The value that was given.
        value: f64,
    },
    /// A number in an event must be finite.
    #[error("use the number {value}: it is not finite")]
    NotFinite {
        /// The value that was given.
        value: f64,
    },
    /// A word is not one of those a field allows.
    #[error("read {field}: {value:?} is not one of {expected}")]
    UnknownWord {
        /// The field's wire name.
        field: &'static str,
        /// What stood there.
        value: String,
        /// The words it allows.
        expected: &'static str,
    },
    /// An event lacks a field that its type needs.
    #[error("read a {kind} event without {field}")]
    MissingField {
        /// The type of the event.
        kind: &'static str,
        /// The wire name of the field.
        field: &'static str,
    },
    /// A heatmap from elsewhere has more buckets than it may have.
    #[error("read a heatmap of more than {most} buckets")]
    TooManyBuckets {
        /// The most there can be.
        most: u32,
    },
    /// Buckets need a width.
    #[error("make buckets of width 0")]
    ZeroWidth,
    /// A sample needs room for at least one session.
    #[error("sample into a reservoir of size 0")]
    EmptyReservoir,
}
