//! Uniform samples from an iterator in one pass.

use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::error::Error;

/// A uniform sample of what an iterator yielded.
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Sampled<T> {
    /// The items of the sample, in no particular order; all of them when there were no more than asked for.
    pub items: Vec<T>,
    /// How many items the iterator yielded.
    pub seen: u64,
}

/// Algorithm R (J. S. Vitter, "Random sampling with a reservoir", ACM TOMS 11, 1985): every item is kept with
/// probability `size` / n. One random number per item; see [`algorithm_l`] when the items come cheaply.
///
/// Memory for `size` items is taken as they arrive, never in advance.
///
/// # Errors
///
/// [`Error::EmptyReservoir`] when `size` is 0.
pub fn algorithm_r<T>(items: impl IntoIterator<Item = T>, size: usize, seed: u64) -> Result<Sampled<T>, Error> {
    if size == 0 {
        return Err(Error::EmptyReservoir);
    }
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut sample = Vec::new();
    let mut seen = 0;
    for item in items {
        seen += 1;
        if sample.len() < size {
            sample.push(item);
        } else {
            let slot = rng.random_range(0..seen);
            if let Some(slot) = usize::try_from(slot).ok().and_then(|slot| sample.get_mut(slot)) {
                *slot = item;
            }
        }
    }
    Ok(Sampled { items: sample, seen })
}

/// Algorithm L (K.-H. Li, "Reservoir-sampling algorithms of time complexity O(n(1 + log(N/n)))", ACM TOMS 20, 1994):
/// the same distribution as [`algorithm_r`], but random numbers are drawn only for the items that enter the sample;
/// the others are skipped with [`Iterator::nth`].
///
/// # Errors
///
/// [`Error::EmptyReservoir`] when `size` is 0.
pub fn algorithm_l<T>(items: impl IntoIterator<Item = T>, size: usize, seed: u64) -> Result<Sampled<T>, Error> {
    if size == 0 {
        return Err(Error::EmptyReservoir);
    }
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    // In (0, 1]: its logarithm is finite.
    let mut uniform = || 1.0 - rng.random::<f64>();
    let mut items = Counted { items: items.into_iter(), seen: 0 };
    let mut sample: Vec<T> = items.by_ref().take(size).collect();
    let mut threshold = 1.0;
    loop {
        threshold *= (uniform().ln() / size as f64).exp();
        // How many items pass before the next one that enters; infinite once the threshold is 0.
        let skip = (uniform().ln() / (1.0 - threshold).ln()).floor();
        let skip = if skip.is_finite() { skip as usize } else { usize::MAX };
        let Some(item) = items.nth(skip) else { break };
        let slot = (uniform() * size as f64).ceil() as usize - 1;
        sample[slot] = item;
    }
    Ok(Sampled { items: sample, seen: items.seen })
}

/// Counts what passes, skipped or not.
struct Counted<I> {
    items: I,
    seen: u64,
}

impl<I: Iterator> Iterator for Counted<I> {
    type Item = I::Item;

    fn next(&mut self) -> Option<I::Item> {
        let item = self.items.next()?;
        self.seen += 1;
        Some(item)
    }
}
