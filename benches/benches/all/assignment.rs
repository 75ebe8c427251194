//! Which arm a unit is in: ours, and that of `oximedia-analytics` 0.2.1, on the same ids, on one thread.

use std::hint::black_box;

use audience_abtest::Experiment;
use audience_core::{Ratio, Timestamp};
use criterion::{BenchmarkId, Criterion, Throughput};
use oximedia_analytics::ab_testing::{AssignmentMethod, Experiment as Theirs, Variant, assign_variant};

const IDS: usize = 10_000;

type NewId = fn(usize) -> String;

/// How ids look.
const KINDS: [(&str, NewId); 2] = [
    ("user_…", |number| format!("user_{number}")),
    ("UUIDs", |number| format!("{:08x}-8c6d-4f0e-9a53-{number:012x}", number.wrapping_mul(0x9e37_79b9) as u32)),
];

pub(crate) fn define(criterion: &mut Criterion) {
    let now = Timestamp::from_millis(1_790_000_000_000);
    let mut group = criterion.benchmark_group("assignment");
    group.throughput(Throughput::Elements(IDS as u64));
    for (kind, id) in KINDS {
        let ids: Vec<String> = (0..IDS).map(id).collect();
        for arms in [2, 3, 10] {
            let name = format!("{arms} arms, {kind}");
            let names = || (0..arms).map(|arm| format!("arm {arm}"));
            let ours = Experiment::equal("benchmark", names()).expect("an experiment");
            group.bench_function(BenchmarkId::new("audience", &name), |bencher| {
                bencher.iter(|| each(&ids, |id| ours.assign(id, now).arm()));
            });
            let theirs = theirs(names());
            group.bench_function(BenchmarkId::new("oximedia-analytics", &name), |bencher| {
                bencher.iter(|| {
                    for id in &ids {
                        black_box(assign_variant(&theirs, black_box(id), AssignmentMethod::Deterministic).ok());
                    }
                });
            });
        }
        // They cover all units.
        let half = Experiment::equal("benchmark", ["a", "b"]).expect("an experiment");
        let half = half.with_coverage(Ratio::new(0.5).expect("a ratio"));
        group.bench_function(BenchmarkId::new("audience", format!("2 arms of half the units, {kind}")), |bencher| {
            bencher.iter(|| each(&ids, |id| half.assign(id, now).arm()));
        });
    }
    group.finish();
}

fn each(ids: &[String], arm: impl Fn(&str) -> Option<usize>) {
    for id in ids {
        black_box(arm(black_box(id)));
    }
}

fn theirs(names: impl Iterator<Item = String>) -> Theirs {
    let variant = |name: String| Variant { id: name.clone(), name, allocation_weight: 1.0 };
    Theirs {
        id: "benchmark".to_owned(),
        name: "benchmark".to_owned(),
        variants: names.map(variant).collect(),
        start_ms: 0,
        end_ms: None,
        min_sample_size: 0,
    }
}
