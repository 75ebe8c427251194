//! How many different ids, in bounded memory.

#[cfg(feature = "serde")]
mod form;
mod registers;

use libm::sqrt;

use crate::error::Error;
use crate::hash::hash64;
use crate::{Accumulator, Merge};

use registers::Registers;

/// About how many different ids were seen, in bounded memory: a `HyperLogLog` sketch.
///
/// The first `precision` bits of the hash of an id choose one of m = 2^`precision` registers, which keeps the longest run of zeros that the
/// rest of a hash began with. The estimate has a relative standard error of about 1.04 / √m, 0.8 % at the default precision of 14, from
/// one id to 10¹⁸: neither tables nor another method for few ids are needed. On average it is too large by a part of 1.1 / m at the most,
/// which is next to nothing but for the fewest registers: 7 % of 16, whose standard error is 26 %.
///
/// The state is which registers have which value. It depends on the set of ids alone, so merging is exact, and the same ids give the same
/// bytes however they were split. As long as few registers are set, only these are kept, 4 bytes each; once they are more than a
/// quarter of all, or than 4096, there is a byte for each register: 16 kB at the default precision.
///
/// Whoever can choose ids freely can make a sketch count too much or too little: see [`hash`](crate::hash). Where ids fit in memory use
/// [`Distinct`](crate::Distinct), which is exact.
///
/// P. Flajolet, É. Fusy, O. Gandouet, F. Meunier, "`HyperLogLog`: the analysis of a near-optimal cardinality estimation algorithm" (2007);
/// estimated as in O. Ertl, "New cardinality estimation algorithms for `HyperLogLog` sketches" (2017), arXiv:1702.01284, algorithm 6.
///
/// # Examples
///
/// ```
/// use audience_stats::{Accumulator, DistinctSketch, Merge};
///
/// let mut monday = DistinctSketch::new(14)?;
/// let mut tuesday = monday.clone();
/// for viewer in 0..20_000 {
///     monday.observe(&format!("viewer {viewer}"));
///     tuesday.observe(&format!("viewer {}", viewer + 10_000));
/// }
/// monday.merge(tuesday);
/// let viewers = monday.summary();
/// assert!((viewers.estimate - 30_000.0).abs() < 3.0 * viewers.standard_error());
/// # Ok::<(), audience_stats::Error>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "form::Form", into = "form::Form"))]
pub struct DistinctSketch {
    precision: u8,
    registers: Registers,
}

/// How many different ids a [`DistinctSketch`] has seen, and how sure that is.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct DistinctEstimate {
    /// How many, on average over hashes; 0 of none.
    pub estimate: f64,
    /// The standard error as a part of the number, 1.04 / √m. Of few ids the error is smaller.
    pub relative_error: f64,
}

impl DistinctEstimate {
    /// The estimate as a whole number.
    pub fn count(&self) -> u64 {
        // Casts stay at the largest there is.
        self.estimate.round() as u64
    }

    /// The standard error as a number of ids.
    pub fn standard_error(&self) -> f64 {
        self.relative_error * self.estimate
    }
}

impl DistinctSketch {
    /// 16384 registers.
    pub const DEFAULT_PRECISION: u8 = 14;

    /// The fewest registers are 16.
    pub const LEAST_PRECISION: u8 = 4;

    /// The most registers are 262144, 256 kB.
    pub const MOST_PRECISION: u8 = 18;

    /// Nothing seen yet, with 2^`precision` registers.
    ///
    /// # Errors
    ///
    /// [`Error::SketchPrecision`] when the precision is not from 4 to 18.
    pub fn new(precision: u8) -> Result<Self, Error> {
        if !(Self::LEAST_PRECISION..=Self::MOST_PRECISION).contains(&precision) {
            return Err(Error::SketchPrecision { precision, least: Self::LEAST_PRECISION, most: Self::MOST_PRECISION });
        }
        Ok(Self { precision, registers: Registers::default() })
    }

    /// The logarithm of the number of registers to base 2.
    pub const fn precision(&self) -> u8 {
        self.precision
    }

    /// Takes in an id by its hash: 64 uniform bits, such as [`hash64`] gives with the seed 0, which is what
    /// [`observe`](Accumulator::observe) does.
    pub fn insert_hash(&mut self, hash: u64) {
        let bits = u32::from(self.precision);
        let rest = (hash << bits).leading_zeros().min(64 - bits) + 1;
        self.registers.raise(self.precision, (hash >> (64 - bits)) as u32, rest as u8);
    }

    /// About how many different ids were seen.
    pub fn estimate(&self) -> DistinctEstimate {
        let m = f64::from(1_u32 << self.precision);
        let mut counts = [0_u32; 64];
        for (_, value) in self.registers.set() {
            counts[usize::from(value)] += 1;
        }
        let set: u32 = counts.iter().sum();
        let last = 65 - usize::from(self.precision);
        let mut z = m * tau(1.0 - f64::from(counts[last]) / m);
        for value in (1..last).rev() {
            z = z.midpoint(f64::from(counts[value]));
        }
        z += m * sigma((m - f64::from(set)) / m);
        // Of no ids it is infinite.
        let estimate = m / (2.0 * std::f64::consts::LN_2) * (m / z);
        DistinctEstimate { estimate, relative_error: 1.04 / sqrt(m) }
    }

    /// Bytes held, for reports of memory.
    pub fn size_bytes(&self) -> usize {
        self.registers.size_bytes()
    }
}

impl Default for DistinctSketch {
    /// With [`DEFAULT_PRECISION`](Self::DEFAULT_PRECISION).
    fn default() -> Self {
        Self { precision: Self::DEFAULT_PRECISION, registers: Registers::default() }
    }
}

/// # Panics
///
/// When the two have not the same precision, which is a bug in the program.
impl Merge for DistinctSketch {
    fn merge(&mut self, other: Self) {
        assert_eq!(self.precision, other.precision, "sketches of another precision do not merge");
        self.registers.merge(self.precision, other.registers);
    }
}

impl Accumulator for DistinctSketch {
    type Item = str;
    type Summary = DistinctEstimate;

    fn observe(&mut self, id: &str) {
        self.insert_hash(hash64(id.as_bytes(), 0));
    }

    fn summary(&self) -> DistinctEstimate {
        self.estimate()
    }
}

#[cfg(feature = "serde")]
impl crate::Portable for DistinctSketch {
    fn fingerprint(&self) -> u64 {
        crate::fingerprint_of("audience.distinct_sketch/1", &self.precision)
    }

    fn size_bytes(&self) -> usize {
        self.size_bytes()
    }
}

/// σ(x) = x + Σ 2ᵏ⁻¹ x^(2ᵏ) over k from 1 on, of the part of registers that are not set: infinite of all.
fn sigma(x: f64) -> f64 {
    if x >= 1.0 {
        return f64::INFINITY;
    }
    let (mut power, mut weight, mut sum) = (x, 1.0, x);
    loop {
        power *= power;
        let next = sum + power * weight;
        if next == sum {
            return sum;
        }
        (sum, weight) = (next, weight * 2.0);
    }
}

/// τ(x) = (1 − x − Σ 2⁻ᵏ (1 − x^(2⁻ᵏ))² over k from 1 on) / 3, of the part of registers that are not at their end.
fn tau(x: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return 0.0;
    }
    let (mut root, mut weight, mut rest) = (x, 1.0, 1.0 - x);
    loop {
        root = sqrt(root);
        weight /= 2.0;
        let next = rest - (1.0 - root) * (1.0 - root) * weight;
        if next == rest {
            return rest / 3.0;
        }
        rest = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_their_series() {
        // Up to all registers but one.
        for x in [0.0, 1e-9, 0.3, 0.9, 0.999, 1.0 - 1.0 / 262_144.0] {
            let power = |k: i32| f64::powf(x, f64::from(k).exp2());
            let series: f64 = x + (1..60).map(|k| power(k) * f64::from(k - 1).exp2()).sum::<f64>();
            assert!((sigma(x) - series).abs() <= 1e-11 * series, "{x}: {} {series}", sigma(x));
            let part = |k: i32| (1.0 - power(-k)).powi(2) * f64::from(-k).exp2();
            let series = (1.0 - x - (1..60).map(part).sum::<f64>()) / 3.0;
            let expected = if x == 0.0 { 0.0 } else { series };
            assert!((tau(x) - expected).abs() <= 1e-15, "{x}: {} {expected}", tau(x));
        }
        assert_eq!((sigma(1.0), tau(1.0)), (f64::INFINITY, 0.0));
    }

    /// The first bits choose the register; the rest is a run of zeros and a one, or zeros to the end.
    #[test]
    fn hashes_raise_registers() {
        for (hash, register, value) in [
            (0, 0, 61),
            (1, 0, 60),
            (u64::MAX, 15, 1),
            (0x0800_0000_0000_0000, 0, 1),
            (0x3400_0000_0000_0000, 3, 2),
            (0xf000_0000_0000_0000, 15, 61),
        ] {
            let mut sketch = DistinctSketch::new(4).unwrap();
            sketch.insert_hash(hash);
            assert_eq!(sketch.registers.set().collect::<Vec<_>>(), [(register, value)], "{hash:x}");
        }
    }

    #[test]
    fn the_ends_have_estimates() {
        let mut sketch = DistinctSketch::new(4).unwrap();
        assert_eq!(sketch.estimate().estimate, 0.0);
        assert_eq!(sketch.estimate().count(), 0);
        for register in 0..16_u64 {
            sketch.insert_hash(register << 60);
        }
        // All that there can be: more than any number.
        assert_eq!(sketch.estimate().estimate, f64::INFINITY);
        assert_eq!(sketch.estimate().count(), u64::MAX);
    }
}
