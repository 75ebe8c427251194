//! How long things took, in bounded memory.

use audience_core::{Elapsed, Merge};
use audience_stats::QuantileSketch;

/// How far quantiles may be off, as a part of them.
const RELATIVE_ERROR: f64 = 0.01;

/// As many bins as span from a millisecond to more than a week; what is shorter than that counts in the lowest one.
const BINS: u32 = 1024;

/// How long things took: a sketch that takes no memory before the first of them.
#[derive(Clone, Debug, Default)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(try_from = "Option<Box<QuantileSketch>>")
)]
#[cfg_attr(feature = "serde", serde(into = "Option<Box<QuantileSketch>>"))]
pub(crate) struct Durations(Option<Box<QuantileSketch>>);

#[cfg(feature = "serde")]
impl TryFrom<Option<Box<QuantileSketch>>> for Durations {
    type Error = crate::Error;

    fn try_from(sketch: Option<Box<QuantileSketch>>) -> Result<Self, crate::Error> {
        use audience_stats::Portable as _;
        // Sketches that were made differently do not merge.
        let alike = |sketch: &QuantileSketch| sketch.fingerprint() == new_sketch().fingerprint() && sketch.count() > 0;
        if sketch.as_deref().is_none_or(alike) { Ok(Self(sketch)) } else { Err(crate::Error::Inconsistent) }
    }
}

#[cfg(feature = "serde")]
impl From<Durations> for Option<Box<QuantileSketch>> {
    fn from(durations: Durations) -> Self {
        durations.0
    }
}

fn new_sketch() -> QuantileSketch {
    QuantileSketch::with_bins(RELATIVE_ERROR, BINS).expect("the error and the bins are in range")
}

impl Durations {
    pub(crate) fn insert(&mut self, duration: Elapsed) {
        let sketch = self.0.get_or_insert_with(|| Box::new(new_sketch()));
        sketch.insert(duration.as_millis() as f64).expect("whole numbers are finite");
    }

    /// Takes in what another one has seen.
    pub(crate) fn absorb(&mut self, other: &Self) {
        if let Some(other) = &other.0 {
            self.merge(Self(Some(other.clone())));
        }
    }

    pub(crate) fn summary(&self) -> Option<DurationSummary> {
        let sketch = self.0.as_ref()?;
        let quantile = |q| sketch.quantile(q).ok().flatten();
        Some(DurationSummary {
            count: sketch.count(),
            least_ms: sketch.min()?,
            mean_ms: sketch.mean()?,
            p50_ms: quantile(0.5)?,
            p95_ms: quantile(0.95)?,
            p99_ms: quantile(0.99)?,
            most_ms: sketch.max()?,
        })
    }

    pub(crate) fn size_bytes(&self) -> usize {
        self.0.as_ref().map_or(0, |sketch| size_of::<QuantileSketch>() + sketch.size_bytes())
    }
}

impl Merge for Durations {
    fn merge(&mut self, other: Self) {
        match (&mut self.0, other.0) {
            (Some(own), Some(others)) => own.merge(*others),
            (own @ None, others) => *own = others,
            (Some(_), None) => {}
        }
    }
}

/// How long things took, in milliseconds.
///
/// Least, mean and most are exact. Quantiles are order statistics within 1 % of themselves: those of a
/// [`QuantileSketch`], which says more.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct DurationSummary {
    /// Of how many it is known.
    pub count: u64,
    /// The shortest.
    pub least_ms: f64,
    /// The mean.
    pub mean_ms: f64,
    /// The median.
    pub p50_ms: f64,
    /// What 95 of 100 do not exceed.
    pub p95_ms: f64,
    /// What 99 of 100 do not exceed.
    pub p99_ms: f64,
    /// The longest.
    pub most_ms: f64,
}
