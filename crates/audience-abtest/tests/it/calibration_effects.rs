//! How often differences are found where there are none, and how often intervals hold the truth, in seeded worlds.
//!
//! A share of worlds must be within three standard errors of what it should be; where a method is known to fail, it must be
//! further off, so that the failure shows.

use audience_abtest::{
    Alternative, ArmEstimate, ConfidenceSequence, Effect, Functional, RelativeInterval, Scale, clustered_quantile,
    cuped, fieller, log_ratio, post_stratified, welch,
};
use audience_stats::{Accumulator, Confidence, Interval, Moments, Normal, Quantiles};
use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

type Rng = Xoshiro256PlusPlus;

/// The share of worlds, and how far it may be from `nominal` by chance.
#[derive(Debug)]
struct Share {
    found: f64,
    error: f64,
    nominal: f64,
}

impl Share {
    fn of(worlds: u32, seed: u64, nominal: f64, mut happens: impl FnMut(&mut Rng) -> bool) -> Self {
        let mut rng = Rng::seed_from_u64(seed);
        let found = (0..worlds).filter(|_| happens(&mut rng)).count();
        let error = (nominal * (1.0 - nominal) / f64::from(worlds)).sqrt();
        Self { found: found as f64 / f64::from(worlds), error, nominal }
    }

    fn is_near(&self) {
        assert!((self.found - self.nominal).abs() <= 3.0 * self.error, "{self:?}");
    }

    fn is_above(&self) {
        assert!(self.found > self.nominal + 3.0 * self.error, "{self:?}");
    }
}

fn exponential(rng: &mut Rng) -> f64 {
    -(1.0 - rng.random::<f64>()).ln()
}

/// Nearly normal, of mean 0 and variance 1: twelve uniform numbers.
fn normal(rng: &mut Rng) -> f64 {
    (0..12).map(|_| rng.random::<f64>()).sum::<f64>() - 6.0
}

/// So many units, each with the quantities that `unit` draws.
fn drawn<const K: usize>(rng: &mut Rng, units: usize, unit: impl Fn(&mut Rng) -> [f64; K]) -> Moments {
    let mut columns: [Vec<f64>; K] = std::array::from_fn(|_| Vec::with_capacity(units));
    for _ in 0..units {
        for (column, value) in columns.iter_mut().zip(unit(rng)) {
            column.push(value);
        }
    }
    Moments::of(&columns.each_ref().map(Vec::as_slice)).unwrap()
}

fn found(effect: &Effect) -> bool {
    effect.p_value(0.0, Alternative::TwoSided).value() <= 0.05
}

fn holds(effect: &Effect, truth: f64) -> bool {
    effect.interval(Confidence::P95, Alternative::TwoSided).contains(truth)
}

/// Welch at 120 against 60 units of skewed watch times, four times as variable in the smaller arm: Student's pooled variance
/// would find one world in seven.
#[test]
fn means_of_unlike_arms() {
    let world = |rng: &mut Rng| {
        let control = ArmEstimate::mean(&drawn(rng, 120, |rng| [2.0 + normal(rng)]), 0).unwrap();
        let treatment = ArmEstimate::mean(&drawn(rng, 60, |rng| [2.0 + 2.0 * normal(rng)]), 0).unwrap();
        (control, treatment)
    };
    let test = |rng: &mut Rng| {
        let (control, treatment) = world(rng);
        found(&welch(&control, &treatment, Scale::Absolute).unwrap())
    };
    Share::of(3000, 1, 0.05, test).is_near();
    let pooled = |rng: &mut Rng| {
        let (control, treatment) = world(rng);
        found(&audience_abtest::samples::student(&control, &treatment).unwrap())
    };
    Share::of(3000, 1, 0.05, pooled).is_above();
}

/// Long-tailed watch times (exponential), 150 units an arm, a true difference of a fifth: intervals of the difference, absolute
/// and relative.
#[test]
fn means_with_a_difference() {
    let world = |rng: &mut Rng| {
        let control = ArmEstimate::mean(&drawn(rng, 150, |rng| [exponential(rng)]), 0).unwrap();
        let treatment = ArmEstimate::mean(&drawn(rng, 150, |rng| [1.2 * exponential(rng)]), 0).unwrap();
        (control, treatment)
    };
    for (scale, seed) in [(Scale::Absolute, 2), (Scale::Relative, 3)] {
        let test = |rng: &mut Rng| {
            let (control, treatment) = world(rng);
            holds(&welch(&control, &treatment, scale).unwrap(), 0.2)
        };
        Share::of(2000, seed, 0.95, test).is_near();
    }
    let by_logarithm = |rng: &mut Rng| {
        let (control, treatment) = world(rng);
        log_ratio(&control, &treatment, Confidence::P95).unwrap().contains(0.2)
    };
    Share::of(2000, 4, 0.95, by_logarithm).is_near();
}

/// Sessions of a unit are alike: the ratio of sums over units is right, and taking sessions for units is not.
#[test]
fn ratios_of_sums() {
    // Stalled by watched time, of one to six sessions of a viewer who has a network of his own.
    let unit = |rng: &mut Rng| {
        let sessions = rng.random_range(1..=6_u32);
        let network = 0.05 * exponential(rng);
        let watched: f64 = (0..sessions).map(|_| exponential(rng)).sum();
        [network * watched, watched]
    };
    let test = |rng: &mut Rng| {
        let arms = [drawn(rng, 250, unit), drawn(rng, 250, unit)].map(|arm| ArmEstimate::ratio(&arm, 0, 1).unwrap());
        found(&welch(&arms[0], &arms[1], Scale::Absolute).unwrap())
    };
    Share::of(2000, 5, 0.05, test).is_near();
    let by_session = |rng: &mut Rng| {
        let arm = |rng: &mut Rng| {
            let (mut stalled, mut watched) = (Vec::new(), Vec::new());
            for _ in 0..250 {
                let network = 0.05 * exponential(rng);
                for _ in 0..rng.random_range(1..=6_u32) {
                    watched.push(exponential(rng));
                    stalled.push(network * watched[watched.len() - 1]);
                }
            }
            ArmEstimate::ratio(&Moments::of(&[&stalled, &watched]).unwrap(), 0, 1).unwrap()
        };
        let (control, treatment) = (arm(rng), arm(rng));
        found(&welch(&control, &treatment, Scale::Absolute).unwrap())
    };
    Share::of(500, 5, 0.05, by_session).is_above();
}

/// What units did before explains three quarters of the variance: the intervals are half as wide and hold the truth as often.
#[test]
fn adjusted_for_what_was_before() {
    let unit = |more: f64| {
        move |rng: &mut Rng| {
            let before = exponential(rng);
            [before + more + 0.577 * normal(rng), before]
        }
    };
    let mut narrower = Vec::new();
    for (scale, truth, seed) in [(Scale::Absolute, 0.1, 6), (Scale::Relative, 0.1, 7)] {
        let test = |rng: &mut Rng| {
            let (control, treatment) = (drawn(rng, 150, unit(0.0)), drawn(rng, 150, unit(0.1)));
            let metric = Functional::Mean(0);
            let adjusted = cuped(&control, &treatment, metric, &[Functional::Mean(1)]).unwrap();
            let plain = cuped(&control, &treatment, metric, &[]).unwrap();
            let effect = welch(&adjusted.control, &adjusted.treatment, scale).unwrap();
            let without = welch(&plain.control, &plain.treatment, scale).unwrap();
            narrower.push(effect.standard_error / without.standard_error);
            holds(&effect, truth)
        };
        Share::of(1500, seed, 0.95, test).is_near();
    }
    let mean = narrower.iter().sum::<f64>() / narrower.len() as f64;
    assert!((0.45..0.55).contains(&mean), "{mean}");
}

/// The same of a ratio, by the ratio of the period before.
#[test]
fn ratios_adjusted_for_what_was_before() {
    let unit = |rng: &mut Rng| {
        let own = 0.1 + 0.05 * exponential(rng);
        let mut sums = [0.0; 4];
        for at in [0, 2] {
            sums[at + 1] = 1.0 + exponential(rng);
            sums[at] = sums[at + 1] * (own + 0.02 * normal(rng));
        }
        sums
    };
    let test = |rng: &mut Rng| {
        let (control, treatment) = (drawn(rng, 200, unit), drawn(rng, 200, unit));
        let arms = cuped(&control, &treatment, Functional::Ratio(0, 1), &[Functional::Ratio(2, 3)]).unwrap();
        found(&welch(&arms.control, &arms.treatment, Scale::Absolute).unwrap())
    };
    Share::of(1500, 8, 0.05, test).is_near();
}

/// Two strata that differ much, of a size left to chance.
#[test]
fn compared_within_strata() {
    let test = |rng: &mut Rng| {
        let of = |rng: &mut Rng, in_first: usize, units: usize, more: f64| {
            let first = drawn(rng, in_first, |rng| [10.0 + more + normal(rng)]);
            let second = drawn(rng, units - in_first, |rng| [2.0 + more + normal(rng)]);
            (first, second)
        };
        let (m, n) = (
            (0..160).filter(|_| rng.random::<f64>() < 0.4).count(),
            (0..160).filter(|_| rng.random::<f64>() < 0.4).count(),
        );
        let (control, treatment) = (of(rng, m, 160, 0.0), of(rng, n, 160, 0.3));
        let strata = [(control.0, treatment.0), (control.1, treatment.1)];
        let effect = post_stratified(&strata, Functional::Mean(0), &[], Scale::Absolute).unwrap();
        // Without strata the standard error is four times as large.
        assert!(effect.standard_error < 0.13, "{effect:?}");
        holds(&effect, 0.3)
    };
    Share::of(1500, 9, 0.95, test).is_near();
}

/// The 90 % quantile of start-up times of one to five sessions of viewers with networks of their own, 300 viewers an arm. Taking
/// sessions to be independent finds a difference far too often.
#[test]
fn quantiles_of_units_with_several_values() {
    let values = |rng: &mut Rng| {
        let units: Vec<Vec<u64>> = (0..300)
            .map(|_| {
                let network = 500.0 + 1000.0 * exponential(rng);
                (0..rng.random_range(1..=5_u32)).map(|_| (network * (0.8 + 0.4 * rng.random::<f64>())) as u64).collect()
            })
            .collect();
        units
    };
    let arm = |units: &[Vec<u64>]| {
        let mut all = Quantiles::new();
        units.iter().flatten().for_each(|value| all.observe(value));
        let all = all.summary();
        let quantile = all.order_statistic(0.9).unwrap();
        let below: Vec<f64> =
            units.iter().map(|unit| unit.iter().filter(|value| **value <= quantile).count() as f64).collect();
        let number: Vec<f64> = units.iter().map(|unit| unit.len() as f64).collect();
        (clustered_quantile(&all, &Moments::of(&[&below, &number]).unwrap(), 0.9).unwrap(), all)
    };
    let test = |rng: &mut Rng| {
        let (control, treatment) = (arm(&values(rng)).0, arm(&values(rng)).0);
        found(&welch(&control, &treatment, Scale::Absolute).unwrap())
    };
    Share::of(1000, 10, 0.05, test).is_near();
    let by_session = |rng: &mut Rng| {
        let alone = |rng: &mut Rng| {
            let all = arm(&values(rng)).1;
            let n = all.count() as f64;
            let reach = 1.96 * (0.9_f64 * 0.1 / n).sqrt();
            let at = |level: f64| all.order_statistic(level).unwrap() as f64;
            let error = (at(0.9 + reach) - at(0.9 - reach)) / 3.92;
            ArmEstimate::new(all.count(), at(0.9), error * error * n)
        };
        let (control, treatment) = (alone(rng), alone(rng));
        found(&welch(&control, &treatment, Scale::Absolute).unwrap())
    };
    Share::of(500, 10, 0.05, by_session).is_above();
}

/// A control that is only two standard errors from 0: Fieller's set holds the truth as often as it should, though it is often
/// unbounded. The delta method's interval does not.
#[test]
fn relative_to_nearly_nothing() {
    let world = |rng: &mut Rng| {
        let control = ArmEstimate::mean(&drawn(rng, 50, |rng| [0.3 + normal(rng)]), 0).unwrap();
        let treatment = ArmEstimate::mean(&drawn(rng, 50, |rng| [0.6 + normal(rng)]), 0).unwrap();
        (control, treatment)
    };
    let mut unbounded = 0;
    let by_fieller = |rng: &mut Rng| {
        let (control, treatment) = world(rng);
        // The truth is that of a control above 0; where the estimate is below, the sign of relative differences turns.
        let truth = if control.value > 0.0 { 1.0 } else { -1.0 };
        match fieller(&control, &treatment, Confidence::P95).unwrap() {
            RelativeInterval::Within(Interval { low, high }) => (low..=high).contains(&truth),
            RelativeInterval::Outside(Interval { low, high }) => {
                unbounded += 1;
                truth <= low || truth >= high
            }
            RelativeInterval::Anything => {
                unbounded += 1;
                true
            }
        }
    };
    Share::of(2000, 11, 0.95, by_fieller).is_near();
    assert!(unbounded > 600, "{unbounded}");
    let by_delta = |rng: &mut Rng| {
        let (control, treatment) = world(rng);
        let truth = if control.value > 0.0 { 1.0 } else { -1.0 };
        holds(&welch(&control, &treatment, Scale::Relative).unwrap(), truth)
    };
    let share = Share::of(2000, 11, 0.95, by_delta);
    assert!((share.found - share.nominal).abs() > 3.0 * share.error, "{share:?}");
}

/// A treatment that is worse by exactly the margin is called not worse in one world of twenty, and one that is equal nearly
/// always.
#[test]
fn margins() {
    let test = |more: f64| {
        move |rng: &mut Rng| {
            let control = ArmEstimate::mean(&drawn(rng, 150, |rng| [10.0 + normal(rng)]), 0).unwrap();
            let treatment = ArmEstimate::mean(&drawn(rng, 150, |rng| [10.0 + more + normal(rng)]), 0).unwrap();
            let effect = welch(&control, &treatment, Scale::Absolute).unwrap();
            effect.p_value(-0.4, Alternative::Greater).value() <= 0.05
        }
    };
    Share::of(2000, 12, 0.05, test(-0.4)).is_near();
    Share::of(300, 12, 0.9, test(0.0)).is_above();
}

/// A hundred looks, from 100 units an arm on: the sequence misses in no more worlds than it says, and the interval that is meant
/// for one look misses in about a third of them.
#[test]
fn looking_again_and_again() {
    let sequence = ConfidenceSequence::new(Confidence::P95, Alternative::TwoSided).unwrap().tuned_for(5000.0);
    let (mut fixed, mut anytime) = (0, 0);
    let worlds = 250;
    let mut rng = Rng::seed_from_u64(13);
    for _ in 0..worlds {
        let mut arms = [drawn(&mut rng, 100, |rng| [exponential(rng)]), drawn(&mut rng, 100, |rng| [exponential(rng)])];
        let (mut found_fixed, mut found_anytime) = (false, false);
        for _ in 0..100 {
            arms = arms.map(|arm| arm.pooled(&drawn(&mut rng, 50, |rng| [exponential(rng)])));
            let [control, treatment] = arms.each_ref().map(|arm| ArmEstimate::mean(arm, 0).unwrap());
            let effect = welch(&control, &treatment, Scale::Absolute).unwrap();
            found_fixed |= found(&effect);
            let units = control.units + treatment.units;
            let interval = sequence.interval(&effect, units);
            assert_eq!(interval.contains(0.0), sequence.p_value(&effect, units, 0.0).value() > 0.05);
            found_anytime |= !interval.contains(0.0);
        }
        fixed += u32::from(found_fixed);
        anytime += u32::from(found_anytime);
    }
    assert!(
        f64::from(anytime) <= f64::from(worlds) * 0.05 + 3.0 * (0.05 * 0.95 * f64::from(worlds)).sqrt(),
        "{anytime}"
    );
    assert!(fixed > worlds / 4, "{fixed}");
}

/// Probabilities are uniform where there is no difference: each level is what it says, and none is ignored.
#[test]
fn every_level_is_what_it_says() {
    let p_values: Vec<f64> = {
        let mut rng = Rng::seed_from_u64(14);
        let one = |_| {
            let arms = [drawn(&mut rng, 80, |rng| [normal(rng)]), drawn(&mut rng, 80, |rng| [normal(rng)])];
            let [control, treatment] = arms.map(|arm| ArmEstimate::mean(&arm, 0).unwrap());
            welch(&control, &treatment, Scale::Absolute).unwrap().p_value(0.0, Alternative::TwoSided).value()
        };
        (0..3000).map(one).collect()
    };
    for level in [0.001, 0.01, 0.1, 0.2, 0.5] {
        let share = p_values.iter().filter(|p| **p <= level).count() as f64 / 3000.0;
        assert!((share - level).abs() <= 3.0 * (level * (1.0 - level) / 3000.0_f64).sqrt(), "{level}: {share}");
    }
    assert!((Normal::quantile(0.975).unwrap() - Confidence::P95.z()).abs() < 1e-12);
}
