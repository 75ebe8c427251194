//! Comparing two proportions.

use crate::error::Error;

/// Successes in a number of trials.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Proportion {
    successes: u64,
    trials: u64,
}

impl Proportion {
    /// `successes` in `trials`.
    ///
    /// # Errors
    ///
    /// [`Error::MoreSuccessesThanTrials`] when they cannot be a proportion.
    pub fn new(successes: u64, trials: u64) -> Result<Self, Error> {
        if successes > trials {
            return Err(Error::MoreSuccessesThanTrials { successes, trials });
        }
        Ok(Self { successes, trials })
    }

    /// Successes per trial, 0–1; `None` without trials.
    pub fn rate(&self) -> Option<f64> {
        (self.trials > 0).then(|| self.successes as f64 / self.trials as f64)
    }

    /// The z statistic of `self` against `baseline` with pooled variance: (p₂ − p₁) / √(p (1 − p) (1/n₁ + 1/n₂)) with
    /// p = (x₁ + x₂) / (n₁ + n₂). Positive when `self` is the larger.
    ///
    /// It says how far apart the two are if each trial is independent of the others; with several trials per viewer
    /// it overstates. `None` when a group has no trials, or when all trials or none succeeded.
    pub fn pooled_z(&self, baseline: &Self) -> Option<f64> {
        let (n1, n2) = (baseline.trials as f64, self.trials as f64);
        let p = (baseline.successes as f64 + self.successes as f64) / (n1 + n2);
        let variance = p * (1.0 - p) * (1.0 / n1 + 1.0 / n2);
        (self.trials > 0 && baseline.trials > 0 && variance > 0.0)
            .then(|| (self.successes as f64 / n2 - baseline.successes as f64 / n1) / variance.sqrt())
    }
}
