//! Whether groups leave at the same pace.

use std::num::NonZeroU32;

use libm::sqrt;

use super::{RiskRow, RiskTable};
use crate::chi_squared::ChiSquared;
use crate::error::Error;
use crate::float_sum::FloatSum;

/// How far apart the leaving of some groups is from what it would be if they all left at the same pace.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct LogRank {
    /// How many left, in each group.
    pub observed: Vec<f64>,
    /// How many would have left if all those at risk at a time were alike.
    pub expected: Vec<f64>,
    /// The covariances of the observed, by the hypergeometric distribution.
    pub variance: Vec<Vec<f64>>,
    /// (O − E)ᵀ V⁻ (O − E). `None` when nothing varies: nobody left, or never had a choice of groups.
    pub statistic: Option<f64>,
    /// How many groups are compared, less one. Groups that were not there when others left are not.
    pub degrees_of_freedom: usize,
    /// The probability of a statistic at least as large, by χ².
    pub p: Option<f64>,
    /// Its natural logarithm, also where it is too small for a number.
    pub ln_p: Option<f64>,
}

/// The log-rank test of the hypothesis that all groups leave at the same pace at all times. Times of their rows need not be
/// the same, and units may have come later.
///
/// It sees hazards that are in a fixed proportion best, and may not see those that cross. It takes units to be independent,
/// and weights to be numbers of units.
///
/// N. Mantel, "Evaluation of survival data and two new rank order statistics arising in its consideration", Cancer
/// Chemotherapy Reports 50 (1966). Agrees with R's `survival::survdiff` and with lifelines' `multivariate_logrank_test`.
///
/// # Errors
///
/// [`Error::TooFewGroups`] with less than two.
///
/// # Examples
///
/// ```
/// use audience_stats::{Lifetime, RiskTable, log_rank};
///
/// let group = |exits: [f64; 3]| {
///     RiskTable::of_lifetimes(&exits.map(|exit| Lifetime { entry: None, exit, observed: true, weight: 1.0 }))
/// };
/// let test = log_rank(&[group([1.0, 2.0, 3.0])?, group([4.0, 5.0, 6.0])?])?;
/// assert!((test.statistic.unwrap() - 5.0517).abs() < 1e-4);
/// assert!((test.p.unwrap() - 0.0246).abs() < 1e-4);
/// # Ok::<(), audience_stats::Error>(())
/// ```
pub fn log_rank(groups: &[RiskTable]) -> Result<LogRank, Error> {
    let number = groups.len();
    if number < 2 {
        return Err(Error::TooFewGroups { groups: number });
    }
    let events = |row: &RiskRow| (row.events > 0.0).then_some(row.time);
    let mut times: Vec<f64> = groups.iter().flat_map(|group| group.rows().iter().filter_map(events)).collect();
    times.sort_by(f64::total_cmp);
    times.dedup();

    let (mut observed, mut expected) = (vec![FloatSum::default(); number], vec![FloatSum::default(); number]);
    let mut excess = vec![FloatSum::default(); number];
    let mut variance = vec![vec![FloatSum::default(); number]; number];
    for time in times {
        let at_risk: Vec<f64> = groups.iter().map(|group| group.at_risk(time)).collect();
        let leaving: Vec<f64> = groups.iter().map(|group| group.events(time)).collect();
        let (n, d) = (at_risk.iter().sum::<f64>(), leaving.iter().sum::<f64>());
        // One at risk has no choice.
        let spread = if n > 1.0 { d * ((n - d) / (n - 1.0)).max(0.0) } else { 0.0 };
        for i in 0..number {
            observed[i].add(leaving[i]);
            expected[i].add(d * at_risk[i] / n);
            // Exactly 0 where groups are alike.
            excess[i].add((leaving[i] * n - d * at_risk[i]) / n);
            let share = at_risk[i] / n;
            for j in 0..number {
                let product = if i == j { share * ((n - at_risk[i]) / n) } else { -share * (at_risk[j] / n) };
                variance[i][j].add(spread * product);
            }
        }
    }
    let values = |sums: &[FloatSum]| sums.iter().map(FloatSum::value).collect::<Vec<f64>>();
    let variance: Vec<Vec<f64>> = variance.iter().map(|row| values(row)).collect();
    let (statistic, rank) = quadratic_form(&values(&excess), &variance);
    let degrees = u32::try_from(rank).ok().and_then(NonZeroU32::new).map(ChiSquared::new);
    Ok(LogRank {
        observed: values(&observed),
        expected: values(&expected),
        variance,
        statistic: degrees.map(|_| statistic),
        degrees_of_freedom: if rank > 0 { rank } else { number - 1 },
        p: degrees.map(|degrees| degrees.upper_tail(statistic)),
        ln_p: degrees.map(|degrees| degrees.ln_upper_tail(statistic)),
    })
}

impl RiskTable {
    /// The weight of those that left at a time.
    fn events(&self, time: f64) -> f64 {
        let row = self.rows().get(self.rows().partition_point(|row| row.time < time));
        row.filter(|row| row.time == time).map_or(0.0, |row| row.events)
    }
}

/// xᵀ V⁻ x for an x that V can explain, and the rank of V: by Cholesky's method on the matrix of correlations, the largest
/// of what is left first, until only rounding is.
fn quadratic_form(x: &[f64], v: &[Vec<f64>]) -> (f64, usize) {
    /// Of a variance, the part that its own rounding may leave when others explain it.
    const ROUNDING: f64 = 1e-10;
    let scale: Vec<f64> = v.iter().enumerate().map(|(i, row)| sqrt(row[i])).collect();
    let varying: Vec<usize> = (0..x.len()).filter(|i| scale[*i] > 0.0).collect();
    let mut x: Vec<f64> = varying.iter().map(|i| x[*i] / scale[*i]).collect();
    let correlation = |i: &usize, j: &usize| if i == j { 1.0 } else { v[*i][*j] / scale[*i] / scale[*j] };
    let mut c: Vec<Vec<f64>> = varying.iter().map(|i| varying.iter().map(|j| correlation(i, j)).collect()).collect();
    let mut remaining: Vec<usize> = (0..x.len()).collect();
    let (mut form, mut rank) = (0.0, 0);
    while let Some(at) = (0..remaining.len()).max_by(|a, b| {
        let left = |at: &usize| c[remaining[*at]][remaining[*at]];
        left(a).total_cmp(&left(b))
    }) {
        let pivot = remaining.swap_remove(at);
        let left = c[pivot][pivot];
        if left <= ROUNDING {
            break;
        }
        rank += 1;
        form += x[pivot] * x[pivot] / left;
        let row = c[pivot].clone();
        for i in &remaining {
            let factor = row[*i] / left;
            x[*i] -= factor * x[pivot];
            for j in &remaining {
                c[*i][*j] -= factor * row[*j];
            }
        }
    }
    (form, rank)
}
