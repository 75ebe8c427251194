//! How many stay, what they watch, and how sure that is.

use audience_stats::{ClusteredRatio, Confidence, FloatSum, Interval, effective_sample_size, trapezoid, wilson};
use serde::Deserialize;
use serde_json::Value;

use super::Family;
use super::comparison::{Comparison, Failure, Number, read};
use super::curves::curves;
use super::survival::{kaplan_meier, log_rank, nelson_aalen};

/// Families by name. To add one, write a function like those below, and a line here.
pub(super) const FAMILIES: &[(&str, Family)] = &[
    ("cluster_ratio", cluster_ratio),
    ("curves", curves),
    ("kaplan_meier", kaplan_meier),
    ("kish_effective_size", kish_effective_size),
    ("log_rank", log_rank),
    ("nelson_aalen", nelson_aalen),
    ("trapezoid", trapezoid_area),
    ("wilson", wilson_interval),
];

/// How near sums, areas and variances are.
pub(super) const SUM: f64 = 1e-12;

/// How near the ends of intervals and probabilities are.
pub(super) const BOUND: f64 = 1e-10;

/// The confidence that leaves out a part `alpha`.
pub(super) fn confidence(alpha: Number) -> Result<Confidence, Failure> {
    Ok(Confidence::new(1.0 - alpha.0)?)
}

pub(super) fn floats(numbers: &[Number]) -> Vec<f64> {
    numbers.iter().map(|number| number.0).collect()
}

fn cluster_ratio(input: &Value, compare: &mut Comparison) -> Result<(), Failure> {
    #[derive(Deserialize)]
    struct Items {
        numerator: Vec<Number>,
        denominator: Vec<Number>,
        cluster: Vec<u64>,
    }
    let items: Items = read(input)?;
    let ratio = ClusteredRatio::new(&floats(&items.numerator), &floats(&items.denominator), &items.cluster)?;
    compare.check("estimate", SUM, ratio.estimate());
    compare.check("clusters", 0.0, ratio.clusters());
    compare.check("variance_uncorrected", SUM, ratio.variance_uncorrected());
    compare.check("variance", SUM, ratio.variance());
    compare.check("variance_independent_hc0", SUM, ratio.variance_independent());
    compare.check("design_effect", SUM, ratio.design_effect());
    let interval = ratio.interval(Confidence::new(0.95)?);
    // An end near 0 is the difference of what is not.
    compare.near("ci95_normal", BOUND, ratio.estimate().abs(), interval);
    Ok(())
}

fn kish_effective_size(input: &Value, compare: &mut Comparison) -> Result<(), Failure> {
    #[derive(Deserialize)]
    struct Weights {
        weights: Vec<Number>,
    }
    let weights = floats(&read::<Weights>(input)?.weights);
    compare.check("effective_sample_size", SUM, effective_sample_size(&weights)?);
    compare.check("sum", SUM, weights.into_iter().collect::<FloatSum>().value());
    Ok(())
}

fn trapezoid_area(input: &Value, compare: &mut Comparison) -> Result<(), Failure> {
    #[derive(Deserialize)]
    struct Points {
        x: Vec<Number>,
        y: Vec<Number>,
    }
    let points: Points = read(input)?;
    compare.check("area", SUM, trapezoid(&floats(&points.x), &floats(&points.y))?);
    Ok(())
}

fn wilson_interval(input: &Value, compare: &mut Comparison) -> Result<(), Failure> {
    #[derive(Deserialize)]
    struct Sample {
        successes: Number,
        n: Number,
        alpha: Number,
    }
    let Sample { successes, n, alpha } = read(input)?;
    let Interval { low, high } = wilson(successes.0, n.0, confidence(alpha)?)?;
    // Ends that are exact are exactly 0 and 1.
    compare.check("lower", if successes.0 == 0.0 { 0.0 } else { BOUND }, low);
    compare.check("upper", if successes.0 == n.0 { 0.0 } else { BOUND }, high);
    Ok(())
}
