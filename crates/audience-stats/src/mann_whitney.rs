//! Whether values of one group are larger than those of another, by their ranks.

use std::cmp::Ordering;

use libm::{exp, log};

use crate::error::Error;
use crate::float_sum::FloatSum;
use crate::interval::{Confidence, Interval};
use crate::p_value::{Alternative, PValue};
use crate::rank::doubled_ranks;

/// How often values of one group are larger than those of another.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct MannWhitney {
    /// In how many pairs of one value of each group the first's is the larger; of equal ones a half counts.
    pub u: f64,
    /// How many pairs there are.
    pub pairs: f64,
    /// The standard deviation of `u` if both groups have one distribution, for the ties there are; 0 when all values are equal.
    pub standard_deviation: f64,
    /// That of `u / pairs` in whatever distributions the groups have, by how values of each are placed among the other's.
    /// `None` with fewer than two values in a group.
    pub superiority_error: Option<f64>,
}

impl MannWhitney {
    /// Of the values of one group against those of a baseline. Takes O(n log n) time.
    ///
    /// It takes values to be independent: with several per viewer, one of each must be chosen or made.
    ///
    /// # Errors
    ///
    /// [`Error::NoValues`] when a group has none; [`Error::NotANumber`] for NaN, counted on from the baseline's first.
    ///
    /// # Examples
    ///
    /// ```
    /// use audience_stats::{Alternative, MannWhitney};
    ///
    /// let test = MannWhitney::new(&[8.0, 9.0, 7.0, 6.5], &[1.0, 2.0, 7.0])?;
    /// assert_eq!((test.u, test.superiority()), (10.5, 0.875));
    /// assert!((test.p_value(Alternative::TwoSided).value() - 0.153_576_397).abs() < 1e-9);
    /// # Ok::<(), audience_stats::Error>(())
    /// ```
    pub fn new(values: &[f64], baseline: &[f64]) -> Result<Self, Error> {
        if values.is_empty() || baseline.is_empty() {
            return Err(Error::NoValues);
        }
        let together: Vec<f64> = baseline.iter().chain(values).copied().collect();
        let ranks = doubled_ranks(&together)?;
        let (of_baseline, of_values) = ranks.split_at(baseline.len());
        let (m, n) = (baseline.len() as u64, values.len() as u64);
        // Doubled, as ranks are: sums of whole numbers.
        let doubled = of_values.iter().map(|rank| u128::from(*rank)).sum::<u128>() - u128::from(n) * u128::from(n + 1);
        let placed = |ranks: &[u64], own: &[f64], others: u64| -> Result<Option<f64>, Error> {
            let own_ranks = doubled_ranks(own)?;
            let others = 2.0 * others as f64;
            let places = ranks.iter().zip(own_ranks).map(|(rank, own)| (rank - own) as f64 / others);
            Ok(variance(&places.collect::<Vec<_>>()).map(|variance| variance / own.len() as f64))
        };
        let error = placed(of_values, values, m)?.zip(placed(of_baseline, baseline, n)?);
        Ok(Self {
            u: doubled as f64 / 2.0,
            pairs: m as f64 * n as f64,
            standard_deviation: deviation(&together, m as f64, n as f64),
            superiority_error: error.map(|(own, other)| (own + other).sqrt()),
        })
    }

    /// The probability that a value of the first group is larger than one of the baseline, with a half of that of equal ones,
    /// 0–1. A half when neither is larger as often as the other.
    pub fn superiority(&self) -> f64 {
        self.u / self.pairs
    }

    /// The interval of [`superiority`](Self::superiority), normal on ln(p / (1 − p)), within 0–1. `None` where it is 0 or 1 or
    /// does not vary, and with fewer than two values in a group.
    ///
    /// Near the confidence asked for from some twenty values in each group on, and a little below it before; too narrow where
    /// nearly all pairs go one way.
    ///
    /// E. R. DeLong et al., Biometrics 44 (1988); the scale: M. S. Pepe, "The Statistical Evaluation of Medical Tests" (2003),
    /// section 5.2.
    pub fn superiority_interval(&self, confidence: Confidence) -> Option<Interval> {
        let superiority = self.superiority();
        let odds = superiority / (1.0 - superiority);
        let spread = superiority * (1.0 - superiority);
        let reach = confidence.z() * self.superiority_error.filter(|error| *error > 0.0)? / spread;
        let back = |ln_odds: f64| 1.0 / (1.0 + exp(-ln_odds));
        (spread > 0.0).then(|| Interval { low: back(log(odds) - reach), high: back(log(odds) + reach) })
    }

    /// The probability of pairs at least this uneven if both groups have one distribution: normal, with ties and with half a
    /// pair of continuity. 1 when all values are equal.
    ///
    /// From some eight values in each group on; with fewer use exact tables. It tests whether the *distributions* are equal: where
    /// they differ in spread alone it may reject more or less often than asked.
    ///
    /// H. B. Mann, D. R. Whitney, Annals of Mathematical Statistics 18 (1947). Agrees with
    /// `scipy.stats.mannwhitneyu(method="asymptotic")`.
    pub fn p_value(&self, alternative: Alternative) -> PValue {
        let above = self.u - self.pairs / 2.0;
        let z = |distance: f64| (distance - 0.5) / self.standard_deviation;
        if self.standard_deviation == 0.0 {
            return PValue::ONE;
        }
        match alternative {
            // Never more than twice a half.
            Alternative::TwoSided => PValue::of_z(z(above.abs()), Alternative::Greater).doubled(),
            Alternative::Greater => PValue::of_z(z(above), Alternative::Greater),
            Alternative::Less => PValue::of_z(z(-above), Alternative::Greater),
        }
    }
}

/// √(m n / 12 (N + 1 − Σ (t³ − t) / (N (N − 1)))) for ties of t values among N.
fn deviation(together: &[f64], m: f64, n: f64) -> f64 {
    let mut sorted = together.to_vec();
    sorted.sort_unstable_by(|a, b| a.partial_cmp(b).unwrap_or(Ordering::Equal));
    let all = together.len() as f64;
    let ties = sorted.chunk_by(|a, b| a == b).map(|tied| {
        let tied = tied.len() as f64;
        tied * (tied - 1.0) * (tied + 1.0)
    });
    let ties: f64 = ties.sum();
    (m * n / 12.0 * (all + 1.0 - ties / (all * (all - 1.0))).max(0.0)).sqrt()
}

/// The variance of values around their mean, over n − 1; `None` with fewer than two.
fn variance(values: &[f64]) -> Option<f64> {
    let n = values.len() as f64;
    let mean = values.iter().copied().collect::<FloatSum>().value() / n;
    let squares: FloatSum = values.iter().map(|value| (value - mean) * (value - mean)).collect();
    (values.len() > 1).then(|| squares.value() / (n - 1.0))
}
