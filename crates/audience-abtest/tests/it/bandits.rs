//! Bandits in seeded worlds.

use audience_abtest::bandits::{
    Allocation, EpsilonGreedy, GaussianThompson, KlUcb, PerContext, Policy, Regret, Thompson, TopTwo, Ucb1,
};
use audience_abtest::{BetaPrior, Error, NormalEffects, chances_to_be_best, chances_to_be_second};
use rand::{RngExt, SeedableRng};
use rand_distr::{Beta, Distribution};
use rand_xoshiro::Xoshiro256PlusPlus;

type Rng = Xoshiro256PlusPlus;

/// A policy that has seen so many successes and failures of each arm.
fn after(mut policy: Thompson, seen: &[(u32, u32)]) -> Thompson {
    for (arm, (successes, failures)) in seen.iter().enumerate() {
        (0..*successes).for_each(|_| policy.record(arm, &(), 1.0).unwrap());
        (0..*failures).for_each(|_| policy.record(arm, &(), 0.0).unwrap());
    }
    policy
}

/// How often an arm is selected, of so many times.
fn share(policy: &mut Thompson, arm: usize, draws: u32, rng: &mut Rng) -> f64 {
    let selected = (0..draws).filter(|_| policy.select(&(), rng) == arm).count();
    selected as f64 / f64::from(draws)
}

/// Runs a policy on arms with these rates.
fn run(policy: &mut impl Policy, rates: &[f64], pulls: u32, seed: u64) -> (Vec<u32>, Regret) {
    let mut rng = Rng::seed_from_u64(seed);
    let (mut selected, mut regret) = (vec![0; rates.len()], Regret::new());
    let best = rates.iter().copied().fold(0.0, f64::max);
    for _ in 0..pulls {
        let arm = policy.select(&(), &mut rng);
        selected[arm] += 1;
        let reward = f64::from(u8::from(rng.random::<f64>() < rates[arm]));
        policy.record(arm, &(), reward).unwrap();
        regret.record(best, rates[arm]);
    }
    (selected, regret)
}

#[test]
fn the_better_of_two_rates_is_selected() {
    let mut policy = after(Thompson::new(2).unwrap(), &[(40, 60), (60, 40)]);
    let exact = policy.posterior(1).unwrap().chance_to_beat(&policy.posterior(0).unwrap());
    let mut rng = Rng::seed_from_u64(1);
    let found = share(&mut policy, 1, 40_000, &mut rng);
    assert!(exact > 0.997 && found >= 0.99 && (found - exact).abs() < 1e-3, "{found}, not {exact}");
}

#[test]
fn arms_are_selected_as_often_as_they_are_the_best() {
    let draws = 40_000;
    let mut rng = Rng::seed_from_u64(2);
    for seen in [&[(50, 50), (50, 50)][..], &[(10, 90), (5, 95)], &[(500, 500), (520, 480)], &[(0, 0), (1, 0), (0, 1)]]
    {
        let mut policy = after(Thompson::with_prior(seen.len(), BetaPrior::JEFFREYS).unwrap(), seen);
        let beliefs: Vec<_> = (0..seen.len()).map(|arm| policy.posterior(arm).unwrap()).collect();
        let exact = chances_to_be_best(&beliefs).unwrap()[1];
        let found = share(&mut policy, 1, draws, &mut rng);
        assert!((found - exact).abs() < 3.0 * (0.25 / f64::from(draws)).sqrt(), "{seen:?}: {found}, not {exact}");
    }
}

#[test]
fn top_two_selects_the_second_too() {
    let mut rng = Rng::seed_from_u64(3);
    let mut policy = after(Thompson::new(3).unwrap(), &[(40, 60), (60, 40), (0, 100)]).top_two(0.5).unwrap();
    let found = share(&mut policy, 0, 20_000, &mut rng);
    assert!((found - 0.5).abs() < 0.02, "{found}");
    let mut always = policy.clone().top_two(1.0).unwrap();
    assert!(share(&mut always, 1, 2000, &mut rng) > 0.99);
}

#[test]
fn beta_draws_have_the_moments_of_the_distribution() {
    let draws = 40_000;
    let mut rng = Rng::seed_from_u64(4);
    for (a, b) in [(0.5, 0.5), (0.3, 2.0), (1.0, 1.0), (2.0, 3.0), (0.7, 40.0), (400.0, 600.0), (1e6, 3e6)] {
        let beta = Beta::new(a, b).unwrap();
        let values: Vec<f64> = (0..draws).map(|_| beta.sample(&mut rng)).collect();
        let mean = values.iter().sum::<f64>() / f64::from(draws);
        let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / f64::from(draws);
        let fourth = values.iter().map(|value| (value - mean).powi(4)).sum::<f64>() / f64::from(draws);
        let exact = a / (a + b);
        let spread = exact * (1.0 - exact) / (a + b + 1.0);
        assert!((mean - exact).abs() < 4.0 * (spread / f64::from(draws)).sqrt(), "{a} {b}: {mean}, not {exact}");
        let error = ((fourth - variance * variance) / f64::from(draws)).sqrt();
        assert!((variance - spread).abs() < 4.0 * error, "{a} {b}: {variance}, not {spread}");
    }
}

#[test]
fn means_are_selected_as_often_as_they_are_the_best() {
    let prior = NormalEffects { mean: 0.0, sd: 100.0 };
    let mut policy = GaussianThompson::new(3, prior, 4.0).unwrap();
    for (arm, rewards) in [[3.0, 5.0, 4.0, 6.0], [5.0, 4.5, 6.0, 5.5], [1.0, 7.0, 4.0, 3.0]].iter().enumerate() {
        for reward in rewards {
            policy.record(arm, &(), *reward).unwrap();
        }
    }
    let beliefs: Vec<_> = (0..3).map(|arm| policy.posterior(arm).unwrap()).collect();
    let exact = chances_to_be_best(&beliefs).unwrap();
    let (mut rng, draws) = (Rng::seed_from_u64(5), 40_000);
    let mut selected = [0; 3];
    (0..draws).for_each(|_| selected[policy.select(&(), &mut rng)] += 1);
    for (selected, exact) in selected.into_iter().zip(exact) {
        let found = f64::from(selected) / f64::from(draws);
        assert!((found - exact).abs() < 3.0 * (0.25 / f64::from(draws)).sqrt(), "{found}, not {exact}");
    }
    // 2 × 4 and what was seen (5, 1.25 and 18.75) on 2 + 9 degrees of freedom.
    let variance = 33.0 / 11.0;
    assert!((beliefs[0].sd.powi(-2) - (4.0 / variance + 1e-4)).abs() < 1e-9);
}

#[test]
fn nearly_all_pulls_are_of_the_better_arm() {
    let rates = [0.05, 0.5];
    let pulls = 20_000;
    let better = |policy: &mut dyn FnMut() -> Vec<u32>| f64::from(policy()[1]) / f64::from(pulls);
    assert!(better(&mut || run(&mut Thompson::new(2).unwrap(), &rates, pulls, 6).0) > 0.99);
    assert!(better(&mut || run(&mut KlUcb::new(2).unwrap(), &rates, pulls, 7).0) > 0.99);
    assert!(better(&mut || run(&mut Ucb1::new(2).unwrap(), &rates, pulls, 8).0) > 0.95);
    let epsilon = better(&mut || run(&mut EpsilonGreedy::new(2, 0.1).unwrap(), &rates, pulls, 9).0);
    assert!((epsilon - 0.95).abs() < 0.01, "{epsilon}");
    let prior = NormalEffects { mean: 0.5, sd: 1.0 };
    let mut gaussian = GaussianThompson::new(2, prior, 0.25).unwrap();
    assert!(better(&mut || run(&mut gaussian, &rates, pulls, 10).0) > 0.99);
}

#[test]
fn what_is_lost_grows_with_the_logarithm() {
    let rates = [0.4, 0.5, 0.3];
    // Of any policy that is good in every world, what is lost grows by this with each unit of ln n, at least in the end: the sum over
    // worse arms of what each loses by its divergence from the best (T. L. Lai, H. Robbins 1985).
    let divergence = |p: f64, q: f64| p * (p / q).ln() + (1.0 - p) * ((1.0 - p) / (1.0 - q)).ln();
    let least: f64 = [0.4, 0.3].map(|rate| (0.5 - rate) / divergence(rate, 0.5)).iter().sum();
    let runs = 20;
    let mean_losses = |seed: u64, policy: &mut dyn FnMut(u64) -> Regret| -> [f64; 3] {
        let regrets: Vec<Regret> = (0..runs).map(|at| policy(100 * seed + at)).collect();
        let lost = |pulls: u64, regret: &Regret| regret.history().iter().find(|(at, _)| *at == pulls).unwrap().1;
        [1 << 10, 1 << 12, 1 << 14]
            .map(|pulls| regrets.iter().map(|regret| lost(pulls, regret)).sum::<f64>() / runs as f64)
    };
    for (name, [early, middle, late]) in [
        ("Thompson", mean_losses(1, &mut |seed| run(&mut Thompson::new(3).unwrap(), &rates, 1 << 14, seed).1)),
        ("KL-UCB", mean_losses(2, &mut |seed| run(&mut KlUcb::new(3).unwrap(), &rates, 1 << 14, seed).1)),
    ] {
        // Both steps are a fourfold of pulls. Losses that grow with pulls would be four times as large in the second; with their root, twice.
        let (first, second) = (middle - early, late - middle);
        assert!(second < 1.5 * first, "{name}: {first}, then {second}");
        let by_logarithm = second / 4_f64.ln();
        assert!((0.3 * least..1.5 * least).contains(&by_logarithm), "{name}: {by_logarithm}, at least {least}");
    }
    let (_, regret) = run(&mut Thompson::new(3).unwrap(), &rates, 40_000, 11);
    assert_eq!((regret.pulls(), regret.history().len()), (40_000, 16));
    assert_eq!(regret.per_pull(), Some(regret.total() / 40_000.0));
    assert_eq!(Regret::new().per_pull(), None);
}

#[test]
fn old_rewards_are_forgotten() {
    // The better arm becomes the worse.
    let mut forgetful = Thompson::new(2).unwrap().discounted(0.99).unwrap();
    run(&mut forgetful, &[0.1, 0.9], 3000, 13);
    let (selected, _) = run(&mut forgetful, &[0.9, 0.1], 1000, 14);
    assert!(selected[0] > 700, "{selected:?}");
    assert!(forgetful.rewards().total_pulls() < 100.0 + 1e-6);
    let mut faithful = Thompson::new(2).unwrap();
    run(&mut faithful, &[0.1, 0.9], 3000, 13);
    let (selected, _) = run(&mut faithful, &[0.9, 0.1], 1000, 14);
    assert!(selected[0] < 600, "{selected:?}");
}

#[test]
fn contexts_have_their_own_best_arm() {
    let rates = |phone: bool| if phone { [0.2, 0.8] } else { [0.8, 0.2] };
    let mut policy = PerContext::new(Thompson::new(2).unwrap(), 2);
    let mut rng = Rng::seed_from_u64(15);
    let mut right = 0;
    for pull in 0..2000 {
        let phone = pull % 2 == 0;
        let arm = policy.select(&phone, &mut rng);
        let reward = f64::from(u8::from(rng.random::<f64>() < rates(phone)[arm]));
        policy.record(arm, &phone, reward).unwrap();
        right += u32::from((arm == 1) == phone);
    }
    assert!(right > 1900, "{right}");
    assert!(policy.of(&true).is_some());
    // Of more contexts than these, the rest share a policy.
    let mut few = PerContext::new(Thompson::new(2).unwrap(), 1);
    few.record(1, &"a", 1.0).unwrap();
    few.record(0, &"b", 1.0).unwrap();
    few.record(0, &"c", 1.0).unwrap();
    assert_eq!(few.of(&"b"), None);
    assert_eq!(few.shared().rewards().pulls(0), 2.0);
}

#[test]
fn shares_have_a_floor_and_keep_their_order() {
    let arms = [(1.0, 0.1), (1.2, 0.1), (0.1, 0.1), (1.1, 0.2)].map(|(mean, sd)| NormalEffects { mean, sd });
    let units = [500; 4];
    let best = chances_to_be_best(&arms).unwrap();
    let allocation = Allocation { floor: 0.05, ..Allocation::default() };
    let shares = allocation.shares(&arms, &units).unwrap().unwrap();
    assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-14);
    for (share, chance) in shares.iter().zip(&best) {
        assert!((share - (0.05 + 0.8 * chance)).abs() < 1e-11);
    }
    let two = Allocation { top_two: TopTwo::BestAndSecond, floor: 0.0, ..allocation };
    let shares = two.shares(&arms, &units).unwrap().unwrap();
    let second = chances_to_be_second(&arms).unwrap();
    for arm in 0..4 {
        assert!((shares[arm] - f64::midpoint(best[arm], second[arm])).abs() < 1e-10);
    }
    assert_eq!(allocation.shares(&arms, &[500, 99, 500, 500]).unwrap(), None);
    insta::assert_snapshot!(allocation.shares(&arms, &[500]).unwrap_err(), @"pair 4 values with 1");
    insta::assert_snapshot!(Allocation { floor: 0.3, ..allocation }.shares(&arms, &units).unwrap_err(), @"make a bandit with 0.3 for the floor of each arm");
}

#[test]
fn arms_without_rewards_come_first() {
    let mut rng = Rng::seed_from_u64(16);
    for seed in 0..20 {
        let (selected, _) = run(&mut EpsilonGreedy::new(50, 0.0).unwrap(), &[0.5; 50], 50, seed);
        assert_eq!(selected, [1; 50]);
        let (selected, _) = run(&mut KlUcb::new(50).unwrap(), &[0.5; 50], 50, seed);
        assert_eq!(selected, [1; 50]);
    }
    // Of arms that are alike each is as probable.
    let mut first = [0; 4];
    (0..4000).for_each(|_| first[Policy::<()>::select(&mut Ucb1::new(4).unwrap(), &(), &mut rng)] += 1);
    assert!(first.iter().all(|count| (850..1150).contains(count)), "{first:?}");
}

#[test]
fn bounds_are_those_of_the_divergence() {
    let mut policy = KlUcb::new(2).unwrap();
    for reward in [1.0, 0.0, 1.0, 1.0] {
        policy.record(0, &(), reward).unwrap();
    }
    policy.record(1, &(), 1.0).unwrap();
    // 4 d(3/4, q) = ln 5.
    let q = policy.bound(0);
    let divergence = 0.75 * (0.75 / q).ln() + 0.25 * (0.25 / (1.0 - q)).ln();
    assert!((4.0 * divergence - 5.0_f64.ln()).abs() < 1e-9, "{q}");
    assert_eq!(policy.bound(1), 1.0);
    assert_eq!(policy.bound(7), f64::INFINITY);
}

#[test]
fn what_is_no_bandit_is_refused() {
    let error = |result: Result<Thompson, Error>| result.unwrap_err().to_string();
    let policy = || Thompson::new(2).unwrap();
    insta::assert_snapshot!(error(Thompson::new(1)), @"compare 1 variant(s): it takes two");
    insta::assert_snapshot!(error(policy().discounted(0.0)), @"make a bandit with 0 for the discount");
    insta::assert_snapshot!(error(policy().top_two(1.5)), @"make a bandit with 1.5 for the part of the best arm");
    insta::assert_snapshot!(error(Thompson::with_prior(2, BetaPrior { alpha: 0.0, beta: 1.0 })), @"divide by 0: it is not finite and above 0");
    insta::assert_snapshot!(policy().record(2, &(), 1.0).unwrap_err(), @"count for arm 2: there are 2, from 0 on");
    insta::assert_snapshot!(policy().record(0, &(), 2.0).unwrap_err(), @"record 2 for a reward");
    assert!(policy().record(0, &(), f64::NAN).is_err());
    assert!(EpsilonGreedy::new(2, -0.1).is_err());
    let mut greedy = EpsilonGreedy::new(2, 0.1).unwrap();
    greedy.record(0, &(), 1e308).unwrap();
    let before = greedy.clone();
    assert!(greedy.record(0, &(), -1e308).is_err() && greedy.record(0, &(), 0.0).is_err());
    assert_eq!(greedy, before);
    let prior = NormalEffects { mean: 0.0, sd: 0.0 };
    insta::assert_snapshot!(GaussianThompson::new(2, prior, 1.0).unwrap_err(), @"make a bandit with 0 for the deviation of the prior");
    assert_eq!(policy().posterior(2), None);
}

#[test]
fn bandits_go_on_where_they_were_written() {
    let mut policy = Thompson::new(3).unwrap().discounted(0.99).unwrap().top_two(0.6).unwrap();
    run(&mut policy, &[0.2, 0.4, 0.3], 100, 17);
    let written = serde_json::to_string(&policy).unwrap();
    let mut read: Thompson = serde_json::from_str(&written).unwrap();
    assert_eq!(read, policy);
    assert_eq!(run(&mut read, &[0.2, 0.4, 0.3], 100, 18).0, run(&mut policy, &[0.2, 0.4, 0.3], 100, 18).0);
    let mut policy = PerContext::new(Ucb1::new(2).unwrap(), 1);
    for (arm, context) in [(0, ("phone", 5)), (1, ("tv", 4)), (1, ("phone", 5))] {
        policy.record(arm, &context, 1.0).unwrap();
    }
    let written = serde_json::to_string(&policy).unwrap();
    assert_eq!(serde_json::from_str::<PerContext<(&str, u8), Ucb1>>(&written).unwrap(), policy);
    let damaged = r#"{"rewards":{"arms":[],"discount":1.0},"epsilon":0.1}"#;
    let error = serde_json::from_str::<EpsilonGreedy>(damaged).unwrap_err().to_string();
    assert!(error.starts_with("compare 0 variant(s)"), "{error}");
    let sums = r#"{"count":-1.0,"mean":0.5,"scatter":0.0}"#;
    let damaged = format!(r#"{{"rewards":{{"arms":[{sums},{sums}],"discount":1.0}}}}"#);
    let error = serde_json::from_str::<Ucb1>(&damaged).unwrap_err().to_string();
    assert!(error.starts_with("make a bandit with -1 for the count of an arm"), "{error}");
}

#[test]
fn regret_goes_on_where_it_was_written() {
    let (_, mut regret) = run(&mut Thompson::new(2).unwrap(), &[0.25, 0.75], 1000, 19);
    let mut read: Regret = serde_json::from_str(&serde_json::to_string(&regret).unwrap()).unwrap();
    assert_eq!(read, regret);
    (0..24).for_each(|_| [&mut read, &mut regret].into_iter().for_each(|of| of.record(0.75, 0.25)));
    assert_eq!((read.pulls(), read.history().len()), (1024, 11));
    assert_eq!(read, regret);
    let unused: Regret = serde_json::from_str(&serde_json::to_string(&Regret::new()).unwrap()).unwrap();
    assert_eq!(unused, Regret::new());

    let refused = |pulls: u64, sum: f64, history: &[(u64, f64)]| {
        let bytes = postcard::to_stdvec(&(pulls, (sum, 0.0), history)).unwrap();
        assert!(postcard::from_bytes::<Regret>(&bytes).is_err(), "{pulls} pulls, {sum}, {history:?}");
    };
    refused(2, f64::NAN, &[(1, 0.0), (2, 0.5)]);
    refused(2, 0.5, &[(1, f64::INFINITY), (2, 0.5)]);
    refused(2, 0.5, &[(1, 0.0), (3, 0.5)]);
    refused(2, 0.5, &[(1, 0.0)]);
    refused(0, 0.0, &[(1, 0.0)]);
    refused(u64::MAX, 0.5, &[]);
    let damaged = r#"{"pulls":2,"total":{"sum":0.5,"dropped":0.0},"history":[[1,0.0],[3,0.5]]}"#;
    let error = serde_json::from_str::<Regret>(damaged).unwrap_err().to_string();
    assert!(error.starts_with("make a bandit with 3 for the pulls before a regret"), "{error}");
}
