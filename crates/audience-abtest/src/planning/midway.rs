//! How many units more an experiment takes that has begun.

use super::design::{TestDesign, root};
use crate::effect::Effect;
use crate::error::Error;

/// An experiment that has begun, of which it is known how sure its effect is by now.
///
/// What it is planned for is the effect that was hoped for before, never the one that was seen: planning for what was seen finds
/// what it wants. Standard errors shrink with the root of the number of units, if these keep coming as they came.
///
/// # Examples
///
/// ```
/// use audience_abtest::planning::{Midway, TestDesign};
///
/// let midway = Midway::new(0.04, 10_000)?;
/// let design = TestDesign::default();
/// assert!((midway.power(&design, 0.1, 0.0)? - 0.7054).abs() < 1e-4);
/// // A quarter more units, and the effect is found in four of five cases.
/// assert_eq!(midway.further_units(&design, 0.1, 0.8)?.ceil(), 2559.0);
/// # Ok::<(), audience_abtest::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Midway {
    standard_error: f64,
    units: u64,
}

impl Midway {
    /// With the standard error of its effect by now, on so many units of both arms.
    ///
    /// # Errors
    ///
    /// [`Error::NotAPlan`] when the standard error is not finite and above 0, or there are no units.
    pub fn new(standard_error: f64, units: u64) -> Result<Self, Error> {
        if !(standard_error.is_finite() && standard_error > 0.0) {
            return Err(Error::NotAPlan { of: "standard error", value: standard_error });
        }
        if units == 0 {
            return Err(Error::NotAPlan { of: "units", value: 0.0 });
        }
        Ok(Self { standard_error, units })
    }

    /// Of an effect that was seen, on the scale on which it was.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub fn of(effect: &Effect, units: u64) -> Result<Self, Error> {
        Self::new(effect.standard_error, units)
    }

    /// The probability to find an effect of this size with so many units more, in both arms together, 0–1; the design's ratio of
    /// units is not asked, as the arms go on as they are. Agrees with GrowthBook's gbstats, with one look, a sequence or a prior.
    ///
    /// # Errors
    ///
    /// [`Error::NotAPlan`] of an effect, or a prior, that is not finite, or a number of units below 0.
    pub fn power(&self, design: &TestDesign, effect: f64, further_units: f64) -> Result<f64, Error> {
        if !design.null.is_finite() {
            return Err(Error::NotAPlan { of: "effect to test against", value: design.null });
        }
        if !effect.is_finite() {
            return Err(Error::NotAPlan { of: "effect", value: effect });
        }
        if !(further_units >= 0.0 && further_units.is_finite()) {
            return Err(Error::NotAPlan { of: "further units", value: further_units });
        }
        let now = self.units as f64;
        let error = self.standard_error / (1.0 + further_units / now).sqrt();
        design.power_of(effect, (error, error), now + further_units)
    }

    /// How many units more it takes, in both arms together, to find an effect of this size with this probability: 0 when there are
    /// enough. With several goals that must all be found, take the root of the probability that goes with their number.
    ///
    /// # Errors
    ///
    /// [`Error::NotAPlan`] of a power that is not between that of no effect and 1; [`Error::TooManyUnits`] when it takes more than
    /// 10¹⁵.
    pub fn further_units(&self, design: &TestDesign, effect: f64, power: f64) -> Result<f64, Error> {
        const MOST: f64 = 1e15;
        design.check_power(power)?;
        if self.power(design, effect, 0.0)? >= power {
            return Ok(0.0);
        }
        if self.power(design, effect, MOST)? < power {
            return Err(Error::TooManyUnits { effect, most: MOST });
        }
        let units = |ln: f64| ln.exp_m1();
        let ln = root(0.0, MOST.ln(), |ln| Ok(self.power(design, effect, units(ln))? >= power))?;
        Ok(units(ln))
    }
}
