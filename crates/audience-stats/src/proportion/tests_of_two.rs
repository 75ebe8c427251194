//! Whether two rates differ, by normal tests.

use crate::p_value::{Alternative, PValue};

use super::Proportion;
use super::difference::{rates_apart, wald_variance};

/// A test by a standard normal statistic.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ZTest {
    /// The statistic, standard normal if there is no difference.
    pub z: f64,
    /// The probability of one at least this far from 0, on the side or the sides that were asked for.
    pub p: PValue,
}

impl ZTest {
    fn new(z: f64, alternative: Alternative) -> Self {
        Self { z, p: PValue::of_z(z, alternative) }
    }
}

impl Proportion {
    /// The test that the rates of `self` and `baseline` are equal by [`pooled_z`](Self::pooled_z).
    ///
    /// Takes trials to be independent. With less than some five successes or failures expected in either group its probability
    /// is off, either way: use [`fisher`](Self::fisher). `None` when a group has no trials, or when all trials or none
    /// succeeded: nothing varies then, though [`difference_interval`](Self::difference_interval) still says how far apart the
    /// rates may be.
    ///
    /// Agrees with statsmodels' `proportions_ztest`, and far out with the same in 50 digits (mpmath).
    ///
    /// # Examples
    ///
    /// ```
    /// use audience_stats::{Alternative, Proportion};
    ///
    /// let (new, old) = (Proportion::new(590_000, 1_000_000)?, Proportion::new(500_000, 1_000_000)?);
    /// let test = new.pooled_test(&old, Alternative::TwoSided).unwrap();
    /// assert_eq!(test.p.value(), 0.0); // too small for a number
    /// assert!((test.p.ln() - -8_180.0).abs() < 10.0);
    /// # Ok::<(), audience_stats::Error>(())
    /// ```
    pub fn pooled_test(&self, baseline: &Self, alternative: Alternative) -> Option<ZTest> {
        Some(ZTest::new(self.pooled_z(baseline)?, alternative))
    }

    /// The test by Wald's statistic, which gives each group its own variance:
    /// (p₂ − p₁) / √(p₁ (1 − p₁) / n₁ + p₂ (1 − p₂) / n₂). It rejects too often with few trials: see
    /// [`DifferenceInterval::Wald`](crate::DifferenceInterval::Wald), whose interval leaves out 0 when it does. Infinite when
    /// all succeeded in one group and none in the other.
    ///
    /// `None` when a group has no trials, or when all trials or none succeeded. Agrees with statsmodels'
    /// `test_proportions_2indep(method="wald", correction=False)`.
    pub fn wald_test(&self, baseline: &Self, alternative: Alternative) -> Option<ZTest> {
        let (own, other) = (self.floats(), baseline.floats());
        let z = rates_apart(own, other) / wald_variance(own, other).sqrt();
        (!z.is_nan()).then(|| ZTest::new(z, alternative))
    }
}
