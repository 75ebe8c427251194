//! How sketches are written and read.

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
        let Some((min, max)) = ends else {
            let nothing = self.bins().next().is_none();
            return nothing && self.sum_below.limbs().is_empty() && self.sum_above.limbs().is_empty();
        };
        let ordered = min.is_finite() && max.is_finite() && min <= max;
        let bin = |value: f64| self.mapping.bin(value.to_bits());
        // The end of the numbers beyond 0 on its side, and the one on the side of 0.
        let fits = |store: &Store, outer: f64, inner: f64| match (store.bins().next(), store.bins().next_back()) {
            (Some((first, _)), Some((last, _))) => {
                let inner = !inner.is_normal() || inner.is_sign_negative() != outer.is_sign_negative() || {
                    if store.collapsed() { bin(inner) < first } else { bin(inner) == first }
                };
                outer.is_normal() && bin(outer) == last && inner
            }
            _ => true,
        };
        let sides = [(&self.below, min < 0.0), (&self.above, max > 0.0)];
        // Numbers that count as 0 may be on either side.
        let sides = sides.iter().zip([min, max]).all(|((store, beyond), outer)| {
            let seen = store.bins().next().is_some();
            if seen { *beyond } else { !(*beyond && outer.is_normal()) }
        });
        let zeros = self.zeros > 0 || (min.is_normal() && max.is_normal());
        let any = self.bins().next().is_some();
        ordered
            && any
            && sides
            && zeros
            && fits(&self.below, min, max)
            && fits(&self.above, max, min)
            && (self.zeros == 0 || (!(min > 0.0 && min.is_normal()) && !(max < 0.0 && max.is_normal())))
            && self.sum_below.limbs().is_empty() == (min >= 0.0)
            && self.sum_above.limbs().is_empty() == (max <= 0.0)
    }
}
