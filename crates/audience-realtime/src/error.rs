//! What can be wrong with the values given to this crate.

use audience_core::Elapsed;

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
    /// Parts of a state from elsewhere do not fit together.
    #[cfg(feature = "serde")]
    #[error("read a state whose parts do not fit together")]
    Inconsistent,
}
