//! What one unit says of a metric, before there are any.

use crate::effect::ArmEstimate;
use crate::error::Error;

/// A metric that an experiment is planned for, with what is known of how much its units vary.
///
/// Effects are in the metric's own unit, treatment − control. For a relative effect, plan for it times the control's metric.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum PlannedMetric {
    /// The mean of a quantity, and everything else that has a variance per unit: a ratio of sums
    /// ([`of_arm`](Self::of_arm)), something adjusted, or effects in standard deviations (variance 1; for rates see [`cohens_h`]).
    Mean {
        /// The variance of a unit of the control.
        control: f64,
        /// The variance of a unit of the treatment.
        treatment: f64,
    },
    /// The mean of a quantity with the same variance in both arms, by Student's t test, which is what few units take: its power
    /// is by the noncentral t distribution with n₁ + n₂ − 2 degrees of freedom. With another criterion than one look it is as
    /// [`Mean`](Self::Mean).
    FewMeans {
        /// The variance of a unit.
        variance: f64,
    },
    /// The rate of successes of independent units, by the z test with pooled variance: variances are p (1 − p) with the rate of
    /// both arms together if there is no effect, and with that of each if there is.
    Rate {
        /// The rate of the control, between 0 and 1.
        control: f64,
    },
    /// The same by a test with the variance of each arm, as Welch's: p (1 − p) of each arm, always.
    RateUnpooled {
        /// The rate of the control, between 0 and 1.
        control: f64,
    },
}

impl PlannedMetric {
    /// Of the same variance in both arms.
    pub const fn mean(variance: f64) -> Self {
        Self::Mean { control: variance, treatment: variance }
    }

    /// A metric that varies as in an arm that was seen: a mean, a ratio by the delta method, or what is left after adjustment
    /// for what was known before.
    pub const fn of_arm(arm: &ArmEstimate) -> Self {
        Self::mean(arm.variance)
    }

    /// The same for units that come in clusters, such as sessions of one viewer or viewers of one household where the cluster is
    /// divided and not the unit: variances times the [`design_effect`]. Of a rate it becomes a mean, with the variance of the
    /// control in both arms.
    #[must_use]
    pub fn clustered(self, design_effect: f64) -> Self {
        match self {
            Self::Mean { control, treatment } => {
                Self::Mean { control: control * design_effect, treatment: treatment * design_effect }
            }
            Self::FewMeans { variance } => Self::FewMeans { variance: variance * design_effect },
            Self::Rate { control } | Self::RateUnpooled { control } => {
                Self::mean(control * (1.0 - control) * design_effect)
            }
        }
    }

    /// Variances of a unit of the control and of the treatment: those that the test takes where there is no effect, and those with
    /// `effect`. `ratio` is how many units the treatment has per unit of the control.
    pub(super) fn variances(&self, effect: f64, ratio: f64) -> [(f64, f64); 2] {
        let spread = |rate: f64| rate * (1.0 - rate);
        match *self {
            Self::Mean { control, treatment } => [(control, treatment); 2],
            Self::FewMeans { variance } => [(variance, variance); 2],
            Self::Rate { control } => {
                let pooled = spread((control + ratio * (control + effect)) / (1.0 + ratio));
                [(pooled, pooled), (spread(control), spread(control + effect))]
            }
            Self::RateUnpooled { control } => [(spread(control), spread(control + effect)); 2],
        }
    }

    /// The effects there can be, without their ends.
    pub(super) fn effects(&self) -> (f64, f64) {
        match *self {
            Self::Mean { .. } | Self::FewMeans { .. } => (f64::NEG_INFINITY, f64::INFINITY),
            Self::Rate { control } | Self::RateUnpooled { control } => (-control, 1.0 - control),
        }
    }

    pub(super) fn check(&self) -> Result<(), Error> {
        let (of, value, most) = match *self {
            Self::Mean { control, treatment } if control > 0.0 && control.is_finite() => {
                ("variance", treatment, f64::INFINITY)
            }
            Self::Mean { control, .. } => ("variance", control, f64::INFINITY),
            Self::FewMeans { variance } => ("variance", variance, f64::INFINITY),
            Self::Rate { control } | Self::RateUnpooled { control } => ("rate", control, 1.0),
        };
        if value > 0.0 && value < most { Ok(()) } else { Err(Error::NotAPlan { of, value }) }
    }
}

/// Cohen's h, how far apart two rates are where variances are made the same: 2 arcsin √p − 2 arcsin √p of the control. As an effect on
/// [`PlannedMetric::mean`] of variance 1 it is a plan for rates. Agrees with statsmodels' `proportion_effectsize`; no number for what
/// is no rate.
pub fn cohens_h(control: f64, treatment: f64) -> f64 {
    2.0 * (treatment.sqrt().asin() - control.sqrt().asin())
}

/// By how much clusters of so many units each make variances larger, where units of a cluster are correlated: 1 + (m (1 + c²) − 1) ρ
/// for clusters of m units on average, which vary in size by a coefficient of variation c (0 where all are alike), with a
/// correlation ρ within clusters. At least 0; 1 where units are independent.
///
/// S. M. Eldridge, D. Ashby, S. Kerry, "Sample size for cluster randomized trials: effect of coefficient of variation of cluster size
/// and analysis method", International Journal of Epidemiology 35 (2006).
pub fn design_effect(units_per_cluster: f64, variation: f64, correlation: f64) -> f64 {
    (1.0 + (units_per_cluster * (1.0 + variation * variation) - 1.0) * correlation).max(0.0)
}
