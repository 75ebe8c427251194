//! How far apart two curves are at one time.

use libm::sqrt;

use super::KaplanMeier;
use crate::interval::{Confidence, Interval};

/// How far apart two curves are at one time.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct CurveDifference {
    /// The share that stays, 0–1.
    pub survival: f64,
    /// That of the other curve.
    pub baseline: f64,
    /// The first less the second.
    pub difference: f64,
    /// Its standard error. `None` where nobody stays in one of them.
    pub standard_error: Option<f64>,
    /// The normal interval of the difference, which is not cut off at −1 and 1.
    pub interval: Option<Interval>,
}

impl KaplanMeier {
    /// How far this curve is from the other at a time that was chosen before looking at them. The two must be of different
    /// units.
    pub fn difference(&self, baseline: &Self, time: f64, confidence: Confidence) -> CurveDifference {
        let (here, there) = (self.at(time), baseline.at(time));
        let difference = here - there;
        let variances = self.variance_at(time).zip(baseline.variance_at(time));
        let standard_error = variances.map(|(here, there)| sqrt(here + there));
        let interval = standard_error.map(|error| {
            let reach = confidence.z() * error;
            Interval { low: difference - reach, high: difference + reach }
        });
        CurveDifference { survival: here, baseline: there, difference, standard_error, interval }
    }
}
