//! Sample ratio mismatch, tested once.

use std::num::NonZeroU32;

use audience_stats::{Correction, PValue, goodness_of_fit};

use crate::error::Error;

/// A p value below this is a mismatch: small, because each experiment is tested many times and most are divided as they should
/// be, and because a real fault of division is found at this level too.
pub const MISMATCH: f64 = 0.001;

/// The least number of units that each arm must be expected to have for the test to be relied on.
pub const LEAST_EXPECTED: f64 = 8.0;

/// Whether units are divided among arms as planned.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct SampleRatio {
    /// Pearson's χ² over the arms that should have units.
    pub statistic: f64,
    /// Its degrees of freedom: arms that should have units, less one.
    pub degrees: NonZeroU32,
    /// The probability of a division at least this far from the plan. 0 when there are [`strays`](Self::strays), which no
    /// division by the plan has.
    pub p: PValue,
    /// How many units each arm should have, in the order given: 0 in one of weight 0.
    pub expected: Vec<f64>,
    /// Units in arms of weight 0, where there should be none.
    pub strays: u64,
}

impl SampleRatio {
    /// Whether the division is not the planned one: p below [`MISMATCH`]. Differences between arms then say nothing until it is
    /// known which units are missing, and why.
    pub fn is_mismatch(&self) -> bool {
        self.p.value() < MISMATCH
    }
}

/// Tests whether units are divided among arms in the ratio of `weights`, of whatever sum, by Pearson's χ².
///
/// An arm of weight 0 (closed, not yet open) takes no part: it has no degree of freedom. A unit in it is a mismatch whatever
/// the others are, and p is 0.
///
/// Count *units*, each once: exposures or sessions of the same viewer are not independent and find mismatches where there are
/// none. Testing again and again as units come finds them too: see [`SequentialRatio`](super::SequentialRatio).
///
/// A. Fabijan et al., "Diagnosing sample ratio mismatch in online controlled experiments", KDD 2019. Agrees with
/// `scipy.stats.chisquare`, and in the far tail with the same in 40 digits (mpmath).
///
/// # Errors
///
/// [`Error::Statistics`] when a weight is not finite or below 0, or there is not one for each arm; [`Error::TooFewArms`] with
/// fewer than two arms of weight above 0; [`Error::TooFewUnits`] when one of these is expected to have fewer than
/// [`LEAST_EXPECTED`] units, unless there are strays.
///
/// # Examples
///
/// ```
/// use audience_abtest::trust::sample_ratio;
///
/// let even = sample_ratio(&[5_020, 4_980], &[0.5, 0.5])?;
/// assert!(!even.is_mismatch() && (even.p.value() - 0.689_156_5).abs() < 1e-7);
///
/// // Four of a hundred viewers of one arm are lost, say because its player crashes before it reports.
/// assert!(sample_ratio(&[5_020, 4_780], &[0.5, 0.5])?.p.value() < 0.02);
/// assert!(sample_ratio(&[50_200, 47_800], &[0.5, 0.5])?.is_mismatch());
/// # Ok::<(), audience_abtest::Error>(())
/// ```
pub fn sample_ratio(observed: &[u64], weights: &[f64]) -> Result<SampleRatio, Error> {
    let Open { counts, weights: open, strays } = Open::new(observed, weights)?;
    let sum: f64 = open.iter().sum();
    let total: u64 = counts.iter().fold(0, |sum, count| sum.saturating_add(*count));
    let least = open.iter().copied().fold(f64::INFINITY, f64::min) * total as f64 / sum;
    if strays == 0 && least < LEAST_EXPECTED {
        return Err(Error::TooFewUnits { needed: LEAST_EXPECTED, expected: least });
    }
    let expected = weights.iter().map(|weight| weight / sum * total as f64).collect();
    if total == 0 {
        // Nothing but strays.
        let degrees = NonZeroU32::new(open.len() as u32 - 1).unwrap_or(NonZeroU32::MIN);
        return Ok(SampleRatio { statistic: 0.0, degrees, p: PValue::ZERO, expected, strays });
    }
    let fit = goodness_of_fit(&counts, &open)?;
    let p = if strays > 0 { PValue::ZERO } else { fit.p };
    Ok(SampleRatio { statistic: fit.statistic, degrees: fit.degrees, p, expected, strays })
}

/// The arms that should have units.
#[derive(Debug)]
pub(super) struct Open {
    pub(super) counts: Vec<u64>,
    pub(super) weights: Vec<f64>,
    /// Units in the others.
    pub(super) strays: u64,
}

impl Open {
    pub(super) fn new(observed: &[u64], weights: &[f64]) -> Result<Self, Error> {
        let (expected, found) = (weights.len(), observed.len());
        if expected != found {
            return Err(audience_stats::Error::LengthsDiffer { expected, found }.into());
        }
        let mut open = Self { counts: Vec::new(), weights: Vec::new(), strays: 0 };
        for (at, (count, weight)) in observed.iter().zip(weights).enumerate() {
            if !(weight.is_finite() && *weight >= 0.0) {
                return Err(audience_stats::Error::NotAWeight { at, weight: *weight }.into());
            }
            if *weight > 0.0 {
                open.counts.push(*count);
                open.weights.push(*weight);
            } else {
                open.strays = open.strays.saturating_add(*count);
            }
        }
        if open.weights.len() < 2 {
            return Err(Error::TooFewArms { needed: 2, found: open.weights.len() });
        }
        Ok(open)
    }
}

/// The division within one slice of all units, such as one platform.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct SliceRatio<K> {
    /// Which slice.
    pub slice: K,
    /// Its own test.
    pub ratio: SampleRatio,
    /// Its p value, times the number of slices that were tested.
    pub adjusted: PValue,
}

/// The division within each slice of a dimension.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct SlicedRatios<K> {
    /// Slices that could be tested, the least probable first.
    pub tested: Vec<SliceRatio<K>>,
    /// Slices with too few units, in the order given.
    pub too_few: Vec<K>,
}

impl<K> SlicedRatios<K> {
    /// Slices that are not divided as planned: adjusted p below [`MISMATCH`]. They are where to look for the cause.
    pub fn mismatches(&self) -> impl Iterator<Item = &SliceRatio<K>> {
        self.tested.iter().take_while(|slice| slice.adjusted.value() < MISMATCH)
    }
}

/// Tests the division within each slice of a dimension (device, country, player version), adjusted by Bonferroni for how many
/// are tested. Slices must follow from what a unit is *before* it is assigned: what the arm changes divides it otherwise.
///
/// Slices with too few units are not tested and do not count.
///
/// # Errors
///
/// As [`sample_ratio`], but for too few units.
///
/// # Examples
///
/// ```
/// use audience_abtest::trust::sample_ratio_by;
///
/// let counts = [("phone", vec![5_020, 4_980]), ("television", vec![900, 1_100]), ("watch", vec![4, 3])];
/// let devices = sample_ratio_by(counts, &[1.0, 1.0])?;
/// assert_eq!(devices.tested[0].slice, "television");
/// assert_eq!(devices.mismatches().count(), 1);
/// assert_eq!(devices.too_few, ["watch"]);
/// # Ok::<(), audience_abtest::Error>(())
/// ```
pub fn sample_ratio_by<K>(
    slices: impl IntoIterator<Item = (K, Vec<u64>)>,
    weights: &[f64],
) -> Result<SlicedRatios<K>, Error> {
    let (mut found, mut too_few) = (Vec::new(), Vec::new());
    for (slice, observed) in slices {
        match sample_ratio(&observed, weights) {
            Ok(ratio) => found.push((slice, ratio)),
            Err(Error::TooFewUnits { .. }) => too_few.push(slice),
            Err(error) => return Err(error),
        }
    }
    let p_values: Vec<PValue> = found.iter().map(|(_, ratio)| ratio.p).collect();
    let adjusted = Correction::Bonferroni.adjust_p(&p_values);
    let with = found.into_iter().zip(adjusted).map(|((slice, ratio), adjusted)| SliceRatio { slice, ratio, adjusted });
    let mut tested: Vec<_> = with.collect();
    // Of equal ones, the order given.
    tested.sort_by(|a, b| a.ratio.p.ln().total_cmp(&b.ratio.p.ln()));
    Ok(SlicedRatios { tested, too_few })
}
