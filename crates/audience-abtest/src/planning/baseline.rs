//! What units do before an experiment, to plan it by.

use std::sync::Arc;

use super::PlannedMetric;
use crate::analysis::{AnalysisSpec, estimates};
use crate::error::Error;
use crate::exposure::ExperimentUnits;
use crate::metric::{Metric, MetricKind};
use crate::refusal::Refusal;
use crate::sums::MetricSums;

/// A metric over units that were seen, and how much they vary in it: what an experiment with such units is planned by.
///
/// It is the figure that an [`Analysis`](crate::Analysis) of these units would have of the control: with the same caps, ratios by the
/// delta method, quantiles by units, and adjustment.
///
/// # Examples
///
/// ```
/// use audience_abtest::planning::{Baseline, PlannedMetric};
/// use audience_abtest::{AnalysisSpec, ExposureSpec, Exposures, Metric};
/// use audience_core::{Accumulator, Event, EventKind, MediaTime, Rules, Session, Timestamp};
///
/// let spec = AnalysisSpec::new(ExposureSpec::everyone(), vec![Metric::Started]);
/// let mut exposures = Exposures::new(spec.exposures.clone());
/// for viewer in 0..100 {
///     let kind = if viewer < 20 { EventKind::load_of(MediaTime::from_secs(60)) } else { EventKind::Play };
///     let at = |millis: i64| Timestamp::from_millis(millis);
///     let events = [Event::new(at(0), kind), Event::new(at(5000), EventKind::Pause)];
///     let session = Session::new(format!("s{viewer}"), "film", events).with_viewer(format!("v{viewer}"));
///     exposures.observe(&session.facts(&Rules::default(), None));
/// }
/// let baselines = Baseline::all(&exposures.summary(), &spec)?;
/// let started = baselines[0].as_ref().unwrap();
/// assert_eq!((started.units, started.value), (100, 0.8));
/// assert_eq!(started.planned(), PlannedMetric::Rate { control: 0.8 });
/// # Ok::<(), audience_abtest::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Baseline {
    /// Which.
    pub metric: Metric,
    /// What kind of figure it is.
    pub kind: MetricKind,
    /// How many units were seen, at least 2.
    pub units: u64,
    /// The metric, without adjustment, in its unit: milliseconds, shares of 1, or counts. Not 0.
    pub value: f64,
    /// The variance of one unit, above 0, in the square of that unit; where there is a pre-period, of what is left after adjustment.
    pub variance: f64,
    /// By how much adjusting for the pre-period makes the variance less, as a part of it; `None` without one, and of quantiles.
    pub variance_reduction: Option<f64>,
    /// What figures of a unit are capped at; of a ratio, its numerator.
    pub cap: Option<u64>,
}

impl Baseline {
    /// Each metric of the analysis over the units of the first arm, or why it cannot be planned for: [`Refusal::TooFewUnits`],
    /// [`Refusal::NoVariance`], also when what units did before says all of what they do, [`Refusal::ZeroBaseline`], as effects are parts
    /// of it, and those of ratios and quantiles. Strata are not looked at.
    ///
    /// # Errors
    ///
    /// [`Error::NoMetric`].
    pub fn all(units: &ExperimentUnits, spec: &AnalysisSpec) -> Result<Vec<Result<Self, Refusal>>, Error> {
        let spec = AnalysisSpec { stratify: None, ..spec.clone() };
        let plan = spec.plan_of(units.arms.len().max(1))?;
        let sums = MetricSums::of(Arc::new(plan), &units.units);
        Ok((0..spec.metrics.len()).map(|at| Self::of(&sums, at)).collect())
    }

    fn of(sums: &MetricSums, at: usize) -> Result<Self, Refusal> {
        let metric = sums.plan().metrics[at].clone();
        let (own, adjusted) = estimates(sums, at, 0)?;
        if own.units < 2 {
            return Err(Refusal::TooFewUnits { units: own.units, needed: 2 });
        }
        if own.value == 0.0 {
            return Err(Refusal::ZeroBaseline);
        }
        let variance = adjusted.map_or(own.variance, |adjusted| adjusted.variance);
        // Less than rounding leaves is none.
        if variance <= 1e-12 * own.variance || own.variance <= 0.0 {
            return Err(Refusal::NoVariance);
        }
        Ok(Self {
            kind: metric.kind(),
            units: own.units,
            value: own.value,
            variance,
            variance_reduction: adjusted.map(|adjusted| 1.0 - adjusted.variance / own.variance),
            cap: sums.limits().caps[at][0],
            metric,
        })
    }

    /// What an experiment is planned for: a share of units is a rate, unless it is adjusted, and all others have a variance.
    pub fn planned(&self) -> PlannedMetric {
        match (self.kind, self.variance_reduction) {
            (MetricKind::Proportion, None) => PlannedMetric::Rate { control: self.value },
            _ => PlannedMetric::mean(self.variance),
        }
    }
}
