//! As GrowthBook does.
//!
//! Agrees with its JavaScript SDK 1.8.0 with [`Encoding::Utf16`], and with SDKs in Go and Rust with [`Encoding::Utf8`].
//! Version 1 is biased where seeds of experiments are alike, and is there for experiments that use it.
//!
//! ```
//! use audience_abtest::bucketing::growthbook::{Encoding, choose_variation, hash, ranges};
//!
//! let n = hash("seed", "b", 2, Encoding::Utf8).unwrap();
//! assert_eq!(n, 0.2696);
//! assert_eq!(choose_variation(n, &ranges(2, 0.5, None)), None);
//! assert_eq!(choose_variation(n, &ranges(2, 0.6, None)), Some(0));
//! ```

use super::fnv::{START, fnv1a};

/// As which units a text is hashed. It makes no difference for ASCII.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Encoding {
    /// Bytes of UTF-8, as SDKs in Go and Rust do.
    #[default]
    Utf8,
    /// Code units of UTF-16, as the SDK in JavaScript does.
    Utf16,
}

impl Encoding {
    fn hash(self, start: u32, text: &str) -> u32 {
        match self {
            Self::Utf8 => fnv1a(start, text.bytes().map(u16::from)),
            Self::Utf16 => fnv1a(start, text.encode_utf16()),
        }
    }
}

/// Where a value lies, from 0 and below 1: in thousandths for version 1, in ten-thousandths for version 2. `None` for other
/// versions, which assign nobody.
pub fn hash(seed: &str, value: &str, version: u32, encoding: Encoding) -> Option<f64> {
    let both = |first: &str, second: &str| encoding.hash(encoding.hash(START, first), second);
    match version {
        1 => Some(f64::from(both(value, seed) % 1000) / 1000.0),
        2 => {
            let digits = both(seed, value).to_string();
            Some(f64::from(encoding.hash(START, &digits) % 10_000) / 10_000.0)
        }
        _ => None,
    }
}

/// The part of all values that a variation has.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    /// Where it starts.
    pub start: f64,
    /// Where it ends; the end is not in it.
    pub end: f64,
}

impl Range {
    /// Whether it has a value.
    pub fn contains(&self, n: f64) -> bool {
        (self.start..self.end).contains(&n)
    }
}

/// As many equal weights.
pub fn equal_weights(variations: usize) -> Vec<f64> {
    vec![1.0 / variations as f64; variations]
}

/// The ranges of variations: each starts where the weights before it end, and covers a share of its own weight, so that
/// raising coverage moves nobody. Coverage below 0 is 0, above 1 is 1. Weights of another number than `variations`, or whose
/// sum is not from 0.99 to 1.01, are replaced by equal ones.
pub fn ranges(variations: usize, coverage: f64, weights: Option<&[f64]>) -> Vec<Range> {
    let coverage = coverage.clamp(0.0, 1.0);
    let usable = |weights: &&[f64]| {
        weights.len() == variations && (0.99..=1.01).contains(&weights.iter().fold(0.0, |sum, weight| sum + weight))
    };
    let weights = weights.filter(usable).map_or_else(|| equal_weights(variations), <[f64]>::to_vec);
    let mut before = 0.0;
    let range = |weight: f64| {
        let start = before;
        before += weight;
        Range { start, end: start + coverage * weight }
    };
    weights.into_iter().map(range).collect()
}

/// The first range that has a value; `None` where none does.
pub fn choose_variation(n: f64, ranges: &[Range]) -> Option<usize> {
    ranges.iter().position(|range| range.contains(n))
}

/// A share of all values that keeps experiments apart: those of one `id` with ranges that do not overlap share nobody.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Namespace<'n> {
    /// Its name.
    pub id: &'n str,
    /// The part of it.
    pub range: Range,
}

/// Whether a value is in a part of a namespace, by a hash of version 1.
pub fn in_namespace(value: &str, namespace: &Namespace<'_>, encoding: Encoding) -> bool {
    let salt = encoding.hash(encoding.hash(encoding.hash(START, value), "__"), namespace.id);
    namespace.range.contains(f64::from(salt % 1000) / 1000.0)
}
