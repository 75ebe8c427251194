//! What a funnel over events has seen.

use audience_stats::{Distribution, Proportion};

/// What an [`EventFunnel`](super::EventFunnel) has seen.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct EventFunnelSummary {
    /// The names of the steps.
    pub steps: Vec<Box<str>>,
    /// Of all units.
    pub all: FunnelFigures,
    /// Of the units of each value, in order of the values; of those without one, first. Each unit is in one. Empty when nothing
    /// groups them.
    pub groups: Vec<(Option<Box<str>>, FunnelFigures)>,
    /// Units with a session of another value than their first session's, or without one.
    pub mixed: u64,
}

/// How many units came how far.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct FunnelFigures {
    /// All units, also those without any step.
    pub units: u64,
    /// Units that came to each step, each once: no more than came to the one before.
    pub reached: Vec<u64>,
    /// Of each unit that came through all steps, the shortest time in which it did, in milliseconds.
    pub times: Distribution,
}

/// How long it takes to come through all steps, in milliseconds, one time for each unit: that of its fastest chain.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct TimeToConvert {
    /// How many units came through.
    pub units: u64,
    /// The mean.
    pub mean: f64,
    /// A quarter took no longer: as all quantiles here, linear between order statistics.
    pub p25: f64,
    /// A half.
    pub p50: f64,
    /// Three quarters.
    pub p75: f64,
    /// All but a twentieth.
    pub p95: f64,
}

impl EventFunnelSummary {
    /// The figures of the units with this value, or without one.
    pub fn group(&self, value: Option<&str>) -> Option<&FunnelFigures> {
        self.groups.iter().find(|(of, _)| of.as_deref() == value).map(|(_, figures)| figures)
    }
}

impl FunnelFigures {
    /// Of the units that came to the first step, those that came to this one, counted from 0. `None` when none did, and
    /// without such a step.
    pub fn from_start(&self, step: usize) -> Option<Proportion> {
        part(*self.reached.get(step)?, *self.reached.first()?)
    }

    /// Of the units that came to the step before, those that came to this one. `None` when none did, of the first, and without
    /// such a step.
    pub fn from_previous(&self, step: usize) -> Option<Proportion> {
        part(*self.reached.get(step)?, *self.reached.get(step.checked_sub(1)?)?)
    }

    /// Of all units, those that came to the first step. `None` without units.
    pub fn entered(&self) -> Option<Proportion> {
        part(*self.reached.first()?, self.units)
    }

    /// How long it takes; `None` when no unit came through.
    pub fn time_to_convert(&self) -> Option<TimeToConvert> {
        let quantile = |q: f64| self.times.quantile(q).ok().flatten();
        Some(TimeToConvert {
            units: self.times.count(),
            mean: self.times.mean()?,
            p25: quantile(0.25)?,
            p50: quantile(0.5)?,
            p75: quantile(0.75)?,
            p95: quantile(0.95)?,
        })
    }
}

/// So many of so many; `None` of none.
pub(super) fn part(reached: u64, of: u64) -> Option<Proportion> {
    Proportion::new(reached, of).ok().filter(|_| of > 0)
}
