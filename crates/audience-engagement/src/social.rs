//! What viewers did besides watching.

use audience_core::Ratio;

/// Likes, shares and comments of some views.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct SocialSignals {
    /// Views.
    pub views: u64,
    /// Likes of these.
    pub likes: u64,
    /// Shares.
    pub shares: u64,
    /// Comments.
    pub comments: u64,
}

impl SocialSignals {
    /// The rate at which the score is 1 − 1/e, 63 %: one like for ten views.
    pub const SATURATION: f64 = 0.10;

    /// (likes + 2 shares + 3 comments) / views: not below 0, and above 1 where there are more of these than views; `None` without
    /// views.
    pub fn rate(&self) -> Option<f64> {
        let weighed = self.likes as f64 + 2.0 * self.shares as f64 + 3.0 * self.comments as f64;
        (self.views > 0).then(|| weighed / self.views as f64)
    }

    /// 1 − exp(−rate / [`SATURATION`](Self::SATURATION)), 0–1: the first likes count most. `None` without views. That of
    /// oximedia-analytics 0.2.1.
    ///
    /// # Examples
    ///
    /// ```
    /// use audience_engagement::SocialSignals;
    ///
    /// let signals = SocialSignals { views: 1000, likes: 70, shares: 12, comments: 2 };
    /// assert_eq!(signals.rate(), Some(0.1));
    /// assert!((signals.score().unwrap().as_f64() - 0.632_120_558).abs() < 1e-9);
    /// assert_eq!(SocialSignals::default().score(), None);
    /// ```
    pub fn score(&self) -> Option<Ratio> {
        // Of what is not below 0, it is between 0 and 1.
        Ratio::new(saturating(self.rate()? / Self::SATURATION)).ok()
    }
}

/// 1 − e⁻ˣ.
pub(crate) fn saturating(x: f64) -> f64 {
    -libm::expm1(-x)
}
