//! What is believed after data.

use audience_abtest::{
    BetaPosterior, BetaPrior, Effect, Error, NormalEffects, Scale, chances_to_be_best, chances_to_be_second,
};
use audience_stats::{Beta, Confidence, Normal, Proportion};
use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

fn of(alpha: f64, beta: f64) -> BetaPosterior {
    BetaPosterior::new(alpha, beta).unwrap()
}

fn near(found: f64, expected: f64, tolerance: f64) {
    assert!((found - expected).abs() <= tolerance * expected.abs(), "{found}, not {expected}");
}

/// P(B > A) as the sum over i below α of B of B(α + i, β + β) / ((β + i) B(1 + i, β) B(α, β)), for a whole number α of B: each term from
/// the one before.
fn closed_sum(a: (f64, f64), b: (u32, f64)) -> f64 {
    let ln_beta = |x: f64, y: f64| libm_lgamma(x) + libm_lgamma(y) - libm_lgamma(x + y);
    let mut ln = ln_beta(a.0, a.1 + b.1) - ln_beta(a.0, a.1);
    let mut sum = 0.0;
    for i in 0..b.0 {
        sum += ln.exp();
        let i = f64::from(i);
        ln += ((a.0 + i) / (a.0 + a.1 + b.1 + i) * (b.1 + i) / (1.0 + i)).ln();
    }
    sum
}

/// ln Γ of halves and whole numbers, as a sum.
fn libm_lgamma(x: f64) -> f64 {
    let mut ln = 0.0;
    let mut x = x;
    while x > 1.25 {
        x -= 1.0;
        ln += x.ln();
    }
    ln + if x == 1.0 { 0.0 } else { std::f64::consts::PI.ln() / 2.0 }
}

#[test]
fn the_better_rate_is_as_probable_as_the_closed_sum_says() {
    for (a, b) in
        [((41.0, 61.0), (61, 41.0)), ((0.5, 1.5), (3, 0.5)), ((1.0, 1.0), (1, 1.0)), ((900.5, 100.5), (20, 300.5))]
    {
        let (one, other) = (of(a.0, a.1), of(f64::from(b.0), b.1));
        near(other.chance_to_beat(&one), closed_sum(a, b), 1e-11);
    }
}

#[test]
fn losses_are_the_differences_of_means() {
    for (one, other) in
        [(of(3.5, 9.0), of(40.0, 70.0)), (of(0.01, 5.0), of(2.0, 0.3)), (of(1e6, 9e6), of(1.001e6, 9e6))]
    {
        let gain = one.expected_loss(&other) - other.expected_loss(&one);
        near(gain, other.mean() - one.mean(), 1e-9);
        near(one.chance_to_beat(&other) + other.chance_to_beat(&one), 1.0, 1e-12);
    }
}

#[test]
fn rates_with_a_formula_are_as_it_says() {
    // Of x from a beta of 1e6 and 1, x of at most y is y to the power of 1e6: Γ(1e6 + 1/2) / (Γ(1e6 + 1) √π), by mpmath.
    near(of(0.5, 0.5).chance_to_beat(&of(1e6, 1.0)), 0.000_564_189_513_024_062_8, 1e-11);
    // 20 B(20, 301) and 99,999 terms of the closed sum, by mpmath.
    near(of(1.0, 300.0).chance_to_beat(&of(20.0, 1.0)), 3.518_769_237_180_243_7e-32, 1e-11);
    near(of(1e5, 9e5).chance_to_beat(&of(1.1e5, 9e5)), 4.418_837_797_664_455_4e-95, 1e-10);
}

#[test]
fn swapping_arms_mirrors() {
    let (one, other) = (of(402.5, 3599.0), of(201.5, 2697.0));
    let mirror = |posterior: &BetaPosterior| of(posterior.beta(), posterior.alpha());
    near(one.ln_chance_to_beat(&other), mirror(&other).ln_chance_to_beat(&mirror(&one)), 1e-11);
    near(one.expected_loss(&other), mirror(&other).expected_loss(&mirror(&one)), 1e-10);
}

#[test]
fn what_is_beyond_all_numbers_has_a_logarithm() {
    let (one, other) = (of(1000.0, 99_000.0), of(3000.0, 97_000.0));
    let ln = one.ln_chance_to_beat(&other);
    assert!((-600.0..-400.0).contains(&ln), "{ln}");
    let effects = NormalEffects { mean: 80.0, sd: 1.0 };
    // ln(Q(79) − Q(81)), in 50 digits (mpmath).
    near(effects.ln_probability_within(-1.0, 1.0), -3_125.788_546_552_27, 1e-13);
}

#[test]
fn no_effect_in_practice_is_a_probability() {
    let effects = NormalEffects { mean: 0.3, sd: 2.0 };
    let parts = [(f64::NEG_INFINITY, -1.0), (-1.0, 1.0), (1.0, 1.001), (1.001, f64::INFINITY)];
    near(parts.iter().map(|(low, high)| effects.probability_within(*low, *high)).sum(), 1.0, 1e-14);
    assert_eq!(effects.probability_within(1.0, 1.0), 0.0);
    assert_eq!(effects.probability_within(2.0, 1.0), 0.0);
}

#[test]
fn one_arm_is_the_best() {
    let arms = [(0.0, 1.0), (0.5, 0.01), (0.4, 3.0), (-9.0, 0.1)].map(|(mean, sd)| NormalEffects { mean, sd });
    near(chances_to_be_best(&arms).unwrap().iter().sum(), 1.0, 1e-11);
    near(chances_to_be_second(&arms).unwrap().iter().sum(), 1.0, 1e-11);
    let rates = [of(0.5, 0.5), of(300.0, 20.0), of(3.0, 0.1), of(90.0, 5.0), of(4.0, 4.0)];
    near(chances_to_be_best(&rates).unwrap().iter().sum(), 1.0, 1e-11);
    near(chances_to_be_second(&rates).unwrap().iter().sum(), 1.0, 1e-11);
    near(chances_to_be_best(&rates[..2]).unwrap()[0], rates[0].chance_to_beat(&rates[1]), 1e-11);
    assert_eq!(chances_to_be_best(&rates[..1]).unwrap(), [1.0]);
    assert_eq!(chances_to_be_second(&rates[..1]).unwrap(), [0.0]);
    assert!(chances_to_be_best(&rates[..0]).unwrap().is_empty());
    let alike = [NormalEffects { mean: 7.0, sd: 2.0 }; 5];
    for chance in chances_to_be_best(&alike).unwrap() {
        near(chance, 0.2, 1e-12);
    }
}

#[test]
fn intervals_hold_rates_drawn_from_the_prior() {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(7);
    let prior = BetaPrior { alpha: 2.0, beta: 6.0 };
    let rates = Beta::new(prior.alpha, prior.beta).unwrap();
    let worlds = 1500;
    let held = (0..worlds).filter(|_| {
        let rate = rates.quantile(rng.random::<f64>().max(1e-12)).unwrap();
        let successes = (0..30).filter(|_| rng.random::<f64>() < rate).count() as u64;
        let seen = Proportion::new(successes, 30).unwrap();
        BetaPosterior::after(&seen, prior).unwrap().interval(Confidence::new(0.9).unwrap()).contains(rate)
    });
    let share = held.count() as f64 / f64::from(worlds);
    assert!((share - 0.9).abs() < 3.0 * (0.09 / f64::from(worlds)).sqrt(), "{share}");
}

#[test]
fn intervals_hold_effects_drawn_from_the_prior() {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(8);
    let prior = NormalEffects { mean: 0.1, sd: 0.2 };
    let worlds = 20_000;
    let (mut held, mut chances, mut wins) = (0, 0.0, 0);
    for _ in 0..worlds {
        let z = |rng: &mut Xoshiro256PlusPlus| Normal::quantile(rng.random::<f64>().max(1e-12)).unwrap();
        let truth = prior.mean + prior.sd * z(&mut rng);
        let (estimate, standard_error) = (truth + 0.3 * z(&mut rng), 0.3);
        let effect = Effect { scale: Scale::Absolute, estimate, standard_error, degrees: None };
        let posterior = NormalEffects::after(&effect, Some(prior));
        held += u32::from(posterior.interval(Confidence::new(0.9).unwrap()).contains(truth));
        chances += posterior.chance_to_win();
        wins += u32::from(truth > 0.0);
    }
    let error = 3.0 * (0.25 / f64::from(worlds)).sqrt();
    assert!((f64::from(held) / f64::from(worlds) - 0.9).abs() < error, "{held}");
    assert!((f64::from(wins) - chances).abs() / f64::from(worlds) < error, "{wins}, not {chances}");
}

#[test]
fn posteriors_are_priors_of_what_comes_next() {
    let seen = |successes, trials| Proportion::new(successes, trials).unwrap();
    let first = BetaPosterior::after(&seen(3, 7), BetaPrior::JEFFREYS).unwrap();
    let second = BetaPosterior::after(&seen(20, 50), first.into()).unwrap();
    assert_eq!(second, BetaPosterior::after(&seen(23, 57), BetaPrior::JEFFREYS).unwrap());
    let written = serde_json::to_string(&second).unwrap();
    assert_eq!(written, r#"{"alpha":23.5,"beta":34.5}"#);
    assert_eq!(serde_json::from_str::<BetaPosterior>(&written).unwrap(), second);
    assert!(serde_json::from_str::<BetaPosterior>(r#"{"alpha":0.0,"beta":1.0}"#).is_err());
}

#[test]
fn what_is_no_distribution_is_refused() {
    assert!(matches!(BetaPosterior::new(0.0, 1.0), Err(Error::Statistics(_))));
    assert!(matches!(BetaPosterior::new(1.0, f64::INFINITY), Err(Error::Statistics(_))));
    let seen = Proportion::new(3, 7).unwrap();
    let certain = [NormalEffects { mean: 0.0, sd: 1.0 }, NormalEffects { mean: 0.0, sd: 0.0 }];
    insta::assert_snapshot!(chances_to_be_best(&certain).unwrap_err(), @"compute with value 1: 0 is not finite and above 0");
    let nothing = BetaPrior { alpha: 0.0, beta: 0.0 };
    insta::assert_snapshot!(BetaPosterior::after(&seen, nothing).unwrap_err(), @"divide by 0: it is not finite and above 0");
}
