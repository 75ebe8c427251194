//! Intervals from resampled groups.

use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::GroupedSums;
use crate::interval::Interval;

/// How to resample.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Bootstrap {
    /// How often.
    pub replicates: u32,
    /// What the random numbers follow from.
    pub seed: u64,
}

/// 1000 replicates.
impl Default for Bootstrap {
    fn default() -> Self {
        Self { replicates: 1000, seed: 0x626f_6f74 }
    }
}

impl<const K: usize> GroupedSums<K> {
    /// The 95 % interval of a function of the sums by the percentile bootstrap over groups: in each replicate every group
    /// counts as often as a Poisson number of mean 1 says, so that it need not be known beforehand how many groups there
    /// are.
    ///
    /// Replicates in which the function is undefined are left out. `None` with less than two groups, or when all
    /// replicates are the same: then nothing says how sure it is. With few groups the interval is too narrow, by about
    /// √((G − 1) / G), and for long tails on one side it reaches less far than it should there; see
    /// [`jackknife`](Self::jackknife) for few groups. Takes O(replicates · G) time.
    ///
    /// B. Efron, R. J. Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13; Poisson weights: N. Chamandy et
    /// al., "Estimating uncertainty for massive data streams", 2012.
    pub fn bootstrap(&self, plan: Bootstrap, function: impl Fn(&[f64; K]) -> Option<f64>) -> Option<Interval> {
        if self.len() < 2 {
            return None;
        }
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(plan.seed);
        let mut resampled = || {
            let mut totals = [0_u128; K];
            for (_, sums) in self.iter() {
                let times = u128::from(poisson_of_mean_1(rng.random()));
                for (total, sum) in totals.iter_mut().zip(sums) {
                    *total += times * u128::from(*sum);
                }
            }
            function(&totals.map(|total| total as f64))
        };
        let mut replicates = Vec::new();
        for _ in 0..plan.replicates {
            replicates.extend(resampled().filter(|value| value.is_finite()));
        }
        // What rounding leaves of no difference is none.
        percentile_interval(&mut replicates)
            .filter(|interval| interval.high - interval.low > 1e-13 * interval.high.abs().max(interval.low.abs()))
    }
}

/// The 95 % percentile interval of replicates: of B in order, those at ⌊0.025 B⌋ and ⌊0.975 B⌋, from 0, as Puffer's
/// (<https://github.com/StanfordSNR/puffer-statistics>). Puts them in order. `None` without any.
///
/// # Examples
///
/// ```
/// use audience_stats::{Interval, percentile_interval};
///
/// let mut replicates: Vec<f64> = (0..80).rev().map(f64::from).collect();
/// assert_eq!(percentile_interval(&mut replicates), Some(Interval { low: 2.0, high: 78.0 }));
/// ```
pub fn percentile_interval(replicates: &mut [f64]) -> Option<Interval> {
    replicates.sort_unstable_by(f64::total_cmp);
    let at = |thousandths| replicates.get(replicates.len() * thousandths / 1000).copied();
    Some(Interval { low: at(25)?, high: at(975)? })
}

/// The Poisson number of mean 1 that 64 random bits stand for: by inversion of the uniform number that their upper 53 are, 20 at the
/// most (more has a probability of 10⁻²⁰).
pub(crate) fn poisson_of_mean_1(bits: u64) -> u64 {
    let uniform = bits >> 11;
    // Most are among the first, so that these are compared without a branch.
    let first = BELOW[..4].iter().map(|below| u64::from(uniform >= *below)).sum();
    if first < 4 {
        return first;
    }
    4 + BELOW[4..].iter().take_while(|below| uniform >= **below).count() as u64
}

/// How many of 2⁵³ stand for a number of at most 0, 1, … 19.
const BELOW: [u64; 20] = {
    let mut below = [0; 20];
    let mut probability = 1.0 / std::f64::consts::E;
    let mut cumulated = probability;
    let mut number = 0;
    while number < 20 {
        let scaled = cumulated * (1_u64 << 53) as f64;
        let floor = scaled as u64;
        below[number] = if (floor as f64) < scaled { floor + 1 } else { floor };
        number += 1;
        probability /= number as f64;
        cumulated += probability;
    }
    below
};

#[cfg(test)]
mod tests {
    use super::*;

    /// Mean and variance of what is drawn are 1, and zeros as frequent as they should be, within four standard errors.
    #[test]
    fn weights_are_poisson() {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
        let draws = 200_000_u32;
        let drawn: Vec<u64> = (0..draws).map(|_| poisson_of_mean_1(rng.random())).collect();
        let n = f64::from(draws);
        let mean = drawn.iter().sum::<u64>() as f64 / n;
        let variance = drawn.iter().map(|x| (*x as f64 - mean).powi(2)).sum::<f64>() / n;
        let zeros = drawn.iter().filter(|x| **x == 0).count() as f64 / n;
        // The fourth central moment is 4.
        assert!((mean - 1.0).abs() < 4.0 / n.sqrt(), "{mean}");
        assert!((variance - 1.0).abs() < 4.0 * (3.0 / n).sqrt(), "{variance}");
        assert!((zeros - 0.367_879_441).abs() < 4.0 * (0.2325 / n).sqrt(), "{zeros}");
        let of = |uniform: f64| poisson_of_mean_1(((uniform * (1_u64 << 53) as f64) as u64) << 11);
        assert_eq!((of(0.0), of(0.367), of(0.368), of(0.9963), of(0.9964)), (0, 0, 1, 4, 5));
        assert_eq!(poisson_of_mean_1(u64::MAX), 18);
    }
}
