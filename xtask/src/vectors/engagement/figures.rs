//! Figures of items: how sure they are, what is like what, who earned what, and orders.

use audience_engagement::{CoWatchedPair, CoWatching, Similarity, shapley};
use audience_stats::{
    Accumulator, BetaPrior, Confidence, FloatSum, Proportion, QuantileRule, Replicates, WeightedValues, best_first,
};
use serde::Deserialize;
use serde_json::Value;

use crate::vectors::Family;
use crate::vectors::comparison::{Comparison, Failure, Number, read};
use crate::vectors::retention::{BOUND, SUM, floats};

pub(super) const FAMILIES: &[(&str, Family)] = &[
    ("bootstrap_percentile", bootstrap_percentile),
    ("empirical_bayes", empirical_bayes),
    ("shapley", shapley_values),
    ("similarity", similarity),
    ("weighted_quantile", weighted_quantile),
];

/// How near the prior of greatest likelihood is, and its logarithm.
const PRIOR: f64 = 1e-6;
const LIKELIHOOD: f64 = 1e-9;

fn mean(values: &[f64]) -> f64 {
    values.iter().copied().collect::<FloatSum>().value() / values.len() as f64
}

fn bootstrap_percentile(input: &Value, compare: &mut Comparison) -> Result<(), Failure> {
    #[derive(Deserialize)]
    struct Resampled {
        kind: String,
        statistic: String,
        level: f64,
        indices: Vec<Vec<usize>>,
        values: Option<Vec<Number>>,
        values_by_viewer: Option<Vec<Vec<Number>>>,
    }
    let given: Resampled = read(input)?;
    let confidence = Confidence::new(given.level)?;
    // Values without viewers are viewers of one value each.
    let viewers: Vec<Vec<f64>> = match (given.kind.as_str(), given.values, given.values_by_viewer) {
        ("plain", Some(values), None) => values.iter().map(|value| vec![value.0]).collect(),
        ("viewer_cluster", None, Some(viewers)) => viewers.iter().map(|values| floats(values)).collect(),
        (kind, ..) => return Err(Failure::Unreadable(format!("there are no values of kind {kind}"))),
    };
    let statistic = match given.statistic.as_str() {
        "mean" | "mean of all sessions of the drawn viewers" => |values: &[f64]| Some(mean(values)),
        "median" => |values: &[f64]| {
            let mut sorted = values.to_vec();
            sorted.sort_unstable_by(f64::total_cmp);
            QuantileRule::Linear.of_sorted(&sorted, 0.5).ok().flatten()
        },
        other => return Err(Failure::Unreadable(format!("{other} is no statistic"))),
    };
    let of = |viewers: &[&[f64]]| {
        statistic(&viewers.concat()).filter(|_| !viewers.is_empty()).ok_or_else(|| Failure::refused("of no values"))
    };
    let drawn = |row: &Vec<usize>| {
        let drawn: Option<Vec<&[f64]>> = row.iter().map(|at| viewers.get(*at).map(Vec::as_slice)).collect();
        of(&drawn.ok_or_else(|| Failure::refused("a place where there is no value"))?)
    };
    let values: Vec<f64> = given.indices.iter().map(drawn).collect::<Result<_, _>>()?;
    let all: Vec<&[f64]> = viewers.iter().map(Vec::as_slice).collect();
    let replicates = Replicates::new(of(&all)?, values.clone())?;
    compare.check("estimate", SUM, replicates.estimate());
    compare.check("replicates", SUM, values);
    for (field, rule) in [
        ("percentile_linear", QuantileRule::Linear),
        ("percentile_inverted_cdf", QuantileRule::InvertedCdf),
        ("percentile_weibull", QuantileRule::Weibull),
    ] {
        compare.check(field, SUM, replicates.percentile_by(rule, confidence));
    }
    compare.check("standard_error", SUM, replicates.standard_error());
    Ok(())
}

fn weighted_quantile(input: &Value, compare: &mut Comparison) -> Result<(), Failure> {
    #[derive(Deserialize)]
    struct Weighted {
        values: Vec<Number>,
        weights: Option<Vec<Number>>,
    }
    let given: Weighted = read(input)?;
    let values = floats(&given.values);
    // Of what is refused no quantile is asked for.
    let quantiles: Vec<f64> = compare.expected("quantiles").map_or(Ok(vec![0.5]), read)?;
    compare.check("quantiles", 0.0, quantiles.clone());
    let Some(weights) = given.weights.map(|weights| floats(&weights)) else {
        // Here the product of q and the number of values is rounded, as NumPy's is.
        let mut sorted = values;
        sorted.sort_unstable_by(f64::total_cmp);
        for (field, rule) in [
            ("linear", QuantileRule::Linear),
            ("hazen", QuantileRule::Hazen),
            ("weibull", QuantileRule::Weibull),
            ("median_unbiased", QuantileRule::MedianUnbiased),
            ("inverted_cdf", QuantileRule::InvertedCdf),
        ] {
            let ours: Vec<Option<f64>> =
                quantiles.iter().map(|q| rule.of_sorted(&sorted, *q)).collect::<Result<_, _>>()?;
            compare.check(field, SUM, ours);
        }
        return Ok(());
    };
    let weighted = WeightedValues::new(&values, &weights)?;
    let ours: Vec<f64> = quantiles.iter().map(|q| weighted.quantile(*q)).collect::<Result<_, _>>()?;
    compare.check("inverted_cdf", 0.0, ours.clone());
    compare.check("numpy_inverted_cdf", 0.0, ours);
    // It has the mean of two values where a quantile is at a step.
    compare.pass_over("statsmodels");
    let mut counted: Vec<(f64, u64)> =
        values.iter().zip(&weights).map(|(value, weight)| (*value, *weight as u64)).collect();
    counted.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let linear = |q: &f64| QuantileRule::Linear.of_counted(&counted, *q);
    compare.check("expanded_linear", SUM, quantiles.iter().map(linear).collect::<Result<Vec<_>, _>>()?);
    Ok(())
}

fn similarity(input: &Value, compare: &mut Comparison) -> Result<(), Failure> {
    #[derive(Deserialize)]
    struct Features {
        a: Vec<Number>,
        b: Vec<Number>,
    }
    if input.get("watched").is_some() {
        return co_watching(input, compare);
    }
    let given: Features = read(input)?;
    let (a, b) = (floats(&given.a), floats(&given.b));
    let cosine = Similarity::Cosine.of(&a, &b)?;
    let pearson = Similarity::Pearson.of(&a, &b)?;
    // What is near 0 is a sum of products that cancel.
    compare.near("cosine", SUM, 1.0, cosine);
    compare.near("pearson", SUM, 1.0, pearson);
    compare.check("euclidean", SUM, Similarity::NegativeEuclidean.of(&a, &b)?.map(|similarity| -similarity));
    Ok(())
}

fn co_watching(input: &Value, compare: &mut Comparison) -> Result<(), Failure> {
    #[derive(Deserialize)]
    struct Watched {
        watched: Vec<Vec<usize>>,
        items: usize,
    }
    let given: Watched = read(input)?;
    let mut watching = CoWatching::new();
    let id = |item: usize| format!("{item:06}");
    for (viewer, items) in given.watched.iter().enumerate() {
        for item in items {
            watching.watched(&viewer.to_string(), id(*item));
        }
    }
    let titles = watching.summary();
    // What nobody watched is no title.
    let place = |item: usize| titles.titles.iter().position(|(title, _)| title.as_str() == id(item));
    let viewers = |item: usize| place(item).map_or(0, |place| titles.titles[place].1);
    compare.check("viewers", 0.0, (0..given.items).map(viewers).collect::<Vec<u64>>());
    let mut pairs = (0..given.items).flat_map(|i| (i + 1..given.items).map(move |j| (i, j)));
    compare.within_each("pairs", |fields| {
        let (i, j) = pairs.next().ok_or_else(|| Failure::refused("there are no more pairs"))?;
        let pair = match (place(i), place(j)) {
            (Some(first), Some(second)) => titles.pair(first, second)?,
            _ => CoWatchedPair { first: viewers(i), second: viewers(j), both: 0 },
        };
        fields.check("i", 0.0, i);
        fields.check("j", 0.0, j);
        fields.check("both", 0.0, pair.both);
        fields.check("jaccard", SUM, pair.jaccard());
        fields.check("cosine", SUM, pair.cosine());
        fields.check("cosine_shrunk_10", SUM, pair.shrunk_cosine(10.0));
        Ok(())
    })
}

fn shapley_values(input: &Value, compare: &mut Comparison) -> Result<(), Failure> {
    #[derive(Deserialize)]
    struct Game {
        players: usize,
        values_by_mask: Option<Vec<Number>>,
        sessions: Option<Vec<Session>>,
    }
    #[derive(Deserialize)]
    struct Session {
        segments_mask: usize,
        converted: u32,
    }
    let given: Game = read(input)?;
    let values = match (given.values_by_mask, &given.sessions) {
        (Some(values), None) => floats(&values),
        (None, Some(sessions)) => {
            let within = |set: usize| sessions.iter().filter(move |session| session.segments_mask & !set == 0);
            (0..1 << given.players).map(|set| within(set).map(|session| f64::from(session.converted)).sum()).collect()
        }
        _ => return Err(Failure::Unreadable("there is no game".to_owned())),
    };
    let ours = shapley(given.players, &values)?;
    let scale = values.iter().fold(0.0_f64, |most, value| most.max(value.abs()));
    compare.near("sum", SUM, scale, ours.iter().copied().collect::<FloatSum>().value());
    compare.near("shapley", SUM, scale, ours);
    // Each conversion divided equally between the segments of its session is the same.
    if let Some(sessions) = given.sessions {
        let share = |session: &Session| f64::from(session.converted) / f64::from(session.segments_mask.count_ones());
        let of = |player: usize| {
            let own = sessions.iter().filter(|session| session.segments_mask & (1 << player) != 0);
            own.map(share).collect::<FloatSum>().value()
        };
        compare.near("shapley", SUM, scale, (0..given.players).map(of).collect::<Vec<f64>>());
    }
    Ok(())
}

fn empirical_bayes(input: &Value, compare: &mut Comparison) -> Result<(), Failure> {
    #[derive(Deserialize)]
    struct Rates {
        kind: String,
        successes: Vec<u64>,
        trials: Vec<u64>,
        prior: Option<[f64; 2]>,
    }
    let given: Rates = read(input)?;
    let pairs = given.successes.iter().zip(&given.trials);
    let items: Vec<Proportion> = pairs.map(|(x, n)| Proportion::new(*x, *n)).collect::<Result<_, _>>()?;
    let (prior, tolerance) = match (given.kind.as_str(), given.prior) {
        ("fixed_prior", Some([alpha, beta])) => (Some(BetaPrior::new(alpha, beta)?), BOUND),
        ("maximum_likelihood", None) => (BetaPrior::maximum_likelihood(&items)?, PRIOR),
        (kind, _) => return Err(Failure::Unreadable(format!("{kind} is no kind of prior"))),
    };
    compare.check("prior", tolerance, prior.map(|prior| vec![prior.alpha, prior.beta]));
    let Some(prior) = prior else { return Ok(()) };
    compare.check("log_likelihood", LIKELIHOOD, prior.ln_likelihood(&items)?);
    let means: Vec<f64> = items.iter().map(|item| prior.posterior_mean(item)).collect::<Result<_, _>>()?;
    let ranked = prior.rank(&items, 0.05)?;
    let bounds: Vec<f64> = items.iter().map(|item| prior.posterior_quantile(item, 0.05)).collect::<Result<_, _>>()?;
    let ratios: Vec<f64> = items.iter().map(|item| item.rate().unwrap_or(f64::NAN)).collect();
    compare.check("order_by_mean", 0.0, best_first(&means));
    compare.check("order_by_lower_bound", 0.0, ranked.iter().map(|ranked| ranked.item).collect::<Vec<usize>>());
    compare.check("order_by_raw_ratio", 0.0, best_first(&ratios));
    compare.check("posterior_mean", tolerance, means);
    compare.check("lower_5_percent", tolerance, bounds);
    Ok(())
}
