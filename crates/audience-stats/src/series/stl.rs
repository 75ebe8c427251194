//! A series as its trend, its season and the rest, by local regression.

use std::num::NonZeroU16;

use crate::error::Error;

use super::check;
use super::decompose::check_period;

/// The seasonal-trend decomposition by loess (STL): trend and season may change along the series, both are known at its
/// ends, and outliers can be borne.
///
/// R. B. Cleveland, W. S. Cleveland, J. E. `McRae`, I. Terpenning, Journal of Official Statistics 6, 1990. All three
/// smoothers fit straight lines, at every value. Agrees with statsmodels' `STL` and R's `stl` (degrees and jumps 1) to
/// 10⁻¹¹ of values near 100; robust weights with statsmodels, where R 4.2.2 can take a wrong order statistic for the
/// median of residuals.
///
/// # Examples
///
/// ```
/// use audience_stats::Stl;
///
/// let weeks: Vec<f64> = (0..28).map(|day| f64::from(day) + if day % 7 == 6 { 30.0 } else { 0.0 }).collect();
/// let parts = Stl::new(7, 7)?.decompose(&weeks)?;
/// assert!((parts.seasonal[13] - parts.seasonal[12] - 30.0).abs() < 0.5);
/// # Ok::<(), audience_stats::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Stl {
    period: usize,
    seasonal_window: usize,
    trend_window: usize,
    low_pass_window: usize,
    inner_loops: u16,
    outer_loops: u16,
}

/// The parts of a series, one of each for each value: their sum is the value.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct StlDecomposition {
    /// What the place within the period adds, which may change from one period to the next.
    pub seasonal: Vec<f64>,
    /// The level.
    pub trend: Vec<f64>,
    /// What is left.
    pub residual: Vec<f64>,
    /// How much each value counts, 0–1, when outliers are borne. `None` when all count alike.
    pub robustness_weights: Option<Vec<f64>>,
}

impl Stl {
    /// For this period, with a window of so many periods over which the season is smoothed, an odd number from 3 on; 7
    /// or more is advised.
    ///
    /// The trend is smoothed over the least odd number of values above 1.5 period / (1 − 1.5 / window), the low-pass
    /// filter over the least above the period, in five loops, without regard to outliers: as statsmodels has it.
    ///
    /// # Errors
    ///
    /// [`Error::NotAPeriod`] when it is less than 2 or beyond 2³⁰; [`Error::NotAWindow`] when it is even, less than 3
    /// or beyond 2³⁰.
    pub fn new(period: usize, seasonal_window: usize) -> Result<Self, Error> {
        if !(2..=LONGEST).contains(&period) {
            return Err(Error::NotAPeriod { period, values: 0 });
        }
        check_window(seasonal_window, 3)?;
        let least_trend = (1.5 * period as f64 / (1.0 - 1.5 / seasonal_window as f64)).ceil() as usize;
        Ok(Self {
            period,
            seasonal_window,
            trend_window: least_trend | 1,
            low_pass_window: (period + 1) | 1,
            inner_loops: 5,
            outer_loops: 0,
        })
    }

    /// The same with outliers borne: they count less in fifteen rounds of two loops.
    #[must_use]
    pub fn robust(self) -> Self {
        Self { inner_loops: 2, outer_loops: 15, ..self }
    }

    /// The same with so many loops in each round, and so many rounds in which outliers count less; in none, all count
    /// alike.
    #[must_use]
    pub fn with_loops(self, inner: NonZeroU16, outer: u16) -> Self {
        Self { inner_loops: inner.get(), outer_loops: outer, ..self }
    }

    /// The same with the trend smoothed over so many values, an odd number above the period.
    ///
    /// # Errors
    ///
    /// [`Error::NotAWindow`] otherwise, and beyond 2³⁰.
    pub fn with_trend_window(self, window: usize) -> Result<Self, Error> {
        check_window(window, self.period + 1)?;
        Ok(Self { trend_window: window, ..self })
    }

    /// The same with what the season takes from the level filtered over so many values, an odd number above the period.
    ///
    /// # Errors
    ///
    /// [`Error::NotAWindow`] otherwise, and beyond 2³⁰.
    pub fn with_low_pass_window(self, window: usize) -> Result<Self, Error> {
        check_window(window, self.period + 1)?;
        Ok(Self { low_pass_window: window, ..self })
    }

    /// The parts of a series.
    ///
    /// # Errors
    ///
    /// [`Error::NotAPeriod`] of less than two periods; [`Error::NotFinite`] and [`Error::OutOfRange`] for a value that
    /// is not finite or beyond ±10¹⁵⁰.
    pub fn decompose(&self, values: &[f64]) -> Result<StlDecomposition, Error> {
        check_period(values.len(), self.period)?;
        check(values)?;
        let fitted = stlrs::StlParams::new()
            .seasonal_length(self.seasonal_window)
            .trend_length(self.trend_window)
            .low_pass_length(self.low_pass_window)
            .seasonal_degree(1)
            .trend_degree(1)
            .low_pass_degree(1)
            .seasonal_jump(1)
            .trend_jump(1)
            .low_pass_jump(1)
            .inner_loops(self.inner_loops.into())
            .outer_loops(self.outer_loops.into())
            .robust(self.outer_loops > 0)
            .fit(values, self.period)
            .map_err(|_| Error::NotAPeriod { period: self.period, values: values.len() })?;
        Ok(StlDecomposition {
            seasonal: fitted.seasonal().to_vec(),
            trend: fitted.trend().to_vec(),
            residual: fitted.remainder().to_vec(),
            robustness_weights: (self.outer_loops > 0).then(|| fitted.weights().to_vec()),
        })
    }
}

/// The longest period and window.
const LONGEST: usize = 1 << 30;

fn check_window(window: usize, least: usize) -> Result<(), Error> {
    if window.is_multiple_of(2) || window < least || window > LONGEST {
        return Err(Error::NotAWindow { window, least });
    }
    Ok(())
}
