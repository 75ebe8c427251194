//! Who is in which arm, as other systems assign.

use std::num::{NonZeroU32, NonZeroU64};

use audience_abtest::bucketing::growthbook::{self, Encoding, Namespace, Range};
use audience_abtest::bucketing::{eppo, optimizely, sha256};
use serde::Deserialize;
use serde_json::Value;

use super::Family;
use crate::vectors::comparison::{Answer, Comparison, Failure, read};

/// Families by name.
pub(super) const FAMILIES: &[(&str, Family)] = &[
    ("growthbook_cases", growthbook_cases),
    ("growthbook_hash", growthbook_hash),
    ("other_bucketing", other_bucketing),
];

/// How near those are that were written with eight digits.
const WRITTEN: f64 = 2e-8;

/// What was run is the SDK in JavaScript; what those do that hash bytes is beside it.
fn growthbook_hash(input: &Value, compare: &mut Comparison) -> Result<(), Failure> {
    #[derive(Deserialize)]
    #[serde(tag = "kind", rename_all = "snake_case")]
    enum Asked {
        Hash {
            seed: String,
            value: String,
            version: u32,
        },
        Assign {
            seed: String,
            value: String,
            version: u32,
            variations: usize,
            coverage: Option<f64>,
            weights: Option<Vec<f64>>,
        },
        InNamespace {
            value: String,
            namespace: (String, f64, f64),
        },
    }
    match read(input)? {
        Asked::Hash { seed, value, version } => {
            let hash = |encoding| growthbook::hash(&seed, &value, version, encoding);
            compare.check_all(0.0, hash(Encoding::Utf16));
            compare.check_beside("out_if_utf8_bytes_hashed", 0.0, hash(Encoding::Utf8));
        }
        Asked::Assign { seed, value, version, variations, coverage, weights } => {
            let hash = growthbook::hash(&seed, &value, version, Encoding::Utf16);
            let ranges = growthbook::ranges(variations, coverage.unwrap_or(1.0), weights.as_deref());
            compare.check("hash", 0.0, hash);
            compare.check("ranges", 0.0, borders(&ranges));
            compare.check("variation", 0.0, place(hash.and_then(|n| growthbook::choose_variation(n, &ranges))));
        }
        Asked::InNamespace { value, namespace: (id, start, end) } => {
            let namespace = Namespace { id: &id, range: Range { start, end } };
            compare.check_all(0.0, growthbook::in_namespace(&value, &namespace, Encoding::Utf16));
        }
    }
    Ok(())
}

fn borders(ranges: &[Range]) -> Vec<Vec<f64>> {
    ranges.iter().map(|range| vec![range.start, range.end]).collect()
}

/// As they write a variation: -1 is none.
fn place(variation: Option<usize>) -> f64 {
    variation.map_or(-1.0, |variation| variation as f64)
}

/// Their own examples, whose expected answers are in the rows.
fn growthbook_cases(input: &Value, compare: &mut Comparison) -> Result<(), Failure> {
    #[derive(Deserialize)]
    struct Row {
        kind: String,
        row: Value,
    }
    let Row { kind, row } = read(input)?;
    let (ours, expected): (Answer, Value) = match kind.as_str() {
        "hash" => {
            let (seed, value, version, expected): (String, String, u32, Value) = read(&row)?;
            (growthbook::hash(&seed, &value, version, Encoding::Utf16).into(), expected)
        }
        "getBucketRange" => {
            type Asked = (usize, f64, Option<Vec<f64>>);
            let (_, (variations, coverage, weights), expected): (String, Asked, Value) = read(&row)?;
            (borders(&growthbook::ranges(variations, coverage, weights.as_deref())).into(), expected)
        }
        "chooseVariation" => {
            let (_, n, ranges, expected): (String, f64, Vec<(f64, f64)>, Value) = read(&row)?;
            let ranges: Vec<Range> = ranges.into_iter().map(|(start, end)| Range { start, end }).collect();
            (place(growthbook::choose_variation(n, &ranges)).into(), expected)
        }
        "inNamespace" => {
            let (_, value, (id, start, end), expected): (String, String, (String, f64, f64), Value) = read(&row)?;
            let namespace = Namespace { id: &id, range: Range { start, end } };
            (growthbook::in_namespace(&value, &namespace, Encoding::Utf16).into(), expected)
        }
        "getEqualWeights" => {
            let (variations, expected): (i64, Value) = read(&row)?;
            // Less than none are none.
            (growthbook::equal_weights(usize::try_from(variations).unwrap_or(0)).into(), expected)
        }
        kind => return Err(Failure::Unreadable(format!("{kind:?} is no kind of rows"))),
    };
    compare.check_against("row", WRITTEN, ours, &expected);
    Ok(())
}

fn other_bucketing(input: &Value, compare: &mut Comparison) -> Result<(), Failure> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Asked {
        Optimizely { bucketing_id: String, parent_id: String },
        Eppo { salt: String, subject: String, total_shards: NonZeroU32 },
        Sha256 { text: String, buckets: NonZeroU64 },
    }
    match read(input)? {
        Asked::Optimizely { bucketing_id, parent_id } => {
            let hash = u64::from(optimizely::hash(&bucketing_id, &parent_id));
            compare.check("murmur3_x86_32_seed1", 0.0, hash);
            compare.check("bucket_0_9999", 0.0, u64::from(optimizely::bucket(&bucketing_id, &parent_id)));
        }
        Asked::Eppo { salt, subject, total_shards } => {
            compare.check("shard", 0.0, u64::from(eppo::shard(&salt, &subject, total_shards)));
        }
        Asked::Sha256 { text, buckets } => {
            // As text: it has more digits than a number of JSON.
            compare.check("u64", 0.0, sha256::hash(&text).to_string());
            compare.check("bucket", 0.0, sha256::bucket(&text, buckets));
        }
    }
    Ok(())
}
