//! Many metrics and arms at once: which level each is held against, and intervals that say the same.

use audience_stats::{Confidence, Interval, PValue};

use crate::error::Error;

/// The levels of an experiment with one metric that matters more than the others.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct PreferentialLevels {
    /// Of each comparison of the primary metric.
    pub primary: f64,
    /// Of each comparison of every other metric; `None` when there is no other.
    pub others: Option<f64>,
}

/// Divides the level `alpha` over `metrics`, the first of them primary, each in so many `comparisons` (arms but the control):
/// the primary one gets a part γ of it, γ α / k per comparison, and the m − 1 others share the rest, (1 − γ) α / (k (m − 1)).
/// A false finding anywhere then has a probability of at most α, and the primary metric loses little power to the others. With
/// a single metric it gets all, α / k.
///
/// γ = 1 / m is Bonferroni's. Eppo calls it preferential Bonferroni; its documentation has γ = 0.5 for an example.
///
/// # Errors
///
/// [`Error::Statistics`] when `alpha` or `gamma` is not between 0 and 1; [`Error::NothingToCompare`] without metrics or
/// comparisons.
///
/// # Examples
///
/// ```
/// use audience_abtest::preferential_levels;
///
/// let levels = preferential_levels(0.05, 0.5, 11, 1)?;
/// assert_eq!((levels.primary, levels.others), (0.025, Some(0.0025)));
/// # Ok::<(), audience_abtest::Error>(())
/// ```
pub fn preferential_levels(
    alpha: f64,
    gamma: f64,
    metrics: u32,
    comparisons: u32,
) -> Result<PreferentialLevels, Error> {
    if let Some(value) = [alpha, gamma].into_iter().find(|value| !(*value > 0.0 && *value < 1.0)) {
        return Err(audience_stats::Error::NotAProbability { value }.into());
    }
    if metrics == 0 || comparisons == 0 {
        return Err(Error::NothingToCompare { metrics, comparisons });
    }
    let (k, others) = (f64::from(comparisons), f64::from(metrics - 1));
    Ok(if metrics == 1 {
        PreferentialLevels { primary: alpha / k, others: None }
    } else {
        PreferentialLevels { primary: gamma * alpha / k, others: Some((1.0 - gamma) * alpha / (k * others)) }
    })
}

/// The normal interval of a difference whose p value was adjusted for many, with the standard error that the adjusted value
/// would have come from: SE* = |Δ| / Φ⁻¹(1 − p* / 2), and Δ ± z SE*. It leaves out 0 exactly when the adjusted value is below
/// 1 − confidence.
///
/// This is GrowthBook's way to let intervals tell the same as p values, and no more than that: *nothing* is known of how often
/// such intervals hold the truth. It is infinite, −∞ to ∞, when the adjusted value is 1, which several of a family often are;
/// `None` for a difference of 0, which has p = 1 and no standard error that explains it. An adjusted value of 0 makes it a
/// point. To be read beside the interval that is not adjusted, or for that at 1 − α / m (Bonferroni), which is one of confidence.
///
/// # Examples
///
/// ```
/// use audience_abtest::interval_of_adjusted;
/// use audience_stats::{Confidence, PValue};
///
/// let interval = interval_of_adjusted(0.3, PValue::new(0.05)?, Confidence::P95).unwrap();
/// assert!(interval.low.abs() < 1e-12 && (interval.high - 0.6).abs() < 1e-12);
/// # Ok::<(), audience_abtest::Error>(())
/// ```
pub fn interval_of_adjusted(difference: f64, adjusted: PValue, confidence: Confidence) -> Option<Interval> {
    if difference == 0.0 || !difference.is_finite() {
        return None;
    }
    let reach = confidence.z() * (difference.abs() / adjusted.two_sided_z());
    Some(Interval { low: difference - reach, high: difference + reach })
}
