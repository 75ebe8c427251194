//! Two groups beside each other.

use audience_stats::{Alternative, Confidence, Correction, Distribution, Interval, MannWhitney, PValue, Proportion};

use super::figures::{EventFunnelSummary, FunnelFigures};
use crate::error::Error;

/// How one group comes through a funnel, against another.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct FunnelComparison {
    /// Each step but the first, to which all come that are compared.
    pub steps: Vec<StepComparison>,
    /// Whether the first group takes longer, of those who come through; its superiority is the probability that it does. `None`
    /// when nobody of one group comes through, or more than [`MAX_TIMES`](Self::MAX_TIMES).
    pub times: Option<MannWhitney>,
}

/// Of those of each group who came to the first step, how many came to this one.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct StepComparison {
    /// The step, counted from 0.
    pub step: usize,
    /// In the first group.
    pub rate: Proportion,
    /// In the other.
    pub baseline: Proportion,
    /// The first rate minus the other, −1 to 1.
    pub difference: f64,
    /// Its interval by Newcombe's method, see [`Proportion::difference`]: of this step alone.
    pub interval: Interval,
    /// The probability of rates at least this far apart if they are the same: by Fisher's exact test up to a million units
    /// or where fewer than five are expected on a side, else by the pooled test of two proportions.
    pub p: PValue,
    /// The same adjusted by Holm for the number of steps.
    pub adjusted: PValue,
}

impl FunnelComparison {
    /// The most times of a group that are put in order.
    pub const MAX_TIMES: u64 = 1 << 24;
}

/// So many units are tested exactly.
const EXACT: u64 = 1_000_000;

impl EventFunnelSummary {
    /// The units of one value (or without one) against those of another.
    ///
    /// A unit is in one group alone, so the two are independent; whether a difference is the attribute's doing is another
    /// question, which [experiments](https://docs.rs/audience-abtest) answer.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownGroup`] when nobody has a value.
    pub fn compare(
        &self,
        value: Option<&str>,
        baseline: Option<&str>,
        confidence: Confidence,
    ) -> Result<FunnelComparison, Error> {
        let group = |value: Option<&str>| {
            self.group(value).ok_or_else(|| Error::UnknownGroup { value: value.unwrap_or_default().to_owned() })
        };
        Ok(group(value)?.compare(group(baseline)?, confidence))
    }
}

impl FunnelFigures {
    /// These units against others, none of which is in both. Steps to which nobody of one group can come are left out.
    pub fn compare(&self, baseline: &Self, confidence: Confidence) -> FunnelComparison {
        let step = |step: usize| {
            let (rate, other) = (self.from_start(step)?, baseline.from_start(step)?);
            let p = test(&rate, &other);
            Some(StepComparison {
                step,
                rate,
                baseline: other,
                difference: rate.rate()? - other.rate()?,
                interval: rate.difference(&other, confidence.z())?,
                p,
                adjusted: p,
            })
        };
        let mut steps: Vec<StepComparison> = (1..self.reached.len()).filter_map(step).collect();
        let p_values: Vec<PValue> = steps.iter().map(|step| step.p).collect();
        for (step, adjusted) in steps.iter_mut().zip(Correction::Holm.adjust_p(&p_values)) {
            step.adjusted = adjusted;
        }
        let times = values(&self.times).zip(values(&baseline.times));
        let times = times.and_then(|(own, other)| MannWhitney::new(&own, &other).ok());
        FunnelComparison { steps, times }
    }
}

/// Whether two rates are the same.
fn test(rate: &Proportion, baseline: &Proportion) -> PValue {
    let (n1, n2) = (rate.trials() as f64, baseline.trials() as f64);
    let successes = rate.successes() as f64 + baseline.successes() as f64;
    let failures = n1 + n2 - successes;
    let fewest = n1.min(n2) / (n1 + n2) * successes.min(failures);
    if fewest < 5.0 || rate.trials().saturating_add(baseline.trials()) <= EXACT {
        return rate.fisher(baseline, Alternative::TwoSided);
    }
    rate.pooled_test(baseline, Alternative::TwoSided).map_or(PValue::ONE, |test| test.p)
}

/// Each value as often as it was seen; `None` when too often.
fn values(times: &Distribution) -> Option<Vec<f64>> {
    (times.count() <= FunnelComparison::MAX_TIMES)
        .then(|| times.counts().flat_map(|(time, count)| (0..count).map(move |_| time as f64)).collect())
}
