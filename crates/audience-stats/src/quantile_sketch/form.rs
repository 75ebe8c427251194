//! How sketches are written and read.

use std::cmp::Ordering;

use super::{QuantileSketch, Store};
use crate::error::Error;
use crate::exact_sum::ExactSum;

/// Without what follows from the rest, and without room: the same numbers give the same bytes.
#[derive(serde::Serialize, serde::Deserialize)]
pub(super) struct Form {
    relative_error: f64,
    most_bins: u32,
    /// The first bin, counts, whether it holds lower ones.
    below: (u32, Vec<u64>, bool),
    zeros: u64,
    above: (u32, Vec<u64>, bool),
    /// `None` when nothing was seen.
    ends: Option<(f64, f64)>,
    sum_below: Vec<u64>,
    sum_above: Vec<u64>,
    refused: u64,
}

impl From<QuantileSketch> for Form {
    fn from(sketch: QuantileSketch) -> Self {
        Self {
            relative_error: sketch.relative_error,
            most_bins: sketch.most_bins,
            below: sketch.below.parts(),
            zeros: sketch.zeros,
            above: sketch.above.parts(),
            ends: sketch.min().zip(sketch.max()),
            sum_below: sketch.sum_below.limbs().to_vec(),
            sum_above: sketch.sum_above.limbs().to_vec(),
            refused: sketch.refused,
        }
    }
}

impl TryFrom<Form> for QuantileSketch {
    type Error = Error;

    fn try_from(form: Form) -> Result<Self, Error> {
        let mut sketch = Self::with_bins(form.relative_error, form.most_bins)?;
        let stores = [form.below, form.above].map(|parts| Store::of_parts(form.most_bins, parts));
        let [Some(below), Some(above)] = stores else { return Err(Error::Inconsistent) };
        if let Some((min, max)) = form.ends {
            (sketch.min, sketch.max) = (min, max);
        }
        for sum in [&form.sum_below, &form.sum_above] {
            if sum.len() > ExactSum::MOST_LIMBS || sum.last() == Some(&0) {
                return Err(Error::Inconsistent);
            }
        }
        sketch.sum_below = ExactSum::of_limbs(form.sum_below);
        sketch.sum_above = ExactSum::of_limbs(form.sum_above);
        (sketch.below, sketch.zeros, sketch.above, sketch.refused) = (below, form.zeros, above, form.refused);
        if sketch.is_consistent(form.ends) { Ok(sketch) } else { Err(Error::Inconsistent) }
    }
}

impl QuantileSketch {
    /// Whether bins, ends and sums can be of the same numbers.
    fn is_consistent(&self, ends: Option<(f64, f64)>) -> bool {
        let sums = (self.sum_below.limbs().is_empty(), self.sum_above.limbs().is_empty());
        let Some((min, max)) = ends else { return self.bins().next().is_none() && sums == (true, true) };
        min.is_finite()
            && max.is_finite()
            && min <= max
            && sums == (min >= 0.0, max <= 0.0)
            // What is 0, or counts as 0, is an end or lies between them.
            && (self.zeros > 0 || (min.is_normal() && max.is_normal()))
            && (self.zeros == 0 || (counted(min) <= 0.0 && counted(max) >= 0.0))
            && self.fits(&self.below, -counted(min), -counted(max))
            && self.fits(&self.above, counted(max), counted(min))
    }

    /// Whether the bins of one sign go from that of the nearest magnitude, where all numbers have that sign, to that of the
    /// farthest; without any, whether no number has that sign.
    fn fits(&self, store: &Store, farthest: f64, nearest: f64) -> bool {
        let mut bins = store.bins().map(|(bin, _)| bin);
        let Some(first) = bins.next() else { return farthest <= 0.0 };
        let bin = |magnitude: f64| self.mapping.bin(magnitude.to_bits());
        let reaches = farthest > 0.0 && bins.next_back().unwrap_or(first) == bin(farthest);
        let begins = match bin(nearest).cmp(&first) {
            _ if nearest <= 0.0 => true,
            Ordering::Less => store.collapsed(),
            Ordering::Equal => !store.collapsed(),
            Ordering::Greater => false,
        };
        reaches && begins
    }
}

/// A number as it is counted: what is not normal as 0.
fn counted(value: f64) -> f64 {
    if value.is_normal() { value } else { 0.0 }
}
