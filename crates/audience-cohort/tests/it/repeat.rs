//! Models of repeat visits, where others fail, and of populations whose truth is known.

use audience_cohort::{BgNbd, Error, Fit, ParetoNbd, RepeatHistory};
use proptest::prelude::*;
use rand::{Rng, RngExt, SeedableRng};
use rand_distr::{Beta, Distribution, Exp, Exp1, Gamma};
use rand_xoshiro::Xoshiro256PlusPlus;

fn near(found: f64, expected: f64, tolerance: f64) {
    assert!((found - expected).abs() <= tolerance * expected.abs(), "{found}, not {expected}");
}

fn bg_nbd([r, alpha, a, b]: [f64; 4]) -> BgNbd {
    BgNbd::new(r, alpha, a, b).unwrap()
}

fn pareto_nbd([r, alpha, s, beta]: [f64; 4]) -> ParetoNbd {
    ParetoNbd::new(r, alpha, s, beta).unwrap()
}

fn history(frequency: u64, recency: f64, age: f64) -> RepeatHistory {
    RepeatHistory::new(frequency, recency, age).unwrap()
}

/// By 40 digits (mpmath 1.4.1), integrating over the probability to leave.
#[test]
fn expected_visits_of_any_parameters() {
    for (parameters, horizon, expected) in [
        ([0.5, 10.0, 1.0 + 1e-12, 2.0], 30.0, 0.955_193_765_765_715_7),
        ([2.0, 5.0, 0.999_999_999, 0.3], 100.0, 2.064_029_209_008_744),
        ([0.01, 1.0, 0.001, 1000.0], 1000.0, 9.996_556_171_558_527),
        ([30.0, 1.0, 1.0, 1.0], 500.0, 10.176_261_896_009_25),
        ([1e-3, 2.0, 3.0, 5.0], 1e6, 0.040_614_961_046_334_69),
        ([5.0, 100.0, 1e4, 1e5], 1000.0, 10.566_962_442_259_225),
    ] {
        near(bg_nbd(parameters).expected_visits_of_new(horizon).unwrap(), expected, 1e-12);
    }
}

#[test]
fn a_hundred_thousand_visits_overflow_nothing() {
    let model = bg_nbd([0.243, 4.414, 0.793, 2.426]);
    let often = history(100_000, 364.0, 365.0);
    near(model.probability_alive(&often), 2.387_572_956_318_214_8e-113, 1e-10);
    near(model.expected_visits(&often, 30.0).unwrap(), 1.879_381_699_757_407_8e-109, 1e-10);
    let model = bg_nbd([1.0, 10.0, 1.0, 2.5]);
    near(model.expected_visits(&history(3000, 300.0, 365.0), 3650.0).unwrap(), 1.732_645_522_088_445_4e-241, 1e-10);
}

/// By 40 digits (mpmath 1.4.1), integrating over when the viewer leaves.
#[test]
fn whoever_may_leave_at_any_time_is_still_there() {
    for (parameters, frequency, recency, age, ln) in [
        ([0.5, 10.0, 0.6, 11.0], 100_000, 364.9, 365.0, -14.644_090_364_985_747),
        ([0.5, 1e-6, 0.6, 1e6], 0, 0.0, 100.0, -0.000_119_981_602_370_962),
        ([0.5, 1e6, 0.6, 1e-6], 3, 50.0, 100.0, -0.415_923_516_364_652_6),
        ([2.0, 1e-3, 1.0, 1e-3], 7, 1e-4, 1e4, -157.925_270_618_545_85),
        ([0.2, 0.01, 50.0, 1e5], 0, 0.0, 1e4, -5.237_989_633_868_137),
        ([1.0, 1.0, 1.0, 1.0], 1, 1.0, 2.0, -0.583_146_285_345_616_9),
        ([1e4, 1e4, 1e-8, 3.0], 20, 10.0, 1000.0, -923.936_962_082_484_6),
    ] {
        near(pareto_nbd(parameters).ln_probability_alive(&history(frequency, recency, age)), ln, 1e-12);
    }
}

/// Nobody leaves but after a repeat visit in one model; at any time in the other.
#[test]
fn one_visit_long_ago() {
    let once = history(0, 0.0, 1000.0);
    assert_eq!(bg_nbd([0.243, 4.414, 0.793, 2.426]).probability_alive(&once), 1.0);
    let alive = pareto_nbd([0.553, 10.58, 0.606, 11.67]).probability_alive(&once);
    assert!(alive > 0.0 && alive < 0.06, "{alive}");
    // Just now there was no time to leave.
    let now = history(0, 0.0, 0.0);
    assert_eq!(pareto_nbd([0.553, 10.58, 0.606, 11.67]).probability_alive(&now), 1.0);
    assert_eq!(pareto_nbd([0.553, 10.58, 0.606, 11.67]).log_likelihood(&now), 0.0);
    assert_eq!(bg_nbd([0.243, 4.414, 0.793, 2.426]).log_likelihood(&now), 0.0);
}

/// Where published formulas divide by 0, the function goes through.
#[test]
fn nothing_happens_at_one() {
    let seen = history(4, 20.0, 25.0);
    let around = |of: &dyn Fn(f64) -> f64| {
        let (below, at, above) = (of(1.0 - 1e-7), of(1.0), of(1.0 + 1e-7));
        near(at, below.midpoint(above), 1e-12);
        assert!(below > at && at > above, "whoever leaves sooner comes less often: {below}, {at}, {above}");
    };
    around(&|a| bg_nbd([0.5, 6.0, a, 2.0]).expected_visits_of_new(50.0).unwrap());
    around(&|a| bg_nbd([0.5, 6.0, a, 2.0]).expected_visits(&seen, 50.0).unwrap());
    around(&|s| pareto_nbd([0.5, 6.0, s, 9.0]).expected_visits_of_new(50.0).unwrap());
    around(&|s| pareto_nbd([0.5, 6.0, s, 9.0]).expected_visits(&seen, 50.0).unwrap());
}

/// Both ways to compute it, on both sides of where one takes over from the other, and the sum over all numbers of visits.
#[test]
fn expectations_are_those_of_the_distribution() {
    for parameters in [[0.243, 4.414, 0.793, 2.426], [1.0, 10.0, 1.0, 2.5], [2.5, 30.0, 1.8, 0.9], [0.1, 1.0, 0.2, 7.0]]
    {
        let model = bg_nbd(parameters);
        for horizon in [0.0, 1e-9, 0.5, 20.0] {
            let probabilities: Vec<f64> = (0..4000).map(|n| model.probability_of_visits(n, horizon).unwrap()).collect();
            near(probabilities.iter().sum(), 1.0, 1e-12);
            let mean: f64 = (0_u32..).zip(&probabilities).map(|(n, probability)| f64::from(n) * probability).sum();
            near(model.expected_visits_of_new(horizon).unwrap(), mean, 1e-11);
        }
        let [r, alpha, ..] = parameters;
        let last = (4000.0 - 45.0) / (45.0 + 2.0 * r) * alpha;
        let visits = |horizon: f64| model.expected_visits_of_new(horizon).unwrap();
        near(visits(last * (1.0 + 1e-9)), visits(last * (1.0 - 1e-9)), 1e-8);
        assert!(visits(last * (1.0 + 1e-9)) > visits(last * (1.0 - 1e-9)));
    }
}

#[test]
fn what_is_no_history_or_model_is_refused() {
    for (frequency, recency, age) in [
        (1, 6.0, 5.0),
        (0, 1.0, 5.0),
        (1, 0.0, 5.0),
        (1, -1.0, 5.0),
        (1, 1.0, f64::NAN),
        (1, f64::NAN, 1.0),
        (0, 0.0, f64::INFINITY),
    ] {
        let refused = RepeatHistory::new(frequency, recency, age);
        assert!(matches!(refused, Err(Error::NotAHistory { .. })), "{frequency} {recency} {age}");
    }
    for wrong in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e-31] {
        for at in 0..4 {
            let mut of = [1.0; 4];
            of[at] = wrong;
            let bg = BgNbd::new(of[0], of[1], of[2], of[3]);
            let pareto = ParetoNbd::new(of[0], of[1], of[2], of[3]);
            assert!(matches!(bg, Err(Error::NotAModelParameter { .. })));
            assert!(matches!(pareto, Err(Error::NotAModelParameter { .. })));
        }
    }
    for horizon in [-1.0, f64::NAN, f64::INFINITY] {
        assert!(matches!(bg_nbd([1.0; 4]).expected_visits_of_new(horizon), Err(Error::NotAHorizon { .. })));
        assert!(bg_nbd([1.0; 4]).probability_of_visits(1, horizon).is_err());
        assert!(pareto_nbd([1.0; 4]).expected_visits(&history(1, 1.0, 2.0), horizon).is_err());
    }
    let message = |error: Error| error.to_string();
    assert_eq!(
        message(RepeatHistory::new(1, 6.0, 5.0).unwrap_err()),
        "take 1 repeat visits, the last at 6, for a history until 5: times are from 0 to its end, and 0 of no visits"
    );
    assert_eq!(
        message(BgNbd::new(1.0, 0.0, 1.0, 1.0).unwrap_err()),
        "use 0 for the parameter alpha: it is not from 1e-12 to 1e12"
    );
}

#[test]
fn nobody_who_came_back_says_nothing() {
    let once = vec![history(0, 0.0, 10.0); 5];
    assert_eq!(BgNbd::fit(&once), Err(Error::NobodyCameBack { viewers: 5 }));
    assert_eq!(ParetoNbd::fit(&once), Err(Error::NobodyCameBack { viewers: 5 }));
    assert_eq!(ParetoNbd::fit(&[]), Err(Error::NobodyCameBack { viewers: 0 }));
    assert_eq!(
        Error::NobodyCameBack { viewers: 5 }.to_string(),
        "fit repeat visits of 5 viewers: none of them came back"
    );
}

/// Visits until the viewer leaves, or until now.
fn visits(
    rate: f64,
    age: f64,
    rng: &mut impl Rng,
    mut stays: impl FnMut(f64, &mut dyn FnMut() -> f64) -> (bool, bool),
) -> RepeatHistory {
    let (mut frequency, mut last, mut now) = (0, 0.0, 0.0);
    loop {
        let gap: f64 = Exp1.sample(rng);
        now += gap / rate;
        if now > age {
            break;
        }
        let (came, stays) = stays(now, &mut || rng.random());
        if came {
            (frequency, last) = (frequency + 1, now);
        }
        if !stays {
            break;
        }
    }
    history(frequency, last, age)
}

fn drawn_from_bg_nbd([r, alpha, a, b]: [f64; 4], viewers: u64, days: bool) -> Vec<RepeatHistory> {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(42);
    let (rates, leaving) = (Gamma::new(r, 1.0 / alpha).unwrap(), Beta::new(a, b).unwrap());
    let one = |_| {
        let (rate, leaves): (f64, f64) = (rates.sample(&mut rng), leaving.sample(&mut rng));
        let age = rng.random_range(20.0..90.0_f64).floor();
        let drawn = visits(rate, age, &mut rng, |_, draw| (true, draw() >= leaves));
        if days && drawn.frequency() > 0 {
            let recency = drawn.recency().ceil();
            return history(drawn.frequency().min(recency as u64), recency, age);
        }
        drawn
    };
    (0..viewers).map(one).collect()
}

fn drawn_from_pareto_nbd([r, alpha, s, beta]: [f64; 4], viewers: u64) -> Vec<RepeatHistory> {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(43);
    let (rates, leaving) = (Gamma::new(r, 1.0 / alpha).unwrap(), Gamma::new(s, 1.0 / beta).unwrap());
    let one = |_| {
        let rate: f64 = rates.sample(&mut rng);
        let until: f64 = Exp::new(leaving.sample(&mut rng)).unwrap().sample(&mut rng);
        let age = rng.random_range(20.0..90.0_f64).floor();
        visits(rate, age, &mut rng, |now, _| (now <= until, now <= until))
    };
    (0..viewers).map(one).collect()
}

/// Within four standard errors each, and these are small enough for that to say something.
fn check_found<M>(fit: &Fit<M>, found: [f64; 4], truth: [f64; 4]) {
    assert!(fit.converged && fit.iterations < 30, "{}", fit.iterations);
    for ((found, truth), error) in found.into_iter().zip(truth).zip(fit.standard_errors.unwrap()) {
        assert!((found - truth).abs() < 4.0 * error, "{found}, not {truth}, with an error of {error}");
        assert!(error < 0.25 * truth, "{found} with an error of {error}");
    }
}

#[test]
fn parameters_of_a_population_are_found_again() {
    let truth = [0.8, 6.0, 0.9, 2.5];
    let mut drawn = drawn_from_bg_nbd(truth, 8000, false);
    let fit = BgNbd::fit(&drawn).unwrap();
    check_found(&fit, fit.model.parameters(), truth);
    let sum: f64 = drawn.iter().map(|history| fit.model.log_likelihood(history)).sum();
    near(fit.log_likelihood, sum, 1e-11);
    // The order of viewers makes no difference to the last bit, nor does their number where all are there twice.
    drawn.reverse();
    assert_eq!(BgNbd::fit(&drawn).unwrap(), fit);
    let twice = BgNbd::fit(&[drawn.clone(), drawn].concat()).unwrap();
    for (one, two) in fit.model.parameters().into_iter().zip(twice.model.parameters()) {
        near(two, one, 1e-4);
    }
    near(twice.standard_errors.unwrap()[0], fit.standard_errors.unwrap()[0] / 2.0_f64.sqrt(), 1e-3);

    let truth = [0.9, 8.0, 0.7, 12.0];
    let drawn = drawn_from_pareto_nbd(truth, 8000);
    let fit = ParetoNbd::fit(&drawn).unwrap();
    check_found(&fit, fit.model.parameters(), truth);
    let sum: f64 = drawn.iter().map(|history| fit.model.log_likelihood(history)).sum();
    near(fit.log_likelihood, sum, 1e-11);
}

/// The unit of time is anybody's choice.
#[test]
fn units_make_no_difference() {
    let days = drawn_from_bg_nbd([0.8, 6.0, 0.9, 2.5], 1000, false);
    let millis: Vec<RepeatHistory> = days
        .iter()
        .map(|one| history(one.frequency(), one.recency() * 86_400_000.0, one.age() * 86_400_000.0))
        .collect();
    let (by_day, by_milli) =
        (BgNbd::fit(&days).unwrap().model.parameters(), BgNbd::fit(&millis).unwrap().model.parameters());
    for (at, scale) in [1.0, 86_400_000.0, 1.0, 1.0].into_iter().enumerate() {
        near(by_milli[at], by_day[at] * scale, 1e-5);
    }
    let (by_day, by_milli) =
        (ParetoNbd::fit(&days).unwrap().model.parameters(), ParetoNbd::fit(&millis).unwrap().model.parameters());
    for (at, scale) in [1.0, 86_400_000.0, 1.0, 86_400_000.0].into_iter().enumerate() {
        near(by_milli[at], by_day[at] * scale, 1e-5);
    }
}

/// Viewers who are all alike and never leave have no gamma distribution of rates: it is said that there is no maximum.
#[test]
fn a_likelihood_without_a_maximum_is_no_fit() {
    let alike: Vec<RepeatHistory> = (0..50).map(|_| history(10, 50.0, 50.0)).collect();
    for (converged, errors) in [
        BgNbd::fit(&alike).map(|fit| (fit.converged, fit.standard_errors)).unwrap(),
        ParetoNbd::fit(&alike).map(|fit| (fit.converged, fit.standard_errors)).unwrap(),
    ] {
        assert!(!converged && errors.is_none());
    }
}

/// By day most histories are those of others too.
#[test]
fn a_hundred_thousand_viewers_are_fitted() {
    let drawn = drawn_from_bg_nbd([0.8, 6.0, 0.9, 2.5], 100_000, true);
    let fit = BgNbd::fit(&drawn).unwrap();
    assert!(fit.converged && fit.iterations < 20 && fit.viewers == 100_000);
    let fit = ParetoNbd::fit(&drawn).unwrap();
    assert!(fit.converged && fit.iterations < 20 && fit.viewers == 100_000);
}

/// The maximum is not below the truth, and where the data say too little for one, that is said.
#[test]
fn populations_of_all_kinds_are_fitted() {
    let mut vague = 0;
    for (r, rate) in [(0.2, 0.02), (0.2, 1.0), (0.7, 0.02), (2.0, 0.02), (2.0, 0.15), (6.0, 0.15)] {
        for [one, other] in [[0.2, 2.0], [0.8, 1.2], [3.0, 5.0]] {
            let truth = [r, r / rate, one, other];
            let drawn = drawn_from_bg_nbd(truth, 500, false);
            let fit = BgNbd::fit(&drawn).unwrap();
            let of_truth: f64 = drawn.iter().map(|one| bg_nbd(truth).log_likelihood(one)).sum();
            assert!(fit.log_likelihood > of_truth && fit.log_likelihood < of_truth + 15.0, "{fit:?} {of_truth}");
            vague += u32::from(!fit.converged);
            let truth = [r, r / rate, one, 30.0 * other];
            let drawn = drawn_from_pareto_nbd(truth, 500);
            let fit = ParetoNbd::fit(&drawn).unwrap();
            let of_truth: f64 = drawn.iter().map(|one| pareto_nbd(truth).log_likelihood(one)).sum();
            assert!(fit.log_likelihood > of_truth && fit.log_likelihood < of_truth + 15.0, "{fit:?} {of_truth}");
            vague += u32::from(!fit.converged);
        }
    }
    assert!(vague > 0 && vague < 8, "{vague}");
}

proptest! {
    /// Whatever parameters and histories are allowed, answers are numbers within their bounds.
    #[test]
    fn extremes_have_answers(
        parameters in prop::array::uniform4(-12.0..12.0_f64),
        frequency in prop::sample::select(vec![0, 1, 2, 50, 1 << 20, 1 << 40, u64::MAX]),
        age in -12.0..12.0_f64, part in 0.0..=1.0_f64, horizon in -12.0..12.0_f64
    ) {
        let power = |exponent: f64| 10.0_f64.powf(exponent * 0.999_999);
        let ([a, b, c, d], age, horizon) = (parameters.map(power), power(age), power(horizon));
        let recency = if frequency == 0 { 0.0 } else { (age * part).max(age * 1e-9) };
        let seen = history(frequency, recency, age);
        let (bg, pareto) = (bg_nbd([a, b, c, d]), pareto_nbd([a, b, c, d]));
        for probability in [
            bg.probability_alive(&seen),
            pareto.probability_alive(&seen),
            bg.probability_of_visits(frequency, horizon).unwrap(),
        ] {
            prop_assert!((0.0..=1.0).contains(&probability), "{}", probability);
        }
        for visits in [
            bg.expected_visits(&seen, horizon).unwrap(),
            pareto.expected_visits(&seen, horizon).unwrap(),
            bg.expected_visits_of_new(horizon).unwrap(),
            pareto.expected_visits_of_new(horizon).unwrap(),
        ] {
            prop_assert!(visits >= 0.0, "{}", visits);
        }
        prop_assert!(!bg.log_likelihood(&seen).is_nan() && !pareto.log_likelihood(&seen).is_nan());
        // Of two viewers little can be said, but it is said.
        let few = [seen, history(3, age, age)];
        let fits = [BgNbd::fit(&few).map(|fit| fit.log_likelihood), ParetoNbd::fit(&few).map(|fit| fit.log_likelihood)];
        for fit in fits {
            let refused = fit == Err(Error::OutOfReach { viewers: 2 });
            prop_assert!(refused || fit.is_ok_and(f64::is_finite));
        }
    }
}
