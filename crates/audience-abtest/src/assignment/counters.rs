//! Counts that are fed by hand.

use std::fmt;

use audience_core::MediaTime;
use audience_stats::{Merge, Proportion, merge_fields};

use super::experiment::Experiment;
use crate::error::Error;

/// What may follow an impression.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Outcome {
    /// It was clicked.
    Click,
    /// It led to what it was for.
    Conversion,
    /// It was watched to its end.
    Completion,
}

/// As in `clicks`, which is how they are counted.
impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Click => "clicks",
            Self::Conversion => "conversions",
            Self::Completion => "completions",
        })
    }
}

/// What became of the impressions of an arm. Counts stay at the largest there is.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ArmCounts {
    /// How often it was shown.
    pub impressions: u64,
    /// How many impressions were clicked: one that is clicked twice is counted once.
    pub clicks: u64,
    /// How many impressions led to what they were for.
    pub conversions: u64,
    /// How many impressions were watched to the end.
    pub completions: u64,
    /// How many milliseconds were watched.
    pub watched_ms: u128,
}

merge_fields!(ArmCounts { impressions, clicks, conversions, completions, watched_ms });

impl ArmCounts {
    /// How many impressions had an outcome, of how many.
    ///
    /// # Errors
    ///
    /// [`Error::MoreThanImpressions`]: some were counted more than once, or their impressions were not. No rate follows
    /// from such counts.
    pub fn rate(&self, outcome: Outcome) -> Result<Proportion, Error> {
        let (count, impressions) = (self.count(outcome), self.impressions);
        Proportion::new(count, impressions).map_err(|_| Error::MoreThanImpressions { outcome, count, impressions })
    }

    /// How many impressions had an outcome.
    pub const fn count(&self, outcome: Outcome) -> u64 {
        match outcome {
            Outcome::Click => self.clicks,
            Outcome::Conversion => self.conversions,
            Outcome::Completion => self.completions,
        }
    }

    /// Milliseconds watched for each impression, those that were not watched included; `None` without impressions.
    pub fn mean_watched_ms(&self) -> Option<f64> {
        (self.impressions > 0).then(|| self.watched_ms as f64 / self.impressions as f64)
    }
}

/// Impressions of each arm of an experiment and what became of them, for programs that count themselves.
///
/// They count impressions, and several of one unit are not independent of each other: tests on these counts find too much.
/// From sessions, use the analysis of the experiment, which knows the units.
///
/// # Examples
///
/// ```
/// use audience_abtest::{ArmCounters, Experiment, Outcome};
/// use audience_core::MediaTime;
///
/// let mut counters = ArmCounters::of(&Experiment::equal("poster", ["face", "logo"])?);
/// counters.record_impression(0)?;
/// counters.record_impression(0)?;
/// counters.record_click(0)?;
/// counters.record_watch(0, MediaTime::from_secs(30))?;
/// assert_eq!(counters.arms()[0].rate(Outcome::Click)?.rate(), Some(0.5));
/// assert_eq!(counters.arms()[1].rate(Outcome::Click)?.rate(), None);
/// assert!(counters.record_click(2).is_err());
/// # Ok::<(), audience_abtest::Error>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ArmCounters {
    arms: Vec<ArmCounts>,
}

impl ArmCounters {
    /// Of the arms of an experiment, in the order of its variants.
    pub fn of(experiment: &Experiment) -> Self {
        Self { arms: vec![ArmCounts::default(); experiment.variants().len()] }
    }

    /// The arm was shown.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownArm`].
    pub fn record_impression(&mut self, arm: usize) -> Result<(), Error> {
        self.add(arm, |counts| &mut counts.impressions)
    }

    /// An impression was clicked, for the first time.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownArm`].
    pub fn record_click(&mut self, arm: usize) -> Result<(), Error> {
        self.add(arm, |counts| &mut counts.clicks)
    }

    /// An impression led to what it was for, for the first time.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownArm`].
    pub fn record_conversion(&mut self, arm: usize) -> Result<(), Error> {
        self.add(arm, |counts| &mut counts.conversions)
    }

    /// An impression was watched to the end, for the first time.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownArm`].
    pub fn record_completion(&mut self, arm: usize) -> Result<(), Error> {
        self.add(arm, |counts| &mut counts.completions)
    }

    /// So much was watched.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownArm`].
    pub fn record_watch(&mut self, arm: usize, watched: MediaTime) -> Result<(), Error> {
        let counts = self.arm(arm)?;
        counts.watched_ms = counts.watched_ms.saturating_add(u128::from(watched.as_millis()));
        Ok(())
    }

    /// The counts, in the order of the variants.
    pub fn arms(&self) -> &[ArmCounts] {
        &self.arms
    }

    fn add(&mut self, arm: usize, count: fn(&mut ArmCounts) -> &mut u64) -> Result<(), Error> {
        let count = count(self.arm(arm)?);
        *count = count.saturating_add(1);
        Ok(())
    }

    fn arm(&mut self, arm: usize) -> Result<&mut ArmCounts, Error> {
        let arms = self.arms.len();
        self.arms.get_mut(arm).ok_or(Error::UnknownArm { arm, arms })
    }
}

/// # Panics
///
/// When the two count the arms of different experiments, as far as their numbers say.
impl Merge for ArmCounters {
    fn merge(&mut self, other: Self) {
        let (ours, theirs) = (self.arms.len(), other.arms.len());
        assert!(ours == theirs, "counts of {ours} arms cannot be merged with counts of {theirs}");
        for (counts, other) in self.arms.iter_mut().zip(other.arms) {
            counts.merge(other);
        }
    }
}
