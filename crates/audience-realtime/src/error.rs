//! What can be wrong with the values given to this crate.

use audience_core::Elapsed;

use crate::key::Per;

/// A value this crate cannot work with.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A window is a whole number of buckets, one at least.
    #[error("divide a window of {length} ms into buckets of {bucket} ms: it is a whole number of them, from 1 to {most}", length = .length.as_millis(), bucket = .bucket.as_millis())]
    NotBuckets {
        /// The length of the window.
        length: Elapsed,
        /// The width of a bucket.
        bucket: Elapsed,
        /// How many there may be.
        most: u64,
    },
    /// A sketch of viewers has a precision from 4 to 18.
    #[error(transparent)]
    Sketch(audience_stats::Error),
    /// Who is silent must be waited for longer than events may be late.
    #[error("take viewers to have left after {timeout} ms without an event: events may come {lateness} ms late, which must be less", timeout = .timeout.as_millis(), lateness = .lateness.as_millis())]
    ShortTimeout {
        /// The time-out.
        timeout: Elapsed,
        /// How late events may come.
        lateness: Elapsed,
    },
    /// Audiences are told apart by each thing once.
    #[error("tell audiences apart by {0} twice")]
    RepeatedKey(Per),
    /// A state from elsewhere contradicts itself.
    #[cfg(feature = "serde")]
    #[error("read an audience that contradicts itself")]
    DamagedAudience,
}
