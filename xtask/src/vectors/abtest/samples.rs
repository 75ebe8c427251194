//! Tests and intervals of samples.

mod resampled;
mod two_proportions;
mod two_samples;

use audience_stats::{Cap, FloatSum, QuantileRule, Zeros, trimmed_mean, winsorize};
use serde::Deserialize;
use serde_json::Value;

use super::Family;
use crate::vectors::comparison::{Comparison, Failure, Number, read};
use crate::vectors::retention::{SUM, floats};

/// Families by name.
pub(super) const FAMILIES: &[(&str, Family)] = &[
    ("bootstrap_fixed_indices", resampled::bootstrap),
    ("stall_ratio_bootstrap", resampled::stall_ratio),
    ("two_proportion", two_proportions::two_proportions),
    ("welch_t", two_samples::two_samples),
    ("winsorize", winsorized),
];

fn winsorized(input: &Value, compare: &mut Comparison) -> Result<(), Failure> {
    #[derive(Deserialize)]
    struct Sample {
        values: Vec<Number>,
        lower_fraction: f64,
        upper_fraction: f64,
    }
    let Sample { values, lower_fraction, upper_fraction } = read(input)?;
    let values = floats(&values);
    let pulled_in = winsorize(&values, lower_fraction, upper_fraction)?;
    let sum: FloatSum = pulled_in.iter().copied().collect();
    compare.check("scipy_winsorize", 0.0, pulled_in);
    compare.check("mean", SUM, sum.value() / values.len() as f64);
    compare.check("trim_mean_symmetric_upper", SUM, trimmed_mean(&values, upper_fraction)?);
    compare.within("cap_at_quantile_then_mean", |compare| {
        for (field, rule, zeros) in [
            ("linear", QuantileRule::Linear, Zeros::Counted),
            ("inverted_cdf", QuantileRule::InvertedCdf, Zeros::Counted),
            ("median_unbiased", QuantileRule::MedianUnbiased, Zeros::Counted),
            ("linear_ignoring_zeros", QuantileRule::Linear, Zeros::Ignored),
        ] {
            let capped = Cap { level: 1.0 - upper_fraction, rule, zeros }.of(&values)?;
            compare.check(field, SUM, capped.map(|capped| vec![capped.cap, capped.mean]));
        }
        Ok::<_, Failure>(())
    })
}
