//! By how much a figure changed.

use crate::error::Error;

/// By how much a figure changed from one period to another.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Delta {
    /// The current figure minus the previous one.
    pub difference: Option<f64>,
    /// That as a part of the previous one; `None` when that is 0 or not there: nothing is a multiple of nothing.
    pub relative: Option<f64>,
}

impl Delta {
    /// The change of a count. A group that is not there now counts as 0; of one that was not there before nothing is known.
    ///
    /// Differences of whole numbers are exact up to 2⁵³.
    ///
    /// # Examples
    ///
    /// ```
    /// use audience_cohort::Delta;
    ///
    /// assert_eq!(Delta::of_counts(Some(100), Some(150)).relative, Some(0.5));
    /// assert_eq!(Delta::of_counts(Some(0), Some(5)), Delta { difference: Some(5.0), relative: None });
    /// assert_eq!(Delta::of_counts(None, Some(5)), Delta::default());
    /// ```
    pub fn of_counts(previous: Option<u64>, current: Option<u64>) -> Self {
        let Some(previous) = previous else { return Self::default() };
        let difference = (i128::from(current.unwrap_or(0)) - i128::from(previous)) as f64;
        Self { difference: Some(difference), relative: (previous > 0).then(|| difference / previous as f64) }
    }

    /// The change of a mean or a rate, which is nothing where one of the two is not there.
    ///
    /// # Errors
    ///
    /// [`Error::NotAFigure`] when one is infinite or not a number.
    pub fn of_figures(previous: Option<f64>, current: Option<f64>) -> Result<Self, Error> {
        for figure in [previous, current].into_iter().flatten() {
            if !figure.is_finite() {
                return Err(Error::NotAFigure { figure });
            }
        }
        let Some((previous, current)) = previous.zip(current) else { return Ok(Self::default()) };
        let difference = current - previous;
        Ok(Self { difference: Some(difference), relative: (previous != 0.0).then(|| difference / previous) })
    }

    /// The change of each count of a series since `lag` places before; of the first ones there is nothing before.
    ///
    /// # Errors
    ///
    /// [`Error::NoLag`] for a lag of 0.
    pub fn along(series: &[u64], lag: usize) -> Result<Vec<Self>, Error> {
        if lag == 0 {
            return Err(Error::NoLag);
        }
        let before = |at: usize| at.checked_sub(lag).and_then(|before| series.get(before).copied());
        Ok(series.iter().enumerate().map(|(at, current)| Self::of_counts(before(at), Some(*current))).collect())
    }
}
