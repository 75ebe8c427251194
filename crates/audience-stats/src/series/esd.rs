//! Outliers of a whole series, several at once.

use crate::error::Error;
use crate::float_sum::FloatSum;
use crate::student::StudentT;

use super::robust::RobustScale;
use super::stl::Stl;
use super::{check, check_level, median};

/// What distances are taken from, and put in.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum EsdCentre {
    /// The mean and the standard deviation (over n − 1): the test at its level.
    #[default]
    Mean,
    /// The median and 1.482602 times the MAD, which many outliers do not move: the hybrid. Normal values then have more
    /// distances beyond the critical values than the level says.
    Median,
}

/// One step of the test: the value farthest from the centre of those that are left.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct EsdRemoval {
    /// Its place in the series, from 0.
    pub at: usize,
    /// How far it is from the centre, in deviations: Rᵢ.
    pub statistic: f64,
    /// How far it may be: λᵢ.
    pub critical_value: f64,
}

/// What the generalized extreme studentized deviate test finds.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Esd {
    /// All steps, in the order in which values were removed; less than asked for when those that are left have no
    /// spread.
    pub removals: Vec<EsdRemoval>,
    /// How many of them, from the first on, are outliers.
    pub outlier_count: usize,
}

impl Esd {
    /// The outliers, the farthest first, with what the test makes of them.
    pub fn outliers(&self) -> &[EsdRemoval] {
        self.removals.get(..self.outlier_count).unwrap_or(&self.removals)
    }
}

/// The generalized extreme studentized deviate test of B. Rosner, Technometrics 25, 1983: up to `max_outliers` values
/// that are too far out for normal values, at the level `alpha` for all of them together, such as 0.05.
///
/// Step i removes the value farthest from the mean of the n − i + 1 that are left, Rᵢ standard deviations from it. With
/// t the quantile of 1 − α / (2 (n − i + 1)) of Student's t with n − i − 1 degrees of freedom, λᵢ = (n − i) t / √((n −
/// i − 1 + t²) (n − i + 1)). Outliers are the first c that were removed, c the last step with Rᵢ > λᵢ: outliers that
/// hide each other are found together. Agrees with Rosner's table of 54 values, and with his formulas by NumPy and
/// SciPy.
///
/// Advised for 25 values or more, and fewer outliers than a tenth of them. What is not normal has more values far out
/// than this allows.
///
/// # Errors
///
/// [`Error::TooFewValues`] of less than `max_outliers` + 2; [`Error::NotFinite`] and [`Error::OutOfRange`] for a value
/// that is not finite or beyond ±10¹⁵⁰; [`Error::NotAProbability`] when `alpha` is not between 0 and 1.
///
/// # Examples
///
/// ```
/// use audience_stats::generalized_esd;
///
/// let minutes = [31.0, 29.0, 30.0, 32.0, 28.0, 95.0, 30.0, 31.0, 29.0, 90.0, 30.0, 31.0];
/// let found = generalized_esd(&minutes, 3, 0.05)?;
/// assert_eq!(found.outliers().iter().map(|outlier| outlier.at).collect::<Vec<_>>(), [5, 9]);
/// # Ok::<(), audience_stats::Error>(())
/// ```
pub fn generalized_esd(values: &[f64], max_outliers: usize, alpha: f64) -> Result<Esd, Error> {
    esd(values, EsdCentre::Mean, max_outliers, alpha)
}

/// The same test of distances from what a fit expects, such as a line and days of the week, fitted anew without each value that was removed:
/// so none is part of what it is held against. `fit` is given the places that are left, in order, and says what it expects at *every* place;
/// `parameters` is how many numbers it finds from the values.
///
/// With m values left and p parameters, Rᵢ is the largest distance by √(Σ r² / (m − p)), and λᵢ = (m − p) t / √((ν + t²) m), with t the
/// quantile of 1 − α / (2 m) of Student's t with ν = m − p − 1 degrees of freedom: of a mean alone it is [`generalized_esd`]. S. R. Paul,
/// K. Y. Fung, Technometrics 33, 1991. It takes values to have the same part in the fit, as days of whole weeks nearly have.
///
/// # Errors
///
/// [`Error::TooFewValues`] of less than `max_outliers` + `parameters` + 1; [`Error::LengthsDiffer`] when the fit does not expect something
/// at each place; [`Error::NotFinite`] and [`Error::OutOfRange`] for a value, or what is expected, that is not finite or beyond
/// ±10¹⁵⁰; [`Error::NotAProbability`] when `alpha` is not between 0 and 1.
pub fn esd_of_fit(
    values: &[f64],
    max_outliers: usize,
    alpha: f64,
    parameters: usize,
    fit: impl Fn(&[usize]) -> Vec<f64>,
) -> Result<Esd, Error> {
    check_level(alpha)?;
    check(values)?;
    let needed = max_outliers.saturating_add(parameters).saturating_add(1);
    if values.len() < needed {
        return Err(Error::TooFewValues { needed, found: values.len() });
    }
    let mut left: Vec<usize> = (0..values.len()).collect();
    let mut found = Esd::default();
    for step in 1..=max_outliers {
        let expected = fit(&left);
        if expected.len() != values.len() {
            return Err(Error::LengthsDiffer { expected: values.len(), found: expected.len() });
        }
        check(&expected)?;
        let distance = |at: usize| (values[at] - expected[at]).abs();
        let squares: FloatSum = left.iter().map(|at| distance(*at) * distance(*at)).collect();
        let deviation = (squares.value() / (left.len() - parameters) as f64).sqrt();
        if deviation <= 0.0 {
            break;
        }
        // The first of those that are equally far.
        let farther =
            |best: usize, place: usize| if distance(left[place]) > distance(left[best]) { place } else { best };
        let place = (0..left.len()).fold(0, farther);
        let critical_value = critical_value(left.len(), parameters, alpha)?;
        let at = left.remove(place);
        let statistic = (distance(at) / deviation).min(f64::MAX);
        found.removals.push(EsdRemoval { at, statistic, critical_value });
        if statistic > critical_value {
            found.outlier_count = step;
        }
    }
    Ok(found)
}

/// Outliers of a series with a season.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct SeasonalEsd {
    /// The median of the series.
    pub median: f64,
    /// Each value less its season and less the median: what was tested.
    pub residual: Vec<f64>,
    /// What the test finds.
    pub esd: Esd,
}

/// The test of [`generalized_esd`] of what the season leaves: values less the season of `stl` and less the median of
/// all (S-ESD), or with median and MAD for centre and deviation (S-H-ESD). J. Hochenbaum, O. Vallis, A. Kejariwal,
/// "Automatic Anomaly Detection in the Cloud Via Statistical Learning", 2017.
///
/// The median stands for the trend: where the level of the series changes, cut it into stretches first. `stl` should
/// bear outliers ([`Stl::robust`]), or their season has a part of them. Agrees with statsmodels' `STL` and Rosner's
/// formulas; the package sesd 0.2 does not find an outlier that is the only one.
///
/// It is what others use, and it finds too much where there are few periods: their season takes noise for season, so that what is left
/// varies too little. Of 28 normal values without any outlier, with a period and a window of 7, it finds some in 89 % of cases with
/// [`EsdCentre::Median`] and 45 % with [`EsdCentre::Mean`], in simulation. [`esd_of_fit`] around a line and the means of weekdays finds
/// some in 5 %.
///
/// # Errors
///
/// As [`generalized_esd`]; [`Error::NotAPeriod`] of less than two periods.
pub fn seasonal_esd(
    values: &[f64],
    stl: &Stl,
    centre: EsdCentre,
    max_outliers: usize,
    alpha: f64,
) -> Result<SeasonalEsd, Error> {
    let parts = stl.decompose(values)?;
    let middle = median(&mut values.to_vec()).ok_or(Error::NoValues)?;
    let residual: Vec<f64> =
        values.iter().zip(&parts.seasonal).map(|(value, season)| value - season - middle).collect();
    let esd = esd(&residual, centre, max_outliers, alpha)?;
    Ok(SeasonalEsd { median: middle, residual, esd })
}

fn esd(values: &[f64], centre: EsdCentre, max_outliers: usize, alpha: f64) -> Result<Esd, Error> {
    check_level(alpha)?;
    check(values)?;
    let needed = max_outliers.saturating_add(2);
    if values.len() < needed {
        return Err(Error::TooFewValues { needed, found: values.len() });
    }
    let mut left: Vec<(usize, f64)> = values.iter().copied().enumerate().collect();
    let mut found = Esd::default();
    for step in 1..=max_outliers {
        let Some((middle, deviation)) = centre.of(&left) else { break };
        // The first of those that are equally far.
        let mut farthest = 0;
        for (place, (_, value)) in left.iter().enumerate() {
            if (value - middle).abs() > (left[farthest].1 - middle).abs() {
                farthest = place;
            }
        }
        let (at, value) = left.remove(farthest);
        let statistic = ((value - middle).abs() / deviation).min(f64::MAX);
        let critical_value = critical_value(values.len() - step + 1, 1, alpha)?;
        found.removals.push(EsdRemoval { at, statistic, critical_value });
        if statistic > critical_value {
            found.outlier_count = step;
        }
    }
    Ok(found)
}

impl EsdCentre {
    /// Centre and deviation. `None` without spread.
    fn of(self, values: &[(usize, f64)]) -> Option<(f64, f64)> {
        let numbers = || values.iter().map(|(_, value)| *value);
        let first = numbers().next()?;
        if numbers().all(|value| value == first) {
            return None;
        }
        let (middle, deviation) = match self {
            Self::Mean => {
                let n = values.len() as f64;
                let mean = numbers().collect::<FloatSum>().value() / n;
                let squares: FloatSum = numbers().map(|value| (value - mean) * (value - mean)).collect();
                (mean, (squares.value() / (n - 1.0)).sqrt())
            }
            Self::Median => {
                let scale = RobustScale::of_checked(numbers())?;
                (scale.median, scale.deviation())
            }
        };
        (deviation > 0.0).then_some((middle, deviation))
    }
}

/// λ of the step at which so many values are left, around a fit of so many parameters.
fn critical_value(left: usize, parameters: usize, alpha: f64) -> Result<f64, Error> {
    let (left, free) = (left as f64, (left - parameters) as f64);
    let degrees = free - 1.0;
    let t = StudentT::new(degrees)?.tail_quantile(alpha / (2.0 * left));
    Ok(free * t / ((degrees + t * t) * left).sqrt())
}
