//! Whether a series rises or falls, by ranks.

use crate::error::Error;
use crate::float_sum::FloatSum;
use crate::p_value::{Alternative, PValue};
use crate::rank::doubled_ranks;

use super::theil_sen::{TheilSen, sum_over_ties, ties_term};
use super::trend::TrendDirection;
use super::{check, check_level};

/// The test of Mann and Kendall: whether later values tend to be larger, or smaller, than earlier ones. It needs no
/// line and no distribution. How steep the trend is, [`TheilSen::of_series`] says.
///
/// S is the number of pairs of which the later value is larger, less those of which it is smaller. Without a trend its
/// mean is 0 and its variance (n (n − 1) (2 n + 5) − Σ t (t − 1) (2 t + 5)) / 18, over groups of t equal values. z is
/// S, one nearer to 0, in standard deviations. (H. B. Mann, Econometrica 13, 1945; M. G. Kendall, Rank Correlation
/// Methods, 1975.) S, the variance and z agree with pymannkendall's `original_test`, p with 50 digits.
///
/// [`new`](Self::new) is for values that do not depend on those before. Where they do, as figures of days do, it finds
/// trends that are not there, and [`first_order`](Self::first_order) is the one to ask. At the level 0.05 a trend is
/// shown in so many of 1000 series of 100 normal values without one, where each keeps a part of the value before:
///
/// | | no part | 0.6 |
/// |---|---|---|
/// | [`new`](Self::new) | 52 | 314 |
/// | [`hamed_rao`](Self::hamed_rao) | 105 | 193 |
/// | [`first_order`](Self::first_order) | 44 | 63 |
///
/// # Examples
///
/// ```
/// use audience_stats::{MannKendall, TrendDirection};
///
/// let rising = MannKendall::new(&[1.0, 2.0, 3.0, 4.0, 6.0, 5.0, 7.0, 8.0])?;
/// assert_eq!(rising.s(), 26);
/// assert_eq!(rising.direction(0.05)?, TrendDirection::Rising);
/// # Ok::<(), audience_stats::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct MannKendall {
    values: u64,
    s: i64,
    variance: f64,
}

impl MannKendall {
    /// Of values that are independent of each other but for the trend.
    ///
    /// # Errors
    ///
    /// [`Error::TooFewValues`] of less than two; [`Error::NotFinite`] and [`Error::OutOfRange`] for a value that is not
    /// finite or beyond ±10¹⁵⁰.
    pub fn new(values: &[f64]) -> Result<Self, Error> {
        if values.len() < 2 {
            return Err(Error::TooFewValues { needed: 2, found: values.len() });
        }
        check(values)?;
        let variance = (ties_term(values.len() as u64) - sum_over_ties(values)) / 18.0;
        Ok(Self { values: values.len() as u64, s: later_larger(&doubled_ranks(values)?), variance })
    }

    /// Of values that depend on those before, by the variance of Hamed and Rao: that of independent ones times 1 + 2 /
    /// (n (n − 1) (n − 2)) Σ (n − i) (n − i − 1) (n − i − 2) ρᵢ. ρᵢ is the correlation of ranks i apart, once the slope
    /// of [`TheilSen`] is taken off, where it is not 0 at the level `alpha`: beyond the normal quantile of 1 − α / 2
    /// over √n. (K. H. Hamed, A. R. Rao, Journal of Hydrology 204, 1998.) Agrees with pymannkendall's
    /// `hamed_rao_modification_test`.
    ///
    /// For figures that must be those of others. It picks what chance makes large among many correlations, and finds
    /// twice as many trends as it should where nothing depends on anything: [`first_order`](Self::first_order) does
    /// not. `None` where the factor is not above 0, as it can be when values swing from one to the next.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new); [`Error::TooFewValues`] of less than three; [`Error::TooManyValues`] of more than
    /// [`TheilSen::MOST_POINTS`]; [`Error::NotAProbability`] when `alpha` is not between 0 and 1.
    pub fn hamed_rao(values: &[f64], alpha: f64) -> Result<Option<Self>, Error> {
        check_level(alpha)?;
        if values.len() < 3 {
            return Err(Error::TooFewValues { needed: 3, found: values.len() });
        }
        let independent = Self::new(values)?;
        let level = level(values)?;
        let n = values.len() as f64;
        let bound = crate::normal::Normal::from_upper_tail(alpha / 2.0) / n.sqrt();
        let weighted = (1_u32..).zip(correlations(&doubled_ranks(&level)?)).filter(|(_, rho)| rho.abs() > bound);
        let sum: FloatSum = weighted
            .map(|(apart, rho)| {
                let left = n - f64::from(apart);
                left * (left - 1.0) * (left - 2.0) * rho
            })
            .collect();
        let factor = 1.0 + 2.0 / (n * (n - 1.0) * (n - 2.0)) * sum.value();
        Ok((factor > 0.0).then_some(Self { variance: independent.variance * factor, ..independent }))
    }

    /// Of values that each keep a part of the one before, by the variance of independent ones times 1 + 2 Σ (1 − i / n)
    /// ρⁱ: what it is for a first-order autoregression (N. C. Matalas, W. B. Langbein, Journal of Geophysical Research
    /// 67, 1962; S. Yue, C. Wang, Water Resources Management 18, 2004). ρ is the correlation of neighbours once the
    /// slope of [`TheilSen`] is taken off, with what taking it off costs put back, (n ρ + 2) / (n − 4) (F. H. C.
    /// Marriott, J. A. Pope, Biometrika 41, 1954), from 0 to 0.99.
    ///
    /// In simulation it shows a trend in 4 to 7 % of series of 20 values or more without one, where each keeps up to
    /// 0.6 of the one before; of 0.8, in 12 % of series of 20 and 6 % of 100. What comes back every week must be taken
    /// off first.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new); [`Error::TooFewValues`] of less than five; [`Error::TooManyValues`] of more than
    /// [`TheilSen::MOST_POINTS`].
    pub fn first_order(values: &[f64]) -> Result<Self, Error> {
        if values.len() < 5 {
            return Err(Error::TooFewValues { needed: 5, found: values.len() });
        }
        let independent = Self::new(values)?;
        let n = values.len() as f64;
        let level = level(values)?;
        let mean = level.iter().copied().collect::<FloatSum>().value() / n;
        let products = |apart: usize| -> f64 {
            level.iter().zip(&level[apart..]).map(|(a, b)| (a - mean) * (b - mean)).collect::<FloatSum>().value()
        };
        let squares = products(0);
        let seen = if squares > 0.0 { products(1) / squares } else { 0.0 };
        let rho = ((n * seen + 2.0) / (n - 4.0)).clamp(0.0, 0.99);
        let (mut factor, mut power) = (1.0, 1.0);
        for apart in 1..values.len() {
            power *= rho;
            factor += 2.0 * (1.0 - apart as f64 / n) * power;
        }
        Ok(Self { variance: independent.variance * factor, ..independent })
    }

    /// The number of pairs whose later value is larger, less that of pairs whose later value is smaller.
    pub const fn s(&self) -> i64 {
        self.s
    }

    /// The variance of S without a trend.
    pub const fn variance(&self) -> f64 {
        self.variance
    }

    /// S as a part of all pairs, −1 to 1: Kendall's τ without regard to ties.
    pub fn tau_a(&self) -> f64 {
        self.s as f64 / (self.values as f64 * (self.values as f64 - 1.0) / 2.0)
    }

    /// S, one nearer to 0 because it is a whole number, in standard deviations. 0 when all values are equal.
    pub fn z(&self) -> f64 {
        if self.variance > 0.0 { (self.s - self.s.signum()) as f64 / self.variance.sqrt() } else { 0.0 }
    }

    /// The probability of an S at least as far from 0, either way, without a trend; of a few values the normal
    /// distribution is no more than near. 1 when all values are equal.
    pub fn p(&self) -> PValue {
        PValue::of_z(self.z(), Alternative::TwoSided)
    }

    /// Which way values go, when S is not 0 at the level `alpha`, such as 0.05.
    ///
    /// # Errors
    ///
    /// [`Error::NotAProbability`] when `alpha` is not between 0 and 1.
    pub fn direction(&self, alpha: f64) -> Result<TrendDirection, Error> {
        TrendDirection::of(self.s as f64, Some(self.p()), alpha)
    }
}

/// Values with their slope taken off.
fn level(values: &[f64]) -> Result<Vec<f64>, Error> {
    let slope = TheilSen::of_series(values)?.slope();
    Ok((0_u32..).zip(values).map(|(at, value)| value - f64::from(at) * slope).collect())
}

/// The number of pairs whose later rank is larger, less those whose later rank is smaller. Ranks are from 2 to twice
/// their number.
fn later_larger(ranks: &[u64]) -> i64 {
    // How many of those before have such a rank, in a Fenwick tree.
    let mut before = vec![0_i64; 2 * ranks.len() + 1];
    let mut up_to = |rank: u64, add: i64| {
        let (mut count, mut at) = (0, rank as usize);
        while at > 0 {
            count += before[at];
            at &= at - 1;
        }
        let mut at = rank as usize;
        while add != 0 && at < before.len() {
            before[at] += add;
            at += at & at.wrapping_neg();
        }
        count
    };
    let mut s = 0;
    for (seen, rank) in (0_i64..).zip(ranks) {
        let (smaller, not_larger) = (up_to(rank - 1, 0), up_to(*rank, 1));
        s += smaller - (seen - not_larger);
    }
    s
}

/// The correlation of ranks with those 1, 2 and so on later, each sum over all of them.
fn correlations(doubled_ranks: &[u64]) -> Vec<f64> {
    let mean = doubled_ranks.len() as i128 + 1;
    let distances: Vec<i128> = doubled_ranks.iter().map(|rank| i128::from(*rank) - mean).collect();
    let products = |apart: usize| -> i128 { distances.iter().zip(&distances[apart..]).map(|(a, b)| a * b).sum() };
    let squares = products(0);
    if squares == 0 {
        return Vec::new();
    }
    (1..distances.len()).map(|apart| products(apart) as f64 / squares as f64).collect()
}
