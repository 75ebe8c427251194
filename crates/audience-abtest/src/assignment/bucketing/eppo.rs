//! As Eppo does.
//!
//! ```
//! use std::num::NonZeroU32;
//! use audience_abtest::bucketing::eppo::shard;
//!
//! let shards = NonZeroU32::new(10_000).unwrap();
//! assert_eq!(shard("flag-split", "subject-389944", shards), 2976);
//! ```

use std::num::NonZeroU32;

use md5::{Digest, Md5};

/// The shard of a subject, from 0 on: the first four bytes of the MD5 of `salt-subject` as a number, modulo all shards. Eppo's
/// flags have a salt for who is covered and one for each split.
pub fn shard(salt: &str, subject: &str, shards: NonZeroU32) -> u32 {
    let digest = Md5::new().chain_update(salt).chain_update("-").chain_update(subject).finalize();
    let [a, b, c, d, ..]: [u8; 16] = digest.into();
    u32::from_be_bytes([a, b, c, d]) % shards
}
