//! As other systems assign, to the byte: for units that they have enrolled, and for servers and players that already use one.
//!
//! New experiments are better assigned by [`Experiment::assign`](crate::Experiment::assign): 64 bits instead of 1000 to
//! 10,000 buckets, one hash for each purpose, and texts hashed as the same bytes everywhere.
//!
//! | system | buckets | hash of |
//! |---|---|---|
//! | [`growthbook`] | 1000 or 10,000 | FNV-1a of 32 bits of seed and value |
//! | [`optimizely`] | 10,000 | MurmurHash3 of 32 bits of id and experiment |
//! | [`eppo`] | any number of shards | the first 4 bytes of MD5 of salt and subject |
//! | [`sha256`] | any number | the first 8 bytes of SHA-256 of a text |
//! | [`unsalted`] | 2³² | FNV-1a of 32 bits of the id alone |

pub mod eppo;
mod fnv;
pub mod growthbook;
pub mod optimizely;
pub mod sha256;
pub mod unsalted;
