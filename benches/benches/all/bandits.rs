//! Bandits and posteriors of rates, beside those of `oximedia-analytics` 0.2.1.

use std::hint::black_box;

use audience_abtest::bandits::{Policy, Thompson};
use audience_abtest::{BetaPosterior, BetaPrior, NormalEffects, chances_to_be_best};
use audience_stats::Proportion;
use criterion::{BenchmarkId, Criterion, Throughput};
use oximedia_analytics::ab_testing::{Experiment, ExperimentResults, Variant, VariantMetrics, bayesian_winner};
use oximedia_analytics::bandit::{BanditStrategy, MultiArmedBandit};
use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

const PULLS: u32 = 1000;

/// Rates of the arms, of which some are taken.
const RATES: [f64; 8] = [0.05, 0.5, 0.3, 0.45, 0.2, 0.1, 0.4, 0.25];

pub(crate) fn define(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("bandit");
    group.throughput(Throughput::Elements(u64::from(PULLS)));
    for arms in [2, 8] {
        group.bench_function(BenchmarkId::new("audience", format!("{arms} arms")), |bencher| {
            bencher.iter(|| {
                let mut world = Xoshiro256PlusPlus::seed_from_u64(1);
                let mut rng = Xoshiro256PlusPlus::seed_from_u64(2);
                let mut policy = Thompson::with_prior(arms, BetaPrior::JEFFREYS).expect("arms");
                for _ in 0..PULLS {
                    let arm = policy.select(&(), &mut rng);
                    let reward = f64::from(u8::from(world.random::<f64>() < RATES[arm]));
                    policy.record(arm, &(), reward).expect("an arm");
                }
                policy
            });
        });
        group.bench_function(BenchmarkId::new("oximedia-analytics", format!("{arms} arms")), |bencher| {
            let names: Vec<String> = (0..arms).map(|arm| arm.to_string()).collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            bencher.iter(|| {
                let mut world = Xoshiro256PlusPlus::seed_from_u64(1);
                let mut bandit = MultiArmedBandit::new(&names, BanditStrategy::ThompsonSampling, 2).expect("arms");
                for _ in 0..PULLS {
                    let arm = bandit.select_arm().expect("arms");
                    let reward = u32::from(world.random::<f64>() < RATES[arm]);
                    bandit.record_outcome(arm, reward).expect("an arm");
                }
                bandit
            });
        });
    }
    group.finish();
    better(criterion);
}

/// Which of two rates is the better, of 10,000 trials each, and which of ten means is the best.
fn better(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("better rate");
    let of = |successes| {
        let seen = Proportion::new(successes, 10_000).expect("successes of trials");
        BetaPosterior::after(&seen, BetaPrior::JEFFREYS).expect("a prior")
    };
    let (one, other) = (of(1000), of(1050));
    group.bench_function(BenchmarkId::new("audience", "two rates"), |bencher| {
        bencher.iter(|| black_box(&other).chance_to_beat(black_box(&one)));
    });
    group.bench_function(BenchmarkId::new("oximedia-analytics", "two rates"), |bencher| {
        let results = results();
        bencher.iter(|| {
            bayesian_winner(black_box(&results), "A", "B", "ctr", 10_000, 42).expect("variants").prob_b_beats_a
        });
    });
    let arms: Vec<NormalEffects> =
        (0..10_u32).map(|arm| NormalEffects { mean: f64::from(arm) / 10.0, sd: 0.3 }).collect();
    group.bench_function(BenchmarkId::new("audience", "ten means"), |bencher| {
        bencher.iter(|| chances_to_be_best(black_box(&arms)).expect("beliefs"));
    });
    group.finish();
}

/// The same counts, of an experiment of theirs.
fn results() -> ExperimentResults {
    let variants =
        ["A", "B"].map(|id| Variant { id: id.to_owned(), name: id.to_owned(), allocation_weight: 1.0 }).to_vec();
    let experiment = Experiment {
        id: "e".to_owned(),
        name: "e".to_owned(),
        variants,
        start_ms: 0,
        end_ms: None,
        min_sample_size: 1,
    };
    let mut results = ExperimentResults::new(experiment);
    for (id, clicks) in [("A", 1000), ("B", 1050)] {
        let metrics = VariantMetrics { impressions: 10_000, clicks, ..VariantMetrics::new(id) };
        results.variant_metrics.insert(id.to_owned(), metrics);
    }
    results
}
