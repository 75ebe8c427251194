//! What is wrong with a figure.

use std::fmt;

use audience_stats::{RobustDetector, Verdict};

use crate::error::Error;

/// On which side of a level a figure is.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Side {
    /// Larger.
    Above,
    /// Smaller.
    Below,
}

/// A figure is beyond a level, and goes on being so until it has come back past another one (hysteresis): in between it is
/// as it was, so that a figure about the level is not raised again and again.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Threshold {
    side: Side,
    raise: f64,
    clear: f64,
}

impl Threshold {
    /// Above `raise`, until it is `clear` or less.
    ///
    /// # Errors
    ///
    /// [`Error::NotALevel`] when one is not finite, [`Error::ClearsBeyond`] when `clear` is more than `raise`.
    ///
    /// # Examples
    ///
    /// ```
    /// use audience_realtime::{Error, Threshold};
    ///
    /// assert!(Threshold::above(0.02, 0.01).is_ok());
    /// assert!(matches!(Threshold::above(0.02, 0.03), Err(Error::ClearsBeyond { .. })));
    /// ```
    pub fn above(raise: f64, clear: f64) -> Result<Self, Error> {
        Self::new(Side::Above, raise, clear)
    }

    /// Below `raise`, until it is `clear` or more.
    ///
    /// # Errors
    ///
    /// [`Error::NotALevel`] when one is not finite, [`Error::ClearsBeyond`] when `clear` is less than `raise`.
    pub fn below(raise: f64, clear: f64) -> Result<Self, Error> {
        Self::new(Side::Below, raise, clear)
    }

    fn new(side: Side, raise: f64, clear: f64) -> Result<Self, Error> {
        if let Some(level) = [raise, clear].into_iter().find(|level| !level.is_finite()) {
            return Err(Error::NotALevel { level });
        }
        if side.beyond(clear, raise) {
            return Err(Error::ClearsBeyond { side, raise, clear });
        }
        Ok(Self { side, raise, clear })
    }

    /// On which side of the level it is wrong.
    pub const fn side(&self) -> Side {
        self.side
    }

    /// The level.
    pub const fn raise(&self) -> f64 {
        self.raise
    }

    /// Where it is as it should be again.
    pub const fn clear(&self) -> f64 {
        self.clear
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Above => "above",
            Self::Below => "below",
        })
    }
}

impl Side {
    fn beyond(self, value: f64, level: f64) -> bool {
        match self {
            Self::Above => value > level,
            Self::Below => value < level,
        }
    }
}

/// A figure is unlike those of the windows before it, by [`RobustDetector`]: by their median and the median distance from
/// it. The figure that is judged is no part of what it is judged by.
#[derive(Clone, Debug, PartialEq)]
pub struct Unusual {
    /// Which has seen nothing.
    detector: RobustDetector,
    pub(super) windows: usize,
    pub(super) deviations: f64,
    pub(super) only: Option<Side>,
    pub(super) least_change: Option<f64>,
    pub(super) leaves_out: bool,
}

impl Unusual {
    /// The most windows a figure can be judged by.
    pub const MAX_WINDOWS: usize = 10_000;

    /// Judged by so many windows before, of which there must be so many, and wrong when it is more than so many deviations
    /// from their median, either way; 3.5 are usual (B. Iglewicz and D. Hoaglin, How to Detect and Handle Outliers, 1993).
    ///
    /// # Errors
    ///
    /// [`Error::NotADetector`] when the windows are not 3 to [`MAX_WINDOWS`](Self::MAX_WINDOWS), or the deviations not
    /// finite and above 0.
    pub fn new(windows: usize, deviations: f64) -> Result<Self, Error> {
        let detector = RobustDetector::new(windows, deviations).ok().filter(|_| windows <= Self::MAX_WINDOWS);
        let detector = detector.ok_or(Error::NotADetector { windows, deviations, most: Self::MAX_WINDOWS })?;
        Ok(Self { detector, windows, deviations, only: None, least_change: None, leaves_out: false })
    }

    /// The same for figures that are larger than usual, or smaller, and not the other.
    #[must_use]
    pub fn only(self, side: Side) -> Self {
        Self { only: Some(side), ..self }
    }

    /// The same with figures as usual that are no farther than this from the median: where little changes, what is far from
    /// usual may still matter to nobody.
    ///
    /// # Errors
    ///
    /// [`Error::NotALevel`] when it is not finite and above 0.
    pub fn at_least(self, change: f64) -> Result<Self, Error> {
        let detector = self.detector.ignoring_up_to(change).map_err(|_| Error::NotALevel { level: change })?;
        Ok(Self { detector, least_change: Some(change), ..self })
    }

    /// The same with figures that were unusual left out of what later ones are judged by: one storm does not hide the next,
    /// but after a lasting change all is unusual until the key is [forgotten](crate::Watch::retain). Without it, the change
    /// becomes the usual once it fills half of the windows.
    #[must_use]
    pub fn leaving_out_unusual(self) -> Self {
        Self { detector: self.detector.leaving_out_anomalies(), leaves_out: true, ..self }
    }
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// It is beyond a level.
    Threshold(Threshold),
    /// It is unlike those before.
    Unusual(Unusual),
}

/// What a figure says of a condition.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Evidence {
    /// It holds; where the usual is known, that.
    Holds(Option<f64>),
    /// It does not.
    Fails,
    /// Neither.
    Neither,
}

impl Condition {
    /// The detector of a key that is new, if the condition needs one.
    pub(super) fn detector(&self) -> Option<RobustDetector> {
        match self {
            Self::Threshold(_) => None,
            Self::Unusual(unusual) => Some(unusual.detector.clone()),
        }
    }

    /// What a finite figure says.
    pub(super) fn evidence(&self, value: f64, detector: Option<&mut RobustDetector>) -> Evidence {
        match (self, detector) {
            (Self::Threshold(threshold), _) if threshold.side.beyond(value, threshold.raise) => Evidence::Holds(None),
            // Back at the other level, or past it.
            (Self::Threshold(threshold), _) if threshold.side.beyond(value, threshold.clear) => Evidence::Neither,
            (Self::Threshold(_), _) => Evidence::Fails,
            (Self::Unusual(unusual), Some(detector)) => {
                // What is too large to be judged is as good as nothing.
                let Ok(judgement) = detector.observe(value) else { return Evidence::Neither };
                let Some(median) = judgement.median else { return Evidence::Neither };
                let on_side = unusual.only.is_none_or(|side| side.beyond(value, median));
                match judgement.verdict {
                    Verdict::TooEarly => Evidence::Neither,
                    Verdict::Anomalous if on_side => Evidence::Holds(Some(median)),
                    Verdict::Anomalous | Verdict::Usual => Evidence::Fails,
                }
            }
            (Self::Unusual(_), None) => Evidence::Neither,
        }
    }

    /// Which of two figures is the worse one; `usual` is what they are measured from where there is no level.
    pub(super) fn worse(&self, one: f64, other: f64, usual: Option<f64>) -> f64 {
        let farther = match (self, usual) {
            (Self::Threshold(threshold), _) => threshold.side.beyond(other, one),
            (Self::Unusual(_), Some(usual)) => (other - usual).abs() > (one - usual).abs(),
            (Self::Unusual(_), None) => false,
        };
        if farther { other } else { one }
    }
}
