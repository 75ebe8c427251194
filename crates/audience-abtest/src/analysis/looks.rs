//! The primary metric over time: what one would have seen at each look.

use std::sync::Arc;

use audience_core::Timestamp;

use super::compare::at_once;
use super::{AnalysisSpec, Finding};
use crate::error::Error;
use crate::exposure::Exposures;
use crate::refusal::Refusal;
use crate::sums::MetricSums;

/// The primary metric as it was at some time, with all that was seen before.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Look {
    /// Sessions that began before this.
    pub until: Timestamp,
    /// The units of each arm.
    pub units: Vec<u64>,
    /// Each arm but the control, compared with the control.
    pub arms: Vec<LookAt>,
}

/// An arm at one look.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct LookAt {
    /// What was found, not adjusted for the number of comparisons; `None` when nothing could be said.
    pub finding: Option<Finding>,
    /// The least probability of the [`sequence`](Finding::sequence) so far, which is right at any number of looks.
    pub least_p: Option<audience_stats::PValue>,
    /// Whether the sequence has left out "no difference" at this look or before: then the experiment might have been stopped.
    pub decided: bool,
}

impl Look {
    /// The looks at these times, in order, of these arms, the control first: those of the end, also where one came later. Each
    /// resolves all units anew: some tens are plenty.
    ///
    /// # Errors
    ///
    /// As [`AnalysisSpec::plan`].
    pub fn all(
        exposures: &Exposures,
        arms: &[Arc<str>],
        spec: &AnalysisSpec,
        times: &[Timestamp],
    ) -> Result<Vec<Self>, Error> {
        let spec = AnalysisSpec { metrics: spec.metrics.iter().take(1).cloned().collect(), ..spec.clone() };
        let alpha = 1.0 - spec.confidence.as_f64();
        let mut looks: Vec<Self> = Vec::with_capacity(times.len());
        for until in times {
            let units = exposures.until(*until, arms);
            let plan = Arc::new(spec.plan(&units)?);
            let sums = MetricSums::of(plan, &units.units);
            let earlier = looks.last();
            let found = at_once(&sums, &spec).into_iter().map(Result::<Finding, Refusal>::ok);
            let arms = found.enumerate().map(|(at, finding)| {
                let earlier = earlier.and_then(|look| look.arms[at].least_p);
                let now = finding.as_ref().and_then(|finding| finding.sequence).map(|sequence| sequence.p);
                let least_p = match (earlier, now) {
                    (Some(earlier), Some(now)) => Some(if now < earlier { now } else { earlier }),
                    (earlier, now) => earlier.or(now),
                };
                LookAt { finding, least_p, decided: least_p.is_some_and(|p| p.value() <= alpha) }
            });
            let arms = arms.collect();
            looks.push(Self { until: *until, units: sums.units(), arms });
        }
        Ok(looks)
    }
}
