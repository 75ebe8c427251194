//! Means that forget.

use libm::{exp2, expm1};

use crate::error::Error;

use super::check;

/// How fast a mean forgets, of values at equal distances.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Smoothing {
    /// By the part that the newest value has, above 0 and at most 1.
    Alpha(f64),
    /// By a number of values, at least 1, over which a plain mean is about as smooth: α = 2 / (span + 1).
    Span(f64),
    /// By the number of values, above 0, after which one counts half: α = 1 − 2^(−1 / half-life).
    HalfLife(f64),
}

impl Smoothing {
    /// The part that the newest value has, above 0 and at most 1.
    ///
    /// # Errors
    ///
    /// [`Error::NotASmoothing`] when what was given does not make one.
    ///
    /// # Examples
    ///
    /// ```
    /// use audience_stats::Smoothing;
    ///
    /// assert_eq!(Smoothing::Span(7.0).alpha()?, 0.25);
    /// assert_eq!(Smoothing::HalfLife(1.0).alpha()?, 0.5);
    /// # Ok::<(), audience_stats::Error>(())
    /// ```
    pub fn alpha(self) -> Result<f64, Error> {
        let alpha = match self {
            Self::Alpha(alpha) => alpha,
            Self::Span(span) => 2.0 / (span + 1.0),
            Self::HalfLife(values) if values > 0.0 => -expm1(-std::f64::consts::LN_2 / values),
            Self::HalfLife(_) => f64::NAN,
        };
        if alpha > 0.0 && alpha <= 1.0 { Ok(alpha) } else { Err(Error::NotASmoothing { alpha }) }
    }
}

/// What the first value counts for in a mean that forgets.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum EmaStart {
    /// As much as any other of its age: the mean of all values so far, weighted by (1 − α)^age. This is the default: a
    /// first value that is far off is soon forgotten, and it is what [`ema_over_time`] makes of times at equal
    /// distances. Agrees with pandas' `ewm(adjust=True)`.
    #[default]
    ByAge,
    /// For all values before it too: the mean begins with it, and moves a part α of the way to each value after it. The
    /// textbook recursion, and pandas' `ewm(adjust=False)`.
    FirstValue,
}

/// The exponentially weighted mean at each of some values at equal distances in time. Nothing of nothing.
///
/// C. C. Holt, 1957 (International Journal of Forecasting 20, 2004). Agrees with pandas' `ewm`, but for what is not a
/// number, which pandas passes over.
///
/// # Errors
///
/// [`Error::NotASmoothing`]; [`Error::NotFinite`] and [`Error::OutOfRange`] for a value that is not finite or beyond
/// ±10¹⁵⁰.
///
/// # Examples
///
/// ```
/// use audience_stats::{EmaStart, Smoothing, ema};
///
/// assert_eq!(ema(&[4.0, 8.0, 8.0], Smoothing::Alpha(0.5), EmaStart::FirstValue)?, [4.0, 6.0, 7.0]);
/// assert_eq!(ema(&[4.0, 7.0], Smoothing::Alpha(0.5), EmaStart::ByAge)?, [4.0, 6.0]);
/// # Ok::<(), audience_stats::Error>(())
/// ```
pub fn ema(values: &[f64], smoothing: Smoothing, start: EmaStart) -> Result<Vec<f64>, Error> {
    let alpha = smoothing.alpha()?;
    check(values)?;
    let part = |weight: f64| match start {
        EmaStart::ByAge => 1.0 / weight,
        EmaStart::FirstValue => alpha,
    };
    Ok(means(values, |_| 1.0 - alpha, part))
}

/// The mean of all values so far at each time, weighted by 2^(−age / half-life): gaps between times count as what they
/// are, and how often a value was taken does not. Times and half-life have one unit. Nothing of nothing.
///
/// With times at equal distances it is [`ema`] by half-life and [`EmaStart::ByAge`]. Agrees with pandas' `ewm(halflife,
/// times)`, which takes nanoseconds since 1970 for floats and is off by up to 4 · 10⁻⁹; the vectors are of 50 digits.
///
/// # Errors
///
/// [`Error::LengthsDiffer`]; [`Error::NotPositive`] when the half-life is not finite and above 0;
/// [`Error::TimeGoesBack`] when a time is before the one before it, equal ones are well; [`Error::NotFinite`] and
/// [`Error::OutOfRange`] for a value that is not finite or beyond ±10¹⁵⁰.
///
/// # Examples
///
/// ```
/// assert_eq!(audience_stats::ema_over_time(&[0, 1000, 3000], &[4.0, 7.0, 11.5], 1000.0)?, [4.0, 6.0, 10.0]);
/// # Ok::<(), audience_stats::Error>(())
/// ```
pub fn ema_over_time(times: &[i64], values: &[f64], half_life: f64) -> Result<Vec<f64>, Error> {
    if times.len() != values.len() {
        return Err(Error::LengthsDiffer { expected: times.len(), found: values.len() });
    }
    if !(half_life.is_finite() && half_life > 0.0) {
        return Err(Error::NotPositive { at: 0, value: half_life });
    }
    if let Some(at) = times.windows(2).position(|pair| pair[1] < pair[0]) {
        return Err(Error::TimeGoesBack { at: at + 1 });
    }
    check(values)?;
    let kept = |at: usize| exp2(-(times[at].abs_diff(times[at - 1]) as f64) / half_life);
    Ok(means(values, kept, |weight| 1.0 / weight))
}

/// The mean at each value, which moves to it by the `part` that the weight of all so far gives it. `kept` is what
/// remains of the weight of all before a place.
fn means(values: &[f64], kept: impl Fn(usize) -> f64, part: impl Fn(f64) -> f64) -> Vec<f64> {
    let (mut weight, mut mean) = (1.0, values.first().copied().unwrap_or_default());
    let at_each = values.iter().enumerate().map(|(at, value)| {
        if at > 0 {
            weight = 1.0 + weight * kept(at);
            mean += part(weight) * (value - mean);
        }
        mean
    });
    at_each.collect()
}
