//! Hashes that are the same on every platform, in every run and in every version.
//!
//! XXH3 (Y. Collet, <https://xxhash.com>), from the `xxhash-rust` crate. Not for adversaries: whoever can choose ids
//! freely can make them collide. Tables in memory therefore use a seeded hasher of their own, and these hashes serve
//! where the value itself must be reproducible: samples, partitions, counting distinct ids.

use xxhash_rust::xxh3;

/// 64 uniform bits of `bytes`. Different seeds give independent hashes.
///
/// ```
/// assert_eq!(audience_stats::hash::hash64(b"", 0), 0x2d06_8005_38d3_94c2);
/// ```
pub fn hash64(bytes: &[u8], seed: u64) -> u64 {
    xxh3::xxh3_64_with_seed(bytes, seed)
}

/// 128 uniform bits of `bytes`: wide enough to stand for the bytes themselves. Among 10⁹ ids, two share a hash with
/// probability 1.5·10⁻²¹.
///
/// ```
/// assert_eq!(audience_stats::hash::hash128(b"", 0), 0x99aa_06d3_0147_98d8_6001_c324_468d_497f);
/// ```
pub fn hash128(bytes: &[u8], seed: u64) -> u128 {
    xxh3::xxh3_128_with_seed(bytes, seed)
}
