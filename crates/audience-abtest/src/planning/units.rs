//! Numbers of units, and how long they take to come.

use crate::error::Error;

/// How many units a plan takes, in parts of units too.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct PlannedUnits {
    /// In the control.
    pub control: f64,
    /// In the treatment.
    pub treatment: f64,
}

impl PlannedUnits {
    /// Whole units of both arms, each rounded up.
    pub fn total(&self) -> f64 {
        self.control.ceil() + self.treatment.ceil()
    }

    /// How many days it takes until they have come, of so many *new* units a day in both arms together: [`total`](Self::total) by
    /// these. A viewer who comes again is not a new unit, so that days later bring fewer than the first.
    ///
    /// # Errors
    ///
    /// [`Error::NotAPlan`] when no finite number of units above 0 comes a day.
    pub fn days(&self, units_per_day: f64) -> Result<f64, Error> {
        if units_per_day.is_finite() && units_per_day > 0.0 {
            Ok(self.total() / units_per_day)
        } else {
            Err(Error::NotAPlan { of: "units per day", value: units_per_day })
        }
    }
}
