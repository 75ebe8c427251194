//! Relative differences where the control may be near 0.

use audience_stats::{Confidence, Interval, Normal, StudentT};

use super::ArmEstimate;
use crate::refusal::Refusal;

/// The relative differences that a test does not reject, which need not be an interval: where the control may be 0, its ratio to
/// anything may be of any size.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum RelativeInterval {
    /// From here to there; an end may be infinite.
    Within(#[cfg_attr(feature = "serde", serde(with = "crate::analysis::open_interval"))] Interval),
    /// All but what is between: the control may be 0, and the treatment is not.
    Outside(#[cfg_attr(feature = "serde", serde(with = "crate::analysis::open_interval"))] Interval),
    /// Any at all: both may be 0.
    Anything,
}

/// The relative difference (treatment − control) / |control| by Fieller's theorem: it is right however near 0 the control is,
/// and says so where nothing can be said.
///
/// The ratios ρ are those for which treatment − ρ control is not further from 0 than a test with the degrees of freedom of Welch
/// and Satterthwaite allows, which is a quadratic inequality. Without adjustments of the metric.
///
/// E. C. Fieller, "Some problems in interval estimation", JRSS B 16 (1954).
///
/// # Errors
///
/// As [`welch`](super::welch), but the control may be 0.
pub fn fieller(
    control: &ArmEstimate,
    treatment: &ArmEstimate,
    confidence: Confidence,
) -> Result<RelativeInterval, Refusal> {
    let effect = super::welch(control, treatment, super::Scale::Absolute)?;
    let quantile = match effect.degrees.map(StudentT::new) {
        Some(Ok(student)) => student.quantile(1.0 - confidence.tail()),
        _ => Normal::quantile(1.0 - confidence.tail()),
    };
    let square = quantile.map_or(f64::INFINITY, |quantile| quantile * quantile);
    let (base, own) = (square * control.level_variance / control.units as f64, square * treatment.squared_error());
    // a ρ² − 2 b ρ + c ≤ 0.
    let (a, b, c) = (
        control.level * control.level - base,
        control.level * treatment.value,
        treatment.value * treatment.value - own,
    );
    let discriminant = b * b - a * c;
    if discriminant < 0.0 {
        return Ok(RelativeInterval::Anything);
    }
    // The root that does not cancel, and the other from their product.
    let far = b + b.signum() * discriminant.sqrt();
    let (one, other) = (far / a, c / far);
    let sign = control.level.signum();
    let relative = |ratio: f64| sign * (ratio - 1.0);
    let (one, other) = (relative(one), relative(other));
    let between = Interval { low: one.min(other), high: one.max(other) };
    Ok(if a > 0.0 { RelativeInterval::Within(between) } else { RelativeInterval::Outside(between) })
}

/// The relative difference (treatment − control) / control by the logarithm of the ratio, whose interval never reaches below
/// −100 %: for metrics above 0 in both arms.
///
/// The squared standard error of ln(treatment / control) is v₁ / (n₁ m₁²) + v₂ / (n₂ m₂²).
///
/// # Errors
///
/// [`Refusal::TooFewUnits`] and [`Refusal::NoVariance`] as [`welch`](super::welch); [`Refusal::ZeroBaseline`] when one of the two
/// is not above 0.
pub fn log_ratio(control: &ArmEstimate, treatment: &ArmEstimate, confidence: Confidence) -> Result<Interval, Refusal> {
    super::welch(control, treatment, super::Scale::Absolute)?;
    if !(control.value > 0.0 && treatment.value > 0.0) {
        return Err(Refusal::ZeroBaseline);
    }
    let part = |arm: &ArmEstimate| arm.squared_error() / (arm.value * arm.value);
    let reach = confidence.z() * (part(control) + part(treatment)).sqrt();
    let ratio = (treatment.value / control.value).ln();
    Ok(Interval { low: (ratio - reach).exp_m1(), high: (ratio + reach).exp_m1() })
}
