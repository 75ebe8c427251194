//! What counts how much in a score.

use crate::error::Error;

/// What counts how much in an [`EngagementScore`](crate::EngagementScore).
///
/// The first four are divided by their sum over what is known, so that it matters only how they are to each other, and a score of full
/// marks is 1 whatever is missing. What skips take away is a part of 1.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct EngagementWeights {
    /// How much of the content was watched.
    pub watch_time: f64,
    /// Who watched nearly all of it.
    pub completion: f64,
    /// What was watched again.
    pub rewatch: f64,
    /// Likes, shares and comments.
    pub social: f64,
    /// The most that skipping forward takes away, 0–1.
    pub skip_penalty: f64,
}

impl EngagementWeights {
    /// All five 0.2: what oximedia-analytics 0.2.1 has by default. There the best score is 0.8, since what skips take away counts
    /// among what there is to reach; here it is 1.
    pub const EVEN: Self = Self { watch_time: 0.2, completion: 0.2, rewatch: 0.2, social: 0.2, skip_penalty: 0.2 };

    /// Nothing wrong with them.
    ///
    /// # Errors
    ///
    /// [`Error::BadWeight`] of one that is not finite, below 0, or of skips above 1; [`Error::NoWeight`] when all of the first four
    /// are 0.
    pub fn check(&self) -> Result<(), Error> {
        let rewards = [
            ("watch time", self.watch_time),
            ("completion", self.completion),
            ("what is watched again", self.rewatch),
            ("social signals", self.social),
        ];
        for (of, value) in rewards {
            if !(value.is_finite() && value >= 0.0) {
                return Err(Error::BadWeight { of, value });
            }
        }
        if !(0.0..=1.0).contains(&self.skip_penalty) {
            return Err(Error::BadWeight { of: "skips", value: self.skip_penalty });
        }
        let sum: f64 = rewards.iter().map(|(_, value)| value).sum();
        if sum > 0.0 && sum.is_finite() { Ok(()) } else { Err(Error::NoWeight) }
    }
}

impl Default for EngagementWeights {
    /// Watch time 0.4, completion 0.3, what is watched again 0.1, social signals 0.2; skips take away up to 0.2. Most of it is time,
    /// which cannot be had by clicking.
    fn default() -> Self {
        Self { watch_time: 0.4, completion: 0.3, rewatch: 0.1, social: 0.2, skip_penalty: 0.2 }
    }
}
