//! Whether the next value is unlike those before it.

use std::collections::VecDeque;

use crate::error::Error;

use super::check_one;
use super::robust::RobustScale;

/// √(π / 2): the mean distance of normal values from their median times this is their standard deviation.
const NORMAL: f64 = 1.253_314_137_315_500_3;

/// Finds values that are unlike the ones before them, one by one as they come, by the median and MAD of the last of
/// them.
///
/// A value is tested against the window and taken in *afterwards*: it is never a part of its own baseline. Its distance
/// from the median is put in deviations, which are 1.482602 times the MAD or, where more than half of the window is
/// equal and the MAD 0, 1.253314 times the mean distance from the median, as B. Iglewicz and D. Hoaglin advise (How to
/// Detect and Handle Outliers, 1993); they name 3.5 for the threshold. Where all of the window is equal, any other
/// value is anomalous. With the MAD it is [`trailing_robust_z`](super::trailing_robust_z).
///
/// A value that is not finite is refused and changes nothing. A test takes as much time as the window has values.
///
/// # Examples
///
/// ```
/// use audience_stats::{RobustDetector, Verdict};
///
/// let mut stalls = RobustDetector::new(5, 3.5)?;
/// for usual in [2.0, 3.0, 2.0, 4.0, 3.0] {
///     assert_eq!(stalls.observe(usual)?.verdict, Verdict::TooEarly);
/// }
/// assert_eq!(stalls.observe(4.0)?.verdict, Verdict::Usual);
/// assert!(stalls.observe(f64::NAN).is_err());
/// assert_eq!(stalls.observe(40.0)?.verdict, Verdict::Anomalous);
/// # Ok::<(), audience_stats::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(try_from = "Form", into = "Form"))]
pub struct RobustDetector {
    window: VecDeque<f64>,
    size: usize,
    threshold: f64,
    least_distance: f64,
    takes_in_anomalies: bool,
    observed: usize,
}

/// A detector as it is written.
#[cfg(feature = "serde")]
#[derive(serde::Serialize, serde::Deserialize)]
struct Form {
    size: usize,
    threshold: f64,
    /// `None` when no distance is too small.
    ignoring_up_to: Option<f64>,
    takes_in_anomalies: bool,
    observed: usize,
    window: Vec<f64>,
}

#[cfg(feature = "serde")]
impl From<RobustDetector> for Form {
    fn from(detector: RobustDetector) -> Self {
        Self {
            size: detector.size,
            threshold: detector.threshold,
            ignoring_up_to: Some(detector.least_distance).filter(|distance| *distance > 0.0),
            takes_in_anomalies: detector.takes_in_anomalies,
            observed: detector.observed,
            window: detector.window.into(),
        }
    }
}

#[cfg(feature = "serde")]
impl TryFrom<Form> for RobustDetector {
    type Error = Error;

    fn try_from(form: Form) -> Result<Self, Error> {
        let mut detector = Self::new(form.size, form.threshold)?;
        if let Some(distance) = form.ignoring_up_to {
            detector = detector.ignoring_up_to(distance)?;
        }
        super::check(&form.window)?;
        if form.window.len() > form.size || form.window.len() > form.observed {
            return Err(Error::Inconsistent);
        }
        detector.takes_in_anomalies = form.takes_in_anomalies;
        detector.observed = form.observed;
        detector.window = form.window.into();
        Ok(detector)
    }
}

/// What became of a value.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Judgement {
    /// Whether it is unlike those before it.
    pub verdict: Verdict,
    /// The median of those before it. `None` when it is too early.
    pub median: Option<f64>,
    /// How many deviations it is above their median, below 0 when it is below. `None` when it is too early, and when
    /// all before it are equal.
    pub z: Option<f64>,
}

/// Whether a value is unlike those before it.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Verdict {
    /// There are not enough values before it to say.
    TooEarly,
    /// It is like them.
    Usual,
    /// It is not.
    Anomalous,
}

impl RobustDetector {
    /// With the last `window` values for the baseline, judging once there are so many, and values anomalous that are
    /// more than `threshold` deviations from their median.
    ///
    /// # Errors
    ///
    /// [`Error::NotAWindow`] of less than 3; [`Error::NotPositive`] when the threshold is not finite and above 0.
    pub fn new(window: usize, threshold: f64) -> Result<Self, Error> {
        if window < 3 {
            return Err(Error::NotAWindow { window, least: 3 });
        }
        if !(threshold.is_finite() && threshold > 0.0) {
            return Err(Error::NotPositive { at: 0, value: threshold });
        }
        Ok(Self {
            window: VecDeque::new(),
            size: window,
            threshold,
            least_distance: 0.0,
            takes_in_anomalies: true,
            observed: 0,
        })
    }

    /// The same that leaves what was anomalous out of the baseline: one storm then does not hide the next. After a
    /// lasting change it goes on finding every value anomalous, until [`forget`](Self::forget).
    ///
    /// Where the MAD is 0, they are taken in all the same: a window of one value would otherwise never have another.
    #[must_use]
    pub fn leaving_out_anomalies(self) -> Self {
        Self { takes_in_anomalies: false, ..self }
    }

    /// The same with values never anomalous whose distance from the median is at most this, in the unit of the values:
    /// what is too small to matter where the usual varies little or not at all.
    ///
    /// # Errors
    ///
    /// [`Error::NotPositive`] when it is not finite and above 0.
    pub fn ignoring_up_to(self, distance: f64) -> Result<Self, Error> {
        if !(distance.is_finite() && distance > 0.0) {
            return Err(Error::NotPositive { at: 0, value: distance });
        }
        Ok(Self { least_distance: distance, ..self })
    }

    /// Judges a value by those before it, then takes it in.
    ///
    /// # Errors
    ///
    /// [`Error::NotFinite`] and [`Error::OutOfRange`] for a value that is not finite or beyond ±10¹⁵⁰, with how many
    /// were taken before for its place. It is not taken in.
    pub fn observe(&mut self, value: f64) -> Result<Judgement, Error> {
        let (judgement, scale) = self.judge_by(value)?;
        self.observed = self.observed.saturating_add(1);
        let anomalous = judgement.verdict == Verdict::Anomalous && scale.is_some_and(|scale| scale.mad > 0.0);
        if self.takes_in_anomalies || !anomalous {
            if self.window.len() == self.size {
                self.window.pop_front();
            }
            self.window.push_back(value);
        }
        Ok(judgement)
    }

    /// Judges a value by those before it, without taking it in.
    ///
    /// # Errors
    ///
    /// As [`observe`](Self::observe).
    pub fn judge(&self, value: f64) -> Result<Judgement, Error> {
        self.judge_by(value).map(|(judgement, _)| judgement)
    }

    /// What becomes of a value, and by what. `None` when it is too early.
    fn judge_by(&self, value: f64) -> Result<(Judgement, Option<RobustScale>), Error> {
        check_one(self.observed, value)?;
        let full = self.window.len() == self.size;
        let scale = if full { RobustScale::of_checked(self.window.iter().copied()) } else { None };
        let Some(RobustScale { median, .. }) = scale else {
            return Ok((Judgement { verdict: Verdict::TooEarly, median: None, z: None }, None));
        };
        let distance = value - median;
        let z = scale.and_then(|scale| scale.z(value)).or_else(|| {
            let sum: f64 = self.window.iter().map(|before| (before - median).abs()).sum();
            Some(distance / (NORMAL * sum / self.size as f64)).filter(|z| z.is_finite())
        });
        // Of a window without spread, whatever is not the same is far.
        let far = z.map_or(distance != 0.0, |z| z.abs() > self.threshold);
        let anomalous = far && distance.abs() > self.least_distance;
        let verdict = if anomalous { Verdict::Anomalous } else { Verdict::Usual };
        Ok((Judgement { verdict, median: Some(median), z }, scale))
    }

    /// Whether the two judge alike when they have seen the same values.
    pub fn is_set_like(&self, other: &Self) -> bool {
        let settings = |one: &Self| (one.size, one.threshold, one.least_distance, one.takes_in_anomalies);
        settings(self) == settings(other)
    }

    /// Forgets all values, as after a change that is known: judging begins anew.
    pub fn forget(&mut self) {
        self.window.clear();
    }
}
