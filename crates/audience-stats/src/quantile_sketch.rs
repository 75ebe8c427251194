//! Quantiles of any numbers within a relative error, in bounded memory.

#[cfg(feature = "serde")]
mod form;
mod mapping;
mod store;

use crate::error::Error;
use crate::exact_sum::ExactSum;
use crate::{Accumulator, Merge};

use mapping::Mapping;
use store::Store;

/// Quantiles of any finite numbers within a relative error α that is chosen: a `DDSketch`.
///
/// Numbers are counted in bins whose ends have the ratio (1 + α) / (1 − α), and a bin stands for all in it: a quantile x is
/// reported as x′ with |x′ − x| ≤ α |x|, however the numbers are distributed, in the tails too. Numbers below 0 have bins of
/// their own. Those nearer to 0 than the smallest normal double, 2.2 · 10⁻³⁰⁸, count as 0.
///
/// Memory is bounded: of each sign so many bins are kept below that of the largest magnitude, 2048 unless others are asked
/// for (16 kB). What is smaller counts in the lowest bin kept, **of both signs the numbers nearest to 0**; for them alone the
/// error is no longer bounded, and [`collapsed`](Self::collapsed) says how many they may be. With α of 1 %, 2048 bins span a
/// ratio of 4 · 10¹⁷: milliseconds beside ten million years.
///
/// The state is whole numbers, the smallest and the largest number, and a sum without rounding; which bins are kept follows
/// from the largest magnitude alone. So merging is exactly associative and commutative, and the bytes are the same however
/// the numbers were split. Counts stay at the largest there is.
///
/// For whole numbers of which few are different use [`Quantiles`](crate::Quantiles), which are exact.
///
/// C. Masson, J. E. Rim, H. K. Lee, "`DDSketch`: a fast and fully-mergeable quantile sketch with relative-error guarantees",
/// PVLDB 12 (2019).
///
/// # Examples
///
/// ```
/// use audience_stats::{Accumulator, Merge, QuantileSketch};
///
/// let mut first = QuantileSketch::new(0.01)?;
/// let mut second = first.clone();
/// for value in 0..5000 {
///     first.insert(f64::from(value))?;
///     second.insert(f64::from(10_000 - value))?;
/// }
/// first.merge(second);
/// let median = first.quantile(0.5)?.unwrap();
/// assert!((median - 5000.0).abs() <= 50.0);
/// assert_eq!((first.min(), first.max(), first.mean()), (Some(0.0), Some(10_000.0), Some(5000.0)));
/// # Ok::<(), audience_stats::Error>(())
/// ```
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "form::Form", into = "form::Form"))]
pub struct QuantileSketch {
    relative_error: f64,
    most_bins: u32,
    mapping: Mapping,
    below: Store,
    zeros: u64,
    above: Store,
    /// Infinite before the first number, which is then below it.
    min: f64,
    max: f64,
    sum_below: ExactSum,
    sum_above: ExactSum,
    refused: u64,
}

/// What a [`QuantileSketch`] has seen, as plain data.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct SketchedDistribution {
    /// How far quantiles may be off, as a part of them.
    pub relative_error: f64,
    /// The numbers that stand for bins from the smallest on, each with how many numbers it stands for.
    pub bins: Vec<(f64, u64)>,
    /// The smallest number, exactly; `None` when nothing was seen.
    pub min: Option<f64>,
    /// The largest number, exactly; `None` when nothing was seen.
    pub max: Option<f64>,
    /// The sum of all numbers, rounded once; infinite past the largest double.
    pub sum: f64,
    /// Of how many numbers, those nearest to 0, the error has no bound.
    pub collapsed: u64,
    /// Items that were no finite numbers, and were left out.
    pub refused: u64,
}

impl QuantileSketch {
    /// Bins kept of each sign by [`new`](Self::new).
    pub const DEFAULT_BINS: u32 = 2048;

    /// The most bins of each sign that can be asked for: 8 MB.
    pub const MOST_BINS: u32 = 1 << 20;

    /// With this relative error, from 10⁻⁶ to one half; 0.01 is usual.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] when it is not.
    pub fn new(relative_error: f64) -> Result<Self, Error> {
        Self::with_bins(relative_error, Self::DEFAULT_BINS)
    }

    /// With this relative error, and so many bins of each sign. A smaller error needs more of them for the same range: each
    /// spans a ratio of about 1 + 2α.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] when the error is not from 10⁻⁶ to one half; [`Error::NumberOfBins`] when there are none, or
    /// more than [`MOST_BINS`](Self::MOST_BINS).
    pub fn with_bins(relative_error: f64, most_bins: u32) -> Result<Self, Error> {
        if !(1..=Self::MOST_BINS).contains(&most_bins) {
            return Err(Error::NumberOfBins { bins: most_bins, most: Self::MOST_BINS });
        }
        Ok(Self {
            relative_error,
            most_bins,
            mapping: Mapping::new(relative_error)?,
            below: Store::new(most_bins),
            zeros: 0,
            above: Store::new(most_bins),
            min: f64::INFINITY,
            max: f64::NEG_INFINITY,
            sum_below: ExactSum::default(),
            sum_above: ExactSum::default(),
            refused: 0,
        })
    }

    /// Takes a number in.
    ///
    /// # Errors
    ///
    /// [`Error::NotFinite`] of what is infinite or not a number; nothing changes then.
    pub fn insert(&mut self, value: f64) -> Result<(), Error> {
        self.insert_times(value, 1)
    }

    /// Takes a number in so many times; 0 times is not at all.
    ///
    /// # Errors
    ///
    /// As [`insert`](Self::insert).
    pub fn insert_times(&mut self, value: f64, times: u64) -> Result<(), Error> {
        if !value.is_finite() {
            return Err(Error::NotFinite { at: 0, value });
        }
        if times == 0 {
            return Ok(());
        }
        // One zero, so that it does not matter which comes first.
        let value = value + 0.0;
        let (store, sum) =
            if value < 0.0 { (&mut self.below, &mut self.sum_below) } else { (&mut self.above, &mut self.sum_above) };
        if value.is_normal() {
            store.add(self.mapping.bin(value.to_bits()), times);
        } else {
            self.zeros = self.zeros.saturating_add(times);
        }
        sum.add(value, times);
        self.min = self.min.min(value);
        self.max = self.max.max(value);
        Ok(())
    }

    /// How many numbers were taken in.
    pub fn count(&self) -> u64 {
        self.below.count().saturating_add(self.zeros).saturating_add(self.above.count())
    }

    /// The smallest number, exactly; `None` when nothing was seen.
    pub fn min(&self) -> Option<f64> {
        self.min.is_finite().then_some(self.min)
    }

    /// The largest number, exactly; `None` when nothing was seen.
    pub fn max(&self) -> Option<f64> {
        self.max.is_finite().then_some(self.max)
    }

    /// The sum of all numbers, without rounding but for the last; 0 of none, and infinite past the largest double.
    pub fn sum(&self) -> f64 {
        self.sum_above.less(&self.sum_below)
    }

    /// The sum by the count, each exact; `None` when nothing was seen.
    pub fn mean(&self) -> Option<f64> {
        let count = self.count();
        (count > 0).then(|| self.sum() / count as f64)
    }

    /// How many items [`observe`](Accumulator::observe) has left out, as they were no finite numbers.
    pub const fn refused(&self) -> u64 {
        self.refused
    }

    /// Of how many numbers the relative error has no bound: those in the lowest bin kept of a sign, if there was no room for
    /// bins below it. They are the nearest to 0 of that sign, and what is reported in their place is farther from 0. The
    /// guarantee holds for all other quantiles; 0 when it holds for all.
    pub fn collapsed(&self) -> u64 {
        self.below.in_collapsed().saturating_add(self.above.in_collapsed())
    }

    /// The relative error it was made with.
    pub const fn relative_error(&self) -> f64 {
        self.relative_error
    }

    /// The quantile `q` within the relative error: of the order statistic ⌊q (n − 1)⌋ from 0, as Masson et al. define it. The
    /// first and the last are exact, and none is outside of these. `None` when nothing was seen.
    ///
    /// # Errors
    ///
    /// [`Error::QuantileOutOfRange`] when `q` is not in 0–1 (or NaN).
    pub fn quantile(&self, q: f64) -> Result<Option<f64>, Error> {
        let Some(rank) = rank(self.count(), q)? else { return Ok(None) };
        Ok(at_rank(self.bins(), rank).map(|bin| self.between_ends(rank, bin)))
    }

    fn between_ends(&self, rank: u64, bin: Bin) -> f64 {
        if rank == 0 {
            return self.min;
        }
        if rank == self.count() - 1 {
            return self.max;
        }
        bin.value(self.mapping).clamp(self.min, self.max)
    }

    /// Bytes held, for reports of memory.
    pub fn size_bytes(&self) -> usize {
        let sums = (self.sum_below.limbs().len() + self.sum_above.limbs().len()) * size_of::<u64>();
        self.below.size_bytes() + self.above.size_bytes() + sums
    }

    /// Bins from that of the smallest number on.
    fn bins(&self) -> impl Iterator<Item = (Bin, u64)> + '_ {
        let below = self.below.bins().rev().map(|(bin, count)| (Bin::Below(bin), count));
        let zeros = (self.zeros > 0).then_some((Bin::Zero, self.zeros));
        below.chain(zeros).chain(self.above.bins().map(|(bin, count)| (Bin::Above(bin), count)))
    }
}

/// Where a number is counted.
#[derive(Clone, Copy)]
enum Bin {
    Below(u32),
    Zero,
    Above(u32),
}

impl Bin {
    fn value(self, mapping: Mapping) -> f64 {
        match self {
            Self::Below(bin) => -mapping.value(bin),
            Self::Zero => 0.0,
            Self::Above(bin) => mapping.value(bin),
        }
    }
}

/// The rank of a quantile, from 0.
fn rank(count: u64, q: f64) -> Result<Option<u64>, Error> {
    if !(0.0..=1.0).contains(&q) {
        return Err(Error::QuantileOutOfRange { q });
    }
    Ok(count.checked_sub(1).map(|last| ((q * last as f64) as u64).min(last)))
}

fn at_rank<T>(bins: impl Iterator<Item = (T, u64)>, rank: u64) -> Option<T> {
    let mut passed = 0_u64;
    for (bin, count) in bins {
        passed = passed.saturating_add(count);
        if passed > rank {
            return Some(bin);
        }
    }
    None
}

/// # Panics
///
/// When the two have not the same relative error and number of bins, which is a bug in the program.
impl Merge for QuantileSketch {
    fn merge(&mut self, other: Self) {
        let (own, others) = ((self.relative_error, self.most_bins), (other.relative_error, other.most_bins));
        assert!(own == others, "sketches of error and bins {own:?} and {others:?} do not merge");
        self.below.merge(&other.below);
        self.zeros.merge(other.zeros);
        self.above.merge(&other.above);
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
        self.sum_below.add_sum(&other.sum_below);
        self.sum_above.add_sum(&other.sum_above);
        self.refused.merge(other.refused);
    }
}

impl Accumulator for QuantileSketch {
    type Item = f64;
    type Summary = SketchedDistribution;

    /// Takes a number in; what is not finite is counted in [`refused`](Self::refused) and changes nothing else.
    fn observe(&mut self, value: &f64) {
        if self.insert(*value).is_err() {
            self.refused.merge(1);
        }
    }

    fn summary(&self) -> SketchedDistribution {
        SketchedDistribution {
            relative_error: self.relative_error,
            bins: self.bins().map(|(bin, count)| (bin.value(self.mapping), count)).collect(),
            min: self.min(),
            max: self.max(),
            sum: self.sum(),
            collapsed: self.collapsed(),
            refused: self.refused,
        }
    }
}

#[cfg(feature = "serde")]
impl crate::Portable for QuantileSketch {
    fn fingerprint(&self) -> u64 {
        crate::fingerprint_of("audience.quantile_sketch/1", &(self.relative_error, self.most_bins))
    }

    fn size_bytes(&self) -> usize {
        self.size_bytes()
    }
}

impl SketchedDistribution {
    /// How many numbers were taken in.
    pub fn count(&self) -> u64 {
        self.bins.iter().fold(0, |sum, (_, count)| sum.saturating_add(*count))
    }

    /// The mean; `None` when nothing was seen.
    pub fn mean(&self) -> Option<f64> {
        let count = self.count();
        (count > 0).then(|| self.sum / count as f64)
    }

    /// The quantile `q`, as [`QuantileSketch::quantile`].
    ///
    /// # Errors
    ///
    /// [`Error::QuantileOutOfRange`] when `q` is not in 0–1 (or NaN).
    pub fn quantile(&self, q: f64) -> Result<Option<f64>, Error> {
        let count = self.count();
        let Some(rank) = rank(count, q)? else { return Ok(None) };
        if rank == 0 {
            return Ok(self.min);
        }
        if rank == count - 1 {
            return Ok(self.max);
        }
        let value = at_rank(self.bins.iter().copied(), rank);
        Ok(value.map(|value| value.max(self.min.unwrap_or(value)).min(self.max.unwrap_or(value))))
    }

    /// The median; `None` when nothing was seen.
    pub fn median(&self) -> Option<f64> {
        self.quantile(0.5).ok().flatten()
    }
}
