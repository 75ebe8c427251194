//! Estimates with an error of their own.

use std::num::NonZeroU16;

use crate::interval::{Confidence, Interval};
use crate::student::StudentT;

/// An estimate, and how far off it may be, from how groups vary.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Estimate {
    /// The estimate.
    pub value: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// Degrees of freedom of the standard error: groups less one.
    pub degrees: NonZeroU16,
}

impl Estimate {
    /// From so many groups; `None` with less than two, or when a number is not finite. What rounding leaves of a standard
    /// error of 0 is 0.
    pub(crate) fn new(value: f64, standard_error: f64, groups: usize) -> Option<Self> {
        let degrees =
            groups.checked_sub(1).and_then(|degrees| u16::try_from(degrees).ok()).and_then(NonZeroU16::new)?;
        let standard_error = if standard_error <= 1e-13 * value.abs() { 0.0 } else { standard_error };
        (value.is_finite() && standard_error.is_finite()).then_some(Self { value, standard_error, degrees })
    }

    /// The estimate `value`, from what it would be without each of G groups: its standard error is
    /// √((G − 1) / G · Σ (θ₍g₎ − θ̄)²). `None` with less than two groups or more than 65,536, or when a number is not
    /// finite.
    pub fn from_jackknife(value: f64, without_each: &[f64]) -> Option<Self> {
        let number = without_each.len() as f64;
        let mean = without_each.iter().sum::<f64>() / number;
        let squares: f64 = without_each.iter().map(|replicate| (replicate - mean) * (replicate - mean)).sum();
        Self::new(value, ((number - 1.0) / number * squares).sqrt(), without_each.len())
    }

    /// The 95 % interval: see [`interval`](Self::interval).
    pub fn interval_95(&self) -> Option<Interval> {
        self.reach(0.975)
    }

    /// The interval by Student's t. `None` when the standard error is 0: groups that do not vary say nothing of how sure
    /// the estimate is.
    pub fn interval(&self, confidence: Confidence) -> Option<Interval> {
        self.reach(1.0 - confidence.tail())
    }

    /// As far to both sides as this quantile of Student's t.
    fn reach(&self, quantile: f64) -> Option<Interval> {
        let reach = StudentT::from(self.degrees).quantile(quantile).ok()? * self.standard_error;
        (reach > 0.0).then_some(Interval { low: self.value - reach, high: self.value + reach })
    }

    /// The two-sided probability of an estimate at least as far from `truth`, if that were the truth, by Student's t.
    /// `None` when the standard error is 0.
    pub fn p_value(&self, truth: f64) -> Option<f64> {
        let t = (self.value - truth) / self.standard_error;
        (self.standard_error > 0.0).then(|| StudentT::from(self.degrees).two_sided(t))
    }
}
