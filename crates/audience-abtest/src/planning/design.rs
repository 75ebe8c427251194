//! Power, numbers of units and detectable effects.

use audience_stats::{Alternative, Confidence, NoncentralT, Normal, StudentT};

use super::metric::PlannedMetric;
use super::units::PlannedUnits;
use crate::ConfidenceSequence;
use crate::effect::{Effect, Scale};
use crate::error::Error;
use crate::posterior::NormalEffects;

/// The most units of the control that a plan may take.
const MOST_UNITS: f64 = 1e15;

/// When an effect is taken to be found.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Criterion {
    /// The test at the planned end rejects.
    #[default]
    OneLook,
    /// The [`ConfidenceSequence`] leaves the null effect out at the planned end, after as many looks as one likes. It is narrowest
    /// at `tuned_for` units of both arms. The power is that of the last look alone, and so a lower bound of that of all.
    Sequence {
        /// As in [`ConfidenceSequence::tuned_for`].
        tuned_for: f64,
    },
    /// The interval of the posterior with this prior leaves the null effect out.
    Posterior(NormalEffects),
}

impl Criterion {
    fn check(&self) -> Result<(), Error> {
        let of_finite = |of: &'static str, value: f64, above: f64| {
            if value.is_finite() && value > above { Ok(()) } else { Err(Error::NotAPlan { of, value }) }
        };
        match *self {
            Self::OneLook => Ok(()),
            Self::Sequence { tuned_for } => of_finite("units to be narrowest at", tuned_for, 0.0),
            Self::Posterior(prior) => {
                of_finite("mean of the prior", prior.mean, f64::NEG_INFINITY)?;
                of_finite("deviation of the prior", prior.sd, 0.0)
            }
        }
    }
}

/// A test that is planned, and how units are divided.
///
/// # Examples
///
/// Of viewers 60 % start playing; how many does it take to find two points more?
///
/// ```
/// use audience_abtest::planning::{PlannedMetric, TestDesign};
///
/// let (design, started) = (TestDesign::default(), PlannedMetric::Rate { control: 0.6 });
/// let units = design.units(&started, 0.02, 0.8)?;
/// assert_eq!(units.total(), 18_672.0);
/// assert_eq!(units.days(2000.0)?, 9.336);
/// assert!((design.power(&started, 0.02, 9336.0)? - 0.8).abs() < 1e-4);
/// assert!((design.detectable(&started, 0.8, 9336.0)? - 0.02).abs() < 1e-5);
/// # Ok::<(), audience_abtest::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct TestDesign {
    /// 1 − α. Of several comparisons, 1 − α / their number is safe.
    pub confidence: Confidence,
    /// On which side effects are looked for.
    pub alternative: Alternative,
    /// The effect that is tested against: 0, or of a non-inferiority test with margin δ, −δ where more is better and δ where
    /// less is, with the matching alternative; the effect to plan for is then 0, or what is hoped for.
    pub null: f64,
    /// Units of the treatment per unit of the control.
    pub ratio: f64,
    /// When an effect is found.
    pub criterion: Criterion,
}

impl Default for TestDesign {
    /// A two-sided test of 95 %, once, of equally many units in both arms.
    fn default() -> Self {
        Self {
            confidence: Confidence::P95,
            alternative: Alternative::TwoSided,
            null: 0.0,
            ratio: 1.0,
            criterion: Criterion::OneLook,
        }
    }
}

impl TestDesign {
    /// The probability of finding an effect of this size on so many units of the control, 0–1.
    ///
    /// With the standard errors SE₀ without and SE with the effect δ, and z of the test, it is Φ((δ − null − z SE₀) / SE) on the
    /// upper side, and on both sides its mirror image besides. On the wrong side it counts too, as in statsmodels; where an effect
    /// is all but 0 the power is α. Agrees with statsmodels' `NormalIndPower`, `TTestIndPower` and `power_proportions_2indep`.
    ///
    /// # Errors
    ///
    /// [`Error::NotAPlan`] of what cannot be: an effect that makes a rate none, fewer than two units, a ratio, variance or
    /// deviation of a prior that is not above 0; [`Error::OneSidedBelowHalf`] of a sequence.
    pub fn power(&self, metric: &PlannedMetric, effect: f64, control_units: f64) -> Result<f64, Error> {
        self.check(metric, effect)?;
        if !(control_units.is_finite() && control_units > 0.0 && control_units * (1.0 + self.ratio) >= 2.0) {
            return Err(Error::NotAPlan { of: "units of the control", value: control_units });
        }
        self.power_on(metric, effect, control_units)
    }

    /// How many units it takes to find an effect of this size with this probability.
    ///
    /// Agrees with statsmodels' `solve_power` and `samplesize_proportions_2indep_onetail`, and with Spotify Confidence's sample
    /// sizes. These count one side only, as is exact against one side; on both sides what is found on the wrong side counts here.
    ///
    /// # Errors
    ///
    /// As [`power`](Self::power); [`Error::NotAPlan`] of a power that is not between that of no effect and 1, and of an effect that
    /// is none or on the side that is not tested; [`Error::TooManyUnits`] when it takes more than 10¹⁵.
    pub fn units(&self, metric: &PlannedMetric, effect: f64, power: f64) -> Result<PlannedUnits, Error> {
        self.check(metric, effect)?;
        self.check_power(power)?;
        let towards = match self.alternative {
            Alternative::TwoSided => (effect - self.null).abs(),
            Alternative::Greater => effect - self.null,
            Alternative::Less => self.null - effect,
        };
        if towards <= 0.0 {
            return Err(Error::NotAPlan { of: "effect", value: effect });
        }
        // The t test takes a degree of freedom.
        let least = 3.0 / (1.0 + self.ratio);
        if self.power_on(metric, effect, MOST_UNITS)? < power {
            return Err(Error::TooManyUnits { effect, most: MOST_UNITS });
        }
        let ln = root(least.ln(), MOST_UNITS.ln(), |ln| Ok(self.power_on(metric, effect, ln.exp())? >= power))?;
        let control = ln.exp();
        Ok(PlannedUnits { control, treatment: control * self.ratio })
    }

    /// The smallest effect that is found with this probability on so many units of the control: upwards, or downwards where less
    /// is looked for. Agrees with Spotify Confidence's powered effects, which are of half of α on one side where both are tested.
    ///
    /// # Errors
    ///
    /// As [`power`](Self::power); [`Error::NotAPlan`] of a power that is not between that of no effect and 1, and
    /// [`Error::TooFewToDetect`] where no effect there can be is found with it.
    pub fn detectable(&self, metric: &PlannedMetric, power: f64, control_units: f64) -> Result<f64, Error> {
        self.power(metric, self.null, control_units)?;
        self.check_power(power)?;
        let (low, high) = metric.effects();
        let side = if self.alternative == Alternative::Less { -1.0 } else { 1.0 };
        let most = if side > 0.0 { high - self.null } else { self.null - low };
        let finds = |by: f64| Ok(self.power_on(metric, self.null + side * by, control_units)? >= power);
        let none = || Error::TooFewToDetect { control_units, power };
        let far = if most.is_finite() {
            most * (1.0 - 1e-12)
        } else {
            let mut far = self.standard_errors(metric, self.null, control_units).0;
            for _ in 0..200 {
                if finds(far)? {
                    break;
                }
                far *= 2.0;
            }
            far
        };
        if !finds(far)? {
            return Err(none());
        }
        Ok(self.null + side * root(0.0, far, finds)?)
    }

    /// The power with standard errors of the effect without and with it, and so many units of both arms.
    pub(super) fn power_of(&self, effect: f64, (without, with): (f64, f64), units: f64) -> Result<f64, Error> {
        self.criterion.check()?;
        let distance = effect - self.null;
        let (up, down) = match self.criterion {
            Criterion::OneLook => (self.critical() * without, self.critical() * without),
            Criterion::Sequence { tuned_for } => {
                let sequence = ConfidenceSequence::new(self.confidence, self.alternative)?.tuned_for(tuned_for);
                let unit = Effect { scale: Scale::Absolute, estimate: 0.0, standard_error: 1.0, degrees: None };
                let interval = sequence.interval(&unit, units.round().max(1.0) as u64);
                let reach = if interval.low.is_finite() { -interval.low } else { interval.high };
                (reach * without, reach * without)
            }
            Criterion::Posterior(prior) => {
                let (own, before) = ((without * without).recip(), (prior.sd * prior.sd).recip());
                // Where the mean of the posterior is as many of its deviations from the null effect as the test takes.
                let reach = self.critical() * (own + before).sqrt() / own;
                let drawn = (prior.mean - self.null) * before / own;
                (reach - drawn, reach + drawn)
            }
        };
        let above = Normal::upper_tail((up - distance) / with);
        let below = Normal::upper_tail((down + distance) / with);
        Ok(match self.alternative {
            Alternative::TwoSided => above + below,
            Alternative::Greater => above,
            Alternative::Less => below,
        })
    }

    fn power_on(&self, metric: &PlannedMetric, effect: f64, control_units: f64) -> Result<f64, Error> {
        let errors = self.standard_errors(metric, effect, control_units);
        let units = control_units * (1.0 + self.ratio);
        if let (PlannedMetric::FewMeans { .. }, Criterion::OneLook) = (metric, self.criterion) {
            let degrees = (units - 2.0).max(1.0);
            let t = NoncentralT::new(degrees, (effect - self.null) / errors.1)?;
            let critical = StudentT::new(degrees)?.quantile(1.0 - self.tail())?;
            let (above, below) = (t.upper_tail(critical), t.lower_tail(-critical));
            return Ok(match self.alternative {
                Alternative::TwoSided => above + below,
                Alternative::Greater => above,
                Alternative::Less => below,
            });
        }
        self.power_of(effect, errors, units)
    }

    /// Of the effect: as the test takes them without it, and as they are with it.
    fn standard_errors(&self, metric: &PlannedMetric, effect: f64, control_units: f64) -> (f64, f64) {
        let [without, with] = metric.variances(effect, self.ratio);
        let of = |(control, treatment): (f64, f64)| ((control + treatment / self.ratio) / control_units).sqrt();
        (of(without), of(with))
    }

    /// How much may be found on one side where there is nothing.
    fn tail(&self) -> f64 {
        match self.alternative {
            Alternative::TwoSided => self.confidence.tail(),
            Alternative::Greater | Alternative::Less => 1.0 - self.confidence.as_f64(),
        }
    }

    fn critical(&self) -> f64 {
        // A confidence is between 0 and 1, so that there is one.
        Normal::quantile(1.0 - self.tail()).unwrap_or(f64::INFINITY)
    }

    fn check(&self, metric: &PlannedMetric, effect: f64) -> Result<(), Error> {
        metric.check()?;
        let (low, high) = metric.effects();
        if !(effect > low && effect < high) {
            return Err(Error::NotAPlan { of: "effect", value: effect });
        }
        if !(self.null > low && self.null < high) {
            return Err(Error::NotAPlan { of: "effect to test against", value: self.null });
        }
        if self.ratio.is_finite() && self.ratio > 0.0 {
            Ok(())
        } else {
            Err(Error::NotAPlan { of: "ratio of units", value: self.ratio })
        }
    }

    pub(super) fn check_power(&self, power: f64) -> Result<(), Error> {
        if power > 1.0 - self.confidence.as_f64() && power < 1.0 {
            Ok(())
        } else {
            Err(Error::NotAPlan { of: "power", value: power })
        }
    }
}

/// Where `reached` begins to hold between two places, to the last digits; the first one if it holds there.
pub(super) fn root(mut low: f64, mut high: f64, reached: impl Fn(f64) -> Result<bool, Error>) -> Result<f64, Error> {
    if reached(low)? {
        return Ok(low);
    }
    for _ in 0..60 {
        let middle = low.midpoint(high);
        if reached(middle)? {
            high = middle;
        } else {
            low = middle;
        }
    }
    Ok(high)
}
