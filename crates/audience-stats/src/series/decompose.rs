//! A series as its trend, what comes back every period, and the rest, by moving averages.

use crate::error::Error;
use crate::float_sum::FloatSum;

use super::check;

/// How the parts of a series go together.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum SeasonalModel {
    /// The sum of trend, season and residual: Sundays are so many plays more.
    #[default]
    Additive,
    /// Their product: Sundays are so many times as many plays. Of values above 0 only.
    Multiplicative,
}

/// The parts of a series, one of each for each value.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Decomposition {
    /// The average over the period around each value; `None` for half a period at either end.
    pub trend: Vec<Option<f64>>,
    /// What the place within the period adds, or multiplies by: 0 or 1 on average over the period.
    pub seasonal: Vec<f64>,
    /// What is left, 0 or 1 where nothing is; `None` where there is no trend.
    pub residual: Vec<Option<f64>>,
}

/// The classical decomposition of a series by the length of its period, such as 7 for days with a weekly rhythm.
///
/// The trend is the moving average over one period, centred; of an even period, over one value more, of which the first
/// and the last count half. The season is the average of what the trend leaves at each place within the period, less
/// (or over) their average. (M. G. Kendall, A. Stuart, The Advanced Theory of Statistics, volume 3, 1983.) Agrees with
/// statsmodels' `seasonal_decompose`.
///
/// One season is fitted to the whole series, and an outlier moves trend and season about it: [`Stl`](super::Stl) bears
/// both, and has a trend at the ends.
///
/// # Errors
///
/// [`Error::NotAPeriod`] when the period is less than 2, or there are less than two of them; [`Error::NotFinite`] and
/// [`Error::OutOfRange`] for a value that is not finite or beyond ±10¹⁵⁰; [`Error::NotPositive`] for one not above 0
/// when parts multiply.
///
/// # Examples
///
/// ```
/// use audience_stats::{SeasonalModel, decompose};
///
/// let parts = decompose(&[1.0, 5.0, 2.0, 6.0, 3.0, 7.0], 2, SeasonalModel::Additive)?;
/// assert_eq!(parts.trend, [None, Some(3.25), Some(3.75), Some(4.25), Some(4.75), None]);
/// assert_eq!(parts.seasonal[..2], [-1.75, 1.75]);
/// # Ok::<(), audience_stats::Error>(())
/// ```
pub fn decompose(values: &[f64], period: usize, model: SeasonalModel) -> Result<Decomposition, Error> {
    check_period(values.len(), period)?;
    check(values)?;
    let multiplies = model == SeasonalModel::Multiplicative;
    if let Some((at, value)) = values.iter().enumerate().find(|(_, value)| multiplies && **value <= 0.0) {
        return Err(Error::NotPositive { at, value: *value });
    }
    let without = |value: f64, part: f64| if multiplies { value / part } else { value - part };
    let trend = moving_average(values, period);
    let detrended: Vec<_> = values.iter().zip(&trend).map(|(value, trend)| Some(without(*value, (*trend)?))).collect();
    let of_places: Vec<f64> = (0..period).map(|place| mean(detrended.iter().skip(place).step_by(period))).collect();
    let level = of_places.iter().copied().collect::<FloatSum>().value() / period as f64;
    let seasonal: Vec<f64> = (0..values.len()).map(|at| without(of_places[at % period], level)).collect();
    let residual = detrended.iter().zip(&seasonal).map(|(value, season)| Some(without((*value)?, *season))).collect();
    Ok(Decomposition { trend, seasonal, residual })
}

/// Refuses a period too short, or with less than two of them.
pub(super) fn check_period(values: usize, period: usize) -> Result<(), Error> {
    if period < 2 || values / 2 < period { Err(Error::NotAPeriod { period, values }) } else { Ok(()) }
}

fn mean<'a>(values: impl Iterator<Item = &'a Option<f64>>) -> f64 {
    let (mut sum, mut count) = (FloatSum::default(), 0_u32);
    for value in values.flatten() {
        sum.add(*value);
        count += 1;
    }
    sum.value() / f64::from(count)
}

/// The average over a period around each value.
fn moving_average(values: &[f64], period: usize) -> Vec<Option<f64>> {
    let half = period / 2;
    let at = |at: usize| {
        let window = values.get(at.checked_sub(half)?..=at + half)?;
        let mut sum: FloatSum = window.iter().copied().collect();
        if period.is_multiple_of(2) {
            // The first and the last are one place of the period.
            sum.extend([-window[0] / 2.0, -window[period] / 2.0]);
        }
        Some(sum.value() / period as f64)
    };
    (0..values.len()).map(at).collect()
}
