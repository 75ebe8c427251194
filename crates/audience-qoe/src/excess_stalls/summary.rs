//! Slices of sessions, and the stalls that go with them.

use std::cmp::Ordering;

use audience_core::Ratio;
use audience_stats::{Correction, Interval};

use super::ExcessStalls;
use super::slice::{SliceDimension, SliceValue};
use super::standardised::{Comparison, Standardised, standardised};
use crate::playback::LeftOut;

/// What [`ExcessStalls`] has seen. Times are wall-clock time.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ExcessStallsSummary {
    /// Slices by the lower end of their excess, the largest first: at the top is what surely has the most. Those without an
    /// interval come last. None of a dimension in which all sessions have the same.
    pub slices: Vec<StallSlice>,
    /// Values with fewer sessions than asked for, which are no slices; they are among the others of each slice.
    pub small_values: u64,
    /// Sessions it is of.
    pub sessions: u64,
    /// Sessions it is not of.
    pub left_out: LeftOut,
}

/// All sessions that have a value in a dimension.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct StallSlice {
    /// The dimension.
    pub dimension: SliceDimension,
    /// The value.
    pub value: SliceValue,
    /// Sessions.
    pub sessions: u64,
    /// Time stalled.
    pub stalled_ms: u64,
    /// Time in which frames moved.
    pub playing_ms: u64,
    /// Time stalled per time in which frames moved, whatever else is different with these sessions. `None` when none moved.
    pub crude_ratio: Option<f64>,
    /// The share of the time played that others can be compared with: of strata in which others have played too. `None`
    /// when nothing was played.
    pub comparable: Option<Ratio>,
    /// The comparison with others in the same strata; `None` when there are none.
    pub comparison: Option<StallComparison>,
}

/// What a slice stalled, beside what others stalled that have the same in all other dimensions. An association: it need
/// not come from what tells the slice apart.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct StallComparison {
    /// Time the slice stalled in strata in which others have played too.
    pub observed_ms: f64,
    /// The time it would have stalled there at the ratios of the others.
    pub expected_ms: f64,
    /// The difference.
    pub excess_ms: f64,
    /// Its 95 % interval, from how groups of viewers vary; `None` with less than two groups on
    /// either side, or when groups do not vary.
    pub excess_interval: Option<Interval>,
    /// The ratio of the two; `None` when nothing was expected.
    pub relative: Option<f64>,
    /// Its 95 % interval, made on the logarithmic scale; `None` also when one of the two is 0, with all groups or without
    /// one, when groups do not vary, or where it has no end.
    pub relative_interval: Option<Interval>,
    /// The two-sided probability of a relative measure this far from 1, if nothing went with the slice; from the
    /// logarithmic scale, on which long tails are less of a trouble. `None` as its interval.
    pub p_value: Option<f64>,
    /// The same, adjusted for the number of slices by Benjamini and Hochberg.
    pub adjusted_p_value: Option<f64>,
    /// Whether the adjusted one is at most [`ExcessStalls::FALSE_DISCOVERY_RATE`]. Then the slice stalls more than
    /// others, or less.
    pub is_finding: bool,
}

impl ExcessStallsSummary {
    pub(super) fn new(state: &ExcessStalls) -> Self {
        let ordered = state.cells.ordered();
        let sessions = ordered.cells.iter().map(|(_, sums)| sums.totals()[0]).sum();
        let mut slices = Vec::new();
        let mut small_values = 0;
        for (number, dimension) in state.dimensions.iter().enumerate() {
            let values = standardised(&ordered, number, state.min_sessions);
            let seen = || (0..).zip(&values).filter(|(_, value)| value.totals[0] > 0);
            if seen().count() < 2 {
                continue;
            }
            for (value, standardised) in seen() {
                if standardised.totals[0] < u128::from(state.min_sessions) {
                    small_values += 1;
                    continue;
                }
                slices.push(StallSlice::new(dimension.clone(), ordered.value(number, value), standardised));
            }
        }
        adjust(&mut slices);
        // Slices are in the order of dimensions and values so far, and stay so where there is nothing to tell them apart.
        slices.sort_by(StallSlice::surely_more);
        Self { slices, small_values, sessions: whole(sessions), left_out: state.left_out }
    }
}

impl StallSlice {
    fn new(dimension: SliceDimension, value: SliceValue, of: &Standardised) -> Self {
        let [sessions, stalled, playing] = of.totals;
        let compared = of.comparison.as_ref().map_or(0.0, |comparison| comparison.playing_ms);
        Self {
            dimension,
            value,
            sessions: whole(sessions),
            stalled_ms: whole(stalled),
            playing_ms: whole(playing),
            crude_ratio: (playing > 0).then(|| stalled as f64 / playing as f64),
            comparable: (playing > 0).then(|| Ratio::new((compared / playing as f64).min(1.0)).ok()).flatten(),
            comparison: of.comparison.as_ref().map(StallComparison::new),
        }
    }

    /// Orders by the lower end of the excess, the largest first.
    fn surely_more(&self, other: &Self) -> Ordering {
        let low = |slice: &Self| Some(slice.comparison?.excess_interval?.low);
        match (low(self), low(other)) {
            (Some(a), Some(b)) => b.total_cmp(&a),
            (a, b) => b.is_some().cmp(&a.is_some()),
        }
    }
}

impl StallComparison {
    fn new(comparison: &Comparison) -> Self {
        let (observed_ms, expected_ms) = (comparison.observed_ms(), comparison.expected_ms());
        let (excess, log) = (comparison.excess(), comparison.log_relative());
        let exp = |log: Interval| Interval { low: libm::exp(log.low), high: libm::exp(log.high) };
        Self {
            observed_ms,
            expected_ms,
            excess_ms: observed_ms - expected_ms,
            excess_interval: excess.and_then(|excess| excess.interval_95()),
            relative: (expected_ms > 0.0).then(|| observed_ms / expected_ms),
            relative_interval: log
                .and_then(|log| log.interval_95())
                .map(exp)
                .filter(|interval| interval.high.is_finite()),
            p_value: log.and_then(|log| log.p_value(0.0)),
            adjusted_p_value: None,
            is_finding: false,
        }
    }
}

/// Adjusts the probabilities of all slices for their number.
fn adjust(slices: &mut [StallSlice]) {
    let mut tested: Vec<&mut StallComparison> = slices
        .iter_mut()
        .filter_map(|slice| slice.comparison.as_mut())
        .filter(|comparison| comparison.p_value.is_some())
        .collect();
    let p_values: Vec<f64> = tested.iter().filter_map(|comparison| comparison.p_value).collect();
    let adjusted = Correction::BenjaminiHochberg.adjust(&p_values).expect("tails of Student's t are probabilities");
    for (comparison, adjusted) in tested.iter_mut().zip(adjusted) {
        comparison.adjusted_p_value = Some(adjusted);
        comparison.is_finding = adjusted <= ExcessStalls::FALSE_DISCOVERY_RATE;
    }
}

fn whole(sum: u128) -> u64 {
    u64::try_from(sum).unwrap_or(u64::MAX)
}
