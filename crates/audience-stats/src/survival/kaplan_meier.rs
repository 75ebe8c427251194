//! The share that stays, over time.

use libm::{exp, log, log1p, sqrt};

use super::{RiskRow, RiskTable};
use crate::error::Error;
use crate::float_sum::FloatSum;
use crate::interval::{Confidence, Interval};
use crate::survival::check_weight;

/// The share that stays, just after one time.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct SurvivalStep {
    /// The time.
    pub time: f64,
    /// The share that stays for longer, 0–1.
    pub survival: f64,
    /// The variance of the share. `None` where nobody stays.
    pub variance: Option<f64>,
}

/// On which scale a band is symmetric.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum BandScale {
    /// Of the share itself, cut off at 0 and 1. Too low near 1 and too narrow near 0.
    Plain,
    /// Of its logarithm, cut off at 1.
    Log,
    /// Of the logarithm of minus its logarithm: within 0 to 1 by itself, and nearest to what it promises.
    LogLog,
}

/// The share of units that stay, over time: each time it falls by the part of those at risk that leaves.
///
/// S(t) = Π (1 − d / n) over the times up to t, with n at risk and d leaving. Units last seen at a time are still at risk at
/// it. Censoring must have nothing to do with leaving. The variance is Greenwood's, S² Σ d / (n (n − d)): it takes units to
/// be independent and weights to be numbers of units. Of units that come in clusters see
/// [`RiskTable::cluster_robust`].
///
/// E. L. Kaplan, P. Meier, "Nonparametric estimation from incomplete observations", JASA 53 (1958). Agrees with R's
/// `survival::survfit` and with lifelines' `KaplanMeierFitter`, except for fractional weights, which lifelines rounds.
///
/// At times with nobody at risk it stays as it is.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct KaplanMeier {
    pub(super) steps: Vec<SurvivalStep>,
    /// For each step the logarithm of the survival and the variance of that: more exact than from the survival.
    logs: Vec<Log>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
struct Log {
    survival: f64,
    variance: f64,
}

impl RiskTable {
    /// The share of units that stay: see [`KaplanMeier`].
    pub fn kaplan_meier(&self) -> KaplanMeier {
        let mut variance = FloatSum::default();
        KaplanMeier::of(self, |row, staying| {
            if staying > 0.0 {
                variance.add(row.events / row.at_risk / staying);
            }
            variance.value()
        })
    }
}

impl KaplanMeier {
    /// The curve of a table, whose logarithm has these variances, row by row.
    pub(super) fn of(table: &RiskTable, mut ln_variance: impl FnMut(&RiskRow, f64) -> f64) -> Self {
        let (mut survival, mut ln_survival) = (1.0, FloatSum::default());
        let (mut steps, mut logs) = (Vec::new(), Vec::new());
        for (row, staying) in table.with_staying() {
            let log = Log {
                variance: ln_variance(row, staying),
                survival: {
                    if row.events > 0.0 {
                        survival *= staying / row.at_risk;
                        let leaving = row.events / row.at_risk;
                        ln_survival.add(if leaving < 0.5 { log1p(-leaving) } else { log(staying / row.at_risk) });
                    }
                    ln_survival.value()
                },
            };
            steps.push(SurvivalStep { time: row.time, survival, variance: variance(survival, log.variance) });
            logs.push(log);
        }
        Self { steps, logs }
    }

    /// The share just after each time of the table.
    pub fn steps(&self) -> &[SurvivalStep] {
        &self.steps
    }

    /// The step that holds at a time: the last one not after it. `None` before the first.
    pub fn step_at(&self, time: f64) -> Option<usize> {
        self.steps.partition_point(|step| step.time <= time).checked_sub(1)
    }

    /// The share that stays for longer than `time`: 1 before the first time, and as it was last after the last.
    pub fn at(&self, time: f64) -> f64 {
        self.step_at(time).map_or(1.0, |step| self.steps[step].survival)
    }

    /// The variance of [`at`](Self::at); 0 before the first time, `None` where nobody stays.
    pub fn variance_at(&self, time: f64) -> Option<f64> {
        self.step_at(time).map_or(Some(0.0), |step| self.steps[step].variance)
    }

    /// The interval of the share at a step. Both ends are 1 where nobody has left. Where nobody stays, both are 0 for
    /// [`BandScale::LogLog`], and `None` for the others; `None` also past the last step.
    ///
    /// Agrees with R's `survfit(conf.type = "plain" / "log" / "log-log")`.
    pub fn interval(&self, step: usize, scale: BandScale, confidence: Confidence) -> Option<Interval> {
        let (SurvivalStep { survival, .. }, Log { survival: ln_survival, variance }) =
            (self.steps.get(step)?, self.logs.get(step)?);
        if *ln_survival == 0.0 {
            return Some(Interval { low: 1.0, high: 1.0 });
        }
        if *survival == 0.0 {
            return matches!(scale, BandScale::LogLog).then_some(Interval { low: 0.0, high: 0.0 });
        }
        let reach = confidence.z() * sqrt(*variance);
        Some(match scale {
            BandScale::Plain => {
                Interval { low: (survival - survival * reach).max(0.0), high: (survival + survival * reach).min(1.0) }
            }
            BandScale::Log => Interval { low: survival * exp(-reach), high: (survival * exp(reach)).min(1.0) },
            BandScale::LogLog => {
                let factor = exp(reach / ln_survival.abs());
                Interval { low: exp(ln_survival * factor), high: exp(ln_survival / factor) }
            }
        })
    }

    /// The mean time that units stay within the first `until`: the area under the curve from 0 to there. 0 when `until` is
    /// not above 0. After the last time the share is taken to stay as it was last, which is too much when it is not 0.
    ///
    /// Agrees with lifelines' `restricted_mean_survival_time`.
    pub fn restricted_mean(&self, until: f64) -> f64 {
        let (mut area, mut from, mut survival) = (FloatSum::default(), 0.0, 1.0);
        for step in self.steps.iter().take_while(|step| step.time < until) {
            area.add((step.time - from) * survival);
            (from, survival) = (step.time, step.survival);
        }
        // Nobody stays for no time, however long.
        if until > from && survival > 0.0 {
            area.add((until - from) * survival);
        }
        area.value()
    }

    /// The same curve with the variance of each step multiplied, so that bands are those of data that say less than as many
    /// independent units: by how much, [`ClusteredRatio::design_effect`](crate::ClusteredRatio::design_effect) knows.
    ///
    /// # Errors
    ///
    /// [`Error::LengthsDiffer`] unless there is one for each step; [`Error::NotAWeight`] when one is not finite or below 0.
    pub fn with_design_effects(mut self, per_step: &[f64]) -> Result<Self, Error> {
        let (expected, found) = (self.steps.len(), per_step.len());
        if expected != found {
            return Err(Error::LengthsDiffer { expected, found });
        }
        for (at, ((step, log), effect)) in self.steps.iter_mut().zip(&mut self.logs).zip(per_step).enumerate() {
            check_weight(at, *effect)?;
            log.variance *= effect;
            step.variance = variance(step.survival, log.variance);
        }
        Ok(self)
    }
}

/// The variance of the survival from that of its logarithm, by the delta method.
fn variance(survival: f64, ln_variance: f64) -> Option<f64> {
    (survival > 0.0).then_some(survival * survival * ln_variance)
}
