//! Less noise by what was known before: CUPED.

use audience_stats::Moments;

use crate::effect::{ArmEstimate, Functional};
use crate::refusal::Refusal;
use crate::solve::solve;

/// Two arms whose metric is adjusted for covariates known before the experiment.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Adjusted {
    /// The control.
    pub control: ArmEstimate,
    /// The treatment.
    pub treatment: ArmEstimate,
    /// By how much the metric goes with each covariate; 0 of one that says nothing.
    pub coefficients: Vec<f64>,
}

/// The metric of both arms less what covariates known before the experiment explain: CUPED. The difference is of the same thing as
/// without, and the less noisy the more the covariates say; how much, is the squared correlation.
///
/// The metric and the covariates are means or ratios of means of the quantities in the moments, which are the same in both arms. A
/// covariate must not be something the treatment can have changed: the metric in a period before each unit's first exposure is
/// the best known one. The coefficients are one regression for both arms: of means, over all units pooled; of ratios, from the
/// sum of the arms' covariances of what the ratios are made of.
///
/// A. Deng, Y. Xu, R. Kohavi, T. Walker, "Improving the sensitivity of online controlled experiments by utilizing pre-experiment
/// data", WSDM 2013; for ratios, A. Deng, U. Knoblich, J. Lu, KDD 2018. Agrees with GrowthBook's gbstats.
///
/// # Errors
///
/// As [`ArmEstimate::mean`] and [`ArmEstimate::ratio`].
///
/// # Panics
///
/// When there is no such quantity, which is a bug in the program.
///
/// # Examples
///
/// ```
/// use audience_abtest::{Functional, Scale, cuped, welch};
/// use audience_stats::Moments;
///
/// // Hours watched, and hours watched in the week before.
/// let control = Moments::of(&[&[3.0, 5.0, 8.0, 1.0], &[2.0, 5.0, 7.0, 1.0]])?;
/// let treatment = Moments::of(&[&[4.0, 9.0, 2.0, 6.0], &[3.0, 7.0, 1.0, 5.0]])?;
/// let (metric, before) = (Functional::Mean(0), Functional::Mean(1));
/// let plain = cuped(&control, &treatment, metric, &[])?;
/// let adjusted = cuped(&control, &treatment, metric, &[before])?;
/// let error = |arms: &audience_abtest::Adjusted| welch(&arms.control, &arms.treatment, Scale::Absolute).unwrap().standard_error;
/// assert!(error(&adjusted) < error(&plain) / 4.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn cuped(
    control: &Moments,
    treatment: &Moments,
    metric: Functional,
    covariates: &[Functional],
) -> Result<Adjusted, Refusal> {
    let mut arms = [Linear::of(control, metric)?, Linear::of(treatment, metric)?];
    // A covariate that is not there says nothing.
    let known = |covariate: &&Functional| covariate.of(control).is_ok() && covariate.of(treatment).is_ok();
    let kept: Vec<Functional> = covariates.iter().filter(known).copied().collect();
    for arm in &mut arms {
        for covariate in &kept {
            arm.covariates.push(covariate.of(arm.moments)?);
        }
    }
    let of_means = [metric].iter().chain(&kept).all(|functional| matches!(functional, Functional::Mean(_)));
    let pooled = control.pooled(treatment);
    let covariance = |one: &dyn Fn(&Linear<'_>) -> Vec<f64>, other: &dyn Fn(&Linear<'_>) -> Vec<f64>| {
        if of_means {
            pooled.covariance_of(&one(&arms[0]), &other(&arms[0])).unwrap_or(0.0)
        } else {
            arms.iter().map(|arm| arm.moments.covariance_of(&one(arm), &other(arm)).unwrap_or(0.0)).sum()
        }
    };
    let number = kept.len();
    let gradient = |at: usize| move |arm: &Linear<'_>| arm.covariates[at].1.clone();
    let mut matrix = vec![0.0; number * number];
    let mut right = vec![0.0; number];
    for row in 0..number {
        right[row] = covariance(&gradient(row), &|arm| arm.gradient.clone());
        for column in 0..number {
            matrix[row * number + column] = covariance(&gradient(row), &gradient(column));
        }
    }
    let of_kept = solve(&matrix, &right);
    let [base, own] = &arms;
    let (control, mut treatment) = (base.adjusted(&of_kept)?, own.adjusted(&of_kept)?);
    if !of_means {
        treatment.level = control.level + (treatment.value - control.value);
    }
    let mut found = of_kept.into_iter();
    let coefficients = covariates.iter().map(|covariate| if known(&covariate) { found.next() } else { None });
    let coefficients = coefficients.map(|coefficient| coefficient.unwrap_or(0.0)).collect();
    Ok(Adjusted { control, treatment, coefficients })
}

/// An arm's metric and covariates, with their derivatives by the means of the quantities.
struct Linear<'a> {
    moments: &'a Moments,
    value: f64,
    gradient: Vec<f64>,
    covariates: Vec<(f64, Vec<f64>)>,
}

impl<'a> Linear<'a> {
    fn of(moments: &'a Moments, metric: Functional) -> Result<Self, Refusal> {
        let (value, gradient) = metric.of(moments)?;
        Ok(Self { moments, value, gradient, covariates: Vec::new() })
    }

    fn adjusted(&self, coefficients: &[f64]) -> Result<ArmEstimate, Refusal> {
        let (mut value, mut gradient) = (self.value, self.gradient.clone());
        for ((covariate, of_covariate), coefficient) in self.covariates.iter().zip(coefficients) {
            value -= coefficient * covariate;
            for (own, other) in gradient.iter_mut().zip(of_covariate) {
                *own -= coefficient * other;
            }
        }
        let covariance = |one: &[f64], other: &[f64]| {
            let units = self.moments.units();
            self.moments.covariance_of(one, other).ok_or(Refusal::TooFewUnits { units, needed: 2 })
        };
        Ok(ArmEstimate {
            units: self.moments.units(),
            value,
            variance: covariance(&gradient, &gradient)?,
            level: self.value,
            level_variance: covariance(&self.gradient, &self.gradient)?,
            level_covariance: covariance(&gradient, &self.gradient)?,
        })
    }
}
