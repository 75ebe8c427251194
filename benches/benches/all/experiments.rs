//! Analyses of experiments: from sums of very many units, and the sums themselves.

use std::hint::black_box;
use std::sync::Arc;

use audience_abtest::{
    Analysis, AnalysisSpec, ExperimentUnit, ExperimentUnits, ExposureSpec, Metric, MetricSums, Totals,
};
use audience_core::{Elapsed, Merge, Timestamp};
use criterion::{BenchmarkId, Criterion, Throughput};
use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

const UNITS: usize = 10_000;

/// How often sums are merged with themselves: 10,000 units are 10⁹ then, and some.
const DOUBLINGS: u32 = 17;

pub(crate) fn define(criterion: &mut Criterion) {
    for arms in [2, 4] {
        let units = units(arms);
        let spec = spec();
        let plan = Arc::new(spec.plan(&units).expect("a plan"));
        let mut sums = MetricSums::of(plan.clone(), &units.units);
        let few = sums.clone();
        for _ in 0..DOUBLINGS {
            sums.merge(sums.clone());
        }
        assert!(sums.units().iter().sum::<u64>() > 1_000_000_000);
        let mut group = criterion.benchmark_group("experiment");
        group.bench_function(
            BenchmarkId::new("analysis of 10⁹ units, five metrics with CUPED", format!("{arms} arms")),
            |bencher| {
                bencher.iter(|| Analysis::of_sums(&units, black_box(&sums), &spec).expect("an analysis"));
            },
        );
        group.bench_function(BenchmarkId::new("merging two sums", format!("{arms} arms")), |bencher| {
            bencher.iter_batched_ref(|| sums.clone(), |sums| sums.merge(few.clone()), criterion::BatchSize::SmallInput);
        });
        group.throughput(Throughput::Elements(UNITS as u64));
        group.bench_function(BenchmarkId::new("both passes over units", format!("{arms} arms")), |bencher| {
            bencher.iter(|| MetricSums::of(plan.clone(), black_box(&units.units)));
        });
        group.finish();
    }
}

fn spec() -> AnalysisSpec {
    let exposures = ExposureSpec { pre_period: Some(Elapsed::from_millis(1)), ..ExposureSpec::new("arm") };
    let metrics = ["watch-time", "started", "completed", "rebuffer-ratio", "sessions"];
    AnalysisSpec::new(exposures, metrics.map(|name| name.parse::<Metric>().expect("a metric")).to_vec())
}

fn units(arms: usize) -> ExperimentUnits {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(7);
    let mut totals = || {
        let sessions = rng.random_range(1..9_u64);
        let watched_ms = sessions * rng.random_range(0..3_600_000_u64);
        Totals {
            sessions,
            started: sessions,
            completed: rng.random_range(0..=sessions),
            watched_ms,
            playing_ms: watched_ms,
            stalled_ms: watched_ms / rng.random_range(20..2000_u64),
            ..Totals::default()
        }
    };
    let unit = |number: usize| ExperimentUnit {
        id: format!("viewer-{number}").into(),
        arm: number % arms,
        exposed_at: Timestamp::from_millis(0),
        dimensions: Vec::new(),
        totals: totals(),
        before: Some(totals()),
    };
    let names = (0..arms).map(|arm| format!("arm {arm}").into()).collect();
    let units: Vec<ExperimentUnit> = (0..UNITS).map(unit).collect();
    ExperimentUnits { arms: names, exposed: UNITS as u64, units, ..ExperimentUnits::default() }
}
