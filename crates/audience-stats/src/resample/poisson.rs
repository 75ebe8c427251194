//! Resampling of what streams by, in parts that merge.

use rand::{RngExt, SeedableRng};
use rand_xoshiro::SplitMix64;

use crate::error::Error;
use crate::grouped_sums::{Bootstrap, poisson_of_mean_1};
use crate::hash::hash64;
use crate::{Accumulator, Merge};

use super::Replicates;

/// `K` sums over units, and the same sums in resamples of the units, kept while items stream by.
///
/// In each replicate a unit (a viewer) counts as often as a Poisson number of mean 1 says that follows from the hash of its id,
/// the seed and the replicate alone. So all items of a unit count alike wherever they are seen, and states of shards, days and
/// machines merge exactly: to what one machine would have. Nothing need be known beforehand, not even how many units there are.
///
/// It holds 8 `K` bytes per replicate, 16 kB for 1000 of 2 sums, however many items there are, and less as long as there are fewer items
/// than replicates; taking in an item takes as many steps as there are replicates. [`GroupedSums`](crate::GroupedSums) takes one step and says how sure sums are from groups of
/// units; this is finer where there are few units, and has an interval for any function of the sums.
///
/// N. Chamandy et al., "Estimating uncertainty for massive data streams" (2012).
///
/// # Examples
///
/// ```
/// use audience_stats::{Accumulator, Bootstrap, Confidence, Merge, PoissonBootstrap};
///
/// let mut monday = PoissonBootstrap::<2>::new(Bootstrap::default());
/// let mut tuesday = monday.clone();
/// for viewer in 0..40_u64 {
///     // Stalled of viewing milliseconds, of the same viewers on both days.
///     monday.add(&format!("viewer {viewer}"), [viewer % 5 * 100, 60_000]);
///     tuesday.add(&format!("viewer {viewer}"), [viewer % 3 * 100, 60_000]);
/// }
/// monday.merge(tuesday);
/// let stalled = monday.summary().replicates(|[stalled, viewing]| stalled / viewing)?;
/// assert_eq!(stalled.estimate(), 11_900.0 / 4_800_000.0);
/// let interval = stalled.percentile(Confidence::P95);
/// assert!(interval.low > 0.0018 && interval.high < 0.0032);
/// # Ok::<(), audience_stats::Error>(())
/// ```
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Form", into = "Form"))]
pub struct PoissonBootstrap<const K: usize> {
    plan: Bootstrap,
    totals: [u64; K],
    /// Empty as long as there are few items.
    replicates: Vec<[u64; K]>,
    /// What is not in the replicates yet: of each item the hash of its unit, and its amounts.
    few: Vec<(u64, [u64; K])>,
}

impl<const K: usize> PoissonBootstrap<K> {
    /// Nothing seen yet.
    pub const fn new(plan: Bootstrap) -> Self {
        Self { plan, totals: [0; K], replicates: Vec::new(), few: Vec::new() }
    }

    /// Adds amounts of one unit. Sums stay at the largest number there is.
    pub fn add(&mut self, unit: &str, amounts: [u64; K]) {
        add(&mut self.totals, &amounts, 1);
        let hash = hash64(unit.as_bytes(), self.plan.seed);
        if self.replicates.is_empty() {
            self.few.push((hash, amounts));
            // More would take more memory than the replicates do.
            if self.few.len() > self.plan.replicates as usize {
                self.resample();
            }
        } else {
            resample(&mut self.replicates, &self.totals, hash, &amounts);
        }
    }

    /// Takes what is not there yet into the replicates.
    fn resample(&mut self) {
        if self.replicates.is_empty() {
            self.replicates = vec![[0; K]; self.plan.replicates as usize];
        }
        for (hash, amounts) in std::mem::take(&mut self.few) {
            resample(&mut self.replicates, &self.totals, hash, &amounts);
        }
    }

    /// The same with everything in the replicates.
    fn resampled(&self) -> Self {
        let mut whole = self.clone();
        whole.resample();
        whole
    }

    /// Bytes held, for reports of memory.
    pub fn size_bytes(&self) -> usize {
        self.replicates.capacity() * size_of::<[u64; K]>() + self.few.capacity() * size_of::<(u64, [u64; K])>()
    }
}

/// Adds amounts of a unit to each replicate, as often as its hash says. `totals` are the sums over all items, these among them.
fn resample<const K: usize>(replicates: &mut [[u64; K]], totals: &[u64; K], hash: u64, amounts: &[u64; K]) {
    // No unit counts more than twenty times: as long as twenty times the totals fit, so do all sums.
    let fits = totals.iter().all(|total| *total <= u64::MAX / 20);
    // One hash, and from it one number per replicate: as independent as a hash of each would be.
    let mut rng = SplitMix64::seed_from_u64(hash);
    for sums in replicates {
        let times = poisson_of_mean_1(rng.random());
        if fits {
            for (sum, amount) in sums.iter_mut().zip(amounts) {
                *sum = sum.wrapping_add(amount.wrapping_mul(times));
            }
        } else {
            add(sums, amounts, times);
        }
    }
}

fn add<const K: usize>(sums: &mut [u64; K], amounts: &[u64; K], times: u64) {
    for (sum, amount) in sums.iter_mut().zip(amounts) {
        *sum = sum.saturating_add(amount.saturating_mul(times));
    }
}

/// # Panics
///
/// When the two were made by different plans, which is a bug in the program.
impl<const K: usize> Merge for PoissonBootstrap<K> {
    fn merge(&mut self, other: Self) {
        assert_eq!(self.plan, other.plan, "resamples by plans that are not the same");
        add(&mut self.totals, &other.totals, 1);
        self.few.extend(other.few);
        if !other.replicates.is_empty() || !self.replicates.is_empty() || self.few.len() > self.plan.replicates as usize
        {
            self.resample();
        }
        for (sums, other) in self.replicates.iter_mut().zip(&other.replicates) {
            add(sums, other, 1);
        }
    }
}

/// The same sums in the same replicates, in whatever order they came.
impl<const K: usize> PartialEq for PoissonBootstrap<K> {
    fn eq(&self, other: &Self) -> bool {
        (self.plan, self.totals) == (other.plan, other.totals)
            && self.resampled().replicates == other.resampled().replicates
    }
}

impl<const K: usize> Eq for PoissonBootstrap<K> {}

impl<const K: usize> Accumulator for PoissonBootstrap<K> {
    type Item = (String, [u64; K]);
    type Summary = PoissonReplicates<K>;

    fn observe(&mut self, (unit, amounts): &Self::Item) {
        self.add(unit, *amounts);
    }

    fn summary(&self) -> PoissonReplicates<K> {
        PoissonReplicates { totals: self.totals, replicates: self.resampled().replicates }
    }
}

/// Sums over units, and what they are in resamples of the units.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PoissonReplicates<const K: usize> {
    /// Over all units as they are.
    pub totals: [u64; K],
    /// In each resample.
    pub replicates: Vec<[u64; K]>,
}

impl<const K: usize> PoissonReplicates<K> {
    /// What a function of the sums is, and what it is in resamples. Those in which it is not finite, such as a ratio without
    /// any unit in it, are left out.
    ///
    /// # Errors
    ///
    /// [`Error::NotFinite`] when it is not finite for the sums themselves; [`Error::NoValues`] when it is in no resample.
    pub fn replicates(&self, function: impl Fn([f64; K]) -> f64) -> Result<Replicates, Error> {
        let of = |sums: &[u64; K]| function(sums.map(|sum| sum as f64));
        Replicates::new(of(&self.totals), self.replicates.iter().map(of).filter(|value| value.is_finite()).collect())
    }
}

/// How a state is written.
#[cfg(feature = "serde")]
#[derive(serde::Serialize, serde::Deserialize)]
struct Form {
    plan: Bootstrap,
    totals: Vec<u64>,
    replicates: Vec<Vec<u64>>,
}

#[cfg(feature = "serde")]
impl<const K: usize> From<PoissonBootstrap<K>> for Form {
    fn from(state: PoissonBootstrap<K>) -> Self {
        let replicates = state.resampled().replicates.iter().map(|sums| sums.to_vec()).collect();
        Self { plan: state.plan, totals: state.totals.to_vec(), replicates }
    }
}

#[cfg(feature = "serde")]
impl<const K: usize> TryFrom<Form> for PoissonBootstrap<K> {
    type Error = Error;

    fn try_from(form: Form) -> Result<Self, Error> {
        let (expected, found) = (form.plan.replicates as usize, form.replicates.len());
        if expected != found {
            return Err(Error::LengthsDiffer { expected, found });
        }
        let sums = |sums: Vec<u64>| {
            let found = sums.len();
            sums.try_into().map_err(|_| Error::NumberOfSums { expected: K, found })
        };
        let replicates = form.replicates.into_iter().map(sums).collect::<Result<_, _>>()?;
        Ok(Self { plan: form.plan, totals: sums(form.totals)?, replicates, few: Vec::new() })
    }
}

#[cfg(feature = "serde")]
impl<const K: usize> crate::Portable for PoissonBootstrap<K> {
    fn fingerprint(&self) -> u64 {
        crate::fingerprint_of("audience.poisson_bootstrap/1", &(K, self.plan))
    }

    fn size_bytes(&self) -> usize {
        self.size_bytes()
    }
}
