//! How far values are from the usual, by medians.

use crate::error::Error;

use super::{check, median};

/// 1 / Φ⁻¹(3 / 4): the median distance from the median of normal values times this is their standard deviation.
pub(super) const NORMAL: f64 = 1.482_602_218_505_602;

/// The median of values, and the median of their distances from it (MAD): centre and spread that up to half of the
/// values can be anything without moving them far.
///
/// F. R. Hampel, Journal of the American Statistical Association 69, 1974. Agrees with
/// `scipy.stats.median_abs_deviation`, scaled by 1.482602218505602 as with `scale="normal"`; R's `mad` has that
/// constant rounded to 1.4826.
///
/// # Examples
///
/// ```
/// use audience_stats::RobustScale;
///
/// let usual = RobustScale::of(&[1.0, 2.0, 3.0, 4.0, 100.0])?;
/// assert_eq!((usual.median, usual.mad), (3.0, 1.0));
/// assert!((usual.z(100.0).unwrap() - 65.425_505_769_019_92).abs() < 1e-12);
/// # Ok::<(), audience_stats::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct RobustScale {
    /// The median.
    pub median: f64,
    /// The median of distances from it, as it is; 0 when more than half of the values are equal.
    pub mad: f64,
}

impl RobustScale {
    /// Of these values.
    ///
    /// # Errors
    ///
    /// [`Error::NoValues`]; [`Error::NotFinite`] and [`Error::OutOfRange`] for a value that is not finite or beyond
    /// ±10¹⁵⁰.
    pub fn of(values: &[f64]) -> Result<Self, Error> {
        check(values)?;
        Self::of_checked(values.iter().copied()).ok_or(Error::NoValues)
    }

    /// Of values that a series can have.
    pub(super) fn of_checked(values: impl Iterator<Item = f64>) -> Option<Self> {
        let mut scratch: Vec<f64> = values.collect();
        let centre = median(&mut scratch)?;
        for value in &mut scratch {
            *value = (*value - centre).abs();
        }
        Some(Self { median: centre, mad: median(&mut scratch)? })
    }

    /// What the standard deviation would be, were the values normal: 1.482602218505602 times the MAD.
    pub fn deviation(&self) -> f64 {
        NORMAL * self.mad
    }

    /// How many such deviations a value is from the median. `None` when the MAD is 0, or so small that they are
    /// infinitely many.
    pub fn z(&self, value: f64) -> Option<f64> {
        Some((value - self.median) / self.deviation()).filter(|z| z.is_finite())
    }
}

/// How many deviations each value is from the median of all, by the [`RobustScale`] of all. `None` when the MAD is 0.
///
/// # Errors
///
/// As [`RobustScale::of`].
pub fn robust_z(values: &[f64]) -> Result<Option<Vec<f64>>, Error> {
    let scale = RobustScale::of(values)?;
    Ok(values.iter().map(|value| scale.z(*value)).collect())
}

/// How many deviations each value is from the median of the `window` values before it, by their [`RobustScale`]: what
/// is tested is no part of what it is tested against, so that a value cannot hide by being large. `None` for the first
/// `window` values, and where the MAD of those before is 0.
///
/// [`RobustDetector`](super::RobustDetector) does this for values as they come, also where the MAD is 0.
///
/// # Errors
///
/// [`Error::NotAWindow`] of 0; [`Error::NotFinite`] and [`Error::OutOfRange`] for a value that is not finite or beyond
/// ±10¹⁵⁰.
///
/// # Examples
///
/// ```
/// let z = audience_stats::trailing_robust_z(&[1.0, 2.0, 4.0, 3.0], 3)?;
/// assert_eq!(z[..3], [None, None, None]);
/// assert!((z[3].unwrap() - 0.674_489_750_196_081_7).abs() < 1e-15);
/// # Ok::<(), audience_stats::Error>(())
/// ```
pub fn trailing_robust_z(values: &[f64], window: usize) -> Result<Vec<Option<f64>>, Error> {
    if window == 0 {
        return Err(Error::NotAWindow { window, least: 1 });
    }
    check(values)?;
    let z = |(at, value): (usize, &f64)| {
        let before = &values[at.checked_sub(window)?..at];
        RobustScale::of_checked(before.iter().copied())?.z(*value)
    };
    Ok(values.iter().enumerate().map(z).collect())
}
