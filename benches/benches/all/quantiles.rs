//! Sketches of quantiles, beside the t-digest of `oximedia-analytics` 0.2.1.

use std::hint::black_box;

use audience_core::{Accumulator, Merge};
use audience_stats::{QuantileSketch, TopK};
use criterion::{BatchSize, BenchmarkId, Criterion, Throughput};
use oximedia_analytics::quantile::TDigest;
use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

const VALUES: usize = 100_000;

pub(crate) fn define(criterion: &mut Criterion) {
    let values = exponential(VALUES);
    let mut group = criterion.benchmark_group("quantile insert");
    group.throughput(Throughput::Elements(VALUES as u64));
    group.bench_function("QuantileSketch, 1 %", |bencher| {
        bencher.iter(|| sketch(black_box(&values)));
    });
    group.bench_function("oximedia-analytics, delta 100", |bencher| {
        bencher.iter(|| {
            let mut digest = TDigest::new(100.0);
            for value in black_box(&values) {
                digest.add(*value);
            }
            digest
        });
    });
    group.finish();

    let mut group = criterion.benchmark_group("quantile merge");
    let partial: Vec<QuantileSketch> = values.chunks(VALUES / 1000).map(sketch).collect();
    group.throughput(Throughput::Elements(partial.len() as u64));
    group.bench_function(BenchmarkId::new("QuantileSketch, 1 %", "1,000 states of 100 values"), |bencher| {
        bencher.iter_batched(
            || partial.clone(),
            |partial| {
                let mut all = sketch(&[]);
                for state in partial {
                    all.merge(state);
                }
                all
            },
            BatchSize::LargeInput,
        );
    });
    group.bench_function(BenchmarkId::new("oximedia-analytics, delta 100", "1,000 states of 100 values"), |bencher| {
        let digests: Vec<TDigest> = values
            .chunks(VALUES / 1000)
            .map(|values| {
                let mut digest = TDigest::new(100.0);
                for value in values {
                    digest.add(*value);
                }
                digest
            })
            .collect();
        bencher.iter(|| {
            let mut all = TDigest::new(100.0);
            for digest in black_box(&digests) {
                all.merge(digest);
            }
            all
        });
    });
    group.finish();

    let mut group = criterion.benchmark_group("quantile query");
    let whole = sketch(&values);
    group.bench_function("QuantileSketch, 1 %", |bencher| {
        bencher.iter(|| black_box(&whole).quantile(black_box(0.95)).expect("a quantile"));
    });
    group.finish();
    frequent(criterion, &values);
}

/// The 100 most frequent of ids, of which there are many more.
fn frequent(criterion: &mut Criterion, values: &[f64]) {
    let ids: Vec<u64> = values.iter().map(|value| (value * value * 100.0) as u64).collect();
    let mut group = criterion.benchmark_group("frequent items");
    group.throughput(Throughput::Elements(ids.len() as u64));
    group.bench_function("TopK of 100", |bencher| {
        bencher.iter(|| {
            let mut top = TopK::new(100).expect("room");
            for id in black_box(&ids) {
                top.observe(id);
            }
            top
        });
    });
    group.finish();
}

fn sketch(values: &[f64]) -> QuantileSketch {
    let mut sketch = QuantileSketch::new(0.01).expect("an error");
    sketch.observe_all(values);
    sketch
}

fn exponential(count: usize) -> Vec<f64> {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
    (0..count).map(|_| -(1.0 - rng.random::<f64>()).ln()).collect()
}
