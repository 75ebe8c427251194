//! When a part of the units has left.

use super::KaplanMeier;
use crate::error::Error;
use crate::interval::Confidence;
use crate::survival::BandScale;

/// Shares nearer to each other than this differ by rounding.
const SAME: f64 = 1e-12;

/// From when to when the median may be.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct MedianInterval {
    /// Its lower end; `None` when the band does not fall to one half.
    pub low: Option<f64>,
    /// Its upper end; `None` when the band does not fall to one half.
    pub high: Option<f64>,
}

impl KaplanMeier {
    /// The first time at which a part `q` has left: the survival is at most 1 − `q`. `None` when it never is; 0 for nothing.
    ///
    /// Agrees with lifelines' `qth_survival_time(1 - q)`.
    ///
    /// # Errors
    ///
    /// [`Error::QuantileOutOfRange`] when `q` is not a number from 0 to 1.
    pub fn quantile(&self, q: f64) -> Result<Option<f64>, Error> {
        Ok(self.flat(q)?.map(|(start, _)| start))
    }

    /// The time at which a part `q` has left, and the middle of the flat where the survival is exactly 1 − `q` for a while:
    /// up to the next time at which one leaves, or the last time.
    ///
    /// Agrees with R's `quantile(survfit(…))`.
    ///
    /// # Errors
    ///
    /// [`Error::QuantileOutOfRange`] when `q` is not a number from 0 to 1.
    pub fn quantile_middle(&self, q: f64) -> Result<Option<f64>, Error> {
        Ok(self.flat(q)?.map(|(start, end)| f64::midpoint(start, end)))
    }

    /// The first time at which half have left: see [`quantile`](Self::quantile).
    pub fn median(&self) -> Option<f64> {
        self.quantile(0.5).ok().flatten()
    }

    /// The time at which half have left: see [`quantile_middle`](Self::quantile_middle).
    pub fn median_middle(&self) -> Option<f64> {
        self.quantile_middle(0.5).ok().flatten()
    }

    /// The interval of the median: the times at which the ends of the [`BandScale::LogLog`] band come down to one half.
    ///
    /// R. Brookmeyer, J. Crowley, "A confidence interval for the median survival time", Biometrics 38 (1982). Agrees with
    /// R's `quantile(survfit(…, conf.type = "log-log"), 0.5)`.
    pub fn median_interval(&self, confidence: Confidence) -> MedianInterval {
        let (mut lows, mut highs) = (Vec::new(), Vec::new());
        for (at, step) in self.steps.iter().enumerate() {
            // Where nobody stays there is no band.
            let band = self.interval(at, BandScale::LogLog, confidence).filter(|_| step.survival > 0.0);
            lows.extend(band.map(|band| (step.time, 1.0 - band.low)));
            highs.extend(band.map(|band| (step.time, 1.0 - band.high)));
        }
        let middle = |ends: &[(f64, f64)]| {
            let last = self.steps.last()?.time;
            reached(ends, 0.5, last).map(|(start, end)| f64::midpoint(start, end))
        };
        MedianInterval { low: middle(&lows), high: middle(&highs) }
    }

    /// From when to when exactly `q` have left, or twice the time at which more have.
    fn flat(&self, q: f64) -> Result<Option<(f64, f64)>, Error> {
        if !(0.0..=1.0).contains(&q) {
            return Err(Error::QuantileOutOfRange { q });
        }
        if q == 0.0 {
            return Ok(Some((0.0, 0.0)));
        }
        let left: Vec<(f64, f64)> = self.steps.iter().map(|step| (step.time, 1.0 - step.survival)).collect();
        Ok(self.steps.last().and_then(|last| reached(&left, q, last.time)))
    }
}

/// The time at which the parts come nearest to `q` from above, the first of them, and the time at which they go past it.
/// A band may rise again where few are left; then it is that of the part nearest to `q`.
fn reached(parts: &[(f64, f64)], q: f64, last: f64) -> Option<(f64, f64)> {
    let nearest = |least: f64| {
        let enough = parts.iter().filter(|(_, part)| *part >= least);
        enough.min_by(|a, b| a.1.total_cmp(&b.1))
    };
    let &(start, part) = nearest(q - SAME)?;
    if part > q + SAME {
        return Some((start, start));
    }
    Some((start, nearest(q + SAME).map_or(last, |(time, _)| *time)))
}
