//! Counts by hand, and items in order of their rates.

use audience_abtest::{
    ArmCounters, ArmCounts, BetaPrior, Experiment, Outcome, Ranked, rank_by_shrinkage, rank_by_wilson,
};
use audience_core::MediaTime;
use audience_stats::test_util::check_merge_laws;
use audience_stats::{Accumulator, Confidence, Merge, Proportion};
use proptest::prelude::*;

fn counters(arms: usize) -> ArmCounters {
    ArmCounters::of(&Experiment::equal("x", (0..arms).map(|arm| arm.to_string())).unwrap())
}

fn of(successes: u64, trials: u64) -> Proportion {
    Proportion::new(successes, trials).unwrap()
}

fn order(ranked: &[Ranked]) -> Vec<usize> {
    ranked.iter().map(|ranked| ranked.item).collect()
}

#[test]
fn counts_and_rates() {
    let mut counters = counters(2);
    for _ in 0..4 {
        counters.record_impression(1).unwrap();
    }
    counters.record_click(1).unwrap();
    counters.record_conversion(1).unwrap();
    counters.record_completion(1).unwrap();
    counters.record_watch(1, MediaTime::from_secs(6)).unwrap();
    let counts = counters.arms()[1];
    let expected = ArmCounts { impressions: 4, clicks: 1, conversions: 1, completions: 1, watched_ms: 6000 };
    assert_eq!(counts, expected);
    for outcome in [Outcome::Click, Outcome::Conversion, Outcome::Completion] {
        assert_eq!(counts.rate(outcome).unwrap(), of(1, 4));
    }
    assert_eq!((counts.mean_watched_ms(), counters.arms()[0].mean_watched_ms()), (Some(1500.0), None));
}

#[test]
fn what_cannot_be_counted_is_refused() {
    let mut counters = counters(2);
    insta::assert_snapshot!(counters.record_click(2).unwrap_err(), @"count for arm 2: there are 2, from 0 on");
    assert!(counters.record_watch(2, MediaTime::ZERO).is_err());
    counters.record_click(0).unwrap();
    insta::assert_snapshot!(counters.arms()[0].rate(Outcome::Click).unwrap_err(), @"take a rate of 1 clicks on 0 impressions");
    assert_eq!(counters.arms()[0].rate(Outcome::Completion).unwrap().rate(), None);
}

#[test]
#[should_panic(expected = "counts of 2 arms cannot be merged with counts of 3")]
fn counts_of_different_experiments_do_not_merge() {
    counters(2).merge(counters(3));
}

/// Counters fed by what has happened: an arm, and what to it.
#[derive(Clone)]
struct Fed(ArmCounters);

impl Merge for Fed {
    fn merge(&mut self, other: Self) {
        self.0.merge(other.0);
    }
}

impl Accumulator for Fed {
    type Item = (usize, u8);
    type Summary = Vec<ArmCounts>;

    fn observe(&mut self, (arm, what): &(usize, u8)) {
        let counters = &mut self.0;
        match what {
            0 => counters.record_impression(*arm),
            1 => counters.record_click(*arm),
            2 => counters.record_conversion(*arm),
            3 => counters.record_completion(*arm),
            what => counters.record_watch(*arm, MediaTime::from_secs(u64::from(*what))),
        }
        .unwrap();
    }

    fn summary(&self) -> Vec<ArmCounts> {
        self.0.arms().to_vec()
    }
}

proptest! {
    #[test]
    fn counters_obey_the_laws_of_merging(events in prop::collection::vec((0_usize..3, 0_u8..9), 0..12)) {
        check_merge_laws(&Fed(counters(3)), &events);
    }

    #[test]
    fn ranks_are_of_all_and_do_not_depend_on_the_order(
        mut items in prop::collection::vec((0_u64..50, 0_u64..2000).prop_map(|(x, more)| of(x, x + more)), 0..20),
    ) {
        for rank in [rank_by_wilson, rank_by_shrinkage] {
            let rates = |items: &[Proportion]| -> Vec<Option<u64>> {
                rank(items, Confidence::P95).iter().map(|ranked| ranked.at_least.map(|low| (low * 1e9) as u64)).collect()
            };
            let ranked = rank(&items, Confidence::P95);
            let mut places = order(&ranked);
            places.sort_unstable();
            prop_assert_eq!(places, (0..items.len()).collect::<Vec<_>>());
            for Ranked { item, rate, at_least } in ranked {
                let tried = items[item].trials() > 0;
                prop_assert!(rate.is_some() == tried && at_least.is_some() == tried);
                prop_assert!(at_least <= rate);
                prop_assert!(rate.is_none_or(|rate| (0.0..=1.0).contains(&rate)));
            }
            let (forwards, backwards) = {
                let forwards = rates(&items);
                items.reverse();
                (forwards, rates(&items))
            };
            // Sums in another order are rounded otherwise.
            prop_assert!(forwards.iter().zip(&backwards).all(|(a, b)| a.unwrap_or(0).abs_diff(b.unwrap_or(0)) < 10));
        }
    }
}

#[test]
fn what_is_proven_comes_first() {
    let items = [of(0, 0), of(1, 1), of(300_000, 1_000_000), of(3, 10), of(0, 0), of(3, 10), of(0, 5), of(30, 100)];
    for rank in [rank_by_wilson, rank_by_shrinkage] {
        let ranked = rank(&items, Confidence::P95);
        assert_eq!(ranked[0].item, 2, "{ranked:?}");
        assert_eq!(&order(&ranked)[6..], [0, 4]);
        assert_eq!((ranked[6].rate, ranked[6].at_least), (None, None));
        let place = |item: usize| ranked.iter().position(|ranked| ranked.item == item).unwrap();
        assert!(place(3) < place(5) && place(7) < place(3), "{ranked:?}");
    }
    // These two alone tell nothing of how much such items vary.
    let two = [of(1, 1), of(300_000, 1_000_000)];
    assert_eq!(order(&rank_by_shrinkage(&two, Confidence::P95)), [1, 0]);
    assert_eq!(order(&rank_by_wilson(&two, Confidence::P95)), [1, 0]);
}

#[test]
fn among_equals_the_one_with_more_trials_comes_first() {
    // None succeeded: the lower end is 0 for all.
    let items = [of(0, 5), of(0, 50), of(0, 5)];
    assert_eq!(order(&rank_by_wilson(&items, Confidence::P95)), [1, 0, 2]);
    assert_eq!(order(&rank_by_shrinkage(&items, Confidence::P95)), [1, 0, 2]);
    assert!(rank_by_wilson(&[], Confidence::P95).is_empty() && rank_by_shrinkage(&[], Confidence::P95).is_empty());
}

#[test]
fn a_prior_is_found_again() {
    // Quantiles of a beta distribution with α = 2 and β = 2, of rates 3p² − 2p³ = (i + ½) / 400.
    let quantile = |share: f64| {
        let (mut low, mut high) = (0.0_f64, 1.0_f64);
        for _ in 0..60 {
            let middle = f64::midpoint(low, high);
            if middle * middle * (3.0 - 2.0 * middle) < share { low = middle } else { high = middle }
        }
        low
    };
    let items: Vec<Proportion> =
        (0..400).map(|item| of((quantile((f64::from(item) + 0.5) / 400.0) * 1e6).round() as u64, 1_000_000)).collect();
    let prior = BetaPrior::of(&items).unwrap();
    assert!((prior.alpha - 2.0).abs() < 0.02 && (prior.beta - 2.0).abs() < 0.02, "{prior:?}");
    // Rates that are all alike are worth all trials.
    let alike = BetaPrior::of(&[of(10, 100), of(10, 100), of(10, 100)]).unwrap();
    assert_eq!((alike.alpha, alike.beta), (30.0, 270.0));
    assert_eq!(alike.rate(&of(100, 100)), Some(0.325));
    assert_eq!(BetaPrior::of(&[of(1, 2)]), None);
    assert_eq!(BetaPrior::of(&[of(0, 2), of(0, 3)]), None);
}
