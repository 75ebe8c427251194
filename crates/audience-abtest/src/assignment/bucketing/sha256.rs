//! As systems do that take the first 8 bytes of SHA-256 of some text: salt, rule and unit with dots between them, or whatever
//! else.

use std::num::NonZeroU64;

use sha2::{Digest, Sha256};

/// The first 8 bytes of the SHA-256 of a text, the first one the highest.
pub fn hash(text: &str) -> u64 {
    let [a, b, c, d, e, f, g, h, ..]: [u8; 32] = Sha256::digest(text).into();
    u64::from_be_bytes([a, b, c, d, e, f, g, h])
}

/// The bucket of a text, from 0 on: its [`hash`] modulo all buckets.
///
/// ```
/// use std::num::NonZeroU64;
/// use audience_abtest::bucketing::sha256::bucket;
///
/// assert_eq!(bucket("expsalt66.rule85.user_61892", NonZeroU64::new(10_000).unwrap()), 8466);
/// ```
pub fn bucket(text: &str, buckets: NonZeroU64) -> u64 {
    hash(text) % buckets
}
