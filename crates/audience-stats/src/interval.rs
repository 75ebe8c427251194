//! Intervals of confidence.

use crate::error::Error;
use crate::normal::Normal;

/// The normal quantile of 0.975: what makes an interval one of 95 %.
pub const Z_95: f64 = 1.959_963_984_540_054;

/// An interval of confidence around an estimate.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Interval {
    /// Its lower end.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
}

impl Interval {
    /// Whether it has `value` in it, ends included.
    pub fn contains(&self, value: f64) -> bool {
        (self.low..=self.high).contains(&value)
    }
}

/// How often an interval must have the true value in it: a share between 0 and 1, such as 0.95.
///
/// # Examples
///
/// ```
/// use audience_stats::{Confidence, Z_95};
///
/// assert!((Confidence::new(0.95)?.z() - Z_95).abs() < 1e-12);
/// assert!(Confidence::new(1.0).is_err());
/// # Ok::<(), audience_stats::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(try_from = "f64", into = "f64"))]
pub struct Confidence(f64);

impl TryFrom<f64> for Confidence {
    type Error = Error;

    fn try_from(share: f64) -> Result<Self, Error> {
        Self::new(share)
    }
}

impl From<Confidence> for f64 {
    fn from(confidence: Confidence) -> Self {
        confidence.0
    }
}

impl Confidence {
    /// 95 %.
    pub const P95: Self = Self(0.95);

    /// This share.
    ///
    /// # Errors
    ///
    /// [`Error::ConfidenceOutOfRange`] when `share` is not between 0 and 1, or is one of them.
    pub fn new(share: f64) -> Result<Self, Error> {
        if share > 0.0 && share < 1.0 { Ok(Self(share)) } else { Err(Error::ConfidenceOutOfRange { share }) }
    }

    /// The share.
    pub const fn as_f64(self) -> f64 {
        self.0
    }

    /// How often the true value may lie below the interval, and how often above: half of what is left.
    pub fn tail(self) -> f64 {
        (1.0 - self.0) / 2.0
    }

    /// The normal quantile that leaves [`tail`](Self::tail) above it. Agrees with `scipy.stats.norm.isf`.
    pub fn z(self) -> f64 {
        // What nearly everybody asks for need not be found again and again.
        if self == Self::P95 { Z_95 } else { Normal::from_upper_tail(self.tail()) }
    }
}
