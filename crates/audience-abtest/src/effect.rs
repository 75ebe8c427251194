//! Differences between two arms.

mod arm;
mod ratio_of_means;

use audience_stats::{Alternative, Confidence, Interval, Normal, PValue, StudentT};

pub use arm::{ArmEstimate, Functional};
pub use ratio_of_means::{RelativeInterval, fieller, log_ratio};

use crate::refusal::Refusal;

/// What a difference is measured in.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Scale {
    /// In the metric's own unit: treatment − control.
    #[default]
    Absolute,
    /// As a part of the control: (treatment − control) / |control|.
    Relative,
}

/// How much more the treatment has than the control, and how sure that is.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Effect {
    /// What it is measured in.
    pub scale: Scale,
    /// Treatment − control, in that measure.
    pub estimate: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// Degrees of freedom of Student's t; `None` where the normal distribution serves.
    pub degrees: Option<f64>,
}

impl Effect {
    /// The effects that a test at 1 − `confidence` does not reject. Against one side only, the other end is infinite.
    pub fn interval(&self, confidence: Confidence, alternative: Alternative) -> Interval {
        let tail = match alternative {
            Alternative::TwoSided => confidence.tail(),
            Alternative::Greater | Alternative::Less => 1.0 - confidence.as_f64(),
        };
        let reach = self.quantile(tail) * self.standard_error;
        let (low, high) = (self.estimate - reach, self.estimate + reach);
        match alternative {
            Alternative::TwoSided => Interval { low, high },
            Alternative::Greater => Interval { low, high: f64::INFINITY },
            Alternative::Less => Interval { low: f64::NEG_INFINITY, high },
        }
    }

    /// The probability of an effect at least this far from `null`, if that were the truth.
    ///
    /// With a non-inferiority margin δ as `null`, of −δ where more is better or δ where less is, and the matching
    /// alternative, a small probability says that the treatment is not worse by the margin.
    pub fn p_value(&self, null: f64, alternative: Alternative) -> PValue {
        let distance = (self.estimate - null) / self.standard_error;
        PValue::from_ln(match alternative {
            Alternative::TwoSided => match self.student() {
                Some(student) => student.ln_two_sided(distance),
                None => Normal::ln_two_sided(distance),
            },
            Alternative::Greater => self.ln_upper_tail(distance),
            Alternative::Less => self.ln_upper_tail(-distance),
        })
    }

    /// How many standard errors the estimate is from `null`.
    pub fn statistic(&self, null: f64) -> f64 {
        (self.estimate - null) / self.standard_error
    }

    fn student(&self) -> Option<StudentT> {
        StudentT::new(self.degrees?).ok()
    }

    fn ln_upper_tail(&self, distance: f64) -> f64 {
        match self.student() {
            Some(student) => student.ln_upper_tail(distance),
            None => Normal::ln_upper_tail(distance),
        }
    }

    fn quantile(&self, tail: f64) -> f64 {
        let above = match self.student() {
            Some(student) => student.quantile(1.0 - tail),
            None => Normal::quantile(1.0 - tail),
        };
        // A confidence is between 0 and 1, so that there is one.
        above.unwrap_or(f64::INFINITY)
    }
}

/// The difference of two arms by Welch's test, which takes neither equal variances nor equal sizes: SE² = v₁ / n₁ + v₂ / n₂, with
/// the degrees of freedom of Welch and Satterthwaite. On the relative scale the variance is that of the ratio, by the delta
/// method; where the control is less than some ten standard errors from 0 that is no longer right: see [`fieller`].
///
/// B. L. Welch, "The generalization of Student's problem when several different population variances are involved", Biometrika
/// 34 (1947). Agrees with `scipy.stats.ttest_ind(equal_var=False)` and with GrowthBook's gbstats.
///
/// # Errors
///
/// [`Refusal::TooFewUnits`] when an arm has less than two; [`Refusal::NoVariance`] when units do not vary in either arm;
/// [`Refusal::ZeroBaseline`] when the scale is relative to nothing.
///
/// # Examples
///
/// ```
/// use audience_abtest::{Alternative, ArmEstimate, Scale, welch};
/// use audience_stats::Moments;
///
/// let control = ArmEstimate::mean(&Moments::of(&[&[12.0, 15.0, 11.0, 14.0]])?, 0)?;
/// let treatment = ArmEstimate::mean(&Moments::of(&[&[15.0, 19.0, 16.0, 18.0]])?, 0)?;
/// let effect = welch(&control, &treatment, Scale::Absolute)?;
/// assert_eq!(effect.estimate, 4.0);
/// assert!((effect.p_value(0.0, Alternative::TwoSided).value() - 0.021_160).abs() < 1e-6);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn welch(control: &ArmEstimate, treatment: &ArmEstimate, scale: Scale) -> Result<Effect, Refusal> {
    for arm in [control, treatment] {
        if arm.units < 2 {
            return Err(Refusal::TooFewUnits { units: arm.units, needed: 2 });
        }
    }
    let (own, base) = (treatment.squared_error(), control.squared_error());
    let squared = own + base;
    if !(squared > 0.0 && squared.is_finite()) {
        return Err(Refusal::NoVariance);
    }
    let share = |squared: f64, arm: &ArmEstimate| squared * squared / (arm.units - 1) as f64;
    let degrees = Some(squared * squared / (share(own, treatment) + share(base, control)));
    let difference = treatment.value - control.value;
    match scale {
        Scale::Absolute => Ok(Effect { scale, estimate: difference, standard_error: squared.sqrt(), degrees }),
        Scale::Relative => {
            let level = control.level.abs();
            if level == 0.0 {
                return Err(Refusal::ZeroBaseline);
            }
            let variance = own / (level * level) + control.relative_squared_error(treatment.level);
            Ok(Effect { scale, estimate: difference / level, standard_error: variance.sqrt(), degrees })
        }
    }
}
