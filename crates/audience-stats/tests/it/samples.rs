//! Samples: how many, of what, and with what probability.

use std::collections::HashMap;

use audience_stats::sample::{BottomK, Sampled, algorithm_l, algorithm_r};
use audience_stats::{Error, Merge};
use proptest::prelude::*;

type Sampler = fn(std::ops::Range<u64>, usize, u64) -> Result<Sampled<u64>, Error>;

const SAMPLERS: [(&str, Sampler); 2] = [("R", algorithm_r), ("L", algorithm_l)];

/// Samples of 5 of 20 with n seeds: each item is in a quarter of them. The variance of a count is n · 1/4 · 3/4, and the
/// counts add up to 5 n, so that 19/20 of the sum of squared deviations over that variance is about chi-square with 19
/// degrees of freedom: above 43.8 once in a thousand times.
#[test]
fn every_item_is_equally_likely() {
    const RUNS: u64 = 4000;
    for (name, sampler) in SAMPLERS {
        let mut counts = HashMap::<u64, u64>::new();
        for seed in 0..RUNS {
            for item in sampler(0..20, 5, seed).unwrap().items {
                *counts.entry(item).or_default() += 1;
            }
        }
        let expected = RUNS as f64 / 4.0;
        let deviation = |item| (counts.get(&item).copied().unwrap_or(0) as f64 - expected).powi(2);
        let chi_square = (0..20).map(deviation).sum::<f64>() * 19.0 / (20.0 * expected * 0.75);
        assert!(chi_square < 43.8, "algorithm {name}: {chi_square}");
    }
}

/// Which slot an item lands in must not matter: pairs of items too are equally likely to be together.
#[test]
fn every_pair_is_equally_likely() {
    const RUNS: u64 = 9000;
    for (name, sampler) in SAMPLERS {
        let mut together = HashMap::<(u64, u64), u64>::new();
        for seed in 0..RUNS {
            let mut items = sampler(0..6, 2, seed).unwrap().items;
            items.sort_unstable();
            *together.entry((items[0], items[1])).or_default() += 1;
        }
        let expected = RUNS as f64 / 15.0;
        assert_eq!(together.len(), 15);
        let chi_square: f64 = together.values().map(|count| (*count as f64 - expected).powi(2) / expected).sum();
        // 14 degrees of freedom: above 36.1 once in a thousand times.
        assert!(chi_square < 36.1, "algorithm {name}: {chi_square}");
    }
}

#[test]
fn few_items_are_all_in_the_sample() {
    for (name, sampler) in SAMPLERS {
        let sampled = sampler(0..3, 10, 1).unwrap();
        assert_eq!((sampled.items, sampled.seen), (vec![0, 1, 2], 3), "algorithm {name}");
        assert_eq!(sampler(0..0, 10, 1).unwrap().seen, 0);
    }
}

#[test]
fn the_same_seed_gives_the_same_sample_and_everything_is_counted() {
    for (name, sampler) in SAMPLERS {
        let sampled = sampler(0..100_000, 50, 9).unwrap();
        assert_eq!((sampled.items.len(), sampled.seen), (50, 100_000), "algorithm {name}");
        assert_eq!(sampler(0..100_000, 50, 9).unwrap(), sampled);
        assert_ne!(sampler(0..100_000, 50, 10).unwrap(), sampled);
    }
}

#[test]
fn an_absurd_size_takes_no_memory_in_advance() {
    for (_, sampler) in SAMPLERS {
        assert_eq!(sampler(0..5, usize::MAX, 1).unwrap().items.len(), 5);
        assert_eq!(sampler(0..5, 0, 1), Err(Error::EmptyReservoir));
    }
}

fn bottom(ids: &[u16], k: usize) -> BottomK<u16> {
    let mut sample = BottomK::new(k, 3).unwrap();
    for id in ids {
        sample.offer(&id.to_string(), || *id);
    }
    sample
}

proptest! {
    #[test]
    fn a_mergeable_sample_depends_on_the_ids_alone(
        ids in proptest::collection::vec(0_u16..60, 0..80),
        cut in 0_usize..80,
        k in 1_usize..12,
    ) {
        let whole = bottom(&ids, k);
        let (left, right) = ids.split_at(cut.min(ids.len()));
        let mut merged = bottom(right, k);
        merged.merge(bottom(left, k));
        prop_assert_eq!(&merged, &whole);
        let mut sorted = ids.clone();
        sorted.sort_unstable();
        sorted.dedup();
        prop_assert_eq!(whole.len(), sorted.len().min(k));
        prop_assert_eq!(bottom(&sorted, k), whole);
    }
}

#[test]
fn a_mergeable_sample_is_uniform_over_seeds() {
    let mut counts = [0_u64; 20];
    for seed in 0..4000 {
        let mut sample = BottomK::new(5, seed).unwrap();
        for id in 0..20_usize {
            sample.offer(&format!("user_{id}"), || id);
        }
        sample.items().for_each(|(_, id)| counts[*id] += 1);
    }
    let chi_square = counts.iter().map(|count| (*count as f64 - 1000.0).powi(2)).sum::<f64>() * 19.0 / (20.0 * 750.0);
    assert!(chi_square < 43.8, "{chi_square}");
}

#[test]
#[should_panic(expected = "samples of 2 (seed 1) and 3 (seed 1) do not merge")]
fn samples_of_different_sizes_do_not_merge() {
    BottomK::<u8>::new(2, 1).unwrap().merge(BottomK::new(3, 1).unwrap());
}

#[test]
fn a_sample_of_nothing_is_refused() {
    assert_eq!(BottomK::<u8>::new(0, 1), Err(Error::EmptyReservoir));
    assert!(BottomK::<u8>::new(1, 1).unwrap().is_empty());
}
