//! As Optimizely does. Agrees with `Bucketer` of its SDK 5.7.0 for Python.
//!
//! ```
//! use audience_abtest::bucketing::optimizely::{bucket, variation};
//!
//! let bucket = bucket("-m0897", "1410202317");
//! assert_eq!(bucket, 9322);
//! assert_eq!(variation(bucket, &[5000, 10_000]), Some(1));
//! assert_eq!(variation(bucket, &[2500, 5000]), None);
//! ```

use std::io::Read;

/// How many buckets there are.
pub const BUCKETS: u32 = 10_000;

/// MurmurHash3 (x86, 32 bits, seed 1) of the bucketing id followed by the id of the experiment or group.
#[expect(clippy::missing_panics_doc, reason = "it does not")]
pub fn hash(bucketing_id: &str, parent_id: &str) -> u32 {
    let mut bytes = bucketing_id.as_bytes().chain(parent_id.as_bytes());
    murmur3::murmur3_32(&mut bytes, 1).expect("reading from memory does not fail")
}

/// The bucket of a unit, 0 to 9999: ⌊hash / 2³² · 10,000⌋.
pub fn bucket(bucketing_id: &str, parent_id: &str) -> u32 {
    ((u64::from(hash(bucketing_id, parent_id)) * u64::from(BUCKETS)) >> 32) as u32
}

/// The first variation whose range ends past the bucket; `None` where all end before.
pub fn variation(bucket: u32, ends_of_ranges: &[u32]) -> Option<usize> {
    ends_of_ranges.iter().position(|end| bucket < *end)
}
